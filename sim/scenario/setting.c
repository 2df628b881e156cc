/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes to libconfig's tree that libconfig has no function for. */
#include "scenario/setting.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

void hr_setting_hook(config_setting_t *setting, struct hr_override *override)
{
    config_setting_set_hook(setting, override);
    if (config_setting_is_scalar(setting))
        return;
    const int n = config_setting_length(setting);
    for (int i = 0; i < n; i++)
        hr_setting_hook(config_setting_get_elem(setting, (unsigned)i), override);
}

/* A copy as a new member or last element; arrays become lists, which may hold anything. */
static config_setting_t *add_copy(config_setting_t *parent, const char *name,
                                  const config_setting_t *from)
{
    const int type = config_setting_type(from);
    config_setting_t *to =
        config_setting_add(parent, name, type == CONFIG_TYPE_ARRAY ? CONFIG_TYPE_LIST : type);
    if (!to)
        return NULL;
    switch (type) {
    case CONFIG_TYPE_INT:
        config_setting_set_int(to, config_setting_get_int(from));
        break;
    case CONFIG_TYPE_INT64:
        config_setting_set_int64(to, config_setting_get_int64(from));
        break;
    case CONFIG_TYPE_FLOAT:
        config_setting_set_float(to, config_setting_get_float(from));
        break;
    case CONFIG_TYPE_BOOL:
        config_setting_set_bool(to, config_setting_get_bool(from));
        break;
    case CONFIG_TYPE_STRING:
        config_setting_set_string(to, config_setting_get_string(from));
        break;
    default:
        for (int i = 0; i < config_setting_length(from); i++) {
            const config_setting_t *child = config_setting_get_elem(from, (unsigned)i);
            add_copy(to, config_setting_name(child), child);
        }
    }
    return to;
}

/* Moves the last element of a list to `index`, in the place of what stands there. */
static void move_last(config_setting_t *list, int index)
{
    const int last = config_setting_length(list) - 1;
    config_setting_t **elements = list->value.list->elements;
    config_setting_t *moved = elements[last];
    if (index == last)
        return;
    elements[last] = elements[index];
    elements[index] = moved;
    config_setting_remove_elem(list, (unsigned)last);
}

static config_setting_t *put(config_setting_t *parent, const char *name, int index,
                             const config_setting_t *from)
{
    if (!name) {
        parent->type = CONFIG_TYPE_LIST; /* an array is stored alike, but holds one type only */
        config_setting_t *element = add_copy(parent, NULL, from);
        move_last(parent, index);
        return element;
    }
    config_setting_remove(parent, name);
    return add_copy(parent, name, from);
}

static bool is_number(const char *text)
{
    static const char digits[] = "0123456789";
    const char *at = text + (*text == '-' || *text == '+');
    const size_t whole = strspn(at, digits);
    at += whole;
    const size_t fraction = *at == '.' ? strspn(++at, digits) : 0;
    at += fraction;
    if (whole + fraction == 0)
        return false;
    if (*at == 'e' || *at == 'E') {
        at += 1 + (at[1] == '-' || at[1] == '+');
        if (strspn(at, digits) == 0)
            return false;
        at += strspn(at, digits);
    }
    return *at == '\0';
}

/* The text of a setting `v = ...;` that libconfig reads as the value. */
static void add_value(struct hr_str *out, const char *text)
{
    const bool structured = text[0] == '{' || text[0] == '(' || text[0] == '[' || text[0] == '"';
    hr_str_add(out, "v = ");
    if (structured || strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        hr_str_add(out, text);
    } else if (is_number(text)) {
        const bool whole = !strpbrk(text, ".eE");
        hr_str_addf(out, "%s%s", text, whole ? "L" : "");
    } else {
        hr_str_add(out, "\"");
        for (; *text; text++)
            hr_str_addf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
        hr_str_add(out, "\"");
    }
    hr_str_add(out, ";");
}

/* NULL: done; else what is wrong (static). */
static const char *parse(config_t *scratch, const char *text, struct hr_override *override)
{
    struct hr_loader loader = { .file = override->label, .folder = "" }; /* may read no file */
    struct hr_str value;
    const char *why = NULL;
    hr_str_init(&value);
    add_value(&value, text);
    const struct hr_source source = { .path = "", .text = value.text, .n = value.length };
    if (!hr_scan(&loader, &source, 0))
        why = "not a value";
    else if (!config_read_string(scratch, value.text))
        why = config_error_text(scratch);
    else if (config_setting_length(config_root_setting(scratch)) != 1)
        why = "more than one value";
    hr_str_fini(&value);
    return why;
}

config_setting_t *hr_setting_put(config_setting_t *parent, const char *name, int index,
                                 const char *text, struct hr_override *override, const char **why)
{
    config_t scratch;
    config_setting_t *made = NULL;
    config_init(&scratch);
    *why = parse(&scratch, text, override);
    if (!*why) {
        made = put(parent, name, index, config_setting_get_elem(config_root_setting(&scratch), 0));
        *why = "not a key";
    }
    if (made)
        hr_setting_hook(made, override);
    config_destroy(&scratch);
    return made;
}

config_setting_t *hr_setting_wrap(config_setting_t *scalar, const char *name)
{
    config_setting_t *parent = config_setting_parent(scalar);
    const char *old = config_setting_name(scalar);
    config_t scratch;
    config_init(&scratch);
    config_setting_t *group =
        config_setting_add(config_root_setting(&scratch), "v", CONFIG_TYPE_GROUP);
    add_copy(group, name, scalar);
    char *kept = old ? hr_strdup(old) : NULL;
    config_setting_t *made = put(parent, kept, kept ? 0 : config_setting_index(scalar), group);
    free(kept);
    config_destroy(&scratch);
    return made;
}
