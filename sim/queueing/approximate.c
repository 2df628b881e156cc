/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two-moment approximations for renewal arrivals and general service. */
#include "queueing/solve.h"

#include <math.h>

/* Kraemer, Langenbach-Belz 1976: what arrivals other than Poisson change with one server. */
static double correction(double load, double gap_scv, double service_scv)
{
    const double sum = gap_scv + service_scv;
    if (gap_scv < 1)
        return exp(-2 * (1 - load) * (1 - gap_scv) * (1 - gap_scv) / (3 * load * sum));
    return exp(-(1 - load) * (gap_scv - 1) / (gap_scv + 4 * service_scv));
}

struct hr_queue_answer hr_ggc(double lambda, double gap_scv, double service_s, double service_scv,
                              unsigned servers)
{
    struct hr_queue_answer answer = hr_mmc(lambda, 1 / service_s, servers);
    if (isinf(answer.wait_s_mean))
        return answer;
    const double waits = answer.wait_probability;
    double wait = answer.wait_s_mean * (gap_scv + service_scv) / 2;
    if (servers == 1)
        wait *= correction(answer.utilization, gap_scv, service_scv);
    answer = hr_queue_from_wait(lambda, service_s, servers, wait);
    answer.wait_probability = waits;
    return answer;
}

double hr_ggc_wait_s_quantile(const struct hr_queue_answer *answer, double p)
{
    const double waits = answer->wait_probability;
    if (isinf(answer->wait_s_mean))
        return HUGE_VAL;
    return fmax(0, answer->wait_s_mean / waits * log(waits / (1 - p)));
}
