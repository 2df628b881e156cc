/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrivals whose rate is random: mmpp against closed forms of its counts, and hawkes. */
#include "unit/arrivals_check.h"

/* Mean and variance of the counts of an MMPP with two states, rates 10/s and 60/s, stays of 60 s
 * and 20 s, in 60 s from a stationary start (Fischer, Meier-Hellstern 1993): with p the share of
 * state 1, q = 1/60 + 1/20 and a = p (1 - p) 50^2, the variance is
 * 1350 + 2 a (60 / q - (1 - exp(-60 q)) / q^2). */
static void test_mmpp_counts(void **state)
{
    (void)state;
    enum { N = 4000 };
    struct hr_mmpp_state states[] = { { 10, 60 * HR_NS_PER_S }, { 60, 20 * HR_NS_PER_S } };
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_MMPP, .states = { states, 2 } };
    const double q = 1.0 / 60 + 1.0 / 20, a = 0.75 * 0.25 * 2500;
    const double variance = 1350 + 2 * a * (60 / q + expm1(-60 * q) / (q * q));
    assert_near(variance, 638025.955078, 1e-6);
    assert_near(hr_arrivals_rate(&spec), 22.5, 1e-12);
    double *count = counts(&spec, 60 * HR_NS_PER_S, N);
    assert_mean(count, N, 1350);
    assert_variance(count, N, variance);
    free(count);
    assert_starts_stationary(&spec, HR_NS_PER_S / 5);
}

/* A ring of three with a silent state. */
static void test_mmpp_ring(void **state)
{
    (void)state;
    struct hr_mmpp_state states[] = { { 0, HR_NS_PER_S },
                                      { 5, 2 * HR_NS_PER_S },
                                      { 20, HR_NS_PER_S / 2 } };
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_MMPP, .states = { states, 3 } };
    assert_near(hr_arrivals_rate(&spec), 20 / 3.5, 1e-12);
    assert_starts_stationary(&spec, HR_NS_PER_S / 10);
    assert_starts_stationary(&spec, 10 * HR_NS_PER_S);
}

/* Rates do not shift the states: with all rates doubled, the state paths are the same, and the k-th
 * arrival comes no later. */
static void test_mmpp_common_random_numbers(void **state)
{
    (void)state;
    struct hr_mmpp_state slow[] = { { 0, HR_NS_PER_S }, { 10, HR_NS_PER_S } };
    struct hr_mmpp_state fast[] = { { 0, HR_NS_PER_S }, { 20, HR_NS_PER_S } };
    const struct hr_arrival_spec specs[] = {
        { .process = HR_ARRIVAL_MMPP, .states = { slow, 2 } },
        { .process = HR_ARRIVAL_MMPP, .states = { fast, 2 } },
    };
    struct hr_arrivals a = start(&specs[0], 0), b = start(&specs[1], 0);
    for (int k = 0; k < 10000; k++)
        assert_true(hr_arrivals_next(&b) <= hr_arrivals_next(&a));
    assert_true(b.now < a.now * 6 / 10);
    hr_arrivals_fini(&a);
    hr_arrivals_fini(&b);
}

static void test_mmpp_silent(void **state)
{
    (void)state;
    struct hr_mmpp_state states[] = { { 0, 1 }, { 0, 2 } };
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_MMPP, .states = { states, 2 } };
    struct hr_arrivals arrivals = start(&spec, 0);
    assert_true(hr_arrivals_next(&arrivals) == HR_TIME_NEVER);
    hr_arrivals_fini(&arrivals);
}

/* Variance of the counts in time t of a stationary Hawkes process of rate r with exponential kernel
 * (Hawkes 1971): r (t k^2 + (1 - k^2) (1 - exp(-g t)) / g), k = 1 / (1 - n), g = b (1 - n). The
 * index of dispersion tends to k^2. */
static double hawkes_variance(double rate, double branching, double decay_s, double t)
{
    const double k = 1 / (1 - branching), g = (1 - branching) / decay_s;
    return rate * (t * k * k + (1 - k * k) * -expm1(-g * t) / g);
}

static void test_hawkes_counts(void **state)
{
    (void)state;
    const struct {
        double branching, window;
        size_t replications;
    } rows[] = {
        { 0.6, 0.2, 20000 }, { 0.6, 20, 4000 }, { 0.6, 400, 600 }, { 0.9, 2, 8000 }, { 0, 5, 2000 }
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_HAWKES,
                                              .rate = 10,
                                              .branching = rows[i].branching,
                                              .decay_time = HR_NS_PER_S / 2 };
        double *count = counts(&spec, hr_time_from_ns(rows[i].window * 1e9), rows[i].replications);
        assert_mean(count, rows[i].replications, 10 * rows[i].window);
        assert_variance(count, rows[i].replications,
                        hawkes_variance(10, rows[i].branching, 0.5, rows[i].window));
        free(count);
    }
    const double idc = hawkes_variance(10, 0.6, 0.5, 400) / 4000;
    assert_near(idc, 1 / (0.4 * 0.4), 0.02);
}

/* A past that is cut (more than 1e6 arrivals in it) is stationary all the same. */
static void test_hawkes_long_past(void **state)
{
    (void)state;
    enum { N = 20 };
    const struct hr_arrival_spec spec = {
        .process = HR_ARRIVAL_HAWKES, .rate = 1e6, .branching = 0.5, .decay_time = 60 * HR_NS_PER_S
    };
    double *count = counts(&spec, HR_NS_PER_S / 1000, N);
    assert_mean(count, N, 1000);
    free(count);
}

/* Increments of the compensator between arrivals are unit exponentials (time change). The excess
 * at the first arrival is unknown; after 100 decay times it does not matter. */
static void test_hawkes_rescaled(void **state)
{
    (void)state;
    enum { N = 40000, SKIP = 4000 };
    const double rate = 20, branching = 0.7, beta = 4;
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_HAWKES,
                                          .rate = rate,
                                          .branching = branching,
                                          .decay_time = HR_NS_PER_S / 4 };
    struct hr_arrivals arrivals = start(&spec, 0);
    double *u = HR_NEW_ARRAY(double, N), excess = 0;
    hr_time before = 0;
    for (int i = -SKIP; i < N; i++) {
        const hr_time now = hr_arrivals_next(&arrivals);
        const double gap = hr_time_to_s(now - before);
        const double spent = -expm1(-beta * gap) * excess;
        if (i >= 0)
            u[i] = -expm1(-((1 - branching) * rate * gap + spent / beta));
        excess += branching * beta - spent;
        before = now;
    }
    assert_true(hr_time_to_s(before) > 1000);
    assert_uncorrelated(u, N);
    assert_uniform(u, N);
    free(u);
    hr_arrivals_fini(&arrivals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mmpp_counts),
        cmocka_unit_test(test_mmpp_ring),
        cmocka_unit_test(test_mmpp_common_random_numbers),
        cmocka_unit_test(test_mmpp_silent),
        cmocka_unit_test(test_hawkes_counts),
        cmocka_unit_test(test_hawkes_long_past),
        cmocka_unit_test(test_hawkes_rescaled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
