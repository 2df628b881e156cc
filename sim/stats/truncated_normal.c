/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws by rejection (Robert 1995), the proposal chosen by where the bounds lie; moments by
 * quadrature, since differences of normal integrals cancel far out. */
#include "stats/truncated_normal.h"

#include "base/logexp.h"

#include <math.h>

#define SQRT_2PI 0x1.40d931ff62706p+1

/* From the whole normal: right for bounds around 0 that are wide. */
static double draw_inside(double low, double high, struct hr_rng *rng)
{
    for (;;) {
        const double x = hr_rng_normal(rng);
        if (x >= low && x <= high)
            return x;
    }
}

/* From a uniform: right for a narrow interval, 0 <= high. `mode` is its point nearest to 0. */
static double draw_narrow(double low, double high, double mode, struct hr_rng *rng)
{
    for (;;) {
        const double x = low + hr_rng_uniform(rng) * (high - low);
        if (2 * hr_rng_exponential(rng) >= (x - mode) * (x + mode))
            return x;
    }
}

/* From an exponential of the best rate that starts at low > 0. */
static double draw_tail(double low, double high, double rate, struct hr_rng *rng)
{
    for (;;) {
        const double x = low + hr_rng_exponential(rng) / rate;
        if (x <= high && 2 * hr_rng_exponential(rng) >= (x - rate) * (x - rate))
            return x;
    }
}

double hr_truncated_normal_draw(double low, double high, struct hr_rng *rng)
{
    if (high < 0)
        return -hr_truncated_normal_draw(-high, -low, rng);
    if (low <= 0)
        return high - low < SQRT_2PI ? draw_narrow(low, high, 0, rng) : draw_inside(low, high, rng);
    const double rate = 0.5 * (low + sqrt(low * low + 4));
    return (high - low) * rate < 1 ? draw_narrow(low, high, low, rng)
                                   : draw_tail(low, high, rate, rng);
}

/* How far from the mode m >= 0 the density has fallen by exp(-40). */
static double reach(double m)
{
    return 80 / (sqrt(m * m + 80) + m);
}

/* Moments about the mode of exp(-(m t + t^2 / 2)) on [from, to]: composite Gauss-Legendre, five
 * points a panel. */
static void integrate(double mode, double from, double to, double moments[3])
{
    static const double node[5] = { -0x1.cff6ce0533a69p-1, -0x1.13b23fd99b705p-1, 0,
                                    0x1.13b23fd99b705p-1, 0x1.cff6ce0533a69p-1 };
    static const double weight[5] = { 0x1.e539ec36e038cp-3, 0x1.ea1da25ae415bp-2,
                                      0x1.23456789abcdfp-1, 0x1.ea1da25ae415bp-2,
                                      0x1.e539ec36e038cp-3 };
    const int panels = 200;
    const double half = 0.5 * (to - from) / panels;
    for (int panel = 0; panel < panels; panel++)
        for (int i = 0; i < 5; i++) {
            const double t = from + half * (2 * panel + 1 + node[i]);
            const double g = weight[i] * hr_exp(-t * (mode + 0.5 * t));
            moments[0] += g;
            moments[1] += g * t;
            moments[2] += g * t * t;
        }
}

void hr_truncated_normal_moments(double low, double high, double *mean, double *variance)
{
    if (high < 0) {
        hr_truncated_normal_moments(-high, -low, mean, variance);
        *mean = -*mean;
        return;
    }
    const double mode = low > 0 ? low : 0;
    const double to = fmin(high - mode, reach(mode));
    const double from = low > 0 ? 0 : fmax(low, -reach(0));
    double moments[3] = { 0 };
    integrate(mode, from, to, moments);
    const double shift = moments[1] / moments[0];
    *mean = mode + shift;
    *variance = moments[2] / moments[0] - shift * shift;
}
