/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of an autoscaler of replicas. */
#ifndef AUTOSCALE_SPEC_H
#define AUTOSCALE_SPEC_H

#include "base/key.h"
#include "base/time.h"

enum hr_hpa_policy_type { HR_HPA_POLICY_PODS, HR_HPA_POLICY_PERCENT };
enum hr_hpa_select { HR_HPA_SELECT_MAX, HR_HPA_SELECT_MIN, HR_HPA_SELECT_DISABLED };

/* At most `value` pods, or percent, in any `period`. */
struct hr_hpa_policy {
    int type;      /* enum hr_hpa_policy_type */
    int64_t value; /* > 0 */
    hr_time period;
};

/* One direction of behavior. */
struct hr_hpa_rules_spec {
    hr_time stabilization_window; /* HR_AUTO: up none, down as without behavior */
    int select_policy;            /* enum hr_hpa_select */
    struct hr_list policies;      /* struct hr_hpa_policy; none: Kubernetes' defaults */
    double tolerance;             /* share; HR_AUTO: that of the autoscaler */
};

struct hr_hpa_behavior_spec {
    struct hr_hpa_rules_spec *scale_up, *scale_down; /* NULL: all at default */
};

#endif
