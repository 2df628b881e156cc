/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what a scenario says of an autoscaler to what the autoscalers are set up with. */
#ifndef AUTOSCALE_CONFIG_H
#define AUTOSCALE_CONFIG_H

#include "autoscale/hpa.h"
#include "autoscale/keda.h"
#include "autoscale/knative.h"
#include "autoscale/predictive.h"
#include "autoscale/spec.h"

/*
 * hpa and keda. Units that the metrics are to be read in, by thousands: cores, bytes, requests a
 * second, requests, GPUs busy, and milliseconds of latency. `metrics` has room for as many as the
 * spec and is borrowed by the result. KEDA's HPA goes by totals (external metrics), except for cpu
 * and memory, and never below 1.
 */
struct hr_hpa_config hr_hpa_config_of(const struct hr_autoscaler_spec *spec,
                                      struct hr_hpa_metric *metrics);

struct hr_keda_config hr_keda_config_of(const struct hr_autoscaler_spec *spec);

/* Whether the total of a metric, in its unit, makes KEDA's trigger active. */
static inline bool hr_keda_is_active(const struct hr_scaling_metric_spec *metric, double total)
{
    return total > metric->activation;
}

struct hr_knative_config hr_knative_config_of(const struct hr_autoscaler_spec *spec);

/* `startup_time_mean` is what a lead of auto stands for. */
struct hr_predictive_config hr_predictive_config_of(const struct hr_autoscaler_spec *spec,
                                                    hr_time startup_time_mean);

#endif
