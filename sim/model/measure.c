/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ticks: the steps of the time series, the opening and closing of the window, the end of draining.
 */
#include "model/state.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

size_t hr_model_steps(hr_time duration, hr_time step)
{
    return (size_t)((duration - 1) / step + 1);
}

static struct hr_area *step_area(struct hr_model *model, uint32_t station, uint32_t level)
{
    return &model->recorder.levels[station * HR_DEPLOYMENT_LEVELS + level];
}

static hr_time next_tick(const struct hr_model *model)
{
    const hr_time now = model->engine.now;
    hr_time next = model->limit;
    if (model->recorder.grid_next < next)
        next = model->recorder.grid_next;
    if (model->recorder.slice_next < next)
        next = model->recorder.slice_next;
    if (model->from > now && model->from < next)
        next = model->from;
    if (model->to > now && model->to < next)
        next = model->to;
    return next;
}

static void set_tick(struct hr_model *model)
{
    hr_engine_source_set(&model->engine, model->tick_source, next_tick(model));
}

static void series_init(struct hr_model *model)
{
    struct hr_replication *out = model->out;
    const size_t columns = (size_t)model->n_clients * HR_WORKLOAD_COLUMNS;
    model->recorder.steps = HR_NEW_ARRAY(struct hr_step, model->n_clients);
    out->workload_series = HR_NEW_ARRAY(double, columns * out->n_steps);
    out->deployment_series =
        HR_NEW_ARRAY(double, (size_t)model->n_stations *HR_DEPLOYMENT_COLUMNS * out->n_steps);
    out->pool_series = HR_NEW_ARRAY(double, (size_t)out->n_pools *HR_POOL_COLUMNS * out->n_steps);
    out->le_counts = HR_NEW_ARRAY(uint64_t, (size_t)model->n_clients * out->n_steps * HR_STEP_LE);
    for (uint32_t w = 0; w < model->n_clients; w++)
        model->clients[w].metrics->step = &model->recorder.steps[w];
}

static void slices_init(struct hr_model *model)
{
    struct hr_replication *out = model->out;
    const struct hr_sums_shape shape = { out->n_workloads, out->n_deployments };
    out->slices = hr_slices_new(&shape, out->window);
    if (out->slices == NULL)
        return;
    model->recorder.slice_next = model->from + out->slices->length;
    for (uint32_t w = 0; w < model->n_clients; w++)
        model->clients[w].metrics->waits = HR_NEW_ARRAY(uint64_t, HR_PARTS_ROWS);
}

void hr_measure_init(struct hr_model *model)
{
    struct hr_recorder *recorder = &model->recorder;
    const hr_time step = model->options->step;
    recorder->grid_next = step < model->to ? step : model->to;
    recorder->inside = HR_NEW_ARRAY(struct hr_area, model->n_clients);
    recorder->levels =
        HR_NEW_ARRAY(struct hr_area, (size_t)model->n_stations * HR_DEPLOYMENT_LEVELS);
    recorder->costs = HR_NEW_ARRAY(struct hr_wide_area, model->n_stations);
    recorder->pool_levels =
        HR_NEW_ARRAY(struct hr_wide_area, (size_t)model->out->n_pools * HR_POOL_LEVELS);
    recorder->backlog = HR_NEW_ARRAY(double, model->n_stations);
    model->out->n_steps = hr_model_steps(model->to, step);
    model->out->inside = HR_NEW_ARRAY(double, model->out->n_steps * model->n_clients);
    if (model->options->series)
        series_init(model);
    recorder->slice_next = HR_TIME_NEVER;
    if (model->options->slices)
        slices_init(model);
    hr_engine_source_init(&model->engine, model->tick_source, HR_EV_TICK_RANK, HR_EV_TICK, 0);
    set_tick(model);
}

void hr_measure_fini(struct hr_model *model)
{
    for (uint32_t w = 0; w < model->n_clients; w++)
        model->clients[w].metrics->step = NULL;
    free(model->recorder.inside);
    free(model->recorder.levels);
    free(model->recorder.costs);
    free(model->recorder.pool_levels);
    free(model->recorder.steps);
    free(model->recorder.backlog);
}

static void record_workload(struct hr_model *model, uint32_t w, double step_s)
{
    struct hr_replication *out = model->out;
    struct hr_step *step = &model->recorder.steps[w];
    const size_t i = model->recorder.step;
    double *column = &out->workload_series[(size_t)w * HR_WORKLOAD_COLUMNS * out->n_steps + i];
    column[HR_COLUMN_ARRIVED * out->n_steps] = (double)step->arrived / step_s;
    for (size_t outcome = 0; outcome < HR_OUTCOMES; outcome++)
        column[(HR_COLUMN_COMPLETED + outcome) * out->n_steps] =
            (double)step->outcomes[outcome] / step_s;
    column[HR_COLUMN_CONCURRENCY * out->n_steps] = out->inside[i * model->n_clients + w];
    column[HR_COLUMN_P50 * out->n_steps] = hr_step_quantile_s(step, 0.5);
    column[HR_COLUMN_P99 * out->n_steps] = hr_step_quantile_s(step, 0.99);
    hr_step_cumulate(step, &out->le_counts[((size_t)w * out->n_steps + i) * HR_STEP_LE]);
    *step = (struct hr_step){ 0 };
}

/* Slots (or cores, when requests share them) at work in the step, on average. */
static double mean_at_work(struct hr_station *station, double busy, double step_ns)
{
    const double done_ns = station->executed_ns - station->executed_mark_ns;
    station->executed_mark_ns = station->executed_ns;
    return station->shared ? done_ns / step_ns : busy;
}

/* What the ready replicas use in a step; means over the step but for the leak, which is that of its
 * end. */
static void record_deployment(struct hr_model *model, uint32_t d, double step_ns)
{
    struct hr_replication *out = model->out;
    struct hr_station *station = &model->stations[d];
    double mean[HR_DEPLOYMENT_LEVELS];
    for (uint32_t l = 0; l < HR_DEPLOYMENT_LEVELS; l++)
        mean[l] = (double)hr_area_collect(step_area(model, d, l), &station->metrics->levels[l],
                                          model->engine.now) /
                  step_ns;
    const double at_work = mean_at_work(station, mean[HR_LEVEL_BUSY], step_ns);
    const double busy = station->metrics->shares_cores ? at_work : mean[HR_LEVEL_BUSY];
    const double up = mean[HR_LEVEL_SERVING];
    const double nobody = up > 0 ? 0 : (double)NAN; /* no replica, no use of one */
    const double slots = up * station->slots_paid;
    const double ages = (double)station->n_up * (double)model->engine.now - station->since_sum;
    double *column = &out->deployment_series[(size_t)d * HR_DEPLOYMENT_COLUMNS * out->n_steps +
                                             model->recorder.step];
    column[HR_COLUMN_READY * out->n_steps] = mean[HR_LEVEL_READY];
    column[HR_COLUMN_UTILIZATION * out->n_steps] =
        slots > 0 && isfinite(slots) ? busy / slots : (double)NAN;
    column[HR_COLUMN_QUEUE_LENGTH * out->n_steps] = mean[HR_LEVEL_WAITING];
    column[HR_COLUMN_CPU_CORES * out->n_steps] =
        nobody + station->cpu_idle + station->cpu_slot * at_work / up;
    column[HR_COLUMN_MEMORY_BYTES * out->n_steps] =
        nobody + station->memory_base +
        (station->memory_request * mean[HR_LEVEL_HELD] + station->memory_leak_per_ns * ages) / up;
    const hr_uint128 cost =
        hr_wide_area_collect(&model->recorder.costs[d], &station->metrics->cost, model->engine.now);
    column[HR_COLUMN_COST * out->n_steps] =
        mean[HR_LEVEL_BILLED] * station->spec->usd_per_hour + 1e-9 * (double)cost / step_ns;
    column[HR_COLUMN_DESIRED * out->n_steps] = mean[HR_LEVEL_DESIRED];
    column[HR_COLUMN_RUNNING * out->n_steps] = mean[HR_LEVEL_EXISTING] - mean[HR_LEVEL_PENDING];
    column[HR_COLUMN_PENDING * out->n_steps] = mean[HR_LEVEL_PENDING];
    column[HR_COLUMN_AVAILABLE * out->n_steps] = mean[HR_LEVEL_LASTING];
    column[HR_COLUMN_UPDATED * out->n_steps] = mean[HR_LEVEL_UPDATED];
}

static void record_pool(struct hr_model *model, uint32_t p, double step_ns)
{
    struct hr_replication *out = model->out;
    const struct hr_pool_metrics *pool = &out->pools[p];
    struct hr_wide_area *areas = &model->recorder.pool_levels[(size_t)p * HR_POOL_LEVELS];
    double mean[HR_POOL_LEVELS];
    for (size_t l = 0; l < HR_POOL_LEVELS; l++)
        mean[l] =
            (double)hr_wide_area_collect(&areas[l], &pool->levels[l], model->engine.now) / step_ns;
    double *column =
        &out->pool_series[(size_t)p * HR_POOL_COLUMNS * out->n_steps + model->recorder.step];
    column[HR_COLUMN_NODES * out->n_steps] = mean[HR_POOL_NODES];
    column[HR_COLUMN_NODES_READY * out->n_steps] = mean[HR_POOL_READY];
    column[HR_COLUMN_NODES_COST * out->n_steps] = mean[HR_POOL_NODES] * 1e-9 * (double)pool->price;
}

/* The mean backlog of the step that began at `from`, if it lies in the second half of the window.
 */
static void follow_backlog(struct hr_model *model, uint32_t d, hr_time from)
{
    struct hr_deployment_metrics *metrics = model->stations[d].metrics;
    double area = (double)metrics->areas[HR_LEVEL_WAITING].total;
    if (model->stations[d].shared)
        area += (double)metrics->areas[HR_LEVEL_BUSY].total;
    const double step_ns = (double)(model->engine.now - from);
    if (from >= model->from + (model->to - model->from) / 2)
        hr_trend_add(&metrics->backlog, hr_time_to_s(from) + step_ns / 2e9,
                     (area - model->recorder.backlog[d]) / step_ns);
    model->recorder.backlog[d] = area;
}

static void end_step(struct hr_model *model)
{
    struct hr_recorder *recorder = &model->recorder;
    const hr_time from = (hr_time)recorder->step * model->options->step;
    const double step_ns = (double)(model->engine.now - from);
    for (uint32_t w = 0; w < model->n_clients; w++) {
        const uint64_t area = hr_area_collect(
            &recorder->inside[w], &model->clients[w].metrics->inside, model->engine.now);
        model->out->inside[recorder->step * model->n_clients + w] = (double)area / step_ns;
    }
    if (model->options->series) {
        for (uint32_t w = 0; w < model->n_clients; w++)
            record_workload(model, w, step_ns / 1e9);
        for (uint32_t d = 0; d < model->n_stations; d++)
            record_deployment(model, d, step_ns);
        for (uint32_t p = 0; p < model->out->n_pools; p++)
            record_pool(model, p, step_ns);
    }
    for (uint32_t d = 0; d < model->n_stations; d++)
        follow_backlog(model, d, from);
    recorder->step++;
    const hr_time next = hr_time_add(model->engine.now, model->options->step);
    recorder->grid_next = model->engine.now >= model->to ? HR_TIME_NEVER
                          : next < model->to             ? next
                                                         : model->to;
    if (model->options->tick != NULL)
        model->options->tick(model->options->ctx);
}

void hr_measure_ready(struct hr_model *model, struct hr_station *station, uint32_t ready)
{
    struct hr_deployment_metrics *metrics = station->metrics;
    const hr_time now = model->engine.now;
    hr_level_set(&metrics->levels[HR_LEVEL_READY], now, ready);
    hr_level_set(&metrics->levels[HR_LEVEL_SERVING], now, station->n_up);
    hr_level_set(&metrics->levels[HR_LEVEL_AVAILABLE], now,
                 (int64_t)ready >= station->spec->min_ready);
    hr_ready_set(&metrics->ready, now, ready);
    if (model->recorder.open && ready < metrics->ready_min)
        metrics->ready_min = ready;
    if (model->recorder.open && ready > metrics->ready_max)
        metrics->ready_max = ready;
}

void hr_measure_open(struct hr_model *model)
{
    const hr_time now = model->engine.now;
    hr_use_collect_all(model); /* what came before does not count */
    model->recorder.open = true;
    for (uint32_t w = 0; w < model->n_clients; w++) {
        struct hr_workload_metrics *metrics = model->clients[w].metrics;
        hr_area_open(&metrics->inside_area, &metrics->inside, now);
        hr_area_open(&metrics->busy_area, &metrics->busy, now);
    }
    for (uint32_t d = 0; d < model->n_stations; d++) {
        struct hr_deployment_metrics *metrics = model->stations[d].metrics;
        for (uint32_t l = 0; l < HR_DEPLOYMENT_LEVELS; l++)
            hr_area_open(&metrics->areas[l], &metrics->levels[l], now);
        hr_ready_open(&metrics->ready, now);
        hr_wide_area_open(&metrics->cost_area, &metrics->cost, now);
        metrics->ready_min = metrics->ready_max = metrics->levels[HR_LEVEL_READY].n;
    }
    for (uint32_t p = 0; p < model->out->n_pools; p++)
        hr_pool_open(&model->out->pools[p], now);
}

static void collect_window(struct hr_model *model)
{
    const hr_time now = model->engine.now;
    for (uint32_t w = 0; w < model->n_clients; w++) {
        struct hr_workload_metrics *metrics = model->clients[w].metrics;
        hr_area_collect(&metrics->inside_area, &metrics->inside, now);
        hr_area_collect(&metrics->busy_area, &metrics->busy, now);
    }
    for (uint32_t d = 0; d < model->n_stations; d++) {
        struct hr_deployment_metrics *metrics = model->stations[d].metrics;
        for (uint32_t l = 0; l < HR_DEPLOYMENT_LEVELS; l++)
            hr_area_collect(&metrics->areas[l], &metrics->levels[l], now);
        hr_wide_area_collect(&metrics->cost_area, &metrics->cost, now);
    }
    for (uint32_t p = 0; p < model->out->n_pools; p++)
        hr_pool_collect(&model->out->pools[p], now);
}

/* Work that shared replicas have done so far belongs to the time before this tick. */
static void sync_replicas(struct hr_model *model)
{
    for (uint32_t i = 0; model->may & HR_MAY_SHARE && i < model->n_replicas; i++) {
        if (model->replicas[i].cpu != NULL)
            hr_shared_sync(model, i);
    }
    for (uint32_t d = 0; d < model->n_stations; d++)
        hr_faults_leak_collect(model, &model->stations[d]);
}

/* Changes nothing else: a run is the same with slices and without. */
static void end_slice(struct hr_model *model)
{
    struct hr_replication *out = model->out;
    struct hr_slices *slices = out->slices;
    const hr_time now = model->engine.now;
    collect_window(model);
    hr_slices_end(slices, now - model->from, out->workloads, out->deployments);
    double *row = hr_slices_row(slices, slices->done - 1);
    for (uint32_t d = 0; d < model->n_stations; d++)
        row[hr_sums_of_deployment(&slices->shape, d) + HR_SUM_LEAK_BYTE_NS] +=
            hr_faults_leaked(model, &model->stations[d]);
    model->recorder.slice_next =
        slices->done + 1 < slices->n ? now + slices->length : HR_TIME_NEVER;
}

void hr_measure_close_slices(struct hr_model *model)
{
    struct hr_replication *out = model->out;
    if (out->slices == NULL || out->slices->done + 1 < out->slices->n)
        return;
    hr_slices_end(out->slices, out->window, out->workloads, out->deployments);
    hr_slices_close(out->slices);
}

static void take_measure(struct hr_model *model)
{
    const hr_time now = model->engine.now;
    sync_replicas(model);
    if (model->recorder.open)
        collect_window(model);
    if (now == model->recorder.grid_next)
        end_step(model);
    if (now == model->from)
        hr_measure_open(model);
    if (now == model->to) {
        hr_use_collect_all(model);
        for (uint32_t p = 0; p < model->out->n_pools; p++)
            model->out->pools[p].open = false;
        for (uint32_t d = 0; d < model->n_stations; d++)
            hr_ready_close(&model->stations[d].metrics->ready, now);
        model->recorder.open = false;
        model->stop = model->counted_open == 0 || model->options->levels_only;
    }
    if (now >= model->limit)
        model->stop = true;
}

void hr_measure_tick(struct hr_model *model)
{
    const hr_time now = model->engine.now;
    if (now == model->recorder.slice_next)
        end_slice(model);
    if (now == model->recorder.grid_next || now == model->from || now == model->to ||
        now >= model->limit)
        take_measure(model);
    set_tick(model);
}
