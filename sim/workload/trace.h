/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The interface through which arrivals pull a trace in blocks; the scenario room implements it on
 * files. */
#ifndef WORKLOAD_TRACE_H
#define WORKLOAD_TRACE_H

#include "workload/spec.h"

#include <headroom/status.h>

/* An open trace: a stream of timestamps (ns, as in the file, not yet shifted) or of counts. */
struct hr_trace_source {
    void *ctx;
    /* Up to `capacity` values; *n = 0 at the end. */
    enum hr_status (*pull)(void *ctx, int64_t *values, size_t capacity, size_t *n);
    enum hr_status (*rewind)(void *ctx);
    void (*close)(void *ctx);
};

/* Opens the trace of an arrival spec; several may be open at once, from several threads. */
struct hr_trace_opener {
    void *ctx;
    enum hr_status (*open)(void *ctx, const struct hr_arrival_spec *spec,
                           struct hr_trace_source *out);
};

#endif
