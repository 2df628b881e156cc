/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a replication comes to, as sums over its window; and the window of a single replication cut
 * into slices of equal length with the same sums of each, the series that its intervals are made
 * of (docs/statistics.md). A request counts in the slice in which it ends. Slices are differences
 * of what is counted anyway, but for waits by class.
 */
#ifndef MODEL_SLICES_H
#define MODEL_SLICES_H

#include "metrics/deployment_metrics.h"
#include "metrics/workload_metrics.h"

#include <stddef.h>

/* Sums of a workload; requests are those that arrive in the window. */
enum hr_workload_sum {
    HR_SUM_ARRIVED,
    HR_SUM_ENDED, /* with any outcome */
    HR_SUM_COMPLETED,
    HR_SUM_COMPLETED_INSIDE, /* the window, whenever they arrived */
    HR_SUM_AT_ONCE,          /* completed without waiting */
    HR_SUM_INSIDE_NS,        /* requests x ns */
    HR_SUM_BUSY_NS,          /* slots x ns */
    HR_SUM_LATENCY_NS,       /* of completed ones */
    HR_SUM_WAIT_NS,
    HR_SUM_PART_NS, /* by enum hr_part */
    HR_WORKLOAD_SUMS = HR_SUM_PART_NS + HR_PARTS
};

/* Sums of a deployment: its levels x ns, by enum hr_deployment_level, then work. */
enum hr_deployment_sum {
    HR_SUM_OFFERED_NS = HR_DEPLOYMENT_LEVELS,
    HR_SUM_EXECUTED_NS,
    HR_SUM_LEAK_BYTE_NS,
    HR_DEPLOYMENT_SUMS
};

/* A row of sums holds those of all workloads, then of all deployments, then the time in ns. */
struct hr_sums_shape {
    size_t n_workloads, n_deployments;
};

static inline size_t hr_sums_of_deployment(const struct hr_sums_shape *shape, size_t d)
{
    return shape->n_workloads * HR_WORKLOAD_SUMS + d * HR_DEPLOYMENT_SUMS;
}

static inline size_t hr_sums_time(const struct hr_sums_shape *shape)
{
    return hr_sums_of_deployment(shape, shape->n_deployments);
}

static inline size_t hr_sums_size(const struct hr_sums_shape *shape)
{
    return hr_sums_time(shape) + 1;
}

/* Fills in a row but for its time. */
void hr_sums_take(const struct hr_sums_shape *shape, const struct hr_workload_metrics *workloads,
                  const struct hr_deployment_metrics *deployments, double *row);

/* How many values of a slice are in each class, the buckets of log_bucket.h at HR_PARTS_BITS; from
 * hr_slices_close on, in that class or one below. */
struct hr_classes {
    uint64_t seen[HR_PARTS_ROWS];    /* by the end of the last slice */
    uint32_t *counts[HR_PARTS_ROWS]; /* of each slice; NULL: no value is in the class itself */
};

/* The counts up to class `k` once the slices are closed; NULL: there is no value. */
static inline const uint32_t *hr_classes_up_to(const struct hr_classes *classes, unsigned k)
{
    while (k > 0 && classes->counts[k] == NULL)
        k--;
    return classes->counts[k];
}

struct hr_slices {
    struct hr_sums_shape shape;
    size_t n, done;
    hr_time length; /* the last slice takes what is left, and the requests that end after it */
    double *rows;   /* n of them; sums from the window's opening on until hr_slices_close */
    struct hr_classes *latency, *wait; /* by workload */
};

/* NULL when the window is too short to be cut. */
struct hr_slices *hr_slices_new(const struct hr_sums_shape *shape, hr_time window);
void hr_slices_free(struct hr_slices *slices);

/* The row of slice i. */
static inline double *hr_slices_row(const struct hr_slices *slices, size_t i)
{
    return &slices->rows[i * hr_sums_size(&slices->shape)];
}

/* A slice ends; `since` is the time since the window's opening. */
void hr_slices_end(struct hr_slices *slices, hr_time since,
                   const struct hr_workload_metrics *workloads,
                   const struct hr_deployment_metrics *deployments);

/* The last slice has ended: from now on a row holds the sums of its slice alone, and counts of
 * classes are those of all up to it. */
void hr_slices_close(struct hr_slices *slices);

#endif
