/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals for the share of time up, from few outages or none. */
#include "hr_test.h"

#include "stats/uptime.h"

/* Two outages of one length: the spread shrinks to 2/3, which makes 6 degrees of freedom. Tabled F:
 * 5.8198 is the 97.5 % point of F(6, 6), 9.1973 that of F(6, 4), 1 / 9.1973 the 2.5 % point of
 * F(4, 6). */
static void test_few_outages(void **state)
{
    (void)state;
    const struct hr_uptime seen = {
        .up_s = 990, .down_s = 10, .down_s2 = 50, .outages = 2, .n = 4
    };
    const struct hr_estimate e = hr_estimate_uptime(&seen);
    assert_near(e.value, 0.99, 1e-15);
    assert_near(e.lo, 1 / (1 + 5.8198 * 1.5 / 99), 1e-5);
    assert_near(e.hi, 1 / (1 + 1 / 9.1973 / 99), 1e-7);
    assert_string_equal(e.method, "outages");
    assert_int_equal(e.n, 4);
}

/* Lengths as spread as exponential ones: twice as many degrees of freedom as outages (Lie, Hwang,
 * Tillman). 2.4337 is the 97.5 % point of F(22, 20), 2.4645 that of F(20, 20). */
static void test_exponential_lengths(void **state)
{
    (void)state;
    const struct hr_uptime seen = {
        .up_s = 1000, .down_s = 10, .down_s2 = 19, .outages = 10, .n = 10
    };
    const struct hr_estimate e = hr_estimate_uptime(&seen);
    assert_near(1 / e.lo - 1, 0.01 * 1.1 * 2.4337, 1e-5);
    assert_near(1 / e.hi - 1, 0.01 / 2.4645, 1e-6);
}

/* Uneven lengths widen it on both sides. */
static void test_spread_of_lengths(void **state)
{
    (void)state;
    struct hr_uptime seen = { .up_s = 1000, .down_s = 10, .outages = 10, .n = 10 };
    seen.down_s2 = 10;
    const struct hr_estimate even = hr_estimate_uptime(&seen);
    seen.down_s2 = 50;
    const struct hr_estimate uneven = hr_estimate_uptime(&seen);
    assert_true(even.value == uneven.value);
    assert_true(uneven.lo < even.lo && uneven.hi > even.hi);
}

/* With many outages the logarithm of the odds is normal: half-width 1.96 sqrt(2 / n). */
static void test_many_outages(void **state)
{
    (void)state;
    const struct hr_uptime seen = {
        .up_s = 9e6, .down_s = 1e6, .down_s2 = 2e8, .outages = 10000, .n = 2
    };
    const struct hr_estimate e = hr_estimate_uptime(&seen);
    const double reach = log((1 / e.lo - 1) / (1 / e.hi - 1)) / 2;
    assert_near(reach, 1.95996 * sqrt(2e-4), 2e-4);
    /* Beyond what GSL sums the interval stays wide instead of failing. */
    const struct hr_uptime endless = {
        .up_s = 9e8, .down_s = 1e8, .down_s2 = 1e8, .outages = 100000000, .n = 1
    };
    const struct hr_estimate wide = hr_estimate_uptime(&endless);
    assert_true(wide.lo < 0.9 && wide.hi > 0.9 && wide.hi - wide.lo < 0.01);
}

/* P(no outage) = 2.5 % when -log 0.025 = 3.689 are expected in the time seen. */
static void test_no_outage(void **state)
{
    (void)state;
    struct hr_uptime seen = { .up_s = 3000, .outage_s = 20, .n = 10 };
    struct hr_estimate e = hr_estimate_uptime(&seen);
    assert_true(e.value == 1 && e.hi == 1);
    assert_near(e.lo, 1 / (1 + 20 * 3.688879454 / 3000), 1e-9);
    assert_string_equal(e.method, "no_events");
    /* Outages of no length do no harm; those of endless mean length may do any. */
    seen.outage_s = 0;
    assert_true(hr_estimate_uptime(&seen).lo == 1);
    seen.outage_s = HUGE_VAL;
    e = hr_estimate_uptime(&seen);
    assert_true(e.value == 1 && e.lo == 0);
}

static void test_never_up(void **state)
{
    (void)state;
    const struct hr_uptime seen = { .down_s = 50, .down_s2 = 2500, .outages = 1, .n = 1 };
    const struct hr_estimate e = hr_estimate_uptime(&seen);
    assert_true(e.value == 0 && e.lo == 0 && isnan(e.hi));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_outages),       cmocka_unit_test(test_exponential_lengths),
        cmocka_unit_test(test_spread_of_lengths), cmocka_unit_test(test_many_outages),
        cmocka_unit_test(test_no_outage),         cmocka_unit_test(test_never_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
