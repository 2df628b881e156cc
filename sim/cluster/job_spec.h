/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of jobs: work that ends, such as batch inference or retraining. */
#ifndef CLUSTER_JOB_SPEC_H
#define CLUSTER_JOB_SPEC_H

#include "base/key.h"
#include "base/time.h"
#include "stats/dist_spec.h"

enum hr_concurrency_policy {
    HR_CONCURRENCY_ALLOW,  /* a run may begin while the one before goes on */
    HR_CONCURRENCY_FORBID, /* then it is left out */
    HR_CONCURRENCY_REPLACE /* then the one before ends */
};

struct hr_resources_spec;
struct hr_scheduling_spec;

struct hr_job_spec {
    const char *name;
    hr_time at;             /* of the first run */
    hr_time period;         /* of further runs, as of a CronJob; HR_TIME_NEVER: there is one only */
    int concurrency_policy; /* enum hr_concurrency_policy */
    int64_t completions;    /* pods that must succeed */
    int64_t parallelism;    /* pods at once */
    struct hr_dist_spec *run_time;         /* of a pod, once its container has started */
    int64_t backoff_limit;                 /* failed pods that a run bears */
    hr_time deadline;                      /* of a run, from its beginning; HR_TIME_NEVER: none */
    int64_t node_pool;                     /* index; HR_REF_NONE: any */
    double image_size;                     /* bytes */
    struct hr_resources_spec *resources;   /* NULL: none */
    struct hr_scheduling_spec *scheduling; /* NULL: all at default */
};

extern const struct hr_key_table hr_job_keys;

#endif
