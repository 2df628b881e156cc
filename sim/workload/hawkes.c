/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hawkes arrivals without thinning (Dassios and Zhao 2013): between epochs the intensity is the sum
 * of a constant and of an excess x exp(-b t), so the next epoch is the earlier one of a Poisson
 * stream and of a decaying one, each by inversion. With a branching ratio n the kernel is
 * n b exp(-b t), and the base is (1 - n) times the mean rate.
 *
 * The stationary law of the excess has no closed form. Its mean is n R and its variance
 * n^2 b R / (2 (1 - n)), R being the mean rate: so the past begins with a gamma of these two
 * moments and runs for RELAXATIONS times 1 / (b (1 - n)). The error of the k-th cumulant falls as
 * exp(-k b (1 - n) t), so that of the third, the first one not right at once, ends at exp(-15) of
 * itself. The past is kept to PAST_EPOCHS in the mean; where that binds, the gamma itself is near:
 * its skewness 2 / sqrt(shape) is (1 - n) / 3 of itself too large, which is below 0.0011.
 */
#include "workload/hawkes.h"

#include "base/logexp.h"
#include "workload/gamma_draw.h"

#include <math.h>

#define RELAXATIONS 5.0
#define PAST_EPOCHS 1e6

double hr_hawkes_gap_ns(struct hr_hawkes *hawkes, struct hr_rng *rng)
{
    const double by_base = hr_rng_exponential(rng) / hawkes->base;
    const double used = hr_rng_exponential(rng) * hawkes->decay; /* of the excess */
    if (used < hawkes->excess) {
        const double by_excess = -hr_log(1 - used / hawkes->excess) / hawkes->decay;
        if (by_excess < by_base) {
            hawkes->excess += hawkes->jump - used;
            return by_excess;
        }
    }
    hawkes->excess = hawkes->excess * hr_exp(-hawkes->decay * by_base) + hawkes->jump;
    return by_base;
}

void hr_hawkes_init(struct hr_hawkes *hawkes, const struct hr_arrival_spec *spec, double rate,
                    struct hr_rng past)
{
    const double rate_per_ns = rate * 1e-9, quiet = 1 - spec->branching;
    const double decay = 1 / (double)spec->decay_time, jump = spec->branching * decay;
    *hawkes = (struct hr_hawkes){ .base = rate_per_ns * quiet, .jump = jump, .decay = decay };
    if (!(spec->branching > 0 && rate > 0))
        return;
    hawkes->excess = jump / (2 * quiet) * hr_gamma_draw(2 * quiet * rate_per_ns / decay, &past);
    double left_ns = fmin(RELAXATIONS / (decay * quiet), PAST_EPOCHS / rate_per_ns);
    for (;;) {
        const double excess = hawkes->excess, gap_ns = hr_hawkes_gap_ns(hawkes, &past);
        if (gap_ns >= left_ns) {
            hawkes->excess = excess * hr_exp(-decay * left_ns);
            return;
        }
        left_ns -= gap_ns;
    }
}
