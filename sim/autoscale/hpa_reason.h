/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Conditions of an HPA and the reasons that it gives for them. */
#ifndef AUTOSCALE_HPA_REASON_H
#define AUTOSCALE_HPA_REASON_H

enum hr_hpa_condition {
    HR_HPA_ABLE_TO_SCALE,
    HR_HPA_SCALING_ACTIVE,
    HR_HPA_SCALING_LIMITED,
    HR_HPA_SCALED_TO_ZERO,
    HR_HPA_N_CONDITIONS
};

enum hr_hpa_reason {
    HR_HPA_UNSET, /* there is no such condition as yet */
    HR_HPA_FAILED_GET_SCALE,
    HR_HPA_SUCCEEDED_GET_SCALE,
    HR_HPA_READY_FOR_NEW_SCALE,
    HR_HPA_SCALE_UP_STABILIZED,
    HR_HPA_SCALE_DOWN_STABILIZED,
    HR_HPA_SUCCEEDED_RESCALE,
    HR_HPA_FAILED_UPDATE_SCALE,
    HR_HPA_SCALING_DISABLED,
    HR_HPA_INVALID_SELECTOR,
    HR_HPA_AMBIGUOUS_SELECTOR,
    HR_HPA_VALID_METRIC_FOUND,
    HR_HPA_FAILED_GET_RESOURCE_METRIC,
    HR_HPA_FAILED_GET_CONTAINER_RESOURCE_METRIC,
    HR_HPA_FAILED_GET_PODS_METRIC,
    HR_HPA_FAILED_GET_OBJECT_METRIC,
    HR_HPA_FAILED_GET_EXTERNAL_METRIC,
    HR_HPA_INVALID_METRIC_SOURCE_TYPE,
    HR_HPA_DESIRED_WITHIN_RANGE,
    HR_HPA_SCALE_UP_LIMIT,
    HR_HPA_SCALE_DOWN_LIMIT,
    HR_HPA_TOO_MANY_REPLICAS,
    HR_HPA_TOO_FEW_REPLICAS,
    HR_HPA_REASON_SCALED_TO_ZERO,
    HR_HPA_NOT_SCALED_TO_ZERO,
    HR_HPA_N_REASONS
};

/* "AbleToScale", "ScaleDownStabilized": as Kubernetes names them. */
const char *hr_hpa_condition_name(enum hr_hpa_condition condition);
const char *hr_hpa_reason_name(enum hr_hpa_reason reason);

#endif
