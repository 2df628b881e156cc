/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rolling update of a deployment: how many replicas each revision (ReplicaSet) should have next.
 * Pure arithmetic, as in Kubernetes' deployment controller (pkg/controller/deployment, 1.28).
 */
#ifndef CLUSTER_ROLLOUT_H
#define CLUSTER_ROLLOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A number of pods, or a percentage of a deployment's replicas ("25%"). */
struct hr_pod_share {
    int64_t value; /* >= 0 */
    bool percent;
};

/* What it is of `total` >= 0 pods; a percentage is rounded up or down. */
int64_t hr_pod_share_of(struct hr_pod_share share, int64_t total, bool round_up);

struct hr_rollout_strategy {
    struct hr_pod_share max_surge;       /* percentages round up */
    struct hr_pod_share max_unavailable; /* percentages round down */
};

struct hr_rollout_bounds {
    int64_t surge;       /* pods above the replicas */
    int64_t unavailable; /* pods below; 1 when both would be 0, as nothing could ever change then.
                            May exceed the replicas. */
};

struct hr_rollout_bounds hr_rollout_bounds(const struct hr_rollout_strategy *strategy,
                                           int64_t replicas);

/* One revision. */
struct hr_revision {
    int64_t replicas;  /* that it should have */
    int64_t available; /* that are ready, and long enough */
};

enum hr_rollout_step {
    HR_ROLLOUT_WAITS,   /* nothing may change now, or the rollout is done */
    HR_ROLLOUT_NEW,     /* the new revision was resized */
    HR_ROLLOUT_OLD_DOWN /* old revisions were reduced, unhealthy replicas first */
};

/*
 * One round, due whenever a pod changes: towards `replicas` of the newest revision and none of the
 * others. `revisions` are the n >= 1 of the deployment, oldest first; their `replicas` are updated.
 */
enum hr_rollout_step hr_rollout_step(const struct hr_rollout_strategy *strategy, int64_t replicas,
                                     struct hr_revision *revisions, size_t n);

/* The same towards `goal` <= replicas of the newest and the rest of the others: a step of a canary.
 */
enum hr_rollout_step hr_rollout_step_to(const struct hr_rollout_strategy *strategy,
                                        int64_t replicas, int64_t goal,
                                        struct hr_revision *revisions, size_t n);

/*
 * The deployment's replicas change from `from` to `to` (an autoscaler, a user). One active revision
 * takes it all; in the midst of a rollout it is spread over the active ones in proportion to their
 * size. `revisions` as above.
 */
void hr_rollout_resize(const struct hr_rollout_strategy *strategy, int64_t from, int64_t to,
                       struct hr_revision *revisions, size_t n);

#endif
