/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows from a spec alone, before anything runs. */
#ifndef MODEL_FACTS_H
#define MODEL_FACTS_H

#include "model/spec.h"

#include <stdbool.h>
#include <stdint.h>

/* True when no arrivals vary with time and none replay a trace: a steady state is the question, not
 * the run itself. */
bool hr_spec_is_steady(const struct hr_spec *spec);

/* True when replicas are pods: they come and go, are probed, stand on nodes. Else they are there
 * from time 0 on, but for failures. */
bool hr_spec_has_pods(const struct hr_spec *spec);

/* True when a workload replays a trace. */
bool hr_spec_replays_trace(const struct hr_spec *spec);

/* True when something keeps the queues of deployment d from growing without bound: a limit, clients
 * that leave, a closed loop. */
bool hr_spec_is_regulated(const struct hr_spec *spec, size_t d);

/* Work that open arrivals bring to deployment d a second, over what `slots` slots of each replica
 * can do; first attempts only. NaN when failures take a share of the capacity that the spec alone
 * does not tell. */
double hr_spec_offered_load(const struct hr_spec *spec, size_t d, double slots);

/* CPU of the replicas of deployment d (DESIGN: cpu_idle + busy slots x cpu_per_slot, the default of
 * the latter being limit / concurrency). */
struct hr_cpu_facts {
    uint32_t slots;    /* requests in service at once; UINT32_MAX: no limit */
    double slots_paid; /* capacity of a replica in slots (or cores, when they are shared); infinite
                          without limit */
    double per_slot;   /* cores */
    double limit;      /* cores; infinite when it cannot be reached: no throttling */
};
struct hr_cpu_facts hr_spec_cpu(const struct hr_spec *spec, size_t d);

#endif
