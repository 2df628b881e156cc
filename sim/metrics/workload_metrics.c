/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Storage of a workload's accumulators. */
#include "metrics/workload_metrics.h"

#include "base/mem.h"

#include <stdlib.h>

void hr_workload_metrics_init(struct hr_workload_metrics *metrics)
{
    *metrics = (struct hr_workload_metrics){ 0 };
    hr_hist_init(&metrics->latency);
    hr_hist_init(&metrics->wait);
    hr_parts_init(&metrics->parts);
}

void hr_workload_metrics_close(struct hr_workload_metrics *metrics)
{
    const struct hr_parts_row all = hr_parts_total(&metrics->parts, 0);
    metrics->latency.n = metrics->wait.n = all.n;
    metrics->wait.sum = all.sum_ns[HR_PART_QUEUE] + all.sum_ns[HR_PART_COLD_START];
    metrics->latency.sum = 0;
    for (int part = 0; part < HR_PARTS; part++)
        metrics->latency.sum += all.sum_ns[part];
}

void hr_workload_metrics_fini(struct hr_workload_metrics *metrics)
{
    hr_hist_fini(&metrics->latency);
    hr_hist_fini(&metrics->wait);
    hr_parts_fini(&metrics->parts);
    free(metrics->by_ready);
    free(metrics->waits);
}

void hr_workload_metrics_pack(struct hr_workload_metrics *metrics)
{
    hr_hist_pack(&metrics->latency);
    hr_hist_pack(&metrics->wait);
    hr_parts_pack(&metrics->parts);
    free(metrics->waits);
    metrics->waits = NULL;
}
