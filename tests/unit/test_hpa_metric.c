/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proposals of single metrics, in cases that Kubernetes' own tests leave out (see tests/k8s). */
#include "hr_test.h"

#include "autoscale/hpa.h"

#define S HR_NS_PER_S

static const struct hr_hpa_metric cpu = {
    .source = HR_HPA_RESOURCE, .target = HR_HPA_UTILIZATION, .target_value = 60, .is_cpu = true
};

/*
 * A value of 30 for a target of 10, tolerance 0.1. Of the pods only one is running and ready, so
 * that a value asks for 3; an average goes by status.replicas, which is what it keeps when within.
 */
static void test_object_metrics(void **state)
{
    (void)state;
    const struct hr_hpa_pod pods[] = { { HR_HPA_POD_RUNNING, false, HR_HPA_READY_TRUE, 0, 0 },
                                       { HR_HPA_POD_ENDED, false, HR_HPA_READY_TRUE, 0, 0 },
                                       { HR_HPA_POD_RUNNING, false, HR_HPA_READY_FALSE, 0, 0 },
                                       { .phase = HR_HPA_POD_GONE } };
    struct hr_hpa_scene scene = { .replicas = 5, .replicas_status = 3, .pods = pods, .n_pods = 4 };
    const struct hr_hpa_reading reading = { .total_milli = 30000 };
    const struct hr_hpa_tolerance tolerance = { 0.1, 0.1 };
    const struct hr_hpa_grace grace = { 0 };
    struct hr_hpa_metric metric = { .source = HR_HPA_OBJECT,
                                    .target = HR_HPA_VALUE,
                                    .target_value = 10000 };
    assert_int_equal(hr_hpa_propose(&metric, &reading, &scene, &tolerance, &grace).replicas, 3);
    metric.target = HR_HPA_AVERAGE_VALUE;
    metric.target_value = 9500; /* 30 / (9.5 * 3) = 1.05 */
    const struct hr_hpa_proposal average =
        hr_hpa_propose(&metric, &reading, &scene, &tolerance, &grace);
    assert_int_equal(average.replicas, 3);
    assert_int_equal(average.value_milli, 10000);
    metric.target = HR_HPA_VALUE;
    scene.pods = pods + 3;
    scene.n_pods = 1;
    assert_int_equal(hr_hpa_propose(&metric, &reading, &scene, &tolerance, &grace).failure,
                     HR_HPA_NO_PODS);
}

static struct hr_hpa_proposal propose_cpu(const struct hr_hpa_pod *pods,
                                          const struct hr_hpa_sample *samples, size_t n)
{
    const struct hr_hpa_scene scene = {
        .now = 3600 * S, .replicas = 2, .replicas_status = 2, .pods = pods, .n_pods = n
    };
    const struct hr_hpa_reading reading = { .samples = samples };
    const struct hr_hpa_tolerance tolerance = { 0.1, 0.1 };
    const struct hr_hpa_settings settings = hr_hpa_settings_default();
    return hr_hpa_propose(&cpu, &reading, &scene, &tolerance, &settings.grace);
}

static void test_why_a_resource_metric_fails(void **state)
{
    (void)state;
    const struct hr_hpa_pod ready = { HR_HPA_POD_RUNNING, false, HR_HPA_READY_TRUE, 0, 0 };
    const struct hr_hpa_pod gone = { .phase = HR_HPA_POD_GONE };
    const struct hr_hpa_sample none = { HR_HPA_NONE, 500, 0, 0 };
    const struct hr_hpa_sample some = { 400, 500, 3600 * S, 30 * S };
    const struct hr_hpa_sample asks_none = { 400, HR_HPA_NONE, 3600 * S, 30 * S };
    const struct hr_hpa_pod pods[] = { ready, ready, gone };
    assert_int_equal(propose_cpu(pods, (const struct hr_hpa_sample[]){ none, none }, 2).failure,
                     HR_HPA_NO_SAMPLES);
    assert_int_equal(propose_cpu(pods + 2, &some, 1).failure, HR_HPA_NO_PODS);
    assert_int_equal(
        propose_cpu(pods, (const struct hr_hpa_sample[]){ some, asks_none }, 2).failure,
        HR_HPA_NO_REQUEST);
    assert_int_equal(
        propose_cpu(pods, (const struct hr_hpa_sample[]){ none, none, some }, 3).failure,
        HR_HPA_NO_MATCH);
}

/*
 * Two pods at 400m of 500m (80 %, target 60 %): ceil(80 / 60 * 2) = 3. The sample of a pod that is
 * gone has no request to be held against, but is one more sample to multiply with as soon as a pod
 * lacks one: with a third pod, without a sample and taken as idle, 100 * 800 / 1500 = 53 %, below
 * the target, so nothing happens.
 */
static void test_samples_of_pods_that_are_gone(void **state)
{
    (void)state;
    const struct hr_hpa_pod ready = { HR_HPA_POD_RUNNING, false, HR_HPA_READY_TRUE, 0, 0 };
    const struct hr_hpa_pod gone = { .phase = HR_HPA_POD_GONE };
    const struct hr_hpa_sample none = { HR_HPA_NONE, 500, 0, 0 };
    const struct hr_hpa_sample some = { 400, 500, 3600 * S, 30 * S };
    const struct hr_hpa_pod pods[] = { ready, ready, gone, ready };
    const struct hr_hpa_sample samples[] = { some, some, some, none };
    const struct hr_hpa_proposal without = propose_cpu(pods, samples, 3);
    assert_int_equal(without.replicas, 3);
    assert_int_equal(without.utilization_percent, 80);
    assert_int_equal(without.value_milli, 400);
    assert_int_equal(propose_cpu(pods, samples, 4).replicas, 2);
}

/*
 * A pod whose cpu initialization period of 300 s ends now counts, though its sample began before it
 * was ready: alone at 90 % of a target of 60 % it asks for ceil(1.5) = 2, and 1 s before for
 * nothing.
 */
static void test_end_of_cpu_initialization(void **state)
{
    (void)state;
    const hr_time now = 3600 * S;
    struct hr_hpa_pod pod = { HR_HPA_POD_RUNNING, false, HR_HPA_READY_TRUE, now - 300 * S,
                              now - S };
    const struct hr_hpa_sample sample = { 450, 500, now, 30 * S };
    assert_int_equal(propose_cpu(&pod, &sample, 1).replicas, 2);
    pod.started += S;
    assert_int_equal(propose_cpu(&pod, &sample, 1).failure, HR_HPA_NO_READY_POD);
}

/*
 * Target 150 % of 500m: 5 of 15 pods use 300m each (60 %), 10 have no sample. Before scaling down
 * they are taken as using the target, as that is more than their request: 1500 + 10 * 750 = 9000m
 * of 7500m is 120 %, ceil(0.8 * 15) = 12. By the request it would be 86 %, ceil(86 / 150 * 15) = 9.
 */
static void test_assumed_usage_above_the_request(void **state)
{
    (void)state;
    enum { N = 15 };
    const struct hr_hpa_metric metric = { .source = HR_HPA_RESOURCE, .target_value = 150 };
    struct hr_hpa_pod pods[N];
    struct hr_hpa_sample samples[N];
    for (int i = 0; i < N; i++) {
        pods[i] = (struct hr_hpa_pod){ HR_HPA_POD_RUNNING, false, HR_HPA_READY_TRUE, 0, 0 };
        samples[i] = (struct hr_hpa_sample){ i < 5 ? 300 : HR_HPA_NONE, 500, 0, 0 };
    }
    const struct hr_hpa_scene scene = { .replicas = N, .pods = pods, .n_pods = N };
    const struct hr_hpa_reading reading = { .samples = samples };
    const struct hr_hpa_tolerance tolerance = { 0.1, 0.1 };
    const struct hr_hpa_grace grace = { 0 };
    assert_int_equal(hr_hpa_propose(&metric, &reading, &scene, &tolerance, &grace).replicas, 12);
}

/* Target 50 %, one of 10 pods at 40 %, the others without samples. Down by itself; but if the
 * others used all that they request the mean were 94 %, which is up: nothing happens. */
static void test_assumed_usage_may_not_turn_the_direction(void **state)
{
    (void)state;
    enum { N = 10 };
    const struct hr_hpa_metric metric = { .source = HR_HPA_RESOURCE, .target_value = 50 };
    struct hr_hpa_pod pods[N];
    struct hr_hpa_sample samples[N];
    for (int i = 0; i < N; i++) {
        pods[i] = (struct hr_hpa_pod){ HR_HPA_POD_RUNNING, false, HR_HPA_READY_TRUE, 0, 0 };
        samples[i] = (struct hr_hpa_sample){ i == 0 ? 40 : HR_HPA_NONE, 100, 0, 0 };
    }
    const struct hr_hpa_scene scene = { .replicas = N, .pods = pods, .n_pods = N };
    const struct hr_hpa_reading reading = { .samples = samples };
    const struct hr_hpa_tolerance tolerance = { 0.1, 0.1 };
    const struct hr_hpa_grace grace = { 0 };
    assert_int_equal(hr_hpa_propose(&metric, &reading, &scene, &tolerance, &grace).replicas, N);
}

/* Memory in thousandths of bytes: 100 * the sum of 10,000 pods of 100 GiB is beyond 64 bits. */
static void test_large_memory(void **state)
{
    (void)state;
    enum { N = 10000 };
    const struct hr_hpa_metric memory = { .source = HR_HPA_RESOURCE, .target_value = 50 };
    static struct hr_hpa_pod pods[N];
    static struct hr_hpa_sample samples[N];
    const int64_t gib = INT64_C(1000) << 30;
    for (int i = 0; i < N; i++) {
        pods[i] = (struct hr_hpa_pod){ HR_HPA_POD_RUNNING, false, HR_HPA_READY_TRUE, 0, 0 };
        samples[i] = (struct hr_hpa_sample){ 100 * gib, 160 * gib, 0, 0 };
    }
    const struct hr_hpa_scene scene = { .replicas = N, .pods = pods, .n_pods = N };
    const struct hr_hpa_reading reading = { .samples = samples };
    const struct hr_hpa_settings settings = hr_hpa_settings_default();
    const struct hr_hpa_tolerance tolerance = { 0.1, 0.1 };
    const struct hr_hpa_proposal proposal =
        hr_hpa_propose(&memory, &reading, &scene, &tolerance, &settings.grace);
    assert_int_equal(proposal.utilization_percent, 62);
    assert_int_equal(proposal.replicas, 12400); /* ceil(62 / 50 * 10000) */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_object_metrics),
        cmocka_unit_test(test_why_a_resource_metric_fails),
        cmocka_unit_test(test_samples_of_pods_that_are_gone),
        cmocka_unit_test(test_end_of_cpu_initialization),
        cmocka_unit_test(test_assumed_usage_above_the_request),
        cmocka_unit_test(test_assumed_usage_may_not_turn_the_direction),
        cmocka_unit_test(test_large_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
