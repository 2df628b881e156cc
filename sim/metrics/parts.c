/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of latency parts by class of latency. */
#include "metrics/parts.h"

#include "base/mem.h"

#include <stdlib.h>

void hr_parts_init(struct hr_parts *parts)
{
    parts->rows = HR_NEW_ARRAY(struct hr_parts_row, HR_PARTS_ROWS);
}

void hr_parts_fini(struct hr_parts *parts)
{
    free(parts->rows);
}

struct hr_parts_row hr_parts_total(const struct hr_parts *parts, unsigned row)
{
    struct hr_parts_row total = { 0 };
    for (; row < HR_PARTS_ROWS; row++) {
        total.n += parts->rows[row].n;
        for (int i = 0; i < HR_PARTS; i++)
            total.sum_ns[i] += parts->rows[row].sum_ns[i];
    }
    return total;
}
