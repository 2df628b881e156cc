# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents: every verb, option, exit code and JSON key of the program is written of.

Usage: docs.py ROOT PROGRAM
"""
import json
import re
import subprocess
import sys
import tempfile

import tree

SCENARIO = """
    name = "all"; duration = "200s"; warmup = "10s"; replications = 2;
    models = ( { name = "m"; service_time = { distribution = "exponential"; mean = "1s"; }; } );
    deployments = ( { name = "d"; model = "m"; replicas = 3;
                      failures = { mttf = "1h"; mttr = "20s"; }; } );
    workloads = ( { name = "w"; deployment = "d";
                    arrivals = { process = "poisson"; rate = "1/s"; }; } );
    slos = ( { workload = "w"; metric = "latency_p50"; max = "100s"; precision = "90%"; } );
"""

NODES = """
    name = "nodes"; duration = "200s"; warmup = "10s"; replications = 2;
    models = ( { name = "m"; service_time = { distribution = "exponential"; mean = "1s"; }; } );
    node_pools = ( { name = "p"; instance = "aws/m6i.large"; } );
    deployments = ( { name = "d"; model = "m"; replicas = 1;
                      resources = { requests = { cpu = "1"; memory = "1Gi"; }; }; } );
    workloads = ( { name = "w"; deployment = "d";
                    arrivals = { process = "poisson"; rate = "0.1/s"; }; } );
    slos = ( { workload = "w"; metric = "availability"; min = "1%"; } );
"""


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def verbs(overview):
    """The words that begin the indented lines below "Verbs:"."""
    section = overview.split("Verbs:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in section.splitlines()]


def check_commands(program, documents):
    overview = output(program, "--help")
    problems = []
    for code in re.findall(r"(?m)^  (\d+)  ", overview.split("Exit codes:")[1]):
        if not re.search(rf"(?m)^\| {code} \|", documents):
            problems.append(f"no document has a table row for exit code {code}")
    for verb in verbs(overview):
        if f"headroom {verb}" not in documents:
            problems.append(f"no document shows `headroom {verb}`")
        if verb == "help":
            continue
        for option in re.findall(r"(?m)^  (--[a-z-]+)", output(program, verb, "--help")):
            if not re.search(rf"{option}(?![a-z-])", documents):
                problems.append(f"no document speaks of {option} (of {verb})")
    return problems


def keys(value):
    """Every key of a JSON value but those inside `resolved`, which the scenario's documents tell."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if not isinstance(value, dict):
        return set()
    below = [keys(inner) for key, inner in value.items() if key != "resolved"]
    return set(value).union(*below)


def check_json_keys(program, document, folder):
    scenario = tree.pathlib.Path(folder) / "all.cfg"
    scenario.write_text(SCENARIO)
    commands = [
        ("run", "--rare"),
        ("compare", "--set-b", "deployments.d.replicas=4"),
        ("theory", "--set", "deployments.d.load_balancing=random"),
    ]
    shown = set()
    for command in commands:
        shown |= keys(json.loads(output(program, *command, str(scenario), "--format", "json", "--quiet")))
    scenario.write_text(NODES)
    shown |= keys(json.loads(output(program, "drill", str(scenario), "--at", "100s", "--duration", "20s",
                                    "--format", "json", "--quiet")))
    shown |= keys(json.loads(output(program, "instances", "--format", "json")))
    return [
        f"docs/output.md does not explain the key {key}"
        for key in sorted(shown)
        if f"`{key}`" not in document
    ]


def main(root, program):
    paths = tree.files(root, ".md", under=("docs",)) + [tree.pathlib.Path("README.md")]
    documents = "\n".join(tree.text(root, path) for path in paths)
    problems = check_commands(program, documents)
    with tempfile.TemporaryDirectory() as folder:
        problems += check_json_keys(program, tree.text(root, "docs/output.md"), folder)
    tree.report(problems)


if __name__ == "__main__":
    main(*sys.argv[1:])
