/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How deployments and stateful sets change version and size, worked out by hand to the second. */
#include "hr_test.h"

#include "cluster_plot.h"

#define NODE           "{ name = \"p\"; instance = \"t\"; }"
#define ON_D(at, what) "{ at = \"" at "\"; action = \"" what "\"; deployment = \"d\"; "
#define ROLL(at)       ON_D(at, "rollout") "version = \"2\"; }"
#define SCALE(at, n)   ON_D(at, "scale") "replicas = " n "; }"
#define SURGE_1        "max_surge = 1; max_unavailable = 0; "
#define CHANGES        " SuccessfulCreate SuccessfulDelete Ready "
#define START(n)       "0 SuccessfulCreate " n "\n0 Ready " n "\n"

/*
 * 25 % of 10 are 3 pods above and 2 below. Of 13 places 3 are free: 3 new pods; of the 10 available
 * pods 2 may go, which makes room for 2 more. 5 of these are ready at 120 s: 13 are available, 5 of
 * them go and 5 come. At 140 s there are 10 new ones, and the last 3 go.
 */
static void test_quarters(void **state)
{
    (void)state;
    check_counts(&(struct plot){ "300s", "1/s", "", NODE, "replicas = 10;", ROLL("100s"), CHANGES,
                                 START("10") "100 SuccessfulCreate 3\n"
                                             "100 SuccessfulDelete 2\n"
                                             "100 SuccessfulCreate 2\n"
                                             "120 Ready 5\n"
                                             "120 SuccessfulDelete 5\n"
                                             "120 SuccessfulCreate 5\n"
                                             "140 Ready 5\n"
                                             "140 SuccessfulDelete 3\n" });
}

/*
 * To 20 replicas at 110 s, with 8 old pods and 5 new ones that start: 25 places instead of 13, so
 * that 8 * 25 / 13 = 15 old and 5 * 25 / 13 = 10 new ones are due. At least 15 must be available.
 * At 120 s 5 new pods are ready: of 25 there are 5 too many that are not needed for that, old ones
 * that are not ready yet; 5 new ones come. At 130 s 2 old and 5 new ones are ready, which makes 20:
 * 5 old ones go, 5 new ones come; so do the last old ones at 140 s, as 5 new ones are ready.
 */
static void test_scaled_meanwhile(void **state)
{
    (void)state;
    check_counts(&(struct plot){ "300s", "1/s", "", NODE, "replicas = 10;",
                                 ROLL("100s") ", " SCALE("110s", "20"), CHANGES,
                                 START("10") "100 SuccessfulCreate 3\n"
                                             "100 SuccessfulDelete 2\n"
                                             "100 SuccessfulCreate 2\n"
                                             "110 SuccessfulCreate 12\n"
                                             "120 Ready 5\n"
                                             "120 SuccessfulDelete 5\n"
                                             "120 SuccessfulCreate 5\n"
                                             "130 Ready 7\n"
                                             "130 SuccessfulDelete 5\n"
                                             "130 SuccessfulCreate 5\n"
                                             "140 Ready 5\n"
                                             "140 SuccessfulDelete 5\n"
                                             "150 Ready 5\n" });
}

/* None of the new pods comes before the last old one has gone, 10 s of preStop later. */
static void test_recreate(void **state)
{
    (void)state;
    check_counts(
        &(struct plot){ "300s", "1/s", "", NODE,
                        "replicas = 3; pre_stop = \"10s\"; strategy = { type = \"recreate\"; };",
                        ROLL("100500ms"), CHANGES,
                        START("3") "100.5 SuccessfulDelete 3\n"
                                   "110.5 SuccessfulCreate 3\n"
                                   "130.5 Ready 3\n" });
}

/* One pod at a time; paused from 110 s on, the one under way becomes ready, and nothing else comes
 * of it before 200 s. */
static void test_pause(void **state)
{
    (void)state;
    check_counts(&(struct plot){
        "300s", "1/s", "", NODE, "replicas = 3; strategy = { " SURGE_1 "};",
        ROLL("100s") ", " ON_D("110s", "pause_rollout") "}, " ON_D("200s", "resume_rollout") "}",
        CHANGES,
        START("3") "100 SuccessfulCreate 1\n"
                   "120 Ready 1\n"
                   "200 SuccessfulDelete 1\n"
                   "200 SuccessfulCreate 1\n"
                   "220 Ready 1\n"
                   "220 SuccessfulDelete 1\n"
                   "220 SuccessfulCreate 1\n"
                   "240 Ready 1\n"
                   "240 SuccessfulDelete 1\n" });
}

/* Paused with 3 old pods and a new one, it still grows in proportion: of 5 + 2 places instead of 3
 * + 1 they take 5.25 and 1.75, so 5 and 2. */
static void test_scale_paused(void **state)
{
    (void)state;
    check_counts(&(struct plot){
        "300s", "1/s", "", NODE, "replicas = 3;",
        ROLL("100s") ", " ON_D("110s", "pause_rollout") "}, " SCALE("150s", "5"), CHANGES,
        START("3") "100 SuccessfulCreate 1\n"
                   "120 Ready 1\n"
                   "150 SuccessfulCreate 3\n"
                   "170 Ready 3\n" });
}

/*
 * Back at 130 s, with 3 old pods, d-4 of the new version and d-5, which starts: that one goes first
 * as it is not available, for d-6 of the old version; when this is ready d-4 goes.
 */
static void test_rollback(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run(&(struct plot){ "300s", "1/s", "", NODE, "replicas = 4; strategy = { " SURGE_1 "};",
                        ROLL("100s") ", " ON_D("130s", "rollback") "}", CHANGES, NULL },
        &out, &log);
    const char *back = strstr(log.text, "130 ");
    assert_non_null(back);
    assert_string_equal(back, "130 SuccessfulDelete d-5\n"
                              "130 SuccessfulCreate d-6\n"
                              "150 Ready d-6\n"
                              "150 SuccessfulDelete d-4\n");
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/* A version has an image of its own, 50 s of pulling, that its next pod finds on the node, as that
 * of the old version is still found when it is back. */
static void test_image(void **state)
{
    (void)state;
    check(&(struct plot){ "400s", "1/s", "", NODE,
                          "image_size = \"5G\"; strategy = { " SURGE_1 "};",
                          ROLL("100s") ", " SCALE("200s", "2") ", " SCALE("250s", "1") ", " ON_D(
                              "300s", "rollback") "}",
                          " Pulling Started ",
                          "100 Pulling d-1\n"
                          "150 Started d-1\n"
                          "200 Started d-2\n"
                          "300 Started d-3\n" });
}

#define CANARY(more) "replicas = 4; strategy = { type = \"canary\"; " SURGE_1 more "};"

/*
 * A quarter of 4 pods for a minute from 120 s on, when it is ready, half for half a minute from 200
 * s, and from 230 s on all, one by one.
 */
static void test_canary(void **state)
{
    (void)state;
    check_counts(&(struct plot){
        "300s", "1/s", "", NODE,
        CANARY("steps = ( { weight = \"25%\"; pause = \"60s\"; }, { weight = \"50%\"; pause = "
               "\"30s\"; } );"),
        ROLL("100s"), CHANGES,
        START("4") "100 SuccessfulCreate 1\n"
                   "120 Ready 1\n"
                   "120 SuccessfulDelete 1\n"
                   "180 SuccessfulCreate 1\n"
                   "200 Ready 1\n"
                   "200 SuccessfulDelete 1\n"
                   "230 SuccessfulCreate 1\n"
                   "250 Ready 1\n"
                   "250 SuccessfulDelete 1\n"
                   "250 SuccessfulCreate 1\n"
                   "270 Ready 1\n"
                   "270 SuccessfulDelete 1\n" });
}

#define WATCHED(more)                                                                              \
    CANARY("steps = ( { weight = \"25%\"; pause = \"10m\"; } ); analysis_interval = \"30s\"; "     \
           "min_requests = 10; " more)
#define VERSION(more) ON_D("100s", "rollout") "version = \"2\"; " more "}"

/* Looks are taken each 30 s after the beginning; at 130 s the canary has had some 20 of the 80
 * requests since 121 s. `back`: then it goes, when another pod of the old version is ready. */
static void check_canary(const char *deployment, const char *rollout, bool back)
{
    struct hr_replication out;
    struct hr_str log, counts;
    run(&(struct plot){ "300s", "9/s", "", NODE, deployment, rollout,
                        CHANGES "RolloutAborted DeploymentRollback ", NULL },
        &out, &log);
    count_lines(&log, &counts);
#define CANARY_IS_OUT                                                                              \
    START("4")                                                                                     \
    "100 SuccessfulCreate 1\n"                                                                     \
    "120 Ready 1\n"                                                                                \
    "120 SuccessfulDelete 1\n"
    assert_string_equal(counts.text, back ? CANARY_IS_OUT "130 RolloutAborted 1\n"
                                                          "130 DeploymentRollback 1\n"
                                                          "130 SuccessfulCreate 1\n"
                                                          "150 Ready 1\n"
                                                          "150 SuccessfulDelete 1\n"
                                          : CANARY_IS_OUT);
    assert_true(!back || strstr(log.text, "150 SuccessfulDelete d-4\n") != NULL);
    hr_replication_fini(&out);
    hr_str_fini(&log);
    hr_str_fini(&counts);
}

/* All of its requests fail: more than 50 %, not more than 100 %; and fewer than 1000 say nothing.
 */
static void test_canary_fails(void **state)
{
    (void)state;
    const char *version = VERSION("error_rate = \"100%\"; ");
    check_canary(WATCHED("max_error_rate = \"50%\"; "), version, true);
    check_canary(WATCHED("max_error_rate = \"100%\"; "), version, false);
    check_canary(CANARY("steps = ( { weight = \"25%\"; pause = \"10m\"; } ); analysis_interval = "
                        "\"30s\"; min_requests = 1000; max_error_rate = \"50%\"; "),
                 version, false);
}

/* At least 300 ms a request, or 100 ms as before. */
static void test_canary_is_slow(void **state)
{
    (void)state;
    const char *deployment = WATCHED("max_latency = \"250ms\"; latency_quantile = \"50%\"; ");
    check_canary(deployment, VERSION("service_time_factor = 3.0; "), true);
    check_canary(deployment, VERSION(""), false);
}

/*
 * All new pods are ready at 120.5 s; the load balancer follows a second later. All requests to the
 * new version fail: those of 1 to 121 s are answered, those of 122 to 200 s are not. The old pods
 * go 40 s after the switch.
 */
static void test_blue_green(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log, counts;
    run(
        &(struct plot){
            "200500ms", "1/s", "", NODE,
            "replicas = 3; strategy = { type = \"blue_green\"; scale_down_delay = \"40s\"; };",
            ON_D("100500ms", "rollout") "version = \"2\"; error_rate = \"100%\"; }",
            CHANGES "SwitchService ", NULL },
        &out, &log);
    count_lines(&log, &counts);
    assert_string_equal(counts.text, START("3") "100.5 SuccessfulCreate 3\n"
                                                "120.5 Ready 3\n"
                                                "120.5 SwitchService 1\n"
                                                "160.5 SuccessfulDelete 3\n");
    assert_int_equal(out.workloads[0].outcomes[HR_COMPLETED], 121);
    assert_int_equal(out.workloads[0].outcomes[HR_FAILED], 79);
    hr_replication_fini(&out);
    hr_str_fini(&log);
    hr_str_fini(&counts);
}

#define STATEFUL "kind = \"stateful_set\"; pre_stop = \"5s\"; "
#define UP_DOWN  SCALE("100s", "3") ", " SCALE("200500ms", "1")

/* Each pod when the one before is ready, and each away, from the last on, when the one after it is
 * gone. */
static void test_stateful_order(void **state)
{
    (void)state;
    check(&(struct plot){ "300s", "1/s", "", NODE, STATEFUL, UP_DOWN, CHANGES,
                          "0 SuccessfulCreate d-0\n"
                          "0 Ready d-0\n"
                          "100 SuccessfulCreate d-1\n"
                          "120 Ready d-1\n"
                          "120 SuccessfulCreate d-2\n"
                          "140 Ready d-2\n"
                          "200.5 SuccessfulDelete d-2\n"
                          "205.5 SuccessfulDelete d-1\n" });
    check(&(struct plot){ "300s", "1/s", "", NODE, STATEFUL "pod_management = \"parallel\";",
                          UP_DOWN, CHANGES,
                          "0 SuccessfulCreate d-0\n"
                          "0 Ready d-0\n"
                          "100 SuccessfulCreate d-1\n"
                          "100 SuccessfulCreate d-2\n"
                          "120 Ready d-1\n"
                          "120 Ready d-2\n"
                          "200.5 SuccessfulDelete d-2\n"
                          "200.5 SuccessfulDelete d-1\n" });
}

/* From the last one down to the partition, each when the one after it is ready again. */
static void test_stateful_update(void **state)
{
    (void)state;
    check(&(struct plot){ "300s", "1/s", "", NODE,
                          STATEFUL "replicas = 3; strategy = { partition = 1; };", ROLL("100500ms"),
                          CHANGES,
                          "0 SuccessfulCreate d-0\n"
                          "0 SuccessfulCreate d-1\n"
                          "0 SuccessfulCreate d-2\n"
                          "0 Ready d-0\n"
                          "0 Ready d-1\n"
                          "0 Ready d-2\n"
                          "100.5 SuccessfulDelete d-2\n"
                          "105.5 SuccessfulCreate d-2\n"
                          "125.5 Ready d-2\n"
                          "125.5 SuccessfulDelete d-1\n"
                          "130.5 SuccessfulCreate d-1\n"
                          "150.5 Ready d-1\n" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quarters),        cmocka_unit_test(test_scaled_meanwhile),
        cmocka_unit_test(test_recreate),        cmocka_unit_test(test_pause),
        cmocka_unit_test(test_scale_paused),    cmocka_unit_test(test_rollback),
        cmocka_unit_test(test_image),           cmocka_unit_test(test_canary),
        cmocka_unit_test(test_canary_fails),    cmocka_unit_test(test_canary_is_slow),
        cmocka_unit_test(test_blue_green),      cmocka_unit_test(test_stateful_order),
        cmocka_unit_test(test_stateful_update),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
