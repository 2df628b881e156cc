/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One column of a data file as a stream of texts: CSV (RFC 4180 quoting, within a line), JSON
 * Lines, one value a line, or words split by white space; plain or gzip. Memory is bounded.
 */
#ifndef INPUT_COLUMN_H
#define INPUT_COLUMN_H

#include "input/lines.h"

struct hr_column;

struct hr_column_options {
    /*
     * Name in the header line, or JSON key. "": the first column; a first line that does not
     * start like a number is then passed over as a header.
     */
    const char *name;
    const char *json_key; /* when name is ""; NULL: name is needed for JSON */
    bool words;           /* when name is "": values are split by any white space */
};

/* HR_ERR_IO or HR_ERR_INPUT (no such column): diag says why. */
enum hr_status hr_column_open(const char *path, const struct hr_column_options *options,
                              struct hr_column **out, struct hr_diag *diag);
void hr_column_close(struct hr_column *column);

/* The next value, without blanks around it; value->at is NULL at the end. */
enum hr_status hr_column_next(struct hr_column *column, struct hr_text *value,
                              struct hr_diag *diag);
enum hr_status hr_column_rewind(struct hr_column *column, struct hr_diag *diag);

/* The file, for hr_lines_error() about the value given last. */
const struct hr_lines *hr_column_lines(const struct hr_column *column);

#endif
