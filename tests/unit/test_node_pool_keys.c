/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Node pools, node autoscalers and events as they are read from a scenario: types, prices, zones,
 * defaults, spot traces, and what the autoscalers are set up with. */
#include "hr_test.h"

#include "cluster/node_capacity.h"
#include "cluster/node_config.h"
#include "scenario/scenario.h"
#include "unit/temp_folder.h"

#include <unistd.h>

#define S   HR_NS_PER_S
#define GIB 1073741824.0

#define BAMBOO HR_SOURCE_DIR "/../shared/data/failures/bamboo_aws_p3_spot_events.csv"

static struct hr_scenario *load(const char *cluster)
{
    char text[4096];
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario;
    snprintf(text, sizeof text,
             "name = \"nodes\"; duration = \"24h\"; %s\n"
             "models = ( { name = \"m\"; service_time = \"20ms\"; } );\n"
             "deployments = ( { name = \"d\"; model = \"m\"; } );\n"
             "workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { rate = \"1/s\"; }; } "
             ");\n",
             cluster);
    if (hr_scenario_load(temp_write("nodes.cfg", text, strlen(text)), NULL, 0, &scenario, diag) !=
        HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    assert_int_equal(hr_diag_count(diag), 0);
    hr_diag_free(diag);
    return scenario;
}

static const struct hr_node_pool_spec *pools_of(const struct hr_scenario *scenario)
{
    return hr_scenario_spec(scenario)->node_pools.items;
}

static void test_pool_of_the_catalog(void **state)
{
    struct hr_scenario *scenario =
        load("node_pools = ( { name = \"cpu\"; instance = \"aws/m6i.2xlarge\"; } );");
    const struct hr_node_pool_spec *pool = pools_of(scenario);
    const struct hr_deployment_spec *deployment = hr_scenario_spec(scenario)->deployments.items;
    (void)state;
    assert_ptr_equal(pool->type, hr_catalog_find("aws/m6i.2xlarge"));
    assert_near(pool->usd_per_node_hour, 0.384, 0);
    assert_int_equal(pool->purchase, HR_PURCHASE_ON_DEMAND);
    assert_int_equal(hr_node_pool_nodes(pool), 1);
    assert_int_equal(hr_node_pool_nodes_min(pool), 1);
    assert_int_equal(hr_node_pool_nodes_max(pool), 1);
    assert_int_equal(pool->zones.n, 1);
    assert_string_equal(*(const char *const *)pool->zones.items, "a");
    assert_int_equal(pool->provision_time->mean, 90 * S);
    assert_int_equal(pool->quota, HR_UNLIMITED);
    assert_null(pool->spot);
    assert_null(pool->failures);
    assert_int_equal(deployment->node_pool, HR_REF_NONE);
    assert_null(strstr(hr_scenario_canonical(scenario), "node_pool ="));
    hr_scenario_free(scenario);
}

static void test_pool_of_an_own_type(void **state)
{
    struct hr_scenario *scenario =
        load("instance_types = ( { name = \"box\"; cpu = \"15500m\"; memory = \"64Gi\"; gpus = 2;\n"
             "  gpu_model = \"A30\"; gpu_memory = \"24Gi\"; usd_per_hour = 2; watts_idle = 100;\n"
             "  watts_max = 400; } );\n"
             "node_pools = ( { name = \"gpu\"; instance = \"box\"; mig = \"2g.12gb\"; nodes = 3;\n"
             "  max_nodes = 5; zones = ( \"x\", \"y\" ); } );");
    const struct hr_node_pool_spec *pool = pools_of(scenario);
    const struct hr_node_capacity capacity = hr_node_capacity_of(pool);
    (void)state;
    assert_string_equal(pool->type->name, "box");
    assert_near(pool->type->cpu, 15.5, 0);
    assert_near(pool->type->memory_bytes, 64 * GIB, 0);
    assert_near(pool->type->usd_per_hour_spot, 0, 0);
    assert_near(pool->type->watts_max, 400, 0);
    assert_int_equal(hr_node_pool_nodes_min(pool), 3);
    assert_int_equal(hr_node_pool_nodes_max(pool), 5);
    assert_int_equal(capacity.mig_parts, 4);
    assert_string_equal(((const char *const *)pool->zones.items)[1], "y");
    hr_scenario_free(scenario);
}

#define POOL(more) "node_pools = ( { name = \"p\"; instance = \"gcp/a2-highgpu-1g\"; " more " } );"

static void test_prices(void **state)
{
    static const struct {
        const char *pool;
        double usd;
    } cases[] = {
        { POOL(""), 3.673385 },
        { POOL("purchase = \"spot\";"), 1.102016 },
        { POOL("purchase = \"reserved\"; discount = \"40%\";"), 3.673385 * 0.6 },
        { POOL("purchase = \"reserved\"; usd_per_hour = 2;"), 2 },
        { POOL("purchase = \"spot\"; usd_per_hour = 0.5;"), 0.5 },
        { POOL("usd_per_hour = 0;"), 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hr_scenario *scenario = load(cases[i].pool);
        assert_near(pools_of(scenario)->usd_per_node_hour, cases[i].usd, 1e-12);
        hr_scenario_free(scenario);
    }
}

/* A group that is absent means the same as one that is empty. */
static void test_absent_groups_are_empty_groups(void **state)
{
    struct hr_scenario *scenario =
        load(POOL("purchase = \"spot\"; spot = { }; billing = { };") "cluster = { };");
    const struct hr_node_pool_spec *pool = pools_of(scenario);
    const struct hr_spot_spec spot = hr_spot_spec_default();
    const struct hr_billing_spec billing = hr_billing_spec_default();
    const struct hr_cluster_spec *read = hr_scenario_spec(scenario)->cluster;
    struct hr_cluster_spec cluster = hr_cluster_spec_default();
    (void)state;
    assert_null(pool->spot->mttf);
    assert_null(spot.mttf);
    assert_int_equal(pool->spot->notice, spot.notice);
    assert_int_equal(pool->billing->granularity, billing.granularity);
    assert_int_equal(pool->billing->minimum, billing.minimum);
    assert_int_equal(read->endpoint_delay->kind, cluster.endpoint_delay->kind);
    assert_int_equal(read->endpoint_delay->mean, cluster.endpoint_delay->mean);
    cluster.endpoint_delay = read->endpoint_delay;
    assert_memory_equal(read, &cluster, sizeof cluster);
    hr_scenario_free(scenario);
}

static void test_spot_trace(void **state)
{
    static const char text[] = "# ms,change,node\n0,add,x\r\n0, add ,y\n1500.5,remove,x\n"
                               "2000,add,z\n3000,add,x\n";
    static const struct hr_spot_change expected[] = {
        { 0, 0, true },     { 0, 1, true },     { 1500500000, 0, false },
        { 2 * S, 2, true }, { 3 * S, 0, true },
    };
    (void)state;
    temp_write("spot.csv", text, sizeof text - 1);
    struct hr_scenario *scenario = load(POOL("purchase = \"spot\"; spot_trace = \"spot.csv\";"));
    const struct hr_node_pool_spec *pool = pools_of(scenario);
    assert_int_equal(hr_node_pool_nodes(pool), 0);
    assert_int_equal(pool->n_spot_changes, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(pool->spot_changes[i].at, expected[i].at);
        assert_int_equal(pool->spot_changes[i].node, expected[i].node);
        assert_int_equal(pool->spot_changes[i].add, expected[i].add);
    }
    assert_non_null(strstr(hr_scenario_canonical(scenario), "spot_trace = \"spot.csv\""));
    hr_scenario_free(scenario);
}

/* The scenario's hash covers the trace. */
static void test_spot_trace_is_hashed(void **state)
{
    char sha256[2][65];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        temp_write("spot.csv", i ? "0,add,b\n" : "0,add,a\n", 8);
        struct hr_scenario *scenario =
            load(POOL("purchase = \"spot\"; spot_trace = \"spot.csv\";"));
        memcpy(sha256[i], hr_scenario_sha256(scenario), 65);
        hr_scenario_free(scenario);
    }
    assert_string_not_equal(sha256[0], sha256[1]);
}

/* 344 changes of a fleet of p3 spot instances in 2020 (uclasystem/bamboo), ten nodes at the end. */
static void test_real_spot_trace(void **state)
{
    char pool_text[512];
    (void)state;
    if (access(BAMBOO, R_OK) != 0) {
        print_message("skipped: %s is not there\n", BAMBOO);
        return;
    }
    snprintf(pool_text, sizeof pool_text, POOL("purchase = \"spot\"; spot_trace = \"%s\";"),
             BAMBOO);
    struct hr_scenario *scenario = load(pool_text);
    const struct hr_node_pool_spec *pool = pools_of(scenario);
    int there = 0;
    assert_int_equal(pool->n_spot_changes, 344);
    for (size_t i = 0; i < pool->n_spot_changes; i++)
        there += pool->spot_changes[i].add ? 1 : -1;
    assert_int_equal(there, 10);
    assert_int_equal(pool->spot_changes[343].at, 40920 * S);
    hr_scenario_free(scenario);
}

static void test_cluster_autoscaler_config(void **state)
{
    struct hr_scenario *scenario = load(POOL("max_nodes = 2;") "node_autoscaler = { type = "
                                                               "\"cluster_autoscaler\"; };");
    const struct hr_node_autoscaler_spec *spec = hr_scenario_spec(scenario)->node_autoscaler;
    const struct hr_scale_down_config expected = hr_scale_down_config_default();
    const struct hr_scale_down_config scale_down = hr_scale_down_config_of(spec);
    const struct hr_backoff_config backoff = hr_backoff_config_of(spec);
    enum hr_expander chain[HR_EXPANDER_CHAIN_MAX];
    (void)state;
    assert_memory_equal(&scale_down, &expected, sizeof expected);
    assert_int_equal(backoff.first, 300 * S);
    assert_int_equal(backoff.longest, 1800 * S);
    assert_int_equal(backoff.reset, 3 * HR_NS_PER_HOUR);
    assert_int_equal(hr_expander_chain_of(spec, chain), 1);
    assert_int_equal(chain[0], HR_EXPANDER_LEAST_WASTE);
    hr_scenario_free(scenario);
}

/* Every key of it, each another value. */
static void test_cluster_autoscaler_config_of_keys(void **state)
{
    struct hr_scenario *scenario = load(POOL(
        "max_nodes = 2;") "node_autoscaler = { type = \"cluster_autoscaler\";\n"
                          "  initial_node_group_backoff_duration = \"1s\";\n"
                          "  max_node_group_backoff_duration = \"2s\";\n"
                          "  node_group_backoff_reset_timeout = \"3s\";\n"
                          "  expander = ( \"priority\", \"price\", \"random\" );\n"
                          "  scale_down_unneeded_time = \"4s\"; scale_down_unready_time = \"5s\";\n"
                          "  scale_down_delay_after_add = \"6s\";\n"
                          "  scale_down_delay_after_delete = \"7s\";\n"
                          "  scale_down_delay_after_failure = \"8s\";\n"
                          "  scale_down_utilization_threshold = \"60%\";\n"
                          "  scale_down_gpu_utilization_threshold = \"70%\";\n"
                          "  max_scale_down_parallelism = 9; max_drain_parallelism = 2; };");
    const struct hr_node_autoscaler_spec *spec = hr_scenario_spec(scenario)->node_autoscaler;
    const struct hr_scale_down_config scale_down = hr_scale_down_config_of(spec);
    const struct hr_backoff_config backoff = hr_backoff_config_of(spec);
    enum hr_expander chain[HR_EXPANDER_CHAIN_MAX];
    (void)state;
    assert_int_equal(backoff.first, 1 * S);
    assert_int_equal(backoff.longest, 2 * S);
    assert_int_equal(backoff.reset, 3 * S);
    assert_int_equal(scale_down.unneeded_time, 4 * S);
    assert_int_equal(scale_down.unready_time, 5 * S);
    assert_int_equal(scale_down.delay_after_add, 6 * S);
    assert_int_equal(scale_down.delay_after_delete, 7 * S);
    assert_int_equal(scale_down.delay_after_failure, 8 * S);
    assert_near(scale_down.utilization_max, 0.6, 1e-12);
    assert_near(scale_down.gpu_utilization_max, 0.7, 1e-12);
    assert_int_equal(scale_down.deletions_max, 9);
    assert_int_equal(scale_down.drains_max, 2);
    assert_int_equal(hr_expander_chain_of(spec, chain), 3);
    assert_int_equal(chain[0], HR_EXPANDER_PRIORITY);
    assert_int_equal(chain[1], HR_EXPANDER_PRICE);
    assert_int_equal(chain[2], HR_EXPANDER_RANDOM);
    hr_scenario_free(scenario);
}

static void test_karpenter_config(void **state)
{
    struct hr_scenario *scenario =
        load(POOL("max_nodes = 2;") "node_autoscaler = { type = \"karpenter\"; "
                                    "disruption_budget = \"29%\"; };");
    const struct hr_node_autoscaler_spec *spec = hr_scenario_spec(scenario)->node_autoscaler;
    (void)state;
    assert_int_equal(hr_disruption_percent_of(spec), 29);
    assert_int_equal(spec->consolidation_policy, HR_CONSOLIDATE_WHEN_EMPTY_OR_UNDERUTILIZED);
    assert_int_equal(spec->expire_after, 720 * HR_NS_PER_HOUR);
    hr_scenario_free(scenario);
}

static void test_events(void **state)
{
    struct hr_scenario *scenario = load(
        POOL("zones = \"z\";") //
        "events = ( { at = \"6h\"; action = \"zone_outage\"; zone = \"z\"; duration = \"20m\"; },\n"
        "  { at = \"1h\"; action = \"node_failure\"; node_pool = \"p\"; },\n"
        "  { at = \"1h\"; action = \"drain\"; node_pool = \"p\"; node = 2; },\n"
        "  { at = \"2h\"; action = \"spike\"; factor = 3; duration = \"5m\"; } );");
    const struct hr_action_spec *events = hr_scenario_spec(scenario)->events.items;
    (void)state;
    assert_int_equal(events[0].at, 6 * HR_NS_PER_HOUR);
    assert_int_equal(events[0].action, HR_ACTION_ZONE_OUTAGE);
    assert_string_equal(events[0].zone, "z");
    assert_int_equal(events[0].duration, 1200 * S);
    assert_int_equal(events[1].node_pool, 0);
    assert_int_equal(events[1].node, HR_AUTO);
    assert_int_equal(events[1].duration, HR_TIME_NEVER);
    assert_null(events[1].zone);
    assert_int_equal(events[2].node, 2);
    assert_int_equal(events[3].workload, HR_REF_NONE);
    hr_scenario_free(scenario);
}

/* The canonical text says the same again: words, references to nothing, one zone for a list. */
static void test_canonical_text_is_its_own(void **state)
{
    struct hr_scenario *scenario =
        load(POOL("zones = \"z\"; max_nodes = 9; replace = \"never\";") //
             "node_autoscaler = { type = \"cluster_autoscaler\"; expander = \"price\"; };\n"
             "cluster = { dead_node_removal = \"60s\"; };\n"
             "events = ( { at = \"1h\"; action = \"node_failure\"; node_pool = \"p\"; },\n"
             "  { at = \"2h\"; action = \"spike\"; factor = 3; duration = \"5m\"; } );");
    const char *text = hr_scenario_canonical(scenario);
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *again;
    (void)state;
    assert_int_equal(hr_scenario_load_text(text, strlen(text), "again", NULL, 0, &again, diag),
                     HR_OK);
    assert_string_equal(hr_scenario_canonical(again), text);
    assert_non_null(strstr(text, "usd_per_hour = \"auto\";"));
    assert_non_null(strstr(text, "expander = [ \"price\" ];"));
    assert_null(strstr(text, "workload = "));
    hr_diag_free(diag);
    hr_scenario_free(again);
    hr_scenario_free(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool_of_the_catalog),
        cmocka_unit_test(test_pool_of_an_own_type),
        cmocka_unit_test(test_prices),
        cmocka_unit_test(test_absent_groups_are_empty_groups),
        cmocka_unit_test(test_spot_trace),
        cmocka_unit_test(test_spot_trace_is_hashed),
        cmocka_unit_test(test_real_spot_trace),
        cmocka_unit_test(test_cluster_autoscaler_config),
        cmocka_unit_test(test_cluster_autoscaler_config_of_keys),
        cmocka_unit_test(test_karpenter_config),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_canonical_text_is_its_own),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
