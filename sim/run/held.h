/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A deployment held at fewer replicas than it has: what its workloads get while some are down. */
#ifndef RUN_HELD_H
#define RUN_HELD_H

#include "scenario/scenario.h"

#include <headroom/run.h>

struct hr_held {
    const struct hr_scenario *scenario;
    size_t deployment;     /* its replicas fail; nothing else of it changes */
    const unsigned *ready; /* levels to hold it at, each at least 1 */
    size_t n_levels;
    unsigned replications; /* of each level */
    hr_time warmup;
};

/*
 * Simulates every level and fills out[level * n_workloads + workload] for the workloads of the
 * deployment (all of the scenario are counted); the others stay as they are. A level at which more
 * work comes than so many replicas can do, and nothing sheds it, gets a reason instead of a value.
 * HR_ERR_INTERRUPTED: stopped before the end, `out` is not to be used. HR_ERR_IO: see diag.
 */
enum hr_status hr_held_run(const struct hr_held *held, const struct hr_run_options *options,
                           struct hr_ready_share *out, struct hr_diag *diag);

#endif
