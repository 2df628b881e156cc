/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scalars: from what a scenario says to a field of a spec struct, and back to text. */
#ifndef SCENARIO_VALUE_H
#define SCENARIO_VALUE_H

#include "base/key.h"
#include "base/mem.h"
#include "base/str.h"

enum hr_value_kind {
    HR_VALUE_BOOL,
    HR_VALUE_INT,
    HR_VALUE_REAL,
    HR_VALUE_TEXT,
    HR_VALUE_GROUP, /* the rest are no scalars */
    HR_VALUE_LIST
};

struct hr_value {
    enum hr_value_kind kind;
    bool boolean;
    int64_t integer;
    double real;
    const char *text; /* TEXT: the text */
    bool plain;       /* `text` is there for any kind, and may be taken for any type (a default, the
                         value of an override) */
};

/* What is wrong with a value, and what to do about it. */
struct hr_mistake {
    struct hr_str message, hint;
};

/*
 * Writes the value to `field`, which is of the type that base/key.h gives for a scalar `type` (REF
 * and PATH: const char *, a copy in the arena). `key` gives unit, bounds, choices and word. False:
 * mistake (initialized by the caller) says why; the field is unchanged.
 */
bool hr_value_store(const struct hr_key *key, enum hr_key_type type, const struct hr_value *value,
                    struct hr_arena *arena, void *field, struct hr_mistake *mistake);

/* A DNS label: lower-case letters, digits and inner hyphens, at most 63. */
bool hr_is_label(const char *text);

/* How a scalar is written in a scenario. */
enum hr_form { HR_FORM_ABSENT, HR_FORM_TEXT, HR_FORM_INT, HR_FORM_REAL, HR_FORM_BOOL };

/* Appends the canonical text of a field, without quotes. Types REF and PATH are taken as text
 * (const char *). ABSENT: an optional key that was not given; nothing is appended. */
enum hr_form hr_value_format(const struct hr_key *key, enum hr_key_type type, const void *field,
                             struct hr_str *out);

/* The size of a scalar field. */
size_t hr_value_size(enum hr_key_type type, enum hr_unit unit);

#endif
