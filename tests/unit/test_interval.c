/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals: numbers worked out by hand, missing data, and coverage on synthetic data. */
#include "hr_test.h"

#include "stats/interval.h"
#include "stats/rng.h"

#define NS 1e9

/* Two-sided 95 % point for 2 degrees of freedom: (2p - 1) / sqrt(2 p (1 - p)). */
#define T2 (0.95 / sqrt(2 * 0.975 * 0.025))

static struct hr_rng rng_of(uint64_t seed)
{
    return hr_rng_at((struct hr_address){ .seed = seed });
}

static void assert_estimate(struct hr_estimate e, double value, double lo, double hi,
                            const char *method)
{
    assert_near(e.value, value, 1e-12 * fabs(value));
    assert_near(e.lo, lo, 1e-12 * fabs(value));
    assert_near(e.hi, hi, 1e-12 * fabs(value));
    assert_string_equal(e.method, method);
    assert_null(e.why);
}

static void assert_value_only(struct hr_estimate e, double value)
{
    assert_true(e.value == value && isnan(e.lo) && isnan(e.hi));
    assert_null(e.method);
    assert_null(e.why);
    assert_int_equal(e.n, 1);
}

static void assert_null_value(struct hr_estimate e, const char *why)
{
    assert_true(isnan(e.value) && isnan(e.lo) && isnan(e.hi));
    assert_null(e.method);
    assert_string_equal(e.why, why);
}

/* Printed tables of Student's t. */
static void test_student(void **state)
{
    (void)state;
    assert_near(hr_student_t95(1), 12.7062, 5e-5);
    assert_near(hr_student_t95(2), T2, 1e-9);
    assert_near(hr_student_t95(4), 2.7764, 5e-5);
    assert_near(hr_student_t95(9), 2.2622, 5e-5);
    assert_near(hr_student_t95(1000000), 1.95996, 1e-5);
}

static void test_mean(void **state)
{
    (void)state;
    /* 1..5: s^2 = 2.5, se = sqrt(1/2). */
    const double values[] = { 1, 2, 3, 4, 5 };
    const double half = hr_student_t95(4) * sqrt(0.5);
    assert_estimate(hr_estimate_mean(values, 5), 3, 3 - half, 3 + half, "student_t");
    assert_int_equal(hr_estimate_mean(values, 5).n, 5);
    assert_value_only(hr_estimate_mean(values, 1), 1);
    assert_null_value(hr_estimate_mean(values, 0), "no data");
    const double equal[] = { 0.1, 0.1, 0.1 };
    assert_estimate(hr_estimate_mean(equal, 3), 0.1, 0.1, 0.1, "student_t");
}

static void test_ratio(void **state)
{
    (void)state;
    /* theta = 6/4; d = 1 - 1.5, 2 - 3, 3 - 1.5; se = sqrt(3.5 / 6) / (4/3). */
    const double x[] = { 1, 2, 3 }, y[] = { 1, 2, 1 };
    const double half = hr_student_t95(2) * sqrt(3.5 / 6) / (4.0 / 3);
    assert_estimate(hr_estimate_ratio(x, y, 3, "?"), 1.5, 1.5 - half, 1.5 + half, "ratio");
    assert_value_only(hr_estimate_ratio(x, y, 1, "?"), 1);
    const double none[] = { 0, 0, 0 };
    assert_null_value(hr_estimate_ratio(x, none, 3, "no requests"), "no requests");
    assert_null_value(hr_estimate_ratio(x, y, 0, "no requests"), "no requests");
    const double twice[] = { 2, 4, 2 };
    assert_estimate(hr_estimate_ratio(twice, y, 3, "?"), 2, 2, 2, "ratio");
}

/* Sets of values, one a replication, and all of them pooled. */
struct sample {
    struct hr_hist hist[10], pooled;
    const struct hr_hist *pointers[10];
    unsigned n;
};

static void sample_init(struct sample *s, unsigned n)
{
    s->n = n;
    hr_hist_init(&s->pooled);
    for (unsigned i = 0; i < n; i++) {
        hr_hist_init(&s->hist[i]);
        s->pointers[i] = &s->hist[i];
    }
}

static void sample_add(struct sample *s, unsigned replication, int64_t value)
{
    hr_hist_record(&s->hist[replication], value);
    hr_hist_record(&s->pooled, value);
}

static struct hr_estimate sample_quantile(const struct sample *s, double p)
{
    return hr_estimate_quantile(s->pointers, s->n, &s->pooled, p);
}

static void sample_fini(struct sample *s)
{
    for (unsigned i = 0; i < s->n; i++)
        hr_hist_fini(&s->hist[i]);
    hr_hist_fini(&s->pooled);
}

/* Few replications of consecutive numbers, by hand. */
/* 1000 trials in 10 replications: 0.05^(1/1000) = 0.9970087505. */
static void test_share(void **state)
{
    (void)state;
    double met[10], trials[10];
    for (int i = 0; i < 10; i++)
        met[i] = trials[i] = 100;
    struct hr_estimate e = hr_estimate_share(met, trials, 10, NULL);
    assert_true(e.value == 1 && e.hi == 1);
    assert_near(e.lo, 0.9970087505, 1e-9);
    assert_string_equal(e.method, "no_events");
    for (int i = 0; i < 10; i++)
        met[i] = 0;
    e = hr_estimate_share(met, trials, 10, NULL);
    assert_true(e.value == 0 && e.lo == 0);
    assert_near(e.hi, 1 - 0.9970087505, 1e-9);
    /* One event: the ratio estimator, whose upper end would be 1.0013, is cut at 1. */
    for (int i = 0; i < 10; i++)
        met[i] = i == 0 ? 99 : 100;
    assert_true(hr_estimate_ratio(met, trials, 10, NULL).hi > 1);
    e = hr_estimate_share(met, trials, 10, NULL);
    assert_true(e.value == 0.999 && e.hi == 1);
    assert_string_equal(e.method, "ratio");
    for (int i = 0; i < 10; i++)
        trials[i] = 0;
    assert_string_equal(hr_estimate_share(met, trials, 10, "nothing came").why, "nothing came");
}

static void test_quantile_by_hand(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s, 2);
    for (int64_t i = 1; i <= 100; i++) {
        sample_add(&s, 0, i);
        sample_add(&s, 1, i + 10);
    }
    /* Pooled ranks: 1..10 single, 11..100 twice, 101..110 single: rank 100 is 55. F: 55 and 45 of
     * 100: s = 0.05 sqrt 2, h = 12.7062 * 0.05 > 0.5: neither end is in the sample. */
    struct hr_estimate e = sample_quantile(&s, 0.5);
    assert_near(e.value, 55 / NS, 1e-20);
    assert_true(isnan(e.lo) && isnan(e.hi));
    assert_string_equal(e.method, "inversion");

    sample_fini(&s);
    sample_init(&s, 3);
    for (int64_t i = 1; i <= 100; i++) {
        sample_add(&s, 0, i);
        sample_add(&s, 1, i + 3);
        sample_add(&s, 2, i);
    }
    /* Rank 150 is 51 (50 + 47 + 50 = 147 are at most 50, 51 + 48 + 51 = 150). F: .51, .48, .51;
     * residuals 1, -2, 1; h = T2 * sqrt(6 / 6) / 100. */
    e = sample_quantile(&s, 0.5);
    assert_near(e.value, 51 / NS, 1e-20);
    /* Ranks ceil(300 (0.5 -+ 0.043027)) = 138 and 163: values 47 and 56, by count. */
    assert_near(e.lo, hr_hist_quantile(&s.pooled, 138.0 / 300) / NS, 1e-20);
    assert_near(e.hi, hr_hist_quantile(&s.pooled, 163.0 / 300) / NS, 1e-20);
    assert_near(e.lo, 47 / NS, 1e-20);
    assert_near(e.hi, 56 / NS, 1e-20);
    sample_fini(&s);
}

/* 10 values beyond the percentile, on its rarer side; the median needs one value. */
static void test_quantile_needs_enough_beyond(void **state)
{
    (void)state;
    static const char few[] = "too few values beyond this percentile";
    struct sample s;
    sample_init(&s, 1);
    assert_null_value(sample_quantile(&s, 0.5), "no data");
    sample_add(&s, 0, 7);
    assert_value_only(sample_quantile(&s, 0.5), 7 / NS);
    assert_null_value(sample_quantile(&s, 0.9), few);
    for (int64_t i = 2; i < 1000; i++)
        sample_add(&s, 0, 7);
    assert_null_value(sample_quantile(&s, 0.99), few);
    assert_null_value(sample_quantile(&s, 0.01), few);
    sample_add(&s, 0, 7);
    assert_value_only(sample_quantile(&s, 0.99), 7 / NS);
    assert_value_only(sample_quantile(&s, 0.01), 7 / NS);
    assert_null_value(sample_quantile(&s, 0.999), few);
    sample_fini(&s);
}

/* The upper end lies beyond the sample: no number, not the maximum. */
static void test_unbounded_end(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s, 3);
    for (unsigned r = 0; r < 3; r++)
        for (int64_t i = 0; i < 1000; i++)
            sample_add(&s, r, r == 0 && i >= 950 ? 5000 + i : 1000 + i);
    struct hr_estimate e = sample_quantile(&s, 0.99);
    assert_true(isfinite(e.value) && isfinite(e.lo) && isnan(e.hi));
    assert_string_equal(e.method, "inversion");
    sample_fini(&s);

    /* Likewise when they are all equal: all replications have all values at most that, but one
     * has fewer below. */
    sample_init(&s, 3);
    for (unsigned r = 0; r < 3; r++)
        for (int64_t i = 0; i < 1000; i++)
            sample_add(&s, r, r == 0 && i >= 950 ? 5000 : 1000 + i);
    e = sample_quantile(&s, 0.99);
    assert_true(e.value == 5000 / NS && e.lo < e.value && isnan(e.hi));
    sample_fini(&s);
}

static void test_equal_values_give_no_width(void **state)
{
    (void)state;
    struct sample s;
    sample_init(&s, 10);
    for (unsigned r = 0; r < 10; r++)
        for (int i = 0; i < 100; i++)
            sample_add(&s, r, 20000000);
    assert_estimate(sample_quantile(&s, 0.99), 0.02, 0.02, 0.02, "inversion");
    sample_fini(&s);
}

/* Share of `trials` intervals that hold the truth, against 95 %. Both estimators are asymptotic;
 * the samples are large and mild enough for their bias (below 0.5 %) to vanish in the bounds. */
static void assert_coverage(int covered, int trials)
{
    const double sigma = sqrt(0.95 * 0.05 / trials);
    assert_near((double)covered / trials, 0.95, 4.5 * sigma);
}

static void test_ratio_coverage(void **state)
{
    (void)state;
    enum { TRIALS = 4000, R = 10 };
    struct hr_rng rng = rng_of(1);
    int covered = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double x[R], y[R];
        for (int r = 0; r < R; r++) { /* correlated; ratio of the means 3/2 */
            const double common = hr_rng_normal(&rng);
            x[r] = 30 + 2 * common + hr_rng_normal(&rng);
            y[r] = 20 + common + hr_rng_normal(&rng);
        }
        const struct hr_estimate e = hr_estimate_ratio(x, y, R, "?");
        covered += e.lo <= 1.5 && 1.5 <= e.hi;
    }
    assert_coverage(covered, TRIALS);
}

static void test_quantile_coverage(void **state)
{
    (void)state;
    enum { TRIALS = 2000, R = 10, VALUES = 1000 };
    static const double p[] = { 0.1, 0.5, 0.95 };
    int covered[3] = { 0 };
    struct hr_rng rng = rng_of(2);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct sample s;
        sample_init(&s, R);
        for (unsigned r = 0; r < R; r++)
            for (int i = 0; i < VALUES; i++)
                sample_add(&s, r, (int64_t)(NS * hr_rng_exponential(&rng)));
        for (int i = 0; i < 3; i++) {
            const struct hr_estimate e = sample_quantile(&s, p[i]);
            const double truth = -log1p(-p[i]);
            covered[i] += e.lo <= truth && truth <= e.hi;
        }
        sample_fini(&s);
    }
    for (int i = 0; i < 3; i++)
        assert_coverage(covered[i], TRIALS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_student),
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_quantile_by_hand),
        cmocka_unit_test(test_quantile_needs_enough_beyond),
        cmocka_unit_test(test_unbounded_end),
        cmocka_unit_test(test_equal_values_give_no_width),
        cmocka_unit_test(test_ratio_coverage),
        cmocka_unit_test(test_quantile_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
