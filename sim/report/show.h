/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers as people read them: units, as many digits as the interval supports, and the labels of
 * the key numbers that text and HTML share.
 */
#ifndef REPORT_SHOW_H
#define REPORT_SHOW_H

#include <headroom/result.h>
#include <stddef.h>

#define HR_SHOW_SIZE 64

/* "87.3 ms" and "[85.1, 89.9]" in the same unit. No value: "-". No interval: "". */
struct hr_shown {
    char value[HR_SHOW_SIZE];
    char interval[2 * HR_SHOW_SIZE];
};
void hr_show_estimate(struct hr_shown *shown, const struct hr_estimate *estimate,
                      enum hr_unit_shown unit);

/* "+-2.6" in the same unit: how far the interval reaches on its longer side. No interval: "". */
void hr_show_margin(char text[HR_SHOW_SIZE], const struct hr_estimate *estimate,
                    enum hr_unit_shown unit);

/* A number without an interval, to four significant digits; NaN is "-". */
void hr_show_number(char text[HR_SHOW_SIZE], double x, enum hr_unit_shown unit);

/* A number that somebody chose, such as a target: no digits that were not given. */
void hr_show_exact(char text[HR_SHOW_SIZE], double x, enum hr_unit_shown unit);

/* "172,800,000" */
void hr_show_count(char text[HR_SHOW_SIZE], uint64_t n);

/* A span of simulated time in the unit that suits it: "24 h", "27.65 days". */
void hr_show_duration(char text[HR_SHOW_SIZE], double seconds);

/* "latency p99.9" for latency_p999: an identifier as words. */
void hr_show_words(char text[HR_SHOW_SIZE], const char *identifier);

/* How far the metric may be off: "within 2.4%", "unbounded", or "no exception seen" of a share
 * whose bound certainly meets its objective. */
void hr_show_precision(char text[HR_SHOW_SIZE], const struct hr_precision_metric *metric);

/* One estimate of a workload or a deployment, as it is labeled wherever it is shown. */
struct hr_key_number {
    const char *label;
    const char *help; /* what it means, a few words */
    size_t offset;    /* of the struct hr_estimate */
    double factor;    /* what the estimate is multiplied by */
    enum hr_unit_shown unit;
};
#define HR_WORKLOAD_NUMBERS   7
#define HR_DEPLOYMENT_NUMBERS 9
extern const struct hr_key_number hr_workload_numbers[HR_WORKLOAD_NUMBERS];
#define HR_LONG_RUN_NUMBERS 6
extern const struct hr_key_number hr_deployment_numbers[HR_DEPLOYMENT_NUMBERS];
extern const struct hr_key_number hr_long_run_numbers[HR_LONG_RUN_NUMBERS]; /* of hr_long_run */
#define HR_POD_NUMBERS       4
#define HR_NODE_POOL_NUMBERS 11
extern const struct hr_key_number hr_pod_numbers[HR_POD_NUMBERS]; /* of hr_pods_result */
extern const struct hr_key_number hr_node_pool_numbers[HR_NODE_POOL_NUMBERS]; /* GPUs come last */

/* How many of hr_node_pool_numbers the pool has: none of GPUs without them. */
size_t hr_node_pool_n_numbers(const struct hr_node_pool_result *pool);

/* The estimate that `number` names, of the result `of` of its kind, times factor. */
struct hr_estimate hr_key_number_get(const struct hr_key_number *number, const void *of);

/* The counts of a workload or a deployment with their labels. */
struct hr_key_count {
    const char *label;
    uint64_t n;
};
#define HR_WORKLOAD_COUNTS   7
#define HR_DEPLOYMENT_COUNTS 4
#define HR_PODS_COUNTS       4
#define HR_NODE_POOL_COUNTS  7
void hr_pod_counts(const struct hr_pods_result *pods, struct hr_key_count counts[HR_PODS_COUNTS]);
#define HR_JOB_NUMBERS 1
extern const struct hr_key_number hr_job_numbers[HR_JOB_NUMBERS];
#define HR_JOB_COUNTS 6
void hr_job_counts(const struct hr_job_result *job, struct hr_key_count counts[HR_JOB_COUNTS]);

void hr_node_pool_counts(const struct hr_node_pool_result *pool,
                         struct hr_key_count counts[HR_NODE_POOL_COUNTS]);
void hr_workload_counts(const struct hr_workload_result *workload,
                        struct hr_key_count counts[HR_WORKLOAD_COUNTS]);
void hr_deployment_counts(const struct hr_deployment_result *deployment,
                          struct hr_key_count counts[HR_DEPLOYMENT_COUNTS]);

/* The latency that the parts make up; NaN when any is unknown. */
double hr_parts_sum(const struct hr_estimate parts[HR_PARTS]);

/* "mean", "p50", "p99.9", "largest": label of quantile i. */
const char *hr_show_quantile(unsigned i);

#endif
