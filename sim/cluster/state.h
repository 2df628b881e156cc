/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of the control plane, shared by its files. */
#ifndef CLUSTER_STATE_H
#define CLUSTER_STATE_H

#include "cluster/cluster.h"
#include "cluster/node_capacity.h"
#include "cluster/scheduling_queue.h"
#include "stats/dist.h"

enum hr_pod_stage {
    HR_POD_FREE,
    HR_POD_PENDING, /* has no node */
    HR_POD_PULLING, /* its node gets the image */
    HR_POD_LOADING, /* the container runs but answers nothing yet */
    HR_POD_SERVING,
    HR_POD_WAITING,  /* the container has ended and will be started again */
    HR_POD_DRAINING, /* SIGTERM was sent */
    HR_POD_ENDED     /* it is no more, but the load balancer has not heard of it yet */
};

enum hr_probe_kind { HR_PROBE_STARTUP, HR_PROBE_READINESS, HR_PROBE_LIVENESS, HR_PROBES };

/* One of a pod's probes. */
struct hr_probe {
    hr_time tick;           /* of the present run */
    hr_event_id event;      /* the next run, or the end of one that hangs */
    unsigned in_a_row : 30; /* results like the last; HR_IN_A_ROW_MAX: or more */
    unsigned last : 1;      /* it was a success */
    unsigned hangs : 1;     /* in a run that will fail for its timeout */
};

#define HR_IN_A_ROW_MAX ((1u << 30) - 1)

struct hr_pod {
    uint32_t set, revision, node, tag;
    uint32_t next, prev; /* in the set, oldest first */
    uint64_t ordinal;    /* in the set: part of its name */
    uint64_t serial;     /* in the set, never used twice */
    enum hr_pod_stage stage;
    bool ready, available, listed, started_up, silent;
    bool succeeded;    /* a job's: it has done its work */
    uint32_t restarts; /* of its container */
    hr_time created, acknowledged, started, ready_changed;
    hr_time deleted;           /* HR_TIME_NEVER: it is to stay */
    hr_time grace;             /* from `deleted` to SIGKILL */
    hr_time backoff, ended;    /* next delay, 0: none so far; when the container last ended */
    hr_time backoff_updated;   /* when the delay was last set */
    int64_t usd_nano_per_hour; /* its share of the node's price */
    hr_event_id step, crash, end, list, unlist, availability, toleration;
    struct hr_probe probes[HR_PROBES];
};

struct hr_set_revision {
    struct hr_version version;
    struct hr_dist startup;
    uint32_t pods, ready, available; /* without those being deleted */
    uint32_t existing;               /* with them */
    uint32_t image;                  /* number: each version has one of its own */
};

#define HR_REVISION_ALL UINT32_MAX

/* A deployment at work. */
struct hr_set {
    const struct hr_set_config *config;
    uint64_t entity;
    int64_t replicas;
    struct hr_rollout_strategy strategy;
    int type; /* enum hr_strategy_type */
    bool paused;
    bool dirty;         /* its controller is to look at it */
    uint32_t serving;   /* revision that requests go to; HR_REVISION_ALL, unless blue-green */
    size_t canary_step; /* steps that are done */
    bool canary_waits;  /* the pause of a step is on */
    bool switched;      /* blue-green: to the newest revision */
    hr_event_id step, analysis; /* of a canary or blue-green rollout */
    uint32_t pod_template;
    int64_t usd_nano_per_hour; /* sum over its pods */
    uint32_t first, last;      /* pods */
    uint32_t pending;
    uint64_t counts[HR_SET_COUNTS];
    hr_time scheduling_ns;
    uint64_t created;
    struct hr_dist load, uptime, repair;
    struct hr_dist run_time; /* jobs */
    struct hr_job_run *runs; /* by revision, from 1 on */
    struct hr_job_status job;
    struct hr_set_revision *revisions; /* oldest first */
    struct hr_revision *plan;          /* as many: what each should have */
    uint32_t n_revisions;
};

enum hr_node_stage {
    HR_NODE_FREE,
    HR_NODE_ASKED,   /* the cloud has been asked for it */
    HR_NODE_BOOTING, /* the machine runs and is paid for */
    HR_NODE_READY,
    HR_NODE_GOING,  /* being drained to be deleted */
    HR_NODE_DELETED /* its object is; what is left of its pods is to be collected */
};

struct hr_node_gpu {
    hr_event_id event; /* the next failure or repair */
    uint64_t failures;
    bool broken;
};

/* What ails a node. */
struct hr_node_health {
    bool dead;        /* the machine does nothing */
    bool gone;        /* ... and never will: it is paid for no more */
    bool unreachable; /* the control plane has noticed */
    bool evicts;      /* tainted so that pods leave */
    bool waits;       /* to be, since `turn` */
    bool noticed;     /* that it is taken back at `ends` */
    uint64_t turn;
    hr_time ready_at, died, back; /* back: HR_TIME_NEVER */
    hr_time ends;                 /* HR_TIME_NEVER: not known */
    uint64_t failures, slowdowns; /* so far */
    double slowdown;              /* work takes this many times as long */
    hr_event_id power, lost, spot, slow;
};

enum hr_removal_stage {
    HR_REMOVAL_WAITS,  /* for the node that takes its place */
    HR_REMOVAL_TAINTS, /* for the scheduler to learn of it */
    HR_REMOVAL_EVICTS, /* pods whose budgets do not allow it yet are left */
    HR_REMOVAL_EMPTIES /* its pods end */
};

/* How an autoscaler takes a node away (node_removal.c). */
struct hr_removal {
    enum hr_removal_stage stage;
    bool drains;          /* it had pods */
    hr_time until;        /* end of the stage */
    uint32_t replacement; /* HR_NODE_NONE */
    uint64_t replacement_ordinal;
    hr_event_id event;
};

struct hr_node {
    uint32_t pool, zone; /* zone: place in the pool's list */
    uint64_t ordinal;    /* in the pool: part of its name */
    enum hr_node_stage stage;
    bool cordoned, draining;
    bool retires;            /* to be deleted as soon as it is empty */
    bool occupied;           /* its pods pay for it */
    hr_time asked, born;     /* born: paid for from then on */
    hr_time pulled_at;       /* when the last pull ends: images come one after the other */
    hr_time *images;         /* by number: when each is there; HR_TIME_NEVER: not asked for */
    hr_time pods_changed;    /* when a pod came or went last */
    hr_event_id step, drain; /* pending */
    struct hr_removal removal;
    struct hr_node_health health;
    struct hr_node_gpu *gpus; /* HR_GPUS_MAX, or NULL */
    uint32_t next_free;
};

/* A zone of a pool, as far as its nodes can be had. */
struct hr_pool_zone {
    const struct hr_out_of_capacity_spec *lack; /* NULL: never out of capacity */
    struct hr_dist lead;
    hr_time closed;  /* no machine left until then */
    hr_time failing; /* those asked for do not come until then */
};

struct hr_pool {
    const struct hr_node_pool_spec *spec;
    struct hr_node_capacity capacity;
    uint64_t entity;
    uint32_t first_shape, n_zones; /* a shape a zone */
    int64_t target;
    uint32_t asked, existing, ready, going, empty;
    int64_t requested[HR_RESOURCES_MAX];
    uint64_t counts[HR_POOL_EVENTS];
    uint64_t created;
    struct hr_dist provision, boot, driver;
    struct hr_dist mttf, mttr, gpu_mttf, gpu_mttr, spot_mttf, slow_mttf, slow_time;
    struct hr_pool_zone *zones;
    uint64_t requests;      /* for machines, so far */
    hr_time failed_at;      /* the last one in vain; HR_TIME_NEVER: none yet */
    hr_time retry_at;       /* it does not ask before */
    int64_t target_refused; /* last, by the quota */
    hr_event_id retry, trace;
    hr_time *trace_ends; /* by line of the spot trace: when the node that it adds goes */
    size_t trace_next;
    int64_t node_nano_per_hour;
    hr_time extra_ns;
    bool dirty;
};

/* The lost nodes of a zone lose their pods one after the other. */
struct hr_zone_health {
    double rate;  /* nodes a second */
    hr_time next; /* not before */
    hr_event_id event;
};

struct hr_cluster {
    struct hr_cluster_config config;
    struct hr_cluster_spec spec;
    struct hr_cluster_hooks hooks;
    struct hr_engine *engine;
    struct hr_dist endpoint_delay;
    struct hr_rng endpoint_rng;
    struct hr_set *sets;
    uint32_t n_images; /* numbers in use; images_max is room for them */
    uint32_t images_max;
    struct hr_pod *pods;
    uint32_t n_pods, capacity, pod_free;
    struct hr_pool *pools; /* none: pods need no nodes */
    struct hr_node *nodes;
    uint32_t n_nodes, nodes_capacity, node_free;
    const char **zones; /* names, by number */
    uint32_t n_zones;
    struct hr_zone_health *zones_health;
    uint32_t unreachable; /* nodes */
    uint64_t turns_evict; /* nodes that waited for their eviction so far */
    bool all_lost;        /* every zone is: nobody is evicted */
    struct hr_placement *placement;
    struct hr_scheduler scheduler;
    struct hr_scheduling_queue queue;
    struct hr_rng scheduler_rng;
    hr_event_id wake;                           /* of the queue */
    struct hr_node_autoscaler *node_autoscaler; /* NULL: none */
    uint64_t turns;                             /* times that anything may have changed */
    bool changed;
    bool due; /* a control event is to come at this moment */
};

/* cluster.c */
void hr_control_due(struct hr_cluster *cluster);
void hr_set_touch(struct hr_cluster *cluster, uint32_t set);
bool hr_has_nodes(const struct hr_cluster *cluster);
struct hr_rng hr_cluster_rng(const struct hr_cluster *cluster, enum hr_purpose purpose,
                             uint64_t entity, uint64_t ordinal);
void hr_event_cancel(struct hr_cluster *cluster, hr_event_id *id);
void hr_event_set(struct hr_cluster *cluster, hr_event_id *id, hr_time at, uint32_t rank,
                  uint32_t kind, uint32_t subject);

/* note.c: the event log. `pod` and `node` may be none. */
void hr_note(const struct hr_cluster *cluster, const char *reason, uint32_t set, uint32_t pod,
             uint32_t node, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* pod.c: a pod from its creation until it serves, and when its container ends. */
uint32_t hr_pod_create(struct hr_cluster *cluster, uint32_t set, uint32_t revision,
                       uint64_t ordinal);
void hr_pod_bind(struct hr_cluster *cluster, uint32_t pod, uint32_t node);
void hr_pod_bind_warm(struct hr_cluster *cluster, uint32_t pod, uint32_t node);
void hr_pod_step(struct hr_cluster *cluster, uint32_t pod);
void hr_pod_ready(struct hr_cluster *cluster, uint32_t pod, bool ready);
void hr_pod_available(struct hr_cluster *cluster, uint32_t pod);
/* The container ends and is to be started again, not before `down` has passed. */
void hr_pod_container_ended(struct hr_cluster *cluster, uint32_t pod, hr_time down);
void hr_pod_crashed(struct hr_cluster *cluster, uint32_t pod);
/* Its machine dies: it does nothing more, and nobody has noticed. */
void hr_pod_silence(struct hr_cluster *cluster, uint32_t pod);
/* Its machine is back: what ran there is started again, or gone when it was deleted. */
void hr_pod_resume(struct hr_cluster *cluster, uint32_t pod);

/* endpoint.c: what the load balancer knows of a pod. */
void hr_endpoint_want(struct hr_cluster *cluster, uint32_t pod, bool listed);
void hr_endpoint_now(struct hr_cluster *cluster, uint32_t pod, bool listed);

/* probe.c */
void hr_probes_begin(struct hr_cluster *cluster, uint32_t pod); /* the container has started */
void hr_probes_serving(struct hr_cluster *cluster, uint32_t pod);
/* Probes that were not run, as of a pod that stood ready at time 0 or as they could not fail, are
 * run from now on if they may. */
void hr_probes_review(struct hr_cluster *cluster, uint32_t pod);
void hr_probes_end(struct hr_cluster *cluster, uint32_t pod, bool readiness_too);
void hr_probe_run(struct hr_cluster *cluster, uint32_t pod, enum hr_probe_kind kind);

/* termination.c */
void hr_pod_delete(struct hr_cluster *cluster, uint32_t pod, hr_time grace);
void hr_pod_preempt(struct hr_cluster *cluster, uint32_t pod);
void hr_pod_terminate(struct hr_cluster *cluster, uint32_t pod);
void hr_pod_kill(struct hr_cluster *cluster, uint32_t pod);
void hr_pod_gone(struct hr_cluster *cluster, uint32_t pod);
/* The load balancer has heard of it too: its record is free. */
void hr_pod_forget(struct hr_cluster *cluster, uint32_t pod);

/* node.c: a node from the request for it until it is deleted. */
void hr_nodes_init(struct hr_cluster *cluster);
void hr_nodes_fini(struct hr_cluster *cluster);
void hr_nodes_start(struct hr_cluster *cluster); /* those of time 0 */
/* The zone that a cloud which spreads a pool evenly gives to its next node; `more`: nodes by zone
 * that come before it, beyond those there are (NULL: none). HR_ZONE_NONE: there is none to be had.
 */
uint32_t hr_pool_zone(const struct hr_cluster *cluster, uint32_t pool, const uint32_t *more);
uint32_t hr_node_ask(struct hr_cluster *cluster, uint32_t pool, uint32_t zone);
void hr_node_step(struct hr_cluster *cluster, uint32_t node);
/* An autoscaler begins to remove a ready node: it takes no more pods, and the target of its pool is
 * one less. Or it leaves it after all. */
void hr_node_leaves(struct hr_cluster *cluster, uint32_t node, bool leaves);
/* A machine that is there at once, and ready too if `warm`. */
uint32_t hr_node_appear(struct hr_cluster *cluster, uint32_t pool, bool warm);
/* The machine is no more, and not paid for; its object and the pods on it may still be there. */
void hr_node_leave_pool(struct hr_cluster *cluster, uint32_t node);
/* The control plane takes the node for lost, or for reachable. */
void hr_node_reachable(struct hr_cluster *cluster, uint32_t node, bool reachable);
/* The machine goes, whatever is on it. */
void hr_node_delete(struct hr_cluster *cluster, uint32_t node);
/* Nodes that are asked for, boot or are ready, and are to stay. */
int64_t hr_pool_standing(const struct hr_pool *pool);
void hr_pool_reconcile(struct hr_cluster *cluster, uint32_t pool);
void hr_pool_touch(struct hr_cluster *cluster, uint32_t pool);
/* The first pod on a node, and that after `pod`. */
uint32_t hr_node_first_pod(const struct hr_cluster *cluster, uint32_t node);
uint32_t hr_node_next_pod(const struct hr_cluster *cluster, uint32_t pod);
/* When the image of the pod is on its node, asking for it if need be. */
hr_time hr_node_pull(struct hr_cluster *cluster, uint32_t pod);

/* node_faults.c: machines that die, or serve slowly. */
void hr_node_faults_init(struct hr_cluster *cluster);
void hr_node_faults_fini(struct hr_cluster *cluster);
void hr_node_faults_begin(struct hr_cluster *cluster, uint32_t node); /* it is ready */
void hr_node_faults_end(struct hr_cluster *cluster, uint32_t node);   /* the machine is no more */
/* HR_TIME_NEVER: for good. */
void hr_node_fail(struct hr_cluster *cluster, uint32_t node, hr_time down);
void hr_node_power(struct hr_cluster *cluster, uint32_t node);
void hr_node_slow_down(struct hr_cluster *cluster, uint32_t node, double factor, hr_time duration);
void hr_node_slow_step(struct hr_cluster *cluster, uint32_t node);
/* The `k`th draw of the node for that purpose. */
hr_time hr_node_draw(const struct hr_cluster *cluster, uint32_t node, const struct hr_dist *dist,
                     enum hr_purpose purpose, uint64_t k);
/* A node is gone for good: its pool gets another, or wants one less. */
void hr_node_replace(struct hr_cluster *cluster, uint32_t node);

/* heartbeat.c: what the control plane makes of a node that is silent. */
void hr_heartbeat_init(struct hr_cluster *cluster);
void hr_heartbeat_stop(struct hr_cluster *cluster, uint32_t node);
void hr_heartbeat_back(struct hr_cluster *cluster, uint32_t node);
void hr_heartbeat_step(struct hr_cluster *cluster, uint32_t node);
void hr_zones_review(struct hr_cluster *cluster);
void hr_zone_evict(struct hr_cluster *cluster, uint32_t zone);
void hr_pod_tolerate(struct hr_cluster *cluster, uint32_t pod); /* its node being unreachable */
void hr_pod_tolerated(struct hr_cluster *cluster, uint32_t pod);

/* spot.c: machines that the cloud takes back. */
void hr_spot_init(struct hr_cluster *cluster, uint32_t pool);
void hr_spot_trace_step(struct hr_cluster *cluster, uint32_t pool);
void hr_spot_begin(struct hr_cluster *cluster, uint32_t node);
void hr_spot_interrupt(struct hr_cluster *cluster, uint32_t node, hr_time notice);
void hr_spot_step(struct hr_cluster *cluster, uint32_t node);

/* gpu_faults.c */
void hr_gpus_begin(struct hr_cluster *cluster, uint32_t node);
void hr_gpus_end(struct hr_cluster *cluster, uint32_t node);
void hr_gpus_back(struct hr_cluster *cluster, uint32_t node); /* with its machine */
void hr_gpus_fail(struct hr_cluster *cluster, uint32_t node, int64_t n, hr_time duration);
void hr_gpu_step(struct hr_cluster *cluster, uint32_t gpu);

/* provisioning.c: nodes that are asked for, and do not come. */
void hr_provisioning_init(struct hr_cluster *cluster, uint32_t pool);
void hr_provisioning_fini(struct hr_pool *pool);
/* Asks for a node where there is one to be had; HR_NODE_NONE: nowhere, it tries again later. */
uint32_t hr_provision(struct hr_cluster *cluster, uint32_t pool);
uint32_t hr_provision_in(struct hr_cluster *cluster, uint32_t pool, uint32_t zone); /* or not */
/* True: the node that should come now does not, and is forgotten. */
bool hr_provision_fails(struct hr_cluster *cluster, uint32_t node);
/* Nodes of the zone do not come for a while. */
void hr_provision_block(struct hr_cluster *cluster, uint32_t pool, uint32_t zone, hr_time duration);
void hr_provision_failed(struct hr_cluster *cluster, uint32_t pool, const char *why);

/* price.c: a pod, just bound, or about to be unbound, takes its requests from the node or gives
 * them back. */
void hr_node_charge_requests(struct hr_cluster *cluster, uint32_t pod, int64_t sign);
/* Divides the price of a node, which has changed or whose pods have, over its pods. */
void hr_node_split_price(struct hr_cluster *cluster, uint32_t node);
void hr_pod_pays_no_more(struct hr_cluster *cluster, uint32_t pod);

/* drain.c: cordons a node and evicts its pods as their disruption budgets allow. */
void hr_node_cordon(struct hr_cluster *cluster, uint32_t node, bool on);
void hr_node_drain(struct hr_cluster *cluster, uint32_t node);
void hr_node_drain_on(struct hr_cluster *cluster, uint32_t node);
/* The same, and deletes it when it is empty. */
void hr_node_retire(struct hr_cluster *cluster, uint32_t node);
/* Pods of the set that may be evicted now: INT64_MAX without a budget. */
int64_t hr_set_disruptions_allowed(const struct hr_cluster *cluster, uint32_t set);
/* Deletes the pod if its budget allows, with its own grace or at most that. */
bool hr_pod_evict(struct hr_cluster *cluster, uint32_t pod);
bool hr_pod_evict_within(struct hr_cluster *cluster, uint32_t pod, hr_time grace_max);

/* placing.c: pending pods get nodes. `warm`: at time 0, ready at once. */
void hr_placing_init(struct hr_cluster *cluster);
void hr_placing_fini(struct hr_cluster *cluster);
void hr_placing_add(struct hr_cluster *cluster, uint32_t pod);
void hr_placing_remove(struct hr_cluster *cluster, uint32_t pod);
void hr_placing_wake(struct hr_cluster *cluster, enum hr_wake what);
void hr_placing_run(struct hr_cluster *cluster, bool warm);

/* job.c: the controller of a job. */
void hr_job_init(struct hr_cluster *cluster, uint32_t set);
void hr_job_fini(struct hr_set *set);
void hr_job_due(struct hr_cluster *cluster, uint32_t set);
void hr_job_deadline(struct hr_cluster *cluster, uint32_t set);
/* A pod has done its work; has gone without. */
void hr_job_pod_done(struct hr_cluster *cluster, uint32_t pod);
void hr_job_pod_lost(struct hr_cluster *cluster, uint32_t set, uint32_t run);
void hr_job_reconcile(struct hr_cluster *cluster, uint32_t set);

/* action.c: the scenario's events. */
void hr_actions_start(struct hr_cluster *cluster);
void hr_action_run(struct hr_cluster *cluster, uint32_t action);

/* controller.c: what a deployment's pods should be. */
void hr_set_init(struct hr_cluster *cluster, uint32_t set);
void hr_set_fini(struct hr_set *set);
void hr_set_reconcile(struct hr_cluster *cluster, uint32_t set);

/* A new version, with no pods yet. */
void hr_set_add_revision(struct hr_set *set, const struct hr_version *version, uint32_t image);
/* Makes the number of pods of a revision what its plan says. */
void hr_set_fit(struct hr_cluster *cluster, uint32_t set, uint32_t revision);
/* A new pod of the set, on its way to a node. */
uint32_t hr_set_add_pod(struct hr_cluster *cluster, uint32_t set, uint32_t revision);

/* progressive.c: canaries and blue-green rollouts. */
enum hr_rollout_step hr_canary_plan(struct hr_cluster *cluster, uint32_t set);
enum hr_rollout_step hr_blue_green_plan(struct hr_cluster *cluster, uint32_t set);
void hr_progressive_begin(struct hr_cluster *cluster, uint32_t set);
/* The two newest revisions have changed places: requests still go where they went. */
void hr_progressive_back(struct hr_cluster *cluster, uint32_t set);
void hr_progressive_step(struct hr_cluster *cluster, uint32_t set);
void hr_canary_analyze(struct hr_cluster *cluster, uint32_t set);

/* stateful.c: the controller of a stateful set. */
void hr_stateful_reconcile(struct hr_cluster *cluster, uint32_t set);

/* victims.c: writes the pods that go first when `revision` loses some, all of them, and returns
 * how many there are. */
uint32_t hr_victims_rank(const struct hr_cluster *cluster, uint32_t set, uint32_t revision,
                         uint32_t *pods);

#endif
