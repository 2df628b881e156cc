/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole scenario, typed. Joins the specs of the rooms; owned by struct hr_scenario. */
#ifndef MODEL_SPEC_H
#define MODEL_SPEC_H

#include "autoscale/spec.h"
#include "base/key.h"
#include "base/time.h"
#include "cluster/spec.h"
#include "metrics/spec.h"
#include "serving/spec.h"
#include "workload/spec.h"

struct hr_deployment_spec {
    const char *name;
    int64_t model;     /* index */
    int64_t node_pool; /* index; HR_REF_NONE: any */
    int64_t replicas;
    int load_balancing; /* enum hr_routing */
    struct hr_dist_spec *startup_time;
    struct hr_resources_spec *resources; /* NULL: none given */
    struct hr_failures_spec *failures;   /* NULL: replicas do not fail */
    double usd_per_hour;                 /* of one replica, up or down */
    int64_t min_ready;                   /* ready replicas that count as available */
    struct hr_pods_spec pods;
    struct hr_scheduling_spec *scheduling; /* NULL: all at default */
    struct hr_autoscaler_spec *autoscaler; /* NULL: none */
};

/* Local time minus UTC, from `at` of the run on. */
struct hr_zone_offset {
    hr_time at, offset;
};

struct hr_spec {
    const char *name, *title, *description;
    int64_t start;        /* Unix ns; 0 when not given */
    const char *timezone; /* IANA name, for time of day and weekdays */
    hr_time duration;
    hr_time warmup; /* HR_AUTO: chosen */
    int64_t seed;
    int64_t replications;
    hr_time series_step;           /* HR_AUTO: about 200 steps */
    struct hr_list models;         /* struct hr_model_spec */
    struct hr_list deployments;    /* struct hr_deployment_spec */
    struct hr_list workloads;      /* struct hr_workload_spec */
    struct hr_list slos;           /* struct hr_slo_spec */
    struct hr_list instance_types; /* struct hr_instance_spec */
    struct hr_list node_pools;     /* struct hr_node_pool_spec; none: unlimited nodes */
    struct hr_node_autoscaler_spec *node_autoscaler; /* NULL: none */
    struct hr_cluster_spec *cluster;                 /* NULL: hr_cluster_spec_default */
    struct hr_scheduler_spec *scheduler;             /* NULL: all at default */
    struct hr_list jobs;                             /* struct hr_job_spec */
    struct hr_list events;                           /* struct hr_action_spec */
    /* Filled by the loader, for the run and as much again; the first at 0. */
    const struct hr_zone_offset *offsets;
    size_t n_offsets;
};

extern const struct hr_key_table hr_spec_keys;

#endif
