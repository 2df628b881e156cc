/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Differences of two systems that were simulated with common random numbers: replication r of the
 * one is paired with replication r of the other. Formulas: docs/statistics.md.
 */
#ifndef STATS_DIFFERENCE_H
#define STATS_DIFFERENCE_H

#include <headroom/result.h>

/*
 * b - a, and (b - a) / a. Method "paired_t", from the influences; what one of the two has in
 * replications more stands alone. "no_events" when that is the method of a or of b, from the ends
 * of their intervals. None when a or b has no interval that is bounded at both ends. Null with the
 * reason of a or of b; (b - a) / 0 is null too.
 */
struct hr_estimate hr_estimate_difference(const struct hr_estimate *a, const struct hr_estimate *b);
struct hr_estimate hr_estimate_relative(const struct hr_estimate *a, const struct hr_estimate *b);

/* (var a + var b) / var(b - a): how many times as many replications independent random numbers
 * would need for the same interval. NaN when the difference does not vary or is not paired. */
double hr_variance_reduction(const struct hr_estimate *a, const struct hr_estimate *b);

#endif
