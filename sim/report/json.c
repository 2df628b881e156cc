/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results as JSON objects of the schemas headroom.result/1 and headroom.compare/1. */
#include <headroom/report.h>

#include "base/fields.h"
#include "base/json_writer.h"
#include "base/str.h"
#include "report/json.h"

#include <headroom/version.h>

#include <math.h>
#include <stdint.h>

struct json_sink {
    struct hr_json *json;
    uint32_t lists; /* bit d: what is open at depth d is a list */
    unsigned depth;
};

void hr_json_estimate(struct hr_json *json, const struct hr_estimate *estimate)
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
    if (!isfinite(estimate->value) || estimate->why) {
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
        hr_json_array(sink->json);
    else
        hr_json_object(sink->json);
}

static void close_group(struct json_sink *sink)
{
    if (sink->lists >> sink->depth & 1)
        hr_json_array_end(sink->json);
    else
        hr_json_object_end(sink->json);
    sink->depth--;
}

static void write_field(void *ctx, const struct hr_field *field)
{
    struct json_sink *sink = ctx;
    if (field->kind == HR_FIELD_TEXT && !field->as.text)
        return;
    if (field->key)
        hr_json_key(sink->json, field->key);
    switch (field->kind) {
    case HR_FIELD_OBJECT:
    case HR_FIELD_LIST:
        open_group(sink, field->kind == HR_FIELD_LIST);
        break;
    case HR_FIELD_END:
        close_group(sink);
        break;
    case HR_FIELD_ESTIMATE:
        hr_json_estimate(sink->json, field->as.estimate);
        break;
    case HR_FIELD_COUNT:
        hr_json_uint(sink->json, field->as.count);
        break;
    case HR_FIELD_NUMBER:
        hr_json_double(sink->json, field->as.number);
        break;
    case HR_FIELD_TEXT:
        hr_json_string(sink->json, field->as.text);
        break;
    case HR_FIELD_FLAG:
        hr_json_bool(sink->json, field->as.flag);
        break;
    case HR_FIELD_JSON:
        hr_json_raw(sink->json, field->as.text);
        break;
    }
}

void hr_json_result(struct hr_json *json, const struct hr_result *result)
{
    struct json_sink sink = { .json = json };
    hr_json_object(json);
    hr_fields_walk(result, write_field, &sink);
    hr_json_object_end(json);
}

void hr_report_json(const struct hr_result *result, bool indent, FILE *out)
{
    struct hr_json json;
    hr_json_init(&json, out, indent);
    hr_json_result(&json, result);
    fputc('\n', out);
}

void hr_json_text(struct hr_json *json, const char *key, const char *text)
{
    hr_json_key(json, key);
    hr_json_string(json, text);
}

void hr_json_number(struct hr_json *json, const char *key, double x)
{
    hr_json_key(json, key);
    hr_json_double(json, x);
}

void hr_json_count(struct hr_json *json, const char *key, uint64_t n)
{
    hr_json_key(json, key);
    hr_json_uint(json, n);
}

void hr_json_flag(struct hr_json *json, const char *key, bool flag)
{
    hr_json_key(json, key);
    hr_json_bool(json, flag);
}

static void write_common(struct hr_json *json, const struct hr_comparison *comparison)
{
    hr_json_key(json, "common");
    hr_json_array(json);
    for (size_t i = 0; i < comparison->n_common; i++) {
        struct hr_str path;
        hr_str_init(&path);
        hr_str_addf(&path, "%s.%s", comparison->common[i].list, comparison->common[i].name);
        hr_json_string(json, path.text);
        hr_str_fini(&path);
    }
    hr_json_array_end(json);
}

static void write_inputs(struct hr_json *json, const struct hr_comparison *comparison)
{
    hr_json_key(json, "inputs");
    hr_json_array(json);
    for (size_t i = 0; i < comparison->n_inputs; i++) {
        hr_json_object(json);
        hr_json_text(json, "path", comparison->inputs[i].path);
        hr_json_text(json, "a", comparison->inputs[i].a);
        hr_json_text(json, "b", comparison->inputs[i].b);
        hr_json_object_end(json);
    }
    hr_json_array_end(json);
}

static void write_metric(struct hr_json *json, const struct hr_compare_metric *metric)
{
    hr_json_object(json);
    hr_json_text(json, "metric", metric->name);
    hr_json_key(json, "a");
    hr_json_estimate(json, &metric->a);
    hr_json_key(json, "b");
    hr_json_estimate(json, &metric->b);
    hr_json_key(json, "difference");
    hr_json_estimate(json, &metric->difference);
    hr_json_key(json, "relative");
    hr_json_estimate(json, &metric->relative);
    hr_json_number(json, "variance_reduction", metric->variance_reduction);
    hr_json_text(json, "verdict", metric->verdict);
    hr_json_object_end(json);
}

void hr_report_compare_json(const struct hr_comparison *comparison, FILE *out)
{
    struct hr_json json;
    hr_json_init(&json, out, true);
    hr_json_object(&json);
    hr_json_text(&json, "schema", "headroom.compare/1");
    hr_json_text(&json, "version", HR_VERSION);
    write_common(&json, comparison);
    write_inputs(&json, comparison);
    hr_json_key(&json, "metrics");
    hr_json_array(&json);
    for (size_t i = 0; i < comparison->n_metrics; i++)
        write_metric(&json, &comparison->metrics[i]);
    hr_json_array_end(&json);
    hr_json_key(&json, "a");
    hr_json_result(&json, comparison->a);
    hr_json_key(&json, "b");
    hr_json_result(&json, comparison->b);
    hr_json_object_end(&json);
    fputc('\n', out);
}
