/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON of what several schemas share. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include "base/json_writer.h"

#include <headroom/result.h>

/* The object E of docs/output.md. */
void hr_json_estimate(struct hr_json *json, const struct hr_estimate *estimate);

#endif
