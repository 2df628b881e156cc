/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The long run of deployments whose replicas fail: availability of 99.99 % and beyond, which a run
 * of some hours does not show.
 */
#ifndef HEADROOM_LONG_RUN_H
#define HEADROOM_LONG_RUN_H

#include <headroom/run.h>

/*
 * Adds to the result of a run of `scenario` the long_run of each deployment with failures, by
 * closed form where there is one. With `rare` also what has to be simulated: failure biasing as a
 * second opinion, and availability_long_run and by_ready of their workloads, for which deployments
 * are run again with fewer replicas. HR_ERR_INTERRUPTED, HR_ERR_IO: as hr_run; the result stays
 * whole, with reasons where numbers are missing.
 */
enum hr_status hr_long_run_add(const struct hr_scenario *scenario,
                               const struct hr_run_options *options, bool rare,
                               struct hr_result *result, struct hr_diag *diag);

#endif
