/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What pods do on the nodes they stand on, by deployment and pool. A pod's work is added when its
 * container comes or goes and at the ends of the window, so that requests cost nothing.
 */
#include "model/state.h"

static struct hr_pool_use *use_of(struct hr_model *model, uint32_t i)
{
    const struct hr_replica *replica = &model->replicas[i];
    if (!model->recorder.open || !replica->up || replica->pool == HR_POOL_ANY)
        return NULL;
    const uint32_t d = (uint32_t)(replica->station - model->stations);
    return &model->out->use[d * model->out->n_pools + replica->pool];
}

static void mark(struct hr_model *model, uint32_t i)
{
    model->replicas[i].used_at = model->engine.now;
    model->replicas[i].used_busy = hr_level_area(&model->serving[i].busy, model->engine.now);
}

void hr_use_collect(struct hr_model *model, uint32_t i)
{
    const struct hr_replica *replica = &model->replicas[i];
    struct hr_pool_use *use = use_of(model, i);
    if (use != NULL) {
        const hr_time now = model->engine.now;
        use->up_ns += (uint64_t)(now - replica->used_at);
        use->busy_ns += hr_level_area(&model->serving[i].busy, now) - replica->used_busy;
    }
    mark(model, i);
}

void hr_use_executed(struct hr_model *model, uint32_t i, double done_ns)
{
    struct hr_pool_use *use = use_of(model, i);
    if (use != NULL)
        use->executed_ns += done_ns;
}

void hr_use_collect_all(struct hr_model *model)
{
    for (uint32_t i = 0; model->out->n_pools > 0 && i < model->n_replicas; i++)
        hr_use_collect(model, i);
}
