/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nanoseconds of CPU per request, all metrics on: one replication on one thread. Prints the median
 * of several runs; compare figures of one run of this program only, as machines and their neighbors
 * differ.
 */
#include "scenario/scenario.h"

#include <headroom/run.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define ROUNDS 5

static const char frame[] =
    "name = \"bench\"; warmup = \"0s\"; replications = 1; duration = \"%s\";\n"
    "models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; mean = \"1s\"; }; "
    "} );\n"
    "deployments = ( { name = \"d\"; model = \"m\"; replicas = %d; load_balancing = \"%s\"; } );\n"
    "workloads = ( { name = \"w\"; deployment = \"d\"; %s\n"
    "  arrivals = { process = \"poisson\"; rate = \"%g/s\"; }; } );\n";

static const struct {
    const char *name, *routing;
    int replicas;
    double rate;
    const char *duration, *more;
} cases[] = {
    { "M/M/1", "central_queue", 1, 0.8, "5000000s", "" },
    { "M/M/50 central queue", "central_queue", 50, 45, "100000s", "" },
    { "M/M/2000 central queue", "central_queue", 2000, 1900, "2000s", "" },
    { "200 replicas, least outstanding", "least_outstanding", 200, 180, "20000s", "" },
    { "200 replicas, random", "random", 200, 140, "20000s", "" },
    { "200 replicas, round robin", "round_robin", 200, 160, "20000s", "" },
    { "200 replicas, power of two", "power_of_two", 200, 180, "20000s", "" },
    { "2000 replicas, least outstanding", "least_outstanding", 2000, 1900, "2000s", "" },
    { "M/M/50, timeouts and retries", "central_queue", 50, 45, "100000s",
      "timeout = \"30s\"; attempt_timeout = \"10s\"; retries = { max_attempts = 2; backoff = "
      "\"50ms\"; };" },
};

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct hr_scenario *load(size_t i, struct hr_diag *diag)
{
    char text[1024];
    struct hr_scenario *scenario = NULL;
    snprintf(text, sizeof text, frame, cases[i].duration, cases[i].replicas, cases[i].routing,
             cases[i].more, cases[i].rate);
    if (hr_scenario_load_text(text, strlen(text), "bench", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        exit(1);
    }
    return scenario;
}

static void bench(size_t i, struct hr_diag *diag)
{
    const struct hr_run_options options = { .jobs = 1 };
    struct hr_scenario *scenario = load(i, diag);
    double ns[ROUNDS], events = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct hr_result *result = NULL;
        const double start = cpu_seconds();
        if (hr_run(scenario, &options, &result, diag) != HR_OK)
            exit(1);
        ns[round] = (cpu_seconds() - start) * 1e9 / (double)result->requests;
        events = (double)result->events / (double)result->requests;
        hr_result_free(result);
    }
    hr_scenario_free(scenario);
    qsort(ns, ROUNDS, sizeof *ns, compare);
    printf("%-34s %8.1f %8.1f %12.2f\n", cases[i].name, ns[ROUNDS / 2], ns[0],
           events / ns[ROUNDS / 2] * 1e3);
}

int main(int argc, char **argv)
{
    struct hr_diag *diag = hr_diag_new();
    printf("%-34s %8s %8s %12s\n", "ns of CPU per request", "median", "least", "M events/s");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (argc < 2 || strstr(cases[i].name, argv[1]) != NULL)
            bench(i, diag);
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("peak memory %.1f MiB\n", (double)usage.ru_maxrss / 1024);
    hr_diag_free(diag);
    return 0;
}
