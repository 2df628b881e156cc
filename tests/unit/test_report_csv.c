/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV: fields, flat names that match their values, series, histogram. */
#include "hr_test.h"

#include "report_result.h"

#include "report/csv.h"

#include <headroom/report.h>

#include <string.h>

static void test_field(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        { "", "" },
        { "plain", "plain" },
        { "a b", "a b" },
        { "a,b", "\"a,b\"" },
        { "say \"hi\"", "\"say \"\"hi\"\"\"" },
        { "two\nlines", "\"two\nlines\"" },
        { "two\r\nlines", "\"two\r\nlines\"" },
        { "=cmd()", "'=cmd()" },
        { "=1,2", "\"'=1,2\"" },
        { "+1+1", "'+1+1" },
        { "-1-1", "'-1-1" },
        { "@SUM(A1)", "'@SUM(A1)" },
        { "\t=1", "'\t=1" },
        { "\r=1", "\"'\r=1\"" },
        { "-", "'-" },
        { "-5", "-5" },
        { "+0.5", "+0.5" },
        { "-1e-3", "-1e-3" },
        { "-infinity", "'-infinity" },
        { "a=b", "a=b" },
        { "gr\xC3\xB6\xC3\x9F"
          "er",
          "gr\xC3\xB6\xC3\x9F"
          "er" },
        { "a\xff"
          "b",
          "a\xEF\xBF\xBD"
          "b" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = NULL;
        size_t n;
        FILE *out = open_memstream(&text, &n);
        hr_report_csv_field(cases[i].text, out);
        fclose(out);
        assert_string_equal(text, cases[i].expected);
        free(text);
    }
}

static void print_table(const struct hr_result *result, FILE *out)
{
    hr_report_csv_header(result, false, out);
    fputc('\n', out);
    hr_report_csv_row(result, false, out);
}

static void print_led_table(const struct hr_result *result, FILE *out)
{
    fputs("x", out);
    hr_report_csv_header(result, true, out);
    fputs("\n1", out);
    hr_report_csv_row(result, true, out);
}

/* Copies field `index` of a line without quoted fields. */
static void copy_field(const char *line, size_t index, char field[128])
{
    for (; index > 0; index--)
        line = strchr(line, ',') + 1;
    snprintf(field, 128, "%.*s", (int)strcspn(line, ",\n"), line);
}

static size_t count_fields(const char *line)
{
    size_t n = 1;
    for (; *line != '\0' && *line != '\n'; line++)
        n += *line == ',';
    return n;
}

/* The value under a name of the header; fails when there is no such column, or more than one. */
static void find_value(const char *table, const char *name, char value[128])
{
    const char *row = strchr(table, '\n') + 1;
    char header[128];
    size_t found = 0;
    for (size_t i = 0; i < count_fields(table); i++) {
        copy_field(table, i, header);
        if (strcmp(header, name) == 0) {
            copy_field(row, i, value);
            found++;
        }
    }
    if (found != 1)
        fail_msg("%zu columns %s", found, name);
}

static void test_names_and_values(void **state)
{
    static const char *const cases[][2] = {
        { "scenario.name", "ecommerce" },
        { "run.seed", "1" },
        { "run.duration_s", "86400" },
        { "run.fingerprint", "00c0ffee12345678" },
        { "workloads.shoppers.name", "shoppers" },
        { "workloads.shoppers.requests.timed_out", "40321" },
        { "workloads.shoppers.latency_s.p50.value", "0.0231" },
        { "workloads.shoppers.wait_s.p50.value", "0" },
        { "workloads.shoppers.wait_s.p50.ci95_lo", "" },
        { "workloads.shoppers.wait_s.p999.value", "" },
        { "workloads.shoppers.latency_s.p999.ci95_hi", "" },
        { "workloads.batch-scoring.offered_rps.value", "40" },
        { "workloads.batch-scoring.offered_rps.ci95_lo", "39.984" },
        { "workloads.batch-scoring.offered_rps.ci95_hi", "40.016" },
        { "deployments.scoring.replicas.max", "4" },
        { "deployments.scoring.unstable", "" },
        { "cluster.cost_usd_per_hour.value", "7.488" },
        { "slos.shoppers.latency_p99.met", "true" },
        { "slos.batch-scoring.latency_p999.met", "false" },
        { "slos.shoppers.availability.target", "0.9997" },
    };
    struct hr_result *result = sample_result();
    char *table = sample_print(result, print_table);
    (void)state;
    assert_int_equal(count_fields(table), count_fields(strchr(table, '\n') + 1));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char value[128] = "?";
        find_value(table, cases[i][0], value);
        assert_string_equal(value, cases[i][1]);
    }
    assert_null(strstr(table, "wall_s"));
    free(table);
    hr_result_free(result);
}

static void test_lead(void **state)
{
    struct hr_result *result = sample_result();
    char *alone = sample_print(result, print_table), *led = sample_print(result, print_led_table);
    (void)state;
    assert_memory_equal(led, "x,", 2);
    assert_memory_equal(led + 2, alone, strcspn(alone, "\n"));
    assert_memory_equal(strchr(led, '\n'), "\n1,", 3);
    assert_string_equal(strchr(led, '\n') + 3, strchr(alone, '\n') + 1);
    free(alone);
    free(led);
    hr_result_free(result);
}

/* The same columns whether the system is stable or not: a sweep prints one header. */
static void test_header_does_not_depend_on_the_outcome(void **state)
{
    struct hr_result *result = sample_result();
    char value[128];
    (void)state;
    char *stable = sample_print(result, print_table);
    result->deployments[1].unstable = hr_strdup("unstable: offered load 1.08");
    char *unstable = sample_print(result, print_table);
    assert_memory_equal(stable, unstable, strcspn(stable, "\n") + 1);
    find_value(unstable, "deployments.scoring.unstable", value);
    assert_string_equal(value, "unstable: offered load 1.08");
    free(stable);
    free(unstable);
    hr_result_free(result);
}

static void test_objectives_alike_get_a_number(void **state)
{
    struct hr_result *result = sample_result();
    char value[128];
    (void)state;
    sample_replace(&result->slos[1].metric, "latency_p99");
    char *table = sample_print(result, print_table);
    find_value(table, "slos.shoppers.latency_p99.target", value);
    assert_string_equal(value, "0.1");
    find_value(table, "slos.shoppers.latency_p99_2.target", value);
    assert_string_equal(value, "0.9997");
    free(table);
    hr_result_free(result);
}

static void test_formula_in_a_name(void **state)
{
    struct hr_result *result = sample_result();
    char value[128];
    (void)state;
    sample_replace(&result->scenario_name, "=cmd()");
    char *table = sample_print(result, print_table);
    find_value(table, "scenario.name", value);
    assert_string_equal(value, "'=cmd()");
    free(table);
    hr_result_free(result);
}

static void test_series(void **state)
{
    struct hr_result *result = sample_result();
    const struct hr_series *series = &result->series;
    char *text = sample_print(result, hr_csv_series);
    char field[128];
    size_t lines = 0;
    (void)state;
    assert_memory_equal(text, "time_s,workloads.shoppers.arrived_rps,",
                        strlen("time_s,workloads.shoppers.arrived_rps,"));
    for (const char *line = strchr(text, '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1) {
        assert_int_equal(count_fields(line), 1 + series->n_columns);
        copy_field(line, 0, field);
        assert_near(strtod(field, NULL), 360.0 * (double)lines, 0);
        copy_field(line, 8, field); /* p99: two steps without a value */
        if (lines == 100 || lines == 101)
            assert_string_equal(field, "");
        else
            assert_near(strtod(field, NULL), series->columns[7].values[lines], 0);
        lines++;
    }
    assert_int_equal(lines, SAMPLE_STEPS);
    free(text);
    hr_result_free(result);
}

static void test_histogram(void **state)
{
    static const char *const head = "workload,time_s,le,count\n"
                                    "shoppers,0,0.01,0\n"
                                    "shoppers,0,0.1,2\n"
                                    "shoppers,0,1,6\n"
                                    "shoppers,0,+Inf,12\n"
                                    "shoppers,360,0.01,4\n";
    struct hr_result *result = sample_result();
    char *text = sample_print(result, hr_csv_histogram);
    size_t lines = 0;
    (void)state;
    assert_memory_equal(text, head, strlen(head));
    for (const char *p = text; *p != '\0'; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 1 + 4 * SAMPLE_STEPS);
    free(text);
    hr_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_field),
        cmocka_unit_test(test_names_and_values),
        cmocka_unit_test(test_lead),
        cmocka_unit_test(test_header_does_not_depend_on_the_outcome),
        cmocka_unit_test(test_objectives_alike_get_a_number),
        cmocka_unit_test(test_formula_in_a_name),
        cmocka_unit_test(test_series),
        cmocka_unit_test(test_histogram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
