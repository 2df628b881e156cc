/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Timelines of the Cluster Autoscaler, worked out by hand to the second. It looks at the cluster at
 * 10, 20, 30 s ..., after whatever else happens at that moment.
 */
#include "hr_test.h"

#include "node_events.h"

#define CA "type = \"cluster_autoscaler\";"

#define UP   " TriggeredScaleUp NotTriggerScaleUp ScaleUpTimedOut NodeReady Scheduled Pulled Ready "
#define WHY  " TriggeredScaleUp NotTriggerScaleUp ScaleUpTimedOut "
#define DOWN " ScaleDownEmpty ScaleDown ScaleDownFailed Evicted RemovingNode "

/*
 * 4 pods of a core fill the node. At 62 s there are to be 10: 6 are pending. The loop of 70 s finds
 * them 8 s old; 6 pods take 2 nodes. These come 60 s later, are ready after 30 more at 160, the
 * pods are bound at once, their node has pulled the image for all of its pods 10 s later, and they
 * are ready after 5 more.
 */
static void test_scale_up(void **state)
{
    (void)state;
    check(&(struct plot){
        "3m", CA, POOL("a", "four", "nodes = 1; max_nodes = 4;"), PODS("d", "4", "1", ""),
        "{ at = \"62s\"; action = \"scale\"; deployment = \"d\"; replicas = 10; }",
        " TriggeredScaleUp NotTriggerScaleUp NodeReady Pulled Ready ",
        "0 NodeReady a-0\n"
        "0 Ready a-0 x4\n"
        "70 TriggeredScaleUp [{a 1->3 (max: 4)}] x6\n"
        "160 NodeReady a-1\n"
        "160 NodeReady a-2\n"
        "170 Pulled a-1\n" /* in turns, as the scheduler spread them */
        "170 Pulled a-2\n"
        "170 Pulled a-1\n"
        "170 Pulled a-2\n"
        "170 Pulled a-1\n"
        "170 Pulled a-2\n"
        "175 Ready a-1\n"
        "175 Ready a-2\n"
        "175 Ready a-1\n"
        "175 Ready a-2\n"
        "175 Ready a-1\n"
        "175 Ready a-2\n" });
}

/* Pods of 1 s gather until the next loop. */
static void test_new_pods_wait(void **state)
{
    (void)state;
    check(&(struct plot){ "3m", CA, POOL("a", "four", "nodes = 1; max_nodes = 4;"),
                          PODS("d", "4", "1", ""),
                          "{ at = \"69s\"; action = \"scale\"; deployment = \"d\"; replicas = 5; }",
                          WHY, "80 TriggeredScaleUp [{a 1->2 (max: 4)}]\n" });
    check(&(struct plot){ "3m", CA "new_pod_scale_up_delay = \"30s\";",
                          POOL("a", "four", "nodes = 1; max_nodes = 4;"), PODS("d", "4", "1", ""),
                          "{ at = \"69s\"; action = \"scale\"; deployment = \"d\"; replicas = 5; }",
                          WHY, "100 TriggeredScaleUp [{a 1->2 (max: 4)}]\n" });
}

/*
 * Pods that ask for a GPU wait for 30 s: not at 70 and 80 s, but at 90. With the 120 s of the
 * driver the node is ready at 90 + 60 + 30 + 120 = 300. Until then its 4 GPUs count: 3 pods more
 * at 100 s have their place on it, and make no node.
 */
static void test_gpu_nodes(void **state)
{
    (void)state;
    check(&(struct plot){
        "330s", CA, POOL("a", "gpu", "nodes = 1; max_nodes = 4;"),
        "{ name = \"d\"; model = \"m\"; replicas = 4; resources = { requests = { gpu = 1; }; }; }",
        "{ at = \"60s\"; action = \"scale\"; deployment = \"d\"; replicas = 5; },"
        "{ at = \"100s\"; action = \"scale\"; deployment = \"d\"; replicas = 8; }",
        " TriggeredScaleUp NodeReady ",
        "0 NodeReady a-0\n"
        "90 TriggeredScaleUp [{a 1->2 (max: 4)}]\n"
        "300 NodeReady a-1\n" });
}

/*
 * 6 pods of a core and 1 GiB. Two nodes of 4 cores and 16 GiB waste (1 - 6 / 8) + (1 - 6 / 32) =
 * 1.0625, one of 8 cores and 16 GiB (1 - 6 / 8) + (1 - 6 / 16) = 0.875: it is the better one by
 * default, and by number of nodes once both help as many pods; the priority of its pool makes the
 * other one.
 */
static void test_expanders(void **state)
{
    (void)state;
    static const struct {
        const char *expander, *chosen;
    } cases[] = {
        { "", "10 TriggeredScaleUp [{b 0->1 (max: 9)}] x6\n" },
        { "expander = ( \"most_pods\", \"least_nodes\" );",
          "10 TriggeredScaleUp [{b 0->1 (max: 9)}] x6\n" },
        { "expander = ( \"priority\", \"least_nodes\" );",
          "10 TriggeredScaleUp [{a 1->3 (max: 9)}] x6\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char autoscaler[200];
        snprintf(autoscaler, sizeof autoscaler, CA "%s", cases[i].expander);
        check(&(struct plot){ "1m", autoscaler,
                              POOL("a", "four", "nodes = 1; max_nodes = 9; priority = 5;") "," POOL(
                                  "b", "eight", "nodes = 0; max_nodes = 9;"),
                              PODS("d", "10", "1", ""), "", WHY, cases[i].chosen });
    }
}

/*
 * Nodes of pool a come after 20 min, none is waited for longer than 15. Asked for at 10 s; 910 s
 * is not later than 15 min, 920 s is: the pool is left alone for 5 min, and as pool b is full
 * nothing is to be done. From 1220 s on it is tried again, given up at 2130 s for 10 min, tried
 * again at 2730.
 */
static void test_back_off(void **state)
{
    (void)state;
    check(&(struct plot){
        "50m", CA,
        "{ name = \"a\"; instance = \"four\"; nodes = 1; max_nodes = 3; provision_time = \"20m\"; "
        "reserved = { cpu = \"0\"; memory = \"0\"; }; }," POOL("b", "four", "nodes = 1;"),
        PODS("d", "9", "1", ""), "", WHY,
        "10 TriggeredScaleUp [{a 1->2 (max: 3)}]\n"
        "920 ScaleUpTimedOut\n"
        "920 NotTriggerScaleUp 1 max node group size reached, 1 in backoff after failed scale-up\n"
        "1220 TriggeredScaleUp [{a 1->2 (max: 3)}]\n"
        "2130 ScaleUpTimedOut\n"
        "2130 NotTriggerScaleUp 1 max node group size reached, 1 in backoff after failed "
        "scale-up\n"
        "2730 TriggeredScaleUp [{a 1->2 (max: 3)}]\n" });
}

/* As before, but pool b may grow: it is asked in the very loop in which a is given up. */
static void test_other_pool_after_failure(void **state)
{
    (void)state;
    check(&(struct plot){
        "20m", CA "expander = \"priority\";",
        "{ name = \"a\"; instance = \"four\"; nodes = 1; max_nodes = 3; provision_time = \"20m\"; "
        "priority = 9; reserved = { cpu = \"0\"; memory = \"0\"; }; }," POOL(
            "b", "four", "nodes = 1; max_nodes = 2;"),
        PODS("d", "9", "1", ""), "", " TriggeredScaleUp ScaleUpTimedOut NodeReady Scheduled ",
        "0 NodeReady a-0\n"
        "0 NodeReady b-0\n"
        "10 TriggeredScaleUp [{a 1->2 (max: 3)}]\n"
        "920 ScaleUpTimedOut\n"
        "920 TriggeredScaleUp [{b 1->2 (max: 2)}]\n"
        "1010 NodeReady b-1\n"
        "1010 Scheduled b-1\n" });
}

/* The cloud has no machine for pool a, and says so at once: the pool is as before and left alone,
 * the next loop asks for pool b. */
static void test_refused_by_the_cloud(void **state)
{
    (void)state;
    check(&(struct plot){
        "2m", CA "expander = \"priority\";",
        POOL("a", "four", "nodes = 1; max_nodes = 3; priority = 9; " NONE_LEFT) "," POOL(
            "b", "four", "nodes = 0; max_nodes = 2;"),
        PODS("d", "5", "1", ""), "", " TriggeredScaleUp FailedProvisioning NodeReady ",
        "0 NodeReady a-0\n"
        "10 TriggeredScaleUp [{a 1->2 (max: 3)}]\n"
        "10 FailedProvisioning insufficient capacity in zone a\n"
        "20 TriggeredScaleUp [{b 0->1 (max: 2)}]\n"
        "110 NodeReady b-0\n" });
}

/* 28 pods more take 7 nodes. Three may come by max_nodes, two by quota, one by the total, two a
 * loop by max_nodes_per_scaleup; of those that are left the event says why. */
static void test_limits(void **state)
{
    (void)state;
    static const struct {
        const char *autoscaler, *pool, *log;
    } cases[] = {
        { CA, "nodes = 1; max_nodes = 4;", "10 TriggeredScaleUp [{a 1->4 (max: 4)}] x12\n" },
        { CA, "nodes = 1; max_nodes = 9; quota = 3;",
          "10 TriggeredScaleUp [{a 1->3 (max: 3)}] x8\n" },
        { CA "max_nodes_total = 2;", "nodes = 1; max_nodes = 9;",
          "10 TriggeredScaleUp [{a 1->2 (max: 9)}] x4\n" },
        { CA "max_nodes_per_scaleup = 2;", "nodes = 1; max_nodes = 9;",
          "10 TriggeredScaleUp [{a 1->3 (max: 9)}] x8\n"
          "20 TriggeredScaleUp [{a 3->5 (max: 9)}] x8\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char pool[400];
        snprintf(pool, sizeof pool, "{ name = \"a\"; instance = \"four\"; " COMING " %s }",
                 cases[i].pool);
        check(&(struct plot){ "25s", cases[i].autoscaler, pool, PODS("d", "32", "1", ""), "",
                              " TriggeredScaleUp ", cases[i].log });
    }
    check(&(struct plot){ "25s", CA, POOL("a", "four", "nodes = 1;"), PODS("d", "6", "1", ""), "",
                          WHY, "10 NotTriggerScaleUp 1 max node group size reached x2\n" });
    check(&(struct plot){ "25s", CA, POOL("a", "four", "nodes = 1; max_nodes = 2;"),
                          PODS("d", "1", "5", ""), "", WHY,
                          "10 NotTriggerScaleUp 1 Insufficient cpu\n" });
}

/* 20 pods more take 5 nodes. Of pools of the same machine, with 1 and 2 nodes, each has 4 then; the
 * third, of another machine, is none of them. */
static void test_balance(void **state)
{
    (void)state;
    check(&(struct plot){
        "25s", CA "balance_similar_node_groups = true; expander = \"least_nodes\";",
        POOL("a", "four", "nodes = 1; max_nodes = 5;") "," POOL(
            "b", "four", "nodes = 2; max_nodes = 5;") "," POOL("c", "two",
                                                               "nodes = 0; max_nodes = 50;"),
        PODS("d", "32", "1", ""), "", " TriggeredScaleUp ",
        "10 TriggeredScaleUp [{a 1->4 (max: 5)} {b 2->4 (max: 5)}] x20\n" });
}

/*
 * Pods that each fill a node. At 100 s one of two goes, and is gone at once as it holds no
 * requests: the loop of 100 s finds its node empty. At 700 s it has been so for 10 min, at 710 s
 * for longer: tainted, and deleted 5 s later.
 */
static void test_scale_down_of_an_empty_node(void **state)
{
    (void)state;
    check(&(struct plot){
        "15m", CA, POOL("a", "four", "nodes = 2; min_nodes = 1;"), PODS("d", "2", "4", ""),
        "{ at = \"100s\"; action = \"scale\"; deployment = \"d\"; replicas = 1; }", DOWN,
        "710 ScaleDownEmpty a-1\n"
        "715 RemovingNode a-1\n" });
    check(&(struct plot){
        "15m", CA, POOL("a", "four", "nodes = 2;"), PODS("d", "2", "4", ""),
        "{ at = \"100s\"; action = \"scale\"; deployment = \"d\"; replicas = 1; }", DOWN, "" });
}

/* As before, but at 401 s pool b is to grow and does so at 410: nothing is removed for 10 min
 * after that. The time that the node was unneeded runs on. */
static void test_cool_down(void **state)
{
    (void)state;
    check(&(struct plot){
        "20m", CA,
        POOL("a", "four", "nodes = 2; min_nodes = 1;") "," POOL("b", "four",
                                                                "nodes = 1; max_nodes = 2;"),
        PODS("d", "2", "4", "node_pool = \"a\";") "," PODS("e", "1", "4", "node_pool = \"b\";"),
        "{ at = \"100s\"; action = \"scale\"; deployment = \"d\"; replicas = 1; },"
        "{ at = \"401s\"; action = \"scale\"; deployment = \"e\"; replicas = 2; }",
        " TriggeredScaleUp" DOWN,
        "410 TriggeredScaleUp [{b 1->2 (max: 2)}]\n"
        "1010 ScaleDownEmpty a-1\n"
        "1015 RemovingNode a-1\n" });
}

#define TWO_BY_TWO(startup, budget)                                                                \
    "{ name = \"d\"; model = \"m\"; replicas = 4; startup_time = \"" startup "\"; resources = { "  \
    "requests = { cpu = \"1\"; memory = \"1Gi\"; }; }; disruption_budget = { max_unavailable = "   \
    "" budget "; }; }"

/*
 * Two nodes with two of four pods each, all unneeded from the first loop, of which one may go: at
 * 620 s. The budget lets one pod go at 625 s. The next may when another is ready 5 s later, and
 * is tried 10 s after the first at 635. Ended pods are looked for each 5 s: at 640.
 */
static void test_drain_within_budget(void **state)
{
    (void)state;
    check(&(struct plot){ "12m", CA, POOL("a", "four", "nodes = 2; min_nodes = 1;"),
                          TWO_BY_TWO("5s", "1"), "", DOWN,
                          "620 ScaleDown a-0\n"
                          "625 Evicted a-0\n"
                          "635 Evicted a-0\n"
                          "640 RemovingNode a-0\n" });
}

/* The other pod takes 300 s to be ready. For 2 min the eviction is tried, then the node stays. */
static void test_drain_that_fails(void **state)
{
    (void)state;
    check(&(struct plot){ "16m", CA, POOL("a", "four", "nodes = 2; min_nodes = 1;"),
                          TWO_BY_TWO("300s", "1"), "", DOWN,
                          "620 ScaleDown a-0\n"
                          "625 Evicted a-0\n"
                          "745 ScaleDownFailed a-0\n" });
}

/* No pod may go: no node does. */
static void test_budget_of_none(void **state)
{
    (void)state;
    check(&(struct plot){ "1h", CA, POOL("a", "four", "nodes = 2; min_nodes = 1;"),
                          TWO_BY_TWO("5s", "0"), "", DOWN, "" });
}

/* Three nodes with 2 pods of a core each, 50 %: one goes. Four of 3 cores in use do not, and two
 * of 2 whose pods no other node can take neither. */
static void test_utilization_and_room(void **state)
{
    (void)state;
    check(&(struct plot){ "11m", CA, POOL("a", "four", "nodes = 3; min_nodes = 0;"),
                          PODS("d", "6", "1", ""), "", " ScaleDown ScaleDownEmpty ",
                          "620 ScaleDown a-0\n" });
    check(&(struct plot){ "11m", CA, POOL("a", "four", "nodes = 4; min_nodes = 0;"),
                          PODS("d", "12", "1", ""), "", DOWN, "" });
    check(&(struct plot){ "11m", CA, POOL("a", "four", "nodes = 2; min_nodes = 0;"),
                          PODS("d", "2", "2",
                               "scheduling = { pod_anti_affinity = { required = ( { topology = "
                               "\"hostname\"; } ); }; };"),
                          "", DOWN, "" });
}

/* Two nodes, on each of which 2 of 4 GPUs and hardly a core are in use: a node may go at 50 % of
 * the GPUs, and not at less, whatever of the cores. */
static void test_gpu_utilization(void **state)
{
    (void)state;
    static const char *const pods =
        "{ name = \"d\"; model = \"m\"; replicas = 4; resources = { requests = { cpu = \"100m\"; "
        "gpu = 1; }; }; }";
    check(&(struct plot){ "11m", CA, POOL("a", "gpu", "nodes = 2; min_nodes = 0;"), pods, "",
                          " ScaleDown ", "620 ScaleDown a-0\n" });
    check(&(struct plot){ "11m", CA "scale_down_gpu_utilization_threshold = \"49%\";",
                          POOL("a", "gpu", "nodes = 2; min_nodes = 0;"), pods, "", " ScaleDown ",
                          "" });
}

/* 12 nodes without pods, 10 of which go at once, the other two as soon as these are gone. */
static void test_parallelism(void **state)
{
    (void)state;
    check(&(struct plot){ "11m", CA, POOL("a", "four", "nodes = 13; min_nodes = 0;"),
                          PODS("d", "1", "4", ""), "", " ScaleDownEmpty ",
                          "620 ScaleDownEmpty a-1\n"
                          "620 ScaleDownEmpty a-2\n"
                          "620 ScaleDownEmpty a-3\n"
                          "620 ScaleDownEmpty a-4\n"
                          "620 ScaleDownEmpty a-5\n"
                          "620 ScaleDownEmpty a-6\n"
                          "620 ScaleDownEmpty a-7\n"
                          "620 ScaleDownEmpty a-8\n"
                          "620 ScaleDownEmpty a-9\n"
                          "620 ScaleDownEmpty a-10\n"
                          "630 ScaleDownEmpty a-11\n"
                          "630 ScaleDownEmpty a-12\n" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale_up),
        cmocka_unit_test(test_new_pods_wait),
        cmocka_unit_test(test_gpu_nodes),
        cmocka_unit_test(test_expanders),
        cmocka_unit_test(test_back_off),
        cmocka_unit_test(test_other_pool_after_failure),
        cmocka_unit_test(test_refused_by_the_cloud),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_balance),
        cmocka_unit_test(test_scale_down_of_an_empty_node),
        cmocka_unit_test(test_cool_down),
        cmocka_unit_test(test_drain_within_budget),
        cmocka_unit_test(test_drain_that_fails),
        cmocka_unit_test(test_budget_of_none),
        cmocka_unit_test(test_utilization_and_room),
        cmocka_unit_test(test_gpu_utilization),
        cmocka_unit_test(test_parallelism),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
