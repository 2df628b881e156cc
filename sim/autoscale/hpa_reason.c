/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of conditions and reasons, as Kubernetes has them. */
#include "autoscale/hpa_reason.h"

const char *hr_hpa_condition_name(enum hr_hpa_condition condition)
{
    static const char *const names[HR_HPA_N_CONDITIONS] = {
        [HR_HPA_ABLE_TO_SCALE] = "AbleToScale",
        [HR_HPA_SCALING_ACTIVE] = "ScalingActive",
        [HR_HPA_SCALING_LIMITED] = "ScalingLimited",
        [HR_HPA_SCALED_TO_ZERO] = "ScaledToZero",
    };
    return names[condition];
}

const char *hr_hpa_reason_name(enum hr_hpa_reason reason)
{
    static const char *const names[HR_HPA_N_REASONS] = {
        [HR_HPA_UNSET] = "",
        [HR_HPA_FAILED_GET_SCALE] = "FailedGetScale",
        [HR_HPA_SUCCEEDED_GET_SCALE] = "SucceededGetScale",
        [HR_HPA_READY_FOR_NEW_SCALE] = "ReadyForNewScale",
        [HR_HPA_SCALE_UP_STABILIZED] = "ScaleUpStabilized",
        [HR_HPA_SCALE_DOWN_STABILIZED] = "ScaleDownStabilized",
        [HR_HPA_SUCCEEDED_RESCALE] = "SucceededRescale",
        [HR_HPA_FAILED_UPDATE_SCALE] = "FailedUpdateScale",
        [HR_HPA_SCALING_DISABLED] = "ScalingDisabled",
        [HR_HPA_INVALID_SELECTOR] = "InvalidSelector",
        [HR_HPA_AMBIGUOUS_SELECTOR] = "AmbiguousSelector",
        [HR_HPA_VALID_METRIC_FOUND] = "ValidMetricFound",
        [HR_HPA_FAILED_GET_RESOURCE_METRIC] = "FailedGetResourceMetric",
        [HR_HPA_FAILED_GET_CONTAINER_RESOURCE_METRIC] = "FailedGetContainerResourceMetric",
        [HR_HPA_FAILED_GET_PODS_METRIC] = "FailedGetPodsMetric",
        [HR_HPA_FAILED_GET_OBJECT_METRIC] = "FailedGetObjectMetric",
        [HR_HPA_FAILED_GET_EXTERNAL_METRIC] = "FailedGetExternalMetric",
        [HR_HPA_INVALID_METRIC_SOURCE_TYPE] = "InvalidMetricSourceType",
        [HR_HPA_DESIRED_WITHIN_RANGE] = "DesiredWithinRange",
        [HR_HPA_SCALE_UP_LIMIT] = "ScaleUpLimit",
        [HR_HPA_SCALE_DOWN_LIMIT] = "ScaleDownLimit",
        [HR_HPA_TOO_MANY_REPLICAS] = "TooManyReplicas",
        [HR_HPA_TOO_FEW_REPLICAS] = "TooFewReplicas",
        [HR_HPA_REASON_SCALED_TO_ZERO] = "ScaledToZero",
        [HR_HPA_NOT_SCALED_TO_ZERO] = "NotScaledToZero",
    };
    return names[reason];
}
