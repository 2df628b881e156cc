/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replicas by a weekly timetable, as cron jobs would set them. Pure functions of local time. */
#ifndef AUTOSCALE_SCHEDULE_H
#define AUTOSCALE_SCHEDULE_H

#include "autoscale/spec.h"

#include <stddef.h>
#include <stdint.h>

/* The replicas that hold at `local_ns`, nanoseconds since 1970-01-01 00:00 local time. The n >= 1
 * entries are in any order; of two for the same time the later in the list holds. */
int64_t hr_schedule_replicas(const struct hr_schedule_entry *entries, size_t n, int64_t local_ns);

/* When the next entry after `local_ns` comes. */
int64_t hr_schedule_next(const struct hr_schedule_entry *entries, size_t n, int64_t local_ns);

#endif
