/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Did you mean": Damerau-Levenshtein distance, accepted up to max(1, length / 3). */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

/* Edits (insert, delete, replace, swap of neighbors) from a to b; both at most 63 long count,
 * longer ones are infinitely far. */
size_t hr_edit_distance(const char *a, const char *b);

/* Keeps the nearest candidate seen; start with { .word = the user's word }. */
struct hr_suggest {
    const char *word;
    const char *best; /* NULL: none near enough so far; borrowed from the candidates */
    size_t distance;
};
void hr_suggest_offer(struct hr_suggest *suggest, const char *candidate);

#endif
