/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One metric of a HorizontalPodAutoscaler (autoscaling/v2): from what is seen of the pods to the
 * number of replicas that the metric proposes. The arithmetic is that of Kubernetes'
 * pkg/controller/podautoscaler/replica_calculator.go, 1.33 on (whose tolerance is inclusive), whole
 * numbers and their rounding included.
 */
#ifndef AUTOSCALE_HPA_METRIC_H
#define AUTOSCALE_HPA_METRIC_H

#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hr_hpa_source {
    HR_HPA_RESOURCE,           /* of a pod */
    HR_HPA_CONTAINER_RESOURCE, /* of one container of a pod */
    HR_HPA_PODS,               /* any metric that each pod has */
    HR_HPA_OBJECT,             /* a metric of something else in the cluster */
    HR_HPA_EXTERNAL,           /* a metric from outside */
    HR_HPA_UNSUPPORTED         /* a source that the controller does not know; always fails */
};

enum hr_hpa_target {
    HR_HPA_UTILIZATION,   /* usage / request over all pods (resources only) */
    HR_HPA_AVERAGE_VALUE, /* mean over pods */
    HR_HPA_VALUE          /* total (object and external only) */
};

struct hr_hpa_metric {
    enum hr_hpa_source source;
    enum hr_hpa_target target;
    int64_t target_value; /* > 0: percent (utilization), else thousandths of the metric's unit */
    bool is_cpu;          /* the resource cpu, of which starting pods have samples that mislead */
};

enum hr_hpa_phase {
    HR_HPA_POD_PENDING,
    HR_HPA_POD_RUNNING,
    HR_HPA_POD_ENDED, /* Succeeded or Failed */
    HR_HPA_POD_GONE   /* deleted, but the metrics pipeline still has a sample of it */
};

/* The Ready condition of a pod. */
enum hr_hpa_ready { HR_HPA_READY_NONE, HR_HPA_READY_FALSE, HR_HPA_READY_TRUE };

/* A pod of the target as the API server knows it. */
struct hr_hpa_pod {
    enum hr_hpa_phase phase;
    bool deleting; /* it has a deletion timestamp */
    enum hr_hpa_ready ready;
    hr_time started;       /* HR_TIME_NEVER: not yet */
    hr_time ready_changed; /* last transition of Ready */
};

#define HR_HPA_NONE INT64_C(-1)

/* What the metrics pipeline has of one pod. */
struct hr_hpa_sample {
    int64_t usage_milli;   /* mean over the window, >= 0; HR_HPA_NONE: no sample */
    int64_t request_milli; /* of the resource, >= 0; HR_HPA_NONE: a container requests none */
    hr_time at;            /* end of the window */
    hr_time window;        /* its length */
};

/* Why a metric proposes nothing; hr_hpa_failure_text says it as Kubernetes does. */
enum hr_hpa_failure {
    HR_HPA_NO_FAILURE,
    HR_HPA_UNAVAILABLE,  /* the metrics API did not answer, or not to the point */
    HR_HPA_NO_SAMPLES,   /* its answer was empty */
    HR_HPA_NO_PODS,      /* the selector matches no pod */
    HR_HPA_NO_READY_POD, /* it has samples of pods that do not count only */
    HR_HPA_NO_REQUEST,   /* a pod lacks the request that utilization is measured by */
    HR_HPA_NO_MATCH      /* no sample is of a pod with a request */
};

const char *hr_hpa_failure_text(enum hr_hpa_failure failure);

/* One metric at one sync. */
struct hr_hpa_reading {
    bool unavailable;                    /* the metrics API fails */
    const struct hr_hpa_sample *samples; /* resources and pods: one a pod, in the pods' order */
    int64_t total_milli;                 /* object and external: >= 0; the sum of all series */
};

/* The target at one sync. */
struct hr_hpa_scene {
    hr_time now;
    int64_t replicas;        /* spec.replicas */
    int64_t replicas_status; /* status.replicas: pods that exist */
    const struct hr_hpa_pod *pods;
    size_t n_pods;
};

/* A usage / target from 1 - down to 1 + up, ends included, changes nothing. */
struct hr_hpa_tolerance {
    double up, down;
};

struct hr_hpa_grace {
    hr_time cpu_initialization; /* after its start a pod's cpu counts only from readiness on */
    hr_time initial_readiness;  /* pods unready since no later than this after their start never
                                   were ready: their cpu does not count */
};

enum hr_hpa_pod_class {
    HR_HPA_IGNORED,
    HR_HPA_UNREADY,
    HR_HPA_MISSING, /* no sample */
    HR_HPA_COUNTED,
    HR_HPA_STRAY /* a sample of a pod that is gone */
};

/* How the pod takes part in a metric; `is_cpu` as in struct hr_hpa_metric. */
enum hr_hpa_pod_class hr_hpa_classify(const struct hr_hpa_pod *pod,
                                      const struct hr_hpa_sample *sample, bool is_cpu, hr_time now,
                                      const struct hr_hpa_grace *grace);

struct hr_hpa_proposal {
    enum hr_hpa_failure failure;
    int64_t replicas;            /* 0 .. INT32_MAX, as all counts of Kubernetes */
    int64_t utilization_percent; /* current, of utilization targets */
    int64_t value_milli; /* current: total, mean over pods, or raw mean of the usage that the
                            utilization is of */
};

struct hr_hpa_proposal hr_hpa_propose(const struct hr_hpa_metric *metric,
                                      const struct hr_hpa_reading *reading,
                                      const struct hr_hpa_scene *scene,
                                      const struct hr_hpa_tolerance *tolerance,
                                      const struct hr_hpa_grace *grace);

#endif
