/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a scenario says of placement: labels and taints of nodes, what a deployment asks of the
 * nodes it may run on, and how the scheduler chooses. The names are those of Kubernetes.
 */
#ifndef CLUSTER_SCHEDULING_SPEC_H
#define CLUSTER_SCHEDULING_SPEC_H

#include "base/key.h"
#include "base/time.h"

struct hr_label_spec {
    const char *key, *value;
};

/* HR_TAINT_ANY stands in tolerations only. */
enum hr_taint_effect {
    HR_TAINT_ANY,
    HR_TAINT_NO_SCHEDULE,
    HR_TAINT_PREFER_NO_SCHEDULE,
    HR_TAINT_NO_EXECUTE
};

struct hr_taint_spec {
    const char *key, *value; /* value: "" when there is none */
    int effect;              /* enum hr_taint_effect, not ANY */
};

enum hr_toleration_operator { HR_TOLERATION_EQUAL, HR_TOLERATION_EXISTS };

struct hr_toleration_spec {
    const char *key; /* "": every key (with exists) */
    int op;          /* enum hr_toleration_operator */
    const char *value;
    int effect;         /* enum hr_taint_effect */
    hr_time toleration; /* time on a node with such a no_execute taint; HR_UNLIMITED */
};

enum hr_match_operator {
    HR_MATCH_IN,
    HR_MATCH_NOT_IN,
    HR_MATCH_EXISTS,
    HR_MATCH_DOES_NOT_EXIST,
    HR_MATCH_GT,
    HR_MATCH_LT
};

struct hr_match_spec {
    const char *key;
    int op;                /* enum hr_match_operator */
    struct hr_list values; /* const char * */
};

/* Holds where all its expressions hold. */
struct hr_node_term_spec {
    int64_t weight;                   /* preferred terms only: 1 to 100 */
    struct hr_list match_expressions; /* struct hr_match_spec */
};

struct hr_node_affinity_spec {
    struct hr_list required;  /* struct hr_node_term_spec, any of them; none: every node */
    struct hr_list preferred; /* struct hr_node_term_spec */
};

enum hr_topology { HR_TOPOLOGY_ZONE, HR_TOPOLOGY_HOSTNAME };
enum hr_when_unsatisfiable { HR_DO_NOT_SCHEDULE, HR_SCHEDULE_ANYWAY };

struct hr_topology_spread_spec {
    int64_t max_skew;
    int topology;           /* enum hr_topology */
    int when_unsatisfiable; /* enum hr_when_unsatisfiable */
    int64_t min_domains;    /* do_not_schedule only */
};

struct hr_anti_affinity_term_spec {
    int64_t weight; /* preferred terms only: 1 to 100 */
    int topology;   /* enum hr_topology */
};

/* Against the pods of the own deployment. */
struct hr_pod_anti_affinity_spec {
    struct hr_list required, preferred; /* struct hr_anti_affinity_term_spec */
};

enum hr_preemption_policy { HR_PREEMPT_LOWER_PRIORITY, HR_PREEMPT_NEVER };

/* The group `scheduling` of a deployment. */
struct hr_scheduling_spec {
    struct hr_list node_selector;                /* struct hr_label_spec, all of them */
    struct hr_list tolerations;                  /* struct hr_toleration_spec */
    struct hr_node_affinity_spec *node_affinity; /* NULL: none */
    struct hr_list topology_spread; /* struct hr_topology_spread_spec; none: Kubernetes' defaults */
    struct hr_pod_anti_affinity_spec *pod_anti_affinity; /* NULL: none */
    int64_t priority;                                    /* larger goes first */
    int preemption_policy;                               /* enum hr_preemption_policy */
};

enum hr_scoring_strategy { HR_LEAST_ALLOCATED, HR_MOST_ALLOCATED };
enum hr_scored_resource { HR_SCORED_CPU, HR_SCORED_MEMORY, HR_SCORED_GPU };

struct hr_scored_resource_spec {
    int resource;   /* enum hr_scored_resource */
    int64_t weight; /* 1 to 100 */
};

/* The group `scheduler` of a scenario. */
struct hr_scheduler_spec {
    int strategy;             /* enum hr_scoring_strategy */
    struct hr_list resources; /* struct hr_scored_resource_spec; none: cpu and memory alike */
    int64_t percentage_of_nodes_to_score; /* HR_AUTO: as Kubernetes adapts it */
};

extern const struct hr_key_table hr_label_keys; /* of node pools, too */
extern const struct hr_key_table hr_taint_keys; /* of node pools */
extern const struct hr_key_table hr_scheduling_keys;
extern const struct hr_key_table hr_scheduler_keys;

#endif
