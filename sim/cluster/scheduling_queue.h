/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pods that wait for a node: which is next, and when one that was refused is tried again; the
 * queue of Kubernetes' scheduler (1.34). Pods have small numbers that the caller gives.
 *
 * A pod is active (tried in order of priority, then of entry), backing off (1 s after the first
 * refusal, doubling to 10 s) or unschedulable: it waits for something to happen that could help,
 * and for 5 minutes at most.
 */
#ifndef CLUSTER_SCHEDULING_QUEUE_H
#define CLUSTER_SCHEDULING_QUEUE_H

#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What can help a pod that was refused. */
enum hr_wake {
    HR_WAKE_NODE_ADDED,
    HR_WAKE_NODE_CHANGED, /* taints, devices */
    HR_WAKE_POD_BOUND,    /* helps where a spread was too uneven */
    HR_WAKE_POD_ENDING,   /* terminating: no spread counts it, but it still takes its room */
    HR_WAKE_POD_GONE,
    HR_WAKES
};

enum hr_queue_state {
    HR_QUEUE_ACTIVE,
    HR_QUEUE_BACKING_OFF,
    HR_QUEUE_UNSCHEDULABLE,
    HR_QUEUE_STATES,
    HR_QUEUE_NOT_THERE = HR_QUEUE_STATES
};

struct hr_queued_pod {
    int64_t priority;
    int64_t key;    /* order in its heap, with `entry`: less priority, or a time */
    uint64_t entry; /* counts up: when it was added, or refused last */
    hr_time ready;  /* end of the back-off */
    uint32_t reasons;
    uint32_t place;    /* in its heap */
    uint8_t state;     /* enum hr_queue_state */
    uint8_t n_refused; /* up to where it matters */
};

struct hr_scheduling_queue {
    struct hr_queued_pod *pods; /* by number */
    uint32_t capacity;
    uint32_t *heaps[HR_QUEUE_STATES]; /* of pods; room for `capacity` each */
    uint32_t n[HR_QUEUE_STATES];
    uint64_t entries;
    uint32_t helped[HR_WAKES]; /* unschedulable pods that such an event could help */
};

void hr_scheduling_queue_init(struct hr_scheduling_queue *queue);
void hr_scheduling_queue_fini(struct hr_scheduling_queue *queue);

/* Makes room for pods 0 .. n - 1; there may be more. */
void hr_scheduling_queue_reserve(struct hr_scheduling_queue *queue, uint32_t n);

/* A new pod; tried at once. */
void hr_scheduling_queue_add(struct hr_scheduling_queue *queue, uint32_t pod, int64_t priority);

/* The pod to be tried now (UINT32_MAX: none); it leaves the queue. */
uint32_t hr_scheduling_queue_pop(struct hr_scheduling_queue *queue, hr_time now);

/* The pod just popped was refused; `reasons` as of hr_refusals_set(), 0: anything could help. */
void hr_scheduling_queue_refuse(struct hr_scheduling_queue *queue, uint32_t pod, hr_time now,
                                uint32_t reasons);

/* Something happened: pods that it could help are tried again, once their back-off is over. */
void hr_scheduling_queue_wake(struct hr_scheduling_queue *queue, enum hr_wake what);

/* The pod is wherever no more (deleted), or was never there. */
void hr_scheduling_queue_remove(struct hr_scheduling_queue *queue, uint32_t pod);

/* When pop has something: a time up to now, later, or HR_TIME_NEVER. */
hr_time hr_scheduling_queue_next(const struct hr_scheduling_queue *queue);

#endif
