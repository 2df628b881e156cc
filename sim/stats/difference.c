/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paired differences by influences. */
#include "stats/difference.h"

#include "stats/interval.h"

#include <math.h>
#include <string.h>

static bool no_events(const struct hr_estimate *e)
{
    return e->method != NULL && strcmp(e->method, "no_events") == 0;
}

static bool paired(const struct hr_estimate *a, const struct hr_estimate *b)
{
    return a->influence != NULL && b->influence != NULL && a->n == b->n;
}

/* Sum of the squares of weight_b b_r - weight_a a_r. */
static double squares(const struct hr_estimate *a, double weight_a, const struct hr_estimate *b,
                      double weight_b)
{
    double sum = 0;
    for (unsigned r = 0; r < a->n; r++) {
        const double d = weight_b * b->influence[r] - weight_a * a->influence[r];
        sum += d * d;
    }
    return sum;
}

static struct hr_estimate without_interval(double value, unsigned n, const char *why)
{
    return (struct hr_estimate){
        .value = value, .lo = (double)NAN, .hi = (double)NAN, .n = n, .why = why
    };
}

static struct hr_estimate with_interval(struct hr_estimate e, double lo, double hi,
                                        const char *method)
{
    e.lo = lo;
    e.hi = hi;
    e.method = isnan(lo) && isnan(hi) ? NULL : method;
    return e;
}

static const char *why_null(const struct hr_estimate *a, const struct hr_estimate *b)
{
    return isnan(a->value) ? a->why : b->why;
}

struct hr_estimate hr_estimate_difference(const struct hr_estimate *a, const struct hr_estimate *b)
{
    const struct hr_estimate e =
        without_interval(b->value - a->value, a->n < b->n ? a->n : b->n, why_null(a, b));
    if (isnan(e.value))
        return e;
    if (no_events(a) || no_events(b))
        return with_interval(e, b->lo - a->hi, b->hi - a->lo, "no_events");
    if (!paired(a, b))
        return e;
    const double half = hr_half_width(squares(a, 1, b, 1), e.n);
    return with_interval(e, e.value - half, e.value + half, "paired_t");
}

struct hr_estimate hr_estimate_relative(const struct hr_estimate *a, const struct hr_estimate *b)
{
    struct hr_estimate e = hr_estimate_difference(a, b);
    if (isnan(e.value))
        return e;
    if (a->value == 0)
        return without_interval((double)NAN, e.n, "the first of the two is 0");
    e = without_interval(e.value / a->value, e.n, NULL);
    if (no_events(a) || no_events(b))
        return with_interval(e, b->lo / a->hi - 1, a->lo > 0 ? b->hi / a->lo - 1 : (double)NAN,
                             "no_events");
    if (!paired(a, b))
        return e;
    /* The delta method: d(b / a) = (db - b / a da) / a. */
    const double half = hr_half_width(squares(a, b->value / a->value, b, 1), e.n) / fabs(a->value);
    return with_interval(e, e.value - half, e.value + half, "paired_t");
}

double hr_variance_reduction(const struct hr_estimate *a, const struct hr_estimate *b)
{
    if (!paired(a, b))
        return (double)NAN;
    const double together = squares(a, 1, b, 1);
    return together > 0 ? (squares(a, 1, a, 0) + squares(b, 0, b, 1)) / together : (double)NAN;
}
