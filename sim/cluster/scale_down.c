/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Timers and limits of scale-down. */
#include "cluster/scale_down.h"

#include "base/mem.h"
#include "base/minmax.h"

#include <stdlib.h>

/* Since when a node has been unneeded, as of which loop. */
struct hr_unneeded {
    hr_time since;
    uint64_t loop;
};

struct hr_scale_down_config hr_scale_down_config_default(void)
{
    return (struct hr_scale_down_config){
        .utilization_max = 0.5,
        .gpu_utilization_max = 0.5,
        .unneeded_time = 600 * HR_NS_PER_S,
        .unready_time = 1200 * HR_NS_PER_S,
        .delay_after_add = 600 * HR_NS_PER_S,
        .delay_after_failure = 180 * HR_NS_PER_S,
        .deletions_max = 10,
        .drains_max = 1,
    };
}

void hr_scale_down_init(struct hr_scale_down *scale_down, const struct hr_scale_down_config *config)
{
    *scale_down = (struct hr_scale_down){ .config = *config };
}

void hr_scale_down_fini(struct hr_scale_down *scale_down)
{
    free(scale_down->unneeded);
}

bool hr_scale_down_is_candidate(const struct hr_scale_down_config *config, double utilization,
                                bool has_gpu, bool ready)
{
    return !ready ||
           utilization <= (has_gpu ? config->gpu_utilization_max : config->utilization_max);
}

static void cool(struct hr_scale_down *scale_down, hr_time until)
{
    scale_down->cool_until = hr_max(scale_down->cool_until, until);
}

void hr_scale_down_added(struct hr_scale_down *scale_down, hr_time now)
{
    cool(scale_down, now + scale_down->config.delay_after_add);
}

void hr_scale_down_deleted(struct hr_scale_down *scale_down, hr_time now)
{
    cool(scale_down, now + scale_down->config.delay_after_delete);
}

void hr_scale_down_failed(struct hr_scale_down *scale_down, hr_time now)
{
    cool(scale_down, now + scale_down->config.delay_after_failure);
}

/* Since when the node has been unneeded in every loop. */
static hr_time unneeded_since(struct hr_scale_down *scale_down, uint32_t id, hr_time now)
{
    if (id >= scale_down->n_unneeded) {
        const size_t n = 2 * (size_t)id + 16;
        scale_down->unneeded = hr_realloc(scale_down->unneeded, n, sizeof *scale_down->unneeded);
        for (size_t i = scale_down->n_unneeded; i < n; i++)
            scale_down->unneeded[i] = (struct hr_unneeded){ 0 };
        scale_down->n_unneeded = n;
    }
    struct hr_unneeded *unneeded = &scale_down->unneeded[id];
    if (unneeded->loop == 0 || unneeded->loop + 1 < scale_down->loop)
        unneeded->since = now;
    unneeded->loop = scale_down->loop;
    return unneeded->since;
}

size_t hr_scale_down_loop(struct hr_scale_down *scale_down, hr_time now,
                          const struct hr_unneeded_node *nodes, size_t n, size_t deleting,
                          size_t draining, int64_t *spare, size_t *picks)
{
    const struct hr_scale_down_config *config = &scale_down->config;
    bool *due = HR_NEW_ARRAY(bool, n);
    size_t n_picks = 0;
    scale_down->loop++;
    for (size_t i = 0; i < n; i++) {
        const hr_time since = unneeded_since(scale_down, nodes[i].id, now);
        due[i] = now - since > (nodes[i].ready ? config->unneeded_time : config->unready_time);
    }
    for (int drain = 0; drain <= 1 && now >= scale_down->cool_until; drain++)
        for (size_t i = 0; i < n; i++) {
            const bool has_room = deleting + n_picks < config->deletions_max &&
                                  (!drain || draining < config->drains_max);
            if (!due[i] || nodes[i].empty == (bool)drain || !has_room || spare[nodes[i].group] <= 0)
                continue;
            spare[nodes[i].group]--;
            draining += (size_t)drain;
            picks[n_picks++] = i;
        }
    free(due);
    return n_picks;
}
