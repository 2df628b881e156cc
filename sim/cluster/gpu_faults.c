/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GPUs that break: the scheduler leaves the device alone, the pods on it end and their controllers
 * make others, until it is repaired. With time slicing a device is as many to the scheduler as it
 * has slices. A GPU that is cut into MIG slices takes all of them along; since the scheduler does
 * not tell them apart by device, the youngest pods end until the rest have room.
 */
#include "cluster/state.h"

#include "base/hash.h"
#include "base/mem.h"

#include <inttypes.h>

static const struct hr_pool *pool_of(const struct hr_cluster *cluster, uint32_t n)
{
    return &cluster->pools[cluster->nodes[n].pool];
}

/* Devices, as the scheduler counts them, to one GPU. */
static uint32_t slices(const struct hr_pool *pool)
{
    return (uint32_t)pool->spec->gpu_time_slices;
}

static uint32_t count(const struct hr_cluster *cluster, uint32_t n)
{
    return (uint32_t)pool_of(cluster, n)->spec->type->gpus;
}

/* The resource of the node's MIG slices. */
static enum hr_resource mig_of(struct hr_cluster *cluster, uint32_t n)
{
    return hr_placement_mig(cluster->placement, pool_of(cluster, n)->spec->mig);
}

static bool is_broken(struct hr_cluster *cluster, uint32_t n, uint32_t i)
{
    const struct hr_node_state *state = &cluster->scheduler.nodes[n];
    if (pool_of(cluster, n)->capacity.mig == NULL)
        return (cluster->scheduler.pods[i].gpus & state->gpus_broken) != 0;
    const enum hr_resource mig = mig_of(cluster, n);
    const uint32_t template = cluster->sets[cluster->pods[i].set].pod_template;
    return state->used[mig] > state->allocatable[mig] &&
           hr_placement_template(cluster->placement, template)->requests[mig] > 0;
}

static void step_in(struct hr_cluster *cluster, uint32_t n, uint32_t gpu, hr_time delay)
{
    hr_event_set(cluster, &cluster->nodes[n].gpus[gpu].event,
                 hr_time_add(cluster->engine->now, delay), HR_EV_GPU_RANK, HR_EV_GPU,
                 n * HR_GPUS_MAX + gpu);
}

static hr_time draw(const struct hr_cluster *cluster, uint32_t n, uint32_t gpu,
                    const struct hr_dist *dist, enum hr_purpose purpose)
{
    const uint64_t k = cluster->nodes[n].gpus[gpu].failures;
    return hr_node_draw(cluster, n, dist, purpose, hr_hash_step(gpu, k));
}

static void await_failure(struct hr_cluster *cluster, uint32_t n, uint32_t gpu)
{
    const struct hr_pool *pool = pool_of(cluster, n);
    if (pool->spec->gpu_failures != NULL)
        step_in(cluster, n, gpu, draw(cluster, n, gpu, &pool->gpu_mttf, HR_PURPOSE_GPU_FAILURE));
}

void hr_gpus_begin(struct hr_cluster *cluster, uint32_t n)
{
    struct hr_node *node = &cluster->nodes[n];
    if (count(cluster, n) > 0 && node->gpus == NULL)
        node->gpus = HR_NEW_ARRAY(struct hr_node_gpu, HR_GPUS_MAX);
    for (uint32_t gpu = 0; gpu < count(cluster, n); gpu++) {
        node->gpus[gpu] = (struct hr_node_gpu){ .event = HR_EVENT_NONE };
        await_failure(cluster, n, gpu);
    }
}

void hr_gpus_end(struct hr_cluster *cluster, uint32_t n)
{
    const struct hr_node *node = &cluster->nodes[n];
    for (uint32_t gpu = 0; node->stage >= HR_NODE_READY && gpu < count(cluster, n); gpu++)
        hr_event_cancel(cluster, &node->gpus[gpu].event);
}

/* Pods on broken devices end, unless nobody can tell. */
void hr_gpus_back(struct hr_cluster *cluster, uint32_t n)
{
    for (uint32_t i = hr_node_first_pod(cluster, n), next; i != HR_POD_NONE; i = next) {
        const struct hr_pod *pod = &cluster->pods[i];
        next = hr_node_next_pod(cluster, i);
        if (pod->silent || !is_broken(cluster, n, i))
            continue;
        hr_note(cluster, "Failed", pod->set, i, n, "The GPU of the pod is broken");
        cluster->sets[pod->set].counts[HR_SET_LOST] += pod->deleted == HR_TIME_NEVER;
        hr_pod_gone(cluster, i);
    }
}

static void set_broken(struct hr_cluster *cluster, uint32_t n, uint32_t gpu, bool broken)
{
    const struct hr_mig_profile *mig = pool_of(cluster, n)->capacity.mig;
    const uint32_t width = mig == NULL ? slices(pool_of(cluster, n)) : 0;
    cluster->nodes[n].gpus[gpu].broken = broken;
    for (uint32_t device = gpu * width; device < (gpu + 1) * width; device++)
        hr_scheduler_gpu_broken(&cluster->scheduler, n, device, broken);
    if (mig != NULL)
        cluster->scheduler.nodes[n].allocatable[mig_of(cluster, n)] +=
            broken ? -mig->parts : mig->parts;
    hr_note(cluster, broken ? "GPUUnhealthy" : "GPUHealthy", HR_SET_NONE, HR_POD_NONE, n,
            "GPU %" PRIu32 " is %s", gpu, broken ? "broken" : "sound again");
}

/* HR_TIME_NEVER: for as long as there is the node. */
static void break_down(struct hr_cluster *cluster, uint32_t n, uint32_t gpu, hr_time duration)
{
    set_broken(cluster, n, gpu, true);
    step_in(cluster, n, gpu, duration);
    hr_gpus_back(cluster, n);
}

void hr_gpus_fail(struct hr_cluster *cluster, uint32_t n, int64_t gpus, hr_time duration)
{
    for (uint32_t gpu = 0; gpu < count(cluster, n) && gpus > 0; gpu++) {
        if (cluster->nodes[n].gpus[gpu].broken)
            continue;
        gpus--;
        break_down(cluster, n, gpu, duration);
        if (cluster->nodes[n].stage < HR_NODE_READY)
            return; /* it was being drained, and is empty now */
    }
}

void hr_gpu_step(struct hr_cluster *cluster, uint32_t subject)
{
    const uint32_t n = subject / HR_GPUS_MAX, gpu = subject % HR_GPUS_MAX;
    struct hr_node_gpu *state = &cluster->nodes[n].gpus[gpu];
    state->event = HR_EVENT_NONE;
    if (!state->broken) {
        break_down(cluster, n, gpu,
                   draw(cluster, n, gpu, &pool_of(cluster, n)->gpu_mttr, HR_PURPOSE_GPU_REPAIR));
        return;
    }
    set_broken(cluster, n, gpu, false);
    state->failures++;
    await_failure(cluster, n, gpu);
    hr_placing_wake(cluster, HR_WAKE_NODE_CHANGED);
}
