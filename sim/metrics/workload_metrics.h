/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is measured of one workload in one replication. Integers only: merging in any order gives
 * the same bits. */
#ifndef METRICS_WORKLOAD_METRICS_H
#define METRICS_WORKLOAD_METRICS_H

#include "metrics/level.h"
#include "metrics/parts.h"
#include "metrics/ready.h"
#include "metrics/series.h"
#include "stats/hist.h"

enum hr_outcome { HR_COMPLETED, HR_TIMED_OUT, HR_REJECTED, HR_FAILED, HR_OUTCOMES };

struct hr_workload_metrics {
    /* Of requests that arrive in the window. */
    uint64_t arrived;
    uint64_t outcomes[HR_OUTCOMES];
    uint64_t in_flight; /* without outcome when the run ended */
    uint64_t attempts;
    struct hr_hist latency, wait; /* of completed ones; their n and sum come with _close */
    struct hr_parts parts;
    uint64_t completed_in_window; /* whenever they arrived */
    struct hr_level inside;       /* from first attempt to any outcome, counted or not */
    struct hr_area inside_area;
    struct hr_level busy; /* slots it occupies; kept only where workloads share a deployment */
    struct hr_area busy_area;
    struct hr_ready_requests *by_ready; /* by replicas ready at their arrival; NULL: not kept */
    struct hr_step *step;               /* of the time series; NULL: not recorded */
    uint64_t *waits; /* by class of wait, as `parts` has latencies; NULL: not kept */
};

void hr_workload_metrics_init(struct hr_workload_metrics *metrics);
void hr_workload_metrics_fini(struct hr_workload_metrics *metrics);

/* Ends the replication: finds what is known of latency and wait from their parts. */
void hr_workload_metrics_close(struct hr_workload_metrics *metrics);
/* Nothing is recorded any more: takes little memory from now on. */
void hr_workload_metrics_pack(struct hr_workload_metrics *metrics);

/* Records an answered request that counts; `bucket` is that of its latency at HR_HIST_BITS. */
static inline void hr_workload_metrics_completed(struct hr_workload_metrics *metrics,
                                                 hr_time latency, unsigned bucket,
                                                 const hr_time part[HR_PARTS])
{
    const hr_time wait = part[HR_PART_QUEUE] + part[HR_PART_COLD_START];
    metrics->outcomes[HR_COMPLETED]++;
    hr_hist_tally(&metrics->latency, latency, bucket);
    const unsigned wait_bucket = hr_log_bucket(wait, HR_HIST_BITS);
    hr_hist_tally(&metrics->wait, wait, wait_bucket);
    if (metrics->waits != NULL)
        metrics->waits[hr_log_bucket_coarser(wait, wait_bucket, HR_HIST_BITS, HR_PARTS_BITS)]++;
    hr_parts_record(&metrics->parts,
                    hr_log_bucket_coarser(latency, bucket, HR_HIST_BITS, HR_PARTS_BITS), part);
}

#endif
