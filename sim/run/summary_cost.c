/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the cluster costs and who pays. On node pools the nodes are paid for, and the control plane
 * keeps each deployment's share of them (cluster/price.c); what stood idle, and what billing rounds
 * up, is spread over the deployments by cost. Without node pools every replica has its price.
 */
#include "run/summary.h"

#include <math.h>

static const struct hr_node_pool_spec *pool_spec(const struct hr_summary *summary, size_t p)
{
    return &((const struct hr_node_pool_spec *)summary->spec->node_pools.items)[p];
}

static const struct hr_deployment_spec *deployment_spec(const struct hr_summary *summary, size_t d)
{
    return &((const struct hr_deployment_spec *)summary->spec->deployments.items)[d];
}

/* Nano-USD an hour x ns of the window, exactly. */
static hr_uint128 pool_cost(const struct hr_pool_metrics *pool)
{
    return (pool->areas[HR_POOL_NODES].total + pool->rounded_ns) * pool->price;
}

static hr_uint128 idle_cost(const struct hr_pool_metrics *pool)
{
    return (pool->areas[HR_POOL_EMPTY].total + pool->rounded_ns) * pool->price;
}

double hr_summary_pool_usd_per_hour(const struct hr_summary *summary, unsigned r, size_t p)
{
    const struct hr_replication *replication = &summary->replications[r];
    return 1e-9 * (double)pool_cost(&replication->pools[p]) / (double)replication->window;
}

/* The deployment's share of nodes, and that much more for what is nobody's. */
static double share_of_nodes(const struct hr_replication *replication, size_t d)
{
    hr_uint128 all = 0, idle = 0;
    for (size_t p = 0; p < replication->n_pools; p++) {
        all += pool_cost(&replication->pools[p]);
        idle += idle_cost(&replication->pools[p]);
    }
    if (all <= idle)
        return 0;
    return (double)replication->deployments[d].cost_area.total *
           ((double)all / (double)(all - idle));
}

double hr_summary_cost_usd_per_hour(const struct hr_summary *summary, size_t row, size_t d)
{
    if (summary->spec->node_pools.n > 0) {
        const struct hr_replication *replication = &summary->replications[row];
        return 1e-9 * share_of_nodes(replication, d) / (double)replication->window;
    }
    return hr_summary_deployment(summary, row, d)[HR_LEVEL_BILLED] /
           hr_summary_time_ns(summary, row) * deployment_spec(summary, d)->usd_per_hour;
}

bool hr_summary_is_priced(const struct hr_summary *summary, size_t d)
{
    if (summary->spec->node_pools.n == 0)
        return deployment_spec(summary, d)->usd_per_hour > 0;
    for (size_t p = 0; p < summary->spec->node_pools.n; p++) {
        if (pool_spec(summary, p)->usd_per_node_hour > 0)
            return true;
    }
    return false;
}

static bool any_priced(const struct hr_summary *summary)
{
    for (size_t d = 0; d < summary->spec->deployments.n; d++) {
        if (hr_summary_is_priced(summary, d))
            return true;
    }
    return false;
}

/* USD an hour. */
static double cost_of_all(const struct hr_summary *summary, size_t row)
{
    double sum = 0;
    for (size_t p = 0; p < summary->spec->node_pools.n; p++)
        sum += hr_summary_pool_usd_per_hour(summary, (unsigned)row, p);
    for (size_t d = 0; summary->spec->node_pools.n == 0 && d < summary->spec->deployments.n; d++)
        sum += hr_summary_cost_usd_per_hour(summary, row, d);
    return sum;
}

void hr_summarize_cluster(const struct hr_summary *summary)
{
    struct hr_cluster_result *cluster = &summary->result->cluster;
    cluster->carbon_kgco2e = hr_summary_none("no carbon intensity of the power is known");
    if (!any_priced(summary)) {
        cluster->cost_usd_per_hour = cluster->cost_usd_total = hr_summary_none(HR_SUMMARY_NO_PRICE);
        return;
    }
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] = cost_of_all(summary, r);
    cluster->cost_usd_per_hour = hr_summary_mean(summary);
    /* The bill of the window at the rate of the row. */
    for (size_t r = 0; r < summary->n_rows; r++)
        summary->x[r] *= hr_summary_time_s(summary, 0) / 3600;
    cluster->cost_usd_total = hr_summary_mean(summary);
}
