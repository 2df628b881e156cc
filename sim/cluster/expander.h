/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which node group is to grow, when several could take pending pods: the expanders of the Cluster
 * Autoscaler (expander/). A chain of them is asked in turn, each keeps the best, chance the last.
 */
#ifndef CLUSTER_EXPANDER_H
#define CLUSTER_EXPANDER_H

#include "stats/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hr_expander {
    HR_EXPANDER_LEAST_WASTE, /* share of cpu and memory of the new nodes that stays free */
    HR_EXPANDER_MOST_PODS,   /* pods that find a place */
    HR_EXPANDER_LEAST_NODES,
    HR_EXPANDER_PRIORITY, /* highest of the user */
    HR_EXPANDER_PRICE,    /* price against that of just what the pods request, and size of nodes */
    HR_EXPANDER_RANDOM
};

/* A group, and what it would do for the pending pods. */
struct hr_expansion {
    int64_t nodes;                /* that it would grow by, >= 1 */
    int64_t pods;                 /* that would find a place on them */
    double cpu, memory;           /* requests of these pods: cores, bytes */
    double gpus;                  /* likewise */
    double node_cpu, node_memory; /* allocatable of one node, > 0 */
    bool node_has_gpu;
    double node_usd_per_hour;
    int64_t priority;
};

/* Index of the choice among n >= 1 options. `cluster_nodes`: how many there are, by which the price
 * expander prefers larger nodes. */
size_t hr_expander_choose(const enum hr_expander *chain, size_t n_chain,
                          const struct hr_expansion *options, size_t n, int64_t cluster_nodes,
                          struct hr_rng *rng);

/* What an expander holds against an option: less is better. */
double hr_expander_score(enum hr_expander expander, const struct hr_expansion *option,
                         int64_t cluster_nodes);

#endif
