# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/validation.md: every oracle case and every coverage cell.

Usage: validation.py write|oracle|check DOCUMENT HR_COVERAGE ORACLE_PROGRAM...

write   measures everything anew and writes the document
oracle  measures the oracle's cases anew, and leaves the coverage as it is written
check   asks the programs what they would measure, and fails when the document tells of other cases,
        formulas, exact values or cells
"""
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HEAD = """# Validation

How far the numbers can be trusted: simulated queues against exact answers, and how often the 95 %
intervals hold the exact value. Written by

    cmake --build --preset release --target validation          # all, about 15 minutes on two cores
    cmake --build --preset release --target validation-oracle   # the first part, about one minute

and not by hand; ctest checks that it tells of what the programs measure. Formulas and sources are
in [statistics.md](statistics.md), which also has the coverage of the intervals of differences and
of time availability with few outages.
"""

ORACLE = """
## Simulation against exact values

{cases} cases, {checks} values, each from independent replications at a fixed seed. z is the
distance from the exact value in standard errors; the test fails from 4.5 on. The largest |z| is
{largest:.2f}, and {beyond:.1f} % of the intervals miss the exact value (about 5 % should; values of one
case depend on each other). A quantile q is tested by the share of requests at or below it. A value
that cannot vary must be exact.
"""

COVERAGE = """
## Coverage of the intervals

An experiment is a run as a user would do it: `headroom run` of the scenario below the table, with
seed 1, 2, 3 ... `coverage` is the share of experiments whose 95 % interval holds the exact value,
+- 1.96 standard errors of that share. `below` and `above` are the shares of intervals that lie
wholly on that side of the exact value, `open` those with an end that the sample cannot bound (it
holds everything on that side), `missing` those of values without an interval (they hold nothing).
`bias` is of the mean estimate and `half-width` the mean of the bounded intervals, both relative to
the exact value. `due` is what the coverage has to be within.

Intervals miss from below more often than from above: a run that saw few bursts has a low mean and,
from the same cause, a low spread, hence a short interval around it.
"""


def number(value):
    return "" if value is None else f"{value:.6g}"


def percent(share, digits=2):
    return "" if share is None else f"{100 * share:.{digits}f} %"


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def header(*cells):
    return row(*cells) + "\n" + "|---" * len(cells) + "|"


def name_of(program):
    return pathlib.Path(program).name.removeprefix("oracle_").replace("_", " ")


def metric_of(check):
    return f"{check['metric']}, {check['at']:.6g}" if check["at"] else check["metric"]


def case_facts(case):
    return row(case["case"], case["queue"], "`" + " ".join(case["parameters"].split()) + "`")


def check_facts(case, check):
    """What is known before measuring."""
    return row(case["case"], metric_of(check), check["formula"], number(check["exact"]))


def check_row(case, check):
    interval = f"{number(check['lo'])} to {number(check['hi'])}"
    return check_facts(case, check) + row(number(check["estimate"]), interval, f"{check['z']:+.2f}")[1:]


def cell_facts(cell):
    due = "" if cell["why_free"] else f"{percent(cell['least'], 0)} to {percent(cell['most'], 0)}"
    return row(cell["model"], cell["metric"], number(cell["exact"]), due)


def cell_row(cell):
    n = cell["experiments"]
    share = cell["held"] / n
    error = 1.96 * (share * (1 - share) / n) ** 0.5
    return cell_facts(cell) + row(
        f"{n:.0f}",
        f"{percent(share)} +- {percent(error)}" + ("" if cell["good"] else " **out of bounds**"),
        *(percent(cell[key] / n) for key in ("below", "above", "open", "missing")),
        f"{100 * cell['bias']:+.2f} %",
        percent(cell["half_width"]),
    )[1:]


def oracle_part(groups):
    checks = [check for cases in groups.values() for case in cases for check in case["checks"]]
    missed = sum(not check["lo"] <= check["exact"] <= check["hi"] for check in checks)
    yield ORACLE.format(
        cases=sum(map(len, groups.values())),
        checks=len(checks),
        largest=max(abs(check["z"]) for check in checks),
        beyond=100 * missed / len(checks),
    )
    for group, cases in groups.items():
        yield f"### {group.capitalize()}\n"
        yield header("case", "queue", "what the scenario says")
        yield from map(case_facts, cases)
        yield ""
        yield header("case", "metric", "formula", "exact", "estimate", "95 % interval", "z")
        yield from (check_row(case, check) for case in cases for check in case["checks"])
        yield ""


def coverage_part(cells):
    yield COVERAGE.strip("\n") + "\n"
    yield header("scenario", "metric", "exact", "due", "experiments", "coverage", "below", "above", "open", "missing", "bias",
                 "half-width")
    yield from map(cell_row, cells)
    for model in dict.fromkeys(cell["model"] for cell in cells):
        cell = next(cell for cell in cells if cell["model"] == model)
        yield f"\n`{model}`: {cell['title']}."
        if cell["why_free"]:
            yield f"Shown as a warning: {cell['why_free']}."
        yield "\n" + "".join(f"    {line}\n" for line in cell["scenario"].splitlines()).rstrip("\n")


def ask_oracle(programs, listing):
    """The cases by program; without estimates when only listing."""
    groups = {}
    with tempfile.TemporaryDirectory() as folder:
        for program in programs:
            told = pathlib.Path(folder) / pathlib.Path(program).name
            environment = {**os.environ, "HR_ORACLE_OUT": str(told)}
            if listing:
                environment["HR_ORACLE_LIST"] = "1"
            subprocess.run([program], env=environment, capture_output=True, check=True)
            groups[name_of(program)] = [json.loads(line) for line in told.read_text().splitlines()]
    return groups


def ask_coverage(program, listing):
    with tempfile.TemporaryDirectory() as folder:
        told = pathlib.Path(folder) / "cells.json"
        command = [program, "--json", str(told)] + ["--list"] * listing
        done = subprocess.run(command, stdout=subprocess.DEVNULL if listing else None, check=False)
        if done.returncode not in (0, 1):  # 1: a cell is out of its bounds; it is published as well
            sys.exit(done.returncode)
        return json.loads(told.read_text())


def render(lines):
    return "\n".join(lines) + "\n"


def write(document, coverage, programs):
    cells = ask_coverage(coverage, False)
    groups = ask_oracle(programs, False)
    document.write_text(render([HEAD.rstrip("\n"), *oracle_part(groups), *coverage_part(cells)]))


def write_oracle(document, coverage, programs):
    title = COVERAGE.strip("\n").splitlines()[0]
    kept = document.read_text().split(title + "\n")[1]
    groups = ask_oracle(programs, False)
    document.write_text(render([HEAD.rstrip("\n"), *oracle_part(groups), title]) + kept)


def facts(groups, cells):
    """The beginnings of all rows, in order."""
    for cases in groups.values():
        yield from map(case_facts, cases)
        yield from (check_facts(case, check) for case in cases for check in case["checks"])
    yield from map(cell_facts, cells)


def check(document, coverage, programs):
    rows = [
        line
        for line in document.read_text().splitlines()
        if line.startswith("| ") and not line.startswith(("| case |", "| scenario |"))
    ]
    known = facts(ask_oracle(programs, True), ask_coverage(coverage, True))
    for fact, line in itertools.zip_longest(known, rows, fillvalue="nothing"):
        if not line.startswith(fact):
            sys.exit(
                f"{document} is out of date\n  measured: {fact}\n  written:  {line}\n"
                "write it anew with the target validation-oracle or, for coverage, validation"
            )


if __name__ == "__main__":
    what, path, coverage_program, *oracle_programs = sys.argv[1:]
    commands = {"write": write, "oracle": write_oracle, "check": check}
    commands[what](pathlib.Path(path), coverage_program, oracle_programs)
