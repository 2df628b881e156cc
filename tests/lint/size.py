# SPDX-License-Identifier: GPL-3.0-or-later
"""Size: no file above 600 lines, no function above 70, no line above 100 columns.

Relies on the layout that clang-format gives: a function's braces stand alone in column 0.

Usage: size.py ROOT
"""
import re
import sys

import tree

FILE_MAX, FUNCTION_MAX, COLUMNS_MAX = 600, 70, 100
C_FOLDERS = ("include", "sim", "tests")


def functions(lines):
    """(first line from 1, number of lines) of each function, signature included."""
    begin = None
    for i, line in enumerate(lines):
        if line == "{" and i > 0:
            begin = i
            while begin > 0 and lines[begin - 1].strip() and lines[begin - 1][0] not in "}#/*":
                begin -= 1
        elif line == "}" and begin is not None:
            yield begin + 1, i - begin + 1
            begin = None


def check_file(path, source):
    lines = source.splitlines()
    problems = []
    if len(lines) > FILE_MAX:
        problems.append(f"{path}: {len(lines)} lines, at most {FILE_MAX}")
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            problems.append(f"{path}:{number}: {len(line)} columns, at most {COLUMNS_MAX}")
    blanked = tree.code(source).splitlines()
    for first, count in functions(blanked):
        if count > FUNCTION_MAX:
            problems.append(f"{path}:{first}: function of {count} lines, at most {FUNCTION_MAX}")
    for number, line in enumerate(blanked, 1):
        if re.match(r"[A-Za-z_].*\)\s*\{\s*$", line):
            problems.append(f"{path}:{number}: a function's brace stands on a line of its own")
    return problems


def check(root):
    return [
        problem
        for path in tree.files(root, ".c", ".h", under=C_FOLDERS)
        for problem in check_file(path, tree.text(root, path))
    ]


if __name__ == "__main__":
    tree.report(check(sys.argv[1]))
