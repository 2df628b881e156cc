/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small runs worked out by hand, to the millisecond: what clients, queues and replicas do, in
 * order. The deterministic process sends request k (from 0) at (k + 1) / rate.
 */
#include "hr_test.h"

#include "base/str.h"
#include "model/model.h"
#include "scenario/scenario.h"

#include <string.h>

/* "1000 request_arrived 0 1" a line: milliseconds, kind, then request and attempt, or the replica.
 */
static void note(void *ctx, const struct hr_event_record *record)
{
    struct hr_str *log = ctx;
    assert_int_equal(record->time_ns % 1000000, 0);
    hr_str_addf(log, "%lld %s ", (long long)(record->time_ns / 1000000), record->kind);
    if (record->workload != NULL)
        hr_str_addf(log, "%lld %lld\n", (long long)record->request, (long long)record->attempt);
    else
        hr_str_addf(log, "%lld\n", (long long)record->replica);
}

struct plot {
    const char *rate, *duration, *model, *deployment, *workload;
    const char *log;
};

static void check(const struct plot *plot, struct hr_replication *run)
{
    struct hr_str text, log;
    hr_str_init(&text);
    hr_str_init(&log);
    hr_str_addf(&text,
                "name = \"plot\"; duration = \"%s\"; warmup = \"0s\"; models = ( { name = \"m\"; "
                "%s } ); deployments = ( { name = \"d\"; "
                "model = \"m\"; %s } ); workloads = ( { name = \"w\"; deployment = \"d\"; arrivals "
                "= { process = \"deterministic\"; rate = \"%s\"; }; "
                "%s } );",
                plot->duration, plot->model, plot->deployment, plot->rate, plot->workload);
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    if (hr_scenario_load_text(text.text, text.length, "plot", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    const struct hr_model_options options = {
        .seed = 1, .step = spec->duration, .event = note, .event_ctx = &log, .event_requests = true
    };
    hr_model_run(spec, &options, run);
    assert_string_equal(log.text, plot->log);
    hr_scenario_free(scenario);
    hr_diag_free(diag);
    hr_str_fini(&text);
    hr_str_fini(&log);
}

/* One server, 1.5 s of service, a request each second: they pile up. The run drains after 3 s. */
static void test_queue(void **state)
{
    (void)state;
    struct hr_replication run;
    check(
        &(struct plot){
            "1/s", "3500ms", "service_time = \"1500ms\";", "", "",
            "1000 request_arrived 0 1\n"
            "2000 request_arrived 1 1\n"
            "2500 request_completed 0 1\n" /* 1 starts at 2.5 */
            "3000 request_arrived 2 1\n"
            "4000 request_completed 1 1\n"
            "4000 request_arrived 3 1\n" /* after the window: not counted, but it is there */
            "5000 request_arrived 4 1\n"
            "5500 request_completed 2 1\n" },
        &run);
    const struct hr_parts_row parts = hr_parts_total(&run.workloads[0].parts, 0);
    assert_int_equal(run.workloads[0].arrived, 3);
    assert_true(parts.sum_ns[HR_PART_QUEUE] == 1500 * (hr_uint128)1000000); /* 0 + 0.5 + 1.0 */
    assert_true(parts.sum_ns[HR_PART_EXECUTION] == 4500 * (hr_uint128)1000000);
    assert_int_equal(run.workloads[0].completed_in_window, 1);
    hr_replication_fini(&run);
}

/* At most one waits: the third inside is refused at once, and again 100 ms later. */
static void test_rejection_and_retry(void **state)
{
    (void)state;
    struct hr_replication run;
    check(
        &(struct plot){
            "1/s", "3500ms", "service_time = \"5s\"; queue_limit = 1;", "",
            "retries = { max_attempts = 2; backoff = \"100ms\"; jitter = \"0%\"; };",
            "1000 request_arrived 0 1\n"
            "2000 request_arrived 1 1\n"
            "3000 request_arrived 2 1\n"
            "3100 request_retried 2 2\n"
            "3100 request_rejected 2 2\n"
            "4000 request_arrived 3 1\n"
            "4100 request_retried 3 2\n"
            "4100 request_rejected 3 2\n"
            "5000 request_arrived 4 1\n"
            "5100 request_retried 4 2\n"
            "5100 request_rejected 4 2\n"
            "6000 request_completed 0 1\n"
            "6000 request_arrived 5 1\n" /* at 7 s draining ends, before anything else */ },
        &run);
    assert_int_equal(run.workloads[0].attempts, 4);
    assert_int_equal(run.workloads[0].in_flight, 1); /* 1 would be done at 11 s, after 7 s */
    hr_replication_fini(&run);
}

/* The deadline of 1 s cuts service of 1.5 s short for the client; with cancellation "queued" the
 * server goes on. */
static void test_timeout_leaves_the_server_busy(void **state)
{
    (void)state;
    struct hr_replication run;
    check(&(struct plot){ "1/s", "2500ms", "service_time = \"1500ms\";", "", "timeout = \"1s\";",
                          "1000 request_arrived 0 1\n"
                          "2000 request_timed_out 0 1\n"
                          "2000 request_arrived 1 1\n" /* waits to 2.5 */
                          "3000 request_timed_out 1 1\n" },
          &run);
    assert_true(run.deployments[0].areas[HR_LEVEL_BUSY].total == 1500 * (hr_uint128)1000000);
    hr_replication_fini(&run);
}

/* With "all" the slot is free at the deadline: 0 is called back at 2.0, 1 starts at once. */
static void test_cancellation_all(void **state)
{
    (void)state;
    struct hr_replication run;
    check(&(struct plot){ "1/s", "2500ms", "service_time = \"1200ms\";", "",
                          "timeout = \"1s\"; cancellation = \"all\";",
                          "1000 request_arrived 0 1\n"
                          "2000 request_timed_out 0 1\n"
                          "2000 request_arrived 1 1\n"
                          "3000 request_timed_out 1 1\n" },
          &run);
    assert_true(run.deployments[0].areas[HR_LEVEL_BUSY].total == 1500 * (hr_uint128)1000000);
    hr_replication_fini(&run);
}

/*
 * Attempts of 0.4 s at a server that needs 0.9: the first attempt of 0 is left at 1.4 but runs on
 * to 1.9 (queued does not stop what runs). The second, sent at 1.5, waits and is taken back from
 * the queue at 1.9, when it has just begun: the server is free at 1.9, before deadlines are looked
 * at, so it starts and is left running to 2.8.
 */
static void test_attempt_timeouts(void **state)
{
    (void)state;
    struct hr_replication run;
    check(&(struct plot){ "1/s", "1500ms", "service_time = \"900ms\";", "",
                          "attempt_timeout = \"400ms\"; retries = { max_attempts = 2; backoff = "
                          "\"100ms\"; jitter = \"0%\"; };",
                          "1000 request_arrived 0 1\n"
                          "1500 request_retried 0 2\n"
                          "1900 request_timed_out 0 2\n" },
          &run);
    assert_int_equal(run.workloads[0].attempts, 2);
    assert_int_equal(run.workloads[0].outcomes[HR_TIMED_OUT], 1);
    hr_replication_fini(&run);
}

/* An answer at the very nanosecond of the deadline is in time. */
static void test_answer_at_the_deadline(void **state)
{
    (void)state;
    struct hr_replication run;
    check(&(struct plot){ "1/s", "1500ms", "service_time = \"400ms\";", "", "timeout = \"400ms\";",
                          "1000 request_arrived 0 1\n"
                          "1400 request_completed 0 1\n" },
          &run);
    hr_replication_fini(&run);
}

/* 100 ms each way: the request reaches the server at 1.1, is done at 1.3 and back at 1.4. */
static void test_network(void **state)
{
    (void)state;
    struct hr_replication run;
    check(&(struct plot){ "1/s", "1500ms", "service_time = \"200ms\";", "",
                          "network_latency = \"200ms\";",
                          "1000 request_arrived 0 1\n"
                          "1400 request_completed 0 1\n" },
          &run);
    const struct hr_parts_row parts = hr_parts_total(&run.workloads[0].parts, 0);
    assert_true(parts.sum_ns[HR_PART_NETWORK] == 200000000);
    assert_true(parts.sum_ns[HR_PART_EXECUTION] == 200000000);
    hr_replication_fini(&run);
}

/*
 * A replica that fails 1.7 s after each start, is repaired in 0.5 s and starts in 0.3 s. Request 0
 * is served 1.0 to 1.5. Request 1 would be served at 2.0, but the replica is down from 1.7 to 2.5:
 * it waits in the central queue, 0.2 s for the repair and 0.3 s for the start, and is done at 3.0.
 */
static void test_failure_and_cold_start(void **state)
{
    (void)state;
    struct hr_replication run;
    check(&(struct plot){ "1/s", "2900ms", "service_time = \"500ms\";",
                          "load_balancing = \"central_queue\"; startup_time = \"300ms\"; failures "
                          "= { mttf = { distribution = "
                          "\"constant\"; mean = \"1700ms\"; }; mttr = { distribution = "
                          "\"constant\"; mean = \"500ms\"; }; };",
                          "",
                          "1000 request_arrived 0 1\n"
                          "1500 request_completed 0 1\n"
                          "1700 replica_failed 0\n"
                          "2000 request_arrived 1 1\n"
                          "2200 replica_repaired 0\n"
                          "2500 replica_ready 0\n"
                          "3000 request_completed 1 1\n" },
          &run);
    const struct hr_parts_row parts = hr_parts_total(&run.workloads[0].parts, 0);
    assert_true(parts.sum_ns[HR_PART_QUEUE] == 200000000);
    assert_true(parts.sum_ns[HR_PART_COLD_START] == 300000000);
    assert_true(run.deployments[0].areas[HR_LEVEL_READY].total == 2100 * (hr_uint128)1000000);
    hr_replication_fini(&run);
}

/* Served 1.0 to 3.0 it would be, but the replica fails at 1.7: the attempt fails there, and its
 * retry waits for the start. */
static void test_failure_in_service(void **state)
{
    (void)state;
    struct hr_replication run;
    check(&(struct plot){ "1/s", "1900ms", "service_time = \"1100ms\";",
                          "load_balancing = \"central_queue\"; failures = { mttf = { distribution "
                          "= \"constant\"; mean = \"1700ms\"; }; "
                          "mttr = { distribution = \"constant\"; mean = \"100ms\"; }; };",
                          "retries = { max_attempts = 2; backoff = \"50ms\"; jitter = \"0%\"; };",
                          "1000 request_arrived 0 1\n"
                          "1700 replica_failed 0\n"
                          "1750 request_retried 0 2\n"
                          "1800 replica_repaired 0\n"
                          "1800 replica_ready 0\n"
                          "2000 request_arrived 1 1\n"
                          "2900 request_completed 0 2\n" },
          &run);
    const struct hr_parts_row parts = hr_parts_total(&run.workloads[0].parts, 0);
    assert_true(parts.sum_ns[HR_PART_RETRY] == 750000000);
    assert_true(parts.sum_ns[HR_PART_QUEUE] + parts.sum_ns[HR_PART_COLD_START] == 50000000);
    hr_replication_fini(&run);
}

/*
 * 100 Mi + 40 Mi a request under a limit of 200 Mi: the third inside (220 Mi) kills the container
 * at 3.0, all three fail. It is back at 3.4.
 */
static void test_memory_kill(void **state)
{
    (void)state;
    struct hr_replication run;
    check(
        &(struct plot){
            "1/s", "3500ms",
            "service_time = \"5s\"; memory = { base = \"100Mi\"; per_request = \"40Mi\"; };",
            "startup_time = \"400ms\"; resources = { limits = { memory = \"200Mi\"; }; };", "",
            "1000 request_arrived 0 1\n"
            "2000 request_arrived 1 1\n"
            "3000 request_arrived 2 1\n"
            "3000 replica_out_of_memory 0\n"
            "3000 request_failed 0 1\n"
            "3000 request_failed 1 1\n"
            "3000 request_failed 2 1\n"
            "3400 replica_ready 0\n" },
        &run);
    assert_int_equal(run.deployments[0].memory_kills, 1);
    hr_replication_fini(&run);
}

/* 100 Mi and a leak of 36,000 Mi an hour, 10 Mi a second: 150 Mi are passed 5 s after the start,
 * one nanosecond later. */
static void test_leak(void **state)
{
    (void)state;
    struct hr_str text;
    hr_str_init(&text);
    hr_str_add(&text, "name = \"leak\"; duration = \"12s\"; models = ( { name = \"m\"; "
                      "service_time = \"1ms\"; memory = { base = "
                      "\"100Mi\"; leak_per_hour = \"36000Mi\"; }; } ); deployments = ( { name = "
                      "\"d\"; model = \"m\"; startup_time = \"1s\"; "
                      "resources = { limits = { memory = \"150Mi\"; }; }; } ); workloads = ( { "
                      "name = \"w\"; deployment = \"d\"; "
                      "arrivals = { rate = \"1/s\"; }; } );");
    struct hr_scenario *scenario = NULL;
    struct hr_replication run;
    assert_int_equal(
        hr_scenario_load_text(text.text, text.length, "leak", NULL, 0, &scenario, NULL), HR_OK);
    const struct hr_model_options options = { .seed = 1, .step = HR_NS_PER_S };
    hr_model_run(hr_scenario_spec(scenario), &options, &run);
    assert_int_equal(run.deployments[0].memory_kills, 2); /* at 5 and 11 s */
    const double ready_s = (double)run.deployments[0].areas[HR_LEVEL_READY].total / 1e9;
    assert_near(ready_s, 10, 1e-6);
    /* Two lives of 5 s, 25 Mi on average: 50 Mi x 5 s / 2 each. */
    assert_near(run.deployments[0].leak_byte_ns / 1e9 / (1 << 20), 2 * 5 * 50 / 2.0, 1e-3);
    hr_replication_fini(&run);
    hr_scenario_free(scenario);
    hr_str_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_rejection_and_retry),
        cmocka_unit_test(test_timeout_leaves_the_server_busy),
        cmocka_unit_test(test_cancellation_all),
        cmocka_unit_test(test_attempt_timeouts),
        cmocka_unit_test(test_answer_at_the_deadline),
        cmocka_unit_test(test_network),
        cmocka_unit_test(test_failure_and_cold_start),
        cmocka_unit_test(test_failure_in_service),
        cmocka_unit_test(test_memory_kill),
        cmocka_unit_test(test_leak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
