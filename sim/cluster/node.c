/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node from the request for it until it is deleted: asked -> booting (paid for) -> ready -> gone.
 * A pool has a target, and asks for nodes as long as there are fewer.
 */
#include "cluster/state.h"

#include "base/hash.h"
#include "base/mem.h"
#include "cluster/node_autoscaler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint32_t zone_number(struct hr_cluster *cluster, const char *name)
{
    for (uint32_t z = 0; z < cluster->n_zones; z++) {
        if (strcmp(cluster->zones[z], name) == 0)
            return z;
    }
    cluster->zones = hr_realloc(cluster->zones, cluster->n_zones + 1, sizeof *cluster->zones);
    cluster->zones[cluster->n_zones] = name;
    return cluster->n_zones++;
}

static void add_shapes(struct hr_cluster *cluster, uint32_t p)
{
    struct hr_pool *pool = &cluster->pools[p];
    const struct hr_node_pool_spec *spec = pool->spec;
    const struct hr_node_capacity *capacity = &pool->capacity;
    const char *const *zones = spec->zones.items;
    struct hr_node_shape shape = {
        .labels = spec->labels.items,
        .n_labels = spec->labels.n,
        .taints = spec->taints.items,
        .n_taints = spec->taints.n,
        .pool = p,
        .allocatable = { [HR_RESOURCE_CPU] = capacity->cpu_milli,
                         [HR_RESOURCE_MEMORY] = capacity->memory_bytes,
                         [HR_RESOURCE_GPU] = capacity->gpus * HR_GPU_WHOLE },
        .pods_max = (uint32_t)capacity->pods,
    };
    if (capacity->mig != NULL)
        shape.allocatable[hr_placement_mig(cluster->placement, spec->mig)] = capacity->mig_parts;
    pool->n_zones = (uint32_t)spec->zones.n;
    for (uint32_t z = 0; z < pool->n_zones; z++) {
        shape.zone = zone_number(cluster, zones[z]);
        const uint32_t number = hr_placement_add_shape(cluster->placement, &shape);
        pool->first_shape = z == 0 ? number : pool->first_shape;
    }
}

void hr_nodes_init(struct hr_cluster *cluster)
{
    const uint32_t n = cluster->config.n_pools;
    cluster->pools = HR_NEW_ARRAY(struct hr_pool, n);
    cluster->node_free = HR_NODE_NONE;
    for (uint32_t p = 0; p < n; p++) {
        const struct hr_node_pool_spec *spec = &cluster->config.pools[p];
        cluster->pools[p] = (struct hr_pool){
            .spec = spec,
            .capacity = hr_node_capacity_of(spec),
            .entity = hr_hash_name(spec->name),
            .target = hr_node_pool_nodes(spec),
            .node_nano_per_hour = (int64_t)llround(spec->usd_per_node_hour * 1e9),
        };
        hr_dist_init(&cluster->pools[p].provision, spec->provision_time);
        hr_dist_init(&cluster->pools[p].boot, spec->boot_time);
        hr_dist_init(&cluster->pools[p].driver, spec->gpu_driver_time);
        add_shapes(cluster, p);
    }
    hr_node_faults_init(cluster);
}

void hr_nodes_fini(struct hr_cluster *cluster)
{
    for (uint32_t p = 0; p < cluster->config.n_pools; p++) {
        hr_dist_fini(&cluster->pools[p].provision);
        hr_dist_fini(&cluster->pools[p].boot);
        hr_dist_fini(&cluster->pools[p].driver);
    }
    hr_node_faults_fini(cluster);
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        free(cluster->nodes[i].images);
        free(cluster->nodes[i].gpus);
    }
    free(cluster->pools);
    free(cluster->nodes);
    free(cluster->zones);
}

static uint32_t take_record(struct hr_cluster *cluster)
{
    if (cluster->node_free != HR_NODE_NONE) {
        const uint32_t i = cluster->node_free;
        cluster->node_free = cluster->nodes[i].next_free;
        return i;
    }
    if (cluster->n_nodes == cluster->nodes_capacity) {
        cluster->nodes_capacity = cluster->nodes_capacity == 0 ? 16 : 2 * cluster->nodes_capacity;
        cluster->nodes =
            hr_realloc(cluster->nodes, cluster->nodes_capacity, sizeof *cluster->nodes);
    }
    cluster->nodes[cluster->n_nodes].images = HR_NEW_ARRAY(hr_time, cluster->images_max);
    cluster->nodes[cluster->n_nodes].gpus = NULL;
    return cluster->n_nodes++;
}

/* Whether a machine stands, or is to. */
static bool stands(const struct hr_node *node)
{
    return node->stage != HR_NODE_FREE && node->stage != HR_NODE_GOING && !node->health.gone;
}

/* Zones take turns: that with the fewest nodes of the pool, the first among equals. */
uint32_t hr_pool_zone(const struct hr_cluster *cluster, uint32_t p, const uint32_t *more)
{
    const struct hr_pool *pool = &cluster->pools[p];
    uint32_t *counts = HR_NEW_ARRAY(uint32_t, pool->n_zones);
    for (uint32_t z = 0; more != NULL && z < pool->n_zones; z++)
        counts[z] = more[z];
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        const struct hr_node *node = &cluster->nodes[i];
        if (stands(node) && node->pool == p)
            counts[node->zone]++;
    }
    uint32_t zone = HR_ZONE_NONE;
    for (uint32_t z = 0; z < pool->n_zones; z++) {
        const hr_time now = cluster->engine->now;
        if (now < pool->zones[z].closed || now < pool->zones[z].failing)
            continue;
        zone = zone == HR_ZONE_NONE || counts[z] < counts[zone] ? z : zone;
    }
    free(counts);
    return zone;
}

/* A node record in the pool, not there yet. */
static uint32_t create(struct hr_cluster *cluster, uint32_t p, uint32_t zone)
{
    struct hr_pool *pool = &cluster->pools[p];
    const uint32_t i = take_record(cluster);
    hr_time *images = cluster->nodes[i].images;
    for (uint32_t s = 0; s < cluster->images_max; s++)
        images[s] = HR_TIME_NEVER;
    struct hr_node_gpu *gpus = cluster->nodes[i].gpus;
    cluster->nodes[i] = (struct hr_node){
        .pool = p,
        .zone = zone,
        .ordinal = pool->created++,
        .stage = HR_NODE_ASKED,
        .asked = cluster->engine->now,
        .images = images,
        .step = HR_EVENT_NONE,
        .drain = HR_EVENT_NONE,
        .removal = { .event = HR_EVENT_NONE },
        .gpus = gpus,
        .health = { .slowdown = 1,
                    .ends = HR_TIME_NEVER,
                    .power = HR_EVENT_NONE,
                    .lost = HR_EVENT_NONE,
                    .spot = HR_EVENT_NONE,
                    .slow = HR_EVENT_NONE },
    };
    pool->asked++;
    cluster->changed = true;
    return i;
}

static hr_time draw(const struct hr_cluster *cluster, const struct hr_node *node,
                    const struct hr_dist *dist, enum hr_purpose purpose)
{
    const struct hr_pool *pool = &cluster->pools[node->pool];
    struct hr_rng rng = hr_cluster_rng(cluster, purpose, pool->entity, node->ordinal);
    return hr_dist_draw(dist, &rng);
}

static void step_in(struct hr_cluster *cluster, uint32_t i, hr_time delay)
{
    hr_event_set(cluster, &cluster->nodes[i].step, hr_time_add(cluster->engine->now, delay),
                 HR_EV_NODE_STEP_RANK, HR_EV_NODE_STEP, i);
}

uint32_t hr_node_ask(struct hr_cluster *cluster, uint32_t p, uint32_t zone)
{
    const uint32_t i = create(cluster, p, zone);
    const struct hr_node *node = &cluster->nodes[i];
    step_in(cluster, i, draw(cluster, node, &cluster->pools[p].provision, HR_PURPOSE_PROVISION));
    return i;
}

/* The machine runs: it is paid for from now on. */
static void born(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_node *node = &cluster->nodes[i];
    struct hr_pool *pool = &cluster->pools[node->pool];
    node->stage = HR_NODE_BOOTING;
    node->born = cluster->engine->now;
    pool->asked--;
    pool->existing++;
    pool->empty++;
    pool->counts[HR_NODES_PROVISIONED]++;
    cluster->changed = true;
}

static void ready(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_node *node = &cluster->nodes[i];
    struct hr_pool *pool = &cluster->pools[node->pool];
    node->stage = HR_NODE_READY;
    node->pods_changed = cluster->engine->now;
    pool->ready++;
    cluster->changed = true;
    hr_scheduler_put_node(&cluster->scheduler, i, pool->first_shape + node->zone);
    hr_note(cluster, "NodeReady", HR_SET_NONE, HR_POD_NONE, i, "Node status is now: NodeReady");
    hr_placing_wake(cluster, HR_WAKE_NODE_ADDED);
    hr_control_due(cluster);
    hr_node_faults_begin(cluster, i);
}

static void boot(struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_node *node = &cluster->nodes[i];
    const struct hr_pool *pool = &cluster->pools[node->pool];
    born(cluster, i);
    const hr_time boot = draw(cluster, node, &pool->boot, HR_PURPOSE_BOOT);
    const hr_time driver =
        pool->spec->type->gpus > 0 ? draw(cluster, node, &pool->driver, HR_PURPOSE_DRIVER) : 0;
    step_in(cluster, i, hr_time_add(boot, driver));
}

void hr_node_step(struct hr_cluster *cluster, uint32_t i)
{
    if (cluster->nodes[i].stage == HR_NODE_BOOTING)
        ready(cluster, i);
    else if (!hr_provision_fails(cluster, i))
        boot(cluster, i);
}

uint32_t hr_node_appear(struct hr_cluster *cluster, uint32_t p, bool warm)
{
    const uint32_t zone = hr_pool_zone(cluster, p, NULL);
    const uint32_t i = create(cluster, p, zone == HR_ZONE_NONE ? 0 : zone);
    if (!warm) {
        boot(cluster, i);
        return i;
    }
    for (uint32_t s = 0; s < cluster->config.n_sets; s++)
        cluster->nodes[i].images[s] = 0;
    born(cluster, i);
    ready(cluster, i);
    return i;
}

void hr_nodes_start(struct hr_cluster *cluster)
{
    for (uint32_t p = 0; p < cluster->config.n_pools; p++) {
        const int64_t nodes = cluster->pools[p].target;
        for (int64_t n = 0; n < nodes; n++)
            hr_node_appear(cluster, p, true);
        if (cluster->pools[p].spec->n_spot_changes > 0)
            hr_spot_trace_step(cluster, p);
    }
}

/* Node time that is paid for beyond what was used. */
static hr_time rounded_up(const struct hr_pool *pool, hr_time lived)
{
    const struct hr_billing_spec billing =
        pool->spec->billing == NULL ? hr_billing_spec_default() : *pool->spec->billing;
    const hr_time least = lived > billing.minimum ? lived : billing.minimum;
    const hr_time units = (least + billing.granularity - 1) / billing.granularity;
    return units * billing.granularity - lived;
}

/* It goes from the books of the scheduler, with its pods. */
static void empty(struct hr_cluster *cluster, uint32_t i)
{
    uint32_t pod;
    while ((pod = hr_node_first_pod(cluster, i)) != HR_POD_NONE) {
        if (!cluster->pods[pod].silent && cluster->pods[pod].deleted == HR_TIME_NEVER)
            cluster->sets[cluster->pods[pod].set].counts[HR_SET_LOST]++;
        hr_pod_gone(cluster, pod);
    }
    hr_scheduler_remove_node(&cluster->scheduler, i);
}

static void forget(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_node *node = &cluster->nodes[i];
    node->stage = HR_NODE_FREE;
    node->next_free = cluster->node_free;
    cluster->node_free = i;
    hr_pool_touch(cluster, node->pool);
}

void hr_node_delete(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_node *node = &cluster->nodes[i];
    struct hr_pool *pool = &cluster->pools[node->pool];
    const enum hr_node_stage stage = node->stage;
    hr_event_cancel(cluster, &node->step);
    hr_event_cancel(cluster, &node->drain);
    hr_event_cancel(cluster, &node->removal.event);
    hr_event_cancel(cluster, &node->health.lost);
    pool->asked -= stage == HR_NODE_ASKED;
    pool->counts[HR_NODES_REMOVED] += stage != HR_NODE_ASKED && !node->health.gone;
    if (stage != HR_NODE_ASKED)
        hr_node_leave_pool(cluster, i);
    node->retires = false;
    const bool others_care = cluster->unreachable > 0;
    hr_node_reachable(cluster, i, true);
    node->stage = HR_NODE_FREE; /* its last pod must not delete it once more */
    if (stage >= HR_NODE_READY)
        empty(cluster, i);
    if (stage != HR_NODE_ASKED && stage != HR_NODE_DELETED)
        hr_note(cluster, "RemovingNode", HR_SET_NONE, HR_POD_NONE, i, "Node is deleted");
    forget(cluster, i);
    if (others_care)
        hr_zones_review(cluster);
}

void hr_node_reachable(struct hr_cluster *cluster, uint32_t i, bool reachable)
{
    struct hr_node *node = &cluster->nodes[i];
    if (node->health.unreachable == !reachable)
        return;
    node->health.unreachable = !reachable;
    cluster->unreachable += reachable ? -1u : 1u;
    if (node->stage == HR_NODE_READY && !node->health.gone)
        cluster->pools[node->pool].ready += reachable ? 1u : -1u;
    cluster->changed = true;
    cluster->turns++;
}

void hr_node_leave_pool(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_node *node = &cluster->nodes[i];
    struct hr_pool *pool = &cluster->pools[node->pool];
    if (node->health.gone)
        return;
    pool->ready -= node->stage == HR_NODE_READY && !node->health.unreachable;
    pool->going -= node->stage == HR_NODE_GOING;
    pool->empty -= !node->occupied;
    pool->existing--;
    pool->extra_ns += rounded_up(pool, cluster->engine->now - node->born);
    node->health.gone = true;
    hr_node_faults_end(cluster, i);
    if (node->occupied)
        hr_node_split_price(cluster, i);
    hr_pool_touch(cluster, node->pool);
}

void hr_node_leaves(struct hr_cluster *cluster, uint32_t i, bool leaves)
{
    struct hr_node *node = &cluster->nodes[i];
    struct hr_pool *pool = &cluster->pools[node->pool];
    node->stage = leaves ? HR_NODE_GOING : HR_NODE_READY;
    if (!node->health.gone) { /* or its pool has done without it since its machine died */
        pool->going += leaves ? 1u : -1u;
        pool->ready -= node->health.unreachable ? 0 : leaves ? 1u : -1u;
        pool->target -= leaves ? 1 : -1;
    }
    hr_scheduler_taint(&cluster->scheduler, i, HR_NODE_CORDONED, leaves || node->cordoned);
    if (!leaves)
        hr_placing_wake(cluster, HR_WAKE_NODE_CHANGED);
    hr_pool_touch(cluster, node->pool);
}

void hr_pool_touch(struct hr_cluster *cluster, uint32_t p)
{
    cluster->pools[p].dirty = true;
    cluster->changed = true;
    hr_control_due(cluster);
}

int64_t hr_pool_standing(const struct hr_pool *pool)
{
    return (int64_t)pool->asked + pool->existing - pool->going;
}

/* The youngest node that is to stay; those that are not there yet first. */
static uint32_t youngest(const struct hr_cluster *cluster, uint32_t p)
{
    uint32_t found = HR_NODE_NONE;
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        const struct hr_node *node = &cluster->nodes[i];
        if (!stands(node) || node->pool != p)
            continue;
        if (found == HR_NODE_NONE || node->ordinal > cluster->nodes[found].ordinal)
            found = i;
    }
    return found;
}

void hr_pool_reconcile(struct hr_cluster *cluster, uint32_t p)
{
    const struct hr_pool *pool = &cluster->pools[p];
    while (hr_pool_standing(pool) < pool->target && hr_provision(cluster, p) != HR_NODE_NONE) {
    }
    if (cluster->node_autoscaler != NULL && hr_pool_standing(pool) < pool->target) {
        cluster->pools[p].target = hr_pool_standing(pool);
        hr_node_autoscaler_refused(cluster, p);
    }
    while (hr_pool_standing(pool) > pool->target) {
        const uint32_t node = youngest(cluster, p);
        if (cluster->nodes[node].stage == HR_NODE_READY && !cluster->nodes[node].health.dead)
            hr_node_retire(cluster, node);
        else
            hr_node_delete(cluster, node);
    }
}

uint32_t hr_node_first_pod(const struct hr_cluster *cluster, uint32_t node)
{
    return cluster->scheduler.nodes[node].first_pod;
}

uint32_t hr_node_next_pod(const struct hr_cluster *cluster, uint32_t pod)
{
    return cluster->scheduler.pods[pod].next;
}

hr_time hr_node_pull(struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_pod *pod = &cluster->pods[i];
    const struct hr_set *set = &cluster->sets[pod->set];
    struct hr_node *node = &cluster->nodes[pod->node];
    hr_time *there = &node->images[set->revisions[pod->revision].image];
    const double bytes = set->config->pods->image_size;
    const hr_time now = cluster->engine->now;
    if (bytes <= 0)
        return now;
    if (*there == HR_TIME_NEVER) {
        const hr_time from = node->pulled_at > now ? node->pulled_at : now;
        const double bandwidth = cluster->pools[node->pool].spec->image_pull_bandwidth;
        node->pulled_at = hr_time_add(from, hr_time_from_ns(bytes / bandwidth * 1e9));
        *there = node->pulled_at;
    }
    return *there > now ? *there : now;
}

struct hr_pool_status hr_cluster_pool_status(const struct hr_cluster *cluster, uint32_t p)
{
    const struct hr_pool *pool = &cluster->pools[p];
    struct hr_pool_status status = {
        .target = pool->target,
        .asked = pool->asked,
        .existing = pool->existing,
        .ready = pool->ready,
        .empty = pool->empty,
        .node_nano_per_hour = pool->node_nano_per_hour,
        .extra_ns = pool->extra_ns,
    };
    memcpy(status.requested, pool->requested, sizeof status.requested);
    memcpy(status.counts, pool->counts, sizeof status.counts);
    return status;
}
