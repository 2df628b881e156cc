# SPDX-License-Identifier: GPL-3.0-or-later
"""What only a compiler knows.

headers  every header compiles alone and twice, the public ones without sim/
globals  outside sim/cli no object file has data that can be written to

Usage: compiled.py headers|globals ROOT COMPILER
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

import tree

FLAGS = ["-std=c17", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Werror", "-Iinclude"]


def in_parallel(function, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [problem for problems in pool.map(function, items) for problem in problems]


def run(command, root, stdin=""):
    return subprocess.run(command, cwd=root, input=stdin, capture_output=True, text=True, check=False)


def check_headers(root, compiler):
    def check_one(path):
        name = "/".join(path.parts[1:])
        public = path.parts[0] == "include"
        include = f"#include <{name}>\n" if public else f'#include "{name}"\n'
        command = [compiler, *FLAGS, *([] if public else ["-Isim"]), "-fsyntax-only", "-xc", "-"]
        done = run(command, root, include * 2)
        return [f"{path}:1: does not compile alone:\n{done.stderr}"] if done.returncode else []

    return in_parallel(check_one, tree.files(root, ".h", under=("include", "sim")))


def check_globals(root, compiler):
    """Compiled without position independence: there constants with pointers are read-only too."""
    with tempfile.TemporaryDirectory() as folder:

        def check_one(path):
            target = pathlib.Path(folder) / str(path).replace(os.sep, "-")
            command = [compiler, *FLAGS, "-Isim", "-fno-pie", "-fno-lto", "-c", str(path), "-o", target]
            done = run(command, root)
            if done.returncode:
                return [f"{path}:1: does not compile:\n{done.stderr}"]
            rows = [line.split() for line in run(["nm", target], root).stdout.splitlines()]
            return [
                f"{path}: {row[-1]} can be written to; pass it in a struct"
                for row in rows
                if row[-2] in "bBdDC"
            ]

        sources = tree.files(root, ".c", under=("sim",))
        return in_parallel(check_one, [p for p in sources if p.parts[1] != "cli"])


if __name__ == "__main__":
    checks = {"headers": check_headers, "globals": check_globals}
    tree.report(checks[sys.argv[1]](*sys.argv[2:]))
