/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results: names, release and the overall verdict. */
#include <headroom/result.h>

#include "base/assert.h"
#include "base/mem.h"

#include <stdlib.h>

const char *hr_part_name(enum hr_part part)
{
    static const char *const names[HR_PARTS] = {
#define X(name, text) text,
        HR_PART_LIST(X)
#undef X
    };
    HR_ASSERT((unsigned)part < HR_PARTS);
    return names[part];
}

static void workloads_free(struct hr_result *result)
{
    for (size_t i = 0; i < result->n_workloads; i++) {
        struct hr_workload_result *workload = &result->workloads[i];
        free(workload->name);
        free(workload->latency_curve.latency_s);
        free(workload->latency_curve.share);
        free(workload->by_ready);
    }
    free(result->workloads);
}

static void series_free(struct hr_result *result)
{
    for (size_t i = 0; i < result->series.n_columns; i++) {
        free(result->series.columns[i].name);
        free(result->series.columns[i].values);
    }
    free(result->series.columns);
    for (size_t i = 0; i < result->n_step_histograms; i++) {
        free(result->step_histograms[i].workload);
        free(result->step_histograms[i].le_s);
        free(result->step_histograms[i].counts);
    }
    free(result->step_histograms);
}

static void scenario_free(struct hr_result *result)
{
    free(result->scenario_name);
    free(result->scenario_title);
    free(result->scenario_description);
    free(result->scenario_file);
    free(result->scenario_sha256);
    free(result->resolved_json);
    for (size_t i = 0; i < result->n_inputs; i++) {
        free(result->inputs[i].path);
        free(result->inputs[i].value);
        free(result->inputs[i].help);
    }
    free(result->inputs);
}

static void precision_free(struct hr_precision *precision)
{
    for (size_t i = 0; i < precision->n_metrics; i++) {
        free(precision->metrics[i].workload);
        free(precision->metrics[i].metric);
    }
    free(precision->metrics);
    free(precision->checkpoints);
}

void hr_cluster_events_free(struct hr_cluster_events *events)
{
    if (!events)
        return;
    for (size_t i = 0; i < events->n; i++) {
        free(events->events[i].deployment);
        free(events->events[i].pod);
        free(events->events[i].node);
        free(events->events[i].message);
    }
    for (size_t i = 0; i < events->n_reasons; i++)
        free(events->reasons[i].text);
    free(events->events);
    free(events->reasons);
    free(events);
}

void hr_result_free(struct hr_result *result)
{
    if (!result)
        return;
    workloads_free(result);
    for (size_t i = 0; i < result->n_deployments; i++) {
        free(result->deployments[i].name);
        free(result->deployments[i].unstable);
        free(result->deployments[i].long_run);
        free(result->deployments[i].pods);
    }
    free(result->deployments);
    for (size_t i = 0; i < result->n_jobs; i++)
        free(result->jobs[i].name);
    free(result->jobs);
    for (size_t i = 0; i < result->n_node_pools; i++)
        free(result->node_pools[i].name);
    free(result->node_pools);
    for (size_t i = 0; i < result->n_slos; i++) {
        free(result->slos[i].workload);
        free(result->slos[i].metric);
    }
    free(result->slos);
    precision_free(&result->precision);
    series_free(result);
    hr_cluster_events_free(result->cluster_events);
    scenario_free(result);
    hr_arena_free(result->arena);
    free(result);
}

bool hr_result_good(const struct hr_result *result)
{
    for (size_t i = 0; i < result->n_slos; i++)
        if (!result->slos[i].met)
            return false;
    for (size_t i = 0; i < result->n_deployments; i++)
        if (result->deployments[i].unstable)
            return false;
    return !result->precision.asked || result->precision.reached;
}
