/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HPA, and KEDA around it: what they see of the pods and metrics at a sync. */
#include "autoscale/config.h"
#include "base/mem.h"
#include "model/scaling.h"

#include <stdio.h>
#include <stdlib.h>

void hr_scaler_hpa_init(struct hr_scaler *scaler)
{
    struct hr_scaler_hpa *own = &scaler->hpa;
    own->metrics = HR_NEW_ARRAY(struct hr_hpa_metric, scaler->n_gauges);
    own->readings = HR_NEW_ARRAY(struct hr_hpa_reading, scaler->n_gauges);
    const struct hr_hpa_config config = hr_hpa_config_of(scaler->spec, own->metrics);
    hr_hpa_init(&own->hpa, &config);
    own->told[HR_HPA_SCALED_TO_ZERO].reason = HR_HPA_NOT_SCALED_TO_ZERO; /* goes without saying */
}

void hr_scaler_hpa_fini(struct hr_scaler *scaler)
{
    struct hr_scaler_hpa *own = &scaler->hpa;
    hr_hpa_fini(&own->hpa);
    free(own->metrics);
    free(own->readings);
    free(own->pods);
    free(own->samples);
}

/* ---- what is seen ---- */

static struct hr_hpa_pod pod_of(const struct hr_pod_status *status)
{
    return (struct hr_hpa_pod){
        .phase = status->pending ? HR_HPA_POD_PENDING : HR_HPA_POD_RUNNING,
        .deleting = status->deleting,
        .ready = status->ready ? HR_HPA_READY_TRUE : HR_HPA_READY_FALSE,
        .started = status->acknowledged,
        .ready_changed = status->ready_changed,
    };
}

/* Samples of one pod, the n-th of the scene. */
static void see_samples(const struct hr_model *model, struct hr_scaler *scaler, uint32_t n,
                        uint32_t replica, const struct hr_pod_status *pod)
{
    const uint32_t row = model->scaling->rows[replica];
    struct hr_hpa_sample *sample = &scaler->hpa.samples[n];
    for (uint32_t i = 0; i < scaler->n_gauges; i++, sample += scaler->hpa.capacity)
        if (scaler->gauges[i].per_pod)
            *sample = hr_gauge_sample(&scaler->gauges[i], model, row, replica, pod);
}

static void make_room(struct hr_scaler *scaler, uint32_t n_pods)
{
    struct hr_scaler_hpa *own = &scaler->hpa;
    if (n_pods <= own->capacity)
        return;
    own->capacity = 2 * n_pods;
    own->pods = hr_realloc(own->pods, own->capacity, sizeof *own->pods);
    own->samples =
        hr_realloc(own->samples, (size_t)own->capacity * scaler->n_gauges, sizeof *own->samples);
}

/* Pods and their samples. Returns how many there are. */
static uint32_t see_pods(const struct hr_model *model, struct hr_scaler *scaler)
{
    uint32_t n = 0;
    make_room(scaler, hr_cluster_set_status(model->cluster, scaler->station).existing);
    for (uint32_t pod = hr_cluster_first_pod(model->cluster, scaler->station); pod != HR_POD_NONE;
         pod = hr_cluster_next_pod(model->cluster, pod), n++) {
        const struct hr_pod_status status = hr_cluster_pod_status(model->cluster, pod);
        scaler->hpa.pods[n] = pod_of(&status);
        see_samples(model, scaler, n, hr_cluster_pod_tag(model->cluster, pod), &status);
    }
    return n;
}

/* The sum over pods, of a metric that KEDA takes as a total. */
static bool add_up(const struct hr_hpa_sample *samples, uint32_t n_pods, int64_t *milli)
{
    bool any = false;
    *milli = 0;
    for (uint32_t i = 0; i < n_pods; i++) {
        if (samples[i].usage_milli == HR_HPA_NONE)
            continue;
        *milli += samples[i].usage_milli;
        any = true;
    }
    return any;
}

static void see_metrics(const struct hr_model *model, struct hr_scaler *scaler, uint32_t n_pods)
{
    struct hr_scaler_hpa *own = &scaler->hpa;
    for (uint32_t i = 0; i < scaler->n_gauges; i++) {
        const struct hr_gauge *gauge = &scaler->gauges[i];
        struct hr_hpa_reading *reading = &own->readings[i];
        reading->samples = own->samples + (size_t)i * own->capacity;
        reading->unavailable = gauge->per_pod
                                   ? !add_up(reading->samples, n_pods, &reading->total_milli)
                                   : !hr_gauge_total(gauge, model, &reading->total_milli);
        if (own->metrics[i].source == HR_HPA_RESOURCE || own->metrics[i].source == HR_HPA_PODS)
            reading->unavailable = false; /* what the pods have is the HPA's to judge */
    }
}

/* ---- the HPA ---- */

/* The metric as the HPA calls it in its events. */
static void name_metric(char *out, size_t size, const struct hr_hpa_metric *metric,
                        const struct hr_scaling_metric_spec *spec)
{
    static const char *const names[] = {
        [HR_SCALING_CPU] = "cpu",
        [HR_SCALING_MEMORY] = "memory",
        [HR_SCALING_REQUESTS] = "requests",
        [HR_SCALING_CONCURRENCY] = "concurrency",
        [HR_SCALING_QUEUE_LENGTH] = "queue_length",
        [HR_SCALING_GPU_UTILIZATION] = "gpu_utilization",
        [HR_SCALING_LATENCY] = "latency",
    };
    const char *name = names[spec->type];
    if (metric->source == HR_HPA_RESOURCE)
        snprintf(out, size, "%s resource%s", name,
                 metric->target == HR_HPA_UTILIZATION ? " utilization (percentage of request)"
                                                      : "");
    else
        snprintf(out, size, "%s metric %s",
                 metric->source == HR_HPA_PODS     ? "pods"
                 : metric->source == HR_HPA_OBJECT ? "Deployment"
                                                   : "external",
                 name);
}

static void write_replicas(struct hr_model *model, struct hr_scaler *scaler,
                           const struct hr_hpa_decision *decision, int64_t replicas)
{
    struct hr_scaler_hpa *own = &scaler->hpa;
    const struct hr_scaling_metric_spec *specs = scaler->spec->metrics.items;
    char metric[80];
    struct hr_str why;
    hr_str_init(&why);
    name_metric(metric, sizeof metric, &own->metrics[decision->metric], &specs[decision->metric]);
    hr_hpa_explain(&why, decision, metric);
    hr_scaler_write(model, scaler, decision->replicas, "SuccessfulRescale", why.text);
    hr_hpa_rescaled(&own->hpa, model->engine.now, replicas, decision->replicas);
    hr_str_fini(&why);
}

/* Conditions that have another reason than before. That the HPA has rescaled, an event tells. */
static void tell_conditions(const struct hr_model *model, struct hr_scaler *scaler)
{
    struct hr_scaler_hpa *own = &scaler->hpa;
    for (int i = 0; i < HR_HPA_N_CONDITIONS; i++) {
        const struct hr_hpa_status status = own->hpa.conditions[i];
        if (status.reason == own->told[i].reason || status.reason == HR_HPA_UNSET ||
            status.reason == HR_HPA_SUCCEEDED_GET_SCALE ||
            status.reason == HR_HPA_SUCCEEDED_RESCALE)
            continue;
        own->told[i] = status;
        hr_scaler_note(model, scaler, hr_hpa_condition_name((enum hr_hpa_condition)i), "%s: %s",
                       status.on ? "True" : "False", hr_hpa_reason_name(status.reason));
    }
}

void hr_scaler_hpa_sync(struct hr_model *model, struct hr_scaler *scaler)
{
    struct hr_scaler_hpa *own = &scaler->hpa;
    const struct hr_set_status status = hr_cluster_set_status(model->cluster, scaler->station);
    const uint32_t n_pods = see_pods(model, scaler);
    see_metrics(model, scaler, n_pods);
    const struct hr_hpa_scene scene = {
        .now = model->engine.now,
        .replicas = status.desired,
        .replicas_status = status.pods,
        .pods = own->pods,
        .n_pods = n_pods,
    };
    const struct hr_hpa_decision decision =
        hr_hpa_sync(&own->hpa, &scene, own->readings, HR_HPA_NO_OBSTACLE);
    if (decision.replicas != scene.replicas)
        write_replicas(model, scaler, &decision, scene.replicas);
    tell_conditions(model, scaler);
    hr_scaler_next(model, scaler, HR_EV_AUTOSCALER_SYNC, scaler->spec->sync_period);
}

/* ---- KEDA ---- */

/* Pods' own resources wake nothing. */
static bool is_active(const struct hr_scaler *scaler)
{
    const struct hr_scaling_metric_spec *specs = scaler->spec->metrics.items;
    bool active = false;
    for (uint32_t i = 0; i < scaler->n_gauges; i++) {
        const struct hr_hpa_reading *reading = &scaler->hpa.readings[i];
        active |= scaler->hpa.metrics[i].source == HR_HPA_EXTERNAL && !reading->unavailable &&
                  hr_keda_is_active(&specs[i], (double)reading->total_milli / 1000);
    }
    return active;
}

void hr_scaler_keda_poll(struct hr_model *model, struct hr_scaler *scaler)
{
    see_metrics(model, scaler, see_pods(model, scaler));
    const bool active = is_active(scaler);
    const int64_t replicas = hr_cluster_set_status(model->cluster, scaler->station).desired;
    const int64_t next = hr_keda_poll(&scaler->keda, model->engine.now, replicas, active);
    hr_scaler_write(model, scaler, next,
                    next > replicas ? "KEDAScaleTargetActivated" : "KEDAScaleTargetDeactivated",
                    active ? "a trigger is active" : "no trigger is active");
    hr_scaler_next(model, scaler, HR_EV_KEDA_POLL, scaler->spec->polling_interval);
}
