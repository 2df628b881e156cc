/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues that grow without an offered load that says so; and queues that do not. */
#include "hr_test.h"

#include <headroom/run.h>

#include "metrics/trend.h"
#include "scenario/scenario.h"
#include "stats/interval.h"
#include "stats/rng.h"

#include <stdlib.h>
#include <string.h>

static void test_trend(void **state)
{
    (void)state;
    struct hr_trend trend = { 0 };
    assert_true(hr_trend_slope(&trend) == 0);
    hr_trend_add(&trend, 1e6, 7);
    assert_true(hr_trend_slope(&trend) == 0 && trend.x == 7);
    for (int i = 1; i < 100; i++)
        hr_trend_add(&trend, 1e6 + i, 7 - 0.25 * i);
    assert_near(hr_trend_slope(&trend), -0.25, 1e-12);
    assert_near(trend.t, 1e6 + 49.5, 1e-6);
    assert_near(trend.x, 7 - 0.25 * 49.5, 1e-12);
}

/* At a mean of 0 as often as the level says: one-sided 0.025 at z = 1.96. */
static void test_positive(void **state)
{
    (void)state;
    enum { N = 10, TRIALS = 20000 };
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 8 });
    double x[N];
    int positive = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        for (int i = 0; i < N; i++)
            x[i] = hr_rng_normal(&rng);
        positive += hr_mean_is_positive(x, N, 1.959964);
    }
    assert_near(positive, 0.025 * TRIALS, 4 * sqrt(0.025 * 0.975 * TRIALS));
    const double one[] = { 5 }, none[] = { 0, 0, 0 }, same[] = { 2, 2, 2 };
    assert_false(hr_mean_is_positive(one, 1, 3));
    assert_false(hr_mean_is_positive(none, 3, 3));
    assert_true(hr_mean_is_positive(same, 3, 3));
}

/* Ten servers whose clients give up after three seconds and come again, to an undisturbed service
 * of their first attempts: load 0.5 becomes more than 1 once a queue has formed. */
#define STORM(cancellation)                                                                        \
    "name = \"t\"; duration = \"2000s\"; warmup = \"200s\"; replications = 5;"                     \
    "models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; mean = \"1s\"; "  \
    "}; } ); deployments = ( { name = \"d\"; model = \"m\"; replicas = 10; load_balancing = "      \
    "\"central_queue\"; } ); workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { rate " \
    "= \"8/s\"; }; attempt_timeout = \"3s\"; retries = { max_attempts = 3; backoff = \"100ms\"; "  \
    "}; cancellation = \"" cancellation "\"; } );"

/* Load 0.95 with retries, which theory alone does not call stable. They never come into play. */
#define BUSY                                                                                       \
    "name = \"t\"; duration = \"4000s\"; warmup = \"500s\"; replications = 5;"                     \
    "models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; mean = \"1s\"; "  \
    "}; } ); deployments = ( { name = \"d\"; model = \"m\"; replicas = 1; } ); workloads = ( { "   \
    "name = \"w\"; deployment = \"d\"; arrivals = { rate = \"0.95/s\"; }; attempt_timeout = "      \
    "\"1d\"; retries = { max_attempts = 2; }; } );"

static struct hr_result *run(const char *text, const char *seed)
{
    struct hr_scenario *scenario = NULL;
    struct hr_result *result = NULL;
    const struct hr_run_options options = { .jobs = 1 };
    assert_int_equal(hr_scenario_load_text(text, strlen(text), "test", &seed, 1, &scenario, NULL),
                     HR_OK);
    assert_int_equal(hr_run(scenario, &options, &result, NULL), HR_OK);
    hr_scenario_free(scenario);
    return result;
}

static void test_storm(void **state)
{
    (void)state;
    struct hr_result *result = run(STORM("none"), "seed=1");
    assert_non_null(result->deployments[0].unstable);
    assert_non_null(strstr(result->deployments[0].unstable, "unstable: queue grows by "));
    /* 24 attempts a second come, 10 are served */
    assert_near(strtod(strstr(result->deployments[0].unstable, "by ") + 3, NULL), 14, 0.3);
    assert_true(isnan(result->workloads[0].latency_s.mean.value));
    assert_true(isnan(result->deployments[0].queue_length.value));
    assert_false(hr_result_good(result));
    hr_result_free(result);
    result = run(STORM("all"), "seed=1");
    assert_null(result->deployments[0].unstable);
    hr_result_free(result);
}

/* The level is 0.001 at the edge of what counts as growth, and a steady state is far from there: of
 * 100 seeds none is taken for growing. */
static void test_busy_is_not_growing(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 100; seed++) {
        char text[32];
        snprintf(text, sizeof text, "seed=%d", seed);
        struct hr_result *result = run(BUSY, text);
        if (result->deployments[0].unstable != NULL)
            fail_msg("%s: %s", text, result->deployments[0].unstable);
        hr_result_free(result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trend),
        cmocka_unit_test(test_positive),
        cmocka_unit_test(test_storm),
        cmocka_unit_test(test_busy_is_not_growing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
