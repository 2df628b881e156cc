/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replicas that fail and are repaired: the share of time with enough of them. */
#include "study/theory.h"

#include "base/str.h"

#include <math.h>

static const struct hr_formula birth_and_death = { "birth and death", "Barlow, Proschan 1975" };
static const struct hr_formula binomial = { "binomial of up times", "Barlow, Proschan 1975" };

static double mean_s(const struct hr_dist_spec *spec)
{
    struct hr_dist dist;
    hr_dist_init(&dist, spec);
    const double mean = hr_dist_mean_ns(&dist) * 1e-9;
    hr_dist_fini(&dist);
    return mean;
}

/* With a crew for each, replicas are independent and only their means matter; else all must be
 * exponential. */
static void check(const struct hr_spec *spec, const struct hr_deployment_spec *deployment,
                  bool independent, struct hr_theory_model *out)
{
    const struct hr_model_spec *model =
        &((const struct hr_model_spec *)spec->models.items)[deployment->model];
    const struct hr_failures_spec *failures = deployment->failures;
    const struct hr_resources_spec *resources = deployment->resources;
    if (model->memory != NULL && resources != NULL && resources->limits != NULL &&
        resources->limits->memory > 0)
        hr_theory_add_why(out,
                          "deployments.%s.resources.limits.memory: replicas may run out of memory",
                          deployment->name);
    if (failures->mttf->kind == HR_DIST_CONSTANT && deployment->replicas > 1)
        hr_theory_add_why(out, "deployments.%s.failures.mttf: is constant, so all fail at once",
                          deployment->name);
    if (!(mean_s(failures->mttf) > 0 && mean_s(failures->mttr) > 0))
        hr_theory_add_why(out, "deployments.%s.failures: a time is 0", deployment->name);
    if (independent)
        return;
    if (!hr_dist_is_exponential(failures->mttf))
        hr_theory_add_why(out, "deployments.%s.failures.mttf: crews are solved for exponential",
                          deployment->name);
    if (!hr_dist_is_exponential(failures->mttr))
        hr_theory_add_why(out, "deployments.%s.failures.mttr: crews are solved for exponential",
                          deployment->name);
    if (mean_s(deployment->startup_time) > 0)
        hr_theory_add_why(out, "deployments.%s.startup_time: crews are solved without",
                          deployment->name);
}

static void describe(const struct hr_deployment_spec *deployment, double up_s, double down_s,
                     bool independent, struct hr_theory_model *out)
{
    struct hr_str s;
    hr_str_init(&s);
    hr_str_addf(&s, "%lld-out-of-%lld", (long long)deployment->min_ready,
                (long long)deployment->replicas);
    out->model = hr_str_take(&s);
    hr_str_init(&s);
    hr_str_addf(&s, "%lld replicas, up for %.4g s, down for %.4g s",
                (long long)deployment->replicas, up_s, down_s);
    if (independent)
        hr_str_add(&s, ", each by itself");
    else
        hr_str_addf(&s, ", %lld repaired at once", (long long)deployment->failures->crews);
    hr_str_addf(&s, "; available with %lld", (long long)deployment->min_ready);
    out->description = hr_str_take(&s);
}

void hr_theory_solve_failures(const struct hr_spec *spec, size_t d, struct hr_theory_model *out)
{
    const struct hr_deployment_spec *deployment =
        &((const struct hr_deployment_spec *)spec->deployments.items)[d];
    const struct hr_failures_spec *failures = deployment->failures;
    const unsigned n = (unsigned)deployment->replicas;
    const bool independent = failures->crews >= n;
    check(spec, deployment, independent, out);
    if (out->n_why > 0)
        return;
    const double up_s = mean_s(failures->mttf);
    const double down_s = mean_s(failures->mttr) + mean_s(deployment->startup_time);
    const unsigned crews = independent ? n : (unsigned)failures->crews;
    const struct hr_formula *formula = independent ? &binomial : &birth_and_death;
    describe(deployment, up_s, down_s, independent, out);
    out->queues = 1;
    out->formula = formula->name;
    hr_theory_add(
        out, "availability_time",
        hr_kofn_availability(n, (unsigned)deployment->min_ready, 1 / up_s, 1 / down_s, crews),
        false, formula);
    hr_theory_add(out, "replicas.mean", hr_kofn_mean_up(n, 1 / up_s, 1 / down_s, crews), false,
                  formula);
}
