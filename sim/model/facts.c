/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts of a spec. */
#include "model/facts.h"

#include "stats/dist.h"
#include "workload/arrivals.h"

#include <math.h>

static const struct hr_workload_spec *workload_at(const struct hr_spec *spec, size_t w)
{
    return &((const struct hr_workload_spec *)spec->workloads.items)[w];
}

static const struct hr_arrival_spec *arrival_at(const struct hr_workload_spec *workload, size_t i)
{
    return &((const struct hr_arrival_spec *)workload->arrivals.items)[i];
}

static bool has_pods(const struct hr_deployment_spec *deployment)
{
    const struct hr_pods_spec *pods = &deployment->pods;
    return deployment->autoscaler != NULL || pods->kind != HR_SET_DEPLOYMENT ||
           pods->startup_probe != NULL || pods->readiness_probe != NULL ||
           pods->liveness_probe != NULL || pods->strategy != NULL ||
           pods->disruption_budget != NULL;
}

bool hr_spec_has_pods(const struct hr_spec *spec)
{
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    if (spec->node_pools.n > 0 || spec->jobs.n > 0 || spec->events.n > 0 || spec->cluster != NULL)
        return true;
    for (size_t d = 0; d < spec->deployments.n; d++) {
        if (has_pods(&deployments[d]))
            return true;
    }
    return false;
}

bool hr_spec_is_steady(const struct hr_spec *spec)
{
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    if (spec->events.n > 0 || spec->jobs.n > 0)
        return false;
    for (size_t d = 0; d < spec->deployments.n; d++) {
        if (deployments[d].autoscaler != NULL)
            return false;
    }
    for (size_t w = 0; w < spec->workloads.n; w++) {
        const struct hr_workload_spec *workload = workload_at(spec, w);
        for (size_t i = 0; i < workload->arrivals.n; i++) {
            if (hr_arrivals_vary(arrival_at(workload, i)))
                return false;
        }
    }
    return true;
}

bool hr_spec_replays_trace(const struct hr_spec *spec)
{
    for (size_t w = 0; w < spec->workloads.n; w++) {
        const struct hr_workload_spec *workload = workload_at(spec, w);
        for (size_t i = 0; i < workload->arrivals.n; i++) {
            if (arrival_at(workload, i)->process == HR_ARRIVAL_TRACE)
                return true;
        }
    }
    return false;
}

static const struct hr_model_spec *model_of(const struct hr_spec *spec, size_t d)
{
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    return &((const struct hr_model_spec *)spec->models.items)[deployments[d].model];
}

bool hr_spec_is_regulated(const struct hr_spec *spec, size_t d)
{
    if (model_of(spec, d)->queue_limit != HR_UNLIMITED)
        return true;
    for (size_t w = 0; w < spec->workloads.n; w++) {
        const struct hr_workload_spec *workload = workload_at(spec, w);
        const bool leaves = workload->timeout != NULL || workload->attempt_timeout != NULL;
        const bool closed = arrival_at(workload, 0)->process == HR_ARRIVAL_CLOSED;
        if ((size_t)workload->deployment == d && (leaves || closed))
            return true;
    }
    return false;
}

double hr_spec_offered_load(const struct hr_spec *spec, size_t d, double slots)
{
    const struct hr_deployment_spec *deployment =
        &((const struct hr_deployment_spec *)spec->deployments.items)[d];
    if (deployment->failures != NULL)
        return (double)NAN;
    double rate = 0;
    for (size_t w = 0; w < spec->workloads.n; w++) {
        const struct hr_workload_spec *workload = workload_at(spec, w);
        for (size_t i = 0; (size_t)workload->deployment == d && i < workload->arrivals.n; i++)
            rate += hr_arrivals_rate(arrival_at(workload, i));
    }
    struct hr_dist work;
    hr_dist_init(&work, model_of(spec, d)->service_time);
    const double load =
        rate * hr_dist_mean_ns(&work) * 1e-9 / ((double)deployment->replicas * slots);
    hr_dist_fini(&work);
    return load;
}

static uint32_t slots_of(const struct hr_model_spec *model)
{
    int64_t slots = model->concurrency;
    if (slots == HR_AUTO)
        slots = model->discipline == HR_PROCESSOR_SHARING ? HR_UNLIMITED : 1;
    return slots == HR_UNLIMITED ? UINT32_MAX : (uint32_t)slots;
}

struct hr_cpu_facts hr_spec_cpu(const struct hr_spec *spec, size_t d)
{
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    const struct hr_resources_spec *resources = deployments[d].resources;
    const struct hr_amounts *limits = resources == NULL ? NULL : resources->limits;
    const struct hr_model_spec *model = model_of(spec, d);
    const bool sharing = model->discipline == HR_PROCESSOR_SHARING;
    const bool limited = limits != NULL && limits->cpu > 0;
    struct hr_cpu_facts cpu = { .slots = slots_of(model), .per_slot = model->cpu_per_slot };
    const double at_once = sharing ? model->cores : (double)cpu.slots;
    cpu.slots_paid = !sharing && cpu.slots == UINT32_MAX ? (double)INFINITY : at_once;
    if (cpu.per_slot < 0)
        cpu.per_slot = limited ? limits->cpu / at_once : 0;
    const bool reached = limited && cpu.per_slot > 0 &&
                         model->cpu_idle + cpu.per_slot * at_once > limits->cpu * (1 + 1e-9);
    cpu.limit = reached ? limits->cpu : (double)INFINITY;
    return cpu;
}
