/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key documentation as pages, a section a group: Markdown and man. */
#include "scenario/keys_print.h"
#include "scenario/table.h"

#include <headroom/version.h>
#include <string.h>

/* Calls `row` for the keys of each group together, groups in the order of their first key. */
static void by_group(const struct hr_key_listing *listing, FILE *out,
                     void (*heading)(FILE *out, const struct hr_key_visit *first),
                     void (*row)(FILE *out, const struct hr_key_visit *at))
{
    for (size_t i = 0; i < listing->n; i++) {
        const char *group = listing->keys[i].group;
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++)
            seen = strcmp(listing->keys[j].group, group) == 0;
        if (seen)
            continue;
        heading(out, &listing->keys[i]);
        for (size_t j = i; j < listing->n; j++)
            if (strcmp(listing->keys[j].group, group) == 0)
                row(out, &listing->keys[j]);
    }
}

static void markdown_heading(FILE *out, const struct hr_key_visit *first)
{
    if (first->group[0])
        fprintf(out, "\n## `%s`: %s\n", first->group, first->table->name);
    else
        fputs("\n## The scenario itself\n", out);
    fputs("\n| key | type | default | bounds | meaning |\n|---|---|---|---|---|\n", out);
}

static void markdown_row(FILE *out, const struct hr_key_visit *at)
{
    struct hr_str type, def, bounds, when;
    hr_str_init(&type);
    hr_str_init(&def);
    hr_str_init(&bounds);
    hr_str_init(&when);
    hr_key_type_text(&type, at->key);
    hr_key_default_text(&def, at->key);
    hr_key_bounds_text(&bounds, at->key);
    hr_key_condition_text(&when, at);
    const char *code = def.length && !at->key->required ? "`" : "";
    fprintf(out, "| `%s` | %s | %s%s%s | %s | %s", at->key->name, type.text, code, def.text, code,
            bounds.text, at->key->help);
    if (when.length)
        fprintf(out, " Only %s.", when.text);
    for (const struct hr_choice *choice = at->key->choices; choice && choice->name; choice++)
        fprintf(out, "<br>`%s`: %s", choice->name, choice->help);
    fputs(" |\n", out);
    hr_str_fini(&type);
    hr_str_fini(&def);
    hr_str_fini(&bounds);
    hr_str_fini(&when);
}

void hr_keys_markdown(FILE *out, const struct hr_key_listing *listing)
{
    fputs("# Scenario keys\n\n"
          "Every key of a scenario file, printed from the tables that the loader reads it by\n"
          "(`headroom keys`). A kind of group that appears in several places, such as a time\n"
          "distribution, has its keys listed where it first appears.\n",
          out);
    by_group(listing, out, markdown_heading, markdown_row);
}

/* Text in which roff sees no request and no escape. */
static void man_text(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", out);
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            fputc(*text, out);
    }
}

static void man_heading(FILE *out, const struct hr_key_visit *first)
{
    fputs(".SH \"", out);
    man_text(out, first->group[0] ? first->group : "scenario");
    fputs("\"\n", out);
}

static void man_row(FILE *out, const struct hr_key_visit *at)
{
    struct hr_str line;
    hr_str_init(&line);
    hr_key_summary_text(&line, at);
    fprintf(out, ".TP\n.B %s\n", at->key->name);
    man_text(out, line.text);
    fputs(".\n", out);
    man_text(out, at->key->help);
    fputc('\n', out);
    for (const struct hr_choice *choice = at->key->choices; choice && choice->name; choice++) {
        fprintf(out, ".br\n.I %s\n: ", choice->name);
        man_text(out, choice->help);
        fputc('\n', out);
    }
    hr_str_fini(&line);
}

void hr_keys_man(FILE *out, const struct hr_key_listing *listing)
{
    fputs(".TH HEADROOM\\-SCENARIO 5 \"\" \"headroom " HR_VERSION "\"\n"
          ".SH NAME\nheadroom\\-scenario \\- keys of headroom scenario files\n",
          out);
    by_group(listing, out, man_heading, man_row);
}
