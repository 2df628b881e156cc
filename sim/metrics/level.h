/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time-weighted integers (number in system, busy slots): exact integrals in nanoseconds.
 *
 * With n(t) the level, its integral up to t is base + n t in arithmetic modulo 2^64, if every
 * change by d at time s subtracts d s from base: one addition a change. A difference of two such
 * areas is exact while the true one is below 2^64, which struct hr_area keeps small by collecting
 * at every tick into 128 bits.
 */
#ifndef METRICS_LEVEL_H
#define METRICS_LEVEL_H

#include "base/time.h"
#include "base/wide.h"

struct hr_level {
    uint64_t n;
    uint64_t base;
};

static inline void hr_level_add(struct hr_level *level, hr_time now, int64_t change)
{
    level->n += (uint64_t)change;
    level->base -= (uint64_t)change * (uint64_t)now;
}

static inline void hr_level_set(struct hr_level *level, hr_time now, uint64_t n)
{
    hr_level_add(level, now, (int64_t)(n - level->n));
}

/* Integral of the level from time 0 to now, modulo 2^64. */
static inline uint64_t hr_level_area(const struct hr_level *level, hr_time now)
{
    return level->base + level->n * (uint64_t)now;
}

/* The integral over a window, and over the part since the last collection. */
struct hr_area {
    hr_uint128 total;
    uint64_t mark;
};

static inline void hr_area_open(struct hr_area *area, const struct hr_level *level, hr_time now)
{
    area->total = 0;
    area->mark = hr_level_area(level, now);
}

/* Adds what came since the last collection and returns it, in level x ns. */
static inline uint64_t hr_area_collect(struct hr_area *area, const struct hr_level *level,
                                       hr_time now)
{
    const uint64_t at = hr_level_area(level, now);
    const uint64_t since = at - area->mark;
    area->total += since;
    area->mark = at;
    return since;
}

#endif
