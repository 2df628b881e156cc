/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Karpenter at work: what its files share. */
#ifndef CLUSTER_KARPENTER_H
#define CLUSTER_KARPENTER_H

#include "cluster/consolidation.h"
#include "cluster/node_autoscaler.h"

/* A node that is to be started: at any time the cheapest that its pods fit on. */
struct hr_planned_node {
    uint32_t node; /* on the trial */
    uint32_t rank; /* of its pool among those by price */
    uint32_t zone;
};

/* Nodes to be taken away, once that has been looked at again. */
struct hr_disruption {
    enum hr_consolidation_method method; /* HR_CONSOLIDATE_NONE: there are none */
    struct hr_relocation result;
    uint32_t *nodes;
    uint64_t *ordinals;
    size_t n;
};

struct hr_karpenter {
    uint32_t *by_price; /* pools, cheapest first */
    /* The batch of pods. */
    hr_event_id batch;
    hr_time batch_began; /* HR_TIME_NEVER: there is none */
    /* The plan. */
    struct hr_planned_node *planned;
    size_t n_planned, planned_capacity;
    size_t planned_max;
    double usd_max;     /* planned nodes cost less an hour */
    uint32_t *by_shape; /* planned nodes, by shape */
    size_t *grown;      /* by template: no planned node before takes one more of these pods */
    struct hr_disruption disruption;
    uint64_t seen;      /* turns of the cluster when there was nothing to disrupt */
    hr_time look_again; /* when that may be otherwise by mere time */
};

/* ---- karpenter_plan.c ---- */

/* Forgets planned nodes; there may be `max` from now on, each for less than `usd_max` an hour. */
void hr_karpenter_plan_begin(struct hr_cluster *cluster, size_t max, double usd_max);
/* Places pods on nodes of the trial, or plans nodes for them. Writes whether each has a place. */
void hr_karpenter_plan(struct hr_cluster *cluster, uint32_t *pods, size_t n, bool *placed);
/* Asks the cloud for a planned node; HR_NODE_NONE: it has none. */
uint32_t hr_karpenter_launch(struct hr_cluster *cluster, const struct hr_planned_node *planned);

/* ---- karpenter.c ---- */

/* Something asks for nodes: the batch begins, or is prolonged. */
void hr_karpenter_trigger(struct hr_cluster *cluster);
/* Pods on nodes that are being taken away will have to go elsewhere: to `pending`. */
void hr_karpenter_add_leaving(struct hr_cluster *cluster);

#endif
