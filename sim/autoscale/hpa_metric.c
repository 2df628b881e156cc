/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What one metric of an HPA proposes. */
#include "autoscale/hpa_metric.h"

#include "base/wide.h"

#include <math.h>

const char *hr_hpa_failure_text(enum hr_hpa_failure failure)
{
    switch (failure) {
    case HR_HPA_NO_FAILURE:
        break;
    case HR_HPA_UNAVAILABLE:
        return "unable to fetch metrics";
    case HR_HPA_NO_SAMPLES:
        return "no metrics returned from";
    case HR_HPA_NO_PODS:
        return "no pods returned by selector while calculating replica count";
    case HR_HPA_NO_READY_POD:
        return "did not receive metrics for targeted pods (pods might be unready)";
    case HR_HPA_NO_REQUEST:
        return "missing request for";
    case HR_HPA_NO_MATCH:
        return "no metrics returned matched known pods";
    }
    return "";
}

/* The cpu of a pod that starts says nothing of the load: it is busy loading, or idle as yet. */
static bool is_starting(const struct hr_hpa_pod *pod, const struct hr_hpa_sample *sample,
                        hr_time now, const struct hr_hpa_grace *grace)
{
    if (pod->ready == HR_HPA_READY_NONE || pod->started == HR_TIME_NEVER)
        return true;
    if (now - pod->started < grace->cpu_initialization)
        return pod->ready == HR_HPA_READY_FALSE || sample->at < pod->ready_changed + sample->window;
    return pod->ready == HR_HPA_READY_FALSE &&
           pod->ready_changed - pod->started < grace->initial_readiness;
}

enum hr_hpa_pod_class hr_hpa_classify(const struct hr_hpa_pod *pod,
                                      const struct hr_hpa_sample *sample, bool is_cpu, hr_time now,
                                      const struct hr_hpa_grace *grace)
{
    if (pod->phase == HR_HPA_POD_GONE)
        return sample->usage_milli == HR_HPA_NONE ? HR_HPA_IGNORED : HR_HPA_STRAY;
    if (pod->deleting || pod->phase == HR_HPA_POD_ENDED)
        return HR_HPA_IGNORED;
    if (pod->phase == HR_HPA_POD_PENDING)
        return HR_HPA_UNREADY;
    if (sample->usage_milli == HR_HPA_NONE)
        return HR_HPA_MISSING;
    if (is_cpu && is_starting(pod, sample, now, grace))
        return HR_HPA_UNREADY;
    return HR_HPA_COUNTED;
}

/* Samples added up. */
struct sums {
    hr_uint128 usage, request;
    int64_t n;       /* samples */
    int64_t n_usage; /* of these in usage: not the strays where requests are due */
};

struct groups {
    struct sums counted; /* strays included */
    struct sums missing; /* usage: what is assumed of them when the others use less than due */
    struct sums unready; /* usage 0 */
    int64_t n_ready;     /* counted without strays */
};

static void add(struct sums *sums, int64_t usage, int64_t request)
{
    sums->usage += (uint64_t)usage;
    sums->request += (uint64_t)request;
    sums->n++;
    sums->n_usage++;
}

/* Usage assumed of a pod without a sample before scaling down: its full request, or the target. */
static int64_t assumed_usage(const struct hr_hpa_metric *metric, int64_t request)
{
    if (metric->target != HR_HPA_UTILIZATION)
        return metric->target_value;
    const int64_t percent = metric->target_value > 100 ? metric->target_value : 100;
    return (int64_t)((hr_uint128)request * (uint64_t)percent / 100);
}

static void group_pod(struct groups *groups, const struct hr_hpa_metric *metric,
                      const struct hr_hpa_sample *sample, enum hr_hpa_pod_class class)
{
    const bool by_request = metric->target == HR_HPA_UTILIZATION;
    const bool has_request = by_request && sample->request_milli != HR_HPA_NONE;
    const int64_t request = has_request ? sample->request_milli : 0;
    switch (class) {
    case HR_HPA_IGNORED:
        break;
    case HR_HPA_UNREADY:
        add(&groups->unready, 0, request);
        break;
    case HR_HPA_MISSING:
        add(&groups->missing, assumed_usage(metric, request), request);
        break;
    case HR_HPA_COUNTED:
        add(&groups->counted, sample->usage_milli, request);
        groups->n_ready++;
        break;
    case HR_HPA_STRAY:
        if (by_request)
            groups->counted.n++;
        else
            add(&groups->counted, sample->usage_milli, 0);
        break;
    }
}

static enum hr_hpa_failure group_pods(struct groups *groups, const struct hr_hpa_metric *metric,
                                      const struct hr_hpa_reading *reading,
                                      const struct hr_hpa_scene *scene,
                                      const struct hr_hpa_grace *grace)
{
    bool lacks_request = false;
    size_t n_samples = 0, n_listed = 0;
    *groups = (struct groups){ 0 };
    for (size_t i = 0; i < scene->n_pods; i++) {
        const struct hr_hpa_pod *pod = &scene->pods[i];
        const struct hr_hpa_sample *sample = &reading->samples[i];
        const bool listed = pod->phase != HR_HPA_POD_GONE;
        n_samples += sample->usage_milli != HR_HPA_NONE;
        n_listed += listed;
        lacks_request |= listed && sample->request_milli == HR_HPA_NONE;
        group_pod(groups, metric, sample,
                  hr_hpa_classify(pod, sample, metric->is_cpu, scene->now, grace));
    }
    if (n_samples == 0)
        return HR_HPA_NO_SAMPLES;
    if (n_listed == 0)
        return HR_HPA_NO_PODS;
    if (groups->counted.n == 0)
        return HR_HPA_NO_READY_POD;
    if (metric->target != HR_HPA_UTILIZATION)
        return HR_HPA_NO_FAILURE;
    if (lacks_request)
        return HR_HPA_NO_REQUEST;
    return groups->counted.request == 0 ? HR_HPA_NO_MATCH : HR_HPA_NO_FAILURE;
}

/* The current whole percentage, or mean in whole thousandths. */
static int64_t current_of(const struct hr_hpa_metric *metric, const struct sums *sums)
{
    if (metric->target == HR_HPA_UTILIZATION)
        return (int64_t)(100 * sums->usage / sums->request);
    return (int64_t)(sums->usage / (uint64_t)sums->n);
}

/* Kubernetes takes the ratio after rounding the current value down to a whole number. */
static double ratio_of(const struct hr_hpa_metric *metric, const struct sums *sums)
{
    return (double)current_of(metric, sums) / (double)metric->target_value;
}

static void join(struct sums *sums, const struct sums *more, bool with_usage)
{
    sums->usage += with_usage ? more->usage : 0;
    sums->request += more->request;
    sums->n += more->n;
}

static bool within(const struct hr_hpa_tolerance *tolerance, double ratio)
{
    return 1.0 - tolerance->down <= ratio && ratio <= 1.0 + tolerance->up;
}

static int64_t ceil_replicas(double replicas)
{
    return replicas < INT32_MAX ? (int64_t)ceil(replicas) : INT32_MAX;
}

/*
 * Pods that are unready or have no sample are taken as idle before scaling up, those without a
 * sample as busy before scaling down; when that turns the direction around, nothing happens.
 */
static int64_t replicas_of(const struct hr_hpa_metric *metric, const struct groups *groups,
                           int64_t replicas, const struct hr_hpa_tolerance *tolerance)
{
    const double ratio = ratio_of(metric, &groups->counted);
    const bool up_with_unready = groups->unready.n > 0 && ratio > 1;
    if (!up_with_unready && groups->missing.n == 0)
        return within(tolerance, ratio) ? replicas : ceil_replicas(ratio * (double)groups->n_ready);
    struct sums all = groups->counted;
    if (ratio != 1)
        join(&all, &groups->missing, ratio < 1);
    if (up_with_unready)
        join(&all, &groups->unready, false);
    const double assumed = ratio_of(metric, &all);
    if (within(tolerance, assumed) || (ratio < 1 && assumed > 1) || (ratio > 1 && assumed < 1))
        return replicas;
    const int64_t next = ceil_replicas(assumed * (double)all.n);
    const bool turns = assumed < 1 ? next > replicas : next < replicas;
    return turns ? replicas : next;
}

static struct hr_hpa_proposal propose_per_pod(const struct hr_hpa_metric *metric,
                                              const struct hr_hpa_reading *reading,
                                              const struct hr_hpa_scene *scene,
                                              const struct hr_hpa_tolerance *tolerance,
                                              const struct hr_hpa_grace *grace)
{
    struct groups groups;
    struct hr_hpa_proposal proposal = {
        .failure = group_pods(&groups, metric, reading, scene, grace),
    };
    if (proposal.failure != HR_HPA_NO_FAILURE)
        return proposal;
    const struct sums *counted = &groups.counted;
    if (metric->target == HR_HPA_UTILIZATION)
        proposal.utilization_percent = current_of(metric, counted);
    proposal.value_milli = (int64_t)(counted->usage / (uint64_t)counted->n_usage);
    proposal.replicas = replicas_of(metric, &groups, scene->replicas, tolerance);
    return proposal;
}

static struct hr_hpa_proposal propose_by_value(const struct hr_hpa_metric *metric, int64_t total,
                                               const struct hr_hpa_scene *scene,
                                               const struct hr_hpa_tolerance *tolerance)
{
    const double ratio = (double)total / (double)metric->target_value;
    struct hr_hpa_proposal proposal = { .value_milli = total, .replicas = scene->replicas };
    if (scene->replicas == 0) {
        proposal.replicas = ceil_replicas(ratio);
    } else if (!within(tolerance, ratio)) {
        size_t n_listed = 0, n_ready = 0;
        for (size_t i = 0; i < scene->n_pods; i++) {
            const struct hr_hpa_pod *pod = &scene->pods[i];
            n_listed += pod->phase != HR_HPA_POD_GONE;
            n_ready += pod->phase == HR_HPA_POD_RUNNING && pod->ready == HR_HPA_READY_TRUE;
        }
        if (n_listed == 0)
            return (struct hr_hpa_proposal){ .failure = HR_HPA_NO_PODS };
        proposal.replicas = ceil_replicas(ratio * (double)n_ready);
    }
    return proposal;
}

static struct hr_hpa_proposal propose_by_average(const struct hr_hpa_metric *metric, int64_t total,
                                                 const struct hr_hpa_scene *scene,
                                                 const struct hr_hpa_tolerance *tolerance)
{
    const double pods = (double)scene->replicas_status;
    const double ratio = (double)total / ((double)metric->target_value * pods);
    struct hr_hpa_proposal proposal = {
        .replicas = scene->replicas_status,
        .value_milli = pods > 0 ? (int64_t)ceil((double)total / pods) : total,
    };
    if (!within(tolerance, ratio)) /* without pods: infinite or no number, neither is within */
        proposal.replicas = ceil_replicas((double)total / (double)metric->target_value);
    return proposal;
}

struct hr_hpa_proposal hr_hpa_propose(const struct hr_hpa_metric *metric,
                                      const struct hr_hpa_reading *reading,
                                      const struct hr_hpa_scene *scene,
                                      const struct hr_hpa_tolerance *tolerance,
                                      const struct hr_hpa_grace *grace)
{
    if (reading->unavailable || metric->source == HR_HPA_UNSUPPORTED)
        return (struct hr_hpa_proposal){ .failure = HR_HPA_UNAVAILABLE };
    if (metric->source != HR_HPA_OBJECT && metric->source != HR_HPA_EXTERNAL)
        return propose_per_pod(metric, reading, scene, tolerance, grace);
    if (metric->target == HR_HPA_VALUE)
        return propose_by_value(metric, reading->total_milli, scene, tolerance);
    return propose_by_average(metric, reading->total_milli, scene, tolerance);
}
