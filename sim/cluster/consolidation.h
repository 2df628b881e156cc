/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Consolidation as Karpenter does it (pkg/controllers/disruption, 2026): take nodes away, or put
 * one that costs less in their place. Polled every 10 s; a decision is made anew after 15 s, and
 * carried out if it is still the same.
 */
#ifndef CLUSTER_CONSOLIDATION_H
#define CLUSTER_CONSOLIDATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A node that may be disrupted: nothing forbids it, and its pods have not changed for as long as
 * its pool asks. */
struct hr_candidate {
    uint32_t pool; /* index into budgets */
    uint32_t type; /* instance type */
    bool empty;    /* no pods but daemons */
    double usd_per_hour;
    double eviction_cost; /* sum over its pods, those above 0 */
};

/* What moving a pod costs: more with a higher deletion cost (annotation) or priority; -10 to 10. */
double hr_eviction_cost(int64_t deletion_cost, int64_t priority);

/* Nodes of a pool that may be disrupted now: `percent` of its nodes, rounded up, without those that
 * are being disrupted or are not ready. */
int64_t hr_disruption_budget(int64_t percent, int64_t nodes, int64_t disrupted);

/* Where the pods of some nodes would go. */
struct hr_relocation {
    bool fits;           /* they all have a place, with at most one new node */
    bool needs_new_node; /* the cheapest that they fit on: */
    uint32_t type;
    double usd_per_hour;
};

/* Tries it: the scheduler, on a copy of the cluster. `candidates` are indices. */
struct hr_relocator {
    struct hr_relocation (*relocate)(void *ctx, const size_t *candidates, size_t n);
    void *ctx;
};

enum hr_consolidation_method {
    HR_CONSOLIDATE_NONE,
    HR_CONSOLIDATE_EMPTY, /* all empty nodes */
    HR_CONSOLIDATE_MULTI, /* two nodes or more, replaced by one or none */
    HR_CONSOLIDATE_SINGLE
};

struct hr_consolidation {
    enum hr_consolidation_method method;
    size_t n;                    /* nodes to be taken away: the first n of `picks` */
    struct hr_relocation result; /* whether one is to be started for them */
};

/*
 * One pass over n candidates: the first method that finds something. `budgets` by pool are
 * decreased by what is taken. `picks` has room for n indices; on return the first are those to be
 * taken away.
 */
struct hr_consolidation hr_consolidate(const struct hr_candidate *candidates, size_t n,
                                       int64_t *budgets, const struct hr_relocator *relocator,
                                       size_t *picks);

#endif
