/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Machines that die, and are repaired or not; and those that serve, but slowly (gray failures).
 * Draws are addressed by the node and the number of its failure, so that one more of them changes
 * nothing about the others.
 */
#include "cluster/state.h"

#include "base/hash.h"
#include "base/minmax.h"

#include <stdlib.h>

static void init_outages(struct hr_dist *mttf, struct hr_dist *mttr,
                         const struct hr_outages_spec *spec)
{
    hr_dist_init(mttf, spec == NULL ? NULL : spec->mttf);
    hr_dist_init(mttr, spec == NULL ? NULL : spec->mttr);
}

void hr_node_faults_init(struct hr_cluster *cluster)
{
    for (uint32_t p = 0; p < cluster->config.n_pools; p++) {
        struct hr_pool *pool = &cluster->pools[p];
        const struct hr_node_pool_spec *spec = pool->spec;
        init_outages(&pool->mttf, &pool->mttr, spec->failures);
        init_outages(&pool->gpu_mttf, &pool->gpu_mttr, spec->gpu_failures);
        hr_dist_init(&pool->spot_mttf, spec->spot == NULL ? NULL : spec->spot->mttf);
        hr_dist_init(&pool->slow_mttf, spec->slow == NULL ? NULL : spec->slow->mttf);
        hr_dist_init(&pool->slow_time, spec->slow == NULL ? NULL : spec->slow->duration);
        hr_provisioning_init(cluster, p);
        hr_spot_init(cluster, p);
    }
    hr_heartbeat_init(cluster);
}

void hr_node_faults_fini(struct hr_cluster *cluster)
{
    for (uint32_t p = 0; p < cluster->config.n_pools; p++) {
        struct hr_pool *pool = &cluster->pools[p];
        struct hr_dist *dists[] = { &pool->mttf,     &pool->mttr,      &pool->gpu_mttf,
                                    &pool->gpu_mttr, &pool->spot_mttf, &pool->slow_mttf,
                                    &pool->slow_time };
        for (size_t i = 0; i < sizeof dists / sizeof dists[0]; i++)
            hr_dist_fini(dists[i]);
        hr_provisioning_fini(pool);
        free(pool->trace_ends);
    }
    free(cluster->zones_health);
}

hr_time hr_node_draw(const struct hr_cluster *cluster, uint32_t n, const struct hr_dist *dist,
                     enum hr_purpose purpose, uint64_t k)
{
    const struct hr_node *node = &cluster->nodes[n];
    const uint64_t entity = hr_hash_step(cluster->pools[node->pool].entity, node->ordinal);
    struct hr_rng rng = hr_cluster_rng(cluster, purpose, entity, k);
    return hr_dist_draw(dist, &rng);
}

/* ---- death and repair ---- */

static void power_in(struct hr_cluster *cluster, uint32_t n, hr_time delay)
{
    hr_event_set(cluster, &cluster->nodes[n].health.power, hr_time_add(cluster->engine->now, delay),
                 HR_EV_NODE_POWER_RANK, HR_EV_NODE_POWER, n);
}

static void await_failure(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_node *node = &cluster->nodes[n];
    const struct hr_pool *pool = &cluster->pools[node->pool];
    if (pool->spec->failures != NULL)
        power_in(
            cluster, n,
            hr_node_draw(cluster, n, &pool->mttf, HR_PURPOSE_NODE_FAILURE, node->health.failures));
}

static bool is_replaced(const struct hr_cluster *cluster, const struct hr_node_pool_spec *pool)
{
    const struct hr_node_autoscaler_spec *autoscaler = cluster->config.node_autoscaler;
    if (pool->n_spot_changes > 0 || pool->replace == HR_REPLACE_NEVER)
        return false;
    return pool->replace == HR_REPLACE_ALWAYS || autoscaler == NULL ||
           autoscaler->type != HR_KARPENTER;
}

void hr_node_replace(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_node *node = &cluster->nodes[n];
    struct hr_pool *pool = &cluster->pools[node->pool];
    const bool spare = hr_pool_standing(pool) > pool->target; /* some node was to go anyway */
    if (node->stage != HR_NODE_GOING && !spare && !is_replaced(cluster, pool->spec))
        pool->target--;
}

/* It never will be back. */
static void end_for_good(struct hr_cluster *cluster, uint32_t n)
{
    hr_node_replace(cluster, n);
    hr_node_leave_pool(cluster, n);
}

static void die(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node *node = &cluster->nodes[n];
    node->health.dead = true;
    node->health.died = cluster->engine->now;
    cluster->pools[node->pool].counts[HR_NODES_LOST]++;
    hr_note(cluster, "MachineFailed", HR_SET_NONE, HR_POD_NONE, n, "The machine is down");
    for (uint32_t i = hr_node_first_pod(cluster, n); i != HR_POD_NONE;
         i = hr_node_next_pod(cluster, i))
        hr_pod_silence(cluster, i);
    hr_heartbeat_stop(cluster, n);
}

void hr_node_fail(struct hr_cluster *cluster, uint32_t n, hr_time down)
{
    struct hr_node_health *health = &cluster->nodes[n].health;
    const hr_time back = hr_time_add(cluster->engine->now, down);
    if (health->gone || (health->dead && back <= health->back))
        return;
    if (!health->dead)
        die(cluster, n);
    health->back = back;
    if (back == HR_TIME_NEVER)
        end_for_good(cluster, n);
    else
        power_in(cluster, n, down);
}

/* The kubelet starts with the machine. Images that were still on their way have to come anew. */
static void come_back(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node *node = &cluster->nodes[n];
    node->health.dead = false;
    node->health.failures++;
    node->pulled_at = cluster->engine->now;
    for (uint32_t s = 0; s < cluster->images_max; s++) {
        if (node->images[s] > node->health.died)
            node->images[s] = HR_TIME_NEVER;
    }
    hr_note(cluster, "Rebooted", HR_SET_NONE, HR_POD_NONE, n, "Node has been rebooted");
    hr_heartbeat_back(cluster, n);
    await_failure(cluster, n);
    for (uint32_t i = hr_node_first_pod(cluster, n), next; i != HR_POD_NONE; i = next) {
        next = hr_node_next_pod(cluster, i);
        hr_pod_resume(cluster, i);
    }
    if (node->stage >= HR_NODE_READY)
        hr_gpus_back(cluster, n);
}

void hr_node_power(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_node *node = &cluster->nodes[n];
    if (node->health.dead)
        come_back(cluster, n);
    else
        hr_node_fail(cluster, n,
                     hr_node_draw(cluster, n, &cluster->pools[node->pool].mttr,
                                  HR_PURPOSE_NODE_REPAIR, node->health.failures));
}

/* ---- slow nodes ---- */

static void set_slowdown(struct hr_cluster *cluster, uint32_t n, double factor)
{
    cluster->nodes[n].health.slowdown = factor;
    for (uint32_t i = hr_node_first_pod(cluster, n); i != HR_POD_NONE;
         i = hr_node_next_pod(cluster, i)) {
        cluster->hooks.slowed(cluster->hooks.ctx, cluster->pods[i].tag, factor);
        hr_probes_review(cluster, i);
    }
}

static void slow_in(struct hr_cluster *cluster, uint32_t n, hr_time delay)
{
    hr_event_set(cluster, &cluster->nodes[n].health.slow, hr_time_add(cluster->engine->now, delay),
                 HR_EV_NODE_SLOW_RANK, HR_EV_NODE_SLOW, n);
}

static void await_slowness(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_node *node = &cluster->nodes[n];
    const struct hr_pool *pool = &cluster->pools[node->pool];
    if (pool->spec->slow != NULL)
        slow_in(
            cluster, n,
            hr_node_draw(cluster, n, &pool->slow_mttf, HR_PURPOSE_SLOW, node->health.slowdowns));
}

void hr_node_slow_down(struct hr_cluster *cluster, uint32_t n, double factor, hr_time duration)
{
    hr_note(cluster, "NodeSlow", HR_SET_NONE, HR_POD_NONE, n, "Work takes %g times as long",
            factor);
    set_slowdown(cluster, n, factor);
    slow_in(cluster, n, duration);
}

void hr_node_slow_step(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node *node = &cluster->nodes[n];
    const struct hr_pool *pool = &cluster->pools[node->pool];
    if (node->health.slowdown == 1) {
        hr_node_slow_down(cluster, n, pool->spec->slow->factor,
                          hr_node_draw(cluster, n, &pool->slow_time, HR_PURPOSE_SLOW_END,
                                       node->health.slowdowns));
        return;
    }
    hr_note(cluster, "NodeSpeedNormal", HR_SET_NONE, HR_POD_NONE, n, "Work takes its usual time");
    set_slowdown(cluster, n, 1);
    node->health.slowdowns++;
    await_slowness(cluster, n);
}

/* ---- a node's life ---- */

void hr_node_faults_begin(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node_health *health = &cluster->nodes[n].health;
    health->ready_at = cluster->engine->now;
    await_failure(cluster, n);
    await_slowness(cluster, n);
    hr_spot_begin(cluster, n);
    hr_gpus_begin(cluster, n);
    if (cluster->unreachable > 0)
        hr_zones_review(cluster);
}

void hr_node_faults_end(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node_health *health = &cluster->nodes[n].health;
    hr_event_cancel(cluster, &health->power);
    hr_event_cancel(cluster, &health->spot);
    hr_event_cancel(cluster, &health->slow);
    hr_gpus_end(cluster, n);
}
