/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small cluster for tests of the scheduler. */
#ifndef TESTS_HR_CLUSTER_H
#define TESTS_HR_CLUSTER_H

#include "cluster/scheduler_cycle.h"

#include <string.h>

#define GIB    (INT64_C(1) << 30)
#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define LIST_OF(array)                                                                             \
    {                                                                                              \
        .items = (array), .n = LEN(array)                                                          \
    }

struct cluster {
    struct hr_placement *placement;
    struct hr_scheduler scheduler;
    struct hr_rng rng;
};

static inline void cluster_init(struct cluster *cluster, const struct hr_scheduler_spec *spec)
{
    cluster->placement = hr_placement_new(spec);
    hr_scheduler_init(&cluster->scheduler, cluster->placement);
    cluster->rng = hr_rng_at((struct hr_address){ .seed = 1 });
}

static inline void cluster_fini(struct cluster *cluster)
{
    hr_scheduler_fini(&cluster->scheduler);
    hr_placement_free(cluster->placement);
}

/* A shape with 10 cores and 10 GiB in zone `zone`. */
static inline struct hr_node_shape plain_shape(uint32_t zone)
{
    return (
        struct hr_node_shape){ .zone = zone, .allocatable = { 10000, 10 * GIB }, .pods_max = 110 };
}

/* A pod that asks for so much, of owner 0, without default spreading. */
static inline struct hr_pod_template plain_pod(int64_t cpu_milli, int64_t memory_gib)
{
    return (struct hr_pod_template){ .pool = HR_POOL_ANY,
                                     .requests = { cpu_milli, memory_gib * GIB } };
}

/* Nodes `first` to first + n - 1 of a shape. */
static inline void put_nodes(struct cluster *cluster, uint32_t first, uint32_t n,
                             const struct hr_node_shape *shape)
{
    const uint32_t number = hr_placement_add_shape(cluster->placement, shape);
    for (uint32_t i = 0; i < n; i++)
        hr_scheduler_put_node(&cluster->scheduler, first + i, number);
}

/* Nodes 0 and 1 in zone 0, node 2 in zone 1. */
static inline void put_two_zones(struct cluster *cluster)
{
    const struct hr_node_shape zone0 = plain_shape(0), zone1 = plain_shape(1);
    put_nodes(cluster, 0, 2, &zone0);
    put_nodes(cluster, 2, 1, &zone1);
}

/* Node 0 with neither of two labels, 1 with the first, 2 with the second, 3 with both. */
static inline void put_labelled(struct cluster *cluster, const struct hr_label_spec *labels)
{
    static const size_t n_labels[] = { 0, 1, 1, 2 };
    for (uint32_t i = 0; i < 4; i++) {
        struct hr_node_shape shape = plain_shape(0);
        shape.labels = labels + (i == 2);
        shape.n_labels = n_labels[i];
        put_nodes(cluster, i, 1, &shape);
    }
}

static inline uint32_t add_pod(struct cluster *cluster, const struct hr_pod_template *pod)
{
    return hr_placement_add_template(cluster->placement, pod);
}

static inline void bind(struct cluster *cluster, uint32_t pod, uint32_t pod_template, uint32_t node)
{
    hr_scheduler_bind(&cluster->scheduler, pod, pod_template, node, (hr_time)pod);
}

/* Binds pods first ... first + n - 1. */
static inline void bind_many(struct cluster *cluster, uint32_t first, uint32_t n,
                             uint32_t pod_template, uint32_t node)
{
    for (uint32_t i = 0; i < n; i++)
        bind(cluster, first + i, pod_template, node);
}

/* The node found for pod 9999, which is not bound. */
static inline uint32_t find(struct cluster *cluster, uint32_t pod_template,
                            struct hr_refusals *refusals)
{
    return hr_scheduler_find(&cluster->scheduler, 9999, pod_template, &cluster->rng, refusals);
}

/* Fails unless no node is found, for the reasons in this text. */
static inline void assert_refused(struct cluster *cluster, uint32_t pod_template,
                                  const char *expected)
{
    struct hr_refusals refusals;
    struct hr_str text;
    hr_str_init(&text);
    assert_int_equal(find(cluster, pod_template, &refusals), HR_NODE_NONE);
    hr_refusals_text(&refusals, cluster->placement, &text);
    assert_string_equal(text.text, expected);
    hr_str_fini(&text);
}

/* Scores of nodes 0 ... n - 1. */
static inline void scores_of(struct cluster *cluster, uint32_t pod_template, uint32_t n,
                             int64_t *scores)
{
    uint32_t nodes[64];
    struct hr_cycle cycle = hr_cycle_begin(&cluster->scheduler, 9999, pod_template);
    for (uint32_t i = 0; i < n; i++)
        nodes[i] = i;
    hr_cycle_score(&cluster->scheduler, &cycle, nodes, n, scores);
}

#endif
