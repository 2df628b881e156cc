/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The smaller and the larger of two whole numbers. */
#ifndef BASE_MINMAX_H
#define BASE_MINMAX_H

#include <stdint.h>

static inline int64_t hr_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t hr_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

#endif
