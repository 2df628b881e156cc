/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The RESULT folder, above all report.html: well-formed, alone, harmless whatever a scenario says,
 * and complete but for the plots when gnuplot is not there. tests/report/html_check.py reads it.
 */
#include "hr_test.h"

#include "report_result.h"
#include "temp_folder.h"

#include "report/gnuplot.h"
#include "report/html.h"
#include "report/page.h"

#include <headroom/diag.h>
#include <headroom/report.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SAMPLE_PLOTS 21 /* 2 of latency, 4 + 3 of workloads, 2 * 6 of deployments */

static void write_file(const char *name, const char *text, mode_t mode)
{
    char *path = temp_path_new(name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    chmod(path, mode);
    free(path);
}

static char *read_file(const char *name)
{
    char *path = temp_path_new(name), block[4096];
    struct hr_str text;
    hr_str_init(&text);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    for (size_t n; (n = fread(block, 1, sizeof(block), in)) > 0;)
        hr_str_add_n(&text, block, n);
    fclose(in);
    free(path);
    return text.text;
}

/* True when the page in the folder passes the check with these options. */
static bool check_page(const char *name, const char *options)
{
    struct hr_str command;
    hr_str_init(&command);
    hr_str_addf(&command, "python3 '%s/tests/report/html_check.py' '%s/%s' %s >&2", HR_SOURCE_DIR,
                temp_folder, name, options);
    const int status = system(command.text);
    hr_str_fini(&command);
    return status == 0;
}

static bool have_gnuplot(void)
{
    struct hr_str output;
    hr_str_init(&output);
    const char *why = hr_gnuplot_run("set output\n", &output);
    hr_str_fini(&output);
    if (why)
        print_message("skipped: %s\n", why);
    return !why;
}

/* Writes the folder; returns the warnings joined by newlines. */
static char *write_folder(const struct hr_result *result)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_str warnings;
    hr_str_init(&warnings);
    assert_int_equal(hr_report_folder(result, temp_folder, diag), HR_OK);
    assert_int_equal(hr_diag_errors(diag), 0);
    for (size_t i = 0; i < hr_diag_count(diag); i++)
        hr_str_addf(&warnings, "%s\n", hr_diag_entry(diag, i)->message);
    hr_diag_free(diag);
    return warnings.text;
}

/* Writes the folder with another PATH. */
static char *write_folder_with_path(const struct hr_result *result, const char *path)
{
    char *before = hr_strdup(getenv("PATH"));
    setenv("PATH", path, 1);
    char *warnings = write_folder(result);
    setenv("PATH", before, 1);
    free(before);
    return warnings;
}

static void test_page_with_plots(void **state)
{
    struct hr_result *result = sample_result();
    char options[128];
    (void)state;
    if (!have_gnuplot()) {
        hr_result_free(result);
        skip();
    }
    char *warnings = write_folder(result);
    assert_string_equal(warnings, "");
    snprintf(options, sizeof(options),
             "--svgs %d --text 'Product recommendations for a shop' --text '1 of 3 objectives'",
             SAMPLE_PLOTS);
    assert_true(check_page("report.html", options));
    char *page = read_file("report.html");
    assert_null(strstr(page, "font-family=\""));
    assert_null(strstr(page, "gnuplot"));
    free(page);
    free(warnings);
    hr_result_free(result);
}

static void test_page_is_the_same_again(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    free(write_folder(result));
    char *first = read_file("report.html");
    result->wall_s *= 2;
    free(write_folder(result));
    char *second = read_file("report.html");
    assert_string_equal(first, second);
    free(first);
    free(second);
    hr_result_free(result);
}

/* What a reader looks for is there; plots play no part in it. */
static void test_page_says_everything(void **state)
{
    static const char *const pieces[] = {
        "<meta name=\"viewport\"",
        "<h1>Product recommendations for a shop</h1>",
        "A day of a shop: quiet at night",
        "&#10007; missed",
        "met, not certain",
        "target: at most 100 ms",
        "[79.7, 86.4]",
        "fewer than 200 requests are slower",
        "All requests: mean <b>26.87 ms</b>",
        "deployments[0].resources.limits.memory",
        "above it the container is killed",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "00c0ffee12345678",
        "The first 30 min, as the scenario says: set by hand.",
        "76.9%",
        "@media print",
    };
    struct hr_result *result = sample_result();
    (void)state;
    free(write_folder_with_path(result, "/nonexistent"));
    char *page = read_file("report.html");
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
        if (!strstr(page, pieces[i]))
            fail_msg("%s is missing", pieces[i]);
    assert_null(strstr(page, "Replayed trace"));
    assert_null(strstr(page, "class=\"alarm\""));
    free(page);
    hr_result_free(result);
}

static void test_long_run(void **state)
{
    (void)state;
    struct hr_result *result = sample_result();
    sample_long_run(result);
    free(write_folder_with_path(result, "/nonexistent"));
    assert_true(check_page("report.html",
                           "--text 'recommendation-engine in the long run' --text '3.999e-12' "
                           "--text 'known for exponential times only' "
                           "--text 'shoppers in the long run: availability' --text assumed"));
    hr_result_free(result);
}

static void test_page_warns(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    result->trace_replayed = true;
    result->replications = 4;
    result->deployments[1].unstable = hr_strdup("unstable: offered load 1.08");
    free(write_folder_with_path(result, "/nonexistent"));
    char *page = read_file("report.html");
    assert_non_null(strstr(page, "Replayed trace"));
    assert_non_null(strstr(page, "4 of 10 (incomplete)"));
    assert_non_null(strstr(page, "<strong>scoring</strong> is unstable: offered load 1.08."));
    free(page);
    hr_result_free(result);
}

static void test_page_of_one_replication(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    result->replications = result->replications_asked = 1;
    result->workloads[0].latency_s.p99.method = NULL;
    result->workloads[0].latency_s.p99.why = "the run is too short";
    free(write_folder_with_path(result, "/nonexistent"));
    char *page = read_file("report.html");
    assert_non_null(strstr(page, "N-Skart"));
    assert_null(strstr(page, "independent replications"));
    assert_non_null(strstr(page, "<span class=\"why\">the run is too short</span>"));
    free(page);
    hr_result_free(result);
}

static void test_without_gnuplot(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    char *warnings = write_folder_with_path(result, "/nonexistent");
    assert_string_equal(warnings, "gnuplot was not found: the report has no plots\n");
    assert_true(check_page("report.html", "--svgs 0 "
                                          "--text 'The plot is missing: gnuplot was not found.'"));
    free(warnings);
    hr_result_free(result);
}

/* Programs that call themselves gnuplot but draw nothing. */
static void test_with_a_broken_gnuplot(void **state)
{
    static const struct {
        const char *program, *warning;
    } cases[] = {
        { "#!/bin/sh\nexit 3\n", "gnuplot failed: the report has no plots\n" },
        { "#!/bin/sh\nkill -9 $$\n", "gnuplot failed: the report has no plots\n" },
        { "#!/bin/sh\necho '<svg><script>'\n",
          "gnuplot printed something else than a plot: the report has no plots\n" },
        { "#!/bin/sh\necho '<svg></defs> id=\"<title></svg>'\n",
          "gnuplot printed something else than a plot: the report has no plots\n" },
    };
    struct hr_result *result = sample_result();
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_file("gnuplot", cases[i].program, 0755);
        char *warnings = write_folder_with_path(result, temp_folder);
        assert_string_equal(warnings, cases[i].warning);
        assert_true(check_page("report.html", "--svgs 0"));
        free(warnings);
    }
    char *path = temp_path_new("gnuplot");
    unlink(path);
    free(path);
    hr_result_free(result);
}

static void make_hostile(struct hr_result *result, const char *text)
{
    sample_long_run(result);
    sample_replace(&result->scenario_name, text);
    sample_replace(&result->scenario_title, text);
    sample_replace(&result->scenario_description, text);
    sample_replace(&result->scenario_file, text);
    sample_replace(&result->workloads[0].name, text);
    sample_replace(&result->deployments[0].name, text);
    sample_replace(&result->slos[0].workload, text);
    sample_replace(&result->slos[0].metric, text);
    sample_replace(&result->inputs[0].path, text);
    sample_replace(&result->inputs[0].value, text);
    sample_replace(&result->inputs[0].help, text);
}

/* None of it becomes markup, a reference, or a command of gnuplot. */
static void test_hostile_text(void **state)
{
    static const char *const texts[] = {
        "<script>alert(1)</script>",
        "</title><img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)\" x='",
        "'; system \"touch owned\"; '",
        "`touch owned`",
        "\nEND\nset output 'owned'\n!touch owned\n",
        "%s%n%d",
        "&lt;b&gt; &amp;",
        "a\xff\xfe\xed\xa0\x80z",
        "=cmd()|' /C calc'!A0",
        "\x1b[2J\x01",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct hr_result *result = sample_result();
        make_hostile(result, texts[i]);
        char *warnings = write_folder(result);
        assert_true(strcmp(warnings, "") == 0 || strstr(warnings, "not found"));
        assert_true(check_page("report.html", ""));
        assert_int_equal(access("owned", F_OK), -1);
        free(warnings);
        hr_result_free(result);
    }
}

static void test_escapes(void **state)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    (void)state;
    hr_html_text(out, "a<b>&\"'\xff\x01\t\xC3\xA9\xC2\x85");
    fclose(out);
    assert_string_equal(text, "a&lt;b&gt;&amp;&quot;&#39;\xEF\xBF\xBD\xEF\xBF\xBD\t\xC3\xA9"
                              "\xEF\xBF\xBD");
    free(text);
}

/* Nothing completed, nothing recorded: a page all the same. */
static void test_page_of_nothing(void **state)
{
    struct hr_result *result = sample_result();
    struct hr_workload_result *workload = &result->workloads[0];
    (void)state;
    workload->latency_curve.n = 0;
    result->workloads[1].latency_curve.n = 0;
    for (unsigned i = 0; i < HR_PARTS; i++)
        workload->latency_parts_s_mean[i] = sample_null("nothing completed");
    workload->latency_s.mean = sample_null("nothing completed");
    const size_t steps = result->series.n, n_slos = result->n_slos;
    result->series.n = 0;
    result->n_slos = 0;
    result->cluster.cost_usd_per_hour = sample_null("no price");
    char *warnings = write_folder(result);
    assert_string_equal(warnings, "");
    assert_true(check_page("report.html", "--svgs 0 --text 'No time series was recorded' "
                                          "--text 'No objectives are set' "
                                          "--text 'The scenario sets no prices' "
                                          "--text 'No request was completed'"));
    free(warnings);
    result->series.n = steps;
    result->n_slos = n_slos;
    hr_result_free(result);
}

/* A figure of panels for each deployment, the pools side by side, and the events. */
static void test_page_of_a_cluster(void **state)
{
    struct hr_result *result = sample_result();
    char options[512];
    (void)state;
    sample_cluster(result);
    char *warnings = write_folder_with_path(result, have_gnuplot() ? getenv("PATH") : "/nowhere");
    snprintf(options, sizeof(options),
             "--svgs %d --text 'Pods and nodes' --text 'GPU requested' --text '1,198' "
             "--text '1:02:03.250' --text 'web-0 and 2 more' --text '25:00:00.000' "
             "--text 'web-3 on cpu-8' --text 'a <b>message</b>' --text 'left out: Started 1,199.' "
             "--text 'wait for a node' --text 'preemptions'",
             have_gnuplot() ? SAMPLE_PLOTS + 2 : 0);
    assert_true(check_page("report.html", options));
    char *page = read_file("report.html");
    assert_non_null(strstr(page, "#e1:checked~.events tbody tr:not(.e1){display:none}"));
    assert_non_null(strstr(page, "<tr class=\"e1\"><th scope=\"row\">1:02:03.250"));
    assert_non_null(strstr(page, "viewBox=\"0 0 520 556\""));
    free(page);
    free(warnings);
    result->n_node_pools = 0; /* the nodes' panel goes, the rest stays */
    hr_cluster_events_free(result->cluster_events);
    result->cluster_events = NULL;
    free(write_folder_with_path(result, "/nowhere"));
    assert_true(check_page("report.html", "--svgs 0 --text 'has no node pools' "
                                          "--text 'No events were kept'"));
    result->n_node_pools = 2;
    hr_result_free(result);
}

/* Without pods there is neither section. */
static void test_page_without_a_cluster(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    free(write_folder_with_path(result, "/nowhere"));
    char *page = read_file("report.html");
    assert_null(strstr(page, "Pods and nodes"));
    assert_null(strstr(page, "href=\"#events\""));
    free(page);
    hr_result_free(result);
}

/* A column without a single value is left out rather than handed to gnuplot. */
static void test_column_without_values(void **state)
{
    struct hr_result *result = sample_result();
    char options[32];
    (void)state;
    if (!have_gnuplot()) {
        hr_result_free(result);
        skip();
    }
    for (size_t i = 0; i < SAMPLE_STEPS; i++)
        for (size_t c = 6; c < 9; c++) /* both latencies and the other workload's arrivals */
            result->series.columns[c].values[i] = (double)NAN;
    char *warnings = write_folder(result);
    assert_string_equal(warnings, "");
    snprintf(options, sizeof(options), "--svgs %d", SAMPLE_PLOTS - 1);
    assert_true(check_page("report.html", options));
    free(warnings);
    hr_result_free(result);
}

/* The check itself finds what it should. */
static void test_the_check_fails(void **state)
{
    static const char *const pages[] = {
        "<h1>a</h1><p>",
        "<h1>a</h1><script></script>",
        "<h1>a</h1><img src=\"http://a/b.png\">",
        "<h1>a</h1><a href=\"#b\">c</a>",
        "<h1>a</h1><p id=\"b\"></p><p id=\"b\"></p>",
        "<h1>a</h1><h3>b</h3>",
        "<h1>a</h1><p onclick=\"b()\"></p>",
        "<style>p{background:url(b)}</style><h1>a</h1>",
        "<h1>a</h1><b><i></b></i>",
    };
    (void)state;
    write_file("page.html", "<h1 id=\"b\">a</h1><p><a href=\"#b\">c</a></p>", 0644);
    assert_true(check_page("page.html", "--text c --svgs 0"));
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        write_file("page.html", pages[i], 0644);
        assert_false(check_page("page.html", ""));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_the_check_fails),
        cmocka_unit_test(test_page_says_everything),
        cmocka_unit_test(test_long_run),
        cmocka_unit_test(test_page_warns),
        cmocka_unit_test(test_page_of_one_replication),
        cmocka_unit_test(test_without_gnuplot),
        cmocka_unit_test(test_with_a_broken_gnuplot),
        cmocka_unit_test(test_page_with_plots),
        cmocka_unit_test(test_page_is_the_same_again),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_page_of_nothing),
        cmocka_unit_test(test_column_without_values),
        cmocka_unit_test(test_page_of_a_cluster),
        cmocka_unit_test(test_page_without_a_cluster),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
