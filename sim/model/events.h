/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kinds of event of a running cluster. At one nanosecond lower ranks come first: a window opens
 * or closes before anything else happens, a replica's fate is settled before its requests, an
 * answer counts as in time at the very nanosecond of its deadline, and what leaves makes room
 * before what arrives. An autoscaler decides by all that was before that moment.
 */
#ifndef MODEL_EVENTS_H
#define MODEL_EVENTS_H

/* X(name, rank, subject) */
#define HR_EVENT_LIST(X)                                                                           \
    X(HR_EV_TICK, 0, "none")                                                                       \
    X(HR_EV_REPLICA_REPAIRED, 1, "replica")                                                        \
    X(HR_EV_REPLICA_STARTED, 2, "replica")                                                         \
    X(HR_EV_REPLICA_FAILED, 3, "replica")                                                          \
    X(HR_EV_REPLICA_MEMORY, 4, "replica")                                                          \
    X(HR_EV_COMPLETE, 7, "request")                                                                \
    X(HR_EV_SHARED_STEP, 7, "replica")                                                             \
    X(HR_EV_ANSWER, 8, "request")                                                                  \
    X(HR_EV_TIMEOUT, 9, "request")                                                                 \
    X(HR_EV_TIMEOUT_HEAD, 9, "workload")                                                           \
    X(HR_EV_ATTEMPT_TIMEOUT, 10, "request")                                                        \
    X(HR_EV_ATTEMPT_TIMEOUT_HEAD, 10, "workload")                                                  \
    X(HR_EV_RETRY, 11, "request")                                                                  \
    X(HR_EV_DELIVER, 12, "request")                                                                \
    X(HR_EV_ARRIVAL, 13, "arrival stream")                                                         \
    X(HR_EV_CLIENT_READY, 13, "workload")                                                          \
    X(HR_EV_METRIC_MARK, 5, "metric")         /* of an autoscaler */                               \
    X(HR_EV_AUTOSCALER_SYNC, 6, "deployment") /* its autoscaler decides */                         \
    X(HR_EV_KEDA_POLL, 6, "deployment")

enum hr_event_kind {
#define X(name, rank, subject) name,
    HR_EVENT_LIST(X)
#undef X
        HR_EVENT_KINDS
};

enum hr_event_rank {
#define X(name, rank, subject) name##_RANK = rank,
    HR_EVENT_LIST(X)
#undef X
};

#endif
