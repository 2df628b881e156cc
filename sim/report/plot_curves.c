/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The latency distribution as numbers to plot: histogram and percentile curve. */
#include "report/plot.h"

#include <math.h>
#include <stdio.h>

#define BINS_PER_DECADE 25
#define BINS_MAX        120
#define TAIL_SHARE      0.0005 /* cut from either side of the histogram */
#define CURVE_STEP      0.01   /* distance of percentile points, in nines */
#define EXCEEDANCES     10.0   /* a percentile needs so many slower requests */
#define NINES_MAX       5.0    /* more are hard to read, and nobody's objective */
#define LOG_RANGE       20.0   /* a log axis when curves start so far below the top */

/* The latency at or below which a share of the requests stays. */
static double curve_latency(const struct hr_curve *curve, double share)
{
    size_t lo = 0, hi = curve->n - 1;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (curve->share[middle] < share)
            lo = middle + 1;
        else
            hi = middle;
    }
    return curve->latency_s[lo];
}

/* The share at or below a latency, linear between points: they are dense. */
static double curve_share(const struct hr_curve *curve, double latency_s)
{
    size_t lo = 0, hi = curve->n;
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (curve->latency_s[middle] <= latency_s)
            lo = middle + 1;
        else
            hi = middle;
    }
    if (lo == 0)
        return 0;
    if (lo == curve->n)
        return 1;
    const double x0 = curve->latency_s[lo - 1], x1 = curve->latency_s[lo];
    const double y0 = curve->share[lo - 1], y1 = curve->share[lo];
    return y0 + (y1 - y0) * (latency_s - x0) / (x1 - x0);
}

/* The bins of the histogram: n of them, starting at lo, each `ratio` times as far as the last. */
struct bins {
    unsigned n;
    double lo, ratio;
};

static bool choose_bins(const struct hr_result *result, struct bins *bins)
{
    double lo = HUGE_VAL, hi = 0;
    for (size_t i = 0; i < result->n_workloads; i++) {
        const struct hr_curve *curve = &result->workloads[i].latency_curve;
        if (curve->n == 0)
            continue;
        lo = fmin(lo, curve_latency(curve, TAIL_SHARE));
        hi = fmax(hi, curve_latency(curve, 1 - TAIL_SHARE));
    }
    if (!(lo <= hi) || hi <= 0)
        return false;
    lo = fmax(lo, hi * 1e-6) / 1.2; /* latencies of 0 have no place on a log axis */
    hi *= 1.2;
    const double decades = log10(hi / lo);
    bins->n = (unsigned)fmin(fmax(decades * BINS_PER_DECADE, 20), BINS_MAX);
    bins->lo = lo;
    bins->ratio = pow(hi / lo, 1.0 / bins->n);
    return true;
}

bool hr_plot_distribution(const struct hr_result *result, struct hr_str *plot)
{
    struct bins bins;
    if (!choose_bins(result, &bins))
        return false;
    const double hi = bins.lo * pow(bins.ratio, bins.n);
    const struct hr_plot_axis axis = hr_plot_latency_axis(hi);
    char label[32];
    snprintf(label, sizeof(label), "latency (%s)", axis.unit);
    hr_plot_set_text(plot, "x_label", label);
    hr_plot_set_text(plot, "y_label", "requests (%)");
    hr_plot_set(plot, "n", (double)result->n_workloads);
    hr_plot_set(plot, "x_min", bins.lo * axis.factor);
    hr_plot_set(plot, "x_max", hi * axis.factor);
    hr_plot_set(plot, "fine", hi / bins.lo < 300);
    hr_str_add(plot, "$data << END\n");
    for (unsigned b = 0; b <= bins.n; b++) {
        const double start = bins.lo * pow(bins.ratio, b), stop = start * bins.ratio;
        hr_plot_value(plot, start * axis.factor);
        for (size_t i = 0; i < result->n_workloads; i++) {
            const struct hr_curve *curve = &result->workloads[i].latency_curve;
            const double share = curve->n == 0 || b == bins.n
                                     ? 0
                                     : curve_share(curve, stop) - curve_share(curve, start);
            hr_plot_value(plot, 100 * share);
        }
        hr_str_add(plot, "\n");
    }
    hr_str_add(plot, "END\n");
    return true;
}

/* How many nines to show: what the number of completed requests supports. */
static double nines_shown(const struct hr_workload_result *workload)
{
    const double supported = log10(fmax((double)workload->requests.completed / EXCEEDANCES, 1));
    return fmin(supported, NINES_MAX);
}

static void add_percentiles(const struct hr_workload_result *workload, double factor,
                            struct hr_str *plot)
{
    const struct hr_curve *curve = &workload->latency_curve;
    const double most = nines_shown(workload);
    double last = -1;
    for (size_t i = 0; i < curve->n; i++) {
        const double nines = curve->share[i] < 1 ? -log10(1 - curve->share[i]) : HUGE_VAL;
        if (nines > most)
            break;
        if (nines < last + CURVE_STEP)
            continue;
        last = nines;
        hr_plot_value(plot, nines);
        hr_plot_value(plot, curve->latency_s[i] * factor);
        hr_str_add(plot, "\n");
    }
    if (last < 0)
        hr_str_add(plot, "0 NaN\n");
    hr_str_add(plot, "\n\n"); /* ends a data set */
}

bool hr_plot_percentiles(const struct hr_result *result, struct hr_str *plot)
{
    double nines = 0, largest = 0, smallest = HUGE_VAL;
    for (size_t i = 0; i < result->n_workloads; i++) {
        const struct hr_workload_result *workload = &result->workloads[i];
        const double most = nines_shown(workload);
        if (workload->latency_curve.n == 0)
            continue;
        nines = fmax(nines, most);
        largest = fmax(largest, curve_latency(&workload->latency_curve, 1 - pow(10, -most)));
        smallest = fmin(smallest, curve_latency(&workload->latency_curve, 0.1));
    }
    if (nines <= 0 || largest <= 0)
        return false;
    const struct hr_plot_axis axis = hr_plot_latency_axis(largest);
    char label[32];
    snprintf(label, sizeof(label), "latency (%s)", axis.unit);
    hr_plot_set_text(plot, "x_label", "percentile");
    hr_plot_set_text(plot, "y_label", label);
    hr_plot_set(plot, "n", (double)result->n_workloads);
    hr_plot_set(plot, "x_max", nines);
    hr_plot_set(plot, "y_min",
                smallest > 0 && largest > LOG_RANGE * smallest ? 0.8 * smallest * axis.factor : 0);
    hr_plot_set(plot, "y_max", 1.08 * largest * axis.factor);
    hr_str_add(plot, "$data << END\n");
    for (size_t i = 0; i < result->n_workloads; i++)
        add_percentiles(&result->workloads[i], axis.factor, plot);
    hr_str_add(plot, "END\n");
    return true;
}
