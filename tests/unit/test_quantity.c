/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantities: what users may write, what they are told, and that text and value agree for ever. */
#include "hr_test.h"

#include "base/decimal.h"
#include "base/quantity.h"

#include <string.h>

static void durations_are_exact_nanoseconds(void **state)
{
    static const struct {
        const char *text;
        hr_time ns;
    } cases[] = {
        { "0s", 0 },
        { "0.1s", 100000000 },
        { "20ms", 20000000 },
        { "1.000000001s", 1000000001 },
        { "1ns", 1 },
        { "0.4ns", 0 },
        { "0.5ns", 1 },
        { "2.5us", 2500 },
        { "90s", 90 * HR_NS_PER_S },
        { "1h30m", 5400 * HR_NS_PER_S },
        { "1h30min", 5400 * HR_NS_PER_S },
        { "1m2.5s", 62500000000 },
        { "24h", HR_NS_PER_DAY },
        { "2d", 2 * HR_NS_PER_DAY },
        { "1w", 7 * HR_NS_PER_DAY },
        { "1e3s", 1000 * HR_NS_PER_S },
        { "1e-3s", 1000000 },
        { "-1h30m", -5400 * HR_NS_PER_S },
        { "9007199254.740993s", 9007199254740993000 }, /* no double holds this */
        { "1e30s", HR_TIME_NEVER },
        { "-1e30s", -HR_TIME_NEVER },
        { "1e99999999999s", HR_TIME_NEVER },
        { "200000d200000d", HR_TIME_NEVER },
        { "0.000000000000000000000000000000000000000000000000001d", 0 },
        { "3.00000000000000000000000000001s", 3 * HR_NS_PER_S },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why = NULL;
        hr_time ns = -1;

        if (!hr_duration_parse(cases[i].text, &ns, &why))
            fail_msg("%s: %s", cases[i].text, why);
        if (ns != cases[i].ns)
            fail_msg("%s is %lld ns", cases[i].text, (long long)ns);
    }
}

static void other_units_reach_their_base_unit(void **state)
{
    static const struct {
        const char *text;
        enum hr_unit unit;
        double value;
    } cases[] = {
        { "2000/s", HR_UNIT_RATE, 2000 },
        { "30/min", HR_UNIT_RATE, 0.5 },
        { "30/m", HR_UNIT_RATE, 0.5 },
        { "5/h", HR_UNIT_RATE, 5 / 3600.0 },
        { "1/d", HR_UNIT_RATE, 1 / 86400.0 },
        { "512Mi", HR_UNIT_BYTES, 536870912 },
        { "1.5Gi", HR_UNIT_BYTES, 1610612736 },
        { "200M", HR_UNIT_BYTES, 200e6 },
        { "3k", HR_UNIT_BYTES, 3000 },
        { "7", HR_UNIT_BYTES, 7 },
        { "250m", HR_UNIT_CPU, 0.25 },
        { "2", HR_UNIT_CPU, 2 },
        { "1.5", HR_UNIT_CPU, 1.5 },
        { "60%", HR_UNIT_SHARE, 0.6 },
        { "99.9%", HR_UNIT_SHARE, 0.999 },
        { "-5%", HR_UNIT_SHARE, -0.05 },
        { "20ms", HR_UNIT_DURATION, 0.02 },
        { "1h30m", HR_UNIT_DURATION, 5400 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why = NULL;
        double value = -1;

        if (!hr_quantity_parse(cases[i].text, cases[i].unit, &value, &why))
            fail_msg("%s: %s", cases[i].text, why);
        if (value != cases[i].value)
            fail_msg("%s is %.17g", cases[i].text, value);
    }
}

static void wrong_text_says_why(void **state)
{
    static const struct {
        const char *text;
        enum hr_unit unit;
        const char *why;
    } cases[] = {
        { "5", HR_UNIT_DURATION, "unit missing" },
        { "1h30", HR_UNIT_DURATION, "unit missing" },
        { "5parsecs", HR_UNIT_DURATION, "unknown unit" },
        { "5MS", HR_UNIT_DURATION, "unknown unit" },
        { "20 ms", HR_UNIT_DURATION, "contains a space" },
        { " 20ms", HR_UNIT_DURATION, "contains a space" },
        { "", HR_UNIT_DURATION, "empty" },
        { "fast", HR_UNIT_DURATION, "not a number" },
        { ".s", HR_UNIT_DURATION, "not a number" },
        { "1h-30m", HR_UNIT_DURATION, "not a number" },
        { "1h+30m", HR_UNIT_DURATION, "not a number" },
        { "--1s", HR_UNIT_DURATION, "not a number" },
        { "inf", HR_UNIT_DURATION, "not finite" },
        { "-NaN", HR_UNIT_DURATION, "not finite" },
        { "2000", HR_UNIT_RATE, "unit missing" },
        { "2000ms", HR_UNIT_RATE, "unknown unit" },
        { "1/s1/s", HR_UNIT_RATE, "unknown unit" },
        { "1e400/s", HR_UNIT_RATE, "not finite" },
        { "0.6", HR_UNIT_SHARE, "unit missing" },
        { "60%%", HR_UNIT_SHARE, "unknown unit" },
        { "5mi", HR_UNIT_BYTES, "unknown unit" },
        { "5x", HR_UNIT_CPU, "unknown unit" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why = NULL;
        double value;
        hr_time ns;

        assert_false(hr_quantity_parse(cases[i].text, cases[i].unit, &value, &why));
        assert_string_equal(why, cases[i].why);
        if (cases[i].unit != HR_UNIT_DURATION)
            continue;
        assert_false(hr_duration_parse(cases[i].text, &ns, &why));
        assert_string_equal(why, cases[i].why);
    }
}

static void canonical_text_is_the_one_a_person_writes(void **state)
{
    static const struct {
        const char *text;
        enum hr_unit unit;
    } cases[] = {
        { "90s", HR_UNIT_DURATION },   { "1m", HR_UNIT_DURATION },    { "1.5s", HR_UNIT_DURATION },
        { "100ms", HR_UNIT_DURATION }, { "250ms", HR_UNIT_DURATION }, { "20ms", HR_UNIT_DURATION },
        { "2.5us", HR_UNIT_DURATION }, { "1d", HR_UNIT_DURATION },    { "0s", HR_UNIT_DURATION },
        { "90m", HR_UNIT_DURATION },   { "2000h", HR_UNIT_DURATION }, { "2000/s", HR_UNIT_RATE },
        { "0.8/s", HR_UNIT_RATE },     { "5/h", HR_UNIT_RATE },       { "1/min", HR_UNIT_RATE },
        { "512Mi", HR_UNIT_BYTES },    { "1Gi", HR_UNIT_BYTES },      { "200M", HR_UNIT_BYTES },
        { "0", HR_UNIT_BYTES },        { "250m", HR_UNIT_CPU },       { "2", HR_UNIT_CPU },
        { "1.5", HR_UNIT_CPU },        { "60%", HR_UNIT_SHARE },      { "7%", HR_UNIT_SHARE },
        { "99.99%", HR_UNIT_SHARE },   { "0.001%", HR_UNIT_SHARE },   { "-5%", HR_UNIT_SHARE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why;
        char text[48];
        double value;
        hr_time ns;

        assert_true(hr_quantity_parse(cases[i].text, cases[i].unit, &value, &why));
        hr_quantity_format(text, value, cases[i].unit);
        assert_string_equal(text, cases[i].text);
        if (cases[i].unit != HR_UNIT_DURATION)
            continue;
        assert_true(hr_duration_parse(cases[i].text, &ns, &why));
        hr_duration_format(text, ns);
        assert_string_equal(text, cases[i].text);
    }
}

static uint64_t next_random(uint64_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 7;
    *x ^= *x << 17;
    return *x;
}

/* Doubles of all sizes, and those a person writes (few digits), in every unit. */
static void quantities_read_back_bit_for_bit(void **state)
{
    uint64_t random = 42;

    (void)state;
    for (int i = 0; i < 60000; i++) {
        const enum hr_unit unit = (enum hr_unit)(1 + i % 5);
        const double few_digits = (double)(next_random(&random) % 100000);
        double value = few_digits / (double)(1 + next_random(&random) % 4000), back = -1;
        const char *why;
        char text[48];

        if (i % 3 == 0)
            value = ldexp((double)(next_random(&random) >> 11),
                          (int)(next_random(&random) % 400) - 250);
        if (i % 7 == 0)
            value = -value;
        hr_quantity_format(text, value, unit);
        if (!hr_quantity_parse(text, unit, &back, &why))
            fail_msg("%.17g was written as %s: %s", value, text, why);
        if (back != value)
            fail_msg("%.17g was written as %s, read as %.17g", value, text, back);
    }
}

static void durations_read_back_to_the_nanosecond(void **state)
{
    uint64_t random = 7;

    (void)state;
    for (int i = 0; i < 60000; i++) {
        hr_time ns = (hr_time)(next_random(&random) >> (1 + next_random(&random) % 63));
        hr_time back = -1;
        const char *why;
        char text[48];

        if (i % 4 == 0)
            ns = ns / 60000000000 * 60000000000;
        if (i % 7 == 0)
            ns = -ns;
        hr_duration_format(text, ns);
        assert_true(hr_duration_parse(text, &back, &why));
        if (back != ns)
            fail_msg("%lld ns was written as %s", (long long)ns, text);
    }
}

static void the_end_of_time_reads_back(void **state)
{
    const char *why;
    char text[48];
    hr_time ns;

    (void)state;
    hr_duration_format(text, HR_TIME_NEVER);
    assert_true(hr_duration_parse(text, &ns, &why));
    assert_true(ns == HR_TIME_NEVER);
}

static void decimals_end_where_the_number_ends(void **state)
{
    static const struct {
        const char *text;
        size_t used;
        double value;
    } cases[] = {
        { "12.5abc", 4, 12.5 },
        { "1e5", 3, 1e5 },
        { "1e", 1, 1 },
        { "1e+", 1, 1 },
        { "1e+2x", 4, 100 },
        { "-.5", 3, -0.5 },
        { "+7.", 3, 7 },
        { "", 0, 0 },
        { "-", 0, 0 },
        { ".", 0, 0 },
        { "e5", 0, 0 },
        { "0x10", 1, 0 },
        { "123456789012345678901234567890", 30, 123456789012345678901234567890.0 },
        { "0.30000000000000004441", 22, 0.30000000000000004441 },
        { "9007199254740993.00000000000000001", 34, 9007199254740994 }, /* just above a tie */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hr_decimal decimal;
        const size_t used = hr_decimal_parse(cases[i].text, strlen(cases[i].text), &decimal);

        assert_int_equal(used, cases[i].used);
        if (used > 0)
            assert_true(hr_decimal_to_double(&decimal, 0) == cases[i].value);
    }
}

static void every_unit_has_a_name_and_an_example(void **state)
{
    (void)state;
    assert_string_equal(hr_unit_name(HR_UNIT_DURATION), "duration");
    assert_string_equal(hr_unit_example(HR_UNIT_DURATION), "a duration such as \"20ms\"");
    for (int unit = HR_UNIT_NONE; unit <= HR_UNIT_SHARE; unit++) {
        assert_non_null(hr_unit_name((enum hr_unit)unit));
        assert_non_null(hr_unit_example((enum hr_unit)unit));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_exact_nanoseconds),
        cmocka_unit_test(other_units_reach_their_base_unit),
        cmocka_unit_test(wrong_text_says_why),
        cmocka_unit_test(canonical_text_is_the_one_a_person_writes),
        cmocka_unit_test(quantities_read_back_bit_for_bit),
        cmocka_unit_test(durations_read_back_to_the_nanosecond),
        cmocka_unit_test(the_end_of_time_reads_back),
        cmocka_unit_test(decimals_end_where_the_number_ends),
        cmocka_unit_test(every_unit_has_a_name_and_an_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
