/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of the pods of a deployment: how they start, are probed, change and end. */
#ifndef CLUSTER_POD_SPEC_H
#define CLUSTER_POD_SPEC_H

#include "base/key.h"
#include "base/time.h"
#include "stats/dist_spec.h"

/* How a probe is answered. */
enum hr_probe_path {
    HR_PROBE_QUEUE, /* behind the requests that wait at the pod */
    HR_PROBE_ASIDE  /* by a thread of its own, at once */
};

struct hr_probe_spec {
    hr_time initial_delay, period, timeout;
    int64_t success_threshold, failure_threshold; /* results in a row that count */
    int path;                                     /* enum hr_probe_path */
};

enum hr_strategy_type {
    HR_STRATEGY_ROLLING_UPDATE,
    HR_STRATEGY_RECREATE,
    HR_STRATEGY_CANARY,
    HR_STRATEGY_BLUE_GREEN
};

/* A step of a canary: so large a share of the pods for so long. */
struct hr_canary_step {
    double weight;
    hr_time pause; /* once they are available */
};

/* Shares have HR_UNIT_SHARE, numbers of pods HR_UNIT_NONE. */
struct hr_strategy_spec {
    int type; /* enum hr_strategy_type */
    struct hr_measure max_surge, max_unavailable;
    int64_t partition; /* stateful sets: ordinals below it keep the old version */
    /* canary */
    struct hr_list steps;  /* struct hr_canary_step */
    double max_error_rate; /* of the new version, or it is rolled back; 1: no limit */
    hr_time max_latency;   /* likewise; HR_TIME_NEVER */
    double latency_quantile;
    hr_time analysis_interval;
    int64_t min_requests; /* that an analysis takes */
    /* blue_green */
    hr_time scale_down_delay; /* of the old version, after the switch */
};

enum hr_set_kind { HR_SET_DEPLOYMENT, HR_SET_STATEFUL };
enum hr_pod_management { HR_PODS_ORDERED_READY, HR_PODS_PARALLEL };

/* Exactly one of the two is given (unit HR_UNIT_NONE and value NAN: not given). */
struct hr_budget_spec {
    struct hr_measure min_available, max_unavailable;
};

/* The keys of a deployment that make its replicas pods. */
struct hr_pods_spec {
    int kind;                             /* enum hr_set_kind */
    int pod_management;                   /* enum hr_pod_management, of stateful sets */
    double image_size;                    /* bytes; 0: nothing is pulled */
    double model_size;                    /* bytes of weights; 0: nothing is loaded */
    struct hr_dist_spec *model_load_time; /* instead of size / bandwidth; NULL */
    struct hr_probe_spec *startup_probe, *readiness_probe, *liveness_probe; /* NULL: none */
    hr_time min_ready_time; /* ready for so long, a pod counts as available */
    hr_time termination_grace_period, pre_stop;
    struct hr_strategy_spec *strategy;        /* NULL: Kubernetes' defaults */
    struct hr_budget_spec *disruption_budget; /* NULL: none */
};

extern const struct hr_choice hr_set_kind_choices[], hr_pod_management_choices[];
extern const struct hr_key_table hr_probe_keys;
extern const struct hr_key_table hr_strategy_keys;
extern const struct hr_key_table hr_budget_keys;

#endif
