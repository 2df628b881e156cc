/* SPDX-License-Identifier: GPL-3.0-or-later */
/* N-Skart on the residuals of slices. */
#include "run/single.h"

#include "base/mem.h"
#include "stats/interval.h"
#include "stats/nskart.h"

#include <math.h>
#include <stdlib.h>

#define TOO_SHORT                                                                                  \
    "one replication too short for an interval: ask for a longer one, or for several of them"

/* N-Skart is told of about as many observations as there were requests, up to so many a slice: it
 * lengthens batches as long as the series has room for enough of them, and takes a short series for
 * what it is. */
#define HOLD_MOST 256

/* A residual this small against what it is a difference of is rounding, which is no noise. */
#define ROUNDING 1e-12

static bool wants_interval(const struct hr_summary *summary, struct hr_estimate *estimate)
{
    if (summary->n != 1 || estimate->method != NULL || isnan(estimate->value))
        return false;
    if (summary->n_slices == 0)
        estimate->why = summary->unsliced;
    return summary->n_slices > 0;
}

/* How far sum x / sum y over the slices may be from its expectation, theta being its value. */
static struct hr_nskart residual(const struct hr_summary *summary, const double *x, const double *y,
                                 double theta)
{
    const size_t n = summary->n_slices;
    double *z = HR_NEW_ARRAY(double, n), sum_y = 0;
    for (size_t i = 0; i < n; i++) {
        const double expected = theta * (y == NULL ? 1 : y[i]);
        sum_y += y == NULL ? 1 : y[i];
        z[i] = x[i] - expected;
        if (fabs(z[i]) <= ROUNDING * fabs(expected))
            z[i] = 0;
    }
    const double hold = fmin(fmax(1, floor(summary->events / (double)n)), HOLD_MOST);
    struct hr_nskart interval = hr_nskart_held(z, n, (size_t)hold);
    free(z);
    interval.lo *= (double)n / sum_y;
    interval.hi *= (double)n / sum_y;
    interval.enough = interval.enough && summary->events >= HR_NSKART_MIN;
    return interval;
}

/* N-Skart deletes slices at the start; an interval holds its value all the same. */
void hr_single_ratio(const struct hr_summary *summary, const double *y,
                     struct hr_estimate *estimate)
{
    if (!wants_interval(summary, estimate))
        return;
    const struct hr_nskart interval =
        residual(summary, &summary->x[1], y == NULL ? NULL : &y[1], estimate->value);
    if (!interval.enough) {
        estimate->why = TOO_SHORT;
        return;
    }
    estimate->method = "nskart";
    estimate->lo = estimate->value + fmin(interval.lo, 0);
    estimate->hi = estimate->value + fmax(interval.hi, 0);
}

/* How many values of each slice are at most q, interpolated within the class of q so that they sum
 * to those of the histogram. */
static void count_below(const struct hr_summary *summary, const struct hr_classes *classes,
                        const struct hr_hist *pooled, double q)
{
    const unsigned last = hr_log_bucket((int64_t)q, HR_PARTS_BITS);
    const double from =
        hr_hist_count_below(pooled, (double)hr_log_bucket_from(last, HR_PARTS_BITS) - 1);
    const double to =
        hr_hist_count_below(pooled, (double)hr_log_bucket_from(last + 1, HR_PARTS_BITS) - 1);
    const double part = (hr_hist_count_below(pooled, q) - from) / (to - from);
    const uint32_t *up_to = hr_classes_up_to(classes, last);
    const uint32_t *below = last > 0 ? hr_classes_up_to(classes, last - 1) : NULL;
    double *x = &summary->x[1];
    for (size_t i = 0; i < summary->n_slices; i++) {
        const double before = below == NULL ? 0 : below[i];
        x[i] = before + part * (up_to[i] - before);
    }
}

void hr_single_quantile(const struct hr_summary *summary, const struct hr_classes *classes,
                        const struct hr_hist *pooled, double p, struct hr_estimate *estimate)
{
    if (!wants_interval(summary, estimate))
        return;
    const double q = hr_hist_quantile(pooled, p);
    const double share = hr_hist_count_below(pooled, q) / (double)pooled->n;
    count_below(summary, classes, pooled, q);
    const struct hr_nskart interval = residual(summary, &summary->x[1], &summary->y[1], share);
    if (!interval.enough) {
        estimate->why = TOO_SHORT;
        return;
    }
    const double low = p - fmax(interval.hi, 0), high = p - fmin(interval.lo, 0);
    estimate->method = "nskart";
    if (low > 0)
        estimate->lo = hr_hist_quantile(pooled, low) / 1e9;
    if (high < 1)
        estimate->hi = hr_hist_quantile(pooled, high) / 1e9;
}
