/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each level is the scenario with so many replicas that do not fail, and no other workloads. */
#include "run/held.h"

#include "base/diag.h"
#include "base/mem.h"
#include "model/facts.h"
#include "run/crashes.h"
#include "run/pool.h"
#include "stats/interval.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

/* Levels take their replications from numbers that no run reaches: their draws are their own. */
#define REPLICATIONS_MAX UINT64_C(100000)

struct work {
    const struct hr_held *held;
    const struct hr_run_options *options;
    struct hr_spec *specs; /* by level */
    struct hr_replication *runs;
    struct timespec started;
};

static bool keep_going(void *ctx)
{
    const struct work *work = ctx;
    const struct hr_run_options *options = work->options;
    struct timespec now;
    if (options->interrupt != NULL && atomic_load(options->interrupt))
        return false;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const double wall_s = (double)(now.tv_sec - work->started.tv_sec) +
                          1e-9 * (double)(now.tv_nsec - work->started.tv_nsec);
    return options->wall_s_max <= 0 || wall_s <= options->wall_s_max;
}

static void run_one(void *ctx, size_t task)
{
    struct work *work = ctx;
    const struct hr_held *held = work->held;
    const size_t level = task / held->replications;
    const struct hr_spec *spec = &work->specs[level];
    const struct hr_model_options options = {
        .seed = (uint64_t)spec->seed,
        .replication = REPLICATIONS_MAX * (held->ready[level] + 1) + task % held->replications,
        .warmup = held->warmup,
        .step = spec->duration,
        .scenario = hr_scenario_file(held->scenario),
        .opener = hr_scenario_trace_opener(held->scenario),
        .keep_going = keep_going,
        .ctx = work,
    };
    work->runs[task].status = HR_ERR_INTERRUPTED;
    if (keep_going(work))
        hr_model_run(spec, &options, &work->runs[task]);
}

/* A copy that differs in its deployments and workloads, which the caller frees. */
static struct hr_spec level_spec(const struct hr_held *held, unsigned ready)
{
    struct hr_spec spec = *hr_scenario_spec(held->scenario);
    const struct hr_deployment_spec *deployments = spec.deployments.items;
    const struct hr_workload_spec *workloads = spec.workloads.items;
    struct hr_deployment_spec *own = HR_NEW_ARRAY(struct hr_deployment_spec, spec.deployments.n);
    struct hr_workload_spec *kept = HR_NEW_ARRAY(struct hr_workload_spec, spec.workloads.n);
    for (size_t d = 0; d < spec.deployments.n; d++)
        own[d] = deployments[d];
    own[held->deployment].replicas = ready;
    own[held->deployment].failures = NULL;
    size_t n = 0;
    for (size_t w = 0; w < spec.workloads.n; w++) {
        if ((size_t)workloads[w].deployment == held->deployment)
            kept[n++] = workloads[w];
    }
    spec.deployments.items = own;
    spec.workloads = (struct hr_list){ .items = kept, .n = n };
    return spec;
}

static bool overloaded(const struct hr_held *held, const struct hr_spec *spec,
                       const struct hr_replication *runs)
{
    if (hr_spec_is_regulated(spec, held->deployment))
        return false;
    double work_ns = 0, capacity_ns = 0;
    for (unsigned r = 0; r < held->replications; r++) {
        const struct hr_deployment_metrics *metrics = &runs[r].deployments[held->deployment];
        work_ns += (double)metrics->offered_ns;
        capacity_ns += (double)metrics->areas[HR_LEVEL_READY].total * metrics->slots;
    }
    return work_ns >= capacity_ns;
}

/* Workload w of the level's spec. */
static struct hr_ready_share answered(const struct hr_held *held, size_t level,
                                      const struct hr_spec *spec, size_t w,
                                      const struct hr_replication *runs)
{
    const unsigned n = held->replications;
    const struct hr_workload_spec *workload =
        &((const struct hr_workload_spec *)spec->workloads.items)[w];
    const struct hr_spec *whole = hr_scenario_spec(held->scenario);
    const struct hr_crashes crashes = {
        spec, runs, n, held->deployment,
        ((const struct hr_deployment_spec *)whole->deployments.items)[held->deployment].failures
    };
    double *x = HR_NEW_ARRAY(double, n), *y = HR_NEW_ARRAY(double, n), arrived = 0;
    for (unsigned r = 0; r < n; r++) {
        x[r] = (double)runs[r].workloads[w].outcomes[HR_COMPLETED];
        y[r] = (double)runs[r].workloads[w].arrived;
        arrived += y[r];
    }
    struct hr_ready_share share = {
        .ready = held->ready[level],
        .time_share = (double)NAN,
        .answered = hr_estimate_share(x, y, n, "no request arrived"),
        .arrivals_per_s = arrived / (n * hr_time_to_s(runs[0].window)),
        .source = "held",
    };
    hr_add_crashes(&share.answered, workload, hr_crash_share(&crashes));
    free(x);
    free(y);
    return share;
}

static void summarize(const struct hr_held *held, size_t level, const struct hr_spec *spec,
                      const struct hr_replication *runs, struct hr_ready_share *out)
{
    const struct hr_spec *whole = hr_scenario_spec(held->scenario);
    const struct hr_workload_spec *workloads = whole->workloads.items;
    const bool unstable = overloaded(held, spec, runs);
    size_t kept = 0;
    for (size_t w = 0; w < whole->workloads.n; w++) {
        if ((size_t)workloads[w].deployment != held->deployment)
            continue;
        out[w] = answered(held, level, spec, kept++, runs);
        if (unstable)
            out[w].answered =
                hr_estimate_none("nothing sheds the load that too few replicas cannot do");
    }
}

static enum hr_status status_of(const struct hr_replication *runs, size_t n)
{
    enum hr_status status = HR_OK;
    for (size_t i = 0; i < n; i++) {
        if (runs[i].status > status)
            status = runs[i].status;
    }
    return status;
}

enum hr_status hr_held_run(const struct hr_held *held, const struct hr_run_options *options,
                           struct hr_ready_share *out, struct hr_diag *diag)
{
    const size_t n = held->n_levels * held->replications;
    const size_t n_workloads = hr_scenario_spec(held->scenario)->workloads.n;
    struct work work = {
        .held = held,
        .options = options,
        .specs = HR_NEW_ARRAY(struct hr_spec, held->n_levels),
        .runs = HR_NEW_ARRAY(struct hr_replication, n),
    };
    clock_gettime(CLOCK_MONOTONIC, &work.started);
    for (size_t level = 0; level < held->n_levels; level++)
        work.specs[level] = level_spec(held, held->ready[level]);
    hr_pool_run(options->jobs, n, run_one, &work);
    enum hr_status status = status_of(work.runs, n);
    if (status == HR_ERR_INPUT || status == HR_ERR_IO) {
        hr_diag_add(diag, HR_ERROR, NULL, "do not change traces while a run reads them",
                    "a trace could no longer be read");
        status = HR_ERR_IO;
    }
    for (size_t level = 0; level < held->n_levels; level++) {
        if (status == HR_OK)
            summarize(held, level, &work.specs[level], &work.runs[level * held->replications],
                      &out[level * n_workloads]);
        free(work.specs[level].deployments.items);
        free(work.specs[level].workloads.items);
    }
    for (size_t i = 0; i < n; i++)
        hr_replication_fini(&work.runs[i]);
    free(work.specs);
    free(work.runs);
    return status;
}
