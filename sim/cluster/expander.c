/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choice of a node group to grow. */
#include "cluster/expander.h"

#include "base/logexp.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

/* What cpu, memory and GPUs cost by themselves, USD an hour (Cluster Autoscaler, 2026). */
static double ideal_price(double cpu, double memory, double gpus)
{
    return 0.033174 * cpu + 0.004446 * memory / (1 << 30) + 0.7 * gpus;
}

/* Cores of a node that suits a cluster of so many. */
static double preferred_cpu(int64_t cluster_nodes)
{
    static const int64_t sizes[] = { 2, 6, 20, 60, 200 };
    double cpu = 1;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && cluster_nodes > sizes[i]; i++)
        cpu *= 2;
    return cpu;
}

static double hyperbolic_tangent(double x)
{
    return 1 - 2 / (hr_exp(2 * x) + 1);
}

/*
 * How far one node is from the preferred size, as a factor; the more nodes at once the less it
 * counts. Nodes with GPUs are for pods that need them.
 */
static double unfitness(const struct hr_expansion *option, int64_t cluster_nodes)
{
    const double preferred = preferred_cpu(cluster_nodes);
    const double factor = fmax(preferred / option->node_cpu, option->node_cpu / preferred);
    if (option->node_has_gpu)
        return 1000;
    return (factor - 1) * (1 - hyperbolic_tangent((double)(option->nodes - 1) / 15)) + 1;
}

static double price_score(const struct hr_expansion *option, int64_t cluster_nodes)
{
    const double stabilizer = ideal_price(0.5, 500.0 * (1 << 20), 0); /* evens small pods out */
    const double price = option->node_usd_per_hour * (double)option->nodes;
    const double ideal = ideal_price(option->cpu, option->memory, option->gpus);
    return unfitness(option, cluster_nodes) * (price + stabilizer) / (ideal + stabilizer);
}

static double waste(const struct hr_expansion *option)
{
    const double nodes = (double)option->nodes;
    return (1 - option->cpu / (nodes * option->node_cpu)) +
           (1 - option->memory / (nodes * option->node_memory));
}

double hr_expander_score(enum hr_expander expander, const struct hr_expansion *option,
                         int64_t cluster_nodes)
{
    switch (expander) {
    case HR_EXPANDER_LEAST_WASTE:
        return waste(option);
    case HR_EXPANDER_MOST_PODS:
        return -(double)option->pods;
    case HR_EXPANDER_LEAST_NODES:
        return (double)option->nodes;
    case HR_EXPANDER_PRIORITY:
        return -(double)option->priority;
    case HR_EXPANDER_PRICE:
        return price_score(option, cluster_nodes);
    case HR_EXPANDER_RANDOM:
        break;
    }
    return 0;
}

size_t hr_expander_choose(const enum hr_expander *chain, size_t n_chain,
                          const struct hr_expansion *options, size_t n, int64_t cluster_nodes,
                          struct hr_rng *rng)
{
    size_t *best = HR_NEW_ARRAY(size_t, n), n_best = n;
    for (size_t i = 0; i < n; i++)
        best[i] = i;
    for (size_t i = 0; i < n_chain && n_best > 1; i++) {
        double lowest = HUGE_VAL;
        size_t kept = 0;
        for (size_t k = 0; k < n_best; k++) {
            const double score = hr_expander_score(chain[i], &options[best[k]], cluster_nodes);
            if (score < lowest) {
                lowest = score;
                kept = 0;
            }
            if (score == lowest)
                best[kept++] = best[k];
        }
        n_best = kept;
    }
    const size_t choice = best[n_best > 1 ? hr_rng_below(rng, (uint32_t)n_best) : 0];
    free(best);
    return choice;
}
