/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The straight line through points (t, x), by least squares, one point at a time. */
#ifndef METRICS_TREND_H
#define METRICS_TREND_H

struct hr_trend {
    double n, t, x, tt, tx; /* points; their means, sums of products of deviations */
};

static inline void hr_trend_add(struct hr_trend *trend, double t, double x)
{
    const double dt = t - trend->t, dx = x - trend->x;
    trend->n++;
    trend->t += dt / trend->n;
    trend->x += dx / trend->n;
    trend->tt += dt * (t - trend->t);
    trend->tx += dt * (x - trend->x);
}

/* Of the line, x a unit of t; 0 without two points at different times. */
static inline double hr_trend_slope(const struct hr_trend *trend)
{
    return trend->tt > 0 ? trend->tx / trend->tt : 0;
}

#endif
