/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time zones by IANA name, from the system's TZif files (RFC 8536), footer rules included. "UTC"
 * needs no file.
 */
#ifndef INPUT_TIMEZONE_H
#define INPUT_TIMEZONE_H

#include "base/diag.h"

#include <stddef.h>
#include <stdint.h>

struct hr_timezone;

/* HR_ERR_INPUT: no such zone (diag entry at `place`, with what to do). Names with "..", or
 * absolute, are refused. */
enum hr_status hr_timezone_load(const char *name, const struct hr_place *place,
                                struct hr_timezone **out, struct hr_diag *diag);

/* The zone that the n bytes of a TZif file hold; NULL: they are damaged. */
struct hr_timezone *hr_timezone_parse(const void *data, size_t n);
void hr_timezone_free(struct hr_timezone *zone);

/* Local time minus UTC in seconds at that Unix time (s); *next, if not NULL, is the first later
 * moment at which the offset changes (INT64_MAX: never). */
int64_t hr_timezone_offset(const struct hr_timezone *zone, int64_t unix_s, int64_t *next);

#endif
