/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Evictions: those that respect PodDisruptionBudgets (pkg/registry/core/pod/rest/eviction.go and
 * pkg/controller/disruption, 1.28), and the drain of a node, which tries them every 5 s as kubectl
 * does until no pod is left.
 */
#include "cluster/state.h"

#include "base/minmax.h"

#include <math.h>

#define DRAIN_RETRY (5 * HR_NS_PER_S)

/* A number of pods, or the share of `expected` ones, rounded up. */
static int64_t pods_of(const struct hr_measure *measure, int64_t expected)
{
    if (measure->unit == HR_UNIT_SHARE)
        return (int64_t)ceil(measure->value * (double)expected - 1e-9);
    return (int64_t)measure->value;
}

static int64_t desired_healthy(const struct hr_set *set)
{
    const struct hr_budget_spec *budget = set->config->pods->disruption_budget;
    if (!isnan(budget->min_available.value))
        return pods_of(&budget->min_available, set->replicas);
    return hr_max(set->replicas - pods_of(&budget->max_unavailable, set->replicas), 0);
}

static int64_t healthy(const struct hr_set *set)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < set->n_revisions; i++)
        sum += set->revisions[i].ready;
    return sum;
}

int64_t hr_set_disruptions_allowed(const struct hr_cluster *cluster, uint32_t s)
{
    const struct hr_set *set = &cluster->sets[s];
    if (set->config->pods->disruption_budget == NULL)
        return INT64_MAX;
    return set->replicas == 0 ? 0 : hr_max(healthy(set) - desired_healthy(set), 0);
}

/* Pods that do not run yet may always go; running ones that are not ready while the others are
 * enough (IfHealthyBudget). */
static bool may_be_evicted(const struct hr_cluster *cluster, const struct hr_pod *pod)
{
    const struct hr_set *set = &cluster->sets[pod->set];
    const int64_t allowed = hr_set_disruptions_allowed(cluster, pod->set);
    if (allowed > 0 || pod->stage <= HR_POD_PULLING)
        return true;
    return !pod->ready && desired_healthy(set) > 0 && healthy(set) >= desired_healthy(set);
}

bool hr_pod_evict(struct hr_cluster *cluster, uint32_t i)
{
    return hr_pod_evict_within(cluster, i, HR_TIME_NEVER);
}

bool hr_pod_evict_within(struct hr_cluster *cluster, uint32_t i, hr_time grace_max)
{
    const struct hr_pod *pod = &cluster->pods[i];
    if (pod->deleted != HR_TIME_NEVER)
        return true;
    if (!may_be_evicted(cluster, pod))
        return false;
    cluster->sets[pod->set].counts[HR_SET_EVICTED]++;
    hr_note(cluster, "Evicted", pod->set, i, pod->node, "Evicted from the node");
    const hr_time grace = cluster->sets[pod->set].config->pods->termination_grace_period;
    hr_pod_delete(cluster, i, hr_min(grace, grace_max));
    return true;
}

void hr_node_cordon(struct hr_cluster *cluster, uint32_t n, bool on)
{
    struct hr_node *node = &cluster->nodes[n];
    if (node->cordoned == on || node->retires)
        return; /* what its pool takes away goes, whatever anybody says */
    node->cordoned = on;
    hr_scheduler_taint(&cluster->scheduler, n, HR_NODE_CORDONED,
                       on || node->stage == HR_NODE_GOING);
    hr_note(cluster, on ? "NodeNotSchedulable" : "NodeSchedulable", HR_SET_NONE, HR_POD_NONE, n,
            "Node status is now: %s", on ? "NodeNotSchedulable" : "NodeSchedulable");
    if (!on) {
        node->draining = false;
        hr_event_cancel(cluster, &node->drain);
        hr_placing_wake(cluster, HR_WAKE_NODE_CHANGED);
        hr_control_due(cluster);
    }
}

void hr_node_drain(struct hr_cluster *cluster, uint32_t n)
{
    hr_node_cordon(cluster, n, true);
    cluster->nodes[n].draining = true;
    hr_node_drain_on(cluster, n);
}

void hr_node_retire(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node *node = &cluster->nodes[n];
    struct hr_pool *pool = &cluster->pools[node->pool];
    if (node->stage != HR_NODE_READY || node->health.gone)
        return;
    pool->ready -= !node->health.unreachable;
    node->stage = HR_NODE_GOING;
    pool->going++;
    cluster->changed = true;
    hr_node_cordon(cluster, n, true);
    node->retires = true;
    hr_node_drain(cluster, n);
    if (node->retires && hr_node_first_pod(cluster, n) == HR_POD_NONE)
        hr_node_delete(cluster, n);
}

void hr_node_drain_on(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node *node = &cluster->nodes[n];
    bool left = false;
    for (uint32_t i = hr_node_first_pod(cluster, n), next; i != HR_POD_NONE; i = next) {
        next = hr_node_next_pod(cluster, i);
        left |= !hr_pod_evict(cluster, i);
    }
    if (left)
        hr_event_set(cluster, &node->drain, hr_time_add(cluster->engine->now, DRAIN_RETRY),
                     HR_EV_NODE_DRAIN_RANK, HR_EV_NODE_DRAIN, n);
}
