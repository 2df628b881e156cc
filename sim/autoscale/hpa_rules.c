/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stabilization and limits of an HPA. */
#include "autoscale/hpa_rules.h"

#include "base/minmax.h"

#include <math.h>

int64_t hr_hpa_stabilize_down(struct hr_count_log *recommendations, hr_time now, hr_time window,
                              int64_t proposal)
{
    /* One nanosecond more, as here an entry just as old as the window counts. */
    const int64_t highest = hr_count_log_highest(recommendations, now, window + 1, proposal);
    hr_count_log_put(recommendations, now, proposal, window);
    return highest;
}

int64_t hr_hpa_stabilize(struct hr_count_log *recommendations, hr_time now, hr_time window_up,
                         hr_time window_down, int64_t replicas, int64_t proposal)
{
    const int64_t lowest = hr_count_log_lowest(recommendations, now, window_up, proposal);
    const int64_t highest = hr_count_log_highest(recommendations, now, window_down, proposal);
    hr_count_log_put(recommendations, now, proposal, hr_max(window_up, window_down));
    return hr_min(hr_max(replicas, lowest), highest);
}

struct hr_hpa_bounded hr_hpa_bound_leap(int64_t replicas, int64_t desired,
                                        struct hr_hpa_range range, struct hr_hpa_leap leap)
{
    const int64_t reach = hr_max(leap.factor * replicas, leap.minimum);
    const int64_t top = hr_min(range.max, reach);
    if (desired < range.min)
        return (struct hr_hpa_bounded){ range.min, HR_HPA_TOO_FEW_REPLICAS };
    if (desired > top)
        return (struct hr_hpa_bounded){ top, range.max > reach ? HR_HPA_SCALE_UP_LIMIT
                                                               : HR_HPA_TOO_MANY_REPLICAS };
    return (struct hr_hpa_bounded){ desired, HR_HPA_DESIRED_WITHIN_RANGE };
}

/* Replicas at the start of the period, in the controller's own account: what others did to the
 * target meanwhile it takes for a part of the start. */
static int64_t replicas_at_start(const struct hr_hpa_events *events, hr_time now, hr_time period,
                                 int64_t replicas)
{
    return replicas - hr_count_log_sum(&events->up, now, period) +
           hr_count_log_sum(&events->down, now, period);
}

/* Products in double, as in Kubernetes: ceil(10 * (1 + 0.1)) is 12. */
static int64_t scaled(int64_t start, double factor, double (*rounded)(double))
{
    const double product = rounded((double)start * factor);
    return product < INT32_MAX ? (int64_t)product : INT32_MAX;
}

static int64_t policy_limit(const struct hr_hpa_policy *policy, int64_t start, bool up)
{
    const double share = (double)policy->value / 100;
    if (policy->type == HR_HPA_POLICY_PODS)
        return up ? start + policy->value : start - policy->value;
    return up ? scaled(start, 1 + share, ceil) : scaled(start, 1 - share, trunc);
}

/* The policy that allows the most is the highest limit going up, the lowest going down. */
int64_t hr_hpa_limit(const struct hr_hpa_rules *rules, const struct hr_hpa_events *events,
                     hr_time now, int64_t replicas, bool up)
{
    const bool highest = up == (rules->select_policy == HR_HPA_SELECT_MAX);
    int64_t result = replicas;
    if (rules->select_policy == HR_HPA_SELECT_DISABLED)
        return result;
    for (size_t i = 0; i < rules->n_policies; i++) {
        const int64_t start = replicas_at_start(events, now, rules->policies[i].period, replicas);
        const int64_t next = policy_limit(&rules->policies[i], start, up);
        result = i == 0 ? next : highest ? hr_max(result, next) : hr_min(result, next);
    }
    return result;
}

struct hr_hpa_bounded hr_hpa_bound_rate(const struct hr_hpa_rules *up,
                                        const struct hr_hpa_rules *down,
                                        const struct hr_hpa_events *events, hr_time now,
                                        int64_t replicas, int64_t desired,
                                        struct hr_hpa_range range)
{
    if (desired > replicas) {
        const int64_t reach = hr_max(hr_hpa_limit(up, events, now, replicas, true), replicas);
        const int64_t top = hr_min(range.max, reach);
        if (desired > top)
            return (struct hr_hpa_bounded){ top, range.max > reach ? HR_HPA_SCALE_UP_LIMIT
                                                                   : HR_HPA_TOO_MANY_REPLICAS };
    } else if (desired < replicas) {
        const int64_t reach = hr_min(hr_hpa_limit(down, events, now, replicas, false), replicas);
        const int64_t bottom = hr_max(range.min, reach);
        if (desired < bottom)
            return (struct hr_hpa_bounded){ bottom, range.min < reach ? HR_HPA_SCALE_DOWN_LIMIT
                                                                      : HR_HPA_TOO_FEW_REPLICAS };
    }
    return (struct hr_hpa_bounded){ desired, HR_HPA_DESIRED_WITHIN_RANGE };
}

void hr_hpa_store_event(struct hr_count_log *events, const struct hr_hpa_rules *rules, hr_time now,
                        int64_t change)
{
    hr_time longest = 0;
    for (size_t i = 0; i < rules->n_policies; i++)
        longest = hr_max(longest, rules->policies[i].period);
    hr_count_log_put(events, now, change, longest);
}
