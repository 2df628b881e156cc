/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simulations: queues beside the limit programs, routing rules over many replicas, and what more of
 * a scenario costs beside the bare queue. */
#include "bench.h"

#include "limit.h"

#include <stdio.h>

#define REQUESTS      4e6
#define REQUESTS_LONG 1e9 /* whose memory shows that it does not grow with them */

#define RATIO_TO_LIMIT_MAX 1.7
#define RATIO_TO_BARE_MAX  1.5
#define RATIO_TO_SMALL_MAX 1.3 /* least outstanding, 10,000 replicas to 100 */
#define PEAK_MIB_MAX       64

static const struct bench_section section = { "simulation", "simulation: ns of CPU per request",
                                              "ns/request", "M events/s" };

/* ---- M/M/c beside the limit programs ---- */

struct limit {
    limit_program *program;
    double rate;
    unsigned servers;
    uint64_t requests;
};

static bool run_limit(const void *ctx, struct bench_sample *sample)
{
    const struct limit *limit = ctx;
    const double start = bench_cpu_s();
    const struct limit_answer answer =
        limit->program(limit->rate, 1, limit->servers, limit->requests, 1);
    sample->cost = (bench_cpu_s() - start) * 1e9 / (double)answer.requests;
    sample->requests = answer.requests;
    sample->latency_s_mean = answer.latency_s_mean;
    return true;
}

static void measure_beside_limits(struct bench *bench, const struct bench_case *c)
{
    const uint64_t requests = (uint64_t)(c->requests * bench->scale);
    const struct limit heap = { limit_mmc_heap, c->rate, c->replicas, requests };
    const struct limit calendar = { limit_mmc_calendar, c->rate, c->replicas, requests };
    const struct bench_program limits[] = { { "limit, heap", run_limit, &heap },
                                            { "limit, calendar", run_limit, &calendar } };
    const struct bench_theory theory = bench_theory_mmc(c->rate, 1, c->replicas);
    bench_measure(bench, &section, c,
                  &(struct bench_terms){ .n_programs = 2,
                                         .programs = limits,
                                         .goal = { BENCH_GOAL_RATIO, RATIO_TO_LIMIT_MAX },
                                         .theory = &theory });
}

const struct bench_case bench_queues[BENCH_QUEUES] = {
    { .name = "M/M/1", .replicas = 1, .rate = 0.8, .requests = REQUESTS },
    { .name = "M/M/50", .replicas = 50, .rate = 45, .requests = REQUESTS },
    { .name = "M/M/2000", .replicas = 2000, .rate = 1900, .requests = REQUESTS },
};

/* ---- routing ---- */

#define SIZES 4

static void measure_routing(struct bench *bench)
{
    static const unsigned sizes[SIZES] = { 100, 200, 2000, 10000 };
    static const struct {
        const char *key, *name;
        double load;
        struct bench_goal goal; /* of the largest size, which is compared with the smallest */
    } rules[] = {
        { "random", "random", 0.7, { 0 } },
        { "round_robin", "round robin", 0.8, { 0 } },
        { "power_of_two", "power of two", 0.9, { 0 } },
        { "least_outstanding", "least outstanding", 0.9, { BENCH_GOAL_RATIO, RATIO_TO_SMALL_MAX } },
    };
    const struct bench_terms alone = { 0 };
    for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++) {
        struct bench_case cases[SIZES];
        char names[SIZES][64];
        for (size_t s = 0; s < SIZES; s++) {
            snprintf(names[s], sizeof names[s], "%u replicas, %s", sizes[s], rules[r].name);
            cases[s] = (struct bench_case){ .name = names[s],
                                            .routing = rules[r].key,
                                            .replicas = sizes[s],
                                            .rate = sizes[s] * rules[r].load,
                                            .requests = REQUESTS };
            const struct bench_terms to_small = { .partner = &cases[0],
                                                  .partner_name = "100 replicas",
                                                  .goal = rules[r].goal };
            bench_measure(bench, &section, &cases[s], s + 1 < SIZES ? &alone : &to_small);
        }
    }
}

/* ---- what more of a scenario costs ---- */

#define MM50 .replicas = 50, .rate = 45, .requests = REQUESTS
#define RETRIES                                                                                    \
    "timeout = \"30s\"; attempt_timeout = \"10s\"; retries = { max_attempts = 2; backoff = "       \
    "\"50ms\"; };"
#define FAILURES "failures = { mttf = \"10000s\"; mttr = \"100s\"; };"

static void measure_more(struct bench *bench)
{
    static const struct {
        struct bench_case c;
        struct bench_goal goal;
    } rows[] = {
        { { .name = "M/M/50, timeouts and retries", MM50, .workload = RETRIES },
          { BENCH_GOAL_RATIO, RATIO_TO_BARE_MAX } },
        { { .name = "M/M/50, retries, failures",
            MM50,
            .workload = RETRIES,
            .deployment = FAILURES },
          { BENCH_GOAL_RATIO, RATIO_TO_BARE_MAX } },
        { { .name = "M/M/50, retries, failures, fine series",
            MM50,
            .workload = RETRIES,
            .deployment = FAILURES,
            .top = "series_step = \"10s\";" },
          { BENCH_GOAL_RATIO, RATIO_TO_BARE_MAX } },
        { { .name = "M/M/50, network", MM50, .workload = "network_latency = \"100ms\";" }, { 0 } },
        { { .name = "M/M/50, diurnal load",
            .replicas = 50,
            .rate = 35,
            .requests = REQUESTS,
            .arrivals = "process = \"diurnal\"; rate = \"35/s\"; amplitude = \"25%\";" },
          { 0 } },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        bench_measure(bench, &section, &rows[i].c,
                      &(struct bench_terms){ .partner = &bench_queues[1],
                                             .partner_name = bench_queues[1].name,
                                             .goal = rows[i].goal });
}

#define SHOP .file = "scenarios/ecommerce.cfg", .rate = 200, .requests = 200 * 86400

/* A shipped scenario: with a fine time series beside itself without timeouts, retries, failures and
 * steps; and that beside a queue with the same service times and mean load. */
static void measure_shop(struct bench *bench)
{
    static const char *const more[] = { "timeout", "attempt_timeout", "retries", "failures", NULL };
    const struct bench_case whole = { .name = "e-commerce, one day", SHOP, .steps = 8640 };
    const struct bench_case bare = {
        .name = "e-commerce, bare", SHOP, .without = more, .steps = 1
    };
    const struct bench_case queue = {
        .name = "e-commerce, queue",
        .routing = "least_outstanding",
        .replicas = 8,
        .rate = 200,
        .requests = 200 * 86400,
        .model = "service_time = { distribution = \"lognormal\"; mean = \"20ms\"; cv = 0.6; };",
    };
    bench_measure(bench, &section, &whole,
                  &(struct bench_terms){ .partner = &bare,
                                         .partner_name = "bare",
                                         .goal = { BENCH_GOAL_RATIO, RATIO_TO_BARE_MAX } });
    bench_measure(bench, &section, &bare,
                  &(struct bench_terms){ .partner = &queue, .partner_name = "plain queue" });
}

static void measure_long(struct bench *bench)
{
    struct bench_case c = bench_queues[0];
    c.name = "M/M/1, a billion requests";
    c.requests = REQUESTS_LONG;
    const struct bench_theory theory = bench_theory_mmc(c.rate, 1, c.replicas);
    if (bench->long_run)
        bench_measure(bench, &section, &c,
                      &(struct bench_terms){ .rounds = 1,
                                             .goal = { BENCH_GOAL_PEAK, PEAK_MIB_MAX },
                                             .theory = &theory });
    else if (bench_wants(bench, c.name))
        bench_skip(bench, &section, c.name, "takes about a minute; ask for it with --long");
}

void bench_simulation(struct bench *bench)
{
    for (size_t i = 0; i < BENCH_QUEUES; i++)
        measure_beside_limits(bench, &bench_queues[i]);
    measure_routing(bench);
    measure_more(bench);
    measure_shop(bench);
    measure_long(bench);
}
