/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decimal numbers as they are written, kept exact: the fractions of durations and timestamps must
 * reach nanoseconds without a detour through doubles.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "base/time.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* digits * 10^exponent; `more`: nonzero digits follow beyond the 19 that fit. */
struct hr_decimal {
    uint64_t digits;
    int32_t exponent;
    bool negative;
    bool more;
};

/*
 * Reads [+-] digits [. digits] [e [+-] digits] from the start of n characters. Returns the number
 * of characters read, 0 when there is no number. An exponent without digits is not read.
 */
size_t hr_decimal_parse(const char *text, size_t n, struct hr_decimal *decimal);

/* decimal * unit for unit > 0, rounded to nearest (halves away from 0), kept within int64. */
int64_t hr_decimal_scale(const struct hr_decimal *decimal, int64_t unit);

/* The nearest double of decimal * 10^shift; may be infinite. */
double hr_decimal_to_double(const struct hr_decimal *decimal, int shift);

#endif
