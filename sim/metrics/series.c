/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The latency histogram of one step of the time series. */
#include "metrics/series.h"

#include <math.h>

#define LE_OCTAVE_FIRST 10u

double hr_step_quantile_s(const struct hr_step *step, double p)
{
    const uint64_t n = step->outcomes[0];
    if (n == 0)
        return (double)NAN;
    const double target = p * (double)n;
    double below = 0;
    for (unsigned row = 0; row + 1 < HR_STEP_ROWS; row++) {
        const double count = (double)step->latency[row];
        if (count > 0 && below + count >= target) {
            const double from = (double)hr_log_bucket_from(row, HR_STEP_BITS),
                         to = (double)hr_log_bucket_from(row + 1, HR_STEP_BITS);
            return (from + (to - from) * (target - below) / count) / 1e9;
        }
        below += count;
    }
    return (double)NAN;
}

static hr_time le_ns(unsigned i)
{
    const uint64_t octave = UINT64_C(1) << (LE_OCTAVE_FIRST + i / 2);
    return (hr_time)(i % 2 == 0 ? octave : octave + octave / 2);
}

double hr_step_le_s(unsigned i)
{
    return i + 1 == HR_STEP_LE ? (double)INFINITY : hr_time_to_s(le_ns(i));
}

/* An edge is the start of a class, so "at most" here is "below the edge": the counts are exact but
 * for latencies that equal an edge to the nanosecond. */
void hr_step_cumulate(const struct hr_step *step, uint64_t counts[HR_STEP_LE])
{
    unsigned row = 0;
    uint64_t below = 0;
    for (unsigned i = 0; i < HR_STEP_LE; i++) {
        const unsigned end =
            i + 1 == HR_STEP_LE ? HR_STEP_ROWS : hr_log_bucket(le_ns(i), HR_STEP_BITS);
        for (; row < end; row++)
            below += step->latency[row];
        counts[i] += below;
    }
}
