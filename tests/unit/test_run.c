/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs as the library offers them: warm-up, interruption, progress, several scenarios on one pool.
 */
#include "hr_test.h"

#include "run/batch.h"
#include "scenario/scenario.h"

#include <string.h>

static struct hr_scenario *load(const char *text)
{
    struct hr_scenario *scenario = NULL;
    struct hr_diag *diag = hr_diag_new();
    if (hr_scenario_load_text(text, strlen(text), "test", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    hr_diag_free(diag);
    return scenario;
}

static struct hr_result *run(const char *text, const struct hr_run_options *options,
                             enum hr_status expected)
{
    struct hr_scenario *scenario = load(text);
    struct hr_result *result = NULL;
    assert_int_equal(hr_run(scenario, options, &result, NULL), expected);
    hr_scenario_free(scenario);
    return result;
}

#define SYSTEM(head, arrivals)                                                                     \
    "name = \"t\"; " head " models = ( { name = \"m\"; service_time = { distribution = "           \
    "\"exponential\"; mean = \"1s\"; }; } ); "                                                     \
    "deployments = ( { name = \"d\"; model = \"m\"; replicas = 4; } ); "                           \
    "workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = " arrivals "; } );"

/* 40 clients think for 200 s first, all at once: nothing of that is a steady state. */
static void test_warmup_is_found(void **state)
{
    (void)state;
    const struct hr_run_options options = { .jobs = 2 };
    struct hr_result *result =
        run(SYSTEM("duration = \"20000s\"; replications = 4;",
                   "{ process = \"closed\"; clients = 40; think_time = \"200s\"; }"),
            &options, HR_OK);
    assert_true(result->warmup_auto);
    assert_true(result->warmup_s >= 200 && result->warmup_s < 5000);
    assert_non_null(strstr(result->warmup_why, "MSER-5"));
    hr_result_free(result);
}

/*
 * A warm-up found on the replication itself ends where a burst begins to be over: for M/M/1 at load
 * 0.8 and 2000 requests that takes 6 % off the mean latency. The start from empty alone takes off
 * about 1 %; the standard error here is 1 %.
 */
static void test_warmup_does_not_bias_the_mean(void **state)
{
    (void)state;
    const struct hr_run_options options = { .jobs = 2 };
    double sum_s = 0, completed = 0;
    for (unsigned seed = 1; seed <= 500; seed++) {
        char text[512];
        snprintf(
            text, sizeof text,
            "name = \"t\"; duration = \"2500s\"; seed = %u; replications = 1; models = ( { "
            "name = \"m\"; service_time = { distribution = \"exponential\"; mean = \"1s\"; }; "
            "} ); deployments = ( { name = \"d\"; model = \"m\"; replicas = 1; } ); workloads = "
            "( { name = \"w\"; deployment = \"d\"; arrivals = { rate = \"0.8/s\"; }; } );",
            seed);
        struct hr_result *result = run(text, &options, HR_OK);
        const struct hr_workload_result *workload = &result->workloads[0];
        sum_s += workload->latency_s.mean.value * (double)workload->requests.completed;
        completed += (double)workload->requests.completed;
        hr_result_free(result);
    }
    assert_near(sum_s / completed, 5, 0.2);
}

/* The day is the question where the load varies by design. */
static void test_no_warmup_under_varying_load(void **state)
{
    (void)state;
    const struct hr_run_options options = { .jobs = 1 };
    struct hr_result *result =
        run(SYSTEM("duration = \"2000s\"; replications = 2;",
                   "{ process = \"diurnal\"; rate = \"2/s\"; period = \"1000s\"; }"),
            &options, HR_OK);
    assert_true(result->warmup_s == 0);
    assert_true(result->workloads[0].requests.arrived > 2 * 3500);
    hr_result_free(result);
}

static void test_unstable(void **state)
{
    (void)state;
    const struct hr_run_options options = { .jobs = 1 };
    struct hr_result *result =
        run(SYSTEM("duration = \"2000s\"; warmup = \"100s\"; replications = 2;",
                   "{ rate = \"4.32/s\"; }"),
            &options, HR_OK);
    assert_string_equal(result->deployments[0].unstable, "unstable: offered load 1.08");
    assert_true(isnan(result->workloads[0].latency_s.mean.value));
    assert_string_equal(result->workloads[0].latency_s.p99.why, "unstable: offered load 1.08");
    assert_false(hr_result_good(result));
    hr_result_free(result);
    result = run(SYSTEM("duration = \"2000s\"; warmup = \"100s\"; replications = 2;",
                        "{ rate = \"3.96/s\"; }"),
                 &options, HR_OK);
    assert_null(result->deployments[0].unstable);
    assert_true(hr_result_good(result));
    hr_result_free(result);
}

static void stop_now(void *ctx, double share)
{
    if (share > 0.5)
        atomic_store((atomic_bool *)ctx, true);
}

/* What is finished is kept: the first replications, as if no more had been asked for. */
static void test_interruption_keeps_whole_replications(void **state)
{
    (void)state;
    static const char text[] = SYSTEM(
        "duration = \"200000s\"; warmup = \"100s\"; replications = 8;", "{ rate = \"3/s\"; }");
    static const char less[] = SYSTEM(
        "duration = \"200000s\"; warmup = \"100s\"; replications = 4;", "{ rate = \"3/s\"; }");
    atomic_bool interrupt = false;
    const struct hr_run_options options = {
        .jobs = 1, .interrupt = &interrupt, .progress = stop_now, .progress_ctx = &interrupt
    };
    struct hr_result *cut = run(text, &options, HR_ERR_INTERRUPTED);
    assert_int_equal(cut->replications, 4);
    assert_int_equal(cut->replications_asked, 8);
    const struct hr_run_options whole = { .jobs = 1 };
    struct hr_result *four = run(less, &whole, HR_OK);
    assert_true(cut->fingerprint == four->fingerprint);
    assert_true(cut->workloads[0].latency_s.mean.value == four->workloads[0].latency_s.mean.value);
    assert_true(cut->workloads[0].latency_s.p99.hi == four->workloads[0].latency_s.p99.hi);
    hr_result_free(cut);
    hr_result_free(four);
}

struct order {
    size_t next;
    double mean[3];
};

static void in_order(void *ctx, size_t i, struct hr_result *result)
{
    struct order *order = ctx;
    assert_int_equal(i, order->next++);
    order->mean[i] = result->workloads[0].latency_s.mean.value;
    hr_result_free(result);
}

/* Several scenarios share the pool; each gets the result it would have alone, in order. */
static void test_batch(void **state)
{
    (void)state;
    static const char *const texts[] = {
        SYSTEM("duration = \"30000s\"; replications = 5;", "{ rate = \"3/s\"; }"),
        SYSTEM("duration = \"100s\"; warmup = \"0s\"; replications = 3;", "{ rate = \"1/s\"; }"),
        SYSTEM("duration = \"3000s\"; replications = 1;",
               "{ process = \"diurnal\"; rate = \"2/s\"; }"),
    };
    const struct hr_run_options options = { .jobs = 3 };
    const struct hr_scenario *scenarios[3];
    struct order order = { 0 };
    for (size_t i = 0; i < 3; i++)
        scenarios[i] = load(texts[i]);
    assert_int_equal(hr_batch_run(scenarios, 3, &options, in_order, &order, NULL), HR_OK);
    assert_int_equal(order.next, 3);
    for (size_t i = 0; i < 3; i++) {
        struct hr_result *alone = run(texts[i], &options, HR_OK);
        assert_true(alone->workloads[0].latency_s.mean.value == order.mean[i]);
        hr_result_free(alone);
        hr_scenario_free((struct hr_scenario *)(uintptr_t)scenarios[i]);
    }
}

static void keep_warmup(void *ctx, size_t i, struct hr_result *result)
{
    ((double *)ctx)[i] = result->warmup_s;
    assert_true(result->workloads[0].offered_rps.value < 2.1); /* of the window alone */
    hr_result_free(result);
}

/* Scenarios that are compared look at the same window; one that starts full has a long warm-up. */
static void test_compared_scenarios_share_the_warmup(void **state)
{
    (void)state;
    static const char *const texts[] = {
        SYSTEM("duration = \"20000s\"; replications = 4;",
               "{ process = \"closed\"; clients = 40; think_time = \"200s\"; }"),
        SYSTEM("duration = \"20000s\"; replications = 4; warmup = \"10s\";", "{ rate = \"2/s\"; }"),
        SYSTEM("duration = \"20000s\"; replications = 4;",
               "{ process = \"diurnal\"; rate = \"2/s\"; period = \"1000s\"; }"),
    };
    struct hr_run_options options = { .jobs = 3 };
    struct hr_scenario *scenarios[3];
    double alone[3], alike[3];
    for (size_t i = 0; i < 3; i++)
        scenarios[i] = load(texts[i]);
    const struct hr_scenario *const *list = (const struct hr_scenario *const *)scenarios;
    assert_int_equal(hr_batch_run(list, 3, &options, keep_warmup, alone, NULL), HR_OK);
    options.alike = true;
    assert_int_equal(hr_batch_run(list, 3, &options, keep_warmup, alike, NULL), HR_OK);
    assert_true(alone[0] >= 200 && alone[1] == 10 && alone[2] == 0);
    for (size_t i = 0; i < 3; i++) {
        assert_true(alike[i] == alone[0]);
        hr_scenario_free(scenarios[i]);
    }
}

/* Two workloads share a deployment: the bill is split by the slot time they occupy, 3 to 1 here,
 * whole in sum. */
static void test_cost_is_split_by_busy_time(void **state)
{
    (void)state;
    const struct hr_run_options options = { .jobs = 2 };
    struct hr_result *result =
        run("name = \"t\"; duration = \"50000s\"; warmup = \"0s\"; models = ( { name = \"m\"; "
            "service_time = \"1s\"; } ); deployments = ( { name = "
            "\"d\"; model = \"m\"; replicas = 4; usd_per_hour = 9.0; } ); workloads = ( { name = "
            "\"a\"; deployment = \"d\"; arrivals = { "
            "rate = \"1.5/s\"; }; }, { name = \"b\"; deployment = \"d\"; arrivals = { rate = "
            "\"0.5/s\"; }; } );",
            &options, HR_OK);
    double usd[2];
    for (size_t w = 0; w < 2; w++) {
        const struct hr_workload_result *workload = &result->workloads[w];
        usd[w] = workload->cost_usd_per_prediction.value * (double)workload->requests.completed /
                 result->replications;
    }
    const double whole = 4 * 9.0 * 50000 / 3600;
    assert_near(usd[0] + usd[1], whole, 1e-9 * whole);
    assert_near(usd[0] / whole, 0.75, 0.01);
    assert_true(result->cluster.cost_usd_total.value == whole);
    hr_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_warmup_is_found),
        cmocka_unit_test(test_warmup_does_not_bias_the_mean),
        cmocka_unit_test(test_no_warmup_under_varying_load),
        cmocka_unit_test(test_unstable),
        cmocka_unit_test(test_interruption_keeps_whole_replications),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_compared_scenarios_share_the_warmup),
        cmocka_unit_test(test_cost_is_split_by_busy_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
