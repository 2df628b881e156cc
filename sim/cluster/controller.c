/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The controller of a deployment: how many pods of each version there should be, and making it so.
 */
#include "cluster/state.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>

static struct hr_pod_share share_of(const struct hr_measure *measure)
{
    if (measure->unit == HR_UNIT_SHARE)
        return (struct hr_pod_share){ (int64_t)(measure->value * 100 + 0.5), true };
    return (struct hr_pod_share){ (int64_t)measure->value, false };
}

static void init_strategy(struct hr_set *set)
{
    const struct hr_strategy_spec *spec = set->config->pods->strategy;
    const struct hr_pod_share quarter = { 25, true };
    set->strategy = (struct hr_rollout_strategy){ quarter, quarter };
    if (spec == NULL)
        return;
    set->type = spec->type;
    if (spec->type == HR_STRATEGY_ROLLING_UPDATE || spec->type == HR_STRATEGY_CANARY)
        set->strategy = (struct hr_rollout_strategy){ share_of(&spec->max_surge),
                                                      share_of(&spec->max_unavailable) };
}

void hr_set_add_revision(struct hr_set *set, const struct hr_version *version, uint32_t image)
{
    const uint32_t n = ++set->n_revisions;
    set->revisions = hr_realloc(set->revisions, n, sizeof *set->revisions);
    set->plan = hr_realloc(set->plan, n, sizeof *set->plan);
    set->revisions[n - 1] = (struct hr_set_revision){ .version = *version, .image = image };
    hr_dist_init(&set->revisions[n - 1].startup,
                 version->startup_time != NULL ? version->startup_time : set->config->startup_time);
    set->plan[n - 1] = (struct hr_revision){ 0 };
}

void hr_set_init(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    const struct hr_set_config *config = &cluster->config.sets[s];
    const struct hr_version first = { .slowdown = 1 };
    *set = (struct hr_set){
        .config = config,
        .entity = hr_hash_name(config->name),
        .replicas = config->replicas,
        .serving = HR_REVISION_ALL,
        .step = HR_EVENT_NONE,
        .analysis = HR_EVENT_NONE,
        .first = HR_POD_NONE,
        .last = HR_POD_NONE,
    };
    init_strategy(set);
    hr_set_add_revision(set, &first, s);
    set->plan[0].replicas = config->replicas;
    hr_dist_init(&set->load, config->pods->model_load_time);
    hr_dist_init(&set->uptime, config->failures == NULL ? NULL : config->failures->mttf);
    hr_dist_init(&set->repair, config->failures == NULL ? NULL : config->failures->mttr);
}

void hr_set_fini(struct hr_set *set)
{
    if (set->config->job != NULL)
        hr_job_fini(set);
    for (uint32_t i = 0; i < set->n_revisions; i++)
        hr_dist_fini(&set->revisions[i].startup);
    hr_dist_fini(&set->load);
    hr_dist_fini(&set->uptime);
    hr_dist_fini(&set->repair);
    free(set->revisions);
    free(set->plan);
}

void hr_cluster_scale(struct hr_cluster *cluster, uint32_t s, int64_t replicas)
{
    struct hr_set *set = &cluster->sets[s];
    if (replicas == set->replicas)
        return;
    hr_note(cluster, "ScalingReplicaSet", s, HR_POD_NONE, HR_NODE_NONE,
            "Scaled %s replica set from %lld to %lld", replicas > set->replicas ? "up" : "down",
            (long long)set->replicas, (long long)replicas);
    hr_rollout_resize(&set->strategy, set->replicas, replicas, set->plan, set->n_revisions);
    set->replicas = replicas;
    hr_set_touch(cluster, s);
}

void hr_cluster_roll_out(struct hr_cluster *cluster, uint32_t s, const struct hr_version *version)
{
    HR_ASSERT(cluster->n_images < cluster->images_max);
    hr_set_add_revision(&cluster->sets[s], version, cluster->n_images++);
    hr_note(cluster, "DeploymentUpdated", s, HR_POD_NONE, HR_NODE_NONE, "Version %s",
            version->name);
    hr_progressive_begin(cluster, s);
    hr_set_touch(cluster, s);
}

/* The revision before the newest becomes the newest, with the pods that it still has. */
void hr_cluster_roll_back(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    const uint32_t n = set->n_revisions;
    if (n < 2)
        return;
    const struct hr_set_revision newest = set->revisions[n - 1];
    const struct hr_revision plan = set->plan[n - 1];
    set->revisions[n - 1] = set->revisions[n - 2];
    set->plan[n - 1] = set->plan[n - 2];
    set->revisions[n - 2] = newest;
    set->plan[n - 2] = plan;
    for (uint32_t i = set->first; i != HR_POD_NONE; i = cluster->pods[i].next) {
        const uint32_t r = cluster->pods[i].revision;
        if (r + 2 >= n)
            cluster->pods[i].revision = r == n - 1 ? n - 2 : n - 1;
    }
    hr_progressive_back(cluster, s);
    hr_note(cluster, "DeploymentRollback", s, HR_POD_NONE, HR_NODE_NONE,
            "Rolled back to the version before");
    hr_set_touch(cluster, s);
}

void hr_cluster_pause(struct hr_cluster *cluster, uint32_t s, bool paused)
{
    cluster->sets[s].paused = paused;
    hr_note(cluster, paused ? "DeploymentPaused" : "DeploymentResumed", s, HR_POD_NONE,
            HR_NODE_NONE, NULL);
    hr_set_touch(cluster, s);
}

/* All of the old goes, then all of the new comes. */
static void plan_recreation(struct hr_set *set)
{
    uint32_t old = 0;
    for (uint32_t i = 0; i + 1 < set->n_revisions; i++) {
        set->plan[i].replicas = 0;
        old += set->revisions[i].existing;
    }
    if (old == 0)
        set->plan[set->n_revisions - 1].replicas = set->replicas;
}

static enum hr_rollout_step plan(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    for (uint32_t i = 0; i < set->n_revisions; i++)
        set->plan[i].available = set->revisions[i].available;
    if (set->paused)
        return HR_ROLLOUT_WAITS;
    switch ((enum hr_strategy_type)set->type) {
    case HR_STRATEGY_RECREATE:
        plan_recreation(set);
        return HR_ROLLOUT_WAITS;
    case HR_STRATEGY_CANARY:
        return hr_canary_plan(cluster, s);
    case HR_STRATEGY_BLUE_GREEN:
        return hr_blue_green_plan(cluster, s);
    case HR_STRATEGY_ROLLING_UPDATE:
        break;
    }
    return hr_rollout_step(&set->strategy, set->replicas, set->plan, set->n_revisions);
}

uint32_t hr_set_add_pod(struct hr_cluster *cluster, uint32_t s, uint32_t revision)
{
    const uint32_t pod = hr_pod_create(cluster, s, revision, cluster->sets[s].created);
    if (!hr_has_nodes(cluster))
        hr_pod_bind(cluster, pod, HR_NODE_NONE);
    return pod;
}

void hr_set_fit(struct hr_cluster *cluster, uint32_t s, uint32_t r)
{
    struct hr_set *set = &cluster->sets[s];
    const int64_t missing = set->plan[r].replicas - set->revisions[r].pods;
    for (int64_t i = 0; i < missing; i++)
        hr_set_add_pod(cluster, s, r);
    if (missing >= 0)
        return;
    uint32_t *victims = HR_NEW_ARRAY(uint32_t, set->revisions[r].pods);
    hr_victims_rank(cluster, s, r, victims);
    for (int64_t i = 0; i < -missing; i++)
        hr_pod_delete(cluster, victims[i], set->config->pods->termination_grace_period);
    free(victims);
}

/* The controller looks once more after every change that it made itself. */
void hr_set_reconcile(struct hr_cluster *cluster, uint32_t s)
{
    if (cluster->sets[s].config->job != NULL) {
        hr_job_reconcile(cluster, s);
        return;
    }
    if (cluster->sets[s].config->pods->kind == HR_SET_STATEFUL) {
        hr_stateful_reconcile(cluster, s);
        return;
    }
    enum hr_rollout_step step;
    do {
        step = plan(cluster, s);
        for (uint32_t r = 0; r < cluster->sets[s].n_revisions; r++)
            hr_set_fit(cluster, s, r);
    } while (step != HR_ROLLOUT_WAITS);
}
