/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads that take the next index from a shared counter until there is none. */
#include "run/pool.h"

#include "base/assert.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

struct pool {
    atomic_size_t next;
    size_t n;
    void (*work)(void *ctx, size_t i);
    void *ctx;
};

static void *take_indices(void *arg)
{
    struct pool *pool = arg;
    for (size_t i; (i = atomic_fetch_add(&pool->next, 1)) < pool->n;)
        pool->work(pool->ctx, i);
    return NULL;
}

static size_t threads_wanted(unsigned jobs, size_t n)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const size_t wanted = jobs > 0 ? jobs : cores > 0 ? (size_t)cores : 1;
    return wanted < n ? wanted : n;
}

void hr_pool_run(unsigned jobs, size_t n, void (*work)(void *ctx, size_t i), void *ctx)
{
    struct pool pool = { .n = n, .work = work, .ctx = ctx };
    const size_t threads = threads_wanted(jobs, n);
    size_t started = 0;
    pthread_t *handles = HR_NEW_ARRAY(pthread_t, threads);
    /* The caller is a worker too; a thread that cannot be had only makes it slower. */
    while (started + 1 < threads &&
           pthread_create(&handles[started], NULL, take_indices, &pool) == 0)
        started++;
    take_indices(&pool);
    for (size_t i = 0; i < started; i++)
        HR_ASSERT(pthread_join(handles[i], NULL) == 0);
    free(handles);
}
