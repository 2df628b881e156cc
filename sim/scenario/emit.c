/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The walk from the typed spec back to text. */
#include "scenario/emit.h"

#include "scenario/table.h"

#include <string.h>

struct walk {
    struct hr_emit *emit;
    const struct hr_scenario *scenario;
};

static void emit_members(const struct walk *walk, const struct hr_key_table *table,
                         const void *group);

/* The name of the element that a reference points to. */
static const char *referred(const struct walk *walk, const struct hr_key *key, int64_t index)
{
    const struct hr_key *list_key = hr_table_find(&hr_spec_keys, key->list, HR_SELECTED_ANY);
    const struct hr_list *list = hr_key_field_const(list_key, &walk->scenario->spec);
    const char *element = (const char *)list->items + (size_t)index * list_key->table->size;
    const struct hr_key *name = hr_table_find(list_key->table, "name", HR_SELECTED_ANY);
    return *(const char *const *)hr_key_field_const(name, element);
}

/* A data file as the user wrote it. */
static const char *written(const struct walk *walk, const char *resolved)
{
    for (size_t i = 0; i < walk->scenario->n_paths; i++)
        if (walk->scenario->paths[i].resolved == resolved)
            return walk->scenario->paths[i].written;
    return resolved;
}

static void emit_scalar(const struct walk *walk, const struct hr_emit_at *at, enum hr_key_type type,
                        const void *field)
{
    const char *text;
    struct hr_str out;
    if (type == HR_KEY_REF && *(const int64_t *)field == HR_REF_NONE)
        return;
    hr_str_init(&out);
    if (type == HR_KEY_REF) {
        text = referred(walk, at->key, *(const int64_t *)field);
        field = &text;
    } else if (type == HR_KEY_PATH && *(const char *const *)field) {
        text = written(walk, *(const char *const *)field);
        field = &text;
    }
    const enum hr_form form = hr_value_format(at->key, type, field, &out);
    if (form != HR_FORM_ABSENT)
        walk->emit->scalar(walk->emit, at, out.text, form);
    hr_str_fini(&out);
}

static void emit_group(const struct walk *walk, const struct hr_emit_at *at, const void *group)
{
    walk->emit->open(walk->emit, at, HR_BLOCK_GROUP);
    emit_members(walk, at->key->table, group);
    walk->emit->close(walk->emit, at, HR_BLOCK_GROUP);
}

static void emit_list(const struct walk *walk, const struct hr_key *key, const struct hr_list *list)
{
    const struct hr_emit_at at = { .key = key };
    const enum hr_block block = key->type == HR_KEY_LIST ? HR_BLOCK_LIST : HR_BLOCK_ARRAY;
    const struct hr_key *name =
        key->table ? hr_table_find(key->table, "name", HR_SELECTED_ANY) : NULL;
    if (list->n == 0)
        return;
    walk->emit->open(walk->emit, &at, block);
    for (size_t i = 0; i < list->n; i++) {
        struct hr_emit_at element = { .key = key, .element = true, .index = i };
        if (key->type == HR_KEY_ARRAY) {
            const size_t size = hr_value_size(key->element, key->unit);
            emit_scalar(walk, &element, key->element, (const char *)list->items + i * size);
            continue;
        }
        const char *item = (const char *)list->items + i * key->table->size;
        if (name)
            element.name = *(const char *const *)hr_key_field_const(name, item);
        emit_group(walk, &element, item);
    }
    walk->emit->close(walk->emit, &at, block);
}

static void emit_members(const struct walk *walk, const struct hr_key_table *table,
                         const void *group)
{
    const int selected = hr_table_selected(table, group);
    for (size_t i = 0; i < table->n_keys; i++) {
        const struct hr_key *key = &table->keys[i];
        const struct hr_emit_at at = { .key = key };
        const void *field = hr_key_field_const(key, group);
        const void *member;
        if (!hr_key_applies(key, selected))
            continue;
        if (key->type == HR_KEY_LIST || key->type == HR_KEY_ARRAY) {
            emit_list(walk, key, field);
        } else if (key->type != HR_KEY_GROUP) {
            emit_scalar(walk, &at, key->type, field);
        } else {
            memcpy(&member, field, sizeof member);
            if (member)
                emit_group(walk, &at, member);
        }
    }
}

void hr_emit_spec(struct hr_emit *emit, const struct hr_scenario *scenario)
{
    const struct walk walk = { emit, scenario };
    emit_members(&walk, &hr_spec_keys, &scenario->spec);
}
