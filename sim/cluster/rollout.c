/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounds of a rolling update, and proportional resizing in the midst of one. */
#include "cluster/rollout.h"

#include "base/mem.h"
#include "base/minmax.h"

#include <stdlib.h>

int64_t hr_pod_share_of(struct hr_pod_share share, int64_t total, bool round_up)
{
    return share.percent ? (share.value * total + (round_up ? 99 : 0)) / 100 : share.value;
}

struct hr_rollout_bounds hr_rollout_bounds(const struct hr_rollout_strategy *strategy,
                                           int64_t replicas)
{
    struct hr_rollout_bounds bounds = {
        .surge = hr_pod_share_of(strategy->max_surge, replicas, true),
        .unavailable = hr_pod_share_of(strategy->max_unavailable, replicas, false),
    };
    if (bounds.surge == 0 && bounds.unavailable == 0)
        bounds.unavailable = 1;
    return bounds;
}

static int64_t sum_replicas(const struct hr_revision *revisions, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += revisions[i].replicas;
    return sum;
}

static int64_t sum_available(const struct hr_revision *revisions, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += revisions[i].available;
    return sum;
}

/* What the newest of the revisions should have now. */
static int64_t new_replicas(int64_t replicas, int64_t goal, int64_t surge,
                            const struct hr_revision *revisions, size_t n)
{
    const int64_t now = revisions[n - 1].replicas;
    const int64_t room = replicas + surge - sum_replicas(revisions, n);
    if (now >= goal)
        return goal;
    return room > 0 ? now + hr_min(room, goal - now) : now;
}

/* Takes up to `budget` replicas from the old revisions, oldest first; unhealthy ones only, or any.
 * Returns how many. */
static int64_t reduce_old(struct hr_revision *old, size_t n, int64_t budget, bool unhealthy_only)
{
    int64_t taken = 0;
    for (size_t i = 0; i < n && taken < budget; i++) {
        const int64_t spare = old[i].replicas - (unhealthy_only ? old[i].available : 0);
        if (spare > 0) {
            const int64_t down = hr_min(budget - taken, spare);
            old[i].replicas -= down;
            taken += down;
        }
    }
    return taken;
}

enum hr_rollout_step hr_rollout_step(const struct hr_rollout_strategy *strategy, int64_t replicas,
                                     struct hr_revision *revisions, size_t n)
{
    return hr_rollout_step_to(strategy, replicas, replicas, revisions, n);
}

enum hr_rollout_step hr_rollout_step_to(const struct hr_rollout_strategy *strategy,
                                        int64_t replicas, int64_t goal,
                                        struct hr_revision *revisions, size_t n)
{
    const struct hr_rollout_bounds bounds = hr_rollout_bounds(strategy, replicas);
    struct hr_revision *newest = &revisions[n - 1];
    const int64_t next = new_replicas(replicas, goal, bounds.surge, revisions, n);
    if (next != newest->replicas) {
        newest->replicas = next;
        return HR_ROLLOUT_NEW;
    }
    const int64_t available_min = replicas - bounds.unavailable;
    /* A new pod that is not available yet must not be counted on. */
    const int64_t down_max =
        sum_replicas(revisions, n) - available_min - (newest->replicas - newest->available);
    const int64_t spare = sum_replicas(revisions, n - 1) - (replicas - goal);
    if (down_max <= 0)
        return HR_ROLLOUT_WAITS;
    int64_t taken = reduce_old(revisions, n - 1, hr_min(down_max, spare), true);
    taken += reduce_old(revisions, n - 1,
                        hr_min(sum_available(revisions, n) - available_min, spare - taken), false);
    return taken > 0 ? HR_ROLLOUT_OLD_DOWN : HR_ROLLOUT_WAITS;
}

/* The active revisions, largest first; among equals the newest first on growth, the oldest first
 * otherwise. Returns how many. */
static size_t sort_by_size(const struct hr_revision *revisions, size_t n, bool growth,
                           size_t *order)
{
    size_t n_active = 0;
    for (size_t i = 0; i < n; i++) {
        if (revisions[i].replicas == 0)
            continue;
        size_t at = n_active++;
        for (; at > 0; at--) {
            const int64_t before = revisions[order[at - 1]].replicas;
            if (growth ? before > revisions[i].replicas : before >= revisions[i].replicas)
                break;
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    return n_active;
}

/* Nearest integer of a / b for a >= 0, b > 0; halves up. */
static int64_t divide_nearest(int64_t a, int64_t b)
{
    return (2 * a + b) / (2 * b);
}

/* Spreads a change of `missing` (either sign) so that each revision goes to its `num / den`. */
static void spread(struct hr_revision *revisions, const size_t *order, size_t n_active, int64_t num,
                   int64_t den, int64_t missing)
{
    int64_t left = missing;
    for (size_t i = 0; i < n_active; i++) {
        struct hr_revision *revision = &revisions[order[i]];
        const int64_t change = divide_nearest(revision->replicas * num, den) - revision->replicas;
        const int64_t within = missing > 0 ? hr_min(change, left) : -hr_min(-change, -left);
        revision->replicas += within;
        left -= within;
    }
    struct hr_revision *largest = &revisions[order[0]];
    largest->replicas = hr_max(largest->replicas + left, 0);
}

void hr_rollout_resize(const struct hr_rollout_strategy *strategy, int64_t from, int64_t to,
                       struct hr_revision *revisions, size_t n)
{
    /* The total that a rollout may reach, surge included, before and after. */
    const int64_t before = from + hr_rollout_bounds(strategy, from).surge;
    const int64_t after = to > 0 ? to + hr_rollout_bounds(strategy, to).surge : 0;
    const int64_t total = sum_replicas(revisions, n), missing = after - total;
    size_t *order = HR_NEW_ARRAY(size_t, n);
    const size_t n_active = sort_by_size(revisions, n, missing > 0, order);
    if (n_active == 0)
        revisions[n - 1].replicas = to;
    else if (n_active == 1)
        revisions[order[0]].replicas = to;
    else if (missing != 0)
        spread(revisions, order, n_active, after, before > 0 ? before : total, missing);
    free(order);
}
