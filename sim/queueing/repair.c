/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repair loops: the product form in logarithms, and the time to the first outage. */
#include "queueing/repair.h"

#include "base/mem.h"
#include "queueing/ctmc.h"

#include <math.h>
#include <stdlib.h>

#define STATES_MAX 600u /* of the chain for hr_repair_mttf_s: 0.1 s */

/* log of sum exp(x_i), n >= 1. */
static double log_sum(const double *x, unsigned n)
{
    double most = x[0], sum = 0;
    for (unsigned i = 1; i < n; i++)
        most = fmax(most, x[i]);
    if (isinf(most))
        return most;
    for (unsigned i = 0; i < n; i++)
        sum += exp(x[i] - most);
    return most + log(sum);
}

/* Logs of the weights of 0 .. n at a station of mean stay s where `servers` are served at once. */
static void station_weights(double s, unsigned servers, unsigned n, double *weight)
{
    weight[0] = 0;
    for (unsigned i = 1; i <= n; i++)
        weight[i] = weight[i - 1] + log(s / (i < servers ? i : servers));
}

/* Logs of the weights of 0 .. n that are not up: repair and start-up convolved. */
static void down_weights(const struct hr_repair_loop *loop, double *weight)
{
    const unsigned n = loop->n;
    if (loop->crews >= n || loop->startup_s == 0 || loop->repair_s == 0) {
        const unsigned servers = loop->repair_s == 0 ? n : loop->crews;
        station_weights(loop->repair_s + loop->startup_s, servers, n, weight);
        return;
    }
    double *repair = HR_NEW_ARRAY(double, n + 1), *start = HR_NEW_ARRAY(double, n + 1);
    double *terms = HR_NEW_ARRAY(double, n + 1);
    station_weights(loop->repair_s, loop->crews, n, repair);
    station_weights(loop->startup_s, n, n, start);
    for (unsigned down = 0; down <= n; down++) {
        for (unsigned i = 0; i <= down; i++)
            terms[i] = repair[i] + start[down - i];
        weight[down] = log_sum(terms, down + 1);
    }
    free(repair);
    free(start);
    free(terms);
}

double *hr_repair_shares_new(const struct hr_repair_loop *loop)
{
    const unsigned n = loop->n;
    double *share = HR_NEW_ARRAY(double, n + 1), *down = HR_NEW_ARRAY(double, n + 1);
    station_weights(loop->up_s, n, n, share);
    down_weights(loop, down);
    for (unsigned up = 0; up <= n; up++)
        share[up] += down[n - up];
    const double all = log_sum(share, n + 1);
    for (unsigned up = 0; up <= n; up++)
        share[up] = exp(share[up] - all);
    free(down);
    return share;
}

struct hr_repair_answer hr_repair_answer(const struct hr_repair_loop *loop, const double *shares)
{
    struct hr_repair_answer answer = { 0, 0, (double)NAN };
    for (unsigned up = 0; up < loop->k && up <= loop->n; up++)
        answer.unavailability += shares[up];
    if (loop->k > loop->n)
        return answer;
    /* Each of the k that are up ends its up time at rate 1 / up_s, whatever its law. */
    answer.outages_per_s = shares[loop->k] * loop->k / loop->up_s;
    if (answer.outages_per_s > 0)
        answer.outage_s = answer.unavailability / answer.outages_per_s;
    return answer;
}

static double repair_rate(const struct hr_repair_loop *loop, unsigned i)
{
    return (i < loop->crews ? i : loop->crews) / loop->repair_s;
}

/* Without start-up: a birth-death chain on the number down; sum over i of the mean time that it
 * takes to get from i to i + 1 for the first time. All terms are positive. */
static double mttf_birth_death(const struct hr_repair_loop *loop)
{
    double mttf = 0, step = 0;
    for (unsigned i = 0; i <= loop->n - loop->k; i++) {
        const double fail = (loop->n - i) / loop->up_s;
        step = (1 + (i > 0 ? repair_rate(loop, i) * step : 0)) / fail;
        mttf += step;
    }
    return mttf;
}

/* Number of the state with i at the crews and j starting, i + j = down, in rising order of down. */
static size_t state_of(unsigned down, unsigned j)
{
    return (size_t)down * (down + 1) / 2 + j;
}

/*
 * With start-up: the chain whose outages lead to all up at once. Its cycles between outages are as
 * long as the time sought, so that is one over the rate of outages.
 */
static double mttf_chain(const struct hr_repair_loop *loop)
{
    const unsigned most = loop->n - loop->k;
    const size_t n = most < STATES_MAX ? state_of(most + 1, 0) : STATES_MAX + 1;
    if (n > STATES_MAX)
        return (double)NAN;
    double *rate = HR_NEW_ARRAY(double, n *n), *shares = HR_NEW_ARRAY(double, n);
    for (unsigned down = 0; down <= most; down++) {
        for (unsigned j = 0; j <= down; j++) {
            double *from = &rate[state_of(down, j) * n];
            from[down < most ? state_of(down + 1, j) : 0] += (loop->n - down) / loop->up_s;
            if (j < down)
                from[state_of(down, j + 1)] += repair_rate(loop, down - j);
            if (j > 0)
                from[state_of(down - 1, j - 1)] += j / loop->startup_s;
        }
    }
    hr_ctmc_shares(rate, n, shares);
    double outages = 0;
    for (unsigned j = 0; j <= most; j++)
        outages += shares[state_of(most, j)] * loop->k / loop->up_s;
    free(rate);
    free(shares);
    return 1 / outages;
}

double hr_repair_mttf_s(const struct hr_repair_loop *loop)
{
    if (loop->k > loop->n)
        return 0;
    return loop->startup_s == 0 ? mttf_birth_death(loop) : mttf_chain(loop);
}
