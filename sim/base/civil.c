/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calendar arithmetic by counting whole years and a table of months; ISO 8601 by hand, as traces
 * hold millions of timestamps. */
#include "base/civil.h"

#include "base/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAYS_PER_400_YEARS INT64_C(146097)
#define EPOCH_DAYS         INT64_C(719162) /* 0001-01-01 to 1970-01-01 */
#define SECONDS_PER_DAY    INT64_C(86400)

static const int days_before_month[2][13] = {
    { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365 },
    { 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366 },
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01 to January 1 of the year. */
static int64_t days_to_year(int64_t year)
{
    const int64_t y = year - 1;

    return 365 * y + floor_div(y, 4) - floor_div(y, 100) + floor_div(y, 400) - EPOCH_DAYS;
}

int64_t hr_date_to_days(struct hr_date date)
{
    return days_to_year(date.year) + days_before_month[is_leap(date.year)][date.month - 1] +
           date.day - 1;
}

struct hr_date hr_date_from_days(int64_t days)
{
    /* By the mean length of a year: right or one too early, never too late. */
    int64_t year = floor_div((days + EPOCH_DAYS) * 400, DAYS_PER_400_YEARS) + 1;

    if (days_to_year(year + 1) <= days)
        year++;

    const int *before = days_before_month[is_leap(year)];
    const int day = (int)(days - days_to_year(year));
    int month = 1;

    while (before[month] <= day)
        month++;
    return (struct hr_date){ (int)year, month, day - before[month - 1] + 1 };
}

int hr_weekday(int64_t days)
{
    return (int)(days + 3 - 7 * floor_div(days + 3, 7)); /* 1970-01-01 was a Thursday */
}

/* What is still to be read. */
struct cursor {
    const char *at, *end;
};

static bool take_char(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

/* Exactly n digits. */
static bool take_digits(struct cursor *c, int n, int *value)
{
    *value = 0;
    if (c->end - c->at < n)
        return false;
    for (; n > 0; n--, c->at++) {
        const int digit = *c->at - '0';

        if (digit < 0 || digit > 9)
            return false;
        *value = *value * 10 + digit;
    }
    return true;
}

static bool take_date(struct cursor *c, struct hr_date *date)
{
    if (!take_digits(c, 4, &date->year) || !take_char(c, '-') || !take_digits(c, 2, &date->month) ||
        !take_char(c, '-') || !take_digits(c, 2, &date->day) || date->month < 1 || date->month > 12)
        return false;
    const int *before = days_before_month[is_leap(date->year)];
    return date->day >= 1 && date->day <= before[date->month] - before[date->month - 1];
}

bool hr_date_parse(const char *text, struct hr_date *date)
{
    struct cursor c = { text, text + strlen(text) };

    return take_date(&c, date) && c.at == c.end;
}

/* ".979" as ns, rounded to nearest by the tenth digit; no point: 0. */
static bool take_fraction_ns(struct cursor *c, int64_t *ns)
{
    int64_t digit_ns = HR_NS_PER_S / 10;
    bool seen = false, round_up = false;

    *ns = 0;
    if (!take_char(c, '.'))
        return true;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++, seen = true) {
        *ns += (*c->at - '0') * digit_ns;
        if (digit_ns == 1)
            round_up = c->at + 1 < c->end && c->at[1] >= '5' && c->at[1] <= '9';
        digit_ns /= 10;
    }
    *ns += round_up;
    return seen;
}

static bool take_time(struct cursor *c, int64_t *s, int64_t *ns)
{
    int hour, minute, second = 0;

    *ns = 0;
    if (!take_digits(c, 2, &hour) || !take_char(c, ':') || !take_digits(c, 2, &minute))
        return false;
    if (take_char(c, ':') && (!take_digits(c, 2, &second) || !take_fraction_ns(c, ns)))
        return false;
    *s = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second < 60;
}

/* Z, +hh:mm, -hhmm or nothing: seconds east of UTC. */
static bool take_offset(struct cursor *c, int64_t *offset_s)
{
    int hour, minute;
    const bool west = c->at < c->end && *c->at == '-';

    *offset_s = 0;
    if (c->at == c->end || take_char(c, 'Z') || take_char(c, 'z'))
        return true;
    if ((!west && *c->at != '+') || (c->at++, !take_digits(c, 2, &hour)))
        return false;
    take_char(c, ':');
    if (!take_digits(c, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *offset_s = (hour * 3600 + minute * 60) * (west ? -1 : 1);
    return true;
}

bool hr_timestamp_parse(const char *text, size_t n, int64_t *unix_ns)
{
    struct cursor c = { text, text + n };
    struct hr_date date;
    int64_t s, ns, offset_s, whole_ns;

    if (!take_date(&c, &date) ||
        !(take_char(&c, 'T') || take_char(&c, ' ') || take_char(&c, 't')) ||
        !take_time(&c, &s, &ns) || !take_offset(&c, &offset_s) || c.at != c.end)
        return false;
    /* int64 nanoseconds end in the years 1677 and 2262; toward 0 first, to reach both ends. */
    int64_t unix_s = hr_date_to_days(date) * SECONDS_PER_DAY + s - offset_s;
    if (unix_s < 0) {
        unix_s++;
        ns -= HR_NS_PER_S;
    }
    return !__builtin_mul_overflow(unix_s, HR_NS_PER_S, &whole_ns) &&
           !__builtin_add_overflow(whole_ns, ns, unix_ns);
}

void hr_timestamp_format(char text[48], int64_t unix_ns)
{
    const int64_t unix_s = floor_div(unix_ns, HR_NS_PER_S);
    const int64_t days = floor_div(unix_s, SECONDS_PER_DAY);
    const struct hr_date date = hr_date_from_days(days);
    const int s = (int)(unix_s - days * SECONDS_PER_DAY);
    int64_t fraction = (unix_ns % HR_NS_PER_S + HR_NS_PER_S) % HR_NS_PER_S;
    int digits = 9;

    for (; fraction != 0 && fraction % 10 == 0; digits--)
        fraction /= 10;
    const int used = snprintf(text, 48, "%04d-%02d-%02dT%02d:%02d:%02d", date.year, date.month,
                              date.day, s / 3600, s / 60 % 60, s % 60);
    if (fraction != 0)
        snprintf(text + used, 48 - (size_t)used, ".%0*" PRId64 "Z", digits, fraction);
    else
        snprintf(text + used, 48 - (size_t)used, "Z");
}
