/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Specs to configurations. */
#include "cluster/node_config.h"

#include <math.h>

struct hr_scale_down_config hr_scale_down_config_of(const struct hr_node_autoscaler_spec *spec)
{
    return (struct hr_scale_down_config){
        .utilization_max = spec->scale_down_utilization_threshold,
        .gpu_utilization_max = spec->scale_down_gpu_utilization_threshold,
        .unneeded_time = spec->scale_down_unneeded_time,
        .unready_time = spec->scale_down_unready_time,
        .delay_after_add = spec->scale_down_delay_after_add,
        .delay_after_delete = spec->scale_down_delay_after_delete,
        .delay_after_failure = spec->scale_down_delay_after_failure,
        .deletions_max = (size_t)spec->max_scale_down_parallelism,
        .drains_max = (size_t)spec->max_drain_parallelism,
    };
}

struct hr_backoff_config hr_backoff_config_of(const struct hr_node_autoscaler_spec *spec)
{
    return (struct hr_backoff_config){
        .first = spec->initial_node_group_backoff_duration,
        .longest = spec->max_node_group_backoff_duration,
        .reset = spec->node_group_backoff_reset_timeout,
    };
}

size_t hr_expander_chain_of(const struct hr_node_autoscaler_spec *spec,
                            enum hr_expander chain[HR_EXPANDER_CHAIN_MAX])
{
    const int *words = spec->expander.items;
    chain[0] = HR_EXPANDER_LEAST_WASTE;
    for (size_t i = 0; i < spec->expander.n; i++)
        chain[i] = (enum hr_expander)words[i];
    return spec->expander.n ? spec->expander.n : 1;
}

int64_t hr_disruption_percent_of(const struct hr_node_autoscaler_spec *spec)
{
    return llround(100 * spec->disruption_budget);
}
