/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rule for the times after the table of a zone file: a POSIX TZ string (POSIX.1, chapter 8.3;
 * hours to 167 by RFC 8536, 3.3.1), such as "EST5EDT,M3.2.0,M11.1.0".
 */
#ifndef INPUT_ZONE_RULE_H
#define INPUT_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* A day of the year and a time on it. */
struct hr_zone_day {
    char form;            /* 'M': week of month; 'J': day 1-365, never Feb 29; 'n': day 0-365 */
    int month, week, day; /* M: day 0 = Sunday, week 5 = the last; else only day */
    int64_t time_s;       /* local time, may lie outside the day */
};

struct hr_zone_rule {
    int64_t standard_s, daylight_s; /* local minus UTC */
    bool has_daylight;
    struct hr_zone_day start, end; /* of daylight saving, in standard and in daylight time */
};

/* False: not such a rule. */
bool hr_zone_rule_parse(const char *text, struct hr_zone_rule *rule);

/* Local time minus UTC at that Unix time. */
int64_t hr_zone_rule_offset(const struct hr_zone_rule *rule, int64_t unix_s);

/* The first start or end of daylight saving after unix_s; INT64_MAX: there is none. */
int64_t hr_zone_rule_next(const struct hr_zone_rule *rule, int64_t unix_s);

#endif
