/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table, and the same as JSON (docs/performance.md explains its keys). */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Standard errors that a right program exceeds once in 150,000 times. */
#define Z_MAX 4.5

static const struct {
    const char *key, *relation;
} goals[] = {
#define X(name, key, relation) [name] = { key, relation },
    BENCH_GOAL_LIST(X)
#undef X
};

bool bench_wants(const struct bench *bench, const char *name)
{
    return strstr(name, bench->pattern) != NULL;
}

double bench_tolerance_s(const struct bench_theory *theory, uint64_t requests)
{
    return Z_MAX * theory->latency_s_sd / sqrt((double)requests);
}

static bool met(const struct bench_goal *goal, const struct bench_figures *figures)
{
    switch (goal->kind) {
    case BENCH_GOAL_RATIO:
        return figures->ratio <= goal->bound;
    case BENCH_GOAL_MEDIAN:
        return figures->programs[0].median <= goal->bound;
    case BENCH_GOAL_PEAK:
        return figures->peak_mib <= goal->bound;
    case BENCH_GOAL_RATE:
        return figures->programs[0].rate >= goal->bound;
    case BENCH_GOAL_NONE:
        break;
    }
    return true;
}

/* ---- text ---- */

static void print_number(int width, double x)
{
    if (x > 0)
        printf(" %*.*f", width, x < 10 ? 2 : 1, x);
    else
        printf(" %*s", width, "");
}

static void print_header(struct bench *bench, const struct bench_section *section)
{
    if (bench->section == section)
        return;
    if (bench->section != NULL)
        printf("\n");
    bench->section = section;
    printf("%-38s %8s %8s %10s %6s  %-16s %8s %6s\n", section->title, "median", "least",
           section->rate_unit, "MiB", "against", "median", "ratio");
}

static void print_row(const struct bench_row *row, const struct bench_figures *figures)
{
    const struct bench_figure *measured = &figures->programs[0];
    printf("%-38s", row->name);
    print_number(8, measured->median);
    print_number(8, measured->least);
    print_number(10, measured->rate);
    print_number(6, figures->peak_mib);
    if (figures->against > 0) {
        printf("  %-16s", row->programs[figures->against].name);
        print_number(8, figures->programs[figures->against].median);
        print_number(6, figures->ratio);
    } else if (row->goal.kind != BENCH_GOAL_NONE) {
        printf("%34s", "");
    }
    if (row->goal.kind != BENCH_GOAL_NONE)
        printf("  %s %g: %s", goals[row->goal.kind].relation, row->goal.bound,
               met(&row->goal, figures) ? "yes" : "no");
    printf("\n");
    fflush(stdout);
}

/* ---- JSON ---- */

static void write_text(struct hr_json *json, const char *key, const char *text)
{
    hr_json_key(json, key);
    hr_json_string(json, text);
}

static void write_number(struct hr_json *json, const char *key, double x)
{
    if (x > 0) {
        hr_json_key(json, key);
        hr_json_double(json, x);
    }
}

static void begin_row(struct hr_json *json, const struct bench_section *section, const char *name)
{
    hr_json_object(json);
    write_text(json, "section", section->name);
    write_text(json, "name", name);
}

static void write_programs(struct hr_json *json, const struct bench_row *row,
                           const struct bench_figures *figures)
{
    hr_json_key(json, "programs");
    hr_json_array(json);
    for (unsigned i = 0; i < row->n_programs; i++) {
        const struct bench_figure *figure = &figures->programs[i];
        hr_json_object(json);
        write_text(json, "name", row->programs[i].name);
        write_number(json, "median", figure->median);
        write_number(json, "least", figure->least);
        write_number(json, "rate", figure->rate);
        write_number(json, "requests", (double)figure->requests);
        write_number(json, "latency_s_mean", figure->latency_s_mean);
        if (row->theory != NULL)
            write_number(json, "latency_s_tolerance",
                         bench_tolerance_s(row->theory, figure->requests));
        hr_json_object_end(json);
    }
    hr_json_array_end(json);
}

static void write_row(struct hr_json *json, const struct bench_section *section,
                      const struct bench_row *row, const struct bench_figures *figures)
{
    begin_row(json, section, row->name);
    write_text(json, "unit", section->unit);
    write_text(json, "rate_unit", section->rate_unit);
    write_programs(json, row, figures);
    write_number(json, "peak_mib", figures->peak_mib);
    if (figures->against > 0) {
        write_text(json, "against", row->programs[figures->against].name);
        write_number(json, "ratio", figures->ratio);
    }
    if (row->theory != NULL)
        write_number(json, "latency_s_theory", row->theory->latency_s_mean);
    if (row->goal.kind != BENCH_GOAL_NONE) {
        hr_json_key(json, "goal");
        hr_json_object(json);
        write_number(json, goals[row->goal.kind].key, row->goal.bound);
        hr_json_key(json, "met");
        hr_json_bool(json, met(&row->goal, figures));
        hr_json_object_end(json);
    }
    hr_json_object_end(json);
}

/* ---- rows ---- */

static void check_theory(struct bench *bench, const struct bench_row *row,
                         const struct bench_figures *figures)
{
    for (unsigned i = 0; i < row->n_programs; i++) {
        const struct bench_figure *figure = &figures->programs[i];
        const double tolerance = bench_tolerance_s(row->theory, figure->requests);
        if (fabs(figure->latency_s_mean - row->theory->latency_s_mean) <= tolerance)
            continue;
        fprintf(stderr, "%s: mean latency of %s is %g s; theory says %g s within %g s\n", row->name,
                row->programs[i].name, figure->latency_s_mean, row->theory->latency_s_mean,
                tolerance);
        bench->failures++;
    }
}

void bench_row(struct bench *bench, const struct bench_section *section,
               const struct bench_row *row)
{
    struct bench_figures figures;
    print_header(bench, section);
    bench->rows++;
    if (!bench_race(row, row->rounds > 0 ? row->rounds : bench->rounds, &figures)) {
        printf("%-38s failed\n", row->name);
        bench->failures++;
        return;
    }
    print_row(row, &figures);
    if (bench->json != NULL)
        write_row(bench->json, section, row, &figures);
    if (row->theory != NULL)
        check_theory(bench, row, &figures);
}

void bench_skip(struct bench *bench, const struct bench_section *section, const char *name,
                const char *why)
{
    print_header(bench, section);
    bench->rows++;
    printf("%-38s skipped: %s\n", name, why);
    if (bench->json == NULL)
        return;
    begin_row(bench->json, section, name);
    write_text(bench->json, "skipped", why);
    hr_json_object_end(bench->json);
}
