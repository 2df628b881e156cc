/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many replicas are ready: outages of a deployment, and what happens at each number of them. */
#ifndef METRICS_READY_H
#define METRICS_READY_H

#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

#define HR_READY_LEVELS_MAX (UINT16_MAX + 1u) /* what is above stands with the last */

/* Of the window, with so many replicas ready. */
struct hr_ready_level {
    uint64_t visits; /* times that the level was entered, or there when the window opened */
    hr_time time;
};

/* Requests of a workload that arrive in the window with so many replicas ready. */
struct hr_ready_requests {
    uint64_t arrived, unanswered;
    uint64_t failed; /* of the unanswered: lost with a replica, or none was ready */
};

struct hr_ready {
    struct hr_ready_level *levels; /* 0 .. n_levels - 1 ready; owned; NULL: not kept */
    uint32_t n_levels;
    uint32_t n, least; /* ready now; needed to be available */
    hr_time since;     /* of the present level, or the window's opening */
    bool open;         /* the window is */
    /* Outages of the window, cut off at its ends. */
    uint64_t outages;
    double outages_s2; /* sum of their squared lengths */
    hr_time out_since;
};

/* n replicas are ready. `levels`: keep what happens at each number of them. */
void hr_ready_init(struct hr_ready *ready, uint32_t n, int64_t least, bool levels);
void hr_ready_fini(struct hr_ready *ready);

/* From now on n are ready. */
void hr_ready_set(struct hr_ready *ready, hr_time now, uint32_t n);

/* The window opens; it closes. */
void hr_ready_open(struct hr_ready *ready, hr_time now);
void hr_ready_close(struct hr_ready *ready, hr_time now);

/* The level that n stands for, where levels are kept. */
static inline uint16_t hr_ready_index(const struct hr_ready *ready, uint32_t n)
{
    return (uint16_t)(n < ready->n_levels ? n : ready->n_levels - 1);
}

#endif
