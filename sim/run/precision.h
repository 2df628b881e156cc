/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sequential stopping: replications go on until the intervals are as tight as asked for. The
 * estimates are looked at after fixed numbers of replications, each of which follows from the
 * replications before it and from nothing else, so that the end does not depend on who finished
 * what when. docs/statistics.md has the rule.
 */
#ifndef RUN_PRECISION_H
#define RUN_PRECISION_H

#include "model/spec.h"

#include <headroom/run.h>

/* True when the options or an objective ask for a precision. */
bool hr_precision_asked(const struct hr_spec *spec, const struct hr_run_options *options);

/* Replications before the estimates are first looked at, and the most there may be. */
unsigned hr_precision_first(const struct hr_spec *spec, const struct hr_run_options *options);
unsigned hr_precision_max(const struct hr_spec *spec, const struct hr_run_options *options);

/* Says in result->precision how tight the intervals of a result are. The checkpoints so far are
 * the caller's to add. */
void hr_precision_judge(const struct hr_spec *spec, const struct hr_run_options *options,
                        struct hr_result *result);

/* The next checkpoint; 0 when there is none: the precision is reached, or can not be. */
unsigned hr_precision_next(const struct hr_result *result);

#endif
