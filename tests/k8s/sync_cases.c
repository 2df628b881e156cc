/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole syncs of an HPA: one after another, and from pods to conditions. */
#include "hpa_input.h"
#include "hr_hpa.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

static struct hr_hpa_range read_range(const struct vectors *v, const json_t *one)
{
    return (struct hr_hpa_range){ get_int(v, one, "minReplicas"), get_int(v, one, "maxReplicas") };
}

/* The cases are of versions before pauses_at_zero. */
static struct hr_hpa_settings settings_of(const struct vectors *v, const json_t *params)
{
    struct hr_hpa_settings settings = hr_hpa_settings_default();
    read_settings(&settings, json_object_get(json_object_get(v->root, "meta"), "params"));
    read_settings(&settings, params);
    settings.pauses_at_zero = false;
    return settings;
}

/* What held the decision back, in the words of the traces. */
static const char *trace_reason(const struct hr_hpa *hpa, const struct hr_hpa_decision *decision)
{
    if (decision->cause == HR_HPA_ABOVE_MAX)
        return "above_max";
    if (decision->cause == HR_HPA_BELOW_MIN)
        return "below_min";
    if (decision->proposal == HR_HPA_NONE)
        return hr_hpa_reason_name(hpa->conditions[HR_HPA_SCALING_ACTIVE].reason);
    return hr_hpa_reason_name(hpa->conditions[HR_HPA_SCALING_LIMITED].reason);
}

static void run_step(struct vectors *v, struct hr_hpa *hpa, const json_t *step)
{
    const hr_time now = get_seconds(v, step, "t");
    const int64_t replicas = get_int(v, step, "current");
    const struct hr_hpa_decision decision =
        hr_hpa_sync_on_total(hpa, now, replicas, get_int(v, step, "proposal"));
    char name[40];
    snprintf(name, sizeof name, "t=%lld", (long long)(now / HR_NS_PER_S));
    expect_int(v, "replicas", get_int(v, step, "expected"), decision.replicas);
    expect_text(v, "reason", get_text(v, step, "reason"), trace_reason(hpa, &decision));
    if (has(step, "ableToScale"))
        expect_text(v, "AbleToScale", get_text(v, step, "ableToScale"),
                    hr_hpa_reason_name(hpa->conditions[HR_HPA_ABLE_TO_SCALE].reason));
    if (decision.replicas != replicas)
        hr_hpa_rescaled(hpa, now, replicas, decision.replicas);
    vectors_count(v, name);
}

static void run_trace(struct vectors *v, const json_t *one)
{
    const json_t *given = json_object_get(one, "behavior"), *steps = get(v, one, "steps");
    struct behavior behavior;
    struct hr_hpa hpa;
    behavior_init(&behavior, v, given);
    struct hr_hpa_config config = {
        .range = read_range(v, one),
        .metrics = &hr_hpa_total,
        .n_metrics = 1,
        .behavior = json_is_object(given) ? &behavior.spec : NULL,
        .settings = settings_of(v, NULL),
    };
    config.settings.tolerance = 0; /* so that every change of the total is a proposal */
    hr_hpa_init(&hpa, &config);
    for (size_t i = 0; i < json_array_size(steps); i++)
        run_step(v, &hpa, json_array_get(steps, i));
    hr_hpa_fini(&hpa);
    behavior_fini(&behavior);
}

/* Tolerances of each direction: where the replicas come to rest at each total. */
static void run_tolerance_sequence(struct vectors *v, const json_t *one)
{
    enum { SYNCS = 100 };
    const json_t *steps = get(v, one, "steps");
    struct hr_hpa_rules_spec up = { .stabilization_window = HR_AUTO,
                                    .tolerance = number_or(one, "toleranceUp", HR_AUTO) };
    struct hr_hpa_rules_spec down = { .tolerance = number_or(one, "toleranceDown", HR_AUTO) };
    const struct hr_hpa_behavior_spec behavior = { &up, &down };
    struct hr_hpa_metric metric = hr_hpa_total;
    metric.target_value = 1000 * get_int(v, get(v, one, "metric"), "targetAverageValue");
    const struct hr_hpa_config config = { .range = { 1, INT32_MAX },
                                          .metrics = &metric,
                                          .n_metrics = 1,
                                          .behavior = &behavior,
                                          .settings = hr_hpa_settings_default() };
    struct hr_hpa hpa;
    hr_hpa_init(&hpa, &config);
    int64_t replicas = get_int(v, one, "startReplicas");
    hr_time now = 0;
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        const int64_t total = get_int(v, step, "metricTotal");
        for (int sync = 0; sync < SYNCS; sync++, now += 15 * HR_NS_PER_S)
            replicas = hr_hpa_step_on_total(&hpa, now, replicas, total);
        expect_int(v, "replicas", get_int(v, step, "expected"), replicas);
    }
    vectors_count(v, "");
    hr_hpa_fini(&hpa);
}

/* One reconciliation, of any number of metrics. */
struct reconcile {
    struct behavior behavior;
    struct hr_hpa_metric *metrics;
    struct hr_hpa_reading *readings;
    struct hr_hpa_sample *samples; /* by metric and pod */
    struct hr_hpa_pod *pods;
    struct hr_hpa_scene scene;
    struct hr_hpa hpa;
};

/* A metric whose failure follows from the pods is given them; any other failure is one to fetch. */
static bool fails_to_fetch(const json_t *metric)
{
    static const enum hr_hpa_failure natural[] = { HR_HPA_NO_SAMPLES, HR_HPA_NO_PODS,
                                                   HR_HPA_NO_READY_POD, HR_HPA_NO_REQUEST,
                                                   HR_HPA_NO_MATCH };
    const char *text = json_string_value(json_object_get(metric, "error_text"));
    if (!json_is_false(json_object_get(metric, "available")))
        return false;
    for (size_t i = 0; i < sizeof natural / sizeof *natural; i++)
        if (text && is_failure(text, natural[i]))
            return false;
    return true;
}

static struct hr_hpa_metric read_metric(const struct vectors *v, const json_t *metric)
{
    static const char *const keys[] = { "averageUtilization", "averageValue_milli", "value_milli" };
    const json_t *target = json_object_get(metric, "target");
    struct hr_hpa_metric result = { .source = read_source(get_text(v, metric, "type")),
                                    .is_cpu = is_text(metric, "resource", "cpu"),
                                    .target_value = 1 };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (has(target, keys[i])) {
            result.target = read_target(v, get_text(v, target, "type"));
            result.target_value = get_int(v, target, keys[i]);
        }
    return result;
}

static struct hr_hpa_reading read_reading(const json_t *metric, const json_t *pods,
                                          enum hr_hpa_source source, struct hr_hpa_sample *samples)
{
    const json_t *series = json_object_get(metric, "external_values_milli");
    struct hr_hpa_reading reading = { .unavailable = fails_to_fetch(metric),
                                      .samples = samples,
                                      .total_milli = int_or(metric, "object_value_milli", 0) };
    for (size_t i = 0; i < json_array_size(series); i++)
        reading.total_milli += json_integer_value(json_array_get(series, i));
    for (size_t i = 0; i < json_array_size(pods); i++) {
        const json_t *pod = json_array_get(pods, i);
        const char *usage = source == HR_HPA_PODS ? "custom_milli" : "usage_milli";
        samples[i] = (struct hr_hpa_sample){
            .usage_milli = int_or(pod, usage, HR_HPA_NONE),
            .request_milli = int_or(pod, "cpu_request_milli", HR_HPA_NONE),
            .at = time_ago(pod, "metric_age_s", NOW),
            .window = seconds_or(pod, "metric_window_s", 0),
        };
    }
    return reading;
}

static void reconcile_init(struct reconcile *r, const struct vectors *v, const json_t *one)
{
    const json_t *metrics = get(v, one, "metrics"), *pods = get(v, one, "pods");
    const size_t n_metrics = json_array_size(metrics), n_pods = json_array_size(pods);
    *r = (struct reconcile){
        .metrics = HR_NEW_ARRAY(struct hr_hpa_metric, n_metrics),
        .readings = HR_NEW_ARRAY(struct hr_hpa_reading, n_metrics),
        .samples = HR_NEW_ARRAY(struct hr_hpa_sample, n_metrics * n_pods),
        .pods = read_pods(v, pods, 0),
    };
    for (size_t i = 0; i < n_metrics; i++) {
        const json_t *metric = json_array_get(metrics, i);
        r->metrics[i] = read_metric(v, metric);
        r->readings[i] = read_reading(metric, pods, r->metrics[i].source, r->samples + i * n_pods);
    }
    r->scene = (struct hr_hpa_scene){ .now = NOW,
                                      .replicas = get_int(v, one, "specReplicas"),
                                      .replicas_status = get_int(v, one, "statusReplicas"),
                                      .pods = r->pods,
                                      .n_pods = n_pods };
    behavior_init(&r->behavior, v, json_object_get(one, "behavior"));
    const struct hr_hpa_config config = {
        .range = read_range(v, one),
        .metrics = r->metrics,
        .n_metrics = n_metrics,
        .behavior = has(one, "behavior") ? &r->behavior.spec : NULL,
        .settings = settings_of(v, json_object_get(one, "params")),
    };
    hr_hpa_init(&r->hpa, &config);
    r->hpa.remembers = has(one, "recommendations");
    read_log(&r->hpa.recommendations, v, json_object_get(one, "recommendations"), "recommendation");
}

static void reconcile_fini(struct reconcile *r)
{
    hr_hpa_fini(&r->hpa);
    behavior_fini(&r->behavior);
    free(r->metrics);
    free(r->readings);
    free(r->samples);
    free(r->pods);
}

static void expect_condition(struct vectors *v, const json_t *expected, const struct hr_hpa *hpa,
                             enum hr_hpa_condition condition)
{
    const char *name = hr_hpa_condition_name(condition);
    const struct hr_hpa_status got = hpa->conditions[condition];
    const json_t *found = NULL;
    for (size_t i = 0; i < json_array_size(expected); i++)
        if (is_text(json_array_get(expected, i), "type", name))
            found = json_array_get(expected, i);
    expect_text(v, name, found ? get_text(v, found, "reason") : "", hr_hpa_reason_name(got.reason));
    if (found)
        expect_text(v, name, get_text(v, found, "status"), got.on ? "True" : "False");
}

static void expect_metrics(struct vectors *v, const json_t *one, const struct reconcile *r)
{
    const json_t *metrics = get(v, one, "metrics"), *expected = get(v, one, "expected");
    for (size_t i = 0; i < json_array_size(metrics); i++) {
        const json_t *metric = json_array_get(metrics, i);
        const struct hr_hpa_proposal *got = &r->hpa.proposals[i];
        if (!is_true(metric, "computed"))
            continue;
        expect_int(v, "valid metric", is_true(metric, "available"),
                   got->failure == HR_HPA_NO_FAILURE);
        expect_int(v, "proposal", int_or(metric, "expected_proposal", got->replicas),
                   got->replicas);
        if (r->metrics[i].source == HR_HPA_RESOURCE && r->metrics[i].is_cpu)
            expect_int(v, "utilization",
                       int_or(expected, "cpuUtilizationPercent", got->utilization_percent),
                       got->utilization_percent);
    }
}

/* Faults that are no obstacle are retried, or come after the decision. */
static enum hr_hpa_obstacle read_obstacle(const json_t *one)
{
    if (is_text(one, "fault_injected", "FailedGetScale"))
        return HR_HPA_NO_SCALE;
    if (is_text(one, "fault_injected", "AmbiguousSelector"))
        return HR_HPA_SELECTOR_AMBIGUOUS;
    if (is_text(one, "fault_injected", "InvalidSelector"))
        return HR_HPA_SELECTOR_INVALID;
    return HR_HPA_NO_OBSTACLE;
}

static const char *action(int64_t from, int64_t to)
{
    return to > from ? "scale_up" : to < from ? "scale_down" : "none";
}

static void run_reconcile(struct vectors *v, const json_t *one)
{
    const json_t *expected = get(v, one, "expected");
    const bool refused = is_text(one, "fault_injected", "FailedUpdateScale");
    struct reconcile r;
    reconcile_init(&r, v, one);
    const int64_t before = r.scene.replicas;
    const struct hr_hpa_decision decision =
        hr_hpa_sync(&r.hpa, &r.scene, r.readings, read_obstacle(one));
    const int64_t after = refused ? before : decision.replicas;
    if (refused)
        hr_hpa_rescale_failed(&r.hpa);
    else if (after != before)
        hr_hpa_rescaled(&r.hpa, NOW, before, after);
    expect_int(v, "replicas", get_int(v, expected, "desiredReplicas"), after);
    expect_text(v, "action", get_text(v, expected, "reconcileAction"), action(before, after));
    expect_int(v, "failed", !is_text(expected, "reconcileError", "none"),
               decision.failed || refused);
    for (int i = 0; i < HR_HPA_SCALED_TO_ZERO; i++)
        expect_condition(v, get(v, expected, "conditions"), &r.hpa, (enum hr_hpa_condition)i);
    expect_metrics(v, one, &r);
    vectors_count(v, "");
    reconcile_fini(&r);
}

const struct kind sync_kinds[] = {
    { "reconcile", run_reconcile },
    { "traces", run_trace },
    { "tolerance_sequence", run_tolerance_sequence },
    { NULL, NULL },
};
