/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue of pods without a node: three heaps. */
#include "cluster/scheduling_queue.h"

#include "base/assert.h"
#include "base/mem.h"
#include "cluster/scheduler.h"

#include <stdlib.h>

#define BACKOFF_INITIAL   (1 * HR_NS_PER_S)
#define BACKOFF_MAX       (10 * HR_NS_PER_S)
#define UNSCHEDULABLE_MAX (300 * HR_NS_PER_S)

enum { BACKOFF_DOUBLINGS = 4 }; /* 1, 2, 4, 8 s, then the maximum */

#define REASON(refusal) (UINT32_C(1) << (refusal))
#define RESOURCES       (((UINT32_C(1) << HR_RESOURCES_MAX) - 1) << HR_REFUSED_RESOURCE)

/* Refusals that an event could undo. */
static const uint32_t undone_by[HR_WAKES] = {
    [HR_WAKE_NODE_ADDED] = UINT32_MAX,
    [HR_WAKE_NODE_CHANGED] = REASON(HR_REFUSED_CORDONED) | REASON(HR_REFUSED_TAINT) | RESOURCES,
    [HR_WAKE_POD_BOUND] = REASON(HR_REFUSED_SPREAD),
    [HR_WAKE_POD_ENDING] = REASON(HR_REFUSED_SPREAD),
    [HR_WAKE_POD_GONE] = REASON(HR_REFUSED_PODS) | RESOURCES | REASON(HR_REFUSED_SPREAD) |
                         REASON(HR_REFUSED_ANTI_AFFINITY),
};

void hr_scheduling_queue_init(struct hr_scheduling_queue *queue)
{
    *queue = (struct hr_scheduling_queue){ 0 };
}

void hr_scheduling_queue_fini(struct hr_scheduling_queue *queue)
{
    for (int state = 0; state < HR_QUEUE_STATES; state++)
        free(queue->heaps[state]);
    free(queue->pods);
    *queue = (struct hr_scheduling_queue){ 0 };
}

static bool is_before(const struct hr_scheduling_queue *queue, uint32_t a, uint32_t b)
{
    const struct hr_queued_pod *one = &queue->pods[a], *other = &queue->pods[b];
    return one->key != other->key ? one->key < other->key : one->entry < other->entry;
}

static void put(struct hr_scheduling_queue *queue, uint32_t *heap, uint32_t place, uint32_t pod)
{
    heap[place] = pod;
    queue->pods[pod].place = place;
}

/* Puts the pod into the hole at `place`, where nothing below it comes first. */
static void sift_up(struct hr_scheduling_queue *queue, uint32_t *heap, uint32_t place, uint32_t pod)
{
    while (place > 0 && is_before(queue, pod, heap[(place - 1) / 2])) {
        put(queue, heap, place, heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(queue, heap, place, pod);
}

/* Likewise, where nothing above it comes later. */
static void sift_down(struct hr_scheduling_queue *queue, uint32_t *heap, uint32_t n, uint32_t place,
                      uint32_t pod)
{
    for (uint32_t child = 2 * place + 1; child < n; child = 2 * place + 1) {
        if (child + 1 < n && is_before(queue, heap[child + 1], heap[child]))
            child++;
        if (!is_before(queue, heap[child], pod))
            break;
        put(queue, heap, place, heap[child]);
        place = child;
    }
    put(queue, heap, place, pod);
}

static void count_helped(struct hr_scheduling_queue *queue, uint32_t reasons, bool there)
{
    for (int what = 0; what < HR_WAKES; what++) {
        if (undone_by[what] & reasons)
            queue->helped[what] += there ? 1 : UINT32_MAX;
    }
}

static void push(struct hr_scheduling_queue *queue, uint32_t pod, enum hr_queue_state state,
                 int64_t key)
{
    struct hr_queued_pod *it = &queue->pods[pod];
    it->state = (uint8_t)state;
    it->key = key;
    if (state == HR_QUEUE_UNSCHEDULABLE)
        count_helped(queue, it->reasons, true);
    sift_up(queue, queue->heaps[state], queue->n[state]++, pod);
}

static void take_out(struct hr_scheduling_queue *queue, uint32_t pod)
{
    struct hr_queued_pod *it = &queue->pods[pod];
    const uint8_t state = it->state;
    uint32_t *heap = queue->heaps[state];
    const uint32_t n = --queue->n[state], last = heap[n];
    it->state = HR_QUEUE_NOT_THERE;
    if (state == HR_QUEUE_UNSCHEDULABLE)
        count_helped(queue, it->reasons, false);
    if (last == pod)
        return;
    if (is_before(queue, last, pod))
        sift_up(queue, heap, it->place, last);
    else
        sift_down(queue, heap, n, it->place, last);
}

void hr_scheduling_queue_reserve(struct hr_scheduling_queue *queue, uint32_t n)
{
    if (n <= queue->capacity)
        return;
    const uint32_t old = queue->capacity, new = n > 2 * old ? n : 2 * old;
    queue->pods = hr_realloc(queue->pods, new, sizeof(queue->pods[0]));
    for (int state = 0; state < HR_QUEUE_STATES; state++)
        queue->heaps[state] = hr_realloc(queue->heaps[state], new, sizeof(uint32_t));
    for (uint32_t i = old; i < new; i++)
        queue->pods[i] = (struct hr_queued_pod){ .state = HR_QUEUE_NOT_THERE };
    queue->capacity = new;
}

void hr_scheduling_queue_add(struct hr_scheduling_queue *queue, uint32_t pod, int64_t priority)
{
    hr_scheduling_queue_reserve(queue, pod + 1);
    HR_ASSERT(queue->pods[pod].state == HR_QUEUE_NOT_THERE);
    queue->pods[pod] = (struct hr_queued_pod){ .priority = priority, .entry = queue->entries++ };
    push(queue, pod, HR_QUEUE_ACTIVE, -priority);
}

/* Lets the pods whose time has come try again. */
static void activate(struct hr_scheduling_queue *queue, enum hr_queue_state state, hr_time now)
{
    while (queue->n[state] > 0) {
        const uint32_t pod = queue->heaps[state][0];
        if (queue->pods[pod].key > now)
            return;
        take_out(queue, pod);
        push(queue, pod, HR_QUEUE_ACTIVE, -queue->pods[pod].priority);
    }
}

uint32_t hr_scheduling_queue_pop(struct hr_scheduling_queue *queue, hr_time now)
{
    activate(queue, HR_QUEUE_BACKING_OFF, now);
    activate(queue, HR_QUEUE_UNSCHEDULABLE, now);
    if (queue->n[HR_QUEUE_ACTIVE] == 0)
        return HR_POD_NONE;
    const uint32_t pod = queue->heaps[HR_QUEUE_ACTIVE][0];
    take_out(queue, pod);
    return pod;
}

void hr_scheduling_queue_refuse(struct hr_scheduling_queue *queue, uint32_t pod, hr_time now,
                                uint32_t reasons)
{
    HR_ASSERT(pod < queue->capacity && queue->pods[pod].state == HR_QUEUE_NOT_THERE);
    struct hr_queued_pod *it = &queue->pods[pod];
    it->entry = queue->entries++;
    it->reasons = reasons ? reasons : UINT32_MAX;
    it->ready =
        now + (it->n_refused < BACKOFF_DOUBLINGS ? BACKOFF_INITIAL << it->n_refused : BACKOFF_MAX);
    if (it->n_refused < BACKOFF_DOUBLINGS)
        it->n_refused++;
    push(queue, pod, HR_QUEUE_UNSCHEDULABLE, now + UNSCHEDULABLE_MAX);
}

void hr_scheduling_queue_wake(struct hr_scheduling_queue *queue, enum hr_wake what)
{
    if (queue->helped[what] == 0)
        return;
    uint32_t *heap = queue->heaps[HR_QUEUE_UNSCHEDULABLE];
    const uint32_t n = queue->n[HR_QUEUE_UNSCHEDULABLE];
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t pod = heap[i];
        if (undone_by[what] & queue->pods[pod].reasons) {
            count_helped(queue, queue->pods[pod].reasons, false);
            push(queue, pod, HR_QUEUE_BACKING_OFF, queue->pods[pod].ready);
        } else {
            put(queue, heap, kept++, pod);
        }
    }
    queue->n[HR_QUEUE_UNSCHEDULABLE] = kept;
    for (uint32_t i = kept / 2; i-- > 0;)
        sift_down(queue, heap, kept, i, heap[i]);
}

void hr_scheduling_queue_remove(struct hr_scheduling_queue *queue, uint32_t pod)
{
    if (pod < queue->capacity && queue->pods[pod].state != HR_QUEUE_NOT_THERE)
        take_out(queue, pod);
}

hr_time hr_scheduling_queue_next(const struct hr_scheduling_queue *queue)
{
    if (queue->n[HR_QUEUE_ACTIVE] > 0)
        return 0;
    hr_time next = HR_TIME_NEVER;
    for (int state = HR_QUEUE_BACKING_OFF; state < HR_QUEUE_STATES; state++) {
        if (queue->n[state] > 0 && queue->pods[queue->heaps[state][0]].key < next)
            next = queue->pods[queue->heaps[state][0]].key;
    }
    return next;
}
