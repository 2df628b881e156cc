/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event queue against a sorted list, under random operations; order, sources, calendar,
 * renumbering. */
#include "hr_test.h"

#include "base/mem.h"
#include "engine/engine.h"
#include "stats/rng.h"

#include <stdlib.h>

/* The naive twin: pending events in an array; the next one is found by looking at all. */
struct twin_event {
    hr_time at;
    uint32_t rank, subject;
    uint64_t sequence;
    hr_event_id id;
    bool source;
};

struct twin {
    struct twin_event events[4096];
    size_t n;
    uint64_t sequence;
    unsigned spread; /* delays are up to 50 << 0 .. spread - 1: ties at 1, near and far ones mixed
                        above */
    unsigned dated;  /* steps with the calendar in use ... */
    unsigned many;   /* ... and with many events in it */
};

static bool before(const struct twin_event *a, const struct twin_event *b)
{
    if (a->at != b->at)
        return a->at < b->at;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    return a->sequence < b->sequence;
}

static struct twin_event twin_take(struct twin *twin, size_t i)
{
    const struct twin_event event = twin->events[i];
    twin->events[i] = twin->events[--twin->n];
    return event;
}

static size_t twin_first(const struct twin *twin)
{
    size_t first = 0;
    for (size_t i = 1; i < twin->n; i++) {
        if (before(&twin->events[i], &twin->events[first]))
            first = i;
    }
    return first;
}

static void schedule(struct hr_engine *engine, struct twin *twin, struct hr_rng *rng,
                     uint32_t subject)
{
    const hr_time at =
        engine->now + ((hr_time)hr_rng_below(rng, 50) << hr_rng_below(rng, twin->spread));
    const uint32_t rank = hr_rng_below(rng, 3);
    const hr_event_id id =
        hr_engine_schedule_where(engine, at, rank, 100 + rank, subject, ~subject);
    twin->events[twin->n++] = (struct twin_event){
        .at = at, .rank = rank, .subject = subject, .sequence = twin->sequence++, .id = id
    };
}

static void set_source(struct hr_engine *engine, struct twin *twin, struct hr_rng *rng,
                       uint32_t source)
{
    for (size_t i = 0; i < twin->n; i++) {
        if (twin->events[i].source && twin->events[i].id == source) {
            twin_take(twin, i);
            break;
        }
    }
    const bool never = hr_rng_below(rng, 8) == 0;
    const hr_time at = never ? HR_TIME_NEVER : engine->now + hr_rng_below(rng, 60);
    hr_engine_source_set(engine, source, at);
    if (!never)
        twin->events[twin->n++] = (struct twin_event){ .at = at,
                                                       .rank = 1,
                                                       .subject = 1000000 + source,
                                                       .sequence = twin->sequence++,
                                                       .id = source,
                                                       .source = true };
}

static void cancel_some(struct hr_engine *engine, struct twin *twin, struct hr_rng *rng)
{
    const size_t i = hr_rng_below(rng, (uint32_t)twin->n);
    if (!twin->events[i].source)
        hr_engine_cancel(engine, twin_take(twin, i).id);
}

static void check_next(struct hr_engine *engine, struct twin *twin, struct hr_rng *rng)
{
    struct hr_event event;
    if (twin->n == 0) {
        assert_false(hr_engine_next(engine, &event));
        return;
    }
    const struct twin_event expected = twin_take(twin, twin_first(twin));
    const struct hr_slot *coming = hr_engine_coming(engine);
    assert_true((coming != NULL) == (engine->calendar.n >= HR_ENGINE_MANY));
    if (coming != NULL)
        assert_true(coming->key == engine->calendar.top);
    twin->many += coming != NULL;
    assert_true(hr_engine_next(engine, &event));
    assert_int_equal(event.at, expected.at);
    assert_int_equal(engine->now, expected.at);
    assert_int_equal(event.subject, expected.subject);
    assert_int_equal(event.kind, 100 + expected.rank);
    if (!expected.source)
        assert_int_equal(event.where, ~event.subject);
    if (expected.source)
        set_source(engine, twin, rng, expected.id);
}

/* What a run made use of. */
struct use {
    bool calendar, many; /* events in it */
};

/* `bias` moves the balance between filling and emptying; `first` is where the sequence starts. */
static struct use run_against_twin(uint64_t seed, uint32_t bias, uint64_t first, unsigned spread)
{
    struct twin *twin = HR_NEW(struct twin);
    twin->spread = spread;
    struct hr_engine engine;
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = seed, .purpose = HR_PURPOSE_GAP });
    hr_engine_init(&engine, 5);
    for (uint32_t i = 0; i < 5; i++)
        hr_engine_source_init(&engine, i, 1, 101, 1000000 + i);
    engine.sequence = first;
    for (uint32_t step = 0; step < 20000; step++) {
        const uint32_t dice = hr_rng_below(&rng, 100);
        if (dice < bias && twin->n < 4000)
            schedule(&engine, twin, &rng, step);
        else if (dice < bias + 10 && twin->n > 0)
            cancel_some(&engine, twin, &rng);
        else if (dice < bias + 14)
            set_source(&engine, twin, &rng, hr_rng_below(&rng, 5));
        else
            check_next(&engine, twin, &rng);
        twin->dated += engine.calendar.n > 0;
    }
    while (twin->n > 0) {
        for (size_t i = twin->n; i-- > 0;) { /* sources would go on for ever */
            if (twin->events[i].source)
                hr_engine_source_set(&engine, twin_take(twin, i).id, HR_TIME_NEVER);
        }
        if (twin->n > 0)
            check_next(&engine, twin, &rng);
    }
    struct hr_event event;
    assert_false(hr_engine_next(&engine, &event));
    hr_engine_fini(&engine);
    const struct use use = { twin->dated > 0, twin->many > 0 };
    free(twin);
    return use;
}

static void test_matches_a_sorted_list(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++)
        run_against_twin(seed, 30 + 3 * (uint32_t)seed, 1, 1);
}

/* Delays from nanoseconds to seconds: the calendar tunes itself, overflows into the heap and
 * empties again. */
static void test_calendar_keeps_the_order(void **state)
{
    (void)state;
    unsigned dated = 0, many = 0;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        const struct use use = run_against_twin(seed, 36 + (uint32_t)seed, 1, 8 + (unsigned)seed);
        dated += use.calendar;
        many += use.many;
    }
    assert_true(dated >= 20 && many >= 5);
}

/* The sequence runs out of its 36 bits in the middle, so all pending events are renumbered. */
static void test_renumbers_in_order(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++)
        run_against_twin(seed, 48, (UINT64_C(1) << HR_ENGINE_SEQUENCE_BITS) - 3000 * seed,
                         seed < 3 ? 1 : 20);
}

static void step_source(struct hr_engine *engine)
{
    struct hr_event event;
    hr_engine_source_set(engine, 0, engine->now + 2);
    assert_true(hr_engine_next(engine, &event));
    assert_int_equal(event.subject, 99);
}

/*
 * A layout within a schedule moves 4,095 events a millisecond apart from the calendar, whose days
 * have become a nanosecond wide, to the heap, which has room for one more: it must grow for the
 * second event scheduled from then on.
 */
static void test_layout_within_a_schedule(void **state)
{
    (void)state;
    enum { EVENTS = 4095 };
    struct hr_engine engine;
    struct hr_event event;
    hr_engine_init(&engine, 1);
    hr_engine_source_init(&engine, 0, 0, 1, 99);
    for (hr_time i = 1; i <= EVENTS; i++)
        hr_engine_schedule(&engine, i * 1000000, 0, 1, 7);
    for (int i = 0; i < 5 * HR_CALENDAR_PACE + 1; i++) {
        assert_true(hr_engine_next(&engine, &event));
        hr_engine_schedule(&engine, engine.now + EVENTS * INT64_C(1000000), 0, 1, 7);
    }
    assert_int_equal(engine.calendar.n, EVENTS);
    assert_int_equal(engine.slots_used, EVENTS + 1);
    assert_int_equal(engine.sequence % HR_CALENDAR_PACE, 1); /* just tuned */
    do
        step_source(&engine);
    while (engine.sequence % HR_CALENDAR_PACE != 0);
    hr_engine_source_set(&engine, 0, HR_TIME_NEVER);
    for (int i = 0; i < 2; i++)
        hr_engine_schedule(&engine, engine.now + 1000000000000, 0, 1, 8);
    assert_int_equal(engine.n, EVENTS + 2);
    for (int i = 0; i < EVENTS + 2; i++) {
        assert_true(hr_engine_next(&engine, &event));
        assert_int_equal(event.subject, i < EVENTS ? 7 : 8);
    }
    assert_false(hr_engine_next(&engine, &event));
    hr_engine_fini(&engine);
}

static void test_equal_times_keep_rank_then_order(void **state)
{
    (void)state;
    struct hr_engine engine;
    struct hr_event event;
    hr_engine_init(&engine, 1);
    hr_engine_source_init(&engine, 0, 2, 0, 30);
    hr_engine_source_set(&engine, 0, 7);
    hr_engine_schedule(&engine, 7, 2, 0, 31);
    hr_engine_schedule(&engine, 7, 1, 0, 20);
    hr_engine_schedule(&engine, 7, 1, 0, 21);
    hr_engine_schedule(&engine, 7, 0, 0, 10);
    const uint32_t expected[] = { 10, 20, 21, 30, 31 };
    for (size_t i = 0; i < 5; i++) {
        assert_true(hr_engine_next(&engine, &event));
        assert_int_equal(event.subject, expected[i]);
        if (event.subject == 30)
            hr_engine_source_set(&engine, 0, HR_TIME_NEVER);
    }
    assert_false(hr_engine_next(&engine, &event));
    hr_engine_fini(&engine);
}

static void test_retarget(void **state)
{
    (void)state;
    struct hr_engine engine;
    struct hr_event event;
    hr_engine_init(&engine, 1);
    const hr_event_id id = hr_engine_schedule(&engine, 5, 0, 1, 2);
    hr_engine_retarget(&engine, id, 3);
    assert_true(hr_engine_next(&engine, &event));
    assert_int_equal(event.subject, 3);
    hr_engine_fini(&engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_a_sorted_list),
        cmocka_unit_test(test_calendar_keeps_the_order),
        cmocka_unit_test(test_renumbers_in_order),
        cmocka_unit_test(test_layout_within_a_schedule),
        cmocka_unit_test(test_equal_times_keep_rank_then_order),
        cmocka_unit_test(test_retarget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
