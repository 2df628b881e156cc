/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The key table: one row a scenario key. Every room keeps the tables of its own spec structs beside
 * them (SPEC.h, keys.c); the scenario room walks them. Parsing, units, bounds, defaults,
 * did-you-mean, the canonical print, the documentation and the sweep axes all come from here, so
 * a key exists once.
 *
 * The field type that a row writes to:
 *   HR_KEY_BOOL       bool
 *   HR_KEY_INT        int64_t
 *   HR_KEY_REAL       double
 *   HR_KEY_QUANTITY   double in the base unit of `unit`; HR_UNIT_DURATION: hr_time (ns)
 *   HR_KEY_MEASURE    struct hr_measure (a quantity whose unit another key decides)
 *   HR_KEY_NAME       const char * (DNS label)      HR_KEY_TEXT  const char * (free text)
 *   HR_KEY_PATH       const char * (relative to the scenario file; stored resolved)
 *   HR_KEY_ENUM       int, one of `choices`
 *   HR_KEY_TIMESTAMP  int64_t, Unix time in ns (ISO 8601 with Z or an offset)
 *   HR_KEY_REF        int64_t, index of the element so named in the top-level list `list`;
 *                     HR_REF_NONE when neither required nor given
 *   HR_KEY_GROUP      pointer to the struct of `table`; NULL when the group is absent
 *   HR_KEY_LIST       struct hr_list of the structs of `table`
 *   HR_KEY_ARRAY      struct hr_list of the scalars of type `element` (and `unit`)
 * A key that is neither given nor has a default leaves its field zero (a measure: NAN), so bounds
 * of such a key keep zero out. Two rows may share a name when no selector value admits both.
 */
#ifndef BASE_KEY_H
#define BASE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the words "unlimited" (or "never") and "auto" are in a field of type INT, REAL or
 * QUANTITY. */
#define HR_UNLIMITED INT64_MAX
#define HR_AUTO      INT64_C(-1)

/* A reference to nothing. */
#define HR_REF_NONE INT64_C(-1)

enum hr_key_type {
    HR_KEY_BOOL,
    HR_KEY_INT,
    HR_KEY_REAL,
    HR_KEY_QUANTITY,
    HR_KEY_MEASURE,
    HR_KEY_NAME,
    HR_KEY_TEXT,
    HR_KEY_PATH,
    HR_KEY_ENUM,
    HR_KEY_TIMESTAMP,
    HR_KEY_REF,
    HR_KEY_GROUP,
    HR_KEY_LIST,
    HR_KEY_ARRAY
};

enum hr_unit {
    HR_UNIT_NONE,
    HR_UNIT_DURATION, /* "20ms", "24h": hr_time */
    HR_UNIT_RATE,     /* "2000/s", "30/min", "5/h": per second */
    HR_UNIT_BYTES,    /* "512Mi", "1Gi", "200M": bytes */
    HR_UNIT_CPU,      /* "250m", "2": cores */
    HR_UNIT_SHARE     /* "60%": 0.6 */
};

/* An array of structs or scalars; items are owned by the scenario's arena. */
struct hr_list {
    void *items;
    size_t n;
};

struct hr_measure {
    double value;
    enum hr_unit unit; /* a duration is in seconds here */
};

/* The choices of an enum key; name NULL closes the array. */
struct hr_choice {
    const char *name;
    int value;
    const char *help;
};

/* Given to cross-key checks: says that `key` of the group (NULL: the group) is wrong. */
struct hr_key_check {
    void (*fail)(struct hr_key_check *check, const char *key, const char *message,
                 const char *hint);
};

struct hr_key_table;

struct hr_key {
    const char *name;
    enum hr_key_type type;
    size_t offset;
    enum hr_unit unit;
    double min, max;    /* inclusive, in the field's unit (durations: seconds); both 0: none */
    bool min_open;      /* value must be above min, not at it */
    bool max_open;      /* value must be below max, not at it */
    const char *def;    /* default as the user would write it, without quotes; NULL: none */
    bool required;      /* an error when absent (and applicable) */
    const char *word;   /* a word allowed instead of a value, such as "unlimited" ... */
    int64_t word_value; /* ... and what the field then holds (INT, REAL and QUANTITY only) */
    const struct hr_choice *choices;  /* ENUM */
    const char *list;                 /* REF */
    const struct hr_key_table *table; /* GROUP, LIST */
    enum hr_key_type element;         /* ARRAY */
    size_t n_min, n_max;              /* LIST, ARRAY: bounds of the length; both 0: none */
    bool single_ok;                   /* LIST, ARRAY: one element may stand for a list of one */
    uint64_t when;    /* applies only while bit `selector value` is set; 0: always */
    const char *help; /* one sentence, without the unit and the default */
};

struct hr_key_table {
    const char *name; /* of the group in documentation, such as "time distribution" */
    size_t size;      /* of the struct */
    const struct hr_key *keys;
    size_t n_keys;
    const char *selector; /* the enum key that `when` refers to; NULL: none */
    /* A scalar where the group is due is taken as this key of it (the rest at default); NULL: no.
     */
    const char *shorthand;
    /* Rules over several keys; called when all keys are well. May be NULL. */
    void (*check)(const void *group, struct hr_key_check *check);
};

#define HR_WHEN(value) (UINT64_C(1) << (value))

/* offsetof, with a compile-time check that the field has the type the row's kind writes. */
#define HR_FIELD(type, field, ctype)                                                               \
    (offsetof(type, field) + 0 * sizeof(char[_Generic(&((type *)0)->field, ctype * : 1)]))

#define HR_KEY_COUNT(keys) (sizeof(keys) / sizeof((keys)[0]))

#endif
