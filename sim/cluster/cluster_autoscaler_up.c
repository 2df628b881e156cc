/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scale-up of the Cluster Autoscaler: which pool is to grow by how much for the pods that have no
 * place. A pool is a node group that the cloud keeps spread evenly over its zones: the nodes tried
 * stand in the zones that the next ones would get.
 */
#include "cluster/node_autoscaler.h"

#include "base/mem.h"
#include "base/minmax.h"
#include "base/str.h"
#include "cluster/node_config.h"

#include <stdlib.h>
#include <string.h>

/* Pods so young are left to gather (core/static_autoscaler.go); those that ask for GPUs longer. */
#define POD_BUFFER     (2 * HR_NS_PER_S)
#define GPU_POD_BUFFER (30 * HR_NS_PER_S)

/* Why a pool is not tried. */
enum skipped { TRIED, AT_MAX, BACKED_OFF };

struct option {
    uint32_t pool;
    enum skipped skipped;
    struct hr_expansion expansion;
    bool *helped; /* by pending pod */
};

static const int64_t *requests_of(const struct hr_cluster *cluster, uint32_t pod)
{
    return hr_placement_template(cluster->placement, hr_pod_template_of(cluster, pod))->requests;
}

static bool wants_gpu(const struct hr_cluster *cluster, uint32_t pod)
{
    const int64_t *requests = requests_of(cluster, pod);
    for (size_t r = HR_RESOURCE_GPU; r < HR_RESOURCES_MAX; r++) {
        if (requests[r] > 0)
            return true;
    }
    return false;
}

/* Keeps the pods that are to be helped: neither expendable nor too young, nor with a place on a
 * node that is there or comes. */
static void filter_pending(struct hr_cluster *cluster)
{
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    const struct hr_node_autoscaler_spec *spec = autoscaler->spec;
    size_t kept = 0;
    for (size_t i = 0; i < autoscaler->n_pending; i++) {
        const uint32_t pod = autoscaler->pending[i], template = hr_pod_template_of(cluster, pod);
        const hr_time age = cluster->engine->now - cluster->pods[pod].created;
        if (hr_placement_priority(cluster->placement, template) <
            spec->expendable_pods_priority_cutoff)
            continue;
        if (hr_trial_place(&autoscaler->trial, pod, template) == HR_NODE_NONE &&
            age >= spec->new_pod_scale_up_delay)
            autoscaler->pending[kept++] = pod;
    }
    autoscaler->n_pending = kept;
}

static bool are_new(const struct hr_cluster *cluster)
{
    const struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    const hr_time now = cluster->engine->now;
    hr_time oldest = HR_TIME_NEVER, oldest_gpu = HR_TIME_NEVER;
    for (size_t i = 0; i < autoscaler->n_pending; i++) {
        const uint32_t pod = autoscaler->pending[i];
        oldest = hr_min(oldest, cluster->pods[pod].created);
        if (wants_gpu(cluster, pod))
            oldest_gpu = hr_min(oldest_gpu, cluster->pods[pod].created);
    }
    return now - oldest < POD_BUFFER ||
           (oldest_gpu != HR_TIME_NEVER && now - oldest_gpu < GPU_POD_BUFFER);
}

static int64_t standing_nodes(const struct hr_cluster *cluster)
{
    int64_t sum = 0;
    for (uint32_t p = 0; p < cluster->config.n_pools; p++)
        sum += cluster->pools[p].target;
    return sum;
}

static int64_t room_of(const struct hr_cluster *cluster, uint32_t pool)
{
    return hr_max(hr_pool_nodes_max(cluster, pool) - cluster->pools[pool].target, 0);
}

static bool is_backed_off(const struct hr_cluster *cluster, uint32_t pool)
{
    return hr_group_backoff_holds(&cluster->node_autoscaler->ca->backoffs[pool],
                                  cluster->engine->now);
}

/* Node groups that only differ by name, for balance_similar_node_groups. */
static bool are_similar(const struct hr_cluster *cluster, uint32_t a, uint32_t b)
{
    const struct hr_node_shape *x =
        hr_placement_shape(cluster->placement, cluster->pools[a].first_shape);
    const struct hr_node_shape *y =
        hr_placement_shape(cluster->placement, cluster->pools[b].first_shape);
    bool alike = cluster->pools[a].spec->type == cluster->pools[b].spec->type &&
                 memcmp(x->allocatable, y->allocatable, sizeof x->allocatable) == 0 &&
                 x->n_labels == y->n_labels && x->n_taints == y->n_taints;
    for (size_t i = 0; alike && i < x->n_labels; i++)
        alike = strcmp(x->labels[i].key, y->labels[i].key) == 0 &&
                strcmp(x->labels[i].value, y->labels[i].value) == 0;
    for (size_t i = 0; alike && i < x->n_taints; i++)
        alike = strcmp(x->taints[i].key, y->taints[i].key) == 0 &&
                strcmp(x->taints[i].value, y->taints[i].value) == 0 &&
                x->taints[i].effect == y->taints[i].effect;
    return alike;
}

static bool shares(const struct hr_cluster *cluster, uint32_t pool, uint32_t other)
{
    return pool == other || (cluster->node_autoscaler->spec->balance_similar_node_groups &&
                             !is_backed_off(cluster, other) && are_similar(cluster, pool, other));
}

/* Nodes that growing the pool (and those it shares with) may bring at most. */
static int64_t growth_max(const struct hr_cluster *cluster, uint32_t pool)
{
    const struct hr_node_autoscaler_spec *spec = cluster->node_autoscaler->spec;
    int64_t room = 0;
    for (uint32_t p = 0; p < cluster->config.n_pools && room < spec->max_nodes_per_scaleup; p++)
        room +=
            shares(cluster, pool, p) ? hr_min(room_of(cluster, p), spec->max_nodes_per_scaleup) : 0;
    const int64_t total = hr_max(spec->max_nodes_total - standing_nodes(cluster), 0);
    return hr_min(hr_min(room, total), spec->max_nodes_per_scaleup);
}

/* ---- the estimate: first fit of the largest first ---- */

struct sized {
    double size;
    size_t index; /* in pending */
};

static int by_size(const void *a, const void *b)
{
    const struct sized *x = a, *y = b;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static struct sized *sorted_new(const struct hr_cluster *cluster, uint32_t pool)
{
    const struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    const struct hr_node_capacity *capacity = &cluster->pools[pool].capacity;
    struct sized *sorted = HR_NEW_ARRAY(struct sized, autoscaler->n_pending);
    for (size_t i = 0; i < autoscaler->n_pending; i++) {
        const int64_t *requests = requests_of(cluster, autoscaler->pending[i]);
        sorted[i] = (struct sized){
            (double)requests[HR_RESOURCE_CPU] / (double)capacity->cpu_milli +
                (double)requests[HR_RESOURCE_MEMORY] / (double)capacity->memory_bytes,
            i,
        };
    }
    if (autoscaler->n_pending > 1)
        qsort(sorted, autoscaler->n_pending, sizeof *sorted, by_size);
    return sorted;
}

static uint32_t add_node(struct hr_cluster *cluster, uint32_t p, uint32_t *zones)
{
    const uint32_t open = hr_pool_zone(cluster, p, zones);
    const uint32_t zone = open == HR_ZONE_NONE ? 0 : open; /* it does not know that none is open */
    zones[zone]++;
    return hr_trial_add_node(&cluster->node_autoscaler->trial,
                             cluster->pools[p].first_shape + zone);
}

/* Puts pods on new nodes, one opened at a time, and counts them in the option. */
static void fill_nodes(struct hr_cluster *cluster, struct option *option, int64_t nodes_max)
{
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    struct hr_trial *trial = &autoscaler->trial;
    struct sized *sorted = sorted_new(cluster, option->pool);
    uint32_t *zones = HR_NEW_ARRAY(uint32_t, cluster->pools[option->pool].n_zones);
    const uint32_t base = trial->books.n_nodes;
    for (size_t i = 0; i < autoscaler->n_pending; i++) {
        const uint32_t pod = autoscaler->pending[sorted[i].index];
        const uint32_t template = hr_pod_template_of(cluster, pod);
        const uint32_t opened = trial->books.n_nodes - base;
        const bool last_is_empty = opened > 0 && trial->books.nodes[base + opened - 1].n_pods == 0;
        uint32_t node = hr_trial_place(trial, pod, template);
        if (node == HR_NODE_NONE && !last_is_empty && opened < nodes_max) {
            add_node(cluster, option->pool, zones);
            node = hr_trial_place(trial, pod, template);
        }
        if (node == HR_NODE_NONE)
            continue;
        const int64_t *requests = requests_of(cluster, pod);
        option->helped[sorted[i].index] = true;
        option->expansion.pods++;
        option->expansion.cpu += (double)requests[HR_RESOURCE_CPU] / 1000;
        option->expansion.memory += (double)requests[HR_RESOURCE_MEMORY];
        option->expansion.gpus += (double)requests[HR_RESOURCE_GPU] / HR_GPU_WHOLE;
    }
    for (uint32_t node = base; node < trial->books.n_nodes; node++)
        option->expansion.nodes += trial->books.nodes[node].n_pods > 0;
    free(zones);
    free(sorted);
}

static void estimate(struct hr_cluster *cluster, struct option *option)
{
    struct hr_trial *trial = &cluster->node_autoscaler->trial;
    const struct hr_pool *pool = &cluster->pools[option->pool];
    const int64_t nodes_max = growth_max(cluster, option->pool);
    option->expansion = (struct hr_expansion){
        .node_cpu = (double)pool->capacity.cpu_milli / 1000,
        .node_memory = (double)pool->capacity.memory_bytes,
        .node_has_gpu = pool->spec->type->gpus > 0,
        .node_usd_per_hour = pool->spec->usd_per_node_hour,
        .priority = pool->spec->priority,
    };
    option->skipped = is_backed_off(cluster, option->pool) ? BACKED_OFF
                      : nodes_max == 0                     ? AT_MAX
                                                           : TRIED;
    if (option->skipped != TRIED)
        return;
    const size_t mark = hr_trial_mark(trial);
    fill_nodes(cluster, option, nodes_max);
    hr_trial_undo(trial, mark);
}

/* ---- what comes of it ---- */

static uint32_t smallest_sharing(const struct hr_cluster *cluster, uint32_t pool)
{
    uint32_t best = UINT32_MAX;
    for (uint32_t p = 0; p < cluster->config.n_pools; p++) {
        if (shares(cluster, pool, p) && room_of(cluster, p) > 0 &&
            (best == UINT32_MAX || cluster->pools[p].target < cluster->pools[best].target))
            best = p;
    }
    return best;
}

/* Grows the pool, or those it shares with so that they become equal; writes what as the event has
 * it: "{cpu 2->5 (max: 10)}". */
static void grow(struct hr_cluster *cluster, uint32_t pool, int64_t nodes, struct hr_str *text)
{
    int64_t *before = HR_NEW_ARRAY(int64_t, cluster->config.n_pools);
    for (uint32_t p = 0; p < cluster->config.n_pools; p++)
        before[p] = cluster->pools[p].target;
    for (; nodes > 0; nodes--)
        cluster->pools[smallest_sharing(cluster, pool)].target++;
    for (uint32_t p = 0; p < cluster->config.n_pools; p++) {
        if (cluster->pools[p].target == before[p])
            continue;
        hr_str_addf(text, "%s{%s %lld->%lld (max: %lld)}", text->length > 0 ? " " : "",
                    cluster->pools[p].spec->name, (long long)before[p],
                    (long long)cluster->pools[p].target, (long long)hr_pool_nodes_max(cluster, p));
        hr_pool_touch(cluster, p);
    }
    free(before);
}

static void tell_helped(struct hr_cluster *cluster, const struct option *chosen, const char *what)
{
    const struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    struct hr_str text;
    hr_str_init(&text);
    hr_str_addf(&text, "pod triggered scale-up: [%s]", what);
    for (size_t i = 0; i < autoscaler->n_pending; i++) {
        if (chosen->helped[i])
            hr_node_autoscaler_tell(cluster, autoscaler->pending[i], HR_NODE_NONE,
                                    "TriggeredScaleUp", text.text);
    }
    hr_str_fini(&text);
}

static void why_not(struct hr_cluster *cluster, uint32_t pod, const struct option *options,
                    struct hr_str *text)
{
    struct hr_trial *trial = &cluster->node_autoscaler->trial;
    struct hr_refusals refusals = { 0 };
    unsigned counts[] = { [TRIED] = 0, [AT_MAX] = 0, [BACKED_OFF] = 0 };
    const size_t mark = hr_trial_mark(trial);
    for (uint32_t p = 0; p < cluster->config.n_pools; p++) {
        counts[options[p].skipped]++;
        if (options[p].skipped == TRIED)
            hr_trial_refusal(trial, hr_pod_template_of(cluster, pod),
                             hr_trial_add_node(trial, cluster->pools[p].first_shape), &refusals);
    }
    hr_trial_undo(trial, mark);
    static const char *const skipped[] = {
        [AT_MAX] = "max node group size reached", [BACKED_OFF] = "in backoff after failed scale-up"
    };
    const char *gap = ": ";
    for (int i = AT_MAX; i <= BACKED_OFF; i++) {
        if (counts[i] > 0)
            hr_str_addf(text, "%s%u %s", gap, counts[i], skipped[i]);
        gap = counts[i] > 0 ? ", " : gap;
    }
    if (hr_refusals_set(&refusals) != 0)
        hr_str_add(text, gap);
    hr_refusals_list(&refusals, cluster->placement, text);
}

/* Of pods that no pool would help. */
static void tell_others(struct hr_cluster *cluster, const struct option *options)
{
    const struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    struct hr_str text;
    hr_str_init(&text);
    for (size_t i = 0; cluster->hooks.note != NULL && i < autoscaler->n_pending; i++) {
        bool helped = false;
        for (uint32_t p = 0; p < cluster->config.n_pools; p++)
            helped |= options[p].helped[i];
        if (helped)
            continue;
        hr_str_clear(&text);
        hr_str_add(&text, "pod didn't trigger scale-up");
        why_not(cluster, autoscaler->pending[i], options, &text);
        hr_node_autoscaler_tell(cluster, autoscaler->pending[i], HR_NODE_NONE, "NotTriggerScaleUp",
                                text.text);
    }
    hr_str_fini(&text);
}

/* The option that the expanders prefer; NULL: none helps. */
static const struct option *choose(struct hr_cluster *cluster, const struct option *options)
{
    struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    const uint32_t n_pools = cluster->config.n_pools;
    struct hr_expansion *expansions = HR_NEW_ARRAY(struct hr_expansion, n_pools);
    uint32_t *pools = HR_NEW_ARRAY(uint32_t, n_pools);
    enum hr_expander chain[HR_EXPANDER_CHAIN_MAX];
    const size_t n_chain = hr_expander_chain_of(autoscaler->spec, chain);
    const struct option *chosen = NULL;
    size_t n = 0;
    for (uint32_t p = 0; p < n_pools; p++) {
        if (options[p].expansion.nodes == 0)
            continue;
        expansions[n] = options[p].expansion;
        pools[n++] = p;
    }
    if (n > 0)
        chosen = &options[pools[hr_expander_choose(chain, n_chain, expansions, n,
                                                   standing_nodes(cluster), &autoscaler->rng)]];
    free(pools);
    free(expansions);
    return chosen;
}

static bool scale_up(struct hr_cluster *cluster, struct option *options)
{
    for (uint32_t p = 0; p < cluster->config.n_pools; p++)
        estimate(cluster, &options[p]);
    const struct option *chosen = choose(cluster, options);
    tell_others(cluster, options);
    if (chosen == NULL)
        return false;
    struct hr_str text;
    hr_str_init(&text);
    grow(cluster, chosen->pool, chosen->expansion.nodes, &text);
    tell_helped(cluster, chosen, text.text);
    hr_str_fini(&text);
    hr_scale_down_added(&cluster->node_autoscaler->ca->scale_down, cluster->engine->now);
    return true;
}

enum hr_scale_up hr_cluster_autoscaler_up(struct hr_cluster *cluster)
{
    const struct hr_node_autoscaler *autoscaler = cluster->node_autoscaler;
    const uint32_t n_pools = cluster->config.n_pools;
    filter_pending(cluster);
    if (autoscaler->n_pending == 0)
        return HR_SCALE_UP_NONE;
    if (are_new(cluster))
        return HR_SCALE_UP_WAITS;
    struct option *options = HR_NEW_ARRAY(struct option, n_pools);
    bool *helped = HR_NEW_ARRAY(bool, n_pools * autoscaler->n_pending);
    for (uint32_t p = 0; p < n_pools; p++)
        options[p] = (struct option){ .pool = p, .helped = &helped[p * autoscaler->n_pending] };
    const bool done = scale_up(cluster, options);
    free(helped);
    free(options);
    return done ? HR_SCALE_UP_DONE : HR_SCALE_UP_NONE;
}
