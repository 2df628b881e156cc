/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues with a limit: M/M/c/K, and Erlang's loss system with any service law. */
#include "oracle/oracle.h"

#include <stdio.h>

static void check_mmck(const char *id, double rate, double mu, unsigned servers, unsigned capacity)
{
    char service[96], model[64];
    snprintf(service, sizeof service, "{ distribution = \"exponential\"; mean = \"%.0fns\"; }",
             1e9 / mu);
    snprintf(model, sizeof model, "queue_limit = %u;", capacity - servers);
    struct oracle oracle;
    oracle_init(&oracle, id,
                &(struct oracle_queue){ .name = "M/M/c/K",
                                        .formula = "M/M/c/K, birth-death",
                                        .service = service,
                                        .model = model,
                                        .servers = servers,
                                        .rate = rate,
                                        .duration_s = oracle_duration_s(3e6, rate) });
    oracle_expect_answer(&oracle, hr_mmck(rate, mu, servers, capacity));
    for (size_t i = 0; i < ORACLE_QUANTILES; i++)
        oracle_expect_quantile(
            &oracle, ORACLE_WAIT_BELOW, oracle_shares[i],
            hr_mmck_wait_s_quantile(rate, mu, servers, capacity, oracle_shares[i]));
    oracle_run(&oracle);
}

static void test_mmck(void **state)
{
    (void)state;
    check_mmck("mmck-1", 40, 30, 3, 7);
    check_mmck("mmck-4", 12, 1, 10, 20);
    check_mmck("mm1k-5", 0.9, 1, 1, 5);
    check_mmck("mm1k-overload", 2, 1, 1, 3);
}

/* Random routing with a limit at each replica: so many M/M/1/K side by side. */
static void test_limit_of_replica(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_init(&oracle, "random-mm1k",
                &(struct oracle_queue){ .name = "4 x M/M/1/4, random split",
                                        .formula = "M/M/c/K, birth-death",
                                        .model = "queue_limit = 3;",
                                        .servers = 4,
                                        .routing = "random",
                                        .rate = 4,
                                        .duration_s = oracle_duration_s(3e6, 4) });
    oracle_expect_answer(&oracle, oracle_times(hr_mmck(1, 1, 1, 4), 4));
    oracle_run(&oracle);
}

/* Only the mean of the service time matters (Sevastyanov 1957). Case erlangb-1. */
static void test_erlang_b(void **state)
{
    (void)state;
    static const struct {
        const char *id, *service;
    } laws[] = {
        { "erlangb-exponential", ORACLE_EXPONENTIAL },
        { "erlangb-constant", "\"1s\"" },
        { "erlangb-lognormal", "{ distribution = \"lognormal\"; mean = \"1s\"; cv = 2.0; }" },
    };
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        struct oracle oracle;
        oracle_init(&oracle, laws[i].id,
                    &(struct oracle_queue){ .name = "M/G/c/c",
                                            .formula = "Erlang B",
                                            .service = laws[i].service,
                                            .model = "queue_limit = 0;",
                                            .servers = 17,
                                            .rate = 10,
                                            .duration_s = oracle_duration_s(3e6, 10) });
        const double blocked = hr_erlang_b(10, 17), carried = 10 * (1 - blocked);
        oracle_expect(&oracle, ORACLE_REJECTED, blocked);
        oracle_expect(&oracle, ORACLE_THROUGHPUT, carried);
        oracle_expect(&oracle, ORACLE_NUMBER, carried);
        oracle_expect(&oracle, ORACLE_UTILIZATION, carried / 17);
        oracle_expect(&oracle, ORACLE_LATENCY_S, 1);
        oracle_expect(&oracle, ORACLE_WAIT_S, 0);
        oracle_run(&oracle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mmck),
        cmocka_unit_test(test_limit_of_replica),
        cmocka_unit_test(test_erlang_b),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
