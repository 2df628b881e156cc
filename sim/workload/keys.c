/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of workloads and of client behavior; those of arrivals stand in arrival_keys.c. */
#include "workload/arrival_keys.h"

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_retry_spec, field, ctype)

static const struct hr_key retry_keys[] = {
    { FIELD(max_attempts, int64_t), .type = HR_KEY_INT, .min = 1, .max = 100, .required = true,
      .help = "Attempts that a request may take, the first included." },
    { FIELD(backoff, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 1e9,
      .def = "0s", .help = "Pause before the second attempt." },
    { FIELD(multiplier, double), .type = HR_KEY_REAL, .min = 1, .max = 1000, .def = "2",
      .help = "Factor by which each further pause is longer than the one before." },
    { FIELD(backoff_max, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 1e9,
      .def = "unlimited", .word = "unlimited", .word_value = HR_UNLIMITED,
      .help = "Longest pause." },
    { FIELD(jitter, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = 1, .def = "0%",
      .help = "Share of each pause that is cut at random: the pause b becomes b (1 - jitter u), u "
              "uniform in 0 to 1." },
};

static void check_retry(const void *group, struct hr_key_check *check)
{
    const struct hr_retry_spec *retry = group;
    if (retry->backoff_max < retry->backoff)
        check->fail(check, "backoff_max", "is shorter than backoff", NULL);
}

static const struct hr_key_table retry_table = {
    .name = "retries",
    .size = sizeof(struct hr_retry_spec),
    .keys = retry_keys,
    .n_keys = HR_KEY_COUNT(retry_keys),
    .check = check_retry,
};

#undef FIELD
#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_workload_spec, field, ctype)

static const struct hr_choice cancellation_choices[] = {
    { "none", HR_CANCEL_NONE, "The work goes on." },
    { "queued", HR_CANCEL_QUEUED, "A waiting attempt is dropped, one in service goes on." },
    { "all", HR_CANCEL_ALL, "The attempt is dropped wherever it is." },
    { NULL, 0, NULL },
};

static const struct hr_key workload_keys[] = {
    { FIELD(name, const char *), .type = HR_KEY_NAME, .required = true,
      .help = "Name of the workload." },
    { FIELD(deployment, int64_t), .type = HR_KEY_REF, .list = "deployments", .required = true,
      .help = "Deployment that the requests go to." },
    { FIELD(arrivals, struct hr_list), .type = HR_KEY_LIST, .table = &hr_arrival_keys,
      .required = true, .n_min = 1, .n_max = 100, .single_ok = true,
      .help = "How requests arrive; several processes are superposed." },
    { FIELD(network_latency, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_dist_keys,
      .def = "0s", .help = "Round trip between client and replica, half of it each way." },
    { FIELD(timeout, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_dist_keys,
      .help = "Time from the first attempt after which the client gives the request up; never when "
              "absent." },
    { FIELD(attempt_timeout, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_dist_keys,
      .help = "Time after which the client gives one attempt up; never when absent." },
    { FIELD(retries, struct hr_retry_spec *), .type = HR_KEY_GROUP, .table = &retry_table,
      .help = "How rejected, failed and timed-out attempts are retried; one attempt when absent." },
    { FIELD(cancellation, int), .type = HR_KEY_ENUM, .choices = cancellation_choices,
      .def = "queued", .help = "What becomes of the work when a client gives up." },
};

static void check_workload(const void *group, struct hr_key_check *check)
{
    const struct hr_workload_spec *workload = group;
    const struct hr_arrival_spec *arrivals = workload->arrivals.items;
    size_t closed = 0;
    for (size_t i = 0; i < workload->arrivals.n; i++)
        closed += arrivals[i].process == HR_ARRIVAL_CLOSED;
    if (closed > 0 && workload->arrivals.n > 1)
        check->fail(check, "arrivals", "a closed loop cannot be superposed with other processes",
                    "make it a workload of its own");
}

const struct hr_key_table hr_workload_keys = {
    .name = "workload",
    .size = sizeof(struct hr_workload_spec),
    .keys = workload_keys,
    .n_keys = HR_KEY_COUNT(workload_keys),
    .check = check_workload,
};
