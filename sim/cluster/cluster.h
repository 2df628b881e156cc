/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The control plane of one run: deployments and their pods, the nodes they stand on, probes,
 * scheduler, rollouts, failures. It knows pods, not requests: what serves them is told by hooks
 * what becomes of each pod, and asked how a pod does. Its events are in the engine of the run; the
 * owner of the loop hands those from HR_CLUSTER_EVENTS_FROM on to hr_cluster_event().
 *
 * Nothing is done twice at one moment: what follows from a change (new pods, placing them) waits
 * for the control event at its end.
 */
#ifndef CLUSTER_CLUSTER_H
#define CLUSTER_CLUSTER_H

#include "cluster/rollout.h"
#include "cluster/scheduler.h"
#include "cluster/spec.h"
#include "engine/engine.h"

#include <stdbool.h>
#include <stdint.h>

/* X(name, rank, subject). Ranks lie between ticks and requests (model/events.h); node autoscalers
 * see what controllers and scheduler have done at the moment. */
#define HR_CLUSTER_EVENT_LIST(X)                                                                   \
    X(HR_EV_ACTION, 1, "action") /* of the scenario's events */                                    \
    X(HR_EV_JOB, 1, "set")       /* a run of a job is due */                                       \
    X(HR_EV_JOB_DEADLINE, 1, "set")                                                                \
    X(HR_EV_NODE_STEP, 1, "node") /* on with its start */                                          \
    X(HR_EV_POD_STEP, 2, "pod")   /* pulled, loaded, waited: on with its start */                  \
    X(HR_EV_POD_CRASH, 2, "pod")                                                                   \
    X(HR_EV_POD_TERMINATE, 2, "pod") /* preStop is over: SIGTERM */                                \
    X(HR_EV_POD_KILL, 2, "pod")      /* grace is over: SIGKILL */                                  \
    X(HR_EV_POD_STARTUP_PROBE, 3, "pod")                                                           \
    X(HR_EV_POD_READINESS_PROBE, 3, "pod")                                                         \
    X(HR_EV_POD_LIVENESS_PROBE, 3, "pod")                                                          \
    X(HR_EV_POD_AVAILABLE, 3, "pod") /* ready for long enough */                                   \
    X(HR_EV_POD_LIST, 3, "pod")      /* the load balancer learns of it ... */                      \
    X(HR_EV_POD_UNLIST, 3, "pod")    /* ... and that it is to be left alone */                     \
    X(HR_EV_NODE_DRAIN, 3, "node")   /* tries once more to evict what is left */                   \
    X(HR_EV_SET_STEP, 3, "set")      /* the next step of a canary or blue-green rollout */         \
    X(HR_EV_SET_ANALYSIS, 3, "set")  /* how a canary does */                                       \
    X(HR_EV_NODE_REMOVAL, 3, "node") /* on with its removal */                                     \
    X(HR_EV_CONTROL, 4, "none")      /* controllers and scheduler act */                           \
    X(HR_EV_SCHEDULE, 4, "none")     /* a pod may be tried again */                                \
    X(HR_EV_NODES_SCAN, 5, "none")   /* Cluster Autoscaler, or disruption by Karpenter */          \
    X(HR_EV_NODES_BATCH, 5, "none")  /* Karpenter: a batch of pods is complete */                  \
    X(HR_EV_NODE_POWER, 1, "node")   /* the machine dies, or is back */                            \
    X(HR_EV_NODE_SPOT, 1, "node")    /* the cloud says that it takes it back, and does */          \
    X(HR_EV_NODE_SLOW, 1, "node")    /* serves slowly from now on, or no more */                   \
    X(HR_EV_GPU, 1, "gpu")           /* breaks, or is sound again; HR_GPUS_MAX to a node */        \
    X(HR_EV_POOL_TRACE, 1, "pool")   /* nodes of a spot trace come */                              \
    X(HR_EV_POOL_RETRY, 3, "pool")   /* the cloud may have machines again */                       \
    X(HR_EV_NODE_LOST, 3, "node")    /* on with its end as the control plane sees it */            \
    X(HR_EV_POD_TOLERATED, 3, "pod") /* long enough that its node is unreachable */                \
    X(HR_EV_ZONE_EVICT, 4, "zone")   /* the next lost node of the zone is to lose its pods */

#define HR_SET_NONE UINT32_MAX

#define HR_CLUSTER_EVENTS_FROM 32

enum hr_cluster_event_kind {
    HR_CLUSTER_EVENTS_BEFORE = HR_CLUSTER_EVENTS_FROM - 1,
#define X(name, rank, subject) name,
    HR_CLUSTER_EVENT_LIST(X)
#undef X
        HR_CLUSTER_EVENTS_END
};

enum hr_cluster_event_rank {
#define X(name, rank, subject) name##_RANK = rank,
    HR_CLUSTER_EVENT_LIST(X)
#undef X
};

/* What a pod's container does with requests. */
enum hr_container {
    HR_CONTAINER_DOWN,   /* refuses; what it held is lost */
    HR_CONTAINER_UP,     /* serves */
    HR_CONTAINER_DRAINS, /* ends what it holds, refuses what comes; then hr_cluster_drained() */
    HR_CONTAINER_SILENT  /* its node is lost: what it holds and gets hangs */
};

/* Something that happened, as Kubernetes words it; borrowed for the call. */
struct hr_cluster_note {
    const char *reason;  /* "Scheduled", "Unhealthy" ... */
    const char *set;     /* deployment; NULL */
    const char *pod;     /* NULL */
    const char *node;    /* NULL */
    const char *message; /* NULL */
};

/* How a version does, as seen at its pods. */
struct hr_version_health {
    uint64_t requests, failed;
    hr_time latency; /* a quantile, of the answered */
};

struct hr_cluster_hooks {
    void *ctx;
    /* A pod of a set exists; what is returned is its tag from then on. Its container is down. (Of
     * jobs too: what does not serve is up to the owner to tell.) */
    uint32_t (*created)(void *ctx, uint32_t set, uint32_t pod);
    void (*removed)(void *ctx, uint32_t tag);
    void (*container)(void *ctx, uint32_t tag, enum hr_container state);
    void (*listed)(void *ctx, uint32_t tag, bool listed);
    /* Time until the pod would answer a probe; and whether that can ever exceed `timeout`. */
    hr_time (*probe_time)(void *ctx, uint32_t tag, int path);
    bool (*probe_fails)(void *ctx, uint32_t set, int path, hr_time timeout);
    /* What requests to the newest version of a set came to since the last call. */
    struct hr_version_health (*health)(void *ctx, uint32_t set, double quantile);
    uint32_t (*held)(void *ctx, uint32_t tag); /* requests on the pod */
    /* Work that begins on the pod takes this many times as long from now on. */
    void (*slowed)(void *ctx, uint32_t tag, double factor);
    void (*note)(void *ctx, const struct hr_cluster_note *note); /* NULL: nobody listens */
};

/* A deployment, or a job. All is borrowed. */
struct hr_set_config {
    const char *name;
    int64_t replicas;
    const struct hr_pods_spec *pods;
    const struct hr_dist_spec *startup_time;
    const struct hr_failures_spec *failures;     /* of containers; NULL: none */
    const struct hr_resources_spec *resources;   /* NULL: none */
    const struct hr_scheduling_spec *scheduling; /* NULL: all at default */
    uint32_t node_pool;                          /* HR_POOL_ANY */
    const struct hr_job_spec *job;               /* NULL: a deployment */
};

/* All is borrowed. */
struct hr_cluster_config {
    const struct hr_set_config *sets;
    uint32_t n_sets;
    const struct hr_node_pool_spec *pools; /* none: pods need no nodes */
    uint32_t n_pools;
    const struct hr_cluster_spec *spec;                    /* NULL: all at default */
    const struct hr_scheduler_spec *scheduler;             /* likewise */
    const struct hr_node_autoscaler_spec *node_autoscaler; /* NULL: pools stay as they are */
    const struct hr_action_spec *actions;
    uint32_t n_actions;
    uint64_t seed, replication;
};

/* A version of a deployment, as hooks may ask of a pod. */
struct hr_version {
    const char *name; /* NULL: the first */
    double slowdown;  /* of service, times */
    double error_rate;
    const struct hr_dist_spec *startup_time; /* NULL: as the set's */
};

/* What has happened to the pods of a set so far. */
enum hr_set_count {
    HR_SET_SCHEDULED,
    HR_SET_RESTARTED, /* containers that ended and start again */
    HR_SET_EVICTED,   /* by drains, taints of nodes, node autoscalers */
    HR_SET_PREEMPTED,
    HR_SET_LOST, /* their node died, or went, with them on it; or their GPU broke */
    HR_SET_COUNTS
};

/* Pods of a set at the moment, as `kubectl get deployment` counts them: without those that are
 * being deleted, but for `existing`. */
struct hr_set_status {
    int64_t desired;
    uint32_t existing, pods, pending, ready, available, updated;
    int64_t usd_nano_per_hour; /* of its share of nodes, in billionths of USD */
    uint64_t counts[HR_SET_COUNTS];
    hr_time scheduling_ns; /* from creation to binding, over all those scheduled */
};

/* What has happened to the nodes of a pool so far. */
enum hr_pool_event {
    HR_NODES_PROVISIONED,
    HR_NODES_FAILED, /* to come: asked for in vain */
    HR_NODES_LOST,   /* failed, or gone with their zone */
    HR_NODES_REMOVED,
    HR_NODES_INTERRUPTED, /* spot nodes taken back */
    HR_POOL_EVENTS
};

/* A node pool at the moment. Prices are in billionths of USD an hour. */
struct hr_pool_status {
    int64_t target;           /* nodes that there should be */
    uint32_t asked;           /* of the cloud, that are not there yet */
    uint32_t existing, ready; /* paid for; of these, that take pods */
    uint32_t empty;           /* of the existing, without pods */
    int64_t node_nano_per_hour;
    int64_t requested[HR_RESOURCES_MAX]; /* by the pods on its nodes */
    hr_time extra_ns;                    /* node time that billing has rounded up so far */
    uint64_t counts[HR_POOL_EVENTS];
};

/* What has become of the runs of a job so far. */
struct hr_job_status {
    uint64_t runs;         /* begun */
    uint64_t completed;    /* of these */
    uint64_t failed;       /* too many of their pods did */
    uint64_t missed;       /* stopped at their deadline */
    uint64_t replaced;     /* stopped for the next run */
    uint64_t left_out;     /* not begun, as the one before went on */
    hr_time turnaround_ns; /* of the completed, sum */
};

/* A pod as its status tells. */
struct hr_pod_status {
    bool pending, running, deleting, ready;
    bool container;        /* it runs, and its node tells of it */
    hr_time acknowledged;  /* by its node (status.startTime); HR_TIME_NEVER: not yet */
    hr_time started;       /* of its container, the last time; likewise */
    hr_time ready_changed; /* last change of Ready; its creation when there was none */
    uint32_t restarts;
    uint32_t pool; /* of its node; HR_POOL_ANY: it has none */
};

struct hr_cluster;

struct hr_cluster *hr_cluster_new(const struct hr_cluster_config *config,
                                  const struct hr_cluster_hooks *hooks, struct hr_engine *engine);
void hr_cluster_free(struct hr_cluster *cluster);

/* Time 0: the pods of all sets stand ready and warm, as far as there is room. */
void hr_cluster_start(struct hr_cluster *cluster);

void hr_cluster_event(struct hr_cluster *cluster, uint32_t kind, uint32_t subject);

/* The pod's draining container holds no request any more; its memory is above the limit. */
void hr_cluster_drained(struct hr_cluster *cluster, uint32_t pod);
void hr_cluster_out_of_memory(struct hr_cluster *cluster, uint32_t pod);

/* Somebody writes spec.replicas. */
void hr_cluster_scale(struct hr_cluster *cluster, uint32_t set, int64_t replicas);
/* Applies a new version; goes back to the one before it; holds a rollout, or goes on with it. */
void hr_cluster_roll_out(struct hr_cluster *cluster, uint32_t set,
                         const struct hr_version *version);
void hr_cluster_roll_back(struct hr_cluster *cluster, uint32_t set);
void hr_cluster_pause(struct hr_cluster *cluster, uint32_t set, bool paused);
/* A container ends by itself, `down` being the least time until it starts again. */
void hr_cluster_crash(struct hr_cluster *cluster, uint32_t pod, hr_time down);

struct hr_set_status hr_cluster_set_status(const struct hr_cluster *cluster, uint32_t set);
struct hr_job_status hr_cluster_job_status(const struct hr_cluster *cluster, uint32_t set);
struct hr_pool_status hr_cluster_pool_status(const struct hr_cluster *cluster, uint32_t pool);
const struct hr_version *hr_cluster_version(const struct hr_cluster *cluster, uint32_t pod);
/* The pod is of a version that a canary watches. */
bool hr_cluster_is_watched(const struct hr_cluster *cluster, uint32_t pod);

/* The pods of a set, oldest first: the first, and that after `pod`; HR_POD_NONE ends. */
uint32_t hr_cluster_first_pod(const struct hr_cluster *cluster, uint32_t set);
uint32_t hr_cluster_next_pod(const struct hr_cluster *cluster, uint32_t pod);
struct hr_pod_status hr_cluster_pod_status(const struct hr_cluster *cluster, uint32_t pod);
uint32_t hr_cluster_pod_tag(const struct hr_cluster *cluster, uint32_t pod);

/* True, once, after something that hr_cluster_set_status or costs tell has changed. */
bool hr_cluster_changed(struct hr_cluster *cluster);

#endif
