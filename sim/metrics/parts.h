/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Latency by parts (network, queue, cold start, execution, retry): exact sums of nanoseconds, kept
 * by classes of latency of 1/8 octave, so that the mean over the slowest requests can be given once
 * it is known which those are.
 */
#ifndef METRICS_PARTS_H
#define METRICS_PARTS_H

#include "base/time.h"
#include "base/wide.h"

#include <headroom/result.h>

#define HR_PARTS_BITS    3
#define HR_PARTS_CLASSES (1u << HR_PARTS_BITS)
#define HR_PARTS_ROWS    (62u << HR_PARTS_BITS)

struct hr_parts_row {
    uint64_t n;
    hr_uint128 sum_ns[HR_PARTS];
};

struct hr_parts {
    struct hr_parts_row *rows; /* HR_PARTS_ROWS; owned */
};

void hr_parts_init(struct hr_parts *parts);
void hr_parts_fini(struct hr_parts *parts);

/* The row of a latency: 8 equal classes in each octave from 8 ns on; below, one for each
 * nanosecond. */
static inline unsigned hr_parts_row(hr_time latency)
{
    const uint64_t value = (uint64_t)latency;
    const unsigned octave = 63u - (unsigned)__builtin_clzll(value | (HR_PARTS_CLASSES >> 1));
    const unsigned page = octave - (HR_PARTS_BITS - 1);
    const unsigned shift = page == 0 ? 0 : page - 1;
    return page << HR_PARTS_BITS | ((unsigned)(value >> shift) & (HR_PARTS_CLASSES - 1));
}

/* The smallest latency of a row. */
hr_time hr_parts_row_from(unsigned row);

/* Records a latency and its parts, which sum to it. */
static inline void hr_parts_record(struct hr_parts *parts, hr_time latency,
                                   const hr_time part[HR_PARTS])
{
    struct hr_parts_row *row = &parts->rows[hr_parts_row(latency)];
    row->n++;
    for (int i = 0; i < HR_PARTS; i++)
        row->sum_ns[i] += (uint64_t)part[i];
}

/* Adds up the rows from `row` on. */
struct hr_parts_row hr_parts_total(const struct hr_parts *parts, unsigned row);

#endif
