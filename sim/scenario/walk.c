/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From libconfig's tree to the typed spec, by the key tables. The walk goes over the settings (so
 * that unknown keys are found), then over the rows that were not given (defaults, and what is
 * missing). Defaults take the same way as what a user writes.
 */
#include "base/assert.h"
#include "scenario/load.h"
#include "scenario/table.h"
#include "scenario/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 24 }; /* of groups: mixtures may hold mixtures */

/* What a key is read from: a setting, or the text of a default with the group that lacks it. */
struct input {
    const config_setting_t *setting; /* NULL: a default */
    const char *def;
    const config_setting_t *parent;
};

static void take(struct hr_loader *loader, const struct hr_key *key, struct input input,
                 void *field);

/* Where a mistake in the input is reported. */
static const config_setting_t *place_of(struct input input)
{
    return input.setting ? input.setting : input.parent;
}

static struct hr_value value_of(struct input input)
{
    const config_setting_t *setting = input.setting;
    if (!setting)
        return (struct hr_value){ .kind = HR_VALUE_TEXT, .text = input.def, .plain = true };
    const struct hr_override *override = config_setting_get_hook(setting);
    struct hr_value value = { .kind = HR_VALUE_LIST };
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_GROUP:
        value.kind = HR_VALUE_GROUP;
        return value;
    case CONFIG_TYPE_BOOL:
        value.kind = HR_VALUE_BOOL;
        value.boolean = config_setting_get_bool(setting);
        break;
    case CONFIG_TYPE_INT:
        value.kind = HR_VALUE_INT;
        value.integer = config_setting_get_int(setting);
        break;
    case CONFIG_TYPE_INT64:
        value.kind = HR_VALUE_INT;
        value.integer = config_setting_get_int64(setting);
        break;
    case CONFIG_TYPE_FLOAT:
        value.kind = HR_VALUE_REAL;
        value.real = config_setting_get_float(setting);
        break;
    case CONFIG_TYPE_STRING:
        value.kind = HR_VALUE_TEXT;
        value.text = config_setting_get_string(setting);
        break;
    default:
        return value;
    }
    if (override && override->target == setting && override->value[0] != '"') {
        value.text = override->value;
        value.plain = true;
    }
    return value;
}

/* True when the value was stored; else the mistake was reported. */
static bool take_scalar(struct hr_loader *loader, const struct hr_key *key, enum hr_key_type type,
                        struct input input, void *field)
{
    struct hr_mistake mistake;
    const struct hr_value value = value_of(input);
    hr_str_init(&mistake.message);
    hr_str_init(&mistake.hint);
    const bool good = hr_value_store(key, type, &value, loader->scenario->arena, field, &mistake);
    if (!good)
        hr_load_report(loader, HR_ERROR, place_of(input), NULL,
                       mistake.hint.length ? mistake.hint.text : NULL, "%s", mistake.message.text);
    hr_str_fini(&mistake.message);
    hr_str_fini(&mistake.hint);
    return good;
}

static void take_reference(struct hr_loader *loader, const struct hr_key *key, struct input input,
                           int64_t *field)
{
    const char *name;
    if (!take_scalar(loader, key, HR_KEY_REF, input, &name))
        return;
    if (loader->n_references == loader->capacity_references) {
        loader->capacity_references = 2 * loader->capacity_references + 16;
        loader->references = hr_realloc(loader->references, loader->capacity_references,
                                        sizeof(struct hr_reference));
    }
    loader->references[loader->n_references++] =
        (struct hr_reference){ place_of(input), key, name, field };
}

static void take_path(struct hr_loader *loader, const struct hr_key *key, struct input input,
                      const char **field)
{
    struct hr_scenario *scenario = loader->scenario;
    const char *written;
    if (!take_scalar(loader, key, HR_KEY_PATH, input, &written))
        return;
    if (!loader->may_read) {
        hr_load_report(loader, HR_ERROR, place_of(input), NULL, NULL, "no file can be read here");
        return;
    }
    *field = hr_load_resolve(loader, written);
    if (scenario->n_paths == scenario->capacity_paths) {
        scenario->capacity_paths = 2 * scenario->capacity_paths + 8;
        scenario->paths =
            hr_realloc(scenario->paths, scenario->capacity_paths, sizeof(struct hr_data_path));
    }
    scenario->paths[scenario->n_paths++] =
        (struct hr_data_path){ .resolved = *field, .written = written };
}

/* Reports that the input is no group, list or array. */
static void report_not(struct hr_loader *loader, enum hr_key_type type, struct input input)
{
    char hint[160];
    snprintf(hint, sizeof hint, "write %s", hr_type_example(type, HR_UNIT_NONE));
    hr_load_report(loader, HR_ERROR, place_of(input), NULL, hint, "is not %s",
                   hr_type_noun(type, HR_UNIT_NONE));
}

static bool length_fits(struct hr_loader *loader, const struct hr_key *key, struct input input,
                        size_t n)
{
    if ((key->n_min == 0 && key->n_max == 0) || (n >= key->n_min && n <= key->n_max))
        return true;
    hr_load_report(loader, HR_ERROR, place_of(input), NULL, NULL,
                   "has %zu elements, must have %zu to %zu", n, key->n_min, key->n_max);
    return false;
}

static void take_array(struct hr_loader *loader, const struct hr_key *key, struct input input,
                       struct hr_list *list)
{
    const config_setting_t *setting = input.setting;
    const bool single = key->single_ok && config_setting_is_scalar(setting);
    if (!single && !config_setting_is_array(setting) && !config_setting_is_list(setting)) {
        report_not(loader, key->type, input);
        return;
    }
    const size_t n = single ? 1 : (size_t)config_setting_length(setting);
    if (!length_fits(loader, key, input, n))
        return;
    const size_t size = hr_value_size(key->element, key->unit);
    char *items = hr_arena_alloc(loader->scenario->arena, n, size);
    *list = (struct hr_list){ items, n };
    for (size_t i = 0; i < n; i++) {
        const struct input element = {
            .setting = single ? setting : config_setting_get_elem(setting, (unsigned)i)
        };
        take_scalar(loader, key, key->element, element, items + i * size);
    }
}

/* A group while its members are being read. */
struct members {
    struct hr_loader *loader;
    const struct hr_key_table *table;
    struct input input;
    void *group;
    int selected;  /* value of the selector */
    bool doubtful; /* the selector is wrong, so no one knows what applies */
    uint64_t seen; /* bit i: row i was read */
};

static void take_member(struct members *members, const struct hr_key *key, struct input input)
{
    members->seen |= UINT64_C(1) << (key - members->table->keys);
    take(members->loader, key, input, hr_key_field(key, members->group));
}

static const config_setting_t *given_member(const struct members *members, const char *name)
{
    const config_setting_t *setting = members->input.setting;
    return setting && config_setting_is_group(setting) ? config_setting_get_member(setting, name)
                                                       : NULL;
}

/* The selector first: it decides which rows apply. */
static void take_selector(struct members *members)
{
    const struct hr_key_table *table = members->table;
    if (!table->selector)
        return;
    const struct hr_key *key = hr_table_find(table, table->selector, HR_SELECTED_ANY);
    const config_setting_t *setting = given_member(members, table->selector);
    const size_t errors = members->loader->n_errors;
    if (setting)
        take_member(members, key, (struct input){ .setting = setting });
    else if (key->def)
        take_member(members, key,
                    (struct input){ .def = key->def, .parent = place_of(members->input) });
    members->doubtful = members->loader->n_errors > errors || !(setting || key->def);
    if (!members->doubtful)
        members->selected = hr_table_selected(table, members->group);
}

static void take_given(struct members *members)
{
    const config_setting_t *group = members->input.setting;
    const int n = config_setting_length(group);
    for (int i = 0; i < n; i++) {
        const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        const char *name = config_setting_name(setting);
        const struct hr_key *key = hr_table_find(members->table, name, members->selected);
        if (!key)
            hr_report_unknown(members->loader, members->table, members->selected, setting);
        else if (!(members->seen & (UINT64_C(1) << (key - members->table->keys))))
            take_member(members, key, (struct input){ .setting = setting });
    }
}

static void report_missing(struct members *members, const struct hr_key *key)
{
    char hint[160];
    const char *example = hr_key_example(key);
    if (example)
        snprintf(hint, sizeof hint, "write %s", example);
    else
        hint[0] = '\0';
    hr_load_report(members->loader, HR_ERROR, place_of(members->input), key->name,
                   hint[0] ? hint : NULL, "required key is missing");
}

static void take_absent(struct members *members)
{
    const struct hr_key_table *table = members->table;
    for (size_t i = 0; i < table->n_keys; i++) {
        const struct hr_key *key = &table->keys[i];
        if ((members->seen & (UINT64_C(1) << i)) || !hr_key_applies(key, members->selected))
            continue;
        if (key->def)
            take_member(members, key,
                        (struct input){ .def = key->def, .parent = place_of(members->input) });
        else if (key->required && (!members->doubtful || key->when == 0))
            report_missing(members, key);
        else if (key->type == HR_KEY_REF)
            *(int64_t *)hr_key_field(key, members->group) = HR_REF_NONE;
        else if (key->type == HR_KEY_MEASURE)
            *(struct hr_measure *)hr_key_field(key, members->group) =
                (struct hr_measure){ .value = (double)NAN };
    }
}

/* hr_key_check with what its callback needs. */
struct group_check {
    struct hr_key_check base;
    struct hr_loader *loader;
    const config_setting_t *setting;
};

static void check_failed(struct hr_key_check *check, const char *key, const char *message,
                         const char *hint)
{
    const struct group_check *group = (const struct group_check *)check;
    hr_load_report(group->loader, HR_ERROR, group->setting, key, hint, "%s", message);
}

/* Returns the index of the new entry. */
static size_t remember_origin(struct hr_loader *loader, const struct hr_key_table *table,
                              struct input input, void *group)
{
    if (loader->n_origins == loader->capacity_origins) {
        loader->capacity_origins = 2 * loader->capacity_origins + 64;
        loader->origins =
            hr_realloc(loader->origins, loader->capacity_origins, sizeof(struct hr_origin));
    }
    loader->origins[loader->n_origins] =
        (struct hr_origin){ .group = group, .table = table, .setting = place_of(input) };
    return loader->n_origins++;
}

/* Reads a group, or a scalar that stands for one, into `group`. */
static void take_group(struct hr_loader *loader, const struct hr_key_table *table,
                       struct input input, void *group)
{
    HR_ASSERT(table->n_keys <= 64);
    const size_t errors = loader->n_errors;
    const bool is_group = input.setting && config_setting_is_group(input.setting);
    struct members members = { loader, table, input, group, HR_SELECTED_ANY, false, 0 };
    if (loader->depth == DEPTH_MAX) {
        hr_load_report(loader, HR_ERROR, place_of(input), NULL, NULL, "is nested too deeply");
        return;
    }
    if (!is_group &&
        (!table->shorthand || (input.setting && !config_setting_is_scalar(input.setting)))) {
        report_not(loader, HR_KEY_GROUP, input);
        return;
    }
    loader->depth++;
    const size_t origin = remember_origin(loader, table, input, group);
    take_selector(&members);
    if (is_group)
        take_given(&members);
    else
        take_member(&members, hr_table_find(table, table->shorthand, members.selected), input);
    take_absent(&members);
    loader->depth--;
    struct group_check check = { { check_failed }, loader, place_of(input) };
    if (table->check && loader->n_errors == errors)
        table->check(group, &check.base);
    loader->origins[origin].good = loader->n_errors == errors;
}

static void take_list(struct hr_loader *loader, const struct hr_key *key, struct input input,
                      struct hr_list *list)
{
    const struct hr_key_table *table = key->table;
    const config_setting_t *setting = input.setting;
    const bool single = key->single_ok && config_setting_is_group(setting);
    if (!single && !config_setting_is_list(setting)) {
        report_not(loader, key->type, input);
        return;
    }
    const size_t n = single ? 1 : (size_t)config_setting_length(setting);
    if (!length_fits(loader, key, input, n))
        return;
    char *items = hr_arena_alloc(loader->scenario->arena, n, table->size);
    *list = (struct hr_list){ items, n };
    for (size_t i = 0; i < n; i++) {
        const struct input element = {
            .setting = single ? setting : config_setting_get_elem(setting, (unsigned)i)
        };
        take_group(loader, table, element, items + i * table->size);
    }
    hr_check_names(loader, key, setting, list);
}

static void take(struct hr_loader *loader, const struct hr_key *key, struct input input,
                 void *field)
{
    void *group;
    switch (key->type) {
    case HR_KEY_GROUP:
        group = hr_arena_alloc(loader->scenario->arena, 1, key->table->size);
        memcpy(field, &group, sizeof group);
        take_group(loader, key->table, input, group);
        break;
    case HR_KEY_LIST:
        take_list(loader, key, input, field);
        break;
    case HR_KEY_ARRAY:
        take_array(loader, key, input, field);
        break;
    case HR_KEY_REF:
        take_reference(loader, key, input, field);
        break;
    case HR_KEY_PATH:
        take_path(loader, key, input, field);
        break;
    case HR_KEY_BOOL:
    case HR_KEY_INT:
    case HR_KEY_REAL:
    case HR_KEY_QUANTITY:
    case HR_KEY_MEASURE:
    case HR_KEY_NAME:
    case HR_KEY_TEXT:
    case HR_KEY_ENUM:
    case HR_KEY_TIMESTAMP:
        take_scalar(loader, key, key->type, input, field);
        break;
    }
}

void hr_load_walk(struct hr_loader *loader)
{
    const struct input input = { .setting = config_root_setting(&loader->config) };
    take_group(loader, &hr_spec_keys, input, &loader->scenario->spec);
}
