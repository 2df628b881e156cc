/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crashes by formula: time held by replicas over their mean time to failure. */
#include "run/crashes.h"

#include "stats/dist.h"

#include <math.h>

double hr_crash_share(const struct hr_crashes *crashes)
{
    const struct hr_spec *spec = crashes->spec;
    const struct hr_workload_spec *workloads = spec->workloads.items;
    const struct hr_deployment_spec *deployment =
        &((const struct hr_deployment_spec *)spec->deployments.items)[crashes->deployment];
    double held_ns = 0, arrived = 0;
    for (unsigned r = 0; r < crashes->n; r++) {
        const struct hr_replication *run = &crashes->replications[r];
        const struct hr_area *areas = run->deployments[crashes->deployment].areas;
        held_ns += (double)areas[HR_LEVEL_BUSY].total;
        if (deployment->load_balancing != HR_ROUTE_CENTRAL_QUEUE)
            held_ns += (double)areas[HR_LEVEL_WAITING].total;
        for (size_t w = 0; w < spec->workloads.n; w++) {
            if ((size_t)workloads[w].deployment == crashes->deployment)
                arrived += (double)run->workloads[w].arrived;
        }
    }
    const double mttf_ns = 1e9 * hr_dist_spec_mean_s(crashes->failures->mttf, NULL);
    return arrived > 0 ? held_ns / mttf_ns / arrived : 0;
}

void hr_add_crashes(struct hr_estimate *answered, const struct hr_workload_spec *workload,
                    double crash_share)
{
    const bool retried = workload->retries != NULL && workload->retries->max_attempts > 1;
    const double lost = retried ? crash_share * (1 - answered->value) : crash_share;
    answered->value = fmax(0, answered->value - lost);
    answered->lo = fmax(0, answered->lo - lost);
    answered->hi = fmax(0, answered->hi - lost);
}
