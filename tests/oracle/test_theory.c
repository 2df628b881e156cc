/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `headroom theory` recognizes in a scenario, against the simulation of that scenario: the
 * queues that the other programs of this folder do not have, and all their quantiles. */
#include "oracle/oracle.h"

#include "study/theory.h"

static const struct {
    const char *id;
    struct oracle_queue queue;
    double requests;
} queues[] = {
    { "erlang-a",
      { .servers = 10,
        .rate = 11,
        .workload = "timeout = { distribution = \"exponential\"; mean = \"3s\"; };" },
      1e6 },
    { "erlang-a-goes-on",
      { .servers = 10,
        .rate = 8,
        .workload = "timeout = { distribution = \"exponential\"; mean = \"3s\"; }; "
                    "cancellation = \"none\";" },
      1e6 },
    { "erlang-a-dropped",
      { .servers = 10,
        .rate = 11,
        .workload = "timeout = { distribution = \"exponential\"; mean = \"3s\"; }; "
                    "cancellation = \"all\";" },
      1e6 },
    { "mmc-constant-patience",
      { .servers = 10, .rate = 11, .workload = "timeout = \"2s\";" },
      1e6 },
    { "mmc-constant-goes-on",
      { .servers = 10,
        .rate = 9,
        .workload = "attempt_timeout = \"2s\"; cancellation = \"none\";" },
      2e6 },
    { "mm1-constant-split",
      { .servers = 3, .routing = "random", .rate = 3.3, .workload = "timeout = \"2s\";" },
      1e6 },
    { "mg1-lognormal",
      { .service = "{ distribution = \"lognormal\"; mean = \"1s\"; cv = 0.6; }", .rate = 0.7 },
      2e6 },
    { "mg1-mixture",
      { .service = "{ distribution = \"mixture\"; components = ( { weight = 3.0; dist = "
                   "{ distribution = \"gamma\"; mean = \"500ms\"; cv = 0.5; }; }, { weight = 1.0; "
                   "dist = { distribution = \"weibull\"; mean = \"2s\"; cv = 0.7; }; } ); }",
        .rate = 0.7 },
      2e6 },
    { "batches-of-lognormals",
      { .service = "{ distribution = \"lognormal\"; mean = \"1s\"; cv = 0.6; }",
        .arrivals = "{ rate = \"0.6/s\"; batch = { law = \"geometric\"; mean = 3.0; }; }" },
      2e6 },
    { "mmpp-split",
      { .servers = 3,
        .routing = "random",
        .arrivals = "{ process = \"mmpp\"; states = ( { rate = \"0.9/s\"; duration = \"20s\"; }, "
                    "{ rate = \"3/s\"; duration = \"10s\"; } ); }" },
      2e6 },
    { "weibull-in-turns",
      { .servers = 3,
        .routing = "round_robin",
        .arrivals = "{ process = \"weibull\"; rate = \"2.1/s\"; cv = 2.0; }" },
      2e6 },
    { "limited-latency", { .servers = 3, .rate = 2.5, .model = "queue_limit = 4;" }, 1e6 },
    { "closed-quantiles",
      { .servers = 2, .arrivals = "{ process = \"closed\"; clients = 20; think_time = \"12s\"; }" },
      1e6 },
    { "sharing-quantiles",
      { .routing = "random", .model = "discipline = \"processor_sharing\";", .rate = 0.7 },
      2e6 },
    { "sharing-cores",
      { .service = "{ distribution = \"lognormal\"; mean = \"1s\"; cv = 1.0; }",
        .routing = "random",
        .model = "discipline = \"processor_sharing\"; cores = 2.5;",
        .rate = 1.8 },
      1e6 },
    { "replicas",
      { .servers = 5,
        .deployment = "min_ready = 4; startup_time = \"5s\"; failures = { mttf = { distribution = "
                      "\"gamma\"; mean = \"300s\"; cv = 0.5; }; mttr = \"20s\"; };",
        .rate = 0.01 },
      1e4 },
};

/* Under which name the simulator's tests know a number; quantiles are tested by the share below. */
static void expect(struct oracle *oracle, const struct hr_theory_number *number)
{
    static const struct {
        const char *metric;
        enum oracle_metric known;
        double p;
    } names[] = {
        { "throughput_rps", ORACLE_THROUGHPUT, 0 },
        { "concurrency", ORACLE_NUMBER, 0 },
        { "availability", ORACLE_AVAILABILITY, 0 },
        { "availability_time", ORACLE_UPTIME, 0 },
        { "replicas.mean", ORACLE_READY, 0 },
        { "wait_probability", ORACLE_WAIT_PROBABILITY, 0 },
        { "utilization", ORACLE_UTILIZATION, 0 },
        { "queue_length", ORACLE_QUEUE, 0 },
        { "latency_s.mean", ORACLE_LATENCY_S, 0 },
        { "wait_s.mean", ORACLE_WAIT_S, 0 },
        { "latency_s.p50", ORACLE_LATENCY_BELOW, 0.5 },
        { "latency_s.p90", ORACLE_LATENCY_BELOW, 0.9 },
        { "latency_s.p95", ORACLE_LATENCY_BELOW, 0.95 },
        { "latency_s.p99", ORACLE_LATENCY_BELOW, 0.99 },
        { "latency_s.p999", ORACLE_LATENCY_BELOW, 0.999 },
        { "wait_s.p50", ORACLE_WAIT_BELOW, 0.5 },
        { "wait_s.p90", ORACLE_WAIT_BELOW, 0.9 },
        { "wait_s.p95", ORACLE_WAIT_BELOW, 0.95 },
        { "wait_s.p99", ORACLE_WAIT_BELOW, 0.99 },
        { "wait_s.p999", ORACLE_WAIT_BELOW, 0.999 },
    };
    oracle->formula = number->formula;
    size_t i = 0;
    while (strcmp(names[i].metric, number->metric) != 0)
        i++;
    if (names[i].p > 0)
        oracle_expect_quantile(oracle, names[i].known, names[i].p, number->closed_form);
    else
        oracle_expect(oracle, names[i].known, number->closed_form);
}

static void test_queues(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof queues / sizeof queues[0]; i++) {
        struct oracle_queue queue = queues[i].queue;
        queue.duration_s = oracle_duration_s(queues[i].requests, queue.rate > 0 ? queue.rate : 1);
        queue.name = queue.formula = "as recognized";
        struct oracle oracle;
        oracle_init(&oracle, queues[i].id, &queue);
        struct hr_theory *theory = hr_theory_recognize(oracle.scenario);
        size_t known = 0;
        for (size_t m = 0; m < theory->n_models; m++) {
            if (theory->models[m].n_numbers > 0)
                oracle.name = theory->models[m].model;
            known += theory->models[m].n_numbers;
            for (size_t k = 0; k < theory->models[m].n_numbers; k++)
                expect(&oracle, &theory->models[m].numbers[k]);
        }
        assert_true(known > 0);
        oracle_run(&oracle);
        hr_theory_free(theory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_queues) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
