/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The estimates of a workload. */
#include "base/assert.h"
#include "base/mem.h"
#include "run/summary.h"
#include "stats/interval.h"

#include <math.h>
#include <stdlib.h>

#define NONE_ANSWERED "no request was answered"

static const struct hr_workload_metrics *metrics_of(const struct hr_summary *summary, unsigned r,
                                                    size_t w)
{
    return &summary->replications[r].workloads[w];
}

static const double *sums_of(const struct hr_summary *summary, size_t row, size_t w)
{
    return hr_summary_workload(summary, row, w);
}

/* One of the sums, of all rows. */
static void set(const struct hr_summary *summary, size_t w, int sum, double *rows)
{
    for (size_t r = 0; r < summary->n_rows; r++)
        rows[r] = sums_of(summary, r, w)[sum];
}

static const struct hr_workload_spec *spec_of(const struct hr_summary *summary, size_t w)
{
    return &((const struct hr_workload_spec *)summary->spec->workloads.items)[w];
}

static void count_requests(const struct hr_summary *summary, size_t w,
                           struct hr_workload_result *out)
{
    struct hr_request_counts *counts = &out->requests;
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_workload_metrics *metrics = metrics_of(summary, r, w);
        counts->arrived += metrics->arrived;
        counts->completed += metrics->outcomes[HR_COMPLETED];
        counts->timed_out += metrics->outcomes[HR_TIMED_OUT];
        counts->rejected += metrics->outcomes[HR_REJECTED];
        counts->failed += metrics->outcomes[HR_FAILED];
        counts->in_flight += metrics->in_flight;
        out->attempts += metrics->attempts;
    }
    HR_ASSERT(counts->arrived == counts->completed + counts->timed_out + counts->rejected +
                                     counts->failed + counts->in_flight);
}

static void estimate_rates(const struct hr_summary *summary, size_t w,
                           struct hr_workload_result *out)
{
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = sums_of(summary, r, w)[HR_SUM_ARRIVED] / hr_summary_time_s(summary, r);
    out->offered_rps = hr_summary_mean(summary);
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] =
            sums_of(summary, r, w)[HR_SUM_COMPLETED_INSIDE] / hr_summary_time_s(summary, r);
    out->throughput_rps = hr_summary_mean(summary);
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = sums_of(summary, r, w)[HR_SUM_INSIDE_NS] / hr_summary_time_ns(summary, r);
    out->concurrency = hr_summary_mean(summary);
    set(summary, w, HR_SUM_COMPLETED, summary->x);
    set(summary, w, HR_SUM_ARRIVED, summary->y);
    /* What ended in a slice, not what came: that is answered later. */
    for (size_t r = summary->n; r < summary->n_rows; r++)
        summary->y[r] = sums_of(summary, r, w)[HR_SUM_ENDED];
    out->availability = hr_summary_share(summary, "no request arrived");
    const size_t d = (size_t)spec_of(summary, w)->deployment;
    out->availability_time = hr_summary_uptime(summary, d);
}

/* Of completed requests; `sum_ns` is the sum of what is sampled. */
static struct hr_quantiles estimate_quantiles(const struct hr_summary *summary, size_t w,
                                              enum hr_workload_sum sum_ns,
                                              const struct hr_sample *sample)
{
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = sums_of(summary, r, w)[sum_ns] / 1e9;
    set(summary, w, HR_SUM_COMPLETED, summary->y);
    struct hr_quantiles q = {
        .mean = hr_summary_ratio(summary, NONE_ANSWERED),
        .p50 = hr_summary_quantile(summary, sample, 0.5),
        .p90 = hr_summary_quantile(summary, sample, 0.9),
        .p95 = hr_summary_quantile(summary, sample, 0.95),
        .p99 = hr_summary_quantile(summary, sample, 0.99),
        .p999 = hr_summary_quantile(summary, sample, 0.999),
        .max = hr_summary_none(NONE_ANSWERED),
    };
    q.max.n = summary->n;
    if (sample->pooled->n > 0) {
        q.max.value = (double)sample->pooled->max / 1e9;
        q.max.why = NULL;
    }
    return q;
}

/* Points of the cumulative distribution: dense in the middle, 20 a decade of 1 - p in the tail. */
static void make_curve(const struct hr_hist *pooled, struct hr_curve *curve)
{
    enum { MIDDLE = 180, TAIL_MAX = 240 };
    if (pooled->n == 0)
        return;
    curve->latency_s = HR_NEW_ARRAY(double, MIDDLE + TAIL_MAX + 2);
    curve->share = HR_NEW_ARRAY(double, MIDDLE + TAIL_MAX + 2);
    size_t n = 0;
    for (int i = 0; i <= MIDDLE; i++)
        curve->share[n++] = 0.9 * i / MIDDLE;
    for (int i = 1; i <= TAIL_MAX; i++) {
        const double beyond = 0.1 * pow(10, -i / 20.0);
        if (beyond * (double)pooled->n < 1)
            break;
        curve->share[n++] = 1 - beyond;
    }
    curve->share[n++] = 1;
    hr_hist_quantiles(pooled, n, curve->share, curve->latency_s);
    for (size_t i = 0; i < n; i++)
        curve->latency_s[i] /= 1e9;
    curve->n = n;
}

static void estimate_parts(const struct hr_summary *summary, size_t w,
                           struct hr_estimate out[HR_PARTS])
{
    set(summary, w, HR_SUM_COMPLETED, summary->y);
    for (int part = 0; part < HR_PARTS; part++) {
        for (size_t r = 0; r < summary->n_rows; r++)
            summary->x[r] = sums_of(summary, r, w)[HR_SUM_PART_NS + part] / 1e9;
        out[part] = hr_summary_ratio(summary, NONE_ANSWERED);
    }
}

/* Mean of each part over the slowest requests: those in rows from that of p99 on. */
static void estimate_tail(const struct hr_summary *summary, size_t w,
                          struct hr_workload_result *out)
{
    const struct hr_summary whole = hr_summary_unsliced(summary);
    const double from_ns = isnan(out->latency_s.p99.value) ? 0 : out->latency_s.p99.value * 1e9;
    const unsigned row = hr_log_bucket((hr_time)from_ns, HR_PARTS_BITS);
    struct hr_parts_row *totals = HR_NEW_ARRAY(struct hr_parts_row, summary->n);
    for (unsigned r = 0; r < summary->n; r++) {
        totals[r] = hr_parts_total(&metrics_of(summary, r, w)->parts, row);
        summary->y[r] = (double)totals[r].n;
    }
    for (int part = 0; part < HR_PARTS; part++) {
        for (unsigned r = 0; r < summary->n; r++)
            summary->x[r] = (double)totals[r].sum_ns[part] / 1e9;
        out->latency_parts_s_tail[part] = hr_summary_ratio(&whole, NONE_ANSWERED);
    }
    out->tail_from_s = hr_time_to_s(hr_log_bucket_from(row, HR_PARTS_BITS));
    free(totals);
}

static void estimate_latency(const struct hr_summary *summary, size_t w,
                             struct hr_workload_result *out)
{
    const struct hr_slices *slices = summary->n_slices > 0 ? summary->replications[0].slices : NULL;
    const struct hr_hist **hists = HR_NEW_ARRAY(const struct hr_hist *, summary->n);
    struct hr_hist pooled;
    hr_hist_init(&pooled);
    for (unsigned r = 0; r < summary->n; r++) {
        hists[r] = &metrics_of(summary, r, w)->latency;
        hr_hist_merge(&pooled, hists[r]);
    }
    const struct hr_sample latency = { hists, &pooled,
                                       slices == NULL ? NULL : &slices->latency[w] };
    out->latency_s = estimate_quantiles(summary, w, HR_SUM_LATENCY_NS, &latency);
    make_curve(&pooled, &out->latency_curve);
    hr_hist_fini(&pooled);
    hr_hist_init(&pooled);
    for (unsigned r = 0; r < summary->n; r++) {
        hists[r] = &metrics_of(summary, r, w)->wait;
        hr_hist_merge(&pooled, hists[r]);
    }
    const struct hr_sample wait = { hists, &pooled, slices == NULL ? NULL : &slices->wait[w] };
    out->wait_s = estimate_quantiles(summary, w, HR_SUM_WAIT_NS, &wait);
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] =
            sums_of(summary, r, w)[HR_SUM_COMPLETED] - sums_of(summary, r, w)[HR_SUM_AT_ONCE];
    set(summary, w, HR_SUM_COMPLETED, summary->y);
    out->wait_probability = hr_summary_share(summary, NONE_ANSWERED);
    hr_hist_fini(&pooled);
    free(hists);
}

/* A deployment's cost goes to its workloads by the slot time they occupied. */
static double busy_share(const struct hr_summary *summary, size_t r, size_t w)
{
    const int64_t d = spec_of(summary, w)->deployment;
    double all = 0, sharers = 0;
    for (size_t v = 0; v < summary->spec->workloads.n; v++) {
        if (spec_of(summary, v)->deployment != d)
            continue;
        all += sums_of(summary, r, v)[HR_SUM_BUSY_NS];
        sharers++;
    }
    return all > 0 ? sums_of(summary, r, w)[HR_SUM_BUSY_NS] / all : 1 / sharers;
}

static void estimate_cost(const struct hr_summary *summary, size_t w,
                          struct hr_workload_result *out)
{
    const size_t d = (size_t)spec_of(summary, w)->deployment;
    if (!hr_summary_is_priced(summary, d)) {
        out->cost_usd_per_prediction = hr_summary_none(HR_SUMMARY_NO_PRICE);
        return;
    }
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = hr_summary_cost_usd_per_hour(summary, r, d) *
                        hr_summary_time_s(summary, r) / 3600 * busy_share(summary, r, w);
    set(summary, w, HR_SUM_COMPLETED, summary->y);
    out->cost_usd_per_prediction = hr_summary_ratio(summary, NONE_ANSWERED);
}

static void blank(struct hr_quantiles *q, const char *why)
{
    q->mean = q->p50 = q->p90 = q->p95 = q->p99 = q->p999 = q->max = hr_summary_none(why);
}

/* In the long run an unstable queue has no latency: what a finite run shows depends on its length
 * only. */
static void blank_unstable(struct hr_workload_result *out, const char *why)
{
    blank(&out->latency_s, why);
    blank(&out->wait_s, why);
    out->concurrency = out->wait_probability = out->availability = out->cost_usd_per_prediction =
        hr_summary_none(why);
    for (int part = 0; part < HR_PARTS; part++)
        out->latency_parts_s_mean[part] = out->latency_parts_s_tail[part] = hr_summary_none(why);
    out->tail_from_s = (double)NAN;
    free(out->latency_curve.latency_s);
    free(out->latency_curve.share);
    out->latency_curve = (struct hr_curve){ 0 };
}

void hr_summarize_workload(const struct hr_summary *summary, size_t w)
{
    struct hr_workload_result *out = &summary->result->workloads[w];
    const size_t d = (size_t)spec_of(summary, w)->deployment;
    out->name = hr_strdup(spec_of(summary, w)->name);
    out->deployment = d;
    count_requests(summary, w, out);
    estimate_rates(summary, w, out);
    estimate_latency(summary, w, out);
    estimate_parts(summary, w, out->latency_parts_s_mean);
    estimate_tail(summary, w, out);
    estimate_cost(summary, w, out);
    hr_summarize_ready(summary, w);
    const char *unstable = summary->result->deployments[d].unstable;
    if (unstable != NULL && summary->steady)
        blank_unstable(out, unstable);
}
