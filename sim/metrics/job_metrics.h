/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is measured of one job in one replication: its runs, counted when they begin or end. */
#ifndef METRICS_JOB_METRICS_H
#define METRICS_JOB_METRICS_H

#include "base/time.h"
#include "base/wide.h"

#include <stdint.h>

struct hr_job_metrics {
    uint64_t begun, completed;
    uint64_t failed;          /* too many of their pods did */
    uint64_t missed;          /* stopped at their deadline */
    uint64_t replaced;        /* stopped for the next run */
    uint64_t left_out;        /* not begun, as the one before went on */
    hr_uint128 turnaround_ns; /* of the completed, from beginning to end: sum ... */
    hr_time turnaround_ns_max;
};

#endif
