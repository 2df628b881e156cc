/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One scheduling cycle: what the scheduler's own files share. */
#ifndef CLUSTER_SCHEDULER_CYCLE_H
#define CLUSTER_SCHEDULER_CYCLE_H

#include "cluster/placement_rules.h"
#include "cluster/scheduler.h"

/* Pods of the owner in one zone, over the nodes that count for the purpose. */
struct hr_zone_count {
    int64_t live, all;
    bool counts; /* it is a domain */
};

/* A pod that might be evicted. */
struct hr_victim {
    uint32_t pod;
    int64_t priority;
    hr_time start;
    bool violating;
};

struct hr_scheduler_scratch {
    struct hr_zone_count *zones; /* by zone; the last stands for none */
    uint32_t zones_capacity;
    uint32_t *feasible; /* up to one a node */
    int64_t *scores, *raw;
    uint32_t nodes_capacity;
    struct hr_victim *victims; /* of the node at hand */
    uint32_t victims_capacity;
    uint32_t *kept; /* victims of the candidates so far, one after the other */
    uint32_t n_kept, kept_capacity;
    int64_t *evicted; /* by owner */
    uint32_t owners_capacity;
};

struct hr_cycle {
    const struct hr_template_rules *rules;
    uint32_t pod;
    const struct hr_owner_count *counts; /* pods of the owner, by node */
    int64_t fewest[HR_TOPOLOGIES];       /* in a domain of the hard constraint of that topology */
};

/* Begins a cycle; recounts what the filters need of topology after pods came or went. */
struct hr_cycle hr_cycle_begin(struct hr_scheduler *scheduler, uint32_t pod, uint32_t pod_template);
void hr_cycle_recount(struct hr_scheduler *scheduler, struct hr_cycle *cycle);

/* Set of the reasons (bits HR_REFUSED_...) why the node is refused; 0: it passes. Room that pods of
 * no lower priority were nominated for counts as taken. */
uint32_t hr_cycle_refuse(struct hr_scheduler *scheduler, struct hr_cycle *cycle, uint32_t node);

/* Adds the reasons of a node to the counts. */
void hr_cycle_count(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                    uint32_t node, uint32_t reasons, struct hr_refusals *refusals);

/* Total scores of n nodes that passed. */
void hr_cycle_score(struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                    const uint32_t *nodes, uint32_t n, int64_t *scores);

/* Brings `order` up to date. */
void hr_cycle_order(struct hr_scheduler *scheduler);

/* The books alone: a pod is added to those of its node (with the devices it has) or taken out. */
void hr_books_add(struct hr_scheduler *scheduler, uint32_t pod, uint32_t node);
void hr_books_remove(struct hr_scheduler *scheduler, uint32_t pod);

/* Devices for a request on a node (bits): those that are least use to others, as far as they are
 * there. */
uint32_t hr_books_devices(const struct hr_node_state *node, int64_t request);

bool hr_books_has_image(const struct hr_scheduler *scheduler, uint32_t node, uint32_t image);

/* Room for the counts of owners below `n`. */
void hr_books_reserve_owners(struct hr_scheduler *scheduler, uint32_t n);

/* Where a shape's zone stands in the scratch; the last place is that of no zone. */
static inline uint32_t hr_zone_place(const struct hr_placement *placement, uint32_t shape)
{
    const uint32_t zone = placement->shapes[shape].zone;
    return zone == HR_ZONE_NONE ? placement->n_zones : zone;
}

static inline const struct hr_template_rules *hr_rules_of(const struct hr_scheduler *scheduler,
                                                          uint32_t pod)
{
    return &scheduler->placement->templates[scheduler->pods[pod].pod_template];
}

#endif
