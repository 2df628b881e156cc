/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a node offers to pods: its machine less what the system keeps. */
#ifndef CLUSTER_NODE_CAPACITY_H
#define CLUSTER_NODE_CAPACITY_H

#include "cluster/mig.h"
#include "cluster/node_pool_spec.h"

enum { HR_GPUS_MAX = 16 }; /* of a node, times their time slices */

/* Allocatable, in the scheduler's units. */
struct hr_node_capacity {
    int64_t cpu_milli;
    int64_t memory_bytes;
    int64_t pods;
    /* What pods ask for as GPUs: whole ones, or the turns of those that are time-sliced. 0 when
     * they are cut by MIG. */
    int64_t gpus;
    int64_t mig_parts;                /* of profile `mig` */
    const struct hr_mig_profile *mig; /* NULL: not cut */
};

/* Of every node of a pool whose type the loader has filled in. */
struct hr_node_capacity hr_node_capacity_of(const struct hr_node_pool_spec *pool);

/*
 * What GKE keeps for kubelet, container runtime and system, the rule that other clouds follow more
 * or less closely: of the cores 6 % of the first, 1 % of the second, 0.5 % of the next two, 0.25 %
 * of the rest; of the memory 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 %
 * of the next 112, 2 % of the rest (255 MiB of machines below 1 GiB), and 100 MiB for eviction.
 * (Google Kubernetes Engine, "Plan node sizes".)
 */
double hr_reserved_cpu(double cpu);
double hr_reserved_memory_bytes(double memory_bytes);

#endif
