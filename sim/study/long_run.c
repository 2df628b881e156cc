/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The long run of deployments: closed forms, and failure biasing as a second opinion. */
#include <headroom/long_run.h>

#include "base/hash.h"
#include "base/mem.h"
#include "stats/interval.h"
#include "study/conditional.h"
#include "study/failure_biasing.h"
#include "study/repair_law.h"

#include <math.h>
#include <stdlib.h>

#define YEAR_S     31557600.0
#define PRECISION  0.01
#define CYCLES_MAX UINT64_C(3000000)

static struct hr_estimate exact(double value, const char *method, const char *why)
{
    if (!isfinite(value))
        return hr_estimate_none(isinf(value) ? "larger than any number" : why);
    return (struct hr_estimate){ .value = value, .lo = value, .hi = value, .method = method };
}

static void use_closed_form(const struct hr_repair_law *law, struct hr_long_run *out)
{
    const char *never =
        law->loop.k > law->loop.n ? "there are never enough replicas" : "there are no outages";
    double *shares = hr_repair_shares_new(&law->loop);
    const struct hr_repair_answer answer = hr_repair_answer(&law->loop, shares);
    free(shares);
    const double up_s =
        answer.outages_per_s > 0 ? (1 - answer.unavailability) / answer.outages_per_s : (double)NAN;
    out->unavailability = exact(answer.unavailability, law->method, NULL);
    out->outages_per_year = exact(answer.outages_per_s * YEAR_S, law->method, NULL);
    out->outage_s_mean = exact(answer.outage_s, law->method, never);
    out->uptime_s_mean = exact(up_s, law->method, never);
    out->mttf_s = law->markov ? exact(hr_repair_mttf_s(&law->loop), law->method,
                                      "a chain of too many states: --rare simulates it")
                              : hr_estimate_none("known for exponential times only");
}

static void simulate(const struct hr_spec *spec, size_t d, const struct hr_repair_law *law,
                     struct hr_long_run *out)
{
    const struct hr_repair_loop *loop = &law->loop;
    const struct hr_biasing_group group = { .n = loop->n,
                                            .k = loop->k,
                                            .up_s = loop->up_s,
                                            .repair_s = loop->repair_s,
                                            .startup_s = loop->startup_s };
    const struct hr_biasing_system system = {
        .groups = &group,
        .n_groups = 1,
        .crews = loop->crews,
        .seed = (uint64_t)spec->seed,
        .entity =
            hr_hash_name(((const struct hr_deployment_spec *)spec->deployments.items)[d].name),
        .precision = PRECISION,
        .cycles_max = CYCLES_MAX,
    };
    const struct hr_biasing_answer answer = hr_failure_biasing(&system);
    out->unavailability_simulated = answer.unavailability;
    if (isnan(out->mttf_s.value))
        out->mttf_s = answer.mttf_s;
}

static void add_deployment(const struct hr_spec *spec, size_t d, bool rare,
                           struct hr_deployment_result *result)
{
    const struct hr_repair_law law = hr_repair_law(spec, d);
    struct hr_long_run *out = result->long_run = HR_NEW(struct hr_long_run);
    if (law.method == NULL) {
        out->unavailability = out->outages_per_year = out->outage_s_mean = out->uptime_s_mean =
            out->mttf_s = hr_estimate_none(law.why);
        out->unavailability_simulated = hr_estimate_none(rare ? law.why : NULL);
        return;
    }
    use_closed_form(&law, out);
    const bool simulable = law.markov && law.loop.k <= law.loop.n;
    out->unavailability_simulated = hr_estimate_none(
        rare ? "failure biasing needs exponential times, and enough replicas" : NULL);
    if (rare && simulable)
        simulate(spec, d, &law, out);
}

enum hr_status hr_long_run_add(const struct hr_scenario *scenario,
                               const struct hr_run_options *options, bool rare,
                               struct hr_result *result, struct hr_diag *diag)
{
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    enum hr_status status = HR_OK;
    for (size_t d = 0; d < spec->deployments.n; d++) {
        if (deployments[d].failures == NULL)
            continue;
        add_deployment(spec, d, rare, &result->deployments[d]);
        if (!rare)
            continue;
        const enum hr_status done = hr_conditional_add(scenario, d, options, result, diag);
        status = status == HR_OK ? done : status;
    }
    return status;
}
