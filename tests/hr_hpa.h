/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An HPA that proposes what the test wants: the total of an external metric, target 1 a replica. */
#ifndef TESTS_HR_HPA_H
#define TESTS_HR_HPA_H

#include "autoscale/hpa.h"

/* With a tolerance of 0, the total is the proposal. */
static const struct hr_hpa_metric hr_hpa_total = { .source = HR_HPA_EXTERNAL,
                                                   .target = HR_HPA_AVERAGE_VALUE,
                                                   .target_value = 1000 };

static inline struct hr_hpa_decision hr_hpa_sync_on_total(struct hr_hpa *hpa, hr_time now,
                                                          int64_t replicas, int64_t total)
{
    const struct hr_hpa_scene scene = { .now = now,
                                        .replicas = replicas,
                                        .replicas_status = replicas };
    const struct hr_hpa_reading reading = { .total_milli = 1000 * total };
    return hr_hpa_sync(hpa, &scene, &reading, HR_HPA_NO_OBSTACLE);
}

/* A sync whose decision is carried out; returns the replicas after it. */
static inline int64_t hr_hpa_step_on_total(struct hr_hpa *hpa, hr_time now, int64_t replicas,
                                           int64_t total)
{
    const int64_t next = hr_hpa_sync_on_total(hpa, now, replicas, total).replicas;
    if (next != replicas)
        hr_hpa_rescaled(hpa, now, replicas, next);
    return next;
}

#endif
