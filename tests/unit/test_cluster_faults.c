/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures of nodes, worked out by hand to the second. */
#include "hr_test.h"

#include "cluster_plot.h"

#define TWO_NODES "{ name = \"p\"; instance = \"t\"; nodes = 2; }"
#define LOST      " NodeNotReady NotReady TaintManagerEviction SuccessfulCreate Scheduled Ready "

/*
 * The only replica is on p-0, which dies at 100 s for an hour. Seen at 140 s; of two nodes one
 * lost is too few to call the zone unhealthy, so p-0 is tainted at once, and 300 s later its pod is
 * deleted and another made: with 20 s of start-up it is ready at 460 s, 40 + 300 + 20 s after.
 */
static void test_lost_node(void **state)
{
    (void)state;
    check(&(struct plot){ "10m", "1/s", "", TWO_NODES, "",
                          "{ at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; "
                          "duration = \"1h\"; }",
                          LOST,
                          "0 SuccessfulCreate d-0\n"
                          "0 Ready d-0\n"
                          "140 NodeNotReady p-0\n"
                          "140 NodeNotReady d-0\n"
                          "140 NotReady d-0\n"
                          "440 TaintManagerEviction d-0\n"
                          "440 SuccessfulCreate d-1\n"
                          "440 Scheduled d-1\n"
                          "460 Ready d-1\n" });
}

/* Repaired at 280 s, in time: p-0 keeps its pod, whose container starts anew. */
static void test_back_in_time(void **state)
{
    (void)state;
    check(&(struct plot){ "20m", "1/s", "", TWO_NODES, "",
                          "{ at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; "
                          "duration = \"3m\"; }",
                          LOST "NodeReady Rebooted Started ",
                          "0 NodeReady p-0\n"
                          "0 NodeReady p-1\n"
                          "0 SuccessfulCreate d-0\n"
                          "0 Ready d-0\n"
                          "140 NodeNotReady p-0\n"
                          "140 NodeNotReady d-0\n"
                          "140 NotReady d-0\n"
                          "280 Rebooted p-0\n"
                          "280 TaintManagerEviction d-0\n" /* is cancelled */
                          "280 NodeReady p-0\n"
                          "280 Started d-0\n"
                          "300 Ready d-0\n" });
}

/* 20 s are too short to be seen, but the container has ended all the same. */
static void test_back_unseen(void **state)
{
    (void)state;
    check(&(struct plot){ "20m", "1/s", "", TWO_NODES, "",
                          "{ at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; "
                          "duration = \"20s\"; }",
                          LOST "Rebooted Started ",
                          "0 SuccessfulCreate d-0\n"
                          "0 Ready d-0\n"
                          "120 Rebooted p-0\n"
                          "120 NotReady d-0\n"
                          "120 Started d-0\n"
                          "140 Ready d-0\n" });
}

#define FOUR_NODES "{ name = \"p\"; instance = \"t\"; nodes = 4; zones = ( \"a\", \"b\" ); }"
#define SPREAD(n)  "resources = { requests = { cpu = \"3\"; }; }; replicas = " n ";"

/*
 * Zones take turns, so a has p-0 and p-2, each with a pod. It goes as a whole, upon which it is
 * evicted from at the usual rate of one node each 10 s: 440 and 450 s. There is no room elsewhere.
 */
static void test_zone_outage(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run(&(struct plot){ "15m", "1/s", "", FOUR_NODES, SPREAD("4"),
                        "{ at = \"100s\"; action = \"zone_outage\"; zone = \"a\"; duration = "
                        "\"10m\"; }",
                        " NodeNotReady TaintManagerEviction Rebooted MachineFailed ", NULL },
        &out, &log);
    static const char *const parts[] = { "100 MachineFailed p-0\n100 MachineFailed p-2\n",
                                         "140 NodeNotReady p-0\n140 NodeNotReady d-",
                                         "140 NodeNotReady p-2\n140 NodeNotReady d-",
                                         "440 TaintManagerEviction d-",
                                         "450 TaintManagerEviction d-",
                                         "700 Rebooted p-0\n700 Rebooted p-2\n" };
    const char *at = log.text;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        at = strstr(at, parts[i]);
        assert_non_null(at);
    }
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/*
 * Three of five nodes are lost: 60 %, more than 55, and at most 50 nodes in all, so nobody is
 * evicted. One is back at 300 s: two of five are too few to stop, and evictions go on from there at
 * one each 10 s, with an empty bucket: nodes are tainted at 310 and 320 s, pods go at 610 and 620.
 */
static void test_unhealthy_zone(void **state)
{
    (void)state;
    check(&(struct plot){
        "15m", "1/s", "", "{ name = \"p\"; instance = \"t\"; nodes = 5; }", SPREAD("1"),
        "{ at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; node = 2; duration = "
        "\"200s\"; }, { at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; node = 1; "
        "duration = \"1h\"; }, { at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; "
        "node = 0; duration = \"1h\"; }",
        " NodeNotReady TaintManagerEviction Rebooted ",
        "140 NodeNotReady p-2\n"
        "140 NodeNotReady p-1\n"
        "140 NodeNotReady p-0\n"
        "140 NodeNotReady d-0\n"
        "300 Rebooted p-2\n"
        "620 TaintManagerEviction d-0\n" });
}

/* The only node there is: when all are lost nobody is evicted. */
static void test_all_lost(void **state)
{
    (void)state;
    check(&(struct plot){ "30m", "1/s", "", "{ name = \"p\"; instance = \"t\"; }", "",
                          "{ at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; "
                          "duration = \"1h\"; }",
                          " NodeNotReady TaintManagerEviction ",
                          "140 NodeNotReady p-0\n"
                          "140 NodeNotReady d-0\n" });
}

/* A toleration of the cluster's own, and one of the deployment's, which counts. */
static void test_tolerations(void **state)
{
    (void)state;
    const char *event = "{ at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; duration = "
                        "\"1h\"; }";
    check(&(struct plot){ "10m", "1/s", "unreachable_toleration = \"30s\";", TWO_NODES, "", event,
                          " TaintManagerEviction Ready ",
                          "0 Ready d-0\n"
                          "170 TaintManagerEviction d-0\n"
                          "190 Ready d-1\n" });
    check(&(struct plot){
        "10m", "1/s", "unreachable_toleration = \"30s\";", TWO_NODES,
        "scheduling = { tolerations = ( { key = \"node.kubernetes.io/unreachable\"; operator = "
        "\"exists\"; effect = \"no_execute\"; toleration = \"60s\"; } ); };",
        event, " TaintManagerEviction Ready ",
        "0 Ready d-0\n"
        "200 TaintManagerEviction d-0\n"
        "220 Ready d-1\n" });
}

/*
 * The cloud deletes the lost node 30 s after 140 s. The collector comes each 20 s: it finds the
 * orphan at 180, and takes it at 220, the first time that 40 s have passed. The pool asks for
 * another machine at 170: 90 s and 30 s of boot.
 */
static void test_removed_node(void **state)
{
    (void)state;
    check(&(struct plot){ "10m", "1/s", "dead_node_removal = \"30s\";", TWO_NODES, "",
                          "{ at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; "
                          "duration = \"1h\"; }",
                          LOST "DeletingNode NodeReady ",
                          "0 NodeReady p-0\n"
                          "0 NodeReady p-1\n"
                          "0 SuccessfulCreate d-0\n"
                          "0 Ready d-0\n"
                          "140 NodeNotReady p-0\n"
                          "140 NodeNotReady d-0\n"
                          "140 NotReady d-0\n"
                          "170 DeletingNode p-0\n"
                          "220 SuccessfulCreate d-1\n"
                          "220 Scheduled d-1\n"
                          "240 Ready d-1\n"
                          "290 NodeReady p-2\n" });
}

/* A machine that fails for good is paid for no more, and another follows at once, unless the pool
 * says never. */
static void test_replacement(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    const char *event = "{ at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; }";
    run(&(struct plot){ "10m", "1/s", "", TWO_NODES, "", event, " NodeReady ", NULL }, &out, &log);
    assert_string_equal(log.text, "0 NodeReady p-0\n0 NodeReady p-1\n220 NodeReady p-2\n");
    assert_int_equal(out.pools[0].counts[HR_POOL_LOST], 1);
    assert_int_equal(out.pools[0].counts[HR_POOL_REMOVED], 0);
    assert_int_equal(out.deployments[0].counts[HR_PODS_LOST], 1);
    assert_int_equal(out.deployments[0].counts[HR_PODS_EVICTED], 1);
    /* Paid for: p-0 until it dies, p-1 for 600 s, p-2 from 190 s on. */
    assert_true(out.pools[0].areas[HR_POOL_NODES].total ==
                (hr_uint128)(100 + 600 + 410) * HR_NS_PER_S);
    hr_replication_fini(&out);
    hr_str_fini(&log);
    check(&(struct plot){ "10m", "1/s", "",
                          "{ name = \"p\"; instance = \"t\"; nodes = 2; replace = \"never\"; }", "",
                          event, " NodeReady ",
                          "0 NodeReady p-0\n"
                          "0 NodeReady p-1\n" });
}

#define SPOT_NODES "{ name = \"p\"; instance = \"t\"; nodes = 2; purchase = \"spot\"; }"
#define SPOT_EVENT "{ at = \"100s\"; action = \"spot_interruption\"; node_pool = \"p\"; }"
#define SPOT       " SpotInterruption NodeNotSchedulable Evicted Ready RemovingNode NodeReady "

/* 120 s of notice are enough to move: the machine that goes at 220 s is empty; another comes. */
static void test_spot_notice(void **state)
{
    (void)state;
    check(&(struct plot){ "10m", "1/s", "", SPOT_NODES, "", SPOT_EVENT, SPOT,
                          "0 NodeReady p-0\n"
                          "0 NodeReady p-1\n"
                          "0 Ready d-0\n"
                          "100 SpotInterruption p-0\n"
                          "100 NodeNotSchedulable p-0\n"
                          "100 Evicted d-0\n"
                          "120 Ready d-1\n"
                          "220 RemovingNode p-0\n"
                          "340 NodeReady p-2\n" });
}

/* A budget that allows no disruption holds until the machine goes, and its pod with it. */
static void test_spot_budget(void **state)
{
    (void)state;
    check(&(struct plot){ "10m", "1/s", "", SPOT_NODES,
                          "disruption_budget = { min_available = 1; };", SPOT_EVENT, SPOT,
                          "0 NodeReady p-0\n"
                          "0 NodeReady p-1\n"
                          "0 Ready d-0\n"
                          "100 SpotInterruption p-0\n"
                          "100 NodeNotSchedulable p-0\n"
                          "220 RemovingNode p-0\n"
                          "240 Ready d-1\n"
                          "340 NodeReady p-2\n" });
}

/* The pod on the broken GPU goes at once and another takes the second; with both broken it has to
 * wait for the repair. */
static void test_gpu(void **state)
{
    (void)state;
    const char *pool = "{ name = \"p\"; instance = \"g\"; }";
    const char *pod = "resources = { requests = { gpu = 1; }; };";
    const char *kinds = " GPUUnhealthy GPUHealthy Failed Scheduled Ready ";
    check(&(struct plot){ "15m", "1/s", "", pool, pod,
                          "{ at = \"100s\"; action = \"gpu_failure\"; node_pool = \"p\"; duration "
                          "= \"10m\"; }",
                          kinds,
                          "0 Ready d-0\n"
                          "100 GPUUnhealthy p-0\n"
                          "100 Failed d-0\n"
                          "100 Scheduled d-1\n"
                          "120 Ready d-1\n"
                          "700 GPUHealthy p-0\n" });
    check(&(struct plot){ "15m", "1/s", "", pool, pod,
                          "{ at = \"100s\"; action = \"gpu_failure\"; node_pool = \"p\"; gpus = 2; "
                          "duration = \"10m\"; }",
                          kinds,
                          "0 Ready d-0\n"
                          "100 GPUUnhealthy p-0\n"
                          "100 Failed d-0\n"
                          "100 GPUUnhealthy p-0\n"
                          "700 GPUHealthy p-0\n"
                          "700 GPUHealthy p-0\n"
                          "700 Scheduled d-1\n"
                          "720 Ready d-1\n" });
}

/* Requests come at whole seconds: 101 to 200 s, a hundred, take 300 ms and the others 100 ms. */
static void test_slow_node(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run(&(struct plot){ "300500ms", "1/s", "", "{ name = \"p\"; instance = \"t\"; }", "",
                        "{ at = \"100500ms\"; action = \"slow_node\"; node_pool = \"p\"; factor = "
                        "3.0; duration = \"100s\"; }",
                        " NodeSlow NodeSpeedNormal ", NULL },
        &out, &log);
    assert_string_equal(log.text, "100.5 NodeSlow p-0\n200.5 NodeSpeedNormal p-0\n");
    const struct hr_parts_row parts = hr_parts_total(&out.workloads[0].parts, 0);
    assert_int_equal(out.workloads[0].arrived, 300);
    assert_true(parts.sum_ns[HR_PART_EXECUTION] == 50000 * (hr_uint128)1000000);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/* Zone a, whose turn it would be, has no machine left: b gives both. Without b they wait for the
 * lead time of an hour. */
static void test_out_of_capacity(void **state)
{
    (void)state;
    const char *event = "{ at = \"100s\"; action = \"resize_pool\"; node_pool = \"p\"; nodes = 4; "
                        "}";
    check(&(struct plot){ "10m", "1/s", "",
                          "{ name = \"p\"; instance = \"t\"; nodes = 2; zones = ( \"a\", \"b\" ); "
                          "out_of_capacity = ( { zone = \"a\"; probability = \"100%\"; } ); }",
                          "", event, " FailedProvisioning NodeReady ",
                          "0 NodeReady p-0\n"
                          "0 NodeReady p-1\n"
                          "100 FailedProvisioning -\n"
                          "220 NodeReady p-2\n"
                          "220 NodeReady p-3\n" });
    check(&(struct plot){ "2h", "1/s", "",
                          "{ name = \"p\"; instance = \"t\"; nodes = 3; "
                          "out_of_capacity = { probability = \"100%\"; lead_time = \"1h\"; }; }",
                          "", event, " FailedProvisioning NodeReady ",
                          "0 NodeReady p-0\n"
                          "0 NodeReady p-1\n"
                          "0 NodeReady p-2\n"
                          "100 FailedProvisioning -\n"
                          "3700 FailedProvisioning -\n" });
}

/* A machine that is asked for at 100 s does not start, 90 s later; it is asked for again 30 s after
 * that. Planned: none starts before 300 s, and none is asked for until then. */
static void test_failed_provisioning(void **state)
{
    (void)state;
    const char *event = "{ at = \"100s\"; action = \"resize_pool\"; node_pool = \"p\"; nodes = 2; "
                        "}";
    check(&(struct plot){ "400s", "1/s", "",
                          "{ name = \"p\"; instance = \"t\"; provision_failure = \"100%\"; }", "",
                          event, " FailedProvisioning NodeReady ",
                          "0 NodeReady p-0\n"
                          "190 FailedProvisioning -\n"
                          "310 FailedProvisioning -\n" });
    check(&(struct plot){ "10m", "1/s", "", "{ name = \"p\"; instance = \"t\"; }", "",
                          "{ at = \"100s\"; action = \"resize_pool\"; node_pool = \"p\"; nodes = "
                          "2; }, { at = \"110s\"; action = \"provisioning_failure\"; node_pool = "
                          "\"p\"; duration = \"190s\"; }",
                          " FailedProvisioning NodeReady ",
                          "0 NodeReady p-0\n"
                          "190 FailedProvisioning -\n"
                          "420 NodeReady p-2\n" /* p-1 never came */ });
}

/* A stateful set never has two of a name: d-0 is deleted at 440 s, but is there until its machine
 * is back. */
static void test_stateful_set(void **state)
{
    (void)state;
    check(&(struct plot){ "15m", "1/s", "", TWO_NODES, "kind = \"stateful_set\";",
                          "{ at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; "
                          "duration = \"10m\"; }",
                          " TaintManagerEviction SuccessfulCreate Rebooted Ready ",
                          "0 SuccessfulCreate d-0\n"
                          "0 Ready d-0\n"
                          "440 TaintManagerEviction d-0\n"
                          "700 Rebooted p-0\n"
                          "700 SuccessfulCreate d-0\n"
                          "720 Ready d-0\n" });
}

/*
 * The second pod fits only on the second node, there from 130 s on, and pulls 5 GB at 100 MB/s from
 * 200 s on. The machine dies at 210 s and is back at 310 s: the pull begins anew, and there was no
 * container yet to be started again.
 */
static void test_lost_pull(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run(
        &(struct plot){
            "10m", "1/s", "", "{ name = \"p\"; instance = \"t\"; }",
            SPREAD("1") " image_size = \"5G\";",
            "{ at = \"10s\"; action = \"resize_pool\"; node_pool = \"p\"; nodes = 2; }, { at = "
            "\"200s\"; action = \"scale\"; deployment = \"d\"; replicas = 2; }, { at = \"210s\"; "
            "action = \"node_failure\"; node_pool = \"p\"; node = 1; duration = \"100s\"; }",
            " Pulling Pulled NodeNotReady Ready ", NULL },
        &out, &log);
    assert_string_equal(log.text, "0 Ready d-0\n"
                                  "200 Pulling d-1\n"
                                  "250 NodeNotReady p-1\n"
                                  "250 NodeNotReady d-1\n"
                                  "360 Pulled d-1\n"
                                  "380 Ready d-1\n");
    assert_int_equal(out.deployments[0].counts[HR_PODS_RESTARTED], 0);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/* The second node cannot be drained, so that the account has its two nodes all the while. */
static void test_quota(void **state)
{
    (void)state;
    check(&(struct plot){
        "10m", "1/s", "", "{ name = \"p\"; instance = \"t\"; nodes = 2; quota = 2; }",
        SPREAD("2") " disruption_budget = { min_available = 2; };",
        "{ at = \"50s\"; action = \"resize_pool\"; node_pool = \"p\"; nodes = 1; }, { at = "
        "\"100s\"; action = \"resize_pool\"; node_pool = \"p\"; nodes = 2; }",
        " FailedProvisioning NodeReady RemovingNode ",
        "0 NodeReady p-0\n"
        "0 NodeReady p-1\n"
        "100 FailedProvisioning -\n" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lost_node),           cmocka_unit_test(test_back_in_time),
        cmocka_unit_test(test_back_unseen),         cmocka_unit_test(test_zone_outage),
        cmocka_unit_test(test_unhealthy_zone),      cmocka_unit_test(test_all_lost),
        cmocka_unit_test(test_tolerations),         cmocka_unit_test(test_removed_node),
        cmocka_unit_test(test_replacement),         cmocka_unit_test(test_spot_notice),
        cmocka_unit_test(test_spot_budget),         cmocka_unit_test(test_gpu),
        cmocka_unit_test(test_slow_node),           cmocka_unit_test(test_out_of_capacity),
        cmocka_unit_test(test_failed_provisioning), cmocka_unit_test(test_stateful_set),
        cmocka_unit_test(test_lost_pull),           cmocka_unit_test(test_quota),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
