/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The warm-up of a steady-state scenario. */
#include "run/warmup.h"

#include "base/mem.h"
#include "stats/warmup.h"

#include <stdlib.h>

#define PILOT_STEPS 2000

hr_time hr_warmup_pilot_step(const struct hr_spec *spec)
{
    const hr_time step = spec->duration / PILOT_STEPS;
    return step > 0 ? step : 1;
}

static void average(const struct hr_replication *pilots, unsigned n, uint32_t w, double *x)
{
    for (size_t i = 0; i < pilots[0].n_steps; i++) {
        x[i] = 0;
        for (unsigned r = 0; r < n; r++)
            x[i] += pilots[r].inside[i * pilots[r].n_workloads + w] / n;
    }
}

hr_time hr_warmup_find(const struct hr_spec *spec, const struct hr_replication *pilots, unsigned n,
                       const char **why)
{
    const size_t n_steps = pilots[0].n_steps;
    double *x = HR_NEW_ARRAY(double, n_steps);
    size_t latest = 0;
    bool seen = n_steps >= 10;
    for (uint32_t w = 0; w < pilots[0].n_workloads && seen; w++) {
        size_t deleted = 0;
        average(pilots, n, w, x);
        seen = hr_mser5(x, n_steps, &deleted);
        latest = deleted > latest ? deleted : latest;
    }
    free(x);
    *why = seen ? "MSER-5 on the number inside, averaged over replications"
                : "no steady state seen by MSER-5: half of the duration; a longer run is needed";
    return seen ? (hr_time)latest * hr_warmup_pilot_step(spec) : spec->duration / 2;
}
