/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Autoscalers of nodes at work: what they see of the cluster, try out on a copy of the scheduler's
 * books (trial.h), decide by the pure parts (expander.h, scale_down.h, consolidation.h ...), and
 * carry out on node pools. What the two have in common is here; each has its own files.
 */
#ifndef CLUSTER_NODE_AUTOSCALER_H
#define CLUSTER_NODE_AUTOSCALER_H

#include "cluster/group_backoff.h"
#include "cluster/scale_down.h"
#include "cluster/state.h"
#include "cluster/trial.h"

/* How nodes are taken away. */
struct hr_removal_rules {
    hr_time taint_delay; /* from the taint to the first eviction */
    hr_time evict_retry, evict_max;
    hr_time grace_max; /* of the pods */
    hr_time poll;      /* between looks whether the pods have ended */
};

struct hr_node_autoscaler {
    const struct hr_node_autoscaler_spec *spec;
    struct hr_removal_rules removal;
    struct hr_trial trial;
    struct hr_rng rng;
    uint32_t *pending; /* pods at hand, and room for them */
    size_t n_pending, pending_capacity;
    uint64_t *told; /* by pod: what was said last of it */
    uint32_t told_capacity;
    struct hr_cluster_autoscaler *ca; /* one of the two */
    struct hr_karpenter *karpenter;
};

void hr_node_autoscaler_init(struct hr_cluster *cluster);
void hr_node_autoscaler_fini(struct hr_cluster *cluster);
void hr_node_autoscaler_start(struct hr_cluster *cluster);
void hr_node_autoscaler_scan(struct hr_cluster *cluster);
void hr_node_autoscaler_batch(struct hr_cluster *cluster);
/* The scheduler has found no node for the pod. */
void hr_node_autoscaler_pending(struct hr_cluster *cluster, uint32_t pod);
/* The cloud does not give the pool what was asked for; its target is lower again. */
void hr_node_autoscaler_refused(struct hr_cluster *cluster, uint32_t pool);
/* The removal of a node has failed; it stays. */
void hr_node_autoscaler_kept(struct hr_cluster *cluster, uint32_t node);

/* ---- what both see ---- */

/* Nodes of a pool: the most and the fewest that it may be brought to. */
int64_t hr_pool_nodes_max(const struct hr_cluster *cluster, uint32_t pool);
int64_t hr_pool_nodes_min(const struct hr_cluster *cluster, uint32_t pool);

uint32_t hr_pod_template_of(const struct hr_cluster *cluster, uint32_t pod);
bool hr_node_is_upcoming(const struct hr_node *node); /* asked for, and not ready yet */
bool hr_node_is_sound(const struct hr_cluster *cluster, uint32_t node); /* ready, and reports so */
bool hr_node_may_leave(const struct hr_node *node); /* it stands, and is not being removed */
bool hr_pod_is_moved(const struct hr_cluster *cluster, uint32_t pod); /* not ending anyway */

bool hr_node_autoscaler_has_pending(const struct hr_cluster *cluster); /* pods without a node */

/* Begins a trial in which upcoming nodes stand, too, and fills `pending` with the pods that have
 * no node, nor victims that leave one to them. */
void hr_node_autoscaler_look(struct hr_cluster *cluster);
/* Upcoming nodes take no more pods. */
void hr_node_autoscaler_close_upcoming(struct hr_cluster *cluster);

void hr_node_autoscaler_add(struct hr_cluster *cluster, uint32_t pod); /* to `pending` */

/* Says something of a pod that is without a node, if it is not what was said last. */
void hr_node_autoscaler_tell(struct hr_cluster *cluster, uint32_t pod, uint32_t node,
                             const char *reason, const char *message);

/* ---- node_removal.c ---- */

/* Begins to take a ready node away, once `replacement` (HR_NODE_NONE: none) is ready. */
void hr_removal_begin(struct hr_cluster *cluster, uint32_t node, uint32_t replacement);
void hr_removal_step(struct hr_cluster *cluster, uint32_t node);

/* ---- cluster_autoscaler*.c ---- */

struct hr_cluster_autoscaler {
    struct hr_scale_down scale_down;
    struct hr_group_backoff *backoffs; /* by pool */
    /* Nodes found unneeded in the last look, which holds until something changes. */
    struct hr_unneeded_node *unneeded;
    size_t n_unneeded, unneeded_capacity;
    uint64_t seen;       /* turns of the cluster at that look */
    hr_time look_again;  /* a node may be looked at again from then on */
    hr_time *not_before; /* by node: it could not go, and is looked at again then */
    uint32_t nodes_capacity;
};

struct hr_cluster_autoscaler *hr_cluster_autoscaler_new(struct hr_cluster *cluster);
void hr_cluster_autoscaler_free(struct hr_cluster_autoscaler *ca);
void hr_cluster_autoscaler_scan(struct hr_cluster *cluster);

enum hr_scale_up {
    HR_SCALE_UP_NONE,  /* no pod needs it, or nothing helps */
    HR_SCALE_UP_WAITS, /* pods are new: others may follow, nothing is done */
    HR_SCALE_UP_DONE
};

/* On the trial of the moment. */
enum hr_scale_up hr_cluster_autoscaler_up(struct hr_cluster *cluster);
void hr_cluster_autoscaler_down(struct hr_cluster *cluster);

/* ---- karpenter*.c ---- */

struct hr_karpenter *hr_karpenter_new(struct hr_cluster *cluster);
void hr_karpenter_free(struct hr_karpenter *karpenter);
void hr_karpenter_pending(struct hr_cluster *cluster, uint32_t pod);
void hr_karpenter_provision(struct hr_cluster *cluster);
void hr_karpenter_disrupt(struct hr_cluster *cluster);

#endif
