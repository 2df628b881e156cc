/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rare parts of the event queue: growing, renumbering, dropping cancelled events. */
#include "engine/engine.h"

#include "base/mem.h"

#include <stdlib.h>

void hr_engine_init(struct hr_engine *engine, uint32_t n_sources)
{
    *engine = (struct hr_engine){ .slot_free = HR_EVENT_NONE,
                                  .sequence = 1,
                                  .heap_top = HR_KEY_NEVER,
                                  .source_top = HR_KEY_NEVER,
                                  .runner_up = HR_KEY_NEVER,
                                  .calendar = { .top = HR_KEY_NEVER } };
    uint32_t leaves = 2;
    while (leaves < n_sources)
        leaves *= 2;
    engine->n_leaves = leaves;
    engine->source_keys = HR_NEW_ARRAY(hr_event_key, leaves);
    engine->sources = HR_NEW_ARRAY(struct hr_source, leaves);
    engine->winners = HR_NEW_ARRAY(uint32_t, leaves);
    for (uint32_t i = 0; i < leaves; i++)
        engine->source_keys[i] = HR_KEY_NEVER;
    for (uint32_t node = leaves - 1; node >= 1; node--)
        engine->winners[node] = 2 * node >= leaves ? 2 * node - leaves : engine->winners[2 * node];
}

void hr_engine_fini(struct hr_engine *engine)
{
    free(engine->heap);
    free(engine->slots);
    free(engine->calendar.buckets);
    free(engine->calendar.taken);
    free(engine->source_keys);
    free(engine->sources);
    free(engine->winners);
}

void hr_engine_reserve(struct hr_engine *engine, uint32_t n)
{
    if (n <= engine->capacity)
        return;
    engine->capacity = n;
    engine->slots = hr_realloc(engine->slots, n, sizeof *engine->slots);
    engine->heap = hr_realloc(engine->heap, n, sizeof *engine->heap);
}

/* Touches no more memory than is needed. */
#define SLOTS_AT_ONCE 64u

void hr_engine_grow_slots(struct hr_engine *engine)
{
    const uint32_t old = engine->slots_used, now = old + SLOTS_AT_ONCE;
    HR_ASSERT(now <= HR_ENGINE_SLOTS_MAX); /* more than 16 million events pending at once */
    if (now > engine->capacity)
        hr_engine_reserve(engine, 2 * now);
    for (uint32_t slot = now; slot-- > old;)
        hr_engine_slot_release(engine, slot);
    engine->slots_used = now;
}

/* The source at a node of the tournament. */
static uint32_t contender(const struct hr_engine *engine, uint32_t node)
{
    return node >= engine->n_leaves ? node - engine->n_leaves : engine->winners[node];
}

/* Replays the matches of source i up to the root; the runner-up is among those whom the winner
 * has beaten. */
void hr_engine_source_replay(struct hr_engine *engine, uint32_t i)
{
    const hr_event_key *keys = engine->source_keys;
    for (uint32_t node = (engine->n_leaves + i) / 2; node >= 1; node /= 2) {
        const uint32_t a = contender(engine, 2 * node);
        const uint32_t b = contender(engine, 2 * node + 1);
        engine->winners[node] = keys[b] < keys[a] ? b : a;
    }
    const uint32_t winner = engine->winners[1];
    engine->source_top = keys[winner];
    engine->runner_up = HR_KEY_NEVER;
    for (uint32_t node = engine->n_leaves + winner; node > 1; node /= 2) {
        const hr_event_key key = keys[contender(engine, node ^ 1)];
        engine->runner_up = key < engine->runner_up ? key : engine->runner_up;
    }
}

static int compare_keys(const void *a, const void *b)
{
    const hr_event_key x = *(const hr_event_key *)a, y = *(const hr_event_key *)b;
    return (x > y) - (x < y);
}

static hr_event_key with_sequence(hr_event_key key, uint64_t sequence)
{
    const uint64_t mask = ((UINT64_C(1) << HR_ENGINE_SEQUENCE_BITS) - 1) << HR_ENGINE_SLOT_BITS;
    const uint64_t low = ((uint64_t)key & ~mask) | sequence << HR_ENGINE_SLOT_BITS;
    return (key >> 64) << 64 | low;
}

static void order_add(hr_event_key *order, uint32_t *n, hr_event_key key)
{
    if (key != HR_KEY_NEVER)
        order[(*n)++] = key;
}

static uint64_t rank_of(const hr_event_key *order, uint32_t n, hr_event_key key)
{
    const hr_event_key *found = bsearch(&key, order, n, sizeof *order, compare_keys);
    return (uint64_t)(found - order);
}

/* Gives the key's slot the new key where it is kept by slot. */
static void renumber_calendar(struct hr_engine *engine, const hr_event_key *order, uint32_t n)
{
    for (uint32_t day = 0; engine->calendar.n > 0 && day < engine->calendar.n_days; day++) {
        for (uint32_t slot = engine->calendar.buckets[day]; slot != HR_EVENT_NONE;
             slot = engine->slots[slot].next) {
            const hr_event_key key = engine->slots[slot].key;
            engine->slots[slot].key = with_sequence(key, rank_of(order, n, key));
        }
    }
}

static uint32_t collect_keys(const struct hr_engine *engine, hr_event_key *order)
{
    uint32_t n = 0;
    for (uint32_t i = engine->hole ? 1 : 0; i < engine->n; i++)
        order_add(order, &n, engine->heap[i]);
    for (uint32_t i = 0; i < engine->n_leaves; i++)
        order_add(order, &n, engine->source_keys[i]);
    for (uint32_t day = 0; engine->calendar.n > 0 && day < engine->calendar.n_days; day++) {
        for (uint32_t slot = engine->calendar.buckets[day]; slot != HR_EVENT_NONE;
             slot = engine->slots[slot].next)
            order_add(order, &n, engine->slots[slot].key);
    }
    return n;
}

/*
 * The sequence has used up its bits: number the pending events 1, 2, ... in their order and go on
 * from there. The order among them stays, and whatever comes later comes after them.
 */
void hr_engine_renumber(struct hr_engine *engine)
{
    hr_event_key *order =
        HR_NEW_ARRAY(hr_event_key, (size_t)engine->n + engine->n_leaves + engine->calendar.n);
    const uint32_t n = collect_keys(engine, order);
    qsort(order, n, sizeof *order, compare_keys);
    for (uint32_t i = engine->hole ? 1 : 0; i < engine->n; i++)
        engine->heap[i] = with_sequence(engine->heap[i], rank_of(order, n, engine->heap[i]));
    for (uint32_t i = 0; i < engine->n_leaves; i++) {
        const hr_event_key key = engine->source_keys[i];
        if (key != HR_KEY_NEVER)
            engine->source_keys[i] = with_sequence(key, rank_of(order, n, key));
    }
    renumber_calendar(engine, order, n);
    hr_engine_source_replay(engine, 0);
    engine->heap_top = engine->n > 0 ? engine->heap[0] : HR_KEY_NEVER;
    hr_calendar_find_top(engine);
    engine->sequence = (uint64_t)n + 1;
    free(order);
}

static bool drop_if_dead(struct hr_engine *engine, uint32_t slot)
{
    if (engine->slots[slot].kind != HR_SLOT_DEAD)
        return false;
    hr_engine_slot_release(engine, slot);
    return true;
}

static void drop_dead_days(struct hr_engine *engine)
{
    struct hr_calendar *calendar = &engine->calendar;
    for (uint32_t day = 0; calendar->n > 0 && day < calendar->n_days; day++) {
        if (calendar->buckets[day] == HR_EVENT_NONE)
            continue;
        for (uint32_t *link = &calendar->buckets[day]; *link != HR_EVENT_NONE;) {
            const uint32_t slot = *link, next = engine->slots[slot].next;
            if (drop_if_dead(engine, slot)) {
                *link = next;
                calendar->n--;
            } else {
                link = &engine->slots[slot].next;
            }
        }
        if (calendar->buckets[day] == HR_EVENT_NONE)
            calendar->taken[day / 64] &= ~(UINT64_C(1) << day % 64);
    }
}

/* Takes all cancelled events out and builds the heap anew (Floyd). */
void hr_engine_drop_dead(struct hr_engine *engine)
{
    if (engine->hole)
        hr_engine_close_hole(engine);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < engine->n; i++) {
        if (!drop_if_dead(engine, hr_engine_key_slot(engine->heap[i])))
            engine->heap[kept++] = engine->heap[i];
    }
    engine->n = kept;
    for (uint32_t i = (kept + 2) / 4; i-- > 0;)
        hr_engine_sift_down(engine->heap, kept, i, engine->heap[i]);
    engine->heap_top = kept > 0 ? engine->heap[0] : HR_KEY_NEVER;
    drop_dead_days(engine);
    hr_calendar_find_top(engine);
    engine->n_dead = 0;
}

/* Below this many pending events a heap is faster. */
#define CALENDAR_EVENTS_MIN 24u
#define CALENDAR_DAYS_MAX   (UINT32_C(1) << 20)

/* Moves every event into buckets of the new width and number; what does not fit goes to the heap.
 */
static void lay_out(struct hr_engine *engine, unsigned shift, uint32_t n_days)
{
    struct hr_calendar *calendar = &engine->calendar;
    const struct hr_calendar old = *calendar;
    calendar->shift = shift;
    calendar->n_days = n_days;
    calendar->n = 0;
    calendar->top = HR_KEY_NEVER;
    calendar->buckets = HR_NEW_ARRAY(uint32_t, n_days);
    calendar->taken = HR_NEW_ARRAY(uint64_t, n_days / 64);
    for (uint32_t day = 0; day < n_days; day++)
        calendar->buckets[day] = HR_EVENT_NONE;
    for (uint32_t day = 0; old.n > 0 && day < old.n_days; day++) {
        for (uint32_t slot = old.buckets[day], next; slot != HR_EVENT_NONE; slot = next) {
            const hr_event_key key = engine->slots[slot].key;
            next = engine->slots[slot].next;
            if (!hr_calendar_push(engine, slot, key))
                hr_heap_push(engine, key);
        }
    }
    free(old.buckets);
    free(old.taken);
}

/* A calendar of more days than this does well with days twice as wide. */
#define CALENDAR_DAYS_NARROW 8192u

/*
 * Looks at the last HR_CALENDAR_PACE events: a day is to be as wide as the mean gap between them,
 * rounded down to a power of two, or twice that, and the calendar to have eight days an event.
 * Changes only what is off by a factor of four, so that it settles.
 */
void hr_engine_tune(struct hr_engine *engine)
{
    struct hr_calendar *calendar = &engine->calendar;
    const hr_time elapsed = engine->now - calendar->tuned_at;
    const uint32_t pending = engine->n + calendar->n;
    calendar->tuned_at = engine->now;
    if (elapsed < HR_CALENDAR_PACE || (calendar->n_days == 0 && pending < CALENDAR_EVENTS_MIN))
        return;
    uint32_t n_days = 64;
    while (n_days < 8 * pending && n_days < CALENDAR_DAYS_MAX)
        n_days *= 2;
    const unsigned gap = 63u - (unsigned)__builtin_clzll((uint64_t)elapsed / HR_CALENDAR_PACE);
    const unsigned shift = n_days > CALENDAR_DAYS_NARROW ? gap + 1 : gap;
    const bool shift_off = shift > calendar->shift + 1 || shift + 1 < calendar->shift;
    const bool size_off = n_days > 2 * calendar->n_days || 4 * n_days <= calendar->n_days;
    if (shift_off || size_off)
        lay_out(engine, shift, n_days);
}
