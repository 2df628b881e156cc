/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts at times, for looks back over a window: recommendations and scale events of autoscalers.
 */
#ifndef AUTOSCALE_COUNT_LOG_H
#define AUTOSCALE_COUNT_LOG_H

#include "base/time.h"

#include <stddef.h>
#include <stdint.h>

struct hr_count_entry {
    hr_time at;
    int64_t count;
};

struct hr_count_log {
    struct hr_count_entry *entries; /* not in order of time */
    size_t n, capacity;
};

void hr_count_log_init(struct hr_count_log *log);
void hr_count_log_fini(struct hr_count_log *log);

/* The new entry takes the place of the last one that is older than `kept`, or else is appended: so
 * the log is no longer than what was once within `kept`. */
void hr_count_log_put(struct hr_count_log *log, hr_time now, int64_t count, hr_time kept);

/* Of the counts younger than `window` (one just as old is out): their sum; the highest or lowest of
 * them and `other`. */
int64_t hr_count_log_sum(const struct hr_count_log *log, hr_time now, hr_time window);
int64_t hr_count_log_highest(const struct hr_count_log *log, hr_time now, hr_time window,
                             int64_t other);
int64_t hr_count_log_lowest(const struct hr_count_log *log, hr_time now, hr_time window,
                            int64_t other);

#endif
