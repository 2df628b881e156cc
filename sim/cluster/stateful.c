/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The controller of a stateful set (pkg/controller/statefulset, 1.28): pods 0 .. n-1, of which each
 * comes when all before it are available and goes when all after it are gone. An update replaces
 * them one by one, the last first, down to the partition. A pod that is being deleted, on a node
 * that is lost too, holds its place: there are never two of one ordinal.
 */
#include "cluster/state.h"

#include "base/mem.h"

#include <stdlib.h>

/* The pods by ordinal; HR_POD_NONE: there is none. Those beyond the replicas count in `above`. */
struct places {
    uint32_t *pods;
    uint32_t n;
};

static struct places find_places(const struct hr_cluster *cluster, const struct hr_set *set)
{
    struct places places = { .n = (uint32_t)set->replicas };
    for (uint32_t i = set->first; i != HR_POD_NONE; i = cluster->pods[i].next) {
        const uint32_t ordinal = (uint32_t)cluster->pods[i].ordinal;
        places.n = ordinal >= places.n ? ordinal + 1 : places.n;
    }
    places.pods = HR_NEW_ARRAY(uint32_t, places.n);
    for (uint32_t k = 0; k < places.n; k++)
        places.pods[k] = HR_POD_NONE;
    for (uint32_t i = set->first; i != HR_POD_NONE; i = cluster->pods[i].next)
        places.pods[cluster->pods[i].ordinal] = i;
    return places;
}

static bool is_well(const struct hr_cluster *cluster, uint32_t pod)
{
    return pod != HR_POD_NONE && cluster->pods[pod].available &&
           cluster->pods[pod].deleted == HR_TIME_NEVER;
}

static void add_pod(struct hr_cluster *cluster, uint32_t s, uint32_t ordinal)
{
    const struct hr_set *set = &cluster->sets[s];
    const struct hr_strategy_spec *strategy = set->config->pods->strategy;
    const uint32_t newest = set->n_revisions - 1;
    const bool old = newest > 0 && strategy != NULL && ordinal < strategy->partition;
    const uint32_t pod = hr_pod_create(cluster, s, old ? newest - 1 : newest, ordinal);
    if (!hr_has_nodes(cluster))
        hr_pod_bind(cluster, pod, HR_NODE_NONE);
}

static void delete_pod(struct hr_cluster *cluster, uint32_t s, uint32_t pod)
{
    hr_pod_delete(cluster, pod, cluster->sets[s].config->pods->termination_grace_period);
}

/* Makes what is missing. False: something is not well yet, and what comes after it must wait. */
static bool complete(struct hr_cluster *cluster, uint32_t s, const struct places *places,
                     bool parallel)
{
    bool well = true;
    for (uint32_t k = 0; k < (uint32_t)cluster->sets[s].replicas; k++) {
        if (places->pods[k] == HR_POD_NONE)
            add_pod(cluster, s, k);
        well &= is_well(cluster, places->pods[k]);
        if (!well && !parallel)
            return false;
    }
    return well;
}

/* Takes what is too much. False: something has still to go. */
static bool reduce(struct hr_cluster *cluster, uint32_t s, const struct places *places,
                   bool parallel)
{
    bool done = true;
    for (uint32_t k = places->n; k-- > (uint32_t)cluster->sets[s].replicas;) {
        if (places->pods[k] == HR_POD_NONE)
            continue;
        done = false;
        delete_pod(cluster, s, places->pods[k]);
        if (!parallel)
            return false;
    }
    return done;
}

/* The last pod of an old version goes, all being well; the next pass makes it anew. */
static void update(struct hr_cluster *cluster, uint32_t s, const struct places *places)
{
    const struct hr_set *set = &cluster->sets[s];
    const struct hr_strategy_spec *strategy = set->config->pods->strategy;
    const uint32_t partition = strategy == NULL ? 0 : (uint32_t)strategy->partition;
    for (uint32_t k = (uint32_t)set->replicas; k-- > partition;) {
        const uint32_t pod = places->pods[k];
        if (cluster->pods[pod].revision != set->n_revisions - 1) {
            delete_pod(cluster, s, pod);
            return;
        }
    }
}

void hr_stateful_reconcile(struct hr_cluster *cluster, uint32_t s)
{
    const struct hr_set *set = &cluster->sets[s];
    const bool parallel = set->config->pods->pod_management == HR_PODS_PARALLEL;
    const struct places places = find_places(cluster, set);
    const bool complete_now = complete(cluster, s, &places, parallel);
    if ((complete_now || parallel) && reduce(cluster, s, &places, parallel) && complete_now &&
        !set->paused)
        update(cluster, s, &places);
    free(places.pods);
}
