/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the control plane, shared by its files. */
#ifndef CLUSTER_STATE_H
#define CLUSTER_STATE_H

#include "cluster/cluster.h"
#include "stats/dist.h"

enum hr_pod_stage {
    HR_POD_FREE,
    HR_POD_PENDING, /* has no node */
    HR_POD_PULLING, /* its node gets the image */
    HR_POD_LOADING, /* the container runs but answers nothing yet */
    HR_POD_SERVING,
    HR_POD_WAITING, /* the container has ended and will be started again */
    HR_POD_DRAINING /* SIGTERM was sent */
};

enum hr_probe_kind { HR_PROBE_STARTUP, HR_PROBE_READINESS, HR_PROBE_LIVENESS, HR_PROBES };

/* One of a pod's probes. */
struct hr_probe {
    hr_event_id event; /* the next run, or the end of one that hangs */
    bool hangs;        /* in a run that will fail for its timeout */
    int64_t in_a_row;  /* results like the last */
    bool last;         /* it was a success */
    hr_time tick;      /* of the present run */
};

struct hr_pod {
    uint32_t set, revision, node, tag;
    uint32_t next, prev; /* in the set, oldest first */
    uint64_t ordinal;    /* in the set: part of its name */
    enum hr_pod_stage stage;
    bool ready, available, listed, started_up, silent;
    hr_time created, started, ready_changed;
    hr_time deleted;         /* HR_TIME_NEVER: it is to stay */
    hr_time grace;           /* from `deleted` to SIGKILL */
    uint32_t restarts;       /* of its container */
    hr_time backoff, ended;  /* next delay, 0: none so far; when the container last ended */
    hr_time backoff_updated; /* when the delay was last set */
    hr_event_id step, crash, end, list, unlist, availability;
    struct hr_probe probes[HR_PROBES];
};

struct hr_set_revision {
    struct hr_version version;
    uint32_t pods, ready, available; /* without those being deleted */
    uint32_t existing;               /* with them */
};

/* A deployment at work. */
struct hr_set {
    const struct hr_set_config *config;
    uint64_t entity;
    int64_t replicas;
    struct hr_rollout_strategy strategy;
    bool recreate, paused;
    bool dirty;           /* its controller is to look at it */
    bool bare;            /* its probes cannot fail once it serves */
    uint32_t first, last; /* pods */
    uint32_t pending;
    uint64_t created;
    struct hr_dist startup, load, uptime, repair;
    struct hr_set_revision *revisions; /* oldest first */
    struct hr_revision *plan;          /* as many: what each should have */
    uint32_t n_revisions;
};

struct hr_cluster {
    struct hr_cluster_config config;
    struct hr_cluster_hooks hooks;
    struct hr_engine *engine;
    struct hr_dist endpoint_delay;
    struct hr_rng endpoint_rng;
    struct hr_set *sets;
    struct hr_pod *pods;
    uint32_t n_pods, capacity, pod_free;
    bool changed;
    bool due; /* a control event is to come at this moment */
};

/* cluster.c */
void hr_control_due(struct hr_cluster *cluster);
void hr_set_touch(struct hr_cluster *cluster, uint32_t set);
struct hr_rng hr_cluster_rng(const struct hr_cluster *cluster, enum hr_purpose purpose,
                             uint64_t entity, uint64_t ordinal);
void hr_event_cancel(struct hr_cluster *cluster, hr_event_id *id);
void hr_event_set(struct hr_cluster *cluster, hr_event_id *id, hr_time at, uint32_t rank,
                  uint32_t kind, uint32_t subject);

/* note.c: the event log. `pod` and `node` may be none. */
void hr_note(const struct hr_cluster *cluster, const char *reason, uint32_t set, uint32_t pod,
             uint32_t node, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* pod.c: a pod from its creation until it serves, and when its container ends. */
uint32_t hr_pod_create(struct hr_cluster *cluster, uint32_t set, uint32_t revision);
void hr_pod_bind(struct hr_cluster *cluster, uint32_t pod, uint32_t node);
void hr_pod_bind_warm(struct hr_cluster *cluster, uint32_t pod, uint32_t node);
void hr_pod_step(struct hr_cluster *cluster, uint32_t pod);
void hr_pod_ready(struct hr_cluster *cluster, uint32_t pod, bool ready);
void hr_pod_available(struct hr_cluster *cluster, uint32_t pod);
/* The container ends and is to be started again, not before `down` has passed. */
void hr_pod_container_ended(struct hr_cluster *cluster, uint32_t pod, hr_time down);
void hr_pod_crashed(struct hr_cluster *cluster, uint32_t pod);

/* endpoint.c: what the load balancer knows of a pod. */
void hr_endpoint_want(struct hr_cluster *cluster, uint32_t pod, bool listed);
void hr_endpoint_now(struct hr_cluster *cluster, uint32_t pod, bool listed);

/* probe.c */
void hr_probes_begin(struct hr_cluster *cluster, uint32_t pod); /* the container has started */
void hr_probes_serving(struct hr_cluster *cluster, uint32_t pod);
void hr_probes_end(struct hr_cluster *cluster, uint32_t pod, bool readiness_too);
void hr_probe_run(struct hr_cluster *cluster, uint32_t pod, enum hr_probe_kind kind);

/* termination.c */
void hr_pod_delete(struct hr_cluster *cluster, uint32_t pod, hr_time grace);
void hr_pod_terminate(struct hr_cluster *cluster, uint32_t pod);
void hr_pod_kill(struct hr_cluster *cluster, uint32_t pod);
void hr_pod_gone(struct hr_cluster *cluster, uint32_t pod);

/* controller.c: what a deployment's pods should be. */
void hr_set_init(struct hr_cluster *cluster, uint32_t set);
void hr_set_fini(struct hr_set *set);
void hr_set_reconcile(struct hr_cluster *cluster, uint32_t set);

/* victims.c: writes the pods that go first when `revision` loses some, all of them, and returns
 * how many there are. */
uint32_t hr_victims_rank(const struct hr_cluster *cluster, uint32_t set, uint32_t revision,
                         uint32_t *pods);

#endif
