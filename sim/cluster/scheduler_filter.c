/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which nodes a pod may go to: the filters, in the order of Kubernetes' plugins. */
#include "base/assert.h"
#include "base/mem.h"
#include "base/minmax.h"
#include "cluster/scheduler_cycle.h"

#include <string.h>

#define REASON(refusal) (UINT32_C(1) << (refusal))

_Static_assert(HR_REFUSALS <= 32, "a set of reasons is one word");

/* Pods in the domains of the hard constraints. Domains are those of nodes that the pod's affinity
 * admits (taints do not matter) and that have all the topologies asked for. */
static void count_domains(const struct hr_scheduler *scheduler, struct hr_cycle *cycle)
{
    const struct hr_placement *placement = scheduler->placement;
    const struct hr_template_rules *rules = cycle->rules;
    struct hr_zone_count *zones = scheduler->scratch->zones;
    int64_t domains[HR_TOPOLOGIES] = { 0 };
    cycle->fewest[HR_TOPOLOGY_ZONE] = cycle->fewest[HR_TOPOLOGY_HOSTNAME] = INT64_MAX;
    for (uint32_t node = 0; node < scheduler->n_nodes; node++) {
        const uint32_t shape = scheduler->shapes[node];
        if (shape == HR_SHAPE_NONE)
            continue;
        const uint32_t place = hr_zone_place(placement, shape);
        const bool has_zone = place < placement->n_zones;
        zones[place].all += cycle->counts[node].all;
        if (rules->suits[shape] < 0 || (rules->hard.by[HR_TOPOLOGY_ZONE] && !has_zone))
            continue;
        const int64_t live = cycle->counts[node].live;
        zones[place].live += live;
        zones[place].counts = true;
        domains[HR_TOPOLOGY_HOSTNAME]++;
        cycle->fewest[HR_TOPOLOGY_HOSTNAME] = hr_min(cycle->fewest[HR_TOPOLOGY_HOSTNAME], live);
    }
    for (uint32_t zone = 0; zone < placement->n_zones; zone++) {
        if (!zones[zone].counts)
            continue;
        domains[HR_TOPOLOGY_ZONE]++;
        cycle->fewest[HR_TOPOLOGY_ZONE] = hr_min(cycle->fewest[HR_TOPOLOGY_ZONE], zones[zone].live);
    }
    for (int topology = 0; topology < HR_TOPOLOGIES; topology++) {
        if (domains[topology] < rules->hard.min_domains[topology])
            cycle->fewest[topology] = 0;
    }
}

void hr_cycle_recount(struct hr_scheduler *scheduler, struct hr_cycle *cycle)
{
    const struct hr_template_rules *rules = cycle->rules;
    cycle->counts = &scheduler->owners[(size_t)rules->pod.owner * scheduler->nodes_capacity];
    if (!rules->spreads_hard && !rules->apart[HR_TOPOLOGY_ZONE])
        return;
    memset(scheduler->scratch->zones, 0,
           (scheduler->placement->n_zones + 1) * sizeof(struct hr_zone_count));
    count_domains(scheduler, cycle);
}

static void reserve_scratch(const struct hr_scheduler *scheduler)
{
    struct hr_scheduler_scratch *scratch = scheduler->scratch;
    const uint32_t zones = scheduler->placement->n_zones + 1, nodes = scheduler->nodes_capacity;
    if (scratch->zones_capacity < zones) {
        scratch->zones = hr_realloc(scratch->zones, zones, sizeof(scratch->zones[0]));
        scratch->zones_capacity = zones;
    }
    if (scratch->nodes_capacity < nodes) {
        scratch->feasible = hr_realloc(scratch->feasible, nodes, sizeof(scratch->feasible[0]));
        scratch->scores = hr_realloc(scratch->scores, nodes, sizeof(scratch->scores[0]));
        scratch->raw = hr_realloc(scratch->raw, nodes, sizeof(scratch->raw[0]));
        scratch->nodes_capacity = nodes;
    }
}

struct hr_cycle hr_cycle_begin(struct hr_scheduler *scheduler, uint32_t pod, uint32_t pod_template)
{
    const struct hr_placement *placement = scheduler->placement;
    HR_ASSERT(pod_template < placement->n_templates);
    struct hr_cycle cycle = { .rules = &placement->templates[pod_template], .pod = pod };
    hr_books_reserve_owners(scheduler, cycle.rules->pod.owner + 1);
    reserve_scratch(scheduler);
    hr_cycle_recount(scheduler, &cycle);
    return cycle;
}

/* GPUs are whole devices or a share of one: what is left in sum does not tell. */
static bool lacks_device(const struct hr_node_state *node, int64_t request)
{
    return request >= HR_GPU_WHOLE ? node->gpus_free * (int64_t)HR_GPU_WHOLE < request
                                   : node->gpu_largest < request;
}

static uint32_t refuse_resources(const struct hr_node_state *node,
                                 const struct hr_template_rules *rules)
{
    uint32_t reasons = node->n_pods >= node->pods_max ? REASON(HR_REFUSED_PODS) : 0;
    for (size_t i = 0; i < rules->n_requested; i++) {
        const uint8_t r = rules->requested[i];
        const int64_t request = rules->pod.requests[r];
        if (request > node->allocatable[r] - node->used[r] ||
            (r == HR_RESOURCE_GPU && lacks_device(node, request)))
            reasons |= REASON(HR_REFUSED_RESOURCE + r);
    }
    return reasons;
}

static uint32_t refuse_topology(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                                uint32_t node)
{
    const struct hr_template_rules *rules = cycle->rules;
    const struct hr_placement *placement = scheduler->placement;
    const uint32_t place = hr_zone_place(placement, scheduler->shapes[node]);
    const struct hr_zone_count *zone = &scheduler->scratch->zones[place];
    const struct hr_owner_count *here = &cycle->counts[node];
    const bool has_zone = place < placement->n_zones;
    if (rules->hard.by[HR_TOPOLOGY_ZONE]) {
        if (!has_zone)
            return REASON(HR_REFUSED_SPREAD_LABEL);
        if (zone->live + 1 - cycle->fewest[HR_TOPOLOGY_ZONE] >
            rules->hard.max_skew[HR_TOPOLOGY_ZONE])
            return REASON(HR_REFUSED_SPREAD);
    }
    if (rules->hard.by[HR_TOPOLOGY_HOSTNAME] &&
        here->live + 1 - cycle->fewest[HR_TOPOLOGY_HOSTNAME] >
            rules->hard.max_skew[HR_TOPOLOGY_HOSTNAME])
        return REASON(HR_REFUSED_SPREAD);
    if ((rules->apart[HR_TOPOLOGY_HOSTNAME] && here->all > 0) ||
        (rules->apart[HR_TOPOLOGY_ZONE] && has_zone && zone->all > 0))
        return REASON(HR_REFUSED_ANTI_AFFINITY);
    return 0;
}

static uint32_t refuse(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                       uint32_t node)
{
    const struct hr_template_rules *rules = cycle->rules;
    const struct hr_node_state *state = &scheduler->nodes[node];
    const uint64_t taints = state->taints & scheduler->placement->hard_taints & ~rules->tolerated;
    if (taints >> HR_NODE_CORDONED & 1)
        return REASON(HR_REFUSED_CORDONED);
    if (taints != 0)
        return REASON(HR_REFUSED_TAINT);
    if (rules->suits[scheduler->shapes[node]] < 0)
        return REASON(HR_REFUSED_AFFINITY);
    const uint32_t lacking = refuse_resources(state, rules);
    if (lacking != 0)
        return lacking;
    if (rules->spreads_hard || rules->apart[HR_TOPOLOGY_ZONE] || rules->apart[HR_TOPOLOGY_HOSTNAME])
        return refuse_topology(scheduler, cycle, node);
    return 0;
}

/* The pods nominated for the node that are as important as the cycle's pod, put on it for a
 * moment, or taken off again. */
static void set_nominated(struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                          uint32_t node, bool on)
{
    for (uint32_t i = 0; i < scheduler->n_nominations; i++) {
        const struct hr_nomination *it = &scheduler->nominations[i];
        const struct hr_template_rules *rules = &scheduler->placement->templates[it->pod_template];
        if (it->node != node || it->pod == cycle->pod || rules->priority < cycle->rules->priority)
            continue;
        if (!on) {
            hr_books_remove(scheduler, it->pod);
            continue;
        }
        scheduler->pods[it->pod] = (struct hr_pod_state){
            .pod_template = it->pod_template,
            .gpus = hr_books_devices(&scheduler->nodes[node], rules->pod.requests[HR_RESOURCE_GPU]),
        };
        hr_books_add(scheduler, it->pod, node);
    }
}

uint32_t hr_cycle_refuse(struct hr_scheduler *scheduler, struct hr_cycle *cycle, uint32_t node)
{
    uint32_t reasons = refuse(scheduler, cycle, node);
    if (reasons != 0 || scheduler->nodes[node].n_nominated == 0)
        return reasons;
    set_nominated(scheduler, cycle, node, true);
    hr_cycle_recount(scheduler, cycle);
    reasons = refuse(scheduler, cycle, node);
    set_nominated(scheduler, cycle, node, false);
    hr_cycle_recount(scheduler, cycle);
    return reasons;
}

bool hr_scheduler_fits(struct hr_scheduler *scheduler, uint32_t pod_template, uint32_t node)
{
    HR_ASSERT(node < scheduler->n_nodes && scheduler->shapes[node] != HR_SHAPE_NONE);
    struct hr_cycle cycle = hr_cycle_begin(scheduler, HR_POD_NONE, pod_template);
    return hr_cycle_refuse(scheduler, &cycle, node) == 0;
}

uint32_t hr_scheduler_first_fit(struct hr_scheduler *scheduler, uint32_t pod_template,
                                uint32_t from)
{
    struct hr_cycle cycle = hr_cycle_begin(scheduler, HR_POD_NONE, pod_template);
    for (uint32_t node = from; node < scheduler->n_nodes; node++) {
        if (scheduler->shapes[node] != HR_SHAPE_NONE &&
            hr_cycle_refuse(scheduler, &cycle, node) == 0)
            return node;
    }
    return HR_NODE_NONE;
}
