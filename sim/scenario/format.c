/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scalars: from a field of a spec struct to the text that a scenario would have for it. */
#include "base/civil.h"
#include "base/quantity.h"
#include "scenario/table.h"
#include "scenario/value.h"

#include <math.h>

static enum hr_form format_int(const struct hr_key *key, int64_t x, struct hr_str *out)
{
    if (key->word && x == key->word_value) {
        hr_str_add(out, key->word);
        return HR_FORM_TEXT;
    }
    hr_str_addf(out, "%lld", (long long)x);
    return HR_FORM_INT;
}

static enum hr_form format_real(double x, struct hr_str *out)
{
    char text[32];
    hr_format_double(text, x);
    hr_str_add(out, text);
    return HR_FORM_REAL;
}

static enum hr_form format_number_or_word(const struct hr_key *key, double x, struct hr_str *out)
{
    if (!key->word || x != (double)key->word_value)
        return format_real(x, out);
    hr_str_add(out, key->word);
    return HR_FORM_TEXT;
}

static enum hr_form format_duration(const struct hr_key *key, hr_time ns, struct hr_str *out)
{
    char text[48];
    if (key->word && ns == key->word_value) {
        hr_str_add(out, key->word);
    } else {
        hr_duration_format(text, ns);
        hr_str_add(out, text);
    }
    return HR_FORM_TEXT;
}

static enum hr_form format_quantity(const struct hr_key *key, double x, struct hr_str *out)
{
    char text[48];
    if (key->word && x == (double)key->word_value) {
        hr_str_add(out, key->word);
    } else {
        hr_quantity_format(text, x, key->unit);
        hr_str_add(out, text);
    }
    return HR_FORM_TEXT;
}

static enum hr_form format_measure(struct hr_measure measure, struct hr_str *out)
{
    char text[48];
    if (isnan(measure.value))
        return HR_FORM_ABSENT;
    if (measure.unit == HR_UNIT_NONE)
        return format_real(measure.value, out);
    hr_quantity_format(text, measure.value, measure.unit);
    hr_str_add(out, text);
    return HR_FORM_TEXT;
}

static enum hr_form format_text(const char *text, struct hr_str *out)
{
    if (!text)
        return HR_FORM_ABSENT;
    hr_str_add(out, text);
    return HR_FORM_TEXT;
}

/* True for a field that was neither given nor has a default: it is zero, which its bounds exclude.
 */
static bool is_absent(const struct hr_key *key, double x)
{
    return !key->required && !key->def && x == 0;
}

static enum hr_form format_number(const struct hr_key *key, enum hr_key_type type,
                                  const void *field, struct hr_str *out)
{
    const bool element = key->type == HR_KEY_ARRAY;
    const bool whole =
        type == HR_KEY_INT || (type == HR_KEY_QUANTITY && key->unit == HR_UNIT_DURATION);
    const double x = whole ? (double)*(const int64_t *)field : *(const double *)field;
    if (!element && is_absent(key, x))
        return HR_FORM_ABSENT;
    if (type == HR_KEY_INT)
        return format_int(key, *(const int64_t *)field, out);
    if (type == HR_KEY_REAL)
        return format_number_or_word(key, x, out);
    if (whole)
        return format_duration(key, *(const hr_time *)field, out);
    return format_quantity(key, x, out);
}

enum hr_form hr_value_format(const struct hr_key *key, enum hr_key_type type, const void *field,
                             struct hr_str *out)
{
    char text[48];
    switch (type) {
    case HR_KEY_BOOL:
        hr_str_add(out, *(const bool *)field ? "true" : "false");
        return HR_FORM_BOOL;
    case HR_KEY_INT:
    case HR_KEY_REAL:
    case HR_KEY_QUANTITY:
        return format_number(key, type, field, out);
    case HR_KEY_MEASURE:
        return format_measure(*(const struct hr_measure *)field, out);
    case HR_KEY_ENUM:
        return format_text(hr_choice_name(key->choices, *(const int *)field), out);
    case HR_KEY_TIMESTAMP:
        hr_timestamp_format(text, *(const int64_t *)field);
        return format_text(text, out);
    case HR_KEY_NAME:
    case HR_KEY_TEXT:
    case HR_KEY_PATH:
    case HR_KEY_REF:
        return format_text(*(const char *const *)field, out);
    case HR_KEY_GROUP:
    case HR_KEY_LIST:
    case HR_KEY_ARRAY:
        break;
    }
    return HR_FORM_ABSENT;
}

size_t hr_value_size(enum hr_key_type type, enum hr_unit unit)
{
    switch (type) {
    case HR_KEY_BOOL:
        return sizeof(bool);
    case HR_KEY_INT:
    case HR_KEY_TIMESTAMP:
        return sizeof(int64_t);
    case HR_KEY_REAL:
        return sizeof(double);
    case HR_KEY_QUANTITY:
        return unit == HR_UNIT_DURATION ? sizeof(hr_time) : sizeof(double);
    case HR_KEY_MEASURE:
        return sizeof(struct hr_measure);
    case HR_KEY_ENUM:
        return sizeof(int);
    case HR_KEY_NAME:
    case HR_KEY_TEXT:
    case HR_KEY_PATH:
    case HR_KEY_REF:
        return sizeof(const char *);
    case HR_KEY_GROUP:
    case HR_KEY_LIST:
    case HR_KEY_ARRAY:
        break;
    }
    return 0;
}
