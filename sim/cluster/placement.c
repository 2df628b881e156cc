/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compiles what nodes offer and what pods ask for. */
#include "cluster/placement.h"

#include "base/assert.h"
#include "base/mem.h"
#include "cluster/placement_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the strategy's scores count for a container that asks for nothing. */
enum { SCORED_CPU_MILLI = 100, SCORED_MEMORY_MIB = 200 };
/* Kubernetes' default constraints, both soft. */
enum { DEFAULT_SKEW_HOSTNAME = 3, DEFAULT_SKEW_ZONE = 5 };

static const struct hr_taint_spec node_taints[HR_NODE_TAINTS] = {
    [HR_NODE_CORDONED] = { "node.kubernetes.io/unschedulable", "", HR_TAINT_NO_SCHEDULE },
    [HR_NODE_NOT_READY] = { "node.kubernetes.io/not-ready", "", HR_TAINT_NO_SCHEDULE },
    [HR_NODE_NOT_READY_EXECUTE] = { "node.kubernetes.io/not-ready", "", HR_TAINT_NO_EXECUTE },
    [HR_NODE_UNREACHABLE] = { "node.kubernetes.io/unreachable", "", HR_TAINT_NO_SCHEDULE },
    [HR_NODE_UNREACHABLE_EXECUTE] = { "node.kubernetes.io/unreachable", "", HR_TAINT_NO_EXECUTE },
};

#define DEFAULT_TOLERATION (300 * HR_NS_PER_S)

/* Added by admission to every pod that says nothing of these taints. */
static const struct hr_toleration_spec default_tolerations[] = {
    { "node.kubernetes.io/not-ready", HR_TOLERATION_EXISTS, "", HR_TAINT_NO_EXECUTE,
      DEFAULT_TOLERATION },
    { "node.kubernetes.io/unreachable", HR_TOLERATION_EXISTS, "", HR_TAINT_NO_EXECUTE,
      DEFAULT_TOLERATION },
};

static const struct hr_scheduling_spec no_spec;

static void set_weights(struct hr_placement *placement, const struct hr_scheduler_spec *spec)
{
    if (spec == NULL || spec->resources.n == 0) {
        placement->weights[HR_RESOURCE_CPU] = placement->weights[HR_RESOURCE_MEMORY] = 1;
        return;
    }
    const struct hr_scored_resource_spec *scored = spec->resources.items;
    for (size_t i = 0; i < spec->resources.n; i++) {
        const bool gpu = scored[i].resource == HR_SCORED_GPU;
        const int first = gpu ? HR_RESOURCE_GPU : scored[i].resource;
        const int end = gpu ? HR_RESOURCES_MAX : first + 1;
        for (int r = first; r < end; r++)
            placement->weights[r] = scored[i].weight;
    }
}

_Static_assert(HR_SCORED_CPU == (int)HR_RESOURCE_CPU && HR_SCORED_MEMORY == (int)HR_RESOURCE_MEMORY,
               "what is scored is named as the resources are");

struct hr_placement *hr_placement_new(const struct hr_scheduler_spec *spec)
{
    struct hr_placement *placement = HR_NEW(struct hr_placement);
    placement->toleration = DEFAULT_TOLERATION;
    placement->strategy = spec ? spec->strategy : HR_LEAST_ALLOCATED;
    placement->percentage_of_nodes = spec ? spec->percentage_of_nodes_to_score : HR_AUTO;
    set_weights(placement, spec);
    placement->taints = HR_NEW_ARRAY(struct hr_taint_spec, HR_TAINTS_MAX);
    for (uint32_t i = 0; i < HR_NODE_TAINTS; i++)
        hr_placement_taint(placement, &node_taints[i]);
    return placement;
}

void hr_placement_free(struct hr_placement *placement)
{
    if (placement == NULL)
        return;
    for (uint32_t i = 0; i < placement->n_templates; i++)
        free(placement->templates[i].suits);
    free(placement->templates);
    free(placement->shapes);
    free(placement->shape_taints);
    free(placement->taints);
    free(placement);
}

/* Room for one more than n; doubled whenever n is a power of two. */
static void *with_room(void *items, uint32_t n, size_t size)
{
    return (n & (n - 1)) == 0 ? hr_realloc(items, n > 0 ? 2 * (size_t)n : 1, size) : items;
}

uint32_t hr_placement_mig(struct hr_placement *placement, const char *profile)
{
    uint32_t i = 0;
    while (i < placement->n_profiles && strcmp(placement->profiles[i], profile) != 0)
        i++;
    if (i == placement->n_profiles) {
        HR_ASSERT(i < HR_MIG_PROFILES_MAX);
        placement->profiles[placement->n_profiles++] = profile;
    }
    return HR_RESOURCE_MIG + i;
}

/* Whole units, rounded up but for what only the double added. */
static int64_t whole_units(double amount)
{
    return (int64_t)ceil(amount - 1e-6);
}

void hr_placement_requests(struct hr_placement *placement,
                           const struct hr_resources_spec *resources,
                           int64_t requests[HR_RESOURCES_MAX])
{
    memset(requests, 0, HR_RESOURCES_MAX * sizeof(requests[0]));
    /* The limits first: the requests, where given, then take their place. */
    const struct hr_amounts *sources[] = { resources ? resources->limits : NULL,
                                           resources ? resources->requests : NULL };
    for (size_t i = 0; i < 2; i++) {
        const struct hr_amounts *amounts = sources[i];
        if (amounts == NULL)
            continue;
        if (amounts->cpu > 0)
            requests[HR_RESOURCE_CPU] = whole_units(amounts->cpu * 1000);
        if (amounts->memory > 0)
            requests[HR_RESOURCE_MEMORY] = whole_units(amounts->memory);
        if (amounts->gpu > 0)
            requests[HR_RESOURCE_GPU] = amounts->gpu * HR_GPU_WHOLE;
        if (amounts->gpu_share > 0)
            requests[HR_RESOURCE_GPU] = whole_units(amounts->gpu_share * HR_GPU_WHOLE);
        if (amounts->mig != NULL)
            requests[hr_placement_mig(placement, amounts->mig)] = 1;
    }
}

static const struct hr_scheduling_spec *spec_of(const struct hr_template_rules *rules)
{
    return rules->pod.spec ? rules->pod.spec : &no_spec;
}

static bool matches(const struct hr_toleration_spec *toleration, const struct hr_taint_spec *taint)
{
    if (toleration->effect != HR_TAINT_ANY && toleration->effect != taint->effect)
        return false;
    if (*toleration->key && strcmp(toleration->key, taint->key) != 0)
        return false;
    return toleration->op == HR_TOLERATION_EXISTS || strcmp(toleration->value, taint->value) == 0;
}

static bool speaks_of(const struct hr_toleration_spec *toleration, const char *key)
{
    const bool effect =
        toleration->effect == HR_TAINT_ANY || toleration->effect == HR_TAINT_NO_EXECUTE;
    return effect && (*toleration->key == '\0' || strcmp(toleration->key, key) == 0);
}

static hr_time default_toleration(const struct hr_placement *placement,
                                  const struct hr_scheduling_spec *spec,
                                  const struct hr_taint_spec *taint)
{
    const struct hr_toleration_spec *given = spec->tolerations.items;
    for (size_t d = 0; d < HR_KEY_COUNT(default_tolerations); d++) {
        const struct hr_toleration_spec *added = &default_tolerations[d];
        bool said = false;
        for (size_t i = 0; i < spec->tolerations.n; i++)
            said |= speaks_of(&given[i], added->key);
        if (!said && matches(added, taint))
            return placement->toleration;
    }
    return -1;
}

/* -1: not tolerated. Of several tolerations with a time the shortest counts, and those without a
 * time only when none has one. */
static hr_time toleration_of(const struct hr_placement *placement,
                             const struct hr_scheduling_spec *spec,
                             const struct hr_taint_spec *taint)
{
    const struct hr_toleration_spec *given = spec->tolerations.items;
    hr_time shortest = HR_TIME_NEVER;
    bool tolerated = false;
    for (size_t i = 0; i < spec->tolerations.n; i++) {
        if (!matches(&given[i], taint))
            continue;
        tolerated = true;
        shortest = given[i].toleration < shortest ? given[i].toleration : shortest;
    }
    return tolerated ? shortest : default_toleration(placement, spec, taint);
}

void hr_placement_default_toleration(struct hr_placement *placement, hr_time toleration)
{
    placement->toleration = toleration;
}

hr_time hr_placement_toleration(const struct hr_placement *placement, uint32_t pod_template,
                                uint32_t taint)
{
    HR_ASSERT(pod_template < placement->n_templates && taint < placement->n_taints);
    const struct hr_taint_spec *spec = &placement->taints[taint];
    const hr_time time =
        toleration_of(placement, spec_of(&placement->templates[pod_template]), spec);
    if (time < 0)
        return 0;
    return spec->effect == HR_TAINT_NO_EXECUTE ? time : HR_TIME_NEVER;
}

static void learn_taint(struct hr_template_rules *rules, const struct hr_placement *placement,
                        uint32_t taint)
{
    if (toleration_of(placement, spec_of(rules), &placement->taints[taint]) >= 0)
        rules->tolerated |= UINT64_C(1) << taint;
}

uint32_t hr_placement_taint(struct hr_placement *placement, const struct hr_taint_spec *taint)
{
    for (uint32_t i = 0; i < placement->n_taints; i++) {
        const struct hr_taint_spec *known = &placement->taints[i];
        if (known->effect == taint->effect && strcmp(known->key, taint->key) == 0 &&
            strcmp(known->value, taint->value) == 0)
            return i;
    }
    const uint32_t new = placement->n_taints++;
    HR_ASSERT(new < HR_TAINTS_MAX && taint->effect != HR_TAINT_ANY);
    placement->taints[new] = *taint;
    const bool soft = taint->effect == HR_TAINT_PREFER_NO_SCHEDULE;
    *(soft ? &placement->soft_taints : &placement->hard_taints) |= UINT64_C(1) << new;
    for (uint32_t i = 0; i < placement->n_templates; i++)
        learn_taint(&placement->templates[i], placement, new);
    return new;
}

/* The value of a label; NULL: the shape has none such. */
static const char *label_of(const struct hr_node_shape *shape, const char *key)
{
    for (size_t i = 0; i < shape->n_labels; i++) {
        if (strcmp(shape->labels[i].key, key) == 0)
            return shape->labels[i].value;
    }
    return NULL;
}

static bool is_among(const char *value, const struct hr_list *values)
{
    const char *const *texts = values->items;
    for (size_t i = 0; i < values->n; i++) {
        if (strcmp(value, texts[i]) == 0)
            return true;
    }
    return false;
}

/* -1, 0, 1 as the label's number is below, at or above; -2: the label is no whole number. */
static int compare_number(const char *value, const struct hr_list *bound)
{
    char *end;
    const long long number = strtoll(value, &end, 10);
    if (end == value || *end != '\0')
        return -2;
    const long long limit = strtoll(((const char *const *)bound->items)[0], NULL, 10);
    return (number > limit) - (number < limit);
}

static bool expression_holds(const struct hr_match_spec *match, const struct hr_node_shape *shape)
{
    const char *value = label_of(shape, match->key);
    switch ((enum hr_match_operator)match->op) {
    case HR_MATCH_IN:
        return value && is_among(value, &match->values);
    case HR_MATCH_NOT_IN:
        return !value || !is_among(value, &match->values);
    case HR_MATCH_EXISTS:
        return value != NULL;
    case HR_MATCH_DOES_NOT_EXIST:
        return value == NULL;
    case HR_MATCH_GT:
        return value && compare_number(value, &match->values) == 1;
    case HR_MATCH_LT:
        return value && compare_number(value, &match->values) == -1;
    }
    return false;
}

static bool term_holds(const struct hr_node_term_spec *term, const struct hr_node_shape *shape)
{
    const struct hr_match_spec *expressions = term->match_expressions.items;
    for (size_t i = 0; i < term->match_expressions.n; i++) {
        if (!expression_holds(&expressions[i], shape))
            return false;
    }
    return true;
}

static bool is_admitted(const struct hr_template_rules *rules, const struct hr_node_shape *shape)
{
    if (rules->pod.pool != HR_POOL_ANY && rules->pod.pool != shape->pool)
        return false;
    const struct hr_scheduling_spec *spec = spec_of(rules);
    const struct hr_label_spec *selector = spec->node_selector.items;
    for (size_t i = 0; i < spec->node_selector.n; i++) {
        const char *value = label_of(shape, selector[i].key);
        if (!value || strcmp(value, selector[i].value) != 0)
            return false;
    }
    if (!spec->node_affinity || spec->node_affinity->required.n == 0)
        return true;
    const struct hr_node_term_spec *terms = spec->node_affinity->required.items;
    for (size_t i = 0; i < spec->node_affinity->required.n; i++) {
        if (term_holds(&terms[i], shape))
            return true;
    }
    return false;
}

static int32_t suitability(const struct hr_template_rules *rules, const struct hr_node_shape *shape)
{
    if (!is_admitted(rules, shape))
        return -1;
    int64_t sum = 0;
    const struct hr_node_affinity_spec *affinity = spec_of(rules)->node_affinity;
    const struct hr_node_term_spec *terms = affinity ? affinity->preferred.items : NULL;
    for (size_t i = 0; affinity && i < affinity->preferred.n; i++)
        sum += term_holds(&terms[i], shape) ? terms[i].weight : 0;
    return (int32_t)sum;
}

uint32_t hr_placement_add_shape(struct hr_placement *placement, const struct hr_node_shape *shape)
{
    const int64_t gpus = shape->allocatable[HR_RESOURCE_GPU];
    HR_ASSERT(gpus % HR_GPU_WHOLE == 0 && gpus <= HR_GPUS_MAX * HR_GPU_WHOLE);
    HR_ASSERT(shape->pods_max <= UINT16_MAX);
    const uint32_t new = placement->n_shapes++;
    placement->shapes = with_room(placement->shapes, new, sizeof(placement->shapes[0]));
    placement->shapes[new] = *shape;
    placement->shape_taints =
        with_room(placement->shape_taints, new, sizeof(placement->shape_taints[0]));
    placement->shape_taints[new] = 0;
    for (size_t i = 0; i < shape->n_taints; i++)
        placement->shape_taints[new] |= UINT64_C(1)
                                        << hr_placement_taint(placement, &shape->taints[i]);
    if (shape->zone != HR_ZONE_NONE && shape->zone >= placement->n_zones)
        placement->n_zones = shape->zone + 1;
    for (uint32_t i = 0; i < placement->n_templates; i++) {
        struct hr_template_rules *rules = &placement->templates[i];
        rules->suits = hr_realloc(rules->suits, new + 1, sizeof(rules->suits[0]));
        rules->suits[new] = suitability(rules, shape);
    }
    return new;
}

static void set_spread(struct hr_template_rules *rules, const struct hr_scheduling_spec *spec)
{
    const struct hr_topology_spread_spec *spreads = spec->topology_spread.items;
    for (size_t i = 0; i < spec->topology_spread.n; i++) {
        const struct hr_topology_spread_spec *spread = &spreads[i];
        const bool hard = spread->when_unsatisfiable == HR_DO_NOT_SCHEDULE;
        struct hr_spread_rules *to = hard ? &rules->hard : &rules->soft;
        *(hard ? &rules->spreads_hard : &rules->spreads_soft) = true;
        to->by[spread->topology] = true;
        to->max_skew[spread->topology] = spread->max_skew;
        to->min_domains[spread->topology] = spread->min_domains;
    }
    if (spec->topology_spread.n > 0 || !rules->pod.default_spread)
        return;
    rules->spreads_soft = rules->soft_by_default = true;
    rules->soft = (struct hr_spread_rules){
        .by = { true, true },
        .max_skew = { [HR_TOPOLOGY_ZONE] = DEFAULT_SKEW_ZONE,
                      [HR_TOPOLOGY_HOSTNAME] = DEFAULT_SKEW_HOSTNAME },
    };
}

static void set_apart(struct hr_template_rules *rules, const struct hr_scheduling_spec *spec)
{
    if (spec->pod_anti_affinity == NULL)
        return;
    const struct hr_list *required = &spec->pod_anti_affinity->required;
    const struct hr_list *preferred = &spec->pod_anti_affinity->preferred;
    const struct hr_anti_affinity_term_spec *terms = required->items;
    for (size_t i = 0; i < required->n; i++)
        rules->apart[terms[i].topology] = true;
    terms = preferred->items;
    for (size_t i = 0; i < preferred->n; i++)
        rules->apart_weight[terms[i].topology] += terms[i].weight;
}

static void set_requests(struct hr_template_rules *rules)
{
    const int64_t *requests = rules->pod.requests;
    const int64_t gpus = requests[HR_RESOURCE_GPU];
    HR_ASSERT(gpus < HR_GPU_WHOLE || gpus % HR_GPU_WHOLE == 0);
    for (uint8_t r = 0; r < HR_RESOURCES_MAX; r++) {
        HR_ASSERT(requests[r] >= 0);
        if (requests[r] > 0)
            rules->requested[rules->n_requested++] = r;
    }
    const int64_t cpu = requests[HR_RESOURCE_CPU], memory = requests[HR_RESOURCE_MEMORY];
    rules->scored_cpu = cpu > 0 ? cpu : SCORED_CPU_MILLI;
    rules->scored_memory = memory > 0 ? memory : (int64_t)SCORED_MEMORY_MIB << 20;
}

uint32_t hr_placement_add_template(struct hr_placement *placement,
                                   const struct hr_pod_template *pod)
{
    const uint32_t new = placement->n_templates++;
    placement->templates = with_room(placement->templates, new, sizeof(placement->templates[0]));
    struct hr_template_rules *rules = &placement->templates[new];
    *rules = (struct hr_template_rules){ .pod = *pod };
    const struct hr_scheduling_spec *spec = spec_of(rules);
    rules->priority = spec->priority;
    rules->preempts = spec->preemption_policy == HR_PREEMPT_LOWER_PRIORITY;
    set_requests(rules);
    set_spread(rules, spec);
    set_apart(rules, spec);
    for (uint32_t i = 0; i < placement->n_taints; i++)
        learn_taint(rules, placement, i);
    rules->suits = HR_NEW_ARRAY(int32_t, placement->n_shapes);
    for (uint32_t i = 0; i < placement->n_shapes; i++)
        rules->suits[i] = suitability(rules, &placement->shapes[i]);
    return new;
}

uint32_t hr_placement_shapes(const struct hr_placement *placement)
{
    return placement->n_shapes;
}

uint32_t hr_placement_templates(const struct hr_placement *placement)
{
    return placement->n_templates;
}

const struct hr_node_shape *hr_placement_shape(const struct hr_placement *placement, uint32_t shape)
{
    HR_ASSERT(shape < placement->n_shapes);
    return &placement->shapes[shape];
}

const struct hr_pod_template *hr_placement_template(const struct hr_placement *placement,
                                                    uint32_t pod_template)
{
    HR_ASSERT(pod_template < placement->n_templates);
    return &placement->templates[pod_template].pod;
}

int64_t hr_placement_priority(const struct hr_placement *placement, uint32_t pod_template)
{
    HR_ASSERT(pod_template < placement->n_templates);
    return placement->templates[pod_template].priority;
}

bool hr_placement_admits(const struct hr_placement *placement, uint32_t pod_template,
                         uint32_t shape)
{
    HR_ASSERT(pod_template < placement->n_templates && shape < placement->n_shapes);
    return placement->templates[pod_template].suits[shape] >= 0;
}
