/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking things up in key tables, and putting rows into words. */
#include "scenario/table.h"

#include "base/quantity.h"

#include <math.h>
#include <string.h>

bool hr_key_applies(const struct hr_key *key, int selected)
{
    return key->when == 0 || selected == HR_SELECTED_ANY || (key->when & HR_WHEN(selected)) != 0;
}

const struct hr_key *hr_table_find(const struct hr_key_table *table, const char *name, int selected)
{
    for (size_t i = 0; i < table->n_keys; i++)
        if (strcmp(table->keys[i].name, name) == 0 && hr_key_applies(&table->keys[i], selected))
            return &table->keys[i];
    return NULL;
}

int hr_table_selected(const struct hr_key_table *table, const void *group)
{
    if (!table->selector)
        return HR_SELECTED_ANY;
    const struct hr_key *key = hr_table_find(table, table->selector, HR_SELECTED_ANY);
    return *(const int *)hr_key_field_const(key, group);
}

const char *hr_choice_name(const struct hr_choice *choices, int value)
{
    for (; choices->name; choices++)
        if (choices->value == value)
            return choices->name;
    return NULL;
}

uint64_t hr_table_when(const struct hr_key_table *table, const char *name)
{
    uint64_t when = 0;
    for (size_t i = 0; i < table->n_keys; i++)
        if (strcmp(table->keys[i].name, name) == 0)
            when |= table->keys[i].when;
    return when;
}

void hr_table_when_text(struct hr_str *out, const struct hr_key_table *table, uint64_t when)
{
    if (when == 0)
        return;
    const struct hr_key *selector = hr_table_find(table, table->selector, HR_SELECTED_ANY);
    const char *separator = "";
    for (const struct hr_choice *choice = selector->choices; choice->name; choice++) {
        if ((when & HR_WHEN(choice->value)) == 0)
            continue;
        hr_str_addf(out, "%s%s", separator, choice->name);
        separator = ", ";
    }
}

void hr_key_choices_text(struct hr_str *out, const struct hr_key *key)
{
    for (const struct hr_choice *choice = key->choices; choice->name; choice++)
        hr_str_addf(out, "%s%s", choice == key->choices ? "" : ", ", choice->name);
}

static void add_bound(struct hr_str *out, const struct hr_key *key, const char *words, double bound)
{
    char text[48];
    if (key->unit == HR_UNIT_NONE)
        hr_format_double(text, bound);
    else
        hr_quantity_format(text, bound, key->unit);
    hr_str_addf(out, "%s%s", words, text);
}

void hr_key_bounds_text(struct hr_str *out, const struct hr_key *key)
{
    if (key->min == 0 && key->max == 0)
        return;
    const bool below = isfinite(key->min), above = isfinite(key->max);
    if (below && above && !key->min_open && !key->max_open) {
        add_bound(out, key, "from ", key->min);
        add_bound(out, key, " to ", key->max);
        return;
    }
    if (below)
        add_bound(out, key, key->min_open ? "above " : "at least ", key->min);
    if (above) {
        hr_str_add(out, below ? " and " : "");
        add_bound(out, key, key->max_open ? "below " : "at most ", key->max);
    }
}

/* How a type is called in a message and in the documentation, and what to write. */
struct type_words {
    const char *noun, *plain, *example;
};

static const struct type_words type_words[] = {
    [HR_KEY_BOOL] = { "true or false", "boolean", "true or false, without quotes" },
    [HR_KEY_INT] = { "a whole number", "whole number", "a whole number such as 10" },
    [HR_KEY_REAL] = { "a number", "number", "a number such as 0.5" },
    [HR_KEY_QUANTITY] = { "a quantity with its unit", "quantity", NULL },
    [HR_KEY_MEASURE] = { "a quantity", "quantity that fits the metric",
                         "a quantity such as \"100ms\", \"99.9%\", \"2000/s\" or 0.001" },
    [HR_KEY_NAME] = { "a name in quotes", "name", "a name such as \"shop-a\"" },
    [HR_KEY_TEXT] = { "a text in quotes", "text", "a text such as \"Shop\"" },
    [HR_KEY_PATH] = { "a file name in quotes", "file name", "a file name such as \"log.csv\"" },
    [HR_KEY_ENUM] = { "a word in quotes", "choice", NULL },
    [HR_KEY_TIMESTAMP] = { "a timestamp in quotes", "timestamp",
                           "a timestamp such as \"2026-03-02T00:00:00Z\"" },
    [HR_KEY_REF] = { "a name in quotes", "name", "a name such as \"shop-a\"" },
    [HR_KEY_GROUP] = { "a group", "group", "a group such as { key = value; }" },
    [HR_KEY_LIST] = { "a list of groups", "list", "a list such as ( { ... }, { ... } )" },
    [HR_KEY_ARRAY] = { "an array", "array", "an array such as [ 1, 2 ]" },
};

const char *hr_key_example(const struct hr_key *key)
{
    const bool short_form = key->type == HR_KEY_GROUP && key->table->shorthand;
    if (short_form)
        return hr_key_example(hr_table_find(key->table, key->table->shorthand, HR_SELECTED_ANY));
    return hr_type_example(key->type, key->unit);
}

const char *hr_type_noun(enum hr_key_type type, enum hr_unit unit)
{
    return unit == HR_UNIT_NONE ? type_words[type].noun : "a text in quotes";
}

const char *hr_type_example(enum hr_key_type type, enum hr_unit unit)
{
    return unit == HR_UNIT_NONE ? type_words[type].example : hr_unit_example(unit);
}

void hr_key_type_text(struct hr_str *out, const struct hr_key *key)
{
    if (key->type == HR_KEY_LIST)
        hr_str_addf(out, "list (%s)", key->table->name);
    else if (key->type == HR_KEY_GROUP)
        hr_str_add(out, key->table->name);
    else if (key->type == HR_KEY_REF)
        hr_str_addf(out, "name out of %s", key->list);
    else if (key->type == HR_KEY_ARRAY)
        hr_str_addf(out, "array of %ss", type_words[key->element].plain);
    else if (key->unit != HR_UNIT_NONE)
        hr_str_add(out, hr_unit_name(key->unit));
    else
        hr_str_add(out, type_words[key->type].plain);
    if (key->single_ok)
        hr_str_add(out, ", or one");
    if (key->word)
        hr_str_addf(out, " or \"%s\"", key->word);
}
