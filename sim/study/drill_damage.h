/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a loss does, from its result beside that of the baseline. */
#ifndef STUDY_DRILL_DAMAGE_H
#define STUDY_DRILL_DAMAGE_H

#include <headroom/drill.h>

/* The values of a column of the time series; NULL: there is no such column. */
const double *hr_drill_column(const struct hr_result *result, const char *list, const char *owner,
                              const char *column);

/* Seconds from at_s until deployment d has recovered, as hr_drill defines it. */
double hr_drill_recovery_s(const struct hr_result *baseline, const struct hr_result *hit, size_t d,
                           double at_s);

/* Fills in what the loss does from its result. */
void hr_drill_assess(const struct hr_result *baseline, struct hr_loss *loss, double at_s);

/* For qsort: the worse loss comes first. */
int hr_drill_compare(const void *a, const void *b);

#endif
