/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One value out of a line of a JSON Lines file. */
#ifndef INPUT_JSON_LINE_H
#define INPUT_JSON_LINE_H

#include "input/lines.h"

#include <jansson.h>

/*
 * Gives the text of the number or string under `key` in the object on the line; numbers as they
 * are written, for a double would not hold nanoseconds of Unix time. *text points into the line,
 * the object *root or `scratch`. NULL: good; else a static text that says what is wrong. The
 * caller drops the former *root with json_decref(), also the last.
 */
const char *hr_json_line_value(const struct hr_text *line, const char *key, json_t **root,
                               char scratch[32], struct hr_text *text);

#endif
