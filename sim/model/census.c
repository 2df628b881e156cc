/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the control plane knows of its deployments and node pools, measured whenever it changes. */
#include "model/state.h"

static void count_pods(struct hr_deployment_metrics *metrics, const struct hr_set_status *before,
                       const struct hr_set_status *now)
{
    if (!metrics->ready.open)
        return;
    for (size_t i = 0; i < HR_POD_COUNTS; i++)
        metrics->counts[i] += now->counts[i] - before->counts[i];
    metrics->scheduling_ns += (uint64_t)(now->scheduling_ns - before->scheduling_ns);
}

static void measure_set(struct hr_model *model, uint32_t d)
{
    const struct hr_set_status status = hr_cluster_set_status(model->cluster, d);
    struct hr_set_status *before = &model->set_status[d];
    struct hr_station *station = &model->stations[d];
    struct hr_deployment_metrics *metrics = station->metrics;
    const hr_time now = model->engine.now;
    hr_level_set(&metrics->levels[HR_LEVEL_DESIRED], now, (uint64_t)status.desired);
    hr_level_set(&metrics->levels[HR_LEVEL_EXISTING], now, status.existing);
    hr_level_set(&metrics->levels[HR_LEVEL_PENDING], now, status.pending);
    hr_level_set(&metrics->levels[HR_LEVEL_LASTING], now, status.available);
    hr_level_set(&metrics->levels[HR_LEVEL_UPDATED], now, status.updated);
    hr_level_set(&metrics->levels[HR_LEVEL_BILLED], now, status.existing - status.pending);
    hr_wide_level_add(&metrics->cost, now, status.usd_nano_per_hour - before->usd_nano_per_hour);
    count_pods(metrics, before, &status);
    hr_measure_ready(model, station, status.ready);
    *before = status;
}

static void measure_pool(struct hr_model *model, uint32_t p)
{
    const struct hr_pool_status status = hr_cluster_pool_status(model->cluster, p);
    const struct hr_pool_status *before = &model->pool_status[p];
    struct hr_pool_metrics *metrics = &model->out->pools[p];
    const hr_time now = model->engine.now;
    metrics->price = (uint64_t)status.node_nano_per_hour;
    hr_pool_nodes(metrics, now, (int64_t)status.existing - before->existing,
                  (int64_t)status.ready - before->ready);
    hr_pool_add(metrics, HR_POOL_EMPTY, now, (int64_t)status.empty - before->empty);
    hr_pool_add(metrics, HR_POOL_CPU_REQUESTED, now,
                status.requested[HR_RESOURCE_CPU] - before->requested[HR_RESOURCE_CPU]);
    hr_pool_add(metrics, HR_POOL_MEMORY_REQUESTED, now,
                status.requested[HR_RESOURCE_MEMORY] - before->requested[HR_RESOURCE_MEMORY]);
    /* Whole GPUs and slices of them: a pool has one or the other. */
    for (size_t r = HR_RESOURCE_GPU; r < HR_RESOURCES_MAX; r++)
        hr_pool_add(metrics, HR_POOL_GPU_REQUESTED, now,
                    status.requested[r] - before->requested[r]);
    for (size_t i = 0; i < HR_POOL_COUNTS && metrics->open; i++)
        metrics->counts[i] += status.counts[i] - before->counts[i];
    hr_pool_round_up(metrics, status.extra_ns - before->extra_ns);
    model->pool_status[p] = status;
}

static void measure_job(struct hr_model *model, uint32_t j)
{
    const struct hr_job_status now = hr_cluster_job_status(model->cluster, model->n_stations + j);
    const struct hr_job_status before = model->job_status[j];
    struct hr_job_metrics *metrics = &model->out->jobs[j];
    model->job_status[j] = now;
    if (!model->recorder.open)
        return;
    const hr_time took = now.turnaround_ns - before.turnaround_ns;
    metrics->begun += now.runs - before.runs;
    metrics->completed += now.completed - before.completed;
    metrics->failed += now.failed - before.failed;
    metrics->missed += now.missed - before.missed;
    metrics->replaced += now.replaced - before.replaced;
    metrics->left_out += now.left_out - before.left_out;
    metrics->turnaround_ns += (uint64_t)took;
    if (took > metrics->turnaround_ns_max)
        metrics->turnaround_ns_max = took;
}

void hr_census(struct hr_model *model)
{
    if (!hr_cluster_changed(model->cluster))
        return;
    for (uint32_t d = 0; d < model->n_stations; d++)
        measure_set(model, d);
    for (uint32_t p = 0; p < model->out->n_pools; p++)
        measure_pool(model, p);
    for (uint32_t j = 0; j < model->out->n_jobs; j++)
        measure_job(model, j);
}
