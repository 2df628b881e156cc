/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seeding by Philox, and the rare branches of the ziggurats. */
#include "stats/rng.h"

#include "base/logexp.h"

#include <Random123/philox.h>
#include <stdbool.h>

struct hr_rng hr_rng_at(struct hr_address address)
{
    const philox4x64_ctr_t counter = { { 0, address.ordinal, (uint64_t)address.purpose,
                                         address.entity } };
    const philox4x64_key_t key = { { address.seed, address.replication } };
    const philox4x64_ctr_t words = philox4x64(counter, key);
    return (struct hr_rng){ { words.v[0], words.v[1], words.v[2], words.v[3] } };
}

/* Whether the point at height share u within a layer that spans [f_low, f_high] lies under f. */
static bool under(double u, double f_low, double f_high, double f)
{
    return f_low + u * (f_high - f_low) < f;
}

/* Called for draws outside the rectangle that lies wholly under the density. Beyond the last edge
 * the law starts anew (it has no memory): in the base layer the draw is repeated from there. */
double hr_rng_exponential_tail(struct hr_rng *rng, uint64_t bits)
{
    double start = 0;
    for (;;) {
        const uint64_t layer = bits & 255, magnitude = bits >> 11;
        const double x = (double)magnitude * 0x1p-53 * hr_ziggurat_exp_x[layer];
        if (magnitude < hr_ziggurat_exp_k[layer])
            return start + x;
        if (layer == 0)
            start += hr_ziggurat_exp_x[1];
        else if (under(hr_rng_uniform(rng), hr_exp(-hr_ziggurat_exp_x[layer]),
                       hr_exp(-hr_ziggurat_exp_x[layer + 1]), hr_exp(-x)))
            return start + x;
        bits = hr_rng_next(rng);
    }
}

/* Beyond r (Marsaglia 1964). */
static double normal_tail(struct hr_rng *rng)
{
    const double r = hr_ziggurat_normal_x[1];
    for (;;) {
        const double x = hr_rng_exponential(rng) / r;
        if (2 * hr_rng_exponential(rng) > x * x)
            return r + x;
    }
}

double hr_rng_normal(struct hr_rng *rng)
{
    for (;;) {
        const uint64_t bits = hr_rng_next(rng);
        const uint64_t layer = bits & 255, magnitude = bits >> 11;
        const double edge = hr_ziggurat_normal_x[layer];
        const double sign = (bits & 256) != 0 ? -1 : 1;
        const double x = (double)magnitude * 0x1p-53 * edge;
        if (__builtin_expect(magnitude < hr_ziggurat_normal_k[layer], 1))
            return sign * x;
        if (layer == 0)
            return sign * normal_tail(rng);
        const double next = hr_ziggurat_normal_x[layer + 1];
        if (under(hr_rng_uniform(rng), hr_exp(-0.5 * edge * edge), hr_exp(-0.5 * next * next),
                  hr_exp(-0.5 * x * x)))
            return sign * x;
    }
}
