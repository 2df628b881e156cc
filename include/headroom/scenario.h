/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Scenarios: text in libconfig syntax to a typed, validated, immutable value.
 */
#ifndef HEADROOM_SCENARIO_H
#define HEADROOM_SCENARIO_H

#include <headroom/diag.h>
#include <headroom/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct hr_scenario; /* immutable once loaded; may be shared by threads */

/*
 * Loads the scenario file `path`. Each of the `n_overrides` texts is `PATH=VALUE`, as after --set;
 * they are applied in order before anything is checked and get the same checks as the file.
 * Traces named by the scenario are read through once, so that a bad line shows here.
 * HR_OK: *out is the caller's, to be freed with hr_scenario_free. HR_ERR_INPUT, HR_ERR_IO: diag
 * says what is wrong, *out is NULL. Warnings may be in diag in either case.
 */
enum hr_status hr_scenario_load(const char *path, const char *const *overrides, size_t n_overrides,
                                struct hr_scenario **out, struct hr_diag *diag);

void hr_scenario_free(struct hr_scenario *scenario);

/* Its `name`; the canonical text (every default of every present group filled in), which loads to
 * the same scenario again; the SHA-256 of that text and of the data files' contents, in hex,
 * without seed and replications. All borrowed. */
const char *hr_scenario_name(const struct hr_scenario *scenario);
const char *hr_scenario_canonical(const struct hr_scenario *scenario);
const char *hr_scenario_sha256(const struct hr_scenario *scenario);

enum hr_keys_format { HR_KEYS_TEXT, HR_KEYS_MARKDOWN, HR_KEYS_MAN, HR_KEYS_JSON };

/* Writes every scenario key whose path holds `pattern` (NULL: all): type, unit, default, bounds,
 * help. Returns how many were written. */
size_t hr_scenario_keys_print(FILE *out, const char *pattern, enum hr_keys_format format);

#endif
