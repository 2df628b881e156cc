/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Diagnostics: the user's mistakes, each with its place. Loading goes on after a mistake, so that
 * one run shows all of them; a diag keeps the first HR_DIAG_MAX in order and counts the rest.
 */
#ifndef HEADROOM_DIAG_H
#define HEADROOM_DIAG_H

#include <stddef.h>
#include <stdio.h>

#define HR_DIAG_MAX 100

enum hr_severity { HR_ERROR, HR_WARNING };

/* One mistake. Strings are owned by the diag; file, path and hint may be NULL, line 0 = unknown. */
struct hr_diag_entry {
    enum hr_severity severity;
    const char *file;    /* as the user named it */
    int line;            /* from 1 */
    const char *path;    /* key path, such as deployments[0].replicas */
    const char *message; /* what is wrong */
    const char *hint;    /* what to do about it */
};

struct hr_diag;

struct hr_diag *hr_diag_new(void);
void hr_diag_free(struct hr_diag *diag);

/* Number of entries kept, and of errors seen (kept or not, warnings left out). */
size_t hr_diag_count(const struct hr_diag *diag);
size_t hr_diag_errors(const struct hr_diag *diag);

/* Entry i < hr_diag_count(diag), in the order in which they were found. */
const struct hr_diag_entry *hr_diag_entry(const struct hr_diag *diag, size_t i);

/* Writes `file:line: path: message (hint)`, a line an entry; control characters are escaped. */
void hr_diag_print(const struct hr_diag *diag, FILE *out);

#endif
