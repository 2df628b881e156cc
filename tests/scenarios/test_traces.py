# SPDX-License-Identifier: GPL-3.0-or-later
"""Real traces, replayed whole: every request is accounted for, offered rate and peak minute are those of the file. The
traces do not ship with the project: without them the test is skipped."""
import collections
import csv
import datetime
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

from results import accounted

headroom, source = sys.argv[1], pathlib.Path(sys.argv[2])
traces = source.parent / "shared/data/traces"

SCENARIO = """
name = "replay"; duration = "{duration}s"; replications = 1; series_step = "60s";
models = ( {{ name = "m"; service_time = {{ distribution = "exponential"; mean = "80ms"; }}; concurrency = 4; }} );
deployments = ( {{ name = "d"; model = "m"; replicas = 4; }} );
workloads = ( {{ name = "w"; deployment = "d"; timeout = "30s"; arrivals = {{ process = "trace"; trace = "{trace}"; {more} }}; }} );
"""


def replay(trace, duration, more):
    """Runs a trace; returns the workload's result and its arrivals by minute."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = pathlib.Path(folder) / "replay.cfg"
        scenario.write_text(SCENARIO.format(duration=duration, trace=trace, more=more), encoding="utf-8")
        done = subprocess.run([headroom, "run", str(scenario), "--out", folder, "--quiet"], capture_output=True,
                              text=True, check=False)
        assert done.returncode == 0, done.stderr
        with open(pathlib.Path(folder) / "result.json", encoding="utf-8") as file:
            workload = json.load(file)["workloads"][0]
        with open(pathlib.Path(folder) / "timeseries.csv", newline="", encoding="utf-8") as file:
            rates = [(float(row["time_s"]), float(row["workloads.w.arrived_rps"])) for row in csv.DictReader(file)]
    minutes = [round(rate * min(60, duration - start)) for start, rate in rates]
    accounted(workload)
    return workload, minutes


def compare(name, workload, minutes, expected, duration):
    total = sum(expected.values())
    assert workload["requests"]["arrived"] == total, (workload["requests"], total)
    assert abs(workload["offered_rps"]["value"] - total / duration) < 1e-9 * total / duration
    assert minutes == [expected[minute] for minute in range(len(minutes))]
    print(f"{name}: {total} requests, {total / duration:.6f} a second, peak minute {max(minutes)}")


def nasa():
    trace = traces / "nasa_http_1995jul_req_per_second.txt.gz"
    counts = [int(word) for word in gzip.open(trace, "rt").read().split()]
    expected = collections.Counter()
    for second, count in enumerate(counts):
        expected[second // 60] += count
    workload, minutes = replay(trace, len(counts), 'format = "counts"; interval = "1s";')
    compare("NASA July 1995", workload, minutes, expected, len(counts))


def azure():
    trace = traces / "AzureLLMInferenceTrace_code_2023.csv.gz"
    with gzip.open(trace, "rt", newline="") as file:
        stamps = [row["TIMESTAMP"] for row in csv.DictReader(file)]
    origin = datetime.datetime.fromisoformat(stamps[0][:19])

    def ticks(stamp):  # 100 ns since the first whole second: the digits of the file, without rounding
        return int((datetime.datetime.fromisoformat(stamp[:19]) - origin).total_seconds()) * 10**7 + int(stamp[20:27])

    duration = 3440
    expected = collections.Counter((ticks(stamp) - ticks(stamps[0])) // (60 * 10**7) for stamp in stamps)
    workload, minutes = replay(trace, duration, 'format = "timestamps"; column = "TIMESTAMP";')
    compare("Azure LLM code 2023", workload, minutes, expected, duration)


if not traces.is_dir():
    print("skipped: the traces are not here")
    sys.exit(77)
nasa()
azure()
