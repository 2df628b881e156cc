/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of a replica's resources and failures. */
#include "cluster/spec.h"

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_amounts, field, ctype)

static const struct hr_key amounts_keys[] = {
    { FIELD(cpu, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_CPU, .min_open = true,
      .max = 1e6, .help = "CPU cores of one replica." },
    { FIELD(memory, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .min_open = true,
      .max = 1e18, .help = "Memory of one replica." },
};

static const struct hr_key_table amounts_table = {
    .name = "resource amounts",
    .size = sizeof(struct hr_amounts),
    .keys = amounts_keys,
    .n_keys = HR_KEY_COUNT(amounts_keys),
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
