/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Multi-instance GPUs: how a GPU is cut into parts that do not disturb each other (NVIDIA's
 * Multi-Instance GPU User Guide, section Supported MIG Profiles). */
#ifndef CLUSTER_MIG_H
#define CLUSTER_MIG_H

#include <stddef.h>
#include <stdint.h>

struct hr_mig_profile {
    const char *name;       /* "1g.10gb": compute slices, memory of a part */
    int64_t parts;          /* that one GPU gives when all are of this profile */
    double compute, memory; /* shares of the GPU that a part has */
};

/* The profiles of a GPU, smallest first; n = 0: it cannot be cut. `gpu_model` as in the catalog
 * ("A100-80GB"); one without its memory in the name ("H100") is told apart by gpu_memory_bytes. */
const struct hr_mig_profile *hr_mig_profiles(const char *gpu_model, double gpu_memory_bytes,
                                             size_t *n);

/* NULL: the GPU has no such profile. */
const struct hr_mig_profile *hr_mig_find(const char *gpu_model, double gpu_memory_bytes,
                                         const char *profile);

#endif
