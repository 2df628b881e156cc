/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Warm-up deletion by MSER-5 (White 1997; White, Cobb, Spratt 2000). */
#ifndef STATS_WARMUP_H
#define STATS_WARMUP_H

#include <stdbool.h>
#include <stddef.h>

/* The number of leading observations of x[0..n) to delete (a multiple of 5). False: the minimum is
 * at the middle, so no steady state was seen (*deleted is then n / 2). n >= 10. */
bool hr_mser5(const double *x, size_t n, size_t *deleted);

#endif
