/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arrivals whose rate is a given function of time. */
#include "unit/arrivals_check.h"

#define HOUR HR_NS_PER_HOUR
#define DAY  HR_NS_PER_DAY

/* Integral of the rate from 0 to t, in requests. */
static double diurnal_integral(const struct hr_arrival_spec *spec, hr_time t)
{
    const double w = 2 * acos(-1) / hr_time_to_s(spec->period);
    const double from = w * hr_time_to_s(spec->local_offset - spec->peak_at);
    const double s = hr_time_to_s(t);
    return spec->rate * (s + spec->amplitude / w * (sin(from + w * s) - sin(from)));
}

static double points_integral(const struct hr_rate_point *points, size_t n, bool linear, hr_time t)
{
    double sum = 0;
    for (size_t i = 0; i < n && points[i].at < t; i++) {
        const double a = points[i].rate;
        if (i + 1 == n || points[i + 1].at > t) {
            const double s = hr_time_to_s(t - points[i].at);
            const double slope =
                linear && i + 1 < n
                    ? (points[i + 1].rate - a) / hr_time_to_s(points[i + 1].at - points[i].at)
                    : 0;
            sum += s * (a + slope * s / 2);
        } else {
            const double b = linear ? points[i + 1].rate : a;
            sum += hr_time_to_s(points[i + 1].at - points[i].at) * (a + b) / 2;
        }
    }
    return sum;
}

static double integral(const struct hr_arrival_spec *spec, hr_time t)
{
    if (spec->process == HR_ARRIVAL_DIURNAL)
        return diurnal_integral(spec, t);
    if (spec->process == HR_ARRIVAL_CALENDAR)
        return points_integral(spec->calendar_points, spec->n_calendar_points, false, t);
    const struct hr_rate_point *points = spec->points.items;
    const bool linear = spec->interpolation == HR_INTERPOLATE_LINEAR;
    return (double)(t / spec->period) *
               points_integral(points, spec->points.n, linear, spec->period) +
           points_integral(points, spec->points.n, linear, t % spec->period);
}

/* Increments of the integral between arrivals are independent unit exponentials. */
static void check_rescaled(const struct hr_arrival_spec *spec)
{
    enum { N = 40000 };
    struct hr_arrivals arrivals = start(spec, 0);
    double *u = HR_NEW_ARRAY(double, N), before = 0;
    for (size_t i = 0; i < N; i++) {
        const hr_time last = arrivals.now;
        const double now = integral(spec, hr_arrivals_next(&arrivals));
        assert_true(arrivals.now >= last);
        u[i] = -expm1(before - now);
        before = now;
    }
    assert_uncorrelated(u, N);
    assert_uniform(u, N);
    free(u);
    hr_arrivals_fini(&arrivals);
}

/* Where in the period requests arrive: chi-square on parts that expect equally many, at least
 * `each`. Sees what rescaled gaps do not: an error that cancels within a few gaps. */
static void check_shape(const struct hr_arrival_spec *spec, double each)
{
    enum { PARTS = 240 };
    const double area = integral(spec, spec->period);
    const hr_time until = spec->period * (hr_time)ceil(PARTS * each / area);
    struct hr_arrivals arrivals = start(spec, 1);
    double found[PARTS] = { 0 }, share[PARTS], n = 0;
    for (hr_time t; (t = hr_arrivals_next(&arrivals)) < until; n++)
        found[(size_t)fmin(PARTS * (integral(spec, t % spec->period) / area), PARTS - 1)]++;
    for (size_t i = 0; i < PARTS; i++)
        share[i] = 1.0 / PARTS;
    assert_true(hr_chi_square_p(found, share, PARTS, n) > HR_KS_ALPHA);
    hr_arrivals_fini(&arrivals);
}

static void test_diurnal(void **state)
{
    (void)state;
    const struct hr_arrival_spec specs[] = {
        { .rate = 0.05, .amplitude = 1, .peak_at = 14 * HOUR, .period = DAY },
        { .rate = 0.002, .amplitude = 1, .local_offset = 3 * HOUR + 7, .period = DAY },
        { .rate = 0.9,
          .amplitude = 0.4,
          .local_offset = 23 * HOUR,
          .peak_at = HOUR,
          .period = DAY },
        { .rate = 40, .amplitude = 0.8, .peak_at = 777, .period = 100 * HR_NS_PER_S + 1 },
        { .rate = 3, .amplitude = 0, .period = DAY },
    };
    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        struct hr_arrival_spec spec = specs[i];
        spec.process = HR_ARRIVAL_DIURNAL;
        check_rescaled(&spec);
        check_shape(&spec, 20000);
        assert_near(hr_arrivals_rate(&spec), spec.rate, 1e-12);
    }
}

static void test_piecewise(void **state)
{
    (void)state;
    struct hr_rate_point day[] = { { 0, 0.1 }, { 6 * HOUR, 0 }, { 9 * HOUR, 0.4 }, { DAY, 7 } };
    struct hr_rate_point ramp[] = { { 0, 0 }, { 3600 * HR_NS_PER_S, 8 } };
    struct hr_rate_point saw[] = { { 0, 0 }, { HOUR, 0.002 }, { 2 * HOUR, 0 }, { 3 * HOUR, 0 } };
    const struct {
        struct hr_rate_point *points;
        size_t n;
        hr_time period;
        int interpolation;
        double mean;
    } rows[] = {
        { day, 3, DAY, HR_INTERPOLATE_CONSTANT, (6 * 0.1 + 15 * 0.4) / 24 },
        { day, 4, DAY, HR_INTERPOLATE_LINEAR, (6 * 0.05 + 3 * 0.2 + 15 * 3.7) / 24 },
        { day, 3, DAY, HR_INTERPOLATE_LINEAR, (6 * 0.05 + 3 * 0.2 + 15 * 0.4) / 24 },
        { day, 2, HR_TIME_NEVER, HR_INTERPOLATE_LINEAR, 0 },
        { ramp, 2, HR_TIME_NEVER, HR_INTERPOLATE_LINEAR, 8 },
        { ramp, 2, HR_TIME_NEVER, HR_INTERPOLATE_CONSTANT, 8 },
        { saw, 4, 4 * HOUR, HR_INTERPOLATE_LINEAR, 0.0005 },
        { saw, 4, 4 * HOUR, HR_INTERPOLATE_CONSTANT, 0.0005 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_PIECEWISE,
                                              .points = { rows[i].points, rows[i].n },
                                              .period = rows[i].period,
                                              .interpolation = rows[i].interpolation };
        assert_near(hr_arrivals_rate(&spec), rows[i].mean, 1e-12);
        if (rows[i].mean > 0)
            check_rescaled(&spec);
        if (rows[i].period != HR_TIME_NEVER)
            check_shape(&spec, 500);
    }
}

static void test_calendar(void **state)
{
    (void)state;
    enum { HOURS = 24 * 7 };
    struct hr_rate_point points[HOURS + 1];
    double sum = 0;
    for (int i = 0; i <= HOURS; i++) {
        const int hour = i % 24;
        points[i] = (struct hr_rate_point){ i * HOUR, hour < 9 || hour >= 17 ? 0 : 0.03 * hour };
        sum += i < HOURS ? points[i].rate : 0;
    }
    points[HOURS].rate = 0.1;
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_CALENDAR,
                                          .rate = 1,
                                          .calendar_points = points,
                                          .n_calendar_points = HOURS + 1 };
    check_rescaled(&spec);
    assert_near(hr_arrivals_rate(&spec), sum / HOURS, 1e-12);
}

/* Where the rate is 0 nothing arrives, and when it is 0 for ever arrivals end. */
static void test_zero_rate(void **state)
{
    (void)state;
    struct hr_rate_point burst[] = { { 0, 0 }, { DAY, 5 }, { DAY + HOUR, 0 } };
    struct hr_rate_point none[] = { { 0, 0 }, { 1, 0 } };
    const struct {
        struct hr_arrival_spec spec;
        int n_min, n_max; /* arrivals */
    } rows[] = {
        /* 18000 expected, of standard deviation 134 */
        { { .points = { burst, 3 }, .period = HR_TIME_NEVER }, 18000 - 604, 18000 + 604 },
        { { .points = { none, 2 }, .period = HR_TIME_NEVER }, 0, 0 },
        { { .points = { none, 2 }, .period = 2 }, 0, 0 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct hr_arrival_spec spec = rows[i].spec;
        spec.process = HR_ARRIVAL_PIECEWISE;
        struct hr_arrivals arrivals = start(&spec, 0);
        int n = 0;
        for (hr_time t; (t = hr_arrivals_next(&arrivals)) != HR_TIME_NEVER; n++)
            assert_true(t >= DAY && t <= DAY + HOUR);
        assert_in_range(n, rows[i].n_min, rows[i].n_max);
        assert_true(hr_arrivals_next(&arrivals) == HR_TIME_NEVER);
        hr_arrivals_fini(&arrivals);
    }
}

/* Windows of an hour a day stay where they are over 1e9 s; idle days cost nothing. */
static void test_no_drift(void **state)
{
    (void)state;
    struct hr_rate_point points[] = { { 0, 0 }, { 5 * HOUR, 1e-5 }, { 6 * HOUR, 0 } };
    const struct hr_arrival_spec spec = { .process = HR_ARRIVAL_PIECEWISE,
                                          .points = { points, 3 },
                                          .period = DAY };
    struct hr_arrivals arrivals = start(&spec, 0);
    int n = 0;
    for (hr_time t; (t = hr_arrivals_next(&arrivals)) < 1000000000 * HR_NS_PER_S; n++)
        assert_true(t % DAY >= 5 * HOUR && t % DAY <= 6 * HOUR);
    const double expected = 1e9 / 86400 * 3600 * 1e-5;
    assert_near(n, expected, Z_LIMIT * sqrt(expected));
    hr_arrivals_fini(&arrivals);

    struct hr_rate_point rare[] = { { 0, 1e-9 } };
    const struct hr_arrival_spec slow = { .process = HR_ARRIVAL_PIECEWISE,
                                          .points = { rare, 1 },
                                          .period = 1 };
    double *first = HR_NEW_ARRAY(double, 2000);
    for (size_t i = 0; i < 2000; i++) {
        arrivals = start(&slow, i);
        const hr_time t = hr_arrivals_next(&arrivals);
        first[i] = -expm1(-1e-9 * hr_time_to_s(t));
        hr_arrivals_fini(&arrivals);
    }
    for (size_t i = 0; i < 2000; i++) /* beyond int64 is never, and one in 1e4 */
        assert_true(first[i] > 0 && first[i] <= 1);
    assert_uniform(first, 2000);
    free(first);
}

/* With the rate doubled, arrival k of the inversion comes when the integral has reached half. */
static void test_common_random_numbers(void **state)
{
    (void)state;
    struct hr_rate_point one[] = { { 0, 2 }, { HOUR, 10 } }, two[] = { { 0, 4 }, { HOUR, 20 } };
    const struct hr_arrival_spec specs[] = {
        { .process = HR_ARRIVAL_PIECEWISE, .points = { one, 2 }, .period = 2 * HOUR },
        { .process = HR_ARRIVAL_PIECEWISE, .points = { two, 2 }, .period = 2 * HOUR },
    };
    struct hr_arrivals a = start(&specs[0], 0), b = start(&specs[1], 0);
    for (int k = 0; k < 100000; k++)
        assert_near(integral(&specs[0], hr_arrivals_next(&a)),
                    integral(&specs[1], hr_arrivals_next(&b)), 1e-3);
    hr_arrivals_fini(&a);
    hr_arrivals_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_diurnal),  cmocka_unit_test(test_piecewise),
        cmocka_unit_test(test_calendar), cmocka_unit_test(test_zero_rate),
        cmocka_unit_test(test_no_drift), cmocka_unit_test(test_common_random_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
