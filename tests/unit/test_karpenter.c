/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Timelines of Karpenter, worked out by hand to the second. It polls for disruption at 10, 20 s
 * ..., after whatever else happens at that moment.
 */
#include "hr_test.h"

#include "node_events.h"

#define KARPENTER "type = \"karpenter\";"
#define KEPT      KARPENTER "consolidate_after = \"never\";"

#define LAUNCH  " Launched FailedScheduling NodeReady "
#define DISRUPT " DisruptionTerminating Launched NodeReady Evicted Scheduled RemovingNode "

#define SCALE(at, n)                                                                               \
    "{ at = \"" at "\"; action = \"scale\"; deployment = \"d\"; replicas = " n "; }"

/*
 * 4 pods fill the node. Pods that come at 60 s and every 800 ms after prolong the batch by 1 s
 * each: the last comes at 62.4, so that nodes are started at 63.4, for 4 pods one of 4 cores; it is
 * ready 90 s later. With a batch of 2 s at most it ends at 62, with 3 of them, and the fourth has
 * a place there, too.
 */
static void test_batch(void **state)
{
    (void)state;
    static const char *const events =
        SCALE("60s", "5") "," SCALE("60.8s", "6") "," SCALE("61.6s", "7") "," SCALE("62.4s", "8");
    check(&(struct plot){ "3m", KEPT, POOL("a", "four", "nodes = 1;"), PODS("d", "4", "1", ""),
                          events, " Launched NodeReady ",
                          "0 NodeReady a-0\n"
                          "63.4 Launched a-1\n"
                          "153.4 NodeReady a-1\n" });
    check(&(struct plot){ "3m", KEPT "batch_max_duration = \"2s\";",
                          POOL("a", "four", "nodes = 1;"), PODS("d", "4", "1", ""), events,
                          " Launched ", "62 Launched a-1\n" });
}

/*
 * Machines of 2 cores at 0.11, 4 at 0.20, 8 at 0.36 USD an hour. 7 pods of a core: a planned node
 * grows from 2 to 4 to 8 cores as they are put on it, one of 8 cores takes all. 11 pods: 8 fill it,
 * 3 need 4 cores. 10: the last two go on 2 cores.
 */
static void test_cheapest_that_does(void **state)
{
    (void)state;
    static const char *const pools = POOL("two", "two", "nodes = 0;") "," POOL(
        "four", "four", "nodes = 0;") "," POOL("eight", "eight", "nodes = 0;");
    check(&(struct plot){ "30s", KEPT, pools, PODS("d", "7", "1", ""), "", " Launched ",
                          "1 Launched eight-0\n" });
    check(&(struct plot){ "30s", KEPT, pools, PODS("d", "11", "1", ""), "", " Launched ",
                          "1 Launched eight-0\n1 Launched four-0\n" });
    check(&(struct plot){ "30s", KEPT, pools, PODS("d", "10", "1", ""), "", " Launched ",
                          "1 Launched eight-0\n1 Launched two-0\n" });
}

/* max_nodes is the limit of the pool: when it is reached the dearer one is taken, then none. */
static void test_limits(void **state)
{
    (void)state;
    check(&(struct plot){ "10s", KEPT,
                          POOL("a", "four", "nodes = 0; max_nodes = 1;") "," POOL(
                              "b", "eight", "nodes = 0; max_nodes = 1;"),
                          PODS("d", "4", "4", ""), "", " Launched ",
                          "1 Launched b-0\n1 Launched a-0\n" });
    check(&(struct plot){ "10s", KEPT, POOL("a", "four", "nodes = 0; max_nodes = 9;"),
                          PODS("d", "1", "5", ""), "", " FailedScheduling ",
                          "0 FailedScheduling\n"
                          "1 FailedScheduling 1 Insufficient cpu\n" });
}

/* The cloud has no machine for the cheaper pool. The pod is looked at again 10 s after the first
 * batch, in another of 1 s, and gets one of the dearer. */
static void test_refused_by_the_cloud(void **state)
{
    (void)state;
    check(&(struct plot){
        "2m", KEPT, POOL("a", "two", "nodes = 0; " NONE_LEFT) "," POOL("b", "four", "nodes = 0;"),
        PODS("d", "1", "1", ""), "", " FailedProvisioning Launched NodeReady ",
        "1 FailedProvisioning insufficient capacity in zone a\n"
        "12 Launched b-0\n"
        "102 NodeReady b-0\n" });
}

/* Pods that wait are looked at again 11 s after each batch: that nodes come for them counts, and no
 * more are started. */
static void test_upcoming_nodes_count(void **state)
{
    (void)state;
    check(&(struct plot){ "80s", KEPT, POOL("a", "four", "nodes = 0;"), PODS("d", "8", "1", ""), "",
                          " Launched ", "1 Launched a-0\n1 Launched a-1\n" });
}

/*
 * Two nodes with a pod of a core each. A tenth of two nodes is one that may go at a time: found at
 * 10, looked at again at 25 s, its pod evicted at once and bound to the other; that it has ended is
 * seen a second later.
 */
static void test_underused_node_is_deleted(void **state)
{
    (void)state;
    check(&(struct plot){ "5m", KARPENTER, POOL("a", "four", "nodes = 2;"), PODS("d", "2", "1", ""),
                          "", " DisruptionTerminating Evicted Scheduled RemovingNode ",
                          "25 DisruptionTerminating a-0\n"
                          "25 Evicted a-0\n"
                          "25 Scheduled a-1\n"
                          "26 RemovingNode a-0\n" });
}

/* Its budget lets no pod go: both stay. */
static void test_budget_of_pods_blocks(void **state)
{
    (void)state;
    check(&(struct plot){ "10m", KARPENTER, POOL("a", "four", "nodes = 2;"),
                          PODS("d", "2", "1", "disruption_budget = { max_unavailable = 0; };"), "",
                          DISRUPT, "0 NodeReady a-0\n0 NodeReady a-1\n" });
}

/*
 * A pod of a core on 4 cores at 0.20 USD; 2 cores cost 0.11. Decided at 10, again at 25 s: the new
 * node is started, and ready at 115 s; only then the old one is drained.
 */
static void test_replacement_by_a_cheaper_node(void **state)
{
    (void)state;
    check(&(struct plot){ "5m", KARPENTER,
                          POOL("four", "four", "nodes = 1;") "," POOL("two", "two", "nodes = 0;"),
                          PODS("d", "1", "1", ""), "", DISRUPT,
                          "0 NodeReady four-0\n"
                          "25 Launched two-0\n"
                          "25 DisruptionTerminating four-0\n"
                          "115 NodeReady two-0\n"
                          "115 Evicted four-0\n"
                          "115 Scheduled two-0\n"
                          "116 RemovingNode four-0\n" });
}

/* A spot node makes way for a cheaper spot node only if that is asked for; one on demand does. */
static void test_spot_to_spot(void **state)
{
    (void)state;
    static const char *const pools =
        POOL("a", "four",
             "nodes = 1; purchase = \"spot\"; usd_per_hour = "
             "0.09;") "," POOL("b", "two", "nodes = 0; purchase = \"spot\";");
    check(&(struct plot){ "1m", KARPENTER, pools, PODS("d", "1", "1", ""), "", " Launched ", "" });
    check(&(struct plot){ "1m", KARPENTER "spot_to_spot_consolidation = true;", pools,
                          PODS("d", "1", "1", ""), "", " Launched ", "25 Launched b-0\n" });
    check(&(struct plot){
        "1m", KARPENTER,
        POOL("a", "four", "nodes = 1;") "," POOL("b", "two", "nodes = 0; purchase = \"spot\";"),
        PODS("d", "1", "1", ""), "", " Launched ", "25 Launched b-0\n" });
}

/*
 * Pods that each fill a node; one goes at 100 s. Its node is found empty in the poll of that
 * moment, looked at again at 115 s and deleted at once, as there is nothing to evict. When nodes
 * are to rest for 60 s it is found at 160.
 */
static void test_empty_node(void **state)
{
    (void)state;
    check(&(struct plot){ "5m", KARPENTER, POOL("a", "four", "nodes = 2;"), PODS("d", "2", "4", ""),
                          SCALE("100s", "1"), " DisruptionTerminating RemovingNode ",
                          "115 DisruptionTerminating a-1\n"
                          "115 RemovingNode a-1\n" });
    check(&(struct plot){
        "5m", KARPENTER "consolidate_after = \"60s\"; consolidation_policy = \"when_empty\";",
        POOL("a", "four", "nodes = 2;"), PODS("d", "2", "4", ""), SCALE("100s", "1"),
        " DisruptionTerminating ", "175 DisruptionTerminating a-1\n" });
    check(&(struct plot){ "5m", KARPENTER "consolidation_policy = \"when_empty\";",
                          POOL("a", "four", "nodes = 2;"), PODS("d", "2", "1", ""), "",
                          " DisruptionTerminating ", "" });
}

/* 21 nodes, one with a pod: a tenth, rounded up, is 3 at 25 s; the next poll is at 35, and of 18
 * it is 2 at 50 s; of 16 as many at 75. */
static void test_budget_of_nodes(void **state)
{
    (void)state;
    check(&(struct plot){ "80s", KARPENTER, POOL("a", "four", "nodes = 21;"),
                          PODS("d", "1", "4", ""), "", " RemovingNode ",
                          "25 RemovingNode a-1\n"
                          "25 RemovingNode a-2\n"
                          "25 RemovingNode a-3\n"
                          "50 RemovingNode a-4\n"
                          "50 RemovingNode a-5\n"
                          "75 RemovingNode a-6\n"
                          "75 RemovingNode a-7\n" });
}

/*
 * Two nodes of 4 cores at 0.20 USD with 2 pods of a core each, and budget for both. Together they
 * could give way to one of 4 cores, but that would be of their own type and price: better one goes
 * and the other takes its pods. With a pod of 3 cores on each, both give way to one of 8 cores at
 * 0.36.
 */
static void test_several_at_once(void **state)
{
    (void)state;
    static const char *const pools =
        POOL("four", "four", "nodes = 2;") "," POOL("eight", "eight", "nodes = 0;");
    check(&(struct plot){ "1m", KARPENTER "disruption_budget = \"100%\";", pools,
                          PODS("d", "4", "1", ""), "", " DisruptionTerminating Launched ",
                          "25 DisruptionTerminating four-0\n" });
    check(&(struct plot){ "1m", KARPENTER "disruption_budget = \"100%\";", pools,
                          PODS("d", "2", "3", ""), "", " DisruptionTerminating Launched ",
                          "25 Launched eight-0\n"
                          "25 DisruptionTerminating four-0\n"
                          "25 DisruptionTerminating four-1\n" });
}

/* A node of 600 s goes at once, and the batch that its pod makes starts another. */
static void test_expiry(void **state)
{
    (void)state;
    check(&(struct plot){ "12m", KARPENTER "expire_after = \"600s\";",
                          POOL("a", "four", "nodes = 1;"), PODS("d", "1", "4", ""), "", DISRUPT,
                          "0 NodeReady a-0\n"
                          "600 DisruptionTerminating a-0\n"
                          "600 Evicted a-0\n"
                          "601 RemovingNode a-0\n"
                          "601 Launched a-1\n"
                          "691 NodeReady a-1\n"
                          "691 Scheduled a-1\n" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_cheapest_that_does),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_refused_by_the_cloud),
        cmocka_unit_test(test_upcoming_nodes_count),
        cmocka_unit_test(test_underused_node_is_deleted),
        cmocka_unit_test(test_budget_of_pods_blocks),
        cmocka_unit_test(test_replacement_by_a_cheaper_node),
        cmocka_unit_test(test_spot_to_spot),
        cmocka_unit_test(test_empty_node),
        cmocka_unit_test(test_budget_of_nodes),
        cmocka_unit_test(test_several_at_once),
        cmocka_unit_test(test_expiry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
