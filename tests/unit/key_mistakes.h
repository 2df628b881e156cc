/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules over several keys: what a table's check says of a spec. */
#ifndef TESTS_UNIT_KEY_MISTAKES_H
#define TESTS_UNIT_KEY_MISTAKES_H

#include "base/key.h"

#include <string.h>

/* The mistakes that a check reports, one a line. */
struct mistakes {
    struct hr_key_check check;
    char text[1000];
};

static inline void note_mistake(struct hr_key_check *check, const char *key, const char *message,
                                const char *hint)
{
    struct mistakes *mistakes = (struct mistakes *)check;
    (void)hint;
    strcat(mistakes->text, key ? key : "");
    strcat(mistakes->text, ": ");
    strcat(mistakes->text, message);
    strcat(mistakes->text, "\n");
}

static inline void assert_mistakes(const struct hr_key_table *table, const void *spec,
                                   const char *expected)
{
    struct mistakes mistakes = { .check = { .fail = note_mistake } };
    table->check(spec, &mistakes.check);
    assert_string_equal(mistakes.text, expected);
}

#endif
