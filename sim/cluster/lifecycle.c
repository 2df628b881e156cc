/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws and crews of failing replicas. */
#include "cluster/lifecycle.h"

#include "base/hash.h"
#include "base/mem.h"

#include <stdlib.h>

void hr_lifecycle_init(struct hr_lifecycle *lifecycle, const struct hr_failures_spec *failures,
                       const struct hr_dist_spec *startup_time, uint64_t seed, uint64_t replication,
                       uint64_t entity, uint32_t n_replicas)
{
    *lifecycle = (struct hr_lifecycle){
        .fails = failures != NULL,
        .seed = seed,
        .replication = replication,
        .entity = entity,
        .n_replicas = n_replicas,
        .failures = HR_NEW_ARRAY(uint32_t, n_replicas),
        .starts = HR_NEW_ARRAY(uint32_t, n_replicas),
        .waiting = HR_NEW_ARRAY(uint32_t, n_replicas),
        .crews_free = failures == NULL ? 0 : failures->crews,
    };
    hr_dist_init(&lifecycle->uptime, failures == NULL ? NULL : failures->mttf);
    hr_dist_init(&lifecycle->repair, failures == NULL ? NULL : failures->mttr);
    hr_dist_init(&lifecycle->startup, startup_time);
}

void hr_lifecycle_fini(struct hr_lifecycle *lifecycle)
{
    hr_dist_fini(&lifecycle->uptime);
    hr_dist_fini(&lifecycle->repair);
    hr_dist_fini(&lifecycle->startup);
    free(lifecycle->failures);
    free(lifecycle->starts);
    free(lifecycle->waiting);
}

static hr_time draw(const struct hr_lifecycle *lifecycle, const struct hr_dist *dist,
                    enum hr_purpose purpose, uint32_t replica, uint32_t ordinal)
{
    struct hr_rng rng = hr_rng_at((struct hr_address){
        .seed = lifecycle->seed,
        .replication = lifecycle->replication,
        .purpose = purpose,
        .entity = hr_hash_step(lifecycle->entity, replica),
        .ordinal = ordinal,
    });
    return hr_dist_draw(dist, &rng);
}

hr_time hr_lifecycle_uptime(struct hr_lifecycle *lifecycle, uint32_t replica)
{
    if (!lifecycle->fails)
        return HR_TIME_NEVER;
    return draw(lifecycle, &lifecycle->uptime, HR_PURPOSE_FAILURE, replica,
                lifecycle->failures[replica]++);
}

hr_time hr_lifecycle_repair_time(const struct hr_lifecycle *lifecycle, uint32_t replica)
{
    return draw(lifecycle, &lifecycle->repair, HR_PURPOSE_REPAIR, replica,
                lifecycle->failures[replica]);
}

hr_time hr_lifecycle_startup_time(struct hr_lifecycle *lifecycle, uint32_t replica)
{
    return draw(lifecycle, &lifecycle->startup, HR_PURPOSE_STARTUP, replica,
                lifecycle->starts[replica]++);
}

bool hr_lifecycle_crew_take(struct hr_lifecycle *lifecycle, uint32_t replica)
{
    if (lifecycle->crews_free > 0) {
        lifecycle->crews_free--;
        return true;
    }
    const uint32_t place =
        (lifecycle->waiting_first + lifecycle->n_waiting++) % lifecycle->n_replicas;
    lifecycle->waiting[place] = replica;
    return false;
}

uint32_t hr_lifecycle_crew_release(struct hr_lifecycle *lifecycle)
{
    if (lifecycle->n_waiting == 0) {
        lifecycle->crews_free++;
        return HR_REPLICA_NONE;
    }
    const uint32_t replica = lifecycle->waiting[lifecycle->waiting_first];
    lifecycle->waiting_first = (lifecycle->waiting_first + 1) % lifecycle->n_replicas;
    lifecycle->n_waiting--;
    return replica;
}
