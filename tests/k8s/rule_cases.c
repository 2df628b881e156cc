/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stabilization, limits and scale events, each apart. */
#include "hpa_input.h"

/* The counts of a log, oldest place first. */
static void expect_log(struct vectors *v, const json_t *expected, const struct hr_count_log *log,
                       const char *key)
{
    expect_int(v, "length of the log", (int64_t)json_array_size(expected), (int64_t)log->n);
    for (size_t i = 0; i < log->n; i++) {
        const json_t *entry = json_array_get(expected, i);
        expect_int(v, "entry of the log",
                   json_is_object(entry) ? get_int(v, entry, key) : json_integer_value(entry),
                   log->entries[i].count);
    }
}

static void expect_ages(struct vectors *v, const json_t *expected, const struct hr_count_log *log)
{
    for (size_t i = 0; i < log->n; i++)
        expect_int(v, "age in the log", get_int(v, json_array_get(expected, i), "age_s"),
                   (NOW - log->entries[i].at) / HR_NS_PER_S);
}

static void expect_bounded(struct vectors *v, const json_t *expected, struct hr_hpa_bounded got)
{
    expect_int(v, "replicas", get_int(v, expected, "replicas"), got.replicas);
    expect_text(v, "reason", get_text(v, expected, "reason"), hr_hpa_reason_name(got.reason));
}

static struct hr_hpa_range read_range(const struct vectors *v, const json_t *one)
{
    return (struct hr_hpa_range){ get_int(v, one, "minReplicas"), get_int(v, one, "maxReplicas") };
}

static void run_rules_legacy(struct vectors *v, const json_t *one)
{
    const struct hr_hpa_leap leap = { get_int(v, one, "scaleUpLimitFactor"),
                                      get_int(v, one, "scaleUpLimitMinimum") };
    expect_bounded(v, get(v, one, "expected"),
                   hr_hpa_bound_leap(get_int(v, one, "currentReplicas"),
                                     get_int(v, one, "desiredReplicas"), read_range(v, one), leap));
    vectors_count(v, "");
}

static void run_stabilize_legacy(struct vectors *v, const json_t *one)
{
    const json_t *expected = get(v, one, "expected");
    struct hr_count_log log;
    hr_count_log_init(&log);
    read_log(&log, v, get(v, one, "recommendations"), "recommendation");
    expect_int(v, "replicas", get_int(v, expected, "replicas"),
               hr_hpa_stabilize_down(&log, NOW,
                                     get_seconds(v, one, "downscaleStabilizationWindow_s"),
                                     get_int(v, one, "desiredReplicas")));
    if (has(expected, "logLength"))
        expect_int(v, "length of the log", get_int(v, expected, "logLength"), (int64_t)log.n);
    if (has(expected, "logAfter")) {
        expect_log(v, get(v, expected, "logAfter"), &log, "recommendation");
        expect_ages(v, get(v, expected, "logAfter"), &log);
    }
    vectors_count(v, "");
    hr_count_log_fini(&log);
}

static void run_stabilize_behavior(struct vectors *v, const json_t *one)
{
    const json_t *expected = get(v, one, "expected");
    struct hr_count_log log;
    hr_count_log_init(&log);
    read_log(&log, v, get(v, one, "recommendations"), "recommendation");
    expect_int(v, "replicas", get_int(v, expected, "replicas"),
               hr_hpa_stabilize(&log, NOW, get_seconds(v, one, "scaleUpStabilizationWindow_s"),
                                get_seconds(v, one, "scaleDownStabilizationWindow_s"),
                                get_int(v, one, "currentReplicas"),
                                get_int(v, one, "desiredReplicas")));
    if (has(expected, "logAfter"))
        expect_log(v, get(v, expected, "logAfter"), &log, "recommendation");
    vectors_count(v, "");
    hr_count_log_fini(&log);
}

static void events_init(struct hr_hpa_events *events, const struct vectors *v, const json_t *one)
{
    hr_count_log_init(&events->up);
    hr_count_log_init(&events->down);
    read_log(&events->up, v, json_object_get(one, "scaleUpEvents"), "change");
    read_log(&events->down, v, json_object_get(one, "scaleDownEvents"), "change");
}

static void events_fini(struct hr_hpa_events *events)
{
    hr_count_log_fini(&events->up);
    hr_count_log_fini(&events->down);
}

static void run_behavior_rate(struct vectors *v, const json_t *one)
{
    struct behavior behavior;
    struct hr_hpa_events events;
    behavior_init(&behavior, v, one);
    events_init(&events, v, one);
    const struct hr_hpa_rules up = rules_of(&behavior.up), down = rules_of(&behavior.down);
    expect_bounded(v, get(v, one, "expected"),
                   hr_hpa_bound_rate(&up, &down, &events, NOW, get_int(v, one, "currentReplicas"),
                                     get_int(v, one, "desiredReplicas"), read_range(v, one)));
    vectors_count(v, "");
    events_fini(&events);
    behavior_fini(&behavior);
}

static void run_rate_limit_fn(struct vectors *v, const json_t *one)
{
    struct hr_hpa_rules_spec spec;
    struct hr_hpa_events events;
    rules_init(&spec, v, get(v, one, "rules"));
    events_init(&events, v, one);
    const struct hr_hpa_rules rules = rules_of(&spec);
    expect_int(v, "limit", get_int(v, get(v, one, "expected"), "limit"),
               hr_hpa_limit(&rules, &events, NOW, get_int(v, one, "currentReplicas"),
                            is_text(one, "direction", "up")));
    vectors_count(v, "");
    events_fini(&events);
    rules_fini(&spec);
}

static hr_time longest_period(const struct hr_hpa_rules_spec *rules)
{
    const struct hr_hpa_policy *policies = rules->policies.items;
    hr_time longest = 0;
    for (size_t i = 0; i < rules->policies.n; i++)
        longest = policies[i].period > longest ? policies[i].period : longest;
    return longest;
}

/* "outdated" is no state here: an event is, when it is older than every policy looks back. */
static void run_store_event(struct vectors *v, const json_t *one)
{
    const json_t *expected = get(v, one, "expected"), *after = get(v, expected, "eventsAfter");
    struct hr_hpa_rules_spec spec;
    struct hr_count_log log;
    rules_init(&spec, v, json_object_get(one, "rules"));
    hr_count_log_init(&log);
    read_log(&log, v, get(v, one, "events"), "change");
    expect_int(v, "change in the period", get_int(v, expected, "changeInPeriodBefore"),
               hr_count_log_sum(&log, NOW, get_seconds(v, one, "query_period_s")));
    if (has(one, "rules")) { /* without behavior nothing is logged */
        const struct hr_hpa_rules rules = rules_of(&spec);
        hr_hpa_store_event(&log, &rules, NOW, get_int(v, one, "replicaChange"));
    }
    expect_log(v, after, &log, "change");
    for (size_t i = 0; i < log.n; i++)
        expect_int(v, "outdated", is_true(json_array_get(after, i), "outdated"),
                   NOW - log.entries[i].at > longest_period(&spec));
    vectors_count(v, "");
    hr_count_log_fini(&log);
    rules_fini(&spec);
}

const struct kind rule_kinds[] = {
    { "rules_legacy", run_rules_legacy },
    { "stabilize_legacy", run_stabilize_legacy },
    { "stabilize_behavior", run_stabilize_behavior },
    { "behavior_rate", run_behavior_rate },
    { "rate_limit_fn", run_rate_limit_fn },
    { "store_event", run_store_event },
    { NULL, NULL },
};
