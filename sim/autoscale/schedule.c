/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A weekly timetable. */
#include "autoscale/schedule.h"

#include "base/minmax.h"

#define WEEK (7 * HR_NS_PER_DAY)

/* Time since Monday 00:00. The first day of 1970 was a Thursday. */
static hr_time of_week(int64_t local_ns)
{
    return (local_ns % WEEK + 3 * HR_NS_PER_DAY + WEEK) % WEEK;
}

static bool comes_on(const struct hr_schedule_entry *entry, int day)
{
    return (entry->days >> day & 1) != 0;
}

/* From the last time that the entry came, `now` of the week included. */
static hr_time since(const struct hr_schedule_entry *entry, hr_time now)
{
    hr_time shortest = WEEK;
    for (int day = 0; day < 7; day++)
        if (comes_on(entry, day))
            shortest = hr_min(shortest, (now - day * HR_NS_PER_DAY - entry->at + WEEK) % WEEK);
    return shortest;
}

/* Until the next time that the entry comes, `now` excluded. */
static hr_time until(const struct hr_schedule_entry *entry, hr_time now)
{
    hr_time shortest = WEEK;
    for (int day = 0; day < 7; day++)
        if (comes_on(entry, day))
            shortest =
                hr_min(shortest, (day * HR_NS_PER_DAY + entry->at - now - 1 + WEEK) % WEEK + 1);
    return shortest;
}

int64_t hr_schedule_replicas(const struct hr_schedule_entry *entries, size_t n, int64_t local_ns)
{
    const hr_time now = of_week(local_ns);
    size_t last = 0;
    for (size_t i = 1; i < n; i++)
        if (since(&entries[i], now) <= since(&entries[last], now))
            last = i;
    return entries[last].replicas;
}

int64_t hr_schedule_next(const struct hr_schedule_entry *entries, size_t n, int64_t local_ns)
{
    const hr_time now = of_week(local_ns);
    hr_time shortest = WEEK;
    for (size_t i = 0; i < n; i++)
        shortest = hr_min(shortest, until(&entries[i], now));
    return local_ns + shortest;
}
