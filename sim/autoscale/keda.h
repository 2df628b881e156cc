/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * KEDA's own loop (2.x, pkg/scaling/executor): it takes a deployment to zero and back. From one
 * replica on, the HPA that KEDA creates does the scaling (hpa.h), with external metrics and at
 * least max(1, min_replicas). The caller polls every 30 s and writes the replicas that are
 * returned.
 */
#ifndef AUTOSCALE_KEDA_H
#define AUTOSCALE_KEDA_H

#include "base/time.h"

#include <stdbool.h>
#include <stdint.h>

#define HR_KEDA_NO_IDLE INT64_C(-1) /* the word "none" of the key idle_replicas */

struct hr_keda_config {
    int64_t replicas_min;  /* 0: to zero while no trigger is active */
    int64_t replicas_idle; /* while no trigger is active, < replicas_min; HR_KEDA_NO_IDLE: none */
    hr_time cooldown;      /* after the last time that a trigger was active */
    hr_time initial_cooldown; /* after the start, as long as no trigger has been */
};

struct hr_keda {
    struct hr_keda_config config;
    hr_time started;
    hr_time last_active; /* HR_TIME_NEVER: not since the start */
};

void hr_keda_init(struct hr_keda *keda, const struct hr_keda_config *config, hr_time now);

/*
 * One poll: what spec.replicas should be; `replicas` when it stays as it is. `active`: the value of
 * a trigger is above its activation threshold (not at it).
 */
int64_t hr_keda_poll(struct hr_keda *keda, hr_time now, int64_t replicas, bool active);

#endif
