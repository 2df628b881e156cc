/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How an autoscaler takes a node away: taint, wait, evict as disruption budgets allow, wait for the
 * pods to end, delete the machine. Karpenter first waits for the node that takes its place.
 */
#include "cluster/node_autoscaler.h"

#include "base/minmax.h"

#define GRACE_HEADROOM   (30 * HR_NS_PER_S)  /* for pods to end, beyond their grace */
#define REPLACEMENT_MAX  (600 * HR_NS_PER_S) /* Karpenter's orchestration queue gives up then */
#define REPLACEMENT_POLL (1 * HR_NS_PER_S)

static void step_in(struct hr_cluster *cluster, uint32_t i, hr_time delay)
{
    hr_event_set(cluster, &cluster->nodes[i].removal.event,
                 hr_time_add(cluster->engine->now, delay), HR_EV_NODE_REMOVAL_RANK,
                 HR_EV_NODE_REMOVAL, i);
}

static void enter(struct hr_cluster *cluster, uint32_t i, enum hr_removal_stage stage,
                  hr_time longest)
{
    cluster->nodes[i].removal.stage = stage;
    cluster->nodes[i].removal.until = hr_time_add(cluster->engine->now, longest);
}

static void taint(struct hr_cluster *cluster, uint32_t i)
{
    enter(cluster, i, HR_REMOVAL_TAINTS, 0);
    step_in(cluster, i, cluster->node_autoscaler->removal.taint_delay);
}

void hr_removal_begin(struct hr_cluster *cluster, uint32_t i, uint32_t replacement)
{
    struct hr_node *node = &cluster->nodes[i];
    node->removal = (struct hr_removal){ .drains = hr_node_first_pod(cluster, i) != HR_POD_NONE,
                                         .replacement = replacement,
                                         .event = HR_EVENT_NONE };
    hr_node_leaves(cluster, i, true);
    if (replacement == HR_NODE_NONE) {
        taint(cluster, i);
        return;
    }
    node->removal.replacement_ordinal = cluster->nodes[replacement].ordinal;
    enter(cluster, i, HR_REMOVAL_WAITS, REPLACEMENT_MAX);
    step_in(cluster, i, REPLACEMENT_POLL);
}

static void give_up(struct hr_cluster *cluster, uint32_t i)
{
    if (cluster->nodes[i].health.gone)
        return;
    hr_node_leaves(cluster, i, false);
    hr_node_autoscaler_kept(cluster, i);
}

static void await_replacement(struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_removal *removal = &cluster->nodes[i].removal;
    const struct hr_node *replacement = &cluster->nodes[removal->replacement];
    const bool there =
        replacement->stage != HR_NODE_FREE && replacement->ordinal == removal->replacement_ordinal;
    if (there && replacement->stage == HR_NODE_READY)
        taint(cluster, i);
    else if (!there || cluster->engine->now >= removal->until)
        give_up(cluster, i);
    else
        step_in(cluster, i, REPLACEMENT_POLL);
}

/* Evicts what may go; the longest grace of the node's pods is left in `grace`. */
static bool evict_all(struct hr_cluster *cluster, uint32_t i, hr_time *grace)
{
    const hr_time grace_max = cluster->node_autoscaler->removal.grace_max;
    bool all = true;
    *grace = 0;
    for (uint32_t pod = hr_node_first_pod(cluster, i), next; pod != HR_POD_NONE; pod = next) {
        const struct hr_set *set = &cluster->sets[cluster->pods[pod].set];
        next = hr_node_next_pod(cluster, pod);
        *grace = hr_max(*grace, hr_min(set->config->pods->termination_grace_period, grace_max));
        all &= hr_pod_evict_within(cluster, pod, grace_max);
    }
    return all;
}

/* Only pods of a node that is lost outlast their grace: they go with it. */
static void await_end(struct hr_cluster *cluster, uint32_t i)
{
    const bool is_empty = hr_node_first_pod(cluster, i) == HR_POD_NONE;
    if (!is_empty && cluster->engine->now < cluster->nodes[i].removal.until) {
        step_in(cluster, i, cluster->node_autoscaler->removal.poll);
        return;
    }
    hr_node_delete(cluster, i);
}

static void evict(struct hr_cluster *cluster, uint32_t i)
{
    hr_time grace;
    if (evict_all(cluster, i, &grace)) {
        enter(cluster, i, HR_REMOVAL_EMPTIES, hr_time_add(grace, GRACE_HEADROOM));
        await_end(cluster, i);
        return;
    }
    const struct hr_removal_rules *rules = &cluster->node_autoscaler->removal;
    const hr_time left = cluster->nodes[i].removal.until - cluster->engine->now;
    step_in(cluster, i, hr_min(rules->evict_retry, left));
}

void hr_removal_step(struct hr_cluster *cluster, uint32_t i)
{
    switch (cluster->nodes[i].removal.stage) {
    case HR_REMOVAL_WAITS:
        await_replacement(cluster, i);
        return;
    case HR_REMOVAL_TAINTS:
        enter(cluster, i, HR_REMOVAL_EVICTS, cluster->node_autoscaler->removal.evict_max);
        evict(cluster, i);
        return;
    case HR_REMOVAL_EVICTS:
        if (cluster->engine->now >= cluster->nodes[i].removal.until)
            give_up(cluster, i);
        else
            evict(cluster, i);
        return;
    case HR_REMOVAL_EMPTIES:
        await_end(cluster, i);
        return;
    }
}
