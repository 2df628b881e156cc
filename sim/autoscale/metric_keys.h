/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key table of one metric that an autoscaler goes by. */
#ifndef AUTOSCALE_METRIC_KEYS_H
#define AUTOSCALE_METRIC_KEYS_H

#include "autoscale/spec.h"

extern const struct hr_key_table hr_scaling_metric_keys;

#endif
