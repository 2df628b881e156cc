/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of autoscalers of nodes, with the defaults of the programs (2026). */
#include "cluster/expander.h"
#include "cluster/node_autoscaler_spec.h"

#include <math.h>

#define TIME_S_MAX 1e9

#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_node_autoscaler_spec, field, ctype)

#define CA        .when = HR_WHEN(HR_CLUSTER_AUTOSCALER)
#define KARPENTER .when = HR_WHEN(HR_KARPENTER)
#define DURATION  .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = TIME_S_MAX
#define ABOVE_0   .min_open = true
#define SHARE     .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = 1
#define COUNT     .type = HR_KEY_INT, .max = 1e9
#define NEVER     .word = "never", .word_value = HR_TIME_NEVER

static const struct hr_choice type_choices[] = {
    { "cluster_autoscaler", HR_CLUSTER_AUTOSCALER,
      "The Cluster Autoscaler of Kubernetes: grows and shrinks the pools." },
    { "karpenter", HR_KARPENTER,
      "Karpenter: starts the cheapest nodes that do, and consolidates." },
    { NULL, 0, NULL },
};

static const struct hr_choice expander_choices[] = {
    { "least_waste", HR_EXPANDER_LEAST_WASTE, "The least cpu and memory left free." },
    { "most_pods", HR_EXPANDER_MOST_PODS, "The most pods placed." },
    { "least_nodes", HR_EXPANDER_LEAST_NODES, "The fewest nodes added." },
    { "priority", HR_EXPANDER_PRIORITY, "The highest priority of the pool." },
    { "price", HR_EXPANDER_PRICE, "The lowest price for what is asked, larger nodes preferred." },
    { "random", HR_EXPANDER_RANDOM, "Any of them by chance." },
    { NULL, 0, NULL },
};

static const struct hr_choice policy_choices[] = {
    { "when_empty", HR_CONSOLIDATE_WHEN_EMPTY, "Only nodes without pods." },
    { "when_empty_or_underutilized", HR_CONSOLIDATE_WHEN_EMPTY_OR_UNDERUTILIZED,
      "Also nodes whose pods fit elsewhere, or on one that costs less." },
    { NULL, 0, NULL },
};

static const struct hr_key node_autoscaler_keys[] = {
    { FIELD(type, int), .type = HR_KEY_ENUM, .choices = type_choices, .required = true,
      .help = "Which program adds and removes nodes." },
    { FIELD(scan_interval, hr_time), DURATION, ABOVE_0, .def = "10s", CA,
      .help = "Time between two loops." },
    { FIELD(new_pod_scale_up_delay, hr_time), DURATION, .def = "0s", CA,
      .help = "Pods younger than this do not make it add nodes." },
    { FIELD(max_node_provision_time, hr_time), DURATION, ABOVE_0, .def = "15m", CA,
      .help = "Time after which a node that has not come counts as failed." },
    { FIELD(initial_node_group_backoff_duration, hr_time), DURATION, .def = "5m", CA,
      .help = "Time that a pool which failed to grow is left alone; it doubles each time." },
    { FIELD(max_node_group_backoff_duration, hr_time), DURATION, .def = "30m", CA,
      .help = "Longest such time." },
    { FIELD(node_group_backoff_reset_timeout, hr_time), DURATION, .def = "3h", CA,
      .help = "Time without a failure after which it begins anew." },
    { FIELD(expander, struct hr_list), .type = HR_KEY_ARRAY, .element = HR_KEY_ENUM,
      .choices = expander_choices, .n_min = 1, .n_max = 6, .single_ok = true, CA,
      .help = "Which pool grows when several could: the first word decides, the next one among "
              "equals, at last chance; least_waste when absent." },
    { FIELD(max_nodes_per_scaleup, int64_t), COUNT, .min = 1, .def = "1000", CA,
      .help = "Nodes that one loop adds at most." },
    { FIELD(max_nodes_total, int64_t), COUNT, .min = 1, .def = "unlimited", .word = "unlimited",
      .word_value = HR_UNLIMITED, CA, .help = "Nodes of all pools beyond which none is added." },
    { FIELD(balance_similar_node_groups, bool), .type = HR_KEY_BOOL, .def = "false", CA,
      .help = "Whether new nodes are spread over pools of the same type." },
    { FIELD(expendable_pods_priority_cutoff, int64_t), .type = HR_KEY_INT, .min = -2147483648.0,
      .max = 1e9, .def = "-10", CA,
      .help = "Pods of a priority below this add and keep no nodes." },
    { FIELD(ok_total_unready_count, int64_t), COUNT, .def = "3", CA,
      .help = "Nodes that may be unready without the loop being skipped." },
    { FIELD(max_total_unready_percentage, double), SHARE, .def = "45%", CA,
      .help = "Share of nodes that may be." },
    { FIELD(scale_down_enabled, bool), .type = HR_KEY_BOOL, .def = "true", CA,
      .help = "Whether nodes are removed at all." },
    { FIELD(scale_down_unneeded_time, hr_time), DURATION, .def = "10m", CA,
      .help = "Time that a node must have been unneeded to be removed." },
    { FIELD(scale_down_unready_time, hr_time), DURATION, .def = "20m", CA,
      .help = "The same of a node that is not ready." },
    { FIELD(scale_down_delay_after_add, hr_time), DURATION, .def = "10m", CA,
      .help = "Time after nodes were added in which none is removed." },
    { FIELD(scale_down_delay_after_delete, hr_time), DURATION, .def = "0s", CA,
      .help = "Time after a removal in which no other begins." },
    { FIELD(scale_down_delay_after_failure, hr_time), DURATION, .def = "3m", CA,
      .help = "Time after a failed removal in which no other begins." },
    { FIELD(scale_down_utilization_threshold, double), SHARE, .def = "50%", CA,
      .help = "Requests over allocatable, of cpu or memory, up to which a node may go." },
    { FIELD(scale_down_gpu_utilization_threshold, double), SHARE, .def = "50%", CA,
      .help = "The same of the GPUs of a node that has some." },
    { FIELD(max_scale_down_parallelism, int64_t), COUNT, .min = 1, .def = "10", CA,
      .help = "Nodes being removed at once." },
    { FIELD(max_drain_parallelism, int64_t), COUNT, .min = 1, .def = "1", CA,
      .help = "Those of them from which pods must be moved." },
    { FIELD(unremovable_node_recheck_timeout, hr_time), DURATION, .def = "5m", CA,
      .help = "Time until a node that could not be removed is looked at again." },
    { FIELD(max_graceful_termination, hr_time), DURATION, .def = "600s", CA,
      .help = "Time that pods of a node to be removed may take to end." },
    { FIELD(max_pod_eviction_time, hr_time), DURATION, .def = "2m", CA,
      .help = "Time that their evictions are tried again." },
    { FIELD(node_delete_delay_after_taint, hr_time), DURATION, .def = "5s", CA,
      .help = "Time between the taint of a node to be removed and its drain." },
    { FIELD(batch_idle_duration, hr_time), DURATION, .def = "1s", KARPENTER,
      .help = "Nodes are planned once no pod has become pending for this long." },
    { FIELD(batch_max_duration, hr_time), DURATION, ABOVE_0, .def = "10s", KARPENTER,
      .help = "Longest time that the first of the pending pods waits for that." },
    { FIELD(consolidation_policy, int), .type = HR_KEY_ENUM, .choices = policy_choices,
      .def = "when_empty_or_underutilized", KARPENTER, .help = "Which nodes are given up." },
    { FIELD(consolidate_after, hr_time), DURATION, .def = "0s", NEVER, KARPENTER,
      .help = "Time without a change of its pods that a node must have had for that." },
    { FIELD(disruption_interval, hr_time), DURATION, ABOVE_0, .def = "10s", KARPENTER,
      .help = "Time between two looks for nodes to be given up." },
    { FIELD(validation_delay, hr_time), DURATION, .def = "15s", KARPENTER,
      .help = "Time after which such a decision is made anew, and carried out if it still holds." },
    { FIELD(disruption_budget, double), SHARE, .def = "10%", KARPENTER,
      .help = "Nodes of a pool that may be given up at once, rounded up." },
    { FIELD(expire_after, hr_time), DURATION, ABOVE_0, .def = "720h", NEVER, KARPENTER,
      .help = "Age at which a node is replaced." },
    { FIELD(spot_to_spot_consolidation, bool), .type = HR_KEY_BOOL, .def = "false", KARPENTER,
      .help = "Whether a spot node may be replaced by a cheaper spot node." },
};

static void check_node_autoscaler(const void *group, struct hr_key_check *check)
{
    const struct hr_node_autoscaler_spec *spec = group;
    const double percent = 100 * spec->disruption_budget;
    if (spec->type == HR_CLUSTER_AUTOSCALER &&
        spec->initial_node_group_backoff_duration > spec->max_node_group_backoff_duration)
        check->fail(check, "initial_node_group_backoff_duration",
                    "is above max_node_group_backoff_duration", NULL);
    if (spec->type == HR_KARPENTER && spec->batch_idle_duration > spec->batch_max_duration)
        check->fail(check, "batch_idle_duration", "is above batch_max_duration", NULL);
    if (spec->type == HR_KARPENTER && fabs(percent - round(percent)) > 1e-9)
        check->fail(check, "disruption_budget", "is no whole percentage", NULL);
}

const struct hr_key_table hr_node_autoscaler_keys = {
    .name = "node autoscaler",
    .size = sizeof(struct hr_node_autoscaler_spec),
    .keys = node_autoscaler_keys,
    .n_keys = HR_KEY_COUNT(node_autoscaler_keys),
    .selector = "type",
    .check = check_node_autoscaler,
};
