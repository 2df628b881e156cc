# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs headroom and checks estimates."""
import json
import subprocess


def run(headroom, scenario, *options):
    """The result of one scenario as Python data. Exit codes 0 and 1 are answers; anything else is not."""
    command = [headroom, "run", scenario, "--format", "json", "--quiet", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), f"{command} exited {done.returncode}: {done.stderr}"
    return json.loads(done.stdout)


def near(name, estimate, exact):
    """The exact value lies within 4.5 standard errors of the estimate (half-width / t, t = 2.262 for 10 replications)."""
    assert estimate["n"] == 10, name
    low, high = estimate["ci95"]
    error = (high - low) / 2 / 2.262157
    z = (estimate["value"] - exact) / error if error > 0 else 0.0 if estimate["value"] == exact else float("inf")
    print(f"{name:42} {estimate['value']:.9g} exact {exact:.9g} z {z:+.2f}")
    assert abs(z) < 4.5, name


def accounted(workload):
    """arrived = completed + timed_out + rejected + failed + in_flight, exactly."""
    counts = workload["requests"]
    parts = ("completed", "timed_out", "rejected", "failed", "in_flight")
    assert counts["arrived"] == sum(counts[part] for part in parts), counts
