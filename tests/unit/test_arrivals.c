/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrivals: poisson, deterministic, gamma, weibull, batches, streams and the clock. */
#include "unit/arrivals_check.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>

static void test_poisson_gaps(void **state)
{
    (void)state;
    enum { N = 50000 };
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_POISSON, .rate = 250 };
    struct hr_arrivals arrivals = start(&spec, 0);
    assert_true(arrivals.simple);
    double *u = HR_NEW_ARRAY(double, N);
    hr_time before = 0;
    for (size_t i = 0; i < N; i++) {
        const hr_time now = hr_arrivals_next(&arrivals);
        u[i] = -expm1(-250 * hr_time_to_s(now - before));
        before = now;
    }
    assert_uncorrelated(u, N);
    assert_uniform(u, N);
    free(u);
    hr_arrivals_fini(&arrivals);
}

static void test_deterministic_schedule(void **state)
{
    (void)state;
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_DETERMINISTIC, .rate = 3 };
    struct hr_arrivals arrivals = start(&spec, 0);
    for (int64_t k = 1; k <= 3000; k++)
        assert_near((double)hr_arrivals_next(&arrivals), (double)k * 1e9 / 3, 1);
    hr_arrivals_fini(&arrivals);
}

/* Over 1e9 s the clock stays where exact sums of the gaps put it: gaps of 1e12 ns and their sums
 * with a fraction are rounded by up to 2^-13 ns each, 171 ns in all if always the same way. */
static void test_no_drift(void **state)
{
    (void)state;
    const struct hr_arrival_spec even = { .process = HR_ARRIVAL_DETERMINISTIC, .rate = 7e-4 };
    struct hr_arrivals arrivals = start(&even, 0);
    for (int k = 0; k < 700000; k++)
        hr_arrivals_next(&arrivals);
    assert_near((double)(arrivals.now - 1000000000 * HR_NS_PER_S), 0, 171);
    hr_arrivals_fini(&arrivals);

    const struct hr_arrival_spec poisson = { .process = HR_ARRIVAL_POISSON, .rate = 1e-3 };
    arrivals = start(&poisson, 0);
    struct hr_rng copy = arrivals.gap;
    long double sum = 0;
    for (int k = 0; k < 1000000; k++) {
        hr_arrivals_next(&arrivals);
        sum += (long double)(arrivals.gap_ns_mean * hr_rng_exponential(&copy));
    }
    assert_near((double)((long double)arrivals.now - sum), 0, 10);
}

static void test_ends_at_never(void **state)
{
    (void)state;
    const struct hr_arrival_spec specs[] = {
        { .process = HR_ARRIVAL_POISSON, .rate = 0 },
        { .process = HR_ARRIVAL_POISSON, .rate = 1e-10 },
        { .process = HR_ARRIVAL_DETERMINISTIC, .rate = 1e-10 },
        { .process = HR_ARRIVAL_GAMMA, .rate = 1e-13, .cv = 0.5 },
    };
    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        struct hr_arrivals arrivals = start(&specs[i], 0);
        hr_time before = 0;
        for (int k = 0; k < 200; k++) {
            const hr_time now = hr_arrivals_next(&arrivals);
            assert_true(now >= before);
            before = now;
        }
        assert_true(before == HR_TIME_NEVER);
        hr_arrivals_fini(&arrivals);
    }
}

/* The law of a gap, and of the first one: what is left of a gap at a random time. */
struct law {
    double (*cdf)(double x, double shape, double scale);
    double (*residual_cdf)(double x, double shape, double scale);
    struct hr_arrival_spec spec;
    double shape, scale;
};

static double gamma_cdf(double x, double shape, double scale)
{
    return gsl_cdf_gamma_P(x, shape, scale);
}

static double gamma_residual_cdf(double x, double shape, double scale)
{
    return gsl_cdf_gamma_P(x, shape + 1, scale) +
           x / (shape * scale) * gsl_cdf_gamma_Q(x, shape, scale);
}

static double weibull_cdf(double x, double shape, double scale)
{
    return -expm1(-pow(x / scale, shape));
}

/* The integral of the survival function over its whole. */
static double weibull_residual_cdf(double x, double shape, double scale)
{
    return gsl_sf_gamma_inc_P(1 / shape, pow(x / scale, shape));
}

static struct law gamma_law(double shape, double scale)
{
    return (struct law){
        gamma_cdf,
        gamma_residual_cdf,
        { .process = HR_ARRIVAL_GAMMA, .rate = 1 / (shape * scale), .cv = 1 / sqrt(shape) },
        shape,
        scale
    };
}

static struct law weibull_law(double shape, double scale)
{
    const double g1 = gsl_sf_gamma(1 + 1 / shape), g2 = gsl_sf_gamma(1 + 2 / shape);
    return (struct law){
        weibull_cdf,
        weibull_residual_cdf,
        { .process = HR_ARRIVAL_WEIBULL, .rate = 1 / (g1 * scale), .cv = sqrt(g2 / (g1 * g1) - 1) },
        shape,
        scale
    };
}

static void check_gaps(const struct law *law)
{
    enum { N = 40000 };
    struct hr_arrivals arrivals = start(&law->spec, 0);
    double *gap = HR_NEW_ARRAY(double, N);
    hr_time before = hr_arrivals_next(&arrivals);
    for (size_t i = 0; i < N; i++) {
        const hr_time now = hr_arrivals_next(&arrivals);
        gap[i] = hr_time_to_s(now - before);
        before = now;
    }
    const double mean = 1 / law->spec.rate, cv = law->spec.cv;
    assert_mean(gap, N, mean);
    assert_variance(gap, N, mean * mean * cv * cv);
    assert_uncorrelated(gap, N);
    for (size_t i = 0; i < N; i++)
        gap[i] = law->cdf(gap[i], law->shape, law->scale);
    assert_uniform(gap, N);
    free(gap);
    hr_arrivals_fini(&arrivals);
}

static void check_first_gap(const struct law *law)
{
    enum { N = 20000 };
    double *u = HR_NEW_ARRAY(double, N);
    for (size_t i = 0; i < N; i++) {
        struct hr_arrivals arrivals = start(&law->spec, i);
        u[i] = law->residual_cdf(hr_time_to_s(hr_arrivals_next(&arrivals)), law->shape, law->scale);
        hr_arrivals_fini(&arrivals);
    }
    assert_uniform(u, N);
    free(u);
}

static void test_renewal(void **state)
{
    (void)state;
    const struct law laws[] = { gamma_law(4, 0.02), gamma_law(0.5, 3), weibull_law(2.5, 7),
                                weibull_law(0.7, 0.01) };
    for (size_t i = 0; i < sizeof(laws) / sizeof(laws[0]); i++) {
        check_gaps(&laws[i]);
        check_first_gap(&laws[i]);
        assert_starts_stationary(&laws[i].spec, hr_time_from_ns(0.3e9 / laws[i].spec.rate));
    }
}

/* Sizes of the batches, and the requests per second they come to. */
static double *draw_batches(const struct hr_arrival_spec *spec, size_t n)
{
    struct hr_arrivals arrivals = start(spec, 0);
    assert_false(arrivals.simple);
    double *size = HR_NEW_ARRAY(double, n), *u = HR_NEW_ARRAY(double, n);
    const double epoch_rate = spec->rate / spec->batch->mean;
    hr_time before = 0, now = hr_arrivals_next(&arrivals);
    for (size_t i = 0; i < n; i++) {
        u[i] = -expm1(-epoch_rate * hr_time_to_s(now - before));
        before = now;
        for (; now == before; now = hr_arrivals_next(&arrivals))
            size[i]++;
    }
    assert_uniform(u, n);
    free(u);
    hr_arrivals_fini(&arrivals);
    return size;
}

static void test_batches(void **state)
{
    (void)state;
    enum { N = 30000, CLASSES = 10 }; /* the last class takes the rest */
    struct hr_batch_spec batch = { .law = HR_BATCH_CONSTANT, .mean = 3 };
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_POISSON,
                                          .rate = 0.06,
                                          .batch = &batch };
    double *size = draw_batches(&spec, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_true(size[i] == 3);
    free(size);

    batch = (struct hr_batch_spec){ .law = HR_BATCH_GEOMETRIC, .mean = 2.5 };
    size = draw_batches(&spec, N);
    assert_mean(size, N, 2.5);
    assert_uncorrelated(size, N);
    double found[CLASSES] = { 0 }, share[CLASSES], left = 1;
    for (size_t k = 0; k < CLASSES; k++, left *= 0.6)
        share[k] = k + 1 < CLASSES ? left * 0.4 : left;
    for (size_t i = 0; i < N; i++)
        found[size[i] < CLASSES ? (size_t)size[i] - 1 : CLASSES - 1]++;
    assert_true(hr_chi_square_p(found, share, CLASSES, N) > HR_KS_ALPHA);
    free(size);

    batch.mean = 1;
    size = draw_batches(&spec, 100);
    assert_mean(size, 100, 1);
    free(size);
}

static void test_batches_of_any_process(void **state)
{
    (void)state;
    struct hr_batch_spec batch = { .law = HR_BATCH_GEOMETRIC, .mean = 4 };
    struct hr_mmpp_state states[] = { { 0, HR_NS_PER_S }, { 200, HR_NS_PER_S } };
    struct hr_rate_point points[] = { { 0, 150 }, { HR_NS_PER_S, 50 } };
    const struct hr_arrival_spec specs[] = {
        { .process = HR_ARRIVAL_GAMMA, .rate = 100, .cv = 2, .batch = &batch },
        { .process = HR_ARRIVAL_HAWKES,
          .rate = 100,
          .branching = 0.3,
          .decay_time = HR_NS_PER_S / 10,
          .batch = &batch },
        { .process = HR_ARRIVAL_MMPP, .states = { states, 2 }, .batch = &batch },
        { .process = HR_ARRIVAL_PIECEWISE,
          .points = { points, 2 },
          .period = 2 * HR_NS_PER_S,
          .batch = &batch },
        { .process = HR_ARRIVAL_DIURNAL,
          .rate = 100,
          .amplitude = 0.5,
          .period = HR_NS_PER_S,
          .batch = &batch },
    };
    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        assert_near(hr_arrivals_rate(&specs[i]), 100, 1e-9);
        double *count = counts(&specs[i], 2 * HR_NS_PER_S, 3000);
        assert_mean(count, 3000, 200);
        free(count);
    }
}

/* Same address, same times; any other address, others. */
static void test_streams(void **state)
{
    (void)state;
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_GAMMA, .rate = 1, .cv = 1.5 };
    const struct {
        uint64_t seed, replication, entity;
        unsigned index;
        bool same;
    } rows[] = { { 1, 2, 3, 4, true },
                 { 5, 2, 3, 4, false },
                 { 1, 5, 3, 4, false },
                 { 1, 2, 5, 4, false },
                 { 1, 2, 3, 5, false } };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct hr_arrivals a, b;
        hr_arrivals_init(&a, &spec, 1, 2, 3, 4, NULL);
        hr_arrivals_init(&b, &spec, rows[i].seed, rows[i].replication, rows[i].entity,
                         rows[i].index, NULL);
        for (int k = 0; k < 5; k++)
            assert_int_equal(hr_arrivals_next(&a) == hr_arrivals_next(&b), rows[i].same);
        assert_int_equal(hr_arrivals_status(&a), HR_OK);
        hr_arrivals_fini(&a);
        hr_arrivals_fini(&b);
    }
}

static void test_vary(void **state)
{
    (void)state;
    for (int process = HR_ARRIVAL_POISSON; process <= HR_ARRIVAL_TRACE; process++) {
        const struct hr_arrival_spec spec = { .process = process };
        const bool varies = process == HR_ARRIVAL_DIURNAL || process == HR_ARRIVAL_PIECEWISE ||
                            process == HR_ARRIVAL_CALENDAR || process == HR_ARRIVAL_TRACE;
        assert_int_equal(hr_arrivals_vary(&spec), varies);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_poisson_gaps), cmocka_unit_test(test_deterministic_schedule),
        cmocka_unit_test(test_no_drift),     cmocka_unit_test(test_ends_at_never),
        cmocka_unit_test(test_renewal),      cmocka_unit_test(test_batches),
        cmocka_unit_test(test_streams),      cmocka_unit_test(test_batches_of_any_process),
        cmocka_unit_test(test_vary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
