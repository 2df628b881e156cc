#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""M/M/c with SimPy, version 3 or 4, for hr-bench --peers. A process a customer, as its documents do.

Usage: peer_simpy.py --version        its name, or exit code 77 and why it cannot run
       peer_simpy.py RATE SERVERS N   seconds of CPU and the mean latency; a service takes 1 on average
"""
import random
import sys
import time

try:
    import simpy
except ImportError:
    print("python3 has no module simpy (Debian: python3-simpy3)")
    sys.exit(77)


def customer(env, servers, draw, latencies):
    arrived = env.now
    with servers.request() as turn:
        yield turn
        yield env.timeout(draw(1.0))
    latencies[0] += env.now - arrived


def source(env, rate, servers, n, draw, latencies):
    for _ in range(n):
        yield env.timeout(draw(rate))
        env.process(customer(env, servers, draw, latencies))


def main(rate, servers, n):
    env = simpy.Environment()
    latencies = [0.0]
    draw = random.Random(1).expovariate
    begin = time.process_time()
    env.process(source(env, rate, simpy.Resource(env, servers), n, draw, latencies))
    env.run()
    print(time.process_time() - begin, latencies[0] / n)


if __name__ == "__main__":
    if sys.argv[1] == "--version":
        print(f"SimPy {simpy.__version__}")
    else:
        main(float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
