/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Footnotes of a text. */
#include "report/notes.h"

#include <math.h>
#include <string.h>

/* Number of the reason from 1; 0 when there is none or no room. */
static size_t note_number(struct hr_notes *notes, const char *why)
{
    if (!why)
        return 0;
    for (size_t i = 0; i < notes->n; i++)
        if (strcmp(notes->why[i], why) == 0)
            return i + 1;
    if (notes->n == HR_NOTES_MAX)
        return 0;
    notes->why[notes->n] = why;
    return ++notes->n;
}

void hr_notes_show(struct hr_shown *shown, const struct hr_estimate *estimate,
                   enum hr_unit_shown unit, struct hr_notes *notes)
{
    hr_show_estimate(shown, estimate, unit);
    const size_t number = note_number(notes, estimate->why);
    if (number == 0)
        return;
    if (isfinite(estimate->value))
        snprintf(shown->interval, sizeof(shown->interval), "(%zu)", number);
    else
        snprintf(shown->value, sizeof(shown->value), "- (%zu)", number);
}

void hr_notes_print(const struct hr_notes *notes, FILE *out)
{
    if (notes->n > 0)
        fputc('\n', out);
    for (size_t i = 0; i < notes->n; i++)
        fprintf(out, "(%zu) %s\n", i + 1, notes->why[i]);
}
