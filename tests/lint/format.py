# SPDX-License-Identifier: GPL-3.0-or-later
"""Layout: clang-format has nothing to change. Skipped (77) without the version that .clang-format
was written for, as others lay out some lines differently.

Usage: format.py ROOT
"""
import re
import shutil
import subprocess
import sys

import tree

VERSION = "14"


def main(root):
    tool = shutil.which(f"clang-format-{VERSION}") or shutil.which("clang-format")
    if not tool:
        print("skipped: there is no clang-format")
        sys.exit(77)
    says = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout
    if not re.search(rf"version {VERSION}\.", says):
        print(f"skipped: clang-format {VERSION} is asked for; here is {says.strip()}")
        sys.exit(77)
    sources = [str(path) for path in tree.files(root, ".c", ".h", under=("include", "sim", "tests"))]
    done = subprocess.run([tool, "--dry-run", "--Werror", *sources], cwd=root, check=False)
    sys.exit(1 if done.returncode else 0)


if __name__ == "__main__":
    main(sys.argv[1])
