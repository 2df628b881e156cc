/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of closed forms share. */
#ifndef TESTS_CLOSED_FORMS_H
#define TESTS_CLOSED_FORMS_H

#include "queueing/queueing.h"

static const double shares[] = { 0.5, 0.9, 0.99, 0.999 };
#define N_SHARES (sizeof shares / sizeof shares[0])

/* |a / b - 1| small. */
#define assert_like(a, b, tolerance) assert_near((a), (b), (tolerance)*fabs((double)(b)))

/* The mean by the quantiles, over u with p = 1 - u^4: the tail has a logarithmic pole. */
static inline double mean_of_quantiles(double (*quantile)(const void *ctx, double p),
                                       const void *ctx)
{
    enum { STEPS = 60 };
    double mean = 0;
    for (int i = 0; i < STEPS; i++) {
        const double u = (i + 0.5) / STEPS;
        mean += 4 * u * u * u / STEPS * quantile(ctx, 1 - u * u * u * u);
    }
    return mean;
}

#endif
