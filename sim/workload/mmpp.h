/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markov-modulated Poisson arrivals: states visited in a ring, exponential stays. */
#ifndef WORKLOAD_MMPP_H
#define WORKLOAD_MMPP_H

#include "stats/rng.h"
#include "workload/spec.h"

struct hr_mmpp {
    const struct hr_mmpp_state *states; /* borrowed from the spec */
    size_t n, state;
    double left_ns;         /* of the stay */
    double epochs_per_ns;   /* at a rate of one request per second */
    struct hr_rng stay_rng; /* stays have a stream of their own, so that rates do not shift them */
};

/* Starts in the stationary state; `batch_mean` requests come with each epoch. */
void hr_mmpp_init(struct hr_mmpp *mmpp, const struct hr_arrival_spec *spec, double batch_mean,
                  struct hr_rng stay_rng);

/* Time to the next epoch, ns. The mean rate must not be 0. */
double hr_mmpp_gap_ns(struct hr_mmpp *mmpp, struct hr_rng *rng);

/* Long-run mean rate of requests per second. */
double hr_mmpp_rate(const struct hr_arrival_spec *spec);

#endif
