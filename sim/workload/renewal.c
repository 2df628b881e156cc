/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first gap of a stationary renewal process is what is left of the gap that time 0 falls into:
 * a uniform share of a gap drawn with probability proportional to its length (Cox 1962). A gap X of
 * the gamma with shape k, so drawn, is gamma with shape k + 1 and the same scale; of the Weibull
 * with shape k and scale b, (X / b)^k is gamma with shape 1 + 1/k instead of 1.
 */
#include "workload/renewal.h"

#include "base/logexp.h"
#include "workload/gamma_draw.h"

void hr_renewal_init(struct hr_renewal *renewal, const struct hr_arrival_spec *spec, double rate)
{
    const struct hr_dist_spec gap = {
        .kind = spec->process == HR_ARRIVAL_GAMMA ? HR_DIST_GAMMA : HR_DIST_WEIBULL,
        .mean = HR_NS_PER_S,
        .cv = spec->cv,
    };
    *renewal = (struct hr_renewal){ .scale = 1 / rate };
    hr_dist_init(&renewal->gap, &gap);
}

void hr_renewal_fini(struct hr_renewal *renewal)
{
    hr_dist_fini(&renewal->gap);
}

/* What time 0 finds left, in units of `gap`. */
static double residual(const struct hr_renewal *renewal, struct hr_rng *rng)
{
    const struct hr_dist *gap = &renewal->gap; /* gamma: a shape, b scale; Weibull: a 1/shape */
    const double biased = gap->kind == HR_DIST_GAMMA
                              ? gap->b * hr_gamma_draw(gap->a + 1, rng)
                              : gap->b * hr_pow(hr_gamma_draw(1 + gap->a, rng), gap->a);
    return biased * hr_rng_uniform(rng);
}

double hr_renewal_gap_ns(struct hr_renewal *renewal, struct hr_rng *rng)
{
    if (renewal->started)
        return renewal->scale * hr_dist_draw_general(&renewal->gap, rng);
    renewal->started = true;
    return renewal->scale * residual(renewal, rng);
}
