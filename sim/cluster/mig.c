/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of MIG profiles. */
#include "cluster/mig.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define N_PROFILES 6

struct gpu {
    const char *model;
    int gb;
    size_t n;
    struct hr_mig_profile profiles[N_PROFILES];
};

/* GPUs of seven compute slices and eight memory slices: one slice of compute with one or two of
 * memory, and so on. The names differ by the memory. */
#define OF_SEVEN(g1, g1_more, g2, g3, g4, g7)                                                      \
    6,                                                                                             \
    {                                                                                              \
        { g1, 7, 1.0 / 7, 1.0 / 8 }, { g1_more, 4, 1.0 / 7, 2.0 / 8 },                             \
            { g2, 3, 2.0 / 7, 2.0 / 8 }, { g3, 2, 3.0 / 7, 4.0 / 8 }, { g4, 1, 4.0 / 7, 4.0 / 8 }, \
            { g7, 1, 1, 1 },                                                                       \
    }

static const struct gpu gpus[] = {
    { "A30",
      24,
      3,
      { { "1g.6gb", 4, 0.25, 0.25 }, { "2g.12gb", 2, 0.5, 0.5 }, { "4g.24gb", 1, 1, 1 } } },
    { "A100", 40, OF_SEVEN("1g.5gb", "1g.10gb", "2g.10gb", "3g.20gb", "4g.20gb", "7g.40gb") },
    { "A100", 80, OF_SEVEN("1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb") },
    { "H100", 80, OF_SEVEN("1g.10gb", "1g.20gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb") },
    { "H200", 141, OF_SEVEN("1g.18gb", "1g.35gb", "2g.35gb", "3g.71gb", "4g.71gb", "7g.141gb") },
    { "B200", 180, OF_SEVEN("1g.23gb", "1g.45gb", "2g.45gb", "3g.90gb", "4g.90gb", "7g.180gb") },
};

/* Memory is written in GB or GiB, and some of it is kept for error correction. */
static bool is_about(double bytes, int gb)
{
    return fabs(bytes / 1e9 / gb - 1) < 0.1;
}

const struct hr_mig_profile *hr_mig_profiles(const char *gpu_model, double gpu_memory_bytes,
                                             size_t *n)
{
    for (size_t i = 0; i < sizeof gpus / sizeof gpus[0]; i++) {
        char full[32];
        snprintf(full, sizeof full, "%s-%dGB", gpus[i].model, gpus[i].gb);
        if (strcmp(gpu_model, full) != 0 &&
            !(strcmp(gpu_model, gpus[i].model) == 0 && is_about(gpu_memory_bytes, gpus[i].gb)))
            continue;
        *n = gpus[i].n;
        return gpus[i].profiles;
    }
    *n = 0;
    return NULL;
}

const struct hr_mig_profile *hr_mig_find(const char *gpu_model, double gpu_memory_bytes,
                                         const char *profile)
{
    size_t n;
    const struct hr_mig_profile *profiles = hr_mig_profiles(gpu_model, gpu_memory_bytes, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(profiles[i].name, profile) == 0)
            return &profiles[i];
    return NULL;
}
