/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outages and levels of ready replicas, cut off at the window's ends. */
#include "hr_test.h"

#include "metrics/ready.h"

#define S HR_NS_PER_S

/* 3 replicas, 2 needed. Ready: 3 until 4 s, 2 until 5, 1 until 12 (the window opens at 10), 2 until
 * 20, 1 until 23, 0 until 24, 1 until 26, 3 until 40, 1 from then on; it closes at 50. */
static void test_window(void **state)
{
    (void)state;
    struct hr_ready ready;
    hr_ready_init(&ready, 3, 2, true);
    hr_ready_set(&ready, 4 * S, 2);
    hr_ready_set(&ready, 5 * S, 1);
    hr_ready_open(&ready, 10 * S);
    hr_ready_set(&ready, 12 * S, 2);
    hr_ready_set(&ready, 20 * S, 1);
    hr_ready_set(&ready, 23 * S, 0);
    hr_ready_set(&ready, 24 * S, 1);
    hr_ready_set(&ready, 26 * S, 3);
    hr_ready_set(&ready, 40 * S, 1);
    hr_ready_close(&ready, 50 * S);
    hr_ready_set(&ready, 55 * S, 3);
    hr_ready_set(&ready, 56 * S, 0);
    assert_int_equal(ready.outages, 3);
    assert_near(ready.outages_s2, 2 * 2 + 6 * 6 + 10 * 10, 1e-9);
    const uint64_t visits[] = { 1, 4, 1, 1 };
    const hr_time time[] = { 1 * S, (2 + 3 + 2 + 10) * S, 8 * S, 14 * S };
    for (unsigned n = 0; n <= 3; n++) {
        assert_int_equal(ready.levels[n].visits, visits[n]);
        assert_int_equal(ready.levels[n].time, time[n]);
    }
    hr_ready_fini(&ready);
}

/* Without levels outages are counted all the same; more replicas than at first stand with those. */
static void test_levels(void **state)
{
    (void)state;
    struct hr_ready ready;
    hr_ready_init(&ready, 1, 1, false);
    hr_ready_open(&ready, 0);
    hr_ready_set(&ready, S, 0);
    hr_ready_close(&ready, 3 * S);
    assert_int_equal(ready.outages, 1);
    assert_near(ready.outages_s2, 4, 1e-12);
    assert_null(ready.levels);
    hr_ready_fini(&ready);
    hr_ready_init(&ready, 70000, 1, true);
    assert_int_equal(ready.n_levels, 65536);
    assert_int_equal(hr_ready_index(&ready, 70000), 65535);
    assert_int_equal(hr_ready_index(&ready, 65534), 65534);
    hr_ready_open(&ready, 0);
    hr_ready_close(&ready, 9 * S);
    assert_int_equal(ready.levels[65535].time, 9 * S);
    assert_int_equal(ready.outages, 0);
    hr_ready_fini(&ready);
}

/* Adjacent windows add up to one: times of levels exactly, an outage that is cut counting in both.
 */
static void test_windows_add_up(void **state)
{
    (void)state;
    static const hr_time ends[] = { 0, 30 * S, 31 * S, 77 * S, 100 * S };
    struct hr_ready whole, part[4];
    hr_time time[4] = { 0 };
    uint64_t outages = 0;
    hr_ready_init(&whole, 3, 2, true);
    hr_ready_open(&whole, 0);
    for (int i = 0; i < 4; i++) {
        hr_ready_init(&part[i], 3, 2, true);
        if (ends[i] == 0)
            hr_ready_open(&part[i], 0);
    }
    for (hr_time now = S; now < 100 * S; now += S) {
        const uint32_t n = (uint32_t)(now / S * 7 % 11 % 4);
        for (int i = 0; i < 4; i++) {
            if (ends[i + 1] == now)
                hr_ready_close(&part[i], now);
            if (ends[i] == now)
                hr_ready_open(&part[i], now);
        }
        hr_ready_set(&whole, now, n);
        for (int i = 0; i < 4; i++)
            hr_ready_set(&part[i], now, n);
    }
    hr_ready_close(&whole, 100 * S);
    hr_ready_close(&part[3], 100 * S);
    for (int i = 0; i < 4; i++) {
        for (unsigned n = 0; n < 4; n++)
            time[n] += part[i].levels[n].time;
        outages += part[i].outages;
        hr_ready_fini(&part[i]);
    }
    for (unsigned n = 0; n < 4; n++)
        assert_int_equal(time[n], whole.levels[n].time);
    assert_in_range(outages, whole.outages, whole.outages + 3);
    assert_true(whole.outages > 5);
    hr_ready_fini(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_windows_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
