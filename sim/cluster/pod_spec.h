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

enum hr_strategy_type { HR_STRATEGY_ROLLING_UPDATE, HR_STRATEGY_RECREATE };

/* Shares have HR_UNIT_SHARE, numbers of pods HR_UNIT_NONE. */
struct hr_strategy_spec {
    int type; /* enum hr_strategy_type */
    struct hr_measure max_surge, max_unavailable;
};

/* Exactly one of the two is given (unit HR_UNIT_NONE and value NAN: not given). */
struct hr_budget_spec {
    struct hr_measure min_available, max_unavailable;
};

/* The keys of a deployment that make its replicas pods. */
struct hr_pods_spec {
    double image_size;                    /* bytes; 0: nothing is pulled */
    double model_size;                    /* bytes of weights; 0: nothing is loaded */
    struct hr_dist_spec *model_load_time; /* instead of size / bandwidth; NULL */
    struct hr_probe_spec *startup_probe, *readiness_probe, *liveness_probe; /* NULL: none */
    hr_time min_ready_time; /* ready for so long, a pod counts as available */
    hr_time termination_grace_period, pre_stop;
    struct hr_strategy_spec *strategy;        /* NULL: Kubernetes' defaults */
    struct hr_budget_spec *disruption_budget; /* NULL: none */
};

extern const struct hr_key_table hr_probe_keys;
extern const struct hr_key_table hr_strategy_keys;
extern const struct hr_key_table hr_budget_keys;

#endif
