/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closed forms against sums over the states of their chains, series, limits and each other. (Those
 * of the oracle's cases stand in tests/oracle/test_queueing.c.) */
#include "hr_test.h"

#include "queueing/solve.h"
#include "unit/closed_forms.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>

static double log_normal_density(const void *ctx, double x)
{
    const double *law = ctx; /* mean, standard deviation */
    return -0.5 * (x - law[0]) * (x - law[0]) / (law[1] * law[1]);
}

static double log_gamma_density(const void *ctx, double x)
{
    return *(const double *)ctx * log(x) - x;
}

static void test_log_integral(void **state)
{
    (void)state;
    const double root = sqrt(2 * acos(-1));
    const double near[] = { 3, 0.5 }, far[] = { 1e6, 1e-3 };
    assert_near(hr_log_integral(log_normal_density, near, -10, 20, 1), log(0.5 * root), 1e-13);
    assert_near(hr_log_integral(log_normal_density, far, 0, HUGE_VAL, 1), log(1e-3 * root), 1e-9);
    assert_near(hr_log_integral(log_normal_density, near, 3, 4, 1),
                log(0.5 * root * (gsl_cdf_ugaussian_P(2) - 0.5)), 1e-13);
    assert_true(isinf(hr_log_integral(log_normal_density, near, 4, 4, 1)));
    for (double k = 1; k < 300; k *= 3)
        for (double scale = 1e-6; scale < 1e7; scale *= 1e6)
            assert_near(hr_log_integral(log_gamma_density, &k, 0, HUGE_VAL, scale), lgamma(k + 1),
                        1e-8 * fmax(1, lgamma(k + 1)));
}

static double complex decay_transform(const void *ctx, double complex s)
{
    return 1 / (s + *(const double *)ctx);
}

static void test_laplace_inversion(void **state)
{
    (void)state;
    for (double rate = 1e-3; rate < 1e4; rate *= 10)
        for (double t = 0.01 / rate; t < 20 / rate; t *= 2)
            assert_near(hr_laplace_invert(decay_transform, &rate, t, 20), exp(-rate * t), 2e-9);
}

/* The classical series of M/D/1, which alternates but is good for short waits (Erlang 1909). */
static double md1_share(double load, double t)
{
    double sum = 0, factor = 1;
    for (int k = 0; k <= (int)t; k++) {
        const double y = load * (t - k);
        factor = 1;
        for (int i = 1; i <= k; i++)
            factor *= -y / i;
        sum += factor * exp(y);
    }
    return (1 - load) * sum;
}

static void test_md1(void **state)
{
    (void)state;
    static const double loads[] = { 0.05, 0.3, 0.7, 0.9 };
    for (size_t l = 0; l < 4; l++) {
        for (double p = 0.05; p < 0.95; p += 0.05) {
            const double t = hr_md1_wait_s_quantile(loads[l] / 0.02, 0.02, p) / 0.02;
            if (t > 8)
                break;
            if (p > 1 - loads[l] + 1e-9)
                assert_near(md1_share(loads[l], t), p, 1e-9);
            else if (p < 1 - loads[l] - 1e-9)
                assert_true(t == 0);
        }
    }
    /* A far tail is exponential: equal steps of t for equal factors. */
    const double a = hr_md1_wait_s_quantile(0.9, 1, 1 - 1e-4),
                 b = hr_md1_wait_s_quantile(0.9, 1, 1 - 1e-6),
                 c = hr_md1_wait_s_quantile(0.9, 1, 1 - 1e-8);
    assert_like(c - b, b - a, 1e-6);
    /* In heavy traffic the wait is exponential of the Pollaczek-Khinchine mean. */
    assert_like(hr_md1_wait_s_quantile(0.9999, 1, 0.99), log(100) * 0.5 / 1e-4, 1e-3);
    assert_true(isinf(hr_md1_wait_s_quantile(1, 1, 0.5)));
    assert_true(isnan(hr_md1_wait_s_quantile(1 - 1e-9, 1, 0.5)));
}

/* A law by its spec, with its transform. */
struct law {
    struct hr_dist_spec spec;
    struct hr_dist dist;
    struct hr_law law;
};

static bool law_init(struct law *law, int kind, double cv)
{
    law->spec = (struct hr_dist_spec){
        .kind = kind, .mean = HR_NS_PER_S, .cv = cv, .phases = 1, .max = HR_TIME_NEVER, .shape = 3
    };
    hr_dist_init(&law->dist, &law->spec);
    return hr_law_init(&law->law, &law->dist);
}

static void law_fini(struct law *law)
{
    hr_law_fini(&law->law);
    hr_dist_fini(&law->dist);
}

/* Each of them is the exponential under another name, and so the queue an M/M/1. */
static void test_mg1_of_exponentials(void **state)
{
    (void)state;
    static const int kinds[] = { HR_DIST_EXPONENTIAL, HR_DIST_ERLANG, HR_DIST_GAMMA,
                                 HR_DIST_WEIBULL, HR_DIST_HYPEREXPONENTIAL };
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        struct law law;
        assert_true(law_init(&law, kinds[k], 1));
        const struct hr_mxg1_queue queue = { 0.8, 1, false, &law.law, 1 };
        for (size_t i = 0; i < N_SHARES; i++) {
            const double wait = hr_mmc_wait_s_quantile(0.8, 1, 1, shares[i]);
            const double latency = hr_mmc_latency_s_quantile(0.8, 1, 1, shares[i]);
            assert_like(hr_mxg1_wait_s_quantile(&queue, shares[i]), wait, 2e-7);
            assert_like(hr_mxg1_latency_s_quantile(&queue, shares[i]), latency, 2e-7);
        }
        assert_true(hr_mxg1_wait_s_quantile(&queue, 0.1) == 0);
        law_fini(&law);
    }
}

static double mg1_wait(const void *ctx, double p)
{
    return hr_mxg1_wait_s_quantile(ctx, p);
}

static double mg1_latency(const void *ctx, double p)
{
    return hr_mxg1_latency_s_quantile(ctx, p);
}

/* The mean of the quantiles is the mean wait of Pollaczek and Khinchine; nearly constant service
 * needs more terms. */
static void test_mg1_quantiles_have_the_mean(void **state)
{
    (void)state;
    struct law law;
    assert_true(law_init(&law, HR_DIST_GAMMA, 0.1));
    const struct hr_mxg1_queue queue = { 0.7, 1, false, &law.law, 1 };
    const struct hr_queue_answer mean = hr_mg1(0.7, 1, 0.01);
    assert_like(mean_of_quantiles(mg1_wait, &queue), mean.wait_s_mean, 2e-3);
    assert_like(mean_of_quantiles(mg1_latency, &queue), mean.latency_s_mean, 2e-3);
    law_fini(&law);
}

/* Lognormal service, squared cv 5, load 0.75 (oracle case mln1-5): the wait is a geometric sum of
 * residual services. Panjer's recursion on grids of 1/200 and 1/400 s, extrapolated, gives the
 * median. */
static void test_mg1_of_lognormals(void **state)
{
    (void)state;
    struct law law;
    assert_true(law_init(&law, HR_DIST_LOGNORMAL, sqrt(5)));
    const struct hr_mxg1_queue queue = { 0.75, 1, false, &law.law, 1 };
    assert_near(hr_mxg1_wait_s_quantile(&queue, 0.5), 2.78974936, 5e-8);
    law_fini(&law);
}

/* E exp(-s X) by the midpoint rule over X's own scale. */
static double complex transform_by_sum(const struct hr_dist *dist, double complex s)
{
    enum { STEPS = 200000 };
    double complex sum = 0;
    double mass = 0;
    for (int i = 0; i < STEPS; i++) {
        const double y = -40 + 60 * (i + 0.5) / STEPS; /* log of X / 1 s */
        const double x = exp(y);
        double density; /* of y, up to a factor */
        if (dist->kind == HR_DIST_LOGNORMAL)
            density = exp(-0.5 * pow((y + log(1e9) - dist->a) / dist->b, 2));
        else if (dist->kind == HR_DIST_WEIBULL)
            density =
                exp((y + log(1e9 / dist->b)) / dist->a - exp((y + log(1e9 / dist->b)) / dist->a));
        else
            density = x * exp(-0.5 * pow((1e9 * x - dist->a) / dist->b, 2));
        mass += density;
        sum += density * cexp(-s * x);
    }
    return sum / mass;
}

static void test_transforms(void **state)
{
    (void)state;
    static const struct {
        int kind;
        double cv;
    } laws[] = { { HR_DIST_LOGNORMAL, 0.3 }, { HR_DIST_LOGNORMAL, 3 }, { HR_DIST_WEIBULL, 0.5 },
                 { HR_DIST_WEIBULL, 2 },     { HR_DIST_NORMAL, 0.2 },  { HR_DIST_NORMAL, 0.8 } };
    const double complex at[] = { 0.01, 1, 30, 0.1 + (double complex)I,
                                  2 + 20 * (double complex)I };
    for (size_t k = 0; k < sizeof laws / sizeof laws[0]; k++) {
        struct law law;
        assert_true(law_init(&law, laws[k].kind, laws[k].cv));
        for (size_t i = 0; i < sizeof at / sizeof at[0]; i++) {
            const double complex got = hr_law_transform(&law.law, at[i]);
            assert_near(cabs(got - transform_by_sum(&law.dist, at[i])), 0, 1e-9);
        }
        law_fini(&law);
    }
}

static void test_laws_without_a_transform(void **state)
{
    (void)state;
    static const struct {
        int kind;
        double cv;
    } laws[] = { { HR_DIST_CONSTANT, 0 },
                 { HR_DIST_PARETO, 0 },
                 { HR_DIST_UNIFORM, 0 },
                 { HR_DIST_LOGNORMAL, 0.001 } };
    for (size_t k = 0; k < sizeof laws / sizeof laws[0]; k++) {
        struct law law;
        assert_false(law_init(&law, laws[k].kind, laws[k].cv));
        hr_dist_fini(&law.dist);
    }
    /* A mixture is as good as its parts. */
    struct hr_dist_spec part = { .kind = HR_DIST_EXPONENTIAL, .mean = HR_NS_PER_S };
    struct hr_dist_spec other = { .kind = HR_DIST_LOGNORMAL, .mean = HR_NS_PER_S, .cv = 2 };
    struct hr_dist_component components[] = { { 1, &part }, { 3, &other } };
    const struct hr_dist_spec mixture = { .kind = HR_DIST_MIXTURE,
                                          .components = { components, 2 } };
    struct hr_dist dist;
    struct hr_law law;
    hr_dist_init(&dist, &mixture);
    assert_true(hr_law_init(&law, &dist));
    assert_near(creal(hr_law_transform(&law, 0)), 1, 1e-12);
    assert_near((1 - creal(hr_law_transform(&law, 1e-7))) / 1e-7, 1, 1e-5);
    hr_law_fini(&law);
    hr_dist_fini(&dist);
    other.kind = HR_DIST_CONSTANT;
    hr_dist_init(&dist, &mixture);
    assert_false(hr_law_init(&law, &dist));
    hr_dist_fini(&dist);
}

/* With geometric batches the wait of those who wait is exponential, as the number ahead of a
 * request is geometric once it is not 0. */
static void test_batches(void **state)
{
    (void)state;
    struct law law;
    assert_true(law_init(&law, HR_DIST_EXPONENTIAL, 1));
    const struct hr_mxg1_queue geometric = { 0.1, 5, true, &law.law, 1 };
    const struct hr_queue_answer mean = hr_mxm1(0.1, 5, 45, 1);
    const double waits = mean.wait_probability;
    for (size_t i = 0; i < N_SHARES; i++) {
        const double beyond = 1 - shares[i];
        assert_near(hr_mxg1_wait_s_quantile(&geometric, shares[i]),
                    fmax(0, mean.wait_s_mean / waits * log(waits / beyond)), 1e-5);
    }
    law_fini(&law);
    /* Constant service in constant batches: the batch is an M/D/1 customer of the sum, and the
     * members of a batch wait (m - 1) / 2 services for each other. */
    assert_like(hr_mxg1(0.2, 3, 9, 1, 0).wait_s_mean, hr_mg1(0.2, 3, 0).wait_s_mean + 1, 1e-12);
    assert_true(isinf(hr_mxg1(0.5, 2, 4, 1, 1).wait_s_mean));
}

/* Latency of accepted requests of an M/M/c/K by its convolution: after the wait of j Erlang stages
 * of rate r = c mu the request itself is there with e^(-mu t) (r / (r - mu))^j P(j, (r - mu) t). */
static double limited_latency(double lambda, double mu, unsigned c, unsigned capacity, double p)
{
    struct hr_stages stages;
    hr_mmck_stages_init(&stages, lambda, mu, c, capacity);
    const double t = hr_stages_latency_s_quantile(&stages, p);
    hr_stages_fini(&stages);
    return t;
}

static void test_limited_latency(void **state)
{
    (void)state;
    const double lambda = 4, mu = 1;
    const unsigned c = 3, capacity = 9;
    double share[10] = { 1 }, sum = 1;
    for (unsigned k = 1; k < capacity; k++)
        sum += share[k] = share[k - 1] * lambda / (mu * (k < c ? k : c));
    for (size_t i = 0; i < N_SHARES; i++) {
        const double t = limited_latency(lambda, mu, c, capacity, shares[i]);
        double beyond = 0;
        for (unsigned k = 0; k < capacity; k++) {
            const unsigned j = k < c ? 0 : k - c + 1;
            const double r = c * mu;
            const double waiting = j == 0 ? 0 : gsl_sf_gamma_inc_Q(j, r * t);
            const double serving =
                j == 0 ? exp(-mu * t)
                       : exp(-mu * t) * pow(r / (r - mu), j) * gsl_sf_gamma_inc_P(j, (r - mu) * t);
            beyond += share[k] / sum * (waiting + serving);
        }
        assert_near(beyond, 1 - shares[i], 1e-11);
    }
    /* One server: one stage more than are inside. Room that is never full: M/M/c. */
    const double t = limited_latency(0.9, 1, 1, 2, 0.9);
    assert_near((exp(-t) + 0.9 * exp(-t) * (1 + t)) / 1.9, 0.1, 1e-12);
    assert_like(limited_latency(8, 1, 10, 3000, 0.999), hr_mmc_latency_s_quantile(8, 1, 10, 0.999),
                1e-9);
    /* A long queue that is always full: nearly a constant wait. */
    assert_like(hr_mmck_wait_s_quantile(2, 1, 1, 100001, 0.5), 1e5, 1e-4);
}

static void test_closed_loop(void **state)
{
    (void)state;
    /* A lone client meets nobody; of two the other is there with rho / (1 + rho). */
    struct hr_stages stages;
    hr_closed_stages_init(&stages, 1, 5, 2, 1);
    assert_like(hr_stages_latency_s_quantile(&stages, 0.9), log(10) / 2, 1e-12);
    assert_true(hr_stages_wait_s_quantile(&stages, 0.9) == 0);
    hr_stages_fini(&stages);
    const double there = 0.2 / 1.2;
    hr_closed_stages_init(&stages, 2, 5, 1, 1);
    assert_like(hr_stages_wait_s_quantile(&stages, 0.95), log(there / 0.05), 1e-10);
    const double t = hr_stages_latency_s_quantile(&stages, 0.95);
    assert_near((1 - there) * exp(-t) + there * exp(-t) * (1 + t), 0.05, 1e-12);
    hr_stages_fini(&stages);
    /* Many clients that think for long are Poisson. */
    hr_closed_stages_init(&stages, 800000, 1e5, 1, 10);
    assert_like(hr_stages_wait_s_quantile(&stages, 0.99), hr_mmc_wait_s_quantile(8, 1, 10, 0.99),
                1e-3);
    hr_stages_fini(&stages);
}

static double shared_latency(const void *ctx, double p)
{
    (void)ctx;
    return hr_mm1_ps_latency_s_quantile(0.8, 1, p);
}

static void test_sharing(void **state)
{
    (void)state;
    /* Whole cores are servers, one core the single server, half a core a slower one. */
    assert_like(hr_mgc_ps(8, 1, 10).number_mean, hr_mmc(8, 1, 10).number_mean, 1e-12);
    assert_like(hr_mgc_ps(0.4, 1, 0.5).latency_s_mean, 2 / 0.2, 1e-12);
    assert_like(hr_mg1_ps(0.8, 1).latency_s_mean, 5, 1e-12);
    assert_true(isinf(hr_mgc_ps(2.5, 1, 2.5).latency_s_mean));
    /* 2.5 cores by the sum over the states. */
    double share = 1, sum = 1, number = 0;
    for (int n = 1; n < 2000; n++) {
        share *= 2 / fmin(n, 2.5);
        sum += share;
        number += n * share;
    }
    assert_like(hr_mgc_ps(2, 1, 2.5).number_mean, number / sum, 1e-12);
    /* Alone, a request takes its service; the mean of the quantiles is the mean. */
    assert_like(hr_mm1_ps_latency_s_quantile(1e-9, 2, 0.99), 2 * log(100), 1e-7);
    assert_like(mean_of_quantiles(shared_latency, NULL), 5, 2e-3);
    assert_true(isinf(hr_mm1_ps_latency_s_quantile(1, 1, 0.5)));
}

static double law_at(const void *ctx, double s)
{
    return creal(hr_law_transform(ctx, s / 0.8));
}

static void test_renewal_by_transform(void **state)
{
    (void)state;
    struct law law;
    assert_true(law_init(&law, HR_DIST_GAMMA, 2));
    assert_near(hr_gm1_sigma(law_at, &law.law, 0.8, 1), hr_gm1_sigma_gamma(0.8, 2, 1), 1e-12);
    law_fini(&law);
    assert_true(law_init(&law, HR_DIST_WEIBULL, 1));
    assert_near(hr_gm1_sigma(law_at, &law.law, 0.8, 1), 0.8, 1e-7);
    assert_true(hr_gm1_sigma(law_at, &law.law, 1, 1) == 1);
    law_fini(&law);
}

static void test_approximations(void **state)
{
    (void)state;
    /* Exact for Poisson arrivals with one server or exponential service. */
    assert_like(hr_ggc(8, 1, 1, 1, 10).wait_s_mean, hr_mmc(8, 1, 10).wait_s_mean, 1e-14);
    assert_like(hr_ggc(0.8, 1, 1, 0.36, 1).wait_s_mean, hr_mg1(0.8, 1, 0.36).wait_s_mean, 1e-14);
    const struct hr_queue_answer mm10 = hr_ggc(8, 1, 1, 1, 10);
    assert_like(hr_ggc_wait_s_quantile(&mm10, 0.99), hr_mmc_wait_s_quantile(8, 1, 10, 0.99), 1e-12);
    /* Near G/M/1, and the M/D/2 and M/E2/4 of the oracle. */
    assert_like(hr_ggc(0.8, 0.5, 1, 1, 1).wait_s_mean, 2.843979766989917, 0.03);
    assert_like(hr_ggc(0.9, 0, 1, 1, 1).wait_s_mean, 4.17865942214984, 0.03);
    assert_like(hr_ggc(1.6, 1, 1, 0, 2).wait_s_mean, 0.9032838794129543, 0.03);
    assert_like(hr_ggc(3.4, 1, 1, 0.5, 4).wait_s_mean, 0.8710207840804178, 0.03);
    const struct hr_queue_answer over = hr_ggc(2, 1, 1, 1, 2);
    assert_true(isinf(over.wait_s_mean) && isinf(hr_ggc_wait_s_quantile(&over, 0.5)));
}

static void test_mean_up(void **state)
{
    (void)state;
    /* Oracle case kofn-1; and the sum of P(at least k up). */
    assert_near(hr_kofn_mean_up(3, 0.002, 0.1, 1), 2.9388732436787497, 1e-13);
    double sum = 0;
    for (unsigned k = 1; k <= 20; k++)
        sum += hr_kofn_availability(20, k, 0.01, 0.1, 2);
    assert_near(hr_kofn_mean_up(20, 0.01, 0.1, 2), sum, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_integral),
        cmocka_unit_test(test_laplace_inversion),
        cmocka_unit_test(test_md1),
        cmocka_unit_test(test_mg1_of_exponentials),
        cmocka_unit_test(test_mg1_quantiles_have_the_mean),
        cmocka_unit_test(test_mg1_of_lognormals),
        cmocka_unit_test(test_transforms),
        cmocka_unit_test(test_laws_without_a_transform),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_limited_latency),
        cmocka_unit_test(test_closed_loop),
        cmocka_unit_test(test_sharing),
        cmocka_unit_test(test_renewal_by_transform),
        cmocka_unit_test(test_approximations),
        cmocka_unit_test(test_mean_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
