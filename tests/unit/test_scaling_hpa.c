/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The HPA and KEDA in whole runs, worked out by hand to the second. An HPA syncs every 15 s, first
 * at 15 s; samples are taken every 15 s, of the last 30 s, and seen at once, unless a test says
 * otherwise. Marks are taken before the requests of the same moment come.
 */
#include "scaling_check.h"

#define ONE_SLOT "service_time = \"100ms\"; queue_limit = 5;"
#define STEADY(rate)                                                                               \
    "arrivals = { process = \"deterministic\"; rate = \"" rate "\"; }; timeout = \"2s\";"
#define TOTAL(target)                                                                              \
    "metrics = { type = \"requests\"; target = \"" target "\"; source = \"object\"; };"

/*
 * 500 requests a second are due 100 replicas of 5 each from the first sync on; one serves 10 a
 * second. Without behavior a sync goes to max(2 n, 4), with an empty one to max(n + 4, 2 n), as the
 * last change is just as old as the period of the policies and does not count.
 */
static void test_one_to_a_hundred(void **state)
{
    (void)state;
    const struct scaling_plot without = { "duration = \"3min\";", ONE_SLOT,
                                          "startup_time = \"5s\";",
                                          "type = \"hpa\"; max_replicas = 100; " TOTAL("5/s"),
                                          STEADY("500/s") };
    scaling_check(&without, "15 1 4\n30 4 8\n45 8 16\n60 16 32\n75 32 64\n90 64 100\n");
    struct scaling_plot with = without;
    with.autoscaler = "type = \"hpa\"; max_replicas = 100; behavior = {}; " TOTAL("5/s");
    scaling_check(&with, "15 1 5\n30 5 10\n45 10 20\n60 20 40\n75 40 80\n90 80 100\n");
}

/*
 * 40 requests a second until 100 s. Of the window up to 105 s they fill 25 s of 30: 33.3 a second,
 * 7 replicas; up to 120 s 10 s: 13.3 a second, 3 replicas; then none. Without behavior a
 * recommendation counts while it is no older than 300 s: the 7 of 105 s until 405 s, so at 420 s
 * there are 3, and 1 at 435 s. With behavior one just as old is out: 15 s earlier. (7, 6.7 +- 0.2,
 * and 3, 2.7 +- 0.13, are safe from chance.)
 */
static void test_stabilization(void **state)
{
    (void)state;
    const char *load = "arrivals = { process = \"piecewise\"; points = ( { at = \"0s\"; rate = "
                       "\"40/s\"; }, { at = \"100s\"; rate = \"0/s\"; } ); };";
    const struct scaling_plot without = { "duration = \"10min\";", "service_time = \"10ms\";", "",
                                          "type = \"hpa\"; max_replicas = 4; " TOTAL("5/s"), load };
    scaling_check(&without, "15 1 4\n420 4 3\n435 3 1\n");
    struct scaling_plot with = without;
    with.autoscaler = "type = \"hpa\"; max_replicas = 4; behavior = {}; " TOTAL("5/s");
    scaling_check(&with, "15 1 4\n405 4 3\n420 3 1\n");
    with.autoscaler =
        "type = \"hpa\"; max_replicas = 4; downscale_stabilization = \"0s\"; " TOTAL("5/s");
    scaling_check(&with, "15 1 4\n120 4 3\n135 3 1\n");
}

/*
 * Four slots, of which each uses a quarter of the core that is requested, and more load than all
 * replicas can serve: those that are ready use 100 %, twice the target. A new replica is there 20 s
 * later.
 *
 * 15 s: one replica, ratio 2: 2. At 30 s the second is not ready and counts as idle: 100 % of two
 * requests, ratio 1. It is ready at 35 s; samples count from that on whose window began then: at 75
 * s, as [30, 60] began before. There both use 100 %: 4. They are created at 75 s, ready at 95 s,
 * and count at 135 s ([105, 135]): 8.
 *
 * Without the initialization period their first samples count. 30 s: [15, 30] of the second is 0 %,
 * ratio 1. 45 s: 10 s of 30 s busy, (100 + 33) / 2 = 66 %, ratio 1.32: 3. 60 s: the third, created
 * at 45 s, is at 0 %, the second at 25 s of 30 s: (100 + 83 + 0) / 3 = 61 %, ratio 1.22: 4.
 */
static void test_cpu_of_starting_pods(void **state)
{
    (void)state;
    const char *model =
        "service_time = \"1s\"; concurrency = 4; queue_limit = 1; cpu_per_slot = \"250m\";";
    const char *deployment =
        "startup_time = \"20s\"; resources = { requests = { cpu = \"1\"; }; };";
    const struct scaling_plot damped = {
        "duration = \"150s\";", model, deployment,
        "type = \"hpa\"; max_replicas = 50; metrics = { type = \"cpu\"; target = \"50%\"; };",
        STEADY("400/s")
    };
    scaling_check(&damped, "15 1 2\n75 2 4\n135 4 8\n");
    struct scaling_plot naive = damped;
    naive.top = "duration = \"65s\";";
    naive.autoscaler = "type = \"hpa\"; max_replicas = 50; cpu_initialization_period = \"0s\"; "
                       "initial_readiness_delay = \"0s\"; metrics = { type = \"cpu\"; target = "
                       "\"50%\"; };";
    scaling_check(&naive, "15 1 2\n45 2 3\n60 3 4\n");
}

/* "15 SuccessfulRescale New size: 4; ..." a line, of what the autoscaler tells of itself. */
static void note_words(void *ctx, const struct hr_event_record *record)
{
    if (record->pod == NULL && record->workload == NULL &&
        strcmp(record->kind, "ScalingReplicaSet") != 0)
        hr_str_addf(ctx, "%.6g %s %s\n", (double)record->time_ns / 1e9, record->kind,
                    record->message);
}

/* The load of 8 replicas until 40 s, and at most 6: what the HPA does, and why. Its conditions are
 * told when their reason changes; that it has rescaled, the event tells. At 45 s the load of 25 s
 * of 30 s is that of 7, and the 8 of before hold. */
static void test_words(void **state)
{
    (void)state;
    struct hr_replication run;
    const struct scaling_plot plot = {
        "duration = \"80s\";", "service_time = \"10ms\"; cpu_per_slot = \"10m\";",
        "resources = { requests = { cpu = \"1\"; }; };",
        "type = \"hpa\"; max_replicas = 6; metrics = ( { type = \"requests\"; target = \"5/s\"; "
        "source = \"object\"; }, { type = \"cpu\"; target = \"90%\"; } );",
        "arrivals = { process = \"piecewise\"; points = ( { at = \"0s\"; rate = \"38/s\"; }, { at "
        "= "
        "\"40s\"; rate = \"0/s\"; } ); };"
    };
    scaling_run_noting(
        &plot, note_words,
        "15 SuccessfulRescale New size: 4; reason: Deployment metric requests above target\n"
        "15 ScalingActive True: ValidMetricFound\n"
        "15 ScalingLimited True: ScaleUpLimit\n"
        "30 SuccessfulRescale New size: 6; reason: Deployment metric requests above target\n"
        "30 ScalingLimited True: TooManyReplicas\n"
        "45 AbleToScale True: ScaleDownStabilized\n",
        0, &run);
    hr_replication_fini(&run);
}

/* A sample that takes 30 s to come through is first seen at 45 s; what ends at 100 s is last seen
 * in the sample of 120 s, at 150 s. */
static void test_delay(void **state)
{
    (void)state;
    const struct scaling_plot plot = {
        "duration = \"4min\";", "service_time = \"10ms\";", "",
        "type = \"hpa\"; max_replicas = 4; downscale_stabilization = \"0s\"; metrics = { type = "
        "\"requests\"; target = \"5/s\"; source = \"object\"; delay = \"30s\"; };",
        "arrivals = { process = \"piecewise\"; points = ( { at = \"0s\"; rate = \"40/s\"; }, { at "
        "= \"100s\"; rate = \"0/s\"; } ); };"
    };
    scaling_check(&plot, "45 1 4\n150 4 3\n165 3 1\n");
}

/*
 * Windows of 20 s that are no multiple of the scrape interval: 3 requests a second from 1/3 s on,
 * so [0, 15) has 44 of them, 2.93 a second and 6 replicas of 0.5 (4 at first), and [10, 30) has 60,
 * just 6. Were the window taken from 15 s on it had 45, and 5 replicas would do.
 */
static void test_window_between_scrapes(void **state)
{
    (void)state;
    const struct scaling_plot plot = {
        "duration = \"100s\";", "service_time = \"10ms\";", "",
        "type = \"hpa\"; max_replicas = 9; metrics = { type = \"requests\"; target = \"0.5/s\"; "
        "source = \"object\"; window = \"20s\"; };",
        STEADY("3/s")
    };
    scaling_check(&plot, "15 1 4\n30 4 6\n");
}

/*
 * What each metric is read as. Two requests a second of 0.5 s each, from 0.5 s on, in turn to all
 * replicas: one slot is busy from then on, and 14.5 s of the first 15 s. Of those, 29 requests.
 *
 * What is read of replicas, at 30 s: the first had 14.5 s and half of 15 s, over 30 s 0.73; the
 * second half of 15 s, over its 15 s 0.5; mean 0.617. At 45 s, if there are three then, two had
 * half of 15 s and a third of 15 s, over 30 s 0.417, the third 0.333; mean 0.389.
 */
static void test_metrics(void **state)
{
    (void)state;
    static const struct {
        const char *model, *metric, *log;
    } rows[] = {
        /* Requests are twice the busy slots: 1.93; 1.23 x 2 = 2.5; 0.78 is below. */
        { "", "type = \"requests\"; target = \"1/s\";", "15 1 2\n30 2 3\n" },
        /* 0.97 of 0.5; 0.617 / 0.5 x 2 = 2.5; 0.389 is below. */
        { "", "type = \"concurrency\"; target = 0.5;", "15 1 2\n30 2 3\n" },
        /* The whole at 30 s: 29.5 s of 30 s busy, 0.98, as much as two are due. */
        { "", "type = \"concurrency\"; target = 0.5; source = \"object\";", "15 1 2\n" },
        /* As busy slots; with two slots the time with any is the same. */
        { "", "type = \"gpu_utilization\"; target = \"50%\";", "15 1 2\n30 2 3\n" },
        { "concurrency = 2;", "type = \"gpu_utilization\"; target = \"50%\";", "15 1 2\n30 2 3\n" },
        /* 200m + 0.97 x 800m = 973m of 500m; 200m + 0.617 x 800m = 693m, 1.39 x 2 = 2.8; 200m +
         * 0.389 x 800m = 511m is within the tolerance. */
        { "cpu_idle = \"200m\"; cpu_per_slot = \"800m\";",
          "type = \"cpu\"; average_value = \"500m\";", "15 1 2\n30 2 3\n" },
        /* Work done on shared cores, as busy slots: one request at a time has a core. */
        { "discipline = \"processor_sharing\"; cores = 2; cpu_per_slot = \"1\";",
          "type = \"cpu\"; average_value = \"500m\";", "15 1 2\n30 2 3\n" },
        /* 100 Mi + 0.97 x 50 Mi = 148 Mi of 90 Mi; 131 Mi, 1.45 x 2 = 2.9; 119 Mi, 1.33 x 3 = 3.98;
         * there are at most 4. */
        { "memory = { base = \"100Mi\"; per_request = \"50Mi\"; };",
          "type = \"memory\"; average_value = \"90Mi\";", "15 1 2\n30 2 3\n45 3 4\n" },
        /* 0.1 Mi a second: the mean of [t - 30, t] is 100 Mi + 0.1 (t - 15) Mi, above 1.1 x 97 Mi =
         * 106.7 Mi for the first time at 90 s: 107.5 Mi. */
        { "memory = { base = \"100Mi\"; leak_per_hour = \"360Mi\"; };",
          "type = \"memory\"; average_value = \"97Mi\";", "90 1 2\n" },
        /* Nothing waits. */
        { "", "type = \"queue_length\"; target = 0.1;", "" },
        /* 500 ms of 300 ms, within 7 %: 1.55 to 1.78 times the ready replicas: 2, then 4. */
        { "", "type = \"latency\"; target = \"300ms\";", "15 1 2\n30 2 4\n" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char model[256], autoscaler[256];
        snprintf(model, sizeof model, "service_time = \"500ms\"; %s", rows[i].model);
        snprintf(autoscaler, sizeof autoscaler,
                 "type = \"hpa\"; max_replicas = 4; cpu_initialization_period = \"0s\"; metrics = "
                 "{ %s };",
                 rows[i].metric);
        const struct scaling_plot plot = { "duration = \"100s\";", model,
                                           "load_balancing = \"round_robin\";", autoscaler,
                                           STEADY("2/s") };
        scaling_check(&plot, rows[i].log);
    }
}

/* Four requests a second wait centrally for replicas that serve two: each has got two a second when
 * it is looked at, twice the target. */
static void test_requests_pulled(void **state)
{
    (void)state;
    const struct scaling_plot plot = {
        "duration = \"40s\";", "service_time = \"500ms\";", "load_balancing = \"central_queue\";",
        "type = \"hpa\"; max_replicas = 4; metrics = { type = \"requests\"; target = \"1/s\"; };",
        STEADY("4/s")
    };
    scaling_check(&plot, "15 1 2\n30 2 4\n");
}

/*
 * What a pod did is not laid to the next one in its place. By the load of the last 15 s there are 2
 * replicas, 1 from 75 s on, and 2 again from 90 s on. The mean of the last 100 s, sampled each 50
 * s, would have it that a replica gets 25 a second: none ever does. But the second gets 8.5 a
 * second until 60 s; were they taken for those of its successor, between its start at 90 s and the
 * sample of 100 s, that would have had over 50 a second, and a third would be there at 105 s.
 */
static void test_place_taken_again(void **state)
{
    (void)state;
    const struct scaling_plot plot = {
        "duration = \"2min\";", "service_time = \"10ms\";",
        "replicas = 2; load_balancing = \"round_robin\";",
        "type = \"hpa\"; max_replicas = 3; downscale_stabilization = \"0s\"; metrics = ( { type = "
        "\"requests\"; target = \"10/s\"; source = \"object\"; window = \"15s\"; }, { type = "
        "\"requests\"; target = \"25/s\"; window = \"100s\"; scrape_interval = \"50s\"; } );",
        "arrivals = { process = \"piecewise\"; points = ( { at = \"0s\"; rate = \"17/s\"; }, { at "
        "= \"60s\"; rate = \"5/s\"; }, { at = \"75s\"; rate = \"17/s\"; } ); };"
    };
    scaling_check(&plot, "75 2 1\n90 1 2\n");
}

/* One of two requests a second is served: t - 1 wait after t seconds, 6.5 on average in the first
 * 15 s and 14 in the first 30 s, 7 of each replica; 5 are aimed at. */
static void test_queue_length(void **state)
{
    (void)state;
    static const char *const sources[] = { "pods", "object" };
    for (size_t i = 0; i < 2; i++) {
        char autoscaler[256];
        snprintf(autoscaler, sizeof autoscaler,
                 "type = \"hpa\"; max_replicas = 9; metrics = { type = \"queue_length\"; target = "
                 "5; source = \"%s\"; };",
                 sources[i]);
        const struct scaling_plot plot = { "duration = \"20s\";", "service_time = \"1s\";",
                                           "startup_time = \"1h\";", autoscaler,
                                           "arrivals = { process = \"deterministic\"; rate = "
                                           "\"2/s\"; };" };
        scaling_check(&plot, "15 1 2\n30 2 3\n");
    }
}

/*
 * KEDA looks every 30 s. At 30 s there was no load yet: to zero. Load comes at 600 s and is seen at
 * 630 s: one replica, of which the HPA at the same moment makes 3 (5 a second, of 2). The first
 * serves from 640 s on, and what came meanwhile has waited in the central queue. The load ends at
 * 720 s; at 720 s the window had some for the last time, and 120 s later, at 840 s, the cooldown is
 * not over: at 870 s it is. (The HPA would have held 3 until 1035 s.)
 */
static void test_keda(void **state)
{
    (void)state;
    struct hr_replication run;
    const struct scaling_plot plot = {
        "duration = \"15min\";", "service_time = \"10ms\";",
        "startup_time = \"10s\"; load_balancing = \"central_queue\";",
        "type = \"keda\"; max_replicas = 3; cooldown_period = \"120s\"; metrics = { type = "
        "\"requests\"; target = \"2/s\"; };",
        "arrivals = { process = \"piecewise\"; points = ( { at = \"0s\"; rate = \"0/s\"; }, { at = "
        "\"600s\"; rate = \"5/s\"; }, { at = \"720s\"; rate = \"0/s\"; } ); };"
    };
    scaling_run(&plot, "30 1 0\n630 0 1\n630 1 3\n870 3 0\n", 0, &run);
    const struct hr_workload_metrics *metrics = &run.workloads[0];
    assert_true(metrics->arrived > 500);
    assert_int_equal(metrics->outcomes[HR_COMPLETED], metrics->arrived);
    /* About 150 of 600 requests come in the 30 s before, on average 15 s, and 10 s start-up. */
    const struct hr_parts_row parts = hr_parts_total(&metrics->parts, 0);
    assert_true(parts.sum_ns[HR_PART_COLD_START] > (hr_uint128)1000 * HR_NS_PER_S);
    hr_replication_fini(&run);
}

/* With activation at 5 a second, 4 a second wake nothing: what comes fails, as there is nobody. */
static void test_keda_activation(void **state)
{
    (void)state;
    struct hr_replication run;
    const struct scaling_plot plot = {
        "duration = \"5min\";", "service_time = \"10ms\";", "",
        "type = \"keda\"; max_replicas = 3; cooldown_period = \"60s\"; initial_cooldown_period = "
        "\"60s\"; metrics = { type = \"requests\"; target = \"2/s\"; activation = \"5/s\"; };",
        STEADY("4/s")
    };
    scaling_run(&plot, "15 1 2\n90 2 0\n", 0, &run);
    assert_int_equal(run.workloads[0].outcomes[HR_COMPLETED], 359); /* before 90 s */
    assert_int_equal(run.workloads[0].outcomes[HR_FAILED], 1199 - 359);
    hr_replication_fini(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_to_a_hundred),
        cmocka_unit_test(test_stabilization),
        cmocka_unit_test(test_cpu_of_starting_pods),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_delay),
        cmocka_unit_test(test_window_between_scrapes),
        cmocka_unit_test(test_metrics),
        cmocka_unit_test(test_requests_pulled),
        cmocka_unit_test(test_place_taken_again),
        cmocka_unit_test(test_queue_length),
        cmocka_unit_test(test_keda),
        cmocka_unit_test(test_keda_activation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
