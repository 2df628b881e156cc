/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rare operations of the load index: replicas come and go. */
#include "serving/load_index.h"

#include "base/mem.h"

#include <stdlib.h>

void hr_load_index_widen(struct hr_load_index *index, uint32_t before, uint32_t n_replicas)
{
    index->order = hr_realloc(index->order, n_replicas, sizeof *index->order);
    index->entries = hr_realloc(index->entries, n_replicas, sizeof *index->entries);
    for (uint32_t i = before; i < n_replicas; i++)
        index->entries[i] = (struct hr_load_entry){ .place = HR_LOAD_ABSENT };
}

void hr_load_index_init(struct hr_load_index *index, uint32_t n_replicas)
{
    *index = (struct hr_load_index){ .n_levels = 8 };
    hr_load_index_widen(index, 0, n_replicas);
    index->start = HR_NEW_ARRAY(uint32_t, index->n_levels + 1);
}

void hr_load_index_fini(struct hr_load_index *index)
{
    free(index->order);
    free(index->entries);
    free(index->start);
}

void hr_load_index_grow(struct hr_load_index *index)
{
    const uint32_t old = index->n_levels;
    index->n_levels = 2 * old;
    index->start = hr_realloc(index->start, (size_t)index->n_levels + 1, sizeof *index->start);
    for (uint32_t k = old + 1; k <= index->n_levels; k++)
        index->start[k] = index->n;
}

static void find_lowest(struct hr_load_index *index)
{
    index->lowest = index->n == 0 ? 0 : index->entries[index->order[0]].load;
}

/* Makes room at the end of every bucket above 0 in turn, from the top, until bucket 0 has it. */
void hr_load_index_add(struct hr_load_index *index, uint32_t replica)
{
    HR_ASSERT(index->entries[replica].place == HR_LOAD_ABSENT);
    uint32_t free_place = index->n++;
    for (uint32_t k = index->n_levels; k >= 1; k--) {
        const uint32_t first = index->start[k]++;
        if (first == free_place)
            continue;
        const uint32_t moved = index->order[first];
        index->order[free_place] = moved;
        index->entries[moved].place = free_place;
        free_place = first;
    }
    index->order[free_place] = replica;
    index->entries[replica] = (struct hr_load_entry){ .place = free_place, .load = 0 };
    find_lowest(index);
}

/* Moves the replica to the end of its bucket, then over every bucket above. */
void hr_load_index_remove(struct hr_load_index *index, uint32_t replica)
{
    struct hr_load_entry *entry = &index->entries[replica];
    HR_ASSERT(entry->place != HR_LOAD_ABSENT);
    for (uint32_t k = entry->load + 1; k <= index->n_levels; k++)
        hr_load_index_swap(index, replica, --index->start[k]);
    HR_DASSERT(entry->place == index->n - 1);
    index->n--;
    *entry = (struct hr_load_entry){ .place = HR_LOAD_ABSENT };
    find_lowest(index);
}
