# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one case: a folder with

  cmd            shell text, run by sh in an empty folder that holds copies of ../shared; the
                 program is on PATH as `headroom`
  stdout.exact   what it must print; or
  stdout.glob    likewise, where * and ? stand for any text within a line and a line of three dots
                 for any number of lines; neither file: nothing
  stderr.*       the same for standard error
  exit           the exit code; no file: 0

Usage: run_case.py PROGRAM CASE [--update]
--update writes stdout.exact, stderr.exact and exit as they come out; globs stay and must match.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile


def run(program, case, folder):
    shutil.copytree(case.parent / "shared", folder, dirs_exist_ok=True)
    os.symlink(program, folder / "headroom")
    return subprocess.run(
        ["sh", case / "cmd"],
        cwd=folder,
        env={"PATH": f"{folder}:{os.environ['PATH']}", "LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )


def glob_to_regex(glob):
    def line_to_regex(line):
        if line.rstrip("\n") == "...":
            return r"(?:.*\n)*?"
        return re.escape(line).replace(r"\*", ".*").replace(r"\?", ".")

    return "".join(map(line_to_regex, glob.splitlines(keepends=True)))


def differs(case, stream, got, update):
    """What is wrong with a stream, or None."""
    exact, glob = case / f"{stream}.exact", case / f"{stream}.glob"
    if glob.exists():
        if re.fullmatch(glob_to_regex(glob.read_text()), got):
            return None
        return f"{stream} does not match {glob.name}:\n{got}"
    if update:
        exact.unlink(missing_ok=True)
        if got:
            exact.write_text(got)
    want = exact.read_text() if exact.exists() else ""
    return None if got == want else f"{stream} is\n{got}--- and should be\n{want}---"


def code_differs(case, got, update):
    path = case / "exit"
    if update:
        path.unlink(missing_ok=True)
        if got:
            path.write_text(f"{got}\n")
    want = int(path.read_text()) if path.exists() else 0
    return None if got == want else f"exit code is {got} and should be {want}"


def main(program, case, *options):
    case, update = pathlib.Path(case).resolve(), "--update" in options
    with tempfile.TemporaryDirectory() as folder:
        done = run(pathlib.Path(program).resolve(), case, pathlib.Path(folder))
    problems = [
        differs(case, "stdout", done.stdout.decode(), update),
        differs(case, "stderr", done.stderr.decode(), update),
        code_differs(case, done.returncode, update),
    ]
    print("\n".join(filter(None, problems)))
    sys.exit(1 if any(problems) else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
