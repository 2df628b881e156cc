/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time zones against the C library's own reading of the same files, and rules by hand. */
#include "hr_test.h"

#include "base/civil.h"
#include "input/timezone.h"
#include "input/zone_rule.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Local minus UTC as localtime_r() has it under the TZ variable. */
static int64_t library_offset(int64_t unix_s)
{
    const time_t t = (time_t)unix_s;
    struct tm local;

    assert_non_null(localtime_r(&t, &local));
    const struct hr_date date = { local.tm_year + 1900, local.tm_mon + 1, local.tm_mday };
    return hr_date_to_days(date) * 86400 + local.tm_hour * 3600 + local.tm_min * 60 + local.tm_sec -
           unix_s;
}

/* The zone, and the C library set to it; skips the test where zone files are not installed. */
static struct hr_timezone *load_zone(const char *name)
{
    struct hr_timezone *zone = NULL;

    if (hr_timezone_load(name, NULL, &zone, NULL) != HR_OK) {
        print_message("skipped: no zone files on this system\n");
        skip();
    }
    setenv("TZ", name, 1);
    tzset();
    return zone;
}

static int64_t unix_s(const char *text)
{
    int64_t ns;

    assert_true(hr_timestamp_parse(text, strlen(text), &ns));
    return ns / 1000000000;
}

static const char *const zones[] = {
    "America/New_York",  "Europe/Berlin",    "Asia/Kolkata",      "Australia/Sydney",
    "Africa/Casablanca", "Europe/Dublin",    "America/Sao_Paulo", "Pacific/Apia",
    "Asia/Gaza",         "Antarctica/Troll", "Etc/GMT-14",        "Australia/Lord_Howe"
};

/* Every change from 1910 to 2110, and the hours around: table, gap and rule of the footer. */
static void offsets_agree_with_the_c_library(void **state)
{
    const int64_t start = unix_s("1910-01-01T00:00:00Z"), end = unix_s("2110-01-01T00:00:00Z");

    (void)state;
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
        struct hr_timezone *zone = load_zone(zones[i]);
        int64_t next = start;

        for (int64_t t = start; t < end; t = next) {
            const int64_t offset = hr_timezone_offset(zone, t, &next);

            assert_true(next > t);
            for (int64_t probe = t; probe < next && probe < end; probe += 86400 * 31)
                assert_int_equal(library_offset(probe), offset);
            if (next >= end)
                break;
            assert_int_equal(library_offset(next - 1), offset);
            assert_int_not_equal(library_offset(next), offset);
        }
        hr_timezone_free(zone);
    }
}

static void changes_come_when_the_law_says(void **state)
{
    static const struct {
        const char *zone, *from, *change;
        int64_t before_s, after_s;
    } cases[] = {
        { "America/New_York", "2026-01-01T00:00Z", "2026-03-08T07:00Z", -18000, -14400 },
        { "America/New_York", "2026-06-01T00:00Z", "2026-11-01T06:00Z", -14400, -18000 },
        { "America/New_York", "2040-01-01T00:00Z", "2040-03-11T07:00Z", -18000, -14400 },
        { "Europe/Berlin", "2026-01-01T00:00Z", "2026-03-29T01:00Z", 3600, 7200 },
        { "Europe/Berlin", "2040-06-01T00:00Z", "2040-10-28T01:00Z", 7200, 3600 },
        { "Australia/Sydney", "2026-01-01T00:00Z", "2026-04-04T16:00Z", 39600, 36000 },
        { "Australia/Sydney", "2040-06-01T00:00Z", "2040-10-06T16:00Z", 36000, 39600 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hr_timezone *zone = load_zone(cases[i].zone);
        int64_t next;

        assert_int_equal(hr_timezone_offset(zone, unix_s(cases[i].from), &next), cases[i].before_s);
        assert_int_equal(next, unix_s(cases[i].change));
        assert_int_equal(hr_timezone_offset(zone, next - 1, NULL), cases[i].before_s);
        assert_int_equal(hr_timezone_offset(zone, next, NULL), cases[i].after_s);
        hr_timezone_free(zone);
    }
}

static void kolkata_never_changes_again(void **state)
{
    struct hr_timezone *zone = load_zone("Asia/Kolkata");
    int64_t next;

    (void)state;
    assert_int_equal(hr_timezone_offset(zone, unix_s("2026-01-01T00:00Z"), &next), 19800);
    assert_true(next == INT64_MAX);
    hr_timezone_free(zone);
}

static void utc_needs_no_file(void **state)
{
    struct hr_timezone *zone;
    int64_t next = 0;

    (void)state;
    assert_int_equal(hr_timezone_load("UTC", NULL, &zone, NULL), HR_OK);
    assert_int_equal(hr_timezone_offset(zone, -5, &next), 0);
    assert_true(next == INT64_MAX);
    hr_timezone_free(zone);
}

static void wrong_names_are_refused(void **state)
{
    static const char *const names[] = { "Europe/Berln",
                                         "",
                                         "/etc/localtime",
                                         "../../../etc/passwd",
                                         "Europe/../../../../etc/passwd",
                                         "Europe",
                                         "a b",
                                         "zone1970.tab" };
    const struct hr_place place = { "a.cfg", 4, "workloads[0].time_zone" };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct hr_diag *diag = hr_diag_new();
        struct hr_timezone *zone = NULL;
        char message[128];

        assert_int_equal(hr_timezone_load(names[i], &place, &zone, diag), HR_ERR_INPUT);
        assert_null(zone);
        assert_int_equal(hr_diag_count(diag), 1);
        snprintf(message, sizeof(message), "unknown time zone \"%s\"", names[i]);
        assert_string_equal(hr_diag_entry(diag, 0)->message, message);
        assert_int_equal(hr_diag_entry(diag, 0)->line, 4);
        hr_diag_free(diag);
    }
}

/* Each form of a rule: the first change after a time, and the offsets on both sides. */
static void rules_of_every_form(void **state)
{
    static const struct {
        const char *rule, *from, *change;
        int64_t before_s, after_s;
    } cases[] = {
        { "EST5EDT,M3.2.0,M11.1.0", "2026-01-01T00:00Z", "2026-03-08T07:00Z", -18000, -14400 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", "2026-05-01T00:00Z", "2026-10-25T01:00Z", 7200, 3600 },
        { "AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-12-01T00:00Z", "2027-04-03T16:00Z", 39600, 36000 },
        /* J60 is March 1 in every year, 59 (counted from 0) is February 29 of a leap year */
        { "AAA0BBB,J60/0,J300/0", "2024-01-01T00:00Z", "2024-03-01T00:00Z", 0, 3600 },
        { "AAA0BBB,J59/0,J300/0", "2024-01-01T00:00Z", "2024-02-28T00:00Z", 0, 3600 },
        { "AAA0BBB,59/0,300/0", "2024-01-01T00:00Z", "2024-02-29T00:00Z", 0, 3600 },
        { "AAA0BBB,59/0,300/0", "2023-01-01T00:00Z", "2023-03-01T00:00Z", 0, 3600 },
        /* hours below 0 and above 24, an own daylight offset, a name in brackets */
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-01-01T00:00Z", "2026-03-29T01:00Z", -7200,
          -3600 },
        { "IST-2IDT,M3.4.4/26,M10.5.0", "2026-01-01T00:00Z", "2026-03-27T00:00Z", 7200, 10800 },
        { "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2026-01-01T00:00Z", "2026-04-04T15:00Z", 39600,
          37800 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hr_zone_rule rule;
        const int64_t from = unix_s(cases[i].from), change = unix_s(cases[i].change);

        if (!hr_zone_rule_parse(cases[i].rule, &rule))
            fail_msg("refused: %s", cases[i].rule);
        assert_int_equal(hr_zone_rule_next(&rule, from), change);
        assert_int_equal(hr_zone_rule_offset(&rule, from), cases[i].before_s);
        assert_int_equal(hr_zone_rule_offset(&rule, change - 1), cases[i].before_s);
        assert_int_equal(hr_zone_rule_offset(&rule, change), cases[i].after_s);
    }
}

static void a_rule_may_keep_daylight_saving_all_year(void **state)
{
    struct hr_zone_rule rule;

    (void)state; /* the example of RFC 8536, 3.3.1 */
    assert_true(hr_zone_rule_parse("XXX3EDT4,0/0,J365/23", &rule));
    for (int64_t t = unix_s("2025-12-30T00:00Z"); t < unix_s("2027-01-03T00:00Z"); t += 1800)
        assert_int_equal(hr_zone_rule_offset(&rule, t), -14400);
}

static void wrong_rules_are_refused(void **state)
{
    static const char *const rules[] = { "",
                                         "E5",
                                         "EST",
                                         "EST5EDT",
                                         "EST5EDT,M3.2.0",
                                         "EST168",
                                         "EST5EDT,M13.2.0,M11.1.0",
                                         "EST5EDT,M3.6.0,M11.1.0",
                                         "EST5EDT,M3.2.7,M11.1.0",
                                         "EST5EDT,J0,J300",
                                         "EST5EDT,366,1",
                                         "<EST5",
                                         "EST5EDT,M3.2.0,M11.1.0x",
                                         "EST5:60" };
    struct hr_zone_rule rule;

    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (hr_zone_rule_parse(rules[i], &rule))
            fail_msg("taken: %s", rules[i]);
    }
}

/* A file of version 1 by hand: one change, from 0 to 3600 at Unix time 1000. */
static const unsigned char version_1[] = {
    'T', 'Z', 'i', 'f', 0, 0, 0, 0, 0,  0,  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,             /* header */
    0,   0,   0,   0,   0, 0, 0, 0, 0,  0,  0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4, /* counts */
    0,   0,   3,   232,                                                               /* times */
    1,                                            /* types of the times */
    0,   0,   0,   0,   0, 0, 0, 0, 14, 16, 1, 0, /* types */
    'A', 'B', 'C', 0,
};

static void version_1_has_no_rule(void **state)
{
    struct hr_timezone *zone = hr_timezone_parse(version_1, sizeof(version_1));
    int64_t next;

    (void)state;
    assert_non_null(zone);
    assert_int_equal(hr_timezone_offset(zone, 999, &next), 0);
    assert_int_equal(next, 1000);
    assert_int_equal(hr_timezone_offset(zone, 1000, &next), 3600);
    assert_true(next == INT64_MAX);
    hr_timezone_free(zone);
}

/* Cut anywhere or with any byte changed: refused or read, but never read beyond (sanitizers). */
static void damaged_files_do_no_harm(void **state)
{
    unsigned char *content = malloc(1 << 16), *copy;
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    size_t n = sizeof(version_1);

    (void)state;
    assert_non_null(content);
    memcpy(content, version_1, n);
    if (file) {
        n = fread(content, 1, 1 << 16, file);
        fclose(file);
    }
    for (size_t i = 0; i < n; i++) {
        copy = malloc(i + 1); /* so that a read beyond i is seen */
        assert_non_null(copy);
        memcpy(copy, content, i);
        assert_null(hr_timezone_parse(copy, i));
        free(copy);

        content[i] ^= 0xFF;
        hr_timezone_free(hr_timezone_parse(content, n));
        content[i] ^= 0xFF;
    }
    free(content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_agree_with_the_c_library),
        cmocka_unit_test(changes_come_when_the_law_says),
        cmocka_unit_test(kolkata_never_changes_again),
        cmocka_unit_test(utc_needs_no_file),
        cmocka_unit_test(wrong_names_are_refused),
        cmocka_unit_test(rules_of_every_form),
        cmocka_unit_test(a_rule_may_keep_daylight_saving_all_year),
        cmocka_unit_test(wrong_rules_are_refused),
        cmocka_unit_test(version_1_has_no_rule),
        cmocka_unit_test(damaged_files_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
