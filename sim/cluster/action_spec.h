/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says in its list of events: what somebody does, or what happens, at a time. */
#ifndef CLUSTER_ACTION_SPEC_H
#define CLUSTER_ACTION_SPEC_H

#include "base/key.h"
#include "base/time.h"
#include "stats/dist_spec.h"

enum hr_action {
    HR_ACTION_SCALE,
    HR_ACTION_ROLLOUT,
    HR_ACTION_ROLLBACK,
    HR_ACTION_PAUSE_ROLLOUT,
    HR_ACTION_RESUME_ROLLOUT,
    HR_ACTION_POD_CRASH,
    HR_ACTION_DRAIN,
    HR_ACTION_CORDON,
    HR_ACTION_UNCORDON,
    HR_ACTION_NODE_FAILURE,
    HR_ACTION_ZONE_OUTAGE,
    HR_ACTION_SPOT_INTERRUPTION,
    HR_ACTION_GPU_FAILURE,
    HR_ACTION_SLOW_NODE,
    HR_ACTION_PROVISIONING_FAILURE,
    HR_ACTION_RESIZE_POOL,
    HR_ACTION_SPIKE
};

/*
 * One event. `node` counts the nodes that the pool has at that time, 0 the oldest; HR_AUTO: drain,
 * cordon and uncordon mean all of them, a failure the oldest. With a zone both count, and auto
 * means, its nodes only; a node failure then takes all of them.
 */
struct hr_action_spec {
    hr_time at;
    int action;                        /* enum hr_action */
    int64_t deployment;                /* index; scale to pod_crash */
    int64_t replicas;                  /* scale */
    const char *version;               /* rollout */
    double error_rate;                 /* rollout: share of requests that the new version fails */
    double service_time_factor;        /* rollout: of the new version against the model */
    struct hr_dist_spec *startup_time; /* rollout: of the new version; NULL: as the deployment */
    int64_t pods;                      /* pod_crash: how many, the oldest first */
    int64_t node_pool;                 /* index; drain to resize_pool but zone_outage */
    int64_t node;                      /* see above */
    const char *zone;                  /* NULL: not given */
    int64_t nodes;                     /* spot_interruption, resize_pool: how many */
    hr_time notice;                    /* spot_interruption; HR_AUTO: that of the pool */
    int64_t gpus;                      /* gpu_failure: of one node */
    hr_time duration;                  /* HR_TIME_NEVER: for good (node and GPU failures) */
    double factor;    /* slow_node: of service times, > 1; spike: of the arrival rate */
    int64_t workload; /* spike: index; HR_REF_NONE: all */
};

extern const struct hr_key_table hr_action_keys;

#endif
