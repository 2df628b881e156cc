/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One gamma variate of a given shape, for the stationary starts of arrival processes. */
#ifndef WORKLOAD_GAMMA_DRAW_H
#define WORKLOAD_GAMMA_DRAW_H

#include "stats/dist.h"

#include <math.h>

/* Gamma of scale 1, and so of mean `shape`. */
static inline double hr_gamma_draw(double shape, struct hr_rng *rng)
{
    const struct hr_dist_spec spec = { .kind = HR_DIST_GAMMA,
                                       .mean = HR_NS_PER_S,
                                       .cv = 1 / sqrt(shape) };
    struct hr_dist dist;
    hr_dist_init(&dist, &spec);
    const double draw = hr_dist_draw_general(&dist, rng);
    hr_dist_fini(&dist);
    return draw * 1e-9 * shape;
}

#endif
