/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The elimination of Grassmann, Taksar and Heyman (Operations Research 33, 1985). */
#include "queueing/ctmc.h"

/* Leaves out state k: what went through it goes from where it came to where it led. */
static void eliminate(double *rate, size_t n, size_t k)
{
    double out = 0;
    for (size_t j = 0; j < k; j++)
        out += rate[k * n + j];
    for (size_t i = 0; i < k; i++) {
        const double through = rate[i * n + k] /= out;
        for (size_t j = 0; through > 0 && j < k; j++)
            rate[i * n + j] += through * rate[k * n + j];
    }
}

void hr_ctmc_shares(double *rate, size_t n, double *shares)
{
    for (size_t k = n; k-- > 1;)
        eliminate(rate, n, k);
    double sum = shares[0] = 1;
    for (size_t k = 1; k < n; k++) {
        shares[k] = 0;
        for (size_t i = 0; i < k; i++)
            shares[k] += shares[i] * rate[i * n + k];
        sum += shares[k];
    }
    for (size_t k = 0; k < n; k++)
        shares[k] /= sum;
}
