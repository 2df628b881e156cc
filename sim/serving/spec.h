/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of a model (what a pod does with a request) and of routing. */
#ifndef SERVING_SPEC_H
#define SERVING_SPEC_H

#include "base/key.h"
#include "stats/dist_spec.h"

enum hr_discipline { HR_FIFO, HR_PROCESSOR_SHARING };

enum hr_routing {
    HR_ROUTE_LEAST_OUTSTANDING,
    HR_ROUTE_RANDOM,
    HR_ROUTE_ROUND_ROBIN,
    HR_ROUTE_POWER_OF_TWO,
    HR_ROUTE_CENTRAL_QUEUE
};

struct hr_memory_spec {
    double base;          /* bytes, of a ready replica without requests */
    double per_request;   /* bytes, of each request in flight (waiting or served) */
    double leak_per_hour; /* bytes */
};

struct hr_model_spec {
    const char *name;
    struct hr_dist_spec *service_time; /* at full speed */
    int64_t concurrency;               /* slots; HR_AUTO: 1, with processor sharing without limit */
    int64_t queue_limit;               /* waiting requests; HR_UNLIMITED */
    int discipline;                    /* enum hr_discipline */
    double cores;                  /* processor sharing: requests served at full speed at once */
    double cpu_idle;               /* cores */
    double cpu_per_slot;           /* cores; negative: limits.cpu / concurrency */
    struct hr_memory_spec *memory; /* NULL: not modeled */
};

extern const struct hr_key_table hr_model_keys;
extern const struct hr_choice hr_routing_choices[];

#endif
