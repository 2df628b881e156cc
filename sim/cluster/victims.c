/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which pods a ReplicaSet deletes first (pkg/controller/controller_utils.go, ActivePodsWithRanks,
 * 1.28): those without a node, not running, not ready; then those with more ready siblings on their
 * node, ready or made more recently on a logarithmic scale, restarted more often.
 */
#include "cluster/state.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>

/* Lower goes first, member by member. */
struct rank {
    int assigned, running, ready;
    int64_t siblings; /* negative: more go first */
    int ready_age;    /* log2 of the time that it has been ready */
    int64_t restarts; /* negative */
    int age;
    uint64_t uid;
    uint32_t pod;
};

/* floor(log2) of nanoseconds. */
static int log2_of(hr_time age)
{
    return age <= 0 ? 0 : 63 - __builtin_clzll((uint64_t)age);
}

static int compare(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_ranks(const void *left, const void *right)
{
    const struct rank *a = left, *b = right;
    const int by[] = {
        compare(a->assigned, b->assigned),
        compare(a->running, b->running),
        compare(a->ready, b->ready),
        compare(a->siblings, b->siblings),
        compare(a->ready_age, b->ready_age),
        compare(a->restarts, b->restarts),
        compare(a->age, b->age),
    };
    for (size_t i = 0; i < sizeof by / sizeof by[0]; i++)
        if (by[i] != 0)
            return by[i];
    return (a->uid > b->uid) - (a->uid < b->uid);
}

static bool is_of(const struct hr_pod *pod, uint32_t revision)
{
    return pod->revision == revision && pod->deleted == HR_TIME_NEVER;
}

/* Active pods of the set, of all its versions, by node; the caller frees it. */
static uint32_t *count_siblings(const struct hr_cluster *cluster, const struct hr_set *set)
{
    uint32_t *counts = HR_NEW_ARRAY(uint32_t, cluster->n_nodes);
    for (uint32_t i = set->first; i != HR_POD_NONE; i = cluster->pods[i].next) {
        const struct hr_pod *pod = &cluster->pods[i];
        if (pod->node != HR_NODE_NONE && pod->deleted == HR_TIME_NEVER)
            counts[pod->node]++;
    }
    return counts;
}

uint32_t hr_victims_rank(const struct hr_cluster *cluster, uint32_t s, uint32_t revision,
                         uint32_t *pods)
{
    const struct hr_set *set = &cluster->sets[s];
    const hr_time now = cluster->engine->now;
    const uint32_t all = set->revisions[revision].pods;
    struct rank *ranks = HR_NEW_ARRAY(struct rank, all);
    uint32_t *siblings = count_siblings(cluster, set);
    uint32_t n = 0;
    for (uint32_t i = set->first; i != HR_POD_NONE; i = cluster->pods[i].next) {
        const struct hr_pod *pod = &cluster->pods[i];
        if (!is_of(pod, revision))
            continue;
        ranks[n++] = (struct rank){
            .assigned = pod->stage != HR_POD_PENDING,
            .running = pod->stage > HR_POD_PULLING,
            .ready = pod->ready,
            .siblings = pod->node == HR_NODE_NONE ? 0 : -(int64_t)siblings[pod->node],
            .ready_age = pod->ready ? log2_of(now - pod->ready_changed) : 0,
            .restarts = -(int64_t)pod->restarts,
            .age = log2_of(now - pod->created),
            .uid = hr_hash_step(set->entity, pod->ordinal),
            .pod = i,
        };
    }
    qsort(ranks, n, sizeof *ranks, compare_ranks);
    for (uint32_t i = 0; i < n; i++)
        pods[i] = ranks[i].pod;
    free(ranks);
    free(siblings);
    return n;
}
