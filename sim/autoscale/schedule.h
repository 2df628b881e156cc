/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replicas by a weekly timetable, as cron jobs would set them. Pure functions of local time. */
#ifndef AUTOSCALE_SCHEDULE_H
#define AUTOSCALE_SCHEDULE_H

#include "base/time.h"

#include <stddef.h>
#include <stdint.h>

/* From this time of these days on, until the next entry of the timetable. */
struct hr_schedule_entry {
    unsigned days;  /* bit 0: Monday ... bit 6: Sunday; at least one */
    hr_time of_day; /* [0, 24 h) local time */
    int64_t replicas;
};

#define HR_SCHEDULE_EVERY_DAY 0x7fU

struct hr_schedule {
    const struct hr_schedule_entry *entries; /* borrowed; in any order. Of two at the same time the
                                                later in the list holds */
    size_t n_entries;                        /* >= 1 */
};

/* The replicas that hold at `local_ns`, nanoseconds since 1970-01-01 00:00 local time. */
int64_t hr_schedule_replicas(const struct hr_schedule *schedule, int64_t local_ns);

/* When the next entry after `local_ns` comes. */
int64_t hr_schedule_next(const struct hr_schedule *schedule, int64_t local_ns);

#endif
