/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame of a result: names and totals. */
#include "run/summary.h"

#include "base/hash.h"
#include "base/mem.h"
#include "model/facts.h"
#include "run/single.h"
#include "stats/interval.h"

#include <math.h>
#include <stdlib.h>

#define VARIES   "one replication of a load that varies with time has no interval: ask for several"
#define UNSLICED "one replication has no interval here: ask for several"

static const double *row_of(const struct hr_summary *summary, size_t row)
{
    return row < summary->n ? &summary->sums[row * hr_sums_size(&summary->shape)]
                            : hr_slices_row(summary->replications[0].slices, row - summary->n);
}

const double *hr_summary_workload(const struct hr_summary *summary, size_t row, size_t w)
{
    return &row_of(summary, row)[w * HR_WORKLOAD_SUMS];
}

const double *hr_summary_deployment(const struct hr_summary *summary, size_t row, size_t d)
{
    return &row_of(summary, row)[hr_sums_of_deployment(&summary->shape, d)];
}

double hr_summary_time_ns(const struct hr_summary *summary, size_t row)
{
    return row_of(summary, row)[hr_sums_time(&summary->shape)];
}

double hr_summary_time_s(const struct hr_summary *summary, size_t row)
{
    return hr_time_to_s((hr_time)hr_summary_time_ns(summary, row));
}

struct hr_summary hr_summary_of_workload(const struct hr_summary *summary, size_t w)
{
    struct hr_summary one = *summary;
    one.events = hr_summary_workload(summary, 0, w)[HR_SUM_ENDED];
    return one;
}

struct hr_summary hr_summary_of_deployment(const struct hr_summary *summary, size_t d)
{
    const struct hr_workload_spec *workloads = summary->spec->workloads.items;
    struct hr_summary one = *summary;
    one.events = 0;
    for (size_t w = 0; w < summary->spec->workloads.n; w++) {
        if ((size_t)workloads[w].deployment == d)
            one.events += hr_summary_workload(summary, 0, w)[HR_SUM_ENDED];
    }
    return one;
}

struct hr_summary hr_summary_unsliced(const struct hr_summary *summary)
{
    struct hr_summary whole = *summary;
    whole.n_rows = summary->n;
    whole.n_slices = 0;
    whole.unsliced = UNSLICED;
    return whole;
}

/* Room for the influences of an estimate; NULL when it has none. */
static double *influence_new(const struct hr_summary *summary, const struct hr_estimate *e)
{
    if (!isfinite(e->lo) || !isfinite(e->hi))
        return NULL;
    return hr_arena_alloc(summary->result->arena, summary->n, sizeof(double));
}

/* The estimate of scratch x, or of x / y, with its influences. */
static struct hr_estimate influenced(const struct hr_summary *summary, struct hr_estimate e,
                                     const double *y)
{
    double *influence = influence_new(summary, &e);
    if (influence != NULL)
        hr_influence_ratio(summary->x, y, summary->n, influence);
    e.influence = influence;
    return e;
}

struct hr_estimate hr_summary_mean(const struct hr_summary *summary)
{
    struct hr_estimate e = influenced(summary, hr_estimate_mean(summary->x, summary->n), NULL);
    hr_single_ratio(summary, NULL, &e);
    return e;
}

struct hr_estimate hr_summary_ratio(const struct hr_summary *summary, const char *why)
{
    struct hr_estimate e =
        influenced(summary, hr_estimate_ratio(summary->x, summary->y, summary->n, why), summary->y);
    hr_single_ratio(summary, summary->y, &e);
    return e;
}

struct hr_estimate hr_summary_share(const struct hr_summary *summary, const char *why)
{
    struct hr_estimate e =
        influenced(summary, hr_estimate_share(summary->x, summary->y, summary->n, why), summary->y);
    hr_single_ratio(summary, summary->y, &e);
    return hr_estimate_within_1(e);
}

struct hr_estimate hr_summary_quantile(const struct hr_summary *summary,
                                       const struct hr_sample *sample, double p)
{
    struct hr_estimate e = hr_estimate_quantile(sample->hists, summary->n, sample->pooled, p);
    double *influence = influence_new(summary, &e);
    if (influence != NULL)
        hr_influence_quantile(sample->hists, summary->n, sample->pooled, p, &e, influence);
    e.influence = influence;
    hr_single_quantile(summary, sample->classes, sample->pooled, p, &e);
    return e;
}

struct hr_estimate hr_summary_time_share(const struct hr_summary *summary, const char *why)
{
    return hr_estimate_within_1(hr_summary_ratio(summary, why));
}

struct hr_estimate hr_summary_none(const char *why)
{
    return (struct hr_estimate){
        .value = (double)NAN, .lo = (double)NAN, .hi = (double)NAN, .why = why
    };
}

static void copy_scenario(struct hr_result *result, const struct hr_scenario *scenario)
{
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    result->scenario_name = hr_strdup(spec->name);
    result->scenario_title = hr_strdup(spec->title == NULL ? "" : spec->title);
    result->scenario_description = hr_strdup(spec->description == NULL ? "" : spec->description);
    result->scenario_file = hr_strdup(hr_scenario_file(scenario));
    result->scenario_sha256 = hr_strdup(hr_scenario_sha256(scenario));
    result->resolved_json = hr_strdup(hr_scenario_json(scenario));
    const struct hr_scenario_input *inputs = hr_scenario_inputs(scenario, &result->n_inputs);
    result->inputs = HR_NEW_ARRAY(struct hr_input, result->n_inputs);
    for (size_t i = 0; i < result->n_inputs; i++)
        result->inputs[i] = (struct hr_input){ .path = hr_strdup(inputs[i].path),
                                               .value = hr_strdup(inputs[i].value),
                                               .help = hr_strdup(inputs[i].help) };
}

static void add_totals(struct hr_result *result, const struct hr_replication *replications,
                       unsigned n)
{
    for (unsigned r = 0; r < n; r++) {
        result->events += replications[r].events;
        result->requests += replications[r].requests;
        result->fingerprint = hr_hash_step(result->fingerprint, replications[r].fingerprint);
    }
}

static void allocate_parts(struct hr_result *result, const struct hr_spec *spec)
{
    result->n_workloads = spec->workloads.n;
    result->n_deployments = spec->deployments.n;
    result->n_node_pools = spec->node_pools.n;
    result->n_jobs = spec->jobs.n;
    result->n_slos = spec->slos.n;
    result->workloads = HR_NEW_ARRAY(struct hr_workload_result, spec->workloads.n);
    result->deployments = HR_NEW_ARRAY(struct hr_deployment_result, spec->deployments.n);
    result->node_pools = HR_NEW_ARRAY(struct hr_node_pool_result, spec->node_pools.n);
    result->jobs = HR_NEW_ARRAY(struct hr_job_result, spec->jobs.n);
    result->slos = HR_NEW_ARRAY(struct hr_slo_result, spec->slos.n);
}

/* Rows of sums, and scratch for as many numbers. */
static void init_rows(struct hr_summary *summary)
{
    const struct hr_replication *replications = summary->replications;
    const struct hr_slices *slices =
        summary->n == 1 && !hr_spec_has_pods(summary->spec) ? replications[0].slices : NULL;
    summary->shape =
        (struct hr_sums_shape){ replications[0].n_workloads, replications[0].n_deployments };
    summary->events = (double)replications[0].requests;
    summary->n_slices = slices == NULL ? 0 : slices->n;
    summary->n_rows = summary->n + summary->n_slices;
    summary->unsliced = summary->steady ? UNSLICED : VARIES;
    const size_t size = hr_sums_size(&summary->shape);
    summary->sums = HR_NEW_ARRAY(double, summary->n *size);
    for (unsigned r = 0; r < summary->n; r++) {
        double *row = &summary->sums[r * size];
        hr_sums_take(&summary->shape, replications[r].workloads, replications[r].deployments, row);
        row[hr_sums_time(&summary->shape)] = (double)replications[r].window;
    }
    summary->x = HR_NEW_ARRAY(double, summary->n_rows);
    summary->y = HR_NEW_ARRAY(double, summary->n_rows);
}

struct hr_result *hr_summarize(const struct hr_scenario *scenario,
                               const struct hr_replication *replications, unsigned n, bool steady)
{
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    struct hr_result *result = HR_NEW(struct hr_result);
    struct hr_summary summary = {
        .spec = spec,
        .replications = replications,
        .n = n,
        .steady = steady,
        .result = result,
    };
    init_rows(&summary);
    result->arena = hr_arena_new();
    copy_scenario(result, scenario);
    allocate_parts(result, spec);
    add_totals(result, replications, n);
    for (size_t d = 0; d < spec->deployments.n; d++) {
        const struct hr_summary one = hr_summary_of_deployment(&summary, d);
        hr_summarize_deployment(&one, d);
    }
    const struct hr_summary whole = hr_summary_unsliced(&summary);
    for (size_t p = 0; p < spec->node_pools.n; p++)
        hr_summarize_node_pool(&whole, p);
    for (size_t j = 0; j < spec->jobs.n; j++)
        hr_summarize_job(&whole, j);
    for (size_t w = 0; w < spec->workloads.n; w++) {
        const struct hr_summary one = hr_summary_of_workload(&summary, w);
        hr_summarize_workload(&one, w);
    }
    for (size_t i = 0; i < spec->slos.n; i++)
        hr_summarize_slo(&summary, i);
    hr_summarize_cluster(&summary);
    free(summary.x);
    free(summary.y);
    free(summary.sums);
    return result;
}
