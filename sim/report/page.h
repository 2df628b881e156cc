/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report as one self-contained HTML page; each section is a function of one result. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "report/plot.h"

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
void hr_page_inputs(struct hr_page *page);
void hr_page_method(struct hr_page *page);

/* One line of a figure's legend; color i is that of series i, from 1. */
struct hr_page_label {
    const char *text;
    unsigned color;
};

/* Writes a figure: title (a literal), the name it is of (NULL: none), a legend, and the plot or the
 * reason why there is none. */
void hr_page_figure(struct hr_page *page, const char *title, const char *of,
                    const struct hr_page_label *labels, size_t n_labels, const char *script,
                    const struct hr_str *plot);

#endif
