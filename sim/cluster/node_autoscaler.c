/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the autoscalers of nodes have in common, and which of them is at work. */
#include "cluster/node_autoscaler.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/minmax.h"
#include "cluster/node_config.h"

#include <stdlib.h>

#define UNREADY                                                                                    \
    (UINT64_C(1) << HR_NODE_NOT_READY | UINT64_C(1) << HR_NODE_NOT_READY_EXECUTE |                 \
     UINT64_C(1) << HR_NODE_UNREACHABLE | UINT64_C(1) << HR_NODE_UNREACHABLE_EXECUTE)

/* Evictions that are refused are tried again, and ending pods looked for, as often as the programs
 * do (Cluster Autoscaler: actuation/drain.go). */
#define EVICT_RETRY    (10 * HR_NS_PER_S)
#define GONE_POLL      (5 * HR_NS_PER_S)
#define KARPENTER_POLL (1 * HR_NS_PER_S)

static struct hr_removal_rules removal_rules(const struct hr_node_autoscaler_spec *spec)
{
    if (spec->type == HR_KARPENTER)
        return (struct hr_removal_rules){ .evict_retry = KARPENTER_POLL,
                                          .evict_max = HR_TIME_NEVER,
                                          .grace_max = HR_TIME_NEVER,
                                          .poll = KARPENTER_POLL };
    return (struct hr_removal_rules){ .taint_delay = spec->node_delete_delay_after_taint,
                                      .evict_retry = EVICT_RETRY,
                                      .evict_max = spec->max_pod_eviction_time,
                                      .grace_max = spec->max_graceful_termination,
                                      .poll = GONE_POLL };
}

void hr_node_autoscaler_init(struct hr_cluster *cluster)
{
    struct hr_node_autoscaler *autoscaler = HR_NEW(struct hr_node_autoscaler);
    const struct hr_node_autoscaler_spec *spec = cluster->config.node_autoscaler;
    *autoscaler = (struct hr_node_autoscaler){
        .spec = spec,
        .removal = removal_rules(spec),
        .rng = hr_cluster_rng(cluster, HR_PURPOSE_EXPAND, 0, 0),
    };
    hr_trial_init(&autoscaler->trial, cluster->placement);
    cluster->node_autoscaler = autoscaler;
    if (spec->type == HR_KARPENTER)
        autoscaler->karpenter = hr_karpenter_new(cluster);
    else
        autoscaler->ca = hr_cluster_autoscaler_new(cluster);
}

void hr_node_autoscaler_fini(struct hr_cluster *cluster)
{
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    hr_cluster_autoscaler_free(autoscaler->ca);
    hr_karpenter_free(autoscaler->karpenter);
    hr_trial_fini(&autoscaler->trial);
    free(autoscaler->pending);
    free(autoscaler->told);
    free(autoscaler);
}

void hr_node_autoscaler_start(struct hr_cluster *cluster)
{
    const struct hr_node_autoscaler_spec *spec = cluster->node_autoscaler->spec;
    const bool karpenter = spec->type == HR_KARPENTER;
    const hr_time first = karpenter ? spec->disruption_interval : spec->scan_interval;
    hr_engine_schedule(cluster->engine, hr_time_add(cluster->engine->now, first),
                       HR_EV_NODES_SCAN_RANK, HR_EV_NODES_SCAN, 0);
}

void hr_node_autoscaler_scan(struct hr_cluster *cluster)
{
    if (cluster->node_autoscaler->ca != NULL)
        hr_cluster_autoscaler_scan(cluster);
    else
        hr_karpenter_disrupt(cluster);
}

void hr_node_autoscaler_batch(struct hr_cluster *cluster)
{
    hr_karpenter_provision(cluster);
}

void hr_node_autoscaler_pending(struct hr_cluster *cluster, uint32_t pod)
{
    if (cluster->node_autoscaler->karpenter != NULL)
        hr_karpenter_pending(cluster, pod);
}

/* Karpenter plans anew when it looks at the pods again. */
void hr_node_autoscaler_refused(struct hr_cluster *cluster, uint32_t pool)
{
    struct hr_cluster_autoscaler *ca = cluster->node_autoscaler->ca;
    const struct hr_backoff_config config = hr_backoff_config_of(cluster->node_autoscaler->spec);
    if (ca != NULL)
        hr_group_backoff_fail(&ca->backoffs[pool], &config, cluster->engine->now);
}

void hr_node_autoscaler_kept(struct hr_cluster *cluster, uint32_t node)
{
    struct hr_cluster_autoscaler *ca = cluster->node_autoscaler->ca;
    if (ca == NULL) {
        hr_note(cluster, "DisruptionFailed", HR_SET_NONE, HR_POD_NONE, node,
                "Its replacement has not come");
        return;
    }
    hr_scale_down_failed(&ca->scale_down, cluster->engine->now);
    hr_note(cluster, "ScaleDownFailed", HR_SET_NONE, HR_POD_NONE, node,
            "failed to drain the node, aborting ScaleDown");
}

static bool karpenter_decides(const struct hr_cluster *cluster)
{
    return cluster->node_autoscaler->spec->type == HR_KARPENTER;
}

int64_t hr_pool_nodes_max(const struct hr_cluster *cluster, uint32_t pool)
{
    const struct hr_node_pool_spec *spec = cluster->pools[pool].spec;
    if (spec->max_nodes == HR_AUTO && karpenter_decides(cluster))
        return spec->quota;
    return hr_min(hr_node_pool_nodes_max(spec), spec->quota);
}

int64_t hr_pool_nodes_min(const struct hr_cluster *cluster, uint32_t pool)
{
    const struct hr_node_pool_spec *spec = cluster->pools[pool].spec;
    if (spec->min_nodes == HR_AUTO && karpenter_decides(cluster))
        return 0;
    return hr_node_pool_nodes_min(spec);
}

bool hr_node_is_upcoming(const struct hr_node *node)
{
    return node->stage == HR_NODE_ASKED || node->stage == HR_NODE_BOOTING;
}

bool hr_node_is_sound(const struct hr_cluster *cluster, uint32_t node)
{
    return cluster->nodes[node].stage == HR_NODE_READY &&
           (cluster->scheduler.nodes[node].taints & UNREADY) == 0;
}

bool hr_node_may_leave(const struct hr_node *node)
{
    return node->stage == HR_NODE_READY && !node->health.gone;
}

bool hr_pod_is_moved(const struct hr_cluster *cluster, uint32_t pod)
{
    return cluster->pods[pod].deleted == HR_TIME_NEVER;
}

uint32_t hr_pod_template_of(const struct hr_cluster *cluster, uint32_t pod)
{
    return cluster->sets[cluster->pods[pod].set].pod_template;
}

void hr_node_autoscaler_add(struct hr_cluster *cluster, uint32_t pod)
{
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    if (autoscaler->n_pending == autoscaler->pending_capacity) {
        autoscaler->pending_capacity = 2 * autoscaler->pending_capacity + 64;
        autoscaler->pending = hr_realloc(autoscaler->pending, autoscaler->pending_capacity,
                                         sizeof *autoscaler->pending);
    }
    autoscaler->pending[autoscaler->n_pending++] = pod;
}

static void find_pending(struct hr_cluster *cluster)
{
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    autoscaler->n_pending = 0;
    for (uint32_t s = 0; s < cluster->config.n_sets; s++) {
        uint32_t left = cluster->sets[s].pending;
        for (uint32_t i = cluster->sets[s].first; left > 0; i = cluster->pods[i].next) {
            const struct hr_pod *pod = &cluster->pods[i];
            if (pod->stage != HR_POD_PENDING || pod->deleted != HR_TIME_NEVER)
                continue;
            left--;
            if (hr_scheduler_nominated(&cluster->scheduler, i) == HR_NODE_NONE)
                hr_node_autoscaler_add(cluster, i);
        }
    }
}

bool hr_node_autoscaler_has_pending(const struct hr_cluster *cluster)
{
    for (uint32_t s = 0; s < cluster->config.n_sets; s++) {
        if (cluster->sets[s].pending > 0)
            return true;
    }
    return false;
}

void hr_node_autoscaler_look(struct hr_cluster *cluster)
{
    struct hr_trial *trial = &cluster->node_autoscaler->trial;
    hr_trial_begin(trial, &cluster->scheduler);
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        const struct hr_node *node = &cluster->nodes[i];
        if (hr_node_is_upcoming(node))
            hr_trial_put_node(trial, i, cluster->pools[node->pool].first_shape + node->zone);
    }
    find_pending(cluster);
}

void hr_node_autoscaler_close_upcoming(struct hr_cluster *cluster)
{
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        if (hr_node_is_upcoming(&cluster->nodes[i]))
            hr_trial_close(&cluster->node_autoscaler->trial, i);
    }
}

void hr_node_autoscaler_tell(struct hr_cluster *cluster, uint32_t pod, uint32_t node,
                             const char *reason, const char *message)
{
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    if (pod >= autoscaler->told_capacity) {
        autoscaler->told = hr_realloc(autoscaler->told, cluster->capacity, sizeof(uint64_t));
        for (uint32_t i = autoscaler->told_capacity; i < cluster->capacity; i++)
            autoscaler->told[i] = 0;
        autoscaler->told_capacity = cluster->capacity;
    }
    const uint64_t what =
        hr_hash_step(hr_hash_step(hr_hash_name(message), node), cluster->pods[pod].ordinal) +
        cluster->pods[pod].set;
    if (autoscaler->told[pod] != what)
        hr_note(cluster, reason, cluster->pods[pod].set, pod, node, "%s", message);
    autoscaler->told[pod] = what;
}
