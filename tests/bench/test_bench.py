# SPDX-License-Identifier: GPL-3.0-or-later
"""hr-bench at a hundredth of its size: every row runs and is written, and theory holds.

A goal that is missed is no failure: how fast a machine is, `--target bench` says.

Usage: test_bench.py HR_BENCH ROOT
"""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SIZES = (100, 200, 2000, 10000)
RULES = ("random", "round robin", "power of two", "least outstanding")
TRACES = ("CSV, seconds", "CSV, ISO 8601", "counts")
QUEUES = {"M/M/1": (0.8, 1), "M/M/50": (45, 50), "M/M/2000": (1900, 2000)}
PEERS = ("SimPy", "SimGrid")

ROWS = {
    "simulation": [
        *QUEUES,
        *(f"{size} replicas, {rule}" for rule in RULES for size in SIZES),
        "M/M/50, timeouts and retries",
        "M/M/50, retries, failures",
        "M/M/50, retries, failures, fine series",
        "M/M/50, network",
        "M/M/50, diurnal load",
        "e-commerce, one day",
        "e-commerce, bare",
        "M/M/1, a billion requests",
    ],
    "trace": [f"{what}, {trace}" for what in ("trace reader", "scenario load") for trace in TRACES],
    "replay": [f"trace replay, {trace}" for trace in TRACES],
    "sweep": ["M/M/c, 10 replications of 100 s"],
    "start": ["headroom --help", "headroom run, 800 requests"],
    "memory": ["100000 replicas, 90 % busy", "100000 pods, 1 % busy", "100000 pods, 1 % busy, probed"],
    "scheduler": [
        "bind, 10000 pods on 1000 nodes",
        "bind, default spread",
        "bind, even zones",
        "bind, shares of GPUs",
    ],
    "copy": ["copy, 10000 pods on 1000 nodes"],
}


def erlang_latency(load, servers):
    """Mean latency of M/M/c with services of mean 1, by Erlang's formulas."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    waits = blocked / (1 - load / servers * (1 - blocked))
    return 1 + waits / (servers - load)


def keys(value):
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set()


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "bench.json"
            command = [PROGRAM, "--quick", "--peers", "--json", path]
            environment = {**os.environ, "TMPDIR": folder}
            cls.done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
            cls.json = json.loads(path.read_text(encoding="utf-8"))
            cls.left = os.listdir(folder)
        cls.rows = cls.json["rows"]
        print(cls.done.stdout)

    def measured(self):
        return [row for row in self.rows if "skipped" not in row]

    def test_runs(self):
        self.assertEqual((self.done.returncode, self.done.stderr), (0, ""))
        self.assertEqual(self.json["schema"], "headroom.bench/1")
        self.assertTrue(self.json["quick"])
        self.assertEqual(self.left, ["bench.json"])

    def test_all_rows(self):
        for section, names in ROWS.items():
            found = [row["name"] for row in self.rows if row["section"] == section]
            self.assertEqual(found, names)
        for peer in PEERS:
            rows = [row for row in self.rows if row["name"].startswith(peer)]
            self.assertEqual(len(rows), 1 if "skipped" in rows[0] else len(QUEUES), peer)
        printed = self.done.stdout.splitlines()
        for row in self.rows:
            self.assertTrue(any(line.startswith(row["name"]) for line in printed), row["name"])

    def test_figures(self):
        for row in self.measured():
            measured, *partners = row["programs"]
            for program in row["programs"]:
                self.assertLess(0, program["least"], row["name"])
                self.assertLessEqual(program["least"], program["median"], row["name"])
            if partners:
                cheapest = min(partners, key=lambda program: program["median"])
                self.assertEqual(row["against"], cheapest["name"])
                # Of at most two rounds none costs more than twice the median.
                self.assertLessEqual(row["ratio"], 2 * measured["median"] / cheapest["least"])
                self.assertGreaterEqual(row["ratio"], measured["least"] / (2 * cheapest["median"]))
        skipped = [row["name"] for row in self.rows if "skipped" in row]
        self.assertLessEqual(set(skipped), {"M/M/1, a billion requests", *PEERS})

    def test_partners(self):
        against = {row["name"]: row.get("against") for row in self.measured()}
        self.assertEqual(against["10000 replicas, least outstanding"], "100 replicas")
        self.assertEqual(against["M/M/50, timeouts and retries"], "M/M/50")
        self.assertEqual(against["trace replay, counts"], "M/M/50")
        self.assertEqual(against["e-commerce, one day"], "bare")

    def test_theory(self):
        checked = [row for row in self.measured() if "latency_s_theory" in row]
        self.assertGreaterEqual(len(checked), len(QUEUES))
        for row in checked:
            load, servers = QUEUES[row["name"].split(", ")[-1]]
            self.assertAlmostEqual(row["latency_s_theory"], erlang_latency(load, servers), delta=1e-9)
            for program in row["programs"]:
                error = abs(program["latency_s_mean"] - row["latency_s_theory"])
                self.assertLessEqual(error, program["latency_s_tolerance"], (row["name"], program))

    def test_tolerance(self):
        """4.5 standard errors: of M/M/1 in closed form, of many servers nearly those of a service."""
        for name, deviation, accuracy in (("M/M/1", (1 + 0.8) / (1 - 0.8) ** 2, 1e-6), ("M/M/2000", 1, 0.05)):
            row = next(row for row in self.rows if row["name"] == name)
            for program in row["programs"]:
                expected = 4.5 * deviation / math.sqrt(program["requests"])
                self.assertAlmostEqual(program["latency_s_tolerance"] / expected, 1, delta=accuracy)

    def test_limits_are_one_queue(self):
        """Heap and calendar draw the same numbers, so that they must serve alike."""
        for row in self.rows:
            if row["name"] in QUEUES:
                heap, calendar = row["programs"][1:]
                self.assertEqual(heap["latency_s_mean"], calendar["latency_s_mean"])
                self.assertEqual(heap["requests"], calendar["requests"])

    def test_documented(self):
        document = (ROOT / "docs/performance.md").read_text(encoding="utf-8")
        for key in sorted(keys(self.json)):
            self.assertIn(f"`{key}`", document)
        for option in ("--quick", "--long", "--peers", "--json"):
            self.assertIn(f"`{option}", document)

    def test_wrong_usage(self):
        for arguments, code, says in (
            (["--nonsense"], 2, "Usage:"),
            (["--json"], 2, "Usage:"),
            (["M/M/1", "M/M/50"], 2, "Usage:"),
            (["--json", "/nowhere/bench.json", "M/M/50, network"], 3, "/nowhere/bench.json"),
            (["no such row"], 2, 'holds "no such row"'),
        ):
            done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, code, arguments)
            self.assertIn(says, done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    PROGRAM, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])
    unittest.main(argv=sys.argv[:1])
