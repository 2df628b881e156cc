# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lints share: the files of the project, C text without comments, and reporting."""
import pathlib
import re
import sys

FOLDERS = ("include", "sim", "tests", "scenarios", "plots", "docs", "cmake", ".ci")


def files(root, *suffixes, under=FOLDERS):
    """Paths relative to root of the project's own files, sorted; no suffixes: all of them."""
    root = pathlib.Path(root)
    found = [p for p in root.iterdir() if p.is_file()] if under == FOLDERS else []
    for folder in under:
        found += [p for p in (root / folder).rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    return sorted(p.relative_to(root) for p in found if not suffixes or p.suffix in suffixes)


def text(root, path):
    return (pathlib.Path(root) / path).read_text(encoding="utf-8")


TOKEN = re.compile(
    r"""(?P<include>^[ \t]*\#[ \t]*include[^\n]*)  # the name in it is no literal
      | //[^\n]* | /\*.*?\*/
      | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""",
    re.S | re.M | re.X,
)


def code(source):
    """C text with comments and the insides of literals blanked; lines and columns stay."""

    def blank(match):
        token = match.group()
        if match["include"]:
            return token
        if token[0] == "/":
            return re.sub(r"[^\n]", " ", token)
        return token[0] + " " * (len(token) - 2) + token[0]

    return TOKEN.sub(blank, source)


def report(problems):
    """Prints the problems and exits with 1 when there are any."""
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
