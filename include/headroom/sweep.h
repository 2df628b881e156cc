/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parameter sweeps: the grid of all varied values, each point a run.
 */
#ifndef HEADROOM_SWEEP_H
#define HEADROOM_SWEEP_H

#include <headroom/run.h>

/* One varied key: PATH=A,B,C or PATH=LO:HI:STEP (as after --vary), parsed by hr_axis_parse. */
struct hr_axis {
    char *path;
    size_t n;
    char **values;
};

/* Parses the text of one --vary. HR_ERR_INPUT: diag says why. Free with hr_axis_fini. */
enum hr_status hr_axis_parse(const char *text, struct hr_axis *axis, struct hr_diag *diag);
void hr_axis_fini(struct hr_axis *axis);

/* Called once a point, in the order of the grid (the last axis varies fastest), from one thread at
 * a time. values[i] is the value of axis i; result is borrowed. */
typedef void hr_sweep_sink(void *ctx, const char *const *values, const struct hr_result *result);

/*
 * Runs the grid. All points are loaded (and their mistakes reported) before the first is run.
 * Points and replications share one pool of threads.
 */
enum hr_status hr_sweep(const char *scenario_path, const char *const *overrides, size_t n_overrides,
                        const struct hr_axis *axes, size_t n_axes,
                        const struct hr_run_options *options, hr_sweep_sink *sink, void *ctx,
                        struct hr_diag *diag);

#endif
