/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals of a single replication, as a run gives them; coverage is measured in tests/coverage.
 */
#include "hr_test.h"

#include <headroom/run.h>

#include "scenario/scenario.h"

#include <string.h>

#define SYSTEM(head, arrivals)                                                                     \
    "name = \"t\"; " head " models = ( { name = \"m\"; service_time = { distribution = "           \
    "\"exponential\"; mean = \"1s\"; }; } ); "                                                     \
    "deployments = ( { name = \"d\"; model = \"m\"; replicas = 1; usd_per_hour = 3.6; } ); "       \
    "workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = " arrivals "; } );"              \
    "slos = ( { workload = \"w\"; metric = \"latency_p90\"; max = \"60s\"; } );"
#define LONG "duration = \"110000s\"; warmup = \"10000s\"; replications = 1;"

static struct hr_result *run(const char *text)
{
    struct hr_scenario *scenario = NULL;
    struct hr_result *result = NULL;
    const struct hr_run_options options = { .jobs = 1 };
    assert_int_equal(hr_scenario_load_text(text, strlen(text), "test", NULL, 0, &scenario, NULL),
                     HR_OK);
    assert_int_equal(hr_run(scenario, &options, &result, NULL), HR_OK);
    hr_scenario_free(scenario);
    return result;
}

/* With 50,000 requests an interval of `relative` half-width at most, which twice as wide, at about
 * four standard errors, holds the exact value. */
static void assert_interval(const struct hr_estimate *e, double exact, double relative)
{
    assert_non_null(e->method);
    assert_string_equal(e->method, "nskart");
    assert_true(e->why == NULL && e->n == 1 && e->influence == NULL);
    assert_true(e->lo <= e->value && e->value <= e->hi && e->lo < e->hi);
    assert_true(2 * e->lo - e->value <= exact && exact <= 2 * e->hi - e->value);
    assert_true(e->hi - e->lo <= 2 * relative * exact);
}

static void test_intervals(void **state)
{
    (void)state;
    struct hr_result *result = run(SYSTEM(LONG, "{ rate = \"0.5/s\"; }"));
    const struct hr_workload_result *workload = &result->workloads[0];
    const struct hr_deployment_result *deployment = &result->deployments[0];
    assert_interval(&workload->offered_rps, 0.5, 0.02);
    assert_interval(&workload->concurrency, 1, 0.06);
    assert_interval(&workload->latency_s.mean, 2, 0.06);
    assert_interval(&workload->latency_s.p50, 2 * log(2), 0.06);
    assert_interval(&workload->latency_s.p95, 2 * log(20), 0.12);
    assert_interval(&workload->wait_s.mean, 1, 0.1);
    assert_interval(&workload->wait_s.p90, 2 * log(5), 0.12);
    assert_interval(&workload->wait_probability, 0.5, 0.04);
    assert_interval(&workload->latency_parts_s_mean[HR_PART_QUEUE], 1, 0.1);
    assert_interval(&workload->cost_usd_per_prediction, 0.002, 0.02);
    assert_interval(&deployment->utilization, 0.5, 0.03);
    assert_interval(&deployment->queue_length, 0.5, 0.1);
    assert_interval(&result->slos[0].value, 2 * log(10), 0.1);
    assert_true(result->slos[0].met && result->slos[0].certain);
    hr_result_free(result);
}

/* What does not vary is known exactly, however slices round; so is what cannot fail, by a bound. */
static void test_constants(void **state)
{
    (void)state;
    struct hr_result *result = run(SYSTEM(LONG, "{ rate = \"0.5/s\"; }"));
    const struct hr_estimate *cost = &result->deployments[0].cost_usd_per_hour;
    assert_true(cost->value == 3.6 && cost->lo == 3.6 && cost->hi == 3.6);
    assert_true(result->deployments[0].replicas_mean.lo == 1);
    assert_string_equal(result->workloads[0].availability.method, "no_events");
    hr_result_free(result);
}

static void assert_without(const struct hr_estimate *e, const char *why)
{
    assert_true(isfinite(e->value) && isnan(e->lo) && isnan(e->hi));
    assert_null(e->method);
    assert_non_null(e->why);
    if (strstr(e->why, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", e->why, why);
}

static void test_reasons(void **state)
{
    (void)state;
    struct hr_result *result = run(
        SYSTEM("duration = \"600s\"; warmup = \"0s\"; replications = 1;", "{ rate = \"0.9/s\"; }"));
    assert_without(&result->workloads[0].latency_s.mean, "too short");
    assert_false(result->slos[0].certain);
    hr_result_free(result);
    result = run(SYSTEM("duration = \"20000s\"; replications = 1;",
                        "{ process = \"diurnal\"; rate = \"0.5/s\"; period = \"1000s\"; }"));
    assert_without(&result->workloads[0].latency_s.mean, "varies with time");
    assert_without(&result->slos[0].value, "varies with time");
    hr_result_free(result);
    result = run(SYSTEM(LONG, "{ rate = \"0.5/s\"; }"));
    assert_without(&result->workloads[0].latency_parts_s_tail[HR_PART_QUEUE], "ask for several");
    hr_result_free(result);
}

/* Two replications know of no slices. */
static void test_several(void **state)
{
    (void)state;
    struct hr_result *result = run(SYSTEM(
        "duration = \"3000s\"; warmup = \"100s\"; replications = 2;", "{ rate = \"0.5/s\"; }"));
    assert_string_equal(result->workloads[0].latency_s.mean.method, "ratio");
    assert_string_equal(result->workloads[0].latency_s.p50.method, "inversion");
    hr_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_several),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
