/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result as one JSON object of schema headroom.result/1. */
#include <headroom/report.h>

#include "base/fields.h"
#include "base/json_writer.h"

#include <math.h>
#include <stdint.h>

struct json_sink {
    struct hr_json json;
    uint32_t lists; /* bit d: what is open at depth d is a list */
    unsigned depth;
};

static void write_estimate(struct hr_json *json, const struct hr_estimate *estimate)
{
    hr_json_object(json);
    hr_json_key(json, "value");
    hr_json_double(json, estimate->value);
    hr_json_key(json, "ci95");
    if (estimate->method) {
        hr_json_array(json);
        hr_json_double(json, estimate->lo);
        hr_json_double(json, estimate->hi);
        hr_json_array_end(json);
    } else {
        hr_json_string(json, NULL);
    }
    hr_json_key(json, "n");
    hr_json_uint(json, estimate->n);
    hr_json_key(json, "method");
    hr_json_string(json, estimate->method);
    if (!isfinite(estimate->value)) {
        hr_json_key(json, "why");
        hr_json_string(json, estimate->why);
    }
    hr_json_object_end(json);
}

static void open_group(struct json_sink *sink, bool list)
{
    sink->depth++;
    sink->lists = (sink->lists & ~(UINT32_C(1) << sink->depth)) | (uint32_t)list << sink->depth;
    if (list)
        hr_json_array(&sink->json);
    else
        hr_json_object(&sink->json);
}

static void close_group(struct json_sink *sink)
{
    if (sink->lists >> sink->depth & 1)
        hr_json_array_end(&sink->json);
    else
        hr_json_object_end(&sink->json);
    sink->depth--;
}

static void write_field(void *ctx, const struct hr_field *field)
{
    struct json_sink *sink = ctx;
    if (field->kind == HR_FIELD_TEXT && !field->as.text)
        return;
    if (field->key)
        hr_json_key(&sink->json, field->key);
    switch (field->kind) {
    case HR_FIELD_OBJECT:
    case HR_FIELD_LIST:
        open_group(sink, field->kind == HR_FIELD_LIST);
        break;
    case HR_FIELD_END:
        close_group(sink);
        break;
    case HR_FIELD_ESTIMATE:
        write_estimate(&sink->json, field->as.estimate);
        break;
    case HR_FIELD_COUNT:
        hr_json_uint(&sink->json, field->as.count);
        break;
    case HR_FIELD_NUMBER:
        hr_json_double(&sink->json, field->as.number);
        break;
    case HR_FIELD_TEXT:
        hr_json_string(&sink->json, field->as.text);
        break;
    case HR_FIELD_FLAG:
        hr_json_bool(&sink->json, field->as.flag);
        break;
    case HR_FIELD_JSON:
        hr_json_raw(&sink->json, field->as.text);
        break;
    }
}

void hr_report_json(const struct hr_result *result, bool indent, FILE *out)
{
    struct json_sink sink = { .depth = 0 };
    hr_json_init(&sink.json, out, indent);
    hr_json_object(&sink.json);
    hr_fields_walk(result, write_field, &sink);
    hr_json_object_end(&sink.json);
    fputc('\n', out);
}
