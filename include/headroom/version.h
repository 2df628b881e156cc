/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HEADROOM_VERSION_H
#define HEADROOM_VERSION_H

/* Semantic version of program and library; CMake reads it from here. */
#define HR_VERSION "0.1.0"

#endif
