/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rollouts that look before they leap, as Argo Rollouts does them without a traffic router: a
 * canary's share of the requests is its share of the pods. Blue-green has all new pods beside the
 * old ones before requests go to them, all at once.
 */
#include "cluster/state.h"

#include <math.h>

static const struct hr_strategy_spec *spec_of(const struct hr_set *set)
{
    return set->config->pods->strategy;
}

static void step_in(struct hr_cluster *cluster, uint32_t s, hr_time delay)
{
    hr_event_set(cluster, &cluster->sets[s].step, hr_time_add(cluster->engine->now, delay),
                 HR_EV_SET_STEP_RANK, HR_EV_SET_STEP, s);
}

static void analyze_later(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    hr_event_set(cluster, &set->analysis,
                 hr_time_add(cluster->engine->now, spec_of(set)->analysis_interval),
                 HR_EV_SET_ANALYSIS_RANK, HR_EV_SET_ANALYSIS, s);
}

void hr_progressive_begin(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    hr_event_cancel(cluster, &set->step);
    set->canary_step = 0;
    set->canary_waits = set->switched = false;
    if (set->type == HR_STRATEGY_CANARY) {
        cluster->hooks.health(cluster->hooks.ctx, s, spec_of(set)->latency_quantile);
        analyze_later(cluster, s);
    } else if (set->type == HR_STRATEGY_BLUE_GREEN && set->serving == HR_REVISION_ALL) {
        set->serving = set->n_revisions - 2;
    }
}

/* The version that requests went to takes its place again, without steps. */
static void end_canary(struct hr_set *set)
{
    set->canary_step = spec_of(set)->steps.n;
    set->canary_waits = false;
}

void hr_progressive_back(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    const uint32_t newest = set->n_revisions - 1;
    hr_event_cancel(cluster, &set->step);
    if (set->type == HR_STRATEGY_CANARY)
        end_canary(set);
    if (set->type != HR_STRATEGY_BLUE_GREEN)
        return;
    if (set->serving + 1 >= newest) /* one of the two that have changed places */
        set->serving = set->serving == newest ? newest - 1 : newest;
    set->switched = set->serving == newest;
    if (set->switched)
        step_in(cluster, s, spec_of(set)->scale_down_delay);
}

/* Pods that the newest version is to have at the present step. */
static int64_t goal_of(const struct hr_set *set)
{
    const struct hr_list *steps = &spec_of(set)->steps;
    if (set->canary_step >= steps->n || set->n_revisions < 2)
        return set->replicas;
    const struct hr_canary_step *step =
        &((const struct hr_canary_step *)steps->items)[set->canary_step];
    return (int64_t)ceil(step->weight * (double)set->replicas - 1e-9);
}

enum hr_rollout_step hr_canary_plan(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    const int64_t goal = goal_of(set);
    const enum hr_rollout_step step =
        hr_rollout_step_to(&set->strategy, set->replicas, goal, set->plan, set->n_revisions);
    const struct hr_list *steps = &spec_of(set)->steps;
    const bool there = set->revisions[set->n_revisions - 1].available >= goal;
    if (set->n_revisions < 2 || set->canary_step >= steps->n || set->canary_waits || !there)
        return step;
    set->canary_waits = true;
    step_in(cluster, s, ((const struct hr_canary_step *)steps->items)[set->canary_step].pause);
    return step;
}

static void abort_canary(struct hr_cluster *cluster, uint32_t s, const char *why)
{
    hr_note(cluster, "RolloutAborted", s, HR_POD_NONE, HR_NODE_NONE, "Canary failed: %s", why);
    hr_cluster_roll_back(cluster, s);
}

void hr_canary_analyze(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    const struct hr_strategy_spec *spec = spec_of(set);
    if (set->canary_step >= spec->steps.n)
        return;
    const struct hr_version_health health =
        cluster->hooks.health(cluster->hooks.ctx, s, spec->latency_quantile);
    if (health.requests >= (uint64_t)spec->min_requests) {
        const double errors = (double)health.failed / (double)health.requests;
        if (errors > spec->max_error_rate) {
            abort_canary(cluster, s, "too many errors");
            return;
        }
        if (health.latency > spec->max_latency) {
            abort_canary(cluster, s, "too slow");
            return;
        }
    }
    analyze_later(cluster, s);
}

/* Requests go to the newest version from now on. */
static void switch_over(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    set->switched = true;
    set->serving = set->n_revisions - 1;
    hr_note(cluster, "SwitchService", s, HR_POD_NONE, HR_NODE_NONE,
            "Requests go to the new version");
    for (uint32_t i = set->first; i != HR_POD_NONE; i = cluster->pods[i].next) {
        const struct hr_pod *pod = &cluster->pods[i];
        if (pod->deleted == HR_TIME_NEVER && pod->ready)
            hr_endpoint_want(cluster, i, pod->revision == set->serving);
    }
    step_in(cluster, s, spec_of(set)->scale_down_delay);
}

enum hr_rollout_step hr_blue_green_plan(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    const uint32_t newest = set->n_revisions - 1;
    set->plan[newest].replicas = set->replicas;
    if (newest > 0 && !set->switched && set->revisions[newest].available >= set->replicas)
        switch_over(cluster, s);
    return HR_ROLLOUT_WAITS;
}

void hr_progressive_step(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    if (set->type == HR_STRATEGY_CANARY) {
        set->canary_step++;
        set->canary_waits = false;
    } else {
        for (uint32_t i = 0; i + 1 < set->n_revisions; i++)
            set->plan[i].replicas = 0;
    }
    hr_set_touch(cluster, s);
}
