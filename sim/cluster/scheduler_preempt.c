/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom to evict for a pod that has no place: Kubernetes' default preemption. */
#include "base/assert.h"
#include "base/mem.h"
#include "base/minmax.h"
#include "cluster/scheduler_cycle.h"

#include <stdlib.h>
#include <string.h>

/* Nodes with a solution that are compared: this share of all, and no fewer than so many. */
enum { CANDIDATES_PERCENT = 10, CANDIDATES_MIN = 100 };

/* A node that would have room without its victims. */
struct candidate {
    uint32_t node;
    uint32_t first, n; /* of scratch->kept */
    uint32_t violations;
    int64_t highest, sum; /* of the victims' priorities, above the least possible */
    hr_time start;        /* the earliest among the victims of the highest priority */
};

/* The reasons that fewer pods can cure; a request above what the node has is none. */
static bool can_help(const struct hr_scheduler *scheduler, const struct hr_cycle *cycle,
                     uint32_t node, uint32_t reasons)
{
    const uint32_t curable = UINT32_C(1) << HR_REFUSED_PODS | UINT32_C(1) << HR_REFUSED_SPREAD |
                             UINT32_C(1) << HR_REFUSED_ANTI_AFFINITY |
                             ((UINT32_C(1) << HR_RESOURCES_MAX) - 1) << HR_REFUSED_RESOURCE;
    const struct hr_template_rules *rules = cycle->rules;
    for (size_t i = 0; i < rules->n_requested; i++) {
        const uint8_t r = rules->requested[i];
        if (rules->pod.requests[r] > scheduler->nodes[node].allocatable[r])
            return false;
    }
    return (reasons & ~curable) == 0;
}

/* Most important first: by priority, then the earlier start. */
static int by_importance(const void *a, const void *b)
{
    const struct hr_victim *one = a, *other = b;
    if (one->priority != other->priority)
        return one->priority > other->priority ? -1 : 1;
    if (one->start != other->start)
        return one->start < other->start ? -1 : 1;
    return one->pod < other->pod ? -1 : one->pod > other->pod;
}

/* Pods of lower priority on the node, most important first. */
static uint32_t list_lower(struct hr_scheduler *scheduler, uint32_t node, int64_t priority)
{
    struct hr_scheduler_scratch *scratch = scheduler->scratch;
    uint32_t n = 0;
    const uint32_t room = scheduler->nodes[node].n_pods;
    if (scratch->victims_capacity < room) {
        scratch->victims = hr_realloc(scratch->victims, room, sizeof(scratch->victims[0]));
        scratch->victims_capacity = room;
    }
    for (uint32_t pod = scheduler->nodes[node].first_pod; pod != HR_POD_NONE;
         pod = scheduler->pods[pod].next) {
        const int64_t its = hr_rules_of(scheduler, pod)->priority;
        if (its < priority)
            scratch->victims[n++] = (struct hr_victim){ .pod = pod,
                                                        .priority = its,
                                                        .start = scheduler->pods[pod].start };
    }
    if (n > 1)
        qsort(scratch->victims, n, sizeof(scratch->victims[0]), by_importance);
    return n;
}

/* Says which evictions the budgets do not allow, were the pods evicted in this order. */
static void mark_violations(struct hr_scheduler *scheduler, uint32_t n,
                            const int64_t *disruptions_allowed)
{
    struct hr_scheduler_scratch *scratch = scheduler->scratch;
    if (disruptions_allowed == NULL)
        return;
    if (scratch->owners_capacity < scheduler->owners_capacity) {
        scratch->owners_capacity = scheduler->owners_capacity;
        scratch->evicted =
            hr_realloc(scratch->evicted, scratch->owners_capacity, sizeof(scratch->evicted[0]));
    }
    for (uint32_t i = 0; i < n; i++)
        scratch->evicted[hr_rules_of(scheduler, scratch->victims[i].pod)->pod.owner] = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t owner = hr_rules_of(scheduler, scratch->victims[i].pod)->pod.owner;
        scratch->victims[i].violating = ++scratch->evicted[owner] > disruptions_allowed[owner];
    }
}

/* Puts back those of the n pods, violating ones or the others, that the cycle's pod can do with;
 * marks the rest as victims by leaving them out of the books. Returns how many stay out. */
static uint32_t reprieve(struct hr_scheduler *scheduler, struct hr_cycle *cycle, uint32_t node,
                         uint32_t n, bool violating)
{
    uint32_t out = 0;
    for (uint32_t i = 0; i < n; i++) {
        const struct hr_victim *victim = &scheduler->scratch->victims[i];
        if (victim->violating != violating)
            continue;
        hr_books_add(scheduler, victim->pod, node);
        hr_cycle_recount(scheduler, cycle);
        if (hr_cycle_refuse(scheduler, cycle, node) == 0)
            continue;
        hr_books_remove(scheduler, victim->pod);
        hr_cycle_recount(scheduler, cycle);
        out++;
    }
    return out;
}

static void keep(struct hr_scheduler_scratch *scratch, uint32_t pod)
{
    if (scratch->n_kept == scratch->kept_capacity) {
        scratch->kept_capacity = scratch->kept_capacity > 0 ? 2 * scratch->kept_capacity : 64;
        scratch->kept = hr_realloc(scratch->kept, scratch->kept_capacity, sizeof(scratch->kept[0]));
    }
    scratch->kept[scratch->n_kept++] = pod;
}

/* Writes down the pods that stayed out of the books, and puts them back. */
static void note_victims(struct hr_scheduler *scheduler, struct candidate *candidate, uint32_t n)
{
    struct hr_scheduler_scratch *scratch = scheduler->scratch;
    candidate->first = scratch->n_kept;
    for (uint32_t i = 0; i < n; i++) {
        const struct hr_victim *victim = &scratch->victims[i];
        if (scheduler->pods[victim->pod].node != HR_NODE_NONE)
            continue;
        if (candidate->n++ == 0) {
            candidate->highest = victim->priority;
            candidate->start = victim->start;
        }
        candidate->sum += victim->priority + (INT64_C(1) << 31);
        keep(scratch, victim->pod);
        hr_books_add(scheduler, victim->pod, candidate->node);
    }
}

/* The fewest pods of lower priority, the least important first, without which the pod fits; false:
 * none do. The books are afterwards as they were. */
static bool try_node(struct hr_scheduler *scheduler, struct hr_cycle *cycle, uint32_t node,
                     const int64_t *disruptions_allowed, struct hr_refusals *refusals,
                     struct candidate *candidate)
{
    *candidate = (struct candidate){ .node = node };
    const uint32_t n = list_lower(scheduler, node, cycle->rules->priority);
    if (n == 0) {
        refusals->no_victims++;
        return false;
    }
    mark_violations(scheduler, n, disruptions_allowed);
    for (uint32_t i = 0; i < n; i++)
        hr_books_remove(scheduler, scheduler->scratch->victims[i].pod);
    hr_cycle_recount(scheduler, cycle);
    const uint32_t reasons = hr_cycle_refuse(scheduler, cycle, node);
    if (reasons == 0) {
        candidate->violations = reprieve(scheduler, cycle, node, n, true);
        reprieve(scheduler, cycle, node, n, false);
        note_victims(scheduler, candidate, n);
    } else {
        for (uint32_t i = 0; i < n; i++)
            hr_books_add(scheduler, scheduler->scratch->victims[i].pod, node);
        for (uint32_t set = reasons; set != 0; set &= set - 1)
            refusals->still[__builtin_ctz(set)]++;
    }
    hr_cycle_recount(scheduler, cycle);
    return reasons == 0;
}

/* Whether `a` is the better node to evict from; equals are not. */
static bool is_better(const struct candidate *a, const struct candidate *b)
{
    if (a->violations != b->violations)
        return a->violations < b->violations;
    if (a->highest != b->highest)
        return a->highest < b->highest;
    if (a->sum != b->sum)
        return a->sum < b->sum;
    if (a->n != b->n)
        return a->n < b->n;
    return a->start > b->start;
}

/* The nodes where evictions might help, in the order of the filters, into scratch->feasible. */
static uint32_t list_potential(struct hr_scheduler *scheduler, struct hr_cycle *cycle,
                               struct hr_refusals *refusals)
{
    uint32_t n = 0;
    hr_cycle_order(scheduler);
    for (uint32_t i = 0; i < scheduler->n_present; i++) {
        const uint32_t node = scheduler->order[i];
        const uint32_t reasons = hr_cycle_refuse(scheduler, cycle, node);
        if (reasons == 0)
            continue;
        if (can_help(scheduler, cycle, node, reasons))
            scheduler->scratch->feasible[n++] = node;
        else
            refusals->not_helpful++;
    }
    return n;
}

/* Goes through the potential nodes from a random one on, until there are enough solutions and one
 * that violates no budget. */
static struct candidate best_candidate(struct hr_scheduler *scheduler, struct hr_cycle *cycle,
                                       const int64_t *disruptions_allowed, struct hr_rng *rng,
                                       struct hr_refusals *refusals)
{
    struct candidate best = { .node = HR_NODE_NONE };
    const uint32_t n = list_potential(scheduler, cycle, refusals);
    const uint32_t wanted = (uint32_t)hr_max((int64_t)n * CANDIDATES_PERCENT / 100, CANDIDATES_MIN);
    const uint32_t offset = n > 1 ? hr_rng_below(rng, n) : 0;
    uint32_t found = 0;
    bool harmless = false;
    for (uint32_t i = 0; i < n && !(harmless && found >= wanted); i++) {
        const uint32_t node = scheduler->scratch->feasible[(offset + i) % n];
        struct candidate candidate;
        if (!try_node(scheduler, cycle, node, disruptions_allowed, refusals, &candidate))
            continue;
        found++;
        harmless = harmless || candidate.violations == 0;
        if (best.node == HR_NODE_NONE || is_better(&candidate, &best))
            best = candidate;
    }
    return best;
}

/* Victims of an earlier preemption for the pod are still on its node. */
static bool still_waits(struct hr_scheduler *scheduler, struct hr_cycle *cycle)
{
    const uint32_t node = hr_scheduler_nominated(scheduler, cycle->pod);
    if (node == HR_NODE_NONE ||
        !can_help(scheduler, cycle, node, hr_cycle_refuse(scheduler, cycle, node)))
        return false;
    for (uint32_t pod = scheduler->nodes[node].first_pod; pod != HR_POD_NONE;
         pod = scheduler->pods[pod].next) {
        if (scheduler->pods[pod].preempted &&
            hr_rules_of(scheduler, pod)->priority < cycle->rules->priority)
            return true;
    }
    return false;
}

struct hr_preemption hr_scheduler_preempt(struct hr_scheduler *scheduler, uint32_t pod,
                                          uint32_t pod_template, const int64_t *disruptions_allowed,
                                          struct hr_rng *rng, struct hr_refusals *refusals)
{
    struct hr_preemption result = { .node = HR_NODE_NONE };
    struct hr_cycle cycle = hr_cycle_begin(scheduler, pod, pod_template);
    if (!cycle.rules->preempts) {
        refusals->preemption = HR_PREEMPTION_NEVER;
        return result;
    }
    if (still_waits(scheduler, &cycle)) {
        refusals->preemption = HR_PREEMPTION_WAITS;
        return result;
    }
    scheduler->scratch->n_kept = 0;
    const struct candidate best =
        best_candidate(scheduler, &cycle, disruptions_allowed, rng, refusals);
    refusals->preemption = best.node == HR_NODE_NONE ? HR_PREEMPTION_NO_NODE : HR_PREEMPTION_FOUND;
    result.node = best.node;
    result.victims = best.n > 0 ? &scheduler->scratch->kept[best.first] : NULL;
    result.n_victims = best.n;
    result.pdb_violations = best.violations;
    return result;
}
