/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario's own struct, for this room only. */
#ifndef SCENARIO_PRIVATE_H
#define SCENARIO_PRIVATE_H

#include "base/mem.h"
#include "scenario/scenario.h"

/* A data file that the scenario names. */
struct hr_data_path {
    const char *resolved; /* the pointer that the spec holds */
    const char *written;  /* as in the scenario text */
    char sha256[65];      /* "" until read */
};

struct hr_scenario {
    struct hr_arena *arena; /* owns all below */
    const char *file;
    struct hr_spec spec;
    struct hr_data_path *paths;
    size_t n_paths, capacity_paths;
    char *canonical, *json;
    char sha256[65];
    struct hr_scenario_input *inputs;
    size_t n_inputs;
};

#endif
