/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which pods go, when, and what nodes cost them, worked out by hand to the second. */
#include "hr_test.h"

#include "cluster_plot.h"

#define ONE_NODE       "{ name = \"p\"; instance = \"t\"; }"
#define ON_P(at, what) "{ at = \"" at "\"; action = \"" what "\"; node_pool = \"p\"; "
#define RESIZE(at, n)  ON_P(at, "resize_pool") "nodes = " n "; }"
#define SCALE(at, n)                                                                               \
    "{ at = \"" at "\"; action = \"scale\"; deployment = \"d\"; replicas = " n "; }"
#define CPU(n) "resources = { requests = { cpu = \"" n "\"; }; }; "

/* All pods are on p-0, as p-1 comes 120 s later; p-0 is drained at 200.5 s. */
#define DRAIN RESIZE("0s", "2") ", " ON_P("200500ms", "drain") "node = 0; }"

/*
 * Two of three must be available, so one goes at a time. Its successor is ready 18 s later; the
 * drain tries each 5 s, and so again 20 s later.
 */
static void test_budget(void **state)
{
    (void)state;
    check_counts(&(struct plot){ "300s", "1/s", "", ONE_NODE,
                                 "replicas = 3; startup_time = \"18s\"; disruption_budget = { "
                                 "min_available = 2; };",
                                 DRAIN, " Evicted SuccessfulCreate Ready ",
                                 "0 SuccessfulCreate 3\n"
                                 "0 Ready 3\n"
                                 "200.5 Evicted 1\n"
                                 "200.5 SuccessfulCreate 1\n"
                                 "218.5 Ready 1\n"
                                 "220.5 Evicted 1\n"
                                 "220.5 SuccessfulCreate 1\n"
                                 "238.5 Ready 1\n"
                                 "240.5 Evicted 1\n"
                                 "240.5 SuccessfulCreate 1\n"
                                 "258.5 Ready 1\n" });
}

/* Of seven 43 % are 3.01, so 4 must be available and 3 go; 29 % are 2.03, so 3 may go; without a
 * budget all go. */
static void test_budget_shares(void **state)
{
    static const struct {
        const char *budget, *log;
    } cases[] = {
        { "disruption_budget = { min_available = \"43%\"; };", "200.5 Evicted 3\n" },
        { "disruption_budget = { max_unavailable = \"29%\"; };", "200.5 Evicted 3\n" },
        { "disruption_budget = { max_unavailable = 2; };", "200.5 Evicted 2\n" },
        { "disruption_budget = { max_unavailable = 0; };", "" },
        { "", "200.5 Evicted 7\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hr_str pods;
        hr_str_init(&pods);
        hr_str_addf(&pods, "replicas = 7; %s", cases[i].budget);
        check_counts(&(struct plot){ "204s", "1/s", "", ONE_NODE, pods.text, DRAIN, " Evicted ",
                                     cases[i].log });
        hr_str_fini(&pods);
    }
}

/* One replica is enough for 1 request a second where 5 are meant; no budget holds an autoscaler
 * back. It syncs first at 15 s, when its first recommendation is what there is. */
static void test_autoscaler_ignores_budget(void **state)
{
    (void)state;
    check_counts(&(struct plot){
        "60s", "1/s", "", ONE_NODE,
        "replicas = 3; disruption_budget = { min_available = 3; }; autoscaler = { type = \"hpa\"; "
        "max_replicas = 4; downscale_stabilization = \"0s\"; metrics = { type = \"requests\"; "
        "target = \"5/s\"; source = \"object\"; }; };",
        "", " SuccessfulDelete ", "30 SuccessfulDelete 2\n" });
}

static void check_deleted(const char *pods, const char *events, const char *log)
{
    check(&(struct plot){ "1100s", "1/s", "", ONE_NODE, pods, events, " SuccessfulDelete ", log });
}

/*
 * At 200 s d-1 is placed on p-1, where its image takes 1000 s, and no node is left for d-2, which
 * goes first of the two, though it shares its node with nobody. Then d-0 crashes at 310 s; though
 * it has, d-1, which does not run yet, goes before it.
 */
static void test_waiting_go_first(void **state)
{
    (void)state;
    check_deleted("image_size = \"100G\"; " CPU("3"),
                  RESIZE("0s", "2") ", " SCALE("200s", "3") ", " SCALE(
                      "300500ms", "2") ", { at = \"310s\"; action = \"pod_crash\"; deployment = "
                                       "\"d\"; }, " SCALE("320500ms", "1"),
                  "300.5 SuccessfulDelete d-2\n"
                  "320.5 SuccessfulDelete d-1\n");
}

/* d-2 is alone on p-1, but not ready before 220 s. */
static void test_not_ready_goes_first(void **state)
{
    (void)state;
    check_deleted("replicas = 2; " CPU("1500m"),
                  RESIZE("0s", "2") ", " SCALE("200s", "3") ", " SCALE("210500ms", "2"),
                  "210.5 SuccessfulDelete d-2\n");
}

/* d-0 crashed at 100 s and has been ready for 880.5 s, d-1 for 1000.5 s: both are from 2^39 to 2^40
 * ns, which counts as the same. The crash decides. */
static void test_restarted_goes_first(void **state)
{
    (void)state;
    check_deleted(
        "replicas = 2;",
        "{ at = \"100s\"; action = \"pod_crash\"; deployment = \"d\"; }, " SCALE("1000500ms", "1"),
        "1000.5 SuccessfulDelete d-0\n");
}

/* d-1 has been ready for 110.5 s, less than 2^37 ns, d-0 for 160.5 s, which is more: that comes
 * before its crash. */
static void test_young_goes_first(void **state)
{
    (void)state;
    check_deleted("",
                  "{ at = \"50s\"; action = \"pod_crash\"; deployment = \"d\"; }, " SCALE(
                      "100s", "2") ", " SCALE("230500ms", "1"),
                  "230.5 SuccessfulDelete d-1\n");
}

/* d-0 and d-1 are on p-0, d-2 on p-1: it stays, though it came last. */
static void test_siblings_go_first(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run(&(struct plot){ "500s", "1/s", "", ONE_NODE, "replicas = 2; " CPU("1500m"),
                        RESIZE("0s", "2") ", " SCALE("200s", "3") ", " SCALE("300500ms", "2"),
                        " SuccessfulDelete ", NULL },
        &out, &log);
    assert_true(strcmp(log.text, "300.5 SuccessfulDelete d-0\n") == 0 ||
                strcmp(log.text, "300.5 SuccessfulDelete d-1\n") == 0);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/* A cordoned node keeps its pod and takes no other until it is uncordoned. */
static void test_cordon(void **state)
{
    (void)state;
    check(&(struct plot){
        "300s", "1/s", "", ONE_NODE, "",
        ON_P("100s", "cordon") "}, " SCALE("110s", "2") ", " ON_P("150s", "uncordon") "}",
        " NodeNotSchedulable NodeSchedulable Evicted Scheduled Ready ",
        "0 Ready d-0\n"
        "100 NodeNotSchedulable p-0\n"
        "150 NodeSchedulable p-0\n"
        "150 Scheduled d-1\n"
        "170 Ready d-1\n" });
}

/* Each node has a pod. The youngest is drained and deleted when its pod has gone, 5 s of preStop
 * later. */
static void test_smaller_pool(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run(&(struct plot){ "300s", "1/s", "", "{ name = \"p\"; instance = \"t\"; nodes = 3; }",
                        "replicas = 3; pre_stop = \"5s\"; " CPU("3"), RESIZE("100500ms", "2"),
                        " NodeNotSchedulable RemovingNode ", NULL },
        &out, &log);
    assert_string_equal(log.text, "100.5 NodeNotSchedulable p-2\n"
                                  "105.5 RemovingNode p-2\n");
    assert_int_equal(out.deployments[0].counts[HR_PODS_EVICTED], 1);
    assert_int_equal(out.pools[0].counts[HR_POOL_REMOVED], 1);
    assert_true(out.pools[0].areas[HR_POOL_NODES].total ==
                (hr_uint128)(2 * 300000 + 105500) * 1000000);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/*
 * The pod of d takes 1 of 4 cores and 8 of 16 GiB: half of the node, for which it pays all of the 1
 * USD an hour while it is alone. From 100 to 160 s a job's pod of 1 core and no memory takes a
 * quarter, and d pays 1/2 / (1/2 + 1/4) = 2/3. Its end begins at 300 s; with 5 s of preStop it pays
 * until 305 s: 100 + 40 + 145 = 285 s of the price. Then, until 360 s, the node is nobody's.
 */
static void test_split_price(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run_with(
        &(struct plot){
            "360s", "1/s", "",
            "{ name = \"p\"; instance = \"t\"; reserved = { cpu = \"0\"; memory = \"0\"; }; }",
            "pre_stop = \"5s\"; resources = { requests = { cpu = \"1\"; memory = \"8Gi\"; }; "
            "};",
            SCALE("300s", "0"), " Completed ", NULL },
        "jobs = ( { name = \"j\"; at = \"100s\"; run_time = \"60s\"; resources = { requests = "
        "{ cpu = \"1\"; }; }; } );",
        &out, &log);
    assert_string_equal(log.text, "160 Completed -\n");
    assert_near((double)out.deployments[0].cost_area.total / 1e18, 285, 1e-6);
    assert_true(out.pools[0].areas[HR_POOL_EMPTY].total == (hr_uint128)55 * HR_NS_PER_S);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/* p-1 is there for 100 s. */
static void test_billing(void **state)
{
    static const struct {
        const char *billing;
        int longer_s;
    } cases[] = {
        { "", 0 },
        { "billing = { granularity = \"1h\"; };", 3500 },
        { "billing = { granularity = \"30s\"; };", 20 },
        { "billing = { minimum = \"200s\"; };", 100 },
        { "billing = { granularity = \"30s\"; minimum = \"200s\"; };", 110 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hr_replication out;
        struct hr_str pool, log;
        hr_str_init(&pool);
        hr_str_addf(&pool, "{ name = \"p\"; instance = \"t\"; nodes = 2; %s }", cases[i].billing);
        run(&(struct plot){ "300s", "1/s", "", pool.text, "", RESIZE("100s", "1"), " RemovingNode ",
                            NULL },
            &out, &log);
        assert_string_equal(log.text, "100 RemovingNode p-1\n");
        assert_true(out.pools[0].rounded_ns == (hr_uint128)cases[i].longer_s * HR_NS_PER_S);
        hr_replication_fini(&out);
        hr_str_fini(&pool);
        hr_str_fini(&log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_budget_shares),
        cmocka_unit_test(test_autoscaler_ignores_budget),
        cmocka_unit_test(test_waiting_go_first),
        cmocka_unit_test(test_not_ready_goes_first),
        cmocka_unit_test(test_restarted_goes_first),
        cmocka_unit_test(test_young_goes_first),
        cmocka_unit_test(test_siblings_go_first),
        cmocka_unit_test(test_cordon),
        cmocka_unit_test(test_smaller_pool),
        cmocka_unit_test(test_split_price),
        cmocka_unit_test(test_billing),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
