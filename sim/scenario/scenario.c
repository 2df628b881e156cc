/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loading, step by step: read the text, parse it, apply the overrides, walk the tables, resolve
 * names, check across groups, read the data files; then write it down canonically and hash it.
 */
#include "scenario/scenario.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/str.h"
#include "scenario/emit.h"
#include "scenario/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What identifies a scenario: its canonical text without seed and replications, and its data. */
static void write_sha256(struct hr_scenario *scenario)
{
    struct hr_sha256 sha;
    hr_sha256_init(&sha);
    for (const char *line = scenario->canonical; *line;) {
        const size_t n = strcspn(line, "\n") + 1;
        if (strncmp(line, "seed = ", 7) != 0 && strncmp(line, "replications = ", 15) != 0)
            hr_sha256_add(&sha, line, n);
        line += n;
    }
    for (size_t i = 0; i < scenario->n_paths; i++)
        hr_sha256_add(&sha, scenario->paths[i].sha256, strlen(scenario->paths[i].sha256));
    hr_sha256_end(&sha, scenario->sha256);
}

static struct hr_override *overrides_new(struct hr_arena *arena, const char *const *texts, size_t n)
{
    struct hr_override *overrides = HR_NEW_ARRAY(struct hr_override, n);
    for (size_t i = 0; i < n; i++) {
        const char *equals = strchr(texts[i], '=');
        struct hr_str label;
        hr_str_init(&label);
        hr_str_addf(&label, "--set %s", texts[i]);
        overrides[i].label = hr_arena_strdup(arena, label.text);
        hr_str_clear(&label);
        if (equals) {
            hr_str_add_n(&label, texts[i], (size_t)(equals - texts[i]));
            overrides[i].path = hr_arena_strdup(arena, label.text);
            overrides[i].value = hr_arena_strdup(arena, equals + 1);
        }
        hr_str_fini(&label);
    }
    return overrides;
}

/* The folder of a path, "" when it has none, so that joined names stay as short as written. */
static const char *folder_of(struct hr_arena *arena, const char *path)
{
    if (!strchr(path, '/'))
        return "";
    char *folder = hr_file_folder(path);
    const char *kept = hr_arena_strdup(arena, folder);
    free(folder);
    return kept;
}

/* Each finds its mistakes whatever the others found, but events need the types of the pools. */
static void check_steps(struct hr_loader *loader)
{
    hr_load_node_pools(loader);
    if (loader->n_errors == 0)
        hr_load_events(loader);
    hr_load_check(loader);
}

static void load_steps(struct hr_loader *loader, const struct hr_source *source)
{
    hr_load_parse(loader, source);
    if (loader->n_errors > 0)
        return;
    for (size_t i = 0; i < loader->n_overrides; i++)
        hr_load_override(loader, &loader->overrides[i]);
    hr_load_walk(loader);
    hr_load_references(loader);
    if (loader->n_errors == 0)
        check_steps(loader);
    hr_load_data(loader);
    if (loader->n_errors == 0)
        hr_load_calendar(loader);
}

static enum hr_status load(struct hr_loader *loader, const struct hr_source *source,
                           const char *const *overrides, size_t n_overrides,
                           struct hr_scenario **out)
{
    struct hr_scenario *scenario = HR_NEW(struct hr_scenario);
    scenario->arena = hr_arena_new();
    scenario->file = hr_arena_strdup(scenario->arena, source->path);
    loader->scenario = scenario;
    loader->file = scenario->file;
    loader->folder = folder_of(scenario->arena, source->path);
    loader->overrides = overrides_new(scenario->arena, overrides, n_overrides);
    loader->n_overrides = n_overrides;
    config_init(&loader->config);
    load_steps(loader, source);
    config_destroy(&loader->config);
    free(loader->overrides);
    free(loader->origins);
    free(loader->references);
    if (loader->n_errors > 0) {
        hr_scenario_free(scenario);
        return HR_ERR_INPUT;
    }
    hr_scenario_write_canonical(scenario);
    hr_scenario_write_json(scenario);
    hr_scenario_write_inputs(scenario);
    write_sha256(scenario);
    *out = scenario;
    return HR_OK;
}

enum hr_status hr_scenario_load(const char *path, const char *const *overrides, size_t n_overrides,
                                struct hr_scenario **out, struct hr_diag *diag)
{
    struct hr_loader loader = { .may_read = true, .diag = diag };
    struct hr_source source;
    *out = NULL;
    if (!hr_source_read(&source, path))
        return hr_diag_io(diag, path, source.errno_value, "cannot read the scenario");
    const enum hr_status status = load(&loader, &source, overrides, n_overrides, out);
    free(source.text);
    return status;
}

enum hr_status hr_scenario_load_text(const char *text, size_t n, const char *file,
                                     const char *const *overrides, size_t n_overrides,
                                     struct hr_scenario **out, struct hr_diag *diag)
{
    struct hr_loader loader = { .diag = diag };
    struct hr_source source = { .path = file, .text = hr_strndup(text, n), .n = n };
    *out = NULL;
    const enum hr_status status = load(&loader, &source, overrides, n_overrides, out);
    free(source.text);
    return status;
}

void hr_scenario_free(struct hr_scenario *scenario)
{
    if (!scenario)
        return;
    free(scenario->paths);
    free(scenario->inputs);
    hr_arena_free(scenario->arena);
    free(scenario);
}

const char *hr_scenario_name(const struct hr_scenario *scenario)
{
    return scenario->spec.name;
}

const char *hr_scenario_canonical(const struct hr_scenario *scenario)
{
    return scenario->canonical;
}

const char *hr_scenario_sha256(const struct hr_scenario *scenario)
{
    return scenario->sha256;
}

const struct hr_spec *hr_scenario_spec(const struct hr_scenario *scenario)
{
    return &scenario->spec;
}

const char *hr_scenario_file(const struct hr_scenario *scenario)
{
    return scenario->file;
}

const char *hr_scenario_json(const struct hr_scenario *scenario)
{
    return scenario->json;
}

const struct hr_scenario_input *hr_scenario_inputs(const struct hr_scenario *scenario, size_t *n)
{
    *n = scenario->n_inputs;
    return scenario->inputs;
}
