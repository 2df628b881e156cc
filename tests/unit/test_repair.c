/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repair loops: shares however small, outages, the time to the first one. */
#include "hr_test.h"

#include "queueing/ctmc.h"
#include "queueing/queueing.h"
#include "queueing/repair.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* Equal but for a relative difference. */
#define assert_close(a, b, relative) assert_near(a, b, (relative)*fabs((double)(b)))

/* A ring of three states: shares are as mean stays. */
static void test_ctmc(void **state)
{
    (void)state;
    double rate[9] = { 0, 0.5, 0, 0, 0, 1e-9, 4e9, 0, 0 }, shares[3];
    hr_ctmc_shares(rate, 3, shares);
    const double all = 2 + 1e9 + 0.25e-9;
    assert_close(shares[0], 2 / all, 1e-15);
    assert_close(shares[1], 1e9 / all, 1e-15);
    assert_close(shares[2], 0.25e-9 / all, 1e-15);
    hr_ctmc_shares(rate, 1, shares);
    assert_true(shares[0] == 1);
}

static size_t state_of(unsigned down, unsigned j)
{
    return (size_t)down * (down + 1) / 2 + j;
}

/* The same loop as a chain on (down, starting), solved by elimination. Outages lead to all up at
 * once when `renew`. */
static double *chain_shares_new(const struct hr_repair_loop *loop, bool renew)
{
    const unsigned most = renew ? loop->n - loop->k : loop->n;
    const size_t n = state_of(most + 1, 0);
    double *rate = calloc(n * n, sizeof *rate), *shares = calloc(n, sizeof *shares);
    assert_true(rate != NULL && shares != NULL);
    for (unsigned down = 0; down <= most; down++) {
        for (unsigned j = 0; j <= down; j++) {
            double *from = &rate[state_of(down, j) * n];
            const unsigned at_work = down - j < loop->crews ? down - j : loop->crews;
            if (down < loop->n)
                from[down < most ? state_of(down + 1, j) : 0] += (loop->n - down) / loop->up_s;
            if (j < down)
                from[state_of(down, j + 1)] += at_work / loop->repair_s;
            if (j > 0)
                from[state_of(down - 1, j - 1)] += j / loop->startup_s;
        }
    }
    hr_ctmc_shares(rate, n, shares);
    free(rate);
    return shares;
}

static void test_product_form(void **state)
{
    (void)state;
    static const struct hr_repair_loop loops[] = {
        { .n = 6, .k = 4, .crews = 2, .up_s = 100, .repair_s = 7, .startup_s = 3 },
        { .n = 6, .k = 4, .crews = 6, .up_s = 100, .repair_s = 7, .startup_s = 3 },
        { .n = 9, .k = 3, .crews = 1, .up_s = 1e6, .repair_s = 2, .startup_s = 20 },
        { .n = 3, .k = 1, .crews = 1, .up_s = 1, .repair_s = 5, .startup_s = 0.1 },
    };
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
        const struct hr_repair_loop *loop = &loops[i];
        double *shares = hr_repair_shares_new(loop), *chain = chain_shares_new(loop, false);
        double outages = 0;
        for (unsigned down = 0; down <= loop->n; down++) {
            double sum = 0;
            for (unsigned j = 0; j <= down; j++)
                sum += chain[state_of(down, j)];
            assert_close(shares[loop->n - down], sum, 1e-12);
            if (down == loop->n - loop->k)
                outages = sum * loop->k / loop->up_s;
        }
        assert_close(hr_repair_answer(loop, shares).outages_per_s, outages, 1e-12);
        free(chain);
        chain = chain_shares_new(loop, true);
        double first = 0;
        for (unsigned j = 0; j <= loop->n - loop->k; j++)
            first += chain[state_of(loop->n - loop->k, j)] * loop->k / loop->up_s;
        assert_close(hr_repair_mttf_s(loop), 1 / first, 1e-12);
        free(chain);
        free(shares);
    }
}

/* Without start-up: the closed form of k out of n. */
static void test_k_out_of_n(void **state)
{
    (void)state;
    const struct hr_repair_loop loop = { .n = 20, .k = 19, .crews = 3, .up_s = 60, .repair_s = 5 };
    double *shares = hr_repair_shares_new(&loop);
    const struct hr_repair_answer answer = hr_repair_answer(&loop, shares);
    assert_close(1 - answer.unavailability, hr_kofn_availability(20, 19, 1.0 / 60, 0.2, 3), 1e-12);
    assert_close(answer.outage_s * answer.outages_per_s, answer.unavailability, 1e-15);
    free(shares);
}

/* Crews never short: binomial, down to the smallest numbers. 4 with 2 needed is METHODS' case. */
static void test_tiny_shares(void **state)
{
    (void)state;
    const double down = 1 / 10001.0;
    struct hr_repair_loop loop = {
        .n = 4, .k = 2, .crews = 4, .up_s = 1e4, .repair_s = 0.4, .startup_s = 0.6
    };
    double *shares = hr_repair_shares_new(&loop);
    const double exact = 4 * pow(down, 3) * (1 - down) + pow(down, 4);
    assert_close(hr_repair_answer(&loop, shares).unavailability, exact, 1e-12);
    assert_close(exact, 3.9985e-12, 1e-6);
    free(shares);

    loop = (struct hr_repair_loop){ .n = 60, .k = 1, .crews = 60, .up_s = 1e5, .repair_s = 1 };
    shares = hr_repair_shares_new(&loop);
    assert_close(hr_repair_answer(&loop, shares).unavailability, pow(1 / 100001.0, 60), 1e-11);
    assert_close(pow(1 / 100001.0, 60), 9.994e-301, 1e-3);
    free(shares);
}

static void test_first_outage(void **state)
{
    (void)state;
    struct hr_repair_loop loop = { .n = 1, .k = 1, .crews = 1, .up_s = 50, .repair_s = 3 };
    assert_close(hr_repair_mttf_s(&loop), 50, 1e-15);
    /* Two, one needed, rates f and r: (3 f + r) / (2 f^2). */
    loop = (struct hr_repair_loop){ .n = 2, .k = 1, .crews = 2, .up_s = 10, .repair_s = 0.5 };
    assert_close(hr_repair_mttf_s(&loop), (0.3 + 2) / 0.02, 1e-14);
    /* No repair to speak of: harmonic sum. */
    loop = (struct hr_repair_loop){ .n = 4, .k = 2, .crews = 1, .up_s = 12, .repair_s = 1e30 };
    assert_close(hr_repair_mttf_s(&loop), 12 * (1 / 4.0 + 1 / 3.0 + 1 / 2.0), 1e-14);
}

static void test_edges(void **state)
{
    (void)state;
    struct hr_repair_loop loop = { .n = 2, .k = 3, .crews = 2, .up_s = 10, .repair_s = 1 };
    double *shares = hr_repair_shares_new(&loop);
    struct hr_repair_answer answer = hr_repair_answer(&loop, shares);
    assert_close(answer.unavailability, 1, 1e-15);
    assert_true(answer.outages_per_s == 0 && isnan(answer.outage_s));
    assert_true(hr_repair_mttf_s(&loop) == 0);
    free(shares);
    /* Repair in no time: always up. */
    loop = (struct hr_repair_loop){ .n = 3, .k = 3, .crews = 1, .up_s = 10 };
    shares = hr_repair_shares_new(&loop);
    answer = hr_repair_answer(&loop, shares);
    assert_true(shares[3] == 1 && answer.unavailability == 0);
    assert_close(answer.outages_per_s, 0.3, 1e-15);
    free(shares);
    /* One crew and repairs of no length: only start-up counts. */
    loop = (struct hr_repair_loop){ .n = 3, .k = 1, .crews = 1, .up_s = 9, .startup_s = 1 };
    shares = hr_repair_shares_new(&loop);
    assert_close(shares[0], 1e-3, 1e-12);
    free(shares);
    /* Too many states for the chain. */
    loop = (struct hr_repair_loop){ 100, 1, 100, 1000, 1, 1 };
    assert_true(isnan(hr_repair_mttf_s(&loop)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ctmc),         cmocka_unit_test(test_product_form),
        cmocka_unit_test(test_k_out_of_n),   cmocka_unit_test(test_tiny_shares),
        cmocka_unit_test(test_first_outage), cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
