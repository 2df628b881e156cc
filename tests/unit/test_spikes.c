/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Spikes of the load: the rate is `factor` times the usual one from `at` on for `duration`, for
 * processes whose rate is constant and for those whose rate is a function of time.
 */
#include "hr_test.h"

#include "base/str.h"
#include "model/model.h"
#include "scenario/scenario.h"

#include <math.h>
#include <string.h>

#define STEP (60 * HR_NS_PER_S)

/* Arrivals of each minute of an hour. */
static void count_arrivals(const char *arrivals, const char *events, double minutes[60])
{
    struct hr_str text;
    hr_str_init(&text);
    hr_str_addf(&text,
                "name = \"s\"; duration = \"1h\"; models = ( { name = \"m\"; service_time = "
                "\"1ms\"; } ); deployments = ( { name = \"d\"; model = \"m\"; } ); workloads = ( { "
                "name = \"w\"; deployment = \"d\"; arrivals = { %s }; } ); events = ( %s );",
                arrivals, events);
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    if (hr_scenario_load_text(text.text, text.length, "s", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    const struct hr_model_options options = { .seed = 1, .step = STEP, .series = true };
    struct hr_replication run;
    hr_model_run(hr_scenario_spec(scenario), &options, &run);
    for (size_t i = 0; i < 60; i++)
        minutes[i] = run.workload_series[HR_COLUMN_ARRIVED * run.n_steps + i] * 60;
    hr_replication_fini(&run);
    hr_scenario_free(scenario);
    hr_diag_free(diag);
    hr_str_fini(&text);
}

/* The sum over minutes [from, to) is Poisson of this mean: within 4 standard deviations. */
static void assert_sum(const double minutes[60], size_t from, size_t to, double mean)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += minutes[i];
    assert_near(sum, mean, 4 * sqrt(mean));
}

static void test_more(void **state)
{
    double minutes[60];
    (void)state;
    count_arrivals("rate = \"50/s\";",
                   "{ at = \"10min\"; action = \"spike\"; factor = 3.5; duration = \"10min\"; }",
                   minutes);
    assert_sum(minutes, 0, 10, 50 * 600);
    assert_sum(minutes, 10, 20, 3.5 * 50 * 600);
    assert_sum(minutes, 20, 60, 50 * 2400);
}

static void test_fewer(void **state)
{
    double minutes[60];
    (void)state;
    count_arrivals(
        "rate = \"50/s\";",
        "{ at = \"10min\"; action = \"spike\"; workload = \"w\"; factor = 0.2; duration = "
        "\"10min\"; }",
        minutes);
    assert_sum(minutes, 0, 10, 50 * 600);
    assert_sum(minutes, 10, 20, 0.2 * 50 * 600);
    assert_sum(minutes, 20, 60, 50 * 2400);
}

/* The extra streams follow the function of time as the usual one does: 10/s, then 40/s from minute
 * 15 on, twice as much from minute 10 to minute 20. */
static void test_rate_function(void **state)
{
    double minutes[60];
    (void)state;
    count_arrivals("process = \"piecewise\"; points = ( { at = \"0s\"; rate = \"10/s\"; }, { at = "
                   "\"15min\"; rate = \"40/s\"; } );",
                   "{ at = \"10min\"; action = \"spike\"; factor = 2.0; duration = \"10min\"; }",
                   minutes);
    assert_sum(minutes, 0, 10, 10 * 600);
    assert_sum(minutes, 10, 15, 20 * 300);
    assert_sum(minutes, 15, 20, 80 * 300);
    assert_sum(minutes, 20, 60, 40 * 2400);
}

/* A spike changes nothing before it, and nothing of the usual requests. */
static void test_leaves_the_rest_alone(void **state)
{
    double with[60], without[60];
    (void)state;
    count_arrivals("rate = \"50/s\";",
                   "{ at = \"10min\"; action = \"spike\"; factor = 2.0; duration = \"10min\"; }",
                   with);
    count_arrivals("rate = \"50/s\";", "", without);
    for (size_t i = 0; i < 60; i++)
        assert_true(i >= 10 && i < 20 ? with[i] > without[i] : with[i] == without[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more),
        cmocka_unit_test(test_fewer),
        cmocka_unit_test(test_rate_function),
        cmocka_unit_test(test_leaves_the_rest_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
