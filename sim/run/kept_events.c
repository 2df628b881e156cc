/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeping events of the cluster. */
#include "run/kept_events.h"

#include "base/mem.h"

#include <string.h>

void hr_kept_events_init(struct hr_kept_events *kept, const struct hr_run_options *options)
{
    *kept = (struct hr_kept_events){
        .of_a_reason = options->events_kept,
        .next = options->event,
        .next_ctx = options->event_ctx,
    };
    if (options->events_kept > 0)
        kept->events = HR_NEW(struct hr_cluster_events);
}

void hr_kept_events_fini(struct hr_kept_events *kept)
{
    hr_cluster_events_free(kept->events);
}

/* There are a few dozen reasons at most. */
static struct hr_event_reason *find_reason(struct hr_cluster_events *events, const char *text)
{
    for (size_t i = 0; i < events->n_reasons; i++) {
        if (strcmp(events->reasons[i].text, text) == 0)
            return &events->reasons[i];
    }
    events->reasons = hr_realloc(events->reasons, events->n_reasons + 1, sizeof *events->reasons);
    struct hr_event_reason *reason = &events->reasons[events->n_reasons++];
    *reason = (struct hr_event_reason){ .text = hr_strdup(text) };
    return reason;
}

static char *copy(const char *text)
{
    return text == NULL ? NULL : hr_strdup(text);
}

static void keep(struct hr_cluster_events *events, const char *reason,
                 const struct hr_event_record *record)
{
    const bool full = (events->n & (events->n - 1)) == 0; /* room doubles at powers of two */
    if (full)
        events->events =
            hr_realloc(events->events, events->n == 0 ? 1 : 2 * events->n, sizeof *events->events);
    events->events[events->n++] = (struct hr_cluster_event){
        .time_s = (double)record->time_ns / 1e9,
        .reason = reason,
        .deployment = copy(record->deployment),
        .pod = copy(record->pod),
        .node = copy(record->node),
        .message = copy(record->message),
    };
}

void hr_kept_events_add(void *ctx, const struct hr_event_record *record)
{
    struct hr_kept_events *kept = ctx;
    const bool of_cluster = record->request < 0 && record->replica < 0;
    if (kept->next != NULL)
        kept->next(kept->next_ctx, record);
    if (kept->events == NULL || !of_cluster)
        return;
    struct hr_event_reason *reason = find_reason(kept->events, record->kind);
    reason->n++;
    if (reason->kept == kept->of_a_reason)
        return;
    reason->kept++;
    keep(kept->events, reason->text, record);
}

struct hr_cluster_events *hr_kept_events_take(struct hr_kept_events *kept)
{
    struct hr_cluster_events *events = kept->events;
    kept->events = NULL;
    return events;
}
