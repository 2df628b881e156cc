/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of the list of events. */
#include "cluster/action_spec.h"

#define TIME_S_MAX 3.15576e9 /* as the duration of a scenario */

#define FIELD(field, ctype) .name = #field, .offset = HR_FIELD(struct hr_action_spec, field, ctype)
#define DURATION            .type = HR_KEY_QUANTITY, .unit = HR_UNIT_DURATION, .max = TIME_S_MAX
#define ABOVE_0             .min_open = true
#define COUNT               .type = HR_KEY_INT, .min = 1, .max = 1e5
#define NAMED(names)        .type = HR_KEY_REF, .list = (names)

#define ON(action)      HR_WHEN(HR_ACTION_##action)
#define ON_ROLLOUT      (ON(ROLLOUT) | ON(ROLLBACK) | ON(PAUSE_ROLLOUT) | ON(RESUME_ROLLOUT))
#define ON_DEPLOYMENT   (ON_ROLLOUT | ON(SCALE) | ON(POD_CRASH))
#define ON_MAINTENANCE  (ON(DRAIN) | ON(CORDON) | ON(UNCORDON))
#define ON_ONE_NODE     (ON(NODE_FAILURE) | ON(GPU_FAILURE) | ON(SLOW_NODE))
#define ON_NODES        (ON_MAINTENANCE | ON_ONE_NODE)
#define ON_POOL_IN_ZONE (ON_NODES | ON(SPOT_INTERRUPTION) | ON(PROVISIONING_FAILURE))
#define ON_POOL         (ON_POOL_IN_ZONE | ON(RESIZE_POOL))

static const struct hr_choice action_choices[] = {
    { "scale", HR_ACTION_SCALE, "Somebody sets the replicas of a deployment." },
    { "rollout", HR_ACTION_ROLLOUT, "A new version of a deployment is rolled out." },
    { "rollback", HR_ACTION_ROLLBACK, "The version before the last is rolled out again." },
    { "pause_rollout", HR_ACTION_PAUSE_ROLLOUT, "The rollout stops where it stands." },
    { "resume_rollout", HR_ACTION_RESUME_ROLLOUT, "The rollout goes on." },
    { "pod_crash", HR_ACTION_POD_CRASH, "The containers of some pods crash." },
    { "drain", HR_ACTION_DRAIN, "Nodes are cordoned, and their pods evicted." },
    { "cordon", HR_ACTION_CORDON, "Nodes take no further pods." },
    { "uncordon", HR_ACTION_UNCORDON, "Nodes take pods again." },
    { "node_failure", HR_ACTION_NODE_FAILURE, "A node dies, or all of a pool in a zone." },
    { "zone_outage", HR_ACTION_ZONE_OUTAGE, "All nodes of a zone die, whatever their pool." },
    { "spot_interruption", HR_ACTION_SPOT_INTERRUPTION, "The cloud takes spot nodes back." },
    { "gpu_failure", HR_ACTION_GPU_FAILURE, "GPUs of a node fail." },
    { "slow_node", HR_ACTION_SLOW_NODE, "A node serves, but slowly." },
    { "provisioning_failure", HR_ACTION_PROVISIONING_FAILURE,
      "Nodes that are asked for do not come." },
    { "resize_pool", HR_ACTION_RESIZE_POOL, "Somebody sets the nodes of a pool." },
    { "spike", HR_ACTION_SPIKE, "More requests, or fewer, arrive for a while." },
    { NULL, 0, NULL },
};

static const struct hr_key action_keys[] = {
    { FIELD(at, hr_time), DURATION, .required = true, .help = "Time from the start of the run." },
    { FIELD(action, int), .type = HR_KEY_ENUM, .choices = action_choices, .required = true,
      .help = "What happens." },
    { FIELD(deployment, int64_t), NAMED("deployments"), .required = true, .when = ON_DEPLOYMENT,
      .help = "Deployment that it happens to." },
    { FIELD(replicas, int64_t), .type = HR_KEY_INT, .max = 1e5, .required = true, .when = ON(SCALE),
      .help = "Replicas from then on." },
    { FIELD(version, const char *), .type = HR_KEY_TEXT, .required = true, .when = ON(ROLLOUT),
      .help = "Name of the new version." },
    { FIELD(error_rate, double), .type = HR_KEY_QUANTITY, .unit = HR_UNIT_SHARE, .max = 1,
      .def = "0%", .when = ON(ROLLOUT),
      .help = "Share of its requests that the new version fails." },
    { FIELD(service_time_factor, double), .type = HR_KEY_REAL, ABOVE_0, .max = 1e6, .def = "1",
      .when = ON(ROLLOUT),
      .help = "Service times of the new version as a multiple of the model's." },
    { FIELD(startup_time, struct hr_dist_spec *), .type = HR_KEY_GROUP, .table = &hr_dist_keys,
      .when = ON(ROLLOUT),
      .help = "Start-up time of the new version; that of the deployment when absent." },
    { FIELD(pods, int64_t), COUNT, .def = "1", .when = ON(POD_CRASH),
      .help = "How many of its pods crash, the oldest first." },
    { FIELD(node_pool, int64_t), NAMED("node_pools"), .required = true, .when = ON_POOL,
      .help = "Node pool that it happens to." },
    { FIELD(node, int64_t), .type = HR_KEY_INT, .max = 1e5, .def = "all", .word = "all",
      .word_value = HR_AUTO, .when = ON_MAINTENANCE,
      .help = "Which node, 0 being the oldest that the pool then has (in the zone)." },
    { FIELD(node, int64_t), .type = HR_KEY_INT, .max = 1e5, .def = "auto", .word = "auto",
      .word_value = HR_AUTO, .when = ON(NODE_FAILURE),
      .help = "Which node, 0 being the oldest that the pool then has (in the zone); auto is 0, or "
              "all of the zone when one is given." },
    { FIELD(node, int64_t), .type = HR_KEY_INT, .max = 1e5, .def = "0",
      .when = ON(GPU_FAILURE) | ON(SLOW_NODE),
      .help = "Which node, 0 being the oldest that the pool then has (in the zone)." },
    { FIELD(zone, const char *), .type = HR_KEY_NAME, .required = true, .when = ON(ZONE_OUTAGE),
      .help = "Zone that goes out." },
    { FIELD(zone, const char *), .type = HR_KEY_NAME, .when = ON_POOL_IN_ZONE,
      .help = "Zone of the pool that it is limited to." },
    { FIELD(nodes, int64_t), COUNT, .def = "1", .when = ON(SPOT_INTERRUPTION),
      .help = "How many nodes are taken back, the oldest first." },
    { FIELD(nodes, int64_t), .type = HR_KEY_INT, .max = 1e5, .required = true,
      .when = ON(RESIZE_POOL), .help = "Nodes from then on." },
    { FIELD(notice, hr_time), DURATION, .def = "auto", .word = "auto", .word_value = HR_AUTO,
      .when = ON(SPOT_INTERRUPTION),
      .help = "Time between the notice and the end of the nodes; auto is that of the pool." },
    { FIELD(gpus, int64_t), COUNT, .def = "1", .when = ON(GPU_FAILURE),
      .help = "How many GPUs of the node fail." },
    { FIELD(duration, hr_time), DURATION, ABOVE_0, .def = "never", .word = "never",
      .word_value = HR_TIME_NEVER, .when = ON(NODE_FAILURE) | ON(GPU_FAILURE),
      .help = "Time until it works again." },
    { FIELD(duration, hr_time), DURATION, ABOVE_0, .required = true,
      .when = ON(ZONE_OUTAGE) | ON(SLOW_NODE) | ON(PROVISIONING_FAILURE) | ON(SPIKE),
      .help = "How long it lasts." },
    { FIELD(factor, double), .type = HR_KEY_REAL, .min = 1, .min_open = true, .max = 1e6,
      .required = true, .when = ON(SLOW_NODE), .help = "Work takes this many times as long." },
    { FIELD(factor, double), .type = HR_KEY_REAL, .max = 1e6, .required = true, .when = ON(SPIKE),
      .help = "Requests arrive at this many times the rate." },
    { FIELD(workload, int64_t), NAMED("workloads"), .when = ON(SPIKE),
      .help = "Workload that it happens to; all when absent." },
};

const struct hr_key_table hr_action_keys = {
    .name = "event",
    .size = sizeof(struct hr_action_spec),
    .keys = action_keys,
    .n_keys = HR_KEY_COUNT(action_keys),
    .selector = "action",
};
