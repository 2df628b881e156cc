/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates and timestamps, exhaustively where the calendar allows. */
#include "hr_test.h"

#include "base/civil.h"

#include <string.h>

static bool leap(int year)
{
    return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

/* Walks day by day through a whole cycle of 400 years, and one before year 0, by counting. */
static void every_day_of_the_cycle_round_trips(void **state)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    static const int starts[] = { 1800, -450 };

    (void)state;
    for (size_t s = 0; s < 2; s++) {
        int64_t days = hr_date_to_days((struct hr_date){ starts[s], 1, 1 });
        int weekday = hr_weekday(days);

        for (int year = starts[s]; year <= starts[s] + 400; year++) {
            for (int month = 1; month <= 12; month++) {
                const int length = lengths[month - 1] + (month == 2 && leap(year));

                for (int day = 1; day <= length; day++, days++, weekday = (weekday + 1) % 7) {
                    const struct hr_date date = hr_date_from_days(days);

                    assert_true(date.year == year && date.month == month && date.day == day);
                    assert_true(hr_date_to_days(date) == days);
                    assert_true(hr_weekday(days) == weekday);
                }
            }
        }
    }
}

static void known_days(void **state)
{
    (void)state;
    assert_int_equal(hr_date_to_days((struct hr_date){ 1970, 1, 1 }), 0);
    assert_int_equal(hr_weekday(0), 3); /* a Thursday */
    assert_int_equal(hr_date_to_days((struct hr_date){ 2000, 3, 1 }), 11017);
    assert_int_equal(hr_weekday(hr_date_to_days((struct hr_date){ 2026, 3, 2 })), 0);
}

static void dates_must_exist(void **state)
{
    static const char *const bad[] = { "",           "2026-2-5",   "2026-13-01",  "2026-00-10",
                                       "2026-04-31", "2026-02-29", "1900-02-29",  "2026-12-25 ",
                                       "26-12-25",   "2026/12/25", "2026-12-25Z", "2026-12-00" };
    struct hr_date date;

    (void)state;
    assert_true(hr_date_parse("2024-02-29", &date));
    assert_true(date.year == 2024 && date.month == 2 && date.day == 29);
    assert_true(hr_date_parse("2000-02-29", &date));
    assert_true(hr_date_parse("0000-01-01", &date));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (hr_date_parse(bad[i], &date))
            fail_msg("taken: %s", bad[i]);
    }
}

/* Unix times from `date -u -d TEXT +%s`. */
static void timestamps_parse(void **state)
{
    static const struct {
        const char *text;
        int64_t unix_s, ns;
    } cases[] = {
        { "1970-01-01T00:00:00Z", 0, 0 },
        { "2026-03-02T00:00:00Z", 1772409600, 0 },
        { "2026-03-02T00:00Z", 1772409600, 0 },
        { "2026-03-02 00:00", 1772409600, 0 },
        { "2026-03-02t00:00:00z", 1772409600, 0 },
        { "2023-11-16 18:17:03.9799600", 1700158623, 979960000 },
        { "2026-03-02T01:30:00+01:30", 1772409600, 0 },
        { "2026-03-01T19:00:00-0500", 1772409600, 0 },
        { "2024-02-29T23:59:59.999999999Z", 1709251199, 999999999 },
        { "2024-02-29T23:59:59.9999999994Z", 1709251199, 999999999 },
        { "2024-02-29T23:59:59.9999999995Z", 1709251200, 0 },
        { "1969-12-31T23:59:59.5Z", -1, 500000000 },
        { "1700-01-01T00:00:00Z", -8520336000, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t unix_ns = 0;

        if (!hr_timestamp_parse(cases[i].text, strlen(cases[i].text), &unix_ns))
            fail_msg("refused: %s", cases[i].text);
        assert_true(unix_ns == cases[i].unix_s * 1000000000 + cases[i].ns);
    }
}

static void wrong_timestamps_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "2026-03-02",
        "2026-03-02T",
        "2026-03-02T24:00:00Z",
        "2026-03-02T12:60:00Z",
        "2016-12-31T23:59:60Z", /* a leap second has no Unix time of its own */
        "2026-02-29T00:00:00Z",
        "2026-03-02T00:00:00.Z",
        "2026-03-02T00:00:00 Z",
        "2026-03-02T00:00:00+1",
        "2026-03-02T00:00:00+01:60",
        "2026-03-02T00:00:00+24:00",
        "2026-03-02T00:00:00Zulu",
        "2026-03-02X00:00:00",
        "2026-03-02T0:00:00",
        "12026-03-02T00:00:00",
        "1600-01-01T00:00:00Z", /* beyond int64 nanoseconds */
        "2300-01-01T00:00:00Z",
    };
    int64_t unix_ns;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (hr_timestamp_parse(bad[i], strlen(bad[i]), &unix_ns))
            fail_msg("taken: %s", bad[i]);
    }
    /* Only n characters are looked at. */
    assert_true(hr_timestamp_parse("2026-03-02T00:00:00Zulu", 20, &unix_ns));
}

static void timestamps_format_and_parse_back(void **state)
{
    static const struct {
        int64_t unix_ns;
        const char *text;
    } cases[] = {
        { 0, "1970-01-01T00:00:00Z" },
        { -1, "1969-12-31T23:59:59.999999999Z" },
        { 1700158623979960000, "2023-11-16T18:17:03.97996Z" },
        { 1500000000, "1970-01-01T00:00:01.5Z" },
        { INT64_MAX, "2262-04-11T23:47:16.854775807Z" },
        { INT64_MIN + 1, "1677-09-21T00:12:43.145224193Z" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t back = 0;
        char text[48];

        hr_timestamp_format(text, cases[i].unix_ns);
        assert_string_equal(text, cases[i].text);
        assert_true(hr_timestamp_parse(text, strlen(text), &back));
        assert_true(back == cases[i].unix_ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_of_the_cycle_round_trips),
        cmocka_unit_test(known_days),
        cmocka_unit_test(dates_must_exist),
        cmocka_unit_test(timestamps_parse),
        cmocka_unit_test(wrong_timestamps_are_refused),
        cmocka_unit_test(timestamps_format_and_parse_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
