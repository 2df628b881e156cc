/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Other simulators on the same queues, in the same run. A peer is a program of ours on top of its
 * library: `PEER --version` prints its name, or why it cannot run; `PEER RATE SERVERS REQUESTS`
 * prints seconds of CPU, without those of starting, and the mean latency.
 */
#include "bench.h"

#include <string.h>

#define ROUNDS   3
#define REQUESTS 1e5
#define SKIPPED  77 /* exit code of a peer whose library is not there */

static const struct bench_section section = { "peers", "peers: ns of CPU per request", "ns/request",
                                              "" };

static const struct peer {
    const char *name, *path, *missing; /* why it could not be started */
} peers[] = {
    { "SimPy", HR_SOURCE_DIR "/tests/bench/peer_simpy.py", "there is no python3" },
    { "SimGrid", HR_PEER_SIMGRID,
      "not there at build time (Debian: libsimgrid-dev, g++, then configure anew)" },
};

struct peer_run {
    const char *path;
    const struct bench_case *c;
    double requests;
};

/* Runs a peer and reads the first line of what it prints. */
static int ask(char *const *arguments, char *line, int size)
{
    FILE *answer = tmpfile();
    line[0] = '\0';
    if (answer == NULL)
        return -1;
    const int code = bench_spawn(arguments, answer);
    rewind(answer);
    if (fgets(line, size, answer) != NULL)
        line[strcspn(line, "\n")] = '\0';
    fclose(answer);
    return code;
}

static bool run_peer(const void *ctx, struct bench_sample *sample)
{
    const struct peer_run *run = ctx;
    char path[512], rate[32], servers[32], requests[32], line[128];
    double cpu_s;
    snprintf(path, sizeof path, "%s", run->path);
    snprintf(rate, sizeof rate, "%g", run->c->rate);
    snprintf(servers, sizeof servers, "%u", run->c->replicas);
    snprintf(requests, sizeof requests, "%.0f", run->requests);
    char *const arguments[] = { path, rate, servers, requests, NULL };
    if (ask(arguments, line, sizeof line) != 0 ||
        sscanf(line, "%lf %lf", &cpu_s, &sample->latency_s_mean) != 2) {
        fprintf(stderr, "%s: failed: %s\n", path, line);
        return false;
    }
    sample->cost = cpu_s * 1e9 / run->requests;
    sample->requests = (uint64_t)run->requests;
    return true;
}

static void measure_peer(struct bench *bench, const struct peer *peer, const char *version,
                         const struct bench_case *c)
{
    char name[160];
    snprintf(name, sizeof name, "%s, %s", version, c->name);
    if (!bench_wants(bench, name))
        return;
    struct hr_scenario *scenario = bench_case_load(bench, c);
    const struct bench_theory theory = bench_theory_mmc(c->rate, 1, c->replicas);
    const struct peer_run run = { peer->path, c, REQUESTS * (bench->quick ? 0.1 : 1) };
    const struct bench_row row = {
        .name = name,
        .n_programs = 2,
        .programs = { { peer->name, run_peer, &run }, bench_headroom("headroom", scenario) },
        .rounds = bench->quick ? 1 : ROUNDS,
        .theory = &theory,
    };
    if (scenario != NULL)
        bench_row(bench, &section, &row);
    else
        bench->failures++;
    hr_scenario_free(scenario);
}

static void measure_peers(struct bench *bench, const struct peer *peer)
{
    char path[512], line[128];
    snprintf(path, sizeof path, "%s", peer->path);
    char *const arguments[] = { path, "--version", NULL };
    const int code = ask(arguments, line, sizeof line);
    if (code == 0) {
        for (size_t i = 0; i < BENCH_QUEUES; i++)
            measure_peer(bench, peer, line, &bench_queues[i]);
    } else if (bench_wants(bench, peer->name)) {
        bench_skip(bench, &section, peer->name, code == SKIPPED ? line : peer->missing);
    }
}

void bench_peers(struct bench *bench)
{
    if (!bench->peers)
        return;
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++)
        measure_peers(bench, &peers[i]);
}
