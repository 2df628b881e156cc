/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dispatch to the families of arrival processes, and batches, which any of them can bring: then its
 * epochs are those of the batches and come at rate / mean size.
 */
#include "workload/arrivals.h"

#include "base/assert.h"
#include "base/logexp.h"
#include "base/mem.h"
#include "workload/hawkes.h"
#include "workload/mmpp.h"
#include "workload/rate_function.h"
#include "workload/renewal.h"
#include "workload/replay.h"

#include <math.h>
#include <stdlib.h>

struct hr_batches {
    bool geometric;
    uint64_t size; /* constant */
    double scale;  /* geometric: of the exponential whose whole part is the size less 1 */
    struct hr_rng rng;
    uint64_t left; /* of the batch that is arriving */
};

struct hr_arrivals_state {
    enum hr_arrival_process process;
    struct hr_batches batches;
    bool batched;
    union {
        struct hr_renewal renewal;
        struct hr_mmpp mmpp;
        struct hr_hawkes hawkes;
        struct hr_rate_function rate_function;
        struct hr_trace_replay replay;
    };
};

static double batch_mean(const struct hr_arrival_spec *spec)
{
    return spec->batch ? spec->batch->mean : 1;
}

static bool is_rate_function(const struct hr_arrival_spec *spec)
{
    const int process = spec->process;
    return process == HR_ARRIVAL_DIURNAL || process == HR_ARRIVAL_PIECEWISE ||
           process == HR_ARRIVAL_CALENDAR;
}

static void batches_init(struct hr_batches *batches, const struct hr_batch_spec *spec,
                         struct hr_rng rng)
{
    *batches = (struct hr_batches){ .geometric = spec->law == HR_BATCH_GEOMETRIC,
                                    .size = (uint64_t)spec->mean,
                                    .rng = rng };
    if (spec->mean > 1)
        batches->scale = -1 / hr_log(1 - 1 / spec->mean);
}

/* P(size > n) = (1 - 1/mean)^n when geometric. */
static uint64_t batch_size(struct hr_batches *batches)
{
    if (batches->geometric)
        return 1 + (uint64_t)fmin(hr_rng_exponential(&batches->rng) * batches->scale, 1e15);
    return batches->size;
}

/* Fills in what the process needs; `address` is that of its streams but for their purpose. */
static enum hr_status init_process(struct hr_arrivals *arrivals, const struct hr_arrival_spec *spec,
                                   struct hr_address address, const struct hr_trace_opener *opener)
{
    struct hr_arrivals_state *state = arrivals->state;
    const double rate = spec->rate / batch_mean(spec);
    switch (state->process) {
    case HR_ARRIVAL_GAMMA:
    case HR_ARRIVAL_WEIBULL:
        hr_renewal_init(&state->renewal, spec, rate);
        break;
    case HR_ARRIVAL_MMPP:
        address.purpose = HR_PURPOSE_PHASE;
        hr_mmpp_init(&state->mmpp, spec, batch_mean(spec), hr_rng_at(address));
        if (hr_mmpp_rate(spec) == 0)
            arrivals->now = HR_TIME_NEVER;
        break;
    case HR_ARRIVAL_HAWKES:
        address.purpose = HR_PURPOSE_PHASE;
        hr_hawkes_init(&state->hawkes, spec, rate, hr_rng_at(address));
        break;
    case HR_ARRIVAL_DIURNAL:
    case HR_ARRIVAL_PIECEWISE:
    case HR_ARRIVAL_CALENDAR:
        hr_rate_function_init(&state->rate_function, spec, batch_mean(spec));
        break;
    case HR_ARRIVAL_TRACE:
        address.purpose = HR_PURPOSE_SCALE;
        return hr_trace_replay_init(&state->replay, spec, hr_rng_at(address), opener);
    case HR_ARRIVAL_POISSON:
    case HR_ARRIVAL_DETERMINISTIC:
    case HR_ARRIVAL_CLOSED:
        break;
    }
    return HR_OK;
}

enum hr_status hr_arrivals_init(struct hr_arrivals *arrivals, const struct hr_arrival_spec *spec,
                                uint64_t seed, uint64_t replication, uint64_t entity,
                                unsigned index, const struct hr_trace_opener *opener)
{
    HR_ASSERT(spec->process != HR_ARRIVAL_CLOSED);
    struct hr_address address = { .seed = seed,
                                  .replication = replication,
                                  .purpose = HR_PURPOSE_GAP,
                                  .entity = entity,
                                  .ordinal = index };
    *arrivals = (struct hr_arrivals){ .gap_ns_mean = 1e9 * batch_mean(spec) / spec->rate,
                                      .gap = hr_rng_at(address) };
    arrivals->simple = spec->process == HR_ARRIVAL_POISSON && !spec->batch;
    if (arrivals->simple)
        return HR_OK;
    struct hr_arrivals_state *state = arrivals->state = HR_NEW(struct hr_arrivals_state);
    state->process = (enum hr_arrival_process)spec->process;
    if (spec->batch) {
        address.purpose = HR_PURPOSE_BATCH_SIZE;
        batches_init(&state->batches, spec->batch, hr_rng_at(address));
        state->batched = true;
    }
    const enum hr_status status = init_process(arrivals, spec, address, opener);
    if (status != HR_OK) {
        free(state);
        arrivals->state = NULL;
    }
    return status;
}

static hr_time next_replayed(struct hr_arrivals *arrivals)
{
    const hr_time at = hr_trace_replay_next(&arrivals->state->replay, &arrivals->gap);
    if (at > arrivals->now)
        arrivals->now = at;
    return arrivals->now;
}

void hr_arrivals_skip(struct hr_arrivals *arrivals, hr_time to)
{
    struct hr_arrivals_state *state = arrivals->state;
    if (arrivals->now == HR_TIME_NEVER)
        return;
    if (state == NULL) {
        arrivals->now = to;
    } else if (state->process == HR_ARRIVAL_DIURNAL || state->process == HR_ARRIVAL_PIECEWISE ||
               state->process == HR_ARRIVAL_CALENDAR) {
        hr_rate_function_skip(&state->rate_function, arrivals, to);
    } else if (state->process == HR_ARRIVAL_TRACE) {
        while (next_replayed(arrivals) < to) {
        }
    } else {
        arrivals->now = to;
    }
}

void hr_arrivals_fini(struct hr_arrivals *arrivals)
{
    struct hr_arrivals_state *state = arrivals->state;
    if (!state)
        return;
    switch (state->process) {
    case HR_ARRIVAL_GAMMA:
    case HR_ARRIVAL_WEIBULL:
        hr_renewal_fini(&state->renewal);
        break;
    case HR_ARRIVAL_DIURNAL:
    case HR_ARRIVAL_PIECEWISE:
    case HR_ARRIVAL_CALENDAR:
        hr_rate_function_fini(&state->rate_function);
        break;
    case HR_ARRIVAL_TRACE:
        hr_trace_replay_fini(&state->replay);
        break;
    case HR_ARRIVAL_POISSON:
    case HR_ARRIVAL_DETERMINISTIC:
    case HR_ARRIVAL_MMPP:
    case HR_ARRIVAL_HAWKES:
    case HR_ARRIVAL_CLOSED:
        break;
    }
    free(state);
    arrivals->state = NULL;
}

enum hr_status hr_arrivals_status(const struct hr_arrivals *arrivals)
{
    const struct hr_arrivals_state *state = arrivals->state;
    return state && state->process == HR_ARRIVAL_TRACE ? state->replay.status : HR_OK;
}

static hr_time next_epoch(struct hr_arrivals *arrivals)
{
    struct hr_arrivals_state *state = arrivals->state;
    struct hr_rng *gap = &arrivals->gap;
    switch (state->process) {
    case HR_ARRIVAL_POISSON:
        return hr_arrivals_advance(arrivals, arrivals->gap_ns_mean * hr_rng_exponential(gap));
    case HR_ARRIVAL_DETERMINISTIC:
        return hr_arrivals_advance(arrivals, arrivals->gap_ns_mean);
    case HR_ARRIVAL_GAMMA:
    case HR_ARRIVAL_WEIBULL:
        return hr_arrivals_advance(arrivals, hr_renewal_gap_ns(&state->renewal, gap));
    case HR_ARRIVAL_MMPP:
        return hr_arrivals_advance(arrivals, hr_mmpp_gap_ns(&state->mmpp, gap));
    case HR_ARRIVAL_HAWKES:
        return hr_arrivals_advance(arrivals, hr_hawkes_gap_ns(&state->hawkes, gap));
    case HR_ARRIVAL_DIURNAL:
    case HR_ARRIVAL_PIECEWISE:
    case HR_ARRIVAL_CALENDAR:
        return hr_rate_function_next(&state->rate_function, arrivals);
    case HR_ARRIVAL_TRACE:
        return next_replayed(arrivals);
    case HR_ARRIVAL_CLOSED:
        break;
    }
    return HR_TIME_NEVER;
}

hr_time hr_arrivals_next_general(struct hr_arrivals *arrivals)
{
    struct hr_arrivals_state *state = arrivals->state;
    if (arrivals->now == HR_TIME_NEVER)
        return HR_TIME_NEVER;
    if (!state->batched)
        return next_epoch(arrivals);
    if (state->batches.left == 0) {
        next_epoch(arrivals);
        state->batches.left = batch_size(&state->batches);
    }
    state->batches.left--;
    return arrivals->now;
}

bool hr_arrivals_vary(const struct hr_arrival_spec *spec)
{
    return spec->process == HR_ARRIVAL_TRACE || is_rate_function(spec);
}

double hr_arrivals_rate(const struct hr_arrival_spec *spec)
{
    if (is_rate_function(spec))
        return hr_rate_function_mean(spec);
    return spec->process == HR_ARRIVAL_MMPP ? hr_mmpp_rate(spec) : spec->rate;
}
