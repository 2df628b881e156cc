/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scalars: from what a scenario says to a field of a spec struct. */
#include "scenario/value.h"

#include "base/civil.h"
#include "base/quantity.h"
#include "base/suggest.h"
#include "scenario/table.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One conversion: what hr_value_store got. */
struct store {
    const struct hr_key *key;
    enum hr_key_type type;
    const struct hr_value *value;
    struct hr_arena *arena;
    void *field;
    struct hr_mistake *mistake;
};

/* Adds the value as the user sees it; long texts are cut. */
static void add_shown(struct hr_str *out, const struct hr_value *value)
{
    char number[32];
    if (value->text) {
        const int shown = 60;
        const char *quote = value->plain ? "" : "\"";
        hr_str_addf(out, "%s%.*s%s%s", quote, shown, value->text,
                    strlen(value->text) > (size_t)shown ? "..." : "", quote);
        return;
    }
    switch (value->kind) {
    case HR_VALUE_BOOL:
        hr_str_add(out, value->boolean ? "true" : "false");
        break;
    case HR_VALUE_INT:
        hr_str_addf(out, "%lld", (long long)value->integer);
        break;
    case HR_VALUE_REAL:
        if (!isfinite(value->real)) {
            hr_str_add(out, "the number");
            break;
        }
        hr_format_double(number, value->real);
        hr_str_add(out, number);
        break;
    case HR_VALUE_GROUP:
        hr_str_add(out, "a group");
        break;
    case HR_VALUE_LIST:
    case HR_VALUE_TEXT:
        hr_str_add(out, "a list");
        break;
    }
}

static void add_write(struct store *store)
{
    hr_str_addf(&store->mistake->hint, "write %s", hr_type_example(store->type, store->key->unit));
    if (store->key->word)
        hr_str_addf(&store->mistake->hint, " or \"%s\"", store->key->word);
}

/* `"five" is not a whole number (write a whole number such as 10)` */
static bool wrong_type(struct store *store)
{
    add_shown(&store->mistake->message, store->value);
    const bool number = store->value->kind == HR_VALUE_INT || store->value->kind == HR_VALUE_REAL;
    if (number && !store->value->text && store->key->unit != HR_UNIT_NONE)
        hr_str_add(&store->mistake->message, " has no unit");
    else
        hr_str_addf(&store->mistake->message, " is not %s",
                    hr_type_noun(store->type, store->key->unit));
    add_write(store);
    return false;
}

/* `"20": unit missing (write a duration such as "20ms")` */
static bool wrong_text(struct store *store, const char *why)
{
    add_shown(&store->mistake->message, store->value);
    hr_str_addf(&store->mistake->message, ": %s", why);
    add_write(store);
    return false;
}

static bool too_large(struct store *store)
{
    add_shown(&store->mistake->message, store->value);
    hr_str_add(&store->mistake->message, " is too large");
    return false;
}

static bool in_bounds(struct store *store, double x)
{
    const struct hr_key *key = store->key;
    if (key->min == 0 && key->max == 0)
        return true;
    if ((key->min_open ? x > key->min : x >= key->min) &&
        (key->max_open ? x < key->max : x <= key->max))
        return true;
    add_shown(&store->mistake->message, store->value);
    hr_str_add(&store->mistake->message, " is out of bounds");
    hr_str_add(&store->mistake->hint, "must be ");
    hr_key_bounds_text(&store->mistake->hint, key);
    if (key->word)
        hr_str_addf(&store->mistake->hint, ", or \"%s\"", key->word);
    return false;
}

static bool is_word(const struct store *store)
{
    return store->key->word && store->value->text &&
           strcmp(store->value->text, store->key->word) == 0;
}

static bool is_text(const struct hr_value *value)
{
    return value->kind == HR_VALUE_TEXT || value->plain;
}

static bool store_bool(struct store *store)
{
    const struct hr_value *value = store->value;
    if (value->kind == HR_VALUE_BOOL)
        *(bool *)store->field = value->boolean;
    else if (value->plain && strcmp(value->text, "true") == 0)
        *(bool *)store->field = true;
    else if (value->plain && strcmp(value->text, "false") == 0)
        *(bool *)store->field = false;
    else
        return wrong_type(store);
    return true;
}

/* The whole of a plain text as an integer or a real. */
static bool read_integer(const char *text, int64_t *x)
{
    char *end;
    errno = 0;
    const long long parsed = strtoll(text, &end, 10);
    *x = parsed;
    return errno == 0 && end != text && *end == '\0';
}

static bool read_real(const char *text, double *x)
{
    char *end;
    *x = strtod(text, &end);
    return end != text && *end == '\0';
}

static bool store_int(struct store *store)
{
    const struct hr_value *value = store->value;
    int64_t x = value->integer;
    if (is_word(store)) {
        *(int64_t *)store->field = store->key->word_value;
        return true;
    }
    if (value->kind != HR_VALUE_INT && !(value->plain && read_integer(value->text, &x)))
        return wrong_type(store);
    if (!in_bounds(store, (double)x))
        return false;
    *(int64_t *)store->field = x;
    return true;
}

static bool number_of(const struct hr_value *value, double *x)
{
    if (value->kind == HR_VALUE_REAL)
        *x = value->real;
    else if (value->kind == HR_VALUE_INT)
        *x = (double)value->integer;
    else
        return value->plain && read_real(value->text, x);
    return true;
}

static bool store_real(struct store *store)
{
    double x = 0;
    if (is_word(store)) {
        *(double *)store->field = (double)store->key->word_value;
        return true;
    }
    if (!number_of(store->value, &x))
        return wrong_type(store);
    if (!isfinite(x))
        return too_large(store);
    if (!in_bounds(store, x))
        return false;
    *(double *)store->field = x;
    return true;
}

static bool store_duration(struct store *store)
{
    hr_time ns;
    double seconds;
    const char *why;
    const char *text = store->value->text;
    if (!hr_duration_parse(text, &ns, &why) ||
        !hr_quantity_parse(text, HR_UNIT_DURATION, &seconds, &why))
        return wrong_text(store, why);
    if (!in_bounds(store, seconds))
        return false;
    /* A positive duration that rounds to 0 ns is not above 0 any more. */
    if (ns == 0 && store->key->min_open && store->key->min == 0)
        return wrong_text(store, "shorter than a nanosecond");
    if (ns == HR_TIME_NEVER && store->key->word_value != HR_UNLIMITED)
        return wrong_text(store, "longer than 292 years");
    *(hr_time *)store->field = ns;
    return true;
}

static bool store_quantity(struct store *store)
{
    const bool duration = store->key->unit == HR_UNIT_DURATION;
    double x;
    const char *why;
    if (is_word(store)) {
        if (duration)
            *(hr_time *)store->field = store->key->word_value;
        else
            *(double *)store->field = (double)store->key->word_value;
        return true;
    }
    if (!is_text(store->value))
        return wrong_type(store);
    if (duration)
        return store_duration(store);
    if (!hr_quantity_parse(store->value->text, store->key->unit, &x, &why))
        return wrong_text(store, why);
    if (!in_bounds(store, x))
        return false;
    *(double *)store->field = x;
    return true;
}

static bool store_measure(struct store *store)
{
    static const enum hr_unit units[] = { HR_UNIT_DURATION, HR_UNIT_SHARE, HR_UNIT_RATE };
    struct hr_measure measure = { .unit = HR_UNIT_NONE };
    if (number_of(store->value, &measure.value)) {
        if (!isfinite(measure.value))
            return too_large(store);
        *(struct hr_measure *)store->field = measure;
        return true;
    }
    if (!is_text(store->value))
        return wrong_type(store);
    const char *why;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        measure.unit = units[i];
        if (!hr_quantity_parse(store->value->text, units[i], &measure.value, &why))
            continue;
        *(struct hr_measure *)store->field = measure;
        return true;
    }
    return wrong_text(store, "no duration, share or rate");
}

static bool store_enum(struct store *store)
{
    const struct hr_choice *choice = store->key->choices;
    if (!is_text(store->value)) {
        add_shown(&store->mistake->message, store->value);
        hr_str_add(&store->mistake->message, " is not a word in quotes");
    } else {
        struct hr_suggest suggest = { .word = store->value->text };
        for (; choice->name; choice++) {
            if (strcmp(choice->name, store->value->text) == 0) {
                *(int *)store->field = choice->value;
                return true;
            }
            hr_suggest_offer(&suggest, choice->name);
        }
        add_shown(&store->mistake->message, store->value);
        hr_str_add(&store->mistake->message, " is not one of the choices");
        if (suggest.best)
            hr_str_addf(&store->mistake->hint, "did you mean \"%s\"? ", suggest.best);
    }
    hr_str_add(&store->mistake->hint, "the choices are ");
    hr_key_choices_text(&store->mistake->hint, store->key);
    return false;
}

static bool store_timestamp(struct store *store)
{
    if (!is_text(store->value))
        return wrong_type(store);
    const char *text = store->value->text;
    if (!hr_timestamp_parse(text, strlen(text), (int64_t *)store->field))
        return wrong_text(store, "not a timestamp");
    return true;
}

bool hr_is_label(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const size_t n = strlen(text);
    return n >= 1 && n <= 63 && strspn(text, allowed) == n && text[0] != '-' && text[n - 1] != '-';
}

static bool store_text(struct store *store)
{
    if (!is_text(store->value))
        return wrong_type(store);
    if (store->type == HR_KEY_NAME && !hr_is_label(store->value->text)) {
        add_shown(&store->mistake->message, store->value);
        hr_str_add(&store->mistake->message, " is not a name");
        hr_str_add(&store->mistake->hint,
                   "a name is 1 to 63 lower-case letters, digits and hyphens, with no hyphen at "
                   "either end");
        return false;
    }
    if (store->type == HR_KEY_PATH && store->value->text[0] == '\0')
        return wrong_text(store, "no file name");
    *(const char **)store->field = hr_arena_strdup(store->arena, store->value->text);
    return true;
}

bool hr_value_store(const struct hr_key *key, enum hr_key_type type, const struct hr_value *value,
                    struct hr_arena *arena, void *field, struct hr_mistake *mistake)
{
    struct store store = { key, type, value, arena, field, mistake };
    switch (type) {
    case HR_KEY_BOOL:
        return store_bool(&store);
    case HR_KEY_INT:
        return store_int(&store);
    case HR_KEY_REAL:
        return store_real(&store);
    case HR_KEY_QUANTITY:
        return store_quantity(&store);
    case HR_KEY_MEASURE:
        return store_measure(&store);
    case HR_KEY_ENUM:
        return store_enum(&store);
    case HR_KEY_TIMESTAMP:
        return store_timestamp(&store);
    case HR_KEY_NAME:
    case HR_KEY_TEXT:
    case HR_KEY_PATH:
    case HR_KEY_REF:
        return store_text(&store);
    case HR_KEY_GROUP:
    case HR_KEY_LIST:
    case HR_KEY_ARRAY:
        break;
    }
    return wrong_type(&store);
}
