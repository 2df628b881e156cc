/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The estimates of a deployment. */
#include "base/mem.h"
#include "base/str.h"
#include "model/facts.h"
#include "run/summary.h"

#include <math.h>

static const struct hr_deployment_metrics *metrics_of(const struct hr_summary *summary, unsigned r,
                                                      size_t d)
{
    return &summary->replications[r].deployments[d];
}

static double area(const struct hr_deployment_metrics *metrics, enum hr_deployment_level level)
{
    return (double)metrics->areas[level].total;
}

/* What the replicas did, in slot-ns (core-ns when they share cores). */
static double done_ns(const struct hr_deployment_metrics *metrics)
{
    return metrics->shares_cores ? metrics->executed_ns : area(metrics, HR_LEVEL_BUSY);
}

/* CPU-seconds follow the work done, which stands still while a replica is throttled. */
static double cpu_work_ns(const struct hr_deployment_metrics *metrics)
{
    return metrics->shares_cores || metrics->throttles ? metrics->executed_ns
                                                       : area(metrics, HR_LEVEL_BUSY);
}

static void estimate_use(const struct hr_summary *summary, size_t d,
                         struct hr_deployment_result *out)
{
    if (isinf(metrics_of(summary, 0, d)->slots)) {
        out->utilization = out->utilization_paid = out->offered_load =
            hr_summary_none("concurrency is unlimited");
        return;
    }
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_deployment_metrics *metrics = metrics_of(summary, r, d);
        summary->x[r] = done_ns(metrics);
        summary->y[r] = area(metrics, HR_LEVEL_SERVING) * metrics->slots;
    }
    out->utilization = hr_summary_time_share(summary, "no replica was ready");
    for (unsigned r = 0; r < summary->n; r++)
        summary->y[r] =
            area(metrics_of(summary, r, d), HR_LEVEL_BILLED) * metrics_of(summary, r, d)->slots;
    out->utilization_paid = hr_summary_time_share(summary, "no replica was billed");
    for (unsigned r = 0; r < summary->n; r++)
        summary->x[r] = (double)metrics_of(summary, r, d)->offered_ns;
    out->offered_load = hr_summary_ratio(summary, "no replica was billed");
}

double hr_summary_memory_byte_ns(const struct hr_summary *summary, unsigned r, size_t d)
{
    const struct hr_deployment_spec *spec =
        &((const struct hr_deployment_spec *)summary->spec->deployments.items)[d];
    const struct hr_memory_spec *memory =
        ((const struct hr_model_spec *)summary->spec->models.items)[spec->model].memory;
    const struct hr_deployment_metrics *metrics = metrics_of(summary, r, d);
    if (memory == NULL)
        return (double)NAN;
    return memory->base * area(metrics, HR_LEVEL_SERVING) +
           memory->per_request * area(metrics, HR_LEVEL_HELD) + metrics->leak_byte_ns;
}

static void estimate_resources(const struct hr_summary *summary, size_t d,
                               struct hr_deployment_result *out)
{
    const struct hr_deployment_metrics *first = metrics_of(summary, 0, d);
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_deployment_metrics *metrics = metrics_of(summary, r, d);
        summary->y[r] = area(metrics, HR_LEVEL_SERVING);
        summary->x[r] =
            metrics->cpu_idle * summary->y[r] + metrics->cpu_slot * cpu_work_ns(metrics);
    }
    out->cpu_cores = first->cpu_idle > 0 || first->cpu_slot > 0
                         ? hr_summary_ratio(summary, "no replica was ready")
                         : hr_summary_none(HR_SUMMARY_NO_CPU);
    for (unsigned r = 0; r < summary->n; r++)
        summary->x[r] = area(metrics_of(summary, r, d), HR_LEVEL_THROTTLED);
    out->throttled = first->throttles ? hr_summary_time_share(summary, "no replica was ready")
                                      : hr_summary_none("the CPU limit cannot be reached");
    for (unsigned r = 0; r < summary->n; r++)
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

/* More work arrives than the ready replicas can do, and nothing sheds it. */
static char *find_unstable(const struct hr_summary *summary, size_t d)
{
    if (isinf(metrics_of(summary, 0, d)->slots) || hr_spec_is_regulated(summary->spec, d))
        return NULL;
    double load = summary->steady
                      ? hr_spec_offered_load(summary->spec, d, metrics_of(summary, 0, d)->slots)
                      : (double)NAN;
    if (isnan(load)) {
        for (unsigned r = 0; r < summary->n; r++) {
            const struct hr_deployment_metrics *metrics = metrics_of(summary, r, d);
            summary->x[r] = (double)metrics->offered_ns;
            summary->y[r] = area(metrics, HR_LEVEL_SERVING) * metrics->slots;
        }
        const struct hr_estimate measured = hr_summary_ratio(summary, NULL);
        load = measured.n > 1 && measured.lo < 1 ? measured.lo : measured.value;
    }
    if (!(load >= 1))
        return NULL;
    struct hr_str text;
    hr_str_init(&text);
    hr_str_addf(&text, "unstable: offered load %.2f", load);
    return hr_str_take(&text);
}

void hr_summarize_deployment(const struct hr_summary *summary, size_t d)
{
    const struct hr_deployment_spec *spec =
        &((const struct hr_deployment_spec *)summary->spec->deployments.items)[d];
    struct hr_deployment_result *out = &summary->result->deployments[d];
    const double window_ns = (double)summary->replications[0].window;
    out->name = hr_strdup(spec->name);
    count_replicas(summary, d, out);
    out->unstable = find_unstable(summary, d);
    estimate_use(summary, d, out);
    estimate_resources(summary, d, out);
    for (unsigned r = 0; r < summary->n; r++)
        summary->x[r] = area(metrics_of(summary, r, d), HR_LEVEL_READY) / window_ns;
    out->replicas_mean = hr_summary_mean(summary);
    for (unsigned r = 0; r < summary->n; r++)
        summary->x[r] = area(metrics_of(summary, r, d), HR_LEVEL_WAITING) / window_ns;
    out->queue_length = out->unstable != NULL && summary->steady ? hr_summary_none(out->unstable)
                                                                 : hr_summary_mean(summary);
    for (unsigned r = 0; r < summary->n; r++)
        summary->x[r] = hr_summary_cost_usd_per_hour(summary, r, d);
    out->cost_usd_per_hour = hr_summary_is_priced(summary, d)
                                 ? hr_summary_mean(summary)
                                 : hr_summary_none(HR_SUMMARY_NO_PRICE);
    if (hr_spec_has_pods(summary->spec))
        hr_summarize_pods(summary, d);
}
