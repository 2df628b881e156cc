/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parses the rule and lists the changes of the years around a time. */
#include "input/zone_rule.h"

#include "base/civil.h"

#include <string.h>

#define SECONDS_PER_DAY INT64_C(86400)
#define LETTERS         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* A name of three or more letters, or one in angle brackets. */
static bool skip_name(const char **at)
{
    const char *start = *at;

    if (*start == '<') {
        const char *close = strchr(start, '>');

        *at = close ? close + 1 : start;
        return close != NULL;
    }
    *at += strspn(start, LETTERS);
    return *at - start >= 3;
}

static bool take_number(const char **at, int max, int *value)
{
    const char *start = *at;

    for (*value = 0; **at >= '0' && **at <= '9'; ++*at) {
        *value = *value * 10 + (**at - '0');
        if (*value > max)
            return false;
    }
    return *at > start;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(const char **at, int64_t *seconds)
{
    const bool negative = **at == '-';
    int hours, minutes = 0, rest = 0;

    if (**at == '-' || **at == '+')
        ++*at;
    if (!take_number(at, 167, &hours))
        return false;
    if (**at == ':' && (++*at, !take_number(at, 59, &minutes)))
        return false;
    if (**at == ':' && (++*at, !take_number(at, 59, &rest)))
        return false;
    *seconds = (hours * 3600 + minutes * 60 + rest) * (negative ? -1 : 1);
    return true;
}

static bool take_char(const char **at, char wanted)
{
    if (**at != wanted)
        return false;
    ++*at;
    return true;
}

/* ",Mm.w.d", ",Jn" or ",n", each with "/time" at will (02:00 without). */
static bool take_day(const char **at, struct hr_zone_day *day)
{
    *day = (struct hr_zone_day){ .form = 'n', .time_s = 7200 };
    if (!take_char(at, ','))
        return false;
    if (**at == 'M' || **at == 'J')
        day->form = *(*at)++;
    if (day->form == 'M') {
        if (!take_number(at, 12, &day->month) || !take_char(at, '.') ||
            !take_number(at, 5, &day->week) || !take_char(at, '.') ||
            !take_number(at, 6, &day->day) || day->month < 1 || day->week < 1)
            return false;
    } else if (!take_number(at, 365, &day->day) || (day->form == 'J' && day->day < 1)) {
        return false;
    }
    return !take_char(at, '/') || take_time(at, &day->time_s);
}

bool hr_zone_rule_parse(const char *text, struct hr_zone_rule *rule)
{
    int64_t west_s;

    *rule = (struct hr_zone_rule){ 0 };
    if (!skip_name(&text) || !take_time(&text, &west_s))
        return false;
    rule->standard_s = -west_s; /* POSIX counts westward */
    if (*text == '\0')
        return true;
    if (!skip_name(&text))
        return false;
    rule->has_daylight = true;
    rule->daylight_s = rule->standard_s + 3600;
    if (*text != ',') {
        if (!take_time(&text, &west_s))
            return false;
        rule->daylight_s = -west_s;
    }
    return take_day(&text, &rule->start) && take_day(&text, &rule->end) && *text == '\0';
}

/* Days since 1970-01-01 of the day in that year. */
static int64_t day_in_year(const struct hr_zone_day *day, int year)
{
    const int64_t first = hr_date_to_days((struct hr_date){ year, 1, 1 });

    if (day->form == 'n')
        return first + day->day;
    if (day->form == 'J') {
        const int64_t march = hr_date_to_days((struct hr_date){ year, 3, 1 });

        return day->day >= 60 ? march + day->day - 60 : first + day->day - 1;
    }
    const int64_t month = hr_date_to_days((struct hr_date){ year, day->month, 1 });
    const int64_t next_month =
        hr_date_to_days((struct hr_date){ year + (day->month == 12), day->month % 12 + 1, 1 });
    const int sunday_first = (hr_weekday(month) + 1) % 7;
    int64_t days = month + (day->day - sunday_first + 7) % 7 + 7 * (day->week - 1);

    while (days >= next_month)
        days -= 7;
    return days;
}

/* A start or end of daylight saving. */
struct change {
    int64_t unix_s;
    int64_t offset_s; /* from then on */
};

#define CHANGES 6

/* The changes of the year before, of the year and of the year after unix_s. */
static void list_changes(const struct hr_zone_rule *rule, int64_t unix_s,
                         struct change changes[CHANGES])
{
    const int64_t day = unix_s / SECONDS_PER_DAY - (unix_s % SECONDS_PER_DAY < 0);
    const int year = hr_date_from_days(day).year;

    for (int i = 0; i < CHANGES / 2; i++) {
        const int64_t start = day_in_year(&rule->start, year + i - 1) * SECONDS_PER_DAY;
        const int64_t end = day_in_year(&rule->end, year + i - 1) * SECONDS_PER_DAY;

        changes[2 * i] =
            (struct change){ start + rule->start.time_s - rule->standard_s, rule->daylight_s };
        changes[2 * i + 1] =
            (struct change){ end + rule->end.time_s - rule->daylight_s, rule->standard_s };
    }
}

int64_t hr_zone_rule_offset(const struct hr_zone_rule *rule, int64_t unix_s)
{
    struct change changes[CHANGES];
    struct change latest = { INT64_MIN, rule->standard_s };

    if (!rule->has_daylight)
        return rule->standard_s;
    list_changes(rule, unix_s, changes);
    /* A start at the very moment of the former year's end wins: daylight saving all year. */
    for (int i = 0; i < CHANGES; i++) {
        if (changes[i].unix_s <= unix_s && changes[i].unix_s >= latest.unix_s)
            latest = changes[i];
    }
    return latest.offset_s;
}

int64_t hr_zone_rule_next(const struct hr_zone_rule *rule, int64_t unix_s)
{
    struct change changes[CHANGES];
    int64_t next = INT64_MAX;

    if (!rule->has_daylight)
        return INT64_MAX;
    list_changes(rule, unix_s, changes);
    for (int i = 0; i < CHANGES; i++) {
        if (changes[i].unix_s > unix_s && changes[i].unix_s < next)
            next = changes[i].unix_s;
    }
    return next;
}
