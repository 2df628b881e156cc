/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 128-bit integers: sums of nanoseconds over any number of requests, without rounding. */
#ifndef BASE_WIDE_H
#define BASE_WIDE_H

#include <stdint.h>

__extension__ typedef unsigned __int128 hr_uint128;

/* sum += x: compilers find the one carry in this form only. */
static inline void hr_wide_add(hr_uint128 *sum, uint64_t x)
{
    const uint64_t low = (uint64_t)*sum + x;
    const uint64_t high = (uint64_t)(*sum >> 64) + (low < x);
    *sum = (hr_uint128)high << 64 | low;
}

#endif
