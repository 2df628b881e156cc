/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The estimates of a deployment. */
#include "base/mem.h"
#include "base/str.h"
#include "model/facts.h"
#include "run/summary.h"
#include "stats/interval.h"

#include <math.h>

#define EXPONENT_MOST 0.75   /* of time, by which the backlog of a stable queue may grow */
#define Z_GROWTH      3.0902 /* one-sided 0.001 */

static const struct hr_deployment_metrics *metrics_of(const struct hr_summary *summary, unsigned r,
                                                      size_t d)
{
    return &summary->replications[r].deployments[d];
}

static const double *sums_of(const struct hr_summary *summary, size_t row, size_t d)
{
    return hr_summary_deployment(summary, row, d);
}

static void estimate_use(const struct hr_summary *summary, size_t d,
                         struct hr_deployment_result *out)
{
    const struct hr_deployment_metrics *first = metrics_of(summary, 0, d);
    /* What the replicas did, in slot-ns (core-ns when they share cores). */
    const int done = first->shares_cores ? HR_SUM_EXECUTED_NS : HR_LEVEL_BUSY;
    if (isinf(first->slots)) {
        out->utilization = out->utilization_paid = out->offered_load =
            hr_summary_none("concurrency is unlimited");
        return;
    }
    for (size_t r = 0; r < summary->n_rows; r++) {
        summary->x[r] = sums_of(summary, r, d)[done];
        summary->y[r] = sums_of(summary, r, d)[HR_LEVEL_SERVING] * first->slots;
    }
    out->utilization = hr_summary_time_share(summary, "no replica was ready");
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->y[r] = sums_of(summary, r, d)[HR_LEVEL_BILLED] * first->slots;
    out->utilization_paid = hr_summary_time_share(summary, "no replica was billed");
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = sums_of(summary, r, d)[HR_SUM_OFFERED_NS];
    out->offered_load = hr_summary_ratio(summary, "no replica was billed");
}

double hr_summary_memory_byte_ns(const struct hr_summary *summary, size_t row, size_t d)
{
    const struct hr_deployment_spec *spec =
        &((const struct hr_deployment_spec *)summary->spec->deployments.items)[d];
    const struct hr_memory_spec *memory =
        ((const struct hr_model_spec *)summary->spec->models.items)[spec->model].memory;
    const double *sums = sums_of(summary, row, d);
    if (memory == NULL)
        return (double)NAN;
    return memory->base * sums[HR_LEVEL_SERVING] + memory->per_request * sums[HR_LEVEL_HELD] +
           sums[HR_SUM_LEAK_BYTE_NS];
}

static void estimate_resources(const struct hr_summary *summary, size_t d,
                               struct hr_deployment_result *out)
{
    const struct hr_deployment_metrics *first = metrics_of(summary, 0, d);
    /* CPU-seconds follow the work done, which stands still while a replica is throttled. */
    const int work = first->shares_cores || first->throttles ? HR_SUM_EXECUTED_NS : HR_LEVEL_BUSY;
    for (size_t r = 0; r < summary->n_rows; r++) {
        const double *sums = sums_of(summary, r, d);
        summary->y[r] = sums[HR_LEVEL_SERVING];
        summary->x[r] = first->cpu_idle * summary->y[r] + first->cpu_slot * sums[work];
    }
    out->cpu_cores = first->cpu_idle > 0 || first->cpu_slot > 0
                         ? hr_summary_ratio(summary, "no replica was ready")
                         : hr_summary_none(HR_SUMMARY_NO_CPU);
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = sums_of(summary, r, d)[HR_LEVEL_THROTTLED];
    out->throttled = first->throttles ? hr_summary_time_share(summary, "no replica was ready")
                                      : hr_summary_none("the CPU limit cannot be reached");
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = hr_summary_memory_byte_ns(summary, r, d);
    out->memory_bytes = isnan(summary->x[0]) ? hr_summary_none(HR_SUMMARY_NO_MEMORY)
                                             : hr_summary_ratio(summary, "no replica was ready");
}

static void count_replicas(const struct hr_summary *summary, size_t d,
                           struct hr_deployment_result *out)
{
    out->replicas_min = UINT64_MAX;
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_deployment_metrics *metrics = metrics_of(summary, r, d);
        out->replicas_min =
            metrics->ready_min < out->replicas_min ? metrics->ready_min : out->replicas_min;
        out->replicas_max =
            metrics->ready_max > out->replicas_max ? metrics->ready_max : out->replicas_max;
        out->failures += metrics->failures;
        out->memory_kills += metrics->memory_kills;
    }
}

/* More work arrives than the ready replicas can do: how much, relative to that; else NaN. */
static double find_overload(const struct hr_summary *summary, size_t d, double load)
{
    if (isnan(load)) {
        for (size_t r = 0; r < summary->n; r++) {
            summary->x[r] = sums_of(summary, r, d)[HR_SUM_OFFERED_NS];
            summary->y[r] =
                sums_of(summary, r, d)[HR_LEVEL_SERVING] * metrics_of(summary, 0, d)->slots;
        }
        const struct hr_estimate measured =
            hr_estimate_ratio(summary->x, summary->y, summary->n, NULL);
        load = measured.n > 1 && measured.lo < 1 ? measured.lo : measured.value;
    }
    return load >= 1 ? load : (double)NAN;
}

/*
 * How fast the backlog grows, a second; NaN if it does not, or may not. In the second half of the
 * window, around time t, it grows as a power of time with the exponent b t / x, b being the slope
 * of the line through it and x its mean: 1 where more comes than goes, 1/2 while a stable queue
 * fills up or a critical one wanders, 0 in a steady state. It grows if the replications show an
 * exponent above 3/4 at the level 0.001.
 */
static double find_growth(const struct hr_summary *summary, size_t d)
{
    double slope = 0;
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_trend *backlog = &metrics_of(summary, r, d)->backlog;
        summary->x[r] = hr_trend_slope(backlog) * backlog->t - EXPONENT_MOST * backlog->x;
        slope += hr_trend_slope(backlog) / summary->n;
    }
    return hr_mean_is_positive(summary->x, summary->n, Z_GROWTH) ? slope : (double)NAN;
}

/* What the spec says of the load is all there is to it: nothing comes twice, no CPU is throttled,
 * no replica killed. */
static bool is_plain(const struct hr_summary *summary, size_t d)
{
    const struct hr_spec *spec = summary->spec;
    const struct hr_workload_spec *workloads = spec->workloads.items;
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    const struct hr_model_spec *models = spec->models.items;
    bool plain =
        !metrics_of(summary, 0, d)->throttles && models[deployments[d].model].memory == NULL;
    for (size_t w = 0; w < spec->workloads.n; w++)
        plain = plain && ((size_t)workloads[w].deployment != d || workloads[w].retries == NULL);
    return plain;
}

/* A queue without a steady state. */
static char *find_unstable(const struct hr_summary *summary, size_t d)
{
    const double slots = metrics_of(summary, 0, d)->slots;
    if (isinf(slots))
        return NULL;
    const double load =
        summary->steady ? hr_spec_offered_load(summary->spec, d, slots) : (double)NAN;
    const double overload =
        hr_spec_is_regulated(summary->spec, d) ? (double)NAN : find_overload(summary, d, load);
    const bool may_grow = summary->steady && !(load < 1 && is_plain(summary, d));
    const double growth = may_grow ? find_growth(summary, d) : (double)NAN;
    if (isnan(overload) && isnan(growth))
        return NULL;
    struct hr_str text;
    hr_str_init(&text);
    if (!isnan(overload))
        hr_str_addf(&text, "unstable: offered load %.2f", overload);
    else
        hr_str_addf(&text, "unstable: queue grows by %.3g/s", growth);
    return hr_str_take(&text);
}

static struct hr_estimate mean_level(const struct hr_summary *summary, size_t d,
                                     enum hr_deployment_level level)
{
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = sums_of(summary, r, d)[level] / hr_summary_time_ns(summary, r);
    return hr_summary_mean(summary);
}

void hr_summarize_deployment(const struct hr_summary *summary, size_t d)
{
    const struct hr_deployment_spec *spec =
        &((const struct hr_deployment_spec *)summary->spec->deployments.items)[d];
    struct hr_deployment_result *out = &summary->result->deployments[d];
    out->name = hr_strdup(spec->name);
    count_replicas(summary, d, out);
    out->unstable = find_unstable(summary, d);
    estimate_use(summary, d, out);
    estimate_resources(summary, d, out);
    out->replicas_mean = mean_level(summary, d, HR_LEVEL_READY);
    out->queue_length = out->unstable != NULL && summary->steady
                            ? hr_summary_none(out->unstable)
                            : mean_level(summary, d, HR_LEVEL_WAITING);
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = hr_summary_cost_usd_per_hour(summary, r, d);
    out->cost_usd_per_hour = hr_summary_is_priced(summary, d)
                                 ? hr_summary_mean(summary)
                                 : hr_summary_none(HR_SUMMARY_NO_PRICE);
    if (hr_spec_has_pods(summary->spec))
        hr_summarize_pods(summary, d);
}
