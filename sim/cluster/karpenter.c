/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Karpenter's provisioner (controllers/provisioning, 2026): pods without a node gather for a batch,
 * then nodes are planned and started for them. What its NodePools may choose from are the node
 * pools of the scenario, each of one instance type and way of purchase.
 */
#include "cluster/karpenter.h"

#include "base/mem.h"
#include "base/minmax.h"
#include "base/str.h"

#include <math.h>
#include <stdlib.h>

/* Pods that still have no node are looked at again. */
#define REQUEUE (10 * HR_NS_PER_S)

struct priced {
    double usd;
    uint32_t pool;
};

static int by_price(const void *a, const void *b)
{
    const struct priced *x = a, *y = b;
    if (x->usd != y->usd)
        return x->usd < y->usd ? -1 : 1;
    return x->pool < y->pool ? -1 : 1;
}

struct hr_karpenter *hr_karpenter_new(struct hr_cluster *cluster)
{
    const uint32_t n_pools = cluster->config.n_pools;
    struct hr_karpenter *karpenter = HR_NEW(struct hr_karpenter);
    struct priced *priced = HR_NEW_ARRAY(struct priced, n_pools);
    *karpenter = (struct hr_karpenter){
        .by_price = HR_NEW_ARRAY(uint32_t, n_pools),
        .batch = HR_EVENT_NONE,
        .batch_began = HR_TIME_NEVER,
        .by_shape = HR_NEW_ARRAY(uint32_t, hr_placement_shapes(cluster->placement)),
        .grown = HR_NEW_ARRAY(size_t, hr_placement_templates(cluster->placement)),
        .seen = UINT64_MAX,
    };
    for (uint32_t p = 0; p < n_pools; p++)
        priced[p] = (struct priced){ cluster->pools[p].spec->usd_per_node_hour, p };
    qsort(priced, n_pools, sizeof *priced, by_price);
    for (uint32_t p = 0; p < n_pools; p++)
        karpenter->by_price[p] = priced[p].pool;
    free(priced);
    return karpenter;
}

void hr_karpenter_free(struct hr_karpenter *karpenter)
{
    if (karpenter == NULL)
        return;
    free(karpenter->by_price);
    free(karpenter->planned);
    free(karpenter->by_shape);
    free(karpenter->grown);
    free(karpenter->disruption.nodes);
    free(karpenter->disruption.ordinals);
    free(karpenter);
}

static void batch_at(struct hr_cluster *cluster, hr_time at)
{
    hr_event_set(cluster, &cluster->node_autoscaler->karpenter->batch, at, HR_EV_NODES_BATCH_RANK,
                 HR_EV_NODES_BATCH, 0);
}

void hr_karpenter_trigger(struct hr_cluster *cluster)
{
    struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    const struct hr_node_autoscaler_spec *spec = cluster->node_autoscaler->spec;
    const hr_time now = cluster->engine->now;
    if (karpenter->batch_began == HR_TIME_NEVER)
        karpenter->batch_began = now;
    batch_at(cluster, hr_min(hr_time_add(now, spec->batch_idle_duration),
                             hr_time_add(karpenter->batch_began, spec->batch_max_duration)));
}

/* A pod counts once, when it is found to have no place. */
void hr_karpenter_pending(struct hr_cluster *cluster, uint32_t pod)
{
    if (cluster->queue.pods[pod].n_refused == 1)
        hr_karpenter_trigger(cluster);
}

void hr_karpenter_add_leaving(struct hr_cluster *cluster)
{
    struct hr_trial *trial = &cluster->node_autoscaler->trial;
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        if (cluster->nodes[i].stage != HR_NODE_GOING)
            continue;
        for (uint32_t pod = hr_node_first_pod(cluster, i); pod != HR_POD_NONE;
             pod = hr_node_next_pod(cluster, pod)) {
            if (!hr_pod_is_moved(cluster, pod))
                continue;
            hr_trial_lift(trial, pod);
            hr_node_autoscaler_add(cluster, pod);
        }
    }
}

static void tell_failed(struct hr_cluster *cluster, uint32_t pod)
{
    struct hr_trial *trial = &cluster->node_autoscaler->trial;
    struct hr_refusals refusals = { 0 };
    struct hr_str text;
    const size_t mark = hr_trial_mark(trial);
    if (cluster->hooks.note == NULL)
        return;
    for (uint32_t p = 0; p < cluster->config.n_pools; p++)
        hr_trial_refusal(trial, hr_pod_template_of(cluster, pod),
                         hr_trial_add_node(trial, cluster->pools[p].first_shape), &refusals);
    hr_trial_undo(trial, mark);
    hr_str_init(&text);
    hr_str_add(&text, "Failed to schedule pod: ");
    if (hr_refusals_set(&refusals) == 0)
        hr_str_add(&text, "limits of the node pools are reached");
    hr_refusals_list(&refusals, cluster->placement, &text);
    hr_node_autoscaler_tell(cluster, pod, HR_NODE_NONE, "FailedScheduling", text.text);
    hr_str_fini(&text);
}

/* Starts what is planned; pods that wait for it are nominated. */
static void launch(struct hr_cluster *cluster)
{
    const struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    const struct hr_scheduler *books = &cluster->node_autoscaler->trial.books;
    for (size_t i = 0; i < karpenter->n_planned; i++) {
        const struct hr_planned_node *planned = &karpenter->planned[i];
        const uint32_t node = hr_karpenter_launch(cluster, planned);
        if (node == HR_NODE_NONE)
            continue;
        for (uint32_t pod = books->nodes[planned->node].first_pod; pod != HR_POD_NONE;
             pod = books->pods[pod].next) {
            if (cluster->pods[pod].stage == HR_POD_PENDING)
                hr_node_autoscaler_tell(cluster, pod, node, "Nominated",
                                        "Pod should schedule on the nodeclaim");
        }
    }
}

void hr_karpenter_provision(struct hr_cluster *cluster)
{
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    struct hr_karpenter *karpenter = autoscaler->karpenter;
    karpenter->batch = HR_EVENT_NONE;
    if (karpenter->batch_began == HR_TIME_NEVER) {
        hr_karpenter_trigger(cluster);
        return;
    }
    karpenter->batch_began = HR_TIME_NEVER;
    hr_node_autoscaler_look(cluster);
    hr_karpenter_add_leaving(cluster);
    bool *placed = HR_NEW_ARRAY(bool, autoscaler->n_pending);
    hr_karpenter_plan_begin(cluster, SIZE_MAX, HUGE_VAL);
    hr_karpenter_plan(cluster, autoscaler->pending, autoscaler->n_pending, placed);
    for (size_t i = 0; i < autoscaler->n_pending; i++) {
        if (!placed[i])
            tell_failed(cluster, autoscaler->pending[i]);
    }
    launch(cluster);
    free(placed);
    if (hr_node_autoscaler_has_pending(cluster))
        batch_at(cluster, hr_time_add(cluster->engine->now, REQUEUE));
}
