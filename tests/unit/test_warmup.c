/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MSER-5 on series with known answers. */
#include "hr_test.h"

#include "stats/warmup.h"

#include <stdlib.h>

/* An autoregressive series from two integer sequences, with a bias that dies out. */
static double *series_new(uint64_t n, double phi, double bias)
{
    double *x = calloc(n, sizeof *x), s = 0;
    for (uint64_t i = 0; i < n; i++) {
        const uint64_t u = (UINT64_C(2654435761) * i + 12345) % (UINT64_C(1) << 32);
        const uint64_t v = (40503 * i + 77 * i * i + 991) % 65536;
        s = phi * s + (double)u * 0x1p-32 + (double)v * 0x1p-16 - 1;
        x[i] = 10 + s + bias * exp(-(double)i / 200);
    }
    return x;
}

/* Indices that kim-convergence (the MSER of KIM's toolkit) finds too. */
static void test_vectors(void **state)
{
    (void)state;
    static const struct {
        uint64_t n;
        double phi, bias, mean;
        size_t deleted;
    } cases[] = {
        { 20000, 0.9, 0, 9.98448986913405, 0 },
        { 20000, 0.9, 30, 10.2852404941338, 815 },
        { 5000, 0.5, 0, 10.0136387201897, 0 },
        { 50000, 0.97, 10, 9.9973697121913, 365 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double *x = series_new(cases[i].n, cases[i].phi, cases[i].bias), sum = 0;
        for (uint64_t k = 0; k < cases[i].n; k++)
            sum += x[k];
        assert_near(sum / (double)cases[i].n, cases[i].mean, 1e-11);
        size_t deleted = SIZE_MAX;
        assert_true(hr_mser5(x, cases[i].n, &deleted));
        assert_int_equal(deleted, cases[i].deleted);
        free(x);
    }
}

/* The definition, step by step: v(d) of the batch means after the first d. */
static size_t by_definition(const double *x, size_t n)
{
    const size_t m = n / 5;
    size_t best = 0;
    double least = HUGE_VAL;
    for (size_t d = 0; d <= m / 2; d++) {
        double mean = 0, squares = 0;
        for (size_t j = d; j < m; j++)
            for (size_t i = 0; i < 5; i++)
                mean += x[5 * j + i] / 5 / (double)(m - d);
        for (size_t j = d; j < m; j++) {
            double z = 0;
            for (size_t i = 0; i < 5; i++)
                z += x[5 * j + i] / 5;
            squares += (z - mean) * (z - mean);
        }
        const double v = squares / (double)(m - d) / (double)(m - d);
        if (v < least) {
            least = v;
            best = d;
        }
    }
    return best;
}

static void test_against_the_definition(void **state)
{
    (void)state;
    for (uint64_t n = 10; n < 400; n += 3) {
        double *x = series_new(n, 0.5, 5);
        const size_t best = by_definition(x, n), last = n / 5 / 2;
        size_t deleted = SIZE_MAX;
        assert_int_equal(hr_mser5(x, n, &deleted), best != last);
        assert_int_equal(deleted, best == last ? n / 2 : 5 * best);
        free(x);
    }
}

static void test_constant_deletes_nothing(void **state)
{
    (void)state;
    double x[1003];
    for (size_t i = 0; i < 1003; i++)
        x[i] = 0.1;
    size_t deleted = SIZE_MAX;
    assert_true(hr_mser5(x, 1003, &deleted));
    assert_int_equal(deleted, 0);
}

static void test_trend_has_no_steady_state(void **state)
{
    (void)state;
    double x[1000];
    for (size_t i = 0; i < 1000; i++)
        x[i] = 1e9 + (double)i;
    size_t deleted = 0;
    assert_false(hr_mser5(x, 1000, &deleted));
    assert_int_equal(deleted, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_against_the_definition),
        cmocka_unit_test(test_constant_deletes_nothing),
        cmocka_unit_test(test_trend_has_no_steady_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
