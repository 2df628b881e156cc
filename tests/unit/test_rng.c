/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random streams: known answers, addresses, ziggurat tables, laws. */
#include "hr_ks.h"

#include "stats/rng.h"

#include <Random123/philox.h>
#include <gsl/gsl_cdf.h>

#define DRAWS 1000000

static struct hr_rng rng_of(uint64_t seed)
{
    return hr_rng_at((struct hr_address){ .seed = seed, .purpose = HR_PURPOSE_WORK });
}

/* From Random123's kat_vectors (digits of pi). */
static void test_philox_known_answer(void **state)
{
    (void)state;
    const philox4x64_ctr_t counter = { { UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344),
                                         UINT64_C(0xa4093822299f31d0),
                                         UINT64_C(0x082efa98ec4e6c89) } };
    const philox4x64_key_t key = { { UINT64_C(0x452821e638d01377), UINT64_C(0xbe5466cf34e90c6c) } };
    const uint64_t expected[4] = { UINT64_C(0xa528f45403e61d95), UINT64_C(0x38c72dbd566e9788),
                                   UINT64_C(0xa5a1610e72fd18b5), UINT64_C(0x57bd43b5e52b7fe6) };
    const philox4x64_ctr_t got = philox4x64(counter, key);
    for (int i = 0; i < 4; i++)
        assert_int_equal(got.v[i], expected[i]);
}

/* The words of an address stand where the header says. */
static void test_address_layout(void **state)
{
    (void)state;
    const struct hr_address address = {
        .seed = 11, .replication = 22, .purpose = HR_PURPOSE_REPAIR, .entity = 33, .ordinal = 44
    };
    const philox4x64_ctr_t counter = { { 0, 44, HR_PURPOSE_REPAIR, 33 } };
    const philox4x64_key_t key = { { 11, 22 } };
    const philox4x64_ctr_t words = philox4x64(counter, key);
    const struct hr_rng rng = hr_rng_at(address);
    for (int i = 0; i < 4; i++)
        assert_int_equal(rng.s[i], words.v[i]);
}

/* The sequence of the authors' xoshiro256++ from the state 1, 2, 3, 4. */
static void test_xoshiro_known_answer(void **state)
{
    (void)state;
    static const uint64_t expected[] = { UINT64_C(41943041),
                                         UINT64_C(58720359),
                                         UINT64_C(3588806011781223),
                                         UINT64_C(3591011842654386),
                                         UINT64_C(9228616714210784205),
                                         UINT64_C(9973669472204895162),
                                         UINT64_C(14011001112246962877),
                                         UINT64_C(12406186145184390807) };
    struct hr_rng rng = { { 1, 2, 3, 4 } };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_int_equal(hr_rng_next(&rng), expected[i]);
}

/* One changed word of the address: another, unrelated stream (correlation 0 within 4.5 sigma). */
static void test_neighbor_addresses_are_unrelated(void **state)
{
    (void)state;
    const struct hr_address base = { 1, 0, HR_PURPOSE_GAP, 7, 0 };
    struct hr_address others[5] = { base, base, base, base, base };
    others[0].seed++;
    others[1].replication++;
    others[2].purpose = HR_PURPOSE_WORK;
    others[3].entity++;
    others[4].ordinal++;
    const int n = 100000;
    for (int i = 0; i < 5; i++) {
        struct hr_rng a = hr_rng_at(base), b = hr_rng_at(others[i]);
        double sum = 0;
        for (int k = 0; k < n; k++)
            sum += (hr_rng_uniform(&a) - 0.5) * (hr_rng_uniform(&b) - 0.5);
        assert_near(sum, 0, 4.5 * sqrt(n) / 12);
    }
}

static void test_uniform_is_open(void **state)
{
    (void)state;
    /* States whose next word is all zeros and all ones: s0 = 0 and s0 + s3 = 0; s0 = ~0, s3 = 1. */
    struct hr_rng least = { { 0, 1, 1, 0 } };
    assert_true(hr_rng_uniform(&least) == 0x1p-53);
    struct hr_rng greatest = { { UINT64_MAX, 1, 1, 1 } };
    assert_true(hr_rng_uniform(&greatest) == 1 - 0x1p-53);
}

static void test_below(void **state)
{
    (void)state;
    enum { CELLS = 7 };
    struct hr_rng rng = rng_of(3);
    double counts[CELLS] = { 0 }, share[CELLS];
    for (int i = 0; i < DRAWS; i++)
        counts[hr_rng_below(&rng, CELLS)]++;
    for (int i = 0; i < CELLS; i++)
        share[i] = 1.0 / CELLS;
    assert_true(hr_chi_square_p(counts, share, CELLS, DRAWS) > HR_KS_ALPHA);
    for (int i = 0; i < 100; i++)
        assert_int_equal(hr_rng_below(&rng, 1), 0);
}

/* A falling density with what builds a ziggurat, in long double. */
struct density {
    long double (*f)(long double x);
    long double (*inverse)(long double y);
    long double (*tail)(long double x); /* integral from x */
    const double *x;
    const uint64_t *k;
};

static long double exp_density(long double x)
{
    return expl(-x);
}
static long double exp_inverse(long double y)
{
    return -logl(y);
}
static long double normal_density(long double x)
{
    return expl(-0.5L * x * x);
}
static long double normal_inverse(long double y)
{
    return sqrtl(-2 * logl(y));
}
static long double normal_tail(long double x)
{
    return sqrtl(acosl(-1) / 2) * erfcl(x / sqrtl(2));
}

/* Fills x for the base edge r; returns by how much the top layer overshoots f(0) = 1. */
static long double ziggurat(const struct density *d, long double r, long double x[257])
{
    const long double v = r * d->f(r) + d->tail(r);
    x[0] = v / d->f(r);
    x[1] = r;
    for (int i = 2; i <= 256; i++) {
        const long double y = v / x[i - 1] + d->f(x[i - 1]);
        if (i == 256 || y >= 1) {
            x[256] = 0;
            return i == 256 ? y - 1 : 1;
        }
        x[i] = d->inverse(y);
    }
    return 1;
}

static void test_ziggurat_tables(void **state)
{
    (void)state;
    static const struct density densities[] = {
        { exp_density, exp_inverse, exp_density, hr_ziggurat_exp_x, hr_ziggurat_exp_k },
        { normal_density, normal_inverse, normal_tail, hr_ziggurat_normal_x, hr_ziggurat_normal_k },
    };
    for (int which = 0; which < 2; which++) {
        const struct density *d = &densities[which];
        long double x[257], low = 3, high = 9;
        for (int step = 0; step < 80; step++) {
            const long double r = (low + high) / 2;
            if (ziggurat(d, r, x) > 0)
                low = r;
            else
                high = r;
        }
        ziggurat(d, high, x);
        for (int i = 0; i < 256; i++) {
            assert_near(d->x[i], (double)x[i], 4e-16 * (double)x[i]);
            const double limit = (double)(x[i + 1] / x[i] * 0x1p53L);
            assert_near((double)d->k[i], limit, 16);
        }
        assert_true(d->x[256] == 0 && d->k[255] == 0);
    }
}

static double exp_cdf(double x, const void *ctx)
{
    (void)ctx;
    return gsl_cdf_exponential_P(x, 1);
}

static double normal_cdf(double x, const void *ctx)
{
    (void)ctx;
    return gsl_cdf_ugaussian_P(x);
}

static double uniform_draw(struct hr_rng *rng)
{
    return hr_rng_uniform(rng);
}

static double exponential_draw(struct hr_rng *rng)
{
    return hr_rng_exponential(rng);
}

static double uniform_cdf(double x, const void *ctx)
{
    (void)ctx;
    return x;
}

static void test_laws(void **state)
{
    (void)state;
    static const struct {
        double (*draw)(struct hr_rng *);
        double (*cdf)(double, const void *);
        double mean, variance, kurtosis; /* fourth central moment */
    } laws[] = {
        { uniform_draw, uniform_cdf, 0.5, 1.0 / 12, 1.0 / 80 },
        { exponential_draw, exp_cdf, 1, 1, 9 },
        { hr_rng_normal, normal_cdf, 0, 1, 3 },
    };
    double *x = calloc(DRAWS, sizeof *x);
    for (size_t i = 0; i < 3; i++) {
        struct hr_rng rng = rng_of(10 + i);
        double sum = 0, squares = 0, lag = 0;
        for (int n = 0; n < DRAWS; n++) {
            x[n] = laws[i].draw(&rng);
            const double centered = x[n] - laws[i].mean;
            sum += centered;
            squares += centered * centered;
            lag += n > 0 ? centered * (x[n - 1] - laws[i].mean) : 0;
        }
        const double v = laws[i].variance;
        assert_near(sum, 0, 4.5 * sqrt(v * DRAWS));
        assert_near(squares, v * DRAWS, 4.5 * sqrt((laws[i].kurtosis - v * v) * DRAWS));
        assert_near(lag, 0, 4.5 * v * sqrt(DRAWS));
        assert_true(hr_ks_distance(x, DRAWS, laws[i].cdf, NULL) < hr_ks_limit());
    }
    free(x);
}

static double beyond_exp_edge(double x, const void *ctx)
{
    (void)ctx;
    return gsl_cdf_exponential_P(x - hr_ziggurat_exp_x[1], 1);
}

static double beyond_normal_edge(double x, const void *ctx)
{
    (void)ctx;
    return 1 - gsl_cdf_ugaussian_Q(x) / gsl_cdf_ugaussian_Q(hr_ziggurat_normal_x[1]);
}

/* Draws beyond the last edge: as many as there should be, and of the right law. */
static void test_tails(void **state)
{
    (void)state;
    enum { N = 20000000 };
    static double far[2][40000];
    size_t n[2] = { 0, 0 };
    struct hr_rng rng = rng_of(20);
    for (int i = 0; i < N; i++) {
        const double e = hr_rng_exponential(&rng), z = fabs(hr_rng_normal(&rng));
        if (e > hr_ziggurat_exp_x[1])
            far[0][n[0]++] = e;
        if (z > hr_ziggurat_normal_x[1])
            far[1][n[1]++] = z;
    }
    const double share[2] = { gsl_cdf_exponential_Q(hr_ziggurat_exp_x[1], 1),
                              2 * gsl_cdf_ugaussian_Q(hr_ziggurat_normal_x[1]) };
    for (int i = 0; i < 2; i++)
        assert_near((double)n[i], share[i] * N, 4.5 * sqrt(share[i] * N));
    assert_true(hr_ks_distance(far[0], n[0], beyond_exp_edge, NULL) < hr_ks_limit());
    assert_true(hr_ks_distance(far[1], n[1], beyond_normal_edge, NULL) < hr_ks_limit());
}

/* From beyond the last edge e the draws are e + exponential, so some lie beyond 2 e. */
static void test_tail_of_the_tail(void **state)
{
    (void)state;
    const double edge = hr_ziggurat_exp_x[1], share = gsl_cdf_exponential_Q(edge, 1);
    const uint64_t base_layer = UINT64_MAX & ~UINT64_C(255);
    struct hr_rng rng = rng_of(21);
    double beyond = 0;
    for (int i = 0; i < DRAWS; i++)
        beyond += hr_rng_exponential_tail(&rng, base_layer) > 2 * edge;
    assert_near(beyond, share * DRAWS, 4.5 * sqrt(share * DRAWS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_philox_known_answer),
        cmocka_unit_test(test_address_layout),
        cmocka_unit_test(test_xoshiro_known_answer),
        cmocka_unit_test(test_neighbor_addresses_are_unrelated),
        cmocka_unit_test(test_uniform_is_open),
        cmocka_unit_test(test_below),
        cmocka_unit_test(test_ziggurat_tables),
        cmocka_unit_test(test_laws),
        cmocka_unit_test(test_tails),
        cmocka_unit_test(test_tail_of_the_tail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
