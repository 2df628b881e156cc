/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes that work in part: what probes see of slow ones, MIG slices of broken GPUs. */
#include "hr_test.h"

#include "cluster_plot.h"

static void check_text(const char *scenario, const char *kinds, const char *expected)
{
    struct hr_replication out;
    struct hr_str text, log;
    hr_str_init(&text);
    hr_str_add(&text, scenario);
    run_text(&text, kinds, &out, &log);
    assert_string_equal(log.text, expected);
    hr_replication_fini(&out);
    hr_str_fini(&text);
    hr_str_fini(&log);
}

#define PLOT(seconds, type, pool, model, rate, deployment, events)                                 \
    "name = \"plot\"; duration = \"" seconds "\"; warmup = \"0s\"; instance_types = ( { name = "   \
    "\"t\"; cpu = \"4\"; memory = \"16Gi\"; " type                                                 \
    " } ); node_pools = ( { name = \"p\"; instance = \"t\"; " pool                                 \
    " } ); models = ( { name = \"m\"; " model                                                      \
    " } ); workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { process = "              \
    "\"deterministic\"; rate = \"" rate "\"; }; } ); deployments = ( { name = \"d\"; model = "     \
    "\"m\"; " deployment " } ); events = ( " events " );"

/*
 * A readiness probe that waits behind requests is settled at full speed: at most 2 requests of 400
 * ms are ahead of it, 0.8 s of its 1 s. On the slow node, always full at 20/s, it takes 1.6 s: from
 * the tick at 100 s on it times out at 101, 111 and 121 s, the third in a row. Left alone from 122
 * on, the pod answers at 130 and is sent requests again, up to 161. At 200 the node is fast, after
 * failures at 181 and 191 only.
 */
static void test_slow_node(void **state)
{
    (void)state;
    check_text(PLOT("300s", "", "", "service_time = \"400ms\"; queue_limit = 1;", "20/s",
                    "readiness_probe = { };",
                    "{ at = \"100s\"; action = \"slow_node\"; node_pool = \"p\"; factor = 2.0; "
                    "duration = \"100s\"; }"),
               " NotReady NodeSlow NodeSpeedNormal ",
               "100 NodeSlow p-0\n121 NotReady d-0\n161 NotReady d-0\n200 NodeSpeedNormal p-0\n");
}

/* Two A100, each cut into two slices, and three pods of one slice. The first GPU breaks: two slices
 * are left, the youngest pod ends, and its successor has no room until the repair. */
static void test_mig(void **state)
{
    (void)state;
    check_text(PLOT("300s", "gpus = 2; gpu_model = \"A100-40GB\"; gpu_memory = \"40Gi\";",
                    "mig = \"3g.20gb\";", "service_time = \"10ms\";", "1/s",
                    "replicas = 3; resources = { limits = { mig = \"3g.20gb\"; }; };",
                    "{ at = \"100s\"; action = \"gpu_failure\"; node_pool = \"p\"; duration = "
                    "\"60s\"; }"),
               " GPUUnhealthy GPUHealthy Failed FailedScheduling Scheduled ",
               "100 GPUUnhealthy p-0\n100 Failed d-2\n100 FailedScheduling d-3\n"
               "160 GPUHealthy p-0\n160 Scheduled d-3\n");
}

/* 3 of the 5 nodes of zone a, 60 %, are lost, and one other zone works. A zone of 5 is small,
 * though the cluster has 10: nobody is evicted. */
#define DIES(node)                                                                                 \
    "{ at = \"100s\"; action = \"node_failure\"; node_pool = \"p\"; zone = \"a\"; node = " node    \
    "; duration = \"1h\"; }"
static void test_small_zone(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run(&(struct plot){ "20m", "1/s", "large_cluster_size_threshold = 5;",
                        "{ name = \"p\"; instance = \"t\"; nodes = 10; zones = ( \"a\", \"b\" ); }",
                        "replicas = 10; resources = { requests = { cpu = \"3\"; }; };",
                        DIES("0") ", " DIES("1") ", " DIES("2"), " TaintManagerEviction ", NULL },
        &out, &log);
    assert_string_equal(log.text, "");
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slow_node),
        cmocka_unit_test(test_mig),
        cmocka_unit_test(test_small_zone),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
