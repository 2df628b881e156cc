/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Knative, timetables and forecasts in whole runs, worked out by hand to the second. */
#include "scaling_check.h"

/*
 * One request each 200 s, of 1 s; the replica starts in 5 s. No load for a stable window of 60 s:
 * at 60 s the revision is inactive, and after 30 s with the activator in the path, at 90 s, the
 * replica goes. At 200 s the first request comes and is told at once: one replica, which serves it
 * from 205 to 206 s. Seconds 201 to 206 have a load, which leaves the window at 266 s; the revision
 * has been active for 60 s, as the decision of 206 s saw the first ready replica. Inactive at 266
 * s, gone at 296 s; at 400 s it starts anew.
 */
static void test_knative_from_zero(void **state)
{
    (void)state;
    struct hr_replication run;
    const struct scaling_plot plot = {
        "duration = \"450s\";", "service_time = \"1s\"; concurrency = 10;",
        "startup_time = \"5s\";",
        "type = \"knative\"; container_concurrency_target = 10; target_burst_capacity = 0;",
        "arrivals = { process = \"deterministic\"; rate = \"0.005/s\"; };"
    };
    scaling_run(&plot, "90 1 0\n200 0 1\n296 1 0\n400 0 1\n", 0, &run);
    assert_int_equal(run.workloads[0].outcomes[HR_COMPLETED], 2);
    const struct hr_parts_row parts = hr_parts_total(&run.workloads[0].parts, 0);
    assert_true(parts.sum_ns[HR_PART_COLD_START] == 2 * 5 * (hr_uint128)HR_NS_PER_S);
    assert_true(parts.sum_ns[HR_PART_QUEUE] == 0);
    assert_true(parts.sum_ns[HR_PART_EXECUTION] == 2 * (hr_uint128)HR_NS_PER_S);
    hr_replication_fini(&run);
}

/* With the default burst capacity of 200 the activator is in the path all the time, so there is no
 * grace period to wait for: the replica goes at 60 s, after 60 s of activity. */
static void test_knative_burst_capacity(void **state)
{
    (void)state;
    const struct scaling_plot plot = {
        "duration = \"150s\";", "service_time = \"1s\"; concurrency = 10;", "",
        "type = \"knative\"; container_concurrency_target = 10;",
        "arrivals = { process = \"deterministic\"; rate = \"0.005/s\"; };"
    };
    scaling_check(&plot, "60 1 0\n");
}

/*
 * The activator holds 12 requests of 1 s that come at 100 s; the replica that is there at 105 s has
 * two slots and a queue of two. It takes two each second, in order, and none is rejected: the waits
 * are 5, 5, 6, 6 ... 10, 10 s. In panic there would be more replicas: at most one here.
 */
static void test_activator_is_patient(void **state)
{
    (void)state;
    struct hr_replication run;
    const struct scaling_plot plot = {
        "duration = \"150s\";", "service_time = \"1s\"; concurrency = 2; queue_limit = 2;",
        "startup_time = \"5s\";", "type = \"knative\"; max_replicas = 1;",
        "arrivals = { process = \"deterministic\"; rate = \"0.12/s\"; batch = { mean = 12.0; }; };"
    };
    scaling_run(&plot, "60 1 0\n100 0 1\n", 0, &run);
    assert_int_equal(run.workloads[0].outcomes[HR_COMPLETED], 12);
    const struct hr_parts_row parts = hr_parts_total(&run.workloads[0].parts, 0);
    assert_true(parts.sum_ns[HR_PART_COLD_START] == 12 * 5 * (hr_uint128)HR_NS_PER_S);
    assert_true(parts.sum_ns[HR_PART_QUEUE] == 30 * (hr_uint128)HR_NS_PER_S);
    hr_replication_fini(&run);
}

/*
 * 40 requests of 10 s at once at 100 s; a replica is to have 7. The last 6 s tell sooner than the
 * last 60: at 102 s 80 / 6 = 13.3 at once make 2 replicas, twice those ready: panic. 104 s: 160 / 6
 * make 4; 106 s: 40 make 6, and in panic none goes when the load ends at 110 s. The load was last
 * twice what the ready replicas are due at 108 s (6 for 2); over 60 s later, at 170 s, panic ends.
 * Nothing is due, but a decision at most halves the ready ones: 3, then 1.
 */
static void test_panic(void **state)
{
    (void)state;
    const struct scaling_plot plot = {
        "duration = \"190s\";", "service_time = \"10s\"; concurrency = 100;",
        "startup_time = \"5s\";",
        "type = \"knative\"; min_replicas = 1; container_concurrency_target = 10; "
        "target_burst_capacity = 0;",
        "arrivals = { process = \"deterministic\"; rate = \"0.4/s\"; batch = { mean = 40.0; }; };"
    };
    scaling_check(&plot, "102 1 2\n104 2 4\n106 4 6\n170 6 3\n172 3 1\n");
}

/*
 * From Friday 01:00 in Berlin on: 2 by the entry of 18:00 that came before, 5 from 8:00 on (7:00
 * UTC, 25,200 s), 2 from 18:00 on (61,200 s). Saturday has nothing new. On Sunday, 29 March 2026,
 * clocks go forward at 2:00, so 8:00 is 6:00 UTC, 194,400 s, and 18:00 230,400 s.
 */
static void test_timetable(void **state)
{
    (void)state;
    const struct scaling_plot plot = {
        "duration = \"72h\"; start = \"2026-03-27T00:00:00Z\"; timezone = \"Europe/Berlin\";",
        "service_time = \"10ms\";", "",
        "type = \"scheduled\"; schedule = ( { days = \"weekdays\"; at = \"8h\"; replicas = 5; }, { "
        "at = \"18h\"; replicas = 2; }, { days = \"sunday\"; at = \"8h\"; replicas = 3; } );",
        "arrivals = { rate = \"0.01/s\"; };"
    };
    scaling_check(&plot, "0 1 2\n25200 2 5\n61200 5 2\n194400 2 3\n230400 3 2\n");
}

/*
 * 600 requests at once every 10 minutes: 10 a second in the minute that begins then, 5 replicas of
 * 2. The first time they are there when that minute has been seen, at 660 s; the minute after had
 * none. A replica takes a minute to start and a minute to load: 2 minutes, so a decision covers the
 * next 3, and from 1080 s on they are due for the minute from 1200 s; until 1260 s, when that
 * minute has been seen. Weights of 6 GB at 100 MB a second take a minute too. With no lead a
 * decision covers the next minute: 1200 s.
 */
static void test_lead(void **state)
{
    (void)state;
    struct scaling_plot plot = {
        "duration = \"25min\";", "service_time = \"1ms\"; concurrency = 1000;",
        "startup_time = \"60s\"; model_load_time = \"60s\";",
        "type = \"predictive\"; predictor = \"seasonal_quantile\"; season = \"10min\"; "
        "max_replicas = 9; target = \"2/s\";",
        "arrivals = { process = \"deterministic\"; rate = \"1/s\"; batch = { mean = 600.0; }; };"
    };
    scaling_check(&plot, "660 1 5\n720 5 1\n1080 1 5\n1320 5 1\n");
    plot.top = "duration = \"25min\"; node_pools = ( { name = \"p\"; instance = "
               "\"aws/m6i.xlarge\"; model_load_bandwidth = \"100M\"; } );";
    plot.deployment = "startup_time = \"60s\"; model_size = \"6G\"; node_pool = \"p\";";
    scaling_check(&plot, "660 1 5\n720 5 1\n1080 1 5\n1320 5 1\n");
    plot.autoscaler = "type = \"predictive\"; predictor = \"seasonal_quantile\"; season = "
                      "\"10min\"; max_replicas = 9; target = \"2/s\"; lead = \"0s\";";
    scaling_check(&plot, "660 1 5\n720 5 1\n1200 1 5\n1320 5 1\n");
}

/* Share of the requests that are answered in time, of those after two of five hours. */
static double share_in_time(const char *autoscaler)
{
    struct hr_replication run;
    const struct scaling_plot plot = {
        "duration = \"5h\";", "service_time = \"100ms\";", "startup_time = \"2min\";", autoscaler,
        "arrivals = { process = \"piecewise\"; period = \"1h\"; points = ( { at = \"0s\"; rate = "
        "\"10/s\"; }, { at = \"30min\"; rate = \"100/s\"; }, { at = \"40min\"; rate = \"10/s\"; } "
        "); }; timeout = \"1s\";"
    };
    scaling_run(&plot, NULL, 2 * HR_NS_PER_HOUR, &run);
    const struct hr_workload_metrics *metrics = &run.workloads[0];
    const double share = (double)metrics->outcomes[HR_COMPLETED] / (double)metrics->arrived;
    hr_replication_fini(&run);
    return share;
}

/*
 * A peak of 10 minutes each hour, ten times the usual load, and replicas that take 2 minutes to
 * start. An HPA sees the peak when it is there, and follows in steps; two thirds of all requests
 * come in the peak, and at least the first 2 of its 10 minutes are lost but for the tenth part that
 * the replicas at hand can serve. What has seen the last hours is there before.
 */
static void test_ahead_of_the_peak(void **state)
{
    (void)state;
    const double reactive =
        share_in_time("type = \"hpa\"; max_replicas = 40; min_replicas = 2; metrics = { type = "
                      "\"requests\"; target = \"7/s\"; source = \"object\"; };");
    const double ahead = share_in_time(
        "type = \"predictive\"; predictor = \"seasonal_quantile\"; season = \"1h\"; min_replicas = "
        "2; max_replicas = 40; target = \"7/s\";");
    assert_true(reactive < 1 - 2.0 / 3 * 0.2 * 0.8);
    assert_true(ahead > 0.999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_knative_from_zero),
        cmocka_unit_test(test_knative_burst_capacity),
        cmocka_unit_test(test_activator_is_patient),
        cmocka_unit_test(test_panic),
        cmocka_unit_test(test_timetable),
        cmocka_unit_test(test_lead),
        cmocka_unit_test(test_ahead_of_the_peak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
