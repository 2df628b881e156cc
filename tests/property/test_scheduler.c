/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random clusters with everything in them: what the scheduler says of every node agrees with a
 * filter that recomputes all from a plain list of pods; no node and no device is ever given more
 * than it has; preemption takes only pods of lower priority, and none too many.
 */
#include "hr_test.h"

#include "hr_cluster.h"

#include <stdlib.h>

enum { CLUSTERS = 2000, STEPS = 40, NODES = 10, PODS = 60, SHAPES = 4, TEMPLATES = 6 };

static const char *const words[] = { "1", "2", "3" };
static const char *const keys[] = { "a", "b", "c" };

/* All that specs of one cluster point to. */
struct parts {
    struct hr_label_spec labels[SHAPES][2], selectors[TEMPLATES];
    struct hr_taint_spec taints[SHAPES][2];
    struct hr_toleration_spec tolerations[TEMPLATES][2];
    struct hr_match_spec matches[TEMPLATES];
    struct hr_node_term_spec terms[TEMPLATES];
    struct hr_node_affinity_spec affinities[TEMPLATES];
    struct hr_topology_spread_spec spreads[TEMPLATES][2];
    struct hr_anti_affinity_term_spec apart[TEMPLATES];
    struct hr_pod_anti_affinity_spec anti[TEMPLATES];
    struct hr_scheduling_spec specs[TEMPLATES];
};

struct listed_pod {
    bool there, terminating;
    uint32_t pod_template, node;
};

struct world {
    struct cluster c;
    struct parts parts;
    struct hr_node_shape shapes[SHAPES];
    struct hr_pod_template templates[TEMPLATES];
    uint32_t mig;
    bool there[NODES], cordoned[NODES], broken[NODES][HR_GPUS_MAX];
    uint32_t shape_of[NODES];
    struct listed_pod pods[PODS];
    uint64_t placed, refused, preempted;
};

static uint32_t below(struct world *w, uint32_t n)
{
    return hr_rng_below(&w->c.rng, n);
}

static bool chance(struct world *w, uint32_t one_in)
{
    return below(w, one_in) == 0;
}

static void draw_shape(struct world *w, uint32_t i)
{
    struct hr_node_shape *shape = &w->shapes[i];
    *shape = plain_shape(chance(w, 4) ? HR_ZONE_NONE : below(w, 3));
    shape->pool = below(w, 2);
    shape->pods_max = 3 + below(w, 6);
    shape->allocatable[HR_RESOURCE_CPU] = 1000 * (1 + below(w, 8));
    shape->allocatable[HR_RESOURCE_GPU] = HR_GPU_WHOLE * (int64_t)below(w, 4);
    shape->allocatable[w->mig] = below(w, 3);
    for (size_t k = 0; k < 2; k++) {
        w->parts.labels[i][k] = (struct hr_label_spec){ keys[k], words[below(w, 3)] };
        w->parts.taints[i][k] =
            (struct hr_taint_spec){ keys[k], words[below(w, 2)], 1 + (int)below(w, 3) };
    }
    shape->labels = w->parts.labels[i];
    shape->n_labels = below(w, 3);
    shape->taints = w->parts.taints[i];
    shape->n_taints = chance(w, 2) ? below(w, 3) : 0;
}

static void draw_spec(struct world *w, uint32_t i)
{
    struct parts *p = &w->parts;
    struct hr_scheduling_spec *spec = &p->specs[i];
    const struct hr_list nothing = { NULL, 0 };
    spec->priority = below(w, 3);
    p->selectors[i] = (struct hr_label_spec){ keys[below(w, 2)], words[below(w, 3)] };
    spec->node_selector = chance(w, 5) ? (struct hr_list){ &p->selectors[i], 1 } : nothing;
    for (size_t k = 0; k < 2; k++)
        p->tolerations[i][k] = (struct hr_toleration_spec){
            .key = chance(w, 4) ? "" : keys[below(w, 2)],
            .op = (int)below(w, 2),
            .value = words[below(w, 2)],
            .effect = (int)below(w, 4),
        };
    spec->tolerations = (struct hr_list){ p->tolerations[i], below(w, 3) };
    p->matches[i] = (struct hr_match_spec){ keys[below(w, 3)], (int)below(w, 6), { 0 } };
    p->matches[i].values = (struct hr_list){ (void *)(uintptr_t)&words[below(w, 3)], 1 };
    p->terms[i].match_expressions = (struct hr_list){ &p->matches[i], 1 };
    p->affinities[i].required = (struct hr_list){ &p->terms[i], 1 };
    spec->node_affinity = chance(w, 4) ? &p->affinities[i] : NULL;
    for (int k = 0; k < 2; k++)
        p->spreads[i][k] = (struct hr_topology_spread_spec){ 1 + below(w, 2), k, (int)below(w, 2),
                                                             1 + below(w, 3) };
    spec->topology_spread =
        chance(w, 2) ? (struct hr_list){ p->spreads[i], 1 + below(w, 2) } : nothing;
    p->apart[i].topology = (int)below(w, 2);
    p->anti[i].required = (struct hr_list){ &p->apart[i], 1 };
    spec->pod_anti_affinity = chance(w, 5) ? &p->anti[i] : NULL;
}

static void draw_template(struct world *w, uint32_t i)
{
    draw_spec(w, i);
    struct hr_pod_template *pod = &w->templates[i];
    *pod = plain_pod(500 * (int64_t)below(w, 4), (int64_t)below(w, 4));
    pod->owner = i / 2;
    pod->pool = chance(w, 6) ? below(w, 2) : HR_POOL_ANY;
    pod->spec = &w->parts.specs[i];
    pod->default_spread = chance(w, 2);
    static const int64_t gpus[] = { 0, 0, 0, 300, 500, 700, 1000, 2000 };
    pod->requests[HR_RESOURCE_GPU] = gpus[below(w, LEN(gpus))];
    pod->requests[w->mig] = chance(w, 6);
    assert_int_equal(add_pod(&w->c, pod), i);
}

static void put_node(struct world *w, uint32_t node)
{
    w->there[node] = true;
    w->cordoned[node] = false;
    memset(w->broken[node], 0, sizeof(w->broken[node]));
    w->shape_of[node] = below(w, SHAPES);
    hr_scheduler_put_node(&w->c.scheduler, node, w->shape_of[node]);
}

static void world_init(struct world *w, uint64_t number)
{
    memset(w, 0, sizeof(*w));
    cluster_init(&w->c, NULL);
    w->c.rng = hr_rng_at((struct hr_address){ .seed = 11, .ordinal = number });
    w->mig = hr_placement_mig(w->c.placement, "1g.10gb");
    for (uint32_t i = 0; i < SHAPES; i++) {
        draw_shape(w, i);
        assert_int_equal(hr_placement_add_shape(w->c.placement, &w->shapes[i]), i);
    }
    for (uint32_t i = 0; i < TEMPLATES; i++)
        draw_template(w, i);
    const uint32_t n = 1 + below(w, NODES);
    for (uint32_t node = 0; node < n; node++)
        put_node(w, node);
}

/* ---- The filter that recomputes all ---- */

static bool tolerates(const struct hr_scheduling_spec *spec, const char *key, const char *value,
                      int effect)
{
    const struct hr_toleration_spec *tolerations = spec->tolerations.items;
    for (size_t i = 0; i < spec->tolerations.n; i++) {
        const struct hr_toleration_spec *t = &tolerations[i];
        const bool any_value = t->op == HR_TOLERATION_EXISTS || strcmp(t->value, value) == 0;
        const bool any_key = t->key[0] == '\0' || strcmp(t->key, key) == 0;
        if (any_value && any_key && (t->effect == HR_TAINT_ANY || t->effect == effect))
            return true;
    }
    return false;
}

static bool tainted(const struct world *w, const struct hr_scheduling_spec *spec, uint32_t node)
{
    const struct hr_node_shape *shape = &w->shapes[w->shape_of[node]];
    for (size_t i = 0; i < shape->n_taints; i++) {
        const struct hr_taint_spec *t = &shape->taints[i];
        if (t->effect != HR_TAINT_PREFER_NO_SCHEDULE &&
            !tolerates(spec, t->key, t->value, t->effect))
            return true;
    }
    return false;
}

static bool expression(const struct hr_match_spec *match, const char *value)
{
    const char *wanted = ((const char *const *)match->values.items)[0];
    switch (match->op) {
    case HR_MATCH_IN:
        return value != NULL && strcmp(value, wanted) == 0;
    case HR_MATCH_NOT_IN:
        return value == NULL || strcmp(value, wanted) != 0;
    case HR_MATCH_EXISTS:
        return value != NULL;
    case HR_MATCH_DOES_NOT_EXIST:
        return value == NULL;
    case HR_MATCH_GT:
        return value != NULL && value[0] > wanted[0];
    default:
        return value != NULL && value[0] < wanted[0];
    }
}

static bool admitted(const struct world *w, const struct hr_pod_template *pod, uint32_t node)
{
    const struct hr_node_shape *shape = &w->shapes[w->shape_of[node]];
    const struct hr_scheduling_spec *spec = pod->spec;
    const struct hr_label_spec *selector = spec->node_selector.items;
    bool selected = selector == NULL;
    const char *value = NULL;
    for (size_t i = 0; i < shape->n_labels; i++) {
        const struct hr_label_spec *label = &shape->labels[i];
        selected |= selector && strcmp(label->key, selector->key) == 0 &&
                    strcmp(label->value, selector->value) == 0;
        if (spec->node_affinity &&
            strcmp(label->key, w->parts.matches[pod - w->templates].key) == 0)
            value = label->value;
    }
    return selected && (pod->pool == HR_POOL_ANY || pod->pool == shape->pool) &&
           (!spec->node_affinity || expression(&w->parts.matches[pod - w->templates], value));
}

static uint32_t lacking(const struct world *w, const struct hr_pod_template *pod, uint32_t node)
{
    const struct hr_node_shape *shape = &w->shapes[w->shape_of[node]];
    int64_t left[HR_RESOURCES_MAX];
    int64_t devices[HR_GPUS_MAX] = { 0 };
    uint32_t n_pods = 0, reasons = 0;
    memcpy(left, shape->allocatable, sizeof(left));
    const int64_t n_gpus = shape->allocatable[HR_RESOURCE_GPU] / HR_GPU_WHOLE;
    for (int64_t d = 0; d < n_gpus; d++)
        left[HR_RESOURCE_GPU] -= w->broken[node][d] ? HR_GPU_WHOLE : 0;
    for (uint32_t i = 0; i < PODS; i++) {
        if (!w->pods[i].there || w->pods[i].node != node)
            continue;
        const int64_t *requests = w->templates[w->pods[i].pod_template].requests;
        n_pods++;
        for (int r = 0; r < HR_RESOURCES_MAX; r++)
            left[r] -= requests[r];
        for (int64_t d = 0; d < n_gpus; d++) {
            if (w->c.scheduler.pods[i].gpus >> d & 1)
                devices[d] += requests[HR_RESOURCE_GPU] < 1000 ? requests[HR_RESOURCE_GPU] : 1000;
        }
    }
    const int64_t gpu = pod->requests[HR_RESOURCE_GPU];
    int64_t suitable = 0;
    for (int64_t d = 0; d < n_gpus; d++)
        suitable += !w->broken[node][d] && 1000 - devices[d] >= (gpu < 1000 ? gpu : 1000);
    if (n_pods >= shape->pods_max)
        reasons |= 1u << HR_REFUSED_PODS;
    for (int r = 0; r < HR_RESOURCES_MAX; r++) {
        const bool no_device =
            r == HR_RESOURCE_GPU && suitable < (gpu < 1000 ? 1 : gpu / HR_GPU_WHOLE);
        if (pod->requests[r] > 0 && (pod->requests[r] > left[r] || no_device))
            reasons |= 1u << (HR_REFUSED_RESOURCE + r);
    }
    return reasons;
}

/* Pods of an owner on nodes of a domain: the node itself, or all of its zone. */
static int64_t in_domain(const struct world *w, const struct hr_pod_template *pod, uint32_t node,
                         int topology, bool terminating_too, bool of_admitted)
{
    const uint32_t zone = w->shapes[w->shape_of[node]].zone;
    int64_t n = 0;
    for (uint32_t i = 0; i < PODS; i++) {
        const struct listed_pod *it = &w->pods[i];
        if (!it->there || w->templates[it->pod_template].owner != pod->owner ||
            (it->terminating && !terminating_too) || (of_admitted && !admitted(w, pod, it->node)))
            continue;
        n += topology == HR_TOPOLOGY_HOSTNAME ? it->node == node
                                              : w->shapes[w->shape_of[it->node]].zone == zone;
    }
    return n;
}

static bool has_zone(const struct world *w, uint32_t node)
{
    return w->shapes[w->shape_of[node]].zone != HR_ZONE_NONE;
}

/* Fewest pods in a domain of the topology; nodes without a zone are none if zones are asked for. */
static int64_t fewest(const struct world *w, const struct hr_pod_template *pod, int topology,
                      bool zones_needed, int64_t min_domains)
{
    int64_t least = INT64_MAX, domains = 0;
    bool seen[3] = { false };
    for (uint32_t node = 0; node < NODES; node++) {
        if (!w->there[node] || !admitted(w, pod, node) ||
            ((zones_needed || topology == HR_TOPOLOGY_ZONE) && !has_zone(w, node)))
            continue;
        const int64_t n = in_domain(w, pod, node, topology, false, true);
        least = n < least ? n : least;
        const uint32_t zone = w->shapes[w->shape_of[node]].zone;
        if (topology == HR_TOPOLOGY_HOSTNAME || !seen[zone])
            domains++;
        if (topology == HR_TOPOLOGY_ZONE)
            seen[zone] = true;
    }
    return domains < min_domains ? 0 : least;
}

static uint32_t uneven(const struct world *w, const struct hr_pod_template *pod, uint32_t node)
{
    const struct hr_topology_spread_spec *spreads = pod->spec->topology_spread.items;
    bool zones_needed = false;
    for (size_t i = 0; i < pod->spec->topology_spread.n; i++)
        zones_needed |= spreads[i].topology == HR_TOPOLOGY_ZONE &&
                        spreads[i].when_unsatisfiable == HR_DO_NOT_SCHEDULE;
    if (zones_needed && !has_zone(w, node))
        return 1u << HR_REFUSED_SPREAD_LABEL;
    for (size_t i = 0; i < pod->spec->topology_spread.n; i++) {
        const struct hr_topology_spread_spec *s = &spreads[i];
        if (s->when_unsatisfiable == HR_DO_NOT_SCHEDULE &&
            in_domain(w, pod, node, s->topology, false, true) + 1 -
                    fewest(w, pod, s->topology, zones_needed, s->min_domains) >
                s->max_skew)
            return 1u << HR_REFUSED_SPREAD;
    }
    const struct hr_pod_anti_affinity_spec *anti = pod->spec->pod_anti_affinity;
    const int apart = w->parts.apart[pod - w->templates].topology;
    if (anti && (apart == HR_TOPOLOGY_HOSTNAME || has_zone(w, node)) &&
        in_domain(w, pod, node, apart, true, false) > 0)
        return 1u << HR_REFUSED_ANTI_AFFINITY;
    return 0;
}

static uint32_t reasons_against(const struct world *w, uint32_t pod_template, uint32_t node)
{
    const struct hr_pod_template *pod = &w->templates[pod_template];
    if (w->cordoned[node] &&
        !tolerates(pod->spec, "node.kubernetes.io/unschedulable", "", HR_TAINT_NO_SCHEDULE))
        return 1u << HR_REFUSED_CORDONED;
    if (tainted(w, pod->spec, node))
        return 1u << HR_REFUSED_TAINT;
    if (!admitted(w, pod, node))
        return 1u << HR_REFUSED_AFFINITY;
    const uint32_t reasons = lacking(w, pod, node);
    return reasons ? reasons : uneven(w, pod, node);
}

/* ---- What must hold ---- */

static void check_books(const struct world *w)
{
    for (uint32_t node = 0; node < NODES; node++) {
        if (!w->there[node])
            continue;
        const struct hr_node_shape *shape = &w->shapes[w->shape_of[node]];
        int64_t used[HR_RESOURCES_MAX] = { 0 };
        int64_t devices[HR_GPUS_MAX] = { 0 };
        uint32_t n_pods = 0;
        for (uint32_t i = 0; i < PODS; i++) {
            if (!w->pods[i].there || w->pods[i].node != node)
                continue;
            const int64_t *requests = w->templates[w->pods[i].pod_template].requests;
            const int64_t gpu = requests[HR_RESOURCE_GPU];
            const uint32_t gpus = w->c.scheduler.pods[i].gpus;
            assert_int_equal(__builtin_popcount(gpus), gpu < 1000 ? gpu > 0 : gpu / 1000);
            n_pods++;
            for (int r = 0; r < HR_RESOURCES_MAX; r++)
                used[r] += requests[r];
            for (int d = 0; d < HR_GPUS_MAX; d++)
                devices[d] += gpus >> d & 1 ? (gpu < 1000 ? gpu : 1000) : 0;
        }
        assert_true(n_pods <= shape->pods_max);
        for (int r = 0; r < HR_RESOURCES_MAX; r++) {
            assert_true(used[r] <= shape->allocatable[r]);
            assert_int_equal(used[r], w->c.scheduler.nodes[node].used[r]);
        }
        for (int d = 0; d < HR_GPUS_MAX; d++)
            assert_true(devices[d] <= (d < shape->allocatable[HR_RESOURCE_GPU] / 1000 ? 1000 : 0));
    }
}

static uint32_t search(struct world *w, uint32_t pod, uint32_t pod_template,
                       struct hr_refusals *refusals)
{
    uint32_t expected[HR_REFUSALS] = { 0 }, fitting = 0, nodes = 0;
    const uint32_t found =
        hr_scheduler_find(&w->c.scheduler, pod, pod_template, &w->c.rng, refusals);
    for (uint32_t node = 0; node < NODES; node++) {
        if (!w->there[node])
            continue;
        const uint32_t reasons = reasons_against(w, pod_template, node);
        nodes++;
        fitting += reasons == 0;
        for (int i = 0; i < HR_REFUSALS; i++)
            expected[i] += reasons >> i & 1;
        assert_int_equal(hr_scheduler_fits(&w->c.scheduler, pod_template, node), reasons == 0);
    }
    assert_int_equal(found != HR_NODE_NONE, fitting > 0);
    assert_true(found == HR_NODE_NONE || reasons_against(w, pod_template, found) == 0);
    assert_memory_equal(refusals->counts, expected, sizeof(expected));
    assert_int_equal(refusals->nodes, nodes);
    return found;
}

/* Without the victims the pod fits; with any one of them back it does not. */
static void check_preemption(struct world *w, uint32_t pod, uint32_t pod_template,
                             struct hr_refusals *refusals)
{
    const int64_t budgets[TEMPLATES] = { 0, 1, INT64_MAX };
    const int64_t priority = w->parts.specs[pod_template].priority;
    const struct hr_preemption result =
        hr_scheduler_preempt(&w->c.scheduler, pod, pod_template, budgets, &w->c.rng, refusals);
    check_books(w);
    for (uint32_t node = 0; node < NODES && result.node == HR_NODE_NONE; node++) {
        struct listed_pod pods[PODS];
        memcpy(pods, w->pods, sizeof(pods));
        for (uint32_t i = 0; i < PODS; i++)
            w->pods[i].there &= w->pods[i].node != node ||
                                w->parts.specs[w->pods[i].pod_template].priority >= priority;
        assert_true(!w->there[node] || reasons_against(w, pod_template, node) != 0);
        memcpy(w->pods, pods, sizeof(pods));
    }
    if (result.node == HR_NODE_NONE)
        return;
    w->preempted++;
    assert_true(result.n_victims > 0);
    for (size_t i = 0; i < result.n_victims; i++) {
        struct listed_pod *victim = &w->pods[result.victims[i]];
        assert_true(victim->there && victim->node == result.node);
        assert_true(w->parts.specs[victim->pod_template].priority < priority);
        victim->there = false;
    }
    assert_int_equal(reasons_against(w, pod_template, result.node), 0);
    for (size_t i = 0; i < result.n_victims; i++) {
        w->pods[result.victims[i]].there = true;
        assert_true(reasons_against(w, pod_template, result.node) != 0);
        w->pods[result.victims[i]].there = false;
    }
    for (size_t i = 0; i < result.n_victims; i++)
        w->pods[result.victims[i]].there = true;
}

static void place(struct world *w, uint32_t pod)
{
    struct hr_refusals refusals;
    const uint32_t pod_template = below(w, TEMPLATES);
    const uint32_t node = search(w, pod, pod_template, &refusals);
    if (node == HR_NODE_NONE) {
        w->refused++;
        check_preemption(w, pod, pod_template, &refusals);
        return;
    }
    w->placed++;
    hr_scheduler_bind(&w->c.scheduler, pod, pod_template, node, below(w, 5));
    w->pods[pod] = (struct listed_pod){ true, false, pod_template, node };
}

static void remove_node(struct world *w, uint32_t node)
{
    for (uint32_t i = 0; i < PODS; i++) {
        if (!w->pods[i].there || w->pods[i].node != node)
            continue;
        hr_scheduler_unbind(&w->c.scheduler, i);
        w->pods[i].there = false;
    }
    hr_scheduler_remove_node(&w->c.scheduler, node);
    w->there[node] = false;
}

static void change_node(struct world *w, uint32_t node)
{
    struct hr_scheduler *s = &w->c.scheduler;
    if (!w->there[node]) {
        put_node(w, node);
    } else if (chance(w, 3)) {
        remove_node(w, node);
    } else if (s->nodes[node].n_gpus > 0 && chance(w, 2)) {
        bool *broken = &w->broken[node][below(w, s->nodes[node].n_gpus)];
        *broken = !*broken;
        hr_scheduler_gpu_broken(s, node, (uint32_t)(broken - w->broken[node]), *broken);
    } else {
        w->cordoned[node] = !w->cordoned[node];
        hr_scheduler_taint(s, node, HR_NODE_CORDONED, w->cordoned[node]);
    }
}

static void test_random_clusters(void **state)
{
    (void)state;
    struct world *w = malloc(sizeof(*w));
    uint64_t placed = 0, refused = 0, preempted = 0;
    for (uint64_t number = 0; number < CLUSTERS; number++) {
        world_init(w, number);
        for (int step = 0; step < STEPS; step++) {
            const uint32_t pod = below(w, PODS);
            if (chance(w, 8)) {
                change_node(w, below(w, NODES));
            } else if (!w->pods[pod].there) {
                place(w, pod);
            } else if (chance(w, 3)) {
                hr_scheduler_unbind(&w->c.scheduler, pod);
                w->pods[pod].there = false;
            } else {
                hr_scheduler_terminate(&w->c.scheduler, pod, false);
                w->pods[pod].terminating = true;
            }
            check_books(w);
        }
        placed += w->placed;
        refused += w->refused;
        preempted += w->preempted;
        cluster_fini(&w->c);
    }
    free(w);
    assert_true(placed > 8 * CLUSTERS && refused > 3 * CLUSTERS && preempted > CLUSTERS / 4);
    print_message("%llu placed, %llu refused, %llu preempted\n", (unsigned long long)placed,
                  (unsigned long long)refused, (unsigned long long)preempted);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_random_clusters) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
