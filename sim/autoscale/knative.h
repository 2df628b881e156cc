/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Knative pod autoscaler (KPA; knative/serving pkg/autoscaler/scaling and
 * pkg/reconciler/autoscaling/kpa): concurrency, or requests per second, over a stable and a short
 * panic window. The caller observes the load of the whole deployment every second, requests that
 * the activator holds included, and decides every 2 s, at zero replicas also when a request
 * arrives.
 */
#ifndef AUTOSCALE_KNATIVE_H
#define AUTOSCALE_KNATIVE_H

#include "autoscale/count_log.h"
#include "autoscale/window.h"
#include "base/time.h"

#include <stdbool.h>

struct hr_knative_config {
    int64_t replicas_min;       /* 0: to zero when there is no load */
    int64_t replicas_max;       /* HR_UNLIMITED: none */
    int64_t activation_scale;   /* replicas whenever there is any load, >= 1 */
    double capacity;            /* load that one replica bears */
    double utilization;         /* share of it that is aimed at */
    double burst;               /* load that must be free, or the activator stays in the path;
                                   infinite: it always does; 0: only while no replica is ready */
    double panic_threshold;     /* panic at this many times what the ready replicas are due */
    double scale_up_rate_max;   /* a decision goes to at most this times the ready replicas */
    double scale_down_rate_max; /* and to no less than the ready replicas divided by this, > 1 */
    hr_time stable_window, panic_window; /* whole seconds, panic <= stable */
    hr_time scale_down_delay;            /* the highest decision of this time holds */
    hr_time scale_to_zero_grace; /* with the activator in the path, before the last replica goes */
};

/* Knative's defaults: 100 requests at once a replica, to be used to 70 %. */
struct hr_knative_config hr_knative_config_default(void);

enum hr_knative_phase {
    HR_KNATIVE_INACTIVE,   /* to be at zero, or there */
    HR_KNATIVE_ACTIVATING, /* replicas are due, none is ready yet */
    HR_KNATIVE_ACTIVE
};

struct hr_knative {
    struct hr_knative_config config;
    struct hr_window load;   /* a sample a second */
    hr_time panicking_since; /* last time over the threshold; HR_TIME_NEVER: no panic */
    int64_t replicas_panic;  /* the highest decision of this panic */
    struct hr_count_log decisions;
    enum hr_knative_phase phase;
    hr_time phase_since;
    hr_time proxied_since; /* the activator is in the path; HR_TIME_NEVER: it is not */
};

/* `ready` replicas; more than 1 make it begin in panic, as it knows no past to scale down by. */
void hr_knative_init(struct hr_knative *knative, const struct hr_knative_config *config,
                     hr_time now, int64_t ready);
void hr_knative_fini(struct hr_knative *knative);

/* Mean load over the last second. */
void hr_knative_observe(struct hr_knative *knative, double load);

/* What the replicas should be; `replicas` while there is no observation. `ready` are those ready.
 */
int64_t hr_knative_decide(struct hr_knative *knative, hr_time now, int64_t replicas, int64_t ready);

/* Requests go through the activator, which holds them while no replica can take them. */
static inline bool hr_knative_is_proxied(const struct hr_knative *knative)
{
    return knative->proxied_since != HR_TIME_NEVER;
}

static inline bool hr_knative_panics(const struct hr_knative *knative)
{
    return knative->panicking_since != HR_TIME_NEVER;
}

#endif
