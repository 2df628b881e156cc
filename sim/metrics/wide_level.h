/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A level as in level.h whose integral does not fit 64 bits: money in nano-USD an hour, bytes of a
 * cluster. In arithmetic modulo 2^128, so that nothing need be collected in between.
 */
#ifndef METRICS_WIDE_LEVEL_H
#define METRICS_WIDE_LEVEL_H

#include "base/time.h"
#include "base/wide.h"

struct hr_wide_level {
    hr_uint128 n;
    hr_uint128 base;
};

static inline void hr_wide_level_add(struct hr_wide_level *level, hr_time now, int64_t change)
{
    /* Sign extension makes the two's complement of a fall. */
    const hr_uint128 wide = (hr_uint128)change;
    level->n += wide;
    level->base -= wide * (uint64_t)now;
}

/* Integral of the level from time 0 to now, in level x ns. */
static inline hr_uint128 hr_wide_level_area(const struct hr_wide_level *level, hr_time now)
{
    return level->base + level->n * (uint64_t)now;
}

/* The integral over a window, up to the last collection. */
struct hr_wide_area {
    hr_uint128 total;
    hr_uint128 mark;
};

static inline void hr_wide_area_open(struct hr_wide_area *area, const struct hr_wide_level *level,
                                     hr_time now)
{
    area->total = 0;
    area->mark = hr_wide_level_area(level, now);
}

/* Adds what came since the last collection and returns it. */
static inline hr_uint128 hr_wide_area_collect(struct hr_wide_area *area,
                                              const struct hr_wide_level *level, hr_time now)
{
    const hr_uint128 at = hr_wide_level_area(level, now);
    const hr_uint128 since = at - area->mark;
    area->total += since;
    area->mark = at;
    return since;
}

#endif
