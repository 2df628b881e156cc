/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scale-down of the Cluster Autoscaler: nodes that are little used and whose pods have a place
 * elsewhere, one after the other on the same copy, are unneeded (core/scaledown/planner); how long
 * they must be, and how many go at once, is scale_down.h's to say.
 */
#include "cluster/node_autoscaler.h"

#include "base/mem.h"
#include "base/minmax.h"

#include <stdlib.h>

/* In the order in which nodes are looked at. */
enum rank { EMPTY, UNNEEDED_BEFORE, OTHER, RANKS, NO_CANDIDATE = RANKS };

/* Of what a node with GPUs has them alone count. */
static double utilization(const struct hr_node_state *node, bool *has_gpu)
{
    double gpu = 0, other = 0;
    *has_gpu = false;
    for (size_t r = 0; r < HR_RESOURCES_MAX; r++) {
        if (node->allocatable[r] <= 0)
            continue;
        const double share = (double)node->used[r] / (double)node->allocatable[r];
        double *largest = r >= HR_RESOURCE_GPU ? &gpu : &other;
        *largest = share > *largest ? share : *largest;
        *has_gpu |= r >= HR_RESOURCE_GPU;
    }
    return *has_gpu ? gpu : other;
}

static bool is_kept_for(const struct hr_cluster *cluster, uint32_t pod)
{
    const struct hr_node_autoscaler_spec *spec = cluster->node_autoscaler->spec;
    return hr_pod_is_moved(cluster, pod) &&
           hr_placement_priority(cluster->placement, hr_pod_template_of(cluster, pod)) >=
               spec->expendable_pods_priority_cutoff;
}

static bool is_empty(const struct hr_cluster *cluster, uint32_t node)
{
    uint32_t pod = hr_node_first_pod(cluster, node);
    while (pod != HR_POD_NONE && !is_kept_for(cluster, pod))
        pod = hr_node_next_pod(cluster, pod);
    return pod == HR_POD_NONE;
}

static bool was_unneeded(const struct hr_cluster_autoscaler *ca, uint32_t node)
{
    for (size_t i = 0; i < ca->n_unneeded; i++) {
        if (ca->unneeded[i].id == node)
            return true;
    }
    return false;
}

static enum rank rank_of(const struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_cluster_autoscaler *ca = cluster->node_autoscaler->ca;
    bool has_gpu;
    if (!hr_node_may_leave(&cluster->nodes[i]) || cluster->engine->now < ca->not_before[i])
        return NO_CANDIDATE;
    const double used = utilization(&cluster->scheduler.nodes[i], &has_gpu);
    if (!hr_scale_down_is_candidate(&ca->scale_down.config, used, has_gpu,
                                    hr_node_is_sound(cluster, i)))
        return NO_CANDIDATE;
    if (is_empty(cluster, i))
        return EMPTY;
    return was_unneeded(ca, i) ? UNNEEDED_BEFORE : OTHER;
}

/* Whether the budgets let the node's pods go, and others take them; if not nothing is changed. */
static bool can_go(struct hr_cluster *cluster, uint32_t node, int64_t *allowed)
{
    struct hr_trial *trial = &cluster->node_autoscaler->trial;
    const size_t mark = hr_trial_mark(trial);
    for (uint32_t i = trial->books.nodes[node].first_pod; i != HR_POD_NONE;
         i = trial->books.pods[i].next) {
        if (is_kept_for(cluster, i) && allowed[cluster->pods[i].set] < 1)
            return false;
    }
    hr_trial_close(trial, node);
    for (uint32_t i = trial->books.nodes[node].first_pod, next; i != HR_POD_NONE; i = next) {
        next = trial->books.pods[i].next;
        if (!is_kept_for(cluster, i))
            continue;
        hr_trial_lift(trial, i);
        if (hr_trial_place(trial, i, hr_pod_template_of(cluster, i)) == HR_NODE_NONE) {
            hr_trial_undo(trial, mark);
            return false;
        }
    }
    for (uint32_t i = hr_node_first_pod(cluster, node); i != HR_POD_NONE;
         i = hr_node_next_pod(cluster, i)) {
        int64_t *left = &allowed[cluster->pods[i].set];
        if (is_kept_for(cluster, i) && *left != INT64_MAX)
            *left = hr_max(*left - 1, 0);
    }
    return true;
}

/*
 * More than this many unneeded nodes are of no use (planner.go: unneededNodesLimit): those that go
 * at once, as many in reserve, and what was found before; and no more than can go before the
 * first of them is due.
 */
static size_t unneeded_max(const struct hr_cluster *cluster)
{
    const struct hr_node_autoscaler_spec *spec = cluster->node_autoscaler->spec;
    const size_t at_once = (size_t)spec->max_scale_down_parallelism;
    const hr_time unneeded = hr_max(spec->scale_down_unneeded_time, spec->scan_interval);
    const size_t now = cluster->node_autoscaler->ca->n_unneeded + 2 * at_once;
    const size_t ever = at_once * (size_t)(unneeded / spec->scan_interval) + at_once;
    return now < ever ? now : ever;
}

static void reserve(struct hr_cluster *cluster)
{
    struct hr_cluster_autoscaler *ca = cluster->node_autoscaler->ca;
    if (cluster->n_nodes <= ca->nodes_capacity)
        return;
    ca->not_before = hr_realloc(ca->not_before, cluster->nodes_capacity, sizeof *ca->not_before);
    for (uint32_t i = ca->nodes_capacity; i < cluster->nodes_capacity; i++)
        ca->not_before[i] = 0;
    ca->nodes_capacity = cluster->nodes_capacity;
    ca->unneeded = hr_realloc(ca->unneeded, ca->nodes_capacity, sizeof *ca->unneeded);
}

/* Looks at candidates of one rank. */
static void look_at(struct hr_cluster *cluster, const enum rank *ranks, enum rank rank, size_t most,
                    struct hr_unneeded_node *found, size_t *n, int64_t *allowed)
{
    struct hr_cluster_autoscaler *ca = cluster->node_autoscaler->ca;
    const hr_time again = hr_time_add(
        cluster->engine->now, cluster->node_autoscaler->spec->unremovable_node_recheck_timeout);
    for (uint32_t i = 0; i < cluster->n_nodes && *n < most; i++) {
        if (ranks[i] != rank)
            continue;
        if (can_go(cluster, i, allowed))
            found[(*n)++] = (struct hr_unneeded_node){ .id = i,
                                                       .group = cluster->nodes[i].pool,
                                                       .ready = hr_node_is_sound(cluster, i),
                                                       .empty = rank == EMPTY };
        else
            ca->not_before[i] = again;
    }
}

static void find_unneeded(struct hr_cluster *cluster)
{
    struct hr_cluster_autoscaler *ca = cluster->node_autoscaler->ca;
    const size_t most = unneeded_max(cluster);
    enum rank *ranks = HR_NEW_ARRAY(enum rank, cluster->n_nodes);
    int64_t *allowed = HR_NEW_ARRAY(int64_t, cluster->config.n_sets);
    struct hr_unneeded_node *found = HR_NEW_ARRAY(struct hr_unneeded_node, cluster->n_nodes);
    size_t n = 0;
    for (uint32_t i = 0; i < cluster->n_nodes; i++)
        ranks[i] = rank_of(cluster, i);
    for (uint32_t s = 0; s < cluster->config.n_sets; s++)
        allowed[s] = hr_set_disruptions_allowed(cluster, s);
    for (enum rank rank = 0; rank < RANKS; rank++)
        look_at(cluster, ranks, rank, most, found, &n, allowed);
    ca->look_again = HR_TIME_NEVER;
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        if (ca->not_before[i] > cluster->engine->now)
            ca->look_again = hr_min(ca->look_again, ca->not_before[i]);
    }
    for (size_t i = 0; i < n; i++)
        ca->unneeded[i] = found[i];
    ca->n_unneeded = n;
    free(found);
    free(allowed);
    free(ranks);
}

/* The cluster as it will be when the pods that have a place are on it. */
static void look(struct hr_cluster *cluster)
{
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    hr_node_autoscaler_look(cluster);
    for (size_t i = 0; i < autoscaler->n_pending; i++)
        hr_trial_place(&autoscaler->trial, autoscaler->pending[i],
                       hr_pod_template_of(cluster, autoscaler->pending[i]));
    hr_node_autoscaler_close_upcoming(cluster);
}

static void remove_node(struct hr_cluster *cluster, const struct hr_unneeded_node *node)
{
    struct hr_cluster_autoscaler *ca = cluster->node_autoscaler->ca;
    bool has_gpu;
    if (node->empty)
        hr_note(cluster, "ScaleDownEmpty", HR_SET_NONE, HR_POD_NONE, node->id,
                "Scale-down: removing empty node");
    else
        hr_note(cluster, "ScaleDown", HR_SET_NONE, HR_POD_NONE, node->id,
                "Scale-down: removing node, utilization: %.3g, pods to reschedule: %u",
                utilization(&cluster->scheduler.nodes[node->id], &has_gpu),
                (unsigned)cluster->scheduler.nodes[node->id].n_pods);
    hr_scale_down_deleted(&ca->scale_down, cluster->engine->now);
    hr_removal_begin(cluster, node->id, HR_NODE_NONE);
}

void hr_cluster_autoscaler_down(struct hr_cluster *cluster)
{
    struct hr_cluster_autoscaler *ca = cluster->node_autoscaler->ca;
    const hr_time now = cluster->engine->now;
    reserve(cluster);
    if (ca->seen != cluster->turns || now >= ca->look_again) {
        look(cluster);
        find_unneeded(cluster);
        ca->seen = cluster->turns;
    }
    int64_t *spare = HR_NEW_ARRAY(int64_t, cluster->config.n_pools);
    size_t *picks = HR_NEW_ARRAY(size_t, ca->n_unneeded);
    size_t deleting = 0, draining = 0;
    for (uint32_t p = 0; p < cluster->config.n_pools; p++)
        spare[p] = cluster->pools[p].target - hr_pool_nodes_min(cluster, p);
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        const bool going = cluster->nodes[i].stage == HR_NODE_GOING;
        deleting += going;
        draining += going && cluster->nodes[i].removal.drains;
    }
    const size_t n = hr_scale_down_loop(&ca->scale_down, now, ca->unneeded, ca->n_unneeded,
                                        deleting, draining, spare, picks);
    for (size_t i = 0; i < n; i++)
        remove_node(cluster, &ca->unneeded[picks[i]]);
    free(picks);
    free(spare);
}
