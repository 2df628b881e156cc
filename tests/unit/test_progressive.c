/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Canaries and blue-green rollouts, forth and back: timelines worked by hand. Pods start up in
 * 20 s.
 */
#include "hr_test.h"

#include "cluster_plot.h"

#define PLOT(its_deployment, its_events, its_kinds)                                                \
    .duration = "300s", .rate = "10/s", .cluster = "",                                             \
    .pools = "{ name = \"p\"; instance = \"t\"; nodes = 2; }", .deployment = its_deployment,       \
    .events = its_events, .kinds = its_kinds

#define BLUE_GREEN(its_events)                                                                     \
    PLOT("replicas = 2; strategy = { type = \"blue_green\"; scale_down_delay = \"30s\"; };",       \
         its_events, " SuccessfulCreate SuccessfulDelete SwitchService DeploymentRollback ")

#define ROLLOUT                                                                                    \
    "{ at = \"100s\"; action = \"rollout\"; deployment = \"d\"; version = \"v\"; }, { at = "

/* All new pods are there at 120 s, and requests go to them; so they do when it is rolled back: the
 * version before comes as one that is new, ready 20 s later. */
static void test_back_after_the_switch(void **state)
{
    (void)state;
    const struct plot plot = {
        BLUE_GREEN(ROLLOUT "\"200s\"; action = \"rollback\"; deployment = \"d\"; }"),
        .log = "0 SuccessfulCreate d-0\n0 SuccessfulCreate d-1\n"
               "100 SuccessfulCreate d-2\n100 SuccessfulCreate d-3\n"
               "120 SwitchService -\n"
               "150 SuccessfulDelete d-1\n150 SuccessfulDelete d-0\n"
               "200 DeploymentRollback -\n"
               "200 SuccessfulCreate d-4\n200 SuccessfulCreate d-5\n"
               "220 SwitchService -\n"
               "250 SuccessfulDelete d-3\n250 SuccessfulDelete d-2\n",
    };
    check(&plot);
}

/* At 110 s requests still go to the old version: it stays, without a switch, and what there is of
 * the new one goes after 30 s. */
static void test_back_before_the_switch(void **state)
{
    (void)state;
    const struct plot plot = {
        BLUE_GREEN(ROLLOUT "\"110s\"; action = \"rollback\"; deployment = \"d\"; }"),
        .log = "0 SuccessfulCreate d-0\n0 SuccessfulCreate d-1\n"
               "100 SuccessfulCreate d-2\n100 SuccessfulCreate d-3\n"
               "110 DeploymentRollback -\n"
               "140 SuccessfulDelete d-3\n140 SuccessfulDelete d-2\n",
    };
    check(&plot);
}

/* A second version overtakes the first, which never got a request: the switch at 130 s is from the
 * oldest. */
static void test_overtaken(void **state)
{
    (void)state;
    const struct plot plot = {
        BLUE_GREEN(ROLLOUT
                   "\"110s\"; action = \"rollout\"; deployment = \"d\"; version = \"w\"; }"),
        .log = "0 SuccessfulCreate d-0\n0 SuccessfulCreate d-1\n"
               "100 SuccessfulCreate d-2\n100 SuccessfulCreate d-3\n"
               "110 SuccessfulCreate d-4\n110 SuccessfulCreate d-5\n"
               "130 SwitchService -\n"
               "160 SuccessfulDelete d-1\n160 SuccessfulDelete d-0\n"
               "160 SuccessfulDelete d-3\n160 SuccessfulDelete d-2\n",
    };
    check(&plot);
}

#define CANARY(its_events)                                                                         \
    PLOT(                                                                                          \
        "replicas = 5; load_balancing = \"round_robin\"; strategy = { type = \"canary\"; steps = " \
        "( { weight = \"20%\"; pause = \"100s\"; }, { weight = \"60%\"; pause = \"10s\"; } ); "    \
        "max_surge = 1; max_unavailable = 0; max_error_rate = \"10%\"; analysis_interval = "       \
        "\"30s\"; min_requests = 5; };",                                                           \
        its_events, " SuccessfulCreate RolloutAborted DeploymentRollback ")

#define FIRST_FIVE                                                                                 \
    "0 SuccessfulCreate d-0\n0 SuccessfulCreate d-1\n0 SuccessfulCreate d-2\n"                     \
    "0 SuccessfulCreate d-3\n0 SuccessfulCreate d-4\n"

/* The log is as told, and there are never fewer than five ready pods: none may be unavailable. */
static void check_canary(const struct plot *plot)
{
    struct hr_replication out;
    struct hr_str log;
    run(plot, &out, &log);
    assert_string_equal(log.text, plot->log);
    assert_int_equal(out.deployments[0].ready_min, 5);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/* One pod of five at 100 s, there at 120 s; from 220 s on three, one more at a time, there at
 * 260 s; from 270 s on all. */
static void test_canary(void **state)
{
    (void)state;
    const struct plot plot = {
        CANARY("{ at = \"100s\"; action = \"rollout\"; deployment = \"d\"; version = \"v\"; }"),
        .log = FIRST_FIVE "100 SuccessfulCreate d-5\n"
                          "220 SuccessfulCreate d-6\n240 SuccessfulCreate d-7\n"
                          "270 SuccessfulCreate d-8\n290 SuccessfulCreate d-9\n",
    };
    check_canary(&plot);
}

/* At 150 s one pod of the old version comes back, and the new one goes once that is ready. */
static void test_canary_rolled_back(void **state)
{
    (void)state;
    const struct plot plot = {
        CANARY(ROLLOUT "\"150s\"; action = \"rollback\"; deployment = \"d\"; }"),
        .log = FIRST_FIVE "100 SuccessfulCreate d-5\n"
                          "150 DeploymentRollback -\n150 SuccessfulCreate d-6\n",
    };
    check_canary(&plot);
}

/* The first look is at 130 s, when the pod has got a fifth of 10 requests a second for 9 s. */
static void test_canary_fails(void **state)
{
    (void)state;
    const struct plot plot = {
        CANARY("{ at = \"100s\"; action = \"rollout\"; deployment = \"d\"; version = \"v\"; "
               "error_rate = \"100%\"; }"),
        .log = FIRST_FIVE "100 SuccessfulCreate d-5\n"
                          "130 RolloutAborted -\n130 DeploymentRollback -\n"
                          "130 SuccessfulCreate d-6\n",
    };
    check_canary(&plot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_back_after_the_switch),
        cmocka_unit_test(test_back_before_the_switch),
        cmocka_unit_test(test_overtaken),
        cmocka_unit_test(test_canary),
        cmocka_unit_test(test_canary_rolled_back),
        cmocka_unit_test(test_canary_fails),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
