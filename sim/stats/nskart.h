/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * N-Skart: an interval for the steady-state mean from one series of dependent observations of fixed
 * length (Tafazzoli, Steiger, Wilson 2011). It finds how far apart observations are nearly
 * independent, deletes as many at the start, and corrects the batch-means interval for the
 * correlation and the skewness that are left. docs/statistics.md has the steps.
 */
#ifndef STATS_NSKART_H
#define STATS_NSKART_H

#include <stdbool.h>
#include <stddef.h>

#define HR_NSKART_MIN 1280 /* observations below which nothing can be said */

struct hr_nskart {
    bool enough;         /* false: no distance was found independent; do not trust the rest */
    double mean, lo, hi; /* after deletion; 95 %. NaN for fewer than HR_NSKART_MIN observations */
    /* How the test for independence ended: k batches of m, every (d + 1)-th of them, which are
     * `spaced`, after b enlargements. */
    size_t k, spaced, m, d, b;
};

struct hr_nskart hr_nskart(const double *x, size_t n);

/* Of the series in which each of x[0..n) comes `hold` times: for means over equal spans of time,
 * which batches may then cut as finely as a series of single observations. */
struct hr_nskart hr_nskart_held(const double *x, size_t n, size_t hold);

/* Bias-corrected sample skewness G1; NaN for n < 3 or without variance. */
double hr_skewness(const double *x, size_t n);

/* Von Neumann's ratio test accepts the independence of x[0..n) at the level 0.2. */
bool hr_von_neumann_accepts(const double *x, size_t n);

#endif
