/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules that span several groups; those within one group stand beside its table. */
#include "scenario/load.h"

static const struct hr_model_spec *model_of(const struct hr_spec *spec,
                                            const struct hr_deployment_spec *deployment)
{
    return (const struct hr_model_spec *)spec->models.items + deployment->model;
}

static void check_deployment(struct hr_loader *loader, const struct hr_deployment_spec *deployment)
{
    const struct hr_model_spec *model = model_of(&loader->scenario->spec, deployment);
    const config_setting_t *setting = hr_load_origin(loader, deployment);
    const struct hr_amounts *limits = deployment->resources ? deployment->resources->limits : NULL;
    if (deployment->load_balancing == HR_ROUTE_CENTRAL_QUEUE &&
        model->discipline == HR_PROCESSOR_SHARING && model->concurrency == HR_AUTO)
        hr_load_report(loader, HR_ERROR, setting, "load_balancing",
                       "set the concurrency of the model",
                       "nothing would wait in the central queue: the model \"%s\" takes any number "
                       "of requests at once",
                       model->name);
    if (limits && limits->memory > 0 && model->memory && model->memory->base >= limits->memory)
        hr_load_report(loader, HR_ERROR, setting, "resources", "raise limits.memory",
                       "the model \"%s\" is above the memory limit without any request",
                       model->name);
    if (limits && limits->cpu > 0 && model->cpu_idle >= limits->cpu)
        hr_load_report(loader, HR_ERROR, setting, "resources", "raise limits.cpu",
                       "the model \"%s\" is at the CPU limit without any request", model->name);
    if (deployment->usd_per_hour > 0 && loader->scenario->spec.node_pools.n > 0)
        hr_load_report(loader, HR_ERROR, setting, "usd_per_hour", "remove it",
                       "replicas on node pools are paid for with their nodes");
    if (deployment->autoscaler)
        hr_load_check_autoscaler(loader, deployment, model);
    else if (deployment->min_ready > deployment->replicas)
        hr_load_report(loader, HR_WARNING, setting, "min_ready", NULL,
                       "is above replicas, so the deployment never counts as available");
}

/* A deployment without workloads, or a model without deployments, is most likely a slip. */
static void check_used(struct hr_loader *loader)
{
    const struct hr_spec *spec = &loader->scenario->spec;
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    const struct hr_workload_spec *workloads = spec->workloads.items;
    const struct hr_model_spec *models = spec->models.items;
    for (size_t i = 0; i < spec->deployments.n; i++) {
        bool used = false;
        for (size_t j = 0; j < spec->workloads.n; j++)
            used |= workloads[j].deployment == (int64_t)i;
        if (!used)
            hr_load_report(loader, HR_WARNING, hr_load_origin(loader, &deployments[i]), NULL, NULL,
                           "no workload uses this deployment");
    }
    for (size_t i = 0; i < spec->models.n; i++) {
        bool used = false;
        for (size_t j = 0; j < spec->deployments.n; j++)
            used |= deployments[j].model == (int64_t)i;
        if (!used)
            hr_load_report(loader, HR_WARNING, hr_load_origin(loader, &models[i]), NULL, NULL,
                           "no deployment uses this model");
    }
}

/* Arrivals that are read against the calendar need a date. */
static void check_dates(struct hr_loader *loader)
{
    const struct hr_spec *spec = &loader->scenario->spec;
    const struct hr_workload_spec *workloads = spec->workloads.items;
    for (size_t i = 0; i < spec->workloads.n; i++) {
        const struct hr_arrival_spec *arrivals = workloads[i].arrivals.items;
        for (size_t j = 0; j < workloads[i].arrivals.n; j++) {
            const config_setting_t *setting = hr_load_origin(loader, &arrivals[j]);
            if (spec->start != 0)
                continue;
            if (arrivals[j].process == HR_ARRIVAL_CALENDAR)
                hr_load_report(loader, HR_ERROR, setting, "process",
                               "write start = \"2026-03-02T00:00:00Z\"; at the top",
                               "a calendar needs the start of the scenario");
            if (arrivals[j].process == HR_ARRIVAL_TRACE && arrivals[j].origin == HR_ORIGIN_START)
                hr_load_report(loader, HR_ERROR, setting, "origin",
                               "write start = \"2026-03-02T00:00:00Z\"; at the top",
                               "needs the start of the scenario");
        }
    }
}

/* Clients of a closed loop send no faster than they are answered. */
static void check_spikes(struct hr_loader *loader)
{
    const struct hr_spec *spec = &loader->scenario->spec;
    const struct hr_action_spec *events = spec->events.items;
    const struct hr_workload_spec *workloads = spec->workloads.items;
    for (size_t e = 0; e < spec->events.n; e++) {
        if (events[e].action != HR_ACTION_SPIKE || events[e].workload == HR_REF_NONE)
            continue;
        const struct hr_workload_spec *workload = &workloads[events[e].workload];
        const struct hr_arrival_spec *arrivals = workload->arrivals.items;
        if (arrivals[0].process == HR_ARRIVAL_CLOSED)
            hr_load_report(loader, HR_ERROR, hr_load_origin(loader, &events[e]), "workload",
                           "use an open process", "the workload \"%s\" is a closed loop",
                           workload->name);
    }
}

void hr_load_check(struct hr_loader *loader)
{
    const struct hr_spec *spec = &loader->scenario->spec;
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    for (size_t i = 0; i < spec->deployments.n; i++)
        check_deployment(loader, &deployments[i]);
    check_used(loader);
    check_dates(loader);
    check_spikes(loader);
}
