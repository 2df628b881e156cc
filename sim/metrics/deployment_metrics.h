/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is measured of one deployment in one replication. Areas are integrals over the window in
 * level x ns. */
#ifndef METRICS_DEPLOYMENT_METRICS_H
#define METRICS_DEPLOYMENT_METRICS_H

#include "metrics/level.h"
#include "metrics/ready.h"
#include "metrics/trend.h"
#include "metrics/wide_level.h"

#include <stdbool.h>

/* The levels of a deployment, all time-weighted. */
enum hr_deployment_level {
    HR_LEVEL_READY,     /* ready replicas */
    HR_LEVEL_SERVING,   /* replicas that may hold requests: ready ones, draining ones ... */
    HR_LEVEL_DESIRED,   /* replicas that there should be */
    HR_LEVEL_EXISTING,  /* pods, those being deleted included */
    HR_LEVEL_PENDING,   /* pods without a node */
    HR_LEVEL_LASTING,   /* pods that have been ready for min_ready_time: Kubernetes' available */
    HR_LEVEL_UPDATED,   /* pods of the newest version */
    HR_LEVEL_BILLED,    /* replicas that are paid for */
    HR_LEVEL_BUSY,      /* slots that serve */
    HR_LEVEL_WAITING,   /* requests in queues */
    HR_LEVEL_HELD,      /* requests on replicas, waiting or served: they take memory */
    HR_LEVEL_THROTTLED, /* replicas stopped at their CPU limit */
    HR_LEVEL_AVAILABLE, /* 1 while at least min_ready replicas are ready */
    HR_DEPLOYMENT_LEVELS
};

enum hr_pod_count {
    HR_PODS_SCHEDULED,
    HR_PODS_RESTARTED, /* containers that ended and start again on their node */
    HR_PODS_EVICTED,   /* by drains, taints of nodes, node autoscalers */
    HR_PODS_PREEMPTED, /* for pods of higher priority */
    HR_PODS_LOST,      /* with their node */
    HR_POD_COUNTS
};

struct hr_deployment_metrics {
    struct hr_level levels[HR_DEPLOYMENT_LEVELS];
    struct hr_area areas[HR_DEPLOYMENT_LEVELS];
    hr_uint128 offered_ns; /* work of the attempts that reach the deployment in the window */
    double executed_ns;  /* work done in the window by replicas that share or throttle their CPU */
    double leak_byte_ns; /* integral of leaked memory over ready replicas */
    /* Of a replica: slots (or cores, when requests share them; infinite: no limit) and CPU. */
    double slots, cpu_idle, cpu_slot;
    bool shares_cores; /* executed_ns is what it did, not its busy slots */
    bool throttles;
    uint64_t ready_min, ready_max;
    uint64_t failures, memory_kills;
    struct hr_ready ready;
    struct hr_trend backlog; /* requests that wait, or share a CPU; second half of the window */
    /* Of pods: */
    struct hr_wide_level cost; /* their share of the price of nodes, nano-USD an hour */
    struct hr_wide_area cost_area;
    uint64_t counts[HR_POD_COUNTS]; /* in the window */
    hr_uint128 scheduling_ns;       /* of those scheduled, from creation to binding */
};

#endif
