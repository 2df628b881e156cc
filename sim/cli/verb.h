/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs of the program, and what several of them share. */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#include "cli/options.h"

#include <headroom/run.h>
#include <headroom/scenario.h>

/* Each carries out its verb and returns the exit code. */
int hr_verb_run(const struct hr_options *options);
int hr_verb_sweep(const struct hr_options *options);
int hr_verb_compare(const struct hr_options *options);
int hr_verb_drill(const struct hr_options *options);
int hr_verb_theory(const struct hr_options *options);
int hr_verb_check(const struct hr_options *options);
int hr_verb_keys(const struct hr_options *options);
int hr_verb_instances(const struct hr_options *options);

/* Loads a scenario with the overrides of the command line and prints what there is to say about
 * it on standard error. Returns an exit code; *scenario is NULL unless it is 0. */
int hr_verb_load(const char *path, const struct hr_options *options, struct hr_scenario **scenario);

/* What the command line says about running; the rest is left for the caller to fill in. */
struct hr_run_options hr_verb_run_options(const struct hr_options *options);

/* Says on standard error why the exit code of a result is 1; `name` is what it is a result of. */
void hr_verb_explain(const char *name, const struct hr_result *result);

/* Prints diag on standard error and frees it; --quiet leaves out mere warnings. */
void hr_verb_diag_take(struct hr_diag *diag, bool quiet);

/* A mistake in the use of a verb, as one line on standard error; returns the exit code. */
int hr_verb_usage(const char *verb, const char *message);

/* One line on standard error unless --quiet: the run of `name` ended early, and whether anything
 * was finished by then. */
void hr_verb_note_interrupt(const char *name, bool finished, bool quiet);

#endif
