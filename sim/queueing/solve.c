/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bisection, birth-death chains, Little's law. */
#include "queueing/solve.h"

#include "base/mem.h"

#include <math.h>

double hr_solve_survival(double (*survival)(const void *ctx, double t), const void *ctx,
                         double level, double scale)
{
    if (survival(ctx, 0) <= level)
        return 0;
    double high = scale;
    while (survival(ctx, high) > level)
        high *= 2;
    double low = 0;
    for (;;) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high)
            return middle;
        if (survival(ctx, middle) > level)
            low = middle;
        else
            high = middle;
    }
}

double *hr_birth_death_new(const double *birth, const double *death, unsigned n)
{
    double *share = HR_NEW_ARRAY(double, (size_t)n + 1);
    share[0] = 1;
    double sum = 1;
    for (unsigned k = 0; k < n; k++) {
        share[k + 1] = share[k] * birth[k] / death[k];
        sum += share[k + 1];
        if (sum > 1e250) { /* scale down; what vanishes is negligible beside the peak */
            for (unsigned i = 0; i <= k + 1; i++)
                share[i] /= sum;
            sum = 1;
        }
    }
    for (unsigned k = 0; k <= n; k++)
        share[k] /= sum;
    return share;
}

struct hr_queue_answer hr_queue_unknown(void)
{
    const double nan = (double)NAN;
    return (struct hr_queue_answer){ nan, nan, nan, nan, nan, nan, nan, nan };
}

struct hr_queue_answer hr_queue_unstable(double throughput_max)
{
    return (struct hr_queue_answer){ .utilization = 1,
                                     .wait_probability = 1,
                                     .wait_s_mean = HUGE_VAL,
                                     .latency_s_mean = HUGE_VAL,
                                     .number_mean = HUGE_VAL,
                                     .queue_mean = HUGE_VAL,
                                     .throughput = throughput_max };
}

struct hr_queue_answer hr_queue_from_wait(double throughput, double service_s, double servers,
                                          double wait_s_mean)
{
    struct hr_queue_answer answer = hr_queue_unknown();
    answer.throughput = throughput;
    answer.utilization = throughput * service_s / servers;
    answer.wait_s_mean = wait_s_mean;
    answer.latency_s_mean = wait_s_mean + service_s;
    answer.queue_mean = throughput * wait_s_mean;
    answer.number_mean = throughput * (wait_s_mean + service_s);
    answer.block_probability = 0;
    return answer;
}
