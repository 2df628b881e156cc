/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics to proposals. */
#include "hpa_input.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One calculation of replicas from one metric. */
struct calculation {
    struct hr_hpa_metric metric;
    struct hr_hpa_reading reading;
    struct hr_hpa_scene scene;
    struct hr_hpa_tolerance tolerance;
    struct hr_hpa_grace grace;
    struct hr_hpa_pod *pods;
    struct hr_hpa_sample *samples;
    const char *container; /* "": the whole pod */
};

static void calculation_init(struct calculation *c, const struct vectors *v, const json_t *pods,
                             size_t n_gone)
{
    const size_t n_pods = json_array_size(pods) + n_gone;
    *c = (struct calculation){
        .pods = read_pods(v, pods, n_gone),
        .samples = HR_NEW_ARRAY(struct hr_hpa_sample, n_pods),
        .container = "",
    };
    for (size_t i = 0; i < n_pods; i++)
        c->samples[i] =
            (struct hr_hpa_sample){ .usage_milli = HR_HPA_NONE, .request_milli = HR_HPA_NONE };
    c->reading.samples = c->samples;
    c->scene = (struct hr_hpa_scene){ .now = NOW, .pods = c->pods, .n_pods = n_pods };
}

static void calculation_fini(struct calculation *c)
{
    free(c->pods);
    free(c->samples);
}

static struct hr_hpa_proposal propose(const struct calculation *c)
{
    return hr_hpa_propose(&c->metric, &c->reading, &c->scene, &c->tolerance, &c->grace);
}

/* The sum over the containers of a pod, or the named one ("container2" is the second). HR_HPA_NONE:
 * there is none, or one of them is null. */
static int64_t of_containers(const json_t *amounts, const char *container)
{
    size_t first = 0, end = json_array_size(amounts);
    int64_t sum = 0;
    if (container[0]) {
        first = (size_t)strtoul(container + strlen("container"), NULL, 10) - 1;
        end = first < end ? first + 1 : first;
    }
    for (size_t i = first; i < end; i++) {
        const json_t *amount = json_array_get(amounts, i);
        if (!json_is_integer(amount))
            return HR_HPA_NONE;
        sum += json_integer_value(amount);
    }
    return first < end ? sum : HR_HPA_NONE;
}

static struct hr_hpa_sample *sample_named(struct calculation *c, const json_t *pods,
                                          const char *name, size_t *n_gone)
{
    const size_t n = json_array_size(pods);
    for (size_t i = 0; i < n; i++)
        if (is_text(json_array_get(pods, i), "name", name))
            return &c->samples[i];
    return &c->samples[n + (*n_gone)++];
}

static void read_pod_metrics(struct calculation *c, const struct vectors *v, const json_t *one)
{
    const json_t *pods = get(v, one, "pods"), *metrics = json_object_get(one, "pod_metrics");
    size_t n_gone = 0;
    for (size_t i = 0; i < json_array_size(metrics); i++) {
        const json_t *metric = json_array_get(metrics, i);
        struct hr_hpa_sample *sample = sample_named(c, pods, get_text(v, metric, "pod"), &n_gone);
        sample->usage_milli = of_containers(get(v, metric, "container_levels_milli"), c->container);
        sample->at = time_ago(metric, "age_s", NOW);
        sample->window = seconds_or(metric, "window_s", 0);
        c->reading.unavailable |= sample->usage_milli == HR_HPA_NONE; /* lacks the container */
    }
    /* Levels of pods in their order; what is more is of pods that are gone. */
    const json_t *levels = json_object_get(one, "levels_milli");
    for (size_t i = 0; i < json_array_size(levels) && i < c->scene.n_pods; i++)
        c->samples[i].usage_milli = json_integer_value(json_array_get(levels, i));
}

/* What stands with the pods themselves. */
static void read_pod_samples(struct calculation *c, const json_t *pods)
{
    for (size_t i = 0; i < json_array_size(pods); i++) {
        const json_t *pod = json_array_get(pods, i);
        struct hr_hpa_sample *sample = &c->samples[i];
        sample->usage_milli = int_or(pod, "usage_milli", sample->usage_milli);
        sample->at = time_ago(pod, "metric_age_s", sample->at);
        sample->window = seconds_or(pod, "metric_window_s", sample->window);
        sample->request_milli =
            int_or(pod, "request_milli",
                   of_containers(json_object_get(pod, "container_requests_milli"), c->container));
    }
}

static int64_t sum_of(const json_t *values)
{
    int64_t sum = 0;
    for (size_t i = 0; i < json_array_size(values); i++)
        sum += json_integer_value(json_array_get(values, i));
    return sum;
}

/* "Pods/AverageValue"; "Resource" is utilization. */
static void read_metric(struct calculation *c, const struct vectors *v, const json_t *one)
{
    static const char *const targets[] = { "targetUtilization", "perPodTargetUsage_milli",
                                           "perPodTarget_milli", "targetUsage_milli",
                                           "target_milli" };
    const char *type = get_text(v, one, "metric_type"), *slash = strchr(type, '/');
    char *source = hr_strndup(type, slash ? (size_t)(slash - type) : strlen(type));
    if (has(one, "container"))
        c->container = get_text(v, one, "container");
    c->metric.source = read_source(source);
    c->metric.target = slash ? read_target(v, slash + 1) : HR_HPA_UTILIZATION;
    c->metric.is_cpu = is_text(one, "resource", "cpu");
    for (size_t i = 0; i < sizeof targets / sizeof *targets && c->metric.target_value == 0; i++)
        c->metric.target_value = int_or(one, targets[i], 0);
    free(source);
}

static void read_calculation(struct calculation *c, const struct vectors *v, const json_t *one)
{
    struct hr_hpa_settings settings = hr_hpa_settings_default();
    calculation_init(c, v, get(v, one, "pods"),
                     json_array_size(json_object_get(one, "pod_metrics")) +
                         json_array_size(json_object_get(one, "levels_milli")));
    read_settings(&settings, json_object_get(one, "params"));
    read_settings(&settings, one);
    read_metric(c, v, one);
    read_pod_metrics(c, v, one);
    read_pod_samples(c, get(v, one, "pods"));
    c->grace = settings.grace;
    c->tolerance.up = number_or(one, "toleranceUp", settings.tolerance);
    c->tolerance.down = number_or(one, "toleranceDown", settings.tolerance);
    c->scene.replicas = c->scene.replicas_status = get_int(v, one, "currentReplicas");
    c->reading.total_milli = int_or(one, "object_value_milli", 0) +
                             sum_of(json_object_get(one, "external_values_milli")) +
                             sum_of(json_object_get(one, "levels_milli"));
}

/* Texts of Kubernetes hold more than ours (names of pods); a failure to fetch has many. */
static void expect_failure(struct vectors *v, const char *expected, enum hr_hpa_failure got)
{
    if (got == HR_HPA_NO_FAILURE || (got != HR_HPA_UNAVAILABLE && !is_failure(expected, got)))
        expect_text(v, "failure", expected, hr_hpa_failure_text(got));
}

static void expect_proposal(struct vectors *v, const json_t *expected, struct hr_hpa_proposal got)
{
    if (has(expected, "error")) {
        expect_failure(v, get_text(v, expected, "error"), got.failure);
        return;
    }
    expect_text(v, "failure", "", hr_hpa_failure_text(got.failure));
    expect_int(v, "replicas", get_int(v, expected, "replicas"), got.replicas);
    expect_int(v, "utilization", int_or(expected, "utilization", got.utilization_percent),
               got.utilization_percent);
    expect_int(v, "rawValue", int_or(expected, "rawValue", got.value_milli), got.value_milli);
    expect_int(v, "usage", int_or(expected, "usage_milli", got.value_milli), got.value_milli);
}

static void run_replica_calc(struct vectors *v, const json_t *one)
{
    struct calculation c;
    read_calculation(&c, v, one);
    expect_proposal(v, get(v, one, "expected"), propose(&c));
    vectors_count(v, "");
    calculation_fini(&c);
}

static bool contains(const json_t *names, const char *name)
{
    for (size_t i = 0; i < json_array_size(names); i++)
        if (strcmp(json_string_value(json_array_get(names, i)), name) == 0)
            return true;
    return false;
}

static void run_group_pods(struct vectors *v, const json_t *one)
{
    const json_t *pods = get(v, one, "pods"), *expected = get(v, one, "expected");
    struct hr_hpa_settings settings = hr_hpa_settings_default();
    struct calculation c;
    int64_t n_ready = 0;
    calculation_init(&c, v, pods, 0);
    read_settings(&settings, one);
    for (size_t i = 0; i < c.scene.n_pods; i++) {
        const char *name = get_text(v, json_array_get(pods, i), "name");
        const json_t *metric = json_object_get(get(v, one, "metrics"), name);
        const struct hr_hpa_sample sample = {
            .usage_milli = int_or(metric, "value", HR_HPA_NONE),
            .at = time_ago(metric, "age_s", NOW),
            .window = seconds_or(metric, "window_s", 0),
        };
        const enum hr_hpa_pod_class class = hr_hpa_classify(
            &c.pods[i], &sample, is_text(one, "resource", "cpu"), NOW, &settings.grace);
        expect_int(v, "ignored", contains(get(v, expected, "ignored"), name),
                   class == HR_HPA_IGNORED);
        expect_int(v, "unready", contains(get(v, expected, "unready"), name),
                   class == HR_HPA_UNREADY);
        expect_int(v, "missing", contains(get(v, expected, "missing"), name),
                   class == HR_HPA_MISSING);
        n_ready += class == HR_HPA_COUNTED;
    }
    expect_int(v, "ready", get_int(v, expected, "ready"), n_ready);
    vectors_count(v, "");
    calculation_fini(&c);
}

/* Requests are of the pods that there are; usage of other pods is of pods that are gone. */
static void run_utilization_ratio(struct vectors *v, const json_t *one)
{
    const json_t *requests = json_object_get(one, "requests"), *expected = get(v, one, "expected");
    json_t *usage = json_object_get(one, "usage"), *amount;
    const bool by_request = has(one, "targetUtilization");
    const char *name;
    struct calculation c;
    size_t n = 0;
    calculation_init(&c, v, NULL, json_object_size(usage) + 1);
    c.metric.target = by_request ? HR_HPA_UTILIZATION : HR_HPA_AVERAGE_VALUE;
    c.metric.target_value = by_request ? get_int(v, one, "targetUtilization")
                                       : int_or(one, "targetUsage", int_or(one, "target", 0));
    json_object_foreach(usage, name, amount)
    {
        if (!by_request || has(requests, name))
            c.pods[n].phase = HR_HPA_POD_RUNNING;
        c.samples[n].request_milli = int_or(requests, name, HR_HPA_NONE);
        c.samples[n++].usage_milli = json_integer_value(amount);
    }
    c.pods[n].phase = HR_HPA_POD_RUNNING; /* one without a sample, so that there are pods */
    c.samples[n].request_milli = 0;
    const struct hr_hpa_proposal got = propose(&c);
    if (has(expected, "error")) {
        expect_failure(v, get_text(v, expected, "error"), got.failure);
    } else {
        const int64_t current = by_request ? got.utilization_percent : got.value_milli;
        const double ratio = (double)current / (double)c.metric.target_value;
        expect_int(v, "ratio in 1e-9", llround(1e9 * number_or(expected, "ratio", -1)),
                   llround(1e9 * ratio));
        expect_int(v, "utilization", int_or(expected, "utilization", current), current);
        expect_int(v, "rawAverage", int_or(expected, "rawAverage", got.value_milli),
                   got.value_milli);
    }
    vectors_count(v, "");
    calculation_fini(&c);
}

const struct kind metric_kinds[] = {
    { "replica_calc", run_replica_calc },
    { "group_pods", run_group_pods },
    { "utilization_ratio", run_utilization_ratio },
    { NULL, NULL },
};
