/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of objectives (SLOs). */
#include "metrics/spec.h"

#include <stdio.h>

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_slo_spec, field, ctype)

static const struct hr_choice metric_choices[] = {
    { "latency_mean", HR_SLO_LATENCY_MEAN, "Mean latency." },
    { "latency_p50", HR_SLO_LATENCY_P50, "Median latency." },
    { "latency_p90", HR_SLO_LATENCY_P90, "Latency that 90% of requests stay within." },
    { "latency_p95", HR_SLO_LATENCY_P95, "Latency that 95% of requests stay within." },
    { "latency_p99", HR_SLO_LATENCY_P99, "Latency that 99% of requests stay within." },
    { "latency_p999", HR_SLO_LATENCY_P999, "Latency that 99.9% of requests stay within." },
    { "availability", HR_SLO_AVAILABILITY, "Share of requests completed in time." },
    { "availability_time", HR_SLO_AVAILABILITY_TIME,
      "Share of time with at least min_ready ready replicas." },
    { "throughput_rps", HR_SLO_THROUGHPUT, "Completions per second." },
    { "cost_usd_per_prediction", HR_SLO_COST_PER_PREDICTION, "USD per request completed in time." },
    { NULL, 0, NULL },
};

static const struct hr_key slo_keys[] = {
    { FIELD(workload, int64_t), .type = HR_KEY_REF, .list = "workloads", .required = true,
      .help = "Workload that the objective is about." },
    { FIELD(metric, int), .type = HR_KEY_ENUM, .choices = metric_choices, .required = true,
      .help = "What is measured." },
    { FIELD(max, struct hr_measure), .type = HR_KEY_MEASURE,
      .help = "The metric must be at most this." },
    { FIELD(min, struct hr_measure), .type = HR_KEY_MEASURE,
      .help = "The metric must be at least this." },
    { FIELD(precision, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = 1,
      .min_open = true,
      .help = "Replications go on until the metric is known this well with 95% confidence." },
};

struct metric_unit {
    enum hr_unit unit;
    double max; /* largest target that makes sense; 0: none */
    const char *hint;
};

static struct metric_unit unit_of(enum hr_slo_metric metric)
{
    switch (metric) {
    case HR_SLO_AVAILABILITY:
    case HR_SLO_AVAILABILITY_TIME:
        return (struct metric_unit){ HR_UNIT_SHARE, 1, "write a share such as \"99.9%\"" };
    case HR_SLO_THROUGHPUT:
        return (struct metric_unit){ HR_UNIT_RATE, 0, "write a rate such as \"2000/s\"" };
    case HR_SLO_COST_PER_PREDICTION:
        return (struct metric_unit){ HR_UNIT_NONE, 0, "write a number of USD such as 0.00001" };
    case HR_SLO_LATENCY_MEAN:
    case HR_SLO_LATENCY_P50:
    case HR_SLO_LATENCY_P90:
    case HR_SLO_LATENCY_P95:
    case HR_SLO_LATENCY_P99:
    case HR_SLO_LATENCY_P999:
        break;
    }
    return (struct metric_unit){ HR_UNIT_DURATION, 0, "write a duration such as \"100ms\"" };
}

static bool given(struct hr_measure measure)
{
    return measure.value == measure.value; /* not NAN */
}

static void check_slo(const void *group, struct hr_key_check *check)
{
    const struct hr_slo_spec *slo = group;
    if (given(slo->max) == given(slo->min)) {
        check->fail(check, NULL,
                    given(slo->max) ? "both max and min are given" : "neither max nor min is given",
                    "an objective has exactly one of them");
        return;
    }
    const char *key = given(slo->max) ? "max" : "min";
    const struct hr_measure target = given(slo->max) ? slo->max : slo->min;
    const struct metric_unit due = unit_of((enum hr_slo_metric)slo->metric);
    char message[96];
    if (target.unit != due.unit) {
        snprintf(message, sizeof message, "has the wrong unit for the metric %s",
                 metric_choices[slo->metric].name);
        check->fail(check, key, message, due.hint);
    } else if (target.value < 0 || (due.max > 0 && target.value > due.max)) {
        check->fail(check, key, "is out of bounds",
                    due.max > 0 ? "must be from 0% to 100%" : "must be at least 0");
    }
}

const struct hr_key_table hr_slo_keys = {
    .name = "objective",
    .size = sizeof(struct hr_slo_spec),
    .keys = slo_keys,
    .n_keys = HR_KEY_COUNT(slo_keys),
    .check = check_slo,
};
