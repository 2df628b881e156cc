/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Weekly timetables around days, weekends and the end of the week. */
#include "hr_test.h"

#include "autoscale/schedule.h"
#include "base/civil.h"

#include <string.h>

#define HOUR     HR_NS_PER_HOUR
#define WORKDAYS 0x1f

/* Working days 10 replicas from 8:00 and 4 from 18:30; on Saturday 2 from 9:00. */
static const struct hr_schedule_entry office[] = {
    { WORKDAYS, 8 * HOUR, 10 },
    { WORKDAYS, 18 * HOUR + HOUR / 2, 4 },
    { 1 << 5, 9 * HOUR, 2 },
};

static int64_t at(const char *text)
{
    int64_t ns;
    assert_true(hr_timestamp_parse(text, strlen(text), &ns));
    return ns;
}

/* 2026-03-02 is a Monday. */
static void test_what_holds_and_what_comes_next(void **state)
{
    (void)state;
    static const struct {
        const char *now;
        int64_t replicas;
        const char *next;
    } cases[] = {
        { "2026-03-02T07:59:59Z", 2, "2026-03-02T08:00:00Z" }, /* since Saturday */
        { "2026-03-02T08:00:00Z", 10, "2026-03-02T18:30:00Z" },
        { "2026-03-02T18:29:59.999999999Z", 10, "2026-03-02T18:30:00Z" },
        { "2026-03-02T18:30:00Z", 4, "2026-03-03T08:00:00Z" },
        { "2026-03-03T00:00:00Z", 4, "2026-03-03T08:00:00Z" },
        { "2026-03-06T20:00:00Z", 4, "2026-03-07T09:00:00Z" }, /* Friday */
        { "2026-03-07T09:00:00Z", 2, "2026-03-09T08:00:00Z" },
        { "2026-03-08T23:59:59Z", 2, "2026-03-09T08:00:00Z" },  /* Sunday */
        { "1969-12-31T12:00:00Z", 10, "1969-12-31T18:30:00Z" }, /* a Wednesday before 1970 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(hr_schedule_replicas(office, 3, at(cases[i].now)), cases[i].replicas);
        assert_int_equal(hr_schedule_next(office, 3, at(cases[i].now)), at(cases[i].next));
    }
}

/* One entry a week holds the whole week, and comes again after just a week. */
static void test_one_entry(void **state)
{
    (void)state;
    const struct hr_schedule_entry entry = { 1 << 2, 12 * HOUR, 7 };
    assert_int_equal(hr_schedule_replicas(&entry, 1, at("2026-03-04T11:59:59Z")), 7);
    assert_int_equal(hr_schedule_next(&entry, 1, at("2026-03-04T12:00:00Z")),
                     at("2026-03-11T12:00:00Z"));
}

/* A rule for one day stands below the rule for all days, and holds. */
static void test_the_later_of_two_holds(void **state)
{
    (void)state;
    const struct hr_schedule_entry entries[] = { { 0x7f, 8 * HOUR, 5 }, { 1 << 4, 8 * HOUR, 9 } };
    assert_int_equal(hr_schedule_replicas(entries, 2, at("2026-03-05T10:00:00Z")), 5);
    assert_int_equal(hr_schedule_replicas(entries, 2, at("2026-03-06T10:00:00Z")), 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_holds_and_what_comes_next),
        cmocka_unit_test(test_one_entry),
        cmocka_unit_test(test_the_later_of_two_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
