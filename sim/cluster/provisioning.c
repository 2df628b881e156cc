/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nodes that are asked for, and do not come: the account's quota is used up, the cloud has no
 * machine left in a zone for a while (then another zone is tried), or a machine does not start.
 */
#include "cluster/state.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/minmax.h"
#include "cluster/node_autoscaler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY (30 * HR_NS_PER_S) /* at least, after a failure */

/* The entry of the zone, or else that of all zones without one. */
static const struct hr_out_of_capacity_spec *lack_in(const struct hr_node_pool_spec *pool,
                                                     const char *zone)
{
    const struct hr_out_of_capacity_spec *lacks = pool->out_of_capacity.items, *any = NULL;
    for (size_t i = 0; i < pool->out_of_capacity.n; i++) {
        if (lacks[i].zone == NULL)
            any = &lacks[i];
        else if (strcmp(lacks[i].zone, zone) == 0)
            return &lacks[i];
    }
    return any;
}

void hr_provisioning_init(struct hr_cluster *cluster, uint32_t p)
{
    struct hr_pool *pool = &cluster->pools[p];
    const char *const *zones = pool->spec->zones.items;
    pool->failed_at = HR_TIME_NEVER;
    pool->target_refused = -1;
    pool->retry = HR_EVENT_NONE;
    pool->zones = HR_NEW_ARRAY(struct hr_pool_zone, pool->n_zones);
    for (uint32_t z = 0; z < pool->n_zones; z++) {
        pool->zones[z].lack = lack_in(pool->spec, zones[z]);
        hr_dist_init(&pool->zones[z].lead,
                     pool->zones[z].lack == NULL ? NULL : pool->zones[z].lack->lead_time);
    }
}

void hr_provisioning_fini(struct hr_pool *pool)
{
    for (uint32_t z = 0; z < pool->n_zones; z++)
        hr_dist_fini(&pool->zones[z].lead);
    free(pool->zones);
}

void hr_provision_failed(struct hr_cluster *cluster, uint32_t p, const char *why)
{
    struct hr_pool *pool = &cluster->pools[p];
    pool->counts[HR_NODES_FAILED]++;
    pool->failed_at = cluster->engine->now;
    hr_note(cluster, "FailedProvisioning", HR_SET_NONE, HR_POD_NONE, HR_NODE_NONE, "%s: %s",
            pool->spec->name, why);
}

static void retry_at(struct hr_cluster *cluster, uint32_t p, hr_time at)
{
    struct hr_pool *pool = &cluster->pools[p];
    pool->retry_at = hr_max(at, hr_time_add(cluster->engine->now, RETRY));
    hr_event_set(cluster, &pool->retry, pool->retry_at, HR_EV_POOL_RETRY_RANK, HR_EV_POOL_RETRY, p);
}

/* When some zone may have machines again. */
static hr_time first_opening(const struct hr_pool *pool)
{
    hr_time first = HR_TIME_NEVER;
    for (uint32_t z = 0; z < pool->n_zones; z++)
        first = hr_min(first, hr_max(pool->zones[z].closed, pool->zones[z].failing));
    return first;
}

/* Asks in the zone. True: there is none left, and will not be for a while. */
static bool lacks_capacity(struct hr_cluster *cluster, uint32_t p, uint32_t z)
{
    struct hr_pool *pool = &cluster->pools[p];
    struct hr_pool_zone *zone = &pool->zones[z];
    const char *const *names = pool->spec->zones.items;
    const uint64_t request = pool->requests++;
    if (zone->lack == NULL)
        return false;
    const uint64_t entity = hr_hash_step(pool->entity, z);
    struct hr_rng rng = hr_cluster_rng(cluster, HR_PURPOSE_NO_CAPACITY, entity, request);
    if (hr_rng_uniform(&rng) >= zone->lack->probability)
        return false;
    struct hr_rng lead = hr_cluster_rng(cluster, HR_PURPOSE_LEAD, entity, request);
    zone->closed =
        hr_time_add(cluster->engine->now, hr_max(hr_dist_draw(&zone->lead, &lead), HR_NS_PER_S));
    char why[128];
    snprintf(why, sizeof why, "insufficient capacity in zone %s", names[z]);
    hr_provision_failed(cluster, p, why);
    return true;
}

static bool is_within_quota(struct hr_cluster *cluster, uint32_t p)
{
    struct hr_pool *pool = &cluster->pools[p];
    const int64_t quota = pool->spec->quota;
    if ((int64_t)pool->existing + pool->asked < quota)
        return true;
    if (pool->target_refused != pool->target)
        hr_provision_failed(cluster, p, "quota exceeded");
    pool->target_refused = pool->target;
    return false;
}

uint32_t hr_provision(struct hr_cluster *cluster, uint32_t p)
{
    const struct hr_pool *pool = &cluster->pools[p];
    if (cluster->engine->now < pool->retry_at || !is_within_quota(cluster, p))
        return HR_NODE_NONE;
    uint32_t zone;
    while ((zone = hr_pool_zone(cluster, p, NULL)) != HR_ZONE_NONE) {
        if (!lacks_capacity(cluster, p, zone))
            return hr_node_ask(cluster, p, zone);
    }
    retry_at(cluster, p, first_opening(pool));
    return HR_NODE_NONE;
}

uint32_t hr_provision_in(struct hr_cluster *cluster, uint32_t p, uint32_t zone)
{
    const bool there = is_within_quota(cluster, p) && !lacks_capacity(cluster, p, zone);
    return there ? hr_node_ask(cluster, p, zone) : HR_NODE_NONE;
}

bool hr_provision_fails(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_node *node = &cluster->nodes[n];
    const uint32_t p = node->pool;
    const struct hr_pool *pool = &cluster->pools[p];
    const uint64_t entity = hr_hash_step(pool->entity, node->ordinal);
    struct hr_rng rng = hr_cluster_rng(cluster, HR_PURPOSE_NO_NODE, entity, 0);
    const bool blocked = cluster->engine->now < pool->zones[node->zone].failing;
    if (!blocked && hr_rng_uniform(&rng) >= pool->spec->provision_failure)
        return false;
    hr_provision_failed(cluster, p, "the machine does not start");
    if (cluster->node_autoscaler != NULL) {
        cluster->pools[p].target--;
        hr_node_autoscaler_refused(cluster, p);
    } else {
        retry_at(cluster, p, 0);
    }
    hr_node_delete(cluster, n);
    return true;
}

void hr_provision_block(struct hr_cluster *cluster, uint32_t p, uint32_t z, hr_time duration)
{
    struct hr_pool_zone *zone = &cluster->pools[p].zones[z];
    zone->failing = hr_max(zone->failing, hr_time_add(cluster->engine->now, duration));
}
