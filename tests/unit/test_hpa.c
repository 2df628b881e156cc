/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HPA: known sequences, defaults field by field, scaling to and from zero. What single rules do
 * is held against Kubernetes' own answers in tests/k8s. */
#include "hr_test.h"

#include "hr_hpa.h"

#define S    HR_NS_PER_S
#define SYNC (15 * S)

static const struct hr_hpa_metric cpu = {
    .source = HR_HPA_RESOURCE, .target = HR_HPA_UTILIZATION, .target_value = 60, .is_cpu = true
};

static struct hr_hpa_config config_of(const struct hr_hpa_behavior_spec *behavior, int64_t min,
                                      int64_t max)
{
    struct hr_hpa_config config = { .range = { min, max },
                                    .metrics = &hr_hpa_total,
                                    .n_metrics = 1,
                                    .behavior = behavior,
                                    .settings = hr_hpa_settings_default() };
    config.settings.tolerance = 0;
    return config;
}

static void assert_path(const struct hr_hpa_behavior_spec *behavior, int64_t start, int64_t total,
                        const int64_t *path, size_t n)
{
    const struct hr_hpa_config config = config_of(behavior, 1, 100);
    struct hr_hpa hpa;
    hr_hpa_init(&hpa, &config);
    int64_t replicas = start;
    for (size_t i = 0; i < n; i++) {
        replicas = hr_hpa_step_on_total(&hpa, (hr_time)i * SYNC, replicas, total);
        assert_int_equal(replicas, path[i]);
    }
    hr_hpa_fini(&hpa);
}

/* Without behavior a sync goes to max(2 n, 4). */
static void test_up_without_behavior(void **state)
{
    (void)state;
    assert_path(NULL, 1, 100, (const int64_t[]){ 4, 8, 16, 32, 64, 100, 100 }, 7);
}

/*
 * With an empty behavior a sync goes to max(n + 4, 2 n) of the replicas 15 s before. The last
 * rescale is 15 s old at each sync and no longer counts: the limits are 5, 10, 20, 40, 80, 160.
 */
static void test_up_with_default_behavior(void **state)
{
    (void)state;
    static const struct hr_hpa_behavior_spec empty;
    assert_path(&empty, 1, 100, (const int64_t[]){ 5, 10, 20, 40, 80, 100, 100 }, 7);
    assert_path(&empty, 3, 100, (const int64_t[]){ 7 }, 1);
}

/*
 * Down from 100 with a proposal of 10 and a window of 300 s. Without behavior recommendations up to
 * 300 s old count: that of 100 at time 0 holds until the sync at 300 s, the one at 315 s goes down.
 * With behavior an entry 300 s old no longer counts, and the sync at 300 s does.
 */
static void test_down_after_stabilization(void **state)
{
    (void)state;
    static const struct hr_hpa_behavior_spec empty;
    const struct hr_hpa_behavior_spec *const behaviors[] = { NULL, &empty };
    for (int i = 0; i < 2; i++) {
        const struct hr_hpa_config config = config_of(behaviors[i], 1, 100);
        const hr_time first_down = behaviors[i] ? 300 * S : 315 * S;
        struct hr_hpa hpa;
        hr_hpa_init(&hpa, &config);
        for (hr_time now = 0; now < first_down; now += SYNC) {
            assert_int_equal(hr_hpa_step_on_total(&hpa, now, 100, 10), 100);
            assert_int_equal(hpa.conditions[HR_HPA_ABLE_TO_SCALE].reason,
                             HR_HPA_SCALE_DOWN_STABILIZED);
        }
        assert_int_equal(hr_hpa_step_on_total(&hpa, first_down, 100, 10), 10);
        hr_hpa_fini(&hpa);
    }
}

/* A policy of the user replaces all default ones; window, select policy and tolerance stay. */
static void test_behavior_is_filled_in_field_by_field(void **state)
{
    (void)state;
    struct hr_hpa_policy one_pod = { HR_HPA_POLICY_PODS, 1, 60 * S };
    struct hr_hpa_rules_spec up = { .stabilization_window = HR_AUTO,
                                    .policies = { &one_pod, 1 },
                                    .tolerance = HR_AUTO };
    struct hr_hpa_rules_spec down = { .stabilization_window = 60 * S,
                                      .select_policy = HR_HPA_SELECT_MIN,
                                      .tolerance = 0.5 };
    const struct hr_hpa_behavior_spec behavior = { &up, &down };
    struct hr_hpa_config config = config_of(&behavior, 1, 100);
    config.settings.tolerance = 0.2;
    struct hr_hpa hpa;
    hr_hpa_init(&hpa, &config);
    assert_int_equal(hpa.up.stabilization_window, 0);
    assert_int_equal(hpa.up.n_policies, 1);
    assert_near(hpa.tolerance.up, 0.2, 0);
    assert_int_equal(hpa.down.stabilization_window, 60 * S);
    assert_int_equal(hpa.down.select_policy, HR_HPA_SELECT_MIN);
    assert_int_equal(hpa.down.n_policies, 1);
    assert_int_equal(hpa.down.policies[0].type, HR_HPA_POLICY_PERCENT);
    assert_near(hpa.tolerance.down, 0.5, 0);
    /* One pod a minute: at 60 s the rescale of time 0 is out of the period. */
    assert_int_equal(hr_hpa_step_on_total(&hpa, 0, 10, 100), 11);
    assert_int_equal(hr_hpa_step_on_total(&hpa, 45 * S, 11, 100), 11);
    assert_int_equal(hpa.conditions[HR_HPA_SCALING_LIMITED].reason, HR_HPA_SCALE_UP_LIMIT);
    assert_int_equal(hr_hpa_step_on_total(&hpa, 60 * S, 11, 100), 12);
    hr_hpa_fini(&hpa);
}

/* 1.1 is within a tolerance of 0.1 as Kubernetes compares since 1.33; a thousandth more is not. */
static void test_tolerance_includes_its_ends(void **state)
{
    (void)state;
    struct hr_hpa_config config = config_of(NULL, 1, 100);
    config.settings.tolerance = 0.1;
    struct hr_hpa hpa;
    hr_hpa_init(&hpa, &config);
    assert_int_equal(hr_hpa_sync_on_total(&hpa, 0, 10, 11).replicas, 10);
    assert_int_equal(hr_hpa_sync_on_total(&hpa, 0, 1000, 1101).proposal,
                     HR_HPA_NONE); /* above max_replicas */
    assert_int_equal(hr_hpa_sync_on_total(&hpa, 0, 100, 111).proposal, 111);
    assert_int_equal(hr_hpa_sync_on_total(&hpa, 0, 100, 90).proposal, 100);
    assert_int_equal(hr_hpa_sync_on_total(&hpa, 0, 100, 89).proposal, 89);
    hr_hpa_fini(&hpa);
}

/*
 * min_replicas 0 (Kubernetes 1.37): what the HPA itself scaled to 0 it wakes up, what others scaled
 * to 0 stays there.
 */
static void test_zero_is_left_if_it_was_its_own(void **state)
{
    (void)state;
    const struct hr_hpa_config config = config_of(NULL, 0, 100);
    struct hr_hpa hpa;
    hr_hpa_init(&hpa, &config);
    assert_int_equal(hr_hpa_step_on_total(&hpa, 0, 2, 2), 2);
    assert_int_equal(hr_hpa_step_on_total(&hpa, 15 * S, 0, 7), 0);
    assert_int_equal(hpa.conditions[HR_HPA_SCALING_ACTIVE].reason, HR_HPA_SCALING_DISABLED);
    assert_int_equal(hr_hpa_step_on_total(&hpa, 30 * S, 2, 0),
                     2); /* until the 2 of time 0 is out of the window */
    assert_int_equal(hr_hpa_step_on_total(&hpa, 315 * S, 2, 0), 0);
    assert_true(hpa.conditions[HR_HPA_SCALED_TO_ZERO].on);
    assert_int_equal(hr_hpa_step_on_total(&hpa, 345 * S, 0, 0), 0);
    assert_int_equal(hr_hpa_step_on_total(&hpa, 360 * S, 0, 3), 3);
    assert_false(hpa.conditions[HR_HPA_SCALED_TO_ZERO].on);
    assert_string_equal(hr_hpa_reason_name(hpa.conditions[HR_HPA_SCALED_TO_ZERO].reason),
                        "NotScaledToZero");
    hr_hpa_fini(&hpa);
}

/* min_replicas raised from 0 to 2 while the target is at 0: at least 2, whatever the metric says.
 */
static void test_zero_is_left_when_the_minimum_is_raised(void **state)
{
    (void)state;
    const struct hr_hpa_config config = config_of(NULL, 0, 100);
    struct hr_hpa hpa;
    hr_hpa_init(&hpa, &config);
    hr_hpa_rescaled(&hpa, 0, 1, 0);
    hpa.config.range.min = 2;
    assert_int_equal(hr_hpa_sync_on_total(&hpa, 15 * S, 0, 3).replicas, 3);
    assert_int_equal(hr_hpa_step_on_total(&hpa, 330 * S, 0, 0), 2);
    assert_int_equal(hr_hpa_step_on_total(&hpa, 345 * S, 0, 0),
                     0); /* others scaled it to 0 after that */
    hr_hpa_fini(&hpa);
}

/* Resource metrics do not exist at 0 replicas, so that zero is for good. */
static void test_zero_is_not_left_on_cpu(void **state)
{
    (void)state;
    struct hr_hpa_config config = config_of(NULL, 0, 100);
    config.metrics = &cpu;
    struct hr_hpa hpa;
    hr_hpa_init(&hpa, &config);
    hr_hpa_rescaled(&hpa, 0, 1, 0);
    assert_false(hpa.conditions[HR_HPA_SCALED_TO_ZERO].on);
    assert_int_equal(hr_hpa_step_on_total(&hpa, 15 * S, 0, 5), 0);
    hr_hpa_fini(&hpa);
}

static void test_a_target_that_cannot_be_read(void **state)
{
    (void)state;
    const struct hr_hpa_config config = config_of(NULL, 1, 100);
    const struct hr_hpa_scene scene = { .replicas = 5 };
    const struct hr_hpa_reading reading = { .total_milli = 9000 };
    struct hr_hpa hpa;
    hr_hpa_init(&hpa, &config);
    const struct hr_hpa_decision decision = hr_hpa_sync(&hpa, &scene, &reading, HR_HPA_NO_SCALE);
    assert_true(decision.failed);
    assert_int_equal(decision.replicas, 5);
    assert_false(hpa.conditions[HR_HPA_ABLE_TO_SCALE].on);
    assert_string_equal(hr_hpa_reason_name(hpa.conditions[HR_HPA_ABLE_TO_SCALE].reason),
                        "FailedGetScale");
    hr_hpa_fini(&hpa);
}

static void test_reasons_of_the_event(void **state)
{
    (void)state;
    const struct hr_hpa_config config = config_of(NULL, 5, 10);
    static const struct {
        int64_t replicas, total;
        const char *text;
    } cases[] = {
        { 6, 9, "qps above target" },
        { 9, 6, "All metrics below target" },
        { 6, 6, "" },
        { 20, 6, "Current number of replicas above Spec.MaxReplicas" },
        { 2, 6, "Current number of replicas below Spec.MinReplicas" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hr_hpa hpa;
        struct hr_str text;
        hr_hpa_init(&hpa, &config);
        hr_str_init(&text);
        const struct hr_hpa_decision decision =
            hr_hpa_sync_on_total(&hpa, 0, cases[i].replicas, cases[i].total);
        hr_hpa_explain(&text, &decision, "qps");
        assert_string_equal(text.text, cases[i].text);
        hr_str_fini(&text);
        hr_hpa_fini(&hpa);
    }
}

/* Several metrics that fail: the condition names the first. */
static void test_the_first_failure_is_named(void **state)
{
    (void)state;
    const struct hr_hpa_metric metrics[] = { { .source = HR_HPA_OBJECT, .target_value = 1 },
                                             { .source = HR_HPA_UNSUPPORTED, .target_value = 1 },
                                             hr_hpa_total };
    struct hr_hpa_config config = config_of(NULL, 1, 100);
    config.metrics = metrics;
    config.n_metrics = 3;
    const struct hr_hpa_scene scene = { .replicas = 5, .replicas_status = 5 };
    struct hr_hpa_reading readings[] = { { .unavailable = true }, { 0 }, { .total_milli = 4000 } };
    struct hr_hpa hpa;
    hr_hpa_init(&hpa, &config);
    struct hr_hpa_decision decision = hr_hpa_sync(&hpa, &scene, readings, HR_HPA_NO_OBSTACLE);
    assert_int_equal(decision.replicas, 5); /* the third says 4, but down it must not go alone */
    assert_int_equal(hpa.conditions[HR_HPA_SCALING_ACTIVE].reason, HR_HPA_FAILED_GET_OBJECT_METRIC);
    readings[2].total_milli = 7000;
    decision = hr_hpa_sync(&hpa, &scene, readings, HR_HPA_NO_OBSTACLE);
    assert_int_equal(decision.replicas, 7);
    assert_int_equal(decision.metric, 2);
    assert_true(decision.failed);
    hr_hpa_fini(&hpa);
}

/* An entry as old as the window stays; once it is older the next one takes its place. */
static void test_the_log_drops_what_is_too_old(void **state)
{
    (void)state;
    struct hr_count_log log;
    hr_count_log_init(&log);
    hr_count_log_put(&log, 0, 7, 300);
    hr_count_log_put(&log, 300, 8, 300);
    assert_int_equal(log.n, 2);
    hr_count_log_put(&log, 301, 9, 300);
    assert_int_equal(log.n, 2);
    assert_int_equal(log.entries[0].count, 9);
    hr_count_log_fini(&log);
}

/* Events are kept for the longest of the periods, whichever policy comes last. */
static void test_events_are_kept_for_the_longest_period(void **state)
{
    (void)state;
    const struct hr_hpa_policy policies[] = { { HR_HPA_POLICY_PODS, 9, 60 * S },
                                              { HR_HPA_POLICY_PODS, 9, 15 * S } };
    const struct hr_hpa_rules rules = { .policies = policies, .n_policies = 2 };
    struct hr_count_log log;
    hr_count_log_init(&log);
    hr_hpa_store_event(&log, &rules, 0, 5);
    hr_hpa_store_event(&log, &rules, 30 * S, 2);
    assert_int_equal(hr_count_log_sum(&log, 31 * S, 60 * S), 7);
    hr_count_log_fini(&log);
}

/* Where a rate and a bound allow the same, the bound is named. */
static void test_the_bound_is_named_before_the_rate(void **state)
{
    (void)state;
    const struct hr_hpa_policy four = { HR_HPA_POLICY_PODS, 4, 15 * S };
    const struct hr_hpa_rules rules = { .policies = &four, .n_policies = 1 };
    const struct hr_hpa_events none = { 0 };
    const struct hr_hpa_range range = { 6, 14 };
    struct hr_hpa_bounded bounded = hr_hpa_bound_rate(&rules, &rules, &none, 0, 10, 99, range);
    assert_int_equal(bounded.replicas, 14);
    assert_int_equal(bounded.reason, HR_HPA_TOO_MANY_REPLICAS);
    bounded = hr_hpa_bound_rate(&rules, &rules, &none, 0, 10, 0, range);
    assert_int_equal(bounded.replicas, 6);
    assert_int_equal(bounded.reason, HR_HPA_TOO_FEW_REPLICAS);
    bounded = hr_hpa_bound_leap(7, 99, range, (struct hr_hpa_leap){ 2, 4 });
    assert_int_equal(bounded.replicas, 14);
    assert_int_equal(bounded.reason, HR_HPA_TOO_MANY_REPLICAS);
}

/* The log does not grow beyond what the window holds, however long the run. */
static void test_the_logs_stay_short(void **state)
{
    (void)state;
    static const struct hr_hpa_behavior_spec empty;
    const struct hr_hpa_config config = config_of(&empty, 1, 100);
    struct hr_hpa hpa;
    hr_hpa_init(&hpa, &config);
    int64_t replicas = 10;
    for (int i = 0; i < 1000; i++)
        replicas = hr_hpa_step_on_total(&hpa, i * SYNC, replicas, i % 50 < 25 ? 80 : 10);
    assert_true(hpa.recommendations.n <= 22);
    assert_true(hpa.events.up.n <= 2 && hpa.events.down.n <= 2);
    hr_hpa_fini(&hpa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_up_without_behavior),
        cmocka_unit_test(test_up_with_default_behavior),
        cmocka_unit_test(test_down_after_stabilization),
        cmocka_unit_test(test_behavior_is_filled_in_field_by_field),
        cmocka_unit_test(test_tolerance_includes_its_ends),
        cmocka_unit_test(test_zero_is_left_if_it_was_its_own),
        cmocka_unit_test(test_zero_is_left_when_the_minimum_is_raised),
        cmocka_unit_test(test_zero_is_not_left_on_cpu),
        cmocka_unit_test(test_a_target_that_cannot_be_read),
        cmocka_unit_test(test_reasons_of_the_event),
        cmocka_unit_test(test_the_first_failure_is_named),
        cmocka_unit_test(test_the_log_drops_what_is_too_old),
        cmocka_unit_test(test_events_are_kept_for_the_longest_period),
        cmocka_unit_test(test_the_bound_is_named_before_the_rate),
        cmocka_unit_test(test_the_logs_stay_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
