/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The long run: which method gives what, and why there is none; levels of ready replicas. */
#include "hr_test.h"

#include "base/str.h"
#include "scenario/scenario.h"

#include <headroom/long_run.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Keys of the model, of the deployment (2 replicas unless said), of the workload. */
static struct hr_scenario *load(const char *head, const char *model, const char *deployment,
                                const char *workload)
{
    struct hr_str text;
    hr_str_init(&text);
    hr_str_addf(&text,
                "name = \"t\"; duration = \"2000s\"; warmup = \"0s\"; seed = 3; %s models = ( { "
                "name = \"m\"; service_time = \"1s\"; %s } ); deployments = ( { name = \"d\"; "
                "model = \"m\"; %s } ); workloads = ( { name = \"w\"; deployment = \"d\"; %s } );",
                head, model, deployment, workload);
    struct hr_scenario *scenario = NULL;
    struct hr_diag *diag = hr_diag_new();
    if (hr_scenario_load_text(text.text, text.length, "test", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    hr_diag_free(diag);
    hr_str_fini(&text);
    return scenario;
}

static struct hr_result *run(struct hr_scenario *scenario, bool rare, unsigned jobs)
{
    struct hr_result *result = NULL;
    const struct hr_run_options options = { .jobs = jobs };
    assert_int_equal(hr_run(scenario, &options, &result, NULL), HR_OK);
    assert_int_equal(hr_long_run_add(scenario, &options, rare, result, NULL), HR_OK);
    return result;
}

#define QUIET "arrivals = { rate = \"1/h\"; };"

static struct hr_long_run long_run_of(const char *model, const char *deployment, bool rare)
{
    struct hr_scenario *scenario = load("replications = 1;", model, deployment, QUIET);
    struct hr_result *result = run(scenario, rare, 1);
    assert_non_null(result->deployments[0].long_run);
    struct hr_long_run long_run = *result->deployments[0].long_run;
    hr_result_free(result);
    hr_scenario_free(scenario);
    return long_run;
}

static void assert_exact(const struct hr_estimate *e, double value, const char *method)
{
    assert_near(e->value, value, 1e-11 * fabs(value));
    assert_true(e->lo == e->value && e->hi == e->value && e->n == 0);
    assert_string_equal(e->method, method);
}

static void assert_none(const struct hr_estimate *e, const char *why)
{
    assert_true(isnan(e->value) && e->method == NULL);
    if (strstr(e->why, why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", e->why, why);
}

static void test_no_failures(void **state)
{
    (void)state;
    struct hr_scenario *scenario = load("replications = 1;", "", "", QUIET);
    struct hr_result *result = run(scenario, true, 1);
    assert_null(result->deployments[0].long_run);
    assert_null(result->workloads[0].availability_long_run.method);
    assert_null(result->workloads[0].availability_long_run.why);
    hr_result_free(result);
    hr_scenario_free(scenario);
}

/* Two replicas, one needed, both under repair at once: u^2; the second opinion agrees. */
static void test_ctmc(void **state)
{
    (void)state;
    const double u = 1 / 1001.0;
    const struct hr_long_run l =
        long_run_of("", "replicas = 2; failures = { mttf = \"1000s\"; mttr = \"1s\"; };", true);
    assert_exact(&l.unavailability, u * u, "ctmc");
    assert_exact(&l.outage_s_mean, 0.5, "ctmc");
    assert_exact(&l.outages_per_year, u * u / 0.5 * 31557600, "ctmc");
    assert_exact(&l.uptime_s_mean, (1 - u * u) * 0.5 / (u * u), "ctmc");
    assert_exact(&l.mttf_s, (0.003 + 1) / 2e-6, "ctmc");
    assert_string_equal(l.unavailability_simulated.method, "failure_biasing");
    assert_true(l.unavailability_simulated.n >= 20000);
    assert_near(l.unavailability_simulated.value, u * u, 0.03 * u * u);
}

/* Laws of any shape, crews for all: only means count, start-up included. */
static void test_renewal(void **state)
{
    (void)state;
    const struct hr_long_run l =
        long_run_of("",
                    "replicas = 3; min_ready = 3; startup_time = \"4s\"; failures = { mttf = "
                    "{ distribution = \"weibull\"; mean = \"95s\"; cv = 0.5; }; mttr = \"1s\"; };",
                    true);
    assert_exact(&l.unavailability, 1 - 0.95 * 0.95 * 0.95, "renewal");
    assert_exact(&l.outages_per_year, 0.95 * 0.95 * 0.95 * 3 / 95 * 31557600, "renewal");
    assert_none(&l.mttf_s, "exponential");
    assert_none(&l.unavailability_simulated, "exponential");
}

/* One crew: weights of 0, 1, 2 down are 1, (r + s) / f, (r^2 + r s + s^2 / 2) / f^2, over 2, 1, 0
 * up. */
static void test_product_form(void **state)
{
    (void)state;
    const struct hr_long_run l = long_run_of(
        "",
        "replicas = 2; startup_time = \"20s\"; failures = { mttf = \"100s\"; mttr = \"10s\"; "
        "crews = 1; };",
        false);
    const double one = 0.3, two = (100 + 200 + 200) / 1e4, all = 0.5 + one + two;
    assert_exact(&l.unavailability, two / all, "product_form");
    assert_none(&l.mttf_s, "exponential");
    assert_null(l.unavailability_simulated.why);
}

/* The chain takes too many states, so the time to the first outage is simulated. */
static void test_mttf_simulated(void **state)
{
    (void)state;
    static const char keys[] =
        "replicas = 40; min_ready = 1; startup_time = { distribution = \"exponential\"; mean = "
        "\"1s\"; }; failures = { mttf = \"2s\"; mttr = \"1s\"; crews = 1; };";
    struct hr_long_run l = long_run_of("", keys, false);
    assert_none(&l.mttf_s, "too many states");
    assert_string_equal(l.unavailability.method, "ctmc");
    l = long_run_of("", keys, true);
    assert_none(&l.mttf_s, "hardly ever");
    assert_none(&l.unavailability_simulated, "hardly ever");
}

static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        const char *model, *deployment, *why;
    } cases[] = {
        { "",
          "replicas = 2; failures = { mttf = \"9s\"; mttr = { distribution = \"gamma\"; mean = "
          "\"1s\"; cv = 2.0; }; crews = 1; };",
          "fewer crews" },
        { "",
          "failures = { mttf = { distribution = \"constant\"; mean = \"9s\"; }; mttr = { "
          "distribution = \"mixture\"; components = ( { weight = 1.0; dist = \"1s\"; } ); }; "
          "};",
          "in step" },
        { "memory = { base = \"1Gi\"; leak_per_hour = \"1Mi\"; };",
          "resources = { limits = { memory = \"2Gi\"; }; }; failures = { mttf = \"9s\"; mttr = "
          "\"1s\"; };",
          "memory limit" },
        { "memory = { base = \"1Gi\"; per_request = \"100Mi\"; }; queue_limit = 20;",
          "resources = { limits = { memory = \"3Gi\"; }; }; failures = { mttf = \"9s\"; mttr = "
          "\"1s\"; };",
          "memory limit" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct hr_long_run l = long_run_of(cases[i].model, cases[i].deployment, true);
        assert_none(&l.unavailability, cases[i].why);
        assert_none(&l.outages_per_year, cases[i].why);
        assert_none(&l.unavailability_simulated, cases[i].why);
    }
    /* Room for all requests there can be: no reason. */
    const struct hr_long_run l =
        long_run_of("memory = { base = \"1Gi\"; per_request = \"100Mi\"; }; queue_limit = 19;",
                    "resources = { limits = { memory = \"3Gi\"; }; }; failures = { mttf = \"9s\"; "
                    "mttr = \"1s\"; };",
                    false);
    assert_exact(&l.unavailability, 0.1, "ctmc");
}

static void test_never_enough(void **state)
{
    (void)state;
    const struct hr_long_run l = long_run_of(
        "", "replicas = 2; min_ready = 3; failures = { mttf = \"9s\"; mttr = \"1s\"; };", true);
    assert_exact(&l.unavailability, 1, "ctmc");
    assert_exact(&l.mttf_s, 0, "ctmc");
    assert_none(&l.uptime_s_mean, "never enough");
    assert_none(&l.unavailability_simulated, "enough replicas");
}

#define LIMITED                                                                                    \
    "replicas = 2; load_balancing = \"central_queue\"; failures = { mttf = \"1000h\"; mttr = "     \
    "\"10h\"; };"

static struct hr_result *rare_run(const char *head, const char *model, const char *deployment,
                                  const char *workload, unsigned jobs)
{
    struct hr_scenario *scenario = load(head, model, deployment, workload);
    struct hr_result *result = run(scenario, true, jobs);
    hr_scenario_free(scenario);
    return result;
}

/* The same for any number of threads, and levels in order, the rest last. */
static void test_levels(void **state)
{
    (void)state;
    struct hr_result *results[2];
    for (unsigned i = 0; i < 2; i++)
        results[i] = rare_run("replications = 4;", "queue_limit = 3;", LIMITED,
                              "arrivals = { rate = \"1/s\"; };", 1 + 2 * i);
    const struct hr_workload_result *a = &results[0]->workloads[0], *b = &results[1]->workloads[0];
    assert_true(memcmp(&a->availability_long_run.value, &b->availability_long_run.value,
                       3 * sizeof(double)) == 0);
    assert_int_equal(a->n_by_ready, 3);
    double share = 0;
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(a->by_ready[i].ready, 2 - i);
        share += a->by_ready[i].time_share;
    }
    assert_near(share, 1, 1e-12);
    assert_string_equal(a->by_ready[0].source, "held");
    assert_string_equal(a->by_ready[2].source, "assumed");
    assert_true(a->by_ready[0].answered.value > a->by_ready[1].answered.value);
    assert_true(a->by_ready[2].answered.value == 0);
    assert_int_equal(a->availability_long_run.n, 4);
    hr_result_free(results[0]);
    hr_result_free(results[1]);
}

static void test_single_replication(void **state)
{
    (void)state;
    struct hr_result *result = rare_run("replications = 1;", "queue_limit = 3;", LIMITED,
                                        "arrivals = { rate = \"1/s\"; };", 1);
    const struct hr_estimate *e = &result->workloads[0].availability_long_run;
    assert_true(e->value > 0.5 && e->value < 1 && isnan(e->lo) && e->method == NULL);
    hr_result_free(result);
}

/* Nothing sheds what one replica cannot do; with two it can be done, without any it waits. */
static void test_nothing_sheds(void **state)
{
    (void)state;
    struct hr_result *result =
        rare_run("replications = 2;", "", LIMITED, "arrivals = { rate = \"1.5/s\"; };", 2);
    assert_none(&result->workloads[0].availability_long_run, "nothing sheds");
    hr_result_free(result);
    result = rare_run("replications = 2;", "", LIMITED, "arrivals = { rate = \"0.2/s\"; };", 2);
    assert_none(&result->workloads[0].availability_long_run, "nobody is ready");
    hr_result_free(result);
    result = rare_run("replications = 2;", "",
                      "replicas = 2; failures = { mttf = \"1000h\"; mttr = \"10h\"; };",
                      "arrivals = { rate = \"0.2/s\"; };", 2);
    const double down = 1 / 101.0;
    assert_near(1 - result->workloads[0].availability_long_run.value, down * down,
                0.02 * down * down);
    hr_result_free(result);
}

/* Hardly ever are all ready, and no level is seen often: there is too much to look at. */
static void test_too_many_levels(void **state)
{
    (void)state;
    struct hr_result *result =
        rare_run("replications = 2;", "queue_limit = 3;",
                 "replicas = 100; failures = { mttf = \"50000s\"; mttr = \"5000s\"; };", QUIET, 2);
    assert_none(&result->workloads[0].availability_long_run, "more levels");
    hr_result_free(result);
}

/* Repairs as short as services: what one replica less does cannot be told by itself. */
static void test_hasty(void **state)
{
    (void)state;
    struct hr_result *result =
        rare_run("replications = 2;", "queue_limit = 1;",
                 "replicas = 2; failures = { mttf = \"300s\"; mttr = \"3s\"; };",
                 "arrivals = { rate = \"1/s\"; };", 2);
    /* 26 visits to one ready: too few to go by, and they last 3 services. */
    assert_none(&result->workloads[0].availability_long_run, "too soon");
    hr_result_free(result);
}

/* Clients of a closed loop come at the rate at which they are served: levels weigh by it. */
static void test_closed_loop(void **state)
{
    (void)state;
    struct hr_result *result =
        rare_run("replications = 4;", "queue_limit = 0;", LIMITED,
                 "arrivals = { process = \"closed\"; clients = 3; think_time = { distribution = "
                 "\"exponential\"; mean = \"1s\"; }; };",
                 2);
    const struct hr_workload_result *w = &result->workloads[0];
    double good = 0, all = 0;
    for (size_t i = 0; i < w->n_by_ready; i++) {
        const struct hr_ready_share *level = &w->by_ready[i];
        const double rate =
            level->arrivals_per_s > 0 ? level->arrivals_per_s : w->by_ready[i - 1].arrivals_per_s;
        good += level->time_share * rate * level->answered.value;
        all += level->time_share * rate;
    }
    assert_true(w->by_ready[1].arrivals_per_s > 1.02 * w->by_ready[0].arrivals_per_s);
    assert_near(w->availability_long_run.value, good / all, 1e-12);
    hr_result_free(result);
}

/* A second deployment and workload are left in peace, and leave the first. */
static void test_several(void **state)
{
    (void)state;
    static const char two[] =
        LIMITED " }, { name = \"e\"; model = \"m\"; replicas = 2; failures = { mttf = \"50s\"; "
                "mttr = { distribution = \"gamma\"; mean = \"1s\"; cv = 3.0; }; crews = 1; };";
    static const char workloads[] =
        "arrivals = { rate = \"1/s\"; }; }, { name = \"v\"; deployment = \"e\"; arrivals = { rate "
        "= \"0.5/s\"; }; }, { name = \"x\"; deployment = \"d\"; arrivals = { rate = \"0.5/s\"; }; ";
    struct hr_result *result = rare_run("replications = 4;", "queue_limit = 3;", two, workloads, 2);
    assert_none(&result->workloads[1].availability_long_run, "fewer crews");
    for (unsigned w = 0; w < 3; w += 2) {
        const struct hr_workload_result *workload = &result->workloads[w];
        assert_string_equal(workload->availability_long_run.method, "conditional");
        assert_int_equal(workload->n_by_ready, 3);
        assert_near(workload->by_ready[1].arrivals_per_s, w == 0 ? 1 : 0.5, 0.05);
    }
    hr_result_free(result);
}

/* Stopped before the levels are simulated: the rest of the result stays. */
static void test_interrupted(void **state)
{
    (void)state;
    struct hr_scenario *scenario =
        load("replications = 2;", "queue_limit = 3;", LIMITED, "arrivals = { rate = \"1/s\"; };");
    struct hr_result *result = NULL;
    atomic_bool interrupt = false;
    const struct hr_run_options options = { .jobs = 1, .interrupt = &interrupt };
    assert_int_equal(hr_run(scenario, &options, &result, NULL), HR_OK);
    atomic_store(&interrupt, true);
    assert_int_equal(hr_long_run_add(scenario, &options, true, result, NULL), HR_ERR_INTERRUPTED);
    assert_none(&result->workloads[0].availability_long_run, "stopped");
    assert_string_equal(result->deployments[0].long_run->unavailability.method, "ctmc");
    hr_result_free(result);
    hr_scenario_free(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_failures),
        cmocka_unit_test(test_ctmc),
        cmocka_unit_test(test_renewal),
        cmocka_unit_test(test_product_form),
        cmocka_unit_test(test_mttf_simulated),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_never_enough),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_single_replication),
        cmocka_unit_test(test_nothing_sheds),
        cmocka_unit_test(test_hasty),
        cmocka_unit_test(test_too_many_levels),
        cmocka_unit_test(test_closed_loop),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
