/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Renewal arrivals, one exponential server (Kleinrock 1975, ch. 6): an arrival
 * finds n inside with probability (1 - sigma) sigma^n. */
#include "queueing/solve.h"

#include <math.h>

double hr_gm1_sigma(double (*transform)(const void *ctx, double s), const void *ctx, double lambda,
                    double mu)
{
    if (lambda >= mu)
        return 1;
    double low = 0, high = 1; /* the transform is above sigma left of the root, below it right */
    for (;;) {
        const double sigma = 0.5 * (low + high);
        if (sigma <= low || sigma >= high)
            return sigma;
        if (transform(ctx, mu * (1 - sigma)) > sigma)
            low = sigma;
        else
            high = sigma;
    }
}

struct gamma_gaps {
    double lambda, cv;
};

static double gamma_transform(const void *ctx, double s)
{
    const struct gamma_gaps *gaps = ctx;
    const double v = gaps->cv * gaps->cv;
    return exp(v == 0 ? -s / gaps->lambda : -log1p(s * v / gaps->lambda) / v);
}

double hr_gm1_sigma_gamma(double lambda, double cv, double mu)
{
    return hr_gm1_sigma(gamma_transform, &(struct gamma_gaps){ lambda, cv }, lambda, mu);
}

struct hr_queue_answer hr_gm1(double lambda, double sigma, double mu)
{
    if (sigma >= 1)
        return hr_queue_unstable(mu);
    struct hr_queue_answer answer =
        hr_queue_from_wait(lambda, 1 / mu, 1, sigma / (mu * (1 - sigma)));
    answer.wait_probability = sigma;
    return answer;
}

struct hr_queue_answer hr_gm1_gamma(double lambda, double cv, double mu)
{
    return hr_gm1(lambda, hr_gm1_sigma_gamma(lambda, cv, mu), mu);
}

double hr_gm1_wait_s_quantile(double sigma, double mu, double p)
{
    return fmax(0, log(sigma / (1 - p)) / (mu * (1 - sigma)));
}

double hr_gm1_latency_s_quantile(double sigma, double mu, double p)
{
    return -log(1 - p) / (mu * (1 - sigma));
}
