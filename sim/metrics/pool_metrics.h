/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is measured of one node pool in one replication, and who pays for its nodes. Integers only:
 * adding up in any order gives the same bits.
 *
 * Whoever runs the nodes says at every change what has changed: hr_pool_nodes() when a node comes,
 * goes, becomes ready or not; hr_pool_add() for what pods ask for, when one is bound and when it is
 * gone; hr_pool_price() for a node that comes (on, without pods) and goes (off), and around every
 * change of the pods on it: off with those before, on with those after.
 */
#ifndef METRICS_POOL_METRICS_H
#define METRICS_POOL_METRICS_H

#include "metrics/deployment_metrics.h"
#include "metrics/wide_level.h"

#include <stddef.h>

enum hr_pool_level {
    HR_POOL_NODES,         /* that exist: they are paid for */
    HR_POOL_READY,         /* nodes that are Ready */
    HR_POOL_EMPTY,         /* nodes that exist without pods */
    HR_POOL_CPU_REQUESTED, /* by the pods on them: thousandths of a core, bytes, ... */
    HR_POOL_MEMORY_REQUESTED,
    HR_POOL_GPU_REQUESTED, /* ... thousandths of a device, of a slice those that it is */
    HR_POOL_COST_OTHER,    /* nano-USD an hour: share of pods of no deployment, such as jobs */
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

/* A pod on a node, by the share of the node that it asks for. */
struct hr_priced_pod {
    struct hr_deployment_metrics *deployment; /* NULL: of none, such as a job's */
    uint64_t weight;                          /* hr_price_weight() */
};

/* What the pods of one deployment do on the nodes of one pool, over the window. */
struct hr_pool_use {
    hr_uint128 up_ns;   /* their containers are up: pods x ns */
    hr_uint128 busy_ns; /* slots that serve x ns */
    double executed_ns; /* work done, where CPU is shared or throttled */
};

/* Nearest nano-USD. */
static inline uint64_t hr_nano_usd(double usd)
{
    return (uint64_t)(usd * 1e9 + 0.5);
}

/* The largest share of the node that the pod asks for of any resource, in parts of 2^30; at least
 * one part, so that pods that ask for nothing share alike. */
static inline uint64_t hr_price_weight(const int64_t *requests, const int64_t *allocatable,
                                       size_t n)
{
    uint64_t largest = 1;
    for (size_t i = 0; i < n; i++) {
        if (requests[i] <= 0 || allocatable[i] <= 0)
            continue;
        const hr_uint128 parts =
            ((hr_uint128)(uint64_t)requests[i] << 30) / (uint64_t)allocatable[i];
        if (parts > largest)
            largest = (uint64_t)parts;
    }
    return largest;
}

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

static inline void hr_pool_count(struct hr_pool_metrics *pool, enum hr_pool_count what)
{
    pool->counts[what] += pool->open;
}

/* A node has gone, and is billed for so much longer than it was there. */
static inline void hr_pool_round_up(struct hr_pool_metrics *pool, hr_time longer)
{
    if (pool->open)
        pool->rounded_ns += (uint64_t)longer;
}

/*
 * From now on (`on`), or no longer, the price of one node of the pool goes to the n pods on it, by
 * weight; without pods it is idle. Shares are rounded so that they sum to the price exactly: pods
 * stand in the same order when it ends as when it began.
 */
static inline void hr_pool_price(struct hr_pool_metrics *pool, hr_time now,
                                 const struct hr_priced_pod *pods, size_t n, bool on)
{
    const int64_t sign = on ? 1 : -1;
    hr_uint128 all = 0, sum = 0;
    if (n == 0)
        hr_pool_add(pool, HR_POOL_EMPTY, now, sign);
    for (size_t i = 0; i < n; i++)
        all += pods[i].weight;
    for (size_t i = 0; i < n; i++) {
        const uint64_t before = (uint64_t)(sum * pool->price / all);
        sum += pods[i].weight;
        const uint64_t share = (uint64_t)(sum * pool->price / all) - before;
        if (pods[i].deployment == NULL)
            hr_pool_add(pool, HR_POOL_COST_OTHER, now, sign * (int64_t)share);
        else
            hr_wide_level_add(&pods[i].deployment->cost, now, sign * (int64_t)share);
    }
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
