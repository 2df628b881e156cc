/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of latency parts by class of latency. */
#include "metrics/parts.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void hr_parts_init(struct hr_parts *parts)
{
    parts->first = 0;
    parts->n = HR_PARTS_ROWS;
    parts->rows = HR_NEW_ARRAY(struct hr_parts_row, parts->n);
}

void hr_parts_fini(struct hr_parts *parts)
{
    free(parts->rows);
}

void hr_parts_pack(struct hr_parts *parts)
{
    unsigned from = 0, to = parts->n;
    while (from < to && parts->rows[from].n == 0)
        from++;
    while (to > from && parts->rows[to - 1].n == 0)
        to--;
    struct hr_parts_row *rows = HR_NEW_ARRAY(struct hr_parts_row, to - from);
    memcpy(rows, &parts->rows[from], (to - from) * sizeof *rows);
    free(parts->rows);
    *parts = (struct hr_parts){ .rows = rows, .first = parts->first + from, .n = to - from };
}

struct hr_parts_row hr_parts_between(const struct hr_parts *parts, unsigned from, unsigned to)
{
    struct hr_parts_row total = { 0 };
    const unsigned end = parts->first + parts->n < to ? parts->first + parts->n : to;
    for (unsigned i = from > parts->first ? from : parts->first; i < end; i++) {
        const struct hr_parts_row *row = &parts->rows[i - parts->first];
        total.n += row->n;
        for (int part = 0; part < HR_PARTS; part++)
            total.sum_ns[part] += row->sum_ns[part];
    }
    return total;
}
