/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Machines that the cloud takes back: at random, at a planned time, or as a trace says. With the
 * notice the node is cordoned and drained as disruption budgets allow; at its end the machine goes
 * with whatever is left on it. A machine of a trace has had its notice when the trace takes it, so
 * that the nodes there are are at each moment those of the trace.
 */
#include "cluster/state.h"

#include "base/mem.h"
#include "base/minmax.h"

#include <stdlib.h>

static hr_time notice_of(const struct hr_node_pool_spec *pool)
{
    return pool->spot == NULL ? hr_spot_spec_default().notice : pool->spot->notice;
}

/* ---- traces ---- */

static void await_lines(struct hr_cluster *cluster, uint32_t p)
{
    struct hr_pool *pool = &cluster->pools[p];
    const struct hr_node_pool_spec *spec = pool->spec;
    while (pool->trace_next < spec->n_spot_changes && !spec->spot_changes[pool->trace_next].add)
        pool->trace_next++;
    if (pool->trace_next < spec->n_spot_changes)
        hr_event_set(cluster, &pool->trace, spec->spot_changes[pool->trace_next].at,
                     HR_EV_POOL_TRACE_RANK, HR_EV_POOL_TRACE, p);
}

void hr_spot_init(struct hr_cluster *cluster, uint32_t p)
{
    struct hr_pool *pool = &cluster->pools[p];
    const struct hr_node_pool_spec *spec = pool->spec;
    pool->trace = HR_EVENT_NONE;
    if (spec->n_spot_changes == 0)
        return;
    pool->trace_ends = HR_NEW_ARRAY(hr_time, spec->n_spot_changes);
    hr_time *ends = HR_NEW_ARRAY(hr_time, spec->n_spot_changes); /* by node: its next end */
    for (size_t i = 0; i < spec->n_spot_changes; i++)
        ends[i] = HR_TIME_NEVER;
    for (size_t i = spec->n_spot_changes; i-- > 0;) {
        const struct hr_spot_change *change = &spec->spot_changes[i];
        pool->trace_ends[i] = ends[change->node];
        ends[change->node] = change->add ? HR_TIME_NEVER : change->at;
    }
    free(ends);
}

static void end_at(struct hr_cluster *cluster, uint32_t n, hr_time ends)
{
    struct hr_node_health *health = &cluster->nodes[n].health;
    const hr_time now = cluster->engine->now;
    const hr_time notice = notice_of(cluster->pools[cluster->nodes[n].pool].spec);
    health->ends = ends;
    if (ends != HR_TIME_NEVER)
        hr_event_set(cluster, &health->spot, hr_max(ends - notice, now), HR_EV_NODE_SPOT_RANK,
                     HR_EV_NODE_SPOT, n);
}

void hr_spot_trace_step(struct hr_cluster *cluster, uint32_t p)
{
    struct hr_pool *pool = &cluster->pools[p];
    const struct hr_node_pool_spec *spec = pool->spec;
    const hr_time now = cluster->engine->now;
    for (; pool->trace_next < spec->n_spot_changes; pool->trace_next++) {
        const struct hr_spot_change *change = &spec->spot_changes[pool->trace_next];
        if (change->at > now)
            break;
        if (!change->add)
            continue;
        pool->target++;
        end_at(cluster, hr_node_appear(cluster, p, now == 0), pool->trace_ends[pool->trace_next]);
    }
    await_lines(cluster, p);
}

/* ---- the end of a machine ---- */

void hr_spot_begin(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_node_health *health = &cluster->nodes[n].health;
    const struct hr_pool *pool = &cluster->pools[cluster->nodes[n].pool];
    if (health->noticed)
        hr_node_drain(cluster, n);
    if (pool->spec->n_spot_changes > 0 || health->ends != HR_TIME_NEVER ||
        pool->spec->purchase != HR_PURCHASE_SPOT || pool->spec->spot == NULL ||
        pool->spec->spot->mttf == NULL)
        return;
    const hr_time lives = hr_node_draw(cluster, n, &pool->spot_mttf, HR_PURPOSE_SPOT, 0);
    end_at(cluster, n,
           hr_time_add(cluster->engine->now, hr_time_add(lives, notice_of(pool->spec))));
}

/* Notice is given that it goes at its end. */
static void give_notice(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node *node = &cluster->nodes[n];
    const hr_time left = node->health.ends - cluster->engine->now;
    node->health.noticed = true;
    hr_note(cluster, "SpotInterruption", HR_SET_NONE, HR_POD_NONE, n,
            "The machine is taken back in %.0f s", hr_time_to_s(left));
    hr_event_set(cluster, &node->health.spot, node->health.ends, HR_EV_NODE_SPOT_RANK,
                 HR_EV_NODE_SPOT, n);
    if (node->stage == HR_NODE_READY)
        hr_node_drain(cluster, n);
}

void hr_spot_interrupt(struct hr_cluster *cluster, uint32_t n, hr_time notice)
{
    struct hr_node *node = &cluster->nodes[n];
    const hr_time after = notice == HR_AUTO ? notice_of(cluster->pools[node->pool].spec) : notice;
    const hr_time ends = hr_time_add(cluster->engine->now, after);
    if (node->health.noticed && node->health.ends <= ends)
        return;
    node->health.ends = ends;
    give_notice(cluster, n);
}

void hr_spot_step(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_node *node = &cluster->nodes[n];
    struct hr_pool *pool = &cluster->pools[node->pool];
    if (!node->health.noticed) {
        give_notice(cluster, n);
        return;
    }
    pool->counts[HR_NODES_INTERRUPTED]++;
    hr_node_replace(cluster, n);
    hr_node_leave_pool(cluster, n);
    hr_node_delete(cluster, n);
}
