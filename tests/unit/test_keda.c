/* SPDX-License-Identifier: GPL-3.0-or-later */
/* KEDA: to zero and back, worked by hand. */
#include "hr_test.h"

#include "autoscale/keda.h"
#include "hr_hpa.h"

#define S    HR_NS_PER_S
#define POLL (30 * S)

static const struct hr_keda_config to_zero = { .replicas_idle = HR_KEDA_NO_IDLE,
                                               .cooldown = 300 * S };

/*
 * Polls every 30 s, cooldown 300 s. The trigger is active until 100 s: last seen so at 90 s. The
 * cooldown is over when more than 300 s have passed since: not at 390 s, but at 420 s.
 */
static void test_to_zero_after_the_cooldown(void **state)
{
    (void)state;
    struct hr_keda keda;
    hr_keda_init(&keda, &to_zero, 0);
    for (hr_time now = 0; now < 420 * S; now += POLL)
        assert_int_equal(hr_keda_poll(&keda, now, 3, now <= 100 * S), 3);
    assert_int_equal(hr_keda_poll(&keda, 420 * S, 3, false), 0);
    assert_int_equal(hr_keda_poll(&keda, 450 * S, 0, false), 0);
    assert_int_equal(hr_keda_poll(&keda, 480 * S, 0, true), 1);
}

/* A trigger that was never active: only the initial cooldown counts, from the start on. */
static void test_initial_cooldown(void **state)
{
    (void)state;
    struct hr_keda_config config = to_zero;
    struct hr_keda keda;
    config.initial_cooldown = 60 * S;
    hr_keda_init(&keda, &config, 0);
    assert_int_equal(hr_keda_poll(&keda, 60 * S, 1, false), 1);
    assert_int_equal(hr_keda_poll(&keda, 90 * S, 1, false), 0);
}

/* With at least 2 replicas there is no zero; what others scaled below is put right. */
static void test_a_minimum_is_kept(void **state)
{
    (void)state;
    struct hr_keda_config config = to_zero;
    struct hr_keda keda;
    config.replicas_min = 2;
    hr_keda_init(&keda, &config, 0);
    assert_int_equal(hr_keda_poll(&keda, 600 * S, 5, false), 5);
    assert_int_equal(hr_keda_poll(&keda, 630 * S, 1, false), 2);
    assert_int_equal(hr_keda_poll(&keda, 660 * S, 0, true), 2);
    assert_int_equal(hr_keda_poll(&keda, 690 * S, 1, true), 1); /* the HPA puts this right */
}

/* Idle replicas: 1 while nothing is active, at least 4 while something is. */
static void test_idle_replicas(void **state)
{
    (void)state;
    const struct hr_keda_config config = { .replicas_min = 4,
                                           .replicas_idle = 1,
                                           .cooldown = 60 * S };
    struct hr_keda keda;
    hr_keda_init(&keda, &config, 0);
    assert_int_equal(hr_keda_poll(&keda, 0, 1, false), 1);
    assert_int_equal(hr_keda_poll(&keda, 30 * S, 1, true), 4);
    assert_int_equal(hr_keda_poll(&keda, 60 * S, 6, true), 6);
    assert_int_equal(hr_keda_poll(&keda, 120 * S, 6, false), 6); /* 60 s are not more than 60 s */
    assert_int_equal(hr_keda_poll(&keda, 150 * S, 6, false), 1);
    assert_int_equal(hr_keda_poll(&keda, 180 * S, 0, false), 0); /* somebody else's zero stays */
}

/*
 * Together with its HPA, both every 30 s: a queue of 40 messages from 60 s on, 10 a replica,
 * tolerance 0. KEDA wakes one replica at 60 s; the HPA, which leaves zero alone, finds it and goes
 * to min(ceil(40 / 10), max(2 * 1, 4)) = 4. The queue is empty from 120 s on: the HPA goes to its
 * minimum of 1 when the recommendation of 90 s is more than 300 s old, at 420 s. KEDA saw the
 * trigger at 90 s last and goes to zero at 420 s too.
 */
static void test_with_its_hpa(void **state)
{
    (void)state;
    struct hr_hpa_metric queue = hr_hpa_total;
    struct hr_hpa_config config = { .range = { 1, 100 },
                                    .metrics = &queue,
                                    .n_metrics = 1,
                                    .settings = hr_hpa_settings_default() };
    struct hr_keda keda;
    struct hr_hpa hpa;
    int64_t replicas = 0;
    queue.target_value = 10000;
    config.settings.tolerance = 0;
    hr_keda_init(&keda, &to_zero, 0);
    hr_hpa_init(&hpa, &config);
    for (hr_time now = 0; now <= 450 * S; now += POLL) {
        const int64_t length = now >= 60 * S && now < 120 * S ? 40 : 0;
        const int64_t by_hpa = now < 60 * S ? 0 : now < 90 * S ? 0 : now < 420 * S ? 4 : 1;
        const int64_t by_keda = now < 60 * S ? 0 : now < 90 * S ? 1 : now < 420 * S ? 4 : 0;
        const int64_t next = hr_hpa_step_on_total(&hpa, now, replicas, length);
        assert_int_equal(next, now > 420 * S ? 0 : by_hpa);
        replicas = hr_keda_poll(&keda, now, next, length > 0);
        assert_int_equal(replicas, by_keda);
    }
    hr_hpa_fini(&hpa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_to_zero_after_the_cooldown),
        cmocka_unit_test(test_initial_cooldown),
        cmocka_unit_test(test_a_minimum_is_kept),
        cmocka_unit_test(test_idle_replicas),
        cmocka_unit_test(test_with_its_hpa),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
