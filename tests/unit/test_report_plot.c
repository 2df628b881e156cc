/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What plots are given: axes in fit units, gaps, dashed targets, bins that hold every request. */
#include "hr_test.h"

#include "report_result.h"

#include "report/plot.h"

#include <string.h>

/* The number that a setting has; fails when it is not there. */
static double setting(const struct hr_str *plot, const char *name)
{
    struct hr_str start;
    hr_str_init(&start);
    hr_str_addf(&start, "\n%s = ", name);
    const char *found = strstr(plot->text, start.text);
    if (!found)
        fail_msg("%s is not set in\n%s", name, plot->text);
    const double value = strtod(found + start.length, NULL);
    hr_str_fini(&start);
    return value;
}

static const char *data_of(const struct hr_str *plot)
{
    const char *data = strstr(plot->text, "$data << END\n");
    assert_non_null(data);
    return data + strlen("$data << END\n");
}

/* Steps of equal length with the values 1, 2, ..., and a gap in the second. */
static void draw(double step_s, size_t n, double warmup_s, double target, struct hr_str *plot)
{
    double *values = HR_NEW_ARRAY(double, n);
    for (size_t i = 0; i < n; i++)
        values[i] = (double)(i + 1);
    values[1] = (double)NAN;
    const struct hr_series series = { .step_s = step_s, .n = n };
    const struct hr_plot_lines lines = { .n = 2,
                                         .columns = { NULL, values },
                                         .factor = 10,
                                         .unit = "ms",
                                         .n_targets = 1,
                                         .targets = { target } };
    hr_str_init(plot);
    hr_plot_over_time(&series, warmup_s, &lines, plot);
    free(values);
}

static void test_time_axis(void **state)
{
    static const struct {
        double step_s;
        const char *label;
        double x_max, x_step;
    } cases[] = {
        { 1, "x_label = \"time (seconds)\"\n", 100, 20 },
        { 60, "x_label = \"time (minutes)\"\n", 100, 20 },
        { 864, "x_label = \"time (hours)\"\n", 24, 3 },
        { 6048, "x_label = \"time (days)\"\n", 7, 1 },
        { 864000, "x_label = \"time (days)\"\n", 1000, 200 },
        { 0.001, "x_label = \"time (seconds)\"\n", 0.1, 0.02 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hr_str plot;
        draw(cases[i].step_s, 100, 0, 0, &plot);
        assert_non_null(strstr(plot.text, cases[i].label));
        assert_near(setting(&plot, "x_max"), cases[i].x_max, 1e-9);
        assert_near(setting(&plot, "x_step"), cases[i].x_step, 1e-9);
        hr_str_fini(&plot);
    }
}

static void test_series_data(void **state)
{
    struct hr_str plot;
    (void)state;
    draw(3600, 3, 1800, 0, &plot);
    assert_near(setting(&plot, "x_warmup"), 0.5, 0);
    assert_near(setting(&plot, "y_max"), 1.08 * 30, 1e-9);
    assert_string_equal(data_of(&plot), " 0.5 NaN 10\n 1.5 NaN NaN\n 2.5 NaN 30\nEND\n");
    hr_str_fini(&plot);
}

static void test_targets(void **state)
{
    struct hr_str plot;
    (void)state;
    draw(1, 10, 0, 12, &plot); /* above the data, but not by much */
    assert_non_null(strstr(plot.text, "targets = \" 120\"\n"));
    assert_near(setting(&plot, "y_max"), 1.08 * 120, 1e-9);
    hr_str_fini(&plot);
    draw(1, 10, 0, 31, &plot); /* so far above that the data would shrink to a line */
    assert_non_null(strstr(plot.text, "targets = \"\"\n"));
    assert_near(setting(&plot, "y_max"), 1.08 * 100, 1e-9);
    hr_str_fini(&plot);
}

/* Panels share the time; each has its columns, in order, its own height and ticks. */
static void test_panels(void **state)
{
    static const double load[] = { 10, 20, 30 }, pods[] = { 2, 3, 1 };
    const struct hr_series series = { .step_s = 1, .n = 3 };
    const struct hr_plot_lines panels[] = {
        { .unit = "load",
          .factor = 2,
          .n = 1,
          .columns = { load },
          .first_color = 7,
          .n_targets = 1,
          .targets = { 25 } },
        { .unit = "pods",
          .factor = 1,
          .n = 2,
          .columns = { pods, pods },
          .first_color = 1,
          .nested = true },
    };
    struct hr_str plot;
    (void)state;
    hr_str_init(&plot);
    hr_plot_panels(&series, 1, panels, 2, &plot);
    assert_near(setting(&plot, "panels"), 2, 0);
    assert_near(setting(&plot, "height"), hr_plot_panels_height(2), 0);
    assert_non_null(strstr(plot.text, "label_1 = \"load\"\n"));
    assert_non_null(strstr(plot.text, "targets_1 = \" 50\"\n"));
    assert_near(setting(&plot, "first_1"), 2, 0);
    assert_near(setting(&plot, "first_2"), 3, 0);
    assert_near(setting(&plot, "n_2"), 2, 0);
    assert_near(setting(&plot, "color_1"), 7, 0);
    assert_near(setting(&plot, "y_max_1"), 1.08 * 60, 1e-9);
    assert_near(setting(&plot, "y_max_2"), 1.08 * 3, 1e-9);
    assert_near(setting(&plot, "step_1"), 50, 0);
    assert_near(setting(&plot, "step_2"), 2, 0);
    assert_string_equal(data_of(&plot), " 0.5 20 2 2\n 1.5 40 3 3\n 2.5 60 1 1\nEND\n");
    hr_str_fini(&plot);
}

/* Sums of the shares of each workload over all bins, in percent. */
static void sum_shares(const struct hr_str *plot, double sums[2])
{
    const char *line = data_of(plot);
    sums[0] = sums[1] = 0;
    for (; *line != 'E'; line = strchr(line, '\n') + 1) {
        double start;
        char *rest;
        start = strtod(line, &rest);
        assert_true(start > 0);
        sums[0] += strtod(rest, &rest);
        sums[1] += strtod(rest, &rest);
    }
}

/* Only the tails beyond 0.05 % on either side may be cut off. */
static void test_bins_hold_the_requests(void **state)
{
    struct hr_result *result = sample_result();
    struct hr_str plot;
    double sums[2];
    (void)state;
    hr_str_init(&plot);
    assert_true(hr_plot_distribution(result, &plot));
    sum_shares(&plot, sums);
    assert_near(sums[0], 100, 0.1);
    assert_near(sums[1], 100, 0.1);
    hr_str_fini(&plot);
    hr_result_free(result);
}

static void test_a_constant_is_one_bin(void **state)
{
    struct hr_result *result = sample_result();
    struct hr_curve *curve = &result->workloads[0].latency_curve;
    struct hr_str plot;
    double sums[2];
    (void)state;
    result->workloads[1].latency_curve.n = 0;
    for (size_t i = 0; i < curve->n; i++)
        curve->latency_s[i] = 0.02;
    hr_str_init(&plot);
    assert_true(hr_plot_distribution(result, &plot));
    sum_shares(&plot, sums);
    assert_near(sums[0], 100, 0);
    assert_near(sums[1], 0, 0);
    assert_true(setting(&plot, "x_min") < 20 && setting(&plot, "x_max") > 20);
    hr_str_fini(&plot);
    hr_result_free(result);
}

/* Ten slower requests are needed: 1000 completed ones support two nines, 10^9 the five shown. */
static void test_percentiles_end_where_support_does(void **state)
{
    static const struct {
        uint64_t completed;
        double nines;
    } cases[] = { { 1000, 2 }, { 100000, 4 }, { 1000000000, 5 } };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hr_result *result = sample_result();
        struct hr_str plot;
        result->n_workloads = 1;
        result->workloads[0].requests.completed = cases[i].completed;
        hr_str_init(&plot);
        assert_true(hr_plot_percentiles(result, &plot));
        assert_near(setting(&plot, "x_max"), cases[i].nines, 1e-9);
        double last = 0;
        for (const char *line = data_of(&plot); *line != '\n'; line = strchr(line, '\n') + 1)
            last = strtod(line, NULL);
        assert_in_range((unsigned)(100 * last), (unsigned)(100 * cases[i].nines) - 10,
                        (unsigned)(100 * cases[i].nines));
        hr_str_fini(&plot);
        result->n_workloads = 2;
        hr_result_free(result);
    }
}

static void test_nothing_to_draw(void **state)
{
    struct hr_result *result = sample_result();
    struct hr_str plot;
    (void)state;
    for (size_t i = 0; i < 2; i++)
        result->workloads[i].latency_curve.n = 0;
    hr_str_init(&plot);
    assert_false(hr_plot_distribution(result, &plot));
    assert_false(hr_plot_percentiles(result, &plot));
    assert_string_equal(plot.text, "");
    hr_str_fini(&plot);
    hr_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_axis),
        cmocka_unit_test(test_series_data),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_panels),
        cmocka_unit_test(test_bins_hold_the_requests),
        cmocka_unit_test(test_a_constant_is_one_bin),
        cmocka_unit_test(test_percentiles_end_where_support_does),
        cmocka_unit_test(test_nothing_to_draw),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
