/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of the autoscaler of nodes; node_config.h maps it to the autoscalers. */
#ifndef CLUSTER_NODE_AUTOSCALER_SPEC_H
#define CLUSTER_NODE_AUTOSCALER_SPEC_H

#include "base/key.h"
#include "base/time.h"

enum hr_node_autoscaler_type { HR_CLUSTER_AUTOSCALER, HR_KARPENTER };

enum hr_consolidation_policy {
    HR_CONSOLIDATE_WHEN_EMPTY,
    HR_CONSOLIDATE_WHEN_EMPTY_OR_UNDERUTILIZED
};

/* The keys are the flags of the two programs. */
struct hr_node_autoscaler_spec {
    int type; /* enum hr_node_autoscaler_type */
    /* cluster_autoscaler */
    hr_time scan_interval, new_pod_scale_up_delay, max_node_provision_time;
    hr_time initial_node_group_backoff_duration, max_node_group_backoff_duration;
    hr_time node_group_backoff_reset_timeout;
    struct hr_list expander;                        /* int, enum hr_expander; none: least_waste */
    int64_t max_nodes_per_scaleup, max_nodes_total; /* HR_UNLIMITED */
    bool balance_similar_node_groups;
    int64_t expendable_pods_priority_cutoff;
    int64_t ok_total_unready_count;
    double max_total_unready_percentage;
    bool scale_down_enabled;
    hr_time scale_down_unneeded_time, scale_down_unready_time;
    hr_time scale_down_delay_after_add, scale_down_delay_after_delete;
    hr_time scale_down_delay_after_failure;
    double scale_down_utilization_threshold, scale_down_gpu_utilization_threshold;
    int64_t max_scale_down_parallelism, max_drain_parallelism;
    hr_time unremovable_node_recheck_timeout;
    hr_time max_graceful_termination, max_pod_eviction_time, node_delete_delay_after_taint;
    /* karpenter */
    hr_time batch_idle_duration, batch_max_duration;
    int consolidation_policy;  /* enum hr_consolidation_policy */
    hr_time consolidate_after; /* HR_TIME_NEVER: no consolidation */
    hr_time disruption_interval, validation_delay;
    double disruption_budget; /* share of a pool's nodes, rounded up */
    hr_time expire_after;     /* HR_TIME_NEVER */
    bool spot_to_spot_consolidation;
};

extern const struct hr_key_table hr_node_autoscaler_keys;

#endif
