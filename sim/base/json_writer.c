/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes JSON straight to a stream; the caller nests calls as the document nests. */
#include "base/json_writer.h"

#include "base/assert.h"
#include "base/str.h"
#include "base/utf8.h"

#include <inttypes.h>
#include <math.h>

void hr_json_init(struct hr_json *json, FILE *out, bool indent)
{
    *json = (struct hr_json){ .out = out, .indent = indent, .first = true };
}

static void new_line(const struct hr_json *json)
{
    if (json->indent)
        fprintf(json->out, "\n%*s", 2 * json->depth, "");
}

/* What stands before a value or a key: nothing after a key or at the top, else comma and line. */
static void separate(struct hr_json *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (!json->first)
        fputc(',', json->out);
    if (json->depth > 0)
        new_line(json);
    json->first = false;
}

static void open_level(struct hr_json *json, char bracket)
{
    separate(json);
    fputc(bracket, json->out);
    json->depth++;
    json->first = true;
}

static void close_level(struct hr_json *json, char bracket)
{
    HR_ASSERT(json->depth > 0 && !json->after_key);
    json->depth--;
    if (!json->first)
        new_line(json);
    fputc(bracket, json->out);
    json->first = false;
}

void hr_json_object(struct hr_json *json)
{
    open_level(json, '{');
}

void hr_json_object_end(struct hr_json *json)
{
    close_level(json, '}');
}

void hr_json_array(struct hr_json *json)
{
    open_level(json, '[');
}

void hr_json_array_end(struct hr_json *json)
{
    close_level(json, ']');
}

static void write_quoted(FILE *out, const char *text)
{
    fputc('"', out);
    while (*text) {
        uint32_t code;
        const size_t n = hr_utf8_next(text, &code);

        if (n == 0)
            fputs("\xEF\xBF\xBD", out); /* U+FFFD */
        else if (code == '"' || code == '\\')
            fprintf(out, "\\%c", (char)code);
        else if (code < 0x20 || code == 0x7F)
            fprintf(out, "\\u%04x", (unsigned)code);
        else
            fwrite(text, 1, n, out);
        text += n ? n : 1;
    }
    fputc('"', out);
}

void hr_json_key(struct hr_json *json, const char *key)
{
    HR_ASSERT(json->depth > 0 && !json->after_key);
    separate(json);
    write_quoted(json->out, key);
    fputs(json->indent ? ": " : ":", json->out);
    json->after_key = true;
}

void hr_json_string(struct hr_json *json, const char *text)
{
    if (!text) {
        hr_json_raw(json, "null");
        return;
    }
    separate(json);
    write_quoted(json->out, text);
}

void hr_json_double(struct hr_json *json, double x)
{
    char text[32] = "null";

    if (isfinite(x))
        hr_format_double(text, x);
    hr_json_raw(json, text);
}

void hr_json_uint(struct hr_json *json, uint64_t x)
{
    separate(json);
    fprintf(json->out, "%" PRIu64, x);
}

void hr_json_int(struct hr_json *json, int64_t x)
{
    separate(json);
    fprintf(json->out, "%" PRId64, x);
}

void hr_json_bool(struct hr_json *json, bool x)
{
    hr_json_raw(json, x ? "true" : "false");
}

void hr_json_raw(struct hr_json *json, const char *text)
{
    separate(json);
    fputs(text, json->out);
}
