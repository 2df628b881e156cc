/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CSV (RFC 4180, but with LF line ends): the result as flat names and one row, and the series. */
#include "report/csv.h"

#include "base/fields.h"
#include "base/str.h"
#include "base/utf8.h"

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

void hr_csv_double(double x, FILE *out)
{
    char text[32];
    if (!isfinite(x))
        return;
    hr_format_double(text, x);
    fputs(text, out);
}

struct csv_sink {
    FILE *out;
    bool comma; /* before the next field */
};

static void next_field(struct csv_sink *sink)
{
    if (sink->comma)
        fputc(',', sink->out);
    sink->comma = true;
}

static void write_name(struct csv_sink *sink, const char *name, const char *suffix)
{
    struct hr_str text;
    hr_str_init(&text);
    hr_str_addf(&text, "%s%s", name, suffix);
    next_field(sink);
    hr_report_csv_field(text.text, sink->out);
    hr_str_fini(&text);
}

static void write_header(void *ctx, const char *name, const struct hr_field *field)
{
    const bool estimate = field->kind == HR_FIELD_ESTIMATE;
    write_name(ctx, name, estimate ? ".value" : "");
    if (!estimate)
        return;
    write_name(ctx, name, ".ci95_lo");
    write_name(ctx, name, ".ci95_hi");
}

static void write_estimate(struct csv_sink *sink, const struct hr_estimate *estimate)
{
    const double values[] = { estimate->value, estimate->lo, estimate->hi };
    for (size_t i = 0; i < 3; i++) {
        next_field(sink);
        if (i == 0 || estimate->method)
            hr_csv_double(values[i], sink->out);
    }
}

static void write_value(void *ctx, const char *name, const struct hr_field *field)
{
    struct csv_sink *sink = ctx;
    (void)name;
    if (field->kind == HR_FIELD_ESTIMATE) {
        write_estimate(sink, field->as.estimate);
        return;
    }
    next_field(sink);
    if (field->kind == HR_FIELD_COUNT)
        fprintf(sink->out, "%" PRIu64, field->as.count);
    else if (field->kind == HR_FIELD_NUMBER)
        hr_csv_double(field->as.number, sink->out);
    else if (field->kind == HR_FIELD_FLAG)
        fputs(field->as.flag ? "true" : "false", sink->out);
    else if (field->as.text)
        hr_report_csv_field(field->as.text, sink->out);
}

void hr_report_csv_header(const struct hr_result *result, bool lead, FILE *out)
{
    hr_fields_walk_flat(result, write_header, &(struct csv_sink){ .out = out, .comma = lead });
}

void hr_report_csv_row(const struct hr_result *result, bool lead, FILE *out)
{
    hr_fields_walk_flat(result, write_value, &(struct csv_sink){ .out = out, .comma = lead });
}

void hr_report_compare_csv(const struct hr_comparison *comparison, FILE *out)
{
    fputs("metric,a.value,a.ci95_lo,a.ci95_hi,b.value,b.ci95_lo,b.ci95_hi,difference.value,"
          "difference.ci95_lo,difference.ci95_hi,relative.value,relative.ci95_lo,"
          "relative.ci95_hi,variance_reduction,verdict\n",
          out);
    for (size_t i = 0; i < comparison->n_metrics; i++) {
        const struct hr_compare_metric *metric = &comparison->metrics[i];
        struct csv_sink sink = { .out = out, .comma = true };
        hr_report_csv_field(metric->name, out);
        write_estimate(&sink, &metric->a);
        write_estimate(&sink, &metric->b);
        write_estimate(&sink, &metric->difference);
        write_estimate(&sink, &metric->relative);
        next_field(&sink);
        hr_csv_double(metric->variance_reduction, out);
        fprintf(out, ",%s\n", metric->verdict);
    }
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
        hr_csv_double((double)i * series->step_s, out);
        for (size_t c = 0; c < series->n_columns; c++) {
            fputc(',', out);
            hr_csv_double(series->columns[c].values[i], out);
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
            hr_csv_double((double)step * series->step_s, out);
            fputc(',', out);
            if (isinf(histogram->le_s[i]))
                fputs("+Inf", out);
            else
                hr_csv_double(histogram->le_s[i], out);
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
