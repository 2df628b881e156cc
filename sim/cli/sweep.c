/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headroom sweep: the grid of all varied values, a row a point as soon as it is finished. */
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/verb.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/mem.h"

#include <headroom/report.h>
#include <headroom/sweep.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A sweep on its way to standard output and, with --out, to a file. */
struct rows {
    enum hr_format format;
    const struct hr_axis *axes;
    size_t n_axes;
    FILE *outs[2];
    size_t n_outs;
    size_t written;
    bool all_good;
};

static const char *skip_digits(const char *text)
{
    return text + strspn(text, "0123456789");
}

/* A value that JSON can hold as a number is written as one, so that scripts need not convert it. */
static bool is_json_number(const char *text)
{
    text += *text == '-';
    const char *end = skip_digits(text);
    if (end == text || (*text == '0' && end > text + 1))
        return false;
    if (*end == '.') {
        text = end + 1;
        end = skip_digits(text);
        if (end == text)
            return false;
    }
    if (*end == 'e' || *end == 'E') {
        text = end + 1;
        text += *text == '+' || *text == '-';
        end = skip_digits(text);
        if (end == text)
            return false;
    }
    return *end == '\0';
}

static void write_json(const struct rows *rows, const char *const *values,
                       const struct hr_result *result, FILE *out)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    if (!memory) {
        hr_output_fail(errno);
        return;
    }
    hr_report_json(result, false, memory);
    fclose(memory);
    text[strcspn(text, "\n")] = '\0';

    struct hr_json json;
    hr_json_init(&json, out, false);
    hr_json_object(&json);
    hr_json_key(&json, "point");
    hr_json_object(&json);
    for (size_t i = 0; i < rows->n_axes; i++) {
        hr_json_key(&json, rows->axes[i].path);
        if (is_json_number(values[i]))
            hr_json_raw(&json, values[i]);
        else
            hr_json_string(&json, values[i]);
    }
    hr_json_object_end(&json);
    hr_json_key(&json, "result");
    hr_json_raw(&json, text);
    hr_json_object_end(&json);
    fputc('\n', out);
    free(text);
}

static void write_csv(const struct rows *rows, const char *const *values,
                      const struct hr_result *result, FILE *out)
{
    if (rows->written == 0) {
        for (size_t i = 0; i < rows->n_axes; i++) {
            fputs(i > 0 ? "," : "", out);
            hr_report_csv_field(rows->axes[i].path, out);
        }
        hr_report_csv_header(result, true, out);
        fputc('\n', out);
    }
    for (size_t i = 0; i < rows->n_axes; i++) {
        fputs(i > 0 ? "," : "", out);
        hr_report_csv_field(values[i], out);
    }
    hr_report_csv_row(result, true, out);
    fputc('\n', out);
}

/* Rows go out as they come; when nobody can read them any more, the sweep stops. */
static void write_row(void *ctx, const char *const *values, const struct hr_result *result)
{
    struct rows *rows = ctx;
    for (size_t i = 0; i < rows->n_outs; i++) {
        if (rows->format == HR_FORMAT_JSON)
            write_json(rows, values, result, rows->outs[i]);
        else
            write_csv(rows, values, result, rows->outs[i]);
    }
    rows->written++;
    rows->all_good = rows->all_good && hr_result_good(result);
    if (!hr_output_flush())
        hr_interrupt_raise();
}

/* Opens DIR/sweep.csv when there is --out; file->out is NULL otherwise. */
static enum hr_status open_copy(struct hr_file *file, const struct hr_options *options,
                                struct hr_diag *diag)
{
    *file = (struct hr_file){ .out = NULL };
    if (!options->out)
        return HR_OK;
    enum hr_status status = hr_file_make_folder(options->out, diag);
    if (status != HR_OK)
        return status;
    char *path =
        hr_file_join(options->out, options->format == HR_FORMAT_JSON ? "sweep.jsonl" : "sweep.csv");
    status = hr_file_open(file, path, diag);
    free(path);
    return status;
}

static int sweep_axes(const struct hr_options *options, const struct hr_axis *axes, size_t n_axes,
                      struct hr_diag *diag)
{
    const char *scenario = options->operands.items[0];
    struct hr_file copy;
    enum hr_status status = open_copy(&copy, options, diag);
    if (status != HR_OK)
        return hr_status_exit_code(status);
    struct rows rows = { .format = (enum hr_format)options->format,
                         .axes = axes,
                         .n_axes = n_axes,
                         .outs = { stdout, copy.out },
                         .n_outs = copy.out ? 2 : 1,
                         .all_good = true };
    struct hr_progress progress;
    hr_progress_init(&progress, "sweep", options->quiet);
    struct hr_run_options run = hr_verb_run_options(options);
    run.progress = hr_progress_show;
    run.progress_ctx = &progress;
    status = hr_sweep(scenario, options->overrides.items, options->overrides.n, axes, n_axes, &run,
                      write_row, &rows, diag);
    hr_progress_fini(&progress);
    int code = hr_exit_code_worst(hr_status_exit_code(status), rows.all_good ? 0 : 1);
    if (copy.out)
        code = hr_exit_code_worst(
            code, hr_status_exit_code(hr_file_close(&copy, rows.written > 0, diag)));
    if (status == HR_ERR_INTERRUPTED)
        hr_verb_note_interrupt(scenario, rows.written > 0, options->quiet);
    return code;
}

/* Parses every --vary and refuses a key that is varied twice. */
static bool parse_axes(const struct hr_words *vary, struct hr_axis *axes, struct hr_diag *diag)
{
    for (size_t i = 0; i < vary->n; i++) {
        if (hr_axis_parse(vary->items[i], &axes[i], diag) != HR_OK)
            continue;
        for (size_t j = 0; j < i; j++)
            if (axes[j].path && strcmp(axes[i].path, axes[j].path) == 0)
                hr_diag_add(diag, HR_ERROR, &(struct hr_place){ .path = axes[i].path }, NULL,
                            "is varied twice");
    }
    return hr_diag_errors(diag) == 0;
}

int hr_verb_sweep(const struct hr_options *options)
{
    if (options->vary.n == 0)
        return hr_verb_usage("sweep", "needs a --vary PATH=A,B,C or --vary PATH=LO:HI:STEP");
    struct hr_diag *diag = hr_diag_new();
    struct hr_axis *axes = HR_NEW_ARRAY(struct hr_axis, options->vary.n);
    const int code = parse_axes(&options->vary, axes, diag)
                         ? sweep_axes(options, axes, options->vary.n, diag)
                         : hr_status_exit_code(HR_ERR_INPUT);
    for (size_t i = 0; i < options->vary.n; i++)
        hr_axis_fini(&axes[i]);
    free(axes);
    hr_verb_diag_take(diag, options->quiet);
    return code;
}
