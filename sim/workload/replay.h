/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replay of a trace, pulled in blocks, so that memory does not grow with the trace. */
#ifndef WORKLOAD_REPLAY_H
#define WORKLOAD_REPLAY_H

#include "stats/rng.h"
#include "workload/spec.h"
#include "workload/trace.h"

#include <headroom/status.h>
#include <stdbool.h>

struct hr_trace_copy;

struct hr_trace_replay {
    const struct hr_arrival_spec *spec;
    enum hr_status status; /* of the pulls */
    struct hr_rng scale_rng;
    hr_time cycle; /* timestamps: after which the trace starts again */
    bool repeats;
    struct hr_trace_copy *copies; /* superposed; counts have one */
    size_t n;
    size_t last; /* timestamps: the copy that gave the last arrival */
    /* Counts: the open bin and how many arrivals it still has. */
    hr_time bin_start, bin_end;
    double bin_fraction, bin_ns; /* the clock of bins keeps fractions of a nanosecond */
    int64_t left;
    double rest; /* share of the bin after the last arrival in it */
};

/* `scale_rng` draws thinning and offsets. Not HR_OK: the trace cannot be read; nothing is held. */
enum hr_status hr_trace_replay_init(struct hr_trace_replay *replay,
                                    const struct hr_arrival_spec *spec, struct hr_rng scale_rng,
                                    const struct hr_trace_opener *opener);
void hr_trace_replay_fini(struct hr_trace_replay *replay);

/* Time of the next arrival, or never: at the end, or when replay->status is not HR_OK. `rng` draws
 * places in a bin. */
hr_time hr_trace_replay_next(struct hr_trace_replay *replay, struct hr_rng *rng);

#endif
