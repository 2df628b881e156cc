/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of the cluster for the result: of each reason the first few, and how many there were. */
#ifndef RUN_KEPT_EVENTS_H
#define RUN_KEPT_EVENTS_H

#include <headroom/run.h>

struct hr_kept_events {
    struct hr_cluster_events *events; /* NULL: none are kept */
    size_t of_a_reason;               /* are kept at most */
    /* Where every event goes besides; NULL: nowhere. */
    void (*next)(void *ctx, const struct hr_event_record *record);
    void *next_ctx;
};

/* Takes what the options ask for. */
void hr_kept_events_init(struct hr_kept_events *kept, const struct hr_run_options *options);
void hr_kept_events_fini(struct hr_kept_events *kept);

/* The sink. */
void hr_kept_events_add(void *kept, const struct hr_event_record *record);

/* Hands the events over; NULL: none were kept. */
struct hr_cluster_events *hr_kept_events_take(struct hr_kept_events *kept);

#endif
