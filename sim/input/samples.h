/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads samples of a duration (empirical distributions) from a text, CSV or JSON Lines file, plain
 * or gzip. */
#ifndef INPUT_SAMPLES_H
#define INPUT_SAMPLES_H

#include "base/diag.h"

#include <stddef.h>

/*
 * Reads every value of `column` ("": the only or first one): seconds, or a duration with unit.
 * *samples_ns is sorted, in ns, freed with free(). At least 1 and at most 10 million samples, none
 * negative: else HR_ERR_INPUT with file and line. `sha256` gets the hex hash of the file's bytes.
 */
enum hr_status hr_samples_read(const char *path, const char *column, double **samples_ns, size_t *n,
                               char sha256[65], struct hr_diag *diag);

#endif
