/* SPDX-License-Identifier: GPL-3.0-or-later */
/* N-Skart, step by step as in the paper; names are the paper's. */
#include "stats/nskart.h"

#include "base/mem.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#define BATCHES_MAX   1024
#define SPACING_MAX   10 /* of a test, in batches ... */
#define SPACING_SKEW  3  /* ... and when the batch means are skewed */
#define SKEW_SERIES   4.0
#define SKEW_BATCHES  0.5
#define BATCH_SKEWED  16 /* first batch size of a skewed series */
#define SPACED_MIN    3  /* fewer have no skewness */
#define CHANGES_MIN   20 /* not of the paper: ten events in a series that else stands still */
#define GROWTH_SIZE   1.4142135623730951
#define SHRINK_NUMBER 0.9

static double mean_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

double hr_skewness(const double *x, size_t n)
{
    const double mean = mean_of(x, n), size = (double)n;
    double squares = 0, cubes = 0;
    for (size_t i = 0; i < n; i++) {
        const double d = x[i] - mean;
        squares += d * d;
        cubes += d * d * d;
    }
    const double s = sqrt(squares / (size - 1));
    return size / ((size - 1) * (size - 2)) * cubes / (s * s * s);
}

/* Of the last 80 %, clear of the start. */
static bool is_skewed(const double *x, size_t n, double limit)
{
    const size_t kept = n * 4 / 5;
    return !(fabs(hr_skewness(&x[n - kept], kept)) <= limit);
}

bool hr_von_neumann_accepts(const double *x, size_t n)
{
    const double mean = mean_of(x, n), size = (double)n;
    double squares = 0, steps = 0;
    for (size_t i = 0; i < n; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
        if (i > 0)
            steps += (x[i] - x[i - 1]) * (x[i] - x[i - 1]);
    }
    const double c = 1 - steps / (2 * squares);
    const double z = gsl_cdf_ugaussian_Pinv(0.9); /* two-sided 0.2 */
    return fabs(c) <= z * sqrt((size - 2) / (size * size - 1));
}

/* n values, each of which comes `hold` times. */
struct series {
    const double *x;
    size_t n, hold;
};

static size_t length_of(const struct series *series)
{
    return series->n * series->hold;
}

/* Means of k batches of m, the first of which begins at w. */
static void batch_means(const struct series *series, size_t w, size_t k, size_t m, double *y)
{
    size_t i = w / series->hold, left = series->hold - w % series->hold;
    for (size_t j = 0; j < k; j++) {
        double sum = 0;
        for (size_t wanted = m; wanted > 0;) {
            const size_t taken = wanted < left ? wanted : left;
            sum += (double)taken * series->x[i];
            wanted -= taken;
            left -= taken;
            if (left == 0) {
                i++;
                left = series->hold;
            }
        }
        y[j] = sum / (double)m;
    }
}

/* Steps 2 and 3: every (d + 1)-th of the k batch means y is accepted as independent, for a d up to
 * SPACING_MAX. `spaced` is scratch. */
static bool is_independent(struct hr_nskart *test, const double *y, double *spaced)
{
    const size_t most = is_skewed(y, test->k, SKEW_BATCHES) ? SPACING_SKEW : SPACING_MAX;
    for (test->d = 0;; test->d++) {
        const size_t step = test->d + 1;
        test->spaced = test->k / step;
        for (size_t j = 0; j < test->spaced; j++)
            spaced[j] = y[(j + 1) * step - 1];
        if (hr_von_neumann_accepts(spaced, test->spaced))
            return true;
        if (test->d == most)
            return false;
    }
}

/* Steps 1 to 4: larger and fewer batches until they pass. */
static void find_spacing(struct hr_nskart *test, const struct series *series, double *y,
                         double *spaced)
{
    const size_t n = length_of(series), most = n / HR_NSKART_MIN;
    test->k = HR_NSKART_MIN;
    test->m = !is_skewed(series->x, series->n, SKEW_SERIES) ? 1
              : most < BATCH_SKEWED                         ? most
                                                            : BATCH_SKEWED;
    for (;; test->b++) {
        batch_means(series, 0, test->k, test->m, y);
        test->enough = is_independent(test, y, spaced);
        const size_t m = (size_t)ceil(GROWTH_SIZE * (double)test->m);
        const size_t k = (size_t)ceil(SHRINK_NUMBER * (double)test->k);
        if (test->enough || k * m > n)
            return;
        test->m = m;
        test->k = k;
    }
}

/* The batches that the interval is made of: k' of size m after w deleted observations. */
struct layout {
    size_t w, k, m;
};

/* Step 5: as many batches as there is room for behind the deleted ones, at most BATCHES_MAX. */
static struct layout lay_out(const struct hr_nskart *test, size_t n)
{
    const size_t w = test->d * test->m, rest = n - w;
    const double wanted = ceil((double)test->spaced * pow(1 / SHRINK_NUMBER, (double)test->b));
    double k = fmin(wanted, (double)test->k);
    const double f = sqrt((double)rest / (k * (double)test->m));
    k = fmin(floor(f * k), BATCHES_MAX);
    const size_t m = k < BATCHES_MAX ? (size_t)(f * (double)test->m) : rest / BATCHES_MAX;
    return (struct layout){ .w = n - (size_t)k * m, .k = (size_t)k, .m = m };
}

/* Willink's adjustment of a point of Student's t for skewness beta. */
static double adjusted(double t, double beta)
{
    return beta == 0 ? t : (cbrt(1 + 6 * beta * (t - beta)) - 1) / (2 * beta);
}

/* Steps 6 and 7. The spaced means are counted from the end, which is farthest from the start. */
static void make_interval(struct hr_nskart *test, const struct layout *layout, const double *y,
                          double *spaced)
{
    const double mean = mean_of(y, layout->k), k = (double)layout->k;
    double squares = 0, lagged = 0;
    for (size_t j = 0; j < layout->k; j++) {
        squares += (y[j] - mean) * (y[j] - mean);
        if (j > 0)
            lagged += (y[j] - mean) * (y[j - 1] - mean);
    }
    const size_t step = (layout->w + layout->m - 1) / layout->m + 1;
    const size_t n = 1 + (layout->k - 1) / step;
    test->mean = mean;
    test->enough = test->enough && n >= SPACED_MIN;
    if (n < SPACED_MIN)
        return;
    for (size_t j = 0; j < n; j++)
        spaced[j] = y[layout->k - 1 - j * step];
    const double correlation = lagged / squares;
    const double spread = squares / (k - 1) * (1 + correlation) / (1 - correlation);
    const double t = gsl_cdf_tdist_Pinv(0.975, (double)n - 1);
    const double beta = hr_skewness(spaced, n) / (6 * sqrt((double)n));
    test->lo = mean - adjusted(t, beta) * sqrt(spread / k);
    test->hi = mean - adjusted(-t, beta) * sqrt(spread / k);
}

static size_t count_changes(const double *x, size_t n)
{
    size_t changes = 0;
    for (size_t i = 1; i < n; i++)
        changes += x[i] != x[i - 1];
    return changes;
}

struct hr_nskart hr_nskart(const double *x, size_t n)
{
    return hr_nskart_held(x, n, 1);
}

struct hr_nskart hr_nskart_held(const double *x, size_t n, size_t hold)
{
    const struct series series = { x, n, hold };
    struct hr_nskart test = { .mean = (double)NAN, .lo = (double)NAN, .hi = (double)NAN };
    if (length_of(&series) < HR_NSKART_MIN)
        return test;
    const size_t changes = count_changes(x, n);
    if (changes == 0) {
        test.enough = true;
        test.mean = test.lo = test.hi = x[0];
        return test;
    }
    double *y = HR_NEW_ARRAY(double, HR_NSKART_MIN), *spaced = HR_NEW_ARRAY(double, HR_NSKART_MIN);
    find_spacing(&test, &series, y, spaced);
    const struct layout layout = lay_out(&test, length_of(&series));
    batch_means(&series, layout.w, layout.k, layout.m, y);
    make_interval(&test, &layout, y, spaced);
    free(y);
    free(spaced);
    test.enough = test.enough && changes >= CHANGES_MIN;
    return test;
}
