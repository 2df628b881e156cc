/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocatable resources of a node. */
#include "cluster/node_capacity.h"

#include <math.h>

#define MIB 1048576.0
#define GIB 1073741824.0

/* This share of what lies below `top` and above the step before. */
struct step {
    double top, share;
};

static double stepwise(const struct step *steps, size_t n, double amount)
{
    double sum = 0, bottom = 0;
    for (size_t i = 0; i < n && amount > bottom; i++) {
        sum += steps[i].share * (fmin(amount, steps[i].top) - bottom);
        bottom = steps[i].top;
    }
    return sum;
}

double hr_reserved_cpu(double cpu)
{
    static const struct step steps[] = {
        { 1, 0.06 }, { 2, 0.01 }, { 4, 0.005 }, { HUGE_VAL, 0.0025 }
    };
    return stepwise(steps, sizeof steps / sizeof steps[0], cpu);
}

double hr_reserved_memory_bytes(double memory_bytes)
{
    static const struct step steps[] = { { 4 * GIB, 0.25 },
                                         { 8 * GIB, 0.20 },
                                         { 16 * GIB, 0.10 },
                                         { 128 * GIB, 0.06 },
                                         { HUGE_VAL, 0.02 } };
    const double eviction = 100 * MIB;
    if (memory_bytes < GIB)
        return 255 * MIB + eviction;
    return stepwise(steps, sizeof steps / sizeof steps[0], memory_bytes) + eviction;
}

struct hr_node_capacity hr_node_capacity_of(const struct hr_node_pool_spec *pool)
{
    static const struct hr_reserved_spec all_auto = { HR_AUTO, HR_AUTO };
    const struct hr_instance_type *type = pool->type;
    const struct hr_reserved_spec *reserved = pool->reserved ? pool->reserved : &all_auto;
    const double cpu = reserved->cpu < 0 ? hr_reserved_cpu(type->cpu) : reserved->cpu;
    const double memory =
        reserved->memory < 0 ? hr_reserved_memory_bytes(type->memory_bytes) : reserved->memory;
    struct hr_node_capacity capacity = {
        .cpu_milli = (int64_t)floor(1000 * fmax(type->cpu - cpu, 0) + 1e-6),
        .memory_bytes = (int64_t)floor(fmax(type->memory_bytes - memory, 0)),
        .pods = pool->max_pods,
    };
    if (pool->mig)
        capacity.mig = hr_mig_find(type->gpu_model, type->gpu_memory_bytes, pool->mig);
    if (capacity.mig)
        capacity.mig_parts = type->gpus * capacity.mig->parts;
    else
        capacity.gpus = type->gpus * pool->gpu_time_slices;
    return capacity;
}
