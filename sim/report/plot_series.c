/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series over simulated time as numbers to plot. */
#include "report/plot.h"

#include <math.h>
#include <stdio.h>

#define TICKS_MAX  8
#define POINTS_MAX 600

struct time_axis {
    double unit_s;
    const char *label;
    double step; /* between ticks, in the unit */
};

/* The smallest of 1, 2, 5, 10, ... (of hours also divisors of the day) that gives few ticks. */
static double tick_step(double span, bool hours)
{
    static const double of_hours[] = { 0.25, 0.5, 1, 2, 3, 4, 6, 12, 24 };
    for (size_t i = 0; hours && i < sizeof(of_hours) / sizeof(of_hours[0]); i++)
        if (span / of_hours[i] <= TICKS_MAX)
            return of_hours[i];
    const double decade = pow(10, floor(log10(span / TICKS_MAX)));
    const double needed = span / TICKS_MAX / decade;
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
    axis.step = tick_step(span_s / axis.unit_s, axis.unit_s == 3600);
    return axis;
}

static double largest_of_all(const struct hr_plot_series *lines)
{
    double largest = 0;
    for (size_t c = 0; c < lines->n; c++)
        if (lines->columns[c])
            largest = fmax(largest, hr_plot_largest(lines->columns[c], lines->series->n));
    return largest;
}

/* Writes the targets worth showing; returns the height that the axis must reach. */
static double add_targets(const struct hr_plot_series *lines, double largest, struct hr_str *plot)
{
    double highest = largest;
    hr_str_add(plot, "targets = \"");
    for (size_t i = 0; i < lines->n_targets; i++) {
        if (!(lines->targets[i] > 0) || lines->targets[i] > 3 * largest)
            continue;
        hr_plot_value(plot, lines->targets[i] * lines->factor);
        highest = fmax(highest, lines->targets[i]);
    }
    hr_str_add(plot, "\"\n");
    return highest;
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

void hr_plot_over_time(const struct hr_plot_series *lines, struct hr_str *plot)
{
    const struct hr_series *series = lines->series;
    const double span_s = (double)series->n * series->step_s;
    const struct time_axis axis = choose_time_axis(span_s);
    hr_plot_set_text(plot, "x_label", axis.label);
    hr_plot_set_text(plot, "y_label", lines->unit);
    hr_plot_set(plot, "n", (double)lines->n);
    hr_plot_set(plot, "x_max", span_s / axis.unit_s);
    hr_plot_set(plot, "x_step", axis.step);
    hr_plot_set(plot, "x_warmup", fmin(lines->warmup_s, span_s) / axis.unit_s);
    const double highest = add_targets(lines, largest_of_all(lines), plot) * lines->factor;
    hr_plot_set(plot, "y_max", highest > 0 ? 1.08 * highest : 1);
    hr_str_add(plot, "$data << END\n");
    const size_t stride = (series->n + POINTS_MAX - 1) / POINTS_MAX;
    for (size_t i = 0; i < series->n; i += stride) {
        const size_t end = i + stride < series->n ? i + stride : series->n;
        hr_plot_value(plot, 0.5 * (double)(i + end) * series->step_s / axis.unit_s);
        for (size_t c = 0; c < lines->n; c++)
            hr_plot_value(plot, lines->columns[c]
                                    ? highest_of(lines->columns[c], i, end) * lines->factor
                                    : (double)NAN);
        hr_str_add(plot, "\n");
    }
    hr_str_add(plot, "END\n");
}
