/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options of the command line. One declarative table serves all verbs: parsing, errors with
 * suggestions and the text of --help come from it.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <headroom/diag.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A bit a verb, for the table's column of the verbs that an option belongs to. */
enum hr_verb_bit {
    HR_VERB_RUN = 1,
    HR_VERB_SWEEP = 2,
    HR_VERB_CHECK = 4,
    HR_VERB_KEYS = 8,
    HR_VERB_COMPARE = 16,
    HR_VERB_THEORY = 32,
    HR_VERB_INSTANCES = 64,
    HR_VERB_DRILL = 128
};

enum hr_format { HR_FORMAT_TEXT, HR_FORMAT_JSON, HR_FORMAT_CSV };

/* Texts of the command line in their order. */
struct hr_words {
    const char **items;
    size_t n;
};

/* What the command line says. Texts are borrowed from argv or owned by the arena. */
struct hr_options {
    struct hr_arena *arena;
    struct hr_words operands;
    struct hr_words overrides; /* PATH=VALUE of --set, --seed and --replications, in their order */
    struct hr_words overrides_b; /* PATH=VALUE of --set-b */
    struct hr_words vary;
    const char *out, *events;  /* NULL: not given */
    int format;                /* enum hr_format; of keys: enum hr_keys_format */
    unsigned jobs;             /* 0: all cores */
    double precision;          /* 0: not asked for */
    unsigned replications_max; /* 0: as the library has it */
    double wall_s_max;         /* 0: no limit */
    double memory_bytes_max;   /* 0: no limit */
    double loss_s, at_s;       /* 0: not given */
    bool each;
    bool rare, quiet, print, help;
};

/*
 * Reads the n arguments after the verb. Mistakes go to diag under the name `where` ("headroom
 * run"), all of them. --help ends the reading. Free with hr_options_fini in any case.
 */
void hr_options_init(struct hr_options *options, enum hr_verb_bit verb, const char *where, size_t n,
                     char *const *arguments, struct hr_diag *diag);
void hr_options_fini(struct hr_options *options);

/* Lists the options of a verb, a line each. */
void hr_options_help(enum hr_verb_bit verb, FILE *out);

#endif
