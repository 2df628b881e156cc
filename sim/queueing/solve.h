/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numerical helpers of this room. */
#ifndef QUEUEING_SOLVE_H
#define QUEUEING_SOLVE_H

#include "queueing/queueing.h"

#include <complex.h>

/* The point t >= 0 at which the falling function survival(ctx, t) reaches `level`; 0 when it starts
 * below. `scale` > 0 is a first guess of the size of t. */
double hr_solve_survival(double (*survival)(const void *ctx, double t), const void *ctx,
                         double level, double scale);

/*
 * log of the integral over [from, to] of exp(log_density(ctx, x)), log_density being concave (it
 * may start or end at -infinity). `to` may be infinite; the integral must exist. `scale` > 0 is a
 * first guess of where the mass lies.
 */
double hr_log_integral(double (*log_density)(const void *ctx, double x), const void *ctx,
                       double from, double to, double scale);

/*
 * f(t), t > 0, of the Laplace transform of a function bounded by 1, to about 1e-9 where f is smooth
 * over t / terms: Euler summation of the Fourier series (Abate, Whitt 1995), 20 terms at least.
 */
double hr_laplace_invert(double complex (*transform)(const void *ctx, double complex s),
                         const void *ctx, double t, unsigned terms);

/*
 * Stationary shares of a birth-death chain on 0 .. n: birth[k] leads from k to k + 1, death[k] from
 * k + 1 to k, k < n. The weights must have one peak (true when birth / death falls). The array has
 * n + 1 entries; free with free().
 */
double *hr_birth_death_new(const double *birth, const double *death, unsigned n);

/* Every member NaN. */
struct hr_queue_answer hr_queue_unknown(void);

/* No steady state: all servers busy, everybody waits, without bound. */
struct hr_queue_answer hr_queue_unstable(double throughput_max);

/*
 * The means that follow from the mean wait by Little's law: latency is longer by service_s, numbers
 * are rates times stays. Sets these and the throughput; utilization is per server.
 */
struct hr_queue_answer hr_queue_from_wait(double throughput, double service_s, double servers,
                                          double wait_s_mean);

#endif
