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
    return a->influence != NULL && b->influence != NULL;
}

static unsigned fewer(const struct hr_estimate *a, const struct hr_estimate *b)
{
    return a->n < b->n ? a->n : b->n;
}

/* What replication r does to the mean of the estimate's replications. */
static double share(const struct hr_estimate *e, unsigned r)
{
    return r < e->n ? e->influence[r] / e->n : 0;
}

/* Sum of the squares of what each replication does to weight_b b - weight_a a. */
static double squares(const struct hr_estimate *a, double weight_a, const struct hr_estimate *b,
                      double weight_b)
{
    double sum = 0;
    for (unsigned r = 0; r < a->n || r < b->n; r++) {
        const double d = weight_b * share(b, r) - weight_a * share(a, r);
        sum += d * d;
    }
    return sum;
}

static double half_width(const struct hr_estimate *a, double weight_a, const struct hr_estimate *b,
                         double weight_b)
{
    const unsigned n = fewer(a, b);
    return hr_student_t95(n - 1) * sqrt(squares(a, weight_a, b, weight_b) * n / (n - 1));
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
    const struct hr_estimate e = without_interval(b->value - a->value, fewer(a, b), why_null(a, b));
    if (isnan(e.value))
        return e;
    if (no_events(a) || no_events(b))
        return with_interval(e, b->lo - a->hi, b->hi - a->lo, "no_events");
    if (!paired(a, b))
        return e;
    const double half = half_width(a, 1, b, 1);
    return with_interval(e, e.value - half, e.value + half, "paired_t");
}

struct hr_estimate hr_estimate_relative(const struct hr_estimate *a, const struct hr_estimate *b)
{
    struct hr_estimate e = hr_estimate_difference(a, b);
    if (isnan(e.value))
        return e;
    if (a->value == 0)
        return without_interval((double)NAN, e.n, "the value of A is 0");
    e = without_interval(e.value / a->value, e.n, NULL);
    if (no_events(a) || no_events(b))
        return with_interval(e, b->lo / a->hi - 1, a->lo > 0 ? b->hi / a->lo - 1 : (double)NAN,
                             "no_events");
    if (!paired(a, b))
        return e;
    /* The delta method: d(b / a) = (db - b / a da) / a. */
    const double half = half_width(a, b->value / a->value, b, 1) / fabs(a->value);
    return with_interval(e, e.value - half, e.value + half, "paired_t");
}

double hr_variance_reduction(const struct hr_estimate *a, const struct hr_estimate *b)
{
    if (!paired(a, b))
        return (double)NAN;
    const double together = squares(a, 1, b, 1);
    return together > 0 ? (squares(a, 1, a, 0) + squares(b, 0, b, 1)) / together : (double)NAN;
}
