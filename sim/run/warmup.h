/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the window begins. */
#ifndef RUN_WARMUP_H
#define RUN_WARMUP_H

#include "model/model.h"

/* Grid of a pilot: enough steps for MSER-5. */
hr_time hr_warmup_pilot_step(const struct hr_spec *spec);

/*
 * The deletion point from n pilots: MSER-5 on the mean number inside, averaged over the pilots step
 * by step (per replication it would delete early bursts and bias the mean down), the latest over
 * all workloads. Falls back to half of the duration when no steady state is seen. *why is static.
 */
hr_time hr_warmup_find(const struct hr_spec *spec, const struct hr_replication *pilots, unsigned n,
                       const char **why);

#endif
