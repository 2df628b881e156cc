/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plots as inline SVG. A plot is a script of plots/ and the numbers it asks for; nothing that comes
 * from a scenario is ever part of it but numbers.
 */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include "base/str.h"

#include <headroom/diag.h>
#include <headroom/result.h>

/* The first failure ends plotting for a report: one warning, and why_not says it to the reader. */
struct hr_plotter {
    struct hr_diag *diag;
    const char *why_not; /* NULL as long as plots work */
};

/* Settings of a plot, written in front of its script. */
void hr_plot_set(struct hr_str *plot, const char *name, double value);
void hr_plot_set_text(struct hr_str *plot, const char *name, const char *literal);
void hr_plot_value(struct hr_str *plot, double value); /* in a data block; NaN is a gap */

/* The drawing of a plot: what stands between <svg> and </svg>, without any id. `script` is the
 * name of a file of plots/. False: there is none, see plotter->why_not. */
bool hr_plot_draw(struct hr_plotter *plotter, const char *script, const struct hr_str *plot,
                  struct hr_str *drawing);

/* The axis for latencies up to `seconds`: what they are multiplied by, and the name of the unit. */
struct hr_plot_axis {
    double factor;
    const char *unit; /* "s", "ms", "us" */
};
struct hr_plot_axis hr_plot_latency_axis(double seconds);

/*
 * Settings and data of the plot of n curves (each with points) as a histogram over log latency, and
 * as percentiles. False: there is nothing to draw.
 */
bool hr_plot_distribution(const struct hr_result *result, struct hr_str *plot);
bool hr_plot_percentiles(const struct hr_result *result, struct hr_str *plot);

/* Columns of the series over time. Steps are drawn at their middle. */
struct hr_plot_lines {
    const char *unit; /* of the axis; a literal */
    double factor;
    size_t n;
    const double *columns[8]; /* NULL: left out, but its color stays free */
    unsigned first_color;     /* of panels: that of the first column */
    bool nested;              /* of panels: whole numbers that often lie on each other */
    size_t n_targets;
    double targets[8]; /* dashed; those far above the data are left out */
};
void hr_plot_over_time(const struct hr_series *series, double warmup_s,
                       const struct hr_plot_lines *lines, struct hr_str *plot);

/* Several plots above each other, on one axis of time; the height of their drawing. */
void hr_plot_panels(const struct hr_series *series, double warmup_s,
                    const struct hr_plot_lines *panels, size_t n, struct hr_str *plot);
unsigned hr_plot_panels_height(size_t n);

#define HR_PLOT_WIDTH  520
#define HR_PLOT_HEIGHT 290 /* of all others */

/* Largest value of a column, NaN left out; 0 when there is none. */
double hr_plot_largest(const double *column, size_t n);

#endif
