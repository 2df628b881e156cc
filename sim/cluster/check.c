/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recounts what the control plane keeps count of; nothing of it is shared with those that do. */
#include "cluster/check.h"

#include "base/mem.h"
#include "base/minmax.h"
#include "cluster/scheduler_cycle.h"
#include "cluster/state.h"

#include <inttypes.h>
#include <stdlib.h>

struct check {
    const struct hr_cluster *cluster;
    struct hr_str *wrong;
    uint32_t pods, pending; /* found in all sets */
};

static void equal(const struct check *check, const char *what, const char *whose, int64_t kept,
                  int64_t counted)
{
    if (kept != counted)
        hr_str_addf(check->wrong, "%s of %s: %" PRId64 ", but there are %" PRId64 "\n", what, whose,
                    kept, counted);
}

/* ---- pods ---- */

static void pod_holds(const struct check *check, const struct hr_pod *pod, bool holds,
                      const char *what)
{
    if (!holds)
        hr_str_addf(check->wrong, "pod %s-%" PRIu64 " (stage %d): not %s\n",
                    check->cluster->sets[pod->set].config->name, pod->ordinal, (int)pod->stage,
                    what);
}

static bool is_queued(const struct hr_cluster *cluster, uint32_t i)
{
    return i < cluster->queue.capacity && cluster->queue.pods[i].state != HR_QUEUE_NOT_THERE;
}

static void check_place(const struct check *check, uint32_t i)
{
    const struct hr_cluster *cluster = check->cluster;
    const struct hr_pod *pod = &cluster->pods[i];
    const bool pending = pod->stage == HR_POD_PENDING;
    if (!hr_has_nodes(cluster)) {
        pod_holds(check, pod, pod->node == HR_NODE_NONE && !pending, "running without nodes");
        return;
    }
    pod_holds(check, pod, pending == (pod->node == HR_NODE_NONE), "on a node unless pending");
    pod_holds(check, pod, pending == is_queued(cluster, i), "queued while pending only");
    pod_holds(check, pod, hr_scheduler_node_of(&cluster->scheduler, i) == pod->node,
              "where the scheduler has it");
    if (pending)
        return;
    const struct hr_node *node = &cluster->nodes[pod->node];
    pod_holds(check, pod, node->stage >= HR_NODE_READY, "on a node that there is");
    pod_holds(check, pod, pod->silent == node->health.dead, "as silent as its machine");
    pod_holds(check, pod, cluster->scheduler.pods[i].terminating == (pod->deleted != HR_TIME_NEVER),
              "terminating as the scheduler has it");
}

static void check_pod(const struct check *check, uint32_t i)
{
    const struct hr_pod *pod = &check->cluster->pods[i];
    const uint32_t serving = check->cluster->sets[pod->set].serving;
    const bool stays = pod->deleted == HR_TIME_NEVER;
    const bool serves = pod->stage == HR_POD_SERVING || pod->stage == HR_POD_DRAINING;
    const bool due =
        stays && pod->ready && (serving == HR_REVISION_ALL || serving == pod->revision);
    pod_holds(check, pod, serves || !pod->ready, "serving though ready");
    pod_holds(check, pod, pod->ready || !pod->available, "ready though available");
    pod_holds(check, pod, stays || pod->silent || pod->end != HR_EVENT_NONE,
              "about to end though deleted");
    pod_holds(check, pod, !stays || pod->stage != HR_POD_DRAINING, "deleted though it drains");
    pod_holds(check, pod, due || !pod->listed || pod->unlist != HR_EVENT_NONE,
              "about to leave the endpoints, though it has no place there");
    pod_holds(check, pod, !due || pod->listed || pod->list != HR_EVENT_NONE,
              "about to come to the endpoints, though it is ready");
    check_place(check, i);
}

static void check_revisions(const struct check *check, const struct hr_set *set,
                            const struct hr_set_revision *counted)
{
    for (uint32_t r = 0; r < set->n_revisions; r++) {
        const struct hr_set_revision *kept = &set->revisions[r];
        const char *name = set->config->name;
        equal(check, "existing pods", name, kept->existing, counted[r].existing);
        equal(check, "pods", name, kept->pods, counted[r].pods);
        equal(check, "ready pods", name, kept->ready, counted[r].ready);
        equal(check, "available pods", name, kept->available, counted[r].available);
    }
}

static void check_set(struct check *check, uint32_t s)
{
    const struct hr_cluster *cluster = check->cluster;
    const struct hr_set *set = &cluster->sets[s];
    struct hr_set_revision *counted = HR_NEW_ARRAY(struct hr_set_revision, set->n_revisions);
    uint32_t pending = 0, previous = HR_POD_NONE;
    int64_t price = 0;
    for (uint32_t i = set->first; i != HR_POD_NONE; i = cluster->pods[i].next) {
        const struct hr_pod *pod = &cluster->pods[i];
        const bool stays = pod->deleted == HR_TIME_NEVER;
        struct hr_set_revision *revision = &counted[pod->revision];
        pod_holds(check, pod, pod->stage != HR_POD_FREE && pod->set == s && pod->prev == previous,
                  "in the row of its set");
        revision->existing++;
        revision->pods += stays;
        revision->ready += stays && pod->ready;
        revision->available += stays && pod->available;
        pending += pod->stage == HR_POD_PENDING;
        price += pod->usd_nano_per_hour;
        check_pod(check, i);
        check->pods++;
        previous = i;
    }
    check_revisions(check, set, counted);
    equal(check, "last pod", set->config->name, set->last, previous);
    equal(check, "pending pods", set->config->name, set->pending, pending);
    equal(check, "price", set->config->name, set->usd_nano_per_hour, price);
    check->pending += pending;
    free(counted);
}

/* No pod beside those of the sets, and none queued beside those that are pending. */
static void check_pods(const struct check *check)
{
    const struct hr_cluster *cluster = check->cluster;
    uint32_t used = 0, queued = 0;
    for (uint32_t i = 0; i < cluster->n_pods; i++)
        used += cluster->pods[i].stage != HR_POD_FREE && cluster->pods[i].stage != HR_POD_ENDED;
    equal(check, "pods", "the sets", check->pods, used);
    for (int state = 0; state < HR_QUEUE_STATES; state++)
        queued += cluster->queue.n[state];
    if (hr_has_nodes(cluster))
        equal(check, "queued pods", "the scheduler", queued, check->pending);
}

/* ---- nodes ---- */

/* What the pods of a node come to. */
struct load {
    uint32_t pods;
    int64_t used[HR_RESOURCES_MAX], gpu_used[HR_GPUS_MAX];
    int64_t price;
};

static void node_holds(const struct check *check, uint32_t n, bool holds, const char *what)
{
    const struct hr_node *node = &check->cluster->nodes[n];
    if (!holds)
        hr_str_addf(check->wrong, "node %s-%" PRIu64 " (stage %d): not %s\n",
                    check->cluster->pools[node->pool].spec->name, node->ordinal, (int)node->stage,
                    what);
}

static const int64_t *requests_of(const struct hr_cluster *cluster, uint32_t pod)
{
    return hr_placement_template(cluster->placement,
                                 cluster->sets[cluster->pods[pod].set].pod_template)
        ->requests;
}

static struct load load_of(const struct check *check, uint32_t n)
{
    const struct hr_cluster *cluster = check->cluster;
    struct load load = { 0 };
    for (uint32_t i = hr_node_first_pod(cluster, n); i != HR_POD_NONE;
         i = hr_node_next_pod(cluster, i)) {
        const int64_t *requests = requests_of(cluster, i);
        const struct hr_pod *pod = &cluster->pods[i];
        const uint32_t gpus = cluster->scheduler.pods[i].gpus;
        const int64_t gpu = requests[HR_RESOURCE_GPU];
        const int64_t devices = (gpu + HR_GPU_WHOLE - 1) / HR_GPU_WHOLE;
        pod_holds(check, pod, pod->stage != HR_POD_FREE && pod->node == n, "there, but on a node");
        pod_holds(check, pod, __builtin_popcount(gpus) == devices, "on as many GPUs as it asks");
        pod_holds(check, pod, pod->silent || (gpus & cluster->scheduler.nodes[n].gpus_broken) == 0,
                  "on GPUs that work");
        load.pods++;
        load.price += pod->usd_nano_per_hour;
        for (size_t r = 0; r < HR_RESOURCES_MAX; r++)
            load.used[r] += requests[r];
        for (uint32_t d = 0; d < HR_GPUS_MAX; d++)
            load.gpu_used[d] += gpus >> d & 1 ? hr_min(gpu, HR_GPU_WHOLE) : 0;
    }
    return load;
}

/* What pods request fits into what the node's type offers. */
static void check_room(const struct check *check, uint32_t n, const struct load *load)
{
    const struct hr_cluster *cluster = check->cluster;
    const struct hr_node_state *state = &cluster->scheduler.nodes[n];
    const struct hr_node_shape *shape =
        hr_placement_shape(cluster->placement, cluster->scheduler.shapes[n]);
    equal(check, "pods", "a node", state->n_pods, load->pods);
    node_holds(check, n, load->pods <= shape->pods_max, "with room for so many pods");
    for (size_t r = 0; r < HR_RESOURCES_MAX; r++) {
        equal(check, "requests", "a node", state->used[r], load->used[r]);
        node_holds(check, n, load->used[r] <= shape->allocatable[r], "with room for its pods");
    }
    for (uint32_t d = 0; d < HR_GPUS_MAX; d++) {
        equal(check, "use", "a GPU", state->gpu_used[d], load->gpu_used[d]);
        node_holds(check, n, load->gpu_used[d] <= HR_GPU_WHOLE, "with room on its GPUs");
    }
}

static void check_owners(const struct check *check, uint32_t n)
{
    const struct hr_scheduler *books = &check->cluster->scheduler;
    for (uint32_t s = 0; s < hr_min(check->cluster->config.n_sets, books->owners_capacity); s++) {
        const struct hr_owner_count *kept = &books->owners[(size_t)s * books->nodes_capacity + n];
        int64_t all = 0, live = 0;
        for (uint32_t i = hr_node_first_pod(check->cluster, n); i != HR_POD_NONE;
             i = hr_node_next_pod(check->cluster, i)) {
            const struct hr_pod *pod = &check->cluster->pods[i];
            all += pod->set == s;
            live += pod->set == s && pod->deleted == HR_TIME_NEVER;
        }
        equal(check, "pods on a node", check->cluster->sets[s].config->name, kept->all, all);
        equal(check, "live pods on a node", check->cluster->sets[s].config->name, kept->live, live);
    }
}

static void check_node(const struct check *check, uint32_t n)
{
    const struct hr_cluster *cluster = check->cluster;
    const struct hr_node *node = &cluster->nodes[n];
    const struct hr_scheduler *books = &cluster->scheduler;
    const bool known = n < books->n_nodes && books->shapes[n] != HR_SHAPE_NONE;
    node_holds(check, n, known == (node->stage >= HR_NODE_READY), "in the scheduler's books");
    node_holds(check, n, !node->health.gone || node->health.dead || node->stage <= HR_NODE_ASKED,
               "dead though it is gone");
    if (!known)
        return;
    const struct load load = load_of(check, n);
    const bool pays = load.pods > 0 && !node->health.gone;
    check_room(check, n, &load);
    check_owners(check, n);
    node_holds(check, n, node->occupied == (load.pods > 0), "occupied as it is");
    node_holds(check, n, node->stage != HR_NODE_GOING || (books->nodes[n].taints & 1) != 0,
               "closed for pods though it goes");
    equal(check, "price of the pods", "a node", load.price,
          pays ? cluster->pools[node->pool].node_nano_per_hour : 0);
}

static void count_node(const struct hr_cluster *cluster, uint32_t n, struct hr_pool *counted)
{
    const struct hr_node *node = &cluster->nodes[n];
    struct hr_pool *pool = &counted[node->pool];
    const bool exists = node->stage > HR_NODE_ASKED && !node->health.gone;
    const uint32_t first =
        node->stage < HR_NODE_READY ? HR_POD_NONE : hr_node_first_pod(cluster, n);
    pool->asked += node->stage == HR_NODE_ASKED;
    pool->existing += exists;
    pool->ready += exists && node->stage == HR_NODE_READY && !node->health.unreachable;
    pool->going += exists && node->stage == HR_NODE_GOING;
    pool->empty += exists && first == HR_POD_NONE;
    for (uint32_t i = first; i != HR_POD_NONE; i = hr_node_next_pod(cluster, i))
        for (size_t r = 0; r < HR_RESOURCES_MAX; r++)
            pool->requested[r] += requests_of(cluster, i)[r];
}

static void check_pool(const struct check *check, uint32_t p, const struct hr_pool *counted)
{
    const struct hr_pool *kept = &check->cluster->pools[p];
    const char *name = kept->spec->name;
    equal(check, "target below zero", name, hr_min(kept->target, 0), 0);
    equal(check, "asked nodes", name, kept->asked, counted->asked);
    equal(check, "existing nodes", name, kept->existing, counted->existing);
    equal(check, "ready nodes", name, kept->ready, counted->ready);
    equal(check, "going nodes", name, kept->going, counted->going);
    equal(check, "empty nodes", name, kept->empty, counted->empty);
    for (size_t r = 0; r < HR_RESOURCES_MAX; r++)
        equal(check, "requests", name, kept->requested[r], counted->requested[r]);
}

static void check_nodes(const struct check *check)
{
    const struct hr_cluster *cluster = check->cluster;
    struct hr_pool *counted = HR_NEW_ARRAY(struct hr_pool, cluster->config.n_pools);
    uint32_t unreachable = 0;
    for (uint32_t n = 0; n < cluster->n_nodes; n++) {
        if (cluster->nodes[n].stage == HR_NODE_FREE)
            continue;
        check_node(check, n);
        count_node(cluster, n, counted);
        unreachable += cluster->nodes[n].health.unreachable;
    }
    for (uint32_t p = 0; p < cluster->config.n_pools; p++)
        check_pool(check, p, &counted[p]);
    equal(check, "unreachable nodes", "the cluster", cluster->unreachable, unreachable);
    free(counted);
}

void hr_cluster_check(const struct hr_cluster *cluster, struct hr_str *wrong)
{
    struct check check = { .cluster = cluster, .wrong = wrong };
    for (uint32_t s = 0; s < cluster->config.n_sets; s++)
        check_set(&check, s);
    check_pods(&check);
    check_nodes(&check);
}
