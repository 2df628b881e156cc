/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often the interval for available time holds the exact value, against Student's t on the same
 * runs. A cell is many small experiments of 10 replications; docs/statistics.md has the figures of
 * `uptime_coverage 10000`.
 */
#include "oracle/oracle.h"

#include "queueing/repair.h"
#include "run/summary.h"

#include <stdio.h>

#define REPLICATIONS 10u
#define WARMUP       20 /* mean repairs: the start with all up is forgotten */

struct cell {
    const char *id;
    unsigned n, k, crews;
    double mttf_s, mttr_s;
    const char *mttr; /* law of the repair, with its mean as %.0fs */
    double outages;   /* expected, in all replications */
};

#define EXPONENTIAL "\"%.0fs\""
#define LOGNORMAL1  "{ distribution = \"lognormal\"; mean = \"%.0fs\"; cv = 1.0; }"
#define LOGNORMAL2  "{ distribution = \"lognormal\"; mean = \"%.0fs\"; cv = 2.0; }"
#define CONSTANT    "{ distribution = \"constant\"; mean = \"%.0fs\"; }"

static const struct cell cells[] = {
    { "one, exponential", 1, 1, 1, 1000, 10, EXPONENTIAL, 1 },
    { "one, exponential", 1, 1, 1, 1000, 10, EXPONENTIAL, 3 },
    { "one, exponential", 1, 1, 1, 1000, 10, EXPONENTIAL, 10 },
    { "a month, 10 times", 1, 1, 1, 500 * 3600, 5 * 3600, EXPONENTIAL, 14.257 },
    { "one, exponential", 1, 1, 1, 1000, 10, EXPONENTIAL, 30 },
    { "one, exponential", 1, 1, 1, 1000, 10, EXPONENTIAL, 120 },
    { "one, lognormal cv 1", 1, 1, 1, 1000, 10, LOGNORMAL1, 3 },
    { "one, lognormal cv 1", 1, 1, 1, 1000, 10, LOGNORMAL1, 10 },
    { "one, lognormal cv 2", 1, 1, 1, 1000, 10, LOGNORMAL2, 10 },
    { "one, constant", 1, 1, 1, 1000, 10, CONSTANT, 3 },
    { "one, constant", 1, 1, 1, 1000, 10, CONSTANT, 10 },
    { "19 of 20", 20, 19, 20, 6000, 32, EXPONENTIAL, 10 },
    { "3 of 4, one crew", 4, 3, 1, 1000, 50, EXPONENTIAL, 10 },
    { "3 of 4, one crew", 4, 3, 1, 1000, 50, EXPONENTIAL, 30 },
};

struct tally {
    unsigned covered, student, none;
    double width, student_width;
};

static struct hr_scenario *load(const struct cell *cell, double window_s)
{
    char mttr[128], deployment[320];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(mttr, sizeof mttr, cell->mttr, cell->mttr_s);
#pragma GCC diagnostic pop
    snprintf(deployment, sizeof deployment,
             "min_ready = %u; failures = { mttf = \"%.0fs\"; mttr = %s; crews = %u; };", cell->k,
             cell->mttf_s, mttr, cell->crews);
    const double warmup_s = WARMUP * cell->mttr_s;
    return oracle_load(
        cell->id, &(struct oracle_queue){ .servers = cell->n,
                                          .deployment = deployment,
                                          .arrivals = "{ process = \"closed\"; clients = 1; "
                                                      "think_time = { distribution = \"constant\"; "
                                                      "mean = \"100000000s\"; }; }",
                                          .duration_s = window_s + warmup_s,
                                          .warmup_share = warmup_s / (window_s + warmup_s) });
}

static void experiment(const struct hr_scenario *scenario, uint64_t seed, double exact,
                       struct tally *tally)
{
    struct hr_replication runs[REPLICATIONS];
    double shares[REPLICATIONS];
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    for (unsigned r = 0; r < REPLICATIONS; r++) {
        const struct hr_model_options options = { .seed = seed,
                                                  .replication = r,
                                                  .warmup = spec->warmup,
                                                  .step = spec->duration,
                                                  .scenario = "coverage" };
        hr_model_run(spec, &options, &runs[r]);
        shares[r] =
            (double)runs[r].deployments[0].areas[HR_LEVEL_AVAILABLE].total / (double)runs[r].window;
    }
    struct hr_result *result = hr_summarize(scenario, runs, REPLICATIONS, true);
    const struct hr_estimate e = result->workloads[0].availability_time;
    const struct hr_estimate student = hr_estimate_within_1(hr_estimate_mean(shares, REPLICATIONS));
    tally->covered += e.lo <= exact && exact <= e.hi;
    tally->student += student.lo <= exact && exact <= student.hi;
    tally->none += e.value == 1;
    tally->width += e.hi - e.lo;
    tally->student_width += student.hi - student.lo;
    hr_result_free(result);
    for (unsigned r = 0; r < REPLICATIONS; r++)
        hr_replication_fini(&runs[r]);
}

/* Prints coverage, and mean width over the exact unavailability. */
static bool run_cell(const struct cell *cell, unsigned experiments)
{
    const struct hr_repair_loop loop = { .n = cell->n,
                                         .k = cell->k,
                                         .crews = cell->crews,
                                         .up_s = cell->mttf_s,
                                         .repair_s = cell->mttr_s };
    double *levels = hr_repair_shares_new(&loop);
    const struct hr_repair_answer answer = hr_repair_answer(&loop, levels);
    free(levels);
    struct hr_scenario *scenario = load(cell, cell->outages / answer.outages_per_s / REPLICATIONS);
    struct tally tally = { 0 };
    for (unsigned i = 0; i < experiments; i++)
        experiment(scenario, i + 1, 1 - answer.unavailability, &tally);
    hr_scenario_free(scenario);
    const double n = experiments, scale = n * answer.unavailability;
    const bool skewed = cell->mttr[0] == '{' && strstr(cell->mttr, "cv = 2.0") != NULL;
    /* 93 % less three standard errors; so spread a law shows too little of itself in 10 outages. */
    const double least = (skewed ? 0.86 : 0.93) - 3 * sqrt(0.07 * 0.93 / n);
    const bool good =
        tally.covered >= least * n && (cell->outages > 20 || tally.covered >= tally.student);
    print_message("| %-20s | %7.4g | %5.1f%% | %5.1f%% | %5.1f%% | %5.2f | %5.2f |%s\n", cell->id,
                  cell->outages, 100 * tally.none / n, 100 * tally.covered / n,
                  100 * tally.student / n, tally.width / scale, tally.student_width / scale,
                  good ? "" : "  MISSED");
    return good;
}

static unsigned experiments = (unsigned)(600 * ORACLE_SHARE);

static void test_coverage(void **state)
{
    (void)state;
    unsigned missed = 0;
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        missed += !run_cell(&cells[i], experiments);
    assert_int_equal(missed, 0);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        experiments = (unsigned)strtoul(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_coverage) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
