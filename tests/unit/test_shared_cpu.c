/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processor sharing and CFS throttling: timelines worked out by hand. Times in ms unless said. */
#include "hr_test.h"

#include "serving/shared_cpu.h"

#define MS (HR_NS_PER_S / 1000)

static const struct hr_shared_limits sharing = { .cores = 1, .cpu_limit = (double)INFINITY };

/* Runs until the next request is done; returns when, in ns. */
static hr_time next_done(struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits,
                         uint32_t *request)
{
    for (;;) {
        const hr_time at = hr_shared_cpu_next(cpu, limits);
        assert_true(at != HR_TIME_NEVER);
        hr_shared_cpu_advance(cpu, limits, at);
        const bool done = hr_shared_cpu_done(cpu, limits, request);
        hr_shared_cpu_settle(cpu, limits);
        if (done)
            return at;
    }
}

static void add(struct hr_shared_cpu *cpu, const struct hr_shared_limits *limits, hr_time now,
                uint32_t request, hr_time work)
{
    hr_shared_cpu_advance(cpu, limits, now);
    hr_shared_cpu_add(cpu, request, work);
    hr_shared_cpu_settle(cpu, limits);
}

/* A (10 ms) starts at 0, B (4 ms) at 2: A has 8 left. Both at half speed, B is done at 2 + 8 = 10,
 * A then has 4 left alone: 14. */
static void test_two_share_a_core(void **state)
{
    (void)state;
    struct hr_shared_cpu cpu;
    uint32_t request = 9;
    hr_shared_cpu_init(&cpu, 0);
    add(&cpu, &sharing, 0, 0, 10 * MS);
    add(&cpu, &sharing, 2 * MS, 1, 4 * MS);
    assert_int_equal(next_done(&cpu, &sharing, &request), 10 * MS);
    assert_int_equal(request, 1);
    assert_int_equal(next_done(&cpu, &sharing, &request), 14 * MS);
    assert_int_equal(request, 0);
    assert_int_equal(hr_shared_cpu_next(&cpu, &sharing), HR_TIME_NEVER);
    hr_shared_cpu_fini(&cpu);
}

/* Three requests of 3 ms over two cores: each at 2/3 speed, all done at 4.5. */
static void test_three_over_two_cores(void **state)
{
    (void)state;
    const struct hr_shared_limits limits = { .cores = 2, .cpu_limit = (double)INFINITY };
    struct hr_shared_cpu cpu;
    uint32_t request;
    hr_shared_cpu_init(&cpu, 0);
    for (uint32_t i = 0; i < 3; i++)
        add(&cpu, &limits, 0, i, 3 * MS);
    for (int i = 0; i < 3; i++)
        assert_int_equal(next_done(&cpu, &limits, &request), 9 * MS / 2);
    hr_shared_cpu_fini(&cpu);
}

static void test_removal_speeds_up_the_rest(void **state)
{
    (void)state;
    struct hr_shared_cpu cpu;
    uint32_t request;
    hr_shared_cpu_init(&cpu, 0);
    add(&cpu, &sharing, 0, 0, 10 * MS);
    add(&cpu, &sharing, 0, 1, 10 * MS);
    hr_shared_cpu_advance(&cpu, &sharing, 4 * MS); /* both have 8 left */
    assert_true(hr_shared_cpu_remove(&cpu, 0));
    assert_false(hr_shared_cpu_remove(&cpu, 0));
    hr_shared_cpu_settle(&cpu, &sharing);
    assert_int_equal(next_done(&cpu, &sharing, &request), 12 * MS);
    assert_int_equal(request, 1);
    hr_shared_cpu_fini(&cpu);
}

/*
 * Limit 0.5 cores: 50 ms of CPU in each period of 100. One request at a full core from time 0, 120
 * ms of work, periods at 0, 100,
 * ...: runs 0-50, stands still to 100, runs 100-150, stands still to 200, runs 200-220. Done at
 * 220.
 */
static void test_throttled_in_every_period(void **state)
{
    (void)state;
    const struct hr_shared_limits limits = { .cores = (double)INFINITY,
                                             .cpu_slot = 1,
                                             .cpu_limit = 0.5 };
    struct hr_shared_cpu cpu;
    uint32_t request;
    hr_shared_cpu_init(&cpu, 100 * MS);
    add(&cpu, &limits, 0, 0, 120 * MS);
    assert_int_equal(hr_shared_cpu_next(&cpu, &limits), 50 * MS);
    hr_shared_cpu_advance(&cpu, &limits, 50 * MS);
    hr_shared_cpu_settle(&cpu, &limits);
    assert_true(cpu.throttled);
    assert_int_equal(hr_shared_cpu_next(&cpu, &limits), 100 * MS);
    assert_int_equal(next_done(&cpu, &limits, &request), 220 * MS);
    hr_shared_cpu_fini(&cpu);
}

/* Two requests at a core each burn the 50 ms in 25: with 30 ms of work each they run 0-25, then
 * 100-105. */
static void test_more_threads_burn_the_quota_sooner(void **state)
{
    (void)state;
    const struct hr_shared_limits limits = { .cores = (double)INFINITY,
                                             .cpu_slot = 1,
                                             .cpu_limit = 0.5 };
    struct hr_shared_cpu cpu;
    uint32_t request;
    hr_shared_cpu_init(&cpu, 100 * MS);
    add(&cpu, &limits, 0, 0, 30 * MS);
    add(&cpu, &limits, 0, 1, 30 * MS);
    assert_int_equal(next_done(&cpu, &limits, &request), 105 * MS);
    hr_shared_cpu_fini(&cpu);
}

/* Below the limit on average, and never more than it in a period: no throttling at all. */
static void test_within_the_limit(void **state)
{
    (void)state;
    const struct hr_shared_limits limits = { .cores = (double)INFINITY,
                                             .cpu_slot = 0.25,
                                             .cpu_limit = 0.5 };
    struct hr_shared_cpu cpu;
    uint32_t request;
    hr_shared_cpu_init(&cpu, 37 * MS);
    add(&cpu, &limits, 0, 0, 730 * MS);
    add(&cpu, &limits, 0, 1, 740 * MS);
    assert_int_equal(next_done(&cpu, &limits, &request), 730 * MS);
    assert_int_equal(next_done(&cpu, &limits, &request), 740 * MS);
    hr_shared_cpu_fini(&cpu);
}

/* What was done is what was asked: the sum of the advances is the work, whatever the sharing. */
static void test_work_is_conserved(void **state)
{
    (void)state;
    const struct hr_shared_limits limits = {
        .cores = 1.5, .cpu_slot = 0.4, .cpu_idle = 0.05, .cpu_limit = 0.5
    };
    struct hr_shared_cpu cpu;
    uint32_t request;
    double done = 0, asked = 0;
    hr_time now = 0;
    hr_shared_cpu_init(&cpu, 61 * MS);
    for (uint32_t i = 0; i < 500; i++) {
        const hr_time work = (hr_time)(1 + i * 7919 % 40) * MS + i;
        done += hr_shared_cpu_advance(&cpu, &limits, now);
        hr_shared_cpu_add(&cpu, i, work);
        hr_shared_cpu_settle(&cpu, &limits);
        asked += (double)work;
        for (uint32_t drained = 0; cpu.n > i % 6;) {
            now = hr_shared_cpu_next(&cpu, &limits);
            done += hr_shared_cpu_advance(&cpu, &limits, now);
            while (hr_shared_cpu_done(&cpu, &limits, &request))
                drained++;
            hr_shared_cpu_settle(&cpu, &limits);
            assert_true(drained < 1000);
        }
    }
    while (cpu.n > 0) {
        now = hr_shared_cpu_next(&cpu, &limits);
        done += hr_shared_cpu_advance(&cpu, &limits, now);
        while (hr_shared_cpu_done(&cpu, &limits, &request))
            ;
        hr_shared_cpu_settle(&cpu, &limits);
    }
    assert_near(done, asked,
                500.0 * 2); /* each end is rounded up to a whole nanosecond, times 1.5 cores */
    hr_shared_cpu_fini(&cpu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_share_a_core),
        cmocka_unit_test(test_three_over_two_cores),
        cmocka_unit_test(test_removal_speeds_up_the_rest),
        cmocka_unit_test(test_throttled_in_every_period),
        cmocka_unit_test(test_more_threads_burn_the_quota_sooner),
        cmocka_unit_test(test_within_the_limit),
        cmocka_unit_test(test_work_is_conserved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
