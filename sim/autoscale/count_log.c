/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts at times. */
#include "autoscale/count_log.h"

#include "base/mem.h"
#include "base/minmax.h"

#include <stdlib.h>

void hr_count_log_init(struct hr_count_log *log)
{
    *log = (struct hr_count_log){ 0 };
}

void hr_count_log_fini(struct hr_count_log *log)
{
    free(log->entries);
}

void hr_count_log_put(struct hr_count_log *log, hr_time now, int64_t count, hr_time kept)
{
    size_t place = log->n;
    for (size_t i = 0; i < log->n; i++)
        if (now - log->entries[i].at > kept)
            place = i;
    if (place == log->capacity) {
        log->capacity = 2 * log->capacity + 16;
        log->entries = hr_realloc(log->entries, log->capacity, sizeof *log->entries);
    }
    log->entries[place] = (struct hr_count_entry){ .at = now, .count = count };
    if (place == log->n)
        log->n++;
}

int64_t hr_count_log_sum(const struct hr_count_log *log, hr_time now, hr_time window)
{
    int64_t sum = 0;
    for (size_t i = 0; i < log->n; i++)
        if (now - log->entries[i].at < window)
            sum += log->entries[i].count;
    return sum;
}

int64_t hr_count_log_highest(const struct hr_count_log *log, hr_time now, hr_time window,
                             int64_t other)
{
    for (size_t i = 0; i < log->n; i++)
        if (now - log->entries[i].at < window)
            other = hr_max(other, log->entries[i].count);
    return other;
}

int64_t hr_count_log_lowest(const struct hr_count_log *log, hr_time now, hr_time window,
                            int64_t other)
{
    for (size_t i = 0; i < log->n; i++)
        if (now - log->entries[i].at < window)
            other = hr_min(other, log->entries[i].count);
    return other;
}
