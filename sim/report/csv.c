/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV (RFC 4180, but with LF line ends): the result as flat names and one row, and the series. */
#include "report/csv.h"

#include "base/str.h"
#include "base/utf8.h"
#include "report/fields.h"

#include <headroom/report.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number is no formula, whatever its sign. */
static bool is_number(const char *text)
{
    char *rest;
    if (text[strspn(text, "+-.0123456789eE")] != '\0')
        return false;
    strtod(text, &rest);
    return *rest == '\0';
}

void hr_report_csv_field(const char *text, FILE *out)
{
    const bool formula = *text != '\0' && strchr("=+-@\t\r", *text) && !is_number(text);
    const bool quoted = strpbrk(text, "\",\r\n") != NULL;
    if (quoted)
        fputc('"', out);
    if (formula)
        fputc('\'', out);
    for (size_t n; *text != '\0'; text += n ? n : 1) {
        uint32_t code;
        n = hr_utf8_next(text, &code);
        if (n == 1 && code == '"')
            fputc('"', out);
        fputs(n ? "" : "\xEF\xBF\xBD", out); /* U+FFFD for what is not UTF-8 */
        fwrite(text, 1, n, out);
    }
    if (quoted)
        fputc('"', out);
}

static void write_double(double x, FILE *out)
{
    char text[32];
    if (!isfinite(x))
        return;
    hr_format_double(text, x);
    fputs(text, out);
}

/* One pass over the fields writes the header or the row: both see the same fields in order. */
struct csv_sink {
    FILE *out;
    bool header;
    bool comma;
    struct hr_str name; /* of what is open, dots between; '\0'-free */
    size_t marks[8];    /* length of name before each open group */
    unsigned depth;
};

static void next_field(struct csv_sink *sink)
{
    if (sink->comma)
        fputc(',', sink->out);
    sink->comma = true;
}

static void write_name(struct csv_sink *sink, const char *key, const char *suffix)
{
    const size_t length = sink->name.length;
    next_field(sink);
    hr_str_addf(&sink->name, "%s%s", key, suffix);
    hr_report_csv_field(sink->name.text, sink->out);
    sink->name.length = length;
    sink->name.text[length] = '\0';
}

static void open_group(struct csv_sink *sink, const char *key)
{
    sink->marks[sink->depth++] = sink->name.length;
    hr_str_addf(&sink->name, "%s.", key);
}

static void close_group(struct csv_sink *sink)
{
    sink->name.length = sink->marks[--sink->depth];
    sink->name.text[sink->name.length] = '\0';
}

static void write_header(struct csv_sink *sink, const struct hr_field *field)
{
    if (field->kind != HR_FIELD_ESTIMATE) {
        write_name(sink, field->key, "");
        return;
    }
    write_name(sink, field->key, ".value");
    write_name(sink, field->key, ".ci95_lo");
    write_name(sink, field->key, ".ci95_hi");
}

static void write_estimate(struct csv_sink *sink, const struct hr_estimate *estimate)
{
    const double values[] = { estimate->value, estimate->lo, estimate->hi };
    for (size_t i = 0; i < 3; i++) {
        next_field(sink);
        if (i == 0 || estimate->method)
            write_double(values[i], sink->out);
    }
}

static void write_value(struct csv_sink *sink, const struct hr_field *field)
{
    if (field->kind == HR_FIELD_ESTIMATE) {
        write_estimate(sink, field->as.estimate);
        return;
    }
    next_field(sink);
    if (field->kind == HR_FIELD_COUNT)
        fprintf(sink->out, "%" PRIu64, field->as.count);
    else if (field->kind == HR_FIELD_NUMBER)
        write_double(field->as.number, sink->out);
    else if (field->kind == HR_FIELD_FLAG)
        fputs(field->as.flag ? "true" : "false", sink->out);
    else if (field->as.text)
        hr_report_csv_field(field->as.text, sink->out);
}

static void write_field(void *ctx, const struct hr_field *field)
{
    struct csv_sink *sink = ctx;
    if (field->json_only)
        return;
    if (field->kind == HR_FIELD_OBJECT || field->kind == HR_FIELD_LIST)
        open_group(sink, field->key ? field->key : field->element);
    else if (field->kind == HR_FIELD_END)
        close_group(sink);
    else if (sink->header)
        write_header(sink, field);
    else
        write_value(sink, field);
}

static void write_csv(const struct hr_result *result, bool header, bool lead, FILE *out)
{
    struct csv_sink sink = { .out = out, .header = header, .comma = lead };
    hr_str_init(&sink.name);
    hr_fields_walk(result, write_field, &sink);
    hr_str_fini(&sink.name);
}

void hr_report_csv_header(const struct hr_result *result, bool lead, FILE *out)
{
    write_csv(result, true, lead, out);
}

void hr_report_csv_row(const struct hr_result *result, bool lead, FILE *out)
{
    write_csv(result, false, lead, out);
}

void hr_csv_series(const struct hr_result *result, FILE *out)
{
    const struct hr_series *series = &result->series;
    fputs("time_s", out);
    for (size_t c = 0; c < series->n_columns; c++) {
        fputc(',', out);
        hr_report_csv_field(series->columns[c].name, out);
    }
    fputc('\n', out);
    for (size_t i = 0; i < series->n; i++) {
        write_double((double)i * series->step_s, out);
        for (size_t c = 0; c < series->n_columns; c++) {
            fputc(',', out);
            write_double(series->columns[c].values[i], out);
        }
        fputc('\n', out);
    }
}

static void write_histogram(const struct hr_series *series,
                            const struct hr_step_histogram *histogram, FILE *out)
{
    for (size_t step = 0; step < series->n; step++) {
        for (size_t i = 0; i < histogram->n_le; i++) {
            hr_report_csv_field(histogram->workload, out);
            fputc(',', out);
            write_double((double)step * series->step_s, out);
            fputc(',', out);
            if (isinf(histogram->le_s[i]))
                fputs("+Inf", out);
            else
                write_double(histogram->le_s[i], out);
            fprintf(out, ",%" PRIu64 "\n", histogram->counts[step * histogram->n_le + i]);
        }
    }
}

void hr_csv_histogram(const struct hr_result *result, FILE *out)
{
    fputs("workload,time_s,le,count\n", out);
    for (size_t i = 0; i < result->n_step_histograms; i++)
        write_histogram(&result->series, &result->step_histograms[i], out);
}
