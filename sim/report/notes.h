/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Footnotes of a text: reasons for missing values and intervals, each printed once, below the
 * tables. */
#ifndef REPORT_NOTES_H
#define REPORT_NOTES_H

#include "report/show.h"

#include <stdio.h>

#define HR_NOTES_MAX 16

struct hr_notes {
    const char *why[HR_NOTES_MAX]; /* borrowed */
    size_t n;
};

/* As hr_show_estimate, but for a missing value or interval the number of its reason: "- (1)",
 * "(1)". */
void hr_notes_show(struct hr_shown *shown, const struct hr_estimate *estimate,
                   enum hr_unit_shown unit, struct hr_notes *notes);

/* Prints the reasons after an empty line; nothing when there are none. */
void hr_notes_print(const struct hr_notes *notes, FILE *out);

#endif
