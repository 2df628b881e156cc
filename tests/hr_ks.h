/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goodness of fit at level 1e-4: Kolmogorov-Smirnov and chi-square. */
#ifndef TESTS_HR_KS_H
#define TESTS_HR_KS_H

#include "hr_test.h"

#include <gsl/gsl_cdf.h>
#include <stdlib.h>

#define HR_KS_ALPHA 1e-4

static inline int hr_ks_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* sqrt(n) times the largest distance between the sample's distribution and cdf. Sorts x. */
static inline double hr_ks_distance(double *x, size_t n, double (*cdf)(double x, const void *ctx),
                                    const void *ctx)
{
    qsort(x, n, sizeof *x, hr_ks_compare);
    double d = 0;
    for (size_t i = 0; i < n; i++) {
        const double f = cdf(x[i], ctx);
        d = fmax(d, fmax(f - (double)i / (double)n, (double)(i + 1) / (double)n - f));
    }
    return d * sqrt((double)n);
}

/* The distance that a true hypothesis exceeds with probability HR_KS_ALPHA (n > 1000). */
static inline double hr_ks_limit(void)
{
    return sqrt(-0.5 * log(HR_KS_ALPHA / 2));
}

/* P(chi-square is larger) for counts that should be n times share. */
static inline double hr_chi_square_p(const double *counts, const double *share, size_t cells,
                                     double n)
{
    double sum = 0;
    for (size_t i = 0; i < cells; i++) {
        const double expected = n * share[i];
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    return gsl_cdf_chisq_Q(sum, (double)cells - 1);
}

#endif
