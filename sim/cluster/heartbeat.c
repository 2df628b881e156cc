/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the control plane makes of a node that is silent (pkg/controller/nodelifecycle and
 * tainteviction, 1.28): its lease is too old at a scan, it is unreachable, takes no more pods, and
 * when its zone's turn comes gets the taint upon which pods leave after their toleration. The
 * cloud may delete its object before, and the garbage collector then what is left of its pods.
 *
 * Healthy nodes cost no events: when the last lease was renewed is computed once the node is dead.
 */
#include "cluster/state.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/minmax.h"

#include <stdlib.h>

#define DISRUPTED_MIN 3 /* lost nodes that a zone has at least before it is evicted from slowly */

/* The first multiple of the period at `from` or later. */
static hr_time next_tick(hr_time from, hr_time period)
{
    return (from + period - 1) / period * period;
}

static uint32_t zone_of(const struct hr_cluster *cluster, const struct hr_node *node)
{
    const uint32_t shape = cluster->pools[node->pool].first_shape + node->zone;
    return hr_placement_shape(cluster->placement, shape)->zone;
}

void hr_heartbeat_init(struct hr_cluster *cluster)
{
    cluster->zones_health = HR_NEW_ARRAY(struct hr_zone_health, cluster->n_zones);
    for (uint32_t z = 0; z < cluster->n_zones; z++)
        cluster->zones_health[z] =
            (struct hr_zone_health){ .rate = cluster->spec.eviction_rate, .event = HR_EVENT_NONE };
}

/* Each node renews at times of its own; the first time when it registers. */
static hr_time last_renewal(const struct hr_cluster *cluster, const struct hr_node *node)
{
    const hr_time interval = cluster->spec.lease_renew_interval;
    const uint64_t entity = hr_hash_step(cluster->pools[node->pool].entity, node->ordinal);
    struct hr_rng rng = hr_cluster_rng(cluster, HR_PURPOSE_LEASE, entity, 0);
    const hr_time phase = hr_time_from_ns(hr_rng_uniform(&rng) * (double)interval);
    const hr_time since = (node->health.died % interval - phase + interval) % interval;
    const hr_time renewed = node->health.died - since;
    return node->health.ready_at > 0 ? hr_max(renewed, node->health.ready_at) : renewed;
}

void hr_heartbeat_stop(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_cluster_spec *spec = &cluster->spec;
    struct hr_node *node = &cluster->nodes[n];
    const hr_time old = hr_time_add(last_renewal(cluster, node), spec->node_monitor_grace_period);
    const hr_time seen = next_tick(hr_max(old, cluster->engine->now), spec->node_monitor_period);
    hr_event_set(cluster, &node->health.lost, seen, HR_EV_NODE_LOST_RANK, HR_EV_NODE_LOST, n);
}

/* ---- evictions, zone by zone ---- */

/* Waits, in the order in which nodes were lost, for its zone. */
static void await_eviction(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node_health *health = &cluster->nodes[n].health;
    health->waits = true;
    health->turn = cluster->turns_evict++;
}

/* The node of the zone that has waited longest. */
static uint32_t next_to_evict(const struct hr_cluster *cluster, uint32_t zone)
{
    uint32_t found = HR_NODE_NONE;
    for (uint32_t n = 0; n < cluster->n_nodes; n++) {
        const struct hr_node *node = &cluster->nodes[n];
        if (node->stage < HR_NODE_READY || !node->health.waits || zone_of(cluster, node) != zone)
            continue;
        if (found == HR_NODE_NONE || node->health.turn < cluster->nodes[found].health.turn)
            found = n;
    }
    return found;
}

static void schedule_eviction(struct hr_cluster *cluster, uint32_t z)
{
    struct hr_zone_health *zone = &cluster->zones_health[z];
    const bool due = zone->rate > 0 && next_to_evict(cluster, z) != HR_NODE_NONE;
    hr_event_set(cluster, &zone->event,
                 due ? hr_max(zone->next, cluster->engine->now) : HR_TIME_NEVER,
                 HR_EV_ZONE_EVICT_RANK, HR_EV_ZONE_EVICT, z);
}

/* A limiter that could not have given way at once is followed by an empty one. */
static void set_rate(struct hr_cluster *cluster, struct hr_zone_health *zone, double rate)
{
    const hr_time now = cluster->engine->now;
    if (rate == zone->rate)
        return;
    const bool waited = zone->rate <= 0 || now < zone->next;
    zone->rate = rate;
    zone->next = waited && rate > 0 ? hr_time_add(now, hr_time_from_ns(1e9 / rate)) : now;
}

/* Nodes as the control plane sees them. */
struct count {
    uint32_t ready, lost;
};

/* The size that counts is that of the zone, whatever the documentation of the flag says
 * (ReducedQPSFunc is called with the nodes of the zone). */
static double rate_of(const struct hr_cluster *cluster, struct count zone)
{
    const struct hr_cluster_spec *spec = &cluster->spec;
    if (cluster->all_lost)
        return 0;
    const double share = (double)zone.lost / (double)hr_max(zone.ready + zone.lost, 1);
    if (zone.ready == 0 || zone.lost < DISRUPTED_MIN || share < spec->unhealthy_zone_threshold)
        return spec->eviction_rate;
    return zone.ready + zone.lost > spec->large_cluster_size_threshold
               ? spec->secondary_eviction_rate
               : 0;
}

static void untaint(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node_health *health = &cluster->nodes[n].health;
    health->waits = false;
    if (!health->evicts)
        return;
    health->evicts = false;
    hr_scheduler_taint(&cluster->scheduler, n, HR_NODE_UNREACHABLE_EXECUTE, false);
    for (uint32_t i = hr_node_first_pod(cluster, n); i != HR_POD_NONE;
         i = hr_node_next_pod(cluster, i)) {
        struct hr_pod *pod = &cluster->pods[i];
        if (pod->toleration != HR_EVENT_NONE)
            hr_note(cluster, "TaintManagerEviction", pod->set, i, n, "Cancelling deletion of Pod");
        hr_event_cancel(cluster, &pod->toleration);
    }
}

/* When no node at all is ready it is more likely that the control plane errs: nobody is evicted,
 * and those that wait begin anew once some node is ready. */
static void set_all_lost(struct hr_cluster *cluster, bool all_lost)
{
    if (cluster->all_lost == all_lost)
        return;
    cluster->all_lost = all_lost;
    for (uint32_t n = 0; n < cluster->n_nodes; n++) {
        const struct hr_node *node = &cluster->nodes[n];
        if (node->stage < HR_NODE_READY || !node->health.unreachable)
            continue;
        untaint(cluster, n);
        if (node->stage != HR_NODE_DELETED)
            await_eviction(cluster, n);
    }
}

void hr_zones_review(struct hr_cluster *cluster)
{
    struct count *zones = HR_NEW_ARRAY(struct count, cluster->n_zones), all = { 0 };
    for (uint32_t n = 0; n < cluster->n_nodes; n++) {
        const struct hr_node *node = &cluster->nodes[n];
        if (node->stage < HR_NODE_READY || node->stage == HR_NODE_DELETED)
            continue;
        struct count *zone = &zones[zone_of(cluster, node)];
        zone->lost += node->health.unreachable;
        zone->ready += !node->health.unreachable;
        all.lost += node->health.unreachable;
        all.ready += !node->health.unreachable;
    }
    set_all_lost(cluster, all.ready == 0 && all.lost > 0);
    for (uint32_t z = 0; z < cluster->n_zones; z++) {
        const double rate = rate_of(cluster, zones[z]);
        set_rate(cluster, &cluster->zones_health[z], rate);
        schedule_eviction(cluster, z);
    }
    free(zones);
}

void hr_zone_evict(struct hr_cluster *cluster, uint32_t z)
{
    struct hr_zone_health *zone = &cluster->zones_health[z];
    const uint32_t n = next_to_evict(cluster, z);
    if (n != HR_NODE_NONE) {
        cluster->nodes[n].health.waits = false;
        cluster->nodes[n].health.evicts = true;
        hr_scheduler_taint(&cluster->scheduler, n, HR_NODE_UNREACHABLE_EXECUTE, true);
        zone->next = hr_time_add(cluster->engine->now, hr_time_from_ns(1e9 / zone->rate));
        for (uint32_t i = hr_node_first_pod(cluster, n), next; i != HR_POD_NONE; i = next) {
            next = hr_node_next_pod(cluster, i);
            hr_pod_tolerate(cluster, i);
        }
    }
    schedule_eviction(cluster, z);
}

void hr_pod_tolerate(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    const hr_time time = hr_placement_toleration(
        cluster->placement, cluster->sets[pod->set].pod_template, HR_NODE_UNREACHABLE_EXECUTE);
    if (pod->deleted == HR_TIME_NEVER)
        hr_event_set(cluster, &pod->toleration, hr_time_add(cluster->engine->now, time),
                     HR_EV_POD_TOLERATED_RANK, HR_EV_POD_TOLERATED, i);
}

/* Budgets do not count here. */
void hr_pod_tolerated(struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_pod *pod = &cluster->pods[i];
    if (pod->deleted != HR_TIME_NEVER)
        return;
    hr_note(cluster, "TaintManagerEviction", pod->set, i, pod->node, "Marking for deletion Pod");
    cluster->sets[pod->set].counts[HR_SET_EVICTED]++;
    hr_pod_delete(cluster, i, cluster->sets[pod->set].config->pods->termination_grace_period);
}

/* ---- from the detection on ---- */

static void lose(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node *node = &cluster->nodes[n];
    hr_node_reachable(cluster, n, false);
    hr_note(cluster, "NodeNotReady", HR_SET_NONE, HR_POD_NONE, n,
            "Node status is now: NodeNotReady");
    hr_scheduler_taint(&cluster->scheduler, n, HR_NODE_UNREACHABLE, true);
    for (uint32_t i = hr_node_first_pod(cluster, n); i != HR_POD_NONE;
         i = hr_node_next_pod(cluster, i)) {
        hr_note(cluster, "NodeNotReady", cluster->pods[i].set, i, n, "Node is not ready");
        hr_pod_ready(cluster, i, false);
    }
    await_eviction(cluster, n);
    hr_zones_review(cluster);
    hr_event_set(cluster, &node->health.lost,
                 hr_time_add(cluster->engine->now, cluster->spec.dead_node_removal),
                 HR_EV_NODE_LOST_RANK, HR_EV_NODE_LOST, n);
}

/* Its pods are left without a node, until the collector has found them so for long enough. */
static void remove_object(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_cluster_spec *spec = &cluster->spec;
    struct hr_node *node = &cluster->nodes[n];
    const hr_time found = next_tick(cluster->engine->now, spec->pod_gc_period);
    const hr_time collected = next_tick(found + spec->orphan_quarantine, spec->pod_gc_period);
    hr_note(cluster, "DeletingNode", HR_SET_NONE, HR_POD_NONE, n,
            "Deleting node because it does not exist in the cloud provider");
    hr_node_leave_pool(cluster, n);
    node->stage = HR_NODE_DELETED;
    node->health.waits = false;
    if (hr_node_first_pod(cluster, n) == HR_POD_NONE) {
        hr_node_delete(cluster, n);
        return;
    }
    hr_event_set(cluster, &node->health.lost, collected, HR_EV_NODE_LOST_RANK, HR_EV_NODE_LOST, n);
    hr_zones_review(cluster);
}

void hr_heartbeat_step(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_node *node = &cluster->nodes[n];
    if (!node->health.unreachable)
        lose(cluster, n);
    else if (node->stage != HR_NODE_DELETED)
        remove_object(cluster, n);
    else
        hr_node_delete(cluster, n);
}

void hr_heartbeat_back(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node *node = &cluster->nodes[n];
    hr_event_cancel(cluster, &node->health.lost);
    if (!node->health.unreachable)
        return;
    untaint(cluster, n);
    hr_scheduler_taint(&cluster->scheduler, n, HR_NODE_UNREACHABLE, false);
    hr_node_reachable(cluster, n, true);
    hr_note(cluster, "NodeReady", HR_SET_NONE, HR_POD_NONE, n, "Node status is now: NodeReady");
    hr_placing_wake(cluster, HR_WAKE_NODE_CHANGED);
    hr_zones_review(cluster);
}
