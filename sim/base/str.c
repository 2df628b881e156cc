/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing string, and the shortest text of a double. */
#include "base/str.h"

#include "base/assert.h"
#include "base/mem.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for `more` characters beyond the length, and the terminator. */
static void str_reserve(struct hr_str *s, size_t more)
{
    const size_t need = s->length + more + 1;

    if (need <= s->capacity)
        return;
    s->capacity = need > 2 * s->capacity ? need : 2 * s->capacity;
    s->text = hr_realloc(s->text, s->capacity, 1);
}

void hr_str_init(struct hr_str *s)
{
    *s = (struct hr_str){ .capacity = 32 };
    s->text = hr_alloc(s->capacity, 1);
}

void hr_str_fini(struct hr_str *s)
{
    free(s->text);
    *s = (struct hr_str){ 0 };
}

void hr_str_clear(struct hr_str *s)
{
    s->length = 0;
    s->text[0] = '\0';
}

void hr_str_add(struct hr_str *s, const char *text)
{
    hr_str_add_n(s, text, strlen(text));
}

void hr_str_add_n(struct hr_str *s, const char *text, size_t n)
{
    str_reserve(s, n);
    memcpy(s->text + s->length, text, n);
    s->length += n;
    s->text[s->length] = '\0';
}

void hr_str_addf(struct hr_str *s, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    HR_ASSERT(n >= 0);
    str_reserve(s, (size_t)n);
    vsnprintf(s->text + s->length, (size_t)n + 1, format, again);
    va_end(again);
    s->length += (size_t)n;
}

char *hr_str_take(struct hr_str *s)
{
    char *text = s->text;
    *s = (struct hr_str){ 0 };
    return text;
}

void hr_format_double(char text[32], double x)
{
    HR_ASSERT(isfinite(x));
    if (fabs(x) < 1e15 && x == trunc(x) && !(x == 0 && signbit(x))) {
        snprintf(text, 32, "%lld", (long long)x);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, 32, "%.*g", digits, x);
        if (strtod(text, NULL) == x)
            return;
    }
}
