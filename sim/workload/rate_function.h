/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Poisson arrivals whose rate is a given function of time: diurnal, piecewise, calendar. */
#ifndef WORKLOAD_RATE_FUNCTION_H
#define WORKLOAD_RATE_FUNCTION_H

#include "workload/arrivals.h"

struct hr_rate_piece {
    hr_time start; /* within the period */
    double rate;   /* epochs per ns at `start`; with `sure` < 1 a bound of the rate */
    double slope;  /* of the rate, per ns */
    double sure;   /* least share of the bound that the true rate reaches in this piece */
};

struct hr_rate_function {
    struct hr_rate_piece *pieces; /* the first starts at 0; owned */
    size_t n;
    hr_time period;         /* then all starts anew; never: the last piece holds */
    double area;            /* epochs in a period; 0 without one */
    double mean, amplitude; /* diurnal, which alone is thinned: epochs per ns */
    double phase_ns;        /* diurnal: of time 0, after the peak */
    size_t piece;           /* the clock is in this piece of the period ... */
    hr_time period_start;   /* ... that began then */
};

/* `batch_mean` requests come with each epoch. */
void hr_rate_function_init(struct hr_rate_function *function, const struct hr_arrival_spec *spec,
                           double batch_mean);
void hr_rate_function_fini(struct hr_rate_function *function);

/* The same as if all up to time `to` had passed. */
void hr_rate_function_skip(struct hr_rate_function *function, struct hr_arrivals *arrivals,
                           hr_time to);

/* Moves the clock of arrivals to the next epoch and returns its time. */
hr_time hr_rate_function_next(struct hr_rate_function *function, struct hr_arrivals *arrivals);

/* Mean rate of requests per second: over a period; without one, the last rate of a piecewise
 * function, and the mean of a calendar up to its last change. */
double hr_rate_function_mean(const struct hr_arrival_spec *spec);

#endif
