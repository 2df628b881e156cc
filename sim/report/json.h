/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON of what several schemas share. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/json_writer.h"

#include <headroom/result.h>

/* The object E of docs/output.md. */
void hr_json_estimate(struct hr_json *json, const struct hr_estimate *estimate);

/* A result as an object of schema headroom.result/1. */
void hr_json_result(struct hr_json *json, const struct hr_result *result);

/* A key with its value. NULL and NaN: null. */
void hr_json_text(struct hr_json *json, const char *key, const char *text);
void hr_json_number(struct hr_json *json, const char *key, double x);
void hr_json_count(struct hr_json *json, const char *key, uint64_t n);
void hr_json_flag(struct hr_json *json, const char *key, bool flag);

#endif
