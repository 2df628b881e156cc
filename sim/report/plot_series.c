/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series over simulated time as numbers to plot. */
#include "report/plot.h"

#include <math.h>
#include <stdio.h>

#define TICKS_MAX   8
#define PANEL_TICKS 3
#define POINTS_MAX  600

struct time_axis {
    double unit_s;
    const char *label;
    double step; /* between ticks, in the unit */
};

/* The smallest of 1, 2, 5, 10, ... (of hours also divisors of the day) that gives few ticks. */
static double tick_step(double span, double ticks, bool hours)
{
    static const double of_hours[] = { 0.25, 0.5, 1, 2, 3, 4, 6, 12, 24 };
    for (size_t i = 0; hours && i < sizeof(of_hours) / sizeof(of_hours[0]); i++)
        if (span / of_hours[i] <= ticks)
            return of_hours[i];
    const double decade = pow(10, floor(log10(span / ticks)));
    const double needed = span / ticks / decade;
    return decade * (needed <= 1 ? 1 : needed <= 2 ? 2 : needed <= 5 ? 5 : 10);
}

static struct time_axis choose_time_axis(double span_s)
{
    struct time_axis axis = { 1, "time (seconds)", 0 };
    if (span_s > 3 * 86400)
        axis = (struct time_axis){ 86400, "time (days)", 0 };
    else if (span_s > 2 * 3600)
        axis = (struct time_axis){ 3600, "time (hours)", 0 };
    else if (span_s > 180)
        axis = (struct time_axis){ 60, "time (minutes)", 0 };
    axis.step = tick_step(span_s / axis.unit_s, TICKS_MAX, axis.unit_s == 3600);
    return axis;
}

/* The axis of the grid's time; what belongs to the warm-up is shaded. Returns its unit. */
static double set_time_axis(const struct hr_series *series, double warmup_s, struct hr_str *plot)
{
    const double span_s = (double)series->n * series->step_s;
    const struct time_axis axis = choose_time_axis(span_s);
    hr_plot_set_text(plot, "x_label", axis.label);
    hr_plot_set(plot, "x_max", span_s / axis.unit_s);
    hr_plot_set(plot, "x_step", axis.step);
    hr_plot_set(plot, "x_warmup", fmin(warmup_s, span_s) / axis.unit_s);
    return axis.unit_s;
}

/* Writes the targets worth showing; returns the height that the axis must reach. */
static double set_targets(const struct hr_plot_lines *lines, size_t n, const char *name,
                          struct hr_str *plot)
{
    double largest = 0;
    for (size_t c = 0; c < lines->n; c++)
        if (lines->columns[c])
            largest = fmax(largest, hr_plot_largest(lines->columns[c], n));
    double highest = largest;
    hr_str_addf(plot, "%s = \"", name);
    for (size_t i = 0; i < lines->n_targets; i++) {
        if (!(lines->targets[i] > 0) || lines->targets[i] > 3 * largest)
            continue;
        hr_plot_value(plot, lines->targets[i] * lines->factor);
        highest = fmax(highest, lines->targets[i]);
    }
    hr_str_add(plot, "\"\n");
    highest *= lines->factor;
    return highest > 0 ? 1.08 * highest : 1;
}

/* A plot cannot show more steps than it has room for: of several it shows the highest, so that no
 * peak is lost. */
static double highest_of(const double *values, size_t from, size_t to)
{
    double highest = (double)NAN;
    for (size_t i = from; i < to; i++)
        highest = fmax(highest, values[i]);
    return highest;
}

/* The columns of all, side by side, behind the time. */
static void add_data(const struct hr_series *series, double unit_s,
                     const struct hr_plot_lines *lines, size_t n_lines, struct hr_str *plot)
{
    hr_str_add(plot, "$data << END\n");
    const size_t stride = (series->n + POINTS_MAX - 1) / POINTS_MAX;
    for (size_t i = 0; i < series->n; i += stride) {
        const size_t end = i + stride < series->n ? i + stride : series->n;
        hr_plot_value(plot, 0.5 * (double)(i + end) * series->step_s / unit_s);
        for (size_t k = 0; k < n_lines; k++)
            for (size_t c = 0; c < lines[k].n; c++)
                hr_plot_value(plot, lines[k].columns[c]
                                        ? highest_of(lines[k].columns[c], i, end) * lines[k].factor
                                        : (double)NAN);
        hr_str_add(plot, "\n");
    }
    hr_str_add(plot, "END\n");
}

void hr_plot_over_time(const struct hr_series *series, double warmup_s,
                       const struct hr_plot_lines *lines, struct hr_str *plot)
{
    const double unit_s = set_time_axis(series, warmup_s, plot);
    hr_plot_set_text(plot, "y_label", lines->unit);
    hr_plot_set(plot, "n", (double)lines->n);
    const double y_max = set_targets(lines, series->n, "targets", plot);
    hr_plot_set(plot, "y_max", y_max);
    add_data(series, unit_s, lines, 1, plot);
}

static void set_of(struct hr_str *plot, const char *name, size_t k, double value)
{
    char full[32];
    snprintf(full, sizeof(full), "%s_%zu", name, k);
    hr_plot_set(plot, full, value);
}

/* The settings of panel k, whose columns start with `first`. */
static void set_panel(const struct hr_series *series, const struct hr_plot_lines *panel, size_t k,
                      size_t first, struct hr_str *plot)
{
    char name[32];
    snprintf(name, sizeof(name), "label_%zu", k);
    hr_plot_set_text(plot, name, panel->unit);
    snprintf(name, sizeof(name), "targets_%zu", k);
    const double y_max = set_targets(panel, series->n, name, plot);
    set_of(plot, "first", k, (double)first);
    set_of(plot, "n", k, (double)panel->n);
    set_of(plot, "color", k, panel->first_color);
    set_of(plot, "nested", k, panel->nested);
    set_of(plot, "y_max", k, y_max);
    set_of(plot, "step", k, fmax(tick_step(y_max, PANEL_TICKS, false), panel->nested));
}

void hr_plot_panels(const struct hr_series *series, double warmup_s,
                    const struct hr_plot_lines *panels, size_t n, struct hr_str *plot)
{
    const double unit_s = set_time_axis(series, warmup_s, plot);
    hr_plot_set(plot, "panels", (double)n);
    hr_plot_set(plot, "height", hr_plot_panels_height(n));
    hr_plot_set_text(plot, "y_label", "");
    size_t first = 2;
    for (size_t k = 0; k < n; k++) {
        set_panel(series, &panels[k], k + 1, first, plot);
        first += panels[k].n;
    }
    add_data(series, unit_s, panels, n, plot);
}

unsigned hr_plot_panels_height(size_t n)
{
    return 56 + 100 * (unsigned)n;
}
