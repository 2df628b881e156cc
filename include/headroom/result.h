/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results: plain data, immutable, independent of how it is shown. Everything is owned by the
 * hr_result and goes with hr_result_free. Times are in seconds, shares in 0..1, money in USD.
 */
#ifndef HEADROOM_RESULT_H
#define HEADROOM_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A number and what is known of it: the point estimate, its 95 % interval, the replications behind
 * it. value NaN: the sample cannot support it, and `why` says so. lo or hi NaN: the sample does not
 * bound that end. method NULL: no interval applies, or `why` says why there is none (lo and hi are
 * NaN).
 */
struct hr_estimate {
    double value;
    double lo, hi;
    unsigned n;
    const char *method; /* "student_t", "ratio", "inversion", "nskart" ...; static */
    const char *why;    /* NULL when there is a value, and an interval if one applies */
    /* What each of the n replications does to the value: numbers of mean 0 and of a standard
     * deviation s such that value +- t s / sqrt(n) is as wide as [lo, hi] was before it was kept
     * within 0..1. Two systems with common random numbers are compared by them. NULL unless both
     * ends are known. */
    const double *influence;
};

struct hr_quantiles {
    struct hr_estimate mean, p50, p90, p95, p99, p999, max;
};

/* Parts of a latency; they sum to it exactly. */
#define HR_PART_LIST(X)                                                                            \
    X(HR_PART_NETWORK, "network")                                                                  \
    X(HR_PART_QUEUE, "queue")                                                                      \
    X(HR_PART_COLD_START, "cold_start")                                                            \
    X(HR_PART_EXECUTION, "execution")                                                              \
    X(HR_PART_RETRY, "retry")

enum hr_part {
#define X(name, text) name,
    HR_PART_LIST(X)
#undef X
        HR_PARTS
};

/* "network", "queue", ... */
const char *hr_part_name(enum hr_part part);

/* Pooled latency distribution of completed requests, as points of the cumulative distribution
 * with rising latency; the last share is 1. n is 0 when nothing completed. */
struct hr_curve {
    size_t n;
    double *latency_s;
    double *share;
};

struct hr_request_counts {
    uint64_t arrived, completed, timed_out, rejected, failed, in_flight;
};

/* What becomes of the requests that arrive while so many replicas are ready. */
struct hr_ready_share {
    unsigned ready;
    double time_share;           /* of the long run; NaN: not known */
    struct hr_estimate answered; /* share of them that is completed in time */
    double arrivals_per_s;       /* while so many are ready */
    const char *source;          /* "run": seen as it came and went; "held": seen while it lasted,
                                    crashes added; "assumed": not seen; static */
};

struct hr_workload_result {
    char *name;
    size_t deployment; /* index */
    struct hr_request_counts requests;
    uint64_t attempts;
    struct hr_estimate offered_rps, throughput_rps, concurrency;
    struct hr_quantiles latency_s, wait_s;
    struct hr_estimate wait_probability; /* share of completed requests that waited at all */
    struct hr_estimate latency_parts_s_mean[HR_PARTS];
    struct hr_estimate latency_parts_s_tail[HR_PARTS]; /* mean over the slowest */
    double tail_from_s;                                /* ... those at least this slow (near p99) */
    struct hr_estimate availability, availability_time;
    struct hr_estimate cost_usd_per_prediction;
    struct hr_curve latency_curve;
    /* When replicas fail, falling by `ready`: of the levels that the run saw enough of; after
     * hr_long_run with `rare` set, of all levels that matter. */
    size_t n_by_ready;
    struct hr_ready_share *by_ready;
    struct hr_estimate availability_long_run; /* without `rare`: no value, no reason */
};

/* The long run of replicas that fail, over endless time instead of the window. */
struct hr_long_run {
    struct hr_estimate unavailability; /* share of time with fewer than min_ready ready replicas */
    struct hr_estimate outages_per_year; /* of 365.25 days */
    struct hr_estimate outage_s_mean;    /* length of an outage */
    struct hr_estimate uptime_s_mean;    /* from the end of one to the beginning of the next */
    struct hr_estimate mttf_s;           /* from all ready to the first outage */
    struct hr_estimate unavailability_simulated; /* without `rare`: no value, no reason */
};

/* The pods of a deployment. Numbers of pods are averages over time, counts sums over replications
 * of what happened in the window. */
struct hr_pods_result {
    struct hr_estimate desired;            /* that there should be */
    struct hr_estimate running;            /* that have a node, those being deleted included */
    struct hr_estimate pending;            /* without a node */
    struct hr_estimate scheduling_s;       /* from creation to a node, mean over pods */
    uint64_t restarts;                     /* of containers */
    uint64_t evictions, preemptions, lost; /* lost with their node */
};

struct hr_deployment_result {
    char *name;
    struct hr_estimate replicas_mean; /* ready replicas, time average */
    uint64_t replicas_min, replicas_max;
    struct hr_estimate utilization;      /* busy / ready slot-seconds */
    struct hr_estimate utilization_paid; /* busy / billed slot-seconds */
    struct hr_estimate offered_load;     /* work that arrives / billed slot-seconds */
    struct hr_estimate queue_length;     /* waiting requests, time average */
    struct hr_estimate cpu_cores;        /* used by a ready replica, time average */
    struct hr_estimate throttled;        /* share of ready time spent throttled */
    struct hr_estimate memory_bytes;     /* of a ready replica, time average */
    struct hr_estimate cost_usd_per_hour;
    uint64_t failures, memory_kills; /* summed over replications */
    struct hr_long_run *long_run;    /* NULL: replicas do not fail, or hr_long_run was not called */
    struct hr_pods_result *pods;     /* NULL: replicas are not pods */
    char *unstable;                  /* NULL, or "unstable: offered load 1.08" */
};

/* A node pool. Numbers of nodes and shares are averages over time, counts sums over replications of
 * what happened in the window. */
struct hr_node_pool_result {
    char *name;
    struct hr_estimate nodes_mean; /* that are paid for */
    uint64_t nodes_min, nodes_max;
    struct hr_estimate nodes_ready;
    struct hr_estimate idle; /* share of node time without pods */
    /* What pods use of the machines that are paid for, and what they request of what those offer to
     * pods. */
    struct hr_estimate cpu_utilization, memory_utilization, gpu_utilization;
    struct hr_estimate cpu_requested, memory_requested, gpu_requested;
    struct hr_estimate cost_usd_per_hour, energy_kwh; /* energy: of one replication's window */
    uint64_t provisioned, provision_failures, lost, removed, interruptions;
    bool has_gpus;
};

/* A job, over its runs that begin or end in the window; counts are summed over replications. */
struct hr_job_result {
    char *name;
    uint64_t begun, completed;
    uint64_t failed;                      /* too many of their pods did */
    uint64_t missed;                      /* stopped at their deadline */
    uint64_t replaced;                    /* stopped for the next run */
    uint64_t left_out;                    /* not begun, as the one before went on */
    struct hr_estimate turnaround_s_mean; /* of the completed, from beginning to end */
    double turnaround_s_max;              /* NaN: none completed */
};

struct hr_cluster_result {
    struct hr_estimate cost_usd_per_hour, cost_usd_total;
    struct hr_estimate carbon_kgco2e;
};

/* Something that happened to the cluster in replication 0, as Kubernetes words it. */
struct hr_cluster_event {
    double time_s;
    const char *reason;                      /* one of the reasons below */
    char *deployment, *pod, *node, *message; /* NULL: does not apply */
};

/* A reason, how often it occurred, and how many of those events are kept: the first. */
struct hr_event_reason {
    char *text;
    uint64_t n, kept;
};

struct hr_cluster_events {
    size_t n, n_reasons;
    struct hr_cluster_event *events; /* in order of time */
    struct hr_event_reason *reasons; /* in order of first appearance */
};

enum hr_unit_shown {
    HR_SHOWN_SECONDS,
    HR_SHOWN_SHARE,
    HR_SHOWN_RATE,
    HR_SHOWN_USD,
    HR_SHOWN_NUMBER
};

struct hr_slo_result {
    char *workload;
    char *metric; /* latency_p99, availability, ... */
    double target;
    bool is_max; /* value must be at most target; else at least */
    enum hr_unit_shown unit;
    struct hr_estimate value;
    bool met;     /* compares the point estimate; false for a null value */
    bool certain; /* the whole interval is on the same side */
};

/* One metric whose precision was asked for. */
struct hr_precision_metric {
    char *workload;
    char *metric;      /* as in hr_slo_result */
    double target;     /* largest relative error asked for */
    double half_width; /* of the 95 % interval, relative to the value; of a share p: to
                          min(p, 1 - p). NaN: the sample does not bound it */
    double error;      /* the most that the value is off the true one, relative to that:
                          half_width / (1 - half_width), NaN: no bound */
    bool reached;
};

/* How precise the estimates are, where that was asked for. */
struct hr_precision {
    bool asked;    /* false: the rest is empty */
    double target; /* of every metric that has none of its own; NaN: only those have one */
    bool reached;  /* by all metrics */
    unsigned replications_max;
    size_t n_checkpoints, n_metrics;
    unsigned *checkpoints; /* replications at which the estimates were looked at */
    struct hr_precision_metric *metrics;
};

/* One column of the time series on the fixed grid; values[i] is for [i, i+1) * step_s of
 * simulated time, NaN where there was nothing to measure. */
struct hr_series_column {
    char *name; /* "workloads.shoppers.latency_s.p99" */
    double *values;
};

struct hr_series {
    double step_s;
    size_t n;
    size_t n_columns;
    struct hr_series_column *columns;
};

/* Latency histogram of each step of the series: counts[step * n_le + i] requests that completed in
 * the step were at most le_s[i] slow (cumulative; the last le_s is infinity). */
struct hr_step_histogram {
    char *workload;
    size_t n_le;
    double *le_s;
    uint64_t *counts;
};

/* One input with its unit, for the list of assumptions. */
struct hr_input {
    char *path, *value, *help;
};

struct hr_arena;

struct hr_result {
    struct hr_arena *arena; /* what the influences of the estimates lie in */
    char *scenario_name, *scenario_title,
        *scenario_description; /* title, description: "" if none */
    char *scenario_file;
    char *scenario_sha256;
    char *resolved_json; /* the canonical scenario as one JSON object */
    size_t n_inputs;
    struct hr_input *inputs;

    uint64_t seed;
    unsigned replications; /* done */
    unsigned replications_asked;
    double duration_s, warmup_s;
    bool warmup_auto;
    const char *warmup_why; /* how the deletion point came about; static */
    bool trace_replayed;    /* intervals cover service and failures only */
    uint64_t events, requests;
    uint64_t fingerprint;
    double wall_s;
    struct hr_precision precision;

    size_t n_workloads, n_deployments, n_node_pools, n_slos, n_step_histograms;
    struct hr_workload_result *workloads;
    struct hr_deployment_result *deployments;
    struct hr_node_pool_result *node_pools;
    size_t n_jobs;
    struct hr_job_result *jobs;
    struct hr_cluster_result cluster;
    struct hr_slo_result *slos;
    struct hr_series series;
    struct hr_step_histogram *step_histograms;
    struct hr_cluster_events *cluster_events; /* NULL: not asked for (hr_run_options) */
};

void hr_result_free(struct hr_result *result);
void hr_cluster_events_free(struct hr_cluster_events *events);

/* True when every SLO is met, no deployment is unstable and the precision asked for is reached
 * (exit code 0 instead of 1). */
bool hr_result_good(const struct hr_result *result);

#endif
