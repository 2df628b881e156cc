/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A node group that failed to grow is left alone for a while (Cluster Autoscaler, utils/backoff).
 */
#ifndef CLUSTER_GROUP_BACKOFF_H
#define CLUSTER_GROUP_BACKOFF_H

#include "base/time.h"

#include <stdbool.h>

struct hr_backoff_config {
    hr_time first, longest; /* 5 min, 30 min */
    hr_time reset;          /* 3 h without a failure, and it begins anew */
};

/* Zero: no failure so far. */
struct hr_group_backoff {
    hr_time duration, until, failed_at;
};

/* Nodes that were asked for did not come: twice the time of before, unless it is still backed off.
 */
void hr_group_backoff_fail(struct hr_group_backoff *backoff, const struct hr_backoff_config *config,
                           hr_time now);

static inline bool hr_group_backoff_holds(const struct hr_group_backoff *backoff, hr_time now)
{
    return now < backoff->until;
}

#endif
