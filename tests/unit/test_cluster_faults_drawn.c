/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures that are drawn or replayed: when they come, how often, and to whom. */
#include "hr_test.h"

#include "cluster_plot.h"

#include <stdlib.h>
#include <unistd.h>

#define BAMBOO HR_SOURCE_DIR "/../shared/data/failures/bamboo_aws_p3_spot_events.csv"

#define ALWAYS(time) "{ distribution = \"constant\"; mean = \"" time "\"; }"

/* Dies 100 s after it is ready, and is repaired in 50: not seen before, but at 40 of the 50 s. */
static void test_node_failures(void **state)
{
    (void)state;
    check(&(struct plot){ "310s", "1/s", "",
                          "{ name = \"p\"; instance = \"t\"; failures = { mttf = " ALWAYS(
                              "100s") "; mttr = " ALWAYS("50s") "; }; }",
                          "", "", " MachineFailed NodeNotReady Rebooted Ready ",
                          "0 Ready d-0\n"
                          "100 MachineFailed p-0\n"
                          "140 NodeNotReady p-0\n"
                          "140 NodeNotReady d-0\n"
                          "150 Rebooted p-0\n"
                          "170 Ready d-0\n"
                          "250 MachineFailed p-0\n"
                          "290 NodeNotReady p-0\n"
                          "290 NodeNotReady d-0\n"
                          "300 Rebooted p-0\n" });
}

/* Each GPU fails 100 s after it is sound. */
static void test_gpu_failures(void **state)
{
    (void)state;
    check(&(struct plot){ "280s", "1/s", "",
                          "{ name = \"p\"; instance = \"g\"; gpu_failures = { mttf = " ALWAYS(
                              "100s") "; mttr = " ALWAYS("50s") "; }; }",
                          "", "", " GPUUnhealthy GPUHealthy ",
                          "100 GPUUnhealthy p-0\n"
                          "100 GPUUnhealthy p-0\n"
                          "150 GPUHealthy p-0\n"
                          "150 GPUHealthy p-0\n"
                          "250 GPUUnhealthy p-0\n"
                          "250 GPUUnhealthy p-0\n" });
}

static void test_slow_nodes(void **state)
{
    (void)state;
    check(&(struct plot){ "280s", "1/s", "",
                          "{ name = \"p\"; instance = \"t\"; slow = { factor = 2.0; mttf = " ALWAYS(
                              "100s") "; duration = " ALWAYS("50s") "; }; }",
                          "", "", " NodeSlow NodeSpeedNormal ",
                          "100 NodeSlow p-0\n"
                          "150 NodeSpeedNormal p-0\n"
                          "250 NodeSlow p-0\n" });
}

/* A life of 100 s, then 60 s of notice; the next is ready 120 s after that. */
static void test_spot_lives(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run(&(struct plot){ "400s", "1/s", "",
                        "{ name = \"p\"; instance = \"t\"; purchase = \"spot\"; spot = { notice = "
                        "\"60s\"; mttf = " ALWAYS("100s") "; }; }",
                        "", "", " SpotInterruption RemovingNode NodeReady ", NULL },
        &out, &log);
    assert_string_equal(log.text, "0 NodeReady p-0\n"
                                  "100 SpotInterruption p-0\n"
                                  "160 RemovingNode p-0\n"
                                  "280 NodeReady p-1\n"
                                  "380 SpotInterruption p-1\n");
    assert_int_equal(out.pools[0].counts[HR_POOL_INTERRUPTED], 1);
    assert_int_equal(out.pools[0].counts[HR_POOL_REMOVED], 0);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/*
 * Leases are renewed each 10 s at times of each node's own: when all die at 1,000.3 s the last
 * renewal lies evenly between 990.3 and 1,000.3 s, so that 40 s later the next scan is at 1,035
 * with a chance of 47 %, at 1,040 with 50 % and at 1,045 with 3 %. Bounds are four standard
 * deviations of 200 draws, 4 * 7.07.
 */
static void test_phases_of_leases(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run(&(struct plot){ "1100s", "1/s", "lease_renew_interval = \"10s\";",
                        "{ name = \"p\"; instance = \"t\"; nodes = 200; }", "",
                        "{ at = \"1000300ms\"; action = \"zone_outage\"; zone = \"a\"; duration = "
                        "\"1h\"; }",
                        " NodeNotReady ", NULL },
        &out, &log);
    int seen[3] = { 0 };
    for (const char *line = log.text; (line = strstr(line, "NodeNotReady p")) != NULL; line++) {
        const long at = strtol(line - 5, NULL, 10);
        assert_true(at == 1035 || at == 1040 || at == 1045);
        seen[(at - 1035) / 5]++;
    }
    assert_int_equal(seen[0] + seen[1] + seen[2], 200);
    assert_near(seen[0], 94, 28);
    assert_near(seen[1], 100, 28);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

/*
 * 50 nodes that work for 10 h and are repaired for 1 h in the mean, both exponential, over 1,000 h:
 * cycles have mean 11 and variance 101 h^2, so each node fails 1000 / 11 times with a variance of
 * 1000 * 101 / 11^3 = 75.9 (renewal theory); four standard deviations of 50 are 246.
 */
static void test_rate_of_failures(void **state)
{
    (void)state;
    struct hr_replication out;
    struct hr_str log;
    run(&(struct plot){ "1000h", "0.01/s", "",
                        "{ name = \"p\"; instance = \"t\"; nodes = 50; failures = { mttf = "
                        "\"10h\"; mttr = \"1h\"; }; }",
                        "", "", "", NULL },
        &out, &log);
    assert_near((double)out.pools[0].counts[HR_POOL_LOST], 50 * 1000 / 11.0, 246);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

struct step {
    double at;
    int change;
};

/* The nodes there are at `at`, when all of its steps have been taken. */
static int count_until(const struct step *steps, size_t n, double at)
{
    int there = 0;
    for (size_t i = 0; i < n && steps[i].at <= at; i++)
        there += steps[i].change;
    return there;
}

static size_t read_trace(struct step *steps, size_t capacity)
{
    char line[128];
    size_t n = 0;
    FILE *file = fopen(BAMBOO, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL && n < capacity) {
        steps[n].at = strtod(line, NULL) / 1e3;
        steps[n++].change = strstr(line, ",add,") != NULL ? 1 : -1;
    }
    fclose(file);
    return n;
}

static size_t read_journal(const char *text, struct step *steps, size_t capacity)
{
    size_t n = 0;
    for (const char *line = text; *line && n < capacity; line = strchr(line, '\n') + 1) {
        steps[n].at = strtod(line, NULL);
        steps[n++].change = strstr(line, "NodeReady") == strchr(line, ' ') + 1 ? 1 : -1;
    }
    return n;
}

/* The spot events of a real fleet: at each of their moments there are as many nodes as they say
 * (boot takes no time here, so that a node is ready when it comes). */
static void test_bamboo(void **state)
{
    (void)state;
    if (access(BAMBOO, R_OK) != 0) {
        print_message("skipped: %s is not there\n", BAMBOO);
        return;
    }
    static struct step trace[400], seen[400];
    struct hr_replication out;
    struct hr_str log;
    run(
        &(struct plot){
            "12h", "1/s", "",
            "{ name = \"p\"; instance = \"t\"; purchase = \"spot\"; boot_time = \"0s\"; "
            "spot_trace = \"" BAMBOO "\"; }",
            "", "", " NodeReady RemovingNode ", NULL },
        &out, &log);
    const size_t n = read_trace(trace, 400), n_seen = read_journal(log.text, seen, 400);
    assert_int_equal(n, 344);
    assert_int_equal(n_seen, 344);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(count_until(seen, n_seen, trace[i].at),
                         count_until(trace, n, trace[i].at));
    assert_int_equal(out.pools[0].counts[HR_POOL_INTERRUPTED], 167);
    hr_replication_fini(&out);
    hr_str_fini(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_node_failures),    cmocka_unit_test(test_gpu_failures),
        cmocka_unit_test(test_slow_nodes),       cmocka_unit_test(test_spot_lives),
        cmocka_unit_test(test_phases_of_leases), cmocka_unit_test(test_rate_of_failures),
        cmocka_unit_test(test_bamboo),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
