/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of instance types, of node pools, and of the cluster around them. */
#ifndef CLUSTER_NODE_POOL_SPEC_H
#define CLUSTER_NODE_POOL_SPEC_H

#include "base/key.h"
#include "base/time.h"
#include "cluster/scheduling_spec.h"
#include "stats/dist_spec.h"

#include <headroom/catalog.h>

/* The zone of a pool that says nothing. */
#define HR_ZONE_DEFAULT "a"

/* A type of the scenario's own; the loader makes an hr_instance_type of it. */
struct hr_instance_spec {
    const char *name;
    double cpu;    /* cores */
    double memory; /* bytes */
    int64_t gpus;
    const char *gpu_model; /* "": not said */
    double gpu_memory;     /* bytes of one GPU; 0: not said */
    double usd_per_hour;
    double usd_per_hour_spot;     /* 0: not for rent as spot */
    double watts_idle, watts_max; /* 0: not known */
};

enum hr_purchase { HR_PURCHASE_ON_DEMAND, HR_PURCHASE_RESERVED, HR_PURCHASE_SPOT };

/* Whether a node that is gone for good (taken back, failed without end) is followed by another. */
enum hr_replace {
    HR_REPLACE_AUTO, /* as always; never when Karpenter provisions the nodes */
    HR_REPLACE_ALWAYS,
    HR_REPLACE_NEVER
};

struct hr_reserved_spec {
    double cpu;    /* cores; HR_AUTO */
    double memory; /* bytes; HR_AUTO */
};

/* Failure and repair, of a node or of a GPU. */
struct hr_outages_spec {
    struct hr_dist_spec *mttf, *mttr; /* a bare duration is the mean of an exponential */
};

struct hr_spot_spec {
    struct hr_dist_spec *mttf; /* of a node; NULL: only the trace and events interrupt */
    hr_time notice;
};

/* A node that serves, but slowly (gray failure). */
struct hr_slow_spec {
    struct hr_dist_spec *mttf, *duration;
    double factor; /* work takes this many times as long; > 1 */
};

/* The cloud has no machine of the type left, in one zone or in all. */
struct hr_out_of_capacity_spec {
    const char *zone;               /* NULL: every zone without an entry of its own */
    double probability;             /* of one request for nodes */
    struct hr_dist_spec *lead_time; /* from the refusal until there are machines again */
};

/* What is paid for a node that lives this long. */
struct hr_billing_spec {
    hr_time granularity; /* rounded up to a multiple */
    hr_time minimum;
};

/* One line of a spot trace. */
struct hr_spot_change {
    hr_time at;    /* since the start of the run */
    uint32_t node; /* 0, 1 ... in the order of first appearance */
    bool add;      /* it comes; else it is taken away, after the notice */
};

struct hr_node_pool_spec {
    const char *name;
    const char *instance;         /* "aws/m6i.2xlarge", or a name out of instance_types */
    int purchase;                 /* enum hr_purchase */
    double discount;              /* reserved: share of the price on demand */
    double usd_per_hour;          /* HR_AUTO: that of the instance type and purchase */
    int64_t nodes;                /* at time 0; HR_AUTO: 1, with a spot trace none but its own */
    int64_t min_nodes, max_nodes; /* for node autoscalers; HR_AUTO: as nodes */
    struct hr_list zones;         /* const char *; the loader sees to at least one */
    struct hr_dist_spec *provision_time, *boot_time, *gpu_driver_time; /* one after the other */
    double image_pull_bandwidth, model_load_bandwidth;                 /* bytes a second, a node */
    struct hr_reserved_spec *reserved;                                 /* NULL: all auto */
    int64_t max_pods;
    struct hr_list labels;            /* struct hr_label_spec */
    struct hr_list taints;            /* struct hr_taint_spec */
    const char *mig;                  /* profile that every GPU is cut into; NULL: GPUs are whole */
    int64_t gpu_time_slices;          /* pods that share a GPU in turn; 1: none share */
    struct hr_outages_spec *failures; /* NULL: nodes do not fail */
    struct hr_outages_spec *gpu_failures; /* of each GPU; NULL: none */
    struct hr_spot_spec *spot;            /* NULL: as an empty group */
    const char *spot_trace;               /* NULL: none */
    struct hr_slow_spec *slow;            /* NULL: never */
    double provision_failure;             /* probability that a node asked for never comes */
    struct hr_list out_of_capacity;       /* struct hr_out_of_capacity_spec */
    int64_t quota;                        /* nodes; HR_UNLIMITED */
    int64_t priority;                     /* of the priority expander: higher first */
    struct hr_billing_spec *billing;      /* NULL: as an empty group */
    int replace;                          /* enum hr_replace */
    /* Filled by the loader. */
    const struct hr_instance_type *type;
    double usd_per_node_hour; /* after purchase and discount */
    const struct hr_spot_change *spot_changes;
    size_t n_spot_changes;
};

/* Of Kubernetes' control plane and the network (1.28; docs/scenario-keys.md). */
struct hr_cluster_spec {
    hr_time lease_renew_interval;
    hr_time node_monitor_period, node_monitor_grace_period;
    hr_time unreachable_toleration;                /* tolerationSeconds of pods that say nothing */
    double eviction_rate, secondary_eviction_rate; /* nodes a second, a zone */
    double unhealthy_zone_threshold;               /* share of nodes not ready */
    int64_t large_cluster_size_threshold;          /* nodes, up to which evictions stop then */
    hr_time dead_node_removal; /* from detection until the cloud deletes the node object; or
                                  HR_TIME_NEVER */
    hr_time pod_gc_period, orphan_quarantine;
    const struct hr_dist_spec *endpoint_delay; /* until routing follows a change of endpoints */
};

/* The fewest and most nodes that a node autoscaler may bring the pool to, and those at time 0. */
int64_t hr_node_pool_nodes(const struct hr_node_pool_spec *pool);
int64_t hr_node_pool_nodes_min(const struct hr_node_pool_spec *pool);
int64_t hr_node_pool_nodes_max(const struct hr_node_pool_spec *pool);

/* What groups that are absent stand for. */
struct hr_cluster_spec hr_cluster_spec_default(void);
struct hr_spot_spec hr_spot_spec_default(void);
struct hr_billing_spec hr_billing_spec_default(void);

extern const struct hr_key_table hr_instance_keys;
extern const struct hr_key_table hr_node_pool_keys;
extern const struct hr_key_table hr_cluster_keys;

#endif
