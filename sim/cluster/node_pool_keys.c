/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of instance types and node pools; those of the groups within stand in node_pool_parts.c. */
#include "cluster/node_pool_parts.h"

#include <string.h>

#define NODES_MAX 1e5
#define USD_MAX   1e9

#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_instance_spec, field, ctype)
#define USD   .type = HR_KEY_REAL, .max = USD_MAX
#define WATTS .type = HR_KEY_REAL, .min_open = true, .max = 1e9
#define BYTES .type = HR_KEY_QUANTITY, .unit = HR_UNIT_BYTES, .min_open = true, .max = 1e18

static const struct hr_key instance_keys[] = {
    { FIELD(name, const char *), .type = HR_KEY_NAME, .required = true,
      .help = "Name by which node pools refer to the type." },
    { FIELD(cpu, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_CPU, .min_open = true,
      .max = 1e6, .required = true, .help = "CPU cores of a machine." },
    { FIELD(memory, double), BYTES, .required = true, .help = "Memory of a machine." },
    { FIELD(gpus, int64_t), .type = HR_KEY_INT, .max = 1e3, .def = "0",
      .help = "GPUs of a machine." },
    { FIELD(gpu_model, const char *), .type = HR_KEY_TEXT, .def = "",
      .help = "Model of its GPUs, as the catalog names them (A100-40GB, H100)." },
    { FIELD(gpu_memory, double), BYTES, .help = "Memory of one GPU." },
    { FIELD(usd_per_hour, double), USD, .def = "0", .help = "Price of a machine on demand." },
    { FIELD(usd_per_hour_spot, double), USD, .min_open = true,
      .help = "Price as spot; not to be had as spot when absent." },
    { FIELD(watts_idle, double), WATTS, .help = "Power without any load, GPUs included." },
    { FIELD(watts_max, double), WATTS, .help = "Power at full load, GPUs included." },
};

static void check_instance(const void *group, struct hr_key_check *check)
{
    const struct hr_instance_spec *spec = group;
    if (spec->gpus == 0 && spec->gpu_model[0])
        check->fail(check, "gpu_model", "is given, but there are no gpus", NULL);
    if (spec->gpus == 0 && spec->gpu_memory > 0)
        check->fail(check, "gpu_memory", "is given, but there are no gpus", NULL);
    if ((spec->watts_max > 0) != (spec->watts_idle > 0))
        check->fail(check, spec->watts_max > 0 ? "watts_idle" : "watts_max", "is missing",
                    "give both watts_idle and watts_max, or neither");
    else if (spec->watts_max < spec->watts_idle)
        check->fail(check, "watts_max", "is below watts_idle", NULL);
}

const struct hr_key_table hr_instance_keys = {
    .name = "instance type",
    .size = sizeof(struct hr_instance_spec),
    .keys = instance_keys,
    .n_keys = HR_KEY_COUNT(instance_keys),
    .check = check_instance,
};

#undef FIELD
#define FIELD(field, ctype)                                                                        \
    .name = #field, .offset = HR_FIELD(struct hr_node_pool_spec, field, ctype)
#define TIMES    .type = HR_KEY_GROUP, .table = &hr_dist_keys
#define RESERVED HR_WHEN(HR_PURCHASE_RESERVED)
#define SPOT     HR_WHEN(HR_PURCHASE_SPOT)
#define NODES    .type = HR_KEY_INT, .max = NODES_MAX
#define AUTO     .def = "auto", .word = "auto", .word_value = HR_AUTO

static const struct hr_choice purchase_choices[] = {
    { "on_demand", HR_PURCHASE_ON_DEMAND, "At the list price, for as long as it is used." },
    { "reserved", HR_PURCHASE_RESERVED, "At a discount, for a promise to the cloud." },
    { "spot", HR_PURCHASE_SPOT, "At the spot price; the cloud may take nodes back." },
    { NULL, 0, NULL },
};

static const struct hr_choice replace_choices[] = {
    { "auto", HR_REPLACE_AUTO,
      "As always; as never when the node_autoscaler is karpenter, which only follows pods." },
    { "always", HR_REPLACE_ALWAYS,
      "The node group of the cloud keeps its size and starts another." },
    { "never", HR_REPLACE_NEVER, "The pool has a node less." },
    { NULL, 0, NULL },
};

static const struct hr_key node_pool_keys[] = {
    { FIELD(name, const char *), .type = HR_KEY_NAME, .required = true,
      .help = "Name by which deployments and events refer to the pool." },
    { FIELD(instance, const char *), .type = HR_KEY_TEXT, .required = true,
      .help = "Type of its nodes: of the catalog (headroom instances), such as aws/m6i.2xlarge, or "
              "a name out of instance_types." },
    { FIELD(purchase, int), .type = HR_KEY_ENUM, .choices = purchase_choices, .def = "on_demand",
      .help = "How nodes are paid for." },
    { FIELD(discount, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .min_open = true,
      .max = 1, .max_open = true, .when = RESERVED, .help = "Off the price on demand." },
    { FIELD(usd_per_hour, double), USD, AUTO,
      .help = "Price of one node; auto is that of the instance type for this purchase." },
    { FIELD(nodes, int64_t), NODES, AUTO,
      .help = "Nodes at time 0, ready; auto is 1, or with a spot_trace those of the trace." },
    { FIELD(min_nodes, int64_t), NODES, AUTO,
      .help = "Fewest nodes that the node_autoscaler leaves; auto is as nodes, with karpenter 0." },
    { FIELD(max_nodes, int64_t), NODES, AUTO,
      .help = "Most nodes that the node_autoscaler asks for; auto is as nodes, with karpenter as "
              "many as the quota." },
    { FIELD(zones, struct hr_list), .type = HR_KEY_ARRAY, .element = HR_KEY_NAME, .n_min = 1,
      .n_max = 100, .single_ok = true,
      .help = "Zones that its nodes are spread over evenly; one zone, a, when absent." },
    { FIELD(provision_time, struct hr_dist_spec *), TIMES, .def = "90s",
      .help = "Time from the request for a node until the cloud has started the machine." },
    { FIELD(boot_time, struct hr_dist_spec *), TIMES, .def = "30s",
      .help = "Time from then until the node is ready." },
    { FIELD(gpu_driver_time, struct hr_dist_spec *), TIMES, .def = "120s",
      .help = "Time from then until GPUs can be used; only of nodes that have some." },
    { FIELD(image_pull_bandwidth, double), BYTES, .def = "100M",
      .help = "Image bytes a second that a node pulls." },
    { FIELD(model_load_bandwidth, double), BYTES, .def = "500M",
      .help = "Model bytes a second that a node loads." },
    { FIELD(reserved, struct hr_reserved_spec *), .type = HR_KEY_GROUP, .table = &hr_reserved_keys,
      .help = "What the system keeps for itself on a node; all auto when absent." },
    { FIELD(max_pods, int64_t), .type = HR_KEY_INT, .min = 1, .max = 1e4, .def = "110",
      .help = "Pods that a node takes at most." },
    { FIELD(labels, struct hr_list), .type = HR_KEY_LIST, .table = &hr_label_keys, .n_max = 100,
      .help = "Labels of its nodes, beside those of zone, type and purchase." },
    { FIELD(taints, struct hr_list), .type = HR_KEY_LIST, .table = &hr_taint_keys, .n_max = 100,
      .help = "Taints of its nodes, which keep pods off that do not tolerate them." },
    { FIELD(mig, const char *), .type = HR_KEY_TEXT,
      .help = "MIG profile that each GPU is cut into, such as 1g.10gb; whole GPUs when absent." },
    { FIELD(gpu_time_slices, int64_t), .type = HR_KEY_INT, .min = 1, .max = 100, .def = "1",
      .help = "Pods that share a GPU in turn." },
    { FIELD(failures, struct hr_outages_spec *), .type = HR_KEY_GROUP, .table = &hr_outages_keys,
      .help = "Failure and repair of nodes; they do not fail when absent." },
    { FIELD(gpu_failures, struct hr_outages_spec *), .type = HR_KEY_GROUP,
      .table = &hr_outages_keys,
      .help = "Failure and repair of each GPU; they do not fail when absent." },
    { FIELD(spot, struct hr_spot_spec *), .type = HR_KEY_GROUP, .table = &hr_spot_keys,
      .when = SPOT, .help = "When the cloud takes nodes back." },
    { FIELD(spot_trace, const char *), .type = HR_KEY_PATH, .when = SPOT,
      .help = "CSV file without header of milliseconds, add or remove, and a node: the nodes that "
              "there are, instead of a number of them." },
    { FIELD(slow, struct hr_slow_spec *), .type = HR_KEY_GROUP, .table = &hr_slow_keys,
      .help = "Nodes that serve slowly for a while; none do when absent." },
    { FIELD(provision_failure, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = 1,
      .def = "0%", .help = "Probability that a node that was asked for never comes." },
    { FIELD(out_of_capacity, struct hr_list), .type = HR_KEY_LIST,
      .table = &hr_out_of_capacity_keys, .n_max = 101, .single_ok = true,
      .help = "Zones in which the cloud may have no machine of this type left." },
    { FIELD(quota, int64_t), .type = HR_KEY_INT, .max = 1e9, .def = "unlimited",
      .word = "unlimited", .word_value = HR_UNLIMITED,
      .help = "Nodes of the pool that the cloud account allows." },
    { FIELD(priority, int64_t), .type = HR_KEY_INT, .min = -1e9, .max = 1e9, .def = "0",
      .help = "Rank of the pool for the expander priority; the highest grows first." },
    { FIELD(billing, struct hr_billing_spec *), .type = HR_KEY_GROUP, .table = &hr_billing_keys,
      .help = "How the time of a node is billed; by the second, at least a minute, when absent." },
    { FIELD(replace, int), .type = HR_KEY_ENUM, .choices = replace_choices, .def = "auto",
      .help = "Whether another node follows one that is gone for good." },
};

/* Whether the first n zones hold this one. */
static bool holds(const struct hr_list *zones, size_t n, const char *zone)
{
    const char *const *names = zones->items;
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], zone) == 0)
            return true;
    return false;
}

static void check_zones(const struct hr_node_pool_spec *spec, struct hr_key_check *check)
{
    const char *const *zones = spec->zones.items;
    for (size_t i = 1; i < spec->zones.n; i++)
        if (holds(&spec->zones, i, zones[i]))
            check->fail(check, "zones", "has a zone twice", NULL);
    const struct hr_out_of_capacity_spec *lacks = spec->out_of_capacity.items;
    for (size_t i = 0; i < spec->out_of_capacity.n; i++) {
        const char *zone = lacks[i].zone;
        if (zone && !holds(&spec->zones, spec->zones.n, zone) &&
            (spec->zones.n > 0 || strcmp(zone, HR_ZONE_DEFAULT) != 0))
            check->fail(check, "out_of_capacity", "names a zone that the pool is not in",
                        "leave out the zone for all of them");
        for (size_t j = 0; j < i; j++)
            if (zone ? lacks[j].zone && strcmp(zone, lacks[j].zone) == 0 : !lacks[j].zone)
                check->fail(check, "out_of_capacity", "has two entries for the same zone", NULL);
    }
}

static void check_nodes(const struct hr_node_pool_spec *spec, struct hr_key_check *check)
{
    const int64_t nodes = hr_node_pool_nodes(spec);
    if (spec->spot_trace &&
        (spec->nodes != HR_AUTO || spec->min_nodes != HR_AUTO || spec->max_nodes != HR_AUTO))
        check->fail(check, "spot_trace", "says how many nodes there are",
                    "leave out nodes, min_nodes and max_nodes");
    else if (hr_node_pool_nodes_min(spec) > nodes)
        check->fail(check, "nodes", "is below min_nodes", NULL);
    else if (hr_node_pool_nodes_max(spec) < nodes)
        check->fail(check, "nodes", "is above max_nodes", NULL);
    else if (nodes > spec->quota)
        check->fail(check, "nodes", "is above the quota", NULL);
}

static void check_pool(const void *group, struct hr_key_check *check)
{
    const struct hr_node_pool_spec *spec = group;
    check_nodes(spec, check);
    check_zones(spec, check);
    if (spec->purchase == HR_PURCHASE_RESERVED && (spec->discount > 0) == (spec->usd_per_hour >= 0))
        check->fail(check, "discount", "a reserved pool has either a discount or a usd_per_hour",
                    NULL);
    if (spec->mig && spec->gpu_time_slices > 1)
        check->fail(check, "gpu_time_slices", "cannot be had together with mig", NULL);
}

const struct hr_key_table hr_node_pool_keys = {
    .name = "node pool",
    .size = sizeof(struct hr_node_pool_spec),
    .keys = node_pool_keys,
    .n_keys = HR_KEY_COUNT(node_pool_keys),
    .selector = "purchase",
    .check = check_pool,
};

int64_t hr_node_pool_nodes(const struct hr_node_pool_spec *pool)
{
    if (pool->nodes != HR_AUTO)
        return pool->nodes;
    return pool->spot_trace ? 0 : 1;
}

int64_t hr_node_pool_nodes_min(const struct hr_node_pool_spec *pool)
{
    return pool->min_nodes != HR_AUTO ? pool->min_nodes : hr_node_pool_nodes(pool);
}

int64_t hr_node_pool_nodes_max(const struct hr_node_pool_spec *pool)
{
    return pool->max_nodes != HR_AUTO ? pool->max_nodes : hr_node_pool_nodes(pool);
}
