/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Queues whose clients give up, against sums over states and over a fine grid, and limits. */
#include "hr_test.h"

#include "unit/closed_forms.h"

#include <gsl/gsl_cdf.h>

static double impatient_latency(const void *ctx, double p)
{
    return hr_impatient_latency_s_quantile(ctx, p);
}

/* Erlang A by the shares of its birth-death chain: one that finds k >= c inside is served with
 * probability c mu / (c mu + j theta), j = k - c + 1, and then waits for exponentials of the rates
 * c mu + i theta, i = 1 .. j: exp(-theta wait) has the beta distribution (c mu / theta + 1, j). */
enum { STATES = 4000 };

static void check_erlang_a(double lambda, double mu, unsigned c, double theta, bool cut)
{
    const struct hr_impatient queue = { lambda,    mu,    c,
                                        1 / theta, false, cut ? HR_LEAVE_ANY : HR_LEAVE_QUEUE };
    const struct hr_queue_answer got = hr_impatient(&queue);
    const double rate = cut ? mu + theta : mu; /* at which a slot falls free */
    static double share[STATES];
    double sum = share[0] = 1;
    for (unsigned k = 1; k < STATES; k++)
        sum += share[k] =
            share[k - 1] * lambda / ((k < c ? k : c) * rate + (k > c ? (k - c) * theta : 0));
    const double t_wait = hr_impatient_wait_s_quantile(&queue, 0.9);
    double busy = 0, waiting = 0, begun = 0, wait = 0, waits = 0, beyond = 0;
    for (unsigned k = 0; k < STATES; k++) {
        const double p = share[k] / sum;
        busy += p * (k < c ? k : c);
        waiting += k > c ? p * (k - c) : 0;
        if (k < c) {
            begun += p;
            continue;
        }
        const unsigned j = k - c + 1;
        const double served = p * c * rate / (c * rate + j * theta);
        begun += served;
        waits += served;
        for (unsigned i = 1; i <= j && served > 1e-18; i++)
            wait += served / (c * rate + i * theta);
        if (served > 1e-14)
            beyond += served * gsl_cdf_beta_P(exp(-theta * t_wait), c * rate / theta + 1, j);
    }
    const double completed = begun * mu / (mu + theta);
    assert_like(got.utilization, busy / c, 1e-9);
    assert_like(got.queue_mean, waiting, 1e-8);
    assert_like(got.throughput, lambda * completed, 1e-9);
    assert_like(got.block_probability, 1 - completed, 1e-8);
    assert_like(got.wait_probability, waits / begun, 1e-8);
    assert_like(got.wait_s_mean, wait / begun, 1e-7);
    assert_like(got.latency_s_mean, wait / begun + 1 / (mu + theta), 1e-8);
    assert_like(got.number_mean, lambda * (1 - completed) / theta, 1e-8);
    if (t_wait > 0)
        assert_near(beyond / begun, 0.1, 1e-8);
    assert_like(mean_of_quantiles(impatient_latency, &queue), got.latency_s_mean, 2e-3);
}

static void test_erlang_a(void **state)
{
    (void)state;
    check_erlang_a(0.8, 1, 1, 0.3, false);
    check_erlang_a(11, 1, 10, 1.0 / 3, false);
    check_erlang_a(30, 2, 10, 0.05, false); /* far overloaded */
    check_erlang_a(5, 1, 10, 2, true);
    check_erlang_a(20, 1, 10, 0.5, true);
}

/* Sums over a fine grid of V: what arrivals with patience would meet, with nothing in common but
 * its density, for one server v(x) = lambda P(idle) exp(...) (Baccelli, Hebuterne 1981). */
static void check_mm1_d(double lambda, double mu, double deadline, enum hr_leaving leaving)
{
    const struct hr_impatient queue = { lambda, mu, 1, deadline, true, leaving };
    const struct hr_queue_answer got = hr_impatient(&queue);
    enum { STEPS = 400000 };
    const double t90 = hr_impatient_wait_s_quantile(&queue, 0.9);
    const double l90 = hr_impatient_latency_s_quantile(&queue, 0.9);
    const double h = deadline / STEPS;
    double mass = 0, wait = 0, done = 0, done_wait = 0, done_latency = 0, beyond_wait = 0,
           below_latency = 0, inside = 0;
    for (int i = 0; i < STEPS; i++) { /* of V, at the middles of the steps up to the deadline */
        const double x = (i + 0.5) * h, left = deadline - x;
        const double v = lambda * exp((lambda - mu) * x) * h;
        const double in_time = 1 - exp(-mu * left);
        mass += v;
        wait += v * x;
        done += v * in_time;
        done_wait += v * in_time * x;
        done_latency += v * (x * in_time + 1 / mu - (left + 1 / mu) * exp(-mu * left));
        beyond_wait += x > t90 ? v * in_time : 0;
        below_latency += x < l90 ? v * (1 - exp(-mu * (l90 - x))) : 0;
        inside += v * (x + in_time / mu);
    }
    const double edge = lambda * exp((lambda - mu) * deadline);
    const double late = edge / (leaving == HR_LEAVE_NEVER ? mu - lambda : mu);
    const double idle = 1 / (1 + mass + late), at_once = 1 - exp(-mu * deadline);
    const double completed = idle * (at_once + done);
    assert_like(got.throughput, lambda * completed, 1e-8);
    assert_like(got.block_probability, 1 - completed, 1e-7);
    assert_like(got.wait_probability, idle * done / completed, 1e-8);
    assert_like(got.wait_s_mean, idle * done_wait / completed, 1e-7);
    assert_like(got.latency_s_mean,
                idle * (1 / mu - (deadline + 1 / mu) * exp(-mu * deadline) + done_latency) /
                    completed,
                1e-7);
    assert_like(got.number_mean, lambda * idle * (at_once / mu + inside + deadline * late), 1e-7);
    if (leaving == HR_LEAVE_QUEUE) {
        assert_like(got.utilization, lambda * idle * (1 + mass) / mu, 1e-8);
        assert_like(got.queue_mean, lambda * idle * (wait + deadline * late), 1e-7);
    } else {
        assert_like(got.utilization, lambda / mu, 1e-12);
    }
    if (t90 > 0)
        assert_near(idle * beyond_wait / completed, 0.1, 1e-5);
    assert_near(idle * (1 - exp(-mu * l90) + below_latency) / completed, 0.9, 1e-5);
}

static void test_constant_patience(void **state)
{
    (void)state;
    check_mm1_d(0.8, 1, 2, HR_LEAVE_QUEUE);
    check_mm1_d(3, 1, 4, HR_LEAVE_QUEUE);
    check_mm1_d(1, 1, 4, HR_LEAVE_QUEUE); /* V is uniform */
    check_mm1_d(0.8, 1, 2, HR_LEAVE_NEVER);
}

/* Endless patience is none; of an M/M/1 in which nobody leaves, the latency is exponential. */
static void test_patience_limits(void **state)
{
    (void)state;
    const struct hr_queue_answer plain = hr_mmc(8, 1, 10);
    for (int constant = 0; constant < 2; constant++) {
        for (int leaving = HR_LEAVE_NEVER; leaving <= HR_LEAVE_ANY - constant; leaving++) {
            const struct hr_impatient queue = { 8, 1, 10, 1e9, constant, (enum hr_leaving)leaving };
            const struct hr_queue_answer got = hr_impatient(&queue);
            assert_like(got.wait_s_mean, plain.wait_s_mean, 1e-7);
            assert_like(got.latency_s_mean, plain.latency_s_mean, 1e-7);
            assert_like(got.number_mean, plain.number_mean, 1e-7);
            assert_like(got.queue_mean, plain.queue_mean, 1e-7);
            assert_like(got.wait_probability, plain.wait_probability, 1e-7);
            assert_near(got.block_probability, 0, 2e-9);
            for (size_t i = 0; i < N_SHARES; i++) {
                assert_near(hr_impatient_wait_s_quantile(&queue, shares[i]),
                            hr_mmc_wait_s_quantile(8, 1, 10, shares[i]), 1e-6);
                assert_near(hr_impatient_latency_s_quantile(&queue, shares[i]),
                            hr_mmc_latency_s_quantile(8, 1, 10, shares[i]), 1e-6);
            }
        }
    }
    const struct hr_impatient patient = { 0.8, 1, 1, 4, false, HR_LEAVE_NEVER };
    assert_like(hr_impatient(&patient).throughput, 0.8 * 0.2 / (0.2 + 0.25), 1e-9);
    const struct hr_impatient limited = { 0.8, 1, 1, 4, true, HR_LEAVE_NEVER };
    assert_like(hr_impatient(&limited).block_probability, exp(-0.2 * 4), 1e-9);
    const struct hr_impatient overload = { 2, 1, 1, 4, true, HR_LEAVE_NEVER };
    assert_true(isinf(hr_impatient(&overload).number_mean));
    assert_true(isinf(hr_impatient_wait_s_quantile(&overload, 0.5)));
    assert_true(isinf(hr_impatient_latency_s_quantile(&overload, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_erlang_a),
        cmocka_unit_test(test_constant_patience),
        cmocka_unit_test(test_patience_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
