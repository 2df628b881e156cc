/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Distributions: law (KS, chi-square), moments, edges, the bits of the draws. */
#include "hr_ks.h"

#include "base/hash.h"
#include "base/time.h"
#include "stats/dist.h"
#include "stats/truncated_normal.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sf_gamma.h>
#include <string.h>

#define DRAWS 200000
#define S     HR_NS_PER_S
#define MS    (HR_NS_PER_S / 1000)

static struct hr_rng rng_of(uint64_t seed)
{
    return hr_rng_at((struct hr_address){ .seed = seed, .purpose = HR_PURPOSE_WORK });
}

static double square(double x)
{
    return x * x;
}

/* Distribution functions from the spec (ns), by GSL and not by the parameters of hr_dist. */

static double cdf_exponential(double x, const void *ctx)
{
    const struct hr_dist_spec *spec = ctx;
    return gsl_cdf_exponential_P(x, (double)spec->mean);
}

static double cdf_uniform(double x, const void *ctx)
{
    const struct hr_dist_spec *spec = ctx;
    return gsl_cdf_flat_P(x, (double)spec->min, (double)spec->max);
}

/* Through whichever tail does not cancel. */
static double cdf_normal(double x, const void *ctx)
{
    const struct hr_dist_spec *spec = ctx;
    const double mean = (double)spec->mean, sd = mean * spec->cv;
    const double low = ((double)spec->min - mean) / sd, z = (x - mean) / sd;
    const double high = spec->max == HR_TIME_NEVER ? HUGE_VAL : ((double)spec->max - mean) / sd;
    if (low > 0)
        return (gsl_cdf_ugaussian_Q(low) - gsl_cdf_ugaussian_Q(z)) /
               (gsl_cdf_ugaussian_Q(low) - gsl_cdf_ugaussian_Q(high));
    return (gsl_cdf_ugaussian_P(z) - gsl_cdf_ugaussian_P(low)) /
           (gsl_cdf_ugaussian_P(high) - gsl_cdf_ugaussian_P(low));
}

static double cdf_lognormal(double x, const void *ctx)
{
    const struct hr_dist_spec *spec = ctx;
    const double variance = log1p(square(spec->cv));
    return gsl_cdf_lognormal_P(x, log((double)spec->mean) - variance / 2, sqrt(variance));
}

static double cdf_gamma(double x, const void *ctx)
{
    const struct hr_dist_spec *spec = ctx;
    return gsl_cdf_gamma_P(x, 1 / square(spec->cv), (double)spec->mean * square(spec->cv));
}

/* Shape by Newton on log-gamma, apart from the bisection of dist.c. */
static double weibull_shape(double cv)
{
    double y = cv < 1 ? cv : 2;
    for (int i = 0; i < 200; i++) {
        const double step = 1e-5;
        const double f0 = gsl_sf_lngamma(1 + 2 * y) - 2 * gsl_sf_lngamma(1 + y) - log1p(cv * cv);
        const double f1 =
            gsl_sf_lngamma(1 + 2 * (y + step)) - 2 * gsl_sf_lngamma(1 + y + step) - log1p(cv * cv);
        y -= f0 * step / (f1 - f0);
    }
    return 1 / y;
}

static double cdf_weibull(double x, const void *ctx)
{
    const struct hr_dist_spec *spec = ctx;
    static double cv, shape; /* solved once a case */
    if (cv != spec->cv) {
        cv = spec->cv;
        shape = weibull_shape(cv);
    }
    return gsl_cdf_weibull_P(x, (double)spec->mean / gsl_sf_gamma(1 + 1 / shape), shape);
}

static double cdf_erlang(double x, const void *ctx)
{
    const struct hr_dist_spec *spec = ctx;
    return gsl_cdf_gamma_P(x, (double)spec->phases, (double)spec->mean / (double)spec->phases);
}

static double cdf_hyperexponential(double x, const void *ctx)
{
    const struct hr_dist_spec *spec = ctx;
    const double c2 = square(spec->cv), p = 0.5 * (1 + sqrt((c2 - 1) / (c2 + 1)));
    const double mean = (double)spec->mean;
    return 1 - p * exp(-2 * p * x / mean) - (1 - p) * exp(-2 * (1 - p) * x / mean);
}

static double cdf_pareto(double x, const void *ctx)
{
    const struct hr_dist_spec *spec = ctx;
    return gsl_cdf_pareto_P(x, spec->shape, (double)spec->mean * (spec->shape - 1) / spec->shape);
}

static struct hr_dist_spec tenth = { .kind = HR_DIST_ERLANG, .mean = 10 * MS, .phases = 4 };
static struct hr_dist_spec whole = { .kind = HR_DIST_UNIFORM, .min = 20 * MS, .max = S };
static struct hr_dist_component parts[] = { { 3, &tenth }, { 1, &whole } };

static double cdf_mixture(double x, const void *ctx)
{
    (void)ctx;
    return 0.75 * cdf_erlang(x, &tenth) + 0.25 * cdf_uniform(x, &whole);
}

#define CV(k, m, c, f)                                                                             \
    {                                                                                              \
        { .kind = HR_DIST_##k, .mean = (m), .cv = (c) }, f                                         \
    }
#define CUT(m, c, lo, hi)                                                                          \
    {                                                                                              \
        { .kind = HR_DIST_NORMAL, .mean = (m), .cv = (c), .min = (lo), .max = (hi) }, cdf_normal   \
    }

static const struct law {
    struct hr_dist_spec spec;
    double (*cdf)(double x, const void *spec);
} laws[] = {
    { { .kind = HR_DIST_EXPONENTIAL, .mean = 20 * MS }, cdf_exponential },
    { { .kind = HR_DIST_UNIFORM, .min = 5 * MS, .max = 6 * MS }, cdf_uniform },
    CUT(20 * MS, 0.2, 0, HR_TIME_NEVER),       /* nearly whole */
    CUT(20 * MS, 1, 0, HR_TIME_NEVER),         /* about a sixth cut off */
    CUT(20 * MS, 0.5, 15 * MS, 22 * MS),       /* narrow, around the mean */
    CUT(20 * MS, 0.1, 30 * MS, HR_TIME_NEVER), /* five deviations above */
    CUT(20 * MS, 0.1, 26 * MS, 27 * MS),       /* narrow and above */
    CUT(20 * MS, 0.1, 0, 12 * MS),             /* below */
    CV(LOGNORMAL, 20 * MS, 0.1, cdf_lognormal),
    CV(LOGNORMAL, 20 * MS, 0.6, cdf_lognormal),
    CV(LOGNORMAL, 20 * MS, 5, cdf_lognormal),
    CV(GAMMA, 20 * MS, 0.05, cdf_gamma),
    CV(GAMMA, 20 * MS, 0.9, cdf_gamma),
    CV(GAMMA, 20 * MS, 1, cdf_gamma),
    CV(GAMMA, 20 * MS, 4, cdf_gamma),
    CV(WEIBULL, 20 * MS, 0.1, cdf_weibull),
    CV(WEIBULL, 20 * MS, 1, cdf_weibull),
    CV(WEIBULL, 20 * MS, 3, cdf_weibull),
    { { .kind = HR_DIST_ERLANG, .mean = 20 * MS, .phases = 1 }, cdf_erlang },
    { { .kind = HR_DIST_ERLANG, .mean = 20 * MS, .phases = 2 }, cdf_erlang },
    { { .kind = HR_DIST_ERLANG, .mean = 20 * MS, .phases = 30 }, cdf_erlang },
    CV(HYPEREXPONENTIAL, 20 * MS, 1, cdf_hyperexponential),
    CV(HYPEREXPONENTIAL, 20 * MS, 2, cdf_hyperexponential),
    CV(HYPEREXPONENTIAL, 20 * MS, 10, cdf_hyperexponential),
    { { .kind = HR_DIST_PARETO, .mean = 20 * MS, .shape = 1.5 }, cdf_pareto },
    { { .kind = HR_DIST_PARETO, .mean = 20 * MS, .shape = 6 }, cdf_pareto },
    { { .kind = HR_DIST_MIXTURE, .components = { parts, 2 } }, cdf_mixture },
};

#define N_LAWS (sizeof laws / sizeof laws[0])

static void test_laws(void **state)
{
    (void)state;
    double *x = calloc(DRAWS, sizeof *x);
    for (size_t i = 0; i < N_LAWS; i++) {
        struct hr_dist dist;
        hr_dist_init(&dist, &laws[i].spec);
        struct hr_rng rng = rng_of(i);
        double sum = 0;
        for (int n = 0; n < DRAWS; n++) {
            x[n] = hr_dist_draw_general(&dist, &rng);
            assert_true(x[n] >= 0);
            sum += x[n];
        }
        const double d = hr_ks_distance(x, DRAWS, laws[i].cdf, &laws[i].spec);
        if (!(d < hr_ks_limit()))
            fail_msg("law %zu: distance %g", i, d);
        const double variance = hr_dist_variance_ns2(&dist);
        if (isfinite(variance))
            assert_near(sum / DRAWS, hr_dist_mean_ns(&dist), 4.5 * sqrt(variance / DRAWS));
        hr_dist_fini(&dist);
    }
    free(x);
}

/* Mean and cv are what the spec says. */
static void test_moments_are_those_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_LAWS; i++) {
        const struct hr_dist_spec *spec = &laws[i].spec;
        struct hr_dist dist;
        hr_dist_init(&dist, spec);
        const double mean = (double)spec->mean, got = hr_dist_mean_ns(&dist);
        const double variance = hr_dist_variance_ns2(&dist);
        if (mean > 0 && spec->kind != HR_DIST_NORMAL)
            assert_near(got, mean, 1e-12 * mean);
        if (spec->cv > 0 && spec->kind != HR_DIST_NORMAL)
            assert_near(variance, square(spec->cv * mean), 1e-9 * variance);
        hr_dist_fini(&dist);
    }
}

static void test_moments_of_the_others(void **state)
{
    (void)state;
    static const struct {
        struct hr_dist_spec spec;
        double mean, variance;
    } cases[] = {
        { { .kind = HR_DIST_CONSTANT, .mean = 7 }, 7, 0 },
        { { .kind = HR_DIST_EXPONENTIAL, .mean = 7 }, 7, 49 },
        { { .kind = HR_DIST_UNIFORM, .min = 2, .max = 8 }, 5, 3 },
        { { .kind = HR_DIST_ERLANG, .mean = 6, .phases = 4 }, 6, 9 },
        { { .kind = HR_DIST_PARETO, .mean = 3, .shape = 3 }, 3, 3 }, /* least value 2 */
        { { .kind = HR_DIST_PARETO, .mean = 3, .shape = 2 }, 3, HUGE_VAL },
        /* 3/4 (10 ms, cv 1/2), 1/4 uniform on 20 .. 1000 ms */
        { { .kind = HR_DIST_MIXTURE, .components = { parts, 2 } },
          (7.5 + 127.5) * 1e6,
          (0.75 * (100 + 25) + 0.25 * (510.0 * 510 + 980.0 * 980 / 12) - 135.0 * 135) * 1e12 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hr_dist dist;
        hr_dist_init(&dist, &cases[i].spec);
        assert_near(hr_dist_mean_ns(&dist), cases[i].mean, 1e-12 * cases[i].mean);
        const double variance = hr_dist_variance_ns2(&dist);
        if (isinf(cases[i].variance))
            assert_true(isinf(variance));
        else
            assert_near(variance, cases[i].variance, 1e-12 * cases[i].variance);
        hr_dist_fini(&dist);
    }
}

/* Against the hazard (one bound) and the closed form (two bounds near the middle). */
static void test_truncated_moments(void **state)
{
    (void)state;
    double mean, variance;
    static const double lows[] = { -9, -3, -1, 0, 0.5, 2, 8, 40, 1000 };
    for (size_t i = 0; i < sizeof lows / sizeof lows[0]; i++) {
        const double h = gsl_sf_hazard(lows[i]);
        hr_truncated_normal_moments(lows[i], HUGE_VAL, &mean, &variance);
        assert_near(mean, h, 1e-12 * fabs(h) + 1e-13);
        if (lows[i] < 10) /* the closed form cancels further out */
            assert_near(variance, 1 - h * (h - lows[i]), 1e-11);
        double mirrored, same;
        hr_truncated_normal_moments(-HUGE_VAL, -lows[i], &mirrored, &same);
        assert_near(mirrored, -mean, 1e-13 * fabs(mean) + 1e-15);
        assert_near(same, variance, 1e-12 * variance);
    }
    const double low = -1.5, high = 0.75;
    const double z = gsl_cdf_ugaussian_P(high) - gsl_cdf_ugaussian_P(low);
    const double fl = gsl_ran_ugaussian_pdf(low), fh = gsl_ran_ugaussian_pdf(high);
    hr_truncated_normal_moments(low, high, &mean, &variance);
    assert_near(mean, (fl - fh) / z, 1e-13);
    assert_near(variance, 1 + (low * fl - high * fh) / z - square((fl - fh) / z), 1e-13);
    /* Far out the law is exponential of rate `low`. */
    hr_truncated_normal_moments(1e9, HUGE_VAL, &mean, &variance);
    assert_near(variance, 1e-18, 1e-29);
}

/* Far-out bounds end soon and hold. */
static void test_truncated_draws_stay_inside(void **state)
{
    (void)state;
    static const double bounds[][2] = { { 30, HUGE_VAL }, { 30, 30.001 }, { -1e6, -1e5 },
                                        { 1e12, 2e12 },   { -0.1, 0.1 },  { 0, 1e-9 } };
    struct hr_rng rng = rng_of(50);
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        for (int n = 0; n < 1000; n++) {
            const double x = hr_truncated_normal_draw(bounds[i][0], bounds[i][1], &rng);
            assert_true(x >= bounds[i][0] && x <= bounds[i][1]);
        }
}

/* Rounding of mean + deviations next to a bound of 0 gives no negative time. */
static void test_truncated_normal_is_never_negative(void **state)
{
    (void)state;
    struct hr_rng rng = rng_of(55);
    for (int i = 1; i < 100; i++) {
        const struct hr_dist_spec spec = {
            .kind = HR_DIST_NORMAL, .mean = 1000000000 * S, .cv = 0.01 * i, .max = 1000
        };
        struct hr_dist dist;
        hr_dist_init(&dist, &spec);
        for (int n = 0; n < 10; n++)
            assert_true(hr_dist_draw_general(&dist, &rng) >= 0);
    }
}

static void test_empirical(void **state)
{
    (void)state;
    enum { N = 5 };
    static const double samples[N] = { 1, 10, 100, 1000, 10000 };
    const struct hr_dist_spec spec = { .kind = HR_DIST_EMPIRICAL,
                                       .samples_ns = samples,
                                       .n_samples = N };
    struct hr_dist dist;
    hr_dist_init(&dist, &spec);
    assert_near(hr_dist_mean_ns(&dist), 11111.0 / 5, 1e-9);
    assert_near(hr_dist_variance_ns2(&dist), 101010101.0 / 5 - square(11111.0 / 5), 1e-6);
    struct hr_rng rng = rng_of(51);
    double counts[N] = { 0 }, share[N];
    for (int n = 0; n < DRAWS; n++) {
        const double x = hr_dist_draw_general(&dist, &rng);
        int cell = 0;
        while (cell < N && samples[cell] != x)
            cell++;
        assert_in_range(cell, 0, N - 1);
        counts[cell]++;
    }
    for (int i = 0; i < N; i++)
        share[i] = 1.0 / N;
    assert_true(hr_chi_square_p(counts, share, N, DRAWS) > HR_KS_ALPHA);
    hr_dist_fini(&dist);
}

static void test_constant_draws_nothing(void **state)
{
    (void)state;
    const struct hr_dist_spec spec = { .kind = HR_DIST_CONSTANT, .mean = 123456789012345678 };
    struct hr_dist dist;
    hr_dist_init(&dist, &spec);
    struct hr_rng rng = rng_of(52), before = rng;
    assert_int_equal(hr_dist_draw(&dist, &rng), 123456789012345678);
    assert_memory_equal(&rng, &before, sizeof rng);
    hr_dist_init(&dist, NULL);
    assert_int_equal(hr_dist_draw(&dist, &rng), 0);
    assert_true(hr_dist_mean_ns(&dist) == 0 && hr_dist_variance_ns2(&dist) == 0);
}

static void test_rounding(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_LAWS; i++) {
        struct hr_dist dist;
        hr_dist_init(&dist, &laws[i].spec);
        struct hr_rng a = rng_of(53), b = a;
        for (int n = 0; n < 100; n++)
            assert_int_equal(hr_dist_draw(&dist, &a),
                             hr_time_from_ns(hr_dist_draw_general(&dist, &b)));
        hr_dist_fini(&dist);
    }
    /* A mean of 30 years with a heavy tail goes beyond int64: never, not a wrapped number. */
    const struct hr_dist_spec long_lived = { .kind = HR_DIST_LOGNORMAL,
                                             .mean = 1000000000 * S,
                                             .cv = 100 };
    struct hr_dist dist;
    hr_dist_init(&dist, &long_lived);
    struct hr_rng rng = rng_of(54);
    int never = 0;
    for (int n = 0; n < DRAWS; n++) {
        const hr_time t = hr_dist_draw(&dist, &rng);
        assert_true(t >= 0);
        never += t == HR_TIME_NEVER;
    }
    assert_in_range(never, 1, DRAWS / 10);
}

/* Part of every seed's meaning: the draws of all laws, bit for bit. */
static void test_bits(void **state)
{
    (void)state;
    uint64_t hash = 0;
    for (size_t i = 0; i < N_LAWS; i++) {
        struct hr_dist dist;
        hr_dist_init(&dist, &laws[i].spec);
        struct hr_rng rng = rng_of(i);
        for (int n = 0; n < 10000; n++) {
            const double x = hr_dist_draw_general(&dist, &rng);
            uint64_t bits;
            memcpy(&bits, &x, sizeof bits);
            hash = hr_hash_step(hash, bits);
        }
        hr_dist_fini(&dist);
    }
    assert_int_equal(hash, UINT64_C(0xa0709597187e9ce2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_laws),
        cmocka_unit_test(test_moments_are_those_asked_for),
        cmocka_unit_test(test_moments_of_the_others),
        cmocka_unit_test(test_truncated_moments),
        cmocka_unit_test(test_truncated_draws_stay_inside),
        cmocka_unit_test(test_truncated_normal_is_never_negative),
        cmocka_unit_test(test_empirical),
        cmocka_unit_test(test_constant_draws_nothing),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
