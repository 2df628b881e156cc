/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of list elements: unique in their list, and found by those who refer to them. */
#include "base/suggest.h"
#include "scenario/load.h"
#include "scenario/table.h"

#include <string.h>

/* The name of element i; NULL when it has none (or a wrong one). */
static const char *name_of(const struct hr_key_table *table, const struct hr_list *list, size_t i)
{
    const struct hr_key *key = hr_table_find(table, "name", HR_SELECTED_ANY);
    if (!key || key->type != HR_KEY_NAME)
        return NULL;
    const char *element = (const char *)list->items + i * table->size;
    return *(const char *const *)hr_key_field_const(key, element);
}

void hr_check_names(struct hr_loader *loader, const struct hr_key *key,
                    const config_setting_t *setting, const struct hr_list *list)
{
    for (size_t i = 1; i < list->n; i++) {
        const char *name = name_of(key->table, list, i);
        for (size_t j = 0; name && j < i; j++) {
            const char *earlier = name_of(key->table, list, j);
            if (!earlier || strcmp(earlier, name) != 0)
                continue;
            hr_load_report(loader, HR_ERROR, config_setting_get_elem(setting, (unsigned)i), "name",
                           NULL, "\"%s\" is the name of %s[%zu] already", name, key->name, j);
            break;
        }
    }
}

/* `did you mean "a"?`, or the first names that there are. */
static void add_hint(struct hr_str *hint, const struct hr_key *key, const struct hr_list *list,
                     const char *nearest)
{
    enum { SHOWN_MAX = 8 };
    if (nearest) {
        hr_str_addf(hint, "did you mean \"%s\"?", nearest);
        return;
    }
    if (list->n == 0)
        hr_str_addf(hint, "there are no %s", key->name);
    for (size_t i = 0; i < list->n && i < SHOWN_MAX; i++)
        hr_str_addf(hint, "%s\"%s\"", i ? ", " : "there is ", name_of(key->table, list, i));
}

static void resolve(struct hr_loader *loader, const struct hr_reference *reference)
{
    const struct hr_key *key = hr_table_find(&hr_spec_keys, reference->key->list, HR_SELECTED_ANY);
    const struct hr_list *list = hr_key_field_const(key, &loader->scenario->spec);
    struct hr_suggest suggest = { .word = reference->name };
    size_t named = 0;
    for (size_t i = 0; i < list->n; i++) {
        const char *name = name_of(key->table, list, i);
        if (!name)
            continue;
        named++;
        if (strcmp(name, reference->name) == 0) {
            *reference->field = (int64_t)i;
            return;
        }
        hr_suggest_offer(&suggest, name);
    }
    const bool is_given = config_lookup(&loader->config, key->name);
    if (named < list->n || (list->n == 0 && (is_given || key->required)))
        return; /* a mistake in the list itself, reported before */
    struct hr_str hint;
    hr_str_init(&hint);
    add_hint(&hint, key, list, suggest.best);
    hr_load_report(loader, HR_ERROR, reference->setting, NULL, hint.length ? hint.text : NULL,
                   "%s has no \"%.63s\"", key->name, reference->name);
    hr_str_fini(&hint);
}

void hr_load_references(struct hr_loader *loader)
{
    for (size_t i = 0; i < loader->n_references; i++)
        resolve(loader, &loader->references[i]);
}
