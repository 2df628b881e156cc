/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pending pods get nodes: the scheduler's queue, its decisions, and what they mean for pods. */
#include "cluster/state.h"

#include "base/mem.h"
#include "cluster/node_autoscaler.h"

#include <stdlib.h>

static void add_template(struct hr_cluster *cluster, uint32_t s)
{
    const struct hr_set_config *config = &cluster->config.sets[s];
    struct hr_pod_template template = {
        .owner = s,
        .pool = config->node_pool,
        .spec = config->scheduling,
        .default_spread = config->job == NULL,
    };
    if (config->resources != NULL)
        hr_placement_requests(cluster->placement, config->resources, template.requests);
    if (config->pods->image_size > 0)
        template.images[template.n_images++] =
            (struct hr_pod_image){ s, (int64_t)config->pods->image_size };
    cluster->sets[s].pod_template = hr_placement_add_template(cluster->placement, &template);
}

void hr_placing_init(struct hr_cluster *cluster)
{
    cluster->placement = hr_placement_new(cluster->config.scheduler);
    hr_placement_default_toleration(cluster->placement, cluster->spec.unreachable_toleration);
    cluster->wake = HR_EVENT_NONE;
    cluster->scheduler_rng = hr_cluster_rng(cluster, HR_PURPOSE_PLACE, 0, 0);
    hr_scheduling_queue_init(&cluster->queue);
    hr_nodes_init(cluster);
    for (uint32_t s = 0; s < cluster->config.n_sets; s++)
        add_template(cluster, s);
    hr_scheduler_init(&cluster->scheduler, cluster->placement);
    hr_scheduler_reserve(&cluster->scheduler, cluster->capacity);
    hr_scheduling_queue_reserve(&cluster->queue, cluster->capacity);
}

void hr_placing_fini(struct hr_cluster *cluster)
{
    hr_scheduler_fini(&cluster->scheduler);
    hr_scheduling_queue_fini(&cluster->queue);
    hr_nodes_fini(cluster);
    hr_placement_free(cluster->placement);
}

static int64_t priority_of(const struct hr_cluster *cluster, uint32_t pod)
{
    return hr_placement_priority(cluster->placement,
                                 cluster->sets[cluster->pods[pod].set].pod_template);
}

void hr_placing_add(struct hr_cluster *cluster, uint32_t i)
{
    hr_scheduling_queue_add(&cluster->queue, i, priority_of(cluster, i));
    hr_control_due(cluster);
}

void hr_placing_remove(struct hr_cluster *cluster, uint32_t i)
{
    const uint32_t template = cluster->sets[cluster->pods[i].set].pod_template;
    hr_scheduling_queue_remove(&cluster->queue, i);
    hr_scheduler_nominate(&cluster->scheduler, i, template, HR_NODE_NONE);
}

void hr_placing_wake(struct hr_cluster *cluster, enum hr_wake what)
{
    hr_scheduling_queue_wake(&cluster->queue, what);
    hr_control_due(cluster);
}

static void note_failure(struct hr_cluster *cluster, uint32_t i, const struct hr_refusals *refusals)
{
    if (cluster->hooks.note == NULL)
        return;
    struct hr_str text;
    hr_str_init(&text);
    hr_refusals_text(refusals, cluster->placement, &text);
    hr_note(cluster, "FailedScheduling", cluster->pods[i].set, i, HR_NODE_NONE, "%s", text.text);
    hr_str_fini(&text);
}

/* Pods of lower priority leave for it. */
static void preempt(struct hr_cluster *cluster, uint32_t i, struct hr_refusals *refusals)
{
    const uint32_t template = cluster->sets[cluster->pods[i].set].pod_template;
    int64_t *allowed = HR_NEW_ARRAY(int64_t, cluster->config.n_sets);
    for (uint32_t s = 0; s < cluster->config.n_sets; s++)
        allowed[s] = hr_set_disruptions_allowed(cluster, s);
    const struct hr_preemption found = hr_scheduler_preempt(
        &cluster->scheduler, i, template, allowed, &cluster->scheduler_rng, refusals);
    free(allowed);
    if (found.node == HR_NODE_NONE)
        return;
    hr_scheduler_nominate(&cluster->scheduler, i, template, found.node);
    uint32_t *victims = HR_NEW_ARRAY(uint32_t, found.n_victims);
    for (size_t v = 0; v < found.n_victims; v++)
        victims[v] = found.victims[v];
    for (size_t v = 0; v < found.n_victims; v++)
        hr_pod_preempt(cluster, victims[v]);
    free(victims);
}

static void place(struct hr_cluster *cluster, uint32_t i, bool warm)
{
    const struct hr_pod *pod = &cluster->pods[i];
    const uint32_t template = cluster->sets[pod->set].pod_template;
    struct hr_refusals refusals;
    const uint32_t node =
        hr_scheduler_find(&cluster->scheduler, i, template, &cluster->scheduler_rng, &refusals);
    if (node == HR_NODE_NONE) {
        if (!warm)
            preempt(cluster, i, &refusals);
        note_failure(cluster, i, &refusals);
        hr_scheduling_queue_refuse(&cluster->queue, i, cluster->engine->now,
                                   hr_refusals_set(&refusals));
        if (cluster->node_autoscaler != NULL)
            hr_node_autoscaler_pending(cluster, i);
        return;
    }
    hr_scheduler_bind(&cluster->scheduler, i, template, node, pod->created);
    hr_scheduling_queue_wake(&cluster->queue, HR_WAKE_POD_BOUND);
    if (warm)
        hr_pod_bind_warm(cluster, i, node);
    else
        hr_pod_bind(cluster, i, node);
    hr_node_split_price(cluster, node);
}

void hr_placing_run(struct hr_cluster *cluster, bool warm)
{
    uint32_t i;
    cluster->turns++;
    while ((i = hr_scheduling_queue_pop(&cluster->queue, cluster->engine->now)) != HR_POD_NONE)
        place(cluster, i, warm);
    hr_event_set(cluster, &cluster->wake, hr_scheduling_queue_next(&cluster->queue),
                 HR_EV_SCHEDULE_RANK, HR_EV_SCHEDULE, 0);
}
