/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Quantities with units: "20ms", "2000/s", "512Mi", "250m", "60%". */
#ifndef BASE_QUANTITY_H
#define BASE_QUANTITY_H

#include "base/key.h"
#include "base/time.h"

#include <stdbool.h>

/*
 * Parses text of the given unit (not NONE) to the base unit: seconds, per second, bytes, cores,
 * share. Durations: ns us ms s m min h d w, also composed ("1h30m"). Rates: /s /m /min /h /d.
 * Bytes: none, k M G T Ki Mi Gi Ti (k = 1000, Ki = 1024). Cores: none or m (thousandths). Shares:
 * %. False: *why is a static text that says what is wrong ("unit missing", "unknown unit", "not a
 * number", "not finite"); negative numbers are parsed (bounds are the caller's).
 */
bool hr_quantity_parse(const char *text, enum hr_unit unit, double *value, const char **why);

/* As above for a duration, exact in nanoseconds (rounded to nearest); beyond int64 is never. */
bool hr_duration_parse(const char *text, hr_time *ns, const char **why);

/* Canonical text: the largest unit that gives an exact short number ("90s" not "1.5m" is fine as
 * long as it parses back to the same value, bit for bit). */
void hr_quantity_format(char text[48], double value, enum hr_unit unit);
void hr_duration_format(char text[48], hr_time ns);

/* "a duration such as \"20ms\"": what to write for this unit; static. */
const char *hr_unit_example(enum hr_unit unit);

/* "duration", "rate", ...; static. */
const char *hr_unit_name(enum hr_unit unit);

#endif
