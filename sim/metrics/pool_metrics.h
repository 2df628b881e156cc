/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is measured of one node pool in one replication. Integers only, but for executed work:
 * adding up in any order gives the same bits. */
#ifndef METRICS_POOL_METRICS_H
#define METRICS_POOL_METRICS_H

#include "metrics/wide_level.h"

#include <stdbool.h>
#include <stddef.h>

enum hr_pool_level {
    HR_POOL_NODES,         /* that exist: they are paid for */
    HR_POOL_READY,         /* nodes that are Ready */
    HR_POOL_EMPTY,         /* nodes that exist without pods */
    HR_POOL_CPU_REQUESTED, /* by the pods on them: thousandths of a core, bytes, ... */
    HR_POOL_MEMORY_REQUESTED,
    HR_POOL_GPU_REQUESTED, /* ... thousandths of a device, or slices where MIG cuts them */
    HR_POOL_LEVELS
};

enum hr_pool_count {
    HR_POOL_PROVISIONED,
    HR_POOL_PROVISION_FAILED,
    HR_POOL_LOST,        /* failed, or gone with their zone */
    HR_POOL_REMOVED,     /* by somebody's decision */
    HR_POOL_INTERRUPTED, /* spot nodes taken back */
    HR_POOL_COUNTS
};

struct hr_pool_metrics {
    uint64_t price; /* of a node, nano-USD an hour */
    bool open;      /* the window is */
    struct hr_wide_level levels[HR_POOL_LEVELS];
    struct hr_wide_area areas[HR_POOL_LEVELS]; /* over the window */
    uint64_t nodes_min, nodes_max;
    uint64_t counts[HR_POOL_COUNTS]; /* in the window */
    /* Of nodes that went in the window: time billed beyond their life, by whole multiples and by
     * the minimum. Nobody's: their price counts as idle. */
    hr_uint128 rounded_ns;
};

/* What the pods of one deployment do on the nodes of one pool, over the window. */
struct hr_pool_use {
    hr_uint128 up_ns;   /* their containers are up: pods x ns */
    hr_uint128 busy_ns; /* slots that serve x ns */
    double executed_ns; /* work done, where CPU is shared or throttled */
};

/* `existing` and `ready` more nodes (fewer: negative). */
static inline void hr_pool_nodes(struct hr_pool_metrics *pool, hr_time now, int64_t existing,
                                 int64_t ready)
{
    hr_wide_level_add(&pool->levels[HR_POOL_NODES], now, existing);
    hr_wide_level_add(&pool->levels[HR_POOL_READY], now, ready);
    const uint64_t n = (uint64_t)pool->levels[HR_POOL_NODES].n;
    if (pool->open && n < pool->nodes_min)
        pool->nodes_min = n;
    if (pool->open && n > pool->nodes_max)
        pool->nodes_max = n;
}

static inline void hr_pool_add(struct hr_pool_metrics *pool, enum hr_pool_level level, hr_time now,
                               int64_t change)
{
    hr_wide_level_add(&pool->levels[level], now, change);
}

/* A node has gone, and is billed for so much longer than it was there. */
static inline void hr_pool_round_up(struct hr_pool_metrics *pool, hr_time longer)
{
    if (pool->open)
        pool->rounded_ns += (uint64_t)longer;
}

/* The window opens; `_collect` brings the areas up to now. */
static inline void hr_pool_open(struct hr_pool_metrics *pool, hr_time now)
{
    pool->open = true;
    pool->nodes_min = pool->nodes_max = (uint64_t)pool->levels[HR_POOL_NODES].n;
    for (size_t i = 0; i < HR_POOL_LEVELS; i++)
        hr_wide_area_open(&pool->areas[i], &pool->levels[i], now);
}

static inline void hr_pool_collect(struct hr_pool_metrics *pool, hr_time now)
{
    for (size_t i = 0; i < HR_POOL_LEVELS; i++)
        hr_wide_area_collect(&pool->areas[i], &pool->levels[i], now);
}

#endif
