/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * --set PATH=VALUE: changes the tree of settings before it is walked, so that an override gets the
 * same checks as the file. What it makes is hooked to it, so that its mistakes name it.
 */
#include "base/suggest.h"
#include "scenario/load.h"
#include "scenario/setting.h"
#include "scenario/table.h"

#include <stdlib.h>
#include <string.h>

/* One step of a path: a member or an element's name, or an index in brackets. */
struct step {
    char name[64]; /* "" for an index */
    unsigned index;
};

/* A place in the tree while a path is followed. */
struct cursor {
    struct hr_loader *loader;
    struct hr_override *override;
    const char *rest;                 /* of the path */
    config_setting_t *node;           /* where the path has led so far */
    const struct hr_key *key;         /* the row of node; NULL at the top, or unknown */
    const struct hr_key_table *table; /* of node when it is a group; NULL: unknown */
};

static bool fail(struct cursor *cursor, const char *hint, const char *message)
{
    const struct hr_override *override = cursor->override;
    const size_t led = override->path ? (size_t)(cursor->rest - override->path) : 0;
    hr_load_report_line(cursor->loader, override->label, 0, hint, "%.*s %s", (int)led,
                        override->path ? override->path : "", message);
    return false;
}

/* Takes the next step off the path. */
static bool next_step(struct cursor *cursor, struct step *step)
{
    const char *at =
        cursor->rest + (cursor->rest[0] == '.' && cursor->rest > cursor->override->path);
    *step = (struct step){ .name = "" };
    if (at[0] == '[') {
        char *end;
        const unsigned long index = strtoul(at + 1, &end, 10);
        cursor->rest = end + (*end == ']');
        step->index = (unsigned)index;
        if (at[1] >= '0' && at[1] <= '9' && *end == ']' && index < 1000000)
            return true;
        return fail(cursor, "write an index such as [0]", "is not a key path");
    }
    const size_t n = strcspn(at, ".[");
    cursor->rest = at + n;
    if (n == 0 || n >= sizeof step->name)
        return fail(cursor, "write a path such as deployments[0].replicas", "is not a key path");
    memcpy(step->name, at, n);
    step->name[n] = '\0';
    return true;
}

/* Element that a step means in a list. NULL: reported. */
static config_setting_t *find_element(struct cursor *cursor, const struct step *step, int *index)
{
    struct hr_suggest suggest = { .word = step->name };
    const int n = config_setting_length(cursor->node);
    char hint[128];
    for (*index = 0; *index < n; ++*index) {
        config_setting_t *element = config_setting_get_elem(cursor->node, (unsigned)*index);
        const char *name = NULL;
        if (step->name[0] == '\0' && step->index == (unsigned)*index)
            return element;
        if (!config_setting_is_group(element) ||
            !config_setting_lookup_string(element, "name", &name))
            continue;
        if (step->name[0] && strcmp(name, step->name) == 0)
            return element;
        hr_suggest_offer(&suggest, name);
    }
    if (suggest.best && step->name[0])
        snprintf(hint, sizeof hint, "did you mean \"%.63s\"?", suggest.best);
    else
        snprintf(hint, sizeof hint, "write the name of an element, or an index below %d", n);
    fail(cursor, hint, "is not an element of the list");
    return NULL;
}

static bool is_list(const config_setting_t *setting)
{
    return config_setting_is_list(setting) || config_setting_is_array(setting);
}

static bool stands_for_list(const struct cursor *cursor)
{
    return cursor->key && cursor->key->type == HR_KEY_LIST && cursor->key->single_ok &&
           config_setting_is_group(cursor->node);
}

/* A scalar that stands for a group becomes that group, so that its other keys can be set. */
static bool expand_shorthand(struct cursor *cursor)
{
    if (!cursor->table || !cursor->table->shorthand || !config_setting_is_scalar(cursor->node))
        return fail(cursor, NULL, "is not in a group");
    config_setting_t *group = hr_setting_wrap(cursor->node, cursor->table->shorthand);
    hr_setting_hook(group, cursor->override);
    cursor->node = group;
    return true;
}

/* Goes to the member of a group, making it a group when it is absent. */
static bool enter_member(struct cursor *cursor, const struct step *step)
{
    if (!config_setting_is_group(cursor->node) && !expand_shorthand(cursor))
        return false;
    const struct hr_key *key =
        cursor->table ? hr_table_find(cursor->table, step->name, HR_SELECTED_ANY) : NULL;
    config_setting_t *member = config_setting_get_member(cursor->node, step->name);
    if (!member && key && key->type == HR_KEY_LIST && !key->single_ok)
        return fail(cursor, "set the whole list, as in slos=({ ... })", "is absent");
    if (!member) {
        member = config_setting_add(cursor->node, step->name, CONFIG_TYPE_GROUP);
        if (!member)
            return fail(cursor, NULL, "is not a key path");
        hr_setting_hook(member, cursor->override);
    }
    cursor->node = member;
    cursor->key = key;
    cursor->table = key ? key->table : NULL;
    return true;
}

/* The one element of a list for which a bare group may stand needs no index. */
static void skip_only_index(struct cursor *cursor, const struct step *step)
{
    if (step->name[0] && cursor->key && cursor->key->single_ok && is_list(cursor->node) &&
        config_setting_length(cursor->node) == 1)
        cursor->node = config_setting_get_elem(cursor->node, 0);
}

static bool enter(struct cursor *cursor, const struct step *step)
{
    int index;
    skip_only_index(cursor, step);
    if (!is_list(cursor->node)) {
        if (step->name[0] == '\0')
            return fail(cursor, NULL, "is not in a list");
        return enter_member(cursor, step);
    }
    cursor->node = find_element(cursor, step, &index);
    cursor->key = NULL;
    return cursor->node != NULL;
}

/* Puts the value in its place. */
static bool put(struct cursor *cursor, const char *name, int index)
{
    struct hr_override *override = cursor->override;
    const char *why;
    override->target = hr_setting_put(cursor->node, name, index, override->value, override, &why);
    return override->target || fail(cursor, why, "cannot be set to this");
}

static bool set(struct cursor *cursor, const struct step *step)
{
    skip_only_index(cursor, step);
    if (is_list(cursor->node)) {
        int index = config_setting_length(cursor->node);
        const bool append = step->name[0] == '\0' && step->index == (unsigned)index;
        return (append || find_element(cursor, step, &index)) && put(cursor, NULL, index);
    }
    if (step->name[0] == '\0')
        return fail(cursor, NULL, "is not in a list");
    if (!config_setting_is_group(cursor->node) && !expand_shorthand(cursor))
        return false;
    return put(cursor, step->name, 0);
}

/* Follows the path to its last step, which is left for set(). */
static void follow(struct cursor *cursor)
{
    struct step step;
    if (!next_step(cursor, &step))
        return;
    while (*cursor->rest) {
        if (!enter(cursor, &step) || !next_step(cursor, &step))
            return;
        /* [0] of one group that stands for a list is that group. */
        const bool itself = stands_for_list(cursor) && step.name[0] == '\0' && step.index == 0;
        if (itself && *cursor->rest && !next_step(cursor, &step))
            return;
    }
    set(cursor, &step);
}

void hr_load_override(struct hr_loader *loader, struct hr_override *override)
{
    struct cursor cursor = { .loader = loader,
                             .override = override,
                             .rest = override->path,
                             .node = config_root_setting(&loader->config),
                             .table = &hr_spec_keys };
    if (!override->path)
        hr_load_report_line(loader, override->label, 0, NULL, "write PATH=VALUE");
    else
        follow(&cursor);
}
