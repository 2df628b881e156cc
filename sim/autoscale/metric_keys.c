/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of one metric that an autoscaler goes by. */
#include "autoscale/metric_keys.h"

#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_scaling_metric_spec, field, ctype)

/* What is kept of a pod and metric grows with them. */
enum { SCRAPES_MAX = 250 };

#define RESOURCES (HR_WHEN(HR_SCALING_CPU) | HR_WHEN(HR_SCALING_MEMORY))
#define REQUESTS  HR_WHEN(HR_SCALING_REQUESTS)
#define COUNTS    (HR_WHEN(HR_SCALING_CONCURRENCY) | HR_WHEN(HR_SCALING_QUEUE_LENGTH))
#define GPUS      HR_WHEN(HR_SCALING_GPU_UTILIZATION)
#define LATENCY   HR_WHEN(HR_SCALING_LATENCY)
#define SHARE     .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .min_open = true
#define RATE      .type = HR_KEY_QUANTITY, .unit = HR_UNIT_RATE, .max = 1e9
#define NUMBER    .type = HR_KEY_REAL, .max = 1e9
#define DURATION  .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 1e6

static const struct hr_choice type_choices[] = {
    { "cpu", HR_SCALING_CPU, "CPU in use, of what the replicas request." },
    { "memory", HR_SCALING_MEMORY, "Memory in use, of what the replicas request." },
    { "requests", HR_SCALING_REQUESTS, "Requests a second." },
    { "concurrency", HR_SCALING_CONCURRENCY, "Requests at once, waiting ones included." },
    { "queue_length", HR_SCALING_QUEUE_LENGTH, "Waiting requests." },
    { "gpu_utilization", HR_SCALING_GPU_UTILIZATION, "Share of time that the GPUs are busy." },
    { "latency", HR_SCALING_LATENCY, "A quantile of the latency." },
    { NULL, 0, NULL },
};

static const struct hr_choice source_choices[] = {
    { "pods", HR_SCALING_PODS, "Read of each replica; replicas without a value are made up for." },
    { "object", HR_SCALING_OBJECT,
      "Read of the deployment as a whole, and there without replicas too." },
    { NULL, 0, NULL },
};

static const struct hr_key keys[] = {
    { FIELD(type, int), .type = HR_KEY_ENUM, .choices = type_choices, .required = true,
      .help = "What is measured." },
    { FIELD(target, double), SHARE, .max = 10, .when = RESOURCES,
      .help = "Use that is aimed at, of all that the replicas request." },
    { FIELD(target, double), SHARE, .max = 1, .required = true, .when = GPUS,
      .help = "Utilization that is aimed at." },
    { FIELD(target, double), RATE, .min_open = true, .required = true, .when = REQUESTS,
      .help = "Requests a second of one replica that are aimed at." },
    { FIELD(target, double), NUMBER, .min_open = true, .required = true, .when = COUNTS,
      .help = "Number for one replica that is aimed at." },
    { .name = "target",
      .offset = HR_FIELD(struct hr_scaling_metric_spec, target_time, hr_time),
      DURATION,
      .min_open = true,
      .required = true,
      .when = LATENCY,
      .help = "Latency that is aimed at." },
    { FIELD(average_value, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_CPU, .max = 1e6,
      .min_open = true, .when = HR_WHEN(HR_SCALING_CPU),
      .help = "CPU of one replica that is aimed at, instead of a share of the requests." },
    { FIELD(average_value, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .max = 1e15,
      .min_open = true, .when = HR_WHEN(HR_SCALING_MEMORY),
      .help = "Memory of one replica that is aimed at, instead of a share of the requests." },
    { FIELD(quantile, double), SHARE, .max = 1, .max_open = true, .def = "95%", .when = LATENCY,
      .help = "Share of the requests that stay within the latency." },
    { FIELD(source, int), .type = HR_KEY_ENUM, .choices = source_choices, .def = "pods",
      .when = REQUESTS | COUNTS, .help = "Where the metric comes from." },
    { FIELD(activation, double), RATE, .def = "0/s", .when = REQUESTS,
      .help = "With KEDA, the total above which there are replicas at all." },
    { FIELD(activation, double), NUMBER, .def = "0", .when = COUNTS,
      .help = "With KEDA, the total above which there are replicas at all." },
    { FIELD(scrape_interval, hr_time), DURATION, .min = 0.1, .def = "15s",
      .help = "Time between two samples." },
    { FIELD(window, hr_time), DURATION, .min_open = true, .def = "30s",
      .help = "Time that a sample is the mean of." },
    { FIELD(delay, hr_time), DURATION, .def = "0s",
      .help = "Time from the end of the window until the autoscaler sees the sample." },
};

static void check_metric(const void *group, struct hr_key_check *check)
{
    const struct hr_scaling_metric_spec *metric = group;
    if (metric->window + metric->delay > SCRAPES_MAX * metric->scrape_interval)
        check->fail(check, "scrape_interval", "window and delay last more than 250 of these", NULL);
    if (metric->type != HR_SCALING_CPU && metric->type != HR_SCALING_MEMORY)
        return;
    if ((metric->target > 0) == (metric->average_value > 0))
        check->fail(check, NULL,
                    metric->target > 0 ? "both target and average_value are given"
                                       : "neither target nor average_value is given",
                    "give a target such as \"60%\"");
}

const struct hr_key_table hr_scaling_metric_keys = {
    .name = "scaling metric",
    .size = sizeof(struct hr_scaling_metric_spec),
    .keys = keys,
    .n_keys = HR_KEY_COUNT(keys),
    .selector = "type",
    .check = check_metric,
};
