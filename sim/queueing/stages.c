/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Seen at the completions of c always busy servers (a Poisson process of rate c mu), a request
 * waits until enough of them have come, then ends with each further one with probability 1 / c:
 * P(wait > t) and P(latency > t) are Poisson sums of what is left after i completions.
 */
#include "queueing/stages.h"

#include "base/mem.h"
#include "queueing/solve.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

void hr_stages_init(struct hr_stages *stages, const double *share, unsigned n_seen, double mu,
                    unsigned servers)
{
    const unsigned n = n_seen > servers ? n_seen - servers + 1 : 1;
    *stages = (struct hr_stages){ .mu = mu,
                                  .servers = servers,
                                  .n = n,
                                  .waiting = HR_NEW_ARRAY(double, n),
                                  .served = HR_NEW_ARRAY(double, n) };
    double sum = 0;
    for (unsigned k = 0; k < n_seen; k++)
        sum += share[k];
    for (unsigned i = n - 1; i > 0; i--) /* i completions are needed by who finds c + i - 1 */
        stages->waiting[i - 1] = stages->waiting[i] + share[servers + i - 1] / sum;
    double before = 1, served = 0;
    for (unsigned i = 0; i < n; i++) {
        served = served * (1 - 1.0 / servers) + before - stages->waiting[i];
        stages->served[i] = served;
        before = stages->waiting[i];
    }
}

void hr_stages_fini(struct hr_stages *stages)
{
    free(stages->waiting);
    free(stages->served);
    *stages = (struct hr_stages){ 0 };
}

/* Sum of what is left after i completions, i Poisson of mean c mu t. */
static double survival(const struct hr_stages *stages, double t, bool latency)
{
    const double mean = stages->servers * stages->mu * t;
    const double spread = 12 * sqrt(mean) + 60; /* beyond it the weights are nothing */
    const double first = mean > spread ? floor(mean - spread) : 0;
    double weight = mean > 0 ? exp(first * log(mean) - mean - lgamma(first + 1)) : 1;
    double sum = 0, decayed = stages->served[stages->n - 1];
    if (first >= stages->n)
        decayed *= pow(1 - 1.0 / stages->servers, first - stages->n);
    for (double i = first; i <= mean + spread; i++) {
        const bool known = i < stages->n;
        if (known)
            sum += weight * stages->waiting[(size_t)i];
        else
            decayed *= 1 - 1.0 / stages->servers;
        if (latency)
            sum += weight * (known ? stages->served[(size_t)i] : decayed);
        weight *= mean / (i + 1);
    }
    return sum;
}

static double wait_survival(const void *ctx, double t)
{
    return survival(ctx, t, false);
}

static double latency_survival(const void *ctx, double t)
{
    return survival(ctx, t, true);
}

double hr_stages_wait_s_quantile(const struct hr_stages *stages, double p)
{
    return hr_solve_survival(wait_survival, stages, 1 - p, 1 / stages->mu);
}

double hr_stages_latency_s_quantile(const struct hr_stages *stages, double p)
{
    return hr_solve_survival(latency_survival, stages, 1 - p, 1 / stages->mu);
}
