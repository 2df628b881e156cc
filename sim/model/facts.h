/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows from a spec alone, before anything runs. */
#ifndef MODEL_FACTS_H
#define MODEL_FACTS_H

#include "model/spec.h"

#include <stdbool.h>

/* True when no arrivals vary with time and none replay a trace: a steady state is the question, not
 * the run itself. */
bool hr_spec_is_steady(const struct hr_spec *spec);

/* True when a workload replays a trace. */
bool hr_spec_replays_trace(const struct hr_spec *spec);

/* True when something keeps the queues of deployment d from growing without bound: a limit, clients
 * that leave, a closed loop. */
bool hr_spec_is_regulated(const struct hr_spec *spec, size_t d);

/* Work that open arrivals bring to deployment d a second, over what `slots` slots of each replica
 * can do; first attempts only. NaN when failures take a share of the capacity that the spec alone
 * does not tell. */
double hr_spec_offered_load(const struct hr_spec *spec, size_t d, double slots);

#endif
