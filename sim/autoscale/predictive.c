/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replicas for the load to come. */
#include "autoscale/predictive.h"

#include "base/minmax.h"

#include <math.h>

void hr_predictive_init(struct hr_predictive *predictive, const struct hr_predictive_config *config)
{
    const size_t period = (size_t)(config->season / config->step);
    *predictive = (struct hr_predictive){
        .config = *config,
        .steps_ahead = 1 + (size_t)((config->lead + config->step - 1) / config->step),
    };
    if (config->predictor == HR_PREDICT_HOLT_WINTERS)
        hr_holt_winters_init(&predictive->holt_winters, period, config->smoothing, true);
    else
        hr_seasonal_init(&predictive->seasonal, period, config->seasons);
}

void hr_predictive_fini(struct hr_predictive *predictive)
{
    hr_holt_winters_fini(&predictive->holt_winters);
    hr_seasonal_fini(&predictive->seasonal);
}

void hr_predictive_observe(struct hr_predictive *predictive, double load)
{
    predictive->load = load;
    if (predictive->config.predictor == HR_PREDICT_HOLT_WINTERS)
        hr_holt_winters_observe(&predictive->holt_winters, load);
    else
        hr_seasonal_observe(&predictive->seasonal, load);
}

int64_t hr_predictive_decide(const struct hr_predictive *predictive)
{
    const struct hr_predictive_config *config = &predictive->config;
    double highest = predictive->load;
    for (size_t ahead = 1; ahead <= predictive->steps_ahead; ahead++)
        highest = fmax(highest,
                       config->predictor == HR_PREDICT_HOLT_WINTERS
                           ? hr_holt_winters_forecast(&predictive->holt_winters, ahead)
                           : hr_seasonal_forecast(&predictive->seasonal, ahead, config->quantile));
    /* A forecast of just n replicas may come out a trace more. */
    const double due = ceil(highest / config->capacity - 1e-9);
    const int64_t replicas = due < INT32_MAX ? (int64_t)due : INT32_MAX;
    return hr_min(hr_max(replicas, config->replicas_min), config->replicas_max);
}
