/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the typed spec back to text, by the key tables: one walk in canonical order, defaults
 * included, and several ways to write it down.
 */
#ifndef SCENARIO_EMIT_H
#define SCENARIO_EMIT_H

#include "scenario/private.h"
#include "scenario/value.h"

enum hr_block { HR_BLOCK_GROUP, HR_BLOCK_LIST, HR_BLOCK_ARRAY };

/* What is being written: the value of a key, or an element of a list or array. */
struct hr_emit_at {
    const struct hr_key *key;
    bool element;     /* element `index` of the key's list or array */
    size_t index;     /* 0 for the first */
    const char *name; /* of a list element that has one, else NULL */
};

/* A way to write; each has its own data after this. */
struct hr_emit {
    void (*open)(struct hr_emit *emit, const struct hr_emit_at *at, enum hr_block block);
    void (*close)(struct hr_emit *emit, const struct hr_emit_at *at, enum hr_block block);
    void (*scalar)(struct hr_emit *emit, const struct hr_emit_at *at, const char *text,
                   enum hr_form form);
};

/* Walks the whole spec; the members of the top group come without an open around them. */
void hr_emit_spec(struct hr_emit *emit, const struct hr_scenario *scenario);

/* Fill the scenario's canonical text, its JSON and its list of inputs. */
void hr_scenario_write_canonical(struct hr_scenario *scenario);
void hr_scenario_write_json(struct hr_scenario *scenario);
void hr_scenario_write_inputs(struct hr_scenario *scenario);

#endif
