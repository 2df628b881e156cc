/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Cluster Autoscaler (core/static_autoscaler.go, 2026): every scan interval it looks at the
 * cluster and grows one pool, or else sees to nodes that are not needed.
 */
#include "cluster/node_autoscaler.h"

#include "base/mem.h"
#include "cluster/node_config.h"

#include <stdlib.h>

struct hr_cluster_autoscaler *hr_cluster_autoscaler_new(struct hr_cluster *cluster)
{
    struct hr_cluster_autoscaler *ca = HR_NEW(struct hr_cluster_autoscaler);
    const struct hr_scale_down_config config =
        hr_scale_down_config_of(cluster->config.node_autoscaler);
    hr_scale_down_init(&ca->scale_down, &config);
    ca->backoffs = HR_NEW_ARRAY(struct hr_group_backoff, cluster->config.n_pools);
    ca->seen = UINT64_MAX;
    return ca;
}

void hr_cluster_autoscaler_free(struct hr_cluster_autoscaler *ca)
{
    if (ca == NULL)
        return;
    hr_scale_down_fini(&ca->scale_down);
    free(ca->backoffs);
    free(ca->unneeded);
    free(ca->not_before);
    free(ca);
}

/* Too many nodes that are not ready, and it keeps its hands off. */
static bool is_healthy(struct hr_cluster *cluster)
{
    const struct hr_node_autoscaler_spec *spec = cluster->node_autoscaler->spec;
    int64_t nodes = 0, unready = 0;
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        if (cluster->nodes[i].stage != HR_NODE_READY)
            continue;
        nodes++;
        unready += !hr_node_is_sound(cluster, i);
    }
    if (unready <= spec->ok_total_unready_count ||
        (double)unready <= spec->max_total_unready_percentage * (double)nodes)
        return true;
    hr_note(cluster, "ClusterUnhealthy", HR_SET_NONE, HR_POD_NONE, HR_NODE_NONE,
            "Cluster is unhealthy: %lld of %lld nodes are unready", (long long)unready,
            (long long)nodes);
    return false;
}

/* Nodes of the pool that were asked for and have not come in time are given up. */
static void drop_late_nodes(struct hr_cluster *cluster, uint32_t p)
{
    const struct hr_node_autoscaler_spec *spec = cluster->node_autoscaler->spec;
    const hr_time now = cluster->engine->now;
    bool failed = false;
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        const struct hr_node *node = &cluster->nodes[i];
        if (node->pool != p || !hr_node_is_upcoming(node) ||
            now - node->asked <= spec->max_node_provision_time)
            continue;
        cluster->pools[p].target--;
        hr_node_delete(cluster, i);
        failed = true;
    }
    if (!failed)
        return;
    hr_node_autoscaler_refused(cluster, p);
    hr_note(cluster, "ScaleUpTimedOut", HR_SET_NONE, HR_POD_NONE, HR_NODE_NONE,
            "Nodes added to group %s failed to register within %.0f s",
            cluster->pools[p].spec->name, hr_time_to_s(spec->max_node_provision_time));
}

void hr_cluster_autoscaler_scan(struct hr_cluster *cluster)
{
    const struct hr_node_autoscaler_spec *spec = cluster->node_autoscaler->spec;
    hr_engine_schedule(cluster->engine, hr_time_add(cluster->engine->now, spec->scan_interval),
                       HR_EV_NODES_SCAN_RANK, HR_EV_NODES_SCAN, 0);
    if (!is_healthy(cluster))
        return;
    for (uint32_t p = 0; p < cluster->config.n_pools; p++)
        drop_late_nodes(cluster, p);
    enum hr_scale_up up = HR_SCALE_UP_NONE;
    if (hr_node_autoscaler_has_pending(cluster)) {
        hr_node_autoscaler_look(cluster);
        up = hr_cluster_autoscaler_up(cluster);
    }
    if (up == HR_SCALE_UP_NONE && spec->scale_down_enabled)
        hr_cluster_autoscaler_down(cluster);
}
