/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many servers behind one queue: M/M/c, M/D/c, M/E2/c, and pods with several slots. */
#include "oracle/oracle.h"

struct mmc {
    const char *id;
    unsigned servers;
    double rate, mu;
    double requests;
    const char *service; /* NULL: exponential of mean 1 s */
};

static const struct mmc mmc[] = {
    { "mmc-2-0.5", 2, 1, 1, 2e6, NULL },
    { "mmc-2-0.8", 2, 1.6, 1, 4e6, NULL },
    { "mmc-2-0.95", 2, 1.9, 1, 15e6, NULL },
    { "mmc-50-0.5", 50, 25, 1, 1e6, NULL },
    { "mmc-50-0.8", 50, 40, 1, 4e6, NULL },
    { "mmc-50-0.95", 50, 47.5, 1, 15e6, NULL },
    { "mmc-1", 2, 9, 5, 8e6, "{ distribution = \"exponential\"; mean = \"200ms\"; }" },
    { "mmc-6", 3, 10, 12, 2e6, "{ distribution = \"exponential\"; mean = \"83333333ns\"; }" },
};

static void expect_mmc(struct oracle *oracle, double rate, double mu, unsigned servers)
{
    struct hr_queue_answer answer = hr_mmc(rate, mu, servers);
    if (answer.wait_probability < 1e-3) /* too rare for a run of such length */
        answer.wait_probability = answer.wait_s_mean = answer.queue_mean = (double)NAN;
    oracle_expect_answer(oracle, answer);
    oracle_expect_mmc_quantiles(oracle, rate, mu, servers);
}

static void test_mmc(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mmc / sizeof *mmc; i++) {
        struct oracle oracle;
        oracle_init(&oracle, mmc[i].id,
                    &(struct oracle_queue){ .name = "M/M/c",
                                            .formula = "M/M/c, Erlang C",
                                            .servers = mmc[i].servers,
                                            .service = mmc[i].service,
                                            .rate = mmc[i].rate,
                                            .duration_s =
                                                oracle_duration_s(mmc[i].requests, mmc[i].rate) });
        expect_mmc(&oracle, mmc[i].rate, mmc[i].mu, mmc[i].servers);
        oracle_run(&oracle);
    }
}

/* Ten slots are ten servers, on one pod or on five. */
static void test_slots(void **state)
{
    (void)state;
    static const struct {
        const char *id, *model, *routing;
        unsigned replicas;
    } pods[] = {
        { "slots-10x1", "concurrency = 10;", "round_robin", 1 },
        { "slots-2x5", "concurrency = 2;", "central_queue", 5 },
    };
    for (size_t i = 0; i < 2; i++) {
        struct oracle oracle;
        oracle_init(&oracle, pods[i].id,
                    &(struct oracle_queue){ .name = "M/M/c, slots of pods",
                                            .formula = "M/M/c, Erlang C",
                                            .model = pods[i].model,
                                            .servers = pods[i].replicas,
                                            .routing = pods[i].routing,
                                            .rate = 8,
                                            .duration_s = oracle_duration_s(3e6, 8) });
        expect_mmc(&oracle, 8, 1, 10);
        oracle_run(&oracle);
    }
}

/* Oracle case mdc-1: M/D/2, embedded chain at multiples of the service time (Crommelin 1932). */
static void test_mdc(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_init(&oracle, "mdc-1",
                &(struct oracle_queue){ .name = "M/D/c",
                                        .formula = "embedded chain (Crommelin)",
                                        .service = "\"1s\"",
                                        .servers = 2,
                                        .rate = 1.6,
                                        .duration_s = oracle_duration_s(5e6, 1.6) });
    oracle_expect(&oracle, ORACLE_UTILIZATION, 0.8);
    oracle_expect(&oracle, ORACLE_WAIT_PROBABILITY, 0.7018983171733179);
    oracle_expect(&oracle, ORACLE_WAIT_S, 0.9032838794129543);
    oracle_expect(&oracle, ORACLE_LATENCY_S, 1.9032838794129543);
    oracle_expect(&oracle, ORACLE_NUMBER, 3.045254207060727);
    oracle_expect(&oracle, ORACLE_QUEUE, 1.445254207060727);
    oracle_expect(&oracle, ORACLE_THROUGHPUT, 1.6);
    oracle_expect_quantiles(
        &oracle, ORACLE_WAIT_BELOW,
        (const double[]){ 0.5438989257418899, 3.201757062150774, 5.069551186077418 });
    oracle_expect_quantiles(
        &oracle, ORACLE_LATENCY_BELOW,
        (const double[]){ 1.5438989257418898, 4.201757062150774, 6.069551186077418 });
    oracle_run(&oracle);
}

/* Oracle case me2c: M/E2/4, its Markov chain solved numerically. */
static void test_mec(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_init(&oracle, "me2c",
                &(struct oracle_queue){
                    .name = "M/E2/c",
                    .formula = "Markov chain solved numerically",
                    .service = "{ distribution = \"erlang\"; mean = \"1s\"; phases = 2; }",
                    .servers = 4,
                    .rate = 3.4,
                    .duration_s = oracle_duration_s(6e6, 3.4) });
    oracle_expect(&oracle, ORACLE_UTILIZATION, 0.85);
    oracle_expect(&oracle, ORACLE_WAIT_PROBABILITY, 0.6849149767885296);
    oracle_expect(&oracle, ORACLE_WAIT_S, 0.8710207840804178);
    oracle_expect(&oracle, ORACLE_LATENCY_S, 1.8710207840804167);
    oracle_expect(&oracle, ORACLE_NUMBER, 6.361470665873417);
    oracle_expect(&oracle, ORACLE_QUEUE, 2.9614706658734207);
    oracle_expect(&oracle, ORACLE_THROUGHPUT, 3.4);
    oracle_expect_quantiles(
        &oracle, ORACLE_WAIT_BELOW,
        (const double[]){ 0.42997655794527895, 3.2642662008663526, 5.240091872064659 });
    oracle_run(&oracle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mmc),
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_mdc),
        cmocka_unit_test(test_mec),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
