/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Request records: one cache line each, in a pool, named by index. A record is a request and its
 * present attempt; an attempt whose client has left but which still takes up a replica lives on as
 * an orphan.
 */
#ifndef MODEL_REQUEST_H
#define MODEL_REQUEST_H

#include "base/time.h"
#include "engine/engine.h"

#include <stdbool.h>
#include <stdint.h>

#define HR_REQUEST_NONE UINT32_MAX

enum hr_request_state {
    HR_REQUEST_FREE,
    HR_REQUEST_SENT,     /* on its way to the deployment */
    HR_REQUEST_WAITING,  /* in a queue */
    HR_REQUEST_RUNNING,  /* in service */
    HR_REQUEST_ANSWERED, /* the answer is on its way back */
    HR_REQUEST_BACKOFF   /* waits for its next attempt */
};

#define HR_REQUEST_COUNTED 1u /* arrived in the window */
#define HR_REQUEST_ORPHAN  2u /* its client has left */

struct hr_request {
    hr_time arrived;  /* of the first attempt */
    hr_time sent;     /* of the present attempt */
    hr_time started;  /* of service; stale before */
    hr_time work;     /* service requirement, the same in every attempt */
    uint64_t ordinal; /* within its workload */
    uint32_t event;   /* COMPLETE, DELIVER, ANSWER or RETRY, by state; else stale */
    uint32_t replica;
    uint32_t next, prev; /* in the queue; next also links the free list */
    uint16_t workload;
    uint8_t attempt; /* from 1 */
    uint8_t stage;   /* of a composite request; 0 */
    uint8_t state;
    uint8_t flags;
    uint16_t ready; /* replicas ready at its arrival: hr_ready_index(); 0 where not kept */
};

_Static_assert(sizeof(struct hr_request) == 64, "a request fills one cache line");

/* A deadline of a request: a place in its workload's list, or an event of its own. */
struct hr_deadline {
    hr_time at; /* never: none */
    uint32_t next, prev;
    hr_event_id event;
};

/* What only requests with deadlines or a network need; a second array beside the first. */
struct hr_patience {
    struct hr_deadline total, attempt;
    hr_time network_ns; /* round trip of this attempt */
};

struct hr_request_pool {
    struct hr_request *requests;
    struct hr_patience *patience; /* NULL when nobody needs it */
    bool patient;
    uint32_t capacity, free;
};

void hr_request_pool_init(struct hr_request_pool *pool, bool patient);
void hr_request_pool_fini(struct hr_request_pool *pool);
void hr_request_pool_grow(struct hr_request_pool *pool);

static inline uint32_t hr_request_take(struct hr_request_pool *pool)
{
    if (__builtin_expect(pool->free == HR_REQUEST_NONE, 0))
        hr_request_pool_grow(pool);
    const uint32_t index = pool->free;
    pool->free = pool->requests[index].next;
    return index;
}

static inline void hr_request_give(struct hr_request_pool *pool, uint32_t index)
{
    pool->requests[index].state = HR_REQUEST_FREE;
    pool->requests[index].next = pool->free;
    pool->free = index;
}

/* A first-come-first-served queue of requests, linked through the records. The links beyond its
 * ends mean nothing, so that one joins and leaves without a branch that nobody can predict. */
struct hr_queue {
    uint32_t head, tail;
    uint32_t n;
};

static inline void hr_queue_push(struct hr_queue *queue, struct hr_request *requests,
                                 uint32_t index)
{
    const uint32_t if_empty = -(uint32_t)(queue->n == 0);
    const uint32_t last = queue->tail ^ ((queue->tail ^ index) & if_empty);
    queue->head ^= (queue->head ^ index) & if_empty;
    requests[last].next = index;
    requests[index].prev = last;
    queue->tail = index;
    queue->n++;
}

static inline void hr_queue_remove(struct hr_queue *queue, struct hr_request *requests,
                                   uint32_t index)
{
    const uint32_t next = requests[index].next, prev = requests[index].prev;
    *(index == queue->head ? &queue->head : &requests[prev].next) = next;
    *(index == queue->tail ? &queue->tail : &requests[next].prev) = prev;
    queue->n--;
}

static inline uint32_t hr_queue_pop(struct hr_queue *queue, const struct hr_request *requests)
{
    const uint32_t index = queue->head;
    queue->head = requests[index].next;
    queue->n--;
    return index;
}

#endif
