/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of autoscalers: what each kind takes, the rules over several keys, and what becomes of them.
 * That the rows are well formed is seen to by test_keys.c. */
#include "hr_test.h"

#include "autoscale/config.h"
#include "autoscale/metric_keys.h"
#include "unit/key_mistakes.h"

#define S HR_NS_PER_S

/* Names of the rows for one value of the selector, the required ones with "!". */
static void assert_keys(const struct hr_key_table *table, int selected, const char *expected)
{
    char got[1000] = "";
    for (size_t i = 0; i < table->n_keys; i++) {
        const struct hr_key *key = &table->keys[i];
        if (!(key->when & HR_WHEN(selected)))
            continue;
        strcat(got, key->name);
        strcat(got, key->required ? "! " : " ");
    }
    assert_string_equal(got, expected);
}

#define BY_METRICS                                                                                 \
    "metrics! behavior sync_period tolerance cpu_initialization_period initial_readiness_delay "   \
    "downscale_stabilization "

static void test_keys_of_each_type(void **state)
{
    (void)state;
    assert_keys(&hr_autoscaler_keys, HR_AUTOSCALER_HPA, "min_replicas max_replicas! " BY_METRICS);
    assert_keys(&hr_autoscaler_keys, HR_AUTOSCALER_KEDA,
                "min_replicas max_replicas " BY_METRICS
                "polling_interval cooldown_period initial_cooldown_period idle_replicas ");
    assert_keys(&hr_autoscaler_keys, HR_AUTOSCALER_KNATIVE,
                "min_replicas max_replicas container_concurrency_target target_utilization "
                "target_burst_capacity stable_window panic_window panic_threshold "
                "max_scale_up_rate max_scale_down_rate scale_down_delay "
                "scale_to_zero_grace_period activation_scale ");
    assert_keys(&hr_autoscaler_keys, HR_AUTOSCALER_SCHEDULED, "schedule! ");
    assert_keys(&hr_autoscaler_keys, HR_AUTOSCALER_PREDICTIVE,
                "min_replicas max_replicas! predictor target! interval season lead level_weight "
                "trend_weight season_weight quantile seasons ");
}

static void test_keys_of_each_metric(void **state)
{
    (void)state;
    static const char *const expected[] = {
        [HR_SCALING_CPU] = "target average_value ",
        [HR_SCALING_MEMORY] = "target average_value ",
        [HR_SCALING_REQUESTS] = "target! source activation ",
        [HR_SCALING_CONCURRENCY] = "target! source activation ",
        [HR_SCALING_QUEUE_LENGTH] = "target! source activation ",
        [HR_SCALING_GPU_UTILIZATION] = "target! ",
        [HR_SCALING_LATENCY] = "target! quantile ",
    };
    for (int type = 0; type <= HR_SCALING_LATENCY; type++)
        assert_keys(&hr_scaling_metric_keys, type, expected[type]);
}

static void test_rules_of_metrics(void **state)
{
    (void)state;
    struct hr_scaling_metric_spec metric = { .type = HR_SCALING_MEMORY };
    assert_mistakes(&hr_scaling_metric_keys, &metric,
                    ": neither target nor average_value is given\n");
    metric.target = 0.6;
    assert_mistakes(&hr_scaling_metric_keys, &metric, "");
    metric.average_value = 2;
    assert_mistakes(&hr_scaling_metric_keys, &metric,
                    ": both target and average_value are given\n");
}

static void test_rules_of_hpa_and_keda(void **state)
{
    (void)state;
    struct hr_scaling_metric_spec metrics[] = {
        { .type = HR_SCALING_CPU, .target = 0.6 },
        { .type = HR_SCALING_QUEUE_LENGTH, .target = 5 },
    };
    struct hr_autoscaler_spec spec = { .type = HR_AUTOSCALER_HPA,
                                       .min_replicas = 3,
                                       .max_replicas = 2,
                                       .idle_replicas = -1,
                                       .metrics = { metrics, 2 } };
    assert_mistakes(&hr_autoscaler_keys, &spec, "min_replicas: is above max_replicas\n");
    spec.min_replicas = 0;
    assert_mistakes(&hr_autoscaler_keys, &spec,
                    "min_replicas: without replicas there is none of these metrics\n");
    metrics[1].source = HR_SCALING_OBJECT;
    assert_mistakes(&hr_autoscaler_keys, &spec, "");
    metrics[1].activation = 1;
    assert_mistakes(&hr_autoscaler_keys, &spec, "metrics: only KEDA has an activation\n");
    spec.type = HR_AUTOSCALER_KEDA;
    assert_mistakes(&hr_autoscaler_keys, &spec, "");
    spec.metrics.n = 1;
    assert_mistakes(&hr_autoscaler_keys, &spec,
                    "metrics: cpu and memory wake nothing at zero replicas\n");
    spec.min_replicas = spec.idle_replicas = 1;
    assert_mistakes(&hr_autoscaler_keys, &spec, "idle_replicas: is not below min_replicas\n");
    spec.idle_replicas = 0;
    assert_mistakes(&hr_autoscaler_keys, &spec, "");
}

static void test_rules_of_windows_and_seasons(void **state)
{
    (void)state;
    struct hr_autoscaler_spec knative = { .type = HR_AUTOSCALER_KNATIVE,
                                          .max_replicas = HR_UNLIMITED,
                                          .stable_window = 6 * S + 1,
                                          .panic_window = 0.1 };
    assert_mistakes(&hr_autoscaler_keys, &knative,
                    "stable_window: is no whole number of seconds\n"
                    "panic_window: is less than a second of the stable window\n");
    knative.stable_window = 10 * S;
    assert_mistakes(&hr_autoscaler_keys, &knative, "");
    struct hr_autoscaler_spec predictive = {
        .type = HR_AUTOSCALER_PREDICTIVE, .max_replicas = 1, .interval = 7 * S, .season = 15 * S
    };
    assert_mistakes(&hr_autoscaler_keys, &predictive, "season: is no multiple of the interval\n");
}

static void assert_metric(struct hr_scaling_metric_spec spec, int type, enum hr_hpa_source source,
                          enum hr_hpa_target target, int64_t value)
{
    struct hr_autoscaler_spec autoscaler = { .type = type,
                                             .max_replicas = 9,
                                             .metrics = { &spec, 1 } };
    struct hr_hpa_metric metric;
    const struct hr_hpa_config config = hr_hpa_config_of(&autoscaler, &metric);
    assert_int_equal(config.range.min, type == HR_AUTOSCALER_KEDA);
    assert_int_equal(metric.source, source);
    assert_int_equal(metric.target, target);
    assert_int_equal(metric.target_value, value);
    assert_int_equal(metric.is_cpu, spec.type == HR_SCALING_CPU);
}

static void test_metrics_in_whole_numbers(void **state)
{
    (void)state;
    const int hpa = HR_AUTOSCALER_HPA, keda = HR_AUTOSCALER_KEDA;
    const struct hr_scaling_metric_spec cpu = { .type = HR_SCALING_CPU, .target = 0.57 };
    const struct hr_scaling_metric_spec memory = { .type = HR_SCALING_MEMORY,
                                                   .average_value = 512 * 1048576.0 };
    const struct hr_scaling_metric_spec requests = { .type = HR_SCALING_REQUESTS, .target = 12.5 };
    const struct hr_scaling_metric_spec queue = { .type = HR_SCALING_QUEUE_LENGTH,
                                                  .target = 1e-6,
                                                  .source = HR_SCALING_OBJECT };
    const struct hr_scaling_metric_spec gpu = { .type = HR_SCALING_GPU_UTILIZATION, .target = 0.8 };
    const struct hr_scaling_metric_spec latency = { .type = HR_SCALING_LATENCY,
                                                    .target_time = S / 10 };
    assert_metric(cpu, hpa, HR_HPA_RESOURCE, HR_HPA_UTILIZATION, 57);
    assert_metric(cpu, keda, HR_HPA_RESOURCE, HR_HPA_UTILIZATION, 57);
    assert_metric(memory, hpa, HR_HPA_RESOURCE, HR_HPA_AVERAGE_VALUE, 536870912000);
    assert_metric(requests, hpa, HR_HPA_PODS, HR_HPA_AVERAGE_VALUE, 12500);
    assert_metric(requests, keda, HR_HPA_EXTERNAL, HR_HPA_AVERAGE_VALUE, 12500);
    assert_metric(queue, hpa, HR_HPA_OBJECT, HR_HPA_AVERAGE_VALUE, 1);
    assert_metric(gpu, hpa, HR_HPA_PODS, HR_HPA_AVERAGE_VALUE, 800);
    assert_metric(latency, hpa, HR_HPA_OBJECT, HR_HPA_VALUE, 100000); /* of a millisecond */
    assert_metric(latency, keda, HR_HPA_EXTERNAL, HR_HPA_VALUE, 100000);
}

static void test_activation_is_exceeded_not_met(void **state)
{
    (void)state;
    const struct hr_scaling_metric_spec queue = { .activation = 3 };
    assert_false(hr_keda_is_active(&queue, 3));
    assert_true(hr_keda_is_active(&queue, 4));
}

/* The defaults of Knative, as the key table gives them, are those of the autoscaler. */
static void test_knative(void **state)
{
    (void)state;
    const struct hr_autoscaler_spec spec = { .type = HR_AUTOSCALER_KNATIVE,
                                             .max_replicas = HR_UNLIMITED,
                                             .container_concurrency_target = 100,
                                             .target_utilization = 0.7,
                                             .target_burst_capacity = 200,
                                             .stable_window = 60 * S,
                                             .panic_window = 0.1,
                                             .panic_threshold = 2,
                                             .max_scale_up_rate = 1000,
                                             .max_scale_down_rate = 2,
                                             .scale_to_zero_grace_period = 30 * S,
                                             .activation_scale = 1 };
    const struct hr_knative_config got = hr_knative_config_of(&spec);
    const struct hr_knative_config expected = hr_knative_config_default();
    assert_memory_equal(&got, &expected, sizeof got);
    struct hr_autoscaler_spec unlimited = spec;
    unlimited.target_burst_capacity = HR_UNLIMITED;
    assert_true(isinf(hr_knative_config_of(&unlimited).burst));
}

static void test_lead(void **state)
{
    (void)state;
    struct hr_autoscaler_spec spec = { .type = HR_AUTOSCALER_PREDICTIVE, .lead = HR_AUTO };
    assert_int_equal(hr_predictive_config_of(&spec, 70 * S).lead, 70 * S);
    spec.lead = 5 * S;
    assert_int_equal(hr_predictive_config_of(&spec, 70 * S).lead, 5 * S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_of_each_type),
        cmocka_unit_test(test_keys_of_each_metric),
        cmocka_unit_test(test_rules_of_metrics),
        cmocka_unit_test(test_rules_of_hpa_and_keda),
        cmocka_unit_test(test_rules_of_windows_and_seasons),
        cmocka_unit_test(test_metrics_in_whole_numbers),
        cmocka_unit_test(test_activation_is_exceeded_not_met),
        cmocka_unit_test(test_knative),
        cmocka_unit_test(test_lead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
