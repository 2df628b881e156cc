/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs and CronJobs, worked out by hand to the second. */
#include "hr_test.h"

#include "cluster_plot.h"

#define NODE           "{ name = \"p\"; instance = \"t\"; }"
#define JOB(more)      "jobs = ( { name = \"j\"; at = \"100s\"; " more " } );"
#define ON_P(at, what) "{ at = \"" at "\"; action = \"" what "\"; node_pool = \"p\"; }"
#define RUNS           " JobStarted Completed "

/* The log, and the metrics of the job; the caller looks at the rest of them. */
static struct hr_job_metrics check_job(const char *deployment, const char *events, const char *job,
                                       const char *kinds, const char *expected)
{
    struct hr_replication out;
    struct hr_str log;
    run_with(&(struct plot){ "400s", "1/s", "", NODE, deployment, events, kinds, NULL }, job, &out,
             &log);
    assert_string_equal(log.text, expected);
    assert_int_equal(out.n_jobs, 1);
    const struct hr_job_metrics metrics = out.jobs[0];
    hr_replication_fini(&out);
    hr_str_fini(&log);
    return metrics;
}

static void check_turnaround(const struct hr_job_metrics *metrics, double sum_s, double max_s)
{
    assert_near((double)metrics->turnaround_ns / 1e9, sum_s, 1e-9);
    assert_near((double)metrics->turnaround_ns_max / 1e9, max_s, 1e-9);
}

/* Five times 30 s, two at once: 2 + 2 + 1, done after 90 s. */
static void test_parallel(void **state)
{
    (void)state;
    const struct hr_job_metrics metrics =
        check_job("", "", JOB("completions = 5; parallelism = 2; run_time = \"30s\";"),
                  RUNS "SuccessfulCreate ",
                  "0 SuccessfulCreate d-0\n"
                  "100 JobStarted -\n"
                  "100 SuccessfulCreate j-0\n"
                  "100 SuccessfulCreate j-1\n"
                  "130 SuccessfulCreate j-2\n"
                  "130 SuccessfulCreate j-3\n"
                  "160 SuccessfulCreate j-4\n"
                  "190 Completed -\n");
    assert_int_equal(metrics.begun, 1);
    assert_int_equal(metrics.completed, 1);
    assert_int_equal(metrics.failed + metrics.missed + metrics.replaced + metrics.left_out, 0);
    check_turnaround(&metrics, 90, 90);
}

#define EACH_MINUTE(policy)                                                                        \
    JOB("period = \"60s\"; run_time = \"100s\"; concurrency_policy = \"" policy "\";")

/* Begun each minute, runs of 100 s overlap: those of 100 to 280 s are done before 400 s. */
static void test_allow(void **state)
{
    (void)state;
    const struct hr_job_metrics metrics = check_job("", "", EACH_MINUTE("allow"), RUNS,
                                                    "100 JobStarted -\n"
                                                    "160 JobStarted -\n"
                                                    "200 Completed -\n"
                                                    "220 JobStarted -\n"
                                                    "260 Completed -\n"
                                                    "280 JobStarted -\n"
                                                    "320 Completed -\n"
                                                    "340 JobStarted -\n"
                                                    "380 Completed -\n");
    assert_int_equal(metrics.begun, 5);
    assert_int_equal(metrics.completed, 4);
    check_turnaround(&metrics, 400, 100);
}

/* Every other one is left out. */
static void test_forbid(void **state)
{
    (void)state;
    const struct hr_job_metrics metrics =
        check_job("", "", EACH_MINUTE("forbid"), RUNS "JobAlreadyActive ",
                  "100 JobStarted -\n"
                  "160 JobAlreadyActive -\n"
                  "200 Completed -\n"
                  "220 JobStarted -\n"
                  "280 JobAlreadyActive -\n"
                  "320 Completed -\n"
                  "340 JobStarted -\n");
    assert_int_equal(metrics.begun, 3);
    assert_int_equal(metrics.completed, 2);
    assert_int_equal(metrics.left_out, 2);
}

/* None is ever done. */
static void test_replace(void **state)
{
    (void)state;
    const struct hr_job_metrics metrics =
        check_job("", "", EACH_MINUTE("replace"), RUNS "SuccessfulDelete ",
                  "100 JobStarted -\n"
                  "160 JobStarted -\n"
                  "160 SuccessfulDelete j-0\n"
                  "220 JobStarted -\n"
                  "220 SuccessfulDelete j-1\n"
                  "280 JobStarted -\n"
                  "280 SuccessfulDelete j-2\n"
                  "340 JobStarted -\n"
                  "340 SuccessfulDelete j-3\n");
    assert_int_equal(metrics.begun, 5);
    assert_int_equal(metrics.completed, 0);
    assert_int_equal(metrics.replaced, 4);
}

/* Runs of 100 s that are stopped after 90 s, that of the first minute before that of the second. A
 * deadline of 110 s stops none. */
static void test_deadline(void **state)
{
    (void)state;
    const char *kinds = RUNS "DeadlineExceeded SuccessfulDelete ";
    struct hr_job_metrics metrics =
        check_job("", "", JOB("period = \"60s\"; run_time = \"100s\"; deadline = \"90s\";"), kinds,
                  "100 JobStarted -\n"
                  "160 JobStarted -\n"
                  "190 DeadlineExceeded -\n"
                  "190 SuccessfulDelete j-0\n"
                  "220 JobStarted -\n"
                  "250 DeadlineExceeded -\n"
                  "250 SuccessfulDelete j-1\n"
                  "280 JobStarted -\n"
                  "310 DeadlineExceeded -\n"
                  "310 SuccessfulDelete j-2\n"
                  "340 JobStarted -\n"
                  "370 DeadlineExceeded -\n"
                  "370 SuccessfulDelete j-3\n");
    assert_int_equal(metrics.missed, 4);
    assert_int_equal(metrics.completed, 0);
    metrics = check_job("", "", JOB("run_time = \"100s\"; deadline = \"110s\";"), kinds,
                        "100 JobStarted -\n"
                        "200 Completed -\n");
    assert_int_equal(metrics.missed, 0);
    assert_int_equal(metrics.completed, 1);
}

#define DRAINED_TWICE                                                                              \
    ON_P("120500ms", "drain")                                                                      \
    ", " ON_P("130s", "uncordon") ", " ON_P("150500ms", "drain") ", " ON_P("160s", "uncordon")

/*
 * The node is drained at 120.5 and 150.5 s, each of which fails a pod; the next comes on the node
 * when it may, at 130 and 160 s. That is one failure more than a limit of 1 bears; with 2 the third
 * pod does its 100 s.
 */
static void test_back_off_limit(void **state)
{
    (void)state;
    const char *kinds = RUNS "Started BackoffLimitExceeded ";
    struct hr_job_metrics metrics =
        check_job("kind = \"stateful_set\"; startup_time = \"1s\";", DRAINED_TWICE,
                  JOB("run_time = \"100s\"; backoff_limit = 1;"), kinds,
                  "100 JobStarted -\n"
                  "100 Started j-0\n"
                  "130 Started d-0\n"
                  "130 Started j-1\n"
                  "150.5 BackoffLimitExceeded -\n"
                  "160 Started d-0\n");
    assert_int_equal(metrics.failed, 1);
    assert_int_equal(metrics.completed, 0);
    metrics = check_job("kind = \"stateful_set\"; startup_time = \"1s\";", DRAINED_TWICE,
                        JOB("run_time = \"100s\"; backoff_limit = 2;"), kinds,
                        "100 JobStarted -\n"
                        "100 Started j-0\n"
                        "130 Started d-0\n"
                        "130 Started j-1\n"
                        "160 Started d-0\n"
                        "160 Started j-2\n"
                        "260 Completed -\n");
    assert_int_equal(metrics.failed, 0);
    check_turnaround(&metrics, 160, 160);
}

#define SCALE(at, n)                                                                               \
    "{ at = \"" at "\"; action = \"scale\"; deployment = \"d\"; replicas = " n "; }"
#define BATCH(priority)                                                                            \
    JOB("run_time = \"50s\"; resources = { requests = { cpu = \"2\"; }; }; scheduling = { "        \
        "priority = " priority "; };")

/*
 * The node has 3.92 cores to give: 1.5 to d-0, 2 to the job. For the 1.5 of d-1 the job's pod goes,
 * if its priority is lower; d-1 is tried again after the first back-off of the queue, 1 s. Of the
 * two that there are from then on d-1 goes first, at 200.5 s, being ready for less long, and is
 * gone 5 s of preStop later; the job does its 50 s. If its priority is as high, d-1 waits until it
 * is done, at 150 s.
 */
static void test_preempted(void **state)
{
    (void)state;
    const char *deployment = "pre_stop = \"5s\"; resources = { requests = { cpu = \"1500m\"; }; };";
    const char *events = SCALE("120s", "2") ", " SCALE("200500ms", "1");
    const char *kinds = RUNS "Preempted Scheduled SuccessfulDelete ";
    struct hr_job_metrics metrics = check_job(deployment, events, BATCH("-10"), kinds,
                                              "100 JobStarted -\n"
                                              "100 Scheduled j-0\n"
                                              "120 Preempted j-0\n"
                                              "120 SuccessfulDelete j-0\n"
                                              "121 Scheduled d-1\n"
                                              "200.5 SuccessfulDelete d-1\n"
                                              "205.5 Scheduled j-1\n"
                                              "255.5 Completed -\n");
    assert_int_equal(metrics.completed, 1);
    check_turnaround(&metrics, 155.5, 155.5);
    metrics = check_job(deployment, events, BATCH("0"), kinds,
                        "100 JobStarted -\n"
                        "100 Scheduled j-0\n"
                        "150 Completed -\n"
                        "150 Scheduled d-1\n"
                        "200.5 SuccessfulDelete d-1\n");
    check_turnaround(&metrics, 50, 50);
}

/*
 * The node has room for one of the two. The job's pod is refused at 100 s and backs off for a
 * second. From 200 s on d-0 goes, but takes its room until 201.5 s: only then is another try worth
 * it. One at 200 s would fail and back off until 202 s.
 */
static void test_waits_for_room(void **state)
{
    (void)state;
    const char *big = "resources = { requests = { cpu = \"3\"; }; }; ";
    struct hr_str deployment, job;
    hr_str_init(&deployment);
    hr_str_init(&job);
    hr_str_addf(&deployment, "pre_stop = \"1500ms\"; %s", big);
    hr_str_addf(&job, JOB("run_time = \"30s\"; %s"), big);
    check_job(deployment.text,
              "{ at = \"200s\"; action = \"scale\"; deployment = \"d\"; replicas = 0; }", job.text,
              " FailedScheduling SuccessfulDelete Scheduled Completed ",
              "100 FailedScheduling j-0\n"
              "200 SuccessfulDelete d-0\n"
              "201.5 Scheduled j-0\n"
              "231.5 Completed -\n");
    hr_str_fini(&deployment);
    hr_str_fini(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parallel),  cmocka_unit_test(test_allow),
        cmocka_unit_test(test_forbid),    cmocka_unit_test(test_replace),
        cmocka_unit_test(test_deadline),  cmocka_unit_test(test_back_off_limit),
        cmocka_unit_test(test_preempted), cmocka_unit_test(test_waits_for_room),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
