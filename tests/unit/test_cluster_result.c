/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a result says of pods and nodes, against figures worked by hand. */
#include "hr_test.h"

#include "base/str.h"
#include "scenario/scenario.h"

#include <headroom/run.h>

#include <math.h>
#include <string.h>

static struct hr_result *run(const char *text, const struct hr_run_options *options)
{
    struct hr_scenario *scenario = NULL;
    struct hr_result *result = NULL;
    struct hr_diag *diag = hr_diag_new();
    if (hr_scenario_load_text(text, strlen(text), "test", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    assert_int_equal(hr_run(scenario, options, &result, diag), HR_OK);
    hr_diag_free(diag);
    hr_scenario_free(scenario);
    return result;
}

static double value_of(const struct hr_estimate *estimate)
{
    assert_null(estimate->why);
    assert_int_equal(estimate->n, 2);
    return estimate->value;
}

/* The values of a column of the series; NULL: there is none. */
static const double *column_of(const struct hr_result *result, const char *name)
{
    for (size_t c = 0; c < result->series.n_columns; c++)
        if (strcmp(result->series.columns[c].name, name) == 0)
            return result->series.columns[c].values;
    return NULL;
}

#define HEAD(duration, warmup)                                                                     \
    "name = \"t\"; duration = \"" duration "\"; warmup = \"" warmup "\"; replications = 2; "
#define MACHINE                                                                                    \
    "instance_types = ( { name = \"box\"; cpu = \"4\"; memory = \"16Gi\"; usd_per_hour = 1.2; "    \
    "watts_idle = 100.0; watts_max = 300.0; }, { name = \"gpubox\"; cpu = \"8\"; memory = "        \
    "\"16Gi\"; gpus = 4; gpu_model = \"A100-40GB\"; gpu_memory = \"40Gi\"; usd_per_hour = 10.0; "  \
    "watts_idle = 200.0; watts_max = 1000.0; } ); "
#define POOL(name, type, more)                                                                     \
    "{ name = \"" name "\"; instance = \"" type "\"; reserved = { cpu = \"0\"; memory = \"0\"; };" \
    " nodes = 1; " more " }"

/*
 * A node of 4 cores and 16 GiB at 1.2 USD an hour. Each of the two pods of a asks for 1 core (1/4
 * of the node) and 1 GiB (1/16): share 1/4. The pod of b asks for half a core (1/8) and 12 GiB
 * (3/4): share 3/4. So a pays 2/5 of 1.2, which is 0.48, and b 3/5, which is 0.72. The spare node
 * stands idle at 1.2: spread by cost it doubles both. Used are 2 * 0.5 + 1 of 4 cores, so half of
 * the way from 100 to 300 W.
 */
static const char shared_node[] =
    HEAD("90min", "30min") MACHINE "node_pools = ( " POOL("main", "box", "") ", " POOL(
        "spare", "box",
        "") " ); "
            "models = ( { name = \"a\"; service_time = \"10ms\"; cpu_idle = \"500m\"; cpu_per_slot "
            "= \"0\"; "
            "memory = { base = \"512Mi\"; }; }, { name = \"b\"; service_time = \"10ms\"; cpu_idle "
            "= \"1\"; "
            "cpu_per_slot = \"0\"; memory = { base = \"3Gi\"; }; } ); "
            "deployments = ( { name = \"a\"; model = \"a\"; node_pool = \"main\"; replicas = 2; "
            "resources = "
            "{ requests = { cpu = \"1\"; memory = \"1Gi\"; }; }; }, "
            "{ name = \"b\"; model = \"b\"; node_pool = \"main\"; replicas = 1; resources = "
            "{ requests = { cpu = \"500m\"; memory = \"12Gi\"; }; }; } ); "
            "workloads = ( { name = \"a\"; deployment = \"a\"; arrivals = { rate = \"5/s\"; }; }, "
            "{ name = \"b\"; deployment = \"b\"; arrivals = { rate = \"2/s\"; }; } );";

static void test_price_of_a_shared_node(void **state)
{
    (void)state;
    struct hr_result *result = run(shared_node, &(struct hr_run_options){ .jobs = 1 });
    const double usd[] = { 0.96, 1.44 };
    for (size_t i = 0; i < 2; i++) {
        const struct hr_workload_result *workload = &result->workloads[i];
        assert_near(value_of(&result->deployments[i].cost_usd_per_hour), usd[i], 1e-8);
        assert_near(value_of(&workload->cost_usd_per_prediction) *
                        (double)workload->requests.completed / 2,
                    usd[i], 1e-8);
    }
    assert_near(value_of(&result->cluster.cost_usd_per_hour), 2.4, 1e-12);
    assert_near(value_of(&result->cluster.cost_usd_total), 2.4, 1e-12); /* in a window of 1 h */
    assert_non_null(result->cluster.carbon_kgco2e.why);
    hr_result_free(result);
}

static void test_use_of_a_shared_node(void **state)
{
    (void)state;
    struct hr_result *result = run(shared_node, &(struct hr_run_options){ .jobs = 1 });
    const struct hr_node_pool_result *main = &result->node_pools[0], *spare = main + 1;
    assert_int_equal(result->n_node_pools, 2);
    assert_near(value_of(&main->nodes_mean), 1, 0);
    assert_near(value_of(&main->nodes_ready), 1, 0);
    assert_true(main->nodes_min == 1 && main->nodes_max == 1 && main->provisioned == 0);
    assert_near(value_of(&main->cost_usd_per_hour), 1.2, 1e-12);
    assert_near(value_of(&main->cpu_utilization), 0.5, 1e-12);
    assert_near(value_of(&main->memory_utilization), 4.0 / 16, 1e-12);
    assert_near(value_of(&main->cpu_requested), 2.5 / 4, 1e-12);
    assert_near(value_of(&main->memory_requested), 14.0 / 16, 1e-12);
    assert_near(value_of(&main->energy_kwh), 0.2, 1e-12);
    assert_near(value_of(&main->idle), 0, 0);
    assert_near(value_of(&spare->idle), 1, 0);
    assert_near(value_of(&spare->energy_kwh), 0.1, 1e-12);
    assert_near(value_of(&spare->cpu_utilization), 0, 0);
    assert_non_null(main->gpu_utilization.why);
    assert_false(main->has_gpus);
    const double *nodes = column_of(result, "cluster.nodes"),
                 *usd = column_of(result, "deployments.a.cost_usd_per_hour");
    assert_non_null(nodes);
    assert_non_null(usd);
    for (size_t i = 0; i < result->series.n; i++) {
        assert_near(nodes[i], 2, 1e-12);
        assert_near(usd[i], 0.48, 1e-8);
    }
    hr_result_free(result);
}

/* A pod on two of four GPUs: half of what its slot is busy. A second one, which asks for three,
 * stays pending. 200 + 800 W as the GPUs are used, over 1/6 h. */
static void test_gpus_and_pending_pods(void **state)
{
    (void)state;
    struct hr_result *result =
        run(HEAD("10min", "0s") MACHINE "node_pools = ( " POOL(
                "gpu", "gpubox",
                "") " ); "
                    "models = ( { name = \"m\"; service_time = \"1s\"; } ); "
                    "deployments = ( { name = \"d\"; model = \"m\"; replicas = 1; "
                    "resources = { limits = { gpu = 2; }; }; }, "
                    "{ name = \"e\"; model = \"m\"; replicas = 1; resources = { limits = { gpu = "
                    "3; }; }; } ); "
                    "workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { process = "
                    "\"deterministic\"; rate = \"0.5/s\"; }; } );",
            &(struct hr_run_options){ .jobs = 1 });
    const struct hr_node_pool_result *pool = &result->node_pools[0];
    const double busy = value_of(&result->deployments[0].utilization);
    assert_near(busy, 0.5, 0.01);
    assert_true(pool->has_gpus);
    assert_near(value_of(&pool->gpu_utilization), busy / 2, 1e-12);
    assert_near(value_of(&pool->gpu_requested), 0.5, 1e-12);
    assert_near(value_of(&pool->energy_kwh), (0.2 + 0.8 * busy / 2) / 6, 1e-12);
    assert_non_null(pool->cpu_utilization.why);
    assert_non_null(pool->memory_utilization.why);
    const struct hr_pods_result *d = result->deployments[0].pods, *e = result->deployments[1].pods;
    assert_near(value_of(&d->running), 1, 0);
    assert_near(value_of(&d->pending), 0, 0);
    assert_near(value_of(&e->desired), 1, 0);
    assert_near(value_of(&e->running), 0, 0);
    assert_near(value_of(&e->pending), 1, 0);
    assert_near(column_of(result, "deployments.e.pending")[3], 1, 0);
    assert_near(column_of(result, "deployments.e.running")[3], 0, 0);
    assert_near(column_of(result, "node_pools.gpu.nodes")[3], 1, 0);
    assert_non_null(e->scheduling_s.why);
    hr_result_free(result);
}

/* CPU is used as slots are busy, also where it is shared. */
static void test_cpu_of_busy_and_of_shared_slots(void **state)
{
    static const char *const disciplines[] = { "", "discipline = \"processor_sharing\"; " };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct hr_str text;
        hr_str_init(&text);
        hr_str_addf(
            &text,
            HEAD("20min", "5min") MACHINE "node_pools = ( " POOL(
                "main", "box",
                "") " ); "
                    "models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; "
                    "mean = \"500ms\"; }; cpu_per_slot = \"1\"; cpu_idle = \"100m\"; %s} ); "
                    "deployments = ( { name = \"d\"; model = \"m\"; replicas = 2; } ); workloads = "
                    "( { name = \"w\"; deployment = \"d\"; arrivals = { rate = \"2/s\"; }; } );",
            disciplines[i]);
        struct hr_result *result = run(text.text, &(struct hr_run_options){ .jobs = 1 });
        assert_near(value_of(&result->node_pools[0].cpu_utilization),
                    2 * value_of(&result->deployments[0].cpu_cores) / 4, 1e-9);
        hr_result_free(result);
        hr_str_fini(&text);
    }
}

#define FAILING                                                                                    \
    "models = ( { name = \"m\"; service_time = \"100ms\"; } ); deployments = ( { name = \"d\"; "   \
    "model = \"m\"; replicas = 10; failures = { mttf = \"100s\"; mttr = \"1s\"; }; "               \
    "readiness_probe = { }; } ); workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { "  \
    "rate = \"10/s\"; }; } );"

static void count_event(void *ctx, const struct hr_event_record *record)
{
    (void)record;
    ++*(uint64_t *)ctx;
}

static void test_events_are_kept(void **state)
{
    (void)state;
    uint64_t n = 0, all = 0;
    const struct hr_run_options options = {
        .jobs = 2, .events_kept = 3, .event = count_event, .event_ctx = &n
    };
    struct hr_result *result = run(HEAD("10min", "0s") FAILING, &options);
    const struct hr_cluster_events *events = result->cluster_events;
    size_t kept = 0;
    for (size_t i = 0; i < events->n_reasons; i++) {
        const struct hr_event_reason *reason = &events->reasons[i];
        assert_int_equal(reason->kept, reason->n < 3 ? reason->n : 3);
        all += reason->n;
        kept += reason->kept;
    }
    assert_int_equal(kept, events->n);
    assert_int_equal(all, n); /* the sink still gets every one */
    assert_true(n > 100);
    for (size_t i = 1; i < events->n; i++)
        assert_true(events->events[i].time_s >= events->events[i - 1].time_s);
    assert_string_equal(events->events[0].reason, "SuccessfulCreate");
    assert_string_equal(events->events[0].pod, "d-0");
    assert_true(result->deployments[0].pods->restarts > 50);
    assert_int_equal(result->deployments[0].failures, result->deployments[0].pods->restarts);
    hr_result_free(result);
}

static void test_no_pods_no_word_of_them(void **state)
{
    (void)state;
    struct hr_result *result = run(
        HEAD("10s", "0s") "models = ( { name = \"m\"; service_time = \"1s\"; } ); deployments = ( "
                          "{ name = \"d\"; model = \"m\"; replicas = 1; } ); workloads = ( { "
                          "name = \"w\"; deployment = \"d\"; arrivals = { rate = \"0.1/s\"; }; "
                          "} );",
        &(struct hr_run_options){ .jobs = 1 });
    assert_null(result->deployments[0].pods);
    assert_null(result->cluster_events);
    assert_int_equal(result->n_node_pools, 0);
    assert_null(column_of(result, "deployments.d.desired"));
    assert_null(column_of(result, "cluster.nodes"));
    assert_non_null(column_of(result, "deployments.d.ready"));
    hr_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_price_of_a_shared_node),
        cmocka_unit_test(test_use_of_a_shared_node),
        cmocka_unit_test(test_gpus_and_pending_pods),
        cmocka_unit_test(test_cpu_of_busy_and_of_shared_slots),
        cmocka_unit_test(test_events_are_kept),
        cmocka_unit_test(test_no_pods_no_word_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
