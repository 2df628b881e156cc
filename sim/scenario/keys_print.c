/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every key with type, default, bounds and help, from the tables: as text and as JSON. */
#include "scenario/keys_print.h"

#include "base/json_writer.h"
#include "base/mem.h"
#include "base/quantity.h"
#include "scenario/scenario.h"
#include "scenario/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether a value of this type stands in quotes. */
static bool is_quoted(const struct hr_key *key)
{
    return key->type != HR_KEY_BOOL && key->type != HR_KEY_INT && key->type != HR_KEY_REAL;
}

void hr_key_default_text(struct hr_str *out, const struct hr_key *key)
{
    if (key->required)
        hr_str_add(out, "required");
    if (!key->def)
        return;
    const bool word = key->word && strcmp(key->def, key->word) == 0;
    const char *quote = word || is_quoted(key) ? "\"" : "";
    hr_str_addf(out, "%s%s%s", quote, key->def, quote);
}

void hr_key_condition_text(struct hr_str *out, const struct hr_key_visit *at)
{
    if (at->key->when == 0)
        return;
    hr_str_addf(out, "with %s = ", at->table->selector);
    hr_table_when_text(out, at->table, at->key->when);
}

void hr_key_summary_text(struct hr_str *line, const struct hr_key_visit *at)
{
    struct hr_str part;
    hr_str_init(&part);
    hr_key_type_text(line, at->key);
    hr_key_default_text(&part, at->key);
    if (part.length)
        hr_str_addf(line, ", %s%s", at->key->required ? "" : "default ", part.text);
    hr_str_clear(&part);
    hr_key_bounds_text(&part, at->key);
    if (part.length)
        hr_str_addf(line, ", %s", part.text);
    hr_str_clear(&part);
    hr_key_condition_text(&part, at);
    if (part.length)
        hr_str_addf(line, "; %s", part.text);
    hr_str_fini(&part);
}

void hr_keys_text(FILE *out, const struct hr_key_listing *listing)
{
    for (size_t i = 0; i < listing->n; i++) {
        const struct hr_key_visit *at = &listing->keys[i];
        struct hr_str summary;
        hr_str_init(&summary);
        hr_key_summary_text(&summary, at);
        fprintf(out, "%s%s\n    %s\n    %s\n", i ? "\n" : "", at->path, summary.text,
                at->key->help);
        for (const struct hr_choice *c = at->key->choices; c && c->name; c++)
            fprintf(out, "      %-18s %s\n", c->name, c->help);
        hr_str_fini(&summary);
    }
}

static void json_text(struct hr_json *json, const char *key,
                      void (*add)(struct hr_str *, const struct hr_key *), const struct hr_key *row)
{
    struct hr_str text;
    hr_str_init(&text);
    add(&text, row);
    hr_json_key(json, key);
    hr_json_string(json, text.text);
    hr_str_fini(&text);
}

static void json_bounds(struct hr_json *json, const struct hr_key *key)
{
    if (key->min == 0 && key->max == 0)
        return;
    hr_json_key(json, key->min_open ? "above" : "min");
    hr_json_double(json, key->min);
    hr_json_key(json, key->max_open ? "below" : "max");
    hr_json_double(json, key->max);
}

static void json_choices(struct hr_json *json, const struct hr_key *key)
{
    if (!key->choices)
        return;
    hr_json_key(json, "choices");
    hr_json_array(json);
    for (const struct hr_choice *choice = key->choices; choice->name; choice++) {
        hr_json_object(json);
        hr_json_key(json, "name");
        hr_json_string(json, choice->name);
        hr_json_key(json, "help");
        hr_json_string(json, choice->help);
        hr_json_object_end(json);
    }
    hr_json_array_end(json);
}

static void json_condition(struct hr_json *json, const struct hr_key_visit *at)
{
    if (at->key->when == 0)
        return;
    const struct hr_key *selector = hr_table_find(at->table, at->table->selector, HR_SELECTED_ANY);
    hr_json_key(json, "applies");
    hr_json_object(json);
    hr_json_key(json, selector->name);
    hr_json_array(json);
    for (const struct hr_choice *choice = selector->choices; choice->name; choice++)
        if (at->key->when & HR_WHEN(choice->value))
            hr_json_string(json, choice->name);
    hr_json_array_end(json);
    hr_json_object_end(json);
}

static void json_key(struct hr_json *json, const struct hr_key_visit *at)
{
    hr_json_object(json);
    hr_json_key(json, "path");
    hr_json_string(json, at->path);
    json_text(json, "type", hr_key_type_text, at->key);
    hr_json_key(json, "unit");
    hr_json_string(json, at->key->unit == HR_UNIT_NONE ? NULL : hr_unit_name(at->key->unit));
    hr_json_key(json, "required");
    hr_json_bool(json, at->key->required);
    hr_json_key(json, "default");
    hr_json_string(json, at->key->def);
    json_bounds(json, at->key);
    json_choices(json, at->key);
    json_condition(json, at);
    hr_json_key(json, "help");
    hr_json_string(json, at->key->help);
    hr_json_object_end(json);
}

void hr_keys_json(FILE *out, const struct hr_key_listing *listing)
{
    struct hr_json json;
    hr_json_init(&json, out, true);
    hr_json_array(&json);
    for (size_t i = 0; i < listing->n; i++)
        json_key(&json, &listing->keys[i]);
    hr_json_array_end(&json);
    fputc('\n', out);
}

struct collector {
    struct hr_key_listing listing;
    const char *pattern;
};

static void collect(void *ctx, const struct hr_key_visit *at)
{
    struct collector *collector = ctx;
    struct hr_key_listing *listing = &collector->listing;
    if (collector->pattern && !strstr(at->path, collector->pattern))
        return;
    if (listing->n == listing->capacity) {
        listing->capacity = 2 * listing->capacity + 64;
        listing->keys = hr_realloc(listing->keys, listing->capacity, sizeof(struct hr_key_visit));
    }
    struct hr_key_visit *kept = &listing->keys[listing->n++];
    *kept = *at;
    kept->group = hr_strdup(at->group);
    kept->path = hr_strdup(at->path);
}

size_t hr_scenario_keys_print(FILE *out, const char *pattern, enum hr_keys_format format)
{
    struct collector collector = { .pattern = pattern };
    struct hr_key_listing *listing = &collector.listing;
    const bool page = format == HR_KEYS_MARKDOWN || format == HR_KEYS_MAN;
    hr_keys_visit(page && !pattern, collect, &collector);
    switch (format) {
    case HR_KEYS_TEXT:
        hr_keys_text(out, listing);
        break;
    case HR_KEYS_MARKDOWN:
        hr_keys_markdown(out, listing);
        break;
    case HR_KEYS_MAN:
        hr_keys_man(out, listing);
        break;
    case HR_KEYS_JSON:
        hr_keys_json(out, listing);
        break;
    }
    const size_t n = listing->n;
    for (size_t i = 0; i < n; i++) {
        free((char *)listing->keys[i].group);
        free((char *)listing->keys[i].path);
    }
    free(listing->keys);
    return n;
}
