/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Self-exciting arrivals (Hawkes process) with an exponential kernel. */
#ifndef WORKLOAD_HAWKES_H
#define WORKLOAD_HAWKES_H

#include "stats/rng.h"
#include "workload/spec.h"

struct hr_hawkes { /* intensity base + excess, per ns */
    double base;
    double excess; /* decays at rate `decay` ... */
    double jump;   /* ... and rises by this with each epoch */
    double decay;  /* per ns */
};

/* `rate` of epochs per second, in the long run. Starts in the stationary state, with the
 * descendants of the past; the past is drawn from `past`. */
void hr_hawkes_init(struct hr_hawkes *hawkes, const struct hr_arrival_spec *spec, double rate,
                    struct hr_rng past);

/* Time to the next epoch, ns. */
double hr_hawkes_gap_ns(struct hr_hawkes *hawkes, struct hr_rng *rng);

#endif
