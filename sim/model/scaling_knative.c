/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Knative's autoscaler at work: it observes the requests at once every second, those that the
 * activator holds included, and decides every other second.
 */
#include "autoscale/config.h"
#include "model/scaling.h"

/* Requests at once, integrated since time 0. */
static uint64_t load_area(const struct hr_model *model, const struct hr_scaler *scaler)
{
    const struct hr_level *levels = model->stations[scaler->station].metrics->levels;
    return hr_level_area(&levels[HR_LEVEL_BUSY], model->engine.now) +
           hr_level_area(&levels[HR_LEVEL_WAITING], model->engine.now);
}

void hr_scaler_knative_start(struct hr_model *model, struct hr_scaler *scaler)
{
    const struct hr_knative_config config = hr_knative_config_of(scaler->spec);
    const uint32_t ready = hr_cluster_set_status(model->cluster, scaler->station).ready;
    hr_knative_init(&scaler->knative, &config, model->engine.now, ready);
    hr_scaler_next(model, scaler, HR_EV_AUTOSCALER_SYNC, HR_NS_PER_S);
}

static void decide(struct hr_model *model, struct hr_scaler *scaler)
{
    const struct hr_set_status status = hr_cluster_set_status(model->cluster, scaler->station);
    const int64_t replicas =
        hr_knative_decide(&scaler->knative, model->engine.now, status.desired, status.ready);
    hr_scaler_write(model, scaler, replicas, "SuccessfulRescale",
                    hr_knative_panics(&scaler->knative) ? "concurrency, in panic" : "concurrency");
}

void hr_scaler_knative_tick(struct hr_model *model, struct hr_scaler *scaler)
{
    const uint64_t area = load_area(model, scaler);
    if (!scaler->poked)
        hr_knative_observe(&scaler->knative, (double)(area - scaler->mark) / (double)HR_NS_PER_S);
    scaler->poked = false;
    scaler->mark = area;
    if (model->engine.now / HR_NS_PER_S % 2 == 0)
        decide(model, scaler);
    hr_scaler_next(model, scaler, HR_EV_AUTOSCALER_SYNC, HR_NS_PER_S);
}

/* The first request that the activator holds at zero replicas is told at once. */
void hr_scaler_knative_poke(struct hr_model *model, struct hr_scaler *scaler)
{
    if (scaler->poked || hr_cluster_set_status(model->cluster, scaler->station).desired > 0)
        return;
    scaler->poked = true;
    hr_knative_observe(&scaler->knative, model->stations[scaler->station].queue.n);
    decide(model, scaler);
}
