/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What nodes offer and what pods ask for, compiled: which shape of node takes which pod by taints,
 * labels and affinity, and how well. Built once from the specs; the scheduler and its copies then
 * share it, read only.
 *
 * A shape is what nodes of one pool, instance type and zone have in common. A template is what the
 * pods of one deployment (or one revision of it, or a job) have in common; pods of one owner count
 * as alike for topology spread and anti-affinity. Anti-affinity is that of the pod to be placed:
 * what pods of other revisions ask for in turn is not looked at.
 */
#ifndef CLUSTER_PLACEMENT_H
#define CLUSTER_PLACEMENT_H

#include "cluster/node_capacity.h"
#include "cluster/spec.h"

#include <stdbool.h>

/* Resources of a node by number. MIG slices of each profile are a resource of their own. */
enum hr_resource {
    HR_RESOURCE_CPU,    /* thousandths of a core */
    HR_RESOURCE_MEMORY, /* bytes */
    HR_RESOURCE_GPU,    /* thousandths of a device */
    HR_RESOURCE_MIG     /* slices of the first profile; further profiles follow */
};

enum {
    HR_RESOURCES_MAX = 16,
    HR_MIG_PROFILES_MAX = HR_RESOURCES_MAX - HR_RESOURCE_MIG,
    HR_GPU_WHOLE = 1000,  /* thousandths */
    HR_TAINTS_MAX = 64,   /* different ones, those of Kubernetes itself included */
    HR_POD_IMAGES_MAX = 2 /* container image, and model as an image volume */
};

#define HR_ZONE_NONE UINT32_MAX
#define HR_POOL_ANY  UINT32_MAX

/* Taints that Kubernetes itself puts on nodes: numbers for hr_scheduler_taint(). */
enum hr_node_taint {
    HR_NODE_CORDONED,
    HR_NODE_NOT_READY,
    HR_NODE_NOT_READY_EXECUTE, /* pods are evicted after their toleration, 300 s by default */
    HR_NODE_UNREACHABLE,
    HR_NODE_UNREACHABLE_EXECUTE,
    HR_NODE_TAINTS
};

struct hr_node_shape {
    const struct hr_label_spec *labels;
    size_t n_labels;
    const struct hr_taint_spec *taints;
    size_t n_taints;
    uint32_t pool;
    uint32_t zone; /* small number, or HR_ZONE_NONE: without the label of a zone */
    /* Capacity less what the system and daemons take. GPUs: 1000 a device, at most HR_GPUS_MAX. */
    int64_t allocatable[HR_RESOURCES_MAX];
    uint32_t pods_max; /* 110 with most providers; below 65536 */
};

struct hr_pod_image {
    uint32_t image; /* small number */
    int64_t bytes;
};

struct hr_pod_template {
    uint32_t owner;                        /* small number of the deployment or job */
    uint32_t pool;                         /* that it is bound to, or HR_POOL_ANY */
    const struct hr_scheduling_spec *spec; /* NULL: all at default */
    int64_t requests[HR_RESOURCES_MAX];    /* GPU: n * 1000, or below 1000 a share of one */
    bool default_spread;                   /* of a deployment or stateful set, not of a job:
                                              Kubernetes spreads it if it says nothing */
    struct hr_pod_image images[HR_POD_IMAGES_MAX];
    size_t n_images;
};

struct hr_placement;

/* `spec` NULL: all at default. Specs given here and below, and their texts, must outlive it. */
struct hr_placement *hr_placement_new(const struct hr_scheduler_spec *spec);
void hr_placement_free(struct hr_placement *placement);

/* The number of the resource of a MIG profile such as "1g.10gb", known from then on; there may be
 * HR_MIG_PROFILES_MAX. */
uint32_t hr_placement_mig(struct hr_placement *placement, const char *profile);

/* What resources ask for, as a template has it: a limit without a request is the request, too. Its
 * MIG profile is known from then on. */
void hr_placement_requests(struct hr_placement *placement,
                           const struct hr_resources_spec *resources,
                           int64_t requests[HR_RESOURCES_MAX]);

/* The number of a taint, known from then on; there may be HR_TAINTS_MAX. */
uint32_t hr_placement_taint(struct hr_placement *placement, const struct hr_taint_spec *taint);

/* Numbers of the new shape and template: 0, 1, 2 ... What they point to must outlive it. */
uint32_t hr_placement_add_shape(struct hr_placement *placement, const struct hr_node_shape *shape);
uint32_t hr_placement_add_template(struct hr_placement *placement,
                                   const struct hr_pod_template *pod);

/* How many there are. */
uint32_t hr_placement_shapes(const struct hr_placement *placement);
uint32_t hr_placement_templates(const struct hr_placement *placement);

const struct hr_node_shape *hr_placement_shape(const struct hr_placement *placement,
                                               uint32_t shape);
const struct hr_pod_template *hr_placement_template(const struct hr_placement *placement,
                                                    uint32_t pod_template);
int64_t hr_placement_priority(const struct hr_placement *placement, uint32_t pod_template);

/* Whether node selector and required affinity admit the shape. */
bool hr_placement_admits(const struct hr_placement *placement, uint32_t pod_template,
                         uint32_t shape);

/*
 * How long a pod stays on a node that gets the taint: 0 when not tolerated, HR_TIME_NEVER for ever.
 * Taints that do not evict are tolerated for ever or not at all. Every pod tolerates not-ready and
 * unreachable nodes for 300 s, or what hr_placement_default_toleration() was told, unless it says
 * otherwise (Kubernetes' admission adds that).
 */
hr_time hr_placement_toleration(const struct hr_placement *placement, uint32_t pod_template,
                                uint32_t taint);
void hr_placement_default_toleration(struct hr_placement *placement, hr_time toleration);

#endif
