/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A made-up result for the tests of reports: two workloads, two deployments, three objectives, a
 * day in 240 steps. Its numbers are plausible but come from no simulation.
 */
#ifndef TESTS_REPORT_RESULT_H
#define TESTS_REPORT_RESULT_H

#include "base/mem.h"
#include "base/str.h"

#include <headroom/result.h>

#include <math.h>
#include <stdlib.h>

#define SAMPLE_STEPS 240

static inline struct hr_estimate sample_estimate(double value, double half)
{
    return (struct hr_estimate){
        .value = value, .lo = value - half, .hi = value + half, .n = 10, .method = "student_t"
    };
}

static inline struct hr_estimate sample_null(const char *why)
{
    return (struct hr_estimate){
        .value = (double)NAN, .lo = (double)NAN, .hi = (double)NAN, .n = 10, .why = why
    };
}

static inline struct hr_estimate sample_plain(double value)
{
    return (struct hr_estimate){ .value = value, .lo = (double)NAN, .hi = (double)NAN, .n = 10 };
}

/* Lognormal with this median and standard deviation of the logarithm. */
static inline struct hr_curve sample_curve(double median_s, double sigma)
{
    const size_t n = 700;
    struct hr_curve curve = { n, HR_NEW_ARRAY(double, n), HR_NEW_ARRAY(double, n) };
    for (size_t i = 0; i < n; i++) {
        const double z = -4.5 + 10.5 * (double)i / (double)(n - 1);
        curve.latency_s[i] = median_s * exp(sigma * z);
        curve.share[i] = i + 1 == n ? 1 : 1 - 0.5 * erfc(z / sqrt(2));
    }
    return curve;
}

static inline struct hr_quantiles sample_quantiles(double median_s, double sigma)
{
    static const double z[] = { 0, 1.2816, 1.6449, 2.3263, 3.0902, 4.9 };
    struct hr_estimate e[6];
    for (size_t i = 0; i < 6; i++) {
        const double value = median_s * exp(sigma * z[i]);
        e[i] = sample_estimate(value, value * 0.004 * (double)(1 + i * i));
        e[i].method = "inversion";
    }
    e[4].hi = (double)NAN;
    e[5].method = NULL;
    const double mean = median_s * exp(sigma * sigma / 2);
    return (struct hr_quantiles){ .mean = sample_estimate(mean, mean * 0.003),
                                  .p50 = e[0],
                                  .p90 = e[1],
                                  .p95 = e[2],
                                  .p99 = e[3],
                                  .p999 = e[4],
                                  .max = e[5] };
}

static inline void sample_parts(struct hr_estimate parts[HR_PARTS], double whole_s, double queue)
{
    const double shares[HR_PARTS] = { 0.06, queue, 0, 0.92 - queue, 0.02 };
    for (size_t i = 0; i < HR_PARTS; i++)
        parts[i] = sample_estimate(whole_s * shares[i], whole_s * shares[i] * 0.02);
}

static inline struct hr_workload_result sample_workload(const char *name, double rate,
                                                        double median_s, double sigma)
{
    const double arrived = floor(rate * 84600) * 10;
    struct hr_workload_result w = { .name = hr_strdup(name) };
    w.requests = (struct hr_request_counts){ .arrived = (uint64_t)arrived,
                                             .completed = (uint64_t)arrived - 40321 - 812 - 95 - 3,
                                             .timed_out = 40321,
                                             .rejected = 812,
                                             .failed = 95,
                                             .in_flight = 3 };
    w.attempts = w.requests.arrived + 51234;
    w.offered_rps = sample_estimate(rate, rate * 0.0004);
    w.throughput_rps = sample_estimate(rate * 0.9998, rate * 0.0004);
    w.latency_s = sample_quantiles(median_s, sigma);
    w.wait_s = sample_quantiles(median_s * 0.08, sigma * 1.4);
    w.wait_s.p50 = sample_plain(0);
    w.wait_s.p999 = sample_null("fewer than 200 requests are slower");
    w.concurrency = sample_estimate(rate * w.latency_s.mean.value, rate * median_s * 0.002);
    w.wait_probability = sample_estimate(0.1834, 0.0021);
    sample_parts(w.latency_parts_s_mean, w.latency_s.mean.value, 0.13);
    sample_parts(w.latency_parts_s_tail, w.latency_s.p99.value * 1.2, 0.61);
    w.tail_from_s = w.latency_s.p99.value;
    w.availability = sample_estimate(0.99972, 0.00004);
    w.availability_time = sample_estimate(0.999951, 0.000031);
    w.cost_usd_per_prediction = sample_estimate(2.0812e-6, 0.0021e-6);
    w.latency_curve = sample_curve(median_s, sigma);
    return w;
}

static inline struct hr_deployment_result sample_deployment(const char *name, double replicas,
                                                            double load, double usd_per_hour)
{
    return (struct hr_deployment_result){
        .name = hr_strdup(name),
        .replicas_mean = sample_estimate(replicas - 0.04, 0.011),
        .replicas_min = (uint64_t)replicas - 2,
        .replicas_max = (uint64_t)replicas,
        .utilization = sample_estimate(load, 0.0012),
        .utilization_paid = sample_estimate(load * 0.99, 0.0012),
        .offered_load = sample_estimate(load * 0.991, 0.0011),
        .queue_length = sample_estimate(load * 3.7, 0.06),
        .cpu_cores = sample_estimate(0.05 + load * 0.4, 0.0008),
        .throttled = sample_estimate(0.0021, 0.0002),
        .memory_bytes = sample_estimate(512.0 * 1024 * 1024, 3e6),
        .cost_usd_per_hour = sample_plain(usd_per_hour),
        .failures = 17,
        .memory_kills = 0,
    };
}

/* A wavy day with some noise; `phase` tells columns apart. */
static inline double sample_wave(size_t step, double mean, double swing, unsigned phase)
{
    const double day = 2 * 3.14159265358979 * (double)step / SAMPLE_STEPS;
    const double noise = fmod(sin((double)(step * 7 + phase) * 12.9898) * 43758.5453, 1.0);
    return mean * (1 - swing * cos(day)) * (1 + 0.03 * noise);
}

static inline void sample_column(struct hr_series *series, const char *kind, const char *owner,
                                 const char *name, double mean, double swing)
{
    struct hr_series_column *column = &series->columns[series->n_columns++];
    struct hr_str full;
    hr_str_init(&full);
    hr_str_addf(&full, "%s.%s.%s", kind, owner, name);
    column->name = hr_str_take(&full);
    column->values = HR_NEW_ARRAY(double, SAMPLE_STEPS);
    for (size_t i = 0; i < SAMPLE_STEPS; i++)
        column->values[i] = sample_wave(i, mean, swing, (unsigned)series->n_columns);
}

/* Gives the last column another name. */
static inline void sample_rename(struct hr_series *series, const char *name)
{
    char **last = &series->columns[series->n_columns - 1].name;
    free(*last);
    *last = hr_strdup(name);
}

static inline void sample_series(struct hr_result *result)
{
    struct hr_series *series = &result->series;
    *series = (struct hr_series){ .step_s = 360, .n = SAMPLE_STEPS };
    series->columns = HR_NEW_ARRAY(struct hr_series_column, 36);
    for (size_t i = 0; i < result->n_workloads; i++) {
        const struct hr_workload_result *w = &result->workloads[i];
        const double rate = w->offered_rps.value;
        sample_column(series, "workloads", w->name, "arrived_rps", rate, 0.6);
        sample_column(series, "workloads", w->name, "completed_rps", rate * 0.995, 0.6);
        sample_column(series, "workloads", w->name, "timed_out_rps", i == 0 ? 0.4 : 0, 0.9);
        sample_column(series, "workloads", w->name, "rejected_rps", i == 0 ? 0.1 : 0, 0.9);
        sample_column(series, "workloads", w->name, "failed_rps", 0, 0);
        sample_column(series, "workloads", w->name, "concurrency", w->concurrency.value, 0.6);
        sample_column(series, "workloads", w->name, "latency_s.p50", w->latency_s.p50.value, 0.1);
        sample_column(series, "workloads", w->name, "latency_s.p99", w->latency_s.p99.value, 0.3);
    }
    for (size_t i = 0; i < result->n_deployments; i++) {
        const struct hr_deployment_result *d = &result->deployments[i];
        sample_column(series, "deployments", d->name, "ready", d->replicas_mean.value, 0);
        sample_column(series, "deployments", d->name, "utilization", d->utilization.value, 0.3);
        sample_column(series, "deployments", d->name, "queue_length", d->queue_length.value, 0.9);
        sample_column(series, "deployments", d->name, "cpu_cores", d->cpu_cores.value, 0.3);
        sample_column(series, "deployments", d->name, "memory_bytes", d->memory_bytes.value, 0.1);
        sample_column(series, "deployments", d->name, "cost_usd_per_hour",
                      d->cost_usd_per_hour.value, 0);
    }
    series->columns[7].values[100] = (double)NAN;
    series->columns[7].values[101] = (double)NAN;
}

static inline void sample_histogram(struct hr_result *result)
{
    static const double le_s[] = { 0.01, 0.1, 1, HUGE_VAL };
    struct hr_step_histogram *h = HR_NEW(struct hr_step_histogram);
    h->workload = hr_strdup(result->workloads[0].name);
    h->n_le = 4;
    h->le_s = HR_NEW_ARRAY(double, 4);
    h->counts = HR_NEW_ARRAY(uint64_t, 4 * SAMPLE_STEPS);
    for (size_t i = 0; i < 4 * (size_t)SAMPLE_STEPS; i++) {
        h->le_s[i % 4] = le_s[i % 4];
        h->counts[i] = i * (1 + i % 4);
    }
    result->step_histograms = h;
    result->n_step_histograms = 1;
}

static inline void sample_inputs(struct hr_result *result)
{
    static const char *const rows[][3] = {
        { "duration", "24h", "length of the run, warm-up included" },
        { "warmup", "30min", "what is left out at the start, or auto" },
        { "models[0].service_time.mean", "20ms", "mean of the distribution" },
        { "deployments[0].replicas", "15", "initial number of replicas" },
        { "deployments[0].resources.limits.memory", "1Gi", "above it the container is killed" },
        { "workloads[0].arrivals.rate", "2000/s", "mean arrival rate" },
    };
    result->n_inputs = sizeof(rows) / sizeof(rows[0]);
    result->inputs = HR_NEW_ARRAY(struct hr_input, result->n_inputs);
    for (size_t i = 0; i < result->n_inputs; i++)
        result->inputs[i] = (struct hr_input){ hr_strdup(rows[i][0]), hr_strdup(rows[i][1]),
                                               hr_strdup(rows[i][2]) };
}

static inline void sample_slos(struct hr_result *result)
{
    const struct hr_workload_result *w = result->workloads;
    result->n_slos = 3;
    result->slos = HR_NEW_ARRAY(struct hr_slo_result, 3);
    result->slos[0] = (struct hr_slo_result){ .workload = hr_strdup(w[0].name),
                                              .metric = hr_strdup("latency_p99"),
                                              .target = 0.1,
                                              .is_max = true,
                                              .unit = HR_SHOWN_SECONDS,
                                              .value = w[0].latency_s.p99,
                                              .met = true,
                                              .certain = true };
    result->slos[1] = (struct hr_slo_result){ .workload = hr_strdup(w[0].name),
                                              .metric = hr_strdup("availability"),
                                              .target = 0.9997,
                                              .unit = HR_SHOWN_SHARE,
                                              .value = w[0].availability,
                                              .met = true,
                                              .certain = false };
    result->slos[2] = (struct hr_slo_result){ .workload = hr_strdup(w[1].name),
                                              .metric = hr_strdup("latency_p999"),
                                              .target = 2.5,
                                              .is_max = true,
                                              .unit = HR_SHOWN_SECONDS,
                                              .value = w[1].latency_s.p999,
                                              .met = false,
                                              .certain = true };
}

static inline struct hr_result *sample_result(void)
{
    struct hr_result *result = HR_NEW(struct hr_result);
    *result = (struct hr_result){
        .scenario_name = hr_strdup("ecommerce"),
        .scenario_title = hr_strdup("Product recommendations for a shop"),
        .scenario_description = hr_strdup("A day of a shop: quiet at night, busy in the evening. "
                                          "Scoring jobs share the cluster."),
        .scenario_file = hr_strdup("scenarios/ecommerce.cfg"),
        .scenario_sha256 =
            hr_strdup("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        .resolved_json = hr_strdup("{\"name\":\"ecommerce\",\"duration\":\"24h\"}"),
        .seed = 1,
        .replications = 10,
        .replications_asked = 10,
        .duration_s = 86400,
        .warmup_s = 1800,
        .warmup_why = "set by hand",
        .events = 5203441122,
        .requests = 1734480000,
        .fingerprint = UINT64_C(0x00c0ffee12345678),
        .wall_s = 41.7,
        .n_workloads = 2,
        .workloads = HR_NEW_ARRAY(struct hr_workload_result, 2),
        .n_deployments = 2,
        .deployments = HR_NEW_ARRAY(struct hr_deployment_result, 2),
        .cluster = { sample_plain(7.488), sample_plain(7.488 * 23.5),
                     sample_null("no carbon intensity") },
    };
    result->workloads[0] = sample_workload("shoppers", 2000, 0.0231, 0.55);
    result->workloads[1] = sample_workload("batch-scoring", 40, 0.310, 0.75);
    result->deployments[0] = sample_deployment("recommendation-engine", 15, 0.713, 5.76);
    result->deployments[1] = sample_deployment("scoring", 4, 0.552, 1.728);
    sample_series(result);
    sample_histogram(result);
    sample_inputs(result);
    sample_slos(result);
    return result;
}

static inline struct hr_estimate sample_exact(double value)
{
    return (struct hr_estimate){ .value = value, .lo = value, .hi = value, .method = "ctmc" };
}

/* Adds the long run of the first deployment and workload. */
static inline void sample_long_run(struct hr_result *result)
{
    struct hr_workload_result *workload = &result->workloads[0];
    struct hr_long_run *long_run = HR_NEW(struct hr_long_run);
    *long_run = (struct hr_long_run){
        .unavailability = sample_exact(3.9991e-12),
        .unavailability_simulated = sample_estimate(4.012e-12, 0.039e-12),
        .outages_per_year = sample_exact(0.000378539),
        .outage_s_mean = sample_exact(1.0 / 3),
        .uptime_s_mean = sample_exact(8.3366e10),
        .mttf_s = sample_null("known for exponential times only"),
    };
    result->deployments[0].long_run = long_run;
    workload->availability_long_run = sample_estimate(0.9999951, 2e-7);
    workload->n_by_ready = 2;
    workload->by_ready = HR_NEW_ARRAY(struct hr_ready_share, 2);
    workload->by_ready[0] = (struct hr_ready_share){ .ready = 15,
                                                     .time_share = 0.9996,
                                                     .answered = sample_estimate(0.9999951, 2e-7),
                                                     .source = "run" };
    workload->by_ready[1] = (struct hr_ready_share){ .ready = 14,
                                                     .time_share = 0.0004,
                                                     .answered = { .hi = 1, .method = "assumed" },
                                                     .source = "assumed" };
}

static inline void sample_event(struct hr_cluster_events *events, double time_s, size_t reason,
                                const char *pod, const char *node, const char *message)
{
    events->events[events->n++] = (struct hr_cluster_event){
        .time_s = time_s,
        .reason = events->reasons[reason].text,
        .deployment = pod ? hr_strdup("recommendation-engine") : NULL,
        .pod = pod ? hr_strdup(pod) : NULL,
        .node = node ? hr_strdup(node) : NULL,
        .message = message ? hr_strdup(message) : NULL,
    };
}

static inline void sample_events(struct hr_result *result)
{
    struct hr_cluster_events *events = HR_NEW(struct hr_cluster_events);
    result->cluster_events = events;
    events->n_reasons = 2;
    events->reasons = HR_NEW_ARRAY(struct hr_event_reason, 2);
    events->reasons[0] = (struct hr_event_reason){ hr_strdup("NodeReady"), 1, 1 };
    events->reasons[1] = (struct hr_event_reason){ hr_strdup("Started"), 1203, 4 };
    events->events = HR_NEW_ARRAY(struct hr_cluster_event, 5);
    sample_event(events, 0, 0, NULL, "cpu-7", "Node status is now: NodeReady");
    sample_event(events, 3723.25, 1, "web-0", "cpu-7", "Started container");
    sample_event(events, 3723.25, 1, "web-1", "cpu-7", "Started container");
    sample_event(events, 3723.25, 1, "web-2", "cpu-8", "Started container");
    sample_event(events, 90000, 1, "web-3", "cpu-8", "a <b>message</b>");
}

/* Makes the replicas pods, on two node pools, one of them with GPUs. */
static inline void sample_cluster(struct hr_result *result)
{
    for (size_t i = 0; i < result->n_deployments; i++) {
        const char *name = result->deployments[i].name;
        struct hr_pods_result *pods = HR_NEW(struct hr_pods_result);
        *pods = (struct hr_pods_result){ .desired = sample_estimate(14.2, 0.1),
                                         .running = sample_estimate(14.1, 0.1),
                                         .pending = sample_estimate(0.12, 0.01),
                                         .scheduling_s = sample_estimate(48.2, 3),
                                         .restarts = 12,
                                         .evictions = 3,
                                         .preemptions = 2,
                                         .lost = 1 };
        result->deployments[i].pods = pods;
        result->workloads[i].deployment = i;
        sample_column(&result->series, "deployments", name, "desired", 14, 0.5);
        sample_column(&result->series, "deployments", name, "running", 13, 0.5);
        sample_column(&result->series, "deployments", name, "pending", 1, 0.9);
    }
    sample_column(&result->series, "cluster", "nodes", "x", 5, 0.2);
    sample_rename(&result->series, "cluster.nodes");
    sample_column(&result->series, "cluster", "nodes_ready", "x", 5, 0.2);
    sample_rename(&result->series, "cluster.nodes_ready");
    result->n_node_pools = 2;
    result->node_pools = HR_NEW_ARRAY(struct hr_node_pool_result, 2);
    for (size_t i = 0; i < 2; i++)
        result->node_pools[i] = (struct hr_node_pool_result){
            .name = hr_strdup(i == 0 ? "cpu" : "gpu"),
            .nodes_mean = sample_estimate(4.3, 0.05),
            .nodes_min = 2,
            .nodes_max = 9,
            .nodes_ready = sample_estimate(4.1, 0.05),
            .idle = sample_estimate(0.02, 0.001),
            .cpu_utilization = sample_estimate(0.41, 0.002),
            .memory_utilization = sample_null("no memory given"),
            .gpu_utilization = sample_estimate(0.73, 0.002),
            .cpu_requested = sample_estimate(0.81, 0.002),
            .memory_requested = sample_estimate(0.62, 0.002),
            .gpu_requested = sample_estimate(0.93, 0.002),
            .cost_usd_per_hour = sample_estimate(3.1, 0.02),
            .energy_kwh = sample_estimate(5.2, 0.02),
            .provisioned = 1201,
            .removed = 1198,
            .has_gpus = i == 1,
        };
    sample_events(result);
}

/* What `write` prints of the result; free with free(). */
static inline char *sample_print(const struct hr_result *result,
                                 void (*write)(const struct hr_result *result, FILE *out))
{
    FILE *out = tmpfile();
    assert_non_null(out);
    write(result, out);
    const size_t n = (size_t)ftell(out);
    char *text = HR_NEW_ARRAY(char, n + 1);
    rewind(out);
    assert_int_equal(fread(text, 1, n, out), n);
    fclose(out);
    return text;
}

static inline void sample_replace(char **text, const char *with)
{
    free(*text);
    *text = hr_strdup(with);
}

#endif
