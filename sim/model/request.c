/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Storage of the request pool. */
#include "model/request.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void hr_request_pool_init(struct hr_request_pool *pool, bool patient)
{
    *pool = (struct hr_request_pool){ .free = HR_REQUEST_NONE, .patient = patient };
}

void hr_request_pool_fini(struct hr_request_pool *pool)
{
    free(pool->requests);
    free(pool->patience);
}

/* Doubles the pool; the lowest new index is the next one taken. */
void hr_request_pool_grow(struct hr_request_pool *pool)
{
    const uint32_t old = pool->capacity;
    HR_ASSERT(old < UINT32_C(1) << 31);
    pool->capacity = old == 0 ? 256 : 2 * old;
    struct hr_request *grown = hr_alloc_lines(pool->capacity, sizeof *grown);
    if (old > 0)
        memcpy(grown, pool->requests, old * sizeof *grown);
    free(pool->requests);
    pool->requests = grown;
    if (pool->patient)
        pool->patience = hr_realloc(pool->patience, pool->capacity, sizeof *pool->patience);
    for (uint32_t index = pool->capacity; index-- > old;)
        hr_request_give(pool, index);
}
