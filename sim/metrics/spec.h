/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of objectives. */
#ifndef METRICS_SPEC_H
#define METRICS_SPEC_H

#include "base/key.h"

enum hr_slo_metric {
    HR_SLO_LATENCY_MEAN,
    HR_SLO_LATENCY_P50,
    HR_SLO_LATENCY_P90,
    HR_SLO_LATENCY_P95,
    HR_SLO_LATENCY_P99,
    HR_SLO_LATENCY_P999,
    HR_SLO_AVAILABILITY,
    HR_SLO_AVAILABILITY_TIME,
    HR_SLO_THROUGHPUT,
    HR_SLO_COST_PER_PREDICTION
};

/* Exactly one of max and min is given (unit HR_UNIT_NONE and value NAN: not given). */
struct hr_slo_spec {
    int64_t workload; /* index */
    int metric;       /* enum hr_slo_metric */
    struct hr_measure max, min;
    double precision; /* relative half-width of the interval asked for; 0: not given */
};

extern const struct hr_key_table hr_slo_keys;

#endif
