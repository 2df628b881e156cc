/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A weekly timetable. */
#include "autoscale/schedule.h"

#include "base/civil.h"

#define WEEK (7 * HR_NS_PER_DAY)

/* Time since Monday 00:00. */
static hr_time of_week(int64_t local_ns)
{
    hr_time of_day = local_ns % HR_NS_PER_DAY;
    if (of_day < 0)
        of_day += HR_NS_PER_DAY;
    return hr_weekday((local_ns - of_day) / HR_NS_PER_DAY) * HR_NS_PER_DAY + of_day;
}

/* From the last time that the entry came, now included, to `now` of the week. */
static hr_time since(const struct hr_schedule_entry *entry, hr_time now)
{
    hr_time shortest = WEEK;
    for (int day = 0; day < 7; day++) {
        if (!(entry->days >> day & 1U))
            continue;
        const hr_time passed = (now - day * HR_NS_PER_DAY - entry->of_day + WEEK) % WEEK;
        shortest = passed < shortest ? passed : shortest;
    }
    return shortest;
}

int64_t hr_schedule_replicas(const struct hr_schedule *schedule, int64_t local_ns)
{
    const hr_time now = of_week(local_ns);
    hr_time shortest = WEEK;
    int64_t replicas = 0;
    for (size_t i = 0; i < schedule->n_entries; i++) {
        const hr_time passed = since(&schedule->entries[i], now);
        if (passed <= shortest) {
            shortest = passed;
            replicas = schedule->entries[i].replicas;
        }
    }
    return replicas;
}

int64_t hr_schedule_next(const struct hr_schedule *schedule, int64_t local_ns)
{
    const hr_time now = of_week(local_ns);
    hr_time soonest = WEEK;
    for (size_t i = 0; i < schedule->n_entries; i++)
        for (int day = 0; day < 7; day++) {
            const struct hr_schedule_entry *entry = &schedule->entries[i];
            if (!(entry->days >> day & 1U))
                continue;
            const hr_time to = day * HR_NS_PER_DAY + entry->of_day - now;
            const hr_time ahead = to > 0 ? to : to + WEEK;
            soonest = ahead < soonest ? ahead : soonest;
        }
    return local_ns + soonest;
}
