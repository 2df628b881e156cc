/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markov chains in continuous time. */
#ifndef QUEUEING_CTMC_H
#define QUEUEING_CTMC_H

#include <stddef.h>

/*
 * Stationary shares of an irreducible chain of n >= 1 states: rate[i * n + j] leads from i to j
 * (the diagonal is not read). Nothing is ever subtracted, so tiny shares are as exact as large ones
 * (Grassmann, Taksar, Heyman 1985). O(n^3); `rate` is used up. shares has n entries.
 */
void hr_ctmc_shares(double *rate, size_t n, double *shares);

#endif
