/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks the key tables from the top. */
#include "scenario/keys_visit.h"

#include "base/assert.h"
#include "base/str.h"
#include "model/spec.h"

#include <string.h>

enum { TABLES_MAX = 64 };

struct visitor {
    bool once;
    void (*visit)(void *ctx, const struct hr_key_visit *at);
    void *ctx;
    const struct hr_key_table *entered[TABLES_MAX]; /* once: all so far; else those above */
    size_t n_entered;
};

static bool enter(struct visitor *visitor, const struct hr_key_table *table)
{
    for (size_t i = 0; i < visitor->n_entered; i++)
        if (visitor->entered[i]->keys == table->keys)
            return false;
    HR_ASSERT(visitor->n_entered < TABLES_MAX);
    visitor->entered[visitor->n_entered++] = table;
    return true;
}

static void visit_table(struct visitor *visitor, const struct hr_key_table *table,
                        const char *group)
{
    if (!enter(visitor, table))
        return;
    const size_t n_entered = visitor->n_entered;
    for (size_t i = 0; i < table->n_keys; i++) {
        const struct hr_key *key = &table->keys[i];
        struct hr_str path;
        hr_str_init(&path);
        hr_str_addf(&path, "%s%s%s", group, group[0] ? "." : "", key->name);
        const struct hr_key_visit at = { group, path.text, table, key };
        visitor->visit(visitor->ctx, &at);
        if (key->type == HR_KEY_LIST)
            hr_str_add(&path, "[]");
        if (key->table)
            visit_table(visitor, key->table, path.text);
        hr_str_fini(&path);
    }
    if (!visitor->once)
        visitor->n_entered = n_entered - 1;
}

void hr_keys_visit_table(const struct hr_key_table *table, bool once,
                         void (*visit)(void *ctx, const struct hr_key_visit *at), void *ctx)
{
    struct visitor visitor = { .once = once, .visit = visit, .ctx = ctx };
    visit_table(&visitor, table, "");
}

void hr_keys_visit(bool once, void (*visit)(void *ctx, const struct hr_key_visit *at), void *ctx)
{
    hr_keys_visit_table(&hr_spec_keys, once, visit, ctx);
}
