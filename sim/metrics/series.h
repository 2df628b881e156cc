/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time series on a fixed grid. A step's counts and a coarse latency histogram (16 classes an
 * octave, at most 6.3 % wide) are kept while the step goes; its end turns them into a row of the
 * table and a row of `le` counts.
 */
#ifndef METRICS_SERIES_H
#define METRICS_SERIES_H

#include "base/time.h"
#include "stats/log_bucket.h"

#include <stddef.h>
#include <stdint.h>

#define HR_STEP_BITS 4
#define HR_STEP_ROWS (HR_LOG_PAGES(HR_STEP_BITS) << HR_STEP_BITS)

/* `le` edges: two an octave, 2^k and 1.5 * 2^k ns from 2^10 ns (1 us) to 2^40 ns (18 min), then
 * infinity. */
#define HR_STEP_LE 62u

/* What happens to one workload within one step. */
struct hr_step {
    uint64_t arrived;
    uint64_t outcomes[4]; /* by enum hr_outcome */
    uint32_t latency[HR_STEP_ROWS];
};

/* Quantile p of the step's completed requests in seconds, interpolated within its class; NaN when
 * there are none. */
double hr_step_quantile_s(const struct hr_step *step, double p);

/* Upper edge i < HR_STEP_LE in seconds; the last is infinite. counts[i] += requests at most that
 * slow. */
double hr_step_le_s(unsigned i);
void hr_step_cumulate(const struct hr_step *step, uint64_t counts[HR_STEP_LE]);

#endif
