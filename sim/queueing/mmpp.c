/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two-state Markov-modulated arrivals, one exponential server: with n inside the shares of the two
 * states are pi0 R^n (Neuts 1981, ch. 3). R comes from the matrix G of first passages one level
 * down, by logarithmic reduction (Latouche, Ramaswami 1993).
 */
#include "queueing/solve.h"

#include <math.h>
#include <stdbool.h>

struct row {
    double a, b;
};

struct matrix { /* rows (a, b), (c, d) */
    double a, b, c, d;
};

static const struct matrix identity = { 1, 0, 0, 1 };

static struct matrix add(struct matrix x, double factor, struct matrix y)
{
    return (struct matrix){ x.a + factor * y.a, x.b + factor * y.b, x.c + factor * y.c,
                            x.d + factor * y.d };
}

static struct matrix multiply(struct matrix x, struct matrix y)
{
    return (struct matrix){ x.a * y.a + x.b * y.c, x.a * y.b + x.b * y.d, x.c * y.a + x.d * y.c,
                            x.c * y.b + x.d * y.d };
}

static struct matrix invert(struct matrix x)
{
    const double det = x.a * x.d - x.b * x.c;
    return (struct matrix){ x.d / det, -x.b / det, -x.c / det, x.a / det };
}

static struct row times(struct row v, struct matrix x)
{
    return (struct row){ v.a * x.a + v.b * x.c, v.a * x.b + v.b * x.d };
}

/* Everything that the answers need. */
struct solved {
    double lambda; /* mean arrival rate */
    struct matrix r;
    struct row empty;    /* shares of the states with nobody inside */
    struct row arrivals; /* arrival rate of each state / lambda */
};

static double mean_rate(const struct hr_mmpp2 *arrivals)
{
    const double stay0 = arrivals->leave[1] / (arrivals->leave[0] + arrivals->leave[1]);
    return stay0 * arrivals->rate[0] + (1 - stay0) * arrivals->rate[1];
}

/* First passages from level n to n - 1, given the one-step matrices within (-A1), up and down. */
static struct matrix first_passage(struct matrix within, struct matrix up, struct matrix down)
{
    const struct matrix inverse = invert(within);
    struct matrix h = multiply(inverse, up), l = multiply(inverse, down);
    struct matrix g = l, t = h;
    /* Each step doubles the levels seen; the product T of the ups then vanishes. */
    for (int step = 0; step < 64 && t.a + t.b + t.c + t.d > 0x1p-60; step++) {
        const struct matrix u = add(multiply(h, l), 1, multiply(l, h));
        const struct matrix v = invert(add(identity, -1, u));
        h = multiply(v, multiply(h, h));
        l = multiply(v, multiply(l, l));
        g = add(g, 1, multiply(t, l));
        t = multiply(t, h);
    }
    return g;
}

static struct solved solve(const struct hr_mmpp2 *arrivals, double mu)
{
    const double *rate = arrivals->rate, *leave = arrivals->leave;
    struct solved s = { .lambda = mean_rate(arrivals) };
    s.arrivals = (struct row){ rate[0] / s.lambda, rate[1] / s.lambda };

    const struct matrix up = { rate[0], 0, 0, rate[1] }, down = { mu, 0, 0, mu };
    const struct matrix within = { leave[0] + rate[0] + mu, -leave[0], -leave[1],
                                   leave[1] + rate[1] + mu };
    const struct matrix g = first_passage(within, up, down);
    s.r = multiply(up, invert(add(within, -1, multiply(up, g))));

    /* The state alone is stationary: empty (I - R)^-1 = (share of state 0, of state 1). */
    const double stay0 = leave[1] / (leave[0] + leave[1]);
    s.empty = times((struct row){ stay0, 1 - stay0 }, add(identity, -1, s.r));
    return s;
}

static double dot(struct row x, struct row y)
{
    return x.a * y.a + x.b * y.b;
}

struct hr_queue_answer hr_mmpp2_m1(const struct hr_mmpp2 *arrivals, double mu)
{
    if (mean_rate(arrivals) >= mu)
        return hr_queue_unstable(mu);
    const struct solved s = solve(arrivals, mu);
    const struct matrix inverse = invert(add(identity, -1, s.r));
    const struct row number = times(times(times(s.empty, s.r), inverse), inverse);
    const double latency = (number.a + number.b) / s.lambda;
    struct hr_queue_answer answer = hr_queue_from_wait(s.lambda, 1 / mu, 1, latency - 1 / mu);
    answer.wait_probability = 1 - dot(s.empty, s.arrivals);
    return answer;
}

/* Sum of weight[i] exp(-decay[i] t), i = 0, 1. */
struct mixture {
    double weight[2], decay[2];
};

static double mixture_survival(const void *ctx, double t)
{
    const struct mixture *law = ctx;
    return law->weight[0] * exp(-law->decay[0] * t) + law->weight[1] * exp(-law->decay[1] * t);
}

/*
 * P(wait > t) = empty R exp(-mu t (I - R)) (I - R)^-1 arrivals, and P(latency > t) the same without
 * the first R, as one more service goes on. exp comes by the spectral form of R, whose eigenvalues
 * are real and differ (R is non-negative and not a multiple of I).
 */
static double quantile(const struct hr_mmpp2 *arrivals, double mu, bool latency, double p)
{
    if (mean_rate(arrivals) >= mu)
        return HUGE_VAL;
    const struct solved s = solve(arrivals, mu);
    const struct matrix r = s.r;
    const double half = 0.5 * (r.a + r.d);
    const double root = sqrt(0.25 * (r.a - r.d) * (r.a - r.d) + r.b * r.c);
    const double value[2] = { half + root, half - root };
    struct mixture law;
    for (int i = 0; i < 2; i++) {
        const struct matrix part = add(r, -value[1 - i], identity); /* over the difference */
        struct row v = times(latency ? s.empty : times(s.empty, r), part);
        v = times(v, invert(add(identity, -1, r)));
        law.weight[i] = dot(v, s.arrivals) / (value[i] - value[1 - i]);
        law.decay[i] = mu * (1 - value[i]);
    }
    return hr_solve_survival(mixture_survival, &law, 1 - p, 1 / mu);
}

double hr_mmpp2_m1_wait_s_quantile(const struct hr_mmpp2 *arrivals, double mu, double p)
{
    return quantile(arrivals, mu, false, p);
}

double hr_mmpp2_m1_latency_s_quantile(const struct hr_mmpp2 *arrivals, double mu, double p)
{
    return quantile(arrivals, mu, true, p);
}
