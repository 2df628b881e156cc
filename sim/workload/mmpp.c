/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Given the path of states the process is Poisson, and its epochs are found by inversion of the
 * cumulative rate: one unit exponential an epoch, used up at the rate of each state passed. That
 * is the same law as competing exponentials with half the draws, and two runs whose rates differ
 * see the same states at the same times (common random numbers).
 */
#include "workload/mmpp.h"

static double cycle_ns(const struct hr_mmpp_state *states, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)states[i].duration_mean;
    return sum;
}

static void enter(struct hr_mmpp *mmpp, size_t state)
{
    mmpp->state = state;
    mmpp->left_ns = hr_rng_exponential(&mmpp->stay_rng) * (double)mmpp->states[state].duration_mean;
}

void hr_mmpp_init(struct hr_mmpp *mmpp, const struct hr_arrival_spec *spec, double batch_mean,
                  struct hr_rng stay_rng)
{
    *mmpp = (struct hr_mmpp){ .states = spec->states.items,
                              .n = spec->states.n,
                              .epochs_per_ns = 1e-9 / batch_mean,
                              .stay_rng = stay_rng };
    /* A state is found by its share of time; what is left of an exponential stay is exponential. */
    double u = hr_rng_uniform(&mmpp->stay_rng) * cycle_ns(mmpp->states, mmpp->n);
    size_t state = 0;
    while (state + 1 < mmpp->n && u >= (double)mmpp->states[state].duration_mean)
        u -= (double)mmpp->states[state++].duration_mean;
    enter(mmpp, state);
}

double hr_mmpp_gap_ns(struct hr_mmpp *mmpp, struct hr_rng *rng)
{
    double need = hr_rng_exponential(rng), gap_ns = 0;
    while (gap_ns < (double)HR_TIME_NEVER) {
        const double rate = mmpp->states[mmpp->state].rate * mmpp->epochs_per_ns;
        const double wait_ns = need / rate; /* rate 0: infinite, or NaN, and so not below */
        if (wait_ns < mmpp->left_ns) {
            mmpp->left_ns -= wait_ns;
            return gap_ns + wait_ns;
        }
        need -= rate * mmpp->left_ns;
        if (need < 0)
            need = 0;
        gap_ns += mmpp->left_ns;
        enter(mmpp, mmpp->state + 1 < mmpp->n ? mmpp->state + 1 : 0);
    }
    return gap_ns;
}

double hr_mmpp_rate(const struct hr_arrival_spec *spec)
{
    const struct hr_mmpp_state *states = spec->states.items;
    double requests = 0;
    for (size_t i = 0; i < spec->states.n; i++)
        requests += states[i].rate * (double)states[i].duration_mean;
    return requests > 0 ? requests / cycle_ns(states, spec->states.n) : 0;
}
