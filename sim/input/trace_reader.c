/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of a column to timestamps or counts, by integer arithmetic alone. */
#include "input/trace_reader.h"

#include "base/civil.h"
#include "base/decimal.h"
#include "base/mem.h"
#include "base/str.h"
#include "input/column.h"

#include <stdlib.h>

#define COUNT_MAX INT64_C(1000000000000)

enum notation { NOTATION_UNKNOWN, NOTATION_NUMBER, NOTATION_ISO };

struct hr_trace_reader {
    struct hr_column *column;
    enum hr_trace_kind kind;
    hr_time time_unit;
    enum notation notation; /* of the timestamps: one a file */
    int64_t last;           /* timestamp */
    bool any;               /* values were read */
};

/* `"abc" is ...` with the line of the value. */
static enum hr_status bad_value(const struct hr_trace_reader *reader, const struct hr_text *value,
                                struct hr_diag *diag, const char *what, const char *hint)
{
    const int shown = value->n < 60 ? (int)value->n : 60;

    return hr_lines_error(hr_column_lines(reader->column), diag, hint, "\"%.*s\" %s", shown,
                          value->at, what);
}

static enum hr_status not_a_time(const struct hr_trace_reader *reader, const struct hr_text *value,
                                 struct hr_diag *diag)
{
    return bad_value(reader, value, diag, "is not a time",
                     reader->time_unit == HR_NS_PER_S
                         ? "expected seconds or an ISO 8601 timestamp"
                         : "expected a number or an ISO 8601 timestamp");
}

static enum hr_status read_time(struct hr_trace_reader *reader, const struct hr_text *value,
                                int64_t *time, struct hr_diag *diag)
{
    struct hr_decimal decimal;
    enum notation notation = NOTATION_ISO;

    if (hr_decimal_parse(value->at, value->n, &decimal) == value->n && value->n > 0) {
        notation = NOTATION_NUMBER;
        *time = hr_decimal_scale(&decimal, reader->time_unit);
        if (*time == INT64_MAX || *time == -INT64_MAX)
            return bad_value(reader, value, diag, "is beyond 292 years", "see `time_unit`");
    } else if (!hr_timestamp_parse(value->at, value->n, time)) {
        return not_a_time(reader, value, diag);
    }
    if (reader->notation == NOTATION_UNKNOWN) {
        reader->notation = notation;
        reader->last = *time;
    }
    if (reader->notation != notation)
        return bad_value(reader, value, diag,
                         notation == NOTATION_ISO ? "is a timestamp after numbers"
                                                  : "is a number after timestamps",
                         "one trace has one kind of time");
    return HR_OK;
}

/* The text of a time as the file has it. */
static void show_time(const struct hr_trace_reader *reader, char text[48], int64_t time)
{
    if (reader->notation == NOTATION_ISO)
        hr_timestamp_format(text, time);
    else
        hr_format_double(text, (double)time / (double)reader->time_unit);
}

static enum hr_status next_time(struct hr_trace_reader *reader, const struct hr_text *value,
                                int64_t *time, struct hr_diag *diag)
{
    const enum hr_status status = read_time(reader, value, time, diag);
    char now[48], before[48];

    if (status != HR_OK)
        return status;
    if (*time >= reader->last) {
        reader->last = *time;
        return HR_OK;
    }
    show_time(reader, now, *time);
    show_time(reader, before, reader->last);
    return hr_lines_error(hr_column_lines(reader->column), diag, NULL,
                          "time runs backwards (%s after %s): sort the trace", now, before);
}

/* Counts that are not plain digits: "94.0" and "1e3" are whole all the same. */
static enum hr_status read_written_count(const struct hr_trace_reader *reader,
                                         const struct hr_text *value, int64_t *count,
                                         struct hr_diag *diag)
{
    struct hr_decimal decimal;

    if (value->n == 0 || hr_decimal_parse(value->at, value->n, &decimal) != value->n)
        return bad_value(reader, value, diag, "is not a count",
                         "expected whole numbers; of a CSV file name the `column`");
    *count = hr_decimal_scale(&decimal, 1);
    if (decimal.negative && decimal.digits != 0)
        return bad_value(reader, value, diag, "is a negative count", NULL);
    if (*count > COUNT_MAX)
        return bad_value(reader, value, diag, "is more than 1e12", NULL);
    if (hr_decimal_to_double(&decimal, 0) != (double)*count)
        return bad_value(reader, value, diag, "is not a whole number", NULL);
    return HR_OK;
}

static enum hr_status read_count(const struct hr_trace_reader *reader, const struct hr_text *value,
                                 int64_t *count, struct hr_diag *diag)
{
    *count = 0;
    for (size_t i = 0; i < value->n; i++) {
        const int digit = value->at[i] - '0';

        if (digit < 0 || digit > 9 || i == 12)
            return read_written_count(reader, value, count, diag);
        *count = *count * 10 + digit;
    }
    return value->n > 0 ? HR_OK : read_written_count(reader, value, count, diag);
}

enum hr_status hr_trace_reader_open(const char *path, const struct hr_trace_reader_options *options,
                                    struct hr_trace_reader **out, struct hr_diag *diag)
{
    const bool counts = options->kind == HR_TRACE_KIND_COUNTS;
    const struct hr_column_options column = {
        .name = options->column,
        .json_key = counts ? "count" : "timestamp",
        .words = counts,
    };
    struct hr_trace_reader *reader = HR_NEW(struct hr_trace_reader);
    const enum hr_status status = hr_column_open(path, &column, &reader->column, diag);

    if (status != HR_OK) {
        free(reader);
        return status;
    }
    reader->kind = options->kind;
    reader->time_unit = options->time_unit;
    *out = reader;
    return HR_OK;
}

void hr_trace_reader_close(struct hr_trace_reader *reader)
{
    if (!reader)
        return;
    hr_column_close(reader->column);
    free(reader);
}

enum hr_status hr_trace_reader_pull(struct hr_trace_reader *reader, int64_t *values,
                                    size_t capacity, size_t *n, struct hr_diag *diag)
{
    struct hr_text text;

    for (*n = 0; *n < capacity; ++*n) {
        enum hr_status status = hr_column_next(reader->column, &text, diag);

        if (status != HR_OK)
            return status;
        if (!text.at)
            break;
        status = reader->kind == HR_TRACE_KIND_COUNTS ? read_count(reader, &text, &values[*n], diag)
                                                      : next_time(reader, &text, &values[*n], diag);
        if (status != HR_OK)
            return status;
        reader->any = true;
    }
    if (!reader->any && capacity > 0)
        return hr_lines_error(hr_column_lines(reader->column), diag, NULL,
                              "the trace holds no values");
    return HR_OK;
}

enum hr_status hr_trace_reader_rewind(struct hr_trace_reader *reader, struct hr_diag *diag)
{
    reader->notation = NOTATION_UNKNOWN;
    return hr_column_rewind(reader->column, diag);
}

bool hr_trace_reader_is_iso(const struct hr_trace_reader *reader)
{
    return reader->notation == NOTATION_ISO;
}
