/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predictive scaling: replicas are due before the load that they are for. */
#include "hr_test.h"

#include "autoscale/predictive.h"

#define MINUTE (60 * HR_NS_PER_S)

/* A day of six steps of ten minutes: low, low, low, high, high, low. One replica bears 10. */
static const double day[] = { 20, 20, 20, 90, 90, 20 };

static struct hr_predictive_config config_of(enum hr_predictor predictor, hr_time lead)
{
    return (struct hr_predictive_config){
        .predictor = predictor,
        .step = 10 * MINUTE,
        .season = 60 * MINUTE,
        .lead = lead,
        .capacity = 10,
        .smoothing = { 0.5, 0, 0.5 },
        .quantile = 0.9,
        .seasons = 4,
        .replicas_min = 1,
        .replicas_max = 100,
    };
}

/* Decisions after each step of the third day, two having passed. */
static void assert_day(enum hr_predictor predictor, hr_time lead, const int64_t *expected)
{
    const struct hr_predictive_config config = config_of(predictor, lead);
    struct hr_predictive predictive;
    hr_predictive_init(&predictive, &config);
    for (int i = 0; i < 18; i++) {
        hr_predictive_observe(&predictive, day[i % 6]);
        if (i >= 12)
            assert_int_equal(hr_predictive_decide(&predictive), expected[i - 12]);
    }
    hr_predictive_fini(&predictive);
}

/*
 * The high load begins 30 minutes into the day, at the end of the third step, and lasts 20 minutes.
 * A replica that starts in 10 minutes is due when the second step ends; a decision reaches until
 * the next one takes effect, so it must cover 2 steps: after steps 2 (ahead: 20, 90), 3, 4 and 5
 * (its own load) there are 9 replicas, else 2. A series that repeats itself leaves Holt-Winters as
 * it is.
 */
static void test_ten_minutes_ahead(void **state)
{
    (void)state;
    static const int64_t expected[] = { 2, 9, 9, 9, 9, 2 };
    assert_day(HR_PREDICT_HOLT_WINTERS, 10 * MINUTE, expected);
    assert_day(HR_PREDICT_SEASONAL_QUANTILE, 10 * MINUTE, expected);
}

/* Start-up times between steps: 11 minutes reach into one step more, 0 only over the next step. */
static void test_the_lead_is_rounded_up(void **state)
{
    (void)state;
    assert_day(HR_PREDICT_SEASONAL_QUANTILE, 11 * MINUTE, (const int64_t[]){ 9, 9, 9, 9, 9, 2 });
    assert_day(HR_PREDICT_SEASONAL_QUANTILE, 0, (const int64_t[]){ 2, 2, 9, 9, 9, 2 });
}

/* Quotients of 3 in real numbers, which in double may be a trace more: each is 3 replicas. */
static void test_traces_of_rounding(void **state)
{
    (void)state;
    static const double cases[][2] = { { 0.3, 0.1 }, { 0.6, 0.2 }, { 2.1, 0.7 }, { 3.3, 1.1 } };
    for (int i = 0; i < 4; i++) {
        struct hr_predictive_config config = config_of(HR_PREDICT_SEASONAL_QUANTILE, 0);
        struct hr_predictive predictive;
        config.capacity = cases[i][1];
        hr_predictive_init(&predictive, &config);
        hr_predictive_observe(&predictive, cases[i][0]);
        assert_int_equal(hr_predictive_decide(&predictive), 3);
        hr_predictive_fini(&predictive);
    }
}

/* A load beyond the forecast is met at once, up to the bounds. */
static void test_the_load_itself_and_bounds(void **state)
{
    (void)state;
    struct hr_predictive_config config = config_of(HR_PREDICT_SEASONAL_QUANTILE, 0);
    struct hr_predictive predictive;
    config.replicas_max = 50;
    hr_predictive_init(&predictive, &config);
    hr_predictive_observe(&predictive, 0);
    assert_int_equal(hr_predictive_decide(&predictive), 1);
    hr_predictive_observe(&predictive, 301);
    assert_int_equal(hr_predictive_decide(&predictive), 31);
    hr_predictive_observe(&predictive, 900);
    assert_int_equal(hr_predictive_decide(&predictive), 50);
    hr_predictive_fini(&predictive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_minutes_ahead),
        cmocka_unit_test(test_the_lead_is_rounded_up),
        cmocka_unit_test(test_traces_of_rounding),
        cmocka_unit_test(test_the_load_itself_and_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
