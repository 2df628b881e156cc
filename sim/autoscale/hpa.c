/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sync of an HPA. */
#include "autoscale/hpa.h"

#include "base/mem.h"
#include "base/minmax.h"

#include <stdlib.h>

struct hr_hpa_settings hr_hpa_settings_default(void)
{
    return (struct hr_hpa_settings){
        .tolerance = 0.1,
        .grace = { .cpu_initialization = 300 * HR_NS_PER_S, .initial_readiness = 30 * HR_NS_PER_S },
        .downscale_stabilization = 300 * HR_NS_PER_S,
        .leap = { .factor = 2, .minimum = 4 },
        .pauses_at_zero = true,
    };
}

static const struct hr_hpa_policy policies_up[] = {
    { HR_HPA_POLICY_PODS, 4, 15 * HR_NS_PER_S },
    { HR_HPA_POLICY_PERCENT, 100, 15 * HR_NS_PER_S },
};
static const struct hr_hpa_policy policies_down[] = {
    { HR_HPA_POLICY_PERCENT, 100, 15 * HR_NS_PER_S },
};

/* Kubernetes fills in field by field: policies of the user replace all default ones. */
static void fill_in(struct hr_hpa_rules *rules, double *tolerance,
                    const struct hr_hpa_rules_spec *given)
{
    if (!given)
        return;
    rules->select_policy = (enum hr_hpa_select)given->select_policy;
    if (given->stabilization_window != HR_AUTO)
        rules->stabilization_window = given->stabilization_window;
    if (given->policies.n > 0) {
        rules->policies = given->policies.items;
        rules->n_policies = given->policies.n;
    }
    if (given->tolerance >= 0)
        *tolerance = given->tolerance;
}

void hr_hpa_init(struct hr_hpa *hpa, const struct hr_hpa_config *config)
{
    *hpa = (struct hr_hpa){
        .config = *config,
        .up = { .policies = policies_up, .n_policies = sizeof policies_up / sizeof *policies_up },
        .down = { .stabilization_window = config->settings.downscale_stabilization,
                  .policies = policies_down,
                  .n_policies = sizeof policies_down / sizeof *policies_down },
        .tolerance = { config->settings.tolerance, config->settings.tolerance },
        .proposals = HR_NEW_ARRAY(struct hr_hpa_proposal, config->n_metrics),
    };
    if (config->behavior) {
        fill_in(&hpa->up, &hpa->tolerance.up, config->behavior->scale_up);
        fill_in(&hpa->down, &hpa->tolerance.down, config->behavior->scale_down);
    }
    hr_count_log_init(&hpa->recommendations);
    hr_count_log_init(&hpa->events.up);
    hr_count_log_init(&hpa->events.down);
}

void hr_hpa_fini(struct hr_hpa *hpa)
{
    hr_count_log_fini(&hpa->recommendations);
    hr_count_log_fini(&hpa->events.up);
    hr_count_log_fini(&hpa->events.down);
    free(hpa->proposals);
}

static void set(struct hr_hpa *hpa, enum hr_hpa_condition condition, bool on,
                enum hr_hpa_reason reason)
{
    hpa->conditions[condition] = (struct hr_hpa_status){ on, reason };
}

/* Metrics that there are without pods. */
static bool has_total(const struct hr_hpa_config *config)
{
    for (size_t i = 0; i < config->n_metrics; i++)
        if (config->metrics[i].source == HR_HPA_OBJECT ||
            config->metrics[i].source == HR_HPA_EXTERNAL)
            return true;
    return false;
}

static bool may_leave_zero(const struct hr_hpa *hpa)
{
    if (hpa->config.settings.pauses_at_zero)
        return hpa->conditions[HR_HPA_SCALED_TO_ZERO].on;
    return hpa->config.range.min == 0;
}

static enum hr_hpa_reason failure_reason(enum hr_hpa_source source)
{
    switch (source) {
    case HR_HPA_RESOURCE:
        return HR_HPA_FAILED_GET_RESOURCE_METRIC;
    case HR_HPA_CONTAINER_RESOURCE:
        return HR_HPA_FAILED_GET_CONTAINER_RESOURCE_METRIC;
    case HR_HPA_PODS:
        return HR_HPA_FAILED_GET_PODS_METRIC;
    case HR_HPA_OBJECT:
        return HR_HPA_FAILED_GET_OBJECT_METRIC;
    case HR_HPA_EXTERNAL:
        return HR_HPA_FAILED_GET_EXTERNAL_METRIC;
    case HR_HPA_UNSUPPORTED:
        break;
    }
    return HR_HPA_INVALID_METRIC_SOURCE_TYPE;
}

/* The highest proposal. Metrics that fail leave it to the others, but not to scale down: they might
 * have said otherwise. */
static void read_metrics(struct hr_hpa *hpa, const struct hr_hpa_scene *scene,
                         const struct hr_hpa_reading *readings, struct hr_hpa_decision *decision)
{
    const struct hr_hpa_config *config = &hpa->config;
    enum hr_hpa_reason failure = HR_HPA_UNSET;
    int64_t highest = HR_HPA_NONE;
    for (size_t i = 0; i < config->n_metrics; i++) {
        const struct hr_hpa_metric *metric = &config->metrics[i];
        hpa->proposals[i] =
            hr_hpa_propose(metric, &readings[i], scene, &hpa->tolerance, &config->settings.grace);
        if (hpa->proposals[i].failure != HR_HPA_NO_FAILURE) {
            if (failure == HR_HPA_UNSET)
                failure = failure_reason(metric->source);
        } else if (hpa->proposals[i].replicas > highest) {
            highest = hpa->proposals[i].replicas;
            decision->metric = i;
        }
    }
    decision->failed = failure != HR_HPA_UNSET;
    if (decision->failed && highest < scene->replicas) {
        set(hpa, HR_HPA_SCALING_ACTIVE, false, failure);
        return;
    }
    set(hpa, HR_HPA_SCALING_ACTIVE, true, HR_HPA_VALID_METRIC_FOUND);
    decision->proposal = highest;
}

static int64_t stabilize(struct hr_hpa *hpa, hr_time now, int64_t replicas, int64_t proposal)
{
    if (hpa->config.behavior)
        return hr_hpa_stabilize(&hpa->recommendations, now, hpa->up.stabilization_window,
                                hpa->down.stabilization_window, replicas, proposal);
    return hr_hpa_stabilize_down(&hpa->recommendations, now,
                                 hpa->config.settings.downscale_stabilization, proposal);
}

static struct hr_hpa_bounded bound(const struct hr_hpa *hpa, hr_time now, int64_t replicas,
                                   int64_t desired)
{
    const struct hr_hpa_config *config = &hpa->config;
    if (config->behavior)
        return hr_hpa_bound_rate(&hpa->up, &hpa->down, &hpa->events, now, replicas, desired,
                                 config->range);
    return hr_hpa_bound_leap(replicas, desired, config->range, config->settings.leap);
}

/* From the proposal of the metrics to what may be done now. */
static int64_t normalize(struct hr_hpa *hpa, hr_time now, int64_t replicas, int64_t proposal)
{
    const bool up = hpa->config.behavior && proposal > replicas;
    const int64_t desired = stabilize(hpa, now, replicas, proposal);
    set(hpa, HR_HPA_ABLE_TO_SCALE, true,
        desired == proposal ? HR_HPA_READY_FOR_NEW_SCALE
        : up                ? HR_HPA_SCALE_UP_STABILIZED
                            : HR_HPA_SCALE_DOWN_STABILIZED);
    const struct hr_hpa_bounded bounded = bound(hpa, now, replicas, desired);
    set(hpa, HR_HPA_SCALING_LIMITED, bounded.replicas != desired, bounded.reason);
    return bounded.replicas;
}

static void follow_metrics(struct hr_hpa *hpa, const struct hr_hpa_scene *scene,
                           const struct hr_hpa_reading *readings, struct hr_hpa_decision *decision)
{
    read_metrics(hpa, scene, readings, decision);
    if (decision->proposal == HR_HPA_NONE)
        return;
    if (decision->proposal != scene->replicas)
        decision->cause =
            decision->proposal > scene->replicas ? HR_HPA_METRIC_ABOVE : HR_HPA_ALL_BELOW;
    decision->replicas = normalize(hpa, scene->now, scene->replicas, decision->proposal);
    if (scene->replicas == 0) /* left zero because min_replicas was raised */
        decision->replicas = hr_max(decision->replicas, hpa->config.range.min);
}

struct hr_hpa_decision hr_hpa_sync(struct hr_hpa *hpa, const struct hr_hpa_scene *scene,
                                   const struct hr_hpa_reading *readings,
                                   enum hr_hpa_obstacle obstacle)
{
    const struct hr_hpa_range range = hpa->config.range;
    struct hr_hpa_decision decision = { .replicas = scene->replicas, .proposal = HR_HPA_NONE };
    if (obstacle == HR_HPA_NO_SCALE) {
        set(hpa, HR_HPA_ABLE_TO_SCALE, false, HR_HPA_FAILED_GET_SCALE);
        decision.failed = true;
        return decision;
    }
    set(hpa, HR_HPA_ABLE_TO_SCALE, true, HR_HPA_SUCCEEDED_GET_SCALE);
    if (!hpa->remembers) /* so a new controller does not scale down at once */
        hr_count_log_put(&hpa->recommendations, scene->now, scene->replicas, HR_TIME_NEVER);
    hpa->remembers = true;
    if (scene->replicas == 0 && !may_leave_zero(hpa)) {
        set(hpa, HR_HPA_SCALING_ACTIVE, false, HR_HPA_SCALING_DISABLED);
    } else if (scene->replicas > range.max) {
        decision.replicas = range.max;
        decision.cause = HR_HPA_ABOVE_MAX;
    } else if (scene->replicas > 0 && scene->replicas < range.min) {
        decision.replicas = range.min;
        decision.cause = HR_HPA_BELOW_MIN;
    } else if (obstacle != HR_HPA_NO_OBSTACLE) {
        set(hpa, HR_HPA_SCALING_ACTIVE, false,
            obstacle == HR_HPA_SELECTOR_INVALID ? HR_HPA_INVALID_SELECTOR
                                                : HR_HPA_AMBIGUOUS_SELECTOR);
        decision.failed = true;
    } else {
        follow_metrics(hpa, scene, readings, &decision);
    }
    return decision;
}

void hr_hpa_rescaled(struct hr_hpa *hpa, hr_time now, int64_t from, int64_t to)
{
    set(hpa, HR_HPA_ABLE_TO_SCALE, true, HR_HPA_SUCCEEDED_RESCALE);
    if (hpa->config.behavior && to > from)
        hr_hpa_store_event(&hpa->events.up, &hpa->up, now, to - from);
    else if (hpa->config.behavior)
        hr_hpa_store_event(&hpa->events.down, &hpa->down, now, from - to);
    if (!hpa->config.settings.pauses_at_zero)
        return;
    if (to == 0 && has_total(&hpa->config))
        set(hpa, HR_HPA_SCALED_TO_ZERO, true, HR_HPA_REASON_SCALED_TO_ZERO);
    else
        set(hpa, HR_HPA_SCALED_TO_ZERO, false, HR_HPA_NOT_SCALED_TO_ZERO);
}

void hr_hpa_rescale_failed(struct hr_hpa *hpa)
{
    set(hpa, HR_HPA_ABLE_TO_SCALE, false, HR_HPA_FAILED_UPDATE_SCALE);
}

void hr_hpa_explain(struct hr_str *out, const struct hr_hpa_decision *decision, const char *metric)
{
    switch (decision->cause) {
    case HR_HPA_CAUSE_NONE:
        break;
    case HR_HPA_ABOVE_MAX:
        hr_str_add(out, "Current number of replicas above Spec.MaxReplicas");
        break;
    case HR_HPA_BELOW_MIN:
        hr_str_add(out, "Current number of replicas below Spec.MinReplicas");
        break;
    case HR_HPA_METRIC_ABOVE:
        hr_str_addf(out, "%s above target", metric);
        break;
    case HR_HPA_ALL_BELOW:
        hr_str_add(out, "All metrics below target");
        break;
    }
}
