#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# if_there.sh FILE PROGRAM: runs PROGRAM FILE, or is skipped (77) where the file is not.
if [ ! -r "$1" ]; then
    echo "skipped: there is no $1"
    exit 77
fi
exec "$2" "$1"
