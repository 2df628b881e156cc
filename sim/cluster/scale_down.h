/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which nodes to take away, and when: scale-down of the Cluster Autoscaler (core/scaledown, 2026),
 * decided in each loop (every 10 s) that did not scale up. Whether a node's pods have places
 * elsewhere is the scheduler's to say.
 */
#ifndef CLUSTER_SCALE_DOWN_H
#define CLUSTER_SCALE_DOWN_H

#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hr_scale_down_config {
    double utilization_max, gpu_utilization_max; /* of a node that may go */
    hr_time unneeded_time, unready_time;         /* a node must have been unneeded for longer */
    hr_time delay_after_add, delay_after_delete, delay_after_failure;
    size_t deletions_max; /* at once */
    size_t drains_max;    /* of these with pods to be moved */
};

struct hr_scale_down_config hr_scale_down_config_default(void);

struct hr_scale_down {
    struct hr_scale_down_config config;
    hr_time cool_until; /* nothing is taken away before */
    uint64_t loop;
    struct hr_unneeded *unneeded; /* by node id */
    size_t n_unneeded;
};

void hr_scale_down_init(struct hr_scale_down *scale_down,
                        const struct hr_scale_down_config *config);
void hr_scale_down_fini(struct hr_scale_down *scale_down);

/* A node that might go. `utilization`: the larger of cpu and memory requests / allocatable, daemons
 * included; of a node with GPUs that of the GPUs. */
bool hr_scale_down_is_candidate(const struct hr_scale_down_config *config, double utilization,
                                bool has_gpu, bool ready);

/* What happened to the cluster, for the cool-down. */
void hr_scale_down_added(struct hr_scale_down *scale_down, hr_time now);
void hr_scale_down_deleted(struct hr_scale_down *scale_down, hr_time now);
void hr_scale_down_failed(struct hr_scale_down *scale_down, hr_time now);

/* A candidate without anything that blocks it, as found in this loop. */
struct hr_unneeded_node {
    uint32_t id;    /* small: there is memory for each id up to the largest */
    uint32_t group; /* index into spare */
    bool ready;
    bool empty; /* no pods but daemons */
};

/*
 * One loop over all n unneeded nodes: those that are not among them any more lose their time.
 * Writes the indices of the nodes to be deleted to picks[n] and returns how many: empty ones first,
 * each in the given order. `spare`: nodes of each group above its minimum, those being deleted
 * subtracted; it is decreased by the picks. Deletions in progress count towards the limits.
 */
size_t hr_scale_down_loop(struct hr_scale_down *scale_down, hr_time now,
                          const struct hr_unneeded_node *nodes, size_t n, size_t deleting,
                          size_t draining, int64_t *spare, size_t *picks);

#endif
