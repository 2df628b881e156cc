/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules that join an autoscaler with its deployment and model. */
#include "scenario/load.h"

struct subject {
    struct hr_loader *loader;
    const struct hr_deployment_spec *deployment;
    const struct hr_model_spec *model;
    const struct hr_autoscaler_spec *autoscaler;
};

static bool reads_metrics(const struct hr_autoscaler_spec *autoscaler)
{
    return autoscaler->type == HR_AUTOSCALER_HPA || autoscaler->type == HR_AUTOSCALER_KEDA;
}

static void check_bounds(const struct subject *subject)
{
    const struct hr_deployment_spec *deployment = subject->deployment;
    const struct hr_autoscaler_spec *autoscaler = subject->autoscaler;
    const config_setting_t *setting = hr_load_origin(subject->loader, deployment);
    if (deployment->replicas < autoscaler->min_replicas)
        hr_load_report(subject->loader, HR_WARNING, setting, "replicas", NULL,
                       "is below min_replicas of the autoscaler, which will raise it");
    if (deployment->replicas > autoscaler->max_replicas)
        hr_load_report(subject->loader, HR_WARNING, setting, "replicas", NULL,
                       "is above max_replicas of the autoscaler, which will lower it");
    if (deployment->min_ready > autoscaler->max_replicas)
        hr_load_report(subject->loader, HR_WARNING, setting, "min_ready", NULL,
                       "is above max_replicas of the autoscaler, so the deployment never counts as "
                       "available");
}

/* A share needs what it is a share of; and there must be something to be read. */
static void check_resource(const struct subject *subject,
                           const struct hr_scaling_metric_spec *metric)
{
    const struct hr_resources_spec *resources = subject->deployment->resources;
    const struct hr_amounts *requests = resources ? resources->requests : NULL;
    const struct hr_amounts *limits = resources ? resources->limits : NULL;
    const struct hr_model_spec *model = subject->model;
    const bool is_cpu = metric->type == HR_SCALING_CPU;
    const config_setting_t *setting = hr_load_origin(subject->loader, metric);
    const double request = !requests ? 0 : is_cpu ? requests->cpu : requests->memory;
    const bool slots_use_cpu =
        model->cpu_per_slot > 0 || (model->cpu_per_slot < 0 && limits && limits->cpu > 0);
    if (metric->target > 0 && request == 0)
        hr_load_report(subject->loader, HR_ERROR, setting, "target",
                       is_cpu ? "set resources.requests.cpu of the deployment"
                              : "set resources.requests.memory of the deployment",
                       "is a share of a request that the deployment does not make");
    if (is_cpu && !slots_use_cpu)
        hr_load_report(subject->loader, HR_WARNING, setting, NULL,
                       "set cpu_per_slot of the model, or resources.limits.cpu of the deployment",
                       "requests to the model \"%s\" use no CPU, so the metric never changes",
                       model->name);
    if (!is_cpu && !model->memory)
        hr_load_report(subject->loader, HR_WARNING, setting, NULL, "set memory of the model",
                       "the model \"%s\" uses no memory, so the metric is always 0", model->name);
}

/* Only a central queue, or the count of requests that fail, tells of load at zero replicas. */
static void check_waking(const struct subject *subject)
{
    const struct hr_autoscaler_spec *autoscaler = subject->autoscaler;
    const struct hr_scaling_metric_spec *metrics = autoscaler->metrics.items;
    const bool central = subject->deployment->load_balancing == HR_ROUTE_CENTRAL_QUEUE;
    const bool rests = autoscaler->idle_replicas == 0 ||
                       (autoscaler->idle_replicas < 0 && autoscaler->min_replicas == 0);
    for (size_t i = 0; i < autoscaler->metrics.n; i++)
        if (metrics[i].type == HR_SCALING_REQUESTS)
            return;
    if (rests && !central)
        hr_load_report(subject->loader, HR_WARNING, hr_load_origin(subject->loader, autoscaler),
                       "metrics", "set load_balancing = \"central_queue\", or add requests",
                       "nothing waits while there are no replicas, so nothing wakes them again");
}

void hr_load_check_autoscaler(struct hr_loader *loader, const struct hr_deployment_spec *deployment,
                              const struct hr_model_spec *model)
{
    const struct hr_autoscaler_spec *autoscaler = deployment->autoscaler;
    const struct subject subject = { loader, deployment, model, autoscaler };
    const struct hr_failures_spec *failures = deployment->failures;
    if (autoscaler->type == HR_AUTOSCALER_SCHEDULED && loader->scenario->spec.start == 0)
        hr_load_report(loader, HR_ERROR, hr_load_origin(loader, autoscaler), "schedule",
                       "write start = \"2026-03-02T00:00:00Z\"; at the top",
                       "a timetable needs the start of the scenario");
    if (autoscaler->type != HR_AUTOSCALER_SCHEDULED)
        check_bounds(&subject);
    if (failures && failures->crews != HR_UNLIMITED)
        hr_load_report(loader, HR_WARNING, hr_load_origin(loader, failures), "crews", NULL,
                       "is not looked at, as pods of an autoscaler restart by themselves");
    if (!reads_metrics(autoscaler))
        return;
    const struct hr_scaling_metric_spec *metrics = autoscaler->metrics.items;
    for (size_t i = 0; i < autoscaler->metrics.n; i++)
        if (metrics[i].type == HR_SCALING_CPU || metrics[i].type == HR_SCALING_MEMORY)
            check_resource(&subject, &metrics[i]);
    if (autoscaler->type == HR_AUTOSCALER_KEDA)
        check_waking(&subject);
}
