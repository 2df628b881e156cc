/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests lost with the replicas that fail under them, where failures are too rare to be seen. */
#ifndef RUN_CRASHES_H
#define RUN_CRASHES_H

#include "model/model.h"

#include <headroom/result.h>

/* Where n replications were spent on deployment d, whose replicas fail as said. */
struct hr_crashes {
    const struct hr_spec *spec;
    const struct hr_replication *replications;
    unsigned n;
    size_t deployment;
    const struct hr_failures_spec *failures;
};

/* Failures that a request meets while a replica holds it, on average: a replica fails once in mttf,
 * whatever it does. */
double hr_crash_share(const struct hr_crashes *crashes);

/* Takes from the share of requests that are answered those lost with a replica. A request that may
 * be sent again then fares like any other. */
void hr_add_crashes(struct hr_estimate *answered, const struct hr_workload_spec *workload,
                    double crash_share);

#endif
