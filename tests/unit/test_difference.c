/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Influences and paired differences: worked out by hand, and coverage on synthetic data. */
#include "hr_test.h"

#include "stats/difference.h"
#include "stats/interval.h"
#include "stats/rng.h"

#include <string.h>

#define NS 1e9

static struct hr_rng rng_of(uint64_t seed)
{
    return hr_rng_at((struct hr_address){ .seed = seed });
}

/* value +- t s / sqrt(n), from the influences. */
static double half_of(const double *influence, unsigned n)
{
    double sum = 0, squares = 0;
    for (unsigned i = 0; i < n; i++) {
        sum += influence[i];
        squares += influence[i] * influence[i];
    }
    assert_near(sum, 0, 1e-9 * sqrt(squares) + 1e-300);
    return hr_student_t95(n - 1) * sqrt(squares / (n - 1) / n);
}

static struct hr_estimate mean_of(const double *x, unsigned n, double *influence)
{
    struct hr_estimate e = hr_estimate_mean(x, n);
    hr_influence_ratio(x, NULL, n, influence);
    e.influence = influence;
    return e;
}

static void test_influences_make_the_interval(void **state)
{
    (void)state;
    const double x[] = { 1, 2, 3 }, y[] = { 1, 2, 1 };
    double influence[3];
    struct hr_estimate e = mean_of(x, 3, influence);
    assert_near(half_of(influence, 3), e.hi - e.value, 1e-12);
    assert_near(influence[0], -1, 1e-15);
    e = hr_estimate_ratio(x, y, 3, NULL);
    hr_influence_ratio(x, y, 3, influence);
    assert_near(half_of(influence, 3), e.hi - e.value, 1e-12);
    assert_near(influence[2], 1.5 / (4.0 / 3), 1e-15);
}

/* Histograms, one a replication, and all of them pooled. */
struct sample {
    struct hr_hist hists[10], pooled;
    const struct hr_hist *pointers[10];
};

static void sample_init(struct sample *s)
{
    hr_hist_init(&s->pooled);
    for (unsigned r = 0; r < 10; r++) {
        hr_hist_init(&s->hists[r]);
        s->pointers[r] = &s->hists[r];
    }
}

static void sample_add(struct sample *s, unsigned r, double value_s)
{
    hr_hist_record(&s->hists[r], (int64_t)(value_s * NS));
    hr_hist_record(&s->pooled, (int64_t)(value_s * NS));
}

static struct hr_estimate sample_quantile(const struct sample *s, double p, double influence[10])
{
    struct hr_estimate e = hr_estimate_quantile(s->pointers, 10, &s->pooled, p);
    if (isnan(e.lo) || isnan(e.hi))
        return e;
    hr_influence_quantile(s->pointers, 10, &s->pooled, p, &e, influence);
    e.influence = influence;
    return e;
}

static void sample_fini(struct sample *s)
{
    for (unsigned r = 0; r < 10; r++)
        hr_hist_fini(&s->hists[r]);
    hr_hist_fini(&s->pooled);
}

static void test_influences_of_a_quantile(void **state)
{
    (void)state;
    struct sample s;
    struct hr_rng rng = rng_of(1);
    double influence[10];
    sample_init(&s);
    for (unsigned r = 0; r < 10; r++)
        for (int i = 0; i < 1000; i++)
            sample_add(&s, r, (r == 3 ? 2 : 1) * hr_rng_exponential(&rng));
    const struct hr_estimate e = sample_quantile(&s, 0.9, influence);
    assert_near(half_of(influence, 10), (e.hi - e.lo) / 2, 1e-9);
    for (unsigned r = 0; r < 10; r++) /* the slow replication alone pulls the quantile up */
        assert_true(r == 3 ? influence[r] > 0 : influence[r] < 0);
    sample_fini(&s);

    sample_init(&s);
    for (unsigned r = 0; r < 10; r++)
        for (int i = 0; i < 100; i++)
            sample_add(&s, r, 0.02);
    sample_quantile(&s, 0.5, influence);
    for (unsigned r = 0; r < 10; r++)
        assert_true(influence[r] == 0);
    sample_fini(&s);
}

static void test_difference_by_hand(void **state)
{
    (void)state;
    const double x[] = { 10, 20, 30, 40 }, y[] = { 11, 22, 32, 43 };
    double of_x[4], of_y[4];
    const struct hr_estimate a = mean_of(x, 4, of_x), b = mean_of(y, 4, of_y);
    /* Differences 1, 2, 2, 3: mean 2, s^2 = 2/3. s^2 of x 500/3, of y 562/3. */
    struct hr_estimate e = hr_estimate_difference(&a, &b);
    const double half = hr_student_t95(3) * sqrt(2.0 / 3 / 4);
    assert_near(e.value, 2, 1e-12);
    assert_near(e.hi - 2, half, 1e-12);
    assert_near(2 - e.lo, half, 1e-12);
    assert_string_equal(e.method, "paired_t");
    assert_int_equal(e.n, 4);
    assert_near(hr_variance_reduction(&a, &b), 1062.0 / 2, 1e-9);
    /* 27 / 25 - 1; residuals y - 1.08 x: 0.2, 0.4, -0.4, -0.2. */
    e = hr_estimate_relative(&a, &b);
    assert_near(e.value, 0.08, 1e-12);
    assert_near(e.hi - e.value, hr_student_t95(3) * sqrt(0.4 / 3 / 4) / 25, 1e-12);
}

static void test_no_difference(void **state)
{
    (void)state;
    const double x[] = { 10, 20, 30, 40 };
    double influence[4];
    const struct hr_estimate a = mean_of(x, 4, influence);
    const struct hr_estimate e = hr_estimate_difference(&a, &a);
    assert_true(e.value == 0 && e.lo == 0 && e.hi == 0);
    assert_true(isnan(hr_variance_reduction(&a, &a)));
}

/* Influences -15, -5, 5, 15 of 4 and -10, 0, 10 of 3: the replications do -10/3 + 15/4, 5/4,
 * 10/3 - 5/4 and -15/4 to the difference, squares 2900/144. */
static void test_one_replication_more(void **state)
{
    (void)state;
    const double x[] = { 10, 20, 30, 40 };
    double of_more[4], of_less[3];
    const struct hr_estimate more = mean_of(x, 4, of_more), less = mean_of(x, 3, of_less);
    const struct hr_estimate e = hr_estimate_difference(&more, &less);
    assert_true(e.value == -5);
    assert_int_equal(e.n, 3);
    assert_near(e.hi - e.value, hr_student_t95(2) * sqrt(2900.0 / 144 * 3 / 2), 1e-12);
    /* Of means: 500 / 16 and 200 / 9. */
    assert_near(hr_variance_reduction(&more, &less), (500.0 / 16 + 200.0 / 9) / (2900.0 / 144),
                1e-12);
}

/* Without a value, without an interval, from 0. */
static void test_what_cannot_be_compared(void **state)
{
    (void)state;
    const double x[] = { 10, 20, 30, 40 }, none[] = { 0, 0, 0, 0 };
    double of_x[4], of_none[4];
    const struct hr_estimate a = mean_of(x, 4, of_x), zero = mean_of(none, 4, of_none);
    const struct hr_estimate null = { .value = (double)NAN, .why = "no price" };
    const struct hr_estimate plain = { .value = 7, .lo = (double)NAN, .hi = (double)NAN, .n = 4 };
    assert_string_equal(hr_estimate_difference(&a, &null).why, "no price");
    assert_string_equal(hr_estimate_relative(&null, &a).why, "no price");
    const struct hr_estimate e = hr_estimate_difference(&a, &plain);
    assert_true(e.value == -18 && isnan(e.lo) && isnan(e.hi));
    assert_null(e.method);
    assert_null(hr_estimate_relative(&a, &plain).method);
    assert_true(isnan(hr_variance_reduction(&a, &plain)));
    assert_string_equal(hr_estimate_relative(&zero, &a).why, "the value of A is 0");
    assert_near(hr_estimate_relative(&a, &zero).value, -1, 1e-15);
}

/* Nothing happened in one or both: what was not seen may still differ. */
static void test_shares_without_events(void **state)
{
    (void)state;
    const double all[] = { 100, 100 }, most[] = { 97, 99 };
    double of_all[2], of_most[2];
    struct hr_estimate a = hr_estimate_share(all, all, 2, NULL),
                       b = hr_estimate_share(most, all, 2, NULL);
    hr_influence_ratio(all, all, 2, of_all);
    hr_influence_ratio(most, all, 2, of_most);
    a.influence = of_all;
    b.influence = of_most;
    const double bound = 1 - pow(0.05, 1 / 200.0);
    struct hr_estimate e = hr_estimate_difference(&a, &a);
    assert_string_equal(e.method, "no_events");
    assert_near(e.lo, -bound, 1e-12);
    assert_near(e.hi, bound, 1e-12);
    e = hr_estimate_difference(&a, &b);
    assert_string_equal(e.method, "no_events");
    assert_near(e.lo, b.lo - 1, 1e-12);
    assert_near(e.hi, b.hi - (1 - bound), 1e-12);
    e = hr_estimate_relative(&a, &b);
    assert_near(e.value, -0.02, 1e-12);
    assert_near(e.lo, b.lo - 1, 1e-12);
    assert_near(e.hi, b.hi / (1 - bound) - 1, 1e-12);
}

#define TRIALS 1000

/* Share of intervals that hold the truth, against 95 %; the samples are large enough for the bias
 * of the asymptotic ones to vanish in the bounds. */
static void assert_coverage(int covered)
{
    assert_near((double)covered / TRIALS, 0.95, 4.5 * sqrt(0.95 * 0.05 / TRIALS));
}

static bool holds(struct hr_estimate e, double truth)
{
    return e.lo <= truth && truth <= e.hi;
}

static void test_coverage_of_means(void **state)
{
    (void)state;
    int difference = 0, relative = 0;
    struct hr_rng rng = rng_of(2);
    for (int trial = 0; trial < TRIALS; trial++) {
        double x[10], y[10], of_x[10], of_y[10];
        for (unsigned r = 0; r < 10; r++) {
            const double common = hr_rng_normal(&rng);
            x[r] = 30 + 2 * common + 0.3 * hr_rng_normal(&rng);
            y[r] = 33 + 2 * common + 0.3 * hr_rng_normal(&rng);
        }
        const struct hr_estimate a = mean_of(x, 10, of_x), b = mean_of(y, 10, of_y);
        difference += holds(hr_estimate_difference(&a, &b), 3);
        relative += holds(hr_estimate_relative(&a, &b), 0.1);
    }
    assert_coverage(difference);
    assert_coverage(relative);
}

/* Values in a row are equal now and then, as latencies of a queue are alike. Eight in ten are the
 * same in both systems, but for their unit: means 1 and 0.8. */
static void add_pair(struct sample *a, struct sample *b, unsigned r, struct hr_rng *rng)
{
    double value = 0;
    for (int i = 0; i < 1000; i++) {
        if (i == 0 || hr_rng_uniform(rng) < 0.2)
            value = hr_rng_exponential(rng);
        const bool same = hr_rng_uniform(rng) < 0.8;
        sample_add(a, r, value);
        sample_add(b, r, 0.8 * (same ? value : hr_rng_exponential(rng)));
    }
}

/* The quantile p of an exponential of mean m is -m log(1 - p). */
static void test_coverage_of_quantiles(void **state)
{
    (void)state;
    static const double p[] = { 0.5, 0.95 };
    int covered[2] = { 0 };
    struct hr_rng rng = rng_of(3);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct sample a, b;
        sample_init(&a);
        sample_init(&b);
        for (unsigned r = 0; r < 10; r++)
            add_pair(&a, &b, r, &rng);
        for (int i = 0; i < 2; i++) {
            double of_a[10], of_b[10];
            const struct hr_estimate qa = sample_quantile(&a, p[i], of_a),
                                     qb = sample_quantile(&b, p[i], of_b);
            covered[i] += holds(hr_estimate_difference(&qa, &qb), 0.2 * log1p(-p[i]));
        }
        sample_fini(&a);
        sample_fini(&b);
    }
    for (int i = 0; i < 2; i++)
        assert_coverage(covered[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_influences_make_the_interval),
        cmocka_unit_test(test_influences_of_a_quantile),
        cmocka_unit_test(test_difference_by_hand),
        cmocka_unit_test(test_no_difference),
        cmocka_unit_test(test_one_replication_more),
        cmocka_unit_test(test_what_cannot_be_compared),
        cmocka_unit_test(test_shares_without_events),
        cmocka_unit_test(test_coverage_of_means),
        cmocka_unit_test(test_coverage_of_quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
