/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Karpenter's disruption (controllers/disruption, 2026): polled, it looks for nodes that are empty,
 * or whose pods fit elsewhere or on one that costs less, looks again after a while, and takes them
 * away if that still holds. Nodes that are too old go at once.
 */
#include "cluster/karpenter.h"

#include "base/mem.h"
#include "base/minmax.h"
#include "cluster/node_config.h"

#include <math.h>
#include <stdlib.h>

/* The nodes that may be disrupted now. */
struct field {
    struct hr_cluster *cluster;
    struct hr_candidate *candidates;
    uint32_t *nodes; /* of the candidates */
    size_t n;
    int64_t *budgets;               /* by pool */
    struct hr_planned_node planned; /* of the relocation tried last */
};

/* ---- candidates ---- */

static uint32_t type_of(const struct hr_cluster *cluster, uint32_t pool)
{
    uint32_t first = 0;
    while (cluster->pools[first].spec->type != cluster->pools[pool].spec->type)
        first++;
    return first;
}

/* What the node's pods cost to move, pods included that are to be bound to it. Negative: a budget
 * does not allow it. */
static double eviction_cost(const struct hr_cluster *cluster, uint32_t node, const int64_t *allowed,
                            bool *empty)
{
    const struct hr_scheduler *books = &cluster->node_autoscaler->trial.books;
    double cost = 0;
    *empty = true;
    for (uint32_t i = books->nodes[node].first_pod; i != HR_POD_NONE; i = books->pods[i].next) {
        if (!hr_pod_is_moved(cluster, i))
            continue;
        *empty = false;
        if (allowed[cluster->pods[i].set] < 1)
            return -1;
        const double one = hr_eviction_cost(
            0, hr_placement_priority(cluster->placement, hr_pod_template_of(cluster, i)));
        cost += one > 0 ? one : 0;
    }
    return cost;
}

static void add_candidate(struct field *field, uint32_t i, const int64_t *allowed)
{
    struct hr_cluster *cluster = field->cluster;
    const struct hr_node_autoscaler_spec *spec = cluster->node_autoscaler->spec;
    struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    const struct hr_node *node = &cluster->nodes[i];
    const hr_time due = hr_time_add(node->pods_changed, spec->consolidate_after);
    bool empty;
    if (!hr_node_may_leave(node) || !hr_node_is_sound(cluster, i))
        return;
    if (cluster->engine->now < due) {
        karpenter->look_again = hr_min(karpenter->look_again, due);
        return;
    }
    const double cost = eviction_cost(cluster, i, allowed, &empty);
    if (cost < 0 || (!empty && spec->consolidation_policy == HR_CONSOLIDATE_WHEN_EMPTY))
        return;
    field->nodes[field->n] = i;
    field->candidates[field->n++] = (struct hr_candidate){
        .pool = node->pool,
        .type = type_of(cluster, node->pool),
        .empty = empty,
        .usd_per_hour = cluster->pools[node->pool].spec->usd_per_node_hour,
        .eviction_cost = cost,
    };
}

/* A tenth of the pool's nodes, less those that are gone or going; and not below the fewest. */
static int64_t budget_of(const struct hr_cluster *cluster, uint32_t p)
{
    const int64_t percent = hr_disruption_percent_of(cluster->node_autoscaler->spec);
    int64_t nodes = 0, disrupted = 0;
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        const enum hr_node_stage stage = cluster->nodes[i].stage;
        if (cluster->nodes[i].pool != p || (stage != HR_NODE_READY && stage != HR_NODE_GOING))
            continue;
        nodes++;
        disrupted += !hr_node_is_sound(cluster, i);
    }
    const int64_t spare = cluster->pools[p].target - hr_pool_nodes_min(cluster, p);
    return hr_min(hr_disruption_budget(percent, nodes, disrupted), hr_max(spare, 0));
}

/* Pods without a node go where they have room, upcoming nodes included; others may not. */
static void look(struct hr_cluster *cluster)
{
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    hr_node_autoscaler_look(cluster);
    hr_karpenter_add_leaving(cluster);
    bool *placed = HR_NEW_ARRAY(bool, autoscaler->n_pending);
    hr_karpenter_plan_begin(cluster, 0, 0);
    hr_karpenter_plan(cluster, autoscaler->pending, autoscaler->n_pending, placed);
    free(placed);
    hr_node_autoscaler_close_upcoming(cluster);
    for (uint32_t s = 0; s < cluster->config.n_sets; s++)
        hr_trial_probe(&autoscaler->trial, cluster->sets[s].pod_template);
}

static void field_init(struct field *field, struct hr_cluster *cluster)
{
    int64_t *allowed = HR_NEW_ARRAY(int64_t, cluster->config.n_sets);
    *field = (struct field){
        .cluster = cluster,
        .candidates = HR_NEW_ARRAY(struct hr_candidate, cluster->n_nodes),
        .nodes = HR_NEW_ARRAY(uint32_t, cluster->n_nodes),
        .budgets = HR_NEW_ARRAY(int64_t, cluster->config.n_pools),
    };
    look(cluster);
    for (uint32_t s = 0; s < cluster->config.n_sets; s++)
        allowed[s] = hr_set_disruptions_allowed(cluster, s);
    for (uint32_t p = 0; p < cluster->config.n_pools; p++)
        field->budgets[p] = budget_of(cluster, p);
    cluster->node_autoscaler->karpenter->look_again = HR_TIME_NEVER;
    for (uint32_t i = 0; i < cluster->n_nodes; i++)
        add_candidate(field, i, allowed);
    free(allowed);
}

static void field_fini(struct field *field)
{
    free(field->candidates);
    free(field->nodes);
    free(field->budgets);
}

/* ---- where their pods would go ---- */

/* Takes the nodes' pods off them; `pending` holds them then. */
static void lift_all(struct field *field, const size_t *candidates, size_t n)
{
    struct hr_cluster *cluster = field->cluster;
    struct hr_trial *trial = &cluster->node_autoscaler->trial;
    cluster->node_autoscaler->n_pending = 0;
    for (size_t c = 0; c < n; c++) {
        const uint32_t node = field->nodes[candidates[c]];
        hr_trial_close(trial, node);
        for (uint32_t i = trial->books.nodes[node].first_pod, next; i != HR_POD_NONE; i = next) {
            next = trial->books.pods[i].next;
            if (!hr_pod_is_moved(cluster, i))
                continue;
            hr_trial_lift(trial, i);
            hr_node_autoscaler_add(cluster, i);
        }
    }
}

/* A spot node makes way for another only if that is asked for. */
static bool is_barred(const struct field *field, const size_t *candidates, size_t n, uint32_t pool)
{
    const struct hr_cluster *cluster = field->cluster;
    if (cluster->node_autoscaler->spec->spot_to_spot_consolidation ||
        cluster->pools[pool].spec->purchase != HR_PURCHASE_SPOT)
        return false;
    for (size_t c = 0; c < n; c++) {
        const uint32_t own = field->candidates[candidates[c]].pool;
        if (cluster->pools[own].spec->purchase != HR_PURCHASE_SPOT)
            return false;
    }
    return true;
}

static struct hr_relocation relocate(void *ctx, const size_t *candidates, size_t n)
{
    struct field *field = ctx;
    struct hr_cluster *cluster = field->cluster;
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    const struct hr_karpenter *karpenter = autoscaler->karpenter;
    const size_t mark = hr_trial_mark(&autoscaler->trial);
    struct hr_relocation result = { .fits = true };
    double usd = 0;
    for (size_t c = 0; c < n; c++)
        usd += field->candidates[candidates[c]].usd_per_hour;
    lift_all(field, candidates, n);
    bool *placed = HR_NEW_ARRAY(bool, autoscaler->n_pending);
    hr_karpenter_plan_begin(cluster, 1, usd);
    hr_karpenter_plan(cluster, autoscaler->pending, autoscaler->n_pending, placed);
    for (size_t i = 0; i < autoscaler->n_pending; i++)
        result.fits &= placed[i];
    free(placed);
    if (karpenter->n_planned > 0) {
        field->planned = karpenter->planned[0];
        const uint32_t pool = karpenter->by_price[field->planned.rank];
        result.needs_new_node = true;
        result.type = type_of(cluster, pool);
        result.usd_per_hour = cluster->pools[pool].spec->usd_per_node_hour;
        result.fits &= !is_barred(field, candidates, n, pool);
    }
    hr_trial_undo(&autoscaler->trial, mark);
    return result;
}

/* ---- the decision, and the same again ---- */

static void find(struct hr_cluster *cluster)
{
    struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    struct hr_disruption *disruption = &karpenter->disruption;
    struct field field;
    field_init(&field, cluster);
    const struct hr_relocator relocator = { relocate, &field };
    size_t *picks = HR_NEW_ARRAY(size_t, field.n);
    const struct hr_consolidation found =
        hr_consolidate(field.candidates, field.n, field.budgets, &relocator, picks);
    disruption->method = found.method;
    disruption->result = found.result;
    disruption->n = found.n;
    disruption->nodes = hr_realloc(disruption->nodes, found.n + 1, sizeof *disruption->nodes);
    disruption->ordinals =
        hr_realloc(disruption->ordinals, found.n + 1, sizeof *disruption->ordinals);
    for (size_t i = 0; i < found.n; i++) {
        disruption->nodes[i] = field.nodes[picks[i]];
        disruption->ordinals[i] = cluster->nodes[disruption->nodes[i]].ordinal;
    }
    if (found.method == HR_CONSOLIDATE_NONE)
        karpenter->seen = cluster->turns;
    free(picks);
    field_fini(&field);
}

/* The candidate that a node of the decision is still; field->n: none. */
static size_t candidate_of(const struct field *field, uint32_t node, uint64_t ordinal)
{
    size_t c = 0;
    while (c < field->n && field->nodes[c] != node)
        c++;
    return c < field->n && field->cluster->nodes[node].ordinal == ordinal ? c : field->n;
}

/* Writes the candidates that the decision still holds for: all or none of them, but each by itself
 * of those that were empty. */
static size_t confirm(struct field *field, const struct hr_disruption *disruption, size_t *still)
{
    size_t n = 0;
    for (size_t i = 0; i < disruption->n; i++) {
        const size_t c = candidate_of(field, disruption->nodes[i], disruption->ordinals[i]);
        if (c == field->n || field->budgets[field->candidates[c].pool] <= 0 ||
            (disruption->method == HR_CONSOLIDATE_EMPTY && !field->candidates[c].empty))
            continue;
        field->budgets[field->candidates[c].pool]--;
        still[n++] = c;
    }
    if (disruption->method == HR_CONSOLIDATE_EMPTY)
        return n;
    if (n < disruption->n)
        return 0;
    const struct hr_relocation result = relocate(field, still, n);
    const bool same = result.fits && (!result.needs_new_node ||
                                      (disruption->result.needs_new_node &&
                                       result.usd_per_hour <= disruption->result.usd_per_hour));
    return same && result.needs_new_node == disruption->result.needs_new_node ? n : 0;
}

static void carry_out(struct hr_cluster *cluster)
{
    struct hr_disruption *disruption = &cluster->node_autoscaler->karpenter->disruption;
    struct field field;
    field_init(&field, cluster);
    size_t *still = HR_NEW_ARRAY(size_t, disruption->n);
    const size_t n = confirm(&field, disruption, still);
    const bool replaces = disruption->result.needs_new_node;
    uint32_t replacement = HR_NODE_NONE;
    if (n > 0 && replaces)
        replacement = hr_karpenter_launch(cluster, &field.planned);
    const bool refused = replaces && replacement == HR_NODE_NONE;
    for (size_t i = 0; i < n && !refused; i++) {
        const uint32_t node = field.nodes[still[i]];
        hr_note(cluster, "DisruptionTerminating", HR_SET_NONE, HR_POD_NONE, node,
                "Disrupting Node: %s",
                disruption->method == HR_CONSOLIDATE_EMPTY ? "Empty/Delete"
                : replaces                                 ? "Underutilized/Replace"
                                                           : "Underutilized/Delete");
        hr_removal_begin(cluster, node, replacement);
    }
    disruption->method = HR_CONSOLIDATE_NONE;
    free(still);
    field_fini(&field);
}

/* Expiry asks for no budget of nodes, but the pods' budgets hold. */
static void expire(struct hr_cluster *cluster)
{
    const hr_time longest = cluster->node_autoscaler->spec->expire_after;
    for (uint32_t i = 0; i < cluster->n_nodes; i++) {
        const struct hr_node *node = &cluster->nodes[i];
        if (!hr_node_may_leave(node) || cluster->engine->now - node->asked < longest)
            continue;
        hr_note(cluster, "DisruptionTerminating", HR_SET_NONE, HR_POD_NONE, i,
                "Disrupting Node: Expired");
        hr_removal_begin(cluster, i, HR_NODE_NONE);
        hr_karpenter_trigger(cluster);
    }
}

void hr_karpenter_disrupt(struct hr_cluster *cluster)
{
    const struct hr_node_autoscaler_spec *spec = cluster->node_autoscaler->spec;
    struct hr_karpenter *karpenter = cluster->node_autoscaler->karpenter;
    const hr_time now = cluster->engine->now;
    hr_time next = spec->disruption_interval;
    expire(cluster);
    if (karpenter->disruption.method != HR_CONSOLIDATE_NONE) {
        carry_out(cluster);
    } else if (spec->consolidate_after != HR_TIME_NEVER &&
               (karpenter->seen != cluster->turns || now >= karpenter->look_again)) {
        find(cluster);
        if (karpenter->disruption.method != HR_CONSOLIDATE_NONE)
            next = spec->validation_delay;
    }
    hr_engine_schedule(cluster->engine, hr_time_add(now, next), HR_EV_NODES_SCAN_RANK,
                       HR_EV_NODES_SCAN, 0);
}
