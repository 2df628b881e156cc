/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roots, integrals, transforms, birth-death chains, Little's law. */
#include "queueing/solve.h"

#include "base/mem.h"

#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdbool.h>

/* Survival functions end in about exponential tails: their logarithm is nearly straight. */
static double height(double survival, double level)
{
    return log(fmax(survival, 1e-300) / level);
}

double hr_solve_survival(double (*survival)(const void *ctx, double t), const void *ctx,
                         double level, double scale)
{
    double low = 0, low_height = height(survival(ctx, 0), level);
    if (low_height <= 0)
        return 0;
    double high = scale, high_height;
    while ((high_height = height(survival(ctx, high), level)) > 0) {
        low = high;
        low_height = high_height;
        high *= 2;
    }
    /* Regula falsi, each time it does not halve the bracket followed by bisection. */
    for (bool bisect = false;;) {
        const double width = high - low, middle = low + 0.5 * width;
        if (width <= 1e-14 * high || middle <= low || middle >= high)
            return middle;
        double t = low + width * low_height / (low_height - high_height);
        if (bisect || !(t > low && t < high))
            t = middle;
        const double t_height = height(survival(ctx, t), level);
        *(t_height > 0 ? &low : &high) = t;
        *(t_height > 0 ? &low_height : &high_height) = t_height;
        bisect = high - low > 0.5 * width;
    }
}

/* A concave function on an interval, and where it peaks. */
struct concave {
    double (*f)(const void *ctx, double x);
    const void *ctx;
    double from, to, peak, top;
};

static double at(const struct concave *c, double x)
{
    return c->f(c->ctx, x);
}

/* Golden section between bounds that hold the peak; an open upper end is moved out until f falls.
 */
static void find_peak(struct concave *c, double scale)
{
    if (isinf(c->to)) {
        double step = scale;
        while (isfinite(step) && !(at(c, c->from + 2 * step) < at(c, c->from + step)))
            step *= 2;
        c->to = c->from + 2 * step;
    }
    const double golden = 0.6180339887498949;
    double low = c->from, high = c->to;
    for (int i = 0; i < 200 && high - low > 1e-12 * (fabs(low) + fabs(high)); i++) {
        const double a = high - golden * (high - low), b = low + golden * (high - low);
        if (at(c, a) < at(c, b))
            low = a;
        else
            high = b;
    }
    c->peak = 0.5 * (low + high);
    c->top = at(c, c->peak);
}

/* Between the peak and `end`: where f has fallen by `drop`; `end` when it does not. */
static double fallen(const struct concave *c, double end, double drop)
{
    if (at(c, end) >= c->top - drop)
        return end;
    double inner = c->peak, outer = end;
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (inner + outer);
        if (at(c, middle) >= c->top - drop)
            inner = middle;
        else
            outer = middle;
    }
    return inner;
}

/*
 * Gauss-Legendre on panels between the points at which f has fallen by 1, 4, 9 ...: equal widths
 * for a parabola, so that no panel sees more than a smooth piece of the peak.
 */
static double side_integral(const struct concave *c, double end,
                            const gsl_integration_glfixed_table *rule)
{
    enum { PANELS = 7 }; /* exp(-49) is nothing beside 1 */
    double sum = 0, from = c->peak;
    for (int k = 1; k <= PANELS; k++) {
        const double to = fallen(c, end, k * k);
        for (size_t i = 0; i < rule->n; i++) {
            double x, weight;
            gsl_integration_glfixed_point(from, to, i, &x, &weight, rule);
            sum += weight * exp(at(c, x) - c->top);
        }
        from = to;
    }
    return fabs(sum);
}

double hr_log_integral(double (*log_density)(const void *ctx, double x), const void *ctx,
                       double from, double to, double scale)
{
    if (!(from < to))
        return -HUGE_VAL;
    struct concave c = { .f = log_density, .ctx = ctx, .from = from, .to = to };
    find_peak(&c, scale);
    if (isinf(to)) {
        while (at(&c, c.to) > c.top - 50)
            c.to = c.from + 2 * (c.to - c.from);
    }
    gsl_integration_glfixed_table *rule = gsl_integration_glfixed_table_alloc(20);
    const double sum = side_integral(&c, c.from, rule) + side_integral(&c, c.to, rule);
    gsl_integration_glfixed_table_free(rule);
    return c.top + log(sum);
}

double hr_laplace_invert(double complex (*transform)(const void *ctx, double complex s),
                         const void *ctx, double t, unsigned terms)
{
    enum { AVERAGED = 12 };
    const double decay = 22, pi = acos(-1); /* the series is off by about exp(-decay) */
    double sum = 0.5 * creal(transform(ctx, decay / (2 * t))), average = 0, weight = 0x1p-12;
    for (unsigned k = 1; k <= terms + AVERAGED; k++) {
        if (k > terms) { /* binomial averages of the partial sums from `terms` on */
            average += weight * sum;
            weight *= (double)(terms + AVERAGED + 1 - k) / (k - terms);
        }
        const double complex s = (decay + 2 * pi * k * (double complex)I) / (2 * t);
        const double term = creal(transform(ctx, s));
        sum += k % 2 == 0 ? term : -term;
    }
    average += weight * sum;
    return exp(decay / 2) / t * average;
}

double *hr_birth_death_new(const double *birth, const double *death, unsigned n)
{
    double *share = HR_NEW_ARRAY(double, (size_t)n + 1);
    share[0] = 1;
    double sum = 1;
    for (unsigned k = 0; k < n; k++) {
        share[k + 1] = share[k] * birth[k] / death[k];
        sum += share[k + 1];
        if (sum > 1e250) { /* scale down; what vanishes is negligible beside the peak */
            for (unsigned i = 0; i <= k + 1; i++)
                share[i] /= sum;
            sum = 1;
        }
    }
    for (unsigned k = 0; k <= n; k++)
        share[k] /= sum;
    return share;
}

struct hr_queue_answer hr_queue_unknown(void)
{
    const double nan = (double)NAN;
    return (struct hr_queue_answer){ nan, nan, nan, nan, nan, nan, nan, nan };
}

struct hr_queue_answer hr_queue_unstable(double throughput_max)
{
    return (struct hr_queue_answer){ .utilization = 1,
                                     .wait_probability = 1,
                                     .wait_s_mean = HUGE_VAL,
                                     .latency_s_mean = HUGE_VAL,
                                     .number_mean = HUGE_VAL,
                                     .queue_mean = HUGE_VAL,
                                     .throughput = throughput_max };
}

struct hr_queue_answer hr_queue_from_wait(double throughput, double service_s, double servers,
                                          double wait_s_mean)
{
    struct hr_queue_answer answer = hr_queue_unknown();
    answer.throughput = throughput;
    answer.utilization = throughput * service_s / servers;
    answer.wait_s_mean = wait_s_mean;
    answer.latency_s_mean = wait_s_mean + service_s;
    answer.queue_mean = throughput * wait_s_mean;
    answer.number_mean = throughput * (wait_s_mean + service_s);
    answer.block_probability = 0;
    return answer;
}
