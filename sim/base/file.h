/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Output files that are written whole or not at all: temporary file, fsync, rename, fsync of the
 * folder. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/diag.h"

#include <stdbool.h>
#include <stdio.h>

struct hr_file {
    FILE *out;  /* write here; NULL when not open */
    char *path; /* where it will stand */
    char *temporary;
};

/* Opens a temporary file beside path. HR_ERR_IO: diag says why. */
enum hr_status hr_file_open(struct hr_file *file, const char *path, struct hr_diag *diag);

/* Commit true: flushes, syncs and renames; else, or on failure, removes the temporary file. */
enum hr_status hr_file_close(struct hr_file *file, bool commit, struct hr_diag *diag);

/* Makes the folder and its parents if need be. */
enum hr_status hr_file_make_folder(const char *path, struct hr_diag *diag);

/* SHA-256 of the file's bytes in hex. HR_ERR_IO: diag says why. */
enum hr_status hr_file_sha256(const char *path, char hex[65], struct hr_diag *diag);

/* dir/name as a new string; name as it is when it is absolute or dir is empty. Free with free(). */
char *hr_file_join(const char *dir, const char *name);

/* The folder part of path ("." when there is none). Free with free(). */
char *hr_file_folder(const char *path);

#endif
