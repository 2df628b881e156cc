/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What placement.h compiles to; for the scheduler's own files. */
#ifndef CLUSTER_PLACEMENT_RULES_H
#define CLUSTER_PLACEMENT_RULES_H

#include "cluster/placement.h"

enum { HR_TOPOLOGIES = 2 };

/* Constraints of one kind, hard or soft: one a topology at most. */
struct hr_spread_rules {
    bool by[HR_TOPOLOGIES]; /* by enum hr_topology */
    int64_t max_skew[HR_TOPOLOGIES], min_domains[HR_TOPOLOGIES];
};

struct hr_template_rules {
    struct hr_pod_template pod;
    int64_t priority;
    bool preempts;
    uint8_t requested[HR_RESOURCES_MAX]; /* resources that it asks for */
    size_t n_requested;
    int64_t scored_cpu, scored_memory; /* 100m and 200 MiB when it asks for none */
    uint64_t tolerated;                /* bit by taint */
    struct hr_spread_rules hard, soft;
    bool spreads_hard, spreads_soft;
    bool soft_by_default; /* then nodes without a zone take part */
    bool apart[HR_TOPOLOGIES];
    int64_t apart_weight[HR_TOPOLOGIES];
    int32_t *suits; /* by shape: sum of the weights of preferred terms; -1: not admitted */
};

struct hr_placement {
    int strategy; /* enum hr_scoring_strategy */
    int64_t percentage_of_nodes;
    int64_t weights[HR_RESOURCES_MAX]; /* in the strategy's score; 0: not in it */
    struct hr_taint_spec *taints;
    uint32_t n_taints;
    hr_time toleration;                /* of unreachable nodes, by pods that do not speak of them */
    uint64_t hard_taints, soft_taints; /* bits: no_schedule and no_execute; prefer_no_schedule */
    const char *profiles[HR_MIG_PROFILES_MAX];
    uint32_t n_profiles;
    struct hr_node_shape *shapes;
    uint64_t *shape_taints; /* bits, by shape */
    uint32_t n_shapes;
    uint32_t n_zones;
    struct hr_template_rules *templates;
    uint32_t n_templates;
};

#endif
