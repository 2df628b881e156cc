/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outages and levels of ready replicas. */
#include "metrics/ready.h"

#include "base/mem.h"

#include <stdlib.h>

void hr_ready_init(struct hr_ready *ready, uint32_t n, int64_t least, bool levels)
{
    *ready = (struct hr_ready){ .n = n, .least = (uint32_t)least };
    if (!levels)
        return;
    ready->n_levels = n < HR_READY_LEVELS_MAX ? n + 1 : HR_READY_LEVELS_MAX;
    ready->levels = HR_NEW_ARRAY(struct hr_ready_level, ready->n_levels);
}

void hr_ready_fini(struct hr_ready *ready)
{
    free(ready->levels);
}

static struct hr_ready_level *level_of(const struct hr_ready *ready)
{
    return &ready->levels[hr_ready_index(ready, ready->n)];
}

static bool is_out(const struct hr_ready *ready)
{
    return ready->n < ready->least;
}

static void end_level(struct hr_ready *ready, hr_time now)
{
    if (ready->levels != NULL)
        level_of(ready)->time += now - ready->since;
}

static void begin_level(struct hr_ready *ready, hr_time now)
{
    ready->since = now;
    if (ready->levels != NULL)
        level_of(ready)->visits++;
}

static void end_outage(struct hr_ready *ready, hr_time now)
{
    const double length_s = hr_time_to_s(now - ready->out_since);
    ready->outages++;
    ready->outages_s2 += length_s * length_s;
}

void hr_ready_set(struct hr_ready *ready, hr_time now, uint32_t n)
{
    const bool was_out = is_out(ready);
    if (!ready->open) {
        ready->n = n;
        return;
    }
    end_level(ready, now);
    ready->n = n;
    begin_level(ready, now);
    if (was_out && !is_out(ready))
        end_outage(ready, now);
    else if (!was_out && is_out(ready))
        ready->out_since = now;
}

void hr_ready_open(struct hr_ready *ready, hr_time now)
{
    ready->open = true;
    ready->out_since = now;
    begin_level(ready, now);
}

void hr_ready_close(struct hr_ready *ready, hr_time now)
{
    end_level(ready, now);
    if (is_out(ready))
        end_outage(ready, now);
    ready->open = false;
}
