/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Request traces as streams of numbers, in bounded memory: gzip or plain, CSV, JSON Lines, one
 * number a line, or counts split by white space. What is wrong in a file is reported with its line.
 */
#ifndef INPUT_TRACE_READER_H
#define INPUT_TRACE_READER_H

#include "base/diag.h"
#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hr_trace_kind { HR_TRACE_KIND_TIMESTAMPS, HR_TRACE_KIND_COUNTS };

struct hr_trace_reader;

struct hr_trace_reader_options {
    enum hr_trace_kind kind;
    const char
        *column; /* CSV header or JSON key; "": the only (or first) column, or key "timestamp" */
    hr_time time_unit; /* of numeric timestamps, ns */
};

/*
 * Opens a trace. Timestamps come as int64 nanoseconds (numeric ones times time_unit, ISO 8601 ones
 * as Unix time), counts as they are. HR_ERR_IO: cannot be read; HR_ERR_INPUT: no such column ...
 */
enum hr_status hr_trace_reader_open(const char *path, const struct hr_trace_reader_options *options,
                                    struct hr_trace_reader **out, struct hr_diag *diag);
void hr_trace_reader_close(struct hr_trace_reader *reader);

/*
 * Reads up to `capacity` values. *n = 0: the end. HR_ERR_INPUT: a bad row; diag names file and line
 * (a value that is not a number, a negative or fractional count, time running backwards,
 * a row with too few fields, damaged gzip data).
 */
enum hr_status hr_trace_reader_pull(struct hr_trace_reader *reader, int64_t *values,
                                    size_t capacity, size_t *n, struct hr_diag *diag);

/* Back to the first value, without reading the header anew if that can be avoided. */
enum hr_status hr_trace_reader_rewind(struct hr_trace_reader *reader, struct hr_diag *diag);

/* True when timestamps are ISO 8601 (known after the first pull). */
bool hr_trace_reader_is_iso(const struct hr_trace_reader *reader);

#endif
