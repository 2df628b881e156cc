/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What run, study and fit see of a loaded scenario. Everything is borrowed from the scenario, which
 * does not change once loaded and may be shared by threads.
 */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include "model/spec.h"
#include "workload/trace.h"

#include <headroom/scenario.h>

const struct hr_spec *hr_scenario_spec(const struct hr_scenario *scenario);

/* The file as it was named when loaded. */
const char *hr_scenario_file(const struct hr_scenario *scenario);

/* The canonical scenario as one JSON object on one line; quantities are texts, references names. */
const char *hr_scenario_json(const struct hr_scenario *scenario);

/* Every key of every present group with its value, defaults included, in canonical order. */
struct hr_scenario_input {
    const char *path;  /* deployments.recommendation-engine.replicas */
    const char *value; /* as in the canonical text, without quotes */
    const char *help;
};
const struct hr_scenario_input *hr_scenario_inputs(const struct hr_scenario *scenario, size_t *n);

/* Opens the scenario's traces; each open has a reader of its own. Lives as long as the scenario. */
struct hr_trace_opener hr_scenario_trace_opener(const struct hr_scenario *scenario);

/*
 * As hr_scenario_load, from n characters in memory that are called `file` in diagnostics. No other
 * file is read: includes, traces and samples are refused as mistakes.
 */
enum hr_status hr_scenario_load_text(const char *text, size_t n, const char *file,
                                     const char *const *overrides, size_t n_overrides,
                                     struct hr_scenario **out, struct hr_diag *diag);

#endif
