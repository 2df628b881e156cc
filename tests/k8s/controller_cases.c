/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rollouts and node scores. */
#include "vectors.h"

#include "base/mem.h"
#include "cluster/node_score.h"
#include "cluster/rollout.h"

#include <stdlib.h>

/* A number of pods, or "25%". */
static struct hr_pod_share read_share(const struct vectors *v, const json_t *one, const char *key)
{
    const json_t *share = get(v, one, key);
    if (!json_is_string(share))
        return (struct hr_pod_share){ .value = get_int(v, one, key) };
    char *end;
    const long long percent = strtoll(json_string_value(share), &end, 10);
    if (end[0] != '%' || end[1] != '\0')
        unknown_form(v, "no percentage:", key);
    return (struct hr_pod_share){ .value = percent, .percent = true };
}

static struct hr_rollout_strategy read_strategy(const struct vectors *v, const json_t *one)
{
    return (struct hr_rollout_strategy){ .max_surge = read_share(v, one, "maxSurge"),
                                         .max_unavailable = read_share(v, one, "maxUnavailable") };
}

static void run_fenceposts(struct vectors *v, const json_t *one)
{
    const json_t *expected = get(v, one, "expected");
    const struct hr_rollout_strategy strategy = read_strategy(v, one);
    const struct hr_rollout_bounds bounds =
        hr_rollout_bounds(&strategy, get_int(v, one, "replicas"));
    expect_int(v, "surge", get_int(v, expected, "surge"), bounds.surge);
    expect_int(v, "unavailable", get_int(v, expected, "unavailable"), bounds.unavailable);
    vectors_count(v, "");
}

static struct hr_revision read_revision(const struct vectors *v, const json_t *one)
{
    return (struct hr_revision){ .replicas = get_int(v, one, "spec"),
                                 .available = get_int(v, one, "available") };
}

static void expect_sizes(struct vectors *v, const json_t *expected,
                         const struct hr_revision *revisions, size_t n)
{
    expect_int(v, "revisions", (int64_t)json_array_size(expected), (int64_t)n);
    for (size_t i = 0; i < n; i++)
        expect_int(v, "replicas of a revision", json_integer_value(json_array_get(expected, i)),
                   revisions[i].replicas);
}

static void run_rollout_round(struct vectors *v, const json_t *one)
{
    const json_t *expected = get(v, one, "expected"), *old = get(v, one, "old_oldest_first");
    const size_t n_old = json_array_size(old);
    struct hr_revision *revisions = HR_NEW_ARRAY(struct hr_revision, n_old + 1);
    for (size_t i = 0; i < n_old; i++)
        revisions[i] = read_revision(v, json_array_get(old, i));
    revisions[n_old] = read_revision(v, get(v, one, "new"));
    const struct hr_rollout_strategy strategy = read_strategy(v, one);
    const enum hr_rollout_step step =
        hr_rollout_step(&strategy, get_int(v, one, "replicas"), revisions, n_old + 1);
    expect_int(v, "replicas of the new one", get_int(v, expected, "new"),
               revisions[n_old].replicas);
    expect_sizes(v, get(v, expected, "old"), revisions, n_old);
    expect_int(v, "scaledUp", is_true(expected, "scaledUp"), step == HR_ROLLOUT_NEW);
    expect_int(v, "scaledDown", is_true(expected, "scaledDown"), step == HR_ROLLOUT_OLD_DOWN);
    vectors_count(v, "");
    free(revisions);
}

static void run_proportional_scale(struct vectors *v, const json_t *one)
{
    const json_t *sizes = get(v, one, "sizes_oldest_first_last_is_new");
    const size_t n = json_array_size(sizes);
    struct hr_revision *revisions = HR_NEW_ARRAY(struct hr_revision, n);
    for (size_t i = 0; i < n; i++)
        revisions[i].replicas = json_integer_value(json_array_get(sizes, i));
    const struct hr_rollout_strategy strategy = read_strategy(v, one);
    hr_rollout_resize(&strategy, get_int(v, one, "fromReplicas"), get_int(v, one, "toReplicas"),
                      revisions, n);
    expect_sizes(v, get(v, one, "expected"), revisions, n);
    vectors_count(v, "");
    free(revisions);
}

static void run_node_score(struct vectors *v, const json_t *one)
{
    const json_t *expected = get(v, one, "expected"), *requested = get(v, one, "requested");
    const json_t *weights = get(v, one, "weights");
    json_t *allocatable = json_object_get(one, "allocatable"), *amount;
    struct hr_node_resource *resources =
        HR_NEW_ARRAY(struct hr_node_resource, json_object_size(allocatable));
    size_t n = 0;
    const char *key;
    json_object_foreach(allocatable, key, amount)
    {
        resources[n++] = (struct hr_node_resource){ .allocatable = json_integer_value(amount),
                                                    .used = get_int(v, requested, key),
                                                    .weight = get_int(v, weights, key) };
    }
    expect_int(v, "leastAllocated", get_int(v, expected, "leastAllocated"),
               hr_node_score_least_allocated(resources, n));
    expect_int(v, "mostAllocated", get_int(v, expected, "mostAllocated"),
               hr_node_score_most_allocated(resources, n));
    expect_int(v, "balanced", get_int(v, expected, "balanced"),
               hr_node_score_balanced(resources, n));
    vectors_count(v, "");
    free(resources);
}

const struct kind controller_kinds[] = {
    { "fenceposts", run_fenceposts },
    { "rollout_round", run_rollout_round },
    { "proportional_scale", run_proportional_scale },
    { "node_score", run_node_score },
    { NULL, NULL },
};
