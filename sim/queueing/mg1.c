/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One server, Poisson arrivals alone or in batches, general service. */
#include "queueing/solve.h"

#include <math.h>

struct hr_queue_answer hr_mg1(double lambda, double service_s, double scv)
{
    const double load = lambda * service_s;
    if (load >= 1)
        return hr_queue_unstable(1 / service_s);
    const double wait = load * service_s * (1 + scv) / (2 * (1 - load));
    struct hr_queue_answer answer = hr_queue_from_wait(lambda, service_s, 1, wait);
    answer.wait_probability = load;
    return answer;
}

struct hr_queue_answer hr_mg1_ps(double lambda, double service_s)
{
    const double load = lambda * service_s;
    if (load >= 1)
        return hr_queue_unstable(1 / service_s);
    struct hr_queue_answer answer = hr_queue_unknown();
    answer.utilization = load;
    answer.throughput = lambda;
    answer.latency_s_mean = service_s / (1 - load);
    answer.number_mean = load / (1 - load);
    answer.block_probability = 0;
    return answer;
}

/* Gross, Harris 1998, section 3.1. Only the first of a batch that finds the server idle does not
 * wait. */
struct hr_queue_answer hr_mxm1(double lambda_batches, double size_mean, double size_moment2,
                               double mu)
{
    const double lambda = lambda_batches * size_mean, load = lambda / mu;
    if (load >= 1)
        return hr_queue_unstable(mu);
    const double number = load * (1 + size_moment2 / size_mean) / (2 * (1 - load));
    struct hr_queue_answer answer = hr_queue_from_wait(lambda, 1 / mu, 1, number / lambda - 1 / mu);
    answer.wait_probability = 1 - (1 - load) / size_mean;
    return answer;
}
