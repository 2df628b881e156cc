/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the nodes that a pod may go to is best: Kubernetes' score plugins with their weights. */
#include "base/logexp.h"
#include "base/minmax.h"
#include "cluster/node_score.h"
#include "cluster/scheduler_cycle.h"

#include <math.h>
#include <string.h>

enum {
    SCORE_MAX = 100,
    WEIGHT_TAINTS = 3,
    WEIGHT_AFFINITY = 2,
    WEIGHT_SPREAD = 2,
    WEIGHT_APART = 2,
};

/* An image smaller than this gains nothing; one larger than that (for each image) no more. */
#define IMAGE_BYTES_MIN (INT64_C(23) << 20)
#define IMAGE_BYTES_MAX (INT64_C(1000) << 20)

/* CPU and memory count with the made-up requests, other resources for pods that ask for them. */
static int64_t strategy_score(const struct hr_placement *placement,
                              const struct hr_node_state *node,
                              const struct hr_template_rules *rules)
{
    struct hr_node_resource resources[HR_RESOURCES_MAX];
    size_t n = 0;
    for (int r = 0; r < HR_RESOURCES_MAX; r++) {
        const int64_t allocatable = node->allocatable[r], weight = placement->weights[r];
        int64_t used = node->used[r] + rules->pod.requests[r];
        if (r == HR_RESOURCE_CPU)
            used = node->scored_cpu + rules->scored_cpu;
        else if (r == HR_RESOURCE_MEMORY)
            used = node->scored_memory + rules->scored_memory;
        else if (rules->pod.requests[r] == 0)
            continue;
        if (allocatable > 0 && weight > 0)
            resources[n++] = (struct hr_node_resource){ allocatable, used, weight };
    }
    return placement->strategy == HR_MOST_ALLOCATED ? hr_node_score_most_allocated(resources, n)
                                                    : hr_node_score_least_allocated(resources, n);
}

static int64_t balance_score(const struct hr_node_state *node,
                             const struct hr_template_rules *rules)
{
    struct hr_node_resource resources[2];
    size_t n = 0;
    if (rules->n_requested == 0)
        return 0;
    for (int r = HR_RESOURCE_CPU; r <= HR_RESOURCE_MEMORY; r++) {
        if (node->allocatable[r] > 0)
            resources[n++] = (struct hr_node_resource){ node->allocatable[r],
                                                        node->used[r] + rules->pod.requests[r], 1 };
    }
    return hr_node_score_balanced(resources, n);
}

/* An image counts by the share of nodes that have it, lest pods crowd where it is rare. */
static int64_t image_score(const struct hr_scheduler *scheduler, uint32_t node,
                           const struct hr_template_rules *rules)
{
    int64_t sum = 0;
    const int64_t most = IMAGE_BYTES_MAX * (int64_t)rules->pod.n_images;
    for (size_t i = 0; i < rules->pod.n_images; i++) {
        const struct hr_pod_image *image = &rules->pod.images[i];
        if (!hr_books_has_image(scheduler, node, image->image))
            continue;
        const double share =
            (double)scheduler->image_counts[image->image] / (double)scheduler->n_present;
        sum += (int64_t)((double)image->bytes * share);
    }
    sum = hr_max(hr_min(sum, most), IMAGE_BYTES_MIN);
    return rules->pod.n_images == 0
               ? 0
               : SCORE_MAX * (sum - IMAGE_BYTES_MIN) / (most - IMAGE_BYTES_MIN);
}

static int64_t largest(const int64_t *raw, uint32_t n)
{
    int64_t max = 0;
    for (uint32_t i = 0; i < n; i++)
        max = hr_max(max, raw[i]);
    return max;
}

/* Fewer taints of effect prefer_no_schedule are better. */
static void add_taints(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                       const uint32_t *nodes, uint32_t n, int64_t *scores)
{
    int64_t *raw = scheduler->scratch->raw;
    const uint64_t disliked = scheduler->placement->soft_taints & ~cycle->rules->tolerated;
    for (uint32_t i = 0; i < n; i++)
        raw[i] = disliked ? __builtin_popcountll(scheduler->nodes[nodes[i]].taints & disliked) : 0;
    const int64_t max = largest(raw, n);
    for (uint32_t i = 0; i < n; i++)
        scores[i] += WEIGHT_TAINTS * (max > 0 ? SCORE_MAX - SCORE_MAX * raw[i] / max : SCORE_MAX);
}

static void add_affinity(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                         const uint32_t *nodes, uint32_t n, int64_t *scores)
{
    int64_t *raw = scheduler->scratch->raw;
    for (uint32_t i = 0; i < n; i++)
        raw[i] = cycle->rules->suits[scheduler->shapes[nodes[i]]];
    const int64_t max = largest(raw, n);
    for (uint32_t i = 0; i < n && max > 0; i++)
        scores[i] += WEIGHT_AFFINITY * (SCORE_MAX * raw[i] / max);
}

/* Counts the pods of the owner by zone, over zones that a node in question has. Returns the number
 * of these zones; nodes without a zone share one, if they take part. */
static int64_t count_zones(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                           const uint32_t *nodes, uint32_t n)
{
    const struct hr_placement *placement = scheduler->placement;
    const struct hr_template_rules *rules = cycle->rules;
    struct hr_zone_count *zones = scheduler->scratch->zones;
    const uint32_t places = placement->n_zones + (rules->soft_by_default ? 1 : 0);
    int64_t domains = 0;
    memset(zones, 0, (placement->n_zones + 1) * sizeof(zones[0]));
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t place = hr_zone_place(placement, scheduler->shapes[nodes[i]]);
        domains += place < places && !zones[place].counts;
        zones[place].counts = true;
    }
    for (uint32_t node = 0; node < scheduler->n_nodes; node++) {
        const uint32_t shape = scheduler->shapes[node];
        if (shape != HR_SHAPE_NONE && rules->suits[shape] >= 0)
            zones[hr_zone_place(placement, shape)].live += cycle->counts[node].live;
    }
    return domains;
}

/* What a constraint adds to a node's raw score, with `pods` in the node's domain. */
static double skew_cost(int64_t pods, int64_t max_skew, double weight)
{
    return (double)pods * weight + (double)(max_skew - 1);
}

/* Constraints of the pod's own leave out nodes without a topology that they ask for; default ones
 * then do not look at it. */
static bool takes_part(const struct hr_placement *placement, const struct hr_template_rules *rules,
                       uint32_t shape)
{
    return !rules->soft.by[HR_TOPOLOGY_ZONE] || rules->soft_by_default ||
           hr_zone_place(placement, shape) < placement->n_zones;
}

/* -1: the node is left out. */
static int64_t raw_spread(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                          uint32_t node, const double weights[HR_TOPOLOGIES])
{
    const struct hr_placement *placement = scheduler->placement;
    const struct hr_spread_rules *soft = &cycle->rules->soft;
    const uint32_t shape = scheduler->shapes[node], place = hr_zone_place(placement, shape);
    double cost = 0;
    if (!takes_part(placement, cycle->rules, shape))
        return -1;
    if (soft->by[HR_TOPOLOGY_ZONE] && place < placement->n_zones)
        cost += skew_cost(scheduler->scratch->zones[place].live, soft->max_skew[HR_TOPOLOGY_ZONE],
                          weights[HR_TOPOLOGY_ZONE]);
    if (soft->by[HR_TOPOLOGY_HOSTNAME])
        cost += skew_cost(cycle->counts[node].live, soft->max_skew[HR_TOPOLOGY_HOSTNAME],
                          weights[HR_TOPOLOGY_HOSTNAME]);
    return llround(cost);
}

/*
 * Soft constraints: fewer pods in the node's domains are better, and a difference counts the more
 * the more domains there are. Nodes that are left out score 0.
 */
static void add_spread(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                       const uint32_t *nodes, uint32_t n, int64_t *scores)
{
    const struct hr_template_rules *rules = cycle->rules;
    int64_t *raw = scheduler->scratch->raw, min = INT64_MAX, max = 0,
            domains[HR_TOPOLOGIES] = { 0 };
    if (rules->soft.by[HR_TOPOLOGY_ZONE])
        domains[HR_TOPOLOGY_ZONE] = count_zones(scheduler, cycle, nodes, n);
    for (uint32_t i = 0; i < n; i++)
        domains[HR_TOPOLOGY_HOSTNAME] +=
            takes_part(scheduler->placement, rules, scheduler->shapes[nodes[i]]);
    double weights[HR_TOPOLOGIES];
    for (int topology = 0; topology < HR_TOPOLOGIES; topology++)
        weights[topology] = hr_log((double)(domains[topology] + 2));
    for (uint32_t i = 0; i < n; i++) {
        raw[i] = raw_spread(scheduler, cycle, nodes[i], weights);
        min = raw[i] < 0 ? min : hr_min(min, raw[i]);
        max = hr_max(max, raw[i]);
    }
    for (uint32_t i = 0; i < n; i++) {
        const int64_t score = max > 0 ? SCORE_MAX * (max + min - raw[i]) / max : SCORE_MAX;
        scores[i] += raw[i] < 0 ? 0 : WEIGHT_SPREAD * score;
    }
}

/* Pods of the owner in the node's domains, terminating ones too: fewer are better. */
static void add_apart(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                      const uint32_t *nodes, uint32_t n, int64_t *scores)
{
    const struct hr_placement *placement = scheduler->placement;
    const int64_t *weights = cycle->rules->apart_weight;
    struct hr_zone_count *zones = scheduler->scratch->zones;
    int64_t *raw = scheduler->scratch->raw, min = INT64_MAX, max = INT64_MIN;
    memset(zones, 0, (placement->n_zones + 1) * sizeof(zones[0]));
    for (uint32_t node = 0; node < scheduler->n_nodes; node++) {
        if (scheduler->shapes[node] != HR_SHAPE_NONE)
            zones[hr_zone_place(placement, scheduler->shapes[node])].all += cycle->counts[node].all;
    }
    zones[placement->n_zones].all = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t place = hr_zone_place(placement, scheduler->shapes[nodes[i]]);
        raw[i] = -weights[HR_TOPOLOGY_ZONE] * zones[place].all -
                 weights[HR_TOPOLOGY_HOSTNAME] * cycle->counts[nodes[i]].all;
        min = hr_min(min, raw[i]);
        max = hr_max(max, raw[i]);
    }
    for (uint32_t i = 0; i < n && max > min; i++)
        scores[i] +=
            WEIGHT_APART * (int64_t)(SCORE_MAX * ((double)(raw[i] - min) / (double)(max - min)));
}

void hr_cycle_score(struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                    const uint32_t *nodes, uint32_t n, int64_t *scores)
{
    const struct hr_template_rules *rules = cycle->rules;
    for (uint32_t i = 0; i < n; i++) {
        const struct hr_node_state *node = &scheduler->nodes[nodes[i]];
        scores[i] = strategy_score(scheduler->placement, node, rules) + balance_score(node, rules) +
                    image_score(scheduler, nodes[i], rules);
    }
    add_taints(scheduler, cycle, nodes, n, scores);
    add_affinity(scheduler, cycle, nodes, n, scores);
    if (rules->spreads_soft)
        add_spread(scheduler, cycle, nodes, n, scores);
    if (rules->apart_weight[HR_TOPOLOGY_ZONE] > 0 || rules->apart_weight[HR_TOPOLOGY_HOSTNAME] > 0)
        add_apart(scheduler, cycle, nodes, n, scores);
}
