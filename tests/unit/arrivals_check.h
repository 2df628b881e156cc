/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of arrival processes share: a start, and tests of samples at fixed seeds. */
#ifndef TESTS_ARRIVALS_CHECK_H
#define TESTS_ARRIVALS_CHECK_H

#include "hr_ks.h"
#include "hr_test.h"

#include "base/mem.h"
#include "workload/arrivals.h"

#include <math.h>
#include <stdlib.h>

#define Z_LIMIT 4.5 /* a right sample passes it once in 150000 times */

static inline struct hr_arrivals start(const struct hr_arrival_spec *spec, uint64_t replication)
{
    struct hr_arrivals arrivals;
    assert_int_equal(hr_arrivals_init(&arrivals, spec, 20260302, replication, 77, 0, NULL), HR_OK);
    return arrivals;
}

static inline double uniform_cdf(double x, const void *ctx)
{
    (void)ctx;
    return x;
}

/* Sorts u. */
static inline void assert_uniform(double *u, size_t n)
{
    assert_near(hr_ks_distance(u, n, uniform_cdf, NULL), 0, hr_ks_limit());
}

struct sample {
    double mean, variance;
    double mean_error, variance_error; /* standard errors */
};

static inline struct sample describe(const double *x, size_t n)
{
    double sum = 0, second = 0, fourth = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    const double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double square = (x[i] - mean) * (x[i] - mean);
        second += square;
        fourth += square * square;
    }
    const double variance = second / (double)(n - 1);
    return (struct sample){ .mean = mean,
                            .variance = variance,
                            .mean_error = sqrt(variance / (double)n),
                            .variance_error =
                                sqrt((fourth / (double)n - variance * variance) / (double)n) };
}

static inline void assert_mean(const double *x, size_t n, double expected)
{
    const struct sample sample = describe(x, n);
    assert_near(sample.mean, expected, Z_LIMIT * sample.mean_error);
}

static inline void assert_variance(const double *x, size_t n, double expected)
{
    const struct sample sample = describe(x, n);
    assert_near(sample.variance, expected, Z_LIMIT * sample.variance_error);
}

/* Correlation of neighbors. */
static inline void assert_uncorrelated(const double *x, size_t n)
{
    const struct sample sample = describe(x, n);
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++)
        sum += (x[i] - sample.mean) * (x[i + 1] - sample.mean);
    assert_near(sum / (double)n / sample.variance * sqrt((double)n), 0, Z_LIMIT);
}

/* Requests in [0, window) in each of n replications. */
static inline double *counts(const struct hr_arrival_spec *spec, hr_time window, size_t n)
{
    double *count = HR_NEW_ARRAY(double, n);
    for (size_t i = 0; i < n; i++) {
        struct hr_arrivals arrivals = start(spec, i);
        while (hr_arrivals_next(&arrivals) < window)
            count[i]++;
        hr_arrivals_fini(&arrivals);
    }
    return count;
}

/* A stationary start shows in the first instants: their mean count is rate times length. */
static inline void assert_starts_stationary(const struct hr_arrival_spec *spec, hr_time window)
{
    const size_t n = 20000;
    double *count = counts(spec, window, n);
    assert_mean(count, n, hr_arrivals_rate(spec) * hr_time_to_s(window));
    free(count);
}

#endif
