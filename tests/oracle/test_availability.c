/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replicas that fail and are repaired: availability in time and of requests. */
#include "oracle/oracle.h"

#include "queueing/repair.h"

#include <stdio.h>

/* Cases kofn-1 and kofn-3 with hours told as seconds; all units fail and share the crews. */
struct kofn {
    const char *id;
    unsigned n, k, crews;
    double mttf_s, mttr_s, duration_s;
};

static const struct kofn kofn[] = {
    { "kofn-1", 3, 2, 1, 500, 10, 1e6 },
    { "kofn-3", 100, 95, 3, 2000, 12, 5e5 },
    { "kofn-alone", 1, 1, 1, 100, 25, 2e5 },
    { "kofn-all", 4, 4, 4, 100, 5, 1e5 },
};

static void test_kofn(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kofn / sizeof *kofn; i++) {
        const struct kofn *group = &kofn[i];
        char deployment[160];
        snprintf(deployment, sizeof deployment,
                 "failures = { mttf = \"%.0fs\"; mttr = \"%.0fs\"; crews = %u; }; min_ready = %u;",
                 group->mttf_s, group->mttr_s, group->crews, group->k);
        struct oracle oracle;
        oracle_init(&oracle, group->id,
                    &(struct oracle_queue){ .name = "k-out-of-n",
                                            .formula = "k-out-of-n, birth-death",
                                            .servers = group->n,
                                            .deployment = deployment,
                                            .rate = 1e-3,
                                            .duration_s = group->duration_s });
        double ready = 0; /* mean = sum of P(at least k) */
        for (unsigned k = 1; k <= group->n; k++)
            ready += hr_kofn_availability(group->n, k, 1 / group->mttf_s, 1 / group->mttr_s,
                                          group->crews);
        oracle_expect(&oracle, ORACLE_UPTIME,
                      hr_kofn_availability(group->n, group->k, 1 / group->mttf_s, 1 / group->mttr_s,
                                           group->crews));
        oracle_expect(&oracle, ORACLE_READY, ready);
        oracle_run(&oracle);
    }
}

/* Up, down and starting in turn: only their means matter (renewal reward). */
static void test_startup(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_init(&oracle, "startup",
                &(struct oracle_queue){
                    .name = "alternating renewal",
                    .formula = "renewal reward",
                    .servers = 2,
                    .deployment =
                        "min_ready = 2; startup_time = \"5s\"; failures = { mttf = { "
                        "distribution = \"weibull\"; mean = \"100s\"; cv = 0.5; }; mttr = "
                        "{ distribution = \"lognormal\"; mean = \"20s\"; cv = 1.0; }; };",
                    .rate = 1e-3,
                    .duration_s = 1e5 });
    oracle_expect(&oracle, ORACLE_READY, 1.6);
    oracle_expect(&oracle, ORACLE_UPTIME, 0.64);
    oracle_run(&oracle);
}

/* One crew with exponential repairs: the laws of up time and start-up count by their means only. */
static void test_product_form(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_init(&oracle, "product-form",
                &(struct oracle_queue){
                    .name = "3-out-of-4, a crew",
                    .formula = "product form",
                    .servers = 4,
                    .deployment =
                        "min_ready = 3; startup_time = \"5s\"; failures = { mttf = { distribution "
                        "= \"weibull\"; mean = \"100s\"; cv = 0.5; }; mttr = \"20s\"; crews = 1; "
                        "};",
                    .rate = 1e-3,
                    .duration_s = 1e5 });
    const struct hr_repair_loop loop = {
        .n = 4, .k = 3, .crews = 1, .up_s = 100, .repair_s = 20, .startup_s = 5
    };
    double *shares = hr_repair_shares_new(&loop);
    double ready = 0;
    for (unsigned k = 0; k <= 4; k++)
        ready += k * shares[k];
    oracle_expect(&oracle, ORACLE_READY, ready);
    oracle_expect(&oracle, ORACLE_UPTIME, shares[3] + shares[4]);
    free(shares);
    oracle_run(&oracle);
}

/* Oracle case interval-avail: what one month shows of a replica that is up at its start; mean and
 * variance of its availability (Takacs 1957). */
static void test_interval(void **state)
{
    (void)state;
    const double mean = 0.9901670860155323;
    struct oracle oracle;
    oracle_init(
        &oracle, "interval-avail",
        &(struct oracle_queue){ .name = "alternating renewal",
                                .formula = "interval availability (Takacs)",
                                .deployment = "failures = { mttf = \"500h\"; mttr = \"5h\"; };",
                                .rate = 1e-7,
                                .duration_s = 720 * 3600,
                                .warmup_share = -1,
                                .replications = 20000 });
    oracle_expect(&oracle, ORACLE_UPTIME, mean);
    oracle_expect_at(&oracle, ORACLE_UPTIME_VARIANCE, mean, 0.00013295507862098876);
    oracle_run(&oracle);
}

/* Oracle case breakdown-lose: M/M/3 whose servers fail, idle or busy; the request in service is
 * lost, the others wait out the outage. */
static void test_breakdowns(void **state)
{
    (void)state;
    static const char failures[] = "failures = { mttf = \"50s\"; mttr = \"10s\"; crews = 1; }; ";
    char deployment[160];
    for (unsigned k = 1; k <= 3; k += 2) {
        snprintf(deployment, sizeof deployment, "%s min_ready = %u;", failures, k);
        struct oracle oracle;
        oracle_init(&oracle, k == 1 ? "breakdown-lose" : "breakdown-lose-all",
                    &(struct oracle_queue){ .name = "M/M/3 with breakdowns",
                                            .formula = "Markov chain solved numerically",
                                            .servers = 3,
                                            .deployment = deployment,
                                            .rate = 1.5,
                                            .duration_s = oracle_duration_s(5e6, 1.5) });
        oracle_expect(&oracle, ORACLE_NUMBER, 6.323424624122791);
        oracle_expect(&oracle, ORACLE_BUSY, 1.4705882339189957);
        oracle_expect(&oracle, ORACLE_UTILIZATION, 0.4901960779729986);
        oracle_expect(&oracle, ORACLE_READY, 2.351694915254238);
        oracle_expect(&oracle, ORACLE_THROUGHPUT, 1.4705882339189957);
        oracle_expect(&oracle, ORACLE_AVAILABILITY, 0.9803921559459972);
        oracle_expect(&oracle, ORACLE_FAILED, 0.019607843118919943);
        oracle_expect(&oracle, ORACLE_UPTIME, k == 1 ? 0.9745762711864409 : 0.5296610169491522);
        oracle_run(&oracle);
    }
}

/* One replica with room for all: a request completes when it meets the replica up (share A) and the
 * next failure, at rate f, comes later than its completion, at rate mu: A mu / (mu + f). The
 * latency of those is the lesser of the two, exponential at rate mu + f. */
static void test_no_queue(void **state)
{
    (void)state;
    const double up = 0.8, rate = 1 + 0.1, good = up / rate;
    struct oracle oracle;
    oracle_init(
        &oracle, "no-queue",
        &(struct oracle_queue){ .name = "M/M/infinity with breakdowns",
                                .formula = "competing exponentials",
                                .model = "concurrency = 100000;",
                                .routing = "random",
                                .deployment = "failures = { mttf = \"10s\"; mttr = \"2500ms\"; };",
                                .rate = 10,
                                .duration_s = oracle_duration_s(5e6, 10) });
    oracle_expect(&oracle, ORACLE_UPTIME, up);
    oracle_expect(&oracle, ORACLE_AVAILABILITY, good);
    oracle_expect(&oracle, ORACLE_FAILED, 1 - good);
    oracle_expect(&oracle, ORACLE_THROUGHPUT, 10 * good);
    oracle_expect(&oracle, ORACLE_NUMBER, 10 * up / rate);
    oracle_expect(&oracle, ORACLE_LATENCY_S, 1 / rate);
    oracle_expect_quantile(&oracle, ORACLE_LATENCY_BELOW, 0.5, log(2) / rate);
    oracle_expect_quantile(&oracle, ORACLE_LATENCY_BELOW, 0.99, log(100) / rate);
    oracle_run(&oracle);
}

/*
 * Retries after a constant pause b; service takes the constant d. An attempt fails at a moment when
 * the replica is down, so the next one meets it up with probability u = A (1 - exp(-(f + r) b)),
 * and goes well with u exp(-f d): each later attempt likewise.
 */
static void test_retries(void **state)
{
    (void)state;
    const double f = 0.1, r = 0.4, b = 1, d = 0.5, up = r / (f + r);
    const double first = up * exp(-f * d), later = up * -expm1(-(f + r) * b) * exp(-f * d);
    const double lost = (1 - first) * (1 - later) * (1 - later);
    struct oracle oracle;
    oracle_init(
        &oracle, "retries",
        &(struct oracle_queue){
            .name = "M/D/infinity with breakdowns, retries",
            .formula = "competing exponentials",
            .service = "\"500ms\"",
            .model = "concurrency = 100000;",
            .routing = "random",
            .deployment = "failures = { mttf = \"10s\"; mttr = \"2500ms\"; };",
            .rate = 10,
            .workload = "retries = { max_attempts = 3; backoff = \"1s\"; multiplier = 1.0; };",
            .duration_s = oracle_duration_s(5e6, 10) });
    oracle_expect(&oracle, ORACLE_AVAILABILITY, 1 - lost);
    oracle_expect(&oracle, ORACLE_FAILED, lost);
    oracle_expect(&oracle, ORACLE_ATTEMPTS, 1 + (1 - first) + (1 - first) * (1 - later));
    oracle_run(&oracle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kofn),         cmocka_unit_test(test_startup),
        cmocka_unit_test(test_product_form), cmocka_unit_test(test_interval),
        cmocka_unit_test(test_breakdowns),   cmocka_unit_test(test_no_queue),
        cmocka_unit_test(test_retries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
