/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every key of a scenario with its path, as the tables have it. */
#ifndef SCENARIO_KEYS_VISIT_H
#define SCENARIO_KEYS_VISIT_H

#include "base/key.h"

struct hr_key_visit {
    const char *group; /* path of the group, such as deployments[].resources; "" at the top */
    const char *path;  /* of the key, such as deployments[].resources.limits */
    const struct hr_key_table *table;
    const struct hr_key *key;
};

/*
 * Calls `visit` for every row, a group or list before its members. A table within itself (the
 * parts of a mixture) is not entered again; with `once` a table is entered only where it first
 * appears.
 */
void hr_keys_visit(bool once, void (*visit)(void *ctx, const struct hr_key_visit *at), void *ctx);

/* The same for the rows of one table and what is below. */
void hr_keys_visit_table(const struct hr_key_table *table, bool once,
                         void (*visit)(void *ctx, const struct hr_key_visit *at), void *ctx);

#endif
