/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 128-bit integers: sums of nanoseconds over any number of requests, without rounding. */
#ifndef BASE_WIDE_H
#define BASE_WIDE_H

__extension__ typedef unsigned __int128 hr_uint128;

#endif
