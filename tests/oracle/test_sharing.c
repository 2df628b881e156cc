/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processor sharing: M/M/1-PS with its quantiles, and means for any service law. */
#include "oracle/oracle.h"

#define CONSTANT  "\"1s\""
#define LOGNORMAL "{ distribution = \"lognormal\"; mean = \"1s\"; cv = 2.0; }"

/* Oracle case mm1ps; quantiles by numerical inversion of the transform (Coffman, Muntz, Trotter
 * 1970). */
static void test_exponential(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_init(&oracle, "mm1ps",
                &(struct oracle_queue){ .name = "M/M/1-PS",
                                        .formula = "M/G/1-PS",
                                        .model = "discipline = \"processor_sharing\";",
                                        .routing = "random",
                                        .rate = 0.8,
                                        .duration_s = oracle_duration_s(5e6, 0.8) });
    oracle_expect_answer(&oracle, hr_mg1_ps(0.8, 1));
    oracle.formula = "transform inverted numerically (Coffman, Muntz, Trotter)";
    oracle_expect_quantiles(
        &oracle, ORACLE_LATENCY_BELOW,
        (const double[]){ 2.351687048414351, 18.748111311800354, 36.940989235718554 });
    oracle_run(&oracle);
}

/* The number inside has the same law for all service laws of one mean (Kelly 1979, ch. 3); with n
 * cores it is that of M/M/n, with room for K requests that of M/M/1/K. */
struct sharing {
    const char *id, *service, *model;
    double rate;
    unsigned cores, capacity; /* capacity 0: no limit */
};

static const struct sharing laws[] = {
    { "md1ps", CONSTANT, "discipline = \"processor_sharing\";", 0.8, 1, 0 },
    { "mln1ps", LOGNORMAL, "discipline = \"processor_sharing\";", 0.7, 1, 0 },
    { "mm3ps", ORACLE_EXPONENTIAL, "discipline = \"processor_sharing\"; cores = 3.0;", 2.4, 3, 0 },
    { "md3ps", CONSTANT, "discipline = \"processor_sharing\"; cores = 3.0;", 2.4, 3, 0 },
    { "mln1ps-5", LOGNORMAL,
      "discipline = \"processor_sharing\"; concurrency = 5; queue_limit = 0;", 0.9, 1, 5 },
};

static void test_insensitive(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        const struct sharing *law = &laws[i];
        struct hr_queue_answer answer = law->capacity ? hr_mmck(law->rate, 1, 1, law->capacity)
                                                      : hr_mmc(law->rate, 1, law->cores);
        /* Nobody waits for a slot; who is slowed down is not counted as waiting. */
        answer.wait_probability = answer.wait_s_mean = answer.queue_mean = 0;
        struct oracle oracle;
        oracle_init(&oracle, law->id,
                    &(struct oracle_queue){ .name = "M/G/c-PS",
                                            .formula = "insensitivity: as M/M/c or M/M/c/K",
                                            .service = law->service,
                                            .model = law->model,
                                            .routing = "random",
                                            .rate = law->rate,
                                            .duration_s = oracle_duration_s(4e6, law->rate) });
        oracle_expect_answer(&oracle, answer);
        oracle_run(&oracle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponential),
        cmocka_unit_test(test_insensitive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
