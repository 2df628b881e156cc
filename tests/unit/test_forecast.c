/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forecasts: steps worked by hand, and series that a right model forecasts exactly. */
#include "hr_test.h"

#include "stats/forecast.h"

static void observe_all(struct hr_holt_winters *model, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hr_holt_winters_observe(model, values[i]);
}

static void test_before_a_first_period(void **state)
{
    (void)state;
    struct hr_holt_winters model;
    struct hr_seasonal seasonal;
    hr_holt_winters_init(&model, 4, (struct hr_smoothing){ 0.5, 0.5, 0.5 }, false);
    hr_seasonal_init(&seasonal, 4, 3);
    observe_all(&model, (const double[]){ 3, 8 }, 2);
    hr_seasonal_observe(&seasonal, 3);
    hr_seasonal_observe(&seasonal, 8);
    assert_near(hr_holt_winters_forecast(&model, 1), 8, 0);
    assert_near(hr_seasonal_forecast(&seasonal, 1, 0.5), 8, 0);
    assert_near(hr_seasonal_forecast(&seasonal, 3, 0.5), 3, 0); /* that step was seen */
    hr_holt_winters_fini(&model);
    hr_seasonal_fini(&seasonal);
}

/*
 * Period 2, values 10 and 30: level 20, seasons -10 and 10. Then 14, with weights 0.5 (level), 0.25
 * (trend), 0.5 (season): level 0.5 (14 + 10) + 0.5 * 20 = 22, season 0.5 (14 - 20) + 0.5 (-10) =
 * -8, trend 0.25 * 2 = 0.5. Ahead 1: 22 + 0.5 + 10; ahead 2: 22 + 1 - 8; ahead 3: 22 + 1.5 + 10.
 */
static void test_an_added_season_step_by_step(void **state)
{
    (void)state;
    struct hr_holt_winters model;
    hr_holt_winters_init(&model, 2, (struct hr_smoothing){ 0.5, 0.25, 0.5 }, false);
    observe_all(&model, (const double[]){ 10, 30 }, 2);
    assert_near(hr_holt_winters_forecast(&model, 1), 10, 0);
    assert_near(hr_holt_winters_forecast(&model, 2), 30, 0);
    hr_holt_winters_observe(&model, 14);
    assert_near(hr_holt_winters_forecast(&model, 1), 32.5, 0);
    assert_near(hr_holt_winters_forecast(&model, 2), 15, 0);
    assert_near(hr_holt_winters_forecast(&model, 3), 33.5, 0);
    hr_holt_winters_fini(&model);
}

/*
 * The same, multiplied: level 20, seasons 0.5 and 1.5. Then 15: level 0.5 (15 / 0.5) + 0.5 * 20 =
 * 25, season 0.5 (15 / 20) + 0.5 * 0.5 = 0.625, trend 0.25 * 5 = 1.25. Ahead 1: 26.25 * 1.5; ahead
 * 2: 27.5 * 0.625.
 */
static void test_a_multiplied_season_step_by_step(void **state)
{
    (void)state;
    struct hr_holt_winters model;
    hr_holt_winters_init(&model, 2, (struct hr_smoothing){ 0.5, 0.25, 0.5 }, true);
    observe_all(&model, (const double[]){ 10, 30, 15 }, 3);
    assert_near(hr_holt_winters_forecast(&model, 1), 39.375, 1e-12);
    assert_near(hr_holt_winters_forecast(&model, 2), 17.1875, 1e-12);
    hr_holt_winters_fini(&model);
}

/* A zero in the first period: the season is added. One later on: nothing is divided by it. */
static void test_zeros(void **state)
{
    (void)state;
    struct hr_holt_winters model;
    hr_holt_winters_init(&model, 2, (struct hr_smoothing){ 0.5, 0.5, 0.5 }, true);
    observe_all(&model, (const double[]){ 0, 10 }, 2);
    assert_false(model.multiplicative);
    hr_holt_winters_fini(&model);
    hr_holt_winters_init(&model, 2, (struct hr_smoothing){ 1, 0, 1 }, true);
    observe_all(&model, (const double[]){ 5, 10, 0, 10, 5, 10 }, 6);
    assert_true(isfinite(hr_holt_winters_forecast(&model, 1)));
    assert_true(isfinite(hr_holt_winters_forecast(&model, 2)));
    hr_holt_winters_fini(&model);
}

/* A line with a saw on it satisfies the model's equations: from any start the errors die out, as
 * they do for weights within (0, 1), and what is forecast comes. */
static void test_a_line_with_a_season_is_learned(void **state)
{
    (void)state;
    enum { PERIOD = 4, N = 400 };
    static const double saw[PERIOD] = { -3, 1, 5, -3 };
    struct hr_holt_winters model;
    hr_holt_winters_init(&model, PERIOD, (struct hr_smoothing){ 0.3, 0.2, 0.3 }, false);
    for (int i = 0; i < N; i++)
        hr_holt_winters_observe(&model, 100 + 0.5 * i + saw[i % PERIOD]);
    for (int ahead = 1; ahead <= 9; ahead++) {
        const int i = N + ahead - 1;
        assert_near(hr_holt_winters_forecast(&model, (size_t)ahead),
                    100 + 0.5 * i + saw[i % PERIOD], 1e-6);
    }
    hr_holt_winters_fini(&model);
}

/*
 * Period 2, of which 3 are remembered. Steps of even number: 1, 9, 5, 7; odd: 4, 4, 6. The 1 has
 * been forgotten: of 5, 7, 9 the share of at least 0.5 does not exceed 7, of 0.3 it is 5, of 1 it
 * is 9.
 */
static void test_seasonal_quantiles(void **state)
{
    (void)state;
    static const double values[] = { 1, 4, 9, 4, 5, 6, 7 };
    struct hr_seasonal model;
    hr_seasonal_init(&model, 2, 3);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        hr_seasonal_observe(&model, values[i]);
    assert_near(hr_seasonal_forecast(&model, 2, 0.5), 7, 0);
    assert_near(hr_seasonal_forecast(&model, 2, 0.3), 5, 0);
    assert_near(hr_seasonal_forecast(&model, 4, 1), 9, 0);
    assert_near(hr_seasonal_forecast(&model, 1, 0.6), 4, 0);
    assert_near(hr_seasonal_forecast(&model, 1, 0.7), 6, 0);
    hr_seasonal_fini(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_before_a_first_period),
        cmocka_unit_test(test_an_added_season_step_by_step),
        cmocka_unit_test(test_a_multiplied_season_step_by_step),
        cmocka_unit_test(test_zeros),
        cmocka_unit_test(test_a_line_with_a_season_is_learned),
        cmocka_unit_test(test_seasonal_quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
