/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts: a latency objective counts every request without an answer as too slow. */
#include "base/mem.h"
#include "run/summary.h"
#include "stats/interval.h"

#include <math.h>
#include <stdlib.h>

/* What stands for the latency of an unanswered request. */
#define ENDLESS_NS INT64_C(4000000000000000000)
#define ENDLESS_S  1e9

static const struct {
    const char *name;
    enum hr_unit_shown unit;
    double p; /* of a latency quantile */
} metrics[] = {
    [HR_SLO_LATENCY_MEAN] = { "latency_mean", HR_SHOWN_SECONDS, 0 },
    [HR_SLO_LATENCY_P50] = { "latency_p50", HR_SHOWN_SECONDS, 0.5 },
    [HR_SLO_LATENCY_P90] = { "latency_p90", HR_SHOWN_SECONDS, 0.9 },
    [HR_SLO_LATENCY_P95] = { "latency_p95", HR_SHOWN_SECONDS, 0.95 },
    [HR_SLO_LATENCY_P99] = { "latency_p99", HR_SHOWN_SECONDS, 0.99 },
    [HR_SLO_LATENCY_P999] = { "latency_p999", HR_SHOWN_SECONDS, 0.999 },
    [HR_SLO_AVAILABILITY] = { "availability", HR_SHOWN_SHARE, 0 },
    [HR_SLO_AVAILABILITY_TIME] = { "availability_time", HR_SHOWN_SHARE, 0 },
    [HR_SLO_THROUGHPUT] = { "throughput_rps", HR_SHOWN_RATE, 0 },
    [HR_SLO_COST_PER_PREDICTION] = { "cost_usd_per_prediction", HR_SHOWN_USD, 0 },
};

static void null_endless(struct hr_estimate *e)
{
    if (e->hi > ENDLESS_S)
        e->hi = (double)NAN;
    if (e->lo > ENDLESS_S)
        e->lo = (double)NAN;
    if (e->value > ENDLESS_S) {
        e->value = (double)NAN;
        e->why = "too many requests got no answer";
    }
    if (isnan(e->lo) || isnan(e->hi))
        e->influence = NULL;
}

/* Quantile p of all requests that arrived, the unanswered ones being endlessly slow. */
static struct hr_estimate quantile_of_all(const struct hr_summary *summary, size_t w, double p)
{
    struct hr_hist *all = HR_NEW_ARRAY(struct hr_hist, summary->n);
    const struct hr_hist **hists = HR_NEW_ARRAY(const struct hr_hist *, summary->n);
    struct hr_hist pooled;
    hr_hist_init(&pooled);
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_workload_metrics *workload = &summary->replications[r].workloads[w];
        hr_hist_init(&all[r]);
        hr_hist_merge(&all[r], &workload->latency);
        hr_hist_record_n(&all[r], ENDLESS_NS, workload->arrived - workload->outcomes[HR_COMPLETED]);
        hr_hist_pack(&all[r]);
        hr_hist_merge(&pooled, &all[r]);
        hists[r] = &all[r];
    }
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->y[r] = hr_summary_workload(summary, r, w)[HR_SUM_ENDED];
    const struct hr_slices *slices = summary->replications[0].slices;
    const struct hr_sample sample = { hists, &pooled,
                                      summary->n_slices > 0 ? &slices->latency[w] : NULL };
    const struct hr_summary one = hr_summary_of_workload(summary, w);
    struct hr_estimate e = hr_summary_quantile(&one, &sample, p);
    null_endless(&e);
    for (unsigned r = 0; r < summary->n; r++)
        hr_hist_fini(&all[r]);
    hr_hist_fini(&pooled);
    free(hists);
    free(all);
    return e;
}

static struct hr_estimate mean_of_all(const struct hr_workload_result *workload)
{
    if (workload->requests.completed < workload->requests.arrived)
        return hr_summary_none("some requests got no answer, so there is no mean over all");
    return workload->latency_s.mean;
}

static struct hr_estimate value_of(const struct hr_summary *summary, const struct hr_slo_spec *slo)
{
    const size_t w = (size_t)slo->workload;
    const struct hr_workload_result *workload = &summary->result->workloads[w];
    const struct hr_workload_spec *spec =
        &((const struct hr_workload_spec *)summary->spec->workloads.items)[w];
    const char *unstable = summary->result->deployments[spec->deployment].unstable;
    switch ((enum hr_slo_metric)slo->metric) {
    case HR_SLO_LATENCY_MEAN:
        return unstable != NULL && summary->steady ? hr_summary_none(unstable)
                                                   : mean_of_all(workload);
    case HR_SLO_LATENCY_P50:
    case HR_SLO_LATENCY_P90:
    case HR_SLO_LATENCY_P95:
    case HR_SLO_LATENCY_P99:
    case HR_SLO_LATENCY_P999:
        return unstable != NULL && summary->steady
                   ? hr_summary_none(unstable)
                   : quantile_of_all(summary, w, metrics[slo->metric].p);
    case HR_SLO_AVAILABILITY:
        return workload->availability;
    case HR_SLO_AVAILABILITY_TIME:
        return workload->availability_time;
    case HR_SLO_THROUGHPUT:
        return workload->throughput_rps;
    case HR_SLO_COST_PER_PREDICTION:
        return workload->cost_usd_per_prediction;
    }
    return hr_summary_none("unknown metric");
}

void hr_summarize_slo(const struct hr_summary *summary, size_t i)
{
    const struct hr_slo_spec *slo = &((const struct hr_slo_spec *)summary->spec->slos.items)[i];
    struct hr_slo_result *out = &summary->result->slos[i];
    out->workload = hr_strdup(summary->result->workloads[slo->workload].name);
    out->metric = hr_strdup(metrics[slo->metric].name);
    out->unit = metrics[slo->metric].unit;
    out->is_max = !isnan(slo->max.value);
    out->target = out->is_max ? slo->max.value : slo->min.value;
    out->value = value_of(summary, slo);
    const struct hr_estimate *e = &out->value;
    out->met = out->is_max ? e->value <= out->target : e->value >= out->target;
    /* The whole interval on the verdict's side; NaN ends compare false. */
    out->certain = out->met == out->is_max
                       ? (out->met ? e->hi <= out->target : e->hi < out->target)
                       : (out->met ? e->lo >= out->target : e->lo > out->target);
}
