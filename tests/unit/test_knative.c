/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Knative autoscaler, timelines worked by hand. Decisions are every 2 s, samples every 1 s. */
#include "hr_test.h"

#include "autoscale/knative.h"

#define S HR_NS_PER_S

/* 10 requests a replica, 7 aimed at; no activator but at zero. */
static struct hr_knative_config small(void)
{
    struct hr_knative_config config = hr_knative_config_default();
    config.capacity = 10;
    config.burst = 0;
    return config;
}

/* Two seconds of that load, then a decision at `now`. */
static int64_t tick(struct hr_knative *knative, hr_time now, double load, int64_t replicas,
                    int64_t ready)
{
    hr_knative_observe(knative, load);
    hr_knative_observe(knative, load);
    return hr_knative_decide(knative, now, replicas, ready);
}

/*
 * A load of 5 until 60 s asks for ceil(5 / 7) = 1 replica; then 35. Mean of the panic window of 6 s
 * at 62 s: (4 * 5 + 2 * 35) / 6 = 15, 3 replicas, 3 times the one that is ready: panic. At 64 s 25:
 * 4; from 66 s on 35: 5. The stable window of 60 s alone would ask for ceil((58 * 5 + 2 * 35) / 60
 * / 7) = 1 at 62 s. The replicas are ready at 80 s: 5 / 5 is below the threshold of 2, over it was
 * 78 s last. Panic ends after more than 60 s, at 140 s.
 */
static void test_panic(void **state)
{
    (void)state;
    const struct hr_knative_config config = small();
    struct hr_knative knative;
    hr_knative_init(&knative, &config, 0, 1);
    for (hr_time now = 2 * S; now <= 60 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, 5, 1, 1), 1);
    assert_false(hr_knative_panics(&knative));
    assert_int_equal(tick(&knative, 62 * S, 35, 1, 1), 3);
    assert_true(hr_knative_panics(&knative));
    assert_false(hr_knative_is_proxied(&knative)); /* however overloaded: no room was asked for */
    assert_int_equal(tick(&knative, 64 * S, 35, 3, 1), 4);
    for (hr_time now = 66 * S; now < 140 * S; now += 2 * S) {
        assert_int_equal(tick(&knative, now, 35, 5, now < 80 * S ? 1 : 5), 5);
        assert_true(hr_knative_panics(&knative));
    }
    assert_int_equal(tick(&knative, 140 * S, 35, 5, 5), 5);
    assert_false(hr_knative_panics(&knative));
    hr_knative_fini(&knative);
}

/* Just twice of what one replica is due is panic: 14 asks for 2. It ends after 64 s (over the
 * threshold last at 2 s, when one was ready); what it had asked for is not asked for in the next
 * one. */
static void test_one_panic_after_another(void **state)
{
    (void)state;
    const struct hr_knative_config config = small();
    struct hr_knative knative;
    hr_knative_init(&knative, &config, 0, 1);
    assert_int_equal(tick(&knative, 2 * S, 35, 1, 1), 5);
    for (hr_time now = 4 * S; now <= 62 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, 0, 5, 5), 5);
    tick(&knative, 64 * S, 0, 5, 5);
    assert_false(hr_knative_panics(&knative));
    for (hr_time now = 66 * S; now <= 126 * S; now += 2 * S)
        tick(&knative, now, 1, 1, 1);
    for (hr_time now = 128 * S; now <= 132 * S; now += 2 * S)
        tick(&knative, now, 14, 1, 1);
    assert_true(hr_knative_panics(&knative));
    assert_int_equal(hr_knative_decide(&knative, 132 * S, 1, 1), 2);
    hr_knative_fini(&knative);
}

/*
 * In panic the stable window may ask for more than the panic window. At most twice the ready
 * replicas: 100 for 30 s asks for 2 while one is ready. Then 6 s without load, and 3 are ready: the
 * stable mean is 100 * 30 / 36 = 83.3, 12 replicas, of which 6 may be.
 */
static void test_the_stable_window_in_panic(void **state)
{
    (void)state;
    struct hr_knative_config config = small();
    struct hr_knative knative;
    config.scale_up_rate_max = 2;
    hr_knative_init(&knative, &config, 0, 1);
    for (hr_time now = 2 * S; now <= 30 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, 100, 1, 1), 2);
    for (hr_time now = 32 * S; now <= 34 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, 0, 2, 1), 2);
    assert_int_equal(tick(&knative, 36 * S, 0, 2, 3), 6);
    hr_knative_fini(&knative);
}

/*
 * A load of 14 for 2 s asks for 2 replicas, and has left long before one of them is ready at 70 s.
 * The stable window is empty at 64 s, but a revision that starts up stays; ready, it stays active
 * for a stable window, with one replica.
 */
static void test_a_late_start(void **state)
{
    (void)state;
    const struct hr_knative_config config = small();
    struct hr_knative knative;
    hr_knative_init(&knative, &config, 0, 0);
    assert_int_equal(tick(&knative, 2 * S, 14, 0, 0), 2);
    for (hr_time now = 4 * S; now < 64 * S; now += 2 * S)
        tick(&knative, now, 0, 2, 0);
    for (hr_time now = 64 * S; now < 70 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, 0, 2, 0), 2);
    for (hr_time now = 70 * S; now < 130 * S; now += 2 * S) {
        assert_int_equal(tick(&knative, now, 0, 2, 1), 1);
        assert_int_equal(knative.phase, HR_KNATIVE_ACTIVE);
    }
    assert_int_equal(tick(&knative, 130 * S, 0, 1, 1), 1);
    assert_int_equal(knative.phase, HR_KNATIVE_INACTIVE);
    hr_knative_fini(&knative);
}

/* In panic a load that falls takes no replica away: 14 asks for 2, but 5 stay. */
static void test_no_scale_down_in_panic(void **state)
{
    (void)state;
    const struct hr_knative_config config = small();
    struct hr_knative knative;
    hr_knative_init(&knative, &config, 0, 1);
    for (hr_time now = 2 * S; now <= 6 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, 35, 1, 1), 5);
    for (hr_time now = 8 * S; now <= 66 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, 14, 5, 5), 5);
    hr_knative_fini(&knative);
}

/*
 * More than one ready replica at the start: panic, for want of a past, for more than 60 s. Then a
 * load of 7 asks for 1, but a decision takes at most half of the ready ones away: 8, 4, 2, 1.
 */
static void test_start_and_rate_of_scale_down(void **state)
{
    (void)state;
    const struct hr_knative_config config = small();
    struct hr_knative knative;
    hr_knative_init(&knative, &config, 0, 8);
    for (hr_time now = 2 * S; now <= 60 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, 7, 8, 8), 8);
    assert_int_equal(tick(&knative, 62 * S, 7, 8, 8), 4);
    assert_int_equal(tick(&knative, 64 * S, 7, 4, 4), 2);
    assert_int_equal(tick(&knative, 66 * S, 7, 2, 2), 1);
    hr_knative_fini(&knative);
}

/* A decision goes to at most scale_up_rate_max times the ready replicas: ceil(1.5 * 3) = 5. */
static void test_rate_of_scale_up(void **state)
{
    (void)state;
    struct hr_knative_config config = small();
    struct hr_knative knative;
    config.scale_up_rate_max = 1.5;
    hr_knative_init(&knative, &config, 0, 3);
    assert_int_equal(tick(&knative, 2 * S, 100, 3, 3), 5);
    hr_knative_fini(&knative);
}

/*
 * Load until 70 s, then none. At 130 s the stable window is empty; active for more than 60 s, the
 * revision becomes inactive, and the activator takes its place in the path. It stays there for the
 * grace of 30 s: zero at 160 s. A request at 200 s wakes it: ceil(1 / 60 / 7) = 1.
 */
static void test_to_zero_and_back(void **state)
{
    (void)state;
    const struct hr_knative_config config = small();
    struct hr_knative knative;
    hr_knative_init(&knative, &config, 0, 1);
    for (hr_time now = 2 * S; now < 130 * S; now += 2 * S) {
        assert_int_equal(tick(&knative, now, now <= 70 * S ? 3 : 0, 1, 1), 1);
        assert_false(hr_knative_is_proxied(&knative));
    }
    for (hr_time now = 130 * S; now < 160 * S; now += 2 * S) {
        assert_int_equal(tick(&knative, now, 0, 1, 1), 1);
        assert_true(hr_knative_is_proxied(&knative));
    }
    assert_int_equal(tick(&knative, 160 * S, 0, 1, 1), 0);
    assert_int_equal(tick(&knative, 162 * S, 0, 0, 0), 0);
    hr_knative_observe(&knative, 1);
    assert_int_equal(hr_knative_decide(&knative, 200 * S, 0, 0), 1);
    assert_int_equal(knative.phase, HR_KNATIVE_ACTIVATING);
    assert_true(hr_knative_is_proxied(&knative));
    assert_int_equal(tick(&knative, 202 * S, 1, 1, 1), 1);
    assert_int_equal(knative.phase, HR_KNATIVE_ACTIVE);
    assert_false(hr_knative_is_proxied(&knative));
    hr_knative_fini(&knative);
}

/*
 * With the default room for a burst of 200 a replica of 10 never has it: the activator is always in
 * the path, and the grace period has passed when the stable window is empty. So with any room
 * asked.
 */
static void assert_no_grace(double burst)
{
    struct hr_knative_config config = small();
    struct hr_knative knative;
    config.burst = burst;
    hr_knative_init(&knative, &config, 0, 1);
    for (hr_time now = 2 * S; now < 130 * S; now += 2 * S) {
        assert_int_equal(tick(&knative, now, now <= 70 * S ? 3 : 0, 1, 1), 1);
        assert_true(hr_knative_is_proxied(&knative));
    }
    assert_int_equal(tick(&knative, 130 * S, 0, 1, 1), 0);
    hr_knative_fini(&knative);
}

static void test_no_grace_if_the_activator_is_there(void **state)
{
    (void)state;
    assert_no_grace(200);
    assert_no_grace(HUGE_VAL);
}

/* The mean of 60 samples of 0.7 comes out a trace above it in double, and yet is what just one
 * replica is aimed at. */
static void test_traces_of_rounding(void **state)
{
    (void)state;
    struct hr_knative_config config = small();
    struct hr_knative knative;
    config.capacity = 1;
    hr_knative_init(&knative, &config, 0, 1);
    for (hr_time now = 2 * S; now <= 60 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, 0.7, 1, 1), 1);
    hr_knative_fini(&knative);
}

/* Room for a burst of 20: 10 * 3 - 20 - 7 = 3 is left of 3 replicas, -7 of 2. */
static void test_room_for_bursts(void **state)
{
    (void)state;
    struct hr_knative_config config = small();
    struct hr_knative knative;
    config.burst = 20;
    hr_knative_init(&knative, &config, 0, 3);
    tick(&knative, 2 * S, 7, 3, 3);
    assert_false(hr_knative_is_proxied(&knative));
    tick(&knative, 4 * S, 7, 3, 2);
    assert_true(hr_knative_is_proxied(&knative));
    for (hr_time now = 6 * S; now <= 10 * S; now += 2 * S)
        tick(&knative, now, 10, 3, 3);
    assert_false(hr_knative_is_proxied(&knative)); /* 30 - 20 - 10 = 0 is room enough */
    hr_knative_fini(&knative);
}

/* New and without any load: at 60 s it has been active for a stable window, and not before. */
static void test_a_new_revision_stays_for_a_stable_window(void **state)
{
    (void)state;
    const struct hr_knative_config config = small();
    struct hr_knative knative;
    hr_knative_init(&knative, &config, 0, 1);
    for (hr_time now = 2 * S; now < 90 * S; now += 2 * S) {
        assert_int_equal(tick(&knative, now, 0, 1, 1), 1);
        assert_int_equal(knative.phase, now < 60 * S ? HR_KNATIVE_ACTIVE : HR_KNATIVE_INACTIVE);
    }
    assert_int_equal(tick(&knative, 90 * S, 0, 1, 1), 0);
    hr_knative_fini(&knative);
}

/* A replica that does not become ready is given up 610 s after it became due at 2 s; the load that
 * it was due for has left. */
static void test_activation_times_out(void **state)
{
    (void)state;
    const struct hr_knative_config config = small();
    struct hr_knative knative;
    hr_knative_init(&knative, &config, 0, 0);
    assert_int_equal(tick(&knative, 2 * S, 1, 0, 0), 1);
    for (hr_time now = 4 * S; now < 612 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, 0, 1, 0), 1);
    assert_int_equal(tick(&knative, 612 * S, 0, 1, 0), 0);
    assert_int_equal(knative.phase, HR_KNATIVE_INACTIVE);
    /* The next time it has as long again. */
    assert_int_equal(tick(&knative, 614 * S, 1, 0, 0), 1);
    assert_int_equal(tick(&knative, 700 * S, 0, 1, 0), 1);
    hr_knative_fini(&knative);
}

/* Bounds, and at least 3 replicas whenever there are any. */
static void test_bounds_and_activation_scale(void **state)
{
    (void)state;
    struct hr_knative_config config = small();
    struct hr_knative knative;
    config.activation_scale = 3;
    config.replicas_min = 2;
    config.replicas_max = 4;
    hr_knative_init(&knative, &config, 0, 0);
    assert_int_equal(hr_knative_decide(&knative, 0, 7, 0), 7); /* nothing observed as yet */
    assert_int_equal(tick(&knative, 2 * S, 0, 0, 0), 2);
    assert_int_equal(tick(&knative, 4 * S, 1, 2, 2), 3);
    assert_int_equal(tick(&knative, 6 * S, 99, 3, 3), 4);
    hr_knative_fini(&knative);
}

/* With a delay of 20 s the highest decision of the last 20 s holds: the load falls from 14 to 7 at
 * 120 s, the stable window asks for one replica at 180 s, and the delay lets it go at 198 s. */
static void test_scale_down_delay(void **state)
{
    (void)state;
    struct hr_knative_config config = small();
    struct hr_knative knative;
    config.scale_down_delay = 20 * S;
    hr_knative_init(&knative, &config, 0, 1);
    for (hr_time now = 2 * S; now < 198 * S; now += 2 * S)
        assert_int_equal(tick(&knative, now, now <= 120 * S ? 14 : 7, 2, 2), 2);
    assert_int_equal(tick(&knative, 198 * S, 7, 2, 2), 1);
    hr_knative_fini(&knative);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_panic),
        cmocka_unit_test(test_one_panic_after_another),
        cmocka_unit_test(test_the_stable_window_in_panic),
        cmocka_unit_test(test_a_late_start),
        cmocka_unit_test(test_no_scale_down_in_panic),
        cmocka_unit_test(test_start_and_rate_of_scale_down),
        cmocka_unit_test(test_rate_of_scale_up),
        cmocka_unit_test(test_to_zero_and_back),
        cmocka_unit_test(test_no_grace_if_the_activator_is_there),
        cmocka_unit_test(test_traces_of_rounding),
        cmocka_unit_test(test_room_for_bursts),
        cmocka_unit_test(test_a_new_revision_stays_for_a_stable_window),
        cmocka_unit_test(test_activation_times_out),
        cmocka_unit_test(test_bounds_and_activation_scale),
        cmocka_unit_test(test_scale_down_delay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
