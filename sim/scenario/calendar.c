/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Local time: calendar arrivals become piecewise constant rates over the run, changes of daylight
 * saving time included; diurnal ones get the local time of day at time 0.
 */
#include "base/civil.h"
#include "input/timezone.h"
#include "scenario/load.h"

#include <stdlib.h>
#include <string.h>

enum { POINTS_MAX = 2000000, DAY_S = 86400 };

struct calendar {
    const struct hr_arrival_spec *spec;
    const struct hr_timezone *zone;
    int64_t start; /* Unix ns */
    int64_t *holidays;
    size_t n_holidays;
    struct hr_rate_point *points;
    size_t n_points, capacity;
};

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int compare_days(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void read_holidays(struct calendar *calendar)
{
    const struct hr_list *dates = &calendar->spec->holidays;
    calendar->holidays = HR_NEW_ARRAY(int64_t, dates->n);
    for (size_t i = 0; i < dates->n; i++) {
        struct hr_date date;
        if (hr_date_parse(((const char *const *)dates->items)[i], &date))
            calendar->holidays[calendar->n_holidays++] = hr_date_to_days(date);
    }
    qsort(calendar->holidays, calendar->n_holidays, sizeof(int64_t), compare_days);
}

/* The profile of a day: each kind of day falls back on the one before. NULL items: always 1. */
static const struct hr_list *profile_of(const struct calendar *calendar, int64_t day)
{
    const struct hr_arrival_spec *spec = calendar->spec;
    const struct hr_list *saturday = spec->saturday.n ? &spec->saturday : &spec->weekday;
    const struct hr_list *sunday = spec->sunday.n ? &spec->sunday : saturday;
    const int weekday = hr_weekday(day);
    if (bsearch(&day, calendar->holidays, calendar->n_holidays, sizeof day, compare_days))
        return spec->holiday.n ? &spec->holiday : sunday;
    if (weekday == 6)
        return sunday;
    return weekday == 5 ? saturday : &spec->weekday;
}

static double rate_at(const struct calendar *calendar, int64_t day, hr_time of_day)
{
    const struct hr_arrival_spec *spec = calendar->spec;
    const struct hr_list *profile = profile_of(calendar, day);
    double rate = spec->rate;
    if (profile->n > 0) {
        const hr_time slot = HR_NS_PER_DAY / (hr_time)profile->n;
        rate *= ((const double *)profile->items)[of_day / slot];
    }
    return of_day >= spec->open && of_day < spec->close ? rate : rate * spec->closed_share;
}

static hr_time earlier(hr_time candidate, hr_time best, hr_time after)
{
    return candidate > after && candidate < best ? candidate : best;
}

/* The first time of day after `of_day` at which the rate may change. */
static hr_time next_change(const struct calendar *calendar, int64_t day, hr_time of_day)
{
    const struct hr_list *profile = profile_of(calendar, day);
    hr_time next = HR_NS_PER_DAY;
    if (profile->n > 0) {
        const hr_time slot = HR_NS_PER_DAY / (hr_time)profile->n;
        next = (of_day / slot + 1) * slot;
    }
    next = earlier(calendar->spec->open, next, of_day);
    return earlier(calendar->spec->close, next, of_day);
}

static void add_point(struct calendar *calendar, hr_time at, double rate)
{
    if (calendar->n_points > 0 && calendar->points[calendar->n_points - 1].rate == rate)
        return;
    if (calendar->n_points == calendar->capacity) {
        calendar->capacity = 2 * calendar->capacity + 64;
        calendar->points =
            hr_realloc(calendar->points, calendar->capacity, sizeof(struct hr_rate_point));
    }
    calendar->points[calendar->n_points++] = (struct hr_rate_point){ at, rate };
}

/* Goes through [0, end) from change to change. False: too many. */
static bool fill(struct calendar *calendar, hr_time end)
{
    for (hr_time at = 0; at < end && calendar->n_points <= POINTS_MAX;) {
        const int64_t unix_ns = calendar->start + at;
        int64_t transition_s;
        const int64_t offset_s =
            hr_timezone_offset(calendar->zone, floor_divide(unix_ns, HR_NS_PER_S), &transition_s);
        const int64_t local = unix_ns + offset_s * HR_NS_PER_S;
        const int64_t day = floor_divide(local, HR_NS_PER_DAY);
        const hr_time of_day = local - day * HR_NS_PER_DAY;
        add_point(calendar, at, rate_at(calendar, day, of_day));
        hr_time next = at + next_change(calendar, day, of_day) - of_day;
        if (transition_s < INT64_MAX / HR_NS_PER_S)
            next = earlier(transition_s * HR_NS_PER_S - calendar->start, next, at);
        at = next;
    }
    return calendar->n_points <= POINTS_MAX;
}

static bool ever_positive(const struct calendar *calendar)
{
    for (size_t i = 0; i < calendar->n_points; i++)
        if (calendar->points[i].rate > 0)
            return true;
    return false;
}

static void fill_calendar(struct hr_loader *loader, const struct hr_timezone *zone,
                          struct hr_arrival_spec *arrivals)
{
    const struct hr_spec *spec = &loader->scenario->spec;
    struct calendar calendar = { .spec = arrivals, .zone = zone, .start = spec->start };
    /* Arrivals may go on for one more window while those of the first drain. */
    const hr_time end = hr_time_add(spec->duration, spec->duration);
    read_holidays(&calendar);
    if (!fill(&calendar, end)) {
        hr_load_report(loader, HR_ERROR, hr_load_origin(loader, arrivals), NULL, NULL,
                       "has more than %d changes of rate in the run", POINTS_MAX);
    } else if (!ever_positive(&calendar)) {
        hr_load_report(loader, HR_ERROR, hr_load_origin(loader, arrivals), NULL, NULL,
                       "the rate is 0 throughout the run");
    } else {
        struct hr_rate_point *kept = hr_arena_alloc(loader->scenario->arena, calendar.n_points,
                                                    sizeof(struct hr_rate_point));
        memcpy(kept, calendar.points, calendar.n_points * sizeof(struct hr_rate_point));
        arrivals->calendar_points = kept;
        arrivals->n_calendar_points = calendar.n_points;
    }
    free(calendar.points);
    free(calendar.holidays);
}

static hr_time local_time_of_day(const struct hr_timezone *zone, int64_t start)
{
    const int64_t offset_s = hr_timezone_offset(zone, floor_divide(start, HR_NS_PER_S), NULL);
    const int64_t local = start + offset_s * HR_NS_PER_S;
    return local - floor_divide(local, HR_NS_PER_DAY) * HR_NS_PER_DAY;
}

/* The offsets of the zone from the start of the run to the end of draining. */
static void fill_offsets(struct hr_loader *loader, const struct hr_timezone *zone)
{
    struct hr_spec *spec = &loader->scenario->spec;
    const hr_time end = hr_time_add(spec->duration, spec->duration);
    struct hr_zone_offset *offsets = NULL;
    size_t n = 0;
    hr_time at = 0;
    do {
        int64_t next_s;
        const int64_t offset_s =
            hr_timezone_offset(zone, floor_divide(spec->start + at, HR_NS_PER_S), &next_s);
        offsets = hr_realloc(offsets, n + 1, sizeof *offsets);
        offsets[n++] = (struct hr_zone_offset){ at, offset_s * HR_NS_PER_S };
        at = next_s < INT64_MAX / HR_NS_PER_S ? next_s * HR_NS_PER_S - spec->start : HR_TIME_NEVER;
    } while (at < end);
    struct hr_zone_offset *kept = hr_arena_alloc(loader->scenario->arena, n, sizeof *kept);
    memcpy(kept, offsets, n * sizeof *kept);
    free(offsets);
    spec->offsets = kept;
    spec->n_offsets = n;
}

static struct hr_timezone *load_zone(struct hr_loader *loader)
{
    struct hr_timezone *zone = NULL;
    struct hr_str path;
    hr_str_init(&path);
    const struct hr_place place =
        hr_load_place(loader, config_root_setting(&loader->config), "timezone", &path);
    if (hr_timezone_load(loader->scenario->spec.timezone, &place, &zone, loader->diag) != HR_OK)
        loader->n_errors++;
    hr_str_fini(&path);
    return zone;
}

void hr_load_calendar(struct hr_loader *loader)
{
    const struct hr_spec *spec = &loader->scenario->spec;
    const struct hr_workload_spec *workloads = spec->workloads.items;
    struct hr_timezone *zone = load_zone(loader);
    if (!zone)
        return;
    fill_offsets(loader, zone);
    for (size_t i = 0; i < spec->workloads.n; i++) {
        struct hr_arrival_spec *arrivals = workloads[i].arrivals.items;
        for (size_t j = 0; j < workloads[i].arrivals.n; j++) {
            if (arrivals[j].process == HR_ARRIVAL_CALENDAR)
                fill_calendar(loader, zone, &arrivals[j]);
            if (arrivals[j].process == HR_ARRIVAL_DIURNAL)
                arrivals[j].local_offset = local_time_of_day(zone, spec->start);
        }
    }
    hr_timezone_free(zone);
}
