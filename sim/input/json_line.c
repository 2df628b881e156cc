/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jansson says whether the line is valid and what the value is; the digits of a fraction are then
 * looked up in the line itself. */
#include "input/json_line.h"

#include "base/str.h"

#include <inttypes.h>
#include <string.h>

/* The end of the string that starts at the quote `at`. */
static char *string_end(char *at)
{
    for (at++; *at != '"'; at++)
        at += *at == '\\';
    return at;
}

/* In a valid object: the text of the number under `key` of the outermost level. */
static bool find_number(const struct hr_text *line, const char *key, struct hr_text *number)
{
    const size_t length = strlen(key);
    char *const end = line->at + line->n;
    bool found = false;
    int depth = 0;

    for (char *at = line->at; at < end; at++) {
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        if (*at != '"')
            continue;
        const char *name = at + 1;
        at = string_end(at);
        if (depth != 1 || (size_t)(at - name) != length || memcmp(name, key, length) != 0)
            continue;
        char *value = at + 1 + strspn(at + 1, " \t");
        if (*value != ':')
            continue; /* a value that reads like the key */
        value += 1 + strspn(value + 1, " \t");
        *number = (struct hr_text){ value, strspn(value, "+-.0123456789eE") };
        found = number->n > 0; /* the last of several counts, as for jansson */
    }
    return found;
}

const char *hr_json_line_value(const struct hr_text *line, const char *key, json_t **root,
                               char scratch[32], struct hr_text *text)
{
    *root = json_loadb(line->at, line->n, 0, NULL);
    if (!json_is_object(*root))
        return "not a JSON object";
    json_t *value = json_object_get(*root, key);
    if (!value)
        return "the object lacks the key";
    if (json_is_string(value)) {
        *text = (struct hr_text){ (char *)json_string_value(value), json_string_length(value) };
        return NULL;
    }
    if (json_is_integer(value)) {
        snprintf(scratch, 32, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        *text = (struct hr_text){ scratch, strlen(scratch) };
        return NULL;
    }
    if (!json_is_real(value))
        return "the value is neither number nor string";
    if (!find_number(line, key, text)) { /* a key written with escapes */
        hr_format_double(scratch, json_real_value(value));
        *text = (struct hr_text){ scratch, strlen(scratch) };
    }
    return NULL;
}
