/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Laplace transforms. Laws that have none in closed form are a function of a standard normal or of
 * the logarithm of a unit exponential; Gauss-Legendre points in that variable stand for them. What
 * a, b, c, d of struct hr_dist hold, stats/dist.c says.
 */
#include "queueing/law.h"

#include "base/mem.h"

#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>

/* What values of the variable x there are to see, and by how much of itself the value can change
 * with x. Outside there is nothing, in the mean and the variance neither. */
struct range {
    double from, to, slope;
};

static struct range range_of(const struct hr_dist *dist)
{
    if (dist->kind == HR_DIST_LOGNORMAL)
        return (struct range){ -9, 9 + 2 * dist->b, dist->b };
    if (dist->kind == HR_DIST_NORMAL) /* c: its lower bound in units of x */
        return (struct range){ dist->c, fmax(dist->c, 0) + 9, fmin(dist->b / dist->a, 1) };
    return (struct range){ -37, 5, dist->a };
}

static double value_at(const struct hr_dist *dist, double x)
{
    if (dist->kind == HR_DIST_LOGNORMAL)
        return exp(dist->a + dist->b * x);
    return dist->kind == HR_DIST_NORMAL ? dist->a + dist->b * x : dist->b * exp(dist->a * x);
}

/* Up to a factor. */
static double density_at(const struct hr_dist *dist, double x)
{
    if (dist->kind == HR_DIST_WEIBULL)
        return exp(x - exp(x));
    const double least = dist->kind == HR_DIST_NORMAL ? fmax(dist->c, 0) : 0;
    return exp(-0.5 * (x - least) * (x + least));
}

/* At the last term exp(-s value) must turn by no more than about a radian between two points, where
 * s is terms / 3.5 times as far from the real axis as from the imaginary one. */
static size_t points_needed(struct range range, unsigned terms)
{
    return (size_t)fmin(fmax(3 * terms * range.slope * (range.to - range.from), 400), 4000);
}

static void place_points(struct hr_law *law)
{
    const struct hr_dist *dist = law->dist;
    const struct range range = range_of(dist);
    double sum = 0;
    law->n = points_needed(range, law->terms);
    law->at_ns = HR_NEW_ARRAY(double, law->n);
    law->share = HR_NEW_ARRAY(double, law->n);
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(law->n);
    for (size_t i = 0; i < law->n; i++) {
        double x, weight;
        gsl_integration_glfixed_point(range.from, range.to, i, &x, &weight, rule);
        law->at_ns[i] = value_at(dist, x);
        sum += law->share[i] = weight * density_at(dist, x);
    }
    gsl_integration_glfixed_table_free(rule);
    for (size_t i = 0; i < law->n; i++)
        law->share[i] /= sum;
}

static bool take_components(struct hr_law *law)
{
    const size_t n = law->dist->n;
    law->components = HR_NEW_ARRAY(struct hr_law, n);
    for (size_t i = 0; i < n; i++) {
        struct hr_law *component = &law->components[i];
        if (!hr_law_init(component, &law->dist->components[i]))
            return false;
        law->terms = component->terms > law->terms ? component->terms : law->terms;
    }
    return true;
}

static bool density_jumps(const struct hr_dist *dist)
{
    switch (dist->kind) {
    case HR_DIST_CONSTANT:
    case HR_DIST_UNIFORM:
    case HR_DIST_PARETO:
    case HR_DIST_EMPIRICAL:
        return true;
    case HR_DIST_NORMAL: /* c, d: its bounds in units of x */
        return fabs(dist->a + dist->b * dist->c) >= 1 || isfinite(dist->d);
    case HR_DIST_EXPONENTIAL:
    case HR_DIST_LOGNORMAL:
    case HR_DIST_GAMMA:
    case HR_DIST_WEIBULL:
    case HR_DIST_ERLANG:
    case HR_DIST_HYPEREXPONENTIAL:
    case HR_DIST_MIXTURE:
        break;
    }
    return false;
}

bool hr_law_init(struct hr_law *law, const struct hr_dist *dist)
{
    *law = (struct hr_law){ .dist = dist };
    const double cv = sqrt(hr_dist_variance_ns2(dist)) / hr_dist_mean_ns(dist);
    if (density_jumps(dist) || !(cv >= 0.02))
        return false;
    law->terms = (unsigned)fmax(20, 8 / cv);
    if (dist->kind == HR_DIST_LOGNORMAL || dist->kind == HR_DIST_WEIBULL ||
        dist->kind == HR_DIST_NORMAL)
        place_points(law);
    if (dist->kind != HR_DIST_MIXTURE || take_components(law))
        return true;
    hr_law_fini(law);
    return false;
}

void hr_law_fini(struct hr_law *law)
{
    for (size_t i = 0; law->components != NULL && i < law->dist->n; i++)
        hr_law_fini(&law->components[i]);
    free(law->components);
    free(law->at_ns);
    free(law->share);
    *law = (struct hr_law){ 0 };
}

/* The points rise; what decays beyond sight is left out. */
static double complex sum_points(const struct hr_law *law, double complex per_ns)
{
    double complex sum = 0;
    for (size_t i = 0; i < law->n && creal(per_ns) * law->at_ns[i] < 50; i++)
        sum += law->share[i] * cexp(-per_ns * law->at_ns[i]);
    return sum;
}

static double complex sum_components(const struct hr_law *law, double complex s)
{
    double complex sum = 0;
    double before = 0;
    for (size_t i = 0; i < law->dist->n; i++) {
        sum += (law->dist->cumulative[i] - before) * hr_law_transform(&law->components[i], s);
        before = law->dist->cumulative[i];
    }
    return sum;
}

double complex hr_law_transform(const struct hr_law *law, double complex s)
{
    const struct hr_dist *dist = law->dist;
    const double complex per_ns = s * 1e-9;
    switch (dist->kind) {
    case HR_DIST_EXPONENTIAL:
        return 1 / (1 + per_ns * dist->a);
    case HR_DIST_GAMMA:
    case HR_DIST_ERLANG:
        return cexp(-dist->a * clog(1 + per_ns * dist->b));
    case HR_DIST_HYPEREXPONENTIAL:
        return dist->a / (1 + per_ns * dist->b) + (1 - dist->a) / (1 + per_ns * dist->c);
    case HR_DIST_MIXTURE:
        return sum_components(law, s);
    case HR_DIST_NORMAL:
    case HR_DIST_LOGNORMAL:
    case HR_DIST_WEIBULL:
    case HR_DIST_CONSTANT:
    case HR_DIST_UNIFORM:
    case HR_DIST_PARETO:
    case HR_DIST_EMPIRICAL:
        break;
    }
    return sum_points(law, per_ns);
}
