/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes that work in part: what probes see of slow ones. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slow_node),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
