/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a scenario says of the autoscaler of nodes to what its parts are set up with. */
#ifndef CLUSTER_NODE_CONFIG_H
#define CLUSTER_NODE_CONFIG_H

#include "cluster/expander.h"
#include "cluster/group_backoff.h"
#include "cluster/node_autoscaler_spec.h"
#include "cluster/scale_down.h"

#define HR_EXPANDER_CHAIN_MAX 6

/* cluster_autoscaler */
struct hr_scale_down_config hr_scale_down_config_of(const struct hr_node_autoscaler_spec *spec);
struct hr_backoff_config hr_backoff_config_of(const struct hr_node_autoscaler_spec *spec);

/* Returns how many stand in the chain, at least 1. */
size_t hr_expander_chain_of(const struct hr_node_autoscaler_spec *spec,
                            enum hr_expander chain[HR_EXPANDER_CHAIN_MAX]);

/* karpenter: for hr_disruption_budget, a whole percentage as there. */
int64_t hr_disruption_percent_of(const struct hr_node_autoscaler_spec *spec);

#endif
