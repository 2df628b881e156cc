/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What several verbs share. */
#include "cli/verb.h"

#include "cli/interrupt.h"

void hr_verb_diag_take(struct hr_diag *diag, bool quiet)
{
    if (hr_diag_errors(diag) > 0 || !quiet)
        hr_diag_print(diag, stderr);
    hr_diag_free(diag);
}

int hr_verb_load(const char *path, const struct hr_options *options, struct hr_scenario **scenario)
{
    struct hr_diag *diag = hr_diag_new();
    *scenario = NULL;
    const enum hr_status status =
        hr_scenario_load(path, options->overrides.items, options->overrides.n, scenario, diag);
    hr_verb_diag_take(diag, options->quiet);
    return hr_status_exit_code(status);
}

struct hr_run_options hr_verb_run_options(const struct hr_options *options)
{
    return (struct hr_run_options){
        .jobs = options->jobs,
        .wall_s_max = options->wall_s_max,
        .precision = options->precision,
        .replications_max = options->replications_max,
        .interrupt = hr_interrupt_flag(),
    };
}

int hr_verb_usage(const char *verb, const char *message)
{
    fprintf(stderr, "headroom %s: %s\n", verb, message);
    return hr_status_exit_code(HR_ERR_INPUT);
}

void hr_verb_explain(const char *name, const struct hr_result *result)
{
    for (size_t i = 0; i < result->n_deployments; i++) {
        const struct hr_deployment_result *deployment = &result->deployments[i];
        if (deployment->unstable)
            fprintf(stderr, "headroom: %s: deployments.%s: %s\n", name, deployment->name,
                    deployment->unstable);
    }
    for (size_t i = 0; i < result->n_slos; i++) {
        const struct hr_slo_result *slo = &result->slos[i];
        if (!slo->met)
            fprintf(stderr, "headroom: %s: slos[%zu]: %s of %s misses its target\n", name, i,
                    slo->metric, slo->workload);
    }
    for (size_t i = 0; i < result->precision.n_metrics; i++) {
        const struct hr_precision_metric *metric = &result->precision.metrics[i];
        if (!metric->reached)
            fprintf(stderr, "headroom: %s: %s of %s is not known to %.3g%% after %u replications\n",
                    name, metric->metric, metric->workload, 100 * metric->target,
                    result->replications);
    }
}

void hr_verb_note_interrupt(const char *name, bool finished, bool quiet)
{
    if (!quiet)
        fprintf(stderr, "headroom: %s: %s; %s\n", name,
                hr_interrupt_signaled() ? "interrupted" : "stopped before its end",
                finished ? "what was finished is kept" : "nothing was finished yet");
}
