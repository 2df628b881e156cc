/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replicas for the load that is to come while a replica starts up. The caller observes the load at
 * equal steps and then decides.
 */
#ifndef AUTOSCALE_PREDICTIVE_H
#define AUTOSCALE_PREDICTIVE_H

#include "autoscale/spec.h"
#include "base/time.h"
#include "stats/forecast.h"

#include <stdint.h>

struct hr_predictive_config {
    enum hr_predictor predictor;
    hr_time step;                  /* between observations */
    hr_time season;                /* a whole number of steps, such as a day or a week */
    hr_time lead;                  /* from a decision until it serves: the start-up time */
    double capacity;               /* load that one replica is to bear */
    struct hr_smoothing smoothing; /* Holt-Winters; the season is multiplied */
    double quantile;               /* seasonal quantile: of the values ... */
    size_t seasons;                /* ... of so many last seasons */
    int64_t replicas_min, replicas_max;
};

struct hr_predictive {
    struct hr_predictive_config config;
    size_t steps_ahead; /* that a decision covers */
    double load;        /* last observed */
    struct hr_holt_winters holt_winters;
    struct hr_seasonal seasonal;
};

void hr_predictive_init(struct hr_predictive *predictive,
                        const struct hr_predictive_config *config);
void hr_predictive_fini(struct hr_predictive *predictive);

/* Mean load over the last step, of the whole deployment. */
void hr_predictive_observe(struct hr_predictive *predictive, double load);

/*
 * Replicas for the highest of the load last observed and the forecasts up to and including the step
 * that begins within `lead`: what is still needed is not taken away because a trough comes after
 * it.
 */
int64_t hr_predictive_decide(const struct hr_predictive *predictive);

#endif
