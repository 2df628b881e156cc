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

hr_time hr_parts_row_from(unsigned row)
{
    const unsigned page = row >> HR_PARTS_BITS;
    const uint64_t class = row & (HR_PARTS_CLASSES - 1);
    if (page == 0)
        return (hr_time) class;
    return (hr_time)((HR_PARTS_CLASSES + class) << (page - 1));
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
