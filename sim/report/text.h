/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces of the summary for a terminal that other texts print too. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "report/notes.h"

/* What was simulated, in a line that begins with `lead`; and if that is less than was asked for. */
void hr_text_run(const char *lead, const struct hr_result *result, FILE *out);

/* The objectives and whether they are met; and what is unstable. `lead` begins
 * the first line; an empty line goes before it. Nothing when there is nothing to say. */
void hr_text_slos(const char *lead, const struct hr_result *result, struct hr_notes *notes,
                  FILE *out);
void hr_text_unstable(const char *lead, const struct hr_result *result, FILE *out);

#endif
