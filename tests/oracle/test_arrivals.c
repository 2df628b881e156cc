/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One exponential server under arrivals that are not plain Poisson; counts of bursty arrivals. */
#include "oracle/oracle.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_erf.h>

static void check_gamma(const char *id, const char *name, const char *arrivals, double rate,
                        double cv, double requests)
{
    struct oracle oracle;
    oracle_init(&oracle, id,
                &(struct oracle_queue){ .name = name,
                                        .formula = "G/M/1, root of the gaps' transform",
                                        .arrivals = arrivals,
                                        .duration_s = oracle_duration_s(requests, rate) });
    oracle_expect_answer(&oracle, hr_gm1_gamma(rate, cv, 1));
    oracle_expect_gm1_quantiles(&oracle, hr_gm1_sigma_gamma(rate, cv, 1));
    oracle_run(&oracle);
}

/* Cases gamm1-cv4, dm1 and e2m1. */
static void test_gamma(void **state)
{
    (void)state;
    check_gamma("gamm1-cv4", "Gamma/M/1", "{ process = \"gamma\"; rate = \"0.7/s\"; cv = 4.0; }",
                0.7, 4, 15e6);
    check_gamma("e2m1", "E2/M/1",
                "{ process = \"gamma\"; rate = \"0.8/s\"; cv = 0.7071067811865476; }", 0.8,
                sqrt(0.5), 5e6);
    check_gamma("dm1", "D/M/1", "{ process = \"deterministic\"; rate = \"0.9/s\"; }", 0.9, 0, 9e6);
}

/* Weibull gaps of shape 1/2 and rate 1/2: X = sqrt(gap) is exponential with mean 1, so the
 * transform at s is the integral of exp(-x - s x^2), in closed form. */
static double weibull_transform(double s)
{
    const double root = 0.5 / sqrt(s);
    return sqrt(M_PI) * root * exp(root * root + gsl_sf_log_erfc(root));
}

static void test_weibull(void **state)
{
    (void)state;
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) { /* sigma = A*(mu (1 - sigma)), mu 1 */
        const double middle = 0.5 * (low + high);
        *(weibull_transform(1 - middle) > middle ? &low : &high) = middle;
    }
    struct oracle oracle;
    oracle_init(
        &oracle, "weibull-m1",
        &(struct oracle_queue){
            .name = "Weibull/M/1",
            .formula = "G/M/1, root of the gaps' transform",
            .arrivals = "{ process = \"weibull\"; rate = \"0.5/s\"; cv = 2.23606797749979; }",
            .duration_s = oracle_duration_s(6e6, 0.5) });
    oracle_expect(&oracle, ORACLE_WAIT_PROBABILITY, low);
    oracle_expect(&oracle, ORACLE_LATENCY_S, 1 / (1 - low));
    oracle_expect(&oracle, ORACLE_NUMBER, 0.5 / (1 - low));
    oracle_expect_gm1_quantiles(&oracle, low);
    oracle_run(&oracle);
}

static void check_mmpp(const char *id, const char *arrivals, const struct hr_mmpp2 *mmpp,
                       double requests)
{
    struct oracle oracle;
    const struct hr_queue_answer answer = hr_mmpp2_m1(mmpp, 1);
    oracle_init(
        &oracle, id,
        &(struct oracle_queue){ .name = "MMPP(2)/M/1",
                                .formula = "matrix-geometric (Neuts)",
                                .arrivals = arrivals,
                                .duration_s = oracle_duration_s(requests, answer.throughput) });
    oracle_expect_answer(&oracle, answer);
    oracle_expect_mmpp_quantiles(&oracle, mmpp);
    oracle_run(&oracle);
}

static void test_mmpp(void **state)
{
    (void)state;
    check_mmpp("mmpp2-m1",
               "{ process = \"mmpp\"; states = ( { rate = \"0.3/s\"; duration = \"20s\"; }, "
               "{ rate = \"1.5/s\"; duration = \"10s\"; } ); }",
               &(struct hr_mmpp2){ .rate = { 0.3, 1.5 }, .leave = { 0.05, 0.1 } }, 10e6);
    check_mmpp("onoff-m1",
               "{ process = \"mmpp\"; states = ( { rate = \"2/s\"; duration = \"5s\"; }, "
               "{ rate = \"0/s\"; duration = \"15s\"; } ); }",
               &(struct hr_mmpp2){ .rate = { 2, 0 }, .leave = { 0.2, 1.0 / 15 } }, 10e6);
}

/* Case mxm1 and one of constant size. */
static void test_batches(void **state)
{
    (void)state;
    static const struct {
        const char *id, *arrivals;
        double batches, mean, moment2;
    } batches[] = {
        { "mxm1", "{ rate = \"0.5/s\"; batch = { law = \"geometric\"; mean = 5.0; }; }", 0.1, 5,
          45 },
        { "mdxm1", "{ rate = \"0.6/s\"; batch = { mean = 3.0; }; }", 0.2, 3, 9 },
    };
    for (size_t i = 0; i < 2; i++) {
        struct oracle oracle;
        oracle_init(&oracle, batches[i].id,
                    &(struct oracle_queue){ .name = "M[X]/M/1",
                                            .formula = "M[X]/M/1",
                                            .arrivals = batches[i].arrivals,
                                            .duration_s = oracle_duration_s(
                                                5e6, batches[i].batches * batches[i].mean) });
        oracle_expect_answer(&oracle,
                             hr_mxm1(batches[i].batches, batches[i].mean, batches[i].moment2, 1));
        oracle_run(&oracle);
    }
}

/* Poisson and Poisson is Poisson. */
static void test_superposed(void **state)
{
    (void)state;
    struct oracle oracle;
    oracle_init(
        &oracle, "superposed",
        &(struct oracle_queue){ .name = "M+M/M/1",
                                .formula = "M/M/c, Erlang C",
                                .arrivals = "( { rate = \"0.1/s\"; }, { rate = \"0.7/s\"; } )",
                                .duration_s = oracle_duration_s(5e6, 0.8) });
    oracle_expect_answer(&oracle, hr_mmc(0.8, 1, 1));
    oracle_expect_mmc_quantiles(&oracle, 0.8, 1, 1);
    oracle_run(&oracle);
}

/* Number of arrivals in windows of 60 s: case mmpp-counts; for Hawkes arrivals of rate r the
 * variance over t is r (t k^2 + (1 - k^2) (1 - exp(-t / tau)) tau), k = 1 / (1 - branching), tau
 * = k decay_time (Hawkes 1971). */
static void test_counts(void **state)
{
    (void)state;
    const double k = 1 / (1 - 0.6), tau = k * 10;
    const struct {
        const char *id, *name, *formula, *arrivals;
        double mean, variance;
    } counts[] = {
        { "mmpp-counts", "MMPP(2)", "variance of MMPP(2) counts (Fischer, Meier-Hellstern)",
          "{ process = \"mmpp\"; states = ( { rate = \"10/s\"; duration = \"60s\"; }, "
          "{ rate = \"60/s\"; duration = \"20s\"; } ); }",
          1350, 638025.9550780924 },
        { "hawkes-counts", "Hawkes", "variance of Hawkes counts (Hawkes)",
          "{ process = \"hawkes\"; rate = \"20/s\"; branching = 0.6; decay_time = \"10s\"; }", 1200,
          20 * (60 * k * k + (1 - k * k) * -expm1(-60 / tau) * tau) },
        { "batch-counts", "M[X]", "variance of a compound Poisson count",
          "{ rate = \"20/s\"; batch = { law = \"geometric\"; mean = 4.0; }; }", 1200,
          300 * 28 }, /* E X^2 = 2 m^2 - m */
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct oracle oracle;
        oracle_init(&oracle, counts[i].id,
                    &(struct oracle_queue){ .name = counts[i].name,
                                            .formula = counts[i].formula,
                                            .model = "concurrency = 100000;",
                                            .arrivals = counts[i].arrivals,
                                            .duration_s = 7200,
                                            .step_s = 60 });
        oracle_expect(&oracle, ORACLE_THROUGHPUT, counts[i].mean / 60);
        oracle_expect_at(&oracle, ORACLE_COUNT_VARIANCE, counts[i].mean, counts[i].variance);
        oracle_run(&oracle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gamma),      cmocka_unit_test(test_weibull),
        cmocka_unit_test(test_mmpp),       cmocka_unit_test(test_batches),
        cmocka_unit_test(test_superposed), cmocka_unit_test(test_counts),

    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
