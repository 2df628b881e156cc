/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One replication: spec in, accumulators out. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/wide.h"
#include "metrics/deployment_metrics.h"
#include "metrics/job_metrics.h"
#include "metrics/pool_metrics.h"
#include "metrics/workload_metrics.h"
#include "model/slices.h"
#include "model/spec.h"
#include "workload/trace.h"

#include <headroom/run.h>
#include <headroom/status.h>

struct hr_model;

struct hr_model_options {
    uint64_t seed, replication;
    hr_time warmup;   /* start of the window [warmup, duration) */
    hr_time step;     /* of the grid of ticks */
    bool series;      /* record the time series */
    bool slices;      /* cut the window into slices */
    bool levels_only; /* a pilot: only the mean number inside of each step, stop at the end of the
                         window */
    const char *scenario; /* file, for the message of an assert */
    struct hr_trace_opener opener;
    bool (*keep_going)(void *ctx); /* asked now and then; false ends the run. May be NULL */
    void (*event)(void *ctx, const struct hr_event_record *record); /* may be NULL */
    void *event_ctx;
    bool event_requests;
    void (*tick)(void *ctx); /* after every step; may be NULL */
    void *ctx;               /* of keep_going and tick */
    /* After every event of the control plane, for tests that look into it (model/state.h); may be
     * NULL. With event_ctx. */
    void (*watch)(void *ctx, const struct hr_model *model);
};

/* Columns of the time series. */
enum hr_workload_column {
    HR_COLUMN_ARRIVED,
    HR_COLUMN_COMPLETED,
    HR_COLUMN_TIMED_OUT,
    HR_COLUMN_REJECTED,
    HR_COLUMN_FAILED,
    HR_COLUMN_CONCURRENCY,
    HR_COLUMN_P50,
    HR_COLUMN_P99,
    HR_WORKLOAD_COLUMNS
};

enum hr_deployment_column {
    HR_COLUMN_READY,
    HR_COLUMN_UTILIZATION,
    HR_COLUMN_QUEUE_LENGTH,
    HR_COLUMN_CPU_CORES,
    HR_COLUMN_MEMORY_BYTES,
    HR_COLUMN_COST,
    HR_COLUMN_OF_PODS, /* from here on only where replicas are pods */
    HR_COLUMN_DESIRED = HR_COLUMN_OF_PODS,
    HR_COLUMN_RUNNING, /* pods that have a node */
    HR_COLUMN_PENDING,
    HR_COLUMN_AVAILABLE,
    HR_COLUMN_UPDATED,
    HR_DEPLOYMENT_COLUMNS
};

enum hr_pool_column {
    HR_COLUMN_NODES,
    HR_COLUMN_NODES_READY,
    HR_COLUMN_NODES_COST,
    HR_POOL_COLUMNS
};

struct hr_replication {
    enum hr_status status; /* HR_ERR_INTERRUPTED, HR_ERR_IO: the rest is not to be used */
    hr_time window;        /* ns */
    uint32_t n_workloads, n_deployments, n_pools, n_jobs;
    struct hr_workload_metrics *workloads;
    struct hr_deployment_metrics *deployments;
    struct hr_pool_metrics *pools;
    struct hr_job_metrics *jobs;
    struct hr_pool_use *use; /* [deployment * n_pools + pool] */
    uint64_t events, requests, fingerprint;
    size_t n_steps;
    double *inside;            /* [step * n_workloads + workload]: mean number inside */
    double *workload_series;   /* [(workload * HR_WORKLOAD_COLUMNS + column) * n_steps + step]; NULL
                                  without series */
    double *deployment_series; /* likewise */
    double *pool_series;       /* likewise */
    uint64_t *le_counts;       /* [(workload * n_steps + step) * HR_STEP_LE + i] */
    struct hr_slices *slices;  /* NULL: not asked for, or too short a window */
};

/* Number of steps of the grid over [0, duration). */
size_t hr_model_steps(hr_time duration, hr_time step);

/* Simulates; *out is filled in any case and to be freed with hr_replication_fini. */
void hr_model_run(const struct hr_spec *spec, const struct hr_model_options *options,
                  struct hr_replication *out);
void hr_replication_fini(struct hr_replication *replication);

#endif
