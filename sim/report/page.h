/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report as one self-contained HTML page; each section is a function of one result. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "report/plot.h"
#include "report/show.h"

#include <headroom/result.h>
#include <stdio.h>

struct hr_page {
    const struct hr_result *result;
    FILE *out;
    struct hr_plotter plotter;
};

void hr_page_write(const struct hr_result *result, FILE *out, struct hr_diag *diag);

void hr_page_verdict(struct hr_page *page);
void hr_page_numbers(struct hr_page *page);
void hr_page_latency(struct hr_page *page);
void hr_page_parts(struct hr_page *page);
void hr_page_over_time(struct hr_page *page);
void hr_page_deployments(struct hr_page *page);
void hr_page_long_run(struct hr_page *page); /* nothing when no replica fails */
void hr_page_cost(struct hr_page *page);
void hr_page_cluster(struct hr_page *page); /* of pods */
void hr_page_events(struct hr_page *page);
void hr_page_events_style(struct hr_page *page);
void hr_page_inputs(struct hr_page *page);
void hr_page_method(struct hr_page *page);

/* Things of a kind, each a column of a table; there is at least one. */
struct hr_page_things {
    size_t n;
    const char *(*name)(const struct hr_result *result, size_t i);
    const void *(*get)(const struct hr_result *result, size_t i); /* what has the key numbers */
    void (*count)(const struct hr_result *result, size_t i, struct hr_key_count *counts);
};
#define HR_PAGE_COUNTS_MAX 8

void hr_page_table_open(struct hr_page *page, const struct hr_page_things *things);
void hr_page_table_numbers(struct hr_page *page, const struct hr_page_things *things,
                           const struct hr_key_number *numbers, size_t n);
void hr_page_table_counts(struct hr_page *page, const struct hr_page_things *things, size_t n);
void hr_page_table_close(struct hr_page *page);

/* One line of a figure's legend; color i is that of series i, from 1. */
struct hr_page_label {
    const char *text;
    unsigned color;
};

/* Writes a figure: title (a literal), the name it is of (NULL: none), a legend, and the plot or the
 * reason why there is none. `height` is that of the plot. */
void hr_page_figure(struct hr_page *page, const char *title, const char *of,
                    const struct hr_page_label *labels, size_t n_labels, const char *script,
                    const struct hr_str *plot, unsigned height);

/* The column kind.name.column of the series (name NULL: kind.column); NULL when it is missing or
 * never holds a value. */
const double *hr_page_column(const struct hr_page *page, const char *kind, const char *name,
                             const char *column);

/* Adds the latency objectives of the workload, as dashed lines. */
void hr_page_targets(const struct hr_result *result, const char *workload,
                     struct hr_plot_lines *lines);

#endif
