/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Student t, ratio and inversion intervals. docs/statistics.md has the formulas. */
#include "stats/interval.h"

#include "base/mem.h"
#include "base/time.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXCEEDANCES_MIN 10
#define ROUNDING        1e-14 /* relative deviations below it are none */

static const char too_few[] = "too few values beyond this percentile";

double hr_student_t95(unsigned df)
{
    return gsl_cdf_tdist_Pinv(0.975, df);
}

double hr_student_t_of_normal(double z, unsigned df)
{
    return gsl_cdf_tdist_Qinv(gsl_cdf_ugaussian_Q(z), df);
}

static struct hr_estimate no_value(unsigned n, const char *why)
{
    return (struct hr_estimate){
        .value = (double)NAN, .lo = (double)NAN, .hi = (double)NAN, .n = n, .why = why
    };
}

struct hr_estimate hr_estimate_none(const char *why)
{
    return no_value(0, why);
}

/* value +- half; one replication has no interval. */
static struct hr_estimate symmetric(double value, double half, unsigned n, const char *method)
{
    struct hr_estimate e = no_value(n, NULL);
    e.value = value;
    if (n > 1) {
        e.lo = value - half;
        e.hi = value + half;
        e.method = method;
    }
    return e;
}

/* Half-width from the squares of n deviations that sum to 0. */
static double half_width(double squares, unsigned n)
{
    if (n < 2)
        return 0;
    return hr_student_t95(n - 1) * sqrt(squares / ((double)n * (n - 1)));
}

struct hr_estimate hr_estimate_mean(const double *values, unsigned n)
{
    if (n == 0)
        return no_value(0, "no data");
    double mean = 0, squares = 0;
    for (unsigned i = 0; i < n; i++) {
        const double step = values[i] - mean;
        mean += step / (i + 1);
        squares += step * (values[i] - mean);
    }
    return symmetric(mean, half_width(squares, n), n, "student_t");
}

bool hr_mean_is_positive(const double *values, unsigned n, double z)
{
    if (n < 2)
        return false;
    const struct hr_estimate mean = hr_estimate_mean(values, n);
    const double error = (mean.hi - mean.value) / hr_student_t95(n - 1);
    return mean.value > hr_student_t_of_normal(z, n - 1) * error;
}

struct hr_estimate hr_estimate_ratio(const double *x, const double *y, unsigned n, const char *why)
{
    double sum_x = 0, sum_y = 0;
    for (unsigned i = 0; i < n; i++) {
        sum_x += x[i];
        sum_y += y[i];
    }
    if (sum_y == 0)
        return no_value(n, why);
    const double theta = sum_x / sum_y;
    double squares = 0;
    for (unsigned i = 0; i < n; i++) {
        const double d = x[i] - theta * y[i];
        squares += d * d;
    }
    return symmetric(theta, half_width(squares, n) / (sum_y / n), n, "ratio");
}

struct hr_estimate hr_estimate_within_1(struct hr_estimate estimate)
{
    if (estimate.lo < 0)
        estimate.lo = 0;
    if (estimate.hi > 1)
        estimate.hi = 1;
    return estimate;
}

struct hr_estimate hr_estimate_share(const double *x, const double *y, unsigned n, const char *why)
{
    struct hr_estimate e = hr_estimate_within_1(hr_estimate_ratio(x, y, n, why));
    if (e.value != 0 && e.value != 1)
        return e;
    double trials = 0;
    for (unsigned i = 0; i < n; i++)
        trials += y[i];
    /* Clopper and Pearson (1934) with no event in so many trials, one-sided. */
    const double bound = -expm1(log(0.05) / trials);
    e.lo = e.value == 0 ? 0 : 1 - bound;
    e.hi = e.value == 0 ? bound : 1;
    e.method = "no_events";
    return e;
}

/* How many values of each replication are at most q, and how many there are. */
static void count(const struct hr_hist *const *hists, unsigned n, double q, double *at_most,
                  double *all)
{
    for (unsigned i = 0; i < n; i++) {
        at_most[i] = hr_hist_count_below(hists[i], q);
        all[i] = (double)hists[i]->n;
    }
}

/* Half-width of the interval for the share of values at most q. */
static double share_half_width(const struct hr_hist *const *hists, unsigned n, double q)
{
    double *below = HR_NEW_ARRAY(double, n), *all = HR_NEW_ARRAY(double, n);
    count(hists, n, q, below, all);
    const struct hr_estimate share = hr_estimate_ratio(below, all, n, NULL);
    free(below);
    free(all);
    return share.hi - share.value;
}

/* The last value below the bucket of q. */
static double below_bucket(double q)
{
    return (double)hr_hist_edge(hr_hist_page((int64_t)q), hr_hist_slot((int64_t)q)) - 1;
}

/* Half-width for p: where many values are equal to the quantile q, the share below them may vary
 * more than the share up to them, so the larger counts. */
static double inversion_half_width(const struct hr_hist *const *hists, unsigned n, double q)
{
    return fmax(share_half_width(hists, n, q), share_half_width(hists, n, below_bucket(q)));
}

bool hr_estimate_is_short(const struct hr_estimate *estimate)
{
    return estimate->why == too_few;
}

struct hr_estimate hr_estimate_quantile(const struct hr_hist *const *hists, unsigned n,
                                        const struct hr_hist *pooled, double p)
{
    if (pooled->n == 0)
        return no_value(n, "no data");
    /* The last term forgives the rounding of p. */
    const double beyond = (double)pooled->n * fmin(p, 1 - p) + 1e-6;
    if (p != 0.5 && beyond < EXCEEDANCES_MIN)
        return no_value(n, too_few);

    const double q = hr_hist_quantile(pooled, p);
    struct hr_estimate e = no_value(n, NULL);
    e.value = q / (double)HR_NS_PER_S;
    if (n < 2)
        return e;
    const double h = inversion_half_width(hists, n, q);
    if (p - h > 0)
        e.lo = hr_hist_quantile(pooled, p - h) / (double)HR_NS_PER_S;
    if (p + h < 1)
        e.hi = hr_hist_quantile(pooled, p + h) / (double)HR_NS_PER_S;
    e.method = "inversion";
    return e;
}

void hr_influence_ratio(const double *x, const double *y, unsigned n, double *influence)
{
    double sum_x = 0, sum_y = 0;
    for (unsigned i = 0; i < n; i++) {
        sum_x += x[i];
        sum_y += y == NULL ? 1 : y[i];
    }
    for (unsigned i = 0; i < n; i++) {
        const double d = x[i] - sum_x / sum_y * (y == NULL ? 1 : y[i]);
        influence[i] = fabs(d) > ROUNDING * fabs(x[i]) ? d / (sum_y / n) : 0;
    }
}

/* Influences on the share of values at most q; returns their half-width. */
static double share_influence(const struct hr_hist *const *hists, unsigned n, double q,
                              double *influence)
{
    double *at_most = HR_NEW_ARRAY(double, n), *all = HR_NEW_ARRAY(double, n);
    count(hists, n, q, at_most, all);
    hr_influence_ratio(at_most, all, n, influence);
    free(at_most);
    free(all);
    double squares = 0;
    for (unsigned i = 0; i < n; i++)
        squares += influence[i] * influence[i];
    return half_width(squares, n);
}

void hr_influence_quantile(const struct hr_hist *const *hists, unsigned n,
                           const struct hr_hist *pooled, double p,
                           const struct hr_estimate *estimate, double *influence)
{
    const double q = hr_hist_quantile(pooled, p);
    double h = share_influence(hists, n, below_bucket(q), influence);
    double *up_to = HR_NEW_ARRAY(double, n);
    const double h_up_to = share_influence(hists, n, q, up_to);
    if (h_up_to >= h) {
        h = h_up_to;
        memcpy(influence, up_to, n * sizeof *influence);
    }
    free(up_to);
    /* 1 / f; without spread all influences are 0, and so they stay. */
    const double scale = h > 0 ? (estimate->hi - estimate->lo) / (2 * h) : 0;
    for (unsigned i = 0; i < n; i++)
        influence[i] *= -scale;
}
