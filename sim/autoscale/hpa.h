/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The HorizontalPodAutoscaler of Kubernetes (autoscaling/v2; pkg/controller/podautoscaler, 1.28 to
 * 1.37): decisions from observations, sync by sync. It owns what the controller remembers between
 * syncs and knows no clock: the caller syncs every 15 s, writes the replicas that are decided, and
 * reports back.
 */
#ifndef AUTOSCALE_HPA_H
#define AUTOSCALE_HPA_H

#include "autoscale/hpa_metric.h"
#include "autoscale/hpa_reason.h"
#include "autoscale/hpa_rules.h"
#include "base/str.h"

/* What applies to every HPA of a cluster (flags of kube-controller-manager). */
struct hr_hpa_settings {
    double tolerance;
    struct hr_hpa_grace grace;
    hr_time downscale_stabilization; /* without behavior, and the default of scale_down's window */
    struct hr_hpa_leap leap;         /* without behavior */
    bool pauses_at_zero;             /* 1.37 on: what others scaled to 0 stays there; before it
                                        stayed there unless min_replicas was 0 */
};

/* Kubernetes' defaults, of the newest version. */
struct hr_hpa_settings hr_hpa_settings_default(void);

struct hr_hpa_config {
    struct hr_hpa_range range;           /* min_replicas 0 takes an object or external metric */
    const struct hr_hpa_metric *metrics; /* borrowed */
    size_t n_metrics;                    /* >= 1 */
    const struct hr_hpa_behavior_spec *behavior; /* borrowed; NULL: absent, not the same as empty */
    struct hr_hpa_settings settings;
};

struct hr_hpa_status {
    bool on;
    enum hr_hpa_reason reason;
};

struct hr_hpa {
    struct hr_hpa_config config;
    struct hr_hpa_rules up, down; /* of behavior, defaults filled in */
    struct hr_hpa_tolerance tolerance;
    bool remembers; /* the log of recommendations has begun */
    struct hr_count_log recommendations;
    struct hr_hpa_events events;
    struct hr_hpa_status conditions[HR_HPA_N_CONDITIONS];
    struct hr_hpa_proposal *proposals; /* by metric, of the last sync that read metrics */
};

void hr_hpa_init(struct hr_hpa *hpa, const struct hr_hpa_config *config);
void hr_hpa_fini(struct hr_hpa *hpa);

/* What keeps the controller from its target. */
enum hr_hpa_obstacle {
    HR_HPA_NO_OBSTACLE,
    HR_HPA_NO_SCALE,          /* it cannot be read */
    HR_HPA_SELECTOR_INVALID,  /* its pods cannot be told */
    HR_HPA_SELECTOR_AMBIGUOUS /* another HPA has some of its pods as well */
};

/* What made the replicas change. */
enum hr_hpa_cause {
    HR_HPA_CAUSE_NONE,
    HR_HPA_ABOVE_MAX, /* neither metrics nor limits were looked at, as in the next */
    HR_HPA_BELOW_MIN,
    HR_HPA_METRIC_ABOVE,
    HR_HPA_ALL_BELOW
};

struct hr_hpa_decision {
    int64_t replicas; /* to be written; those of the scene when nothing is */
    int64_t proposal; /* the highest of the metrics; HR_HPA_NONE: they were not read, or in vain */
    size_t metric;    /* that proposed it */
    enum hr_hpa_cause cause;
    bool failed; /* something did, though it may have scaled on the other metrics */
};

/* One sync; readings are one a metric. */
struct hr_hpa_decision hr_hpa_sync(struct hr_hpa *hpa, const struct hr_hpa_scene *scene,
                                   const struct hr_hpa_reading *readings,
                                   enum hr_hpa_obstacle obstacle);

/* The decided replicas were written; or were not, as the API server refused. */
void hr_hpa_rescaled(struct hr_hpa *hpa, hr_time now, int64_t from, int64_t to);
void hr_hpa_rescale_failed(struct hr_hpa *hpa);

/* The reason that the event SuccessfulRescale gives, such as "cpu resource utilization (percentage
 * of request) above target"; `metric` is the name of the deciding metric. */
void hr_hpa_explain(struct hr_str *out, const struct hr_hpa_decision *decision, const char *metric);

#endif
