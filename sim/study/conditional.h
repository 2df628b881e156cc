/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Availability of requests in the long run, by the number of ready replicas. */
#ifndef STUDY_CONDITIONAL_H
#define STUDY_CONDITIONAL_H

#include "scenario/scenario.h"

#include <headroom/run.h>

/*
 * For the workloads of deployment d, which has failures: availability_long_run, the sum over levels
 * of the share of time with so many ready and the share of requests answered then, and by_ready.
 * Levels that the run did not show enough of are simulated. Status as hr_held_run.
 */
enum hr_status hr_conditional_add(const struct hr_scenario *scenario, size_t d,
                                  const struct hr_run_options *options, struct hr_result *result,
                                  struct hr_diag *diag);

#endif
