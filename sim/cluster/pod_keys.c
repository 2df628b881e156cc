/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of a pod's probes, of updates and of disruption budgets. */
#include "cluster/pod_spec.h"

#include <math.h>

#define DURATION .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 1e6
#define NUMBER   .type = HR_KEY_INT, .min = 1, .max = 1e6

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_probe_spec, field, ctype)

static const struct hr_choice path_choices[] = {
    { "queue", HR_PROBE_QUEUE,
      "Behind the requests that wait at the pod, as a server without a thread for it does." },
    { "aside", HR_PROBE_ASIDE, "At once, by a thread of its own." },
    { NULL, 0, NULL },
};

static const struct hr_key probe_keys[] = {
    { FIELD(initial_delay, hr_time), DURATION, .def = "0s",
      .help = "Age of the container from which on it is probed." },
    { FIELD(period, hr_time), DURATION, .min = 1, .def = "10s",
      .help = "Time between two probes." },
    { FIELD(timeout, hr_time), DURATION, .min_open = true, .def = "1s",
      .help = "Time within which the pod must answer." },
    { FIELD(success_threshold, int64_t), NUMBER, .def = "1",
      .help = "Successes in a row after which the pod counts as well." },
    { FIELD(failure_threshold, int64_t), NUMBER, .def = "3",
      .help = "Failures in a row after which it does not." },
    { FIELD(path, int), .type = HR_KEY_ENUM, .choices = path_choices, .def = "queue",
      .help = "Who answers the probe." },
};

const struct hr_key_table hr_probe_keys = {
    .name = "probe",
    .size = sizeof(struct hr_probe_spec),
    .keys = probe_keys,
    .n_keys = HR_KEY_COUNT(probe_keys),
};

/* A number of pods, or a share of them up to `most`. */
static bool is_pods(const struct hr_measure *measure, double most)
{
    if (measure->unit == HR_UNIT_SHARE)
        return measure->value <= most;
    return measure->unit == HR_UNIT_NONE && measure->value >= 0 && measure->value <= 1e6 &&
           measure->value == floor(measure->value);
}

static void check_pods(struct hr_key_check *check, const char *key,
                       const struct hr_measure *measure, double most)
{
    if (!is_pods(measure, most))
        check->fail(check, key, "is neither a number of pods nor a share of them",
                    "write a number such as 1 or a share such as \"25%\"");
}

const struct hr_choice hr_set_kind_choices[] = {
    { "deployment", HR_SET_DEPLOYMENT, "Pods that are all alike." },
    { "stateful_set", HR_SET_STATEFUL, "Pods with an ordinal each, made and ended in order." },
    { NULL, 0, NULL },
};

const struct hr_choice hr_pod_management_choices[] = {
    { "ordered_ready", HR_PODS_ORDERED_READY,
      "A pod comes when all before it are ready, and goes when all after it are gone." },
    { "parallel", HR_PODS_PARALLEL, "All pods come and go at once." },
    { NULL, 0, NULL },
};

#define FIELD_OF_STEP(field, ctype)                                                                \
    .name = #field, .offset = HR_FIELD(struct hr_canary_step, field, ctype)

static const struct hr_key step_keys[] = {
    { FIELD_OF_STEP(weight, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE,
      .min_open = true, .max = 1, .required = true,
      .help = "Share of the pods that have the new version (rounded up)." },
    { FIELD_OF_STEP(pause, hr_time), DURATION, .def = "0s",
      .help = "Time from the moment that they are available until the next step." },
};

static const struct hr_key_table step_table = {
    .name = "canary step",
    .size = sizeof(struct hr_canary_step),
    .keys = step_keys,
    .n_keys = HR_KEY_COUNT(step_keys),
};

#undef FIELD
#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_strategy_spec, field, ctype)
#define ROLLING HR_WHEN(HR_STRATEGY_ROLLING_UPDATE)
#define CANARY  HR_WHEN(HR_STRATEGY_CANARY)
#define SHARE   .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = 1

static const struct hr_choice strategy_choices[] = {
    { "rolling_update", HR_STRATEGY_ROLLING_UPDATE, "New pods come as old ones go." },
    { "recreate", HR_STRATEGY_RECREATE, "All old pods go before the first new one comes." },
    { "canary", HR_STRATEGY_CANARY,
      "A few new pods first, and back to the old version if they do badly." },
    { "blue_green", HR_STRATEGY_BLUE_GREEN,
      "All new pods beside the old ones, then all requests at once to them." },
    { NULL, 0, NULL },
};

static const struct hr_key strategy_keys[] = {
    { FIELD(type, int), .type = HR_KEY_ENUM, .choices = strategy_choices, .def = "rolling_update",
      .help = "How a new version takes the place of the old one." },
    { FIELD(max_surge, struct hr_measure), .type = HR_KEY_MEASURE, .def = "25%",
      .when = ROLLING | CANARY,
      .help = "Pods above the replicas, as a number or a share (rounded up)." },
    { FIELD(max_unavailable, struct hr_measure), .type = HR_KEY_MEASURE, .def = "25%",
      .when = ROLLING | CANARY,
      .help = "Pods below the replicas, as a number or a share (rounded down)." },
    { FIELD(partition, int64_t), .type = HR_KEY_INT, .max = 1e6, .def = "0", .when = ROLLING,
      .help = "Pods of a stateful set with a lower ordinal keep the old version." },
    { FIELD(steps, struct hr_list), .type = HR_KEY_LIST, .table = &step_table, .required = true,
      .n_min = 1, .n_max = 100, .when = CANARY, .help = "Steps on the way to all pods." },
    { FIELD(max_error_rate, double), SHARE, .def = "100%", .when = CANARY,
      .help = "Share of its requests that the new version may fail, or it is rolled back." },
    { FIELD(max_latency, hr_time), DURATION, .min_open = true, .def = "never", .word = "never",
      .word_value = HR_TIME_NEVER, .when = CANARY,
      .help = "Latency at the pods of the new version above which it is rolled back." },
    { FIELD(latency_quantile, double), SHARE, .min_open = true, .max_open = true, .def = "99%",
      .when = CANARY, .help = "Share of the requests that must stay within it." },
    { FIELD(analysis_interval, hr_time), DURATION, .min = 1, .def = "60s", .when = CANARY,
      .help = "Time between two looks at error rate and latency, each at the requests since the "
              "last." },
    { FIELD(min_requests, int64_t), NUMBER, .def = "100", .when = CANARY,
      .help = "Fewer requests than this say nothing." },
    { FIELD(scale_down_delay, hr_time), DURATION, .def = "30s",
      .when = HR_WHEN(HR_STRATEGY_BLUE_GREEN),
      .help = "Time from the switch until the old pods go." },
};

static void check_strategy(const void *group, struct hr_key_check *check)
{
    const struct hr_strategy_spec *spec = group;
    if (spec->type != HR_STRATEGY_ROLLING_UPDATE && spec->type != HR_STRATEGY_CANARY)
        return;
    check_pods(check, "max_surge", &spec->max_surge, 10);
    check_pods(check, "max_unavailable", &spec->max_unavailable, 1);
}

const struct hr_key_table hr_strategy_keys = {
    .name = "strategy",
    .size = sizeof(struct hr_strategy_spec),
    .keys = strategy_keys,
    .n_keys = HR_KEY_COUNT(strategy_keys),
    .selector = "type",
    .check = check_strategy,
};

#undef FIELD
#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_budget_spec, field, ctype)

static const struct hr_key budget_keys[] = {
    { FIELD(min_available, struct hr_measure), .type = HR_KEY_MEASURE,
      .help = "Pods that must stay available, as a number or a share (rounded up)." },
    { FIELD(max_unavailable, struct hr_measure), .type = HR_KEY_MEASURE,
      .help = "Pods that may be unavailable, as a number or a share (rounded up)." },
};

static void check_budget(const void *group, struct hr_key_check *check)
{
    const struct hr_budget_spec *spec = group;
    const bool least = !isnan(spec->min_available.value),
               most = !isnan(spec->max_unavailable.value);
    if (least == most)
        check->fail(check, NULL, "takes one of min_available and max_unavailable", NULL);
    if (least)
        check_pods(check, "min_available", &spec->min_available, 1);
    if (most)
        check_pods(check, "max_unavailable", &spec->max_unavailable, 1);
}

const struct hr_key_table hr_budget_keys = {
    .name = "disruption budget",
    .size = sizeof(struct hr_budget_spec),
    .keys = budget_keys,
    .n_keys = HR_KEY_COUNT(budget_keys),
    .check = check_budget,
};
