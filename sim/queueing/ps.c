/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processor sharing with Poisson arrivals: the number inside depends on the mean service only. */
#include "base/mem.h"
#include "queueing/solve.h"

#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>

struct hr_queue_answer hr_mg1_ps(double lambda, double service_s)
{
    return hr_mgc_ps(lambda, service_s, 1);
}

/* A birth-death chain up to the whole cores, and a geometric tail from there (Kelly 1979). */
struct hr_queue_answer hr_mgc_ps(double lambda, double service_s, double cores)
{
    const double load = lambda * service_s / cores;
    if (load >= 1)
        return hr_queue_unstable(cores / service_s);
    const unsigned whole = (unsigned)cores;
    double *birth = HR_NEW_ARRAY(double, whole), *death = HR_NEW_ARRAY(double, whole);
    for (unsigned k = 0; k < whole; k++) {
        birth[k] = lambda * service_s;
        death[k] = k + 1;
    }
    double *share = hr_birth_death_new(birth, death, whole);
    const double tail = share[whole] * load / (1 - load);
    double number = tail * (whole + 1 / (1 - load));
    for (unsigned k = 1; k <= whole; k++)
        number += k * share[k];
    free(birth);
    free(death);
    free(share);
    struct hr_queue_answer answer = hr_queue_unknown();
    answer.utilization = load;
    answer.throughput = lambda;
    answer.number_mean = number / (1 + tail);
    answer.latency_s_mean = answer.number_mean / lambda;
    answer.block_probability = 0;
    return answer;
}

struct shared {
    double load;
    const gsl_integration_glfixed_table *rule;
};

/*
 * P(latency > t), t in units of the mean service: that of waiting for a server that picks at
 * random, given that one waits (Cohen 1984), as an integral over an angle (Flatto 1997).
 */
static double survival(const void *ctx, double t)
{
    const struct shared *law = ctx;
    const double root = sqrt(law->load), pi = acos(-1);
    double sum = 0;
    for (size_t i = 0; i < law->rule->n; i++) {
        double angle, weight;
        gsl_integration_glfixed_point(0, pi, i, &angle, &weight, law->rule);
        const double cot = cos(angle) / sin(angle);
        const double phase = atan2(root * sin(angle), 1 - root * cos(angle));
        const double rate = 1 + law->load - 2 * root * cos(angle);
        /* exp((2 phase + angle) cot) / (1 + exp(pi cot)) without overflow */
        const double lead = (2 * phase + angle) * cot - fmax(0, pi * cot);
        const double share = exp(lead - rate * t) / (1 + exp(-pi * fabs(cot)));
        sum += weight * share * sin(angle) / (rate * rate);
    }
    return 2 * (1 - law->load) * sum;
}

double hr_mm1_ps_latency_s_quantile(double lambda, double service_s, double p)
{
    const double load = lambda * service_s;
    if (load >= 1)
        return HUGE_VAL;
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(200);
    const struct shared law = { load, rule };
    const double t = hr_solve_survival(survival, &law, 1 - p, 1);
    gsl_integration_glfixed_table_free(rule);
    return t * service_s;
}
