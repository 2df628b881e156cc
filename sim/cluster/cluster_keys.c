/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of the cluster around the nodes: the flags of Kubernetes' control plane, and the cloud's. */
#include "cluster/node_pool_spec.h"

#define TIME_S_MAX 1e9

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_cluster_spec, field, ctype)
#define DURATION            .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = TIME_S_MAX
#define ABOVE_0             .min_open = true
#define RATE                .type = HR_KEY_QUANTITY, .unit = HR_UNIT_RATE, .max = 1e6

static const struct hr_key cluster_keys[] = {
    { FIELD(lease_renew_interval, hr_time), DURATION, ABOVE_0, .def = "10s",
      .help = "Time between two heartbeats of a node." },
    { FIELD(node_monitor_period, hr_time), DURATION, ABOVE_0, .def = "5s",
      .help = "Time between two looks at the heartbeats." },
    { FIELD(node_monitor_grace_period, hr_time), DURATION, .def = "40s",
      .help = "Age of the last heartbeat from which on a node counts as lost." },
    { FIELD(unreachable_toleration, hr_time), DURATION, .def = "300s", .word = "never",
      .word_value = HR_TIME_NEVER,
      .help = "Time from then until pods that do not say otherwise are evicted." },
    { FIELD(eviction_rate, double), RATE, .def = "0.1/s",
      .help = "Lost nodes whose pods are evicted, in each zone." },
    { FIELD(secondary_eviction_rate, double), RATE, .def = "0.01/s",
      .help = "The same in a zone in which many are lost." },
    { FIELD(unhealthy_zone_threshold, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE,
      .max = 1, .def = "55%", .help = "Share of lost nodes, three at least, that is many." },
    { FIELD(large_cluster_size_threshold, int64_t), .type = HR_KEY_INT, .max = 1e9, .def = "50",
      .help = "Up to this many nodes in that zone there are no evictions at all then." },
    { FIELD(dead_node_removal, hr_time), DURATION, .def = "never", .word = "never",
      .word_value = HR_TIME_NEVER,
      .help = "Time from the detection of a lost node until the cloud deletes it, upon which its "
              "pods are replaced." },
    { FIELD(pod_gc_period, hr_time), DURATION, ABOVE_0, .def = "20s",
      .help = "Time between two collections of pods whose node is gone." },
    { FIELD(orphan_quarantine, hr_time), DURATION, .def = "40s",
      .help = "Time that a node must be gone for that." },
    { FIELD(endpoint_delay, const struct hr_dist_spec *), .type = HR_KEY_GROUP,
      .table = &hr_dist_keys, .def = "1s",
      .help = "Time from a change of readiness until load balancers follow it." },
};

const struct hr_key_table hr_cluster_keys = {
    .name = "cluster",
    .size = sizeof(struct hr_cluster_spec),
    .keys = cluster_keys,
    .n_keys = HR_KEY_COUNT(cluster_keys),
};

struct hr_cluster_spec hr_cluster_spec_default(void)
{
    static const struct hr_dist_spec endpoint_delay = { .kind = HR_DIST_CONSTANT,
                                                        .mean = HR_NS_PER_S };
    return (struct hr_cluster_spec){
        .lease_renew_interval = 10 * HR_NS_PER_S,
        .node_monitor_period = 5 * HR_NS_PER_S,
        .node_monitor_grace_period = 40 * HR_NS_PER_S,
        .unreachable_toleration = 300 * HR_NS_PER_S,
        .eviction_rate = 0.1,
        .secondary_eviction_rate = 0.01,
        .unhealthy_zone_threshold = 0.55,
        .large_cluster_size_threshold = 50,
        .dead_node_removal = HR_TIME_NEVER,
        .pod_gc_period = 20 * HR_NS_PER_S,
        .orphan_quarantine = 40 * HR_NS_PER_S,
        .endpoint_delay = &endpoint_delay,
    };
}
