/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 95 % intervals from independent replications. Formulas: docs/statistics.md. */
#ifndef STATS_INTERVAL_H
#define STATS_INTERVAL_H

#include "stats/hist.h"

#include <headroom/result.h>

/* Two-sided 95 % point of Student's t with df >= 1 degrees of freedom. */
double hr_student_t95(unsigned df);

/* The point that Student's t exceeds as rarely as a standard normal exceeds z. */
double hr_student_t_of_normal(double z, unsigned df);

/* Mean of n values with its Student t interval. n = 1: no interval. n = 0: null, why "no data". */
struct hr_estimate hr_estimate_mean(const double *values, unsigned n);

/* The mean of n independent values is above 0, by Student's t at the level at which a standard
 * normal exceeds z. Fewer than two values show nothing. */
bool hr_mean_is_positive(const double *values, unsigned n, double z);

/* Ratio of sums: sum x / sum y, interval from the residuals x_r - theta y_r. sum y = 0: null with
 * `why`. */
struct hr_estimate hr_estimate_ratio(const double *x, const double *y, unsigned n, const char *why);

/*
 * Share of y trials that x of them met: as the ratio, its interval kept within [0, 1]. When all met
 * it, or none, the replications show no spread, and the interval is the exact one-sided bound for
 * independent trials instead (1 - 0.05^(1/y), about 3/y): never just "100 %". Method "no_events".
 */
struct hr_estimate hr_estimate_share(const double *x, const double *y, unsigned n, const char *why);

/* No number, and why (static); not of any replications. */
struct hr_estimate hr_estimate_none(const char *why);

/* The estimate of a share with its interval kept within [0, 1]. */
struct hr_estimate hr_estimate_within_1(struct hr_estimate estimate);

/* True when there is no value because the sample is too small for it. */
bool hr_estimate_is_short(const struct hr_estimate *estimate);

/*
 * Quantile p of the pooled sample of n histograms, interval by inversion of the ratio estimator of
 * F(q) (never an average of quantiles). Null with a reason when the pooled exceedances are
 * too few: needs at least 10 values beyond p, on its rarer side; the median needs one. An end at
 * which p +- h leaves the sample is NaN. `pooled` is the merge of the n histograms. Result in
 * seconds (values are ns).
 */
struct hr_estimate hr_estimate_quantile(const struct hr_hist *const *hists, unsigned n,
                                        const struct hr_hist *pooled, double p);

/*
 * Influences (see <headroom/result.h>): what each of n replications does to an estimate that has an
 * interval. Of a mean (y NULL) or a ratio of sums, (x_r - theta y_r) / mean of y. Of a quantile q,
 * after Bahadur, -(F_r - F) / f with F_r the share of replication r that is at most q; the density
 * f is such that they account for the width of the inversion interval, bounded at both ends.
 */
void hr_influence_ratio(const double *x, const double *y, unsigned n, double *influence);
void hr_influence_quantile(const struct hr_hist *const *hists, unsigned n,
                           const struct hr_hist *pooled, double p,
                           const struct hr_estimate *estimate, double *influence);

#endif
