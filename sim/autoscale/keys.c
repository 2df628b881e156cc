/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of autoscalers; those of one metric stand in metric_keys.c. */
#include "autoscale/metric_keys.h"

#define TIME_S_MAX 1e9

enum { SEASON_MAX = 100000 }; /* intervals, for each of which a value is kept */

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_hpa_policy, field, ctype)

static const struct hr_choice policy_choices[] = {
    { "pods", HR_HPA_POLICY_PODS, "The value is a number of pods." },
    { "percent", HR_HPA_POLICY_PERCENT, "The value is a percentage of the replicas." },
    { NULL, 0, NULL },
};

static const struct hr_key policy_keys[] = {
    { FIELD(type, int), .type = HR_KEY_ENUM, .choices = policy_choices, .required = true,
      .help = "What the value counts." },
    { FIELD(value, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1e9, .required = true,
      .help = "By how many pods, or percent, the replicas may change in the period." },
    { FIELD(period, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .min = 1,
      .max = 1800, .required = true, .help = "Time that the value is for." },
};

static const struct hr_key_table policy_table = {
    .name = "scaling policy",
    .size = sizeof(struct hr_hpa_policy),
    .keys = policy_keys,
    .n_keys = HR_KEY_COUNT(policy_keys),
};

#undef FIELD
#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_hpa_rules_spec, field, ctype)

static const struct hr_choice select_choices[] = {
    { "max", HR_HPA_SELECT_MAX, "The policy that allows the largest change." },
    { "min", HR_HPA_SELECT_MIN, "The policy that allows the smallest change." },
    { "disabled", HR_HPA_SELECT_DISABLED, "No scaling in this direction." },
    { NULL, 0, NULL },
};

static const struct hr_key rules_keys[] = {
    { FIELD(stabilization_window, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION,
      .max = 3600, .def = "auto", .word = "auto", .word_value = HR_AUTO,
      .help = "Time over which recommendations are looked back on; auto is 0 up, and "
              "downscale_stabilization down." },
    { FIELD(select_policy, int), .type = HR_KEY_ENUM, .choices = select_choices, .def = "max",
      .help = "Which of several policies decides." },
    { FIELD(policies, struct hr_list), .type = HR_KEY_LIST, .table = &policy_table, .n_max = 20,
      .help = "How fast the replicas may change; when absent up 4 pods or 100 percent, down 100 "
              "percent in 15 seconds." },
    { FIELD(tolerance, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = 1,
      .def = "auto", .word = "auto", .word_value = HR_AUTO,
      .help = "Deviation from the target that changes nothing in this direction; auto is that of "
              "the autoscaler." },
};

static const struct hr_key_table rules_table = {
    .name = "scaling rules",
    .size = sizeof(struct hr_hpa_rules_spec),
    .keys = rules_keys,
    .n_keys = HR_KEY_COUNT(rules_keys),
};

#undef FIELD
#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_hpa_behavior_spec, field, ctype)

static const struct hr_key behavior_keys[] = {
    { FIELD(scale_up, struct hr_hpa_rules_spec *), .type = HR_KEY_GROUP, .table = &rules_table,
      .help = "Rules for more replicas; Kubernetes' defaults when absent." },
    { FIELD(scale_down, struct hr_hpa_rules_spec *), .type = HR_KEY_GROUP, .table = &rules_table,
      .help = "Rules for fewer replicas; Kubernetes' defaults when absent." },
};

static const struct hr_key_table behavior_table = {
    .name = "behavior",
    .size = sizeof(struct hr_hpa_behavior_spec),
    .keys = behavior_keys,
    .n_keys = HR_KEY_COUNT(behavior_keys),
};

#undef FIELD
#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_schedule_entry, field, ctype)

static const struct hr_choice day_choices[] = {
    { "every_day", 0x7f, "All days." },
    { "weekdays", 0x1f, "Monday to Friday." },
    { "weekend", 0x60, "Saturday and Sunday." },
    { "monday", 0x01, "Mondays." },
    { "tuesday", 0x02, "Tuesdays." },
    { "wednesday", 0x04, "Wednesdays." },
    { "thursday", 0x08, "Thursdays." },
    { "friday", 0x10, "Fridays." },
    { "saturday", 0x20, "Saturdays." },
    { "sunday", 0x40, "Sundays." },
    { NULL, 0, NULL },
};

static const struct hr_key schedule_keys[] = {
    { FIELD(days, int), .type = HR_KEY_ENUM, .choices = day_choices, .def = "every_day",
      .help = "Days of the week." },
    { FIELD(at, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 86400,
      .max_open = true, .required = true, .help = "Local time of day." },
    { FIELD(replicas, int64_t), .type = HR_KEY_INT, .max = 1e5, .required = true,
      .help = "Replicas from then on, until the next entry." },
};

static const struct hr_key_table schedule_table = {
    .name = "schedule entry",
    .size = sizeof(struct hr_schedule_entry),
    .keys = schedule_keys,
    .n_keys = HR_KEY_COUNT(schedule_keys),
};

#undef FIELD
#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_autoscaler_spec, field, ctype)

#define HPA         HR_WHEN(HR_AUTOSCALER_HPA)
#define KEDA        HR_WHEN(HR_AUTOSCALER_KEDA)
#define KNATIVE     HR_WHEN(HR_AUTOSCALER_KNATIVE)
#define SCHEDULED   HR_WHEN(HR_AUTOSCALER_SCHEDULED)
#define PREDICTIVE  HR_WHEN(HR_AUTOSCALER_PREDICTIVE)
#define BY_METRICS  (HPA | KEDA)
#define REPLICAS    .type = HR_KEY_INT, .max = 1e5
#define DURATION    .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = TIME_S_MAX
#define ABOVE_0     .min_open = true
#define SHARE(most) .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = (most)
#define NUMBER      .type = HR_KEY_REAL

static const struct hr_choice type_choices[] = {
    { "hpa", HR_AUTOSCALER_HPA, "The HorizontalPodAutoscaler of Kubernetes." },
    { "keda", HR_AUTOSCALER_KEDA, "KEDA: as hpa, and to zero replicas and back." },
    { "knative", HR_AUTOSCALER_KNATIVE,
      "Knative: by requests at once, over a stable and a panic window." },
    { "scheduled", HR_AUTOSCALER_SCHEDULED, "By a weekly timetable." },
    { "predictive", HR_AUTOSCALER_PREDICTIVE, "Ahead of the load, by its past." },
    { NULL, 0, NULL },
};

static const struct hr_choice predictor_choices[] = {
    { "holt_winters", HR_PREDICT_HOLT_WINTERS, "Level, trend and season, exponentially smoothed." },
    { "seasonal_quantile", HR_PREDICT_SEASONAL_QUANTILE,
      "A quantile of the load at this time of the last seasons." },
    { NULL, 0, NULL },
};

static const struct hr_key autoscaler_keys[] = {
    { FIELD(type, int), .type = HR_KEY_ENUM, .choices = type_choices, .required = true,
      .help = "Kind of autoscaler." },
    { FIELD(min_replicas, int64_t), REPLICAS, .def = "1", .when = HPA | PREDICTIVE,
      .help = "Fewest replicas; 0 takes a metric that there is without replicas." },
    { FIELD(min_replicas, int64_t), REPLICAS, .def = "0", .when = KEDA | KNATIVE,
      .help = "Fewest replicas; 0 lets go of all of them when there is nothing to do." },
    { FIELD(max_replicas, int64_t), REPLICAS, .min = 1, .required = true, .when = HPA | PREDICTIVE,
      .help = "Most replicas." },
    { FIELD(max_replicas, int64_t), REPLICAS, .min = 1, .def = "100", .when = KEDA,
      .help = "Most replicas." },
    { FIELD(max_replicas, int64_t), REPLICAS, .min = 1, .def = "unlimited", .word = "unlimited",
      .word_value = HR_UNLIMITED, .when = KNATIVE, .help = "Most replicas." },
    { FIELD(metrics, struct hr_list), .type = HR_KEY_LIST, .table = &hr_scaling_metric_keys,
      .required = true, .n_min = 1, .n_max = 20, .single_ok = true, .when = BY_METRICS,
      .help = "What is scaled by; the metric that asks for the most replicas decides." },
    { FIELD(behavior, struct hr_hpa_behavior_spec *), .type = HR_KEY_GROUP,
      .table = &behavior_table, .when = BY_METRICS,
      .help = "How fast the replicas may change; with none at all they at most double in a sync." },
    { FIELD(sync_period, hr_time), DURATION, .min = 0.1, .def = "15s", .when = BY_METRICS,
      .help = "Time between two decisions." },
    { FIELD(tolerance, double), SHARE(1), .def = "10%", .when = BY_METRICS,
      .help = "Deviation from the target that changes nothing." },
    { FIELD(cpu_initialization_period, hr_time), DURATION, .def = "300s", .when = BY_METRICS,
      .help = "Time from its start in which the cpu of a replica counts from readiness on only." },
    { FIELD(initial_readiness_delay, hr_time), DURATION, .def = "30s", .when = BY_METRICS,
      .help = "Replicas not ready since no later than this after their start never were, and their "
              "cpu does not count." },
    { FIELD(downscale_stabilization, hr_time), DURATION, .def = "300s", .when = BY_METRICS,
      .help = "Time over which the highest recommendation holds, unless behavior says otherwise." },
    { FIELD(polling_interval, hr_time), DURATION, .min = 0.1, .def = "30s", .when = KEDA,
      .help = "Time between two looks at the triggers." },
    { FIELD(cooldown_period, hr_time), DURATION, .def = "300s", .when = KEDA,
      .help = "Time without an active trigger until the replicas go." },
    { FIELD(initial_cooldown_period, hr_time), DURATION, .def = "0s", .when = KEDA,
      .help = "The same at the start, when no trigger has been active yet." },
    { FIELD(idle_replicas, int64_t), REPLICAS, .def = "none", .word = "none", .word_value = -1,
      .when = KEDA, .help = "Replicas while no trigger is active, fewer than min_replicas." },
    { FIELD(container_concurrency_target, double), NUMBER, .max = 1e6, ABOVE_0, .def = "100",
      .when = KNATIVE, .help = "Requests at once that a replica bears." },
    { FIELD(target_utilization, double), SHARE(1), ABOVE_0, .def = "70%", .when = KNATIVE,
      .help = "Share of them that is aimed at." },
    { FIELD(target_burst_capacity, int64_t), .type = HR_KEY_INT, .max = 1e9, .def = "200",
      .word = "unlimited", .word_value = HR_UNLIMITED, .when = KNATIVE,
      .help = "Room for this many more requests at once, or requests go through the activator." },
    { FIELD(stable_window, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .min = 6,
      .max = 3600, .def = "60s", .when = KNATIVE,
      .help = "Time that the load is averaged over, in whole seconds." },
    { FIELD(panic_window, double), SHARE(1), ABOVE_0, .def = "10%", .when = KNATIVE,
      .help = "Share of the stable window that the load is averaged over to see bursts." },
    { FIELD(panic_threshold, double), SHARE(10), .min = 1.1, .def = "200%", .when = KNATIVE,
      .help = "Load in the panic window, against what the ready replicas are due, from which on "
              "no replica goes." },
    { FIELD(max_scale_up_rate, double), NUMBER, .min = 1, .min_open = true, .max = 1e6,
      .def = "1000", .when = KNATIVE,
      .help = "A decision goes to at most this times the ready replicas." },
    { FIELD(max_scale_down_rate, double), NUMBER, .min = 1, .min_open = true, .max = 1e6,
      .def = "2", .when = KNATIVE,
      .help = "A decision goes to no less than the ready replicas divided by this." },
    { FIELD(scale_down_delay, hr_time), DURATION, .def = "0s", .when = KNATIVE,
      .help = "Time over which the highest decision holds." },
    { FIELD(scale_to_zero_grace_period, hr_time), DURATION, .def = "30s", .when = KNATIVE,
      .help = "Time that the activator is in the path before the last replica goes." },
    { FIELD(activation_scale, int64_t), REPLICAS, .min = 1, .def = "1", .when = KNATIVE,
      .help = "Fewest replicas when there is any load." },
    { FIELD(schedule, struct hr_list), .type = HR_KEY_LIST, .table = &schedule_table,
      .required = true, .n_min = 1, .n_max = 1000, .when = SCHEDULED,
      .help = "The timetable, week by week." },
    { FIELD(predictor, int), .type = HR_KEY_ENUM, .choices = predictor_choices,
      .def = "holt_winters", .when = PREDICTIVE, .help = "How the load is forecast." },
    { FIELD(target, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_RATE, ABOVE_0, .max = 1e9,
      .required = true, .when = PREDICTIVE,
      .help = "Requests a second that a replica is to bear." },
    { FIELD(interval, hr_time), DURATION, .min = 1, .def = "1min", .when = PREDICTIVE,
      .help = "Time between two observations of the load, each with a decision." },
    { FIELD(season, hr_time), DURATION, .min = 1, .def = "24h", .when = PREDICTIVE,
      .help = "Time after which the load repeats itself, a multiple of the interval." },
    { FIELD(lead, hr_time), DURATION, .def = "auto", .word = "auto", .word_value = HR_AUTO,
      .when = PREDICTIVE,
      .help = "How far ahead the load must be met; auto is the mean start-up time." },
    { FIELD(level_weight, double), NUMBER, .max = 1, .def = "0.2", .when = PREDICTIVE,
      .help = "Weight of the newest load in the level of holt_winters." },
    { FIELD(trend_weight, double), NUMBER, .max = 1, .def = "0", .when = PREDICTIVE,
      .help = "Weight of the newest change in the trend of holt_winters." },
    { FIELD(season_weight, double), NUMBER, .max = 1, .def = "0.3", .when = PREDICTIVE,
      .help = "Weight of the newest load in the season of holt_winters." },
    { FIELD(quantile, double), SHARE(1), ABOVE_0, .def = "95%", .when = PREDICTIVE,
      .help = "Quantile that seasonal_quantile takes." },
    { FIELD(seasons, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1000, .def = "4",
      .when = PREDICTIVE, .help = "Seasons that seasonal_quantile looks back on." },
};

static bool needs_replicas(const struct hr_scaling_metric_spec *metric)
{
    return metric->type != HR_SCALING_LATENCY && metric->source == HR_SCALING_PODS;
}

static void check_metrics(const struct hr_autoscaler_spec *spec, struct hr_key_check *check)
{
    const struct hr_scaling_metric_spec *metrics = spec->metrics.items;
    size_t n_per_pod = 0, n_resources = 0, n_activations = 0;
    for (size_t i = 0; i < spec->metrics.n; i++) {
        n_per_pod += needs_replicas(&metrics[i]);
        n_resources += metrics[i].type == HR_SCALING_CPU || metrics[i].type == HR_SCALING_MEMORY;
        n_activations += metrics[i].activation > 0;
    }
    if (spec->type == HR_AUTOSCALER_HPA && spec->min_replicas == 0 && n_per_pod == spec->metrics.n)
        check->fail(check, "min_replicas", "without replicas there is none of these metrics",
                    "add a metric with source = \"object\"");
    if (spec->type == HR_AUTOSCALER_KEDA && spec->min_replicas == 0 &&
        n_resources == spec->metrics.n)
        check->fail(check, "metrics", "cpu and memory wake nothing at zero replicas",
                    "add a metric such as queue_length");
    if (spec->type == HR_AUTOSCALER_HPA && n_activations > 0)
        check->fail(check, "metrics", "only KEDA has an activation", "set type = \"keda\"");
}

static void check_knative(const struct hr_autoscaler_spec *spec, struct hr_key_check *check)
{
    if (spec->stable_window % HR_NS_PER_S != 0)
        check->fail(check, "stable_window", "is no whole number of seconds", NULL);
    if (spec->panic_window * hr_time_to_s(spec->stable_window) < 1)
        check->fail(check, "panic_window", "is less than a second of the stable window", NULL);
}

static void check_autoscaler(const void *group, struct hr_key_check *check)
{
    const struct hr_autoscaler_spec *spec = group;
    if (spec->type != HR_AUTOSCALER_SCHEDULED && spec->min_replicas > spec->max_replicas)
        check->fail(check, "min_replicas", "is above max_replicas", NULL);
    if (spec->type == HR_AUTOSCALER_HPA || spec->type == HR_AUTOSCALER_KEDA)
        check_metrics(spec, check);
    if (spec->type == HR_AUTOSCALER_KEDA && spec->idle_replicas >= 0 &&
        spec->idle_replicas >= spec->min_replicas)
        check->fail(check, "idle_replicas", "is not below min_replicas", NULL);
    if (spec->type == HR_AUTOSCALER_KNATIVE)
        check_knative(spec, check);
    if (spec->type == HR_AUTOSCALER_PREDICTIVE && spec->season % spec->interval != 0)
        check->fail(check, "season", "is no multiple of the interval", NULL);
    if (spec->type == HR_AUTOSCALER_PREDICTIVE && spec->season / spec->interval > SEASON_MAX)
        check->fail(check, "season", "is more than 100000 intervals", NULL);
}

const struct hr_key_table hr_autoscaler_keys = {
    .name = "autoscaler",
    .size = sizeof(struct hr_autoscaler_spec),
    .keys = autoscaler_keys,
    .n_keys = HR_KEY_COUNT(autoscaler_keys),
    .selector = "type",
    .check = check_autoscaler,
};
