/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Many scenarios at once: all their replications share one pool of threads. */
#ifndef RUN_BATCH_H
#define RUN_BATCH_H

#include "scenario/scenario.h"

#include <headroom/run.h>

/*
 * Simulates n scenarios. `done` gets every result (its to free; NULL if a scenario has none) in the
 * order of the scenarios, from one thread at a time, as soon as it and all before it are ready.
 * Only scenario 0 reports its events. HR_ERR_INTERRUPTED: some results hold fewer replications than
 * asked, or are NULL. HR_ERR_IO: see diag.
 */
enum hr_status hr_batch_run(const struct hr_scenario *const *scenarios, size_t n,
                            const struct hr_run_options *options,
                            void (*done)(void *ctx, size_t i, struct hr_result *result), void *ctx,
                            struct hr_diag *diag);

#endif
