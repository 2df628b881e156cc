/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the coverage of intervals is measured on: queues whose exact answers are known. */
#ifndef COVERAGE_CELLS_H
#define COVERAGE_CELLS_H

#include <headroom/result.h>
#include <stddef.h>

/* X(name, text, share of intervals that must hold the exact value: least, most). */
#define COVERAGE_METRIC_LIST(X)                                                                    \
    X(COVERAGE_LATENCY_MEAN, "latency_mean", 0.93, 0.97)                                           \
    X(COVERAGE_LATENCY_P99, "latency_p99", 0.92, 0.98)                                             \
    X(COVERAGE_COST, "cost_usd_per_prediction", 0.93, 0.97)                                        \
    X(COVERAGE_LATENCY_P50, "latency_p50", 0.93, 0.97)                                             \
    X(COVERAGE_WAIT_MEAN, "wait_mean", 0.93, 0.97)                                                 \
    X(COVERAGE_WAIT_P99, "wait_p99", 0.92, 0.98)                                                   \
    X(COVERAGE_WAIT_PROBABILITY, "wait_probability", 0.93, 0.97)                                   \
    X(COVERAGE_CONCURRENCY, "concurrency", 0.93, 0.97)                                             \
    X(COVERAGE_THROUGHPUT, "throughput_rps", 0.93, 0.97)                                           \
    X(COVERAGE_UTILIZATION, "utilization", 0.93, 0.97)                                             \
    X(COVERAGE_AVAILABILITY, "availability", 0.93, 0.97)                                           \
    X(COVERAGE_UPTIME, "availability_time", 0.93, 0.97)

enum coverage_metric {
#define X(name, text, least, most) name,
    COVERAGE_METRIC_LIST(X)
#undef X
        COVERAGE_METRICS
};

struct coverage_model {
    const char *name, *title;
    const char *scenario; /* text without seed */
    unsigned experiments; /* of a full measurement */
    double precision;     /* asked for; 0: none, the scenario's replications it is */
    const char *why_free; /* NULL, or why the bounds need not hold here */
    void (*exact)(double exact[COVERAGE_METRICS]); /* sets what is known */
};
extern const struct coverage_model coverage_models[];
extern const size_t coverage_models_n;

const char *coverage_metric_name(enum coverage_metric metric);

/* What the coverage has to be within. Where a precision is asked for it may well be above 97 %: the
 * last step to it can be a long one. */
struct coverage_bounds {
    double least, most;
};
struct coverage_bounds coverage_due(const struct coverage_model *model,
                                    enum coverage_metric metric);

/* Without a value when a precision was asked for and not reached. */
struct hr_estimate coverage_estimate(const struct hr_result *result, enum coverage_metric metric);

/* Exact values of all metrics, NaN where there is no cell. */
void coverage_exact(const struct coverage_model *model, double exact[COVERAGE_METRICS]);

#endif
