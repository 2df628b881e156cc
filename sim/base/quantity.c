/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Quantities with units. A unit is a power of ten times a whole number, or a rate over a whole
 * number of seconds; so text and value can be turned into each other without rounding twice.
 */
#include "base/quantity.h"

#include "base/assert.h"
#include "base/decimal.h"
#include "base/str.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* value in the base unit = number * 10^ten * times / per */
struct unit_row {
    const char *name;
    int ten;
    int64_t times, per;
    int cost; /* in characters, when formatting chooses a unit; READ_ONLY: never written */
};

#define READ_ONLY (-1)

/* Among units of equal cost formatting takes the first. */
static const struct unit_row durations[] = {
    { "s", 0, 1, 1, 0 },    { "ms", -3, 1, 1, 0 },   { "us", -6, 1, 1, 0 },
    { "ns", -9, 1, 1, 0 },  { "m", 0, 60, 1, 0 },    { "min", 0, 60, 1, READ_ONLY },
    { "h", 0, 3600, 1, 0 }, { "d", 0, 86400, 1, 0 }, { "w", 0, 604800, 1, READ_ONLY },
    { .name = NULL },
};
static const struct unit_row rates[] = {
    { "/s", 0, 1, 1, 0 },    { "/m", 0, 1, 60, READ_ONLY }, { "/min", 0, 1, 60, 2 },
    { "/h", 0, 1, 3600, 2 }, { "/d", 0, 1, 86400, 2 },      { .name = NULL },
};
static const struct unit_row bytes[] = {
    { "", 0, 1, 1, 0 },
    { "k", 3, 1, 1, 0 },
    { "M", 6, 1, 1, 0 },
    { "G", 9, 1, 1, 0 },
    { "T", 12, 1, 1, 0 },
    { "Ki", 0, INT64_C(1) << 10, 1, 0 },
    { "Mi", 0, INT64_C(1) << 20, 1, 0 },
    { "Gi", 0, INT64_C(1) << 30, 1, 0 },
    { "Ti", 0, INT64_C(1) << 40, 1, 0 },
    { .name = NULL },
};
static const struct unit_row cores[] = {
    { "", 0, 1, 1, 0 },
    { "m", -3, 1, 1, 0 },
    { .name = NULL },
};
static const struct unit_row shares[] = {
    { "%", -2, 1, 1, 0 },
    { .name = NULL },
};

static const struct {
    const char *name, *example;
    const struct unit_row *rows;
} kinds[] = {
    [HR_UNIT_NONE] = { "number", "a number such as 1.5", NULL },
    [HR_UNIT_DURATION] = { "duration", "a duration such as \"20ms\"", durations },
    [HR_UNIT_RATE] = { "rate", "a rate such as \"2000/s\"", rates },
    [HR_UNIT_BYTES] = { "size", "a size such as \"512Mi\"", bytes },
    [HR_UNIT_CPU] = { "cpu", "a number of cores such as \"250m\" or \"2\"", cores },
    [HR_UNIT_SHARE] = { "share", "a share such as \"60%\"", shares },
};

const char *hr_unit_example(enum hr_unit unit)
{
    return kinds[unit].example;
}

const char *hr_unit_name(enum hr_unit unit)
{
    return kinds[unit].name;
}

static const struct unit_row *find_unit(const struct unit_row *rows, const char *name, size_t n)
{
    for (; rows->name; rows++) {
        if (strlen(rows->name) == n && memcmp(rows->name, name, n) == 0)
            return rows;
    }
    return NULL;
}

/* What is wrong with text that does not start with a number. */
static const char *why_no_number(const char *text)
{
    if (*text == '\0')
        return "empty";
    if (*text == '-' || *text == '+')
        text++;
    if (strncasecmp(text, "inf", 3) == 0 || strncasecmp(text, "nan", 3) == 0)
        return "not finite";
    return "not a number";
}

/* One number and its unit. */
struct term {
    struct hr_decimal number;
    const struct unit_row *unit;
};

/* Reads the term at *text and moves *text behind it. */
static bool take_term(const char **text, const struct unit_row *rows, struct term *term,
                      const char **why)
{
    const size_t n = hr_decimal_parse(*text, strlen(*text), &term->number);

    if (n == 0) {
        *why = why_no_number(*text);
        return false;
    }
    *text += n;
    const size_t length = strcspn(*text, "0123456789.+-");
    term->unit = find_unit(rows, *text, length);
    if (!term->unit)
        *why = length == 0 ? "unit missing" : "unknown unit";
    *text += length;
    return term->unit != NULL;
}

/* The first term, of which there must be one; the whole text must be free of spaces. */
static bool take_first(const char **text, const struct unit_row *rows, struct term *term,
                       const char **why)
{
    if ((*text)[strcspn(*text, " \t\r\n\v\f")] != '\0') {
        *why = "contains a space";
        return false;
    }
    return take_term(text, rows, term, why);
}

/* A further term of a composed duration, which carries no sign of its own. */
static bool take_next(const char **text, struct term *term, bool negative, const char **why)
{
    if (**text == '-' || **text == '+') {
        *why = "not a number";
        return false;
    }
    if (!take_term(text, durations, term, why))
        return false;
    term->number.negative = negative;
    return true;
}

static double term_value(const struct term *term)
{
    return hr_decimal_to_double(&term->number, term->unit->ten) * (double)term->unit->times /
           (double)term->unit->per;
}

static hr_time term_ns(const struct term *term)
{
    int64_t unit_ns = term->unit->times;

    for (int i = -9; i < term->unit->ten; i++)
        unit_ns *= 10;
    return hr_decimal_scale(&term->number, unit_ns);
}

bool hr_quantity_parse(const char *text, enum hr_unit unit, double *value, const char **why)
{
    struct term term;
    double sum;

    HR_ASSERT(unit != HR_UNIT_NONE);
    if (!take_first(&text, kinds[unit].rows, &term, why))
        return false;
    sum = term_value(&term);
    while (*text && unit == HR_UNIT_DURATION) {
        if (!take_next(&text, &term, term.number.negative, why))
            return false;
        sum += term_value(&term);
    }
    if (*text) {
        *why = "unknown unit";
        return false;
    }
    if (!isfinite(sum)) {
        *why = "not finite";
        return false;
    }
    *value = sum;
    return true;
}

static hr_time add_saturated(hr_time a, hr_time b)
{
    hr_time sum;

    if (__builtin_add_overflow(a, b, &sum))
        return a > 0 ? HR_TIME_NEVER : -HR_TIME_NEVER;
    return sum;
}

bool hr_duration_parse(const char *text, hr_time *ns, const char **why)
{
    struct term term;
    hr_time sum;

    if (!take_first(&text, durations, &term, why))
        return false;
    sum = term_ns(&term);
    while (*text) {
        if (!take_next(&text, &term, term.number.negative, why))
            return false;
        sum = add_saturated(sum, term_ns(&term));
    }
    *ns = sum;
    return true;
}

/* The shorter the number the better; one below 1 costs one more: "250m" and not "0.25". */
struct best {
    char *text;
    size_t cost;
};

static void offer(struct best *best, const char *number, const struct unit_row *unit)
{
    const char *first = number + (*number == '-');
    const size_t cost = strlen(number) + (size_t)unit->cost + (first[0] == '0' && first[1] == '.');

    if (cost >= best->cost)
        return;
    best->cost = cost;
    snprintf(best->text, 48, "%.40s%s", number, unit->name);
}

/* Decimal text without rounding: plain where that is short, else with an exponent. */
static void write_decimal(char text[48], const struct hr_decimal *d)
{
    const char *sign = d->negative ? "-" : "";
    uint64_t digits = d->digits;
    int exponent = d->exponent;
    char all[24];

    for (; digits != 0 && digits % 10 == 0; exponent++)
        digits /= 10;
    const int n = snprintf(all, sizeof(all), "%" PRIu64, digits);
    if (digits == 0)
        snprintf(text, 48, "%s0", sign);
    else if (exponent >= 0 && n + exponent <= 20)
        snprintf(text, 48, "%s%s%.*s", sign, all, exponent, "00000000000000000000");
    else if (exponent < 0 && n + exponent > 0)
        snprintf(text, 48, "%s%.*s.%s", sign, n + exponent, all, all + n + exponent);
    else if (exponent < 0 && n + exponent > -6)
        snprintf(text, 48, "%s0.%.*s%s", sign, -n - exponent, "000000", all);
    else
        snprintf(text, 48, "%s%se%d", sign, all, exponent);
}

void hr_quantity_format(char text[48], double value, enum hr_unit unit)
{
    struct best best = { text, SIZE_MAX };
    struct hr_decimal exact;
    char number[48];

    HR_ASSERT(unit != HR_UNIT_NONE);
    hr_format_double(number, value);
    hr_decimal_parse(number, strlen(number), &exact);
    for (const struct unit_row *row = kinds[unit].rows; row->name; row++) {
        if (row->cost == READ_ONLY)
            continue;
        if (row->times == 1 && row->per == 1) { /* the same digits, the point elsewhere */
            struct hr_decimal shifted = exact;

            shifted.exponent -= row->ten;
            write_decimal(number, &shifted);
            offer(&best, number, row);
            continue;
        }
        const double whole = value / (double)row->times * (double)row->per;
        if (whole != 0 && whole == trunc(whole) && fabs(whole) < 1e15 &&
            whole * (double)row->times / (double)row->per == value) {
            hr_format_double(number, whole);
            offer(&best, number, row);
        }
    }
}

void hr_duration_format(char text[48], hr_time ns)
{
    struct best best = { text, SIZE_MAX };
    const uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    char number[48];

    for (const struct unit_row *row = durations; row->name; row++) {
        struct hr_decimal d = { .digits = size, .exponent = -9 - row->ten, .negative = ns < 0 };
        const uint64_t unit_ns = (uint64_t)(row->times * HR_NS_PER_S);

        if (row->cost == READ_ONLY)
            continue;
        if (row->times > 1) {
            if (size == 0 || size % unit_ns != 0)
                continue;
            d.digits = size / unit_ns;
            d.exponent = 0;
        }
        write_decimal(number, &d);
        offer(&best, number, row);
    }
}
