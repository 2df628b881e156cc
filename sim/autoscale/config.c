/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specs to configurations. */
#include "autoscale/config.h"

#include "base/minmax.h"

#include <math.h>

static bool is_resource(const struct hr_scaling_metric_spec *spec)
{
    return spec->type == HR_SCALING_CPU || spec->type == HR_SCALING_MEMORY;
}

static enum hr_hpa_source source_of(const struct hr_scaling_metric_spec *spec, bool is_keda)
{
    if (is_resource(spec))
        return HR_HPA_RESOURCE;
    if (is_keda)
        return HR_HPA_EXTERNAL;
    /* A quantile over all requests is no mean over pods. */
    if (spec->type == HR_SCALING_LATENCY || spec->source == HR_SCALING_OBJECT)
        return HR_HPA_OBJECT;
    return HR_HPA_PODS;
}

/* Kubernetes counts in whole percent and thousandths; a target is at least one of them. */
static int64_t count_of(double value)
{
    return hr_max(llround(value), 1);
}

static struct hr_hpa_metric metric_of(const struct hr_scaling_metric_spec *spec, bool is_keda)
{
    struct hr_hpa_metric metric = {
        .source = source_of(spec, is_keda),
        .target = HR_HPA_AVERAGE_VALUE,
        .target_value = count_of(spec->target * 1000),
        .is_cpu = spec->type == HR_SCALING_CPU,
    };
    if (is_resource(spec) && spec->target > 0) {
        metric.target = HR_HPA_UTILIZATION;
        metric.target_value = count_of(spec->target * 100);
    } else if (is_resource(spec)) {
        metric.target_value = count_of(spec->average_value * 1000);
    } else if (spec->type == HR_SCALING_LATENCY) {
        metric.target = HR_HPA_VALUE;
        metric.target_value = count_of((double)spec->target_time / 1e3);
    }
    return metric;
}

struct hr_hpa_config hr_hpa_config_of(const struct hr_autoscaler_spec *spec,
                                      struct hr_hpa_metric *metrics)
{
    const bool is_keda = spec->type == HR_AUTOSCALER_KEDA;
    const struct hr_scaling_metric_spec *specs = spec->metrics.items;
    struct hr_hpa_config config = {
        .range = { spec->min_replicas, spec->max_replicas },
        .metrics = metrics,
        .n_metrics = spec->metrics.n,
        .behavior = spec->behavior,
        .settings = hr_hpa_settings_default(),
    };
    for (size_t i = 0; i < spec->metrics.n; i++)
        metrics[i] = metric_of(&specs[i], is_keda);
    if (is_keda)
        config.range.min = hr_max(config.range.min, 1);
    config.settings.tolerance = spec->tolerance;
    config.settings.grace.cpu_initialization = spec->cpu_initialization_period;
    config.settings.grace.initial_readiness = spec->initial_readiness_delay;
    config.settings.downscale_stabilization = spec->downscale_stabilization;
    return config;
}

struct hr_keda_config hr_keda_config_of(const struct hr_autoscaler_spec *spec)
{
    return (struct hr_keda_config){
        .replicas_min = spec->min_replicas,
        .replicas_idle = spec->idle_replicas,
        .cooldown = spec->cooldown_period,
        .initial_cooldown = spec->initial_cooldown_period,
    };
}

struct hr_knative_config hr_knative_config_of(const struct hr_autoscaler_spec *spec)
{
    const double panic_s = spec->panic_window * hr_time_to_s(spec->stable_window);
    const bool has_burst = spec->target_burst_capacity != HR_UNLIMITED;
    return (struct hr_knative_config){
        .replicas_min = spec->min_replicas,
        .replicas_max = spec->max_replicas,
        .activation_scale = spec->activation_scale,
        .capacity = spec->container_concurrency_target,
        .utilization = spec->target_utilization,
        .burst = has_burst ? (double)spec->target_burst_capacity : HUGE_VAL,
        .panic_threshold = spec->panic_threshold,
        .scale_up_rate_max = spec->max_scale_up_rate,
        .scale_down_rate_max = spec->max_scale_down_rate,
        .stable_window = spec->stable_window,
        .panic_window = (hr_time)floor(panic_s + 1e-9) * HR_NS_PER_S,
        .scale_down_delay = spec->scale_down_delay,
        .scale_to_zero_grace = spec->scale_to_zero_grace_period,
    };
}

struct hr_predictive_config hr_predictive_config_of(const struct hr_autoscaler_spec *spec,
                                                    hr_time startup_time_mean)
{
    return (struct hr_predictive_config){
        .predictor = (enum hr_predictor)spec->predictor,
        .step = spec->interval,
        .season = spec->season,
        .lead = spec->lead == HR_AUTO ? startup_time_mean : spec->lead,
        .capacity = spec->target,
        .smoothing = { spec->level_weight, spec->trend_weight, spec->season_weight },
        .quantile = spec->quantile,
        .seasons = (size_t)spec->seasons,
        .replicas_min = spec->min_replicas,
        .replicas_max = spec->max_replicas,
    };
}
