/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Setting up the control plane, handing out its events, and what others ask of it. */
#include "cluster/state.h"

#include "base/hash.h"
#include "base/mem.h"
#include "cluster/node_autoscaler.h"

#include <stdlib.h>
#include <string.h>

struct hr_rng hr_cluster_rng(const struct hr_cluster *cluster, enum hr_purpose purpose,
                             uint64_t entity, uint64_t ordinal)
{
    return hr_rng_at((struct hr_address){
        .seed = cluster->config.seed,
        .replication = cluster->config.replication,
        .purpose = purpose,
        .entity = entity,
        .ordinal = ordinal,
    });
}

bool hr_has_nodes(const struct hr_cluster *cluster)
{
    return cluster->config.n_pools > 0;
}

void hr_event_cancel(struct hr_cluster *cluster, hr_event_id *id)
{
    if (*id != HR_EVENT_NONE)
        hr_engine_cancel(cluster->engine, *id);
    *id = HR_EVENT_NONE;
}

void hr_event_set(struct hr_cluster *cluster, hr_event_id *id, hr_time at, uint32_t rank,
                  uint32_t kind, uint32_t subject)
{
    hr_event_cancel(cluster, id);
    if (at != HR_TIME_NEVER)
        *id = hr_engine_schedule(cluster->engine, at, rank, kind, subject);
}

void hr_control_due(struct hr_cluster *cluster)
{
    if (!cluster->due)
        hr_engine_schedule(cluster->engine, cluster->engine->now, HR_EV_CONTROL_RANK, HR_EV_CONTROL,
                           0);
    cluster->due = true;
}

void hr_set_touch(struct hr_cluster *cluster, uint32_t set)
{
    cluster->sets[set].dirty = true;
    cluster->changed = true;
    hr_control_due(cluster);
}

#define PODS_MIN 64

/* Room for the pods that there are to be at first. */
static void reserve_pods(struct hr_cluster *cluster)
{
    int64_t n = PODS_MIN;
    for (uint32_t i = 0; i < cluster->config.n_sets; i++)
        n += cluster->sets[i].replicas;
    cluster->capacity = (uint32_t)n;
    cluster->pods = hr_realloc(cluster->pods, cluster->capacity, sizeof *cluster->pods);
}

struct hr_cluster *hr_cluster_new(const struct hr_cluster_config *config,
                                  const struct hr_cluster_hooks *hooks, struct hr_engine *engine)
{
    struct hr_cluster *cluster = HR_NEW(struct hr_cluster);
    cluster->config = *config;
    cluster->hooks = *hooks;
    cluster->engine = engine;
    cluster->pod_free = HR_POD_NONE;
    cluster->n_images = config->n_sets;
    cluster->images_max = config->n_sets + config->n_actions; /* one more a rollout */
    cluster->spec = config->spec == NULL ? hr_cluster_spec_default() : *config->spec;
    hr_dist_init(&cluster->endpoint_delay, cluster->spec.endpoint_delay);
    cluster->endpoint_rng = hr_cluster_rng(cluster, HR_PURPOSE_ENDPOINT, 0, 0);
    cluster->sets = HR_NEW_ARRAY(struct hr_set, config->n_sets);
    for (uint32_t i = 0; i < config->n_sets; i++)
        hr_set_init(cluster, i);
    reserve_pods(cluster);
    if (hr_has_nodes(cluster))
        hr_placing_init(cluster);
    if (config->node_autoscaler != NULL)
        hr_node_autoscaler_init(cluster);
    return cluster;
}

void hr_cluster_free(struct hr_cluster *cluster)
{
    if (cluster == NULL)
        return;
    for (uint32_t i = 0; i < cluster->config.n_sets; i++)
        hr_set_fini(&cluster->sets[i]);
    if (cluster->node_autoscaler != NULL)
        hr_node_autoscaler_fini(cluster);
    if (hr_has_nodes(cluster))
        hr_placing_fini(cluster);
    hr_dist_fini(&cluster->endpoint_delay);
    free(cluster->sets);
    free(cluster->pods);
    free(cluster);
}

void hr_cluster_start(struct hr_cluster *cluster)
{
    if (hr_has_nodes(cluster))
        hr_nodes_start(cluster);
    for (uint32_t s = 0; s < cluster->config.n_sets; s++) {
        struct hr_set *set = &cluster->sets[s];
        if (set->config->job != NULL)
            hr_job_init(cluster, s);
        for (int64_t i = 0; i < set->replicas; i++) {
            const uint32_t pod = hr_pod_create(cluster, s, 0, (uint64_t)i);
            if (!hr_has_nodes(cluster))
                hr_pod_bind_warm(cluster, pod, HR_NODE_NONE);
        }
    }
    if (hr_has_nodes(cluster))
        hr_placing_run(cluster, true);
    hr_actions_start(cluster);
    if (cluster->node_autoscaler != NULL)
        hr_node_autoscaler_start(cluster);
}

/* Controllers act on all that has changed, once. */
static void control(struct hr_cluster *cluster)
{
    cluster->due = false;
    cluster->turns++;
    for (uint32_t i = 0; i < cluster->config.n_sets; i++) {
        if (!cluster->sets[i].dirty)
            continue;
        cluster->sets[i].dirty = false;
        hr_set_reconcile(cluster, i);
    }
    for (uint32_t i = 0; i < cluster->config.n_pools; i++) {
        if (!cluster->pools[i].dirty)
            continue;
        cluster->pools[i].dirty = false;
        hr_pool_reconcile(cluster, i);
    }
    if (hr_has_nodes(cluster))
        hr_placing_run(cluster, false);
}

/* The event that an id of the pod stood for has fired. */
static uint32_t fired(hr_event_id *id, uint32_t pod)
{
    *id = HR_EVENT_NONE;
    return pod;
}

/* True: it was one of a pod. */
static bool pod_event(struct hr_cluster *cluster, uint32_t kind, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    switch (kind) {
    case HR_EV_POD_STEP:
        hr_pod_step(cluster, fired(&pod->step, i));
        return true;
    case HR_EV_POD_CRASH:
        hr_pod_crashed(cluster, fired(&pod->crash, i));
        return true;
    case HR_EV_POD_TERMINATE:
        hr_pod_terminate(cluster, fired(&pod->step, i));
        return true;
    case HR_EV_POD_KILL:
        hr_pod_kill(cluster, fired(&pod->end, i));
        return true;
    case HR_EV_POD_STARTUP_PROBE:
        hr_probe_run(cluster, fired(&pod->probes[HR_PROBE_STARTUP].event, i), HR_PROBE_STARTUP);
        return true;
    case HR_EV_POD_READINESS_PROBE:
        hr_probe_run(cluster, fired(&pod->probes[HR_PROBE_READINESS].event, i), HR_PROBE_READINESS);
        return true;
    case HR_EV_POD_LIVENESS_PROBE:
        hr_probe_run(cluster, fired(&pod->probes[HR_PROBE_LIVENESS].event, i), HR_PROBE_LIVENESS);
        return true;
    case HR_EV_POD_AVAILABLE:
        hr_pod_available(cluster, fired(&pod->availability, i));
        return true;
    case HR_EV_POD_LIST:
        hr_endpoint_now(cluster, fired(&pod->list, i), true);
        return true;
    case HR_EV_POD_UNLIST:
        hr_endpoint_now(cluster, fired(&pod->unlist, i), false);
        return true;
    case HR_EV_POD_TOLERATED:
        hr_pod_tolerated(cluster, fired(&pod->toleration, i));
        return true;
    default:
        return false;
    }
}

/* True: it was one of a node. */
static bool node_event(struct hr_cluster *cluster, uint32_t kind, uint32_t i)
{
    struct hr_node *node = &cluster->nodes[i];
    switch (kind) {
    case HR_EV_NODE_STEP:
        hr_node_step(cluster, fired(&node->step, i));
        return true;
    case HR_EV_NODE_DRAIN:
        hr_node_drain_on(cluster, fired(&node->drain, i));
        return true;
    case HR_EV_NODE_REMOVAL:
        hr_removal_step(cluster, fired(&node->removal.event, i));
        return true;
    case HR_EV_NODE_POWER:
        hr_node_power(cluster, fired(&node->health.power, i));
        return true;
    case HR_EV_NODE_SPOT:
        hr_spot_step(cluster, fired(&node->health.spot, i));
        return true;
    case HR_EV_NODE_SLOW:
        hr_node_slow_step(cluster, fired(&node->health.slow, i));
        return true;
    case HR_EV_NODE_LOST:
        hr_heartbeat_step(cluster, fired(&node->health.lost, i));
        return true;
    default:
        return false;
    }
}

/* True: it was one of a pool, a zone or a GPU. */
static bool pool_event(struct hr_cluster *cluster, uint32_t kind, uint32_t i)
{
    switch (kind) {
    case HR_EV_POOL_TRACE:
        hr_spot_trace_step(cluster, fired(&cluster->pools[i].trace, i));
        return true;
    case HR_EV_POOL_RETRY:
        hr_pool_touch(cluster, fired(&cluster->pools[i].retry, i));
        return true;
    case HR_EV_ZONE_EVICT:
        hr_zone_evict(cluster, fired(&cluster->zones_health[i].event, i));
        return true;
    case HR_EV_GPU:
        hr_gpu_step(cluster, i);
        return true;
    default:
        return false;
    }
}

void hr_cluster_event(struct hr_cluster *cluster, uint32_t kind, uint32_t i)
{
    if (pod_event(cluster, kind, i) || node_event(cluster, kind, i) || pool_event(cluster, kind, i))
        return;
    switch (kind) {
    case HR_EV_JOB:
        hr_job_due(cluster, i);
        return;
    case HR_EV_JOB_DEADLINE:
        hr_job_deadline(cluster, i);
        return;
    case HR_EV_ACTION:
        hr_action_run(cluster, i);
        return;
    case HR_EV_SET_STEP:
        hr_progressive_step(cluster, fired(&cluster->sets[i].step, i));
        return;
    case HR_EV_SET_ANALYSIS:
        hr_canary_analyze(cluster, fired(&cluster->sets[i].analysis, i));
        return;
    case HR_EV_SCHEDULE:
        hr_placing_run(cluster, fired(&cluster->wake, i) != 0);
        return;
    case HR_EV_CONTROL:
        control(cluster);
        return;
    case HR_EV_NODES_SCAN:
        hr_node_autoscaler_scan(cluster);
        return;
    case HR_EV_NODES_BATCH:
        hr_node_autoscaler_batch(cluster);
        return;
    default:
        HR_ASSERT(false);
    }
}

struct hr_set_status hr_cluster_set_status(const struct hr_cluster *cluster, uint32_t index)
{
    const struct hr_set *set = &cluster->sets[index];
    struct hr_set_status status = { .desired = set->replicas,
                                    .pending = set->pending,
                                    .usd_nano_per_hour = set->usd_nano_per_hour,
                                    .scheduling_ns = set->scheduling_ns };
    memcpy(status.counts, set->counts, sizeof status.counts);
    for (uint32_t i = 0; i < set->n_revisions; i++) {
        const struct hr_set_revision *revision = &set->revisions[i];
        status.existing += revision->existing;
        status.pods += revision->pods;
        status.ready += revision->ready;
        status.available += revision->available;
    }
    status.updated = set->revisions[set->n_revisions - 1].pods;
    return status;
}

const struct hr_version *hr_cluster_version(const struct hr_cluster *cluster, uint32_t pod)
{
    const struct hr_pod *of = &cluster->pods[pod];
    return &cluster->sets[of->set].revisions[of->revision].version;
}

bool hr_cluster_is_watched(const struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_pod *pod = &cluster->pods[i];
    const struct hr_set *set = &cluster->sets[pod->set];
    return set->type == HR_STRATEGY_CANARY && pod->revision > 0 &&
           pod->revision == set->n_revisions - 1;
}

uint32_t hr_cluster_first_pod(const struct hr_cluster *cluster, uint32_t set)
{
    return cluster->sets[set].first;
}

uint32_t hr_cluster_next_pod(const struct hr_cluster *cluster, uint32_t pod)
{
    return cluster->pods[pod].next;
}

struct hr_pod_status hr_cluster_pod_status(const struct hr_cluster *cluster, uint32_t index)
{
    const struct hr_pod *pod = &cluster->pods[index];
    const bool pending = pod->stage == HR_POD_PENDING || pod->stage == HR_POD_PULLING;
    return (struct hr_pod_status){
        .pending = pending,
        .running = !pending,
        .deleting = pod->deleted != HR_TIME_NEVER,
        .ready = pod->ready,
        .container = !pending && pod->stage != HR_POD_WAITING && !pod->silent,
        .acknowledged = pod->acknowledged,
        .started = pending ? HR_TIME_NEVER : pod->started,
        .ready_changed = pod->ready_changed,
        .restarts = pod->restarts,
        .pool = pod->node == HR_NODE_NONE ? HR_POOL_ANY : cluster->nodes[pod->node].pool,
    };
}

uint32_t hr_cluster_pod_tag(const struct hr_cluster *cluster, uint32_t pod)
{
    return cluster->pods[pod].tag;
}

bool hr_cluster_changed(struct hr_cluster *cluster)
{
    const bool changed = cluster->changed;
    cluster->changed = false;
    return changed;
}
