/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The RESULT folder's members and the event log. */
#include "hr_test.h"

#include "report_result.h"
#include "temp_folder.h"

#include <headroom/diag.h>
#include <headroom/report.h>

#include <dirent.h>
#include <string.h>
#include <unistd.h>

static int make_test_folder(void **state)
{
    setenv("PATH", "/nonexistent", 1); /* plots are not looked at here */
    return temp_folder_make(state);
}

static size_t count_entries(const char *path)
{
    DIR *dir = opendir(path);
    size_t n = 0;
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));)
        n += entry->d_name[0] != '.';
    closedir(dir);
    return n;
}

static char *read_first(const char *path, size_t most)
{
    char *text = hr_alloc(most + 1, 1);
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    text[fread(text, 1, most, in)] = '\0';
    fclose(in);
    return text;
}

static void test_members(void **state)
{
    static const char *const members[][2] = {
        { "result.json", "{\n  \"schema\": \"headroom.result/1\"," },
        { "timeseries.csv", "time_s,workloads.shoppers.arrived_rps," },
        { "histogram.csv", "workload,time_s,le,count\nshoppers,0,0.01,0\n" },
        { "report.html", "<!DOCTYPE html>\n" },
    };
    struct hr_result *result = sample_result();
    char *dir = temp_path_new("a/b");
    struct hr_diag *diag = hr_diag_new();
    (void)state;
    for (int again = 0; again < 2; again++)
        assert_int_equal(hr_report_folder(result, dir, diag), HR_OK);
    assert_int_equal(count_entries(dir), 4);
    for (size_t i = 0; i < 4; i++) {
        struct hr_str path;
        hr_str_init(&path);
        hr_str_addf(&path, "%s/%s", dir, members[i][0]);
        char *text = read_first(path.text, strlen(members[i][1]));
        assert_string_equal(text, members[i][1]);
        free(text);
        hr_str_fini(&path);
    }
    hr_diag_free(diag);
    free(dir);
    hr_result_free(result);
}

static void test_folder_that_cannot_be(void **state)
{
    struct hr_result *result = sample_result();
    char *file = temp_path_new("file"), *dir = temp_path_new("file/dir");
    struct hr_diag *diag = hr_diag_new();
    (void)state;
    fclose(fopen(file, "w"));
    assert_int_equal(hr_report_folder(result, dir, diag), HR_ERR_IO);
    assert_int_equal(hr_diag_errors(diag), 1);
    hr_diag_free(diag);
    free(file);
    free(dir);
    hr_result_free(result);
}

static const struct hr_event_record arrival = { .time_ns = 300000001,
                                                .kind = "request_arrived",
                                                .workload = "w\"\n",
                                                .replica = -1,
                                                .request = 0,
                                                .attempt = -1,
                                                .latency_ns = -1 };
static const struct hr_event_record completion = { .time_ns = INT64_C(90061000000000),
                                                   .kind = "request_completed",
                                                   .workload = "w",
                                                   .deployment = "d",
                                                   .replica = 3,
                                                   .request = 17,
                                                   .attempt = 2,
                                                   .latency_ns = 2000000 };

static void test_event_log(void **state)
{
    char *path = temp_path_new("events.jsonl");
    struct hr_event_log *log;
    (void)state;
    assert_int_equal(hr_event_log_open(path, &log, NULL), HR_OK);
    hr_event_log_write(log, &arrival);
    hr_event_log_write(log, &completion);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(hr_event_log_close(log, true, NULL), HR_OK);
    char *text = read_first(path, 1000);
    assert_string_equal(text,
                        "{\"t_s\":0.300000001,\"time_ns\":300000001,\"kind\":\"request_arrived\","
                        "\"workload\":\"w\\\"\\u000a\",\"request\":0}\n"
                        "{\"t_s\":90061,\"time_ns\":90061000000000,\"kind\":\"request_completed\","
                        "\"workload\":\"w\",\"deployment\":\"d\",\"replica\":3,\"request\":17,"
                        "\"attempt\":2,\"latency_ns\":2000000}\n");
    free(text);
    free(path);
}

static void test_event_log_given_up(void **state)
{
    char *path = temp_path_new("given-up.jsonl");
    const size_t before = count_entries(temp_folder);
    struct hr_event_log *log;
    (void)state;
    assert_int_equal(hr_event_log_open(path, &log, NULL), HR_OK);
    hr_event_log_write(log, &arrival);
    assert_int_equal(hr_event_log_close(log, false, NULL), HR_OK);
    assert_int_equal(count_entries(temp_folder), before);
    free(path);
}

static void test_event_log_without_a_place(void **state)
{
    char *path = temp_path_new("none/events.jsonl");
    struct hr_diag *diag = hr_diag_new();
    struct hr_event_log *log;
    (void)state;
    assert_int_equal(hr_event_log_open(path, &log, diag), HR_ERR_IO);
    assert_null(log);
    assert_int_equal(hr_diag_errors(diag), 1);
    hr_diag_free(diag);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),
        cmocka_unit_test(test_folder_that_cannot_be),
        cmocka_unit_test(test_event_log),
        cmocka_unit_test(test_event_log_given_up),
        cmocka_unit_test(test_event_log_without_a_place),
    };
    return cmocka_run_group_tests(tests, make_test_folder, temp_folder_remove);
}
