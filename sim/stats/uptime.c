/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The F interval for the odds of being down (Lie, Hwang, Tillman 1977), lengths of any spread. */
#include "stats/uptime.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#define PRIOR_OUTAGES 2   /* of exponential length, that the spread of the lengths is shrunk to */
#define DF_MAX        1e5 /* GSL's sums do not converge far beyond; intervals of 1 % */

/* The point at which F's law has the share p below. Bisection in logarithms: GSL's own inverse
 * gives up at some degrees of freedom. */
static double f_quantile(double p, double df1, double df2)
{
    df1 = fmin(df1, DF_MAX);
    df2 = fmin(df2, DF_MAX);
    double low = -80, high = 80;
    for (int i = 0; i < 80; i++) {
        const double middle = 0.5 * (low + high);
        *(gsl_cdf_fdist_P(exp(middle), df1, df2) < p ? &low : &high) = middle;
    }
    return exp(0.5 * (low + high));
}

/* Squared coefficient of variation of the lengths. */
static double length_scv(const struct hr_uptime *uptime)
{
    const double n = (double)uptime->outages, mean = uptime->down_s / n;
    const double squares = fmax(0, uptime->down_s2 - n * mean * mean);
    return (squares / (mean * mean) + PRIOR_OUTAGES) / (n - 1 + PRIOR_OUTAGES);
}

struct hr_estimate hr_estimate_uptime(const struct hr_uptime *uptime)
{
    const double all = uptime->up_s + uptime->down_s, n = (double)uptime->outages;
    struct hr_estimate e = {
        .value = uptime->up_s / all, .lo = 0, .hi = 1, .n = uptime->n, .method = "outages"
    };
    if (uptime->down_s <= 0) {
        e.lo = 1 / (1 + -log(0.025) * uptime->outage_s / uptime->up_s);
        e.method = "no_events";
        return e;
    }
    if (uptime->up_s <= 0) {
        e.hi = (double)NAN;
        return e;
    }
    const double odds = uptime->down_s / uptime->up_s;
    const double df = 2 * n / length_scv(uptime);
    e.lo = 1 / (1 + odds * (n + 1) / n * f_quantile(0.975, 2 * n + 2, df));
    e.hi = 1 / (1 + odds * f_quantile(0.025, 2 * n, df));
    return e;
}
