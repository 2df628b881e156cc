/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Simulated time: int64 nanoseconds from the start of a run. Beyond int64 is "never".
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdint.h>

typedef int64_t hr_time;

#define HR_TIME_NEVER  INT64_MAX
#define HR_NS_PER_S    INT64_C(1000000000)
#define HR_NS_PER_HOUR (3600 * HR_NS_PER_S)
#define HR_NS_PER_DAY  (24 * HR_NS_PER_HOUR)

/* Nearest nanosecond of ns >= 0; what does not fit (NaN too) is never. */
static inline hr_time hr_time_from_ns(double ns)
{
    if (!(ns < 9.2e18))
        return HR_TIME_NEVER;
    return (hr_time)(ns + 0.5);
}

/* a + b for b >= 0, saturating at never. */
static inline hr_time hr_time_add(hr_time a, hr_time b)
{
    hr_time sum;
    return __builtin_add_overflow(a, b, &sum) ? HR_TIME_NEVER : sum;
}

static inline double hr_time_to_s(hr_time ns)
{
    return (double)ns / 1e9; /* correctly rounded, which a product by 1e-9 is not */
}

#endif
