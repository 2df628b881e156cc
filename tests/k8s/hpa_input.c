/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hpa_input.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static enum hr_hpa_phase read_phase(const struct vectors *v, const char *phase)
{
    if (strcmp(phase, "Pending") == 0)
        return HR_HPA_POD_PENDING;
    if (strcmp(phase, "Running") == 0 || strcmp(phase, "Unknown") == 0)
        return HR_HPA_POD_RUNNING;
    if (strcmp(phase, "Failed") == 0 || strcmp(phase, "Succeeded") == 0)
        return HR_HPA_POD_ENDED;
    unknown_form(v, "no phase of a pod:", phase);
}

static enum hr_hpa_ready read_ready(const json_t *pod)
{
    if (!has(pod, "ready") && !has(pod, "ready_condition"))
        return HR_HPA_READY_NONE;
    return is_true(pod, "ready") || is_text(pod, "ready_condition", "True") ? HR_HPA_READY_TRUE
                                                                            : HR_HPA_READY_FALSE;
}

struct hr_hpa_pod *read_pods(const struct vectors *v, const json_t *pods, size_t n_gone)
{
    const size_t n = json_array_size(pods);
    struct hr_hpa_pod *result = HR_NEW_ARRAY(struct hr_hpa_pod, n + n_gone);
    for (size_t i = 0; i < n; i++) {
        const json_t *pod = json_array_get(pods, i);
        result[i] = (struct hr_hpa_pod){
            .phase = read_phase(v, get_text(v, pod, "phase")),
            .deleting = is_true(pod, "deleting"),
            .ready = read_ready(pod),
            .started = time_ago(pod, "start_age_s", HR_TIME_NEVER),
            .ready_changed = time_ago(pod, "ready_transition_age_s", 0),
        };
    }
    for (size_t i = n; i < n + n_gone; i++)
        result[i].phase = HR_HPA_POD_GONE;
    return result;
}

enum hr_hpa_target read_target(const struct vectors *v, const char *type)
{
    if (strcmp(type, "Utilization") == 0)
        return HR_HPA_UTILIZATION;
    if (strcmp(type, "AverageValue") == 0)
        return HR_HPA_AVERAGE_VALUE;
    if (strcmp(type, "Value") == 0)
        return HR_HPA_VALUE;
    unknown_form(v, "no kind of target:", type);
}

enum hr_hpa_source read_source(const char *type)
{
    static const char *const names[HR_HPA_UNSUPPORTED] = {
        [HR_HPA_RESOURCE] = "Resource", [HR_HPA_CONTAINER_RESOURCE] = "ContainerResource",
        [HR_HPA_PODS] = "Pods",         [HR_HPA_OBJECT] = "Object",
        [HR_HPA_EXTERNAL] = "External",
    };
    int source = 0;
    while (source < HR_HPA_UNSUPPORTED && strcmp(type, names[source]) != 0)
        source++;
    return (enum hr_hpa_source)source;
}

void read_settings(struct hr_hpa_settings *settings, const json_t *params)
{
    settings->tolerance = number_or(params, "tolerance", settings->tolerance);
    settings->grace.cpu_initialization =
        seconds_or(params, "cpuInitializationPeriod_s", settings->grace.cpu_initialization);
    settings->grace.initial_readiness =
        seconds_or(params, "initialReadinessDelay_s", settings->grace.initial_readiness);
    settings->downscale_stabilization =
        seconds_or(params, "downscaleStabilizationWindow_s", settings->downscale_stabilization);
    settings->leap.factor = int_or(params, "scaleUpLimitFactor", settings->leap.factor);
    settings->leap.minimum = int_or(params, "scaleUpLimitMinimum", settings->leap.minimum);
}

static enum hr_hpa_select read_select(const struct vectors *v, const json_t *rules)
{
    if (!has(rules, "selectPolicy") || is_text(rules, "selectPolicy", "Max"))
        return HR_HPA_SELECT_MAX;
    if (is_text(rules, "selectPolicy", "Min"))
        return HR_HPA_SELECT_MIN;
    if (is_text(rules, "selectPolicy", "Disabled"))
        return HR_HPA_SELECT_DISABLED;
    unknown_form(v, "unknown", "selectPolicy");
}

static enum hr_hpa_policy_type read_policy_type(const struct vectors *v, const char *type)
{
    if (strcmp(type, "Pods") == 0)
        return HR_HPA_POLICY_PODS;
    if (strcmp(type, "Percent") == 0)
        return HR_HPA_POLICY_PERCENT;
    unknown_form(v, "no kind of policy:", type);
}

void rules_init(struct hr_hpa_rules_spec *rules, const struct vectors *v, const json_t *given)
{
    const json_t *policies = json_object_get(given, "policies");
    const size_t n = json_array_size(policies);
    struct hr_hpa_policy *items = HR_NEW_ARRAY(struct hr_hpa_policy, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *policy = json_array_get(policies, i);
        items[i] = (struct hr_hpa_policy){
            .type = (int)read_policy_type(v, get_text(v, policy, "type")),
            .value = get_int(v, policy, "value"),
            .period = get_seconds(v, policy, "periodSeconds"),
        };
    }
    *rules = (struct hr_hpa_rules_spec){
        .stabilization_window = seconds_or(given, "stabilizationWindowSeconds", HR_AUTO),
        .select_policy = (int)read_select(v, given),
        .policies = { items, n },
        .tolerance = number_or(given, "tolerance", HR_AUTO),
    };
}

void rules_fini(struct hr_hpa_rules_spec *rules)
{
    free(rules->policies.items);
}

struct hr_hpa_rules rules_of(const struct hr_hpa_rules_spec *spec)
{
    return (struct hr_hpa_rules){
        .stabilization_window = spec->stabilization_window,
        .select_policy = (enum hr_hpa_select)spec->select_policy,
        .policies = spec->policies.items,
        .n_policies = spec->policies.n,
    };
}

void read_log(struct hr_count_log *log, const struct vectors *v, const json_t *entries,
              const char *key)
{
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        hr_count_log_put(log, time_ago(entry, "age_s", NOW), get_int(v, entry, key), HR_TIME_NEVER);
    }
}

void behavior_init(struct behavior *behavior, const struct vectors *v, const json_t *given)
{
    rules_init(&behavior->up, v, json_object_get(given, "scaleUp"));
    rules_init(&behavior->down, v, json_object_get(given, "scaleDown"));
    behavior->spec = (struct hr_hpa_behavior_spec){ &behavior->up, &behavior->down };
}

void behavior_fini(struct behavior *behavior)
{
    rules_fini(&behavior->up);
    rules_fini(&behavior->down);
}

bool is_failure(const char *text, enum hr_hpa_failure failure)
{
    return strstr(text, hr_hpa_failure_text(failure)) != NULL;
}
