# SPDX-License-Identifier: GPL-3.0-or-later
"""Words: no path of somebody's machine, no package index, no loose end; a licence in every source.

Usage: words.py ROOT
"""
import re
import sys

import tree

# The brackets keep these patterns from matching themselves.
BANNED = [
    (re.compile(r"(?<![\w.])/(?:[w]ork|[h]ome|[r]oot)(?:/|\b)"), "a path of somebody's machine"),
    (re.compile(r"[p]ypi\.|[r]egistry\.npm|[c]rates\.io|[d]eb\.debian\.|[p]roxy\.golang|[i]ndex-url"),
     "the address of a package index"),
    (re.compile(r"\b(?:[T]ODO|[F]IXME|[X]XX|[H]ACK)\b"), "a loose end: do it or drop it"),
]
LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
SOURCES = {".c", ".h", ".py", ".sh", ".cmake", ".gp"}
NAMED_SOURCES = {"CMakeLists.txt", "quickstart", "run"}
UNREAD = {".gz", ".png", ".LICENSE"}


def check_file(path, source):
    lines = source.splitlines()
    problems = [
        f"{path}:{number}: {what}"
        for number, line in enumerate(lines, 1)
        for pattern, what in BANNED
        if pattern.search(line)
    ]
    first = 1 if path.suffix in (".c", ".h") else 2
    if path.suffix in SOURCES or (not path.suffix and path.name in NAMED_SOURCES) or path.name == "CMakeLists.txt":
        if not any(LICENCE in line for line in lines[:first]):
            problems.append(f"{path}:1: begin with {LICENCE}")
    return problems


def check(root):
    problems = []
    for path in tree.files(root):
        if path.suffix not in UNREAD and path.name != "LICENSE":
            try:
                problems += check_file(path, tree.text(root, path))
            except UnicodeDecodeError:
                continue  # no text
    return problems


if __name__ == "__main__":
    tree.report(check(sys.argv[1]))
