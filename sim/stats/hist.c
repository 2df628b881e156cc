/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The histogram's pages, merge and what is read from it. */
#include "stats/hist.h"

#include "base/assert.h"
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
    hist->bytes[page] = sizeof(uint64_t);
    return hist->pages[page] = HR_NEW_ARRAY(uint64_t, HR_HIST_SIZE);
}

static uint8_t bytes_needed(const uint64_t *counts)
{
    uint64_t all = 0;
    for (unsigned slot = 0; slot < HR_HIST_SIZE; slot++)
        all |= counts[slot];
    return all <= UINT8_MAX ? 1 : all <= UINT16_MAX ? 2 : all <= UINT32_MAX ? 4 : 8;
}

static void *packed_new(const uint64_t *counts, uint8_t bytes)
{
    void *packed = hr_alloc(HR_HIST_SIZE, bytes);
    for (unsigned slot = 0; slot < HR_HIST_SIZE; slot++) {
        if (bytes == 1)
            ((uint8_t *)packed)[slot] = (uint8_t)counts[slot];
        else if (bytes == 2)
            ((uint16_t *)packed)[slot] = (uint16_t)counts[slot];
        else
            ((uint32_t *)packed)[slot] = (uint32_t)counts[slot];
    }
    return packed;
}

void hr_hist_pack(struct hr_hist *hist)
{
    for (unsigned page = 0; page < HR_HIST_PAGES; page++) {
        uint64_t *counts = hist->pages[page];
        if (counts == NULL || hist->bytes[page] < sizeof *counts)
            continue;
        const uint8_t bytes = bytes_needed(counts);
        if (bytes == sizeof *counts)
            continue;
        hist->pages[page] = packed_new(counts, bytes);
        hist->bytes[page] = bytes;
        free(counts);
    }
}

/* Ifs, as compilers take them out of a loop. */
static inline uint64_t count_at(const void *counts, unsigned bytes, unsigned slot)
{
    if (bytes == 1)
        return ((const uint8_t *)counts)[slot];
    if (bytes == 2)
        return ((const uint16_t *)counts)[slot];
    if (bytes == 4)
        return ((const uint32_t *)counts)[slot];
    return ((const uint64_t *)counts)[slot];
}

uint64_t hr_hist_count(const struct hr_hist *hist, unsigned page, unsigned slot)
{
    return hist->pages[page] == NULL ? 0 : count_at(hist->pages[page], hist->bytes[page], slot);
}

static void add_page(uint64_t *restrict sums, const void *restrict counts, unsigned bytes)
{
    for (unsigned slot = 0; slot < HR_HIST_SIZE; slot++)
        sums[slot] += count_at(counts, bytes, slot);
}

void hr_hist_merge(struct hr_hist *into, const struct hr_hist *from)
{
    for (unsigned page = 0; page < HR_HIST_PAGES; page++) {
        if (from->pages[page] == NULL)
            continue;
        uint64_t *sums = into->pages[page];
        if (sums == NULL)
            sums = hr_hist_page_new(into, page);
        HR_DASSERT(into->bytes[page] == sizeof *sums);
        add_page(sums, from->pages[page], from->bytes[page]);
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

/* Values in the buckets of a page before `end`. */
static uint64_t count_before(const struct hr_hist *hist, unsigned page, unsigned end)
{
    const void *counts = hist->pages[page];
    const unsigned bytes = hist->bytes[page];
    uint64_t n = 0;
    for (unsigned slot = 0; slot < end && counts != NULL; slot++)
        n += count_at(counts, bytes, slot);
    return n;
}

/* The rank-th smallest value (from 1), which lies in this page as its `rank`-th. The values of a
 * bucket are taken to lie in the middles of equal parts of it. */
static double value_in_page(const struct hr_hist *hist, unsigned page, uint64_t rank)
{
    unsigned slot = 0;
    while (rank > hr_hist_count(hist, page, slot))
        rank -= hr_hist_count(hist, page, slot++);
    const double last = ldexp(1, (int)page_shift(page)) - 1; /* largest offset in the bucket */
    return (double)hr_hist_edge(page, slot) +
           last * ((double)rank - 0.5) / (double)hr_hist_count(hist, page, slot);
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

/* How far a search for ranks in rising order has come. */
struct search {
    unsigned page;
    uint64_t before, in_page; /* values before the page, and in it */
};

static double value_of_rank(const struct hr_hist *hist, uint64_t rank, struct search *search)
{
    if (rank == 1)
        return (double)hist->min;
    if (rank == hist->n)
        return (double)hist->max;
    while (rank > search->before + search->in_page) {
        search->before += search->in_page;
        search->in_page = count_before(hist, ++search->page, HR_HIST_SIZE);
        HR_DASSERT(search->page < HR_HIST_PAGES);
    }
    const double value = value_in_page(hist, search->page, rank - search->before);
    return fmin(fmax(value, (double)hist->min), (double)hist->max);
}

void hr_hist_quantiles(const struct hr_hist *hist, size_t n, const double p[], double values[])
{
    struct search search = { .in_page = count_before(hist, 0, HR_HIST_SIZE) };
    for (size_t i = 0; i < n; i++)
        values[i] =
            hist->n == 0 ? (double)NAN : value_of_rank(hist, rank_of(p[i], hist->n), &search);
}

double hr_hist_quantile(const struct hr_hist *hist, double p)
{
    double value;
    hr_hist_quantiles(hist, 1, &p, &value);
    return value;
}

double hr_hist_count_below(const struct hr_hist *hist, double x)
{
    if (hist->n == 0 || !(x >= (double)hist->min))
        return 0;
    if (x >= (double)hist->max)
        return (double)hist->n;
    const int64_t value = (int64_t)x;
    const unsigned page = hr_hist_page(value), slot = hr_hist_slot(value);
    uint64_t below = count_before(hist, page, slot);
    for (unsigned i = 0; i < page; i++)
        below += count_before(hist, i, HR_HIST_SIZE);
    const double width = ldexp(1, (int)page_shift(page));
    const double inside = (double)(value - hr_hist_edge(page, slot)) + 1;
    return (double)below + (double)hr_hist_count(hist, page, slot) * (inside / width);
}
