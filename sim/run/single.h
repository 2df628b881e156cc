/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals of a single replication, from the slices of its window. */
#ifndef RUN_SINGLE_H
#define RUN_SINGLE_H

#include "run/summary.h"

/* Gives an estimate, x[0] / y[0] of scratch (y NULL: x[0]), an interval from the slices, which
 * follow there; or the reason why it has none. One that has either, or no value, stays as it is. */
void hr_single_ratio(const struct hr_summary *summary, const double *y,
                     struct hr_estimate *estimate);

/* Likewise quantile p of values of which each slice has scratch y, by class as said; values that
 * are in no class are beyond all others. */
void hr_single_quantile(const struct hr_summary *summary, const struct hr_classes *classes,
                        const struct hr_hist *pooled, double p, struct hr_estimate *estimate);

#endif
