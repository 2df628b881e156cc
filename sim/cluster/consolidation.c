/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Empty, multi-node and single-node consolidation. */
#include "cluster/consolidation.h"

#include "base/mem.h"
#include "base/minmax.h"

#include <math.h>
#include <stdlib.h>

enum { MULTI_MAX = 100 };

double hr_eviction_cost(int64_t deletion_cost, int64_t priority)
{
    const double cost = 1 + (double)deletion_cost / (1 << 27) + (double)priority / (1 << 25);
    return fmin(fmax(cost, -10), 10);
}

int64_t hr_disruption_budget(int64_t percent, int64_t nodes, int64_t disrupted)
{
    return hr_max((percent * nodes + 99) / 100 - disrupted, 0);
}

struct ranked {
    double worth; /* what is gained for the disruption */
    size_t index;
};

static int compare(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth > y->worth ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static struct ranked *rank_new(const struct hr_candidate *candidates, size_t n)
{
    struct ranked *ranked = HR_NEW_ARRAY(struct ranked, n);
    for (size_t i = 0; i < n; i++)
        ranked[i] = (struct ranked){
            .worth = candidates[i].usd_per_hour / (1 + candidates[i].eviction_cost),
            .index = i,
        };
    qsort(ranked, n, sizeof *ranked, compare);
    return ranked;
}

/* One pass. */
struct pass {
    const struct hr_candidate *candidates;
    const struct ranked *ranked;
    size_t n;
    int64_t *budgets;
    const struct hr_relocator *relocator;
    size_t *picks;
};

/* Takes candidates, best first, as far as the budgets of their pools go. */
static size_t take(const struct pass *pass, bool empty_only, size_t most)
{
    size_t n_taken = 0;
    for (size_t i = 0; i < pass->n && n_taken < most; i++) {
        const struct hr_candidate *candidate = &pass->candidates[pass->ranked[i].index];
        if ((empty_only && !candidate->empty) || pass->budgets[candidate->pool] <= 0)
            continue;
        pass->budgets[candidate->pool]--;
        pass->picks[n_taken++] = pass->ranked[i].index;
    }
    return n_taken;
}

/* Gives back what was taken but for the first `kept`. */
static void give_back(const struct pass *pass, size_t kept, size_t n_taken)
{
    for (size_t i = kept; i < n_taken; i++)
        pass->budgets[pass->candidates[pass->picks[i]].pool]++;
}

/*
 * Whether taking these away pays: no new node, or one that costs less than all of them. If it is of
 * the type of one of them it must cost less than that one alone, or the others would better go to
 * it.
 */
static bool pays(const struct pass *pass, const size_t *nodes, size_t n,
                 struct hr_relocation *result)
{
    double usd = 0;
    *result = pass->relocator->relocate(pass->relocator->ctx, nodes, n);
    if (!result->fits || !result->needs_new_node)
        return result->fits;
    for (size_t i = 0; i < n; i++) {
        const struct hr_candidate *candidate = &pass->candidates[nodes[i]];
        if (candidate->type == result->type && result->usd_per_hour >= candidate->usd_per_hour)
            return false;
        usd += candidate->usd_per_hour;
    }
    return result->usd_per_hour < usd;
}

/* The most of the best candidates that go together, by binary search; though more may fit than
 * where fewer do not, as Karpenter does not look further either. */
static struct hr_consolidation consolidate_multi(const struct pass *pass)
{
    struct hr_consolidation found = { .method = HR_CONSOLIDATE_NONE };
    const size_t n_taken = take(pass, false, MULTI_MAX);
    size_t low = 2, high = n_taken;
    while (low <= high) {
        const size_t middle = (low + high) / 2;
        struct hr_relocation result;
        if (pays(pass, pass->picks, middle, &result)) {
            found = (struct hr_consolidation){ HR_CONSOLIDATE_MULTI, middle, result };
            low = middle + 1;
        } else {
            high = middle - 1;
        }
    }
    give_back(pass, found.n, n_taken);
    return found;
}

static struct hr_consolidation consolidate_single(const struct pass *pass)
{
    struct hr_consolidation found = { HR_CONSOLIDATE_SINGLE, 1, { 0 } };
    for (size_t i = 0; i < pass->n; i++) {
        const size_t index = pass->ranked[i].index;
        int64_t *budget = &pass->budgets[pass->candidates[index].pool];
        if (*budget > 0 && pays(pass, &index, 1, &found.result)) {
            --*budget;
            pass->picks[0] = index;
            return found;
        }
    }
    return (struct hr_consolidation){ .method = HR_CONSOLIDATE_NONE };
}

struct hr_consolidation hr_consolidate(const struct hr_candidate *candidates, size_t n,
                                       int64_t *budgets, const struct hr_relocator *relocator,
                                       size_t *picks)
{
    struct ranked *ranked = rank_new(candidates, n);
    const struct pass pass = { candidates, ranked, n, budgets, relocator, picks };
    struct hr_consolidation found = { .n = take(&pass, true, n) };
    if (found.n > 0) {
        found.method = HR_CONSOLIDATE_EMPTY;
        found.result.fits = true;
    } else {
        found = consolidate_multi(&pass);
    }
    if (found.method == HR_CONSOLIDATE_NONE)
        found = consolidate_single(&pass);
    free(ranked);
    return found;
}
