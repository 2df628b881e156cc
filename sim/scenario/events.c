/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules between the list of events and what they happen to. */
#include "base/suggest.h"
#include "cluster/spec.h"
#include "scenario/load.h"
#include "scenario/table.h"

#include <string.h>

struct event {
    struct hr_loader *loader;
    const struct hr_action_spec *spec;
    const struct hr_node_pool_spec *pool; /* NULL: none is named */
};

static void fail(const struct event *event, const char *key, const char *hint, const char *message)
{
    hr_load_report(event->loader, HR_ERROR, hr_load_origin(event->loader, event->spec), key, hint,
                   "%s", message);
}

static bool names_pool(const struct hr_action_spec *spec)
{
    return hr_table_find(&hr_action_keys, "node_pool", spec->action);
}

/* True when the pool is in the zone; else its zones are added to what there is. */
static bool find_zone(const struct hr_node_pool_spec *pool, struct hr_suggest *suggest,
                      struct hr_str *there)
{
    const char *const *zones = pool->zones.items;
    for (size_t i = 0; i < pool->zones.n; i++) {
        if (strcmp(zones[i], suggest->word) == 0)
            return true;
        hr_suggest_offer(suggest, zones[i]);
        hr_str_addf(there, "%s\"%s\"", there->length ? ", " : "there is ", zones[i]);
    }
    return false;
}

static void check_zone(const struct event *event)
{
    const struct hr_spec *spec = &event->loader->scenario->spec;
    const struct hr_node_pool_spec *pools = spec->node_pools.items;
    struct hr_suggest suggest = { .word = event->spec->zone };
    struct hr_str hint;
    bool found = event->spec->zone == NULL;
    hr_str_init(&hint);
    for (size_t i = 0; i < spec->node_pools.n && !found; i++)
        if (!event->pool || event->pool == &pools[i])
            found = find_zone(&pools[i], &suggest, &hint);
    if (suggest.best) {
        hr_str_clear(&hint);
        hr_str_addf(&hint, "did you mean \"%s\"?", suggest.best);
    }
    if (!found)
        fail(event, "zone", hint.length ? hint.text : "there are no node_pools",
             event->pool ? "the node pool has no such zone" : "no node pool has such a zone");
    hr_str_fini(&hint);
}

static void check_pool(const struct event *event)
{
    const struct hr_node_pool_spec *pool = event->pool;
    const struct hr_action_spec *spec = event->spec;
    if (spec->action == HR_ACTION_SPOT_INTERRUPTION && pool->purchase != HR_PURCHASE_SPOT)
        fail(event, "node_pool", "write action = \"node_failure\"", "is not bought as spot");
    if (spec->action == HR_ACTION_GPU_FAILURE && spec->gpus > pool->type->gpus)
        fail(event, "gpus", NULL, "a node of the pool has not as many GPUs");
    if (spec->action == HR_ACTION_RESIZE_POOL && pool->spot_trace)
        fail(event, "node_pool", NULL, "has its nodes from a spot_trace");
    if (spec->action == HR_ACTION_RESIZE_POOL && spec->nodes > pool->quota)
        fail(event, "nodes", NULL, "is above the quota of the pool");
}

/* There is something to roll back to, to pause or to resume. */
static void check_rollout(const struct event *event)
{
    const struct hr_list *list = &event->loader->scenario->spec.events;
    const struct hr_action_spec *events = list->items, *spec = event->spec;
    for (size_t i = 0; i < list->n; i++)
        if (events[i].action == HR_ACTION_ROLLOUT && events[i].deployment == spec->deployment &&
            events[i].at <= spec->at)
            return;
    fail(event, "action", NULL, "no rollout of the deployment came before");
}

static void check_event(struct hr_loader *loader, const struct hr_action_spec *spec)
{
    const struct hr_node_pool_spec *pools = loader->scenario->spec.node_pools.items;
    const struct event event = { loader, spec, names_pool(spec) ? &pools[spec->node_pool] : NULL };
    if (spec->at >= loader->scenario->spec.duration)
        fail(&event, "at", NULL, "comes after the end of the run");
    check_zone(&event);
    if (event.pool)
        check_pool(&event);
    if (spec->action == HR_ACTION_ROLLBACK || spec->action == HR_ACTION_PAUSE_ROLLOUT ||
        spec->action == HR_ACTION_RESUME_ROLLOUT)
        check_rollout(&event);
}

void hr_load_events(struct hr_loader *loader)
{
    const struct hr_list *list = &loader->scenario->spec.events;
    const struct hr_action_spec *events = list->items;
    for (size_t i = 0; i < list->n; i++)
        check_event(loader, &events[i]);
}
