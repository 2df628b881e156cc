/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing string. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stddef.h>

struct hr_str {
    char *text; /* always terminated after init; owned */
    size_t length, capacity;
};

void hr_str_init(struct hr_str *s);
void hr_str_fini(struct hr_str *s);
void hr_str_clear(struct hr_str *s);
void hr_str_add(struct hr_str *s, const char *text);
void hr_str_add_n(struct hr_str *s, const char *text, size_t n);
void hr_str_addf(struct hr_str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Hands the text over to the caller (free with free()); s is gone, as after fini. */
char *hr_str_take(struct hr_str *s);

/* The shortest decimal text that reads back to the same double; "null" never: x must be finite. At
 * most 31 characters and the terminator. */
void hr_format_double(char text[32], double x);

#endif
