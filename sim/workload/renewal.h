/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renewal arrivals with gamma or Weibull gaps, stationary from time 0 on. */
#ifndef WORKLOAD_RENEWAL_H
#define WORKLOAD_RENEWAL_H

#include "stats/dist.h"
#include "workload/spec.h"

#include <stdbool.h>

struct hr_renewal {
    struct hr_dist gap; /* of mean one second, since a spec's mean is in whole nanoseconds */
    double scale;       /* mean gap in seconds */
    bool started;
};

/* `rate` of epochs per second. */
void hr_renewal_init(struct hr_renewal *renewal, const struct hr_arrival_spec *spec, double rate);
void hr_renewal_fini(struct hr_renewal *renewal);

/* Time to the next epoch, ns. */
double hr_renewal_gap_ns(struct hr_renewal *renewal, struct hr_rng *rng);

#endif
