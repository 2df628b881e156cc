/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Autoscalers that do not follow the load: by timetable, and ahead of it. */
#include "autoscale/config.h"
#include "autoscale/schedule.h"
#include "base/minmax.h"
#include "cluster/node_pool_spec.h"
#include "model/scaling.h"
#include "stats/dist.h"

/* ---- scheduled ---- */

/* The zone's offset that holds now. */
static const struct hr_zone_offset *offset_at(const struct hr_spec *spec, hr_time now)
{
    size_t i = 0;
    while (i + 1 < spec->n_offsets && spec->offsets[i + 1].at <= now)
        i++;
    return &spec->offsets[i];
}

/* Acts at each entry of the timetable. When clocks change meanwhile, it looks again. */
void hr_scaler_scheduled(struct hr_model *model, struct hr_scaler *scaler)
{
    const struct hr_spec *spec = model->spec;
    const struct hr_schedule_entry *entries = scaler->spec->schedule.items;
    const size_t n = scaler->spec->schedule.n;
    const hr_time now = model->engine.now;
    const struct hr_zone_offset *offset = offset_at(spec, now);
    const int64_t local = spec->start + now + offset->offset;
    hr_time delay = hr_schedule_next(entries, n, local) - local;
    if (offset + 1 < spec->offsets + spec->n_offsets)
        delay = hr_min(delay, offset[1].at - now);
    hr_scaler_write(model, scaler, hr_schedule_replicas(entries, n, local), "SuccessfulRescale",
                    "timetable");
    hr_scaler_next(model, scaler, HR_EV_AUTOSCALER_SYNC, delay);
}

/* ---- predictive ---- */

static double mean_ns(const struct hr_dist_spec *spec)
{
    return hr_dist_spec_mean_s(spec, NULL) * 1e9;
}

/* Mean time from the creation of a pod until it serves, as far as the scenario tells: pulling the
 * image, starting up, loading weights. */
static hr_time startup_time_mean(const struct hr_model *model,
                                 const struct hr_deployment_spec *spec)
{
    const struct hr_node_pool_spec *pools = model->spec->node_pools.items;
    const struct hr_node_pool_spec *pool =
        spec->node_pool == HR_REF_NONE ? NULL : &pools[spec->node_pool];
    const struct hr_pods_spec *pods = &spec->pods;
    double ns = mean_ns(spec->startup_time);
    if (pods->model_load_time != NULL)
        ns += mean_ns(pods->model_load_time);
    else if (pool != NULL && pods->model_size > 0)
        ns += pods->model_size / pool->model_load_bandwidth * 1e9;
    if (pool != NULL && pods->image_size > 0)
        ns += pods->image_size / pool->image_pull_bandwidth * 1e9;
    return hr_time_from_ns(ns);
}

void hr_scaler_predictive_init(struct hr_model *model, struct hr_scaler *scaler)
{
    const struct hr_predictive_config config = hr_predictive_config_of(
        scaler->spec, startup_time_mean(model, model->stations[scaler->station].spec));
    hr_predictive_init(&scaler->predictive, &config);
}

/* Observes the requests of the last interval, and decides. */
void hr_scaler_predictive(struct hr_model *model, struct hr_scaler *scaler)
{
    const uint64_t offered = model->stations[scaler->station].offered;
    const double interval_s = hr_time_to_s(scaler->spec->interval);
    hr_predictive_observe(&scaler->predictive, (double)(offered - scaler->mark) / interval_s);
    scaler->mark = offered;
    hr_scaler_write(model, scaler, hr_predictive_decide(&scaler->predictive), "SuccessfulRescale",
                    "forecast");
    hr_scaler_next(model, scaler, HR_EV_AUTOSCALER_SYNC, scaler->spec->interval);
}
