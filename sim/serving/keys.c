/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of models and of routing. */
#include "serving/spec.h"

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_memory_spec, field, ctype)

static const struct hr_key memory_keys[] = {
    { FIELD(base, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .max = 1e18, .def = "0",
      .help = "Memory that a ready replica uses without any request." },
    { FIELD(per_request, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .max = 1e18,
      .def = "0", .help = "Memory that each request in flight adds, waiting or served." },
    { FIELD(leak_per_hour, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .max = 1e18,
      .def = "0",
      .help = "Memory lost in each hour after a start, until the replica starts anew." },
};

static const struct hr_key_table memory_table = {
    .name = "memory use",
    .size = sizeof(struct hr_memory_spec),
    .keys = memory_keys,
    .n_keys = HR_KEY_COUNT(memory_keys),
};

#undef FIELD
#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_model_spec, field, ctype)

static const struct hr_choice discipline_choices[] = {
    { "fifo", HR_FIFO, "Requests wait for a free slot, first come, first served." },
    { "processor_sharing", HR_PROCESSOR_SHARING, "Requests in service share the cores equally." },
    { NULL, 0, NULL },
};

const struct hr_choice hr_routing_choices[] = {
    { "least_outstanding", HR_ROUTE_LEAST_OUTSTANDING,
      "To the replica with the fewest requests, ties at random." },
    { "random", HR_ROUTE_RANDOM, "To a replica at random." },
    { "round_robin", HR_ROUTE_ROUND_ROBIN, "To the replicas in turn." },
    { "power_of_two", HR_ROUTE_POWER_OF_TWO,
      "To the less loaded of two replicas drawn at random." },
    { "central_queue", HR_ROUTE_CENTRAL_QUEUE,
      "Requests wait in one queue for any free slot; with one slot each, the replica that fell "
      "idle last serves next." },
    { NULL, 0, NULL },
};

static const struct hr_key model_keys[] = {
    { FIELD(name, const char *), .type = HR_KEY_NAME, .required = true,
      .help = "Name by which deployments refer to the model." },
    { FIELD(service_time, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_dist_keys,
      .required = true, .help = "Time that a slot takes for one request at full speed." },
    { FIELD(concurrency, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1e6, .def = "auto",
      .word = "auto", .word_value = HR_AUTO,
      .help = "Requests that a replica serves at once; auto is 1, with processor sharing "
              "unlimited." },
    { FIELD(queue_limit, int64_t), .type = HR_KEY_INT, .max = 1e9, .def = "unlimited",
      .word = "unlimited", .word_value = HR_UNLIMITED,
      .help = "Requests that may wait at a replica, or in the central queue; more are rejected." },
    { FIELD(discipline, int), .type = HR_KEY_ENUM, .choices = discipline_choices, .def = "fifo",
      .help = "How requests share a replica." },
    { FIELD(cores, double), .type = HR_KEY_REAL, .min_open = true, .max = 1e6, .def = "1",
      .when = HR_WHEN(HR_PROCESSOR_SHARING),
      .help = "Requests that a replica serves at full speed at once; more slow each other down." },
    { FIELD(cpu_idle, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_CPU, .max = 1e6, .def = "0",
      .help = "CPU that a ready replica uses without any request." },
    { FIELD(cpu_per_slot, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_CPU, .max = 1e6,
      .def = "auto", .word = "auto", .word_value = HR_AUTO,
      .help =
          "CPU that each busy slot uses; auto is the CPU limit divided by the concurrency, or 0 "
          "without a limit." },
    { FIELD(memory, struct hr_memory_spec *), .type = HR_KEY_GROUP, .table = &memory_table,
      .help = "Memory that a replica uses; not modeled when absent." },
};

const struct hr_key_table hr_model_keys = {
    .name = "model",
    .size = sizeof(struct hr_model_spec),
    .keys = model_keys,
    .n_keys = HR_KEY_COUNT(model_keys),
    .selector = "discipline",
};
