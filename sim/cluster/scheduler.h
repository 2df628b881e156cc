/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scheduler: which node a pod goes to, and which pods have to leave for it; as Kubernetes'
 * scheduler does it (1.34). It keeps its own books of nodes and of the pods on them, and knows no
 * clock and no events: the caller says what happens, and carries out what is decided.
 *
 * Nodes and pods have small numbers that the caller gives (and may use again); memory is kept for
 * each up to the largest. A find looks at each node once at most, and at none above what sampling
 * asks for, unless topology makes counting pods over all nodes necessary (a pass over an array).
 */
#ifndef CLUSTER_SCHEDULER_H
#define CLUSTER_SCHEDULER_H

#include "base/str.h"
#include "cluster/placement.h"
#include "stats/rng.h"

#define HR_NODE_NONE  UINT32_MAX
#define HR_POD_NONE   UINT32_MAX
#define HR_SHAPE_NONE UINT32_MAX

/* Why a node is refused, in the order of the filters; the first that fails counts, of lacking
 * resources all. */
enum hr_refusal {
    HR_REFUSED_CORDONED,
    HR_REFUSED_TAINT,
    HR_REFUSED_AFFINITY, /* node selector or required node affinity */
    HR_REFUSED_PODS,     /* too many */
    HR_REFUSED_RESOURCE, /* + enum hr_resource */
    HR_REFUSED_SPREAD_LABEL = HR_REFUSED_RESOURCE + HR_RESOURCES_MAX, /* the node has no zone */
    HR_REFUSED_SPREAD,
    HR_REFUSED_ANTI_AFFINITY,
    HR_REFUSALS
};

enum hr_preemption_end {
    HR_PREEMPTION_NOT_TRIED,
    HR_PREEMPTION_NEVER,   /* by the policy of the pod */
    HR_PREEMPTION_WAITS,   /* victims of the pod are still terminating */
    HR_PREEMPTION_NO_NODE, /* counts below */
    HR_PREEMPTION_FOUND
};

/* Why there is no node: the FailedScheduling event. */
struct hr_refusals {
    uint32_t nodes;                 /* in the cluster */
    uint32_t counts[HR_REFUSALS];   /* nodes, by reason */
    uint32_t taints[HR_TAINTS_MAX]; /* nodes refused for a taint, by the first not tolerated */
    enum hr_preemption_end preemption;
    /* Nodes as preemption saw them: it cannot help there, finds no victims, or the pod would have
     * no place without the pods of lower priority either. */
    uint32_t not_helpful, no_victims, still[HR_REFUSALS];
};

/* Set of the reasons, bit HR_REFUSED_..., as the scheduling queue takes it. */
uint32_t hr_refusals_set(const struct hr_refusals *refusals);

/* Adds the text of the event: "0/4 nodes are available: 1 Insufficient cpu, 3 node(s) ...". */
void hr_refusals_text(const struct hr_refusals *refusals, const struct hr_placement *placement,
                      struct hr_str *out);

/* Adds the reasons alone: "1 Insufficient cpu, 3 node(s) ...". */
void hr_refusals_list(const struct hr_refusals *refusals, const struct hr_placement *placement,
                      struct hr_str *out);

/* What is left of a node, and who is on it. */
struct hr_node_state {
    uint8_t n_gpus;
    uint64_t taints;      /* bit by number */
    uint32_t gpus_broken; /* bit by device */
    uint32_t n_pods, pods_max;
    uint32_t first_pod;                    /* list over the pods' `next` */
    uint32_t n_nominated;                  /* pods that wait for victims here to be gone */
    uint16_t gpus_free;                    /* sound devices that nobody is on */
    uint16_t gpu_largest;                  /* most thousandths left on a sound device */
    int64_t allocatable[HR_RESOURCES_MAX]; /* GPU: of sound devices */
    int64_t used[HR_RESOURCES_MAX];        /* sum of the requests */
    int64_t scored_cpu, scored_memory;     /* likewise, with 100m and 200 MiB for none given */
    uint16_t gpu_used[HR_GPUS_MAX];        /* thousandths, by device */
};

struct hr_pod_state {
    uint32_t node; /* HR_NODE_NONE: not bound */
    uint32_t pod_template;
    uint32_t previous, next; /* on the node */
    uint32_t gpus;           /* bit by device */
    bool terminating, preempted;
    hr_time start;
};

/* Pods of one owner on one node. */
struct hr_owner_count {
    uint16_t live, all; /* all: terminating ones, too */
};

struct hr_nomination {
    uint32_t pod, pod_template, node;
};

struct hr_scheduler {
    const struct hr_placement *placement;
    struct hr_node_state *nodes; /* by number */
    uint32_t *shapes;            /* by number; HR_SHAPE_NONE: no such node */
    uint32_t n_nodes;            /* numbers in use and room for them: */
    uint32_t nodes_capacity;
    uint32_t n_present;
    uint32_t *order;     /* present nodes, zones in turn, as the filters go through them */
    bool order_is_stale; /* nodes came or went */
    uint32_t start;      /* place in the order where the next find starts */
    struct hr_pod_state *pods;
    uint32_t pods_capacity;
    struct hr_owner_count *owners; /* [owner * nodes_capacity + node] */
    uint32_t owners_capacity;
    uint64_t *image_nodes;  /* bits: [image * nodes_capacity / 64 + node / 64] */
    uint32_t *image_counts; /* nodes that hold it */
    uint32_t images_capacity;
    struct hr_nomination *nominations;
    uint32_t n_nominations, nominations_capacity;
    struct hr_scheduler_scratch *scratch; /* of one find or preemption; not copied */
};

void hr_scheduler_init(struct hr_scheduler *scheduler, const struct hr_placement *placement);
void hr_scheduler_fini(struct hr_scheduler *scheduler);

/* Makes room for pods 0 .. n - 1; there may be more. */
void hr_scheduler_reserve(struct hr_scheduler *scheduler, uint32_t n);

/* Makes `to` (initialized, with the same placement) equal to `from`, for trying changes out. A few
 * flat arrays are copied; memory that `to` has is used again. */
void hr_scheduler_copy(struct hr_scheduler *to, const struct hr_scheduler *from);

/* A node comes, empty, with the taints of its shape; goes (its pods must have been unbound). */
void hr_scheduler_put_node(struct hr_scheduler *scheduler, uint32_t node, uint32_t shape);
void hr_scheduler_remove_node(struct hr_scheduler *scheduler, uint32_t node);

/* Puts a taint on a node or takes it off: enum hr_node_taint or of hr_placement_taint(). Cordoned
 * is HR_NODE_CORDONED. */
void hr_scheduler_taint(struct hr_scheduler *scheduler, uint32_t node, uint32_t taint, bool on);

/* A device breaks or is sound again. Pods on it keep it. */
void hr_scheduler_gpu_broken(struct hr_scheduler *scheduler, uint32_t node, uint32_t device,
                             bool broken);

/* An image is on a node, or not any more. */
void hr_scheduler_image(struct hr_scheduler *scheduler, uint32_t node, uint32_t image, bool there);

/* Binds a pod to a node that it fits on; start is when it came to be, for preemption. Its
 * nomination ends. Takes the GPU with the least room that is enough, or the first free ones. */
void hr_scheduler_bind(struct hr_scheduler *scheduler, uint32_t pod, uint32_t pod_template,
                       uint32_t node, hr_time start);
void hr_scheduler_unbind(struct hr_scheduler *scheduler, uint32_t pod);

/* A bound pod is being deleted: it keeps its room, but counts no more for topology spread. */
void hr_scheduler_terminate(struct hr_scheduler *scheduler, uint32_t pod, bool preempted);

/* The node of a pod; HR_NODE_NONE. */
uint32_t hr_scheduler_node_of(const struct hr_scheduler *scheduler, uint32_t pod);

/*
 * The node for a pod, by filters and scores; ties are drawn at random. HR_NODE_NONE: none, and
 * `refusals` (may be NULL) says why. Does not bind.
 */
uint32_t hr_scheduler_find(struct hr_scheduler *scheduler, uint32_t pod, uint32_t pod_template,
                           struct hr_rng *rng, struct hr_refusals *refusals);

/* Whether a pod of the template passes all filters on the node, resp. the first node, in rising
 * order from number `from` on, where it does (HR_NODE_NONE: none). */
bool hr_scheduler_fits(struct hr_scheduler *scheduler, uint32_t pod_template, uint32_t node);
uint32_t hr_scheduler_first_fit(struct hr_scheduler *scheduler, uint32_t pod_template,
                                uint32_t from);

struct hr_preemption {
    uint32_t node;           /* HR_NODE_NONE: nothing helps */
    const uint32_t *victims; /* most important first; valid until the next preemption */
    size_t n_victims;
    uint32_t pdb_violations; /* victims whose PodDisruptionBudget does not allow it */
};

/*
 * For a pod that no node was found for: whom to evict from where. The caller terminates the
 * victims, nominates the pod and lets it try again when they are gone. `disruptions_allowed` by
 * owner (INT64_MAX: no budget) may be NULL. `refusals` is what find said, and gets the outcome.
 */
struct hr_preemption hr_scheduler_preempt(struct hr_scheduler *scheduler, uint32_t pod,
                                          uint32_t pod_template, const int64_t *disruptions_allowed,
                                          struct hr_rng *rng, struct hr_refusals *refusals);

/* The node that a pod is nominated to; HR_NODE_NONE. */
uint32_t hr_scheduler_nominated(const struct hr_scheduler *scheduler, uint32_t pod);

/* Keeps room on a node for a pod against pods of lower priority; those of lower priority that were
 * nominated there are so no more. HR_NODE_NONE: its nomination ends. */
void hr_scheduler_nominate(struct hr_scheduler *scheduler, uint32_t pod, uint32_t pod_template,
                           uint32_t node);

#endif
