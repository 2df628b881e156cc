/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as people read them. */
#include "report/show.h"

#include "base/assert.h"
#include "base/fields.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define DECIMALS_MAX 9
#define ROUNDING     1e-9 /* relative differences below it are none */
#define TINY         1e-6 /* numbers below it are written with a power of ten */
#define DAY_S        86400.0
#define YEAR_S       (365.25 * DAY_S)

/* How numbers of one magnitude are written: prefix, x * factor with so many decimals, suffix. */
struct scale {
    double factor;
    int decimals;
    const char *prefix, *suffix;
};

static struct scale time_scale(double x)
{
    const double size = fabs(x);
    if (size >= 2 * YEAR_S)
        return (struct scale){ 1 / YEAR_S, 0, "", " years" };
    if (size >= 2 * DAY_S)
        return (struct scale){ 1 / DAY_S, 0, "", " days" };
    if (size >= 1)
        return (struct scale){ 1, 0, "", " s" };
    if (size >= 1e-3 || size == 0)
        return (struct scale){ 1e3, 0, "", " ms" };
    if (size >= 1e-6)
        return (struct scale){ 1e6, 0, "", " us" };
    return (struct scale){ 1e9, 0, "", " ns" };
}

static struct scale unit_scale(double x, enum hr_unit_shown unit)
{
    switch (unit) {
    case HR_SHOWN_SECONDS:
        return time_scale(x);
    case HR_SHOWN_SHARE:
        return (struct scale){ 100, 0, "", "%" };
    case HR_SHOWN_RATE:
        return (struct scale){ 1, 0, "", " /s" };
    case HR_SHOWN_USD:
        return (struct scale){ 1, 0, "$", "" };
    case HR_SHOWN_NUMBER:
        break;
    }
    return (struct scale){ 1, 0, "", "" };
}

static int magnitude(double x)
{
    return (int)floor(log10(fabs(x)));
}

static int clamp(int x, int lo, int hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/*
 * Decimals of x (in the unit shown) with an interval of half width `half`, 0 when there is none:
 * two digits of a half width that starts with 1 or 2, else one; but three to six of x. Of a share
 * near 1 the digits that count are those of what it lacks, so that 99.95 % never turns into 100 %.
 */
static int decimals(double x, double half, enum hr_unit_shown unit)
{
    const bool whole = fabs(x - rint(x)) <= ROUNDING * fabs(x);
    double size = fabs(x);
    if (half <= ROUNDING * fabs(x))
        half = 0;
    if (unit == HR_SHOWN_SHARE && x > 90 && (x < 100 || half > 0))
        size = 10 * (x < 100 ? 100 - x : half);
    if (half <= 0 && whole)
        return 0;
    if (size == 0)
        return clamp(-magnitude(half / 3), 0, DECIMALS_MAX);
    const int first = magnitude(size);
    if (half <= 0)
        return clamp(3 - first, 0, DECIMALS_MAX);
    return clamp(clamp(-magnitude(half / 3), 2 - first, 5 - first), 0, DECIMALS_MAX);
}

/* Copies a plain decimal number with commas between the thousands of its integer part. */
static void group_thousands(char text[HR_SHOW_SIZE], const char *plain)
{
    const size_t sign = *plain == '-';
    const size_t digits = strspn(plain + sign, "0123456789");
    size_t n = 0;
    for (size_t i = 0; plain[i] != '\0' && n + 2 < HR_SHOW_SIZE; i++) {
        text[n++] = plain[i];
        const size_t left = sign + digits - i - 1;
        if (i >= sign && i + 1 < sign + digits && left % 3 == 0)
            text[n++] = ',';
    }
    text[n] = '\0';
}

static void format_scaled(char text[HR_SHOW_SIZE], double x, const struct scale *scale)
{
    char plain[HR_SHOW_SIZE];
    const double scaled = x * scale->factor;
    if (fabs(scaled) < 1e15 && (scaled == 0 || fabs(scaled) >= TINY))
        snprintf(plain, sizeof(plain), "%.*f", scale->decimals, scaled);
    else
        snprintf(plain, sizeof(plain), "%.4g", scaled);
    group_thousands(text, plain);
}

static void format_with_unit(char text[HR_SHOW_SIZE], double x, const struct scale *scale)
{
    char number[HR_SHOW_SIZE];
    format_scaled(number, x, scale);
    snprintf(text, HR_SHOW_SIZE, "%s%.40s%s", scale->prefix, number, scale->suffix);
}

/* Half the interval; the distance to the bounded end when the other is open. */
static double half_width(const struct hr_estimate *estimate)
{
    const double below = estimate->value - estimate->lo, above = estimate->hi - estimate->value;
    if (isnan(below))
        return isnan(above) ? 0 : above;
    return isnan(above) ? below : (below + above) / 2;
}

static void format_end(char text[HR_SHOW_SIZE], double x, const struct scale *scale)
{
    if (isfinite(x))
        format_scaled(text, x, scale);
    else
        snprintf(text, HR_SHOW_SIZE, "unbounded");
}

static struct scale estimate_scale(const struct hr_estimate *estimate, enum hr_unit_shown unit)
{
    struct scale scale = unit_scale(estimate->value, unit);
    const double half = estimate->method ? half_width(estimate) * scale.factor : 0;
    scale.decimals = decimals(estimate->value * scale.factor, half, unit);
    return scale;
}

void hr_show_estimate(struct hr_shown *shown, const struct hr_estimate *estimate,
                      enum hr_unit_shown unit)
{
    char lo[HR_SHOW_SIZE], hi[HR_SHOW_SIZE];
    *shown = (struct hr_shown){ .value = "-" };
    if (!isfinite(estimate->value))
        return;
    const struct scale scale = estimate_scale(estimate, unit);
    format_with_unit(shown->value, estimate->value, &scale);
    if (!estimate->method)
        return;
    if (estimate->n == 0 && estimate->lo == estimate->hi) {
        snprintf(shown->interval, sizeof(shown->interval), "exact");
        return;
    }
    format_end(lo, estimate->lo, &scale);
    format_end(hi, estimate->hi, &scale);
    snprintf(shown->interval, sizeof(shown->interval), "[%.60s, %.60s]", lo, hi);
}

void hr_show_margin(char text[HR_SHOW_SIZE], const struct hr_estimate *estimate,
                    enum hr_unit_shown unit)
{
    char number[HR_SHOW_SIZE];
    text[0] = '\0';
    if (!isfinite(estimate->value) || !estimate->method)
        return;
    const struct scale scale = estimate_scale(estimate, unit);
    const double margin = fmax(estimate->value - estimate->lo, estimate->hi - estimate->value);
    format_end(number, margin, &scale);
    snprintf(text, HR_SHOW_SIZE, "+-%.60s", number);
}

void hr_show_number(char text[HR_SHOW_SIZE], double x, enum hr_unit_shown unit)
{
    const struct hr_estimate estimate = { .value = x };
    struct hr_shown shown;
    hr_show_estimate(&shown, &estimate, unit);
    memcpy(text, shown.value, HR_SHOW_SIZE);
}

void hr_show_exact(char text[HR_SHOW_SIZE], double x, enum hr_unit_shown unit)
{
    struct scale scale = unit_scale(x, unit);
    const double scaled = x * scale.factor;
    while (scale.decimals < DECIMALS_MAX) {
        const double step = pow(10, scale.decimals);
        if (fabs(rint(scaled * step) / step - scaled) <= ROUNDING * fabs(scaled))
            break;
        scale.decimals++;
    }
    format_with_unit(text, x, &scale);
}

void hr_show_count(char text[HR_SHOW_SIZE], uint64_t n)
{
    char plain[HR_SHOW_SIZE];
    snprintf(plain, sizeof(plain), "%" PRIu64, n);
    group_thousands(text, plain);
}

void hr_show_duration(char text[HR_SHOW_SIZE], double seconds)
{
    static const struct {
        double unit_s;
        const char *name;
    } units[] = { { DAY_S, " days" }, { 3600, " h" }, { 60, " min" } };
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (seconds >= 2 * units[i].unit_s) {
            char number[HR_SHOW_SIZE];
            hr_show_number(number, seconds / units[i].unit_s, HR_SHOWN_NUMBER);
            snprintf(text, HR_SHOW_SIZE, "%.50s%s", number, units[i].name);
            return;
        }
    }
    hr_show_number(text, seconds, HR_SHOWN_SECONDS);
}

void hr_show_words(char text[HR_SHOW_SIZE], const char *identifier)
{
    const char *const rare = strstr(identifier, "p999");
    snprintf(text, HR_SHOW_SIZE, "%.*s%s", rare ? (int)(rare - identifier) : HR_SHOW_SIZE - 8,
             identifier, rare ? "p99.9" : "");
    for (char *p = text; *p != '\0'; p++)
        if (*p == '_')
            *p = ' ';
}

void hr_show_precision(char text[HR_SHOW_SIZE], const struct hr_precision_metric *metric)
{
    if (isfinite(metric->error))
        snprintf(text, HR_SHOW_SIZE, "within %.2g%%", 100 * metric->error);
    else
        snprintf(text, HR_SHOW_SIZE, metric->reached ? "no exception seen" : "unbounded");
}

#define WORKLOAD(field)   offsetof(struct hr_workload_result, field)
#define DEPLOYMENT(field) offsetof(struct hr_deployment_result, field)
#define PER_MIB           (1.0 / (1024 * 1024))

const struct hr_key_number hr_workload_numbers[HR_WORKLOAD_NUMBERS] = {
    { "offered", "first attempts that arrive", WORKLOAD(offered_rps), 1, HR_SHOWN_RATE },
    { "throughput", "completed in the window", WORKLOAD(throughput_rps), 1, HR_SHOWN_RATE },
    { "concurrency", "mean number in the system", WORKLOAD(concurrency), 1, HR_SHOWN_NUMBER },
    { "availability", "completed in time, of all arrived", WORKLOAD(availability), 1,
      HR_SHOWN_SHARE },
    { "available time", "share of time with enough ready replicas", WORKLOAD(availability_time), 1,
      HR_SHOWN_SHARE },
    { "had to wait", "completed requests that queued at all", WORKLOAD(wait_probability), 1,
      HR_SHOWN_SHARE },
    { "cost per million", "all cost over predictions in time", WORKLOAD(cost_usd_per_prediction),
      1e6, HR_SHOWN_USD },
};

const struct hr_key_number hr_deployment_numbers[HR_DEPLOYMENT_NUMBERS] = {
    { "ready replicas", "time average", DEPLOYMENT(replicas_mean), 1, HR_SHOWN_NUMBER },
    { "utilization", "busy of ready slot time", DEPLOYMENT(utilization), 1, HR_SHOWN_SHARE },
    { "paid utilization", "busy of billed slot time", DEPLOYMENT(utilization_paid), 1,
      HR_SHOWN_SHARE },
    { "offered load", "arriving work of billed slot time", DEPLOYMENT(offered_load), 1,
      HR_SHOWN_NUMBER },
    { "queue length", "waiting requests, time average", DEPLOYMENT(queue_length), 1,
      HR_SHOWN_NUMBER },
    { "CPU cores", "used by a ready replica", DEPLOYMENT(cpu_cores), 1, HR_SHOWN_NUMBER },
    { "throttled", "share of ready time", DEPLOYMENT(throttled), 1, HR_SHOWN_SHARE },
    { "memory, MiB", "used by a ready replica", DEPLOYMENT(memory_bytes), PER_MIB,
      HR_SHOWN_NUMBER },
    { "cost per hour", "of what is billed", DEPLOYMENT(cost_usd_per_hour), 1, HR_SHOWN_USD },
};

#define LONG_RUN(field) offsetof(struct hr_long_run, field)

const struct hr_key_number hr_long_run_numbers[HR_LONG_RUN_NUMBERS] = {
    { "unavailable", "share of time with too few ready replicas", LONG_RUN(unavailability), 1,
      HR_SHOWN_NUMBER },
    { "the same simulated", "by failure biasing", LONG_RUN(unavailability_simulated), 1,
      HR_SHOWN_NUMBER },
    { "outages a year", "times that replicas become too few", LONG_RUN(outages_per_year), 1,
      HR_SHOWN_NUMBER },
    { "outage", "mean length", LONG_RUN(outage_s_mean), 1, HR_SHOWN_SECONDS },
    { "between outages", "mean time from one to the next", LONG_RUN(uptime_s_mean), 1,
      HR_SHOWN_SECONDS },
    { "first outage after", "mean time with all replicas ready at first", LONG_RUN(mttf_s), 1,
      HR_SHOWN_SECONDS },
};

#define PODS(field) offsetof(struct hr_pods_result, field)

const struct hr_key_number hr_pod_numbers[HR_POD_NUMBERS] = {
    { "desired pods", "that there should be, time average", PODS(desired), 1, HR_SHOWN_NUMBER },
    { "running pods", "that have a node, time average", PODS(running), 1, HR_SHOWN_NUMBER },
    { "pending pods", "without a node, time average", PODS(pending), 1, HR_SHOWN_NUMBER },
    { "wait for a node", "from creation, mean over pods", PODS(scheduling_s), 1, HR_SHOWN_SECONDS },
};

#define JOB(field) offsetof(struct hr_job_result, field)

const struct hr_key_number hr_job_numbers[HR_JOB_NUMBERS] = {
    { "turnaround", "from beginning to end, mean over runs", JOB(turnaround_s_mean), 1,
      HR_SHOWN_SECONDS },
};

#define POOL(field) offsetof(struct hr_node_pool_result, field)

const struct hr_key_number hr_node_pool_numbers[HR_NODE_POOL_NUMBERS] = {
    { "nodes", "paid for, time average", POOL(nodes_mean), 1, HR_SHOWN_NUMBER },
    { "ready nodes", "that take pods, time average", POOL(nodes_ready), 1, HR_SHOWN_NUMBER },
    { "without pods", "share of node time", POOL(idle), 1, HR_SHOWN_SHARE },
    { "CPU used", "of what the nodes have", POOL(cpu_utilization), 1, HR_SHOWN_SHARE },
    { "CPU requested", "of what the nodes offer to pods", POOL(cpu_requested), 1, HR_SHOWN_SHARE },
    { "memory used", "of what the nodes have", POOL(memory_utilization), 1, HR_SHOWN_SHARE },
    { "memory requested", "of what the nodes offer to pods", POOL(memory_requested), 1,
      HR_SHOWN_SHARE },
    { "cost per hour", "of the nodes that exist", POOL(cost_usd_per_hour), 1, HR_SHOWN_USD },
    { "energy, kWh", "in the window", POOL(energy_kwh), 1, HR_SHOWN_NUMBER },
    { "GPU used", "busy slots of pods on GPUs", POOL(gpu_utilization), 1, HR_SHOWN_SHARE },
    { "GPU requested", "of what the nodes offer to pods", POOL(gpu_requested), 1, HR_SHOWN_SHARE },
};

size_t hr_node_pool_n_numbers(const struct hr_node_pool_result *pool)
{
    return pool->has_gpus ? HR_NODE_POOL_NUMBERS : HR_NODE_POOL_NUMBERS - 2;
}

struct hr_estimate hr_key_number_get(const struct hr_key_number *number, const void *of)
{
    struct hr_estimate estimate;
    memcpy(&estimate, (const char *)of + number->offset, sizeof(estimate));
    estimate.value *= number->factor;
    estimate.lo *= number->factor;
    estimate.hi *= number->factor;
    return estimate;
}

void hr_workload_counts(const struct hr_workload_result *workload,
                        struct hr_key_count counts[HR_WORKLOAD_COUNTS])
{
    const struct hr_request_counts *requests = &workload->requests;
    counts[0] = (struct hr_key_count){ "arrived", requests->arrived };
    counts[1] = (struct hr_key_count){ "completed", requests->completed };
    counts[2] = (struct hr_key_count){ "timed out", requests->timed_out };
    counts[3] = (struct hr_key_count){ "rejected", requests->rejected };
    counts[4] = (struct hr_key_count){ "failed", requests->failed };
    counts[5] = (struct hr_key_count){ "in flight", requests->in_flight };
    counts[6] = (struct hr_key_count){ "attempts", workload->attempts };
}

void hr_deployment_counts(const struct hr_deployment_result *deployment,
                          struct hr_key_count counts[HR_DEPLOYMENT_COUNTS])
{
    counts[0] = (struct hr_key_count){ "fewest replicas", deployment->replicas_min };
    counts[1] = (struct hr_key_count){ "most replicas", deployment->replicas_max };
    counts[2] = (struct hr_key_count){ "failures", deployment->failures };
    counts[3] = (struct hr_key_count){ "memory kills", deployment->memory_kills };
}

void hr_pod_counts(const struct hr_pods_result *pods, struct hr_key_count counts[HR_PODS_COUNTS])
{
    counts[0] = (struct hr_key_count){ "restarts", pods->restarts };
    counts[1] = (struct hr_key_count){ "evictions", pods->evictions };
    counts[2] = (struct hr_key_count){ "preemptions", pods->preemptions };
    counts[3] = (struct hr_key_count){ "lost with node", pods->lost };
}

void hr_job_counts(const struct hr_job_result *job, struct hr_key_count counts[HR_JOB_COUNTS])
{
    counts[0] = (struct hr_key_count){ "runs begun", job->begun };
    counts[1] = (struct hr_key_count){ "completed", job->completed };
    counts[2] = (struct hr_key_count){ "deadline missed", job->missed };
    counts[3] = (struct hr_key_count){ "failed", job->failed };
    counts[4] = (struct hr_key_count){ "replaced", job->replaced };
    counts[5] = (struct hr_key_count){ "left out", job->left_out };
}

void hr_node_pool_counts(const struct hr_node_pool_result *pool,
                         struct hr_key_count counts[HR_NODE_POOL_COUNTS])
{
    counts[0] = (struct hr_key_count){ "fewest nodes", pool->nodes_min };
    counts[1] = (struct hr_key_count){ "most nodes", pool->nodes_max };
    counts[2] = (struct hr_key_count){ "provisioned", pool->provisioned };
    counts[3] = (struct hr_key_count){ "failed to come", pool->provision_failures };
    counts[4] = (struct hr_key_count){ "removed", pool->removed };
    counts[5] = (struct hr_key_count){ "lost", pool->lost };
    counts[6] = (struct hr_key_count){ "interrupted", pool->interruptions };
}

double hr_parts_sum(const struct hr_estimate parts[HR_PARTS])
{
    double sum = 0;
    for (unsigned i = 0; i < HR_PARTS; i++)
        sum += parts[i].value;
    return sum;
}

const char *hr_show_quantile(unsigned i)
{
    static const char *const labels[HR_QUANTILES] = { "mean", "p50",   "p90",    "p95",
                                                      "p99",  "p99.9", "largest" };
    HR_ASSERT(i < HR_QUANTILES);
    return labels[i];
}
