/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame of a result: names and totals. */
#include "run/summary.h"

#include "base/hash.h"
#include "base/mem.h"
#include "stats/interval.h"

#include <math.h>
#include <stdlib.h>

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
    return influenced(summary, hr_estimate_mean(summary->x, summary->n), NULL);
}

struct hr_estimate hr_summary_ratio(const struct hr_summary *summary, const char *why)
{
    return influenced(summary, hr_estimate_ratio(summary->x, summary->y, summary->n, why),
                      summary->y);
}

struct hr_estimate hr_summary_share(const struct hr_summary *summary, const char *why)
{
    return influenced(summary, hr_estimate_share(summary->x, summary->y, summary->n, why),
                      summary->y);
}

struct hr_estimate hr_summary_quantile(const struct hr_summary *summary,
                                       const struct hr_hist *const *hists,
                                       const struct hr_hist *pooled, double p)
{
    struct hr_estimate e = hr_estimate_quantile(hists, summary->n, pooled, p);
    double *influence = influence_new(summary, &e);
    if (influence != NULL)
        hr_influence_quantile(hists, summary->n, pooled, p, &e, influence);
    e.influence = influence;
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

struct hr_result *hr_summarize(const struct hr_scenario *scenario,
                               const struct hr_replication *replications, unsigned n, bool steady)
{
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    struct hr_result *result = HR_NEW(struct hr_result);
    const struct hr_summary summary = {
        .spec = spec,
        .replications = replications,
        .n = n,
        .x = HR_NEW_ARRAY(double, n),
        .y = HR_NEW_ARRAY(double, n),
        .window_s = hr_time_to_s(replications[0].window),
        .steady = steady,
        .result = result,
    };
    result->arena = hr_arena_new();
    copy_scenario(result, scenario);
    allocate_parts(result, spec);
    add_totals(result, replications, n);
    for (size_t d = 0; d < spec->deployments.n; d++)
        hr_summarize_deployment(&summary, d);
    for (size_t p = 0; p < spec->node_pools.n; p++)
        hr_summarize_node_pool(&summary, p);
    for (size_t j = 0; j < spec->jobs.n; j++)
        hr_summarize_job(&summary, j);
    for (size_t w = 0; w < spec->workloads.n; w++)
        hr_summarize_workload(&summary, w);
    for (size_t i = 0; i < spec->slos.n; i++)
        hr_summarize_slo(&summary, i);
    hr_summarize_cluster(&summary);
    free(summary.x);
    free(summary.y);
    return result;
}
