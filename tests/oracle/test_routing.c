/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replicas with a queue each: what routing makes of Poisson arrivals. */
#include "oracle/oracle.h"

/* A random split of Poisson arrivals is Poisson at every replica. */
static void test_random(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_init(&oracle, "random-4",
                &(struct oracle_queue){ .name = "4 x M/M/1, random split",
                                        .formula = "M/M/c, Erlang C",
                                        .servers = 4,
                                        .routing = "random",
                                        .rate = 3.2,
                                        .duration_s = oracle_duration_s(6e6, 3.2) });
    oracle_expect_answer(&oracle, oracle_times(hr_mmc(0.8, 1, 1), 4));
    oracle_expect_mmc_quantiles(&oracle, 0.8, 1, 1);
    oracle_run(&oracle);
}

/* Every n-th arrival: gaps are Erlang of n phases, so gamma with cv 1 / sqrt(n). Cases e2m1, rr3.
 */
static void check_round_robin(const char *id, unsigned n)
{
    const double cv = 1 / sqrt(n);
    struct oracle oracle;
    oracle_init(&oracle, id,
                &(struct oracle_queue){ .name = "n x E_n/M/1, round robin",
                                        .formula = "G/M/1, root of the gaps' transform",
                                        .servers = n,
                                        .routing = "round_robin",
                                        .rate = 0.8 * n,
                                        .duration_s = oracle_duration_s(5e6, 0.8 * n) });
    oracle_expect_answer(&oracle, oracle_times(hr_gm1_gamma(0.8, cv, 1), n));
    oracle_expect_gm1_quantiles(&oracle, hr_gm1_sigma_gamma(0.8, cv, 1));
    oracle_run(&oracle);
}

static void test_round_robin(void **state)
{
    (void)state;
    check_round_robin("rr2", 2);
    check_round_robin("rr3", 3);
    check_round_robin("rr16", 16);
}

/* Join the shortest queue, ties at random. */
struct shortest {
    const char *id, *routing;
    unsigned servers;
    double rate, wait_probability, wait_s, latency_s, number;
    double wait_quantile_s[ORACLE_QUANTILES],
        latency_quantile_s[ORACLE_QUANTILES]; /* at `oracle_shares` */
};

/* Oracle cases jsq2 and jsq3, solved numerically. Of two replicas, two choices see both. */
#define JSQ2                                                                                       \
    .servers = 2, .rate = 1.6, .wait_probability = 0.6941647752122366,                             \
    .wait_s = 1.9557366176375202, .latency_s = 2.95573661763752, .number = 4.729178588220033,      \
    .wait_quantile_s = { 0.9368601362693869, 7.3728802360745185, 11.844958197018023 },             \
    .latency_quantile_s = { 2.1179140163784536, 8.610252913289932, 13.084397708668106 }

static const struct shortest shortest[] = {
    { .id = "jsq2", .routing = "least_outstanding", JSQ2 },
    { .id = "power-of-two-2", .routing = "power_of_two", JSQ2 },
    { .id = "jsq3",
      .routing = "least_outstanding",
      .servers = 3,
      .rate = 2.4,
      .wait_probability = 0.6137460172652556,
      .wait_s = 1.2855476058371735,
      .latency_s = 2.2855476058371735,
      .number = 5.485314254009216,
      .wait_quantile_s = { 0.4364852684625888, 5.223565028525779, 8.5291851650247 },
      .latency_quantile_s = { 1.6602192861771208, 6.576297207020888, 9.89610430325808 } },
};

static void test_shortest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shortest / sizeof *shortest; i++) {
        const struct shortest *queue = &shortest[i];
        struct oracle oracle;
        oracle_init(&oracle, queue->id,
                    &(struct oracle_queue){ .name = "join the shortest queue",
                                            .formula = "Markov chain solved numerically",
                                            .servers = queue->servers,
                                            .routing = queue->routing,
                                            .rate = queue->rate,
                                            .duration_s = oracle_duration_s(6e6, queue->rate) });
        oracle_expect(&oracle, ORACLE_UTILIZATION, 0.8);
        oracle_expect(&oracle, ORACLE_WAIT_PROBABILITY, queue->wait_probability);
        oracle_expect(&oracle, ORACLE_WAIT_S, queue->wait_s);
        oracle_expect(&oracle, ORACLE_LATENCY_S, queue->latency_s);
        oracle_expect(&oracle, ORACLE_NUMBER, queue->number);
        oracle_expect(&oracle, ORACLE_THROUGHPUT, queue->rate);
        oracle_expect_quantiles(&oracle, ORACLE_WAIT_BELOW, queue->wait_quantile_s);
        oracle_expect_quantiles(&oracle, ORACLE_LATENCY_BELOW, queue->latency_quantile_s);
        oracle_run(&oracle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_round_robin),
        cmocka_unit_test(test_shortest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
