/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canonical text: libconfig syntax, four spaces a level, one key a line. */
#include "scenario/emit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct writer {
    struct hr_emit base;
    struct hr_str text;
    int depth;
};

static void add_indent(struct writer *writer)
{
    for (int i = 0; i < writer->depth; i++)
        hr_str_add(&writer->text, "    ");
}

static void add_quoted(struct hr_str *out, const char *text)
{
    hr_str_add(out, "\"");
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            hr_str_addf(out, "\\%c", c);
        else if (c == '\n')
            hr_str_add(out, "\\n");
        else if (c < 0x20 || c == 0x7f)
            hr_str_addf(out, "\\x%02X", c);
        else
            hr_str_add_n(out, text, 1);
    }
    hr_str_add(out, "\"");
}

/* libconfig reads an integer as 32 bits unless it ends in L, and a number without a point or an
 * exponent as an integer. */
static void add_scalar(struct hr_str *out, const char *text, enum hr_form form)
{
    if (form == HR_FORM_TEXT) {
        add_quoted(out, text);
        return;
    }
    hr_str_add(out, text);
    if (form == HR_FORM_REAL && !strpbrk(text, ".eE"))
        hr_str_add(out, ".0");
    if (form == HR_FORM_INT) {
        const int64_t x = strtoll(text, NULL, 10);
        if (x > INT32_MAX || x < INT32_MIN)
            hr_str_add(out, "L");
    }
}

static void write_scalar(struct hr_emit *emit, const struct hr_emit_at *at, const char *text,
                         enum hr_form form)
{
    struct writer *writer = (struct writer *)emit;
    if (at->element) {
        hr_str_add(&writer->text, at->index ? ", " : " ");
        add_scalar(&writer->text, text, form);
        return;
    }
    add_indent(writer);
    hr_str_addf(&writer->text, "%s = ", at->key->name);
    add_scalar(&writer->text, text, form);
    hr_str_add(&writer->text, ";\n");
}

static void write_open(struct hr_emit *emit, const struct hr_emit_at *at, enum hr_block block)
{
    static const char *const brackets[] = { "{\n", "(\n", "[" };
    struct writer *writer = (struct writer *)emit;
    if (at->element && at->index > 0)
        hr_str_add(&writer->text, ",\n");
    add_indent(writer);
    if (!at->element)
        hr_str_addf(&writer->text, "%s = ", at->key->name);
    hr_str_add(&writer->text, brackets[block]);
    writer->depth++;
}

static void write_close(struct hr_emit *emit, const struct hr_emit_at *at, enum hr_block block)
{
    static const char *const brackets[] = { "}", ")", " ]" };
    struct writer *writer = (struct writer *)emit;
    writer->depth--;
    if (block == HR_BLOCK_LIST)
        hr_str_add(&writer->text, "\n");
    if (block != HR_BLOCK_ARRAY)
        add_indent(writer);
    hr_str_add(&writer->text, brackets[block]);
    if (!at->element)
        hr_str_add(&writer->text, ";\n");
}

void hr_scenario_write_canonical(struct hr_scenario *scenario)
{
    struct writer writer = { .base = { write_open, write_close, write_scalar } };
    hr_str_init(&writer.text);
    hr_emit_spec(&writer.base, scenario);
    scenario->canonical = hr_arena_strdup(scenario->arena, writer.text.text);
    hr_str_fini(&writer.text);
}
