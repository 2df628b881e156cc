/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data files of a scenario (traces, samples), and load by the calendar. */
#include "hr_test.h"

#include "scenario/scenario.h"
#include "unit/temp_folder.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOUR HR_NS_PER_HOUR

/* A scenario with these arrivals, `top` before all else. */
static const char *write_scenario(const char *top, const char *arrivals)
{
    char text[2048];
    snprintf(text, sizeof text,
             "name = \"data\"; %s\n"
             "models = ( { name = \"m\"; service_time = \"20ms\"; } );\n"
             "deployments = ( { name = \"d\"; model = \"m\"; } );\n"
             "workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = %s; } );\n",
             top, arrivals);
    return temp_write("scenario.cfg", text, strlen(text));
}

static struct hr_scenario *load(const char *top, const char *arrivals)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario;
    const char *path = write_scenario(top, arrivals);
    if (hr_scenario_load(path, NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    assert_int_equal(hr_diag_count(diag), 0);
    hr_diag_free(diag);
    return scenario;
}

static const struct hr_arrival_spec *arrivals_of(const struct hr_scenario *scenario)
{
    const struct hr_workload_spec *workload = hr_scenario_spec(scenario)->workloads.items;
    return workload->arrivals.items;
}

static void write_text(const char *name, const char *text)
{
    temp_write(name, text, strlen(text));
}

static void test_traces_are_read_through(void **state)
{
    static const struct {
        const char *data, *arrivals;
        uint64_t n_rows, n_requests;
        hr_time first, span, shift; /* ns */
    } cases[] = {
        { "1.5\n2\n7\n", "{ process = \"trace\"; trace = \"t\"; }", 3, 3, 1500000000, 5500000000,
          0 },
        { "1.5\n2\n7\n", "{ process = \"trace\"; trace = \"t\"; origin = \"first\"; }", 3, 3,
          1500000000, 5500000000, 1500000000 },
        { "15\n20\n", "{ process = \"trace\"; trace = \"t\"; time_unit = \"100ms\"; }", 2, 2,
          1500000000, 500000000, 0 },
        { "a,t\nx,1\ny,4\n", "{ process = \"trace\"; trace = \"t\"; column = \"t\"; }", 2, 2,
          1000000000, 3000000000, 0 },
        { "2026-03-02T00:00:05Z\n2026-03-02T00:00:06Z\n", "{ process = \"trace\"; trace = \"t\"; }",
          2, 2, INT64_C(1772409605000000000), 1000000000, INT64_C(1772409605000000000) },
        { "2026-03-02T00:00:05Z\n2026-03-02T00:00:06Z\n",
          "{ process = \"trace\"; trace = \"t\"; origin = \"start\"; }", 2, 2,
          INT64_C(1772409605000000000), 1000000000, INT64_C(1772409600000000000) },
        { "3 0 4\n", "{ process = \"trace\"; trace = \"t\"; format = \"counts\"; }", 3, 7, 0,
          3000000000, 0 },
        { "3 0 4\n",
          "{ process = \"trace\"; trace = \"t\"; format = \"counts\"; interval = \"1m\"; }", 3, 7,
          0, 180000000000, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_text("t", cases[i].data);
        struct hr_scenario *scenario =
            load("duration = \"1h\"; start = \"2026-03-02T00:00:00Z\";", cases[i].arrivals);
        const struct hr_trace *trace = arrivals_of(scenario)->trace_data;
        assert_string_equal(trace->path, temp_path("t"));
        assert_int_equal(trace->n_rows, cases[i].n_rows);
        assert_int_equal(trace->n_requests, cases[i].n_requests);
        assert_int_equal(trace->first, cases[i].first);
        assert_int_equal(trace->span, cases[i].span);
        assert_int_equal(trace->shift, cases[i].shift);
        assert_int_equal(strlen(trace->sha256), 64);
        hr_scenario_free(scenario);
    }
}

static void test_canonical_text_keeps_paths_as_written(void **state)
{
    (void)state;
    write_text("t", "1\n2\n");
    struct hr_scenario *once =
        load("duration = \"1h\";", "{ process = \"trace\"; trace = \"./t\"; }");
    const char *text = hr_scenario_canonical(once);
    struct hr_scenario *twice;
    assert_non_null(strstr(text, "trace = \"./t\";"));
    const char *path = temp_write("canonical.cfg", text, strlen(text));
    assert_int_equal(hr_scenario_load(path, NULL, 0, &twice, NULL), HR_OK);
    assert_string_equal(text, hr_scenario_canonical(twice));
    assert_string_equal(hr_scenario_sha256(once), hr_scenario_sha256(twice));
    hr_scenario_free(once);
    hr_scenario_free(twice);
}

/* The canonical text of each shipped scenario, loaded in a folder with the same data. */
static void test_shipped_scenarios_round_trip(void **state)
{
    glob_t files;
    (void)state;
    assert_int_equal(glob(HR_SOURCE_DIR "/scenarios/*.cfg", 0, NULL, &files), 0);
    assert_int_equal(symlink(HR_SOURCE_DIR "/scenarios/data", temp_path("data")), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct hr_scenario *once, *twice;
        assert_int_equal(hr_scenario_load(files.gl_pathv[i], NULL, 0, &once, NULL), HR_OK);
        const char *text = hr_scenario_canonical(once);
        const char *path = temp_write("canonical.cfg", text, strlen(text));
        assert_int_equal(hr_scenario_load(path, NULL, 0, &twice, NULL), HR_OK);
        assert_string_equal(text, hr_scenario_canonical(twice));
        assert_string_equal(hr_scenario_sha256(once), hr_scenario_sha256(twice));
        hr_scenario_free(once);
        hr_scenario_free(twice);
    }
    globfree(&files);
}

static void test_identity_covers_the_data(void **state)
{
    static const char arrivals[] = "{ process = \"trace\"; trace = \"t\"; }";
    (void)state;
    write_text("t", "1\n2\n");
    struct hr_scenario *one = load("duration = \"1h\";", arrivals);
    write_text("t", "1\n3\n");
    struct hr_scenario *other = load("duration = \"1h\";", arrivals);
    assert_string_equal(hr_scenario_canonical(one), hr_scenario_canonical(other));
    assert_string_not_equal(hr_scenario_sha256(one), hr_scenario_sha256(other));
    hr_scenario_free(one);
    hr_scenario_free(other);
}

static void test_traces_open_several_times(void **state)
{
    struct hr_trace_source a, b;
    int64_t x[4], y[4];
    size_t n;
    (void)state;
    write_text("t", "1\n2\n3\n");
    struct hr_scenario *scenario =
        load("duration = \"1h\";", "{ process = \"trace\"; trace = \"t\"; }");
    const struct hr_trace_opener opener = hr_scenario_trace_opener(scenario);
    assert_int_equal(opener.open(opener.ctx, arrivals_of(scenario), &a), HR_OK);
    assert_int_equal(opener.open(opener.ctx, arrivals_of(scenario), &b), HR_OK);
    assert_int_equal(a.pull(a.ctx, x, 2, &n), HR_OK);
    assert_int_equal(n, 2);
    assert_int_equal(b.pull(b.ctx, y, 4, &n), HR_OK);
    assert_int_equal(n, 3);
    assert_int_equal(a.pull(a.ctx, x, 2, &n), HR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(x[0], y[2]);
    assert_int_equal(a.pull(a.ctx, x, 2, &n), HR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(a.rewind(a.ctx), HR_OK);
    assert_int_equal(a.pull(a.ctx, x, 4, &n), HR_OK);
    assert_int_equal(n, 3);
    assert_int_equal(x[0], HR_NS_PER_S);
    a.close(a.ctx);
    b.close(b.ctx);
    remove(temp_path("t"));
    assert_int_equal(opener.open(opener.ctx, arrivals_of(scenario), &a), HR_ERR_IO);
    hr_scenario_free(scenario);
}

static void test_samples_are_kept_wherever_they_stand(void **state)
{
    (void)state;
    write_text("s", "0.3\n100ms\n0.2\n");
    struct hr_scenario *scenario =
        load("duration = \"1h\";",
             "{ process = \"closed\"; clients = 1; think_time = { distribution = \"mixture\";"
             " components = ( { dist = { distribution = \"empirical\"; file = \"s\"; }; } ); }; }");
    const struct hr_dist_component *part = arrivals_of(scenario)->think_time->components.items;
    assert_int_equal(part->dist->n_samples, 3);
    assert_near(part->dist->samples_ns[0], 1e8, 0);
    assert_near(part->dist->samples_ns[2], 3e8, 0);
    hr_scenario_free(scenario);
}

/* Points of a calendar as "hours from the start: rate". */
static void expect_points(const char *top, const char *arrivals, const double (*expected)[2],
                          size_t n)
{
    struct hr_scenario *scenario = load(top, arrivals);
    const struct hr_arrival_spec *spec = arrivals_of(scenario);
    assert_int_equal(spec->n_calendar_points, n);
    for (size_t i = 0; i < n; i++) {
        assert_near((double)spec->calendar_points[i].at / (double)HOUR, expected[i][0], 1e-12);
        assert_near(spec->calendar_points[i].rate, expected[i][1], 1e-12);
    }
    hr_scenario_free(scenario);
}

static void test_calendar_follows_days_of_the_week(void **state)
{
    /* From Friday 12:00 on; a window of 48 h, and one more for those that drain: to Tuesday 12:00.
     * Monday is a holiday. */
    static const double expected[][2] = { { 0, 20 }, { 12, 5 }, { 36, 1 }, { 60, 3 }, { 84, 10 } };
    (void)state;
    expect_points(
        "start = \"2026-03-06T12:00:00Z\"; duration = \"48h\";",
        "{ process = \"calendar\"; rate = \"10/s\"; weekday = [ 1, 2 ]; saturday = [ 0.5 ];"
        " sunday = [ 0.1 ]; holiday = [ 0.3 ]; holidays = [ \"2026-03-09\" ]; }",
        expected, 5);
}

static void test_calendar_falls_back_on_the_day_before(void **state)
{
    /* Saturday as a weekday, Sunday as Saturday, the holiday on Monday as Sunday. */
    static const double expected[][2] = { { 0, 10 } };
    (void)state;
    expect_points("start = \"2026-03-06T12:00:00Z\"; duration = \"48h\";",
                  "{ process = \"calendar\"; rate = \"10/s\"; holidays = [ \"2026-03-09\" ]; }",
                  expected, 1);
}

static void test_calendar_opens_and_closes_in_local_time(void **state)
{
    /* New York is 5 h behind until Sunday 8 March 2026, 07:00 UTC, then 4 h. The market is open
     * 9:30 to 16:00 local; nothing on weekends. Friday 6 March 00:00 UTC to Tuesday 10 March. */
    static const double expected[][2] = {
        { 0, 1 },          /* Thursday 19:00 local, closed */
        { 14.5, 10 },      /* Friday 9:30 EST */
        { 21, 1 },         /* Friday 16:00 EST */
        { 29, 0 },         /* Saturday 0:00 EST */
        { 72 + 4, 1 },     /* Monday 0:00 EDT */
        { 72 + 13.5, 10 }, /* Monday 9:30 EDT */
        { 72 + 20, 1 },    /* Monday 16:00 EDT */
    };
    (void)state;
    expect_points("start = \"2026-03-06T00:00:00Z\"; duration = \"48h\";"
                  " timezone = \"America/New_York\";",
                  "{ process = \"calendar\"; rate = \"10/s\"; weekday = [ 1 ]; saturday = [ 0 ];"
                  " open = \"9h30m\"; close = \"16h\"; closed_share = \"10%\"; }",
                  expected, 7);
}

static void test_calendar_skips_and_repeats_the_hour_of_a_change(void **state)
{
    /* Berlin, hourly multipliers = the hour. 29 March 2026 at 01:00 UTC the clock goes from 2 to 3;
     * 25 October 2026 at 01:00 UTC from 3 back to 2. */
    static const char hours[] = "{ process = \"calendar\"; rate = \"1/s\"; weekday = ( 0, 1, 2, 3, "
                                "4, 5, 6, 7, 8, 9, 10, 11,"
                                " 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23 ); }";
    static const double spring[][2] = { { 0, 0 }, { 1, 1 }, { 2, 3 }, { 3, 4 } };
    static const double autumn[][2] = { { 0, 0 }, { 1, 1 }, { 2, 2 }, { 4, 3 } };
    (void)state;
    expect_points("start = \"2026-03-28T23:00:00Z\"; duration = \"2h\"; timezone = "
                  "\"Europe/Berlin\";",
                  hours, spring, 4);
    expect_points("start = \"2026-10-24T22:00:00Z\"; duration = \"150m\"; timezone = "
                  "\"Europe/Berlin\";",
                  hours, autumn, 4);
}

static void test_diurnal_load_knows_the_local_time(void **state)
{
    static const struct {
        const char *top;
        double hours;
    } cases[] = {
        { "duration = \"1h\";", 0 },
        { "duration = \"1h\"; start = \"2026-03-02T13:30:00Z\";", 13.5 },
        { "duration = \"1h\"; start = \"2026-07-02T13:30:00Z\"; timezone = \"Europe/Berlin\";",
          15.5 },
        { "duration = \"1h\"; start = \"2026-03-02T02:00:00Z\"; timezone = \"America/New_York\";",
          21 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hr_scenario *scenario =
            load(cases[i].top, "{ process = \"diurnal\"; rate = \"1/s\"; }");
        assert_near((double)arrivals_of(scenario)->local_offset / (double)HOUR, cases[i].hours,
                    1e-12);
        hr_scenario_free(scenario);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_traces_are_read_through),
        cmocka_unit_test(test_canonical_text_keeps_paths_as_written),
        cmocka_unit_test(test_shipped_scenarios_round_trip),
        cmocka_unit_test(test_identity_covers_the_data),
        cmocka_unit_test(test_traces_open_several_times),
        cmocka_unit_test(test_samples_are_kept_wherever_they_stand),
        cmocka_unit_test(test_calendar_follows_days_of_the_week),
        cmocka_unit_test(test_calendar_falls_back_on_the_day_before),
        cmocka_unit_test(test_calendar_opens_and_closes_in_local_time),
        cmocka_unit_test(test_calendar_skips_and_repeats_the_hour_of_a_change),
        cmocka_unit_test(test_diurnal_load_knows_the_local_time),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
