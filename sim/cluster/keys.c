/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of a replica's resources and failures. */
#include "cluster/spec.h"

#include <string.h>

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_amounts, field, ctype)

static const struct hr_key amounts_keys[] = {
    { FIELD(cpu, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_CPU, .min_open = true,
      .max = 1e6, .help = "CPU cores of one replica." },
    { FIELD(memory, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .min_open = true,
      .max = 1e18, .help = "Memory of one replica." },
    { FIELD(gpu, int64_t), .type = HR_KEY_INT, .min = 1, .max = 16,
      .help = "GPUs of one replica, as whole devices." },
    { FIELD(gpu_share, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .min = 0.001,
      .max = 1, .max_open = true, .help = "Share of one GPU that a replica has, instead of gpu." },
    { FIELD(mig, const char *), .type = HR_KEY_TEXT,
      .help = "Profile of one MIG slice that a replica has, such as 1g.10gb, instead of gpu." },
};

/* Compute slices, memory and, for media extensions, "+me": 1g.10gb, 3g.40gb, 1g.5gb+me. */
bool hr_is_mig_profile(const char *text)
{
    const char *digits = "0123456789";
    const size_t slices = strspn(text, digits);
    if (slices != 1 || text[0] == '0' || strncmp(text + 1, "g.", 2) != 0)
        return false;
    const char *memory = text + 3;
    const size_t n = strspn(memory, digits);
    if (n == 0 || n > 3 || memory[0] == '0' || strncmp(memory + n, "gb", 2) != 0)
        return false;
    const char *extension = memory + n + 2;
    return *extension == '\0' || strcmp(extension, "+me") == 0;
}

static void check_amounts(const void *group, struct hr_key_check *check)
{
    const struct hr_amounts *amounts = group;
    if ((amounts->gpu > 0) + (amounts->gpu_share > 0) + (amounts->mig != NULL) > 1)
        check->fail(check, NULL, "has more than one of gpu, gpu_share and mig", NULL);
    if (amounts->mig && !hr_is_mig_profile(amounts->mig))
        check->fail(check, "mig", "is not a MIG profile", "such as \"1g.10gb\"");
}

static const struct hr_key_table amounts_table = {
    .name = "resource amounts",
    .size = sizeof(struct hr_amounts),
    .keys = amounts_keys,
    .n_keys = HR_KEY_COUNT(amounts_keys),
    .check = check_amounts,
};

#undef FIELD
#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_resources_spec, field, ctype)

static const struct hr_key resources_keys[] = {
    { FIELD(requests, struct hr_amounts *), .type = HR_KEY_GROUP, .table = &amounts_table,
      .help = "What the scheduler sets aside for a replica." },
    { FIELD(limits, struct hr_amounts *), .type = HR_KEY_GROUP, .table = &amounts_table,
      .help = "What a replica may use: above the CPU limit it is throttled, above the memory limit "
              "it is killed." },
};

static bool has_gpu(const struct hr_amounts *amounts)
{
    return amounts->gpu > 0 || amounts->gpu_share > 0 || amounts->mig != NULL;
}

static bool same_gpu(const struct hr_amounts *a, const struct hr_amounts *b)
{
    const bool same_mig = a->mig && b->mig ? strcmp(a->mig, b->mig) == 0 : a->mig == b->mig;
    return a->gpu == b->gpu && a->gpu_share == b->gpu_share && same_mig;
}

static void check_resources(const void *group, struct hr_key_check *check)
{
    const struct hr_resources_spec *spec = group;
    const struct hr_amounts *requests = spec->requests, *limits = spec->limits;
    if (!requests || !limits)
        return;
    if (limits->cpu > 0 && requests->cpu > limits->cpu)
        check->fail(check, "requests", "the CPU request is above the CPU limit", NULL);
    if (limits->memory > 0 && requests->memory > limits->memory)
        check->fail(check, "requests", "the memory request is above the memory limit", NULL);
    if (has_gpu(requests) && has_gpu(limits) && !same_gpu(requests, limits))
        check->fail(check, "requests", "the GPU request differs from the GPU limit", NULL);
}

const struct hr_key_table hr_resources_keys = {
    .name = "resources",
    .size = sizeof(struct hr_resources_spec),
    .keys = resources_keys,
    .n_keys = HR_KEY_COUNT(resources_keys),
    .check = check_resources,
};

#undef FIELD
#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_failures_spec, field, ctype)

static const struct hr_key failures_keys[] = {
    { FIELD(mttf, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_lifetime_keys,
      .required = true, .help = "Time that a replica runs until it fails." },
    { FIELD(mttr, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_lifetime_keys,
      .required = true, .help = "Time that a repair takes; the replica starts up after it." },
    { FIELD(crews, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1e6, .def = "unlimited",
      .word = "unlimited", .word_value = HR_UNLIMITED,
      .help = "Replicas of the deployment that can be under repair at once; others wait." },
};

const struct hr_key_table hr_failures_keys = {
    .name = "failures",
    .size = sizeof(struct hr_failures_spec),
    .keys = failures_keys,
    .n_keys = HR_KEY_COUNT(failures_keys),
};
