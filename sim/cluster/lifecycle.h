/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of a deployment's replicas: up times, repairs by a limited number of crews, start-up
 * times. Pure state and draws; the model turns them into events. Every draw has its own address
 * (replica, how often it happened before), so that no replica's fate depends on another's or on the
 * load.
 */
#ifndef CLUSTER_LIFECYCLE_H
#define CLUSTER_LIFECYCLE_H

#include "base/time.h"
#include "cluster/spec.h"
#include "stats/dist.h"

#include <stdbool.h>
#include <stdint.h>

#define HR_REPLICA_NONE UINT32_MAX

struct hr_lifecycle {
    struct hr_dist uptime, repair, startup;
    bool fails; /* replicas fail of themselves */
    uint64_t seed, replication, entity;
    uint32_t n_replicas;
    uint32_t *failures, *starts; /* how often, by replica */
    int64_t crews_free;
    uint32_t *waiting; /* ring of replicas that wait for a crew */
    uint32_t waiting_first, n_waiting;
};

/* failures NULL: replicas do not fail. `entity` is the hash of the deployment's name. */
void hr_lifecycle_init(struct hr_lifecycle *lifecycle, const struct hr_failures_spec *failures,
                       const struct hr_dist_spec *startup_time, uint64_t seed, uint64_t replication,
                       uint64_t entity, uint32_t n_replicas);
void hr_lifecycle_fini(struct hr_lifecycle *lifecycle);

/* Time from becoming ready to the next failure; never when replicas do not fail. */
hr_time hr_lifecycle_uptime(struct hr_lifecycle *lifecycle, uint32_t replica);

/* Time that the repair of the failure just drawn takes once a crew is there. */
hr_time hr_lifecycle_repair_time(const struct hr_lifecycle *lifecycle, uint32_t replica);

/* Time from the start of a container to readiness. */
hr_time hr_lifecycle_startup_time(struct hr_lifecycle *lifecycle, uint32_t replica);

/* Takes a crew for a failed replica (true), or lets it wait in line (false). */
bool hr_lifecycle_crew_take(struct hr_lifecycle *lifecycle, uint32_t replica);

/* A repair ends: the crew goes to the replica that waited longest, which is returned, or is free.
 */
uint32_t hr_lifecycle_crew_release(struct hr_lifecycle *lifecycle);

#endif
