/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A replica whose requests share its CPU: processor sharing, and CFS bandwidth control at the CPU
 * limit.
 *
 * All requests in service progress at one speed: min(1, cores / n) under processor sharing, 1 under
 * FIFO slots, 0 while throttled. So the replica has one virtual clock that advances at that speed;
 * a request with work w admitted at virtual time v is done when the clock reaches v + w, and the
 * next one done is the top of a heap. The clock restarts at 0 whenever the replica falls idle, so
 * that a double keeps below a nanosecond.
 *
 * CFS: in each period of 100 ms the replica may use limit x period of CPU time. Its demand is idle
 * + per_slot x (requests at full-speed equivalents); once the quota is used up it stands still
 * until the period ends. (Linux kernel, Documentation/scheduler/sched-bwc.)
 */
#ifndef SERVING_SHARED_CPU_H
#define SERVING_SHARED_CPU_H

#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

#define HR_CFS_PERIOD_NS (100 * (HR_NS_PER_S / 1000))

struct hr_shared_limits {
    double cores;     /* requests at full speed at once; infinite under FIFO slots */
    double cpu_idle;  /* cores */
    double cpu_slot;  /* cores used by one request at full speed */
    double cpu_limit; /* cores; infinite: never throttled */
};

struct hr_shared_entry {
    double finish; /* virtual ns */
    uint32_t request;
};

struct hr_shared_cpu {
    struct hr_shared_entry *heap; /* owned */
    uint32_t n, capacity;
    double clock; /* virtual ns */
    hr_time updated;
    hr_time period_end;
    double used_ns; /* CPU time used in this period */
    bool throttled;
};

/* `phase` in 0 .. HR_CFS_PERIOD_NS - 1 is the start of a period. */
void hr_shared_cpu_init(struct hr_shared_cpu *cpu, hr_time phase);
void hr_shared_cpu_fini(struct hr_shared_cpu *cpu);

/* Brings the clock to `now` and returns the work done since the last call, in ns summed over
 * requests. Call it before anything changes. */
double hr_shared_cpu_advance(struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits,
                             hr_time now);

/* After advance: admits a request; removes a given one (false: not there), or all. */
void hr_shared_cpu_add(struct hr_shared_cpu *cpu, uint32_t request, hr_time work);
bool hr_shared_cpu_remove(struct hr_shared_cpu *cpu, uint32_t request);
void hr_shared_cpu_clear(struct hr_shared_cpu *cpu);

/* After advance: gives a request that is done at this moment and takes it out; false: none. */
bool hr_shared_cpu_done(struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits,
                        uint32_t *request);

/* After advance: throttles, or ends throttling, when that is due. */
void hr_shared_cpu_settle(struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits);

/* The next moment at which a request is done or throttling starts or ends; never if there is none.
 */
hr_time hr_shared_cpu_next(const struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits);

#endif
