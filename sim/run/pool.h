/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one thread pool: a parallel loop over indices. */
#ifndef RUN_POOL_H
#define RUN_POOL_H

#include <stddef.h>

/* Calls work(ctx, i) once for every i < n on up to `jobs` threads (0: all cores), the indices being
 * taken in rising order. Returns when all are done. With one thread everything runs on the
 * caller's. */
void hr_pool_run(unsigned jobs, size_t n, void (*work)(void *ctx, size_t i), void *ctx);

#endif
