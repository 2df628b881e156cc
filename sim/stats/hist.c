/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The histogram's pages, merge and what is read from it. */
#include "stats/hist.h"

#include "base/mem.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

void hr_hist_init(struct hr_hist *hist)
{
    *hist = (struct hr_hist){ .min = INT64_MAX, .max = -1 };
}

void hr_hist_fini(struct hr_hist *hist)
{
    for (unsigned page = 0; page < HR_HIST_PAGES; page++)
        free(hist->pages[page]);
    hr_hist_init(hist);
}

uint64_t *hr_hist_page_new(struct hr_hist *hist, unsigned page)
{
    return hist->pages[page] = HR_NEW_ARRAY(uint64_t, HR_HIST_SIZE);
}

void hr_hist_merge(struct hr_hist *into, const struct hr_hist *from)
{
    for (unsigned page = 0; page < HR_HIST_PAGES; page++) {
        const uint64_t *counts = from->pages[page];
        if (counts == NULL)
            continue;
        uint64_t *sums = into->pages[page];
        if (sums == NULL)
            sums = hr_hist_page_new(into, page);
        for (unsigned slot = 0; slot < HR_HIST_SIZE; slot++)
            sums[slot] += counts[slot];
    }
    into->n += from->n;
    into->sum += from->sum;
    into->max = from->max > into->max ? from->max : into->max;
    into->min = from->min < into->min ? from->min : into->min;
}

static unsigned page_shift(unsigned page)
{
    return page == 0 ? 0 : page - 1;
}

int64_t hr_hist_edge(unsigned page, unsigned slot)
{
    const unsigned bucket = (page << HR_HIST_BITS) + slot;
    if (bucket == HR_HIST_PAGES << HR_HIST_BITS) /* 2^63: the end of the last bucket */
        return INT64_MAX;
    return hr_log_bucket_from(bucket, HR_HIST_BITS);
}

static uint64_t page_count(const uint64_t *counts)
{
    uint64_t n = 0;
    for (unsigned slot = 0; slot < HR_HIST_SIZE; slot++)
        n += counts[slot];
    return n;
}

/* The rank-th smallest value (from 1), which lies in this page as its `rank`-th. The values of a
 * bucket are taken to lie in the middles of equal parts of it. */
static double value_in_page(const uint64_t *counts, unsigned page, uint64_t rank)
{
    unsigned slot = 0;
    while (rank > counts[slot])
        rank -= counts[slot++];
    const double last = ldexp(1, (int)page_shift(page)) - 1; /* largest offset in the bucket */
    return (double)hr_hist_edge(page, slot) + last * ((double)rank - 0.5) / (double)counts[slot];
}

/* Rank of share p, from 1. The product is taken down by its own rounding error, so that a share
 * such as 0.07 of 100 is rank 7. */
static uint64_t rank_of(double p, uint64_t n)
{
    const double rank = ceil(p * (double)n * (1 - 2 * DBL_EPSILON));
    if (rank < 1)
        return 1;
    return rank >= (double)n ? n : (uint64_t)rank;
}

double hr_hist_quantile(const struct hr_hist *hist, double p)
{
    if (hist->n == 0)
        return (double)NAN;
    uint64_t rank = rank_of(p, hist->n);
    if (rank == 1)
        return (double)hist->min;
    if (rank == hist->n)
        return (double)hist->max;
    for (unsigned page = 0; page < HR_HIST_PAGES; page++) {
        if (hist->pages[page] == NULL)
            continue;
        const uint64_t n = page_count(hist->pages[page]);
        if (rank <= n) {
            const double value = value_in_page(hist->pages[page], page, rank);
            return fmin(fmax(value, (double)hist->min), (double)hist->max);
        }
        rank -= n;
    }
    return (double)hist->max;
}

double hr_hist_count_below(const struct hr_hist *hist, double x)
{
    if (hist->n == 0 || !(x >= (double)hist->min))
        return 0;
    if (x >= (double)hist->max)
        return (double)hist->n;
    const int64_t value = (int64_t)x;
    const unsigned page = hr_hist_page(value), slot = hr_hist_slot(value);
    uint64_t below = 0;
    for (unsigned i = 0; i < page; i++)
        if (hist->pages[i] != NULL)
            below += page_count(hist->pages[i]);
    const uint64_t *counts = hist->pages[page];
    if (counts == NULL)
        return (double)below;
    for (unsigned i = 0; i < slot; i++)
        below += counts[i];
    const double width = ldexp(1, (int)page_shift(page));
    const double inside = (double)(value - hr_hist_edge(page, slot)) + 1;
    return (double)below + (double)counts[slot] * (inside / width);
}
