/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A and B run as one batch, then every estimate that both have is paired. */
#include <headroom/compare.h>

#include "base/diag.h"
#include "base/fields.h"
#include "base/mem.h"
#include "base/str.h"
#include "run/batch.h"
#include "stats/difference.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *input_value(const struct hr_scenario *scenario, const char *path)
{
    size_t n;
    const struct hr_scenario_input *inputs = hr_scenario_inputs(scenario, &n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(inputs[i].path, path) == 0)
            return inputs[i].value;
    }
    return "";
}

/* Loads B anew with the seed and the number of replications of A. */
static enum hr_status load_alike(const struct hr_compare_side *side, const struct hr_spec *of_a,
                                 struct hr_scenario **scenario, struct hr_diag *diag)
{
    const char **overrides = HR_NEW_ARRAY(const char *, side->n_overrides + 2);
    char seed[32], replications[48];
    snprintf(seed, sizeof seed, "seed=%" PRId64, of_a->seed);
    snprintf(replications, sizeof replications, "replications=%" PRId64, of_a->replications);
    for (size_t i = 0; i < side->n_overrides; i++)
        overrides[i] = side->overrides[i];
    overrides[side->n_overrides] = seed;
    overrides[side->n_overrides + 1] = replications;
    hr_scenario_free(*scenario);
    const enum hr_status status =
        hr_scenario_load(side->path, overrides, side->n_overrides + 2, scenario, diag);
    free(overrides);
    return status;
}

/* Warns when A and B do not say the same of `path`; true when they do. */
static bool same_input(struct hr_scenario *const scenarios[2], const char *path,
                       struct hr_diag *diag)
{
    const char *a = input_value(scenarios[0], path), *b = input_value(scenarios[1], path);
    if (strcmp(a, b) == 0)
        return true;
    const struct hr_place place = { .file = hr_scenario_file(scenarios[1]), .path = path };
    hr_diag_add(diag, HR_WARNING, &place, "B takes it from A, to have random numbers in common",
                "%s is not used but %s", b, a);
    return false;
}

static enum hr_status check_duration(struct hr_scenario *const scenarios[2], struct hr_diag *diag)
{
    if (hr_scenario_spec(scenarios[0])->duration == hr_scenario_spec(scenarios[1])->duration)
        return HR_OK;
    const char *a = input_value(scenarios[0], "duration");
    const struct hr_place place = { .file = hr_scenario_file(scenarios[1]), .path = "duration" };
    struct hr_str hint;
    hr_str_init(&hint);
    hr_str_addf(&hint, "--set duration=%s gives both the same", a);
    hr_diag_add(diag, HR_ERROR, &place, hint.text, "%s in B, but %s in A: they cannot be paired",
                input_value(scenarios[1], "duration"), a);
    hr_str_fini(&hint);
    return HR_ERR_INPUT;
}

static enum hr_status load(const struct hr_compare_side *const sides[2],
                           struct hr_scenario *scenarios[2], struct hr_diag *diag)
{
    enum hr_status status = HR_OK;
    for (size_t i = 0; i < 2; i++) {
        /* The mistakes of a file need not be told twice. */
        if (status != HR_OK && strcmp(sides[0]->path, sides[1]->path) == 0)
            return status;
        const enum hr_status loaded = hr_scenario_load(sides[i]->path, sides[i]->overrides,
                                                       sides[i]->n_overrides, &scenarios[i], diag);
        status = status == HR_OK ? loaded : status;
    }
    if (status != HR_OK)
        return status;
    const bool same_seed = same_input(scenarios, "seed", diag);
    const bool same_number = same_input(scenarios, "replications", diag);
    if (!same_seed || !same_number)
        status = load_alike(sides[1], hr_scenario_spec(scenarios[0]), &scenarios[1], diag);
    return status == HR_OK ? check_duration(scenarios, diag) : status;
}

enum list { WORKLOADS, DEPLOYMENTS };

static const char *const list_names[] = {
    [WORKLOADS] = "workloads", [DEPLOYMENTS] = "deployments"
};

static size_t length(const struct hr_result *result, enum list list)
{
    return list == WORKLOADS ? result->n_workloads : result->n_deployments;
}

static const char *name_at(const struct hr_result *result, enum list list, size_t i)
{
    return list == WORKLOADS ? result->workloads[i].name : result->deployments[i].name;
}

static bool holds(const struct hr_result *result, enum list list, const char *name)
{
    for (size_t i = 0; i < length(result, list); i++) {
        if (strcmp(name_at(result, list, i), name) == 0)
            return true;
    }
    return false;
}

/* Warns of what is in `result` but not in `other`. */
static void warn_alone(const struct hr_result *result, const struct hr_result *other,
                       enum list list, const char *side, struct hr_diag *diag)
{
    for (size_t i = 0; i < length(result, list); i++) {
        if (holds(other, list, name_at(result, list, i)))
            continue;
        struct hr_str path;
        hr_str_init(&path);
        hr_str_addf(&path, "%s.%s", list_names[list], name_at(result, list, i));
        const struct hr_place place = { .file = result->scenario_file, .path = path.text };
        hr_diag_add(diag, HR_WARNING, &place, NULL, "is in %s only, so it is not compared", side);
        hr_str_fini(&path);
    }
}

/* Random streams go by the names of workloads and deployments. */
static void find_common(struct hr_comparison *comparison, struct hr_diag *diag)
{
    const struct hr_result *a = comparison->a, *b = comparison->b;
    comparison->common = HR_NEW_ARRAY(struct hr_compare_common, a->n_workloads + a->n_deployments);
    for (enum list list = WORKLOADS; list <= DEPLOYMENTS; list++) {
        for (size_t i = 0; i < length(a, list); i++) {
            const char *name = name_at(a, list, i);
            if (holds(b, list, name))
                comparison->common[comparison->n_common++] =
                    (struct hr_compare_common){ list_names[list], name };
        }
        if (list == WORKLOADS && comparison->n_common == 0)
            hr_diag_add(diag, HR_WARNING, &(struct hr_place){ .path = "workloads" },
                        "give those that stand for the same demand the same name",
                        "none has the same name in A and B: they share no random numbers");
        warn_alone(a, b, list, "A", diag);
        warn_alone(b, a, list, "B", diag);
    }
}

/* What a scenario is called does not change what it does. */
static bool is_label(const char *path)
{
    return strcmp(path, "name") == 0 || strcmp(path, "title") == 0 ||
           strcmp(path, "description") == 0;
}

/* The place of an item in a list of the same order, more or less: the search starts at *at, and
 * leaves it behind what it found. `name_of` gives the name of item i. */
static bool find_next(const void *list, size_t n,
                      const char *(*name_of)(const void *list, size_t i), const char *name,
                      size_t *at)
{
    for (size_t k = 0; k < n; k++) {
        const size_t i = (*at + k) % n;
        if (strcmp(name_of(list, i), name) == 0) {
            *at = i + 1;
            return true;
        }
    }
    return false;
}

static const char *input_path(const void *inputs, size_t i)
{
    return ((const struct hr_input *)inputs)[i].path;
}

static void add_input(struct hr_comparison *comparison, const char *path, const char *a,
                      const char *b)
{
    if (!is_label(path))
        comparison->inputs[comparison->n_inputs++] = (struct hr_compare_input){ path, a, b };
}

/* Those of A in their order, then those that only B has. */
static void find_inputs(struct hr_comparison *comparison)
{
    const struct hr_result *a = comparison->a, *b = comparison->b;
    comparison->inputs = HR_NEW_ARRAY(struct hr_compare_input, a->n_inputs + b->n_inputs);
    for (size_t i = 0, at = 0; i < a->n_inputs; i++) {
        const struct hr_input *input = &a->inputs[i];
        const bool found = find_next(b->inputs, b->n_inputs, input_path, input->path, &at);
        const char *value = found ? b->inputs[at - 1].value : NULL;
        if (!found || strcmp(input->value, value) != 0)
            add_input(comparison, input->path, input->value, value);
    }
    for (size_t i = 0, at = 0; i < b->n_inputs; i++) {
        const struct hr_input *input = &b->inputs[i];
        if (!find_next(a->inputs, a->n_inputs, input_path, input->path, &at))
            add_input(comparison, input->path, NULL, input->value);
    }
}

/* The estimates of one result. */
struct metrics {
    size_t n, room;
    struct hr_compare_metric *items; /* `a` is the estimate */
};

static void collect(void *ctx, const char *name, const struct hr_field *field)
{
    struct metrics *metrics = ctx;
    if (field->kind != HR_FIELD_ESTIMATE)
        return;
    if (metrics->n == metrics->room) {
        metrics->room = 2 * metrics->room + 64;
        metrics->items = hr_realloc(metrics->items, metrics->room, sizeof *metrics->items);
    }
    metrics->items[metrics->n++] = (struct hr_compare_metric){ .name = hr_strdup(name),
                                                               .unit = field->unit,
                                                               .a = *field->as.estimate };
}

static const char *metric_name(const void *metrics, size_t i)
{
    return ((const struct hr_compare_metric *)metrics)[i].name;
}

static const char *verdict(const struct hr_estimate *difference)
{
    if (difference->hi < 0)
        return "lower";
    if (difference->lo > 0)
        return "higher";
    return difference->lo == 0 && difference->hi == 0 ? "equal" : "undecided";
}

static void pair_metric(struct hr_compare_metric *metric, const struct hr_estimate *b)
{
    metric->b = *b;
    metric->difference = hr_estimate_difference(&metric->a, b);
    metric->relative = hr_estimate_relative(&metric->a, b);
    metric->variance_reduction = hr_variance_reduction(&metric->a, b);
    metric->verdict = verdict(&metric->difference);
}

static void pair_metrics(struct hr_comparison *comparison)
{
    struct metrics of_a = { 0 }, of_b = { 0 };
    hr_fields_walk_flat(comparison->a, collect, &of_a);
    hr_fields_walk_flat(comparison->b, collect, &of_b);
    size_t n = 0;
    for (size_t i = 0, at = 0; i < of_a.n; i++) {
        if (find_next(of_b.items, of_b.n, metric_name, of_a.items[i].name, &at)) {
            pair_metric(&of_a.items[i], &of_b.items[at - 1].a);
            of_a.items[n++] = of_a.items[i];
        } else {
            free(of_a.items[i].name);
        }
    }
    for (size_t i = 0; i < of_b.n; i++)
        free(of_b.items[i].name);
    free(of_b.items);
    comparison->metrics = of_a.items;
    comparison->n_metrics = n;
}

static void keep(void *ctx, size_t i, struct hr_result *result)
{
    struct hr_comparison *comparison = ctx;
    *(i == 0 ? &comparison->a : &comparison->b) = result;
}

static enum hr_status run_both(struct hr_scenario *const scenarios[2],
                               const struct hr_run_options *options, struct hr_comparison **out,
                               struct hr_diag *diag)
{
    struct hr_run_options compared = *options;
    compared.alike = true;
    struct hr_comparison *comparison = HR_NEW(struct hr_comparison);
    const enum hr_status status = hr_batch_run((const struct hr_scenario *const *)scenarios, 2,
                                               &compared, keep, comparison, diag);
    if (comparison->a == NULL || comparison->b == NULL || status == HR_ERR_IO) {
        hr_comparison_free(comparison);
        return status;
    }
    find_common(comparison, diag);
    find_inputs(comparison);
    pair_metrics(comparison);
    *out = comparison;
    return status;
}

enum hr_status hr_compare(const struct hr_compare_side *a, const struct hr_compare_side *b,
                          const struct hr_run_options *options, struct hr_comparison **out,
                          struct hr_diag *diag)
{
    struct hr_scenario *scenarios[2] = { NULL, NULL };
    *out = NULL;
    enum hr_status status = load((const struct hr_compare_side *const[]){ a, b }, scenarios, diag);
    if (status == HR_OK)
        status = run_both(scenarios, options, out, diag);
    hr_scenario_free(scenarios[0]);
    hr_scenario_free(scenarios[1]);
    return status;
}

void hr_comparison_free(struct hr_comparison *comparison)
{
    if (comparison == NULL)
        return;
    for (size_t i = 0; i < comparison->n_metrics; i++)
        free(comparison->metrics[i].name);
    free(comparison->metrics);
    free(comparison->inputs);
    free(comparison->common);
    hr_result_free(comparison->a);
    hr_result_free(comparison->b);
    free(comparison);
}
