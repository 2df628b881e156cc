/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rare parts of the event queue: growing, renumbering, dropping cancelled events. */
#include "engine/engine.h"

#include "base/mem.h"

#include <stdlib.h>

void hr_engine_init(struct hr_engine *engine, uint32_t n_sources)
{
    *engine = (struct hr_engine){ .slot_free = HR_EVENT_NONE };
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
    free(engine->source_keys);
    free(engine->sources);
    free(engine->winners);
}

/* Makes room for one more node and one more slot. */
void hr_engine_grow(struct hr_engine *engine)
{
    if (engine->n == engine->capacity) {
        engine->capacity = engine->capacity == 0 ? 64 : 2 * engine->capacity;
        engine->heap = hr_realloc(engine->heap, engine->capacity, sizeof *engine->heap);
    }
    if (engine->slot_free != HR_EVENT_NONE)
        return;
    const uint32_t old = engine->slots_used;
    const uint32_t now = old == 0 ? 64 : 2 * old;
    HR_ASSERT(now <= HR_ENGINE_SLOTS_MAX); /* more than 16 million events pending at once */
    engine->slots = hr_realloc(engine->slots, now, sizeof *engine->slots);
    for (uint32_t slot = now; slot-- > old;)
        hr_engine_slot_release(engine, slot);
    engine->slots_used = now;
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

/*
 * The sequence has used up its bits: number the pending events 0, 1, ... in their order and go on
 * from there. The order among them stays, and whatever comes later comes after them.
 */
void hr_engine_renumber(struct hr_engine *engine)
{
    const uint32_t first = engine->hole ? 1 : 0;
    hr_event_key *order = HR_NEW_ARRAY(hr_event_key, (size_t)engine->n + engine->n_leaves);
    uint32_t n = 0;
    for (uint32_t i = first; i < engine->n; i++)
        order_add(order, &n, engine->heap[i]);
    for (uint32_t i = 0; i < engine->n_leaves; i++)
        order_add(order, &n, engine->source_keys[i]);
    qsort(order, n, sizeof *order, compare_keys);
    for (uint32_t i = first; i < engine->n; i++)
        engine->heap[i] = with_sequence(engine->heap[i], rank_of(order, n, engine->heap[i]));
    for (uint32_t i = 0; i < engine->n_leaves; i++) {
        const hr_event_key key = engine->source_keys[i];
        if (key != HR_KEY_NEVER)
            engine->source_keys[i] = with_sequence(key, rank_of(order, n, key));
    }
    engine->sequence = n;
    free(order);
}

/* Takes all cancelled events out and builds the heap anew (Floyd). */
void hr_engine_drop_dead(struct hr_engine *engine)
{
    if (engine->hole)
        hr_engine_close_hole(engine);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < engine->n; i++) {
        const uint32_t slot = hr_engine_key_slot(engine->heap[i]);
        if (engine->slots[slot].kind == HR_SLOT_DEAD)
            hr_engine_slot_release(engine, slot);
        else
            engine->heap[kept++] = engine->heap[i];
    }
    engine->n = kept;
    engine->n_dead = 0;
    for (uint32_t i = (kept + 2) / 4; i-- > 0;)
        hr_engine_sift_down(engine->heap, kept, i, engine->heap[i]);
}
