/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out the format from the first character and the column from the header line. */
#include "input/column.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/suggest.h"
#include "input/json_line.h"

#include <stdlib.h>
#include <string.h>

enum format { FORMAT_CSV, FORMAT_WORDS, FORMAT_JSON };

struct hr_column {
    struct hr_lines lines;
    enum format format;
    char *name;   /* JSON key or header name; "": the first */
    size_t index; /* of the CSV field */
    json_t *root; /* of the present JSON line */
    char scratch[32];
};

/* What is still to come of a CSV line. */
struct fields {
    char *at;
    size_t n;
    bool done;
};

static void skip(struct fields *fields, size_t n)
{
    fields->at += n;
    fields->n -= n;
}

/* Undoubles the quotes of the field at the opening one, in place; false: it is not closed. */
static bool take_quoted(struct fields *fields, struct hr_text *field)
{
    char *to = fields->at;

    *field = (struct hr_text){ to, 0 };
    for (skip(fields, 1); fields->n > 0; skip(fields, 1)) {
        if (*fields->at == '"') {
            skip(fields, 1);
            if (fields->n == 0 || *fields->at != '"') {
                field->n = (size_t)(to - field->at);
                return true;
            }
        }
        *to++ = *fields->at;
    }
    return false;
}

/* The next field without blanks around it; false: a quote is not closed, or text follows it. */
static bool take_field(struct fields *fields, struct hr_text *field)
{
    while (fields->n > 0 && (*fields->at == ' ' || *fields->at == '\t'))
        skip(fields, 1);
    const bool quoted = fields->n > 0 && *fields->at == '"';
    if (quoted && !take_quoted(fields, field))
        return false;

    struct hr_text plain = { fields->at, fields->n };
    const char *comma = memchr(plain.at, ',', plain.n);
    if (comma)
        plain.n = (size_t)(comma - plain.at);
    fields->done = !comma;
    skip(fields, plain.n + (comma != NULL));
    while (plain.n > 0 && (plain.at[plain.n - 1] == ' ' || plain.at[plain.n - 1] == '\t'))
        plain.n--;
    if (quoted)
        return plain.n == 0;
    *field = plain;
    return true;
}

static bool looks_like_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
}

static enum hr_status no_column(const struct hr_column *column, const struct hr_suggest *suggest,
                                const struct hr_str *names, struct hr_diag *diag)
{
    char hint[300];

    if (suggest->best)
        snprintf(hint, sizeof(hint), "did you mean \"%.200s\"?", suggest->best);
    else
        snprintf(hint, sizeof(hint), "there are: %.200s%s", names->text,
                 names->length > 200 ? " ..." : "");
    return hr_lines_error(&column->lines, diag, hint, "no column \"%.100s\" in the header line",
                          column->name);
}

/* Puts the position of the named column into column->index, or tells what there is instead. */
static enum hr_status find_column(struct hr_column *column, const struct hr_text *header,
                                  struct hr_diag *diag)
{
    struct fields fields = { header->at, header->n, false };
    struct hr_suggest suggest = { .word = column->name };
    struct hr_str names;
    struct hr_text field;
    bool found = false;

    hr_str_init(&names);
    for (size_t i = 0; !found && !fields.done && take_field(&fields, &field); i++) {
        field.at[field.n] = '\0';
        found = strcmp(field.at, column->name) == 0;
        column->index = i;
        hr_suggest_offer(&suggest, field.at);
        hr_str_addf(&names, "%s%s", i ? ", " : "", field.at);
    }
    const enum hr_status status = found ? HR_OK : no_column(column, &suggest, &names, diag);
    hr_str_fini(&names);
    return status;
}

/* Finds the format and passes over the header. */
static enum hr_status begin(struct hr_column *column, const struct hr_column_options *options,
                            struct hr_diag *diag)
{
    struct hr_text header;
    char first;
    enum hr_status status = hr_lines_peek(&column->lines, &first, diag);
    const bool named = options->name[0] != '\0';

    if (status != HR_OK)
        return status;
    if (first == '{') {
        column->format = FORMAT_JSON;
        if (named || options->json_key)
            return HR_OK;
        return hr_lines_error(&column->lines, diag, NULL,
                              "JSON Lines need `column`: the key to read");
    }
    column->format = options->words && !named ? FORMAT_WORDS : FORMAT_CSV;
    if (!named && (looks_like_number(first) || first == '\0'))
        return HR_OK;
    if (first == '\0')
        return hr_lines_error(&column->lines, diag, NULL, "the file is empty: no column \"%.100s\"",
                              options->name);
    status = hr_lines_next(&column->lines, &header, diag);
    if (status != HR_OK || !named)
        return status;
    return find_column(column, &header, diag);
}

enum hr_status hr_column_open(const char *path, const struct hr_column_options *options,
                              struct hr_column **out, struct hr_diag *diag)
{
    struct hr_column *column = HR_NEW(struct hr_column);
    enum hr_status status = hr_lines_open(&column->lines, path, diag);

    if (status != HR_OK) {
        free(column);
        return status;
    }
    column->name =
        hr_strdup(options->name[0] || !options->json_key ? options->name : options->json_key);
    status = begin(column, options, diag);
    if (status != HR_OK) {
        hr_column_close(column);
        return status;
    }
    hr_lines_mark(&column->lines);
    *out = column;
    return HR_OK;
}

void hr_column_close(struct hr_column *column)
{
    if (!column)
        return;
    hr_lines_close(&column->lines);
    json_decref(column->root);
    free(column->name);
    free(column);
}

static enum hr_status pick_field(struct hr_column *column, const struct hr_text *line,
                                 struct hr_text *value, struct hr_diag *diag)
{
    struct fields fields = { line->at, line->n, false };

    for (size_t i = 0;; i++) {
        if (!take_field(&fields, value))
            return hr_lines_error(&column->lines, diag, NULL, "a quoted field is not closed");
        if (i == column->index)
            return HR_OK;
        if (fields.done)
            return hr_lines_error(&column->lines, diag, NULL,
                                  "the row has only %zu fields, \"%.100s\" is number %zu", i + 1,
                                  column->name, column->index + 1);
    }
}

static enum hr_status pick_key(struct hr_column *column, const struct hr_text *line,
                               struct hr_text *value, struct hr_diag *diag)
{
    json_decref(column->root);
    const char *wrong =
        hr_json_line_value(line, column->name, &column->root, column->scratch, value);

    if (!wrong)
        return HR_OK;
    return hr_lines_error(&column->lines, diag, NULL, "%s (key \"%.100s\")", wrong, column->name);
}

enum hr_status hr_column_next(struct hr_column *column, struct hr_text *value, struct hr_diag *diag)
{
    if (column->format == FORMAT_WORDS)
        return hr_lines_next_word(&column->lines, value, diag);

    struct hr_text line;
    const enum hr_status status = hr_lines_next(&column->lines, &line, diag);
    if (status != HR_OK || !line.at) {
        *value = (struct hr_text){ 0 };
        return status;
    }
    return column->format == FORMAT_CSV ? pick_field(column, &line, value, diag)
                                        : pick_key(column, &line, value, diag);
}

enum hr_status hr_column_rewind(struct hr_column *column, struct hr_diag *diag)
{
    return hr_lines_rewind(&column->lines, diag);
}

const struct hr_lines *hr_column_lines(const struct hr_column *column)
{
    return &column->lines;
}
