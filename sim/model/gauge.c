/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks, and the samples that they make. */
#include "model/gauge.h"

#include "base/mem.h"
#include "base/minmax.h"
#include "metrics/series.h"
#include "model/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void hr_gauge_init(struct hr_gauge *gauge, const struct hr_scaling_metric_spec *spec,
                   uint32_t station, bool per_pod)
{
    const hr_time scrape = spec->scrape_interval;
    *gauge = (struct hr_gauge){
        .spec = spec,
        .station = station,
        .per_pod = per_pod,
        .begin = (scrape - spec->window % scrape) % scrape,
        /* From the newest end back to the beginning of the oldest window that may be asked for. */
        .ring = (uint32_t)(spec->window / scrape + (spec->delay + scrape - 1) / scrape + 2),
    };
    if (!per_pod)
        hr_gauge_widen(gauge, spec->type == HR_SCALING_LATENCY ? HR_STEP_ROWS : 1);
}

void hr_gauge_fini(struct hr_gauge *gauge)
{
    free(gauge->marks);
}

static size_t row_size(const struct hr_gauge *gauge)
{
    return 2 * (size_t)gauge->ring;
}

void hr_gauge_widen(struct hr_gauge *gauge, uint32_t n)
{
    const size_t size = row_size(gauge);
    if (n <= gauge->n_rows)
        return;
    const uint32_t n_rows = (uint32_t)hr_max(n, 2 * (int64_t)gauge->n_rows);
    gauge->marks = hr_realloc(gauge->marks, n_rows * size, sizeof *gauge->marks);
    memset(&gauge->marks[gauge->n_rows * size], 0,
           (n_rows - gauge->n_rows) * size * sizeof *gauge->marks);
    gauge->n_rows = n_rows;
}

/* ---- marks ---- */

static uint64_t meter_of_pod(const struct hr_gauge *gauge, struct hr_model *model, uint32_t i)
{
    const hr_time now = model->engine.now;
    const struct hr_meters *meters = &model->meters;
    const uint64_t busy = hr_level_area(&model->serving[i].busy, now);
    switch ((enum hr_scaling_metric)gauge->spec->type) {
    case HR_SCALING_CPU:
        if (model->replicas[i].cpu == NULL)
            return busy;
        hr_shared_sync(model, i);
        return (uint64_t)model->replicas[i].executed_ns;
    case HR_SCALING_MEMORY:
    case HR_SCALING_CONCURRENCY:
        return busy + hr_level_area(&meters->waiting[i], now);
    case HR_SCALING_QUEUE_LENGTH:
        return hr_level_area(&meters->waiting[i], now);
    case HR_SCALING_REQUESTS:
        return meters->got[i];
    case HR_SCALING_GPU_UTILIZATION:
        return model->stations[gauge->station].slots == 1 ? busy
                                                          : hr_level_area(&meters->active[i], now);
    case HR_SCALING_LATENCY:
        break;
    }
    return 0;
}

static uint64_t meter_of_deployment(const struct hr_gauge *gauge, const struct hr_model *model,
                                    uint32_t row)
{
    const struct hr_station *station = &model->stations[gauge->station];
    const struct hr_level *levels = station->metrics->levels;
    const hr_time now = model->engine.now;
    switch ((enum hr_scaling_metric)gauge->spec->type) {
    case HR_SCALING_CONCURRENCY:
        return hr_level_area(&levels[HR_LEVEL_BUSY], now) +
               hr_level_area(&levels[HR_LEVEL_WAITING], now);
    case HR_SCALING_QUEUE_LENGTH:
        return hr_level_area(&levels[HR_LEVEL_WAITING], now);
    case HR_SCALING_REQUESTS:
        return station->offered;
    case HR_SCALING_LATENCY:
        return gauge->slow[row];
    case HR_SCALING_CPU:
    case HR_SCALING_MEMORY:
    case HR_SCALING_GPU_UTILIZATION:
        break;
    }
    return 0;
}

static uint32_t slot_of(const struct hr_gauge *gauge, int64_t scrape)
{
    const int64_t ring = gauge->ring;
    return (uint32_t)((scrape % ring + ring) % ring);
}

void hr_gauge_reset(struct hr_gauge *gauge, struct hr_model *model, uint32_t row, uint32_t replica)
{
    const uint64_t meter = meter_of_pod(gauge, model, replica);
    const size_t size = row_size(gauge);
    for (size_t i = 0; i < size; i++)
        gauge->marks[row * size + i] = meter;
}

void hr_gauge_mark(struct hr_gauge *gauge, struct hr_model *model, const uint32_t *places,
                   uint32_t n_places)
{
    const hr_time now = model->engine.now, scrape = gauge->spec->scrape_interval;
    const size_t kind = now % scrape == 0 ? 0 : gauge->ring;
    uint64_t *mark = &gauge->marks[kind + slot_of(gauge, now / scrape)];
    const uint32_t n_rows = gauge->per_pod ? n_places : gauge->n_rows;
    for (uint32_t row = 0; row < n_rows; row++, mark += row_size(gauge))
        *mark = gauge->per_pod ? meter_of_pod(gauge, model, places[row])
                               : meter_of_deployment(gauge, model, row);
}

hr_time hr_gauge_next(const struct hr_gauge *gauge, hr_time now)
{
    const hr_time scrape = gauge->spec->scrape_interval;
    const hr_time since = now % scrape;
    return hr_time_add(now, (since < gauge->begin ? gauge->begin : scrape) - since);
}

/* ---- samples ---- */

/* The newest window of which the sample has come through. */
struct span {
    hr_time from, to;
    uint32_t begin, end; /* places of its marks in a row */
};

static bool newest(const struct hr_gauge *gauge, hr_time now, struct span *span)
{
    const struct hr_scaling_metric_spec *spec = gauge->spec;
    const hr_time scrape = spec->scrape_interval;
    if (now < hr_time_add(spec->delay, scrape))
        return false;
    const int64_t end = (now - spec->delay) / scrape;
    const int64_t begin = end - spec->window / scrape;
    *span = (struct span){
        .from = hr_max(end * scrape - spec->window, 0),
        .to = end * scrape,
        .begin =
            gauge->begin == 0 ? slot_of(gauge, begin) : gauge->ring + slot_of(gauge, begin - 1),
        .end = slot_of(gauge, end),
    };
    return true;
}

static double rise(const struct hr_gauge *gauge, uint32_t row, const struct span *span)
{
    const uint64_t *marks = &gauge->marks[row * row_size(gauge)];
    return (double)(marks[span->end] - marks[span->begin]);
}

/* What the mean rise of the meter over [from, to] makes the metric, in its unit. */
static double value_of(const struct hr_gauge *gauge, const struct hr_model *model, uint32_t replica,
                       hr_time from, hr_time to, double mean)
{
    const struct hr_station *station = &model->stations[gauge->station];
    switch ((enum hr_scaling_metric)gauge->spec->type) {
    case HR_SCALING_CPU:
        return station->cpu_idle + station->cpu_slot * mean;
    case HR_SCALING_MEMORY: {
        const struct hr_replica *at = &model->replicas[replica];
        const double leaks_from = (double)hr_max(at->up ? at->ready_since : to, from);
        const double leaking = (double)to - leaks_from;
        const double age = leaking > 0 ? leaking / 2 + leaks_from - (double)at->ready_since : 0;
        return station->memory_base + station->memory_request * mean +
               station->memory_leak_per_ns * age * leaking / (double)(to - from);
    }
    case HR_SCALING_REQUESTS:
        return mean * 1e9;
    case HR_SCALING_CONCURRENCY:
    case HR_SCALING_QUEUE_LENGTH:
    case HR_SCALING_GPU_UTILIZATION:
    case HR_SCALING_LATENCY:
        break;
    }
    return mean;
}

static int64_t request_milli(const struct hr_gauge *gauge, const struct hr_model *model)
{
    const struct hr_resources_spec *resources = model->stations[gauge->station].spec->resources;
    const struct hr_amounts *requests = resources == NULL ? NULL : resources->requests;
    if (requests == NULL)
        return HR_HPA_NONE;
    const double request = gauge->spec->type == HR_SCALING_CPU ? requests->cpu : requests->memory;
    return request > 0 ? llround(request * 1000) : HR_HPA_NONE;
}

struct hr_hpa_sample hr_gauge_sample(const struct hr_gauge *gauge, const struct hr_model *model,
                                     uint32_t row, uint32_t replica,
                                     const struct hr_pod_status *pod)
{
    struct hr_hpa_sample sample = { .usage_milli = HR_HPA_NONE,
                                    .request_milli = request_milli(gauge, model) };
    struct span span;
    if (!pod->container || !newest(gauge, model->engine.now, &span) || pod->started >= span.to)
        return sample;
    const hr_time from = hr_max(span.from, pod->started), window = span.to - from;
    const double mean = rise(gauge, row, &span) / (double)window;
    sample.usage_milli = llround(value_of(gauge, model, replica, from, span.to, mean) * 1000);
    sample.at = span.to;
    sample.window = window;
    return sample;
}

static bool quantile(const struct hr_gauge *gauge, const struct span *span, int64_t *milli)
{
    struct hr_step step = { 0 };
    for (uint32_t row = 0; row < HR_STEP_ROWS; row++) {
        step.latency[row] = (uint32_t)rise(gauge, row, span);
        step.outcomes[0] += step.latency[row];
    }
    *milli = llround(hr_step_quantile_s(&step, gauge->spec->quantile) * 1e6);
    return step.outcomes[0] > 0;
}

bool hr_gauge_total(const struct hr_gauge *gauge, const struct hr_model *model, int64_t *milli)
{
    struct span span;
    if (!newest(gauge, model->engine.now, &span))
        return false;
    if (gauge->spec->type == HR_SCALING_LATENCY)
        return quantile(gauge, &span, milli);
    const double mean = rise(gauge, 0, &span) / (double)(span.to - span.from);
    *milli = llround(value_of(gauge, model, HR_REPLICA_NONE, span.from, span.to, mean) * 1000);
    return true;
}
