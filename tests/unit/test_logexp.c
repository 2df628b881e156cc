/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Own log, exp, pow and cos against libm's long double, and their very bits. */
#include "hr_test.h"

#include "base/hash.h"
#include "base/logexp.h"
#include "stats/rng.h"

#include <float.h>
#include <string.h>

#define POINTS 1000000

static struct hr_rng rng_of(uint64_t seed)
{
    return hr_rng_at((struct hr_address){ .seed = seed });
}

/* |got - want| in units of the last place of want. */
static double ulps(double got, long double want)
{
    const double near = fabs((double)want);
    const double unit = nextafter(near, HUGE_VAL) - near;
    return (double)(fabsl((long double)got - want) / (long double)unit);
}

static double random_unit(struct hr_rng *rng)
{
    return hr_rng_uniform(rng);
}

static double random_wide(struct hr_rng *rng)
{
    return exp((hr_rng_uniform(rng) - 0.5) * 1400);
}

static double random_near_one(struct hr_rng *rng)
{
    const double distance = ldexp(1, -(int)hr_rng_below(rng, 52));
    return 1 + (hr_rng_uniform(rng) - 0.5) * distance;
}

static double random_subnormal(struct hr_rng *rng)
{
    return hr_rng_uniform(rng) * DBL_MIN;
}

static double random_exponent(struct hr_rng *rng)
{
    return -745 + hr_rng_uniform(rng) * (745 + 709.7);
}

static double random_small(struct hr_rng *rng)
{
    return (hr_rng_uniform(rng) - 0.5) * ldexp(1, -(int)hr_rng_below(rng, 60));
}

static void test_below_one_ulp(void **state)
{
    (void)state;
    static const struct {
        double (*got)(double);
        long double (*want)(long double);
        double (*argument)(struct hr_rng *);
    } cases[] = {
        { hr_log, logl, random_unit },     { hr_log, logl, random_wide },
        { hr_log, logl, random_near_one }, { hr_log, logl, random_subnormal },
        { hr_exp, expl, random_exponent }, { hr_exp, expl, random_small },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hr_rng rng = rng_of(i);
        double worst = 0, at = 0;
        for (int n = 0; n < POINTS; n++) {
            const double x = cases[i].argument(&rng);
            const double error = ulps(cases[i].got(x), cases[i].want((long double)x));
            if (!(error <= worst)) {
                worst = error;
                at = x;
            }
        }
        if (!(worst < 1))
            fail_msg("case %zu: %g ulp at %a", i, worst, at);
    }
}

static void test_log_of_every_table_entry(void **state)
{
    (void)state;
    /* Both ends of the 128 intervals of the significand. */
    for (int i = 0; i < 128; i++) {
        const double z = i < 80 ? 0.6875 + i * 0x1p-8 : 1 + (i - 80) * 0x1p-7;
        assert_true(z == 1 || ulps(hr_log(z), logl((long double)z)) < 1);
        const double end = nextafter(z, 0);
        assert_true(ulps(hr_log(end), logl((long double)end)) < 1);
    }
    assert_true(hr_log(1) == 0);
}

static void test_special_arguments(void **state)
{
    (void)state;
    assert_true(hr_log(0.0) == -HUGE_VAL && hr_log(-0.0) == -HUGE_VAL);
    assert_true(isnan(hr_log(-1)) && isnan(hr_log(-HUGE_VAL)) && isnan(hr_log((double)NAN)));
    assert_true(hr_log(HUGE_VAL) == HUGE_VAL);
    assert_true(isfinite(hr_log(DBL_MAX)) && isfinite(hr_log(DBL_TRUE_MIN)));
    assert_true(hr_exp(0) == 1 && hr_exp(-HUGE_VAL) == 0 && hr_exp(HUGE_VAL) == HUGE_VAL);
    assert_true(isnan(hr_exp((double)NAN)));
    assert_true(hr_exp(709.79) == HUGE_VAL && isfinite(hr_exp(709.78)));
    assert_true(hr_exp(-745.14) == 0 && hr_exp(-745.13) == DBL_TRUE_MIN);
    assert_true(hr_pow(0, 2) == 0 && hr_pow(1, 1e300) == 1);
}

static void test_pow(void **state)
{
    (void)state;
    struct hr_rng rng = rng_of(100);
    for (int n = 0; n < POINTS; n++) {
        const double x = random_wide(&rng), y = (hr_rng_uniform(&rng) - 0.5) * 1.9;
        const long double want = powl((long double)x, (long double)y);
        const double relative = (double)fabsl((long double)hr_pow(x, y) / want - 1);
        const double limit = 1e-15 * (1 + fabs(y * log(x)));
        assert_true(relative <= limit);
    }
}

static void test_cos(void **state)
{
    (void)state;
    struct hr_rng rng = rng_of(101);
    for (int n = 0; n < POINTS; n++) {
        const double x = (hr_rng_uniform(&rng) - 0.5) * (n % 2 == 0 ? 2e6 : 20);
        assert_near(hr_cos(x), (double)cosl((long double)x), DBL_EPSILON);
    }
    assert_true(hr_cos(0) == 1);
}

/* The bits themselves: a compiler or processor that gives others changes every simulation. */
static void test_bits(void **state)
{
    (void)state;
    struct hr_rng rng = rng_of(7);
    uint64_t hash = 0;
    for (int n = 0; n < 100000; n++) {
        const double u = hr_rng_uniform(&rng), v = hr_rng_uniform(&rng);
        const double results[4] = { hr_log(u), hr_exp((v - 0.5) * 1400), hr_pow(u, v),
                                    hr_cos(1e6 * v) };
        for (int i = 0; i < 4; i++) {
            uint64_t bits;
            memcpy(&bits, &results[i], sizeof bits);
            hash = hr_hash_step(hash, bits);
        }
    }
    assert_int_equal(hash, UINT64_C(0x6812e91989345804));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_below_one_ulp),
        cmocka_unit_test(test_log_of_every_table_entry),
        cmocka_unit_test(test_special_arguments),
        cmocka_unit_test(test_pow),
        cmocka_unit_test(test_cos),
        cmocka_unit_test(test_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
