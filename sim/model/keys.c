/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of the scenario itself and of deployments. */
#include "model/spec.h"

enum { SERIES_STEPS_MAX = 100000 }; /* each holds a latency histogram a workload */

#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_deployment_spec, field, ctype)

#define POD(field, ctype)                                                                          \
    .name = #field, .offset = HR_FIELD(struct hr_deployment_spec, pods.field, ctype)
#define DURATION .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 1e6

static const struct hr_key deployment_keys[] = {
    { FIELD(name, const char *), .type = HR_KEY_NAME, .required = true,
      .help = "Name by which workloads refer to the deployment." },
    { FIELD(model, int64_t), .type = HR_KEY_REF, .list = "models", .required = true,
      .help = "Model that every replica serves." },
    { FIELD(node_pool, int64_t), .type = HR_KEY_REF, .list = "node_pools",
      .help = "Node pool that its pods are placed on; any that has room when absent." },
    { FIELD(replicas, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1e5, .def = "1",
      .help = "Replicas at time 0, ready and warm." },
    { FIELD(load_balancing, int), .type = HR_KEY_ENUM, .choices = hr_routing_choices,
      .def = "least_outstanding", .help = "How requests are spread over the replicas." },
    { FIELD(startup_time, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_dist_keys,
      .def = "0s", .help = "Time from the start of a replica until it is ready." },
    { FIELD(resources, struct hr_resources_spec *), .type = HR_KEY_GROUP,
      .table = &hr_resources_keys,
      .help = "CPU and memory of a replica; without limits nothing is throttled or killed." },
    { FIELD(failures, struct hr_failures_spec *), .type = HR_KEY_GROUP, .table = &hr_failures_keys,
      .help = "Failure and repair of replicas; they do not fail when absent." },
    { FIELD(usd_per_hour, double), .type = HR_KEY_REAL, .max = 1e9, .def = "0",
      .help = "Price of one replica, up or down. On node pools the nodes are paid for." },
    { FIELD(min_ready, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1e5, .def = "1",
      .help = "Ready replicas from which on the deployment counts as available." },
    { POD(kind, int), .type = HR_KEY_ENUM, .choices = hr_set_kind_choices, .def = "deployment",
      .help = "Whether its pods are all alike or stand in order." },
    { POD(pod_management, int), .type = HR_KEY_ENUM, .choices = hr_pod_management_choices,
      .def = "ordered_ready", .help = "Whether the pods of a stateful set come and go in order." },
    { POD(image_size, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .max = 1e15,
      .def = "0", .help = "Container image that a node gets before the first pod with it starts." },
    { POD(model_size, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .max = 1e15,
      .def = "0",
      .help = "Weights that a container loads after its start-up, at the node pool's "
              "model_load_bandwidth." },
    { POD(model_load_time, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_dist_keys,
      .help = "Time that loading takes, instead of size over bandwidth." },
    { POD(startup_probe, struct hr_probe_spec *), .type = HR_KEY_GROUP, .table = &hr_probe_keys,
      .help = "Holds the other probes back until it succeeds, and restarts containers that take "
              "too long." },
    { POD(readiness_probe, struct hr_probe_spec *), .type = HR_KEY_GROUP, .table = &hr_probe_keys,
      .help = "Decides which pods get requests; without it they do as soon as they serve." },
    { POD(liveness_probe, struct hr_probe_spec *), .type = HR_KEY_GROUP, .table = &hr_probe_keys,
      .help = "Restarts containers that do not answer." },
    { POD(min_ready_time, hr_time), DURATION, .def = "0s",
      .help = "A pod that has been ready for longer counts as available." },
    { POD(termination_grace_period, hr_time), DURATION, .def = "30s",
      .help = "Time from the deletion of a pod until it is killed." },
    { POD(pre_stop, hr_time), DURATION, .def = "0s",
      .help = "Time that a deleted pod goes on to serve before it is told to stop." },
    { POD(strategy, struct hr_strategy_spec *), .type = HR_KEY_GROUP, .table = &hr_strategy_keys,
      .help = "How a new version takes the place of the old one." },
    { POD(disruption_budget, struct hr_budget_spec *), .type = HR_KEY_GROUP,
      .table = &hr_budget_keys, .help = "Pods that drains and node autoscalers must leave." },
    { FIELD(scheduling, struct hr_scheduling_spec *), .type = HR_KEY_GROUP,
      .table = &hr_scheduling_keys, .help = "What the pods ask of nodes, and their priority." },
    { FIELD(autoscaler, struct hr_autoscaler_spec *), .type = HR_KEY_GROUP,
      .table = &hr_autoscaler_keys, .help = "What changes the number of replicas." },
};

static const struct hr_key_table deployment_table = {
    .name = "deployment",
    .size = sizeof(struct hr_deployment_spec),
    .keys = deployment_keys,
    .n_keys = HR_KEY_COUNT(deployment_keys),
};

#undef FIELD
#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_spec, field, ctype)

static const struct hr_key spec_keys[] = {
    { FIELD(name, const char *), .type = HR_KEY_NAME, .required = true,
      .help = "Name of the scenario." },
    { FIELD(title, const char *), .type = HR_KEY_TEXT, .def = "",
      .help = "One line that says what the scenario is." },
    { FIELD(description, const char *), .type = HR_KEY_TEXT, .def = "",
      .help = "Some lines on what the scenario is for." },
    { FIELD(start, int64_t), .type = HR_KEY_TIMESTAMP, .def = "1970-01-01T00:00:00Z",
      .help = "Date and time at which the run starts; the default stands for none." },
    { FIELD(timezone, const char *), .type = HR_KEY_TEXT, .def = "UTC",
      .help = "Time zone of the load (IANA name), for times of day and weekdays." },
    { FIELD(duration, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .min_open = true,
      .max = 3.15576e9, .required = true,
      .help = "Simulated time of one replication, the warm-up included." },
    { FIELD(warmup, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = 3.15576e9,
      .def = "auto", .word = "auto", .word_value = HR_AUTO,
      .help = "Time at the start that is not measured; auto is 0 when the load changes with time "
              "or there is an autoscaler, else found by MSER-5." },
    { FIELD(seed, int64_t), .type = HR_KEY_INT, .max = 9007199254740992.0, .def = "1",
      .help = "Seed of all random numbers." },
    { FIELD(replications, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1e5, .def = "10",
      .help = "Independent runs that the results are pooled from." },
    { FIELD(series_step, hr_time), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION,
      .min_open = true, .max = 3.15576e9, .def = "auto", .word = "auto", .word_value = HR_AUTO,
      .help = "Step of the time series; auto gives about 200 steps." },
    { FIELD(models, struct hr_list), .type = HR_KEY_LIST, .table = &hr_model_keys, .required = true,
      .n_min = 1, .n_max = 1000, .help = "What replicas do with a request." },
    { FIELD(deployments, struct hr_list), .type = HR_KEY_LIST, .table = &deployment_table,
      .required = true, .n_min = 1, .n_max = 1000,
      .help = "Groups of like replicas, each behind a load balancer." },
    { FIELD(workloads, struct hr_list), .type = HR_KEY_LIST, .table = &hr_workload_keys,
      .required = true, .n_min = 1, .n_max = 1000,
      .help = "Streams of requests and the clients behind them." },
    { FIELD(instance_types, struct hr_list), .type = HR_KEY_LIST, .table = &hr_instance_keys,
      .n_max = 1000, .help = "Instance types that the catalog does not have." },
    { FIELD(node_pools, struct hr_list), .type = HR_KEY_LIST, .table = &hr_node_pool_keys,
      .n_max = 1000,
      .help = "Groups of like nodes that pods are placed on; there is room for all when absent." },
    { FIELD(node_autoscaler, struct hr_node_autoscaler_spec *), .type = HR_KEY_GROUP,
      .table = &hr_node_autoscaler_keys,
      .help = "What adds and removes nodes; their number stays when absent." },
    { FIELD(cluster, struct hr_cluster_spec *), .type = HR_KEY_GROUP, .table = &hr_cluster_keys,
      .help = "Flags of the control plane and the cloud; all at their defaults when absent." },
    { FIELD(scheduler, struct hr_scheduler_spec *), .type = HR_KEY_GROUP,
      .table = &hr_scheduler_keys, .help = "How nodes are chosen for pods." },
    { FIELD(jobs, struct hr_list), .type = HR_KEY_LIST, .table = &hr_job_keys, .n_max = 1000,
      .help = "Work that ends and competes with the deployments for nodes." },
    { FIELD(events, struct hr_list), .type = HR_KEY_LIST, .table = &hr_action_keys, .n_max = 10000,
      .help = "What somebody does, or what happens, at given times." },
    { FIELD(slos, struct hr_list), .type = HR_KEY_LIST, .table = &hr_slo_keys, .n_max = 1000,
      .help = "Objectives that the results are held against." },
};

static void check_spec(const void *group, struct hr_key_check *check)
{
    const struct hr_spec *spec = group;
    if (spec->start < 0)
        check->fail(check, "start", "lies before 1970", NULL);
    else if (spec->start > INT64_MAX - 2 * spec->duration - 2 * HR_NS_PER_DAY)
        check->fail(check, "start", "leads beyond the year 2262", NULL);
    if (spec->warmup >= spec->duration)
        check->fail(check, "warmup", "leaves nothing of the duration to measure",
                    "the duration includes the warm-up");
    if (spec->series_step > spec->duration)
        check->fail(check, "series_step", "is longer than the duration", NULL);
    if (spec->series_step > 0 && spec->duration / spec->series_step > SERIES_STEPS_MAX)
        check->fail(check, "series_step", "divides the duration into more than 100000 steps", NULL);
}

const struct hr_key_table hr_spec_keys = {
    .name = "scenario",
    .size = sizeof(struct hr_spec),
    .keys = spec_keys,
    .n_keys = HR_KEY_COUNT(spec_keys),
    .check = check_spec,
};
