/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time series and per-step histograms of replication 0. */
#include "base/mem.h"
#include "base/str.h"
#include "run/summary.h"

#include <string.h>

static const char *const workload_columns[HR_WORKLOAD_COLUMNS] = {
    [HR_COLUMN_ARRIVED] = "arrived_rps",     [HR_COLUMN_COMPLETED] = "completed_rps",
    [HR_COLUMN_TIMED_OUT] = "timed_out_rps", [HR_COLUMN_REJECTED] = "rejected_rps",
    [HR_COLUMN_FAILED] = "failed_rps",       [HR_COLUMN_CONCURRENCY] = "concurrency",
    [HR_COLUMN_P50] = "latency_s.p50",       [HR_COLUMN_P99] = "latency_s.p99",
};

static const char *const deployment_columns[HR_DEPLOYMENT_COLUMNS] = {
    [HR_COLUMN_READY] = "ready",
    [HR_COLUMN_UTILIZATION] = "utilization",
    [HR_COLUMN_QUEUE_LENGTH] = "queue_length",
    [HR_COLUMN_CPU_CORES] = "cpu_cores",
    [HR_COLUMN_MEMORY_BYTES] = "memory_bytes",
    [HR_COLUMN_COST] = "cost_usd_per_hour",
    [HR_COLUMN_DESIRED] = "desired",
    [HR_COLUMN_RUNNING] = "running",
    [HR_COLUMN_PENDING] = "pending",
    [HR_COLUMN_AVAILABLE] = "available",
    [HR_COLUMN_UPDATED] = "updated",
};

static const char *const pool_columns[HR_POOL_COLUMNS] = {
    [HR_COLUMN_NODES] = "nodes",
    [HR_COLUMN_NODES_READY] = "ready",
    [HR_COLUMN_NODES_COST] = "cost_usd_per_hour",
};

static void add_columns(struct hr_series *series, const char *list, const char *owner,
                        const char *const *names, size_t n_names, const double *values)
{
    for (size_t i = 0; i < n_names; i++) {
        struct hr_str name;
        hr_str_init(&name);
        hr_str_addf(&name, "%s.%s.%s", list, owner, names[i]);
        struct hr_series_column *column = &series->columns[series->n_columns++];
        column->name = hr_str_take(&name);
        column->values = HR_NEW_ARRAY(double, series->n);
        memcpy(column->values, &values[i * series->n], series->n * sizeof *values);
    }
}

/* The sum of a column over all pools. */
static void add_total(struct hr_series *series, const char *name, const double *pools,
                      size_t n_pools, enum hr_pool_column which)
{
    struct hr_series_column *column = &series->columns[series->n_columns++];
    column->name = hr_strdup(name);
    column->values = HR_NEW_ARRAY(double, series->n);
    for (size_t p = 0; p < n_pools; p++) {
        const double *values = &pools[(p * HR_POOL_COLUMNS + (size_t)which) * series->n];
        for (size_t i = 0; i < series->n; i++)
            column->values[i] += values[i];
    }
}

static void add_nodes(struct hr_series *series, const struct hr_result *result,
                      const struct hr_replication *first)
{
    for (size_t p = 0; p < result->n_node_pools; p++)
        add_columns(series, "node_pools", result->node_pools[p].name, pool_columns, HR_POOL_COLUMNS,
                    &first->pool_series[p * HR_POOL_COLUMNS * series->n]);
    if (result->n_node_pools == 0)
        return;
    add_total(series, "cluster.nodes", first->pool_series, result->n_node_pools, HR_COLUMN_NODES);
    add_total(series, "cluster.nodes_ready", first->pool_series, result->n_node_pools,
              HR_COLUMN_NODES_READY);
    add_total(series, "cluster.cost_usd_per_hour", first->pool_series, result->n_node_pools,
              HR_COLUMN_NODES_COST);
}

#define TOTALS 3

/* The edges in use: from the last one below every latency to the first one above them all, then
 * infinity. */
static void find_edges(const uint64_t *counts, size_t n, unsigned *first, unsigned *last)
{
    *first = HR_STEP_LE - 1;
    *last = 0;
    for (size_t step = 0; step < n; step++) {
        const uint64_t *row = &counts[step * HR_STEP_LE];
        for (unsigned i = 0; i < *first; i++)
            *first = row[i] > 0 ? i : *first;
        for (unsigned i = HR_STEP_LE - 1; i > *last; i--)
            *last = row[i - 1] < row[HR_STEP_LE - 1] ? i : *last;
    }
    *first = *first > 0 && *first < HR_STEP_LE - 1 ? *first - 1 : *first;
}

static void add_histogram(struct hr_step_histogram *out, const char *workload,
                          const uint64_t *counts, size_t n)
{
    unsigned first, last;
    find_edges(counts, n, &first, &last);
    const size_t finite = last + 1 > first && last < HR_STEP_LE - 1 ? last + 1 - first : 0;
    out->workload = hr_strdup(workload);
    out->n_le = finite + 1;
    out->le_s = HR_NEW_ARRAY(double, out->n_le);
    out->counts = HR_NEW_ARRAY(uint64_t, n * out->n_le);
    for (size_t i = 0; i < out->n_le; i++) {
        const unsigned edge = i < finite ? first + (unsigned)i : HR_STEP_LE - 1;
        out->le_s[i] = hr_step_le_s(edge);
        for (size_t step = 0; step < n; step++)
            out->counts[step * out->n_le + i] = counts[step * HR_STEP_LE + edge];
    }
}

void hr_summarize_series(struct hr_result *result, const struct hr_replication *first,
                         double step_s)
{
    struct hr_series *series = &result->series;
    series->step_s = step_s;
    series->n = first->n_steps;
    const bool pods = result->n_deployments > 0 && result->deployments[0].pods != NULL;
    series->columns =
        HR_NEW_ARRAY(struct hr_series_column, result->n_workloads * HR_WORKLOAD_COLUMNS +
                                                  result->n_deployments * HR_DEPLOYMENT_COLUMNS +
                                                  result->n_node_pools * HR_POOL_COLUMNS + TOTALS);
    for (size_t w = 0; w < result->n_workloads; w++)
        add_columns(series, "workloads", result->workloads[w].name, workload_columns,
                    HR_WORKLOAD_COLUMNS,
                    &first->workload_series[w * HR_WORKLOAD_COLUMNS * first->n_steps]);
    for (size_t d = 0; d < result->n_deployments; d++)
        add_columns(series, "deployments", result->deployments[d].name, deployment_columns,
                    pods ? HR_DEPLOYMENT_COLUMNS : HR_COLUMN_OF_PODS,
                    &first->deployment_series[d * HR_DEPLOYMENT_COLUMNS * first->n_steps]);
    add_nodes(series, result, first);
    result->n_step_histograms = result->n_workloads;
    result->step_histograms = HR_NEW_ARRAY(struct hr_step_histogram, result->n_workloads);
    for (size_t w = 0; w < result->n_workloads; w++)
        add_histogram(&result->step_histograms[w], result->workloads[w].name,
                      &first->le_counts[w * first->n_steps * HR_STEP_LE], first->n_steps);
}
