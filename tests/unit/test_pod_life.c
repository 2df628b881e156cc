/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How pods start, are probed, crash and end, worked out by hand to the second. */
#include "hr_test.h"

#include "cluster_plot.h"

#define NODE       "{ name = \"p\"; instance = \"t\"; }"
#define CRASH(at)  "{ at = \"" at "\"; action = \"pod_crash\"; deployment = \"d\"; }"
#define ROLL(at)   "{ at = \"" at "\"; action = \"rollout\"; deployment = \"d\"; version = \"2\"; }"
#define ONE_BY_ONE "strategy = { max_surge = 1; max_unavailable = 0; };"

/*
 * A new version at 100 s: its image of 5 GB takes 50 s at 100 MB/s; 23 s of start-up and the 5 GB
 * of the model at 500 MB/s, 10 s, make it serve at 183 s. Of the probes' ticks, each 10 s from 150
 * s on, that at 170 is the first of a container 12 s old. It and that at 180 s fail, those at 190
 * and 200 s succeed, which is enough; then the old pod goes.
 */
static void test_start(void **state)
{
    (void)state;
    check(&(struct plot){ "300s", "1/s", "", NODE,
                          ONE_BY_ONE "startup_time = \"23s\"; image_size = \"5G\"; model_size = "
                                     "\"5G\"; readiness_probe = { initial_delay = \"12s\"; "
                                     "success_threshold = 2; };",
                          ROLL("100s"),
                          " Scheduled Pulling Pulled Started Unhealthy Ready SuccessfulDelete ",
                          "0 Ready d-0\n"
                          "100 Scheduled d-1\n"
                          "100 Pulling d-1\n"
                          "150 Pulled d-1\n"
                          "150 Started d-1\n"
                          "170 Unhealthy d-1\n"
                          "180 Unhealthy d-1\n"
                          "200 Ready d-1\n"
                          "200 SuccessfulDelete d-0\n" });
}

/* Ready at 120 s, but it counts as available only after more than 30 s of that. */
static void test_min_ready_time(void **state)
{
    (void)state;
    check(&(struct plot){ "300s", "1/s", "", NODE, ONE_BY_ONE "min_ready_time = \"30s\";",
                          ROLL("100s"), " Ready SuccessfulDelete ",
                          "0 Ready d-0\n"
                          "120 Ready d-1\n"
                          "150 SuccessfulDelete d-0\n" });
}

/*
 * A container that takes 50 s to start never does: the third tick, 20 s after its start, kills it,
 * with pauses of 0 (after the crash), 10, 20, 40 and 80 s before it starts again.
 */
static void test_impatient_liveness(void **state)
{
    (void)state;
    check(&(struct plot){ "300s", "1/s", "", NODE,
                          "startup_time = \"50s\"; liveness_probe = { path = \"aside\"; };",
                          CRASH("100s"), " Failed BackOff Started Killing Ready ",
                          "0 Ready d-0\n"
                          "100 Failed d-0\n"
                          "100 Started d-0\n"
                          "120 Killing d-0\n"
                          "120 BackOff d-0\n"
                          "130 Started d-0\n"
                          "150 Killing d-0\n"
                          "150 BackOff d-0\n"
                          "170 Started d-0\n"
                          "190 Killing d-0\n"
                          "190 BackOff d-0\n"
                          "230 Started d-0\n"
                          "250 Killing d-0\n"
                          "250 BackOff d-0\n" });
}

#define PATIENT(n)                                                                                 \
    "startup_time = \"55s\"; startup_probe = { path = \"aside\"; failure_threshold = " n "; }; "   \
    "liveness_probe = { path = \"aside\"; }; readiness_probe = { path = \"aside\"; period = "      \
    "\"45s\"; };"

/*
 * A startup probe holds the liveness probe back. It fails from 100 to 150 s, one too few times, and
 * succeeds at 160 s, upon which the readiness probe is made at once, not at its next tick, 190 s.
 * With one failure less to its name it kills the container at 150 s; that of 160 s, after a pause
 * of 10 s, dies at 210 s.
 */
static void test_startup_probe(void **state)
{
    (void)state;
    const char *kinds = " Started Unhealthy Killing Ready ";
    check(&(struct plot){ "300s", "1/s", "", NODE, PATIENT("7"), CRASH("100s"), kinds,
                          "0 Ready d-0\n"
                          "100 Started d-0\n"
                          "100 Unhealthy d-0\n"
                          "110 Unhealthy d-0\n"
                          "120 Unhealthy d-0\n"
                          "130 Unhealthy d-0\n"
                          "140 Unhealthy d-0\n"
                          "150 Unhealthy d-0\n"
                          "160 Ready d-0\n" });
    check(&(struct plot){ "220s", "1/s", "", NODE, PATIENT("6"), CRASH("100s"),
                          " Started Killing Ready ",
                          "0 Ready d-0\n"
                          "100 Started d-0\n"
                          "150 Killing d-0\n"
                          "160 Started d-0\n"
                          "210 Killing d-0\n" });
}

#define CRASHES CRASH("100s") ", " CRASH("150s") ", " CRASH("200s") ", " CRASH("250s") ", "
#define BACKED_OFF                                                                                 \
    "100 Failed d-0\n"                                                                             \
    "100 Started d-0\n"                                                                            \
    "120 Ready d-0\n"                                                                              \
    "150 Failed d-0\n"                                                                             \
    "150 BackOff d-0\n"                                                                            \
    "160 Started d-0\n"                                                                            \
    "180 Ready d-0\n"                                                                              \
    "200 Failed d-0\n"                                                                             \
    "200 BackOff d-0\n"                                                                            \
    "220 Started d-0\n"                                                                            \
    "240 Ready d-0\n"                                                                              \
    "250 Failed d-0\n"                                                                             \
    "250 BackOff d-0\n"                                                                            \
    "290 Started d-0\n"                                                                            \
    "310 Ready d-0\n"

/*
 * Pauses of 0, 10, 20 and 40 s; the last ends at 290 s. 600 s after that the next is 80 s; more
 * than that, and they begin anew.
 */
static void test_back_off(void **state)
{
    (void)state;
    const char *kinds = " Failed BackOff Started Ready ";
    check(&(struct plot){ "1000s", "1/s", "", NODE, "", CRASHES CRASH("890s"), kinds,
                          "0 Ready d-0\n" BACKED_OFF "890 Failed d-0\n"
                          "890 BackOff d-0\n"
                          "970 Started d-0\n"
                          "990 Ready d-0\n" });
    check(&(struct plot){ "1000s", "1/s", "", NODE, "", CRASHES CRASH("891s"), kinds,
                          "0 Ready d-0\n" BACKED_OFF "891 Failed d-0\n"
                          "891 Started d-0\n"
                          "911 Ready d-0\n" });
}

#define LISTED_2S "endpoint_delay = \"2s\";"

/* Requests of 4 s each, one a second, to pods like `deployment`; what came of all but the completed
 * ones. */
static void check_losses(const char *deployment, const char *rollout, const char *expected,
                         uint64_t failed)
{
    struct hr_str pod, log;
    struct hr_replication out;
    hr_str_init(&pod);
    hr_str_addf(&pod, "%s %s", strstr(deployment, "model") ? "" : "model = \"slow\";", deployment);
    run(&(struct plot){ "110500ms", "1/s", LISTED_2S, NODE, pod.text, rollout,
                        " SuccessfulDelete Killing SuccessfulCreate Ready ", NULL },
        &out, &log);
    assert_string_equal(log.text, expected);
    assert_int_equal(out.workloads[0].arrived, 110);
    assert_int_equal(out.workloads[0].outcomes[HR_FAILED], failed);
    assert_int_equal(out.workloads[0].outcomes[HR_COMPLETED], 110 - failed);
    hr_replication_fini(&out);
    hr_str_fini(&log);
    hr_str_fini(&pod);
}

#define RECREATE "strategy = { type = \"recreate\"; }; "
#define ENDED                                                                                      \
    "0 SuccessfulCreate d-0\n"                                                                     \
    "0 Ready d-0\n"                                                                                \
    "100.5 SuccessfulDelete d-0\n"

/*
 * The pod is deleted at 100.5 s, and the next one made when it is gone. SIGTERM comes at once; it
 * ends what it holds, of which the request of 100 s is the last, at 104 s. Those of 101 to 110 s
 * find nobody, ten.
 */
static void test_drained(void **state)
{
    (void)state;
    check_losses(RECREATE, ROLL("100500ms"),
                 ENDED "100.5 Killing d-0\n"
                       "104 SuccessfulCreate d-1\n",
                 10);
}

/* With 2 s of grace it is killed at 102.5 s, and with it the requests of 99 and 100 s. */
static void test_grace_ends(void **state)
{
    (void)state;
    check_losses(RECREATE "termination_grace_period = \"2s\";", ROLL("100500ms"),
                 ENDED "100.5 Killing d-0\n"
                       "102.5 SuccessfulCreate d-1\n",
                 12);
}

/* preStop of 3 s goes on to serve, so that the requests of 101 and 102 s, before the load balancer
 * knows at 102.5 s, are answered too, the last at 106 s. */
static void test_pre_stop(void **state)
{
    (void)state;
    check_losses(RECREATE "pre_stop = \"3s\";", ROLL("100500ms"),
                 ENDED "103.5 Killing d-0\n"
                       "106 SuccessfulCreate d-1\n",
                 8);
}

/* preStop takes the whole grace of 3 s; SIGTERM has 2 s more. At 105.5 s the pod is killed with the
 * request of 102 s. */
static void test_pre_stop_beyond_grace(void **state)
{
    (void)state;
    check_losses(RECREATE "pre_stop = \"10s\"; termination_grace_period = \"3s\";",
                 ROLL("100500ms"),
                 ENDED "103.5 Killing d-0\n"
                       "105.5 SuccessfulCreate d-1\n",
                 9);
}

/*
 * The new pod is ready at 100.5 s and gets requests from 102.5 s on, when the old one gets no more.
 * In between the old one refuses those of 101 and 102 s if it has been told to stop; with a preStop
 * longer than that, nothing is lost.
 */
static void test_propagation_gap(void **state)
{
    (void)state;
#define REPLACED(sigterm)                                                                          \
    "0 SuccessfulCreate d-0\n"                                                                     \
    "0 Ready d-0\n"                                                                                \
    "80.5 SuccessfulCreate d-1\n"                                                                  \
    "100.5 Ready d-1\n"                                                                            \
    "100.5 SuccessfulDelete d-0\n" sigterm " Killing d-0\n"
    check_losses(ONE_BY_ONE, ROLL("80500ms"), REPLACED("100.5"), 2);
    check_losses(ONE_BY_ONE "pre_stop = \"2500ms\";", ROLL("80500ms"), REPLACED("103"), 0);
}

/* The same of a pod that serves in 100 ms, holds nothing at 100.5 s and is gone at once: the load
 * balancer still sends it the requests of 101 and 102 s. */
static void test_propagation_gap_of_an_idle_pod(void **state)
{
    (void)state;
    check_losses("model = \"m\"; " ONE_BY_ONE, ROLL("80500ms"), REPLACED("100.5"), 2);
    check_losses("model = \"m\"; " ONE_BY_ONE "pre_stop = \"2500ms\";", ROLL("80500ms"),
                 REPLACED("103"), 0);
}

#define LIVELY(path) "startup_time = \"15s\"; liveness_probe = { path = \"" path "\"; };"

/*
 * 15 requests a second where 10 can be served: from 2 s on more than 10 wait, which a probe behind
 * them takes more than its second for. Those of 10, 20 and 30 s fail a second later, the last of
 * which kills a container that did all it could. It serves again 15 s later, having failed two
 * probes before, and is given requests at 47 s: at 51 s some 20 wait. And so on, with pauses of 10
 * and 20 s. With a thread for probes nothing of the kind happens.
 */
static void test_death_spiral(void **state)
{
    (void)state;
    const char *kinds = " Killing Started Ready Unhealthy ";
    check(&(struct plot){ "105s", "15/s", "", NODE, LIVELY("queue"), "", kinds,
                          "0 Ready d-0\n"
                          "11 Unhealthy d-0\n"
                          "21 Unhealthy d-0\n"
                          "31 Unhealthy d-0\n"
                          "31 Killing d-0\n"
                          "31 Started d-0\n"
                          "31 Unhealthy d-0\n"
                          "41 Unhealthy d-0\n"
                          "46 Ready d-0\n"
                          "52 Unhealthy d-0\n"
                          "52 Killing d-0\n"
                          "62 Started d-0\n"
                          "62 Unhealthy d-0\n"
                          "72 Unhealthy d-0\n"
                          "77 Ready d-0\n"
                          "83 Unhealthy d-0\n"
                          "83 Killing d-0\n"
                          "103 Started d-0\n"
                          "103 Unhealthy d-0\n" });
    check(&(struct plot){ "105s", "15/s", "", NODE, LIVELY("aside"), "", kinds, "0 Ready d-0\n" });
}

/* Likewise a readiness probe takes the pod from the load balancer: failures at 11, 21 and 31 s. At
 * 32 s it gets no more, what waited is served or given up 5 s later, and the probe of 40 s
 * succeeds.
 */
static void test_overloaded_is_not_ready(void **state)
{
    (void)state;
    check(&(struct plot){ "45s", "15/s", "", NODE, "readiness_probe = { };", "",
                          " NotReady Ready Unhealthy ",
                          "0 Ready d-0\n"
                          "11 Unhealthy d-0\n"
                          "21 Unhealthy d-0\n"
                          "31 Unhealthy d-0\n"
                          "31 NotReady d-0\n"
                          "40 Ready d-0\n" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_min_ready_time),
        cmocka_unit_test(test_impatient_liveness),
        cmocka_unit_test(test_startup_probe),
        cmocka_unit_test(test_back_off),
        cmocka_unit_test(test_drained),
        cmocka_unit_test(test_grace_ends),
        cmocka_unit_test(test_pre_stop),
        cmocka_unit_test(test_pre_stop_beyond_grace),
        cmocka_unit_test(test_propagation_gap),
        cmocka_unit_test(test_propagation_gap_of_an_idle_pod),
        cmocka_unit_test(test_death_spiral),
        cmocka_unit_test(test_overloaded_is_not_ready),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
