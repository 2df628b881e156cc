/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of the cluster: resources, failures, placement of replicas here. */
#ifndef CLUSTER_SPEC_H
#define CLUSTER_SPEC_H

#include "base/key.h"
#include "cluster/action_spec.h"
#include "cluster/job_spec.h"
#include "cluster/node_autoscaler_spec.h"
#include "cluster/node_pool_spec.h"
#include "cluster/pod_spec.h"
#include "cluster/scheduling_spec.h"
#include "stats/dist_spec.h"

struct hr_amounts {
    double cpu;    /* cores; 0: not given */
    double memory; /* bytes; 0: not given */
    /* At most one of these is given. What is set aside for a pod is also all that it may use. */
    int64_t gpu;      /* whole devices; 0: not given */
    double gpu_share; /* of one device; 0: not given */
    const char *mig;  /* profile of one MIG slice; NULL: not given */
};

struct hr_resources_spec {
    struct hr_amounts *requests; /* NULL: none */
    struct hr_amounts *limits;   /* NULL: none */
};

struct hr_failures_spec {
    struct hr_dist_spec *mttf; /* a bare duration is the mean of an exponential */
    struct hr_dist_spec *mttr; /* until the replica can start again; likewise */
    int64_t crews;             /* repairs at once; HR_UNLIMITED */
};

/* Whether the text names a MIG profile, such as "1g.10gb" or "1g.5gb+me". */
bool hr_is_mig_profile(const char *text);

extern const struct hr_key_table hr_resources_keys;
extern const struct hr_key_table hr_failures_keys;

#endif
