/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the mean latency of M/M/c is, and how far a mean over n requests strays from it.
 *
 * By Little's law the mean latency W of n requests deviates as (area under N - W arrivals) / lambda
 * does (Glynn, Whitt 1989, "Indirect estimation via L = lambda W"). A request more in state i adds
 * d_i to the expected area, where lambda pi_i d_i = sum_{j<=i} pi_j (L - j), by Poisson's equation
 * of the birth-death process. Its martingale jumps by d_i - W at an arrival and by -d_i at the
 * departure that balances it, hence n Var(W) -> sum_i pi_i ((d_i - W)^2 + d_i^2). For M/M/1 that
 * is ((1 + rho) / (mu (1 - rho)^2))^2, for very many servers 1 / mu^2.
 */
#include "bench.h"

#include "base/mem.h"
#include "queueing/queueing.h"

#include <math.h>
#include <stdlib.h>

#define TAIL 50 /* e^-50: what the states left out hold */

static double *distribution_new(double load, unsigned servers, unsigned n)
{
    double *pi = HR_NEW_ARRAY(double, n), sum = 0;
    const unsigned mode = (unsigned)load;
    pi[mode] = 1;
    for (unsigned i = mode + 1; i < n; i++)
        pi[i] = pi[i - 1] * load / (i < servers ? i : servers);
    for (unsigned i = mode; i > 0; i--)
        pi[i - 1] = pi[i] * i / load;
    for (unsigned i = 0; i < n; i++)
        sum += pi[i];
    for (unsigned i = 0; i < n; i++)
        pi[i] /= sum;
    return pi;
}

struct bench_theory bench_theory_mmc(double lambda, double mu, unsigned servers)
{
    const struct hr_queue_answer queue = hr_mmc(lambda, mu, servers);
    const unsigned n = servers + (unsigned)(TAIL / (1 - queue.utilization));
    const unsigned mean = (unsigned)queue.number_mean;
    double *pi = distribution_new(lambda / mu, servers, n);
    double variance = 0, area = 0;
    /* Below the mean the sum runs from the left, above it from the right: terms of one sign. */
    for (unsigned i = 0; i <= mean; i++) {
        area += pi[i] * (queue.number_mean - i);
        const double d = pi[i] > 0 ? area / (lambda * pi[i]) : 0;
        variance += pi[i] * (pow(d - queue.latency_s_mean, 2) + d * d);
    }
    area = 0;
    for (unsigned i = n - 1; i > mean; i--) {
        const double d = pi[i] > 0 ? area / (lambda * pi[i]) : 0;
        variance += pi[i] * (pow(d - queue.latency_s_mean, 2) + d * d);
        area += pi[i] * (i - queue.number_mean);
    }
    free(pi);
    return (struct bench_theory){ queue.latency_s_mean, sqrt(variance) };
}
