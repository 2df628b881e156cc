/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scheduling queue: order, back-off, what wakes a pod, and when pop has something. */
#include "hr_test.h"

#include "base/mem.h"
#include "cluster/scheduler.h"
#include "cluster/scheduling_queue.h"
#include "stats/rng.h"

#include <stdlib.h>

#define S                HR_NS_PER_S
#define CPU              (1u << (HR_REFUSED_RESOURCE + HR_RESOURCE_CPU))
#define REASON(reason)   (1u << (reason))
#define assert_next(t)   assert_int_equal(hr_scheduling_queue_next(&queue), (t))
#define assert_pop(t, p) assert_int_equal(hr_scheduling_queue_pop(&queue, (t)), (p))

static void test_priority_then_entry(void **state)
{
    (void)state;
    struct hr_scheduling_queue queue;
    hr_scheduling_queue_init(&queue);
    assert_next(HR_TIME_NEVER);
    assert_pop(0, HR_POD_NONE);
    const int64_t priorities[] = { 0, -5, 10, 0, 10 };
    for (uint32_t pod = 0; pod < 5; pod++)
        hr_scheduling_queue_add(&queue, pod, priorities[pod]);
    assert_next(0);
    hr_scheduling_queue_remove(&queue, 3);
    hr_scheduling_queue_remove(&queue, 3);
    hr_scheduling_queue_remove(&queue, 77);
    assert_pop(0, 2);
    assert_pop(0, 4);
    assert_pop(0, 0);
    assert_pop(0, 1);
    assert_pop(0, HR_POD_NONE);
    hr_scheduling_queue_fini(&queue);
}

/* Refused at t, a pod is tried again after 1, 2, 4, 8, 10, 10 s although it could be helped at
 * once. */
static void test_back_off_doubles_to_ten_seconds(void **state)
{
    (void)state;
    struct hr_scheduling_queue queue;
    hr_scheduling_queue_init(&queue);
    hr_scheduling_queue_add(&queue, 0, 0);
    const hr_time waits[] = { 1, 2, 4, 8, 10, 10 };
    hr_time now = 100 * S;
    for (size_t i = 0; i < 6; i++) {
        assert_pop(now, 0);
        hr_scheduling_queue_refuse(&queue, 0, now, CPU);
        assert_next(now + 300 * S);
        hr_scheduling_queue_wake(&queue, HR_WAKE_NODE_ADDED);
        assert_next(now + waits[i] * S);
        assert_pop(now + waits[i] * S - 1, HR_POD_NONE);
        now += waits[i] * S;
    }
    assert_pop(now, 0);
    hr_scheduling_queue_remove(&queue, 0); /* it is bound; a new pod takes its number */
    hr_scheduling_queue_add(&queue, 0, 0);
    assert_pop(now, 0);
    hr_scheduling_queue_refuse(&queue, 0, now, CPU);
    hr_scheduling_queue_wake(&queue, HR_WAKE_NODE_ADDED);
    assert_next(now + 1 * S);
    hr_scheduling_queue_fini(&queue);
}

/* Without an event a pod waits 5 minutes; once its back-off is over an event helps at once. */
static void test_five_minutes_at_most(void **state)
{
    (void)state;
    struct hr_scheduling_queue queue;
    hr_scheduling_queue_init(&queue);
    hr_scheduling_queue_add(&queue, 0, 0);
    assert_pop(0, 0);
    hr_scheduling_queue_refuse(&queue, 0, 0, CPU);
    assert_pop(300 * S - 1, HR_POD_NONE);
    assert_pop(300 * S, 0);
    hr_scheduling_queue_refuse(&queue, 0, 300 * S, CPU);
    hr_scheduling_queue_wake(&queue, HR_WAKE_POD_GONE);
    assert_pop(400 * S, 0);
    assert_next(HR_TIME_NEVER);
    hr_scheduling_queue_fini(&queue);
}

static void test_events_wake_whom_they_help(void **state)
{
    (void)state;
    const uint32_t reasons[] = { CPU, REASON(HR_REFUSED_TAINT), REASON(HR_REFUSED_SPREAD),
                                 REASON(HR_REFUSED_AFFINITY), 0 };
    const struct {
        enum hr_wake what;
        bool wakes[5];
    } cases[] = {
        { HR_WAKE_NODE_ADDED, { true, true, true, true, true } },
        { HR_WAKE_NODE_CHANGED, { true, true, false, false, true } },
        { HR_WAKE_POD_BOUND, { false, false, true, false, true } },
        { HR_WAKE_POD_ENDING, { false, false, true, false, true } },
        { HR_WAKE_POD_GONE, { true, false, true, false, true } },
    };
    for (size_t i = 0; i < 5; i++) {
        struct hr_scheduling_queue queue;
        bool woken[5] = { false };
        hr_scheduling_queue_init(&queue);
        for (uint32_t pod = 0; pod < 5; pod++) {
            hr_scheduling_queue_add(&queue, pod, 0);
            assert_pop(0, pod);
            hr_scheduling_queue_refuse(&queue, pod, 0, reasons[pod]);
        }
        hr_scheduling_queue_wake(&queue, cases[i].what);
        for (uint32_t pod; (pod = hr_scheduling_queue_pop(&queue, 20 * S)) != HR_POD_NONE;)
            woken[pod] = true;
        for (uint32_t pod = 0; pod < 5; pod++)
            assert_int_equal(woken[pod], cases[i].wakes[pod]);
        hr_scheduling_queue_fini(&queue);
    }
}

/* A pod refused later enters later: it goes behind those of its priority that were refused before,
 * whichever was first there. */
static void test_refusal_is_a_new_entry(void **state)
{
    (void)state;
    struct hr_scheduling_queue queue;
    hr_scheduling_queue_init(&queue);
    for (uint32_t pod = 0; pod < 3; pod++)
        hr_scheduling_queue_add(&queue, pod, 0);
    assert_pop(0, 0);
    hr_scheduling_queue_refuse(&queue, 0, 0, CPU);
    hr_scheduling_queue_wake(&queue, HR_WAKE_POD_GONE);
    assert_pop(1 * S, 1);
    assert_pop(1 * S, 2);
    assert_pop(1 * S, 0);
    hr_scheduling_queue_fini(&queue);
}

/* What the queue should give, by looking at every pod. */
struct model {
    bool there, active, woken;
    int64_t priority;
    uint64_t entry;
    hr_time ready, deadline;
    uint32_t reasons;
    unsigned refused;
};

static uint32_t expected_pop(struct model *models, uint32_t n, hr_time now)
{
    uint32_t best = HR_POD_NONE;
    for (uint32_t i = 0; i < n; i++) {
        struct model *m = &models[i];
        m->active |= m->there && ((m->woken && m->ready <= now) || m->deadline <= now);
        if (!m->active)
            continue;
        const struct model *b = best == HR_POD_NONE ? NULL : &models[best];
        if (b == NULL || m->priority > b->priority ||
            (m->priority == b->priority && m->entry < b->entry))
            best = i;
    }
    return best;
}

static void test_against_a_search_of_all_pods(void **state)
{
    (void)state;
    enum { PODS = 200, STEPS = 60000 };
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 7 });
    struct model models[PODS] = { { 0 } };
    struct hr_scheduling_queue queue;
    hr_scheduling_queue_init(&queue);
    uint64_t entries = 0, popped = 0;
    hr_time now = 0;
    const uint32_t taint = REASON(HR_REFUSED_TAINT);
    for (int step = 0; step < STEPS; step++) {
        const uint32_t pod = hr_rng_below(&rng, PODS);
        struct model *m = &models[pod];
        now += hr_rng_below(&rng, 2) * (hr_time)hr_rng_below(&rng, 3000) * (S / 1000);
        switch (hr_rng_below(&rng, 10)) {
        case 0:
            hr_scheduling_queue_remove(&queue, pod);
            *m = (struct model){ 0 };
            break;
        case 1:
            if (hr_rng_below(&rng, 30) == 0) {
                hr_scheduling_queue_wake(&queue, HR_WAKE_POD_GONE);
                for (uint32_t i = 0; i < PODS; i++)
                    models[i].woken |= models[i].reasons == CPU;
            }
            break;
        case 2:
        case 3:
        case 4:
        case 5:
        case 6:
            if (m->there)
                break;
            *m = (struct model){ .there = true,
                                 .active = true,
                                 .priority = (int64_t)hr_rng_below(&rng, 20) - 10,
                                 .entry = entries++ };
            hr_scheduling_queue_add(&queue, pod, m->priority);
            break;
        default: {
            const uint32_t got = hr_scheduling_queue_pop(&queue, now);
            assert_int_equal(got, expected_pop(models, PODS, now));
            if (got == HR_POD_NONE)
                break;
            popped++;
            m = &models[got];
            m->active = m->woken = false;
            m->reasons = hr_rng_below(&rng, 2) ? CPU : taint;
            const hr_time wait = m->refused < 4 ? 1 << m->refused : 10;
            m->refused++;
            m->entry = entries++;
            m->ready = now + wait * S;
            m->deadline = now + 300 * S;
            hr_scheduling_queue_refuse(&queue, got, now, m->reasons);
        }
        }
    }
    assert_true(popped > 5000);
    hr_scheduling_queue_fini(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_priority_then_entry),
        cmocka_unit_test(test_back_off_doubles_to_ten_seconds),
        cmocka_unit_test(test_five_minutes_at_most),
        cmocka_unit_test(test_events_wake_whom_they_help),
        cmocka_unit_test(test_refusal_is_a_new_entry),
        cmocka_unit_test(test_against_a_search_of_all_pods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
