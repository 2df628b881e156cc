/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failure biasing against exact chains: unavailabilities that no plain simulation sees. */
#include "hr_test.h"

#include "queueing/ctmc.h"
#include "queueing/repair.h"
#include "study/failure_biasing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define Z_MAX      4.5
#define Z95        1.959963984540054
#define CYCLES_MAX 3000000

struct rare {
    const char *id;
    struct hr_repair_loop loop;
};

/* From 5e-3 down to 5e-21; crews short and not, start-up too. */
static const struct rare cases[] = {
    { "n5-k3-1e-8", { .n = 5, .k = 3, .crews = 5, .up_s = 1000, .repair_s = 1 } },
    { "n4-k2-4e-12", { .n = 4, .k = 2, .crews = 4, .up_s = 10000, .repair_s = 1 } },
    { "n5-k3-one-crew", { .n = 5, .k = 3, .crews = 1, .up_s = 1000, .repair_s = 1 } },
    { "n3-k2-one-crew", { .n = 3, .k = 2, .crews = 1, .up_s = 1e5, .repair_s = 1 } },
    { "n6-k4-startup",
      { .n = 6, .k = 4, .crews = 2, .up_s = 20000, .repair_s = 6, .startup_s = 3 } },
    { "n20-k15", { .n = 20, .k = 15, .crews = 20, .up_s = 864000, .repair_s = 300 } },
    { "n10-k5-two-crews", { .n = 10, .k = 5, .crews = 2, .up_s = 10000, .repair_s = 1 } },
    { "n20-k19-frequent", { .n = 20, .k = 19, .crews = 20, .up_s = 60, .repair_s = 0.32 } },
};

static bool check(const char *id, const char *what, const struct hr_estimate *e, double exact)
{
    const double half = e->hi - e->value, z = (e->value - exact) / half * Z95;
    const bool good =
        fabs(z) < Z_MAX && half <= 0.02 * e->value && fabs(e->value - exact) <= 0.02 * exact;
    print_message("%-18s %-14s %14.8g %14.8g  %+7.2f%% +-%.2f%% %+6.2f%s\n", id, what, exact,
                  e->value, 100 * (e->value / exact - 1), 100 * half / e->value, z,
                  good ? "" : "  MISSED");
    return good;
}

static struct hr_biasing_answer simulate(const struct hr_repair_loop *loop, bool naive)
{
    const struct hr_biasing_group group = { .n = loop->n,
                                            .k = loop->k,
                                            .up_s = loop->up_s,
                                            .repair_s = loop->repair_s,
                                            .startup_s = loop->startup_s };
    const struct hr_biasing_system system = { .groups = &group,
                                              .n_groups = 1,
                                              .crews = loop->crews,
                                              .seed = 1,
                                              .entity = 7,
                                              .precision = 0.01,
                                              .cycles_max = CYCLES_MAX,
                                              .naive = naive };
    return hr_failure_biasing(&system);
}

static void test_against_chains(void **state)
{
    (void)state;
    unsigned missed = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct hr_repair_loop *loop = &cases[i].loop;
        double *shares = hr_repair_shares_new(loop);
        const struct hr_biasing_answer answer = simulate(loop, false);
        missed += !check(cases[i].id, "unavailability", &answer.unavailability,
                         hr_repair_answer(loop, shares).unavailability);
        missed += !check(cases[i].id, "mttf", &answer.mttf_s, hr_repair_mttf_s(loop));
        free(shares);
    }
    assert_int_equal(missed, 0);
}

/* The same cycles without the bias: at 1e-8 next to nothing, at 4e-12 nothing at all; and what can
 * be seen is right. */
static void test_naive(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct hr_biasing_answer naive = simulate(&cases[i].loop, true);
        assert_int_equal(naive.unavailability.n, CYCLES_MAX);
        assert_true(isnan(naive.unavailability.value));
        assert_string_equal(naive.unavailability.why, "too few cycles showed an outage");
    }
    const struct rare *frequent = &cases[7];
    double *shares = hr_repair_shares_new(&frequent->loop);
    const struct hr_biasing_answer naive = simulate(&frequent->loop, true);
    assert_true(check("naive", "unavailability", &naive.unavailability,
                      hr_repair_answer(&frequent->loop, shares).unavailability));
    free(shares);
}

/*
 * Two groups that share crews, with unlike failure rates and the same repair rate: first come first
 * served then has the same shares as choosing at random among those down (product form), which is a
 * chain on the numbers down.
 */
static double two_groups_unavailability(const struct hr_biasing_group g[2], unsigned crews)
{
    const size_t width = g[1].n + 1u, n = (g[0].n + 1u) * width;
    double *rate = calloc(n * n, sizeof *rate), *shares = calloc(n, sizeof *shares);
    assert_true(rate != NULL && shares != NULL);
    for (unsigned a = 0; a <= g[0].n; a++) {
        for (unsigned b = 0; b <= g[1].n; b++) {
            const size_t s = a * width + b;
            const double at_work = a + b < crews ? 1 : (double)crews / (a + b);
            if (a < g[0].n)
                rate[s * n + s + width] = (g[0].n - a) / g[0].up_s;
            if (b < g[1].n)
                rate[s * n + s + 1] = (g[1].n - b) / g[1].up_s;
            if (a > 0)
                rate[s * n + s - width] = a * at_work / g[0].repair_s;
            if (b > 0)
                rate[s * n + s - 1] = b * at_work / g[1].repair_s;
        }
    }
    hr_ctmc_shares(rate, n, shares);
    double out = 0;
    for (unsigned a = 0; a <= g[0].n; a++) {
        for (unsigned b = 0; b <= g[1].n; b++) {
            if (g[0].n - a < g[0].k || g[1].n - b < g[1].k)
                out += shares[a * width + b];
        }
    }
    free(rate);
    free(shares);
    return out;
}

static void test_shared_crews(void **state)
{
    (void)state;
    static const struct hr_biasing_group pairs[][2] = {
        { { .n = 4, .k = 2, .up_s = 2000, .repair_s = 1 },
          { .n = 3, .k = 2, .up_s = 1e6, .repair_s = 1 } },
        { { .n = 8, .k = 4, .up_s = 1e4, .repair_s = 1 },
          { .n = 2, .k = 1, .up_s = 1e7, .repair_s = 1 } },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct hr_biasing_system system = { .groups = pairs[i],
                                                  .n_groups = 2,
                                                  .crews = 2,
                                                  .seed = 1,
                                                  .entity = i,
                                                  .precision = 0.01,
                                                  .cycles_max = CYCLES_MAX };
        const struct hr_biasing_answer answer = hr_failure_biasing(&system);
        assert_true(check("two groups", "unavailability", &answer.unavailability,
                          two_groups_unavailability(pairs[i], 2)));
    }
}

/* Never all up, so no cycle ends: it says so and stops. */
static void test_no_cycles(void **state)
{
    (void)state;
    const struct hr_repair_loop loop = {
        .n = 1000, .k = 700, .crews = 1000, .up_s = 1, .repair_s = 1
    };
    const struct hr_biasing_answer answer = simulate(&loop, false);
    assert_true(isnan(answer.unavailability.value) && isnan(answer.mttf_s.value));
    assert_non_null(strstr(answer.mttf_s.why, "hardly ever"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_chains),
        cmocka_unit_test(test_naive),
        cmocka_unit_test(test_shared_crews),
        cmocka_unit_test(test_no_cycles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
