/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A streaming JSON writer (RFC 8259): commas, quoting and indentation. Text is taken as UTF-8; what
 * is not valid UTF-8 is written as U+FFFD, control characters as \u escapes. NaN and infinities
 * are written as null.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct hr_json {
    FILE *out;
    bool indent; /* two spaces a level and newlines; else one line */
    int depth;
    bool first; /* nothing yet in the open object or array */
    bool after_key;
};

void hr_json_init(struct hr_json *json, FILE *out, bool indent);
void hr_json_object(struct hr_json *json); /* { */
void hr_json_object_end(struct hr_json *json);
void hr_json_array(struct hr_json *json); /* [ */
void hr_json_array_end(struct hr_json *json);
void hr_json_key(struct hr_json *json, const char *key);
void hr_json_string(struct hr_json *json, const char *text); /* NULL: null */
void hr_json_double(struct hr_json *json, double x);         /* hr_format_double */
void hr_json_uint(struct hr_json *json, uint64_t x);
void hr_json_int(struct hr_json *json, int64_t x);
void hr_json_bool(struct hr_json *json, bool x);
void hr_json_raw(struct hr_json *json, const char *text); /* a complete JSON value, as it is */

#endif
