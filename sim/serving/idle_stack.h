/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The idle replicas of a deployment whose requests wait in one queue and are served one at a time
 * by each replica. The one that fell idle last serves first: it is any of them as good, and still
 * in the cache.
 */
#ifndef SERVING_IDLE_STACK_H
#define SERVING_IDLE_STACK_H

#include <stdint.h>

struct hr_idle_stack {
    uint32_t *replicas; /* room for all, the owner's */
    uint32_t n;
};

static inline void hr_idle_stack_push(struct hr_idle_stack *idle, uint32_t replica)
{
    idle->replicas[idle->n++] = replica;
}

/* n > 0. */
static inline uint32_t hr_idle_stack_pop(struct hr_idle_stack *idle)
{
    return idle->replicas[--idle->n];
}

/* Takes a replica out, if it is idle. O(n). */
static inline void hr_idle_stack_remove(struct hr_idle_stack *idle, uint32_t replica)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < idle->n; i++) {
        if (idle->replicas[i] != replica)
            idle->replicas[kept++] = idle->replicas[i];
    }
    idle->n = kept;
}

#endif
