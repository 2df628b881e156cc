/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damerau-Levenshtein distance in its optimal string alignment form: three rows of the table. */
#include "base/suggest.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 63

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t hr_edit_distance(const char *a, const char *b)
{
    const size_t na = strnlen(a, WORD_MAX + 1), nb = strnlen(b, WORD_MAX + 1);
    size_t rows[3][WORD_MAX + 1];

    if (na > WORD_MAX || nb > WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *row = rows[i % 3];
        const size_t *up = rows[(i - 1) % 3], *up2 = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            const size_t replaced = up[j - 1] + (a[i - 1] != b[j - 1]);

            row[j] = min_size(replaced, min_size(up[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min_size(row[j], up2[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

void hr_suggest_offer(struct hr_suggest *suggest, const char *candidate)
{
    const size_t third = strlen(suggest->word) / 3, limit = third > 1 ? third : 1;
    const size_t distance = hr_edit_distance(suggest->word, candidate);

    if (distance <= limit && (!suggest->best || distance < suggest->distance)) {
        suggest->best = candidate;
        suggest->distance = distance;
    }
}
