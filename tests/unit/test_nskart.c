/* SPDX-License-Identifier: GPL-3.0-or-later */
/* N-Skart against fixed series whose answers were computed apart, and at its edges. */
#include "hr_test.h"

#include "stats/nskart.h"
#include "stats/rng.h"

#include <stdlib.h>

/* An autoregressive series of phi around 10 that starts `bias` off, made of congruences so that it
 * is the same everywhere. */
static double *series_new(size_t n, double phi, double bias)
{
    double *x = calloc(n, sizeof *x), s = 0;
    for (uint64_t i = 0; i < n; i++) {
        const uint32_t u = (uint32_t)(2654435761u * i + 12345);
        const uint16_t v = (uint16_t)(40503 * i + 77 * i * i + 991);
        s = phi * s + u / 4294967296.0 + v / 65536.0 - 1;
        x[i] = 10 + s + bias * exp(-(double)i / 200);
    }
    return x;
}

static void test_vectors(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        double phi, bias, skewness;
        struct hr_nskart expected;
    } cases[] = {
        { 20000,
          0.9,
          0,
          -0.434748378437,
          { true, 9.98748873794762, 9.94258907960814, 10.0371946160863, 934, 311, 5, 2, 3 } },
        { 20000,
          0.9,
          30,
          7.86413720408,
          { false, 10.0896922965864, 9.97810841199836, 10.6871155036651, 553, 138, 36, 3, 8 } },
        { 5000,
          0.5,
          0,
          -0.0219287635958,
          { true, 10.0173227661006, 9.93083935012698, 10.0344430228115, 1280, 320, 1, 3, 0 } },
        { 50000,
          0.97,
          10,
          -0.233645491436,
          { true, 9.95924380066581, 9.86406479881206, 10.0444813465552, 498, 124, 51, 3, 9 } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double *x = series_new(cases[i].n, cases[i].phi, cases[i].bias);
        const struct hr_nskart got = hr_nskart(x, cases[i].n), *expected = &cases[i].expected;
        assert_near(hr_skewness(x, cases[i].n), cases[i].skewness, 1e-11);
        assert_int_equal(got.enough, expected->enough);
        assert_near(got.mean, expected->mean, 1e-12);
        assert_near(got.lo, expected->lo, 1e-12);
        assert_near(got.hi, expected->hi, 1e-12);
        assert_int_equal(got.k, expected->k);
        assert_int_equal(got.spaced, expected->spaced);
        assert_int_equal(got.m, expected->m);
        assert_int_equal(got.d, expected->d);
        assert_int_equal(got.b, expected->b);
        free(x);
    }
}

static void test_skewness(void **state)
{
    (void)state;
    const double x[] = { 1, 2, 4 }, flat[] = { 3, 3, 3, 3 };
    /* s^2 = 7 / 3, sum of cubes = 20 / 9, n / ((n - 1)(n - 2)) = 3 / 2 */
    assert_near(hr_skewness(x, 3), 1.5 * (20.0 / 9) / pow(7.0 / 3, 1.5), 1e-15);
    assert_true(isnan(hr_skewness(flat, 4)));
}

/* Independent draws pass as often as the level says; a random walk and an alternating series do
 * not. */
static void test_von_neumann(void **state)
{
    (void)state;
    enum { N = 200, TRIALS = 2000 };
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 5 });
    double x[N];
    int accepted = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        for (int i = 0; i < N; i++)
            x[i] = hr_rng_normal(&rng);
        accepted += hr_von_neumann_accepts(x, N);
    }
    assert_near(accepted, 0.8 * TRIALS, 4 * sqrt(0.8 * 0.2 * TRIALS));
    for (int i = 1; i < N; i++)
        x[i] += x[i - 1];
    assert_false(hr_von_neumann_accepts(x, N));
    for (int i = 0; i < N; i++)
        x[i] = i % 2;
    assert_false(hr_von_neumann_accepts(x, N));
}

static void test_edges(void **state)
{
    (void)state;
    double *x = series_new(4 * HR_NSKART_MIN, 0.5, 0);
    const struct hr_nskart few = hr_nskart(x, HR_NSKART_MIN - 1);
    assert_true(!few.enough && isnan(few.lo) && isnan(few.hi));
    /* Too few spaced means are left for a skewness. */
    const struct hr_nskart least = hr_nskart(x, HR_NSKART_MIN);
    assert_true(!least.enough && isfinite(least.mean) && isnan(least.lo));
    for (size_t i = 0; i < 4 * HR_NSKART_MIN; i++)
        x[i] = 7;
    struct hr_nskart flat = hr_nskart(x, 4 * HR_NSKART_MIN);
    assert_true(flat.enough && flat.lo == 7 && flat.hi == 7);
    /* A trend is never independent. */
    for (size_t i = 0; i < 4 * HR_NSKART_MIN; i++)
        x[i] = (double)i;
    assert_false(hr_nskart(x, 4 * HR_NSKART_MIN).enough);
    /* Nine events in a series that stands still tell nothing of their rate; more do. */
    for (size_t i = 0; i < 4 * HR_NSKART_MIN; i++)
        x[i] = i % 512 == 7 && i > 512;
    assert_false(hr_nskart(x, 4 * HR_NSKART_MIN).enough);
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 6 });
    for (size_t i = 0; i < 4 * HR_NSKART_MIN; i++)
        x[i] = hr_rng_below(&rng, 64) == 0;
    assert_true(hr_nskart(x, 4 * HR_NSKART_MIN).enough);
    free(x);
}

/* Held values are the same series written out. */
static void test_held(void **state)
{
    (void)state;
    enum { N = 700, HOLD = 7 };
    double *x = series_new(N, 0.5, 0), *long_x = malloc(N * HOLD * sizeof *long_x);
    for (size_t i = 0; i < (size_t)N * HOLD; i++)
        long_x[i] = x[i / HOLD];
    const struct hr_nskart held = hr_nskart_held(x, N, HOLD), whole = hr_nskart(long_x, N * HOLD);
    assert_true(held.enough && whole.enough);
    assert_int_equal(held.k, whole.k);
    assert_int_equal(held.m, whole.m);
    assert_int_equal(held.d, whole.d);
    assert_near(held.mean, whole.mean, 1e-12);
    assert_near(held.lo, whole.lo, 1e-12);
    assert_near(held.hi, whole.hi, 1e-12);
    free(x);
    free(long_x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),     cmocka_unit_test(test_skewness),
        cmocka_unit_test(test_von_neumann), cmocka_unit_test(test_edges),
        cmocka_unit_test(test_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
