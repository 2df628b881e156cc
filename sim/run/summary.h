/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replications to a result: every estimate is made here. */
#ifndef RUN_SUMMARY_H
#define RUN_SUMMARY_H

#include "model/model.h"
#include "scenario/scenario.h"
#include "stats/hist.h"

#include <headroom/result.h>

/* What the parts of a summary work on. */
struct hr_summary {
    const struct hr_spec *spec;
    const struct hr_replication *replications;
    unsigned n; /* replications */
    /* Rows of sums: those of the replications, and after that of a single one its slices. */
    size_t n_rows, n_slices;
    struct hr_sums_shape shape;
    double *sums;  /* of the replications */
    double *x, *y; /* scratch, n_rows each */
    double events; /* requests, of the workload or deployment in question, of a replication */
    const char *unsliced; /* why a single replication has no interval where it has no slices */
    bool steady;          /* a steady-state question: an unstable deployment has no answer */
    struct hr_result *result;
};

/* Makes the result of the first n replications; the caller owns it. Facts of the run that the
 * replications do not know (seed, warm-up, wall time ...) are filled in by the caller. `steady` as
 * above. */
struct hr_result *hr_summarize(const struct hr_scenario *scenario,
                               const struct hr_replication *replications, unsigned n, bool steady);

void hr_summarize_deployment(const struct hr_summary *summary, size_t d); /* before the workloads */
void hr_summarize_pods(const struct hr_summary *summary, size_t d);
void hr_summarize_node_pool(const struct hr_summary *summary, size_t p);
void hr_summarize_workload(const struct hr_summary *summary, size_t w);
void hr_summarize_job(const struct hr_summary *summary, size_t j);
void hr_summarize_cluster(const struct hr_summary *summary);
void hr_summarize_slo(const struct hr_summary *summary, size_t i); /* after the workloads */

void hr_summarize_ready(const struct hr_summary *summary, size_t w);

/* Share of time with at least min_ready ready replicas. */
struct hr_estimate hr_summary_uptime(const struct hr_summary *summary, size_t d);

/* Copies the series of replication 0, which recorded them, into the result. */
void hr_summarize_series(struct hr_result *result, const struct hr_replication *first,
                         double step_s);

/* The sums of a row, of workload w and of deployment d; its time. */
const double *hr_summary_workload(const struct hr_summary *summary, size_t row, size_t w);
const double *hr_summary_deployment(const struct hr_summary *summary, size_t row, size_t d);
double hr_summary_time_ns(const struct hr_summary *summary, size_t row);
double hr_summary_time_s(const struct hr_summary *summary, size_t row);

/* The same in question of workload w, or of deployment d. */
struct hr_summary hr_summary_of_workload(const struct hr_summary *summary, size_t w);
struct hr_summary hr_summary_of_deployment(const struct hr_summary *summary, size_t d);

/* The same without slices: scratch is known of whole replications only. */
struct hr_summary hr_summary_unsliced(const struct hr_summary *summary);

/* Estimates of scratch x (mean), and x / y. */
struct hr_estimate hr_summary_mean(const struct hr_summary *summary);
struct hr_estimate hr_summary_ratio(const struct hr_summary *summary, const char *why);

/* As the ratio, for a share of requests (x out of y), and for a share of time or of slots. */
struct hr_estimate hr_summary_share(const struct hr_summary *summary, const char *why);
struct hr_estimate hr_summary_time_share(const struct hr_summary *summary, const char *why);

/* Values of which there is one histogram a replication; the number in each row is scratch y. */
struct hr_sample {
    const struct hr_hist **hists;
    const struct hr_hist *pooled;
    const struct hr_classes *classes; /* of slices; NULL without them */
};

/* Quantile p of the pooled values. */
struct hr_estimate hr_summary_quantile(const struct hr_summary *summary,
                                       const struct hr_sample *sample, double p);

/* No number, and why. */
struct hr_estimate hr_summary_none(const char *why);

/* What was paid in a row, USD per hour: for deployment d, idle nodes included, which are spread
 * over deployments by cost; and, in replication r, for node pool p. */
double hr_summary_cost_usd_per_hour(const struct hr_summary *summary, size_t row, size_t d);
double hr_summary_pool_usd_per_hour(const struct hr_summary *summary, unsigned r, size_t p);

/* Whether the scenario sets a price for the deployment: its own, or of nodes. */
bool hr_summary_is_priced(const struct hr_summary *summary, size_t d);
#define HR_SUMMARY_NO_PRICE  "no price given (usd_per_hour)"
#define HR_SUMMARY_NO_CPU    "no CPU use given (cpu_per_slot or limits.cpu)"
#define HR_SUMMARY_NO_MEMORY "no memory given (models[].memory)"

/* Memory of all replicas of the deployment over the time of a row, in byte-ns; NaN: not given. */
double hr_summary_memory_byte_ns(const struct hr_summary *summary, size_t row, size_t d);

#endif
