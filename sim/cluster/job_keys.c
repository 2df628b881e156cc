/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of jobs. */
#include "cluster/job_spec.h"

#include "cluster/spec.h"

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_job_spec, field, ctype)
#define DURATION            .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 3.15576e9

static const struct hr_choice policy_choices[] = {
    { "allow", HR_CONCURRENCY_ALLOW, "It begins beside the one before." },
    { "forbid", HR_CONCURRENCY_FORBID, "It is left out." },
    { "replace", HR_CONCURRENCY_REPLACE, "The one before ends." },
    { NULL, 0, NULL },
};

static const struct hr_key job_keys[] = {
    { FIELD(name, const char *), .type = HR_KEY_NAME, .required = true,
      .help = "Name of the job." },
    { FIELD(at, hr_time), DURATION, .def = "0s", .help = "When it begins." },
    { FIELD(period, hr_time), DURATION, .min = 1, .def = "never", .word = "never",
      .word_value = HR_TIME_NEVER, .help = "Time after which it begins again, as a CronJob does." },
    { FIELD(concurrency_policy, int), .type = HR_KEY_ENUM, .choices = policy_choices,
      .def = "allow", .help = "What happens to a run that is due while the one before goes on." },
    { FIELD(completions, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1e5, .def = "1",
      .help = "Pods that must succeed." },
    { FIELD(parallelism, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1e5, .def = "1",
      .help = "Pods at once." },
    { FIELD(run_time, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_dist_keys,
      .required = true, .help = "Time that one pod works." },
    { FIELD(backoff_limit, int64_t), .type = HR_KEY_INT, .max = 1e6, .def = "6",
      .help = "Pods that may fail before the run does." },
    { FIELD(deadline, hr_time), DURATION, .min_open = true, .def = "never", .word = "never",
      .word_value = HR_TIME_NEVER,
      .help = "Time from its beginning after which a run is stopped, and missed." },
    { FIELD(node_pool, int64_t), .type = HR_KEY_REF, .list = "node_pools",
      .help = "Node pool that its pods run on; any when absent." },
    { FIELD(image_size, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .max = 1e15,
      .def = "0", .help = "Container image that a node gets before its first pod starts." },
    { FIELD(resources, struct hr_resources_spec *), .type = HR_KEY_GROUP,
      .table = &hr_resources_keys, .help = "What a pod asks of its node." },
    { FIELD(scheduling, struct hr_scheduling_spec *), .type = HR_KEY_GROUP,
      .table = &hr_scheduling_keys, .help = "Where its pods may go, and their priority." },
};

const struct hr_key_table hr_job_keys = {
    .name = "job",
    .size = sizeof(struct hr_job_spec),
    .keys = job_keys,
    .n_keys = HR_KEY_COUNT(job_keys),
};
