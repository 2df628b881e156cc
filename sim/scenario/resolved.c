/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canonical scenario as one JSON object, and as a list of inputs for the report. */
#include "base/assert.h"
#include "base/json_writer.h"
#include "scenario/emit.h"

#include <stdlib.h>
#include <string.h>

struct json_emit {
    struct hr_emit base;
    struct hr_json json;
};

static void json_open(struct hr_emit *emit, const struct hr_emit_at *at, enum hr_block block)
{
    struct hr_json *json = &((struct json_emit *)emit)->json;
    if (!at->element)
        hr_json_key(json, at->key->name);
    if (block == HR_BLOCK_GROUP)
        hr_json_object(json);
    else
        hr_json_array(json);
}

static void json_close(struct hr_emit *emit, const struct hr_emit_at *at, enum hr_block block)
{
    struct hr_json *json = &((struct json_emit *)emit)->json;
    (void)at;
    if (block == HR_BLOCK_GROUP)
        hr_json_object_end(json);
    else
        hr_json_array_end(json);
}

static void json_scalar(struct hr_emit *emit, const struct hr_emit_at *at, const char *text,
                        enum hr_form form)
{
    struct hr_json *json = &((struct json_emit *)emit)->json;
    if (!at->element)
        hr_json_key(json, at->key->name);
    if (form == HR_FORM_TEXT)
        hr_json_string(json, text);
    else
        hr_json_raw(json, text); /* numbers and booleans are the same in JSON */
}

void hr_scenario_write_json(struct hr_scenario *scenario)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    HR_ASSERT(out);
    struct json_emit emit = { .base = { json_open, json_close, json_scalar } };
    hr_json_init(&emit.json, out, false);
    hr_json_object(&emit.json);
    hr_emit_spec(&emit.base, scenario);
    hr_json_object_end(&emit.json);
    fclose(out);
    scenario->json = hr_arena_strdup(scenario->arena, text);
    free(text);
}

/* The path of what is open so far is a prefix of `path`; each open remembers nothing but cuts back
 * to the last separator at its close. */
struct inputs_emit {
    struct hr_emit base;
    struct hr_scenario *scenario;
    struct hr_str path;
    size_t lengths[64]; /* of path before each open */
    size_t depth;
    size_t capacity;
};

static void add_step(struct hr_str *path, const struct hr_emit_at *at)
{
    const char *dot = path->length ? "." : "";
    if (!at->element)
        hr_str_addf(path, "%s%s", dot, at->key->name);
    else if (at->name)
        hr_str_addf(path, ".%s", at->name);
    else
        hr_str_addf(path, "[%zu]", at->index);
}

static void cut(struct hr_str *path, size_t length)
{
    path->text[length] = '\0';
    path->length = length;
}

static void inputs_open(struct hr_emit *emit, const struct hr_emit_at *at, enum hr_block block)
{
    struct inputs_emit *inputs = (struct inputs_emit *)emit;
    (void)block;
    HR_ASSERT(inputs->depth < sizeof inputs->lengths / sizeof inputs->lengths[0]);
    inputs->lengths[inputs->depth++] = inputs->path.length;
    add_step(&inputs->path, at);
}

static void inputs_close(struct hr_emit *emit, const struct hr_emit_at *at, enum hr_block block)
{
    struct inputs_emit *inputs = (struct inputs_emit *)emit;
    (void)at;
    (void)block;
    cut(&inputs->path, inputs->lengths[--inputs->depth]);
}

static void inputs_scalar(struct hr_emit *emit, const struct hr_emit_at *at, const char *text,
                          enum hr_form form)
{
    struct inputs_emit *inputs = (struct inputs_emit *)emit;
    struct hr_scenario *scenario = inputs->scenario;
    const size_t length = inputs->path.length;
    (void)form;
    if (scenario->n_inputs == inputs->capacity) {
        inputs->capacity = 2 * inputs->capacity + 64;
        scenario->inputs =
            hr_realloc(scenario->inputs, inputs->capacity, sizeof(struct hr_scenario_input));
    }
    add_step(&inputs->path, at);
    scenario->inputs[scenario->n_inputs++] = (struct hr_scenario_input){
        .path = hr_arena_strdup(scenario->arena, inputs->path.text),
        .value = hr_arena_strdup(scenario->arena, text),
        .help = at->key->help,
    };
    cut(&inputs->path, length);
}

void hr_scenario_write_inputs(struct hr_scenario *scenario)
{
    struct inputs_emit inputs = { .base = { inputs_open, inputs_close, inputs_scalar },
                                  .scenario = scenario };
    hr_str_init(&inputs.path);
    hr_emit_spec(&inputs.base, scenario);
    hr_str_fini(&inputs.path);
}
