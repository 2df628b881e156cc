# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers: every #include keeps to the two tables of docs/ARCHITECTURE.md; nothing goes in circles.

Usage: layers.py ROOT
"""
import re
import sys

import tree

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)

LIBC = set(
    """assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign
    stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar
    wchar wctype dirent fcntl glob poll spawn strings termios unistd
    sys/mman sys/resource sys/stat sys/time sys/types sys/uio sys/wait""".split()
)


def table(markdown, first_header):
    """Rows of the table whose first column is so headed, as lists of cells without back-quotes."""
    lines = iter(markdown.splitlines())
    for line in lines:
        if line.startswith("|") and cells(line)[0] == first_header:
            next(lines)
            break
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append(cells(line))
    return rows


def cells(line):
    return [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]


def words(cell):
    return [word.strip() for word in cell.split(",") if word.strip()]


class Rules:
    """The tables of docs/ARCHITECTURE.md."""

    def __init__(self, markdown):
        # Room or one header of it ("workload/spec.h") that each room may include.
        self.rooms = {row[0]: set(words(row[2])) for row in table(markdown, "room")}
        # Header prefix to (library, rooms it lives in).
        self.libraries = {
            prefix: (row[0], set(words(row[2])))
            for row in table(markdown, "library")
            for prefix in words(row[1])
        }

    def wrong_quote(self, room, target):
        """Why `room` must not include "target", or None."""
        other = target.split("/")[0]
        if "/" not in target or ".." in target:
            return "name it from sim/ on, as room/header.h"
        if other not in self.rooms:
            return f"{other} is no room of docs/ARCHITECTURE.md"
        if room is None:
            return "public headers include nothing of sim/"
        if other == room or other in self.rooms[room] or target in self.rooms[room]:
            return None
        return f"{room} may not include {other}"

    def wrong_angle(self, room, target):
        """Why `room` must not include <target>, or None."""
        if target.startswith("headroom/") or target.removesuffix(".h") in LIBC:
            return None
        for prefix, (library, rooms) in self.libraries.items():
            if target == prefix or (prefix.endswith("/") and target.startswith(prefix)):
                if room in rooms:
                    return None
                return f"{library} lives in {', '.join(sorted(rooms))}, not in {room or 'include/'}"
        return "an outside library that docs/ARCHITECTURE.md does not name"


def room_of(path):
    return path.parts[1] if path.parts[0] == "sim" else None


def check_includes(root, rules):
    """Problems of single includes, and the graphs of headers and of rooms."""
    problems, headers, rooms = [], {}, {}
    for path in tree.files(root, ".c", ".h", under=("include", "sim")):
        room = room_of(path)
        if room is not None and room not in rules.rooms:
            problems.append(f"{path}:1: {room} is no room of docs/ARCHITECTURE.md")
            continue
        source = tree.text(root, path)
        for match in INCLUDE.finditer(source):
            quote, target = match.groups()
            line = source.count("\n", 0, match.start(2)) + 1
            wrong = rules.wrong_quote if quote == '"' else rules.wrong_angle
            why = wrong(room, target)
            if why:
                problems.append(f"{path}:{line}: includes {target}: {why}")
            if path.suffix == ".h":
                headers.setdefault(key(path), set()).add(target)
            if quote == '"' and room and target.split("/")[0] != room:
                rooms.setdefault(room, set()).add(target.split("/")[0])
    return problems, headers, rooms


def key(path):
    """How others include this header."""
    return "/".join(path.parts[1:])


def cycle(graph):
    """A cycle as a list of nodes, or None."""
    state = {}

    def visit(node, trail):
        if state.get(node) == "done":
            return None
        if node in trail:
            return trail[trail.index(node) :] + [node]
        for target in sorted(graph.get(node, ())):
            found = visit(target, trail + [node])
            if found:
                return found
        state[node] = "done"
        return None

    for node in sorted(graph):
        found = visit(node, [])
        if found:
            return found
    return None


def check(root):
    markdown = tree.text(root, "docs/ARCHITECTURE.md")
    rules = Rules(markdown)
    problems, headers, rooms = check_includes(root, rules)
    for name, graph in (("headers", headers), ("rooms", rooms)):
        found = cycle(graph)
        if found:
            problems.append(f"cycle among {name}: {' -> '.join(found)}")
    allowed = {room: {word.split("/")[0] for word in may} for room, may in rules.rooms.items()}
    found = cycle(allowed)
    if found:
        problems.append(f"cycle in the table: {' -> '.join(found)}")
    for room in rules.rooms:
        if not (tree.pathlib.Path(root) / "sim" / room).is_dir():
            problems.append(f"docs/ARCHITECTURE.md: there is no room {room}")
    return problems


if __name__ == "__main__":
    tree.report(check(sys.argv[1]))
