/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The ready replicas of a deployment in order of load (requests outstanding), so that "least
 * outstanding, ties uniformly at random" costs O(1) however many replicas there are.
 *
 * `order` holds the replicas sorted by load; bucket k is order[start[k] .. start[k + 1]). A load
 * changes by one, so a replica moves between neighboring buckets: it swaps with the element at
 * their border, and the border moves.
 */
#ifndef SERVING_LOAD_INDEX_H
#define SERVING_LOAD_INDEX_H

#include "base/assert.h"
#include "stats/rng.h"

#include <stdint.h>

struct hr_load_entry {
    uint32_t place; /* in order; HR_LOAD_ABSENT: not in the index */
    uint32_t load;
};

#define HR_LOAD_ABSENT UINT32_MAX

struct hr_load_index {
    uint32_t *order;
    struct hr_load_entry *entries; /* by replica */
    uint32_t *start;   /* start[k] for k <= n_levels; n for all beyond the highest load */
    uint32_t n;        /* replicas in the index */
    uint32_t n_levels; /* loads that start[] can hold */
    uint32_t lowest;   /* load of order[0]; 0 when empty */
};

/* For replicas 0 .. n_replicas - 1, none of them in the index. */
void hr_load_index_init(struct hr_load_index *index, uint32_t n_replicas);
void hr_load_index_fini(struct hr_load_index *index);

/* From now on for replicas 0 .. n_replicas - 1, `before` until now. */
void hr_load_index_widen(struct hr_load_index *index, uint32_t before, uint32_t n_replicas);

/* Puts a replica without load in, takes one out (whatever its load). O(levels). */
void hr_load_index_add(struct hr_load_index *index, uint32_t replica);
void hr_load_index_remove(struct hr_load_index *index, uint32_t replica);

void hr_load_index_grow(struct hr_load_index *index);

static inline __attribute__((always_inline)) void
hr_load_index_swap(struct hr_load_index *index, uint32_t replica, uint32_t place)
{
    const uint32_t from = index->entries[replica].place;
    const uint32_t other = index->order[place];
    index->order[from] = other;
    index->entries[other].place = from;
    index->order[place] = replica;
    index->entries[replica].place = place;
}

static inline __attribute__((always_inline)) void hr_load_index_up(struct hr_load_index *index,
                                                                   uint32_t replica)
{
    struct hr_load_entry *entry = &index->entries[replica];
    const uint32_t load = entry->load;
    if (__builtin_expect(load + 2 > index->n_levels, 0))
        hr_load_index_grow(index);
    const uint32_t border = --index->start[load + 1];
    hr_load_index_swap(index, replica, border);
    entry->load = load + 1;
    if (index->start[load] == border && load == index->lowest)
        index->lowest = load + 1;
}

static inline __attribute__((always_inline)) void hr_load_index_down(struct hr_load_index *index,
                                                                     uint32_t replica)
{
    struct hr_load_entry *entry = &index->entries[replica];
    const uint32_t load = entry->load;
    HR_DASSERT(load > 0);
    hr_load_index_swap(index, replica, index->start[load]++);
    entry->load = load - 1;
    if (load - 1 < index->lowest)
        index->lowest = load - 1;
}

/* A replica of the least load, uniformly at random among equals; n > 0. */
static inline __attribute__((always_inline)) uint32_t
hr_load_index_least(const struct hr_load_index *index, struct hr_rng *rng)
{
    const uint32_t ties = index->start[index->lowest + 1];
    return index->order[ties == 1 ? 0 : hr_rng_below(rng, ties)];
}

#endif
