/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grid of varied values. A point is the scenario with more overrides, loaded anew. */
#include <headroom/long_run.h>
#include <headroom/sweep.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/str.h"
#include "run/batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MAX 1000000u

static enum hr_status bad_axis(struct hr_diag *diag, const char *text, const char *message)
{
    struct hr_str path;
    hr_str_init(&path);
    hr_str_addf(&path, "--vary %s", text);
    const struct hr_place place = { .path = path.text };
    hr_diag_add(diag, HR_ERROR, &place, "write PATH=A,B,C or PATH=LO:HI:STEP", "%s", message);
    hr_str_fini(&path);
    return HR_ERR_INPUT;
}

static void add_value(struct hr_axis *axis, const char *text, size_t length)
{
    axis->values = hr_realloc(axis->values, axis->n + 1, sizeof *axis->values);
    axis->values[axis->n++] = hr_strndup(text, length);
}

/* Splits at commas outside of quotes, brackets and braces, so that a value may be a list or a
 * group. */
static void split_list(struct hr_axis *axis, const char *text)
{
    const char *from = text;
    int depth = 0;
    bool quoted = false;
    for (const char *c = text;; c++) {
        if (*c == '"')
            quoted = !quoted;
        else if (!quoted && *c != '\0' && strchr("([{", *c) != NULL)
            depth++;
        else if (!quoted && *c != '\0' && strchr(")]}", *c) != NULL)
            depth--;
        if (*c == '\0' || (*c == ',' && depth == 0 && !quoted)) {
            add_value(axis, from, (size_t)(c - from));
            from = c + 1;
        }
        if (*c == '\0')
            return;
    }
}

/* Splits LO:HI:STEP into three numbers of the same unit. False: it is not a range. */
static bool parse_range(const char *text, double bounds[3], char unit[16])
{
    const char *c = text;
    for (int i = 0; i < 3; i++) {
        char *end;
        bounds[i] = strtod(c, &end);
        const size_t length = strcspn(end, ":");
        if (end == c || length >= 16 || end[length] != (i < 2 ? ':' : '\0'))
            return false;
        if (i > 0 && (strncmp(unit, end, length) != 0 || unit[length] != '\0'))
            return false;
        memcpy(unit, end, length);
        unit[length] = '\0';
        c = end + length + 1;
    }
    return true;
}

static enum hr_status expand_range(struct hr_axis *axis, const char *text, const double bounds[3],
                                   const char *unit, struct hr_diag *diag)
{
    const double low = bounds[0], high = bounds[1], step = bounds[2];
    if (!(step > 0) || !(high >= low) || !isfinite(high))
        return bad_axis(diag, text, "a range needs LO <= HI and STEP > 0");
    /* A hair more than HI, so that 0.1:0.3:0.1 ends at 0.3. */
    const double count = floor((high - low) / step * (1 + 1e-12) + 1e-9) + 1;
    if (count > POINTS_MAX)
        return bad_axis(diag, text, "more than 1,000,000 values");
    for (double i = 0; i < count; i++) {
        char value[64];
        snprintf(value, sizeof value, "%.12g%s", low + i * step, unit);
        add_value(axis, value, strlen(value));
    }
    return HR_OK;
}

enum hr_status hr_axis_parse(const char *text, struct hr_axis *axis, struct hr_diag *diag)
{
    *axis = (struct hr_axis){ 0 };
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text || equals[1] == '\0')
        return bad_axis(diag, text, "no values");
    axis->path = hr_strndup(text, (size_t)(equals - text));
    double bounds[3];
    char unit[16] = "";
    enum hr_status status = HR_OK;
    if (parse_range(equals + 1, bounds, unit))
        status = expand_range(axis, text, bounds, unit, diag);
    else
        split_list(axis, equals + 1);
    for (size_t i = 0; i < axis->n && status == HR_OK; i++) {
        if (axis->values[i][0] == '\0')
            status = bad_axis(diag, text, "an empty value");
    }
    if (status != HR_OK)
        hr_axis_fini(axis);
    return status;
}

void hr_axis_fini(struct hr_axis *axis)
{
    for (size_t i = 0; i < axis->n; i++)
        free(axis->values[i]);
    free(axis->values);
    free(axis->path);
    *axis = (struct hr_axis){ 0 };
}

/* The grid, and what its points are made of. */
struct grid {
    const char *scenario_path;
    const char *const *overrides;
    size_t n_overrides;
    const struct hr_axis *axes;
    size_t n_axes, n_points;
    struct hr_scenario **points;
    const struct hr_run_options *options;
    struct hr_diag *diag;
    hr_sweep_sink *sink;
    void *ctx;
};

/* Values of a point: the last axis varies fastest. */
static void point_values(const struct grid *grid, size_t point, const char **values)
{
    for (size_t a = grid->n_axes; a-- > 0;) {
        values[a] = grid->axes[a].values[point % grid->axes[a].n];
        point /= grid->axes[a].n;
    }
}

static enum hr_status load_point(const struct grid *grid, size_t point, struct hr_diag *diag)
{
    const size_t n = grid->n_overrides + grid->n_axes;
    const char **overrides = HR_NEW_ARRAY(const char *, n);
    const char **values = HR_NEW_ARRAY(const char *, grid->n_axes);
    struct hr_str *texts = HR_NEW_ARRAY(struct hr_str, grid->n_axes);
    for (size_t i = 0; i < grid->n_overrides; i++)
        overrides[i] = grid->overrides[i];
    point_values(grid, point, values);
    for (size_t a = 0; a < grid->n_axes; a++) {
        hr_str_init(&texts[a]);
        hr_str_addf(&texts[a], "%s=%s", grid->axes[a].path, values[a]);
        overrides[grid->n_overrides + a] = texts[a].text;
    }
    const enum hr_status status =
        hr_scenario_load(grid->scenario_path, overrides, n, &grid->points[point], diag);
    for (size_t a = 0; a < grid->n_axes; a++)
        hr_str_fini(&texts[a]);
    free(overrides);
    free(values);
    free(texts);
    return status;
}

static void deliver(void *ctx, size_t point, struct hr_result *result)
{
    const struct grid *grid = ctx;
    const char **values = HR_NEW_ARRAY(const char *, grid->n_axes);
    point_values(grid, point, values);
    if (result != NULL)
        hr_long_run_add(grid->points[point], grid->options, false, result, grid->diag);
    if (result != NULL)
        grid->sink(grid->ctx, values, result);
    free(values);
    hr_result_free(result);
}

static enum hr_status count_points(struct grid *grid, struct hr_diag *diag)
{
    grid->n_points = 1;
    for (size_t a = 0; a < grid->n_axes; a++) {
        if (grid->axes[a].n > POINTS_MAX / grid->n_points) {
            hr_diag_add(diag, HR_ERROR, NULL, "vary fewer keys, or fewer values",
                        "more than %u points", POINTS_MAX);
            return HR_ERR_INPUT;
        }
        grid->n_points *= grid->axes[a].n;
    }
    return HR_OK;
}

enum hr_status hr_sweep(const char *scenario_path, const char *const *overrides, size_t n_overrides,
                        const struct hr_axis *axes, size_t n_axes,
                        const struct hr_run_options *options, hr_sweep_sink *sink, void *ctx,
                        struct hr_diag *diag)
{
    struct grid grid = {
        .scenario_path = scenario_path,
        .overrides = overrides,
        .n_overrides = n_overrides,
        .axes = axes,
        .n_axes = n_axes,
        .options = options,
        .diag = diag,
        .sink = sink,
        .ctx = ctx,
    };
    enum hr_status status = count_points(&grid, diag);
    if (status != HR_OK)
        return status;
    grid.points = HR_NEW_ARRAY(struct hr_scenario *, grid.n_points);
    for (size_t i = 0; i < grid.n_points && hr_diag_errors(diag) < HR_DIAG_MAX; i++) {
        const enum hr_status loaded = load_point(&grid, i, diag);
        status = status == HR_OK ? loaded : status;
    }
    if (status == HR_OK)
        status = hr_batch_run((const struct hr_scenario *const *)grid.points, grid.n_points,
                              options, deliver, &grid, diag);
    for (size_t i = 0; i < grid.n_points; i++)
        hr_scenario_free(grid.points[i]);
    free(grid.points);
    return status;
}
