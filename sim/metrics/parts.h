/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Latency by parts (network, queue, cold start, execution, retry): exact sums of nanoseconds, kept
 * by classes of latency of 1/8 octave (log_bucket.h), so that the mean over the slowest requests
 * can be given once it is known which those are.
 */
#ifndef METRICS_PARTS_H
#define METRICS_PARTS_H

#include "base/time.h"
#include "base/wide.h"
#include "stats/log_bucket.h"

#include <headroom/result.h>

#define HR_PARTS_BITS 3
#define HR_PARTS_ROWS (HR_LOG_PAGES(HR_PARTS_BITS) << HR_PARTS_BITS)

struct hr_parts_row {
    uint64_t n;
    hr_uint128 sum_ns[HR_PARTS];
};

struct hr_parts {
    struct hr_parts_row *rows; /* n of them, from row `first` on; owned */
    unsigned first, n;
};

void hr_parts_init(struct hr_parts *parts); /* all HR_PARTS_ROWS */
void hr_parts_fini(struct hr_parts *parts);

/* Nothing is recorded any more: the empty rows at both ends go. */
void hr_parts_pack(struct hr_parts *parts);

/* Records the parts of a latency, which sum to it, in its row: hr_log_bucket at HR_PARTS_BITS. Most
 * requests queue and execute and no more. */
static inline void hr_parts_record(struct hr_parts *parts, unsigned row,
                                   const hr_time part[HR_PARTS])
{
    struct hr_parts_row *sums = &parts->rows[row];
    sums->n++;
    hr_wide_add(&sums->sum_ns[HR_PART_QUEUE], (uint64_t)part[HR_PART_QUEUE]);
    hr_wide_add(&sums->sum_ns[HR_PART_EXECUTION], (uint64_t)part[HR_PART_EXECUTION]);
    if (__builtin_expect(
            (part[HR_PART_NETWORK] | part[HR_PART_COLD_START] | part[HR_PART_RETRY]) == 0, 1))
        return;
    hr_wide_add(&sums->sum_ns[HR_PART_NETWORK], (uint64_t)part[HR_PART_NETWORK]);
    hr_wide_add(&sums->sum_ns[HR_PART_COLD_START], (uint64_t)part[HR_PART_COLD_START]);
    hr_wide_add(&sums->sum_ns[HR_PART_RETRY], (uint64_t)part[HR_PART_RETRY]);
}

/* Adds up the rows [from, to). */
struct hr_parts_row hr_parts_between(const struct hr_parts *parts, unsigned from, unsigned to);

/* Adds up the rows from `row` on. */
static inline struct hr_parts_row hr_parts_total(const struct hr_parts *parts, unsigned row)
{
    return hr_parts_between(parts, row, HR_PARTS_ROWS);
}

#endif
