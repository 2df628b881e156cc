/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of an autoscaler of replicas. */
#ifndef AUTOSCALE_SPEC_H
#define AUTOSCALE_SPEC_H

#include "base/key.h"
#include "base/time.h"

enum hr_hpa_policy_type { HR_HPA_POLICY_PODS, HR_HPA_POLICY_PERCENT };
enum hr_hpa_select { HR_HPA_SELECT_MAX, HR_HPA_SELECT_MIN, HR_HPA_SELECT_DISABLED };

/* At most `value` pods, or percent, in any `period`. */
struct hr_hpa_policy {
    int type;      /* enum hr_hpa_policy_type */
    int64_t value; /* > 0 */
    hr_time period;
};

/* One direction of behavior. */
struct hr_hpa_rules_spec {
    hr_time stabilization_window; /* HR_AUTO: up none, down as without behavior */
    int select_policy;            /* enum hr_hpa_select */
    struct hr_list policies;      /* struct hr_hpa_policy; none: Kubernetes' defaults */
    double tolerance;             /* share; HR_AUTO: that of the autoscaler */
};

struct hr_hpa_behavior_spec {
    struct hr_hpa_rules_spec *scale_up, *scale_down; /* NULL: all at default */
};

enum hr_scaling_metric {
    HR_SCALING_CPU,
    HR_SCALING_MEMORY,
    HR_SCALING_REQUESTS, /* a second */
    HR_SCALING_CONCURRENCY,
    HR_SCALING_QUEUE_LENGTH,
    HR_SCALING_GPU_UTILIZATION,
    HR_SCALING_LATENCY
};

/* Whether a metric is read pod by pod, or of the deployment as a whole. */
enum hr_scaling_source { HR_SCALING_PODS, HR_SCALING_OBJECT };

struct hr_scaling_metric_spec {
    int type;             /* enum hr_scaling_metric */
    double target;        /* share of the requests (cpu, memory; 0: not given) or of the GPUs; a
                             replica: per second, requests at once, waiting requests */
    hr_time target_time;  /* latency */
    double average_value; /* cpu, memory: cores, bytes a replica; 0: not given */
    double quantile;      /* latency */
    int source;           /* enum hr_scaling_source: requests, concurrency, queue_length */
    double activation;    /* keda: total above which the trigger is active; likewise */
    hr_time scrape_interval, window, delay; /* of the metrics pipeline */
};

/* From this time of these days on, until the next entry of the timetable. */
struct hr_schedule_entry {
    int days;   /* bit 0: Monday ... bit 6: Sunday; at least one */
    hr_time at; /* local time of day, [0, 24 h) */
    int64_t replicas;
};

enum hr_autoscaler_type {
    HR_AUTOSCALER_HPA,
    HR_AUTOSCALER_KEDA,
    HR_AUTOSCALER_KNATIVE,
    HR_AUTOSCALER_SCHEDULED,
    HR_AUTOSCALER_PREDICTIVE
};

enum hr_predictor { HR_PREDICT_HOLT_WINTERS, HR_PREDICT_SEASONAL_QUANTILE };

struct hr_autoscaler_spec {
    int type;                           /* enum hr_autoscaler_type */
    int64_t min_replicas, max_replicas; /* scheduled: not given */
    /* hpa, keda */
    struct hr_list metrics;                /* struct hr_scaling_metric_spec */
    struct hr_hpa_behavior_spec *behavior; /* NULL: absent, not the same as empty */
    hr_time sync_period;
    double tolerance;
    hr_time cpu_initialization_period, initial_readiness_delay, downscale_stabilization;
    /* keda */
    hr_time polling_interval, cooldown_period, initial_cooldown_period;
    int64_t idle_replicas; /* -1: none */
    /* knative */
    double container_concurrency_target, target_utilization;
    int64_t target_burst_capacity; /* HR_UNLIMITED */
    hr_time stable_window;
    double panic_window, panic_threshold; /* shares of the stable window and of what is due */
    double max_scale_up_rate, max_scale_down_rate;
    hr_time scale_down_delay, scale_to_zero_grace_period;
    int64_t activation_scale;
    /* scheduled */
    struct hr_list schedule; /* struct hr_schedule_entry */
    /* predictive */
    int predictor; /* enum hr_predictor */
    double target; /* requests a second that a replica is to bear */
    hr_time interval, season;
    hr_time lead; /* HR_AUTO: the mean start-up time */
    double level_weight, trend_weight, season_weight;
    double quantile;
    int64_t seasons;
};

extern const struct hr_key_table hr_autoscaler_keys;

#endif
