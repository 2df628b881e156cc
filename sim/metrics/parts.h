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
    struct hr_parts_row *rows; /* HR_PARTS_ROWS; owned */
};

void hr_parts_init(struct hr_parts *parts);
void hr_parts_fini(struct hr_parts *parts);

/* Records the parts of a latency, which sum to it, in its row: hr_log_bucket at HR_PARTS_BITS. Most
 * requests have but two parts. */
static inline void hr_parts_record(struct hr_parts *parts, unsigned row,
                                   const hr_time part[HR_PARTS])
{
    struct hr_parts_row *sums = &parts->rows[row];
    sums->n++;
    for (int i = 0; i < HR_PARTS; i++) {
        if (part[i] != 0)
            sums->sum_ns[i] += (uint64_t)part[i];
    }
}

/* Adds up the rows from `row` on. */
struct hr_parts_row hr_parts_total(const struct hr_parts *parts, unsigned row);

#endif
