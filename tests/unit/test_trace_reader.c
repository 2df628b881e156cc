/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces: every form that is read, and every mistake with its line. */
#include "hr_test.h"

#include "input/lines.h"
#include "input/trace_reader.h"
#include "temp_folder.h"

#include <unistd.h>

#define VALUES_MAX 64

struct reading {
    enum hr_status status;
    int64_t values[VALUES_MAX];
    size_t n;
    bool iso;
    char message[1024];
};

/* Reads a whole trace, `step` values at a time. */
static struct reading read_trace(const char *path, const struct hr_trace_reader_options *options,
                                 size_t step)
{
    struct reading reading = { 0 };
    struct hr_diag *diag = hr_diag_new();
    struct hr_trace_reader *reader = NULL;
    size_t n;

    reading.status = hr_trace_reader_open(path, options, &reader, diag);
    if (reading.status == HR_OK) {
        do {
            assert_true(reading.n + step <= VALUES_MAX);
            reading.status =
                hr_trace_reader_pull(reader, reading.values + reading.n, step, &n, diag);
            reading.n += n;
        } while (reading.status == HR_OK && n > 0);
        reading.iso = hr_trace_reader_is_iso(reader);
        hr_trace_reader_close(reader);
    }
    assert_int_equal(hr_diag_errors(diag), reading.status != HR_OK);
    strcpy(reading.message, temp_message(diag));
    hr_diag_free(diag);
    return reading;
}

#define TIMES  HR_TRACE_KIND_TIMESTAMPS
#define COUNTS HR_TRACE_KIND_COUNTS
#define S      HR_NS_PER_S

static const struct {
    const char *text;
    enum hr_trace_kind kind;
    const char *column;
    hr_time unit;
    size_t n;
    int64_t values[4];
} good[] = {
    /* one value a line */
    { "0\n1\n2.5\n", TIMES, "", S, 3, { 0, S, 2500000000 } },
    { "0\r\n1\r\n2.5", TIMES, "", S, 3, { 0, S, 2500000000 } },
    { "12.345678901\n", TIMES, "", S, 1, { 12345678901 } },
    { "1700000000.123456789\n", TIMES, "", S, 1, { 1700000000123456789 } },
    { "1e3\n1.5e3\n2E+3\n", TIMES, "", S, 3, { 1000 * S, 1500 * S, 2000 * S } },
    { "-1.5\n-.5\n+.5\n", TIMES, "", S, 3, { -1500000000, -500000000, 500000000 } },
    { "7\n7\n8\n", TIMES, "", 1000000, 3, { 7000000, 7000000, 8000000 } },
    { "0.0000000004\n0.0000000005\n", TIMES, "", S, 2, { 0, 1 } },
    { "\xef\xbb\xbf# comment\n\n  3 \n\t4\n\n\n", TIMES, "", S, 2, { 3 * S, 4 * S } },
    { "seconds\n3\n4\n", TIMES, "", S, 2, { 3 * S, 4 * S } },
    { "2026-03-02T00:00:00Z\n2026-03-02 01:00:01.5+01:00\n",
      TIMES,
      "",
      S,
      2,
      { 1772409600 * S, 1772409601500000000 } },
    /* CSV */
    { "t,n\n1,5\n2,6\n", TIMES, "t", S, 2, { S, 2 * S } },
    { "t,n\n1,5\n2,6\n", COUNTS, "n", S, 2, { 5, 6 } },
    { "t,n\n1,5\n2,6\n", TIMES, "", S, 2, { S, 2 * S } },
    { "1,5\n2,6\n", TIMES, "", S, 2, { S, 2 * S } },
    { "\"a \"\"b\"\", c\", t ,x\n\"x,y\" , \"1\" ,\n,2,\"\"\n", TIMES, "t", S, 2, { S, 2 * S } },
    { "a,\"t,\"\"1\"\"\"\nx,1\n", TIMES, "t,\"1\"", S, 1, { S } },
    { "\xef\xbb\xbft\n1\n", TIMES, "t", S, 1, { S } },
    { "# made by hand\nt,n\n# here too\n1,2\n", COUNTS, "n", S, 1, { 2 } },
    /* JSON Lines */
    { "{\"timestamp\": 5, \"x\": [1, {\"timestamp\": 9}]}\n{\"timestamp\":6}",
      TIMES,
      "",
      1000000,
      2,
      { 5000000, 6000000 } },
    { "{\"x\": \"t\", \"t\" : 1700000000.123456789}\n", TIMES, "t", S, 1, { 1700000000123456789 } },
    { "{\"a\": \"\\\"t\\\": 3\", \"t\": 1.5}\n", TIMES, "t", S, 1, { 1500000000 } },
    { "{\"\\u0074\": 1.5}\n", TIMES, "t", S, 1, { 1500000000 } },
    { "{\"t\": \"2026-03-02T00:00:00Z\"}\n", TIMES, "t", S, 1, { 1772409600 * S } },
    { "\n# x\n {\"count\": 3}\n\n{\"count\": 4}\n", COUNTS, "", S, 2, { 3, 4 } },
    /* counts */
    { "1 2\t3\r\n4", COUNTS, "", S, 4, { 1, 2, 3, 4 } },
    { "# per second\n0\n1000000000000\n007 94.0\n", COUNTS, "", S, 4, { 0, 1000000000000, 7, 94 } },
    { "count\n5\n1e3", COUNTS, "", S, 2, { 5, 1000 } },
};

static void every_form_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        const struct hr_trace_reader_options options = { good[i].kind, good[i].column,
                                                         good[i].unit };
        const size_t n = strlen(good[i].text);

        for (int form = 0; form < 3; form++) {
            const char *path = form == 2 ? temp_write_gzip("good", good[i].text, n)
                                         : temp_write("good", good[i].text, n);
            const struct reading reading = read_trace(path, &options, form ? 10 : 1);

            if (reading.status != HR_OK)
                fail_msg("case %zu: %s", i, reading.message);
            assert_int_equal(reading.n, good[i].n);
            for (size_t k = 0; k < reading.n; k++)
                assert_true(reading.values[k] == good[i].values[k]);
        }
    }
}

static void iso_times_are_known_as_such(void **state)
{
    const struct hr_trace_reader_options options = { TIMES, "", S };
    const char iso[] = "2026-03-02T00:00:00Z\n", number[] = "17\n";

    (void)state;
    assert_true(read_trace(temp_write("iso", iso, strlen(iso)), &options, 9).iso);
    assert_false(read_trace(temp_write("number", number, strlen(number)), &options, 9).iso);
}

static const struct {
    const char *text;
    enum hr_trace_kind kind;
    const char *column;
    hr_time unit;
    const char *message;
} bad[] = {
    { "1\n2\nabc\n", TIMES, "", S,
      "bad:3: \"abc\" is not a time (expected seconds or an ISO 8601 timestamp)" },
    { "# x\n\n1\n\n2x\n", TIMES, "", 1000000,
      "bad:5: \"2x\" is not a time (expected a number or an ISO 8601 timestamp)" },
    { "t,n\n1,2\n,2\n", TIMES, "t", S,
      "bad:3: \"\" is not a time (expected seconds or an ISO 8601 timestamp)" },
    { "5\n7\n6.25\n", TIMES, "", S, "bad:3: time runs backwards (6.25 after 7): sort the trace" },
    { "5\n7\n6.25\n", TIMES, "", 1000,
      "bad:3: time runs backwards (6.25 after 7): sort the trace" },
    { "2026-03-02T00:00:01Z\n2026-03-02T00:00:00Z\n", TIMES, "", S,
      "bad:2: time runs backwards (2026-03-02T00:00:00Z after 2026-03-02T00:00:01Z): sort the "
      "trace" },
    { "5\n2026-03-02T00:00:00Z\n", TIMES, "", S,
      "bad:2: \"2026-03-02T00:00:00Z\" is a timestamp after numbers (one trace has one kind of "
      "time)" },
    { "2026-03-02T00:00:00Z\n5\n", TIMES, "", S,
      "bad:2: \"5\" is a number after timestamps (one trace has one kind of time)" },
    { "1e10\n", TIMES, "", S, "bad:1: \"1e10\" is beyond 292 years (see `time_unit`)" },
    { "stamp,value\n1,2\n", TIMES, "stmp", S,
      "bad:1: no column \"stmp\" in the header line (did you mean \"stamp\"?)" },
    { "stamp,value\n1,2\n", TIMES, "arrival", S,
      "bad:1: no column \"arrival\" in the header line (there are: stamp, value)" },
    { "a,b,c\n1,2,3\n1,2\n", TIMES, "c", S, "bad:3: the row has only 2 fields, \"c\" is number 3" },
    { "a,b\n\"1,2\n", TIMES, "b", S, "bad:2: a quoted field is not closed" },
    { "a,b\n\"1\"x,2\n", TIMES, "b", S, "bad:2: a quoted field is not closed" },
    { "{\"timestamp\": 1}\n{\"timestamp\": }\n", TIMES, "", S,
      "bad:2: not a JSON object (key \"timestamp\")" },
    { "{\"timestamp\": 1}\n[1]\n", TIMES, "", S, "bad:2: not a JSON object (key \"timestamp\")" },
    { "{\"x\": 1}\n", TIMES, "t", S, "bad:1: the object lacks the key (key \"t\")" },
    { "{\"t\": null}\n", TIMES, "t", S,
      "bad:1: the value is neither number nor string (key \"t\")" },
    { "1 2\n3 -4\n", COUNTS, "", S, "bad:2: \"-4\" is a negative count" },
    { "1 2\n\n3 1.5\n", COUNTS, "", S, "bad:3: \"1.5\" is not a whole number" },
    { "1000000000001", COUNTS, "", S, "bad:1: \"1000000000001\" is more than 1e12" },
    { "99999999999999999999999999", COUNTS, "", S,
      "bad:1: \"99999999999999999999999999\" is more than 1e12" },
    { "1\n2,3\n", COUNTS, "", S,
      "bad:2: \"2,3\" is not a count (expected whole numbers; of a CSV file name the `column`)" },
    { "1\n\n# only comments follow\n5 # not here\n", COUNTS, "", S,
      "bad:4: \"#\" is not a count (expected whole numbers; of a CSV file name the `column`)" },
    { "", COUNTS, "", S, "bad: the trace holds no values" },
    { "# nothing\n\n", TIMES, "", S, "bad: the trace holds no values" },
    { "t\n", TIMES, "t", S, "bad:1: the trace holds no values" },
    { "", TIMES, "t", S, "bad: the file is empty: no column \"t\"" },
};

static void every_mistake_has_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct hr_trace_reader_options options = { bad[i].kind, bad[i].column, bad[i].unit };
        const char *path = temp_write("bad", bad[i].text, strlen(bad[i].text));
        const struct reading reading = read_trace(path, &options, 5);

        assert_string_equal(reading.message, bad[i].message);
        assert_int_equal(reading.status, HR_ERR_INPUT);
    }
}

static void what_is_no_file_is_an_io_error(void **state)
{
    const struct hr_trace_reader_options options = { TIMES, "", S };
    struct reading reading = read_trace(temp_path("lost.csv"), &options, 5);

    (void)state;
    assert_int_equal(reading.status, HR_ERR_IO);
    assert_string_equal(reading.message,
                        "lost.csv: cannot open the file: No such file or directory");
    reading = read_trace(temp_path("."), &options, 5);
    assert_int_equal(reading.status, HR_ERR_IO);
    assert_string_equal(reading.message, ".: cannot read the file: Is a directory");
}

/* Lines of a counting text, long enough for several buffers; *n is its length. */
static char *long_text(size_t lines, size_t *n)
{
    char *text = malloc(lines * 12);

    assert_non_null(text);
    *n = 0;
    for (size_t i = 0; i < lines; i++)
        *n += (size_t)sprintf(text + *n, "%zu.5\n", i);
    return text;
}

/* Pulls to the end or the first error; counts the values and checks that each is as written. */
static enum hr_status count_values(struct hr_trace_reader *reader, size_t *count,
                                   struct hr_diag *diag)
{
    int64_t values[1000];
    size_t n;
    enum hr_status status;

    *count = 0;
    while ((status = hr_trace_reader_pull(reader, values, 1000, &n, diag)) == HR_OK && n > 0) {
        for (size_t i = 0; i < n; i++)
            assert_true(values[i] == (int64_t)(*count + i) * S + S / 2);
        *count += n;
    }
    return status;
}

static void long_traces_pass_through_and_rewind(void **state)
{
    const struct hr_trace_reader_options options = { TIMES, "", S };
    struct hr_diag *diag = hr_diag_new();
    struct hr_trace_reader *reader;
    size_t n, count;
    char *text = long_text(200000, &n);

    (void)state;
    for (int gzip = 0; gzip < 2; gzip++) {
        const char *path = gzip ? temp_write_gzip("long", text, n) : temp_write("long", text, n);

        assert_int_equal(hr_trace_reader_open(path, &options, &reader, diag), HR_OK);
        for (int pass = 0; pass < 3; pass++) {
            int64_t one;

            assert_int_equal(count_values(reader, &count, diag), HR_OK);
            assert_int_equal(count, 200000);
            assert_int_equal(hr_trace_reader_rewind(reader, diag), HR_OK);
            assert_int_equal(hr_trace_reader_pull(reader, &one, 1, &n, diag), HR_OK);
            assert_true(n == 1 && one == S / 2);
            assert_int_equal(hr_trace_reader_rewind(reader, diag), HR_OK);
        }
        hr_trace_reader_close(reader);
        n = strlen(text);
    }
    assert_int_equal(hr_diag_count(diag), 0);
    hr_diag_free(diag);
    free(text);
}

/* A second pass starts behind the header and counts its lines as the first did. */
static void rewind_keeps_the_lines(void **state)
{
    const struct hr_trace_reader_options options = { COUNTS, "n", S };
    const char text[] = "# comment\nt,n\n1,5\n2,bad\n";
    struct hr_diag *diag = hr_diag_new();
    struct hr_trace_reader *reader;
    int64_t values[5];
    size_t n;

    (void)state;
    assert_int_equal(
        hr_trace_reader_open(temp_write("again", text, strlen(text)), &options, &reader, diag),
        HR_OK);
    for (size_t pass = 0; pass < 2; pass++) {
        assert_int_equal(hr_trace_reader_pull(reader, values, 5, &n, diag), HR_ERR_INPUT);
        assert_true(n == 1 && values[0] == 5);
        assert_int_equal(hr_diag_entry(diag, pass)->line, 4);
        assert_int_equal(hr_trace_reader_rewind(reader, diag), HR_OK);
    }
    hr_trace_reader_close(reader);
    hr_diag_free(diag);
}

static void assert_damaged(const char *name, const char *message)
{
    const struct hr_trace_reader_options options = { TIMES, "", S };
    struct hr_diag *diag = hr_diag_new();
    struct hr_trace_reader *reader = NULL;
    size_t count;
    enum hr_status status = hr_trace_reader_open(temp_path(name), &options, &reader, diag);

    if (status == HR_OK)
        status = count_values(reader, &count, diag);
    assert_int_equal(status, HR_ERR_INPUT);
    if (!strstr(temp_message(diag), message))
        fail_msg("%s", temp_message(diag));
    hr_trace_reader_close(reader);
    hr_diag_free(diag);
}

static void damaged_gzip_data_are_found(void **state)
{
    size_t n, packed;
    char *text = long_text(100000, &n);
    FILE *file;

    (void)state;
    file = fopen(temp_write_gzip("damaged", text, n), "r+b");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    packed = (size_t)ftell(file);
    fseek(file, -8, SEEK_END); /* the first byte of the checksum */
    const int byte = fgetc(file);
    fseek(file, -8, SEEK_END);
    fputc(byte ^ 1, file);
    fclose(file);
    assert_damaged("damaged", "the gzip data is damaged: incorrect data check");

    assert_int_equal(truncate(temp_write_gzip("cut", text, n), (off_t)(packed / 2)), 0);
    assert_damaged("cut", "the gzip data is damaged: it ends too early");
    assert_int_equal(truncate(temp_write_gzip("cut", text, n), 12), 0);
    assert_damaged("cut", "cut:1: the gzip data is damaged: it ends too early");
    free(text);
}

static void lines_may_have_a_mebibyte(void **state)
{
    const struct hr_trace_reader_options options = { COUNTS, "n", S }, words = { COUNTS, "", S };
    const size_t n = HR_LINE_BYTES_MAX;
    char *text = malloc(n + 5);
    struct reading reading;

    (void)state;
    assert_non_null(text);
    memcpy(text, "n,x\n7,", 6);
    memset(text + 6, 'x', n - 2);
    text[n + 4] = '\n'; /* the second line has exactly n bytes */
    reading = read_trace(temp_write("wide", text, n + 5), &options, 5);
    assert_int_equal(reading.status, HR_OK);
    assert_true(reading.n == 1 && reading.values[0] == 7);

    text[n + 4] = 'x';
    reading = read_trace(temp_write("wide", text, n + 5), &options, 5);
    assert_int_equal(reading.status, HR_ERR_INPUT);
    assert_string_equal(reading.message, "wide:2: the line is longer than 1 MiB");

    memset(text, '1', n + 5);
    reading = read_trace(temp_write("wide", text, n + 5), &words, 5);
    assert_int_equal(reading.status, HR_ERR_INPUT);
    free(text);
}

/* Counts on one line of any length pass: only a word is bounded. */
static void counts_may_stand_on_one_long_line(void **state)
{
    const struct hr_trace_reader_options options = { COUNTS, "", S };
    const size_t n = 2 * HR_LINE_BYTES_MAX;
    struct hr_diag *diag = hr_diag_new();
    struct hr_trace_reader *reader;
    char *text = malloc(n);
    int64_t values[512], sum = 0;
    size_t got, count = 0;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < n; i += 4)
        memcpy(text + i, "123 ", 4);
    assert_int_equal(hr_trace_reader_open(temp_write("one", text, n), &options, &reader, diag),
                     HR_OK);
    while (hr_trace_reader_pull(reader, values, 512, &got, diag) == HR_OK && got > 0) {
        for (size_t i = 0; i < got; i++)
            sum += values[i];
        count += got;
    }
    assert_int_equal(count, n / 4);
    assert_true(sum == (int64_t)(n / 4) * 123);
    assert_int_equal(hr_diag_count(diag), 0);
    hr_trace_reader_close(reader);
    hr_diag_free(diag);
    free(text);
}

/* Real traces, when they are at hand beside the project. */
static const struct {
    const char *file;
    enum hr_trace_kind kind;
    const char *column;
    hr_time unit;
    size_t n;
    int64_t sum, first, last; /* sum: of counts only */
} real[] = {
    { "nasa_http_1995jul_req_per_second.txt.gz", COUNTS, "", S, 2381545, 1891714, 1, 1 },
    { "worldcup98_req_per_minute_apr30_jun20.csv.gz", COUNTS, "count", S, 73580, 574934701, 2,
      10099 },
    { "nab_elb_request_count_8c0756.csv", COUNTS, "value", S, 4032, 249327, 94, 60 },
    { "AzureLLMInferenceTrace_code_2023.csv.gz", TIMES, "TIMESTAMP", S, 8819, 0,
      1700158623979960000, 1700162059928016000 },
    { "mooncake_conversation_first30min.jsonl.gz", TIMES, "", 1000000, 5719, 0, 0, 1797000000000 },
};

static void check_real_trace(size_t i)
{
    const struct hr_trace_reader_options options = { real[i].kind, real[i].column, real[i].unit };
    struct hr_diag *diag = hr_diag_new();
    struct hr_trace_reader *reader = NULL;
    int64_t values[4096], first = 0, last = 0, sum = 0;
    size_t n, count = 0;
    char path[512];

    snprintf(path, sizeof(path), "%s/../shared/data/traces/%s", HR_SOURCE_DIR, real[i].file);
    assert_int_equal(hr_trace_reader_open(path, &options, &reader, diag), HR_OK);
    while (hr_trace_reader_pull(reader, values, 4096, &n, diag) == HR_OK && n > 0) {
        first = count == 0 ? values[0] : first;
        last = values[n - 1];
        count += n;
        for (size_t k = 0; k < n && real[i].kind == COUNTS; k++)
            sum += values[k];
    }
    assert_int_equal(hr_diag_count(diag), 0);
    assert_int_equal(count, real[i].n);
    assert_true(sum == real[i].sum && first == real[i].first && last == real[i].last);
    hr_trace_reader_close(reader);
    hr_diag_free(diag);
}

static void real_traces_are_read_whole(void **state)
{
    (void)state;
    if (access(HR_SOURCE_DIR "/../shared/data/traces", R_OK) != 0) {
        print_message("skipped: ../shared/data/traces is not there\n");
        skip();
    }
    for (size_t i = 0; i < sizeof(real) / sizeof(real[0]); i++)
        check_real_trace(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(iso_times_are_known_as_such),
        cmocka_unit_test(every_mistake_has_its_line),
        cmocka_unit_test(what_is_no_file_is_an_io_error),
        cmocka_unit_test(long_traces_pass_through_and_rewind),
        cmocka_unit_test(rewind_keeps_the_lines),
        cmocka_unit_test(damaged_gzip_data_are_found),
        cmocka_unit_test(lines_may_have_a_mebibyte),
        cmocka_unit_test(counts_may_stand_on_one_long_line),
        cmocka_unit_test(real_traces_are_read_whole),
    };
    return cmocka_run_group_tests(tests, temp_folder_make, temp_folder_remove);
}
