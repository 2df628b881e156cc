/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What holds an HPA back: stabilization over past recommendations, and limits on how far and how
 * fast it scales. Both machines of Kubernetes' pkg/controller/podautoscaler/horizontal.go (1.28 to
 * 1.37): that of an HPA without `behavior`, and that of one with it, be it empty.
 */
#ifndef AUTOSCALE_HPA_RULES_H
#define AUTOSCALE_HPA_RULES_H

#include "autoscale/count_log.h"
#include "autoscale/hpa_reason.h"
#include "autoscale/spec.h"
#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Highest of the proposal and the recommendations of the last `window` (its end included). Logs the
 * proposal. */
int64_t hr_hpa_stabilize_down(struct hr_count_log *recommendations, hr_time now, hr_time window,
                              int64_t proposal);

/*
 * The number nearest to `replicas` between the lowest recommendation younger than window_up and the
 * highest younger than window_down, the proposal included in both. Logs the proposal.
 */
int64_t hr_hpa_stabilize(struct hr_count_log *recommendations, hr_time now, hr_time window_up,
                         hr_time window_down, int64_t replicas, int64_t proposal);

struct hr_hpa_bounded {
    int64_t replicas;
    enum hr_hpa_reason reason; /* within range, or which bound it is at */
};

struct hr_hpa_range {
    int64_t min, max;
};

/* Without behavior a sync may go up to max(factor * replicas, minimum): 2 and 4 in Kubernetes. */
struct hr_hpa_leap {
    int64_t factor, minimum;
};

struct hr_hpa_bounded hr_hpa_bound_leap(int64_t replicas, int64_t desired,
                                        struct hr_hpa_range range, struct hr_hpa_leap leap);

/* One direction of behavior. */
struct hr_hpa_rules {
    hr_time stabilization_window;
    enum hr_hpa_select select_policy;
    const struct hr_hpa_policy *policies; /* borrowed */
    size_t n_policies;                    /* >= 1 */
};

/* The scale events of one HPA with behavior. */
struct hr_hpa_events {
    struct hr_count_log up, down; /* pods added, pods removed; both > 0 */
};

/* How far the policies of one direction let it go, whatever is desired; `replicas` if disabled. */
int64_t hr_hpa_limit(const struct hr_hpa_rules *rules, const struct hr_hpa_events *events,
                     hr_time now, int64_t replicas, bool up);

struct hr_hpa_bounded hr_hpa_bound_rate(const struct hr_hpa_rules *up,
                                        const struct hr_hpa_rules *down,
                                        const struct hr_hpa_events *events, hr_time now,
                                        int64_t replicas, int64_t desired,
                                        struct hr_hpa_range range);

/* Logs a rescale, so that it counts in the policies of its direction for their longest period. */
void hr_hpa_store_event(struct hr_count_log *events, const struct hr_hpa_rules *rules, hr_time now,
                        int64_t change);

#endif
