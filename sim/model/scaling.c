/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Setting autoscalers up, handing out their events, and what they have in common. */
#include "model/scaling.h"

#include "autoscale/config.h"
#include "base/mem.h"
#include "metrics/series.h"
#include "model/path.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Requests that Knative's activator holds for a deployment (pkg/activator/net, breakerQueueDepth);
 * what comes then is rejected. */
#define ACTIVATOR_QUEUE_MAX 10000

void hr_scaler_note(const struct hr_model *model, const struct hr_scaler *scaler,
                    const char *reason, const char *format, ...)
{
    char message[256];
    va_list arguments;
    if (model->options->event == NULL)
        return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    const struct hr_cluster_note note = { .reason = reason,
                                          .set = model->stations[scaler->station].spec->name,
                                          .message = message };
    hr_log_note(model, &note);
}

void hr_scaler_write(struct hr_model *model, const struct hr_scaler *scaler, int64_t replicas,
                     const char *reason, const char *why)
{
    if (replicas == hr_cluster_set_status(model->cluster, scaler->station).desired)
        return;
    hr_scaler_note(model, scaler, reason, "New size: %lld; reason: %s", (long long)replicas, why);
    hr_cluster_scale(model->cluster, scaler->station, replicas);
}

void hr_scaler_next(struct hr_model *model, const struct hr_scaler *scaler, uint32_t kind,
                    hr_time delay)
{
    const hr_time at = hr_time_add(model->engine.now, delay);
    if (at < model->limit)
        hr_engine_schedule(&model->engine, at, HR_EV_AUTOSCALER_SYNC_RANK, kind, scaler->station);
}

/* ---- setting up ---- */

/* Metrics of each pod; the others are of the deployment. KEDA hands totals to its HPA. */
static bool is_per_pod(const struct hr_autoscaler_spec *spec,
                       const struct hr_scaling_metric_spec *metric)
{
    switch ((enum hr_scaling_metric)metric->type) {
    case HR_SCALING_CPU:
    case HR_SCALING_MEMORY:
    case HR_SCALING_GPU_UTILIZATION:
        return true;
    case HR_SCALING_LATENCY:
        return false;
    case HR_SCALING_REQUESTS:
    case HR_SCALING_CONCURRENCY:
    case HR_SCALING_QUEUE_LENGTH:
        break;
    }
    return spec->type == HR_AUTOSCALER_HPA && metric->source == HR_SCALING_PODS;
}

/* What of its pods has to be kept for the metric. */
static unsigned meters_of(const struct hr_station *station,
                          const struct hr_scaling_metric_spec *metric)
{
    switch ((enum hr_scaling_metric)metric->type) {
    case HR_SCALING_MEMORY:
    case HR_SCALING_CONCURRENCY:
    case HR_SCALING_QUEUE_LENGTH:
        return HR_METER_WAITING;
    case HR_SCALING_REQUESTS:
        return HR_METER_GOT;
    case HR_SCALING_GPU_UTILIZATION:
        return station->slots == 1 ? 0 : HR_METER_ACTIVE;
    case HR_SCALING_CPU:
    case HR_SCALING_LATENCY:
        break;
    }
    return 0;
}

static void init_gauges(struct hr_model *model, struct hr_scaler *scaler)
{
    const struct hr_scaling_metric_spec *metrics = scaler->spec->metrics.items;
    struct hr_station *station = &model->stations[scaler->station];
    for (uint32_t i = 0; i < scaler->n_gauges; i++) {
        struct hr_gauge *gauge = &scaler->gauges[i];
        const bool per_pod = is_per_pod(scaler->spec, &metrics[i]);
        hr_gauge_init(gauge, &metrics[i], scaler->station, per_pod);
        station->meters |= per_pod ? meters_of(station, &metrics[i]) : 0;
        if (metrics[i].type == HR_SCALING_LATENCY && station->slow == NULL)
            station->slow = HR_NEW_ARRAY(uint64_t, HR_STEP_ROWS);
        gauge->slow = station->slow;
    }
}

static uint32_t count_metrics(const struct hr_autoscaler_spec *spec)
{
    const bool reads =
        spec != NULL && (spec->type == HR_AUTOSCALER_HPA || spec->type == HR_AUTOSCALER_KEDA);
    return reads ? (uint32_t)spec->metrics.n : 0;
}

static void init_scaler(struct hr_model *model, struct hr_scaler *scaler)
{
    switch ((enum hr_autoscaler_type)scaler->spec->type) {
    case HR_AUTOSCALER_HPA:
    case HR_AUTOSCALER_KEDA:
        init_gauges(model, scaler);
        hr_scaler_hpa_init(scaler);
        return;
    case HR_AUTOSCALER_KNATIVE: {
        struct hr_station *station = &model->stations[scaler->station];
        station->activator = station->routing != HR_ROUTE_CENTRAL_QUEUE;
        return;
    }
    case HR_AUTOSCALER_PREDICTIVE:
        hr_scaler_predictive_init(model, scaler);
        return;
    case HR_AUTOSCALER_SCHEDULED:
        return;
    }
}

void hr_scaling_init(struct hr_model *model)
{
    struct hr_scaling *scaling = HR_NEW(struct hr_scaling);
    model->scaling = scaling;
    scaling->scalers = HR_NEW_ARRAY(struct hr_scaler, model->n_stations);
    for (uint32_t d = 0; d < model->n_stations; d++)
        scaling->n_gauges += count_metrics(model->stations[d].spec->autoscaler);
    scaling->gauges = HR_NEW_ARRAY(struct hr_gauge, scaling->n_gauges);
    struct hr_gauge *gauges = scaling->gauges;
    for (uint32_t d = 0; d < model->n_stations; d++) {
        struct hr_scaler *scaler = &scaling->scalers[d];
        const struct hr_autoscaler_spec *spec = model->stations[d].spec->autoscaler;
        *scaler = (struct hr_scaler){ .spec = spec, .station = d, .gauges = gauges };
        scaler->n_gauges = count_metrics(spec);
        gauges += scaler->n_gauges;
        if (spec != NULL)
            init_scaler(model, scaler);
    }
}

static void start_scaler(struct hr_model *model, struct hr_scaler *scaler)
{
    const struct hr_autoscaler_spec *spec = scaler->spec;
    switch ((enum hr_autoscaler_type)spec->type) {
    case HR_AUTOSCALER_KEDA: {
        const struct hr_keda_config config = hr_keda_config_of(spec);
        hr_keda_init(&scaler->keda, &config, 0);
        hr_scaler_next(model, scaler, HR_EV_KEDA_POLL, spec->polling_interval);
        hr_scaler_next(model, scaler, HR_EV_AUTOSCALER_SYNC, spec->sync_period);
        return;
    }
    case HR_AUTOSCALER_HPA:
        hr_scaler_next(model, scaler, HR_EV_AUTOSCALER_SYNC, spec->sync_period);
        return;
    case HR_AUTOSCALER_KNATIVE:
        hr_scaler_knative_start(model, scaler);
        return;
    case HR_AUTOSCALER_PREDICTIVE:
        hr_scaler_next(model, scaler, HR_EV_AUTOSCALER_SYNC, spec->interval);
        return;
    case HR_AUTOSCALER_SCHEDULED:
        hr_scaler_next(model, scaler, HR_EV_AUTOSCALER_SYNC, 0);
        return;
    }
}

static void mark_next(struct hr_model *model, uint32_t gauge)
{
    const hr_time at = hr_gauge_next(&model->scaling->gauges[gauge], model->engine.now);
    if (at < model->limit)
        hr_engine_schedule(&model->engine, at, HR_EV_METRIC_MARK_RANK, HR_EV_METRIC_MARK, gauge);
}

void hr_scaling_start(struct hr_model *model)
{
    for (uint32_t d = 0; d < model->n_stations; d++)
        if (model->scaling->scalers[d].spec != NULL)
            start_scaler(model, &model->scaling->scalers[d]);
    for (uint32_t i = 0; i < model->scaling->n_gauges; i++)
        mark_next(model, i);
}

static void fini_scaler(struct hr_scaler *scaler)
{
    switch ((enum hr_autoscaler_type)scaler->spec->type) {
    case HR_AUTOSCALER_HPA:
    case HR_AUTOSCALER_KEDA:
        hr_scaler_hpa_fini(scaler);
        return;
    case HR_AUTOSCALER_KNATIVE:
        hr_knative_fini(&scaler->knative);
        return;
    case HR_AUTOSCALER_PREDICTIVE:
        hr_predictive_fini(&scaler->predictive);
        return;
    case HR_AUTOSCALER_SCHEDULED:
        return;
    }
}

void hr_scaling_fini(struct hr_model *model)
{
    struct hr_scaling *scaling = model->scaling;
    if (scaling == NULL)
        return;
    for (uint32_t d = 0; d < model->n_stations; d++) {
        if (scaling->scalers[d].spec != NULL)
            fini_scaler(&scaling->scalers[d]);
        free(scaling->scalers[d].places);
        free(model->stations[d].slow);
    }
    for (uint32_t i = 0; i < scaling->n_gauges; i++)
        hr_gauge_fini(&scaling->gauges[i]);
    free(model->meters.waiting);
    free(model->meters.active);
    free(model->meters.got);
    free(scaling->scalers);
    free(scaling->gauges);
    free(scaling->rows);
    free(scaling);
}

/* ---- pods ---- */

/* The array with room for `to`; what is new is zeroed. */
static void *widened(void *array, uint32_t from, uint32_t to, size_t size)
{
    char *wide = hr_realloc(array, to, size);
    memset(wide + from * size, 0, (to - from) * size);
    return wide;
}

/* Meters and rows for places that have come since. */
static void widen(struct hr_model *model)
{
    struct hr_scaling *scaling = model->scaling;
    const uint32_t from = scaling->n_rows, to = model->n_replicas;
    if (from == to)
        return;
    scaling->rows = hr_realloc(scaling->rows, to, sizeof *scaling->rows);
    memset(&scaling->rows[from], 0xff, (to - from) * sizeof *scaling->rows);
    model->meters.waiting = widened(model->meters.waiting, from, to, sizeof(struct hr_level));
    model->meters.active = widened(model->meters.active, from, to, sizeof(struct hr_level));
    model->meters.got = widened(model->meters.got, from, to, sizeof(uint64_t));
    scaling->n_rows = to;
}

static void take_row(struct hr_scaling *scaling, struct hr_scaler *scaler, uint32_t replica)
{
    if (scaler->n_places == scaler->capacity_places) {
        scaler->capacity_places = 2 * scaler->capacity_places + 16;
        scaler->places =
            hr_realloc(scaler->places, scaler->capacity_places, sizeof *scaler->places);
    }
    scaling->rows[replica] = scaler->n_places;
    scaler->places[scaler->n_places++] = replica;
    for (uint32_t i = 0; i < scaler->n_gauges; i++)
        if (scaler->gauges[i].per_pod)
            hr_gauge_widen(&scaler->gauges[i], scaler->n_places);
}

void hr_scaling_pod_created(struct hr_model *model, uint32_t replica)
{
    struct hr_scaling *scaling = model->scaling;
    struct hr_scaler *scaler =
        &scaling->scalers[model->replicas[replica].station - model->stations];
    if (scaler->n_gauges == 0)
        return;
    widen(model);
    if (scaling->rows[replica] == HR_REPLICA_NONE)
        take_row(scaling, scaler, replica);
    for (uint32_t i = 0; i < scaler->n_gauges; i++)
        if (scaler->gauges[i].per_pod)
            hr_gauge_reset(&scaler->gauges[i], model, scaling->rows[replica], replica);
}

void hr_scaling_hold(struct hr_model *model, struct hr_station *station, uint32_t request)
{
    if (station->queue.n >= ACTIVATOR_QUEUE_MAX) {
        hr_client_attempt_failed(model, request, HR_REJECTED);
        return;
    }
    model->pool.requests[request].replica = HR_REPLICA_NONE;
    hr_path_enqueue(model, HR_MAY_ALL, station, &station->queue, request);
    hr_scaler_knative_poke(model, &model->scaling->scalers[station - model->stations]);
}

/* ---- events ---- */

static void sync(struct hr_model *model, struct hr_scaler *scaler)
{
    switch ((enum hr_autoscaler_type)scaler->spec->type) {
    case HR_AUTOSCALER_HPA:
    case HR_AUTOSCALER_KEDA:
        hr_scaler_hpa_sync(model, scaler);
        return;
    case HR_AUTOSCALER_KNATIVE:
        hr_scaler_knative_tick(model, scaler);
        return;
    case HR_AUTOSCALER_SCHEDULED:
        hr_scaler_scheduled(model, scaler);
        return;
    case HR_AUTOSCALER_PREDICTIVE:
        hr_scaler_predictive(model, scaler);
        return;
    }
}

void hr_scaling_event(struct hr_model *model, const struct hr_event *event)
{
    struct hr_scaling *scaling = model->scaling;
    hr_model_mark(model, event->kind, event->subject);
    if (event->kind == HR_EV_METRIC_MARK) {
        struct hr_gauge *gauge = &scaling->gauges[event->subject];
        const struct hr_scaler *scaler = &scaling->scalers[gauge->station];
        hr_gauge_mark(gauge, model, scaler->places, scaler->n_places);
        mark_next(model, event->subject);
    } else if (event->kind == HR_EV_KEDA_POLL) {
        hr_scaler_keda_poll(model, &scaling->scalers[event->subject]);
    } else {
        sync(model, &scaling->scalers[event->subject]);
    }
}
