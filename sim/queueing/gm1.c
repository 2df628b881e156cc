/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renewal arrivals with gamma gaps, one exponential server (Kleinrock 1975, ch. 6): an arrival
 * finds n inside with probability (1 - sigma) sigma^n. */
#include "queueing/solve.h"

#include <math.h>

/* log of the Laplace transform of the gaps. */
static double log_transform(double lambda, double cv, double s)
{
    const double v = cv * cv;
    return v == 0 ? -s / lambda : -log1p(s * v / lambda) / v;
}

double hr_gm1_sigma_gamma(double lambda, double cv, double mu)
{
    if (lambda >= mu)
        return 1;
    double low = 0, high = 1; /* the transform is above sigma left of the root, below it right */
    for (;;) {
        const double sigma = 0.5 * (low + high);
        if (sigma <= low || sigma >= high)
            return sigma;
        if (log_transform(lambda, cv, mu * (1 - sigma)) > log(sigma))
            low = sigma;
        else
            high = sigma;
    }
}

struct hr_queue_answer hr_gm1_gamma(double lambda, double cv, double mu)
{
    const double sigma = hr_gm1_sigma_gamma(lambda, cv, mu);
    if (sigma >= 1)
        return hr_queue_unstable(mu);
    struct hr_queue_answer answer =
        hr_queue_from_wait(lambda, 1 / mu, 1, sigma / (mu * (1 - sigma)));
    answer.wait_probability = sigma;
    return answer;
}

double hr_gm1_wait_s_quantile(double sigma, double mu, double p)
{
    return fmax(0, log(sigma / (1 - p)) / (mu * (1 - sigma)));
}

double hr_gm1_latency_s_quantile(double sigma, double mu, double p)
{
    return -log(1 - p) / (mu * (1 - sigma));
}
