/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What pods do on the nodes they stand on, by deployment and pool. A pod's work is added when its
 * container comes or goes and at the ends of the window, so that requests cost nothing.
 */
#include "model/state.h"

static void add(struct hr_model *model, uint32_t i)
{
    const struct hr_replica *replica = &model->replicas[i];
    const uint32_t d = (uint32_t)(replica->station - model->stations);
    const hr_time now = model->engine.now;
    struct hr_pool_use *use = &model->out->use[d * model->out->n_pools + replica->pool];
    use->up_ns += (uint64_t)(now - replica->used_at);
    use->busy_ns += hr_level_area(&model->serving[i].busy, now) - replica->used_busy;
    use->executed_ns += replica->executed_ns - replica->used_executed_ns;
}

void hr_use_collect(struct hr_model *model, uint32_t i)
{
    struct hr_replica *replica = &model->replicas[i];
    if (model->out->n_pools == 0)
        return;
    if (replica->cpu != NULL)
        hr_shared_sync(model, i);
    if (model->recorder.open && replica->up)
        add(model, i);
    replica->used_at = model->engine.now;
    replica->used_busy = hr_level_area(&model->serving[i].busy, model->engine.now);
    replica->used_executed_ns = replica->executed_ns;
}

void hr_use_collect_all(struct hr_model *model)
{
    for (uint32_t i = 0; i < model->n_replicas; i++)
        hr_use_collect(model, i);
}
