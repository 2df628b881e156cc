/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How well a pod would sit on a node by its resources: 0 to 100, more is better. Integer arithmetic
 * as in Kubernetes' scheduler (pkg/scheduler/framework/plugins/noderesources, 1.34).
 */
#ifndef CLUSTER_NODE_SCORE_H
#define CLUSTER_NODE_SCORE_H

#include <stddef.h>
#include <stdint.h>

/* One resource of a node, in whatever whole unit (thousandths of cores, bytes, GPUs). */
struct hr_node_resource {
    int64_t allocatable; /* > 0: leave out what the node lacks; below 9e16, as percentages of it
                            must not overflow */
    int64_t used;        /* requests of the pods on it, that of the pod to be placed included */
    int64_t weight;
};

/* Spreads pods: the weighted mean of what would be left. */
int64_t hr_node_score_least_allocated(const struct hr_node_resource *resources, size_t n);

/* Packs pods: the weighted mean of what would be used. */
int64_t hr_node_score_most_allocated(const struct hr_node_resource *resources, size_t n);

/* Evens out the resources of a node: 100 when all would be used to the same share. No weights. */
int64_t hr_node_score_balanced(const struct hr_node_resource *resources, size_t n);

#endif
