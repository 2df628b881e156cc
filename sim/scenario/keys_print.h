/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the key documentation that its formats share. */
#ifndef SCENARIO_KEYS_PRINT_H
#define SCENARIO_KEYS_PRINT_H

#include "base/str.h"
#include "scenario/keys_visit.h"

#include <stdio.h>

/* The keys to be printed, in the order of the tables. */
struct hr_key_listing {
    struct hr_key_visit *keys; /* group and path are owned */
    size_t n, capacity;
};

/* "required", the default in quotes if it is written so, or "" for none. */
void hr_key_default_text(struct hr_str *out, const struct hr_key *key);

/* "with process = gamma, weibull"; empty when the key always applies. */
void hr_key_condition_text(struct hr_str *out, const struct hr_key_visit *at);

/* "whole number, default 1, from 1 to 100000; with ..." */
void hr_key_summary_text(struct hr_str *out, const struct hr_key_visit *at);

void hr_keys_text(FILE *out, const struct hr_key_listing *listing);
void hr_keys_json(FILE *out, const struct hr_key_listing *listing);
void hr_keys_markdown(FILE *out, const struct hr_key_listing *listing);
void hr_keys_man(FILE *out, const struct hr_key_listing *listing);

#endif
