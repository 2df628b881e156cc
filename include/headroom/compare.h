/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two scenarios on common random numbers: what changing from A to B does to every metric.
 */
#ifndef HEADROOM_COMPARE_H
#define HEADROOM_COMPARE_H

#include <headroom/run.h>

/* One of the two: a scenario file and overrides, as for hr_scenario_load. */
struct hr_compare_side {
    const char *path;
    const char *const *overrides;
    size_t n_overrides;
};

/* An estimate that A and B have both. Each interval is for this metric alone. */
struct hr_compare_metric {
    char *name; /* flat: workloads.shoppers.latency_s.p99 */
    enum hr_unit_shown unit;
    struct hr_estimate a, b;
    struct hr_estimate difference; /* b - a; method "paired_t" or "no_events" */
    struct hr_estimate relative;   /* (b - a) / a */
    double variance_reduction;     /* by common random numbers: (var a + var b) / var(b - a); NaN
                                      when there is no such figure */
    const char *verdict;           /* of b against a, by the difference's interval: "lower",
                                      "higher", "equal" (in every replication) or "undecided";
                                      static */
};

/* A scenario key whose value is not the same in A and B; NULL where there is no such key. */
struct hr_compare_input {
    const char *path, *a, *b;
};

/* What draws the same random numbers in A and B, having the same name in both. */
struct hr_compare_common {
    const char *list; /* "workloads" or "deployments" */
    const char *name;
};

/* Owns everything but the strings of `common` and `inputs`, which are those of a and b. */
struct hr_comparison {
    struct hr_result *a, *b;
    size_t n_common, n_inputs, n_metrics;
    struct hr_compare_common *common;
    struct hr_compare_input *inputs;
    struct hr_compare_metric *metrics; /* in the order of the result */
};

/*
 * Loads and runs both, with the seed, the number of replications and the duration of A and the
 * longer of their warm-ups. Another seed or number in B gets a warning, as does a workload or
 * deployment without counterpart; another duration is a mistake. HR_OK: *out is the caller's, to be
 * freed with hr_comparison_free. HR_ERR_INTERRUPTED: as HR_OK, but of the replications done (*out
 * is NULL when A or B has none). HR_ERR_INPUT, HR_ERR_IO: see diag.
 */
enum hr_status hr_compare(const struct hr_compare_side *a, const struct hr_compare_side *b,
                          const struct hr_run_options *options, struct hr_comparison **out,
                          struct hr_diag *diag);

void hr_comparison_free(struct hr_comparison *comparison);

#endif
