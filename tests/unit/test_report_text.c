/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as people read them, and the summary for a terminal. */
#include "hr_test.h"

#include "report_result.h"

#include "report/layout.h"
#include "report/show.h"

#include <headroom/report.h>

#include <string.h>

static void test_estimates(void **state)
{
    static const struct {
        double value, lo, hi;
        enum hr_unit_shown unit;
        const char *expected, *interval;
    } cases[] = {
        { 0.0873, 0.0851, 0.0899, HR_SHOWN_SECONDS, "87.3 ms", "[85.1, 89.9]" },
        { 1.2081, 1.2069, 1.2093, HR_SHOWN_SECONDS, "1.2081 s", "[1.2069, 1.2093]" },
        { 0.000000123, 0.00000012, 0.000000126, HR_SHOWN_SECONDS, "123 ns", "[120, 126]" },
        { 0.00002, 0.000019, 0.000021, HR_SHOWN_SECONDS, "20.0 us", "[19.0, 21.0]" },
        { 0, 0, 0, HR_SHOWN_SECONDS, "0 ms", "[0, 0]" },
        { 500, 499.2, 500.8, HR_SHOWN_NUMBER, "500.0", "[499.2, 500.8]" },
        { 1e6, 990000, 1010000, HR_SHOWN_RATE, "1,000,000 /s", "[990,000, 1,010,000]" },
        { 0.713, 0.7118, 0.7142, HR_SHOWN_SHARE, "71.30%", "[71.18, 71.42]" },
        { 0.99972, 0.99968, 0.99976, HR_SHOWN_SHARE, "99.972%", "[99.968, 99.976]" },
        { 0.9999996, 0.999, 1, HR_SHOWN_SHARE, "99.999960%", "[99.900000, 100.000000]" },
        { 1, 1, 1, HR_SHOWN_SHARE, "100%", "[100, 100]" },
        { 1, 0.99999962, 1, HR_SHOWN_SHARE, "100.000000%", "[99.999962, 100.000000]" },
        { 2.0812, 2.0791, 2.0833, HR_SHOWN_USD, "$2.0812", "[2.0791, 2.0833]" },
        { 3.15, 2.93, (double)NAN, HR_SHOWN_SECONDS, "3.15 s", "[2.93, unbounded]" },
        { 0.002, 0.002 - 1e-18, 0.002 + 1e-18, HR_SHOWN_SECONDS, "2 ms", "[2, 2]" },
        { -4.5, -5.5, -3.5, HR_SHOWN_NUMBER, "-4.50", "[-5.50, -3.50]" },
        { 4.0123e-12, 3.973e-12, 4.051e-12, HR_SHOWN_NUMBER, "4.012e-12",
          "[3.973e-12, 4.051e-12]" },
        { 8.64e5, 8.5e5, 8.8e5, HR_SHOWN_SECONDS, "10.00 days", "[9.84, 10.19]" },
        { 31557600e3, 31e9, 32e9, HR_SHOWN_SECONDS, "1,000 years", "[982, 1,014]" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct hr_estimate estimate = { .value = cases[i].value,
                                              .lo = cases[i].lo,
                                              .hi = cases[i].hi,
                                              .n = 10,
                                              .method = "student_t" };
        struct hr_shown shown;
        hr_show_estimate(&shown, &estimate, cases[i].unit);
        assert_string_equal(shown.value, cases[i].expected);
        assert_string_equal(shown.interval, cases[i].interval);
    }
}

static void test_plain_numbers(void **state)
{
    char text[HR_SHOW_SIZE];
    (void)state;
    hr_show_number(text, (double)NAN, HR_SHOWN_SECONDS);
    assert_string_equal(text, "-");
    hr_show_number(text, 1234567.8, HR_SHOWN_NUMBER);
    assert_string_equal(text, "1,234,568");
    hr_show_number(text, 2.778e-6, HR_SHOWN_USD);
    assert_string_equal(text, "$0.000002778");
    hr_show_number(text, 1e300, HR_SHOWN_NUMBER);
    assert_string_equal(text, "1e+300");
    hr_show_exact(text, 0.999, HR_SHOWN_SHARE);
    assert_string_equal(text, "99.9%");
    hr_show_exact(text, 0.1, HR_SHOWN_SECONDS);
    assert_string_equal(text, "100 ms");
    hr_show_exact(text, 2.5, HR_SHOWN_SECONDS);
    assert_string_equal(text, "2.5 s");
    hr_show_count(text, 1000);
    assert_string_equal(text, "1,000");
    hr_show_count(text, UINT64_MAX);
    assert_string_equal(text, "18,446,744,073,709,551,615");
    hr_show_words(text, "latency_p999");
    assert_string_equal(text, "latency p99.9");
    hr_show_words(text, "availability_time");
    assert_string_equal(text, "availability time");
}

static void test_durations(void **state)
{
    static const struct {
        double seconds;
        const char *expected;
    } cases[] = { { 0.25, "250 ms" },
                  { 90, "90 s" },
                  { 1800, "30 min" },
                  { 86400, "24 h" },
                  { 2388960, "27.65 days" } };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[HR_SHOW_SIZE];
        hr_show_duration(text, cases[i].seconds);
        assert_string_equal(text, cases[i].expected);
    }
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    while (*text != '\0') {
        const size_t n = strcspn(text, "\n");
        longest = n > longest ? n : longest;
        text += n + (text[n] == '\n');
    }
    return longest;
}

static void test_summary(void **state)
{
    static const char *const lines[] = {
        "Product recommendations for a shop\n",
        "ecommerce: 24 h simulated with 30 min of warm-up, 10 replications, seed 1\n",
        "2 of 3 objectives met\n",
        "  met     shoppers       latency p99    at most 100 ms   83.0 ms  [79.7, 86.4]\n",
        "  met?    shoppers       availability   at least 99.97%  99.972%  [99.968, 99.976]\n",
        "  MISSED  batch-scoring  latency p99.9  at most 2.5 s     3.15 s  [2.93, unbounded]\n",
        "not certain",
        "Workload batch-scoring\n",
        "timed out         40,321\n",
        "  queue                 3.49 ms  13.0%                 60.8 ms  61.0%\n",
        "Deployment recommendation-engine\n",
        "Cost: $7.488 per hour, $176.0 in the window\n",
        "- (1)",
        "(1) fewer than 200 requests are slower\n",
        "5,203,441,122 events in 41.70 s (125 million/s)",
    };
    struct hr_result *result = sample_result();
    char *text = sample_print(result, hr_report_text);
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (!strstr(text, lines[i]))
            fail_msg("%s is missing in:\n%s", lines[i], text);
    assert_null(strstr(text, "***"));
    assert_null(strstr(text, "INCOMPLETE"));
    assert_in_range(longest_line(text), 60, HR_LAYOUT_WIDTH);
    free(text);
    hr_result_free(result);
}

static void test_long_run(void **state)
{
    static const char *const lines[] = {
        "\nDeployment recommendation-engine in the long run\n",
        "\n  unavailable           3.999e-12  exact\n",
        "\n  the same simulated    4.012e-12  [3.973e-12, 4.051e-12]\n",
        "\n  outages a year        0.0003785  exact\n",
        "\n  outage                 333.3 ms  exact\n",
        "\n  between outages     2,642 years  exact\n",
        "\n  first outage after        - (",
        "\nWorkload shoppers in the long run\n",
        "\n     15         0.9996  99.999510%  [99.999490, 99.999530]  run\n",
        "\n     14      0.0004000          0%  [0, 100]                assumed\n",
    };
    (void)state;
    struct hr_result *result = sample_result();
    char *text = sample_print(result, hr_report_text);
    assert_null(strstr(text, "long run"));
    free(text);
    sample_long_run(result);
    text = sample_print(result, hr_report_text);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (!strstr(text, lines[i]))
            fail_msg("%s is missing in\n%s", lines[i], text);
    free(text);
    hr_result_free(result);
}

static void test_unstable_and_incomplete_are_loud(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    result->deployments[1].unstable = hr_strdup("unstable: offered load 1.08");
    result->replications = 4;
    char *text = sample_print(result, hr_report_text);
    assert_non_null(strstr(text, "\n*** scoring: unstable: offered load 1.08\n"));
    assert_non_null(strstr(text, "\nINCOMPLETE: only 4 of 10 replications were done\n"));
    free(text);
    hr_result_free(result);
}

static void test_an_unknown_objective_is_unknown(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    result->slos[0].value = sample_null("nothing completed");
    result->slos[0].met = false;
    char *text = sample_print(result, hr_report_text);
    assert_non_null(strstr(text, "\n  UNKNOWN  shoppers "));
    assert_non_null(strstr(text, "(1) nothing completed\n"));
    free(text);
    hr_result_free(result);
}

/* Names of 63 characters, a title that would steer the terminal, and one of a single word. */
static void test_width_and_hostile_text(void **state)
{
    char longest[64], word[400];
    struct hr_result *result = sample_result();
    (void)state;
    memset(longest, 'x', 63);
    longest[63] = '\0';
    memset(word, 'y', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    sample_replace(&result->scenario_name, longest);
    sample_replace(&result->scenario_title, word);
    sample_replace(&result->workloads[0].name, longest);
    sample_replace(&result->deployments[0].name, longest);
    sample_replace(&result->slos[0].workload, longest);
    char *text = sample_print(result, hr_report_text);
    assert_int_equal(longest_line(text), HR_LAYOUT_WIDTH);
    free(text);
    sample_replace(&result->scenario_title, "a\x1b[2J\nb\xff \xC2\x9B"
                                            "31m");
    sample_replace(&result->slos[0].workload, "a\x1b[2J\nb");
    text = sample_print(result, hr_report_text);
    assert_memory_equal(text, "a [2J b? 31m\n", 13);
    assert_null(strchr(text, '\x1b'));
    free(text);
    hr_result_free(result);
}

static void test_pods_and_nodes(void **state)
{
    static const char *const lines[] = {
        "  pending pods       0.120  [0.110, 0.130]    preemptions       2\n",
        "  wait for a node   48.2 s  [45.2, 51.2]      lost with node    1\n",
        "\nNode pool cpu\n",
        "  nodes               4.30  [4.25, 4.35]    fewest nodes        2\n",
        "  memory used        - (",
        "\nNode pool gpu\n",
        "  GPU used          73.00%  [72.80, 73.20]\n",
    };
    struct hr_result *result = sample_result();
    (void)state;
    sample_cluster(result);
    char *text = sample_print(result, hr_report_text);
    const char *from = text;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        from = strstr(from, lines[i]);
        if (from == NULL)
            fail_msg("missing or out of order: %s in\n%s", lines[i], text);
    }
    const char *gpu_of_cpu_pool = strstr(strstr(text, "Node pool cpu"), "GPU used");
    assert_true(gpu_of_cpu_pool > strstr(text, "Node pool gpu"));
    free(text);
    hr_result_free(result);
}

static void test_no_prices(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    result->cluster.cost_usd_per_hour = result->cluster.cost_usd_total = sample_null("no price");
    char *text = sample_print(result, hr_report_text);
    assert_null(strstr(text, "Cost:"));
    free(text);
    hr_result_free(result);
}

/* A value without an interval has a footnote where that would stand. */
static void test_no_interval(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    struct hr_estimate *p90 = &result->workloads[0].latency_s.p90;
    *p90 = sample_plain(p90->value);
    p90->why = "the run is too short";
    char *text = sample_print(result, hr_report_text);
    const char *line = strstr(text, "  p90");
    assert_non_null(line);
    assert_true(strcspn(line, "(") < strcspn(line, "\n"));
    assert_non_null(strstr(text, ") the run is too short\n"));
    free(text);
    hr_result_free(result);
}

static void test_empty_result(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    const size_t n_slos = result->n_slos, n_workloads = result->n_workloads;
    result->n_slos = result->n_workloads = 0;
    sample_replace(&result->scenario_title, "");
    char *text = sample_print(result, hr_report_text);
    assert_memory_equal(text, "ecommerce\n", 10);
    assert_null(strstr(text, "objectives"));
    free(text);
    result->n_slos = n_slos;
    result->n_workloads = n_workloads;
    hr_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_estimates),
        cmocka_unit_test(test_plain_numbers),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_long_run),
        cmocka_unit_test(test_unstable_and_incomplete_are_loud),
        cmocka_unit_test(test_an_unknown_objective_is_unknown),
        cmocka_unit_test(test_width_and_hostile_text),
        cmocka_unit_test(test_pods_and_nodes),
        cmocka_unit_test(test_no_prices),
        cmocka_unit_test(test_no_interval),
        cmocka_unit_test(test_empty_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
