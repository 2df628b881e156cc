# SPDX-License-Identifier: GPL-3.0-or-later
"""Banned calls, each with what to use instead.

Usage: banned.py ROOT
"""
import re
import sys

import tree

# Files that may speak to the user or end the program: the program itself, and the two places
# that do so when nothing can be returned any more.
CLI = ("sim/cli/",)
FATAL = CLI + ("sim/base/assert.c", "sim/base/mem.c")
CLOCK = CLI + ("sim/run/",)

# Functions, where they are allowed, what to use instead.
CALLS = [
    ("strcpy stpcpy", (), "hr_strdup or struct hr_str"),
    ("strcat strncat", (), "hr_str_add"),
    ("sprintf vsprintf", (), "snprintf or hr_str_addf"),
    ("gets", (), "getline"),
    ("strncpy", (), "hr_strndup"),
    ("strtok", (), "strcspn and strspn"),
    ("atoi atol atoll atof", (), "strtol or strtod with its end pointer"),
    ("system popen", (), "posix_spawn with a list of arguments"),
    ("rand srand random srandom drand48", (), "stats/rng.h"),
    ("time gettimeofday clock_gettime clock localtime", CLOCK, "hr_time of the engine"),
    ("setlocale", (), "nothing: numbers are written alike everywhere"),
    ("alloca", (), "hr_alloc"),
    ("printf vprintf puts putchar perror", CLI, "a FILE * that the caller hands in"),
    ("exit _Exit abort quick_exit", FATAL, "enum hr_status"),
]
NAMES = [("stdout", CLI), ("stderr", FATAL)]


def rules():
    for names, allowed, instead in CALLS:
        pattern = r"(?<![\w.>])(" + "|".join(names.split()) + r")[ \t]*\("
        yield re.compile(pattern), allowed, instead
    for name, allowed in NAMES:
        yield re.compile(rf"\b({name})\b"), allowed, "a FILE * that the caller hands in"


EXTERN = re.compile(r"(?m)^[ \t]*(extern)\b")


def check_file(path, source):
    name = path.as_posix()
    source = tree.code(source)
    found = []
    for pattern, allowed, instead in rules():
        if not name.startswith(allowed or ("\0",)):
            found += [(m.start(1), f"{m.group(1)} is banned; use {instead}") for m in pattern.finditer(source)]
    if path.suffix == ".c":
        found += [(m.start(1), "extern belongs in a header") for m in EXTERN.finditer(source)]
    return [f"{path}:{source.count(chr(10), 0, at) + 1}: {what}" for at, what in sorted(found)]


def check(root):
    return [
        problem
        for path in tree.files(root, ".c", ".h", under=("include", "sim"))
        for problem in check_file(path, tree.text(root, path))
    ]


if __name__ == "__main__":
    tree.report(check(sys.argv[1]))
