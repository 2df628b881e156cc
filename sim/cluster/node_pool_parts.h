/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of the groups within a node pool, for the pool's own. */
#ifndef CLUSTER_NODE_POOL_PARTS_H
#define CLUSTER_NODE_POOL_PARTS_H

#include "cluster/node_pool_spec.h"

extern const struct hr_key_table hr_reserved_keys;
extern const struct hr_key_table hr_outages_keys;
extern const struct hr_key_table hr_spot_keys;
extern const struct hr_key_table hr_slow_keys;
extern const struct hr_key_table hr_out_of_capacity_keys;
extern const struct hr_key_table hr_billing_keys;

#endif
