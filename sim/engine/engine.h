/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The clock and the pending events of one run.
 *
 * Order: events come by (time, rank, sequence), a total order: at one nanosecond the lower rank
 * first, within a rank in the order of scheduling. Nothing depends on addresses or on where an
 * event is kept.
 *
 * A pending event is kept in one of three places; the next event is the least of their three heads.
 * - Dense traffic goes to a calendar (Brown 1988): buckets of time about as wide as the mean gap
 * between events, each a short sorted list. Its days reach only so far ahead that no two share a
 * bucket. Schedule and next: O(1).
 * - Few events, far-off ones and those of a crowded bucket go to a 4-ary heap of 16-byte nodes. The
 * node just taken leaves a hole at the top, which the next schedule fills without a separate pop.
 * O(log n).
 * - Sources are streams that always have one next event (arrivals, ticks, heads of timer lists).
 * They have fixed places in a tournament tree and are set anew instead of pushed. Set: O(log
 * sources). The calendar tunes itself by what was scheduled lately; where an event is kept never
 * changes the order.
 *
 * What an event is about stands in a slot table. Cancelling marks the slot; dead events are dropped
 * when they surface, or all at once when they outnumber the living: O(1) amortized.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "base/assert.h"
#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 hr_event_key;

/* A scheduled event, until it fires or is cancelled; the owner forgets it then. */
typedef uint32_t hr_event_id;
#define HR_EVENT_NONE UINT32_MAX

#define HR_ENGINE_SLOT_BITS     24
#define HR_ENGINE_SEQUENCE_BITS 36
#define HR_ENGINE_SLOTS_MAX     (UINT32_C(1) << HR_ENGINE_SLOT_BITS)
#define HR_ENGINE_RANK_MAX      15

/* Events between two looks at how the calendar does; a walk along a bucket that gives up. */
#define HR_CALENDAR_PACE     4096
#define HR_CALENDAR_WALK_MAX 12

struct hr_event {
    hr_time at;
    uint32_t kind;
    uint32_t subject, where;
};

struct hr_slot {
    hr_event_key key; /* in the calendar */
    uint32_t subject;
    uint32_t kind;  /* HR_SLOT_DEAD when cancelled */
    uint32_t next;  /* in the bucket, or in the list of free slots */
    uint32_t where; /* what the subject would tell: known sooner */
};

struct hr_calendar {
    uint32_t *buckets; /* first slot of a day that has one */
    uint64_t *taken;   /* a bit a day: it has one */
    hr_event_key top;  /* of the first event; HR_KEY_NEVER: it is empty */
    uint32_t n_days;   /* buckets in use, a power of two; 0: the calendar is off */
    uint32_t n;        /* events in it */
    unsigned shift;    /* a day is 2^shift ns */
    uint64_t day;      /* of the first event */
    hr_time tuned_at;
};

struct hr_source {
    uint64_t low; /* of its keys but for the sequence: rank and number */
    uint32_t kind;
    uint32_t subject;
};

struct hr_engine {
    hr_time now;
    uint64_t sequence;
    struct hr_slot *slots;
    uint32_t slot_free;    /* free list */
    uint32_t n;            /* of the heap */
    hr_event_key *heap;    /* room for every slot; heap[0] is stale while `hole` */
    hr_event_key heap_top; /* else this is heap[0]; HR_KEY_NEVER: it is empty */
    struct hr_calendar calendar;
    bool hole;
    uint32_t n_dead;
    uint32_t slots_used; /* high-water mark */
    uint32_t capacity;   /* of slots and heap */
    uint32_t n_leaves;   /* of the tournament: a power of two */
    hr_event_key *source_keys;
    struct hr_source *sources;
    uint32_t *winners;       /* winners[1] is the earliest source */
    hr_event_key source_top; /* and this its key */
    hr_event_key runner_up;  /* the least key of the other sources */
};

/* n_sources streams, none of them set. */
void hr_engine_init(struct hr_engine *engine, uint32_t n_sources);
void hr_engine_fini(struct hr_engine *engine);

/* Makes room for n pending events at least; there may be more. */
void hr_engine_reserve(struct hr_engine *engine, uint32_t n);

void hr_engine_grow_slots(struct hr_engine *engine);
void hr_engine_source_replay(struct hr_engine *engine, uint32_t i);
void hr_engine_renumber(struct hr_engine *engine);
void hr_engine_drop_dead(struct hr_engine *engine);
void hr_engine_tune(struct hr_engine *engine);

#define HR_SLOT_DEAD UINT32_MAX
#define HR_KEY_NEVER (~(hr_event_key)0)

static inline hr_event_key hr_engine_key(hr_time at, uint32_t rank, uint64_t sequence,
                                         uint32_t slot)
{
    const uint64_t low = (uint64_t)rank << (HR_ENGINE_SLOT_BITS + HR_ENGINE_SEQUENCE_BITS) |
                         sequence << HR_ENGINE_SLOT_BITS | slot;
    return (hr_event_key)(uint64_t)at << 64 | low;
}

static inline hr_time hr_engine_key_time(hr_event_key key)
{
    return (hr_time)(uint64_t)(key >> 64);
}

static inline uint32_t hr_engine_key_slot(hr_event_key key)
{
    return (uint32_t)key & (HR_ENGINE_SLOTS_MAX - 1);
}

static inline uint64_t hr_engine_sequence_next(struct hr_engine *engine)
{
    const uint64_t sequence = engine->sequence;
    if (__builtin_expect(sequence % HR_CALENDAR_PACE == 0, 0)) {
        hr_engine_tune(engine);
        if (sequence >> HR_ENGINE_SEQUENCE_BITS != 0)
            hr_engine_renumber(engine);
    }
    return engine->sequence++;
}

/* Puts key into the hole at `i` of a heap whose place i is free, moving towards the root. */
static inline void hr_engine_sift_up(hr_event_key *heap, uint32_t i, hr_event_key key)
{
    while (i > 0) {
        const uint32_t parent = (i - 1) / 4;
        if (heap[parent] <= key)
            break;
        heap[i] = heap[parent];
        i = parent;
    }
    heap[i] = key;
}

static inline uint32_t hr_engine_least_child(const hr_event_key *heap, uint32_t child, uint32_t n)
{
    if (__builtin_expect(child + 4 <= n, 1)) {
        const uint32_t a = heap[child + 1] < heap[child] ? child + 1 : child;
        const uint32_t b = heap[child + 3] < heap[child + 2] ? child + 3 : child + 2;
        return heap[b] < heap[a] ? b : a;
    }
    uint32_t least = child;
    for (uint32_t c = child + 1; c < n; c++)
        least = heap[c] < heap[least] ? c : least;
    return least;
}

/* ... moving towards the leaves of a heap of n. Returns what comes to stand at `top`. */
static inline hr_event_key hr_engine_sift_down(hr_event_key *heap, uint32_t n, uint32_t top,
                                               hr_event_key key)
{
    hr_event_key risen = key;
    uint32_t i = top;
    for (uint32_t child = 4 * i + 1; child < n; child = 4 * i + 1) {
        const uint32_t least = hr_engine_least_child(heap, child, n);
        const hr_event_key least_key = heap[least];
        if (key <= least_key)
            break;
        heap[i] = least_key;
        risen = i == top ? least_key : risen;
        i = least;
    }
    heap[i] = key;
    return risen;
}

/* Closes the hole at the top with the last node. */
static inline void hr_engine_close_hole(struct hr_engine *engine)
{
    engine->hole = false;
    const uint32_t n = --engine->n;
    engine->heap_top =
        n > 0 ? hr_engine_sift_down(engine->heap, n, 0, engine->heap[n]) : HR_KEY_NEVER;
}

/* Puts slot into the calendar. False: it is too far off, or its bucket too full. */
static inline bool hr_calendar_push(struct hr_engine *engine, uint32_t slot, hr_event_key key)
{
    struct hr_calendar *calendar = &engine->calendar;
    const uint64_t day = (uint64_t)hr_engine_key_time(key) >> calendar->shift;
    if (day - ((uint64_t)engine->now >> calendar->shift) >= calendar->n_days)
        return false;
    const uint32_t bucket = (uint32_t)day & (calendar->n_days - 1);
    uint32_t *link = &calendar->buckets[bucket];
    uint64_t *word = &calendar->taken[bucket / 64];
    for (int steps = 0; *link != HR_EVENT_NONE && engine->slots[*link].key < key; steps++) {
        if (steps == HR_CALENDAR_WALK_MAX)
            return false;
        link = &engine->slots[*link].next;
    }
    engine->slots[slot].key = key;
    engine->slots[slot].next = *link;
    *link = slot;
    *word |= UINT64_C(1) << bucket % 64;
    calendar->n++;
    if (key < calendar->top) {
        calendar->top = key;
        calendar->day = day;
    }
    return true;
}

/* Finds the first event of a calendar, on `day` or later. */
static inline void hr_calendar_find_top(struct hr_engine *engine)
{
    struct hr_calendar *calendar = &engine->calendar;
    if (calendar->n == 0) {
        calendar->top = HR_KEY_NEVER;
        return;
    }
    const uint32_t mask = calendar->n_days - 1;
    uint64_t word = calendar->taken[(calendar->day & mask) / 64] >> calendar->day % 64;
    while (word == 0) { /* the rest of these 64 days is free: go on with the next 64 */
        calendar->day = (calendar->day | 63) + 1;
        word = calendar->taken[(calendar->day & mask) / 64];
    }
    calendar->day += (unsigned)__builtin_ctzll(word);
    calendar->top = engine->slots[calendar->buckets[calendar->day & mask]].key;
}

/* Takes the first event out. */
static inline void hr_calendar_take(struct hr_engine *engine)
{
    struct hr_calendar *calendar = &engine->calendar;
    const uint32_t bucket = (uint32_t)calendar->day & (calendar->n_days - 1);
    const uint32_t next = engine->slots[calendar->buckets[bucket]].next;
    calendar->buckets[bucket] = next;
    calendar->taken[bucket / 64] &= ~((uint64_t)(next == HR_EVENT_NONE) << bucket % 64);
    calendar->n--;
    hr_calendar_find_top(engine);
}

static inline void hr_heap_push(struct hr_engine *engine, hr_event_key key)
{
    if (engine->hole) {
        engine->hole = false;
        engine->heap_top = hr_engine_sift_down(engine->heap, engine->n, 0, key);
    } else {
        HR_DASSERT(engine->n < engine->slots_used);
        engine->heap_top = key < engine->heap_top ? key : engine->heap_top;
        hr_engine_sift_up(engine->heap, engine->n++, key);
    }
}

/* Schedules an event at `at` >= now. `where` comes with it, for those who ask for it. */
static inline hr_event_id hr_engine_schedule_where(struct hr_engine *engine, hr_time at,
                                                   uint32_t rank, uint32_t kind, uint32_t subject,
                                                   uint32_t where)
{
    HR_DASSERT(at >= engine->now && rank <= HR_ENGINE_RANK_MAX);
    const uint64_t sequence = hr_engine_sequence_next(engine); /* may move events about */
    if (__builtin_expect(engine->slot_free == HR_EVENT_NONE, 0))
        hr_engine_grow_slots(engine);
    const uint32_t slot = engine->slot_free;
    const hr_event_key key = hr_engine_key(at, rank, sequence, slot);
    engine->slot_free = engine->slots[slot].next;
    engine->slots[slot].subject = subject;
    engine->slots[slot].kind = kind;
    engine->slots[slot].where = where;
    if (!hr_calendar_push(engine, slot, key))
        hr_heap_push(engine, key);
    return slot;
}

static inline hr_event_id hr_engine_schedule(struct hr_engine *engine, hr_time at, uint32_t rank,
                                             uint32_t kind, uint32_t subject)
{
    return hr_engine_schedule_where(engine, at, rank, kind, subject, 0);
}

static inline void hr_engine_slot_release(struct hr_engine *engine, uint32_t slot)
{
    engine->slots[slot].next = engine->slot_free;
    engine->slot_free = slot;
}

/* Cancels an event that has neither fired nor been cancelled. */
static inline void hr_engine_cancel(struct hr_engine *engine, hr_event_id id)
{
    HR_DASSERT(engine->slots[id].kind != HR_SLOT_DEAD);
    engine->slots[id].kind = HR_SLOT_DEAD;
    if (++engine->n_dead > 64 && engine->n_dead > (engine->n + engine->calendar.n) / 2)
        hr_engine_drop_dead(engine);
}

/* So many pending events and what they are about do not stay in a first-level cache. */
#define HR_ENGINE_MANY 1024u

/* The event that mostly comes next, for its subject to be fetched in time; asks the caches for the
 * one after it. NULL: with few events, all of which are in the caches anyway. */
static inline const struct hr_slot *hr_engine_coming(const struct hr_engine *engine)
{
    const struct hr_calendar *calendar = &engine->calendar;
    if (calendar->n < HR_ENGINE_MANY)
        return NULL;
    const uint64_t later = calendar->day + 1;
    const uint32_t bucket = (uint32_t)later & (calendar->n_days - 1);
    const uint64_t word = calendar->taken[bucket / 64] >> bucket % 64;
    if (word != 0)
        __builtin_prefetch(
            &engine->slots[calendar->buckets[bucket + (unsigned)__builtin_ctzll(word)]]);
    return &engine->slots[hr_engine_key_slot(calendar->top)];
}

/* Makes a pending event be about another subject. */
static inline void hr_engine_retarget(struct hr_engine *engine, hr_event_id id, uint32_t subject)
{
    HR_DASSERT(engine->slots[id].kind != HR_SLOT_DEAD);
    engine->slots[id].subject = subject;
}

/* What source i is about; it has no event yet. */
static inline void hr_engine_source_init(struct hr_engine *engine, uint32_t i, uint32_t rank,
                                         uint32_t kind, uint32_t subject)
{
    const uint64_t low = (uint64_t)hr_engine_key(0, rank, 0, i);
    engine->sources[i] = (struct hr_source){ .low = low, .kind = kind, .subject = subject };
}

/* The next event of source i is at `at` >= now; HR_TIME_NEVER: it has none. The earliest source
 * mostly stays the earliest. */
static inline void hr_engine_source_set(struct hr_engine *engine, uint32_t i, hr_time at)
{
    HR_DASSERT(at >= engine->now && i < engine->n_leaves);
    hr_event_key key = HR_KEY_NEVER;
    if (at != HR_TIME_NEVER)
        key = (hr_event_key)(uint64_t)at << 64 |
              (engine->sources[i].low | hr_engine_sequence_next(engine) << HR_ENGINE_SLOT_BITS);
    engine->source_keys[i] = key;
    if (engine->winners[1] == i && key < engine->runner_up)
        engine->source_top = key;
    else
        hr_engine_source_replay(engine, i);
}

static inline void hr_engine_take(struct hr_engine *engine, struct hr_event *event, uint64_t at,
                                  uint32_t kind, uint32_t subject)
{
    event->kind = kind;
    event->subject = subject;
    event->at = engine->now = (hr_time)at;
}

/* Times mostly tell which of two keys is the earlier one; only equal ones need the rest. */
static inline bool hr_engine_key_before(hr_event_key a, hr_event_key b)
{
    const uint64_t at_a = (uint64_t)(a >> 64), at_b = (uint64_t)(b >> 64);
    return __builtin_expect(at_a == at_b, 0) ? a < b : at_a < at_b;
}

/* Takes the first event of calendar and heap. False: it was cancelled. */
static inline bool hr_engine_take_queued(struct hr_engine *engine, struct hr_event *event)
{
    const bool dated = hr_engine_key_before(engine->calendar.top, engine->heap_top);
    const hr_event_key top = dated ? engine->calendar.top : engine->heap_top;
    const uint32_t slot = hr_engine_key_slot(top);
    const uint32_t kind = engine->slots[slot].kind, subject = engine->slots[slot].subject;
    event->where = engine->slots[slot].where;
    if (dated)
        hr_calendar_take(engine);
    else
        engine->hole = true;
    hr_engine_slot_release(engine, slot);
    if (__builtin_expect(kind == HR_SLOT_DEAD, 0)) {
        engine->n_dead--;
        return false;
    }
    hr_engine_take(engine, event, (uint64_t)(top >> 64), kind, subject);
    return true;
}

/*
 * Takes the next event and moves the clock to it. A source's event stays set: the caller sets the
 * source again before the next call. False: no event is pending.
 */
static inline bool hr_engine_next(struct hr_engine *engine, struct hr_event *event)
{
    for (;;) {
        if (engine->hole)
            hr_engine_close_hole(engine);
        const uint64_t dated = (uint64_t)(engine->calendar.top >> 64);
        const uint64_t heaped = (uint64_t)(engine->heap_top >> 64);
        const uint64_t queued = dated < heaped ? dated : heaped;
        const uint64_t source = (uint64_t)(engine->source_top >> 64);
        bool from_source = source < queued;
        if (__builtin_expect(source == queued, 0)) {
            if (engine->source_top == HR_KEY_NEVER)
                return false;
            from_source =
                engine->source_top < engine->calendar.top && engine->source_top < engine->heap_top;
        }
        if (from_source) {
            const struct hr_source *winner = &engine->sources[engine->winners[1]];
            hr_engine_take(engine, event, source, winner->kind, winner->subject);
            return true;
        }
        if (hr_engine_take_queued(engine, event))
            return true;
    }
}

#endif
