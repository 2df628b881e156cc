/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What clients add: network, patience, attempts that are given up and repeated. */
#include "oracle/oracle.h"

/* A constant network delays everybody alike, and the server sees the same Poisson arrivals. */
static void test_network(void **state)
{
    (void)state;
    static const struct {
        const char *id, *workload;
        bool constant;
    } networks[] = {
        { "network-constant", "network_latency = \"3s\";", true },
        { "network-gamma",
          "network_latency = { distribution = \"gamma\"; mean = \"3s\"; cv = 0.5; };", false },
    };
    for (size_t i = 0; i < 2; i++) {
        struct hr_queue_answer answer = hr_mmc(0.7, 1, 1);
        answer.latency_s_mean += 3;
        answer.number_mean += 0.7 * 3;
        struct oracle oracle;
        oracle_init(&oracle, networks[i].id,
                    &(struct oracle_queue){ .name = "M/M/1 behind a network",
                                            .formula = "M/M/c, Erlang C; delay added",
                                            .rate = 0.7,
                                            .workload = networks[i].workload,
                                            .duration_s = oracle_duration_s(3e6, 0.7) });
        oracle_expect_answer(&oracle, answer);
        for (size_t q = 0; q < ORACLE_QUANTILES; q++) {
            const double p = oracle_shares[q];
            oracle_expect_quantile(&oracle, ORACLE_WAIT_BELOW, p,
                                   hr_mmc_wait_s_quantile(0.7, 1, 1, p));
            if (networks[i].constant)
                oracle_expect_quantile(&oracle, ORACLE_LATENCY_BELOW, p,
                                       3 + hr_mmc_latency_s_quantile(0.7, 1, 1, p));
        }
        oracle_run(&oracle);
    }
}

/* Nobody queues, service is exponential with mean 1 s: who is cut off after t is seen of the law is
 * its part up to t. */
static void expect_cut_off(struct oracle *oracle, double t)
{
    const double lost = exp(-t), good = 1 - lost;
    oracle_expect(oracle, ORACLE_AVAILABILITY, good);
    oracle_expect(oracle, ORACLE_TIMED_OUT, lost);
    oracle_expect(oracle, ORACLE_LATENCY_S, 1 - t * lost / good);
    for (size_t i = 0; i < ORACLE_QUANTILES; i++)
        oracle_expect_quantile(oracle, ORACLE_LATENCY_BELOW, oracle_shares[i],
                               -log1p(-oracle_shares[i] * good));
}

/* The number inside is rate * E min(S, t); work that goes on is not cut off. */
static void test_timeout(void **state)
{
    (void)state;
    static const struct {
        const char *id, *workload;
        bool goes_on;
    } clients[] = {
        { "timeout-none", "timeout = \"2s\"; cancellation = \"none\";", true },
        { "timeout-all", "timeout = \"2s\"; cancellation = \"all\";", false },
    };
    for (size_t i = 0; i < 2; i++) {
        struct oracle oracle;
        oracle_init(&oracle, clients[i].id,
                    &(struct oracle_queue){ .name = "M/M/infinity, timeout",
                                            .formula = "exponential cut off",
                                            .model = "concurrency = 100000;",
                                            .rate = 5,
                                            .workload = clients[i].workload,
                                            .duration_s = oracle_duration_s(3e6, 5) });
        expect_cut_off(&oracle, 2);
        oracle_expect(&oracle, ORACLE_NUMBER, 5 * -expm1(-2));
        oracle_expect(&oracle, ORACLE_BUSY, clients[i].goes_on ? 5 : 5 * -expm1(-2));
        oracle_expect(&oracle, ORACLE_ATTEMPTS, 1);
        oracle_run(&oracle);
    }
}

/* Patience at rate theta against service at rate 1: the lesser of the two counts. */
static void test_drawn_timeout(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_init(&oracle, "timeout-drawn",
                &(struct oracle_queue){ .name = "M/M/infinity, patience",
                                        .formula = "competing exponentials",
                                        .model = "concurrency = 100000;",
                                        .rate = 5,
                                        .workload =
                                            "cancellation = \"all\"; timeout = { distribution = "
                                            "\"exponential\"; mean = \"4s\"; };",
                                        .duration_s = oracle_duration_s(3e6, 5) });
    oracle_expect(&oracle, ORACLE_AVAILABILITY, 0.8);
    oracle_expect(&oracle, ORACLE_LATENCY_S, 0.8);
    oracle_expect(&oracle, ORACLE_NUMBER, 4);
    oracle_expect(&oracle, ORACLE_BUSY, 4);
    for (size_t i = 0; i < ORACLE_QUANTILES; i++)
        oracle_expect_quantile(&oracle, ORACLE_LATENCY_BELOW, oracle_shares[i],
                               -0.8 * log1p(-oracle_shares[i]));
    oracle_run(&oracle);
}

/* A repeated attempt has the same work, so it is cut off again: t, a pause of 1 s, t. */
static void test_attempts(void **state)
{
    (void)state;
    static const struct {
        const char *id, *workload;
        bool goes_on;
    } clients[] = {
        { "attempts-none",
          "attempt_timeout = \"1500ms\"; retries = { max_attempts = 2; backoff = \"1s\"; }; "
          "cancellation = \"none\";",
          true },
        { "attempts-all",
          "attempt_timeout = \"1500ms\"; retries = { max_attempts = 2; backoff = \"1s\"; }; "
          "cancellation = \"all\";",
          false },
    };
    const double t = 1.5, lost = exp(-t), tried = 1 - lost; /* E min(S, t) = 1 - exp(-t) */
    for (size_t i = 0; i < 2; i++) {
        struct oracle oracle;
        oracle_init(&oracle, clients[i].id,
                    &(struct oracle_queue){ .name = "M/M/infinity, attempts repeated",
                                            .formula = "exponential cut off",
                                            .model = "concurrency = 100000;",
                                            .rate = 5,
                                            .workload = clients[i].workload,
                                            .duration_s = oracle_duration_s(3e6, 5) });
        expect_cut_off(&oracle, t);
        oracle_expect(&oracle, ORACLE_ATTEMPTS, 1 + lost);
        oracle_expect(&oracle, ORACLE_NUMBER, 5 * (tried + lost * (1 + t)));
        /* S of a repeated attempt is above t: 1 + t in the mean. */
        oracle_expect(&oracle, ORACLE_BUSY,
                      5 * (clients[i].goes_on ? 1 + lost * (1 + t) : tried + lost * t));
        oracle_run(&oracle);
    }
}

/*
 * Oracle case erlanga-1, M/M/14+M (Palm 1957). Here patience also ends while in service, where it
 * stops only the client, not the server; being exponential it has no memory, so the servers and the
 * queue are those of the case, and of those who are served a share mu / (mu + theta) stays to the
 * end, whatever they waited.
 */
static void test_erlang_a(void **state)
{
    (void)state;
    const double mu = 1.0 / 3, theta = 0.2, rate = 10.0 / 3;
    const double waits = 0.14526011429636151, abandons = 0.013983744122408978;
    const double stays = mu / (mu + theta);
    struct oracle oracle;
    oracle_init(&oracle, "erlanga-1",
                &(struct oracle_queue){
                    .name = "M/M/14+M",
                    .formula = "Erlang A (Palm)",
                    .service = "{ distribution = \"exponential\"; mean = \"3s\"; }",
                    .servers = 14,
                    .rate = rate,
                    .workload = "timeout = { distribution = \"exponential\"; mean = \"5s\"; };",
                    .duration_s = oracle_duration_s(5e6, rate) });
    oracle_expect(&oracle, ORACLE_UTILIZATION, 0.7042973256268511);
    oracle_expect(&oracle, ORACLE_QUEUE, 0.2330624020401496);
    oracle_expect(&oracle, ORACLE_WAIT_S, 0.06464133415501287);
    oracle_expect(&oracle, ORACLE_WAIT_PROBABILITY, (waits - abandons) / (1 - abandons));
    oracle_expect(&oracle, ORACLE_AVAILABILITY, (1 - abandons) * stays);
    oracle_expect(&oracle, ORACLE_LATENCY_S, 0.06464133415501287 + 1 / (mu + theta));
    oracle_expect(&oracle, ORACLE_NUMBER,
                  0.2330624020401496 + rate * (1 - abandons) / (mu + theta));
    oracle_run(&oracle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_network),       cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_drawn_timeout), cmocka_unit_test(test_attempts),
        cmocka_unit_test(test_erlang_a),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
