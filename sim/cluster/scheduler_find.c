/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search for a pod's node: a sample of the nodes that pass, and the best of them. */
#include "base/mem.h"
#include "base/minmax.h"
#include "cluster/scheduler_cycle.h"

#include <stdlib.h>

/* Below this many nodes all are searched, and never fewer than this many found. */
enum { SAMPLE_MIN = 100 };

/* How many nodes that pass are enough. */
static uint32_t enough(const struct hr_placement *placement, uint32_t n)
{
    int64_t percent = placement->percentage_of_nodes;
    if (n < SAMPLE_MIN)
        return n;
    if (percent == HR_AUTO)
        percent = hr_max(50 - (int64_t)n / 125, 5);
    return (uint32_t)hr_max((int64_t)n * percent / 100, SAMPLE_MIN);
}

/* By number within a zone, zones in turn: so that a sample has nodes of all zones. */
void hr_cycle_order(struct hr_scheduler *scheduler)
{
    if (!scheduler->order_is_stale)
        return;
    const struct hr_placement *placement = scheduler->placement;
    uint32_t *next = HR_NEW_ARRAY(uint32_t, placement->n_zones + 1);
    for (uint32_t placed = 0; placed < scheduler->n_present;) {
        for (uint32_t place = 0; place <= placement->n_zones; place++) {
            uint32_t node = next[place];
            while (node < scheduler->n_nodes &&
                   (scheduler->shapes[node] == HR_SHAPE_NONE ||
                    hr_zone_place(placement, scheduler->shapes[node]) != place))
                node++;
            next[place] = node + 1;
            if (node < scheduler->n_nodes)
                scheduler->order[placed++] = node;
        }
    }
    free(next);
    scheduler->order_is_stale = false;
}

void hr_cycle_count(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                    uint32_t node, uint32_t reasons, struct hr_refusals *refusals)
{
    for (uint32_t set = reasons; set != 0; set &= set - 1)
        refusals->counts[__builtin_ctz(set)]++;
    if (reasons >> HR_REFUSED_TAINT & 1) {
        const uint64_t taints = scheduler->nodes[node].taints & scheduler->placement->hard_taints &
                                ~cycle->rules->tolerated;
        refusals->taints[__builtin_ctzll(taints)]++;
    }
}

/* Fills scratch->feasible with nodes that pass, until there are enough. The next search starts
 * behind the last node seen. */
static uint32_t search(struct hr_scheduler *scheduler, struct hr_cycle *cycle,
                       struct hr_refusals *refusals)
{
    hr_cycle_order(scheduler);
    uint32_t *feasible = scheduler->scratch->feasible;
    const uint32_t n = scheduler->n_present, wanted = enough(scheduler->placement, n);
    uint32_t n_feasible = 0, at = n > 0 ? scheduler->start % n : 0;
    for (uint32_t seen = 0; seen < n && n_feasible < wanted; seen++) {
        const uint32_t node = scheduler->order[at];
        at = at + 1 < n ? at + 1 : 0;
        const uint32_t reasons = hr_cycle_refuse(scheduler, cycle, node);
        if (reasons == 0)
            feasible[n_feasible++] = node;
        else if (refusals)
            hr_cycle_count(scheduler, cycle, node, reasons, refusals);
    }
    scheduler->start = at;
    return n_feasible;
}

/* The highest score; one of the equals at random. */
static uint32_t best_of(const uint32_t *nodes, const int64_t *scores, uint32_t n,
                        struct hr_rng *rng)
{
    int64_t best = INT64_MIN;
    uint32_t equals = 0;
    for (uint32_t i = 0; i < n; i++) {
        equals = scores[i] > best ? 1 : equals + (scores[i] == best);
        best = hr_max(best, scores[i]);
    }
    uint32_t skip = equals > 1 ? hr_rng_below(rng, equals) : 0;
    for (uint32_t i = 0; i < n; i++) {
        if (scores[i] == best && skip-- == 0)
            return nodes[i];
    }
    return HR_NODE_NONE;
}

uint32_t hr_scheduler_find(struct hr_scheduler *scheduler, uint32_t pod, uint32_t pod_template,
                           struct hr_rng *rng, struct hr_refusals *refusals)
{
    struct hr_cycle cycle = hr_cycle_begin(scheduler, pod, pod_template);
    if (refusals)
        *refusals = (struct hr_refusals){ .nodes = scheduler->n_present };
    const uint32_t nominated = hr_scheduler_nominated(scheduler, pod);
    if (nominated != HR_NODE_NONE && hr_cycle_refuse(scheduler, &cycle, nominated) == 0)
        return nominated;
    const struct hr_scheduler_scratch *scratch = scheduler->scratch;
    const uint32_t n = search(scheduler, &cycle, refusals);
    if (n <= 1)
        return n == 0 ? HR_NODE_NONE : scratch->feasible[0];
    hr_cycle_score(scheduler, &cycle, scratch->feasible, n, scratch->scores);
    return best_of(scratch->feasible, scratch->scores, n, rng);
}
