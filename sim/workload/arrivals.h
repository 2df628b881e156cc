/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open-loop arrival processes: each call gives the time of the next request. A workload that
 * superposes several has one of these for each. (Closed loops are the model's: their next request
 * depends on an answer.)
 */
#ifndef WORKLOAD_ARRIVALS_H
#define WORKLOAD_ARRIVALS_H

#include "base/time.h"
#include "stats/rng.h"
#include "workload/spec.h"
#include "workload/trace.h"

#include <headroom/status.h>
#include <stdbool.h>

struct hr_arrivals_state; /* of the processes other than poisson */

struct hr_arrivals {
    /* The clock: `now` plus `fraction` of a nanosecond in [0, 1), so that long runs do not drift.
     */
    hr_time now;
    double fraction;
    double gap_ns_mean; /* poisson, deterministic */
    struct hr_rng gap;
    bool simple; /* poisson, one at a time */
    struct hr_arrivals_state *state;
};

/*
 * Starts component `index` of a workload whose name hashes to `entity`. `opener` is used for traces
 * only. `spec` is valid, not of a closed loop, and outlives `arrivals`. Every process starts in its
 * stationary state (gamma and weibull: the first gap is the residual; mmpp: stationary phase;
 * hawkes: with the descendants of the past) but deterministic, whose k-th request comes at k /
 * rate, so that its schedule can be told in advance. Not HR_OK: a trace cannot be read; there is
 * nothing to fini.
 */
enum hr_status hr_arrivals_init(struct hr_arrivals *arrivals, const struct hr_arrival_spec *spec,
                                uint64_t seed, uint64_t replication, uint64_t entity,
                                unsigned index, const struct hr_trace_opener *opener);
void hr_arrivals_fini(struct hr_arrivals *arrivals);

/* Not HR_OK once a trace could not be read any more; arrivals then end. */
enum hr_status hr_arrivals_status(const struct hr_arrivals *arrivals);

/* Begins at time `to` instead of 0, before the first request: in the stationary state too, or with
 * the rate of that time. A trace is read up to there. */
void hr_arrivals_skip(struct hr_arrivals *arrivals, hr_time to);

hr_time hr_arrivals_next_general(struct hr_arrivals *arrivals);

/* Moves the clock on by gap_ns >= 0 and returns the whole nanoseconds. */
static inline hr_time hr_arrivals_advance(struct hr_arrivals *arrivals, double gap_ns)
{
    const double sum = arrivals->fraction + gap_ns;
    if (!(sum < 9.2e18))
        return arrivals->now = HR_TIME_NEVER;
    const hr_time whole = (hr_time)sum;
    arrivals->fraction = sum - (double)whole;
    return arrivals->now = hr_time_add(arrivals->now, whole);
}

/* Time of the next request (>= the one before; equal within a batch), or HR_TIME_NEVER when there
 * are no more. */
static inline hr_time hr_arrivals_next(struct hr_arrivals *arrivals)
{
    if (__builtin_expect(arrivals->simple, 1))
        return hr_arrivals_advance(arrivals,
                                   arrivals->gap_ns_mean * hr_rng_exponential(&arrivals->gap));
    return hr_arrivals_next_general(arrivals);
}

/* True when the rate changes with time by design, or a trace is replayed: `warmup = "auto"` is then
 * 0. */
bool hr_arrivals_vary(const struct hr_arrival_spec *spec);

/*
 * Long-run mean rate of requests per second of an open process without a trace. A piecewise
 * function without a period ends in its last rate; a calendar counts up to its last change.
 */
double hr_arrivals_rate(const struct hr_arrival_spec *spec);

#endif
