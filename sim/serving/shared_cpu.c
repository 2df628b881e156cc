/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Virtual-time processor sharing and CFS throttling. */
#include "serving/shared_cpu.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

void hr_shared_cpu_init(struct hr_shared_cpu *cpu, hr_time phase)
{
    *cpu = (struct hr_shared_cpu){ .period_end = phase };
}

void hr_shared_cpu_fini(struct hr_shared_cpu *cpu)
{
    free(cpu->heap);
}

/* Requests at full-speed equivalents: what the replica does while it is not throttled. */
static double demand(const struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits)
{
    return (double)cpu->n < limits->cores ? (double)cpu->n : limits->cores;
}

static double speed(const struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits)
{
    return cpu->throttled || cpu->n == 0 ? 0 : demand(cpu, limits) / (double)cpu->n;
}

static double cpu_demand(const struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits)
{
    return limits->cpu_idle + limits->cpu_slot * demand(cpu, limits);
}

/* CPU time used from `updated` to now, with the quota starting anew in every period. */
static void use_quota(struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits, hr_time now)
{
    const double cores = cpu->throttled ? 0 : cpu_demand(cpu, limits);
    hr_time from = cpu->updated;
    if (now >= cpu->period_end) {
        const hr_time periods = (now - cpu->period_end) / HR_CFS_PERIOD_NS;
        from = cpu->period_end + periods * HR_CFS_PERIOD_NS;
        cpu->period_end = from + HR_CFS_PERIOD_NS;
        cpu->used_ns = 0;
    }
    cpu->used_ns += cores * (double)(now - from);
}

double hr_shared_cpu_advance(struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits,
                             hr_time now)
{
    const double progress = speed(cpu, limits) * (double)(now - cpu->updated);
    cpu->clock += progress;
    if (isfinite(limits->cpu_limit))
        use_quota(cpu, limits, now);
    cpu->updated = now;
    return progress * (double)cpu->n;
}

static void sift_up(struct hr_shared_entry *heap, uint32_t i, struct hr_shared_entry entry)
{
    for (; i > 0 && entry.finish < heap[(i - 1) / 2].finish; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = entry;
}

static void sift_down(struct hr_shared_entry *heap, uint32_t n, uint32_t i,
                      struct hr_shared_entry entry)
{
    for (uint32_t child = 2 * i + 1; child < n; child = 2 * i + 1) {
        if (child + 1 < n && heap[child + 1].finish < heap[child].finish)
            child++;
        if (entry.finish <= heap[child].finish)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = entry;
}

void hr_shared_cpu_add(struct hr_shared_cpu *cpu, uint32_t request, hr_time work)
{
    if (cpu->n == 0)
        cpu->clock = 0;
    if (cpu->n == cpu->capacity) {
        cpu->capacity = cpu->capacity == 0 ? 8 : 2 * cpu->capacity;
        cpu->heap = hr_realloc(cpu->heap, cpu->capacity, sizeof *cpu->heap);
    }
    const struct hr_shared_entry entry = { .finish = cpu->clock + (double)work,
                                           .request = request };
    sift_up(cpu->heap, cpu->n++, entry);
}

static void take(struct hr_shared_cpu *cpu, uint32_t i)
{
    const struct hr_shared_entry last = cpu->heap[--cpu->n];
    if (i == cpu->n)
        return;
    if (i > 0 && last.finish < cpu->heap[(i - 1) / 2].finish)
        sift_up(cpu->heap, i, last);
    else
        sift_down(cpu->heap, cpu->n, i, last);
}

bool hr_shared_cpu_remove(struct hr_shared_cpu *cpu, uint32_t request)
{
    for (uint32_t i = 0; i < cpu->n; i++) {
        if (cpu->heap[i].request == request) {
            take(cpu, i);
            return true;
        }
    }
    return false;
}

void hr_shared_cpu_clear(struct hr_shared_cpu *cpu)
{
    cpu->n = 0;
}

/* Events are rounded up to whole nanoseconds, so what is due now has less than half of one to go.
 */
bool hr_shared_cpu_done(struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits,
                        uint32_t *request)
{
    if (cpu->n == 0 || cpu->heap[0].finish - cpu->clock > 0.5 * speed(cpu, limits))
        return false;
    *request = cpu->heap[0].request;
    take(cpu, 0);
    return true;
}

void hr_shared_cpu_settle(struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits)
{
    const double quota = limits->cpu_limit * (double)HR_CFS_PERIOD_NS;
    /* Half a nanosecond of CPU time forgives the rounding of the event's time. */
    cpu->throttled = cpu->n > 0 && cpu->used_ns >= quota - 0.5 * cpu_demand(cpu, limits);
}

/* When the quota runs out at the present demand; never if it does not. */
static hr_time quota_end(const struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits)
{
    const double cores = cpu_demand(cpu, limits);
    const double quota = limits->cpu_limit * (double)HR_CFS_PERIOD_NS;
    const double left = cpu->used_ns < quota ? quota - cpu->used_ns : 0;
    if (left < cores * (double)(cpu->period_end - cpu->updated))
        return hr_time_add(cpu->updated, hr_time_from_ns(ceil(left / cores)));
    if (cores <= limits->cpu_limit)
        return HR_TIME_NEVER;
    return hr_time_add(cpu->period_end, hr_time_from_ns(ceil(quota / cores)));
}

hr_time hr_shared_cpu_next(const struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits)
{
    if (cpu->n == 0)
        return HR_TIME_NEVER;
    if (cpu->throttled)
        return cpu->period_end;
    const double left = cpu->heap[0].finish - cpu->clock;
    const double wall = left > 0 ? ceil(left / speed(cpu, limits)) : 0;
    const hr_time done = hr_time_add(cpu->updated, hr_time_from_ns(wall));
    const hr_time stop = isfinite(limits->cpu_limit) ? quota_end(cpu, limits) : HR_TIME_NEVER;
    return done < stop ? done : stop;
}
