/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking things up in key tables, and putting rows into words. */
#ifndef SCENARIO_TABLE_H
#define SCENARIO_TABLE_H

#include "base/key.h"
#include "base/str.h"

/* The value of a selector that is not known (not given, or wrong): every row applies. */
#define HR_SELECTED_ANY (-1)

bool hr_key_applies(const struct hr_key *key, int selected);

/* First row of that name that applies; NULL: none. */
const struct hr_key *hr_table_find(const struct hr_key_table *table, const char *name,
                                   int selected);

/* What the selector of a filled group holds; HR_SELECTED_ANY without a selector. */
int hr_table_selected(const struct hr_key_table *table, const void *group);

/* The name of the choice; NULL: no such value. */
const char *hr_choice_name(const struct hr_choice *choices, int value);

/* The field that a row writes to. */
static inline void *hr_key_field(const struct hr_key *key, void *group)
{
    return (char *)group + key->offset;
}
static inline const void *hr_key_field_const(const struct hr_key *key, const void *group)
{
    return (const char *)group + key->offset;
}

/* "whole number", "duration", "list of arrival process": for documentation. */
void hr_key_type_text(struct hr_str *out, const struct hr_key *key);

/* "from 1 to 100", "above 0s", "at most 100%"; empty without bounds. */
void hr_key_bounds_text(struct hr_str *out, const struct hr_key *key);

/* "a, b, c" of an enum. */
void hr_key_choices_text(struct hr_str *out, const struct hr_key *key);

/* "process = gamma, weibull": when the rows of that name apply; empty: always. */
void hr_table_when_text(struct hr_str *out, const struct hr_key_table *table, uint64_t when);

/* The union of `when` of all rows of that name; 0: always. */
uint64_t hr_table_when(const struct hr_key_table *table, const char *name);

/* What a value of this type is ("a whole number") and how to write one ("a whole number such as
 * 10"). */
const char *hr_type_noun(enum hr_key_type type, enum hr_unit unit);
const char *hr_type_example(enum hr_key_type type, enum hr_unit unit);

/* How to write the value of a key; NULL: there is no one example (an enum). */
const char *hr_key_example(const struct hr_key *key);

#endif
