/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates of the proleptic Gregorian calendar and ISO 8601 timestamps, in UTC. */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hr_date {
    int year, month, day; /* month and day from 1 */
};

int64_t hr_date_to_days(struct hr_date date); /* days since 1970-01-01 */
struct hr_date hr_date_from_days(int64_t days);
bool hr_date_parse(const char *text, struct hr_date *date); /* "2026-12-25", must exist */
int hr_weekday(int64_t days);                               /* 0 = Monday ... 6 = Sunday */

/*
 * Parses n characters "2026-03-02T00:00:00Z": date, T or space, time with seconds optional, up to
 * 9+ digits of fraction (rounded to ns), then Z or +hh:mm, -hhmm, or nothing (UTC). Unix time in
 * ns. False: not such a timestamp.
 */
bool hr_timestamp_parse(const char *text, size_t n, int64_t *unix_ns);

/* "2026-03-02T00:00:00Z", with a fraction when there is one. */
void hr_timestamp_format(char text[48], int64_t unix_ns);

#endif
