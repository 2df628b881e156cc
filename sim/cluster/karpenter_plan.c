/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where pods go, and on which new nodes (Karpenter: controllers/provisioning/scheduling): the
 * largest first, each on the first node that takes it, there or planned; else a planned node is
 * made one of a dearer pool on which all of its pods fit, too; else another is planned. So a
 * planned node is always of the cheapest pool that takes its pods.
 */
#include "cluster/karpenter.h"

#include "base/mem.h"
#include "base/minmax.h"

#include <stdlib.h>
#include <string.h>

void hr_karpenter_plan_begin(struct hr_cluster *cluster, size_t max, double usd_max)
{
    struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    karpenter->n_planned = 0;
    karpenter->planned_max = max;
    karpenter->usd_max = usd_max;
    memset(karpenter->by_shape, 0,
           hr_placement_shapes(cluster->placement) * sizeof *karpenter->by_shape);
    memset(karpenter->grown, 0,
           hr_placement_templates(cluster->placement) * sizeof *karpenter->grown);
}

static int64_t room_of(const struct hr_cluster *cluster, uint32_t p)
{
    const struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    const struct hr_pool *pool = &cluster->pools[p];
    int64_t room = hr_pool_nodes_max(cluster, p) - pool->target;
    for (uint32_t z = 0; z < pool->n_zones; z++)
        room -= karpenter->by_shape[pool->first_shape + z];
    return room;
}

/* All pods of the old node (HR_NODE_NONE: none) go to the new one. */
static bool move_all(struct hr_cluster *cluster, uint32_t from, uint32_t to)
{
    struct hr_trial *trial = &cluster->node_autoscaler->trial;
    if (from == HR_NODE_NONE)
        return true;
    hr_trial_close(trial, from);
    for (uint32_t pod = trial->books.nodes[from].first_pod, next; pod != HR_POD_NONE; pod = next) {
        next = trial->books.pods[pod].next;
        hr_trial_lift(trial, pod);
        if (!hr_trial_place_on(trial, pod, hr_pod_template_of(cluster, pod), to))
            return false;
    }
    return true;
}

/* Makes the planned node one of the pool, in whichever zone takes all, and puts the pod on it. */
static bool make_of(struct hr_cluster *cluster, struct hr_planned_node *planned, uint32_t rank,
                    uint32_t pod)
{
    struct hr_trial *trial = &cluster->node_autoscaler->trial;
    struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    const uint32_t p = karpenter->by_price[rank];
    const struct hr_pool *pool = &cluster->pools[p];
    if (pool->spec->usd_per_node_hour >= karpenter->usd_max || room_of(cluster, p) <= 0)
        return false;
    const uint32_t first = hr_pool_zone(cluster, p, &karpenter->by_shape[pool->first_shape]);
    if (first == HR_ZONE_NONE)
        return false; /* the cloud has just said that it has none */
    for (uint32_t z = 0; z < pool->n_zones; z++) {
        const uint32_t zone = (first + z) % pool->n_zones;
        const size_t mark = hr_trial_mark(trial);
        const uint32_t node = hr_trial_add_node(trial, pool->first_shape + zone);
        if (move_all(cluster, planned->node, node) &&
            hr_trial_place_on(trial, pod, hr_pod_template_of(cluster, pod), node)) {
            *planned = (struct hr_planned_node){ node, rank, zone };
            karpenter->by_shape[pool->first_shape + zone]++;
            return true;
        }
        hr_trial_undo(trial, mark);
    }
    return false;
}

/* Cheaper pools have refused its pods before. */
static bool grow(struct hr_cluster *cluster, struct hr_planned_node *planned, uint32_t pod)
{
    struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    const uint32_t shape =
        cluster->pools[karpenter->by_price[planned->rank]].first_shape + planned->zone;
    for (uint32_t rank = planned->rank + 1; rank < cluster->config.n_pools; rank++) {
        if (make_of(cluster, planned, rank, pod)) {
            karpenter->by_shape[shape]--;
            return true;
        }
    }
    return false;
}

static bool plan_another(struct hr_cluster *cluster, uint32_t pod)
{
    struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    struct hr_planned_node planned = { .node = HR_NODE_NONE };
    if (karpenter->n_planned == karpenter->planned_max)
        return false;
    for (uint32_t rank = 0; rank < cluster->config.n_pools; rank++) {
        if (!make_of(cluster, &planned, rank, pod))
            continue;
        if (karpenter->n_planned == karpenter->planned_capacity) {
            karpenter->planned_capacity = 2 * karpenter->planned_capacity + 16;
            karpenter->planned = hr_realloc(karpenter->planned, karpenter->planned_capacity,
                                            sizeof *karpenter->planned);
        }
        karpenter->planned[karpenter->n_planned++] = planned;
        return true;
    }
    return false;
}

static bool place(struct hr_cluster *cluster, uint32_t pod)
{
    struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    const uint32_t template = hr_pod_template_of(cluster, pod);
    if (hr_trial_place(&cluster->node_autoscaler->trial, pod, template) != HR_NODE_NONE)
        return true;
    for (size_t *i = &karpenter->grown[template]; *i < karpenter->n_planned; ++*i) {
        if (grow(cluster, &karpenter->planned[*i], pod))
            return true;
    }
    return plan_another(cluster, pod);
}

/* ---- the order of pods ---- */

struct sized {
    int64_t cpu, memory;
    hr_time created;
    uint32_t pod;
};

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_size(const void *a, const void *b)
{
    const struct sized *x = a, *y = b;
    if (x->cpu != y->cpu)
        return compare(y->cpu, x->cpu);
    if (x->memory != y->memory)
        return compare(y->memory, x->memory);
    return x->created != y->created ? compare(x->created, y->created) : compare(x->pod, y->pod);
}

static void sort(const struct hr_cluster *cluster, uint32_t *pods, size_t n)
{
    struct sized *sorted = HR_NEW_ARRAY(struct sized, n);
    for (size_t i = 0; i < n; i++) {
        const int64_t *requests =
            hr_placement_template(cluster->placement, hr_pod_template_of(cluster, pods[i]))
                ->requests;
        sorted[i] = (struct sized){ requests[HR_RESOURCE_CPU], requests[HR_RESOURCE_MEMORY],
                                    cluster->pods[pods[i]].created, pods[i] };
    }
    if (n > 1)
        qsort(sorted, n, sizeof *sorted, by_size);
    for (size_t i = 0; i < n; i++)
        pods[i] = sorted[i].pod;
    free(sorted);
}

void hr_karpenter_plan(struct hr_cluster *cluster, uint32_t *pods, size_t n, bool *placed)
{
    sort(cluster, pods, n);
    for (size_t i = 0; i < n; i++)
        placed[i] = place(cluster, pods[i]);
}

uint32_t hr_karpenter_launch(struct hr_cluster *cluster, const struct hr_planned_node *planned)
{
    const uint32_t p = cluster->node_autoscaler->karpenter->by_price[planned->rank];
    const uint32_t node = hr_provision_in(cluster, p, planned->zone);
    if (node == HR_NODE_NONE)
        return node;
    cluster->pools[p].target++;
    hr_pool_touch(cluster, p);
    hr_note(cluster, "Launched", HR_SET_NONE, HR_POD_NONE, node, "NodeClaim is launched");
    return node;
}
