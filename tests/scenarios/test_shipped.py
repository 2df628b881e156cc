# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped scenarios keep what their comments promise."""
import csv
import datetime
import pathlib
import subprocess
import sys

from results import accounted, near, run

headroom, source = sys.argv[1], pathlib.Path(sys.argv[2])


def scenario(name):
    return str(source / "scenarios" / f"{name}.cfg")


def every_scenario_is_well():
    """Short forms of all of them run, and account for every request."""
    short = {"ecommerce": ["duration=2h", "replications=1"], "worked-example": ["duration=20s"],
             "worked-example-outages": ["duration=20s"], "mmc": ["duration=5000s"],
             "autoscaling": ["duration=1h", "replications=1"], "gpu-pool": ["duration=4h", "replications=1"],
             "healthcare": ["duration=60h", "replications=1"], "trading": ["duration=20min", "replications=1"],
             "recommendation-engine": ["duration=13h", "replications=1"]}
    for path in sorted((source / "scenarios").glob("*.cfg")):
        done = subprocess.run([headroom, "check", str(path)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), (path.stem, done.stderr)
        options = [text for value in short.get(path.stem, []) for text in ("--set", value)]
        for workload in run(headroom, str(path), *options)["workloads"]:
            accounted(workload)


def worked_example():
    """Little's law: 10,000/s x 50 ms = 500 inside; 100 USD/h over 36 M predictions an hour; 500 of 800 slots busy."""
    result = run(headroom, scenario("worked-example"))
    clients, ranker = result["workloads"][0], result["deployments"][0]
    near("worked-example throughput", clients["throughput_rps"], 10000)
    near("worked-example concurrency", clients["concurrency"], 500)
    near("worked-example mean latency", clients["latency_s"]["mean"], 0.050)
    near("worked-example cost per prediction", clients["cost_usd_per_prediction"], 100 / 3600 / 10000)
    near("worked-example utilization", ranker["utilization"], 500 / 800)
    assert result["cluster"]["cost_usd_per_hour"]["value"] == 100
    assert clients["availability"]["value"] == 1


def worked_example_outages():
    """Binomial up replicas; a request in service is lost at rate f = 1/60 s while it is served at mu = 20/s. At a
    hundredth of the rate, on a hundredth of the slots' load, but 25 times as long, as crashes are rare events."""
    result = run(headroom, scenario("worked-example-outages"), "--set", "workloads.clients.arrivals.rate=100/s",
                 "--set", "duration=8h")
    clients, ranker = result["workloads"][0], result["deployments"][0]
    down = 0.32 / 60.32
    up = 1 - down
    near("outages time availability", clients["availability_time"], up**20 + 20 * down * up**19)
    near("outages ready replicas", ranker["replicas"]["mean"], 20 * up)
    near("outages request availability", clients["availability"], 20 / (20 + 1 / 60))
    # Lost requests leave early: service ends at rate mu + f.
    near("outages concurrency", clients["concurrency"], 100 / (20 + 1 / 60))
    near("outages cost per prediction", clients["cost_usd_per_prediction"], 100 / 3600 / 100 * (20 + 1 / 60) / 20)
    assert clients["requests"]["failed"] > 0


def mmc():
    """Erlang C for 8 erlangs on 10 servers."""
    result = run(headroom, scenario("mmc"))
    queue = result["workloads"][0]
    near("mmc mean latency", queue["latency_s"]["mean"], 1.2045900753982217)
    near("mmc mean wait", queue["wait_s"]["mean"], 0.20459007539822177)
    near("mmc wait probability", queue["wait_probability"], 0.40918015079644354)


def trace_replay():
    """Arrivals are those of the file, in every replication, and the peak minute is the file's."""
    with open(source / "scenarios/data/azure_llm_code_2023_20min.csv", newline="", encoding="utf-8") as file:
        stamps = [row["TIMESTAMP"] for row in csv.DictReader(file)]
    times = [datetime.datetime.fromisoformat(stamp[:26]) for stamp in stamps]
    seconds = [(time - times[0]).total_seconds() for time in times]
    inside = [second for second in seconds if second < 1200]
    result = run(headroom, scenario("trace-replay"))
    editors = result["workloads"][0]
    assert editors["requests"]["arrived"] == 10 * len(inside)
    assert abs(editors["offered_rps"]["value"] - len(inside) / 1200) < 1e-9
    accounted(editors)


def met(result):
    return [slo["met"] for slo in result["slos"]]


def autoscaling():
    """Arrivals are a fifth of the file's; HPA meets the crowd at the target that the file has, and not at 90 %."""
    with open(source / "scenarios/data/worldcup98/requests_per_minute_1998-06-15.csv", newline="", encoding="utf-8") as file:
        counts = [int(row["count"]) for row in csv.DictReader(file)]
    result = run(headroom, scenario("autoscaling"), "--set", "replications=1")
    # Which requests are left out is drawn, for each of them: binomial.
    visitors, mean = result["workloads"][0], sum(counts) / 5
    assert abs(visitors["requests"]["arrived"] - mean) < 4.5 * (mean * 0.8) ** 0.5, (visitors["requests"], mean)
    accounted(visitors)
    assert met(result) == [True, True], result["slos"]
    late = run(headroom, scenario("autoscaling"), "--set", "replications=1", "--set",
               "deployments.ticker.autoscaler.metrics[0].target=90%")
    assert met(late) == [False, False], late["slos"]


def recommendation_engine():
    """A quarter of five rounds to one below: four at noon; ten in the evening; and nobody notices."""
    result = run(headroom, scenario("recommendation-engine"), "--set", "replications=1")
    replicas = result["deployments"][0]["replicas"]
    assert (replicas["min"], replicas["max"]) == (4, 10), replicas
    assert met(result) == [True, True, True], result["slos"]


def trading():
    """Five GPUs are enough for 99.9 % within a millisecond, four are not."""
    for gpus, enough in ((5, True), (4, False)):
        result = run(headroom, scenario("trading"), "--set", "replications=1", "--set",
                     f"deployments.scoring.autoscaler.schedule[0].replicas={gpus}")
        assert met(result) == [enough, True], (gpus, result["slos"])


for check in (every_scenario_is_well, worked_example, worked_example_outages, mmc, trace_replay, autoscaling,
              recommendation_engine, trading):
    check()
    print("ok", check.__name__)
