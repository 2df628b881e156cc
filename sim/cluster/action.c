/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario's events: what somebody does to the cluster, or what befalls it, at a given time. */
#include "cluster/state.h"

#include <string.h>

void hr_actions_start(struct hr_cluster *cluster)
{
    for (uint32_t i = 0; i < cluster->config.n_actions; i++)
        hr_engine_schedule(cluster->engine, cluster->config.actions[i].at, HR_EV_ACTION_RANK,
                           HR_EV_ACTION, i);
}

static bool is_in_zone(const struct hr_cluster *cluster, const struct hr_node *node,
                       const char *zone)
{
    const char *const *zones = cluster->pools[node->pool].spec->zones.items;
    return zone == NULL || strcmp(zones[node->zone], zone) == 0;
}

static bool is_older(const struct hr_cluster *cluster, uint32_t a, uint32_t b)
{
    return b == HR_NODE_NONE || cluster->nodes[a].ordinal < cluster->nodes[b].ordinal;
}

/* The oldest machine of the pool (and zone) that came after `after` (HR_NODE_NONE: the oldest of
 * all); HR_NODE_NONE: there is none. */
static uint32_t next_node(const struct hr_cluster *cluster, uint32_t pool, const char *zone,
                          uint32_t after)
{
    uint32_t next = HR_NODE_NONE;
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        const struct hr_node *node = &cluster->nodes[i];
        if (node->stage < HR_NODE_READY || node->health.gone || node->pool != pool ||
            !is_in_zone(cluster, node, zone))
            continue;
        if (after != HR_NODE_NONE && node->ordinal <= cluster->nodes[after].ordinal)
            continue;
        next = is_older(cluster, i, next) ? i : next;
    }
    return next;
}

/* Does something to the node that the action names, or to all that it means. */
static void for_nodes(struct hr_cluster *cluster, const struct hr_action_spec *action, bool all,
                      void (*what)(struct hr_cluster *cluster, uint32_t node,
                                   const struct hr_action_spec *action))
{
    const uint32_t pool = (uint32_t)action->node_pool;
    const bool every = action->node == HR_AUTO && all;
    const int64_t place = action->node == HR_AUTO ? 0 : action->node;
    uint32_t node = next_node(cluster, pool, action->zone, HR_NODE_NONE);
    for (int64_t i = 0; node != HR_NODE_NONE; i++) {
        const uint32_t next = next_node(cluster, pool, action->zone, node);
        if (every || i == place)
            what(cluster, node, action);
        node = next;
    }
}

static void drain(struct hr_cluster *cluster, uint32_t node, const struct hr_action_spec *action)
{
    (void)action;
    hr_node_drain(cluster, node);
}

static void cordon(struct hr_cluster *cluster, uint32_t node, const struct hr_action_spec *action)
{
    hr_node_cordon(cluster, node, action->action == HR_ACTION_CORDON);
}

static void fail(struct hr_cluster *cluster, uint32_t node, const struct hr_action_spec *action)
{
    hr_node_fail(cluster, node, action->duration);
}

static void break_gpus(struct hr_cluster *cluster, uint32_t node,
                       const struct hr_action_spec *action)
{
    hr_gpus_fail(cluster, node, action->gpus, action->duration);
}

static void slow_down(struct hr_cluster *cluster, uint32_t node,
                      const struct hr_action_spec *action)
{
    hr_node_slow_down(cluster, node, action->factor, action->duration);
}

/* Nodes that are there, boot or were asked for; none comes until it is over. */
static void black_out(struct hr_cluster *cluster, const struct hr_action_spec *action)
{
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        const struct hr_node *node = &cluster->nodes[i];
        if (node->stage == HR_NODE_FREE || !is_in_zone(cluster, node, action->zone))
            continue;
        if (node->stage >= HR_NODE_READY) {
            hr_node_fail(cluster, i, action->duration);
        } else if (node->stage == HR_NODE_BOOTING) {
            hr_provision_failed(cluster, node->pool, "the machine does not start");
            hr_node_leave_pool(cluster, i);
            hr_node_delete(cluster, i);
        }
    }
}

/* No node comes in the zone (NULL: any) of the pool for a while. */
static void block(struct hr_cluster *cluster, uint32_t p, const struct hr_action_spec *action)
{
    const char *const *zones = cluster->pools[p].spec->zones.items;
    for (uint32_t z = 0; z < cluster->pools[p].n_zones; z++) {
        if (action->zone == NULL || strcmp(zones[z], action->zone) == 0)
            hr_provision_block(cluster, p, z, action->duration);
    }
}

static void lose_zone(struct hr_cluster *cluster, const struct hr_action_spec *action)
{
    for (uint32_t p = 0; p < cluster->config.n_pools; p++)
        block(cluster, p, action);
    black_out(cluster, action);
}

/* The oldest that have not been told before. */
static void interrupt(struct hr_cluster *cluster, const struct hr_action_spec *action)
{
    const uint32_t pool = (uint32_t)action->node_pool;
    int64_t left = action->nodes;
    uint32_t node = next_node(cluster, pool, action->zone, HR_NODE_NONE);
    while (node != HR_NODE_NONE && left > 0) {
        const uint32_t next = next_node(cluster, pool, action->zone, node);
        left -= !cluster->nodes[node].health.noticed;
        if (!cluster->nodes[node].health.noticed)
            hr_spot_interrupt(cluster, node, action->notice);
        node = next;
    }
}

static void crash(struct hr_cluster *cluster, const struct hr_action_spec *action)
{
    int64_t left = action->pods;
    uint32_t next;
    for (uint32_t i = cluster->sets[action->deployment].first; i != HR_POD_NONE && left > 0;
         i = next) {
        const struct hr_pod *pod = &cluster->pods[i];
        next = pod->next;
        if ((pod->stage != HR_POD_LOADING && pod->stage != HR_POD_SERVING) || pod->silent)
            continue;
        left--;
        hr_cluster_crash(cluster, i, 0);
    }
}

static void roll_out(struct hr_cluster *cluster, const struct hr_action_spec *action)
{
    const struct hr_version version = {
        .name = action->version,
        .slowdown = action->service_time_factor,
        .error_rate = action->error_rate,
        .startup_time = action->startup_time,
    };
    hr_cluster_roll_out(cluster, (uint32_t)action->deployment, &version);
}

static void resize(struct hr_cluster *cluster, const struct hr_action_spec *action)
{
    const uint32_t p = (uint32_t)action->node_pool;
    cluster->pools[p].target = action->nodes;
    hr_pool_touch(cluster, p);
}

void hr_action_run(struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_action_spec *action = &cluster->config.actions[i];
    switch ((enum hr_action)action->action) {
    case HR_ACTION_SCALE:
        hr_cluster_scale(cluster, (uint32_t)action->deployment, action->replicas);
        return;
    case HR_ACTION_ROLLOUT:
        roll_out(cluster, action);
        return;
    case HR_ACTION_ROLLBACK:
        hr_cluster_roll_back(cluster, (uint32_t)action->deployment);
        return;
    case HR_ACTION_PAUSE_ROLLOUT:
    case HR_ACTION_RESUME_ROLLOUT:
        hr_cluster_pause(cluster, (uint32_t)action->deployment,
                         action->action == HR_ACTION_PAUSE_ROLLOUT);
        return;
    case HR_ACTION_POD_CRASH:
        crash(cluster, action);
        return;
    case HR_ACTION_DRAIN:
        for_nodes(cluster, action, true, drain);
        return;
    case HR_ACTION_CORDON:
    case HR_ACTION_UNCORDON:
        for_nodes(cluster, action, true, cordon);
        return;
    case HR_ACTION_RESIZE_POOL:
        resize(cluster, action);
        return;
    case HR_ACTION_NODE_FAILURE:
        for_nodes(cluster, action, action->zone != NULL, fail);
        return;
    case HR_ACTION_ZONE_OUTAGE:
        lose_zone(cluster, action);
        return;
    case HR_ACTION_SPOT_INTERRUPTION:
        interrupt(cluster, action);
        return;
    case HR_ACTION_GPU_FAILURE:
        for_nodes(cluster, action, false, break_gpus);
        return;
    case HR_ACTION_SLOW_NODE:
        for_nodes(cluster, action, false, slow_down);
        return;
    case HR_ACTION_PROVISIONING_FAILURE:
        block(cluster, (uint32_t)action->node_pool, action);
        return;
    case HR_ACTION_SPIKE: /* of the load: not the cluster's */
        return;
    }
}
