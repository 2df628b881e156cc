/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which closed form a deployment's failures allow. */
#include "study/repair_law.h"

#include "model/facts.h"
#include "stats/dist.h"

#define CONVOLVED_MAX 5000 /* replicas: 0.2 s */

/* Has a density somewhere, so that replicas that were in step get out of it. */
static bool is_spread(const struct hr_dist_spec *spec)
{
    const struct hr_dist_component *components = spec->components.items;
    for (size_t i = 0; spec->kind == HR_DIST_MIXTURE && i < spec->components.n; i++) {
        if (is_spread(components[i].dist))
            return true;
    }
    return spec->kind != HR_DIST_CONSTANT && spec->kind != HR_DIST_EMPIRICAL &&
           spec->kind != HR_DIST_MIXTURE;
}

/* Whether requests, or a leak, can take a replica to its memory limit. */
static bool may_be_killed(const struct hr_model_spec *model,
                          const struct hr_deployment_spec *deployment)
{
    const struct hr_resources_spec *resources = deployment->resources;
    if (model->memory == NULL || resources == NULL || resources->limits == NULL ||
        resources->limits->memory <= 0)
        return false;
    const bool shared = model->discipline == HR_PROCESSOR_SHARING;
    const bool central = deployment->load_balancing == HR_ROUTE_CENTRAL_QUEUE;
    const double slots = model->concurrency != HR_AUTO ? (double)model->concurrency
                         : shared                      ? (double)HR_UNLIMITED
                                                       : 1;
    const double held = slots + (central ? 0 : (double)model->queue_limit);
    return model->memory->leak_per_hour > 0 ||
           model->memory->base + model->memory->per_request * held > resources->limits->memory;
}

static bool is_exponential(const struct hr_dist_spec *spec)
{
    return spec->kind == HR_DIST_EXPONENTIAL;
}

static bool is_zero(const struct hr_dist_spec *spec)
{
    return spec->kind == HR_DIST_CONSTANT && spec->mean == 0;
}

/* Repair by few crews, and start-up, have to be convolved: n^2 / 2 terms. */
static bool is_too_large(const struct hr_repair_loop *loop)
{
    return loop->n > CONVOLVED_MAX && loop->crews < loop->n && loop->repair_s > 0 &&
           loop->startup_s > 0;
}

static const char *method_of(const struct hr_deployment_spec *deployment, bool markov,
                             const char **why)
{
    const struct hr_failures_spec *failures = deployment->failures;
    const bool crews_last = failures->crews >= deployment->replicas;
    if (!crews_last && !is_exponential(failures->mttr) && !is_zero(failures->mttr)) {
        *why = "fewer crews than replicas have a closed form only with exponential repairs";
        return NULL;
    }
    if (!is_spread(failures->mttf) && !is_spread(failures->mttr) &&
        !is_spread(deployment->startup_time)) {
        *why = "with constant times all replicas fail in step";
        return NULL;
    }
    return markov ? "ctmc" : crews_last ? "renewal" : "product_form";
}

struct hr_repair_law hr_repair_law(const struct hr_spec *spec, size_t d)
{
    const struct hr_deployment_spec *deployment =
        &((const struct hr_deployment_spec *)spec->deployments.items)[d];
    const struct hr_model_spec *model =
        &((const struct hr_model_spec *)spec->models.items)[deployment->model];
    const struct hr_failures_spec *failures = deployment->failures;
    const int64_t crews =
        failures->crews < deployment->replicas ? failures->crews : deployment->replicas;
    struct hr_repair_law law = {
        .loop = { .n = (unsigned)deployment->replicas,
                  .k = (unsigned)deployment->min_ready,
                  .crews = (unsigned)crews,
                  .up_s = hr_dist_spec_mean_s(failures->mttf, NULL),
                  .repair_s = hr_dist_spec_mean_s(failures->mttr, NULL),
                  .startup_s = hr_dist_spec_mean_s(deployment->startup_time, NULL) },
        .markov = is_exponential(failures->mttf) && is_exponential(failures->mttr) &&
                  (is_zero(deployment->startup_time) || is_exponential(deployment->startup_time)),
    };
    if (hr_spec_has_pods(spec))
        law.why = "pods come back by Kubernetes' rules, which no closed form covers";
    else if (may_be_killed(model, deployment))
        law.why = "how often replicas are killed at their memory limit depends on the load";
    else if (law.loop.up_s <= 0)
        law.why = "replicas fail at once";
    else if (is_too_large(&law.loop))
        law.why = "too many replicas for a closed form with few crews and a start-up time";
    else
        law.method = method_of(deployment, law.markov, &law.why);
    return law;
}
