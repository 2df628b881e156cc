/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Integer arithmetic on decimal digits. */
#include "base/decimal.h"

#include "base/wide.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define DIGITS_MAX   UINT64_C(1000000000000000000) /* below it another digit fits */
#define EXPONENT_MAX 100000

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Adds a digit; `place` is 0 before the point and -1 behind it. */
static void push_digit(struct hr_decimal *d, int digit, int place)
{
    if (d->digits < DIGITS_MAX) {
        d->digits = d->digits * 10 + (uint64_t)digit;
        d->exponent += place;
    } else {
        d->more = d->more || digit != 0;
        d->exponent += place + 1;
    }
}

/* Reads e[+-]digits at `at`; returns where it ends, or `at` when it is none. */
static const char *parse_exponent(const char *at, const char *end, int32_t *exponent)
{
    const char *p = at;
    int32_t value = 0;

    if (p == end || (*p != 'e' && *p != 'E'))
        return at;
    p++;
    const bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end || !is_digit(*p))
        return at;
    for (; p < end && is_digit(*p); p++)
        value = value < EXPONENT_MAX ? value * 10 + (*p - '0') : value;
    *exponent += negative ? -value : value;
    return p;
}

size_t hr_decimal_parse(const char *text, size_t n, struct hr_decimal *decimal)
{
    const char *at = text, *end = text + n;
    struct hr_decimal d = { 0 };
    bool seen = false;

    d.negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    for (; at < end && is_digit(*at); at++, seen = true)
        push_digit(&d, *at - '0', 0);
    if (at < end && *at == '.') {
        for (at++; at < end && is_digit(*at); at++, seen = true)
            push_digit(&d, *at - '0', -1);
    }
    if (!seen)
        return 0;
    at = parse_exponent(at, end, &d.exponent);
    *decimal = d;
    return (size_t)(at - text);
}

static hr_uint128 power_of_ten(int32_t n)
{
    hr_uint128 power = 1;

    for (; n > 0; n--)
        power *= 10;
    return power;
}

/* value / 10^places to nearest, halves up. 2^127 / 10^39 is below a half. */
static hr_uint128 divide_rounded(hr_uint128 value, int32_t places)
{
    if (places > 38)
        return 0;
    const hr_uint128 power = power_of_ten(places);
    const hr_uint128 quotient = value / power, rest = value % power;
    return quotient + (rest >= power - rest);
}

int64_t hr_decimal_scale(const struct hr_decimal *decimal, int64_t unit)
{
    int32_t exponent = decimal->exponent;

    if (decimal->digits == 0)
        return 0;
    /* Without a division when the unit holds the decimal places, as seconds do for nanoseconds. */
    for (; exponent < 0 && unit % 10 == 0; exponent++)
        unit /= 10;
    hr_uint128 value = (hr_uint128)decimal->digits * (uint64_t)unit;
    if (exponent < 0)
        value = divide_rounded(value, -exponent);
    for (; exponent > 0 && value <= INT64_MAX; exponent--)
        value *= 10;
    const int64_t size = value > INT64_MAX ? INT64_MAX : (int64_t)value;
    return decimal->negative ? -size : size;
}

double hr_decimal_to_double(const struct hr_decimal *decimal, int shift)
{
    char text[64];

    /* A digit 1 stands for all that follows: enough to round the right way. */
    snprintf(text, sizeof(text), "%s%" PRIu64 "%se%" PRId32, decimal->negative ? "-" : "",
             decimal->digits, decimal->more ? "1" : "",
             decimal->exponent + shift - (decimal->more ? 1 : 0));
    return strtod(text, NULL);
}
