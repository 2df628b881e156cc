/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Doubling back-off of a node group. */
#include "cluster/group_backoff.h"

#include "base/minmax.h"

void hr_group_backoff_fail(struct hr_group_backoff *backoff, const struct hr_backoff_config *config,
                           hr_time now)
{
    const bool is_stale = now - backoff->failed_at > config->reset;
    hr_time duration = config->first;
    if (backoff->duration > 0 && !is_stale && now > backoff->until)
        duration = hr_min(2 * backoff->duration, config->longest);
    *backoff = (struct hr_group_backoff){ .duration = duration,
                                          .until = now + duration,
                                          .failed_at = now };
}
