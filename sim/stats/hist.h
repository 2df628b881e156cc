/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Histogram of non-negative int64 values (nanoseconds) in logarithmic buckets at most 2^-10 of
 * their values wide (log_bucket.h). Counts are integers: merging in any order gives the same bits.
 * Pages of one octave come when first needed, so memory (8 KiB a page, 54 at most) does not depend
 * on the number of values.
 */
#ifndef STATS_HIST_H
#define STATS_HIST_H

#include "base/wide.h"
#include "stats/log_bucket.h"

#include <stddef.h>
#include <stdint.h>

#define HR_HIST_BITS  10
#define HR_HIST_SIZE  (1 << HR_HIST_BITS)
#define HR_HIST_PAGES HR_LOG_PAGES(HR_HIST_BITS)

struct hr_hist {
    void *pages[HR_HIST_PAGES]; /* page 0: values 0..2^10-1; page p: [2^(p+9), 2^(p+10)) */
    uint64_t n;
    hr_uint128 sum;
    int64_t max, min;             /* min INT64_MAX and max -1 when empty */
    uint8_t bytes[HR_HIST_PAGES]; /* of a count of the page: 8, or less once packed */
};

void hr_hist_init(struct hr_hist *hist);
void hr_hist_fini(struct hr_hist *hist);
uint64_t *hr_hist_page_new(struct hr_hist *hist, unsigned page);

/* Nothing is recorded or merged into it any more: its counts take as few bytes as they need, an
 * eighth mostly. */
void hr_hist_pack(struct hr_hist *hist);

static inline unsigned hr_hist_page(int64_t value)
{
    return hr_log_bucket(value, HR_HIST_BITS) >> HR_HIST_BITS;
}

static inline unsigned hr_hist_slot(int64_t value)
{
    return hr_log_bucket(value, HR_HIST_BITS) & (HR_HIST_SIZE - 1);
}

/* Counts value >= 0, whose bucket (log_bucket.h, at HR_HIST_BITS) is known; `n` and `sum` are left
 * to the caller. */
static inline void hr_hist_tally(struct hr_hist *hist, int64_t value, unsigned bucket)
{
    uint64_t *counts = hist->pages[bucket >> HR_HIST_BITS];
    if (__builtin_expect(counts == NULL, 0))
        counts = hr_hist_page_new(hist, bucket >> HR_HIST_BITS);
    counts[bucket & (HR_HIST_SIZE - 1)]++;
    if (value > hist->max)
        hist->max = value;
    if (value < hist->min)
        hist->min = value;
}

/* Records value >= 0. */
static inline void hr_hist_record(struct hr_hist *hist, int64_t value)
{
    hr_hist_tally(hist, value, hr_log_bucket(value, HR_HIST_BITS));
    hist->n++;
    hist->sum += (uint64_t)value;
}

/* Records value n times. */
static inline void hr_hist_record_n(struct hr_hist *hist, int64_t value, uint64_t n)
{
    if (n == 0)
        return;
    hr_hist_record(hist, value);
    const unsigned page = hr_hist_page(value);
    ((uint64_t *)hist->pages[page])[hr_hist_slot(value)] += n - 1;
    hist->n += n - 1;
    hist->sum += (hr_uint128)(n - 1) * (uint64_t)value;
}

/* How many values are in bucket `slot` of `page`. */
uint64_t hr_hist_count(const struct hr_hist *hist, unsigned page, unsigned slot);

/* into += from. */
void hr_hist_merge(struct hr_hist *into, const struct hr_hist *from);

/* The value at share p of the values (order statistic ceil(p n), interpolated linearly within its
 * bucket, clipped to [min, max]); NaN when empty. p in 0..1. */
double hr_hist_quantile(const struct hr_hist *hist, double p);

/* The same for n shares in rising order, in one pass. */
void hr_hist_quantiles(const struct hr_hist *hist, size_t n, const double p[], double values[]);

/* Number of values <= x, interpolated within x's bucket (exact at bucket edges). */
double hr_hist_count_below(const struct hr_hist *hist, double x);

/* Lower edge of bucket `slot` of `page`; the upper edge is that of the next bucket. */
int64_t hr_hist_edge(unsigned page, unsigned slot);

#endif
