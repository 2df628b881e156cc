/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of a node by its resources. */
#include "cluster/node_score.h"

#include <math.h>

static int64_t used_percent(const struct hr_node_resource *resource)
{
    const int64_t used =
        resource->used < resource->allocatable ? resource->used : resource->allocatable;
    return used * 100 / resource->allocatable;
}

static int64_t left_percent(const struct hr_node_resource *resource)
{
    if (resource->used > resource->allocatable)
        return 0;
    return (resource->allocatable - resource->used) * 100 / resource->allocatable;
}

static int64_t weighted_mean(const struct hr_node_resource *resources, size_t n,
                             int64_t (*percent)(const struct hr_node_resource *))
{
    int64_t score = 0, weight = 0;
    for (size_t i = 0; i < n; i++) {
        score += percent(&resources[i]) * resources[i].weight;
        weight += resources[i].weight;
    }
    return weight > 0 ? score / weight : 0;
}

int64_t hr_node_score_least_allocated(const struct hr_node_resource *resources, size_t n)
{
    return weighted_mean(resources, n, left_percent);
}

int64_t hr_node_score_most_allocated(const struct hr_node_resource *resources, size_t n)
{
    return weighted_mean(resources, n, used_percent);
}

static double used_share(const struct hr_node_resource *resource)
{
    const double share = (double)resource->used / (double)resource->allocatable;
    return share < 1 ? share : 1;
}

/* Population standard deviation of the used shares. For two it is half their distance, computed so
 * because the general formula rounds differently. */
static double spread_of_shares(const struct hr_node_resource *resources, size_t n)
{
    if (n < 2)
        return 0;
    if (n == 2)
        return fabs(used_share(&resources[0]) - used_share(&resources[1])) / 2;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += used_share(&resources[i]);
    for (size_t i = 0; i < n; i++) {
        const double deviation = used_share(&resources[i]) - sum / (double)n;
        squares += deviation * deviation;
    }
    return sqrt(squares / (double)n);
}

int64_t hr_node_score_balanced(const struct hr_node_resource *resources, size_t n)
{
    return (int64_t)((1 - spread_of_shares(resources, n)) * 100);
}
