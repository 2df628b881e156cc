/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nanoseconds of CPU per request, all metrics on, one replication on one thread; beside M/M/c the
 * plain-C limit programs, timed in the same run. Prints a table (medians of several rounds) and,
 * with --json FILE, writes it as JSON. Compare figures of one run only, above all the ratios:
 * machines and their neighbors differ.
 *
 *     hr-bench [--json FILE] [PATTERN]      only the cases whose name holds PATTERN
 */
#include "base/json_writer.h"
#include "base/str.h"
#include "limit.h"
#include "scenario/scenario.h"

#include <headroom/run.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define ROUNDS 5

struct bench_case {
    const char *name, *routing;
    unsigned replicas;
    double rate; /* per second; a service takes 1 s */
    const char *duration;
    const char *more; /* keys of the workload */
    bool limited;     /* compare with the limit programs */
};

#define RETRIES                                                                                    \
    "timeout = \"30s\"; attempt_timeout = \"10s\"; retries = { max_attempts = 2; backoff = "       \
    "\"50ms\"; };"

static const struct bench_case cases[] = {
    { "M/M/1", "central_queue", 1, 0.8, "5000000s", "", true },
    { "M/M/50 central queue", "central_queue", 50, 45, "100000s", "", true },
    { "M/M/2000 central queue", "central_queue", 2000, 1900, "2000s", "", true },
    { "100 replicas, least outstanding", "least_outstanding", 100, 90, "40000s", "", false },
    { "200 replicas, least outstanding", "least_outstanding", 200, 180, "20000s", "", false },
    { "200 replicas, random", "random", 200, 140, "20000s", "", false },
    { "200 replicas, round robin", "round_robin", 200, 160, "20000s", "", false },
    { "200 replicas, power of two", "power_of_two", 200, 180, "20000s", "", false },
    { "2000 replicas, least outstanding", "least_outstanding", 2000, 1900, "2000s", "", false },
    { "2000 replicas, random", "random", 2000, 1400, "2000s", "", false },
    { "2000 replicas, round robin", "round_robin", 2000, 1600, "2000s", "", false },
    { "2000 replicas, power of two", "power_of_two", 2000, 1800, "2000s", "", false },
    { "10000 replicas, least outstanding", "least_outstanding", 10000, 9500, "400s", "", false },
    { "10000 replicas, random", "random", 10000, 7000, "400s", "", false },
    { "M/M/50, timeouts and retries", "central_queue", 50, 45, "100000s", RETRIES, false },
    { "M/M/50, network", "central_queue", 50, 45, "50000s", "network_latency = \"100ms\";", false },
    { "M/M/50, diurnal load", "central_queue", 50, 0, "100000s",
      "arrivals = { process = \"diurnal\"; rate = \"35/s\"; amplitude = \"25%\"; };", false },
};

struct figures {
    double ns_median, ns_least, events_per_s;
    double limit_ns; /* of the faster limit program; 0: none */
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

static struct hr_scenario *load(const struct bench_case *c, struct hr_diag *diag)
{
    struct hr_str text;
    struct hr_scenario *scenario = NULL;
    hr_str_init(&text);
    hr_str_addf(
        &text,
        "name = \"bench\"; warmup = \"0s\"; replications = 1; duration = \"%s\"; models = ( { name "
        "= \"m\"; service_time = { "
        "distribution = \"exponential\"; mean = \"1s\"; }; } ); deployments = ( { name = \"d\"; "
        "model = \"m\"; replicas = %u; "
        "load_balancing = \"%s\"; } ); workloads = ( { name = \"w\"; deployment = \"d\"; %s ",
        c->duration, c->replicas, c->routing, c->more);
    if (c->rate > 0)
        hr_str_addf(&text, "arrivals = { process = \"poisson\"; rate = \"%g/s\"; }; ", c->rate);
    hr_str_add(&text, "} );");
    if (hr_scenario_load_text(text.text, text.length, "bench", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        exit(1);
    }
    hr_str_fini(&text);
    return scenario;
}

static double median(double values[ROUNDS])
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

static double time_limit(const struct bench_case *c, uint64_t requests,
                         struct limit_answer (*program)(double, double, unsigned, uint64_t,
                                                        uint64_t))
{
    double ns[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        const double start = cpu_seconds();
        const struct limit_answer answer = program(c->rate, 1, c->replicas, requests, 1);
        ns[round] = (cpu_seconds() - start) * 1e9 / (double)requests;
        if (!(answer.latency_s_mean > 0.9)) /* a service alone takes 1 s */
            exit(1);
    }
    return median(ns);
}

static struct figures measure(const struct bench_case *c, struct hr_diag *diag)
{
    const struct hr_run_options options = { .jobs = 1 };
    struct hr_scenario *scenario = load(c, diag);
    struct figures figures = { 0 };
    double ns[ROUNDS];
    uint64_t requests = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct hr_result *result = NULL;
        const double start = cpu_seconds();
        if (hr_run(scenario, &options, &result, diag) != HR_OK)
            exit(1);
        const double spent = cpu_seconds() - start;
        requests = result->requests;
        ns[round] = spent * 1e9 / (double)requests;
        figures.events_per_s = (double)result->events / spent;
        hr_result_free(result);
    }
    hr_scenario_free(scenario);
    figures.ns_median = median(ns);
    figures.ns_least = ns[0];
    if (c->limited) {
        const double heap = time_limit(c, requests, limit_mmc_heap);
        const double calendar = time_limit(c, requests, limit_mmc_calendar);
        figures.limit_ns = heap < calendar ? heap : calendar;
    }
    return figures;
}

static void print_row(const struct bench_case *c, const struct figures *f)
{
    printf("%-34s %8.1f %8.1f %10.1f", c->name, f->ns_median, f->ns_least, f->events_per_s / 1e6);
    if (f->limit_ns > 0)
        printf(" %8.1f %6.2f", f->limit_ns, f->ns_median / f->limit_ns);
    printf("\n");
    fflush(stdout);
}

static void write_row(struct hr_json *json, const struct bench_case *c, const struct figures *f)
{
    hr_json_object(json);
    hr_json_key(json, "name");
    hr_json_string(json, c->name);
    hr_json_key(json, "ns_per_request");
    hr_json_double(json, f->ns_median);
    hr_json_key(json, "ns_per_request_least");
    hr_json_double(json, f->ns_least);
    hr_json_key(json, "events_per_s");
    hr_json_double(json, f->events_per_s);
    if (f->limit_ns > 0) {
        hr_json_key(json, "limit_ns_per_request");
        hr_json_double(json, f->limit_ns);
    }
    hr_json_object_end(json);
}

static double peak_memory_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void run_cases(const char *pattern, struct hr_json *json)
{
    struct hr_diag *diag = hr_diag_new();
    printf("%-34s %8s %8s %10s %8s %6s\n", "ns of CPU per request", "median", "least", "M events/s",
           "limit", "ratio");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (strstr(cases[i].name, pattern) == NULL)
            continue;
        const struct figures figures = measure(&cases[i], diag);
        print_row(&cases[i], &figures);
        if (json != NULL)
            write_row(json, &cases[i], &figures);
    }
    printf("peak memory %.1f MiB\n", peak_memory_mib());
    hr_diag_free(diag);
}

int main(int argc, char **argv)
{
    if (argc < 3 || strcmp(argv[1], "--json") != 0) {
        run_cases(argc > 1 ? argv[1] : "", NULL);
        return 0;
    }
    FILE *out = fopen(argv[2], "w");
    if (out == NULL) {
        perror(argv[2]);
        return 3;
    }
    struct hr_json json;
    hr_json_init(&json, out, true);
    hr_json_array(&json);
    run_cases(argc > 3 ? argv[3] : "", &json);
    hr_json_array_end(&json);
    return fclose(out) == 0 ? 0 : 3;
}
