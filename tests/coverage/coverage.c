/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How often do the 95 % intervals hold the exact value? Every experiment is a run as a user would
 * do it, with a seed of its own (1, 2, ...); a cell is one metric of one queue.
 *
 *     hr-coverage [--experiments N] [--cell NAME] [--jobs N] [--json FILE] [--list]
 *
 * Only the cells whose name holds NAME; N experiments instead of each cell's own number. Exit code
 * 1 when a cell is out of its bounds. A shortened measurement is given the play of chance: it fails
 * when its count has a chance of less than 1 in 2000 at the bound.
 */
#include "base/json_writer.h"
#include "base/mem.h"
#include "coverage/cells.h"
#include "run/pool.h"
#include "scenario/scenario.h"

#include <headroom/run.h>

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHANCE 5e-4

struct options {
    unsigned experiments; /* 0: as many as the model says */
    unsigned jobs;
    const char *cell, *json;
    bool list;
};

struct interval {
    double value, lo, hi;
};

/* The experiments on one model. */
struct work {
    const struct coverage_model *model;
    unsigned n;
    struct interval (*intervals)[COVERAGE_METRICS];
};

struct cell {
    const struct coverage_model *model;
    enum coverage_metric metric;
    double exact;
    unsigned experiments;
    unsigned held, below, above; /* intervals that hold the exact value, lie below it, above it */
    unsigned open;               /* an end is not known: it holds everything on that side */
    unsigned missing;            /* there is no interval: it holds nothing */
    double bias, half_width;     /* means relative to the exact value; half_width of closed ones */
    bool good;
};

static void fail(const char *what, struct hr_diag *diag)
{
    fprintf(stderr, "%s\n", what);
    hr_diag_print(diag, stderr);
    exit(1);
}

static void experiment(void *ctx, size_t i)
{
    const struct work *work = ctx;
    const struct hr_run_options options = { .jobs = 1, .precision = work->model->precision };
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    struct hr_result *result = NULL;
    char seed[32];
    snprintf(seed, sizeof seed, "seed=%zu", i + 1);
    const char *overrides[] = { seed };
    if (hr_scenario_load_text(work->model->scenario, strlen(work->model->scenario),
                              work->model->name, overrides, 1, &scenario, diag) != HR_OK ||
        hr_run(scenario, &options, &result, diag) != HR_OK)
        fail(work->model->name, diag);
    for (int metric = 0; metric < COVERAGE_METRICS; metric++) {
        const struct hr_estimate e = coverage_estimate(result, (enum coverage_metric)metric);
        work->intervals[i][metric] = (struct interval){ e.value, e.lo, e.hi };
    }
    hr_result_free(result);
    hr_scenario_free(scenario);
    hr_diag_free(diag);
}

/* With fewer experiments than a full measurement has, chance alone takes a share beyond the bounds:
 * then the count must be one that has some chance at the bound. */
static bool within(const struct cell *cell)
{
    const struct coverage_bounds due = coverage_due(cell->model, cell->metric);
    if (cell->experiments >= cell->model->experiments) {
        const double share = (double)cell->held / cell->experiments;
        return share >= due.least && share <= due.most;
    }
    return gsl_cdf_binomial_P(cell->held, due.least, cell->experiments) >= CHANCE &&
           gsl_cdf_binomial_P(cell->experiments - cell->held, 1 - due.most, cell->experiments) >=
               CHANCE;
}

static struct cell summarize(const struct work *work, enum coverage_metric metric, double exact)
{
    struct cell cell = {
        .model = work->model, .metric = metric, .exact = exact, .experiments = work->n
    };
    for (unsigned i = 0; i < work->n; i++) {
        const struct interval *interval = &work->intervals[i][metric];
        const bool below = interval->hi < exact;
        const bool above = interval->lo > exact;
        cell.below += below;
        cell.above += above;
        const bool missing = isnan(interval->lo) && isnan(interval->hi);
        const bool open = !missing && (isnan(interval->lo) || isnan(interval->hi));
        cell.missing += missing;
        cell.open += open;
        cell.held += !below && !above && !missing;
        cell.bias += interval->value / exact - 1;
        if (!missing && !open)
            cell.half_width += 0.5 * (interval->hi - interval->lo) / exact;
    }
    cell.bias /= work->n;
    cell.half_width /= work->n - cell.open - cell.missing;
    cell.good = work->n == 0 || work->model->why_free != NULL || within(&cell);
    return cell;
}

/* Exact values of the cells whose name, model/metric, holds the pattern; NaN for others. False: no
 * such cell. */
static bool wanted_cells(const struct coverage_model *model, const char *pattern,
                         double exact[COVERAGE_METRICS])
{
    bool any = false;
    coverage_exact(model, exact);
    for (int metric = 0; metric < COVERAGE_METRICS; metric++) {
        char name[96];
        snprintf(name, sizeof name, "%s/%s", model->name,
                 coverage_metric_name((enum coverage_metric)metric));
        if (strstr(name, pattern) == NULL)
            exact[metric] = (double)NAN;
        any |= !isnan(exact[metric]);
    }
    return any;
}

/* Standard error of a share. */
static double share_error(const struct cell *cell)
{
    const double p = (double)cell->held / cell->experiments;
    return sqrt(p * (1 - p) / cell->experiments);
}

static void print_head(void)
{
    printf("%-16s %-24s %10s %6s %17s %7s %7s %7s %7s %8s %8s\n", "model", "metric", "exact",
           "runs", "coverage", "below", "above", "open", "missing", "bias", "half");
}

static void print_cell(const struct cell *cell)
{
    const double n = cell->experiments;
    printf(
        "%-16s %-24s %10.5g %6u %8.2f%% +- %4.2f %6.2f%% %6.2f%% %6.2f%% %6.2f%% %+7.2f%% %7.2f%% "
        "%s\n",
        cell->model->name, coverage_metric_name(cell->metric), cell->exact, cell->experiments,
        100 * cell->held / n, 100 * share_error(cell), 100 * cell->below / n, 100 * cell->above / n,
        100 * cell->open / n, 100 * cell->missing / n, 100 * cell->bias, 100 * cell->half_width,
        cell->good ? "" : "OUT OF BOUNDS");
    fflush(stdout);
}

static void write_texts(struct hr_json *json, const struct cell *cell)
{
    const char *const texts[][2] = {
        { "model", cell->model->name },
        { "title", cell->model->title },
        { "scenario", cell->model->scenario },
        { "why_free", cell->model->why_free },
        { "metric", coverage_metric_name(cell->metric) },
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        hr_json_key(json, texts[i][0]);
        hr_json_string(json, texts[i][1]);
    }
}

static void write_cell(struct hr_json *json, const struct cell *cell)
{
    const struct coverage_bounds due = coverage_due(cell->model, cell->metric);
    const struct {
        const char *key;
        double value;
    } numbers[] = {
        { "exact", cell->exact },
        { "least", due.least },
        { "most", due.most },
        { "experiments", cell->experiments },
        { "held", cell->held },
        { "below", cell->below },
        { "above", cell->above },
        { "open", cell->open },
        { "missing", cell->missing },
        { "bias", cell->bias },
        { "half_width", cell->half_width },
    };
    hr_json_object(json);
    write_texts(json, cell);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        hr_json_key(json, numbers[i].key);
        hr_json_double(json, numbers[i].value);
    }
    hr_json_key(json, "good");
    hr_json_bool(json, cell->good);
    hr_json_object_end(json);
}

/* All experiments on one model, none for a list. False when a cell is out of its bounds. */
static bool measure(const struct coverage_model *model, const struct options *options,
                    const double exact[COVERAGE_METRICS], struct hr_json *json)
{
    const unsigned all = options->experiments ? options->experiments : model->experiments;
    struct work work = { .model = model, .n = options->list ? 0 : all };
    work.intervals = hr_alloc(work.n, sizeof *work.intervals);
    hr_pool_run(options->jobs, work.n, experiment, &work);
    bool good = true;
    for (int metric = 0; metric < COVERAGE_METRICS; metric++) {
        if (isnan(exact[metric]))
            continue;
        const struct cell cell = summarize(&work, (enum coverage_metric)metric, exact[metric]);
        if (options->list)
            printf("%s/%s\n", model->name, coverage_metric_name(cell.metric));
        else
            print_cell(&cell);
        if (json != NULL)
            write_cell(json, &cell);
        good &= cell.good;
    }
    free(work.intervals);
    return good;
}

static int run(const struct options *options, struct hr_json *json)
{
    bool good = true, any = false;
    for (size_t i = 0; i < coverage_models_n; i++) {
        double exact[COVERAGE_METRICS];
        if (!wanted_cells(&coverage_models[i], options->cell, exact))
            continue;
        if (!any && !options->list)
            print_head();
        any = true;
        good &= measure(&coverage_models[i], options, exact, json);
    }
    if (!any)
        fprintf(stderr, "no cell's name holds \"%s\"; --list shows them\n", options->cell);
    return !any ? 2 : good ? 0 : 1;
}

static bool parse_count(const char *text, unsigned *count)
{
    char *end;
    const unsigned long value = strtoul(text, &end, 10);
    *count = (unsigned)value;
    return *text >= '0' && *text <= '9' && *end == '\0' && value > 0 && value <= 1000000;
}

static bool parse(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        const char *option = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        bool good = value != NULL;
        if (strcmp(option, "--list") == 0) {
            options->list = true;
            continue;
        }
        if (strcmp(option, "--experiments") == 0)
            good = good && parse_count(value, &options->experiments);
        else if (strcmp(option, "--jobs") == 0)
            good = good && parse_count(value, &options->jobs);
        else if (strcmp(option, "--cell") == 0)
            options->cell = value;
        else if (strcmp(option, "--json") == 0)
            options->json = value;
        else
            good = false;
        if (!good)
            return false;
        i++;
    }
    return true;
}

int main(int argc, char **argv)
{
    struct options options = { .cell = "" };
    if (!parse(argc, argv, &options)) {
        fprintf(stderr,
                "usage: %s [--experiments N] [--cell NAME] [--jobs N] [--json FILE] "
                "[--list]\n",
                argv[0]);
        return 2;
    }
    if (options.json == NULL)
        return run(&options, NULL);
    FILE *out = fopen(options.json, "w");
    if (out == NULL) {
        perror(options.json);
        return 3;
    }
    struct hr_json json;
    hr_json_init(&json, out, true);
    hr_json_array(&json);
    const int code = run(&options, &json);
    hr_json_array_end(&json);
    fputc('\n', out);
    return fclose(out) == 0 ? code : 3;
}
