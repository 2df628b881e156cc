/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distributions compiled for drawing: times in nanoseconds. */
#ifndef STATS_DIST_H
#define STATS_DIST_H

#include "base/time.h"
#include "stats/dist_spec.h"
#include "stats/rng.h"

struct hr_dist {
    enum hr_dist_kind kind;
    double a, b, c, d;          /* parameters of the kind; dist.c says which */
    hr_time constant;           /* CONSTANT: the value itself */
    const double *samples_ns;   /* EMPIRICAL: borrowed from the spec */
    size_t n;                   /* samples, or components */
    struct hr_dist *components; /* MIXTURE: owned */
    double *cumulative;         /* MIXTURE: cumulative shares; owned */
};

/* spec must be valid (its table's checks passed) and outlive dist. NULL spec: constant 0. */
void hr_dist_init(struct hr_dist *dist, const struct hr_dist_spec *spec);
void hr_dist_fini(struct hr_dist *dist);

/* Mean in ns (of what is drawn, so after truncation), and variance in ns^2; infinite when it does
 * not exist. */
double hr_dist_mean_ns(const struct hr_dist *dist);
double hr_dist_variance_ns2(const struct hr_dist *dist);

/* Mean in seconds of what the spec draws, and its squared coefficient of variation (scv may be
 * NULL). */
double hr_dist_spec_mean_s(const struct hr_dist_spec *spec, double *scv);

/* A draw in ns as a double (not rounded), >= 0. */
double hr_dist_draw_general(const struct hr_dist *dist, struct hr_rng *rng);

/* A draw rounded to the nearest nanosecond. CONSTANT draws nothing from rng. */
static inline hr_time hr_dist_draw(const struct hr_dist *dist, struct hr_rng *rng)
{
    if (dist->kind == HR_DIST_CONSTANT)
        return dist->constant;
    if (dist->kind == HR_DIST_EXPONENTIAL)
        return hr_time_from_ns(dist->a * hr_rng_exponential(rng));
    return hr_time_from_ns(hr_dist_draw_general(dist, rng));
}

#endif
