/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random small scenarios of clusters, which mix all that the control plane can do. */
#ifndef PROPERTY_RANDOM_CLUSTER_H
#define PROPERTY_RANDOM_CLUSTER_H

#include "base/str.h"
#include "stats/rng.h"

#include <stdbool.h>

enum { RC_POOLS_MAX = 3, RC_SETS_MAX = 3 };

/* What parts of a scenario have to know of each other. */
struct random_cluster {
    struct hr_rng *rng;
    struct hr_str *text;
    unsigned duration; /* s */
    unsigned n_pools, n_sets;
    bool two_zones[RC_POOLS_MAX], spot[RC_POOLS_MAX];
    unsigned gpus[RC_POOLS_MAX], most[RC_POOLS_MAX]; /* most: nodes */
    bool mig, scales; /* some pool is cut by MIG; there is a node autoscaler */
};

static inline unsigned rc_pick(struct random_cluster *cluster, unsigned n)
{
    return hr_rng_below(cluster->rng, n);
}

static inline bool rc_one_in(struct random_cluster *cluster, unsigned n)
{
    return rc_pick(cluster, n) == 0;
}

#define RC_ADD(cluster, ...)    hr_str_addf((cluster)->text, __VA_ARGS__)
#define RC_ONE_OF(cluster, all) ((all)[rc_pick((cluster), sizeof(all) / sizeof((all)[0]))])

static inline void rc_write_types(struct random_cluster *cluster)
{
    hr_str_add(cluster->text,
               "instance_types = ( "
               "{ name = \"small\"; cpu = \"4\"; memory = \"16Gi\"; usd_per_hour = 0.19; "
               "usd_per_hour_spot = 0.07; }, "
               "{ name = \"large\"; cpu = \"8\"; memory = \"32Gi\"; usd_per_hour = 0.38; "
               "usd_per_hour_spot = 0.15; }, "
               "{ name = \"gpu\"; cpu = \"8\"; memory = \"64Gi\"; gpus = 2; gpu_model = "
               "\"A100-40GB\"; gpu_memory = \"40Gi\"; usd_per_hour = 3.2; usd_per_hour_spot = 1.1; "
               "} );\n");
}

static inline void rc_write_faults(struct random_cluster *cluster, unsigned p)
{
    if (cluster->spot[p])
        RC_ADD(cluster, "spot = { mttf = \"%umin\"; notice = \"%us\"; }; ",
               3 + rc_pick(cluster, 30), rc_pick(cluster, 3) * 60);
    if (rc_one_in(cluster, 3))
        RC_ADD(cluster, "failures = { mttf = \"%umin\"; mttr = \"%us\"; }; ",
               5 + rc_pick(cluster, 30), 10 + rc_pick(cluster, 500));
    if (cluster->gpus[p] > 0 && rc_one_in(cluster, 2))
        RC_ADD(cluster, "gpu_failures = { mttf = \"%umin\"; mttr = \"%us\"; }; ",
               2 + rc_pick(cluster, 30), 10 + rc_pick(cluster, 500));
    if (rc_one_in(cluster, 5))
        hr_str_add(cluster->text,
                   "slow = { mttf = \"5min\"; duration = \"2min\"; factor = 3.0; }; ");
    if (rc_one_in(cluster, 4))
        hr_str_add(cluster->text, "provision_failure = \"30%\"; ");
    if (rc_one_in(cluster, 4))
        hr_str_add(cluster->text,
                   "out_of_capacity = { probability = \"40%\"; lead_time = \"3min\"; }; ");
    if (rc_one_in(cluster, 4))
        RC_ADD(cluster, "replace = \"%s\"; ", rc_one_in(cluster, 2) ? "always" : "never");
}

static inline void rc_write_pool(struct random_cluster *cluster, unsigned p)
{
    static const char *const types[] = { "small", "small", "large", "gpu" };
    static const char *const billings[] = {
        "", "billing = { granularity = \"1h\"; minimum = \"1h\"; }; ",
        "billing = { granularity = \"1min\"; minimum = \"10min\"; }; ",
        "billing = { granularity = \"7s\"; minimum = \"0s\"; }; "
    };
    const char *type = RC_ONE_OF(cluster, types);
    const unsigned nodes = 1 + rc_pick(cluster, 4), more = rc_pick(cluster, 5);
    cluster->gpus[p] = type[0] == 'g' ? 2 : 0;
    cluster->most[p] = nodes + more;
    cluster->spot[p] = rc_one_in(cluster, 3);
    cluster->two_zones[p] = rc_one_in(cluster, 2);
    RC_ADD(cluster, "{ name = \"p%u\"; instance = \"%s\"; purchase = \"%s\"; nodes = %u; ", p, type,
           cluster->spot[p] ? "spot" : "on_demand", nodes);
    if (cluster->scales)
        RC_ADD(cluster, "min_nodes = %u; max_nodes = %u; ", rc_pick(cluster, nodes + 1),
               nodes + more);
    RC_ADD(cluster, "zones = %s; ", cluster->two_zones[p] ? "( \"a\", \"b\" )" : "\"a\"");
    RC_ADD(cluster, "provision_time = \"%us\"; boot_time = \"%us\"; gpu_driver_time = \"%us\"; ",
           rc_pick(cluster, 60), rc_pick(cluster, 40), rc_pick(cluster, 40));
    RC_ADD(cluster, "max_pods = %u; %s", 2 + rc_pick(cluster, 20), RC_ONE_OF(cluster, billings));
    if (cluster->gpus[p] > 0 && rc_one_in(cluster, 3)) {
        hr_str_add(cluster->text, "mig = \"1g.5gb\"; ");
        cluster->mig = true;
    } else if (cluster->gpus[p] > 0 && rc_one_in(cluster, 3)) {
        hr_str_add(cluster->text, "gpu_time_slices = 2; ");
    }
    if (rc_one_in(cluster, 5))
        hr_str_add(cluster->text, "taints = ( { key = \"own\"; value = \"yes\"; } ); ");
    if (rc_one_in(cluster, 5))
        RC_ADD(cluster, "quota = %u; ", nodes + more);
    rc_write_faults(cluster, p);
    hr_str_add(cluster->text, "}");
}

static inline void rc_write_node_autoscaler(struct random_cluster *cluster)
{
    if (rc_one_in(cluster, 2)) {
        RC_ADD(cluster,
               "node_autoscaler = { type = \"karpenter\"; consolidate_after = \"%us\"; "
               "disruption_budget = \"%u%%\"; expire_after = \"%umin\"; };\n",
               rc_pick(cluster, 60), 10 + rc_pick(cluster, 90), 3 + rc_pick(cluster, 60));
        return;
    }
    RC_ADD(cluster,
           "node_autoscaler = { type = \"cluster_autoscaler\"; scale_down_unneeded_time = \"%us\"; "
           "scale_down_delay_after_add = \"%us\"; max_drain_parallelism = %u; "
           "max_node_provision_time = \"%us\"; };\n",
           10 + rc_pick(cluster, 100), rc_pick(cluster, 100), 1 + rc_pick(cluster, 3),
           60 + rc_pick(cluster, 300));
}

static inline void rc_write_cluster(struct random_cluster *cluster)
{
    static const char *const delays[] = { "\"1s\"", "\"0s\"",
                                          "{ distribution = \"exponential\"; mean = \"3s\"; }" };
    RC_ADD(cluster, "cluster = { endpoint_delay = %s; unreachable_toleration = \"%us\"; ",
           RC_ONE_OF(cluster, delays), rc_pick(cluster, 3) * 60);
    if (rc_one_in(cluster, 3))
        hr_str_add(cluster->text, "dead_node_removal = \"30s\"; ");
    hr_str_add(cluster->text, "};\n");
}

static inline void rc_write_resources(struct random_cluster *cluster)
{
    RC_ADD(cluster, "resources = { requests = { cpu = \"%um\"; memory = \"%uMi\"; ",
           100 + 100 * rc_pick(cluster, 18), 100 + 100 * rc_pick(cluster, 40));
    bool gpus = cluster->mig;
    for (unsigned p = 0; p < cluster->n_pools; p++)
        gpus |= cluster->gpus[p] > 0;
    switch (gpus ? rc_pick(cluster, 5) : 4) {
    case 0:
        RC_ADD(cluster, "gpu = %u; ", 1 + rc_pick(cluster, 2));
        break;
    case 1:
        RC_ADD(cluster, "gpu_share = \"%u%%\"; ", 20 + rc_pick(cluster, 60));
        break;
    case 2:
        hr_str_add(cluster->text, cluster->mig ? "mig = \"1g.5gb\"; " : "gpu = 1; ");
        break;
    default:
        break;
    }
    hr_str_add(cluster->text, "}; }; ");
}

static inline void rc_write_scheduling(struct random_cluster *cluster)
{
    static const char *const terms[] = {
        "", "", "topology_spread = ( { topology = \"zone\"; max_skew = 1; } ); ",
        "topology_spread = ( { topology = \"hostname\"; max_skew = 2; } ); ",
        "pod_anti_affinity = { required = ( { topology = \"hostname\"; } ); }; "
    };
    RC_ADD(cluster, "scheduling = { priority = %d; %s", 100 * ((int)rc_pick(cluster, 3) - 1),
           RC_ONE_OF(cluster, terms));
    if (rc_one_in(cluster, 2))
        hr_str_add(cluster->text, "tolerations = ( { operator = \"exists\"; } ); ");
    if (rc_one_in(cluster, 5))
        hr_str_add(cluster->text, "preemption_policy = \"never\"; ");
    hr_str_add(cluster->text, "}; ");
}

static inline void rc_write_strategy(struct random_cluster *cluster)
{
    switch (rc_pick(cluster, 5)) {
    case 0:
        RC_ADD(cluster, "strategy = { max_surge = %u; max_unavailable = %u; }; ",
               1 + rc_pick(cluster, 3), rc_pick(cluster, 3));
        break;
    case 1:
        hr_str_add(cluster->text, "strategy = { type = \"recreate\"; }; ");
        break;
    case 2:
        RC_ADD(cluster,
               "strategy = { type = \"canary\"; steps = ( { weight = \"20%%\"; pause = \"%us\"; }, "
               "{ weight = \"60%%\"; pause = \"10s\"; } ); max_error_rate = \"10%%\"; "
               "analysis_interval = \"15s\"; min_requests = 5; }; ",
               rc_pick(cluster, 90));
        break;
    case 3:
        RC_ADD(cluster, "strategy = { type = \"blue_green\"; scale_down_delay = \"%us\"; }; ",
               rc_pick(cluster, 60));
        break;
    default:
        break;
    }
}

static inline void rc_write_probes(struct random_cluster *cluster)
{
    if (rc_one_in(cluster, 4))
        RC_ADD(cluster, "startup_probe = { period = \"3s\"; failure_threshold = %u; }; ",
               1 + rc_pick(cluster, 10));
    if (rc_one_in(cluster, 2))
        RC_ADD(cluster, "readiness_probe = { period = \"%us\"; path = \"%s\"; }; ",
               4 + rc_pick(cluster, 10), rc_one_in(cluster, 2) ? "aside" : "queue");
    if (rc_one_in(cluster, 3))
        RC_ADD(cluster,
               "liveness_probe = { initial_delay = \"10s\"; period = \"7s\"; timeout = \"%ums\"; "
               "failure_threshold = 2; }; ",
               100 + rc_pick(cluster, 2000));
}

static inline void rc_write_budget(struct random_cluster *cluster)
{
    static const char *const budgets[] = { "min_available = 1",       "min_available = \"50%\"",
                                           "min_available = \"90%\"", "max_unavailable = 0",
                                           "max_unavailable = 1",     "max_unavailable = \"30%\"" };
    if (!rc_one_in(cluster, 3))
        RC_ADD(cluster, "disruption_budget = { %s; }; ", RC_ONE_OF(cluster, budgets));
}

static inline void rc_write_autoscaler(struct random_cluster *cluster)
{
    static const char *const metrics[] = {
        "type = \"cpu\"; target = \"50%\";",
        "type = \"concurrency\"; target = 1.0; source = \"object\";",
        "type = \"requests\"; target = \"1/s\"; source = \"object\";",
    };
    const unsigned least = 1 + rc_pick(cluster, 2);
    const unsigned kind = rc_pick(cluster, 8);
    if (kind > 4)
        return;
    if (kind == 4) {
        RC_ADD(cluster,
               "autoscaler = { type = \"scheduled\"; schedule = ( { at = \"%umin\"; replicas = %u; "
               "}, { at = \"%umin\"; replicas = %u; } ); }; ",
               1 + rc_pick(cluster, 3), 1 + rc_pick(cluster, 8), 5 + rc_pick(cluster, 3),
               rc_pick(cluster, 3));
    } else if (kind == 3) {
        RC_ADD(cluster,
               "autoscaler = { type = \"knative\"; max_replicas = %u; container_concurrency_target "
               "= 1.0; stable_window = \"20s\"; }; ",
               1 + rc_pick(cluster, 8));
    } else {
        RC_ADD(cluster,
               "autoscaler = { type = \"%s\"; min_replicas = %u; max_replicas = %u; "
               "downscale_stabilization = \"%us\"; metrics = ( { %s } ); }; ",
               kind == 2 ? "keda" : "hpa", kind == 2 ? 0 : least, least + rc_pick(cluster, 8),
               rc_pick(cluster, 60), metrics[kind == 2 ? 2 : rc_pick(cluster, 3)]);
    }
}

static inline void rc_write_deployment(struct random_cluster *cluster, unsigned d)
{
    static const char *const routings[] = { "least_outstanding", "random", "round_robin",
                                            "power_of_two", "central_queue" };
    RC_ADD(
        cluster,
        "{ name = \"d%u\"; model = \"m\"; replicas = %u; load_balancing = \"%s\"; startup_time = "
        "\"%us\"; image_size = \"%uM\"; min_ready_time = \"%us\"; ",
        d, 1 + rc_pick(cluster, 7), RC_ONE_OF(cluster, routings), rc_pick(cluster, 20),
        rc_pick(cluster, 2) * 500, rc_pick(cluster, 3) * 5);
    RC_ADD(cluster, "termination_grace_period = \"%us\"; pre_stop = \"%us\"; ",
           rc_pick(cluster, 40), rc_pick(cluster, 3) * rc_pick(cluster, 10));
    if (cluster->n_pools > 0 && rc_one_in(cluster, 3))
        RC_ADD(cluster, "node_pool = \"p%u\"; ", rc_pick(cluster, cluster->n_pools));
    if (rc_one_in(cluster, 4))
        RC_ADD(cluster, "kind = \"stateful_set\"; pod_management = \"%s\"; ",
               rc_one_in(cluster, 2) ? "parallel" : "ordered_ready");
    else
        rc_write_strategy(cluster);
    if (rc_one_in(cluster, 4))
        hr_str_add(cluster->text, "failures = { mttf = \"3min\"; mttr = \"5s\"; }; ");
    rc_write_resources(cluster);
    rc_write_scheduling(cluster);
    rc_write_probes(cluster);
    rc_write_budget(cluster);
    rc_write_autoscaler(cluster);
    hr_str_add(cluster->text, "}");
}

static inline void rc_write_job(struct random_cluster *cluster, unsigned j)
{
    static const char *const policies[] = { "allow", "forbid", "replace" };
    RC_ADD(cluster,
           "{ name = \"j%u\"; at = \"%us\"; concurrency_policy = \"%s\"; completions = %u; "
           "parallelism = %u; run_time = { distribution = \"exponential\"; mean = \"%us\"; }; "
           "backoff_limit = %u; ",
           j, rc_pick(cluster, 100), RC_ONE_OF(cluster, policies), 1 + rc_pick(cluster, 6),
           1 + rc_pick(cluster, 4), 5 + rc_pick(cluster, 200), rc_pick(cluster, 6));
    if (rc_one_in(cluster, 2))
        RC_ADD(cluster, "period = \"%us\"; ", 30 + rc_pick(cluster, 200));
    if (rc_one_in(cluster, 2))
        RC_ADD(cluster, "deadline = \"%us\"; ", 20 + rc_pick(cluster, 300));
    rc_write_resources(cluster);
    rc_write_scheduling(cluster);
    hr_str_add(cluster->text, "}");
}

static inline void rc_write_workload(struct random_cluster *cluster, unsigned d)
{
    RC_ADD(cluster,
           "{ name = \"w%u\"; deployment = \"d%u\"; arrivals = { process = \"piecewise\"; points = "
           "( { at = \"0s\"; rate = \"%u/s\"; }, { at = \"%us\"; rate = \"%u/s\"; } ); }; ",
           d, d, rc_pick(cluster, 5), cluster->duration / 2, 1 + rc_pick(cluster, 8));
    if (rc_one_in(cluster, 2))
        hr_str_add(cluster->text, "timeout = \"3s\"; cancellation = \"all\"; ");
    if (rc_one_in(cluster, 3))
        hr_str_add(cluster->text, "attempt_timeout = \"2s\"; retries = { max_attempts = 3; }; ");
    hr_str_add(cluster->text, "}");
}

/* ---- events ---- */

static inline void rc_write_change(struct random_cluster *cluster, unsigned at)
{
    const unsigned d = rc_pick(cluster, cluster->n_sets);
    switch (rc_pick(cluster, 4)) {
    case 0:
        RC_ADD(cluster, "action = \"scale\"; deployment = \"d%u\"; replicas = %u; ", d,
               rc_pick(cluster, 12));
        return;
    case 1:
        RC_ADD(cluster, "action = \"pod_crash\"; deployment = \"d%u\"; pods = %u; ", d,
               1 + rc_pick(cluster, 4));
        return;
    default:
        RC_ADD(
            cluster,
            "action = \"rollout\"; deployment = \"d%u\"; version = \"v\"; error_rate = \"%u%%\"; "
            "service_time_factor = %u.5; ",
            d, rc_pick(cluster, 2) * 40, rc_pick(cluster, 3));
    }
    static const char *const follow[] = { "rollback", "pause_rollout", "rollback" };
    const unsigned later = at + 1 + rc_pick(cluster, cluster->duration - at - 1);
    const char *what = RC_ONE_OF(cluster, follow);
    if (rc_one_in(cluster, 2))
        RC_ADD(cluster, "}, { at = \"%us\"; action = \"%s\"; deployment = \"d%u\"; ", later, what,
               d);
    if (what[0] == 'p' && rc_one_in(cluster, 2))
        RC_ADD(cluster, "}, { at = \"%us\"; action = \"resume_rollout\"; deployment = \"d%u\"; ",
               cluster->duration - 1, d);
}

static inline void rc_write_fault(struct random_cluster *cluster, unsigned p)
{
    switch (rc_pick(cluster, 6)) {
    case 0:
        RC_ADD(cluster, "action = \"zone_outage\"; zone = \"a\"; duration = \"%us\"; ",
               5 + rc_pick(cluster, 300));
        return;
    case 1:
        if (cluster->spot[p]) {
            RC_ADD(cluster,
                   "action = \"spot_interruption\"; node_pool = \"p%u\"; nodes = %u; notice = "
                   "\"%us\"; ",
                   p, 1 + rc_pick(cluster, 3), rc_pick(cluster, 90));
            return;
        }
        break;
    case 2:
        if (cluster->gpus[p] > 0) {
            RC_ADD(cluster,
                   "action = \"gpu_failure\"; node_pool = \"p%u\"; gpus = %u; duration = \"%us\"; ",
                   p, 1 + rc_pick(cluster, 2), 5 + rc_pick(cluster, 200));
            return;
        }
        break;
    case 3:
        RC_ADD(cluster,
               "action = \"provisioning_failure\"; node_pool = \"p%u\"; duration = \"%us\"; ", p,
               5 + rc_pick(cluster, 200));
        return;
    case 4:
        RC_ADD(cluster,
               "action = \"slow_node\"; node_pool = \"p%u\"; factor = 4.0; duration = \"60s\"; ",
               p);
        return;
    default:
        break;
    }
    RC_ADD(cluster, "action = \"node_failure\"; node_pool = \"p%u\"; ", p);
    if (rc_one_in(cluster, 2))
        RC_ADD(cluster, "duration = \"%us\"; ", 5 + rc_pick(cluster, 500));
    if (rc_one_in(cluster, 3))
        hr_str_add(cluster->text, "zone = \"a\"; ");
}

static inline void rc_write_event(struct random_cluster *cluster)
{
    static const char *const maintenances[] = { "drain", "drain", "cordon", "uncordon" };
    const unsigned at = 1 + rc_pick(cluster, cluster->duration - 3);
    RC_ADD(cluster, "{ at = \"%us\"; ", at);
    const unsigned p = cluster->n_pools == 0 ? 0 : rc_pick(cluster, cluster->n_pools);
    switch (cluster->n_pools == 0 ? 0 : rc_pick(cluster, 5)) {
    case 0:
    case 1:
        rc_write_change(cluster, at);
        break;
    case 2:
        rc_write_fault(cluster, p);
        break;
    case 3:
        RC_ADD(cluster, "action = \"resize_pool\"; node_pool = \"p%u\"; nodes = %u; ", p,
               rc_pick(cluster, cluster->most[p] + 1));
        break;
    default:
        RC_ADD(cluster, "action = \"%s\"; node_pool = \"p%u\"; ", RC_ONE_OF(cluster, maintenances),
               p);
        if (rc_one_in(cluster, 2))
            RC_ADD(cluster, "node = %u; ", rc_pick(cluster, 4));
    }
    hr_str_add(cluster->text, "}");
}

/* Writes n items as `part` does, with commas between them. */
static inline void rc_write_list(struct random_cluster *cluster, const char *name, unsigned n,
                                 void (*part)(struct random_cluster *, unsigned))
{
    if (n == 0)
        return;
    RC_ADD(cluster, "%s = (\n  ", name);
    for (unsigned i = 0; i < n; i++) {
        hr_str_add(cluster->text, i == 0 ? "" : ",\n  ");
        part(cluster, i);
    }
    hr_str_add(cluster->text, "\n);\n");
}

static inline void rc_write_some_event(struct random_cluster *cluster, unsigned i)
{
    (void)i;
    rc_write_event(cluster);
}

/* The text of scenario number `entity`. */
static inline void rc_write(struct hr_str *text, uint64_t entity)
{
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 5, .entity = entity });
    struct random_cluster cluster = { .rng = &rng, .text = text };
    cluster.duration = 120 + rc_pick(&cluster, rc_one_in(&cluster, 8) ? 3400 : 900);
    cluster.n_pools = rc_one_in(&cluster, 8) ? 0 : 1 + rc_pick(&cluster, RC_POOLS_MAX);
    cluster.n_sets = 1 + rc_pick(&cluster, RC_SETS_MAX);
    cluster.scales = cluster.n_pools > 0 && !rc_one_in(&cluster, 3);
    hr_str_addf(text,
                "name = \"random\"; start = \"2026-03-02T00:00:00Z\"; duration = \"%us\";\n"
                "models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; mean "
                "= \"300ms\"; }; concurrency = 2; queue_limit = 20; cpu_per_slot = \"200m\"; } "
                ");\n",
                cluster.duration);
    rc_write_types(&cluster);
    rc_write_list(&cluster, "node_pools", cluster.n_pools, rc_write_pool);
    if (cluster.scales)
        rc_write_node_autoscaler(&cluster);
    rc_write_cluster(&cluster);
    rc_write_list(&cluster, "deployments", cluster.n_sets, rc_write_deployment);
    rc_write_list(&cluster, "workloads", cluster.n_sets, rc_write_workload);
    rc_write_list(&cluster, "jobs", rc_pick(&cluster, 3), rc_write_job);
    rc_write_list(&cluster, "events", 1 + rc_pick(&cluster, 8), rc_write_some_event);
}

#endif
