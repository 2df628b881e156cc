/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who pays for a node: its price, what stands idle of it included, is split over its pods by the
 * largest share of a resource that each requests; that of an empty node is idle. In whole
 * billionths of USD an hour, so that the parts sum to the whole.
 */
#include "cluster/state.h"

/* The largest share of the node's resources that the pod requests; of pods that request nothing a
 * place among as many as the node takes. */
static double share_of(const struct hr_cluster *cluster, uint32_t node, uint32_t pod)
{
    const struct hr_node_state *state = &cluster->scheduler.nodes[node];
    const struct hr_pod_template *template = hr_placement_template(
        cluster->placement, cluster->sets[cluster->pods[pod].set].pod_template);
    double largest = 1.0 / state->pods_max;
    for (size_t r = 0; r < HR_RESOURCES_MAX; r++) {
        if (state->allocatable[r] <= 0)
            continue;
        const double share = (double)template->requests[r] / (double)state->allocatable[r];
        largest = share > largest ? share : largest;
    }
    return largest;
}

static void charge(struct hr_cluster *cluster, uint32_t i, int64_t nano)
{
    struct hr_pod *pod = &cluster->pods[i];
    cluster->sets[pod->set].usd_nano_per_hour += nano - pod->usd_nano_per_hour;
    pod->usd_nano_per_hour = nano;
}

void hr_node_split_price(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node *node = &cluster->nodes[n];
    struct hr_pool *pool = &cluster->pools[node->pool];
    const int64_t price = node->health.gone ? 0 : pool->node_nano_per_hour;
    double sum = 0;
    for (uint32_t i = hr_node_first_pod(cluster, n); i != HR_POD_NONE;
         i = hr_node_next_pod(cluster, i))
        sum += share_of(cluster, n, i);
    int64_t left = price;
    for (uint32_t i = hr_node_first_pod(cluster, n); i != HR_POD_NONE;) {
        const uint32_t next = hr_node_next_pod(cluster, i);
        const int64_t part = (int64_t)((double)price * share_of(cluster, n, i) / sum);
        charge(cluster, i, next == HR_POD_NONE ? left : part);
        left -= part;
        i = next;
    }
    const bool idle = sum <= 0;
    if (!node->health.gone)
        pool->empty += (idle ? 1u : 0) - (node->occupied ? 0 : 1u);
    node->occupied = !idle;
    node->pods_changed = cluster->engine->now;
    cluster->changed = true;
}

void hr_node_charge_requests(struct hr_cluster *cluster, uint32_t i, int64_t sign)
{
    const struct hr_pod *pod = &cluster->pods[i];
    struct hr_pool *pool = &cluster->pools[cluster->nodes[pod->node].pool];
    const struct hr_pod_template *template =
        hr_placement_template(cluster->placement, cluster->sets[pod->set].pod_template);
    for (size_t r = 0; r < HR_RESOURCES_MAX; r++)
        pool->requested[r] += sign * template->requests[r];
}

void hr_pod_pays_no_more(struct hr_cluster *cluster, uint32_t pod)
{
    charge(cluster, pod, 0);
}
