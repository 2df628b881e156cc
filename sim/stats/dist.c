/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parameters, moments and draws of the distributions. Everything that reaches a draw is + - * /,
 * sqrt and own log and exp in a fixed order. What a, b, c, d hold (times in ns):
 *
 *   CONSTANT, EXPONENTIAL  a mean
 *   UNIFORM                a min, b max - min
 *   NORMAL                 a mean, b standard deviation, c and d the bounds in units of it
 *   LOGNORMAL              a and b: mean and standard deviation of the logarithm
 *   GAMMA, ERLANG          a shape, b scale
 *   WEIBULL                a 1 / shape, b scale
 *   HYPEREXPONENTIAL       a share of the first phase, b and c their means
 *   PARETO                 a 1 / shape, b scale (the least value)
 */
#include "stats/dist.h"

#include "base/assert.h"
#include "base/logexp.h"
#include "base/mem.h"
#include "stats/truncated_normal.h"

#include <math.h>
#include <stdlib.h>

/* log Gamma(x), x >= 1: Stirling's series (DLMF 5.11.1) after moving x above 16. */
static double log_gamma(double x)
{
    double product = 1;
    for (; x < 16; x += 1)
        product *= x;
    const double s = 1 / (x * x);
    const double series =
        1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188))));
    const double half_log_2pi = 0x1.d67f1c864beb5p-1;
    return (x - 0.5) * hr_log(x) - x + half_log_2pi + series / x - hr_log(product);
}

/* 1 / shape of the Weibull of this cv: 1 + cv^2 = G(1 + 2y) / G(1 + y)^2, by bisection. */
static double weibull_inverse_shape(double cv)
{
    const double target = hr_log(1 + cv * cv);
    double low = 0, high = 16; /* cv 100 has y = 7.9 */
    for (int step = 0; step < 60; step++) {
        const double y = 0.5 * (low + high);
        if (log_gamma(1 + 2 * y) - 2 * log_gamma(1 + y) < target)
            low = y;
        else
            high = y;
    }
    return 0.5 * (low + high);
}

static void init_normal(struct hr_dist *dist, const struct hr_dist_spec *spec)
{
    dist->a = (double)spec->mean;
    dist->b = dist->a * spec->cv;
    dist->c = ((double)spec->min - dist->a) / dist->b;
    dist->d = spec->max == HR_TIME_NEVER ? HUGE_VAL : ((double)spec->max - dist->a) / dist->b;
}

/* Balanced means: both phases bring half of the mean. */
static void init_hyperexponential(struct hr_dist *dist, double mean, double cv)
{
    const double c2 = cv * cv;
    const double lean = sqrt((c2 - 1) / (c2 + 1));
    const double rare = 1 / ((c2 + 1) * (1 + lean)); /* (1 - lean) / 2 without cancellation */
    dist->a = 1 - rare;
    dist->b = mean / (2 * dist->a);
    dist->c = mean / (2 * rare);
}

static void init_mixture(struct hr_dist *dist, const struct hr_list *list)
{
    const struct hr_dist_component *component = list->items;
    dist->n = list->n;
    dist->components = HR_NEW_ARRAY(struct hr_dist, list->n);
    dist->cumulative = HR_NEW_ARRAY(double, list->n);
    double sum = 0;
    for (size_t i = 0; i < list->n; i++) {
        hr_dist_init(&dist->components[i], component[i].dist);
        dist->cumulative[i] = sum += component[i].weight;
    }
    for (size_t i = 0; i < list->n; i++)
        dist->cumulative[i] /= sum;
}

static void init_parameters(struct hr_dist *dist, const struct hr_dist_spec *spec)
{
    const double mean = (double)spec->mean, cv = spec->cv;
    switch (dist->kind) {
    case HR_DIST_CONSTANT:
    case HR_DIST_EXPONENTIAL:
        dist->constant = spec->mean;
        dist->a = mean;
        break;
    case HR_DIST_UNIFORM:
        dist->a = (double)spec->min;
        dist->b = (double)(spec->max - spec->min);
        break;
    case HR_DIST_NORMAL:
        init_normal(dist, spec);
        break;
    case HR_DIST_LOGNORMAL: {
        const double variance = hr_log(1 + cv * cv);
        dist->a = hr_log(mean) - 0.5 * variance;
        dist->b = sqrt(variance);
        break;
    }
    case HR_DIST_GAMMA:
        dist->a = 1 / (cv * cv);
        dist->b = mean * (cv * cv);
        break;
    case HR_DIST_ERLANG:
        dist->a = (double)spec->phases;
        dist->b = mean / dist->a;
        break;
    case HR_DIST_WEIBULL:
        dist->a = weibull_inverse_shape(cv);
        dist->b = mean * hr_exp(-log_gamma(1 + dist->a));
        break;
    case HR_DIST_HYPEREXPONENTIAL:
        init_hyperexponential(dist, mean, cv);
        break;
    case HR_DIST_PARETO:
        dist->a = 1 / spec->shape;
        dist->b = mean * (1 - dist->a);
        break;
    case HR_DIST_EMPIRICAL:
        dist->samples_ns = spec->samples_ns;
        dist->n = spec->n_samples;
        HR_ASSERT(dist->n > 0 && dist->n <= UINT32_MAX);
        break;
    case HR_DIST_MIXTURE:
        init_mixture(dist, &spec->components);
        break;
    }
}

void hr_dist_init(struct hr_dist *dist, const struct hr_dist_spec *spec)
{
    *dist = (struct hr_dist){ .kind = HR_DIST_CONSTANT };
    if (spec == NULL)
        return;
    dist->kind = (enum hr_dist_kind)spec->kind;
    init_parameters(dist, spec);
}

void hr_dist_fini(struct hr_dist *dist)
{
    for (size_t i = 0; dist->components != NULL && i < dist->n; i++)
        hr_dist_fini(&dist->components[i]);
    free(dist->components);
    free(dist->cumulative);
    *dist = (struct hr_dist){ .kind = HR_DIST_CONSTANT };
}

static void samples_moments(const struct hr_dist *dist, double *mean, double *variance)
{
    const double n = (double)dist->n;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < dist->n; i++)
        sum += dist->samples_ns[i];
    *mean = sum / n;
    for (size_t i = 0; i < dist->n; i++)
        squares += (dist->samples_ns[i] - *mean) * (dist->samples_ns[i] - *mean);
    *variance = squares / n;
}

static void moments(const struct hr_dist *dist, double *mean, double *variance);

static void mixture_moments(const struct hr_dist *dist, double *mean, double *variance)
{
    double before = 0, square = 0;
    *mean = 0;
    for (size_t i = 0; i < dist->n; i++) {
        const double share = dist->cumulative[i] - before;
        double m, v;
        moments(&dist->components[i], &m, &v);
        *mean += share * m;
        square += share * (v + m * m);
        before = dist->cumulative[i];
    }
    *variance = square - *mean * *mean;
}

static void hyperexponential_moments(const struct hr_dist *dist, double *mean, double *variance)
{
    const double p = dist->a, m1 = dist->b, m2 = dist->c;
    *mean = p * m1 + (1 - p) * m2;
    *variance = 2 * (p * m1 * m1 + (1 - p) * m2 * m2) - *mean * *mean;
}

static void pareto_moments(const struct hr_dist *dist, double *mean, double *variance)
{
    const double y = dist->a; /* 1 / shape */
    *mean = dist->b / (1 - y);
    *variance = y < 0.5 ? *mean * *mean * (y * y / (1 - 2 * y)) : HUGE_VAL;
}

static void moments(const struct hr_dist *dist, double *mean, double *variance)
{
    const double a = dist->a, b = dist->b;
    switch (dist->kind) {
    case HR_DIST_CONSTANT:
        *mean = a;
        *variance = 0;
        break;
    case HR_DIST_EXPONENTIAL:
        *mean = a;
        *variance = a * a;
        break;
    case HR_DIST_UNIFORM:
        *mean = a + 0.5 * b;
        *variance = b * b / 12;
        break;
    case HR_DIST_NORMAL:
        hr_truncated_normal_moments(dist->c, dist->d, mean, variance);
        *mean = a + b * *mean;
        *variance *= b * b;
        break;
    case HR_DIST_LOGNORMAL:
        *mean = hr_exp(a + 0.5 * b * b);
        *variance = *mean * *mean * (hr_exp(b * b) - 1);
        break;
    case HR_DIST_GAMMA:
    case HR_DIST_ERLANG:
        *mean = a * b;
        *variance = a * b * b;
        break;
    case HR_DIST_WEIBULL:
        *mean = b * hr_exp(log_gamma(1 + a));
        *variance = b * b * hr_exp(log_gamma(1 + 2 * a)) - *mean * *mean;
        break;
    case HR_DIST_HYPEREXPONENTIAL:
        hyperexponential_moments(dist, mean, variance);
        break;
    case HR_DIST_PARETO:
        pareto_moments(dist, mean, variance);
        break;
    case HR_DIST_EMPIRICAL:
        samples_moments(dist, mean, variance);
        break;
    case HR_DIST_MIXTURE:
        mixture_moments(dist, mean, variance);
        break;
    }
}

double hr_dist_mean_ns(const struct hr_dist *dist)
{
    double mean, variance;
    moments(dist, &mean, &variance);
    return mean;
}

double hr_dist_variance_ns2(const struct hr_dist *dist)
{
    double mean, variance;
    moments(dist, &mean, &variance);
    return variance;
}

double hr_dist_spec_mean_s(const struct hr_dist_spec *spec, double *scv)
{
    struct hr_dist dist;
    double mean, variance;
    hr_dist_init(&dist, spec);
    moments(&dist, &mean, &variance);
    hr_dist_fini(&dist);
    if (scv != NULL)
        *scv = mean > 0 ? variance / (mean * mean) : 0;
    return mean * 1e-9;
}

/* Gamma of mean `shape` (Marsaglia, Tsang 2000); below shape 1 from shape + 1. */
static double draw_gamma(double shape, struct hr_rng *rng)
{
    if (shape < 1) {
        const double boost = hr_exp(-hr_rng_exponential(rng) / shape);
        return draw_gamma(shape + 1, rng) * boost;
    }
    const double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        const double x = hr_rng_normal(rng);
        const double root = 1 + c * x;
        if (root <= 0)
            continue;
        const double v = root * root * root, u = hr_rng_uniform(rng), x2 = x * x;
        if (u < 1 - 0.0331 * (x2 * x2) || hr_log(u) < 0.5 * x2 + d * (1 - v + hr_log(v)))
            return d * v;
    }
}

static double draw_normal(const struct hr_dist *dist, struct hr_rng *rng)
{
    const double x = dist->a + dist->b * hr_truncated_normal_draw(dist->c, dist->d, rng);
    return x > 0 ? x : 0; /* the lower bound, rounded */
}

static double draw_mixture(const struct hr_dist *dist, struct hr_rng *rng)
{
    const double u = hr_rng_uniform(rng);
    size_t i = 0;
    while (i + 1 < dist->n && u >= dist->cumulative[i])
        i++;
    return hr_dist_draw_general(&dist->components[i], rng);
}

double hr_dist_draw_general(const struct hr_dist *dist, struct hr_rng *rng)
{
    switch (dist->kind) {
    case HR_DIST_CONSTANT:
        return dist->a;
    case HR_DIST_EXPONENTIAL:
        return dist->a * hr_rng_exponential(rng);
    case HR_DIST_UNIFORM:
        return dist->a + dist->b * hr_rng_uniform(rng);
    case HR_DIST_NORMAL:
        return draw_normal(dist, rng);
    case HR_DIST_LOGNORMAL:
        return hr_exp(dist->a + dist->b * hr_rng_normal(rng));
    case HR_DIST_GAMMA:
    case HR_DIST_ERLANG:
        return dist->b * draw_gamma(dist->a, rng);
    case HR_DIST_WEIBULL:
        return dist->b * hr_pow(hr_rng_exponential(rng), dist->a);
    case HR_DIST_HYPEREXPONENTIAL: {
        const double mean = hr_rng_uniform(rng) < dist->a ? dist->b : dist->c;
        return mean * hr_rng_exponential(rng);
    }
    case HR_DIST_PARETO:
        return dist->b * hr_exp(dist->a * hr_rng_exponential(rng));
    case HR_DIST_EMPIRICAL:
        return dist->samples_ns[hr_rng_below(rng, (uint32_t)dist->n)];
    case HR_DIST_MIXTURE:
        return draw_mixture(dist, rng);
    }
    return 0;
}
