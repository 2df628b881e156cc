/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a small scenario and holds against what is expected what its autoscaler writes, and when. */
#ifndef TESTS_UNIT_SCALING_CHECK_H
#define TESTS_UNIT_SCALING_CHECK_H

#include "hr_test.h"

#include "base/str.h"
#include "model/model.h"
#include "scenario/scenario.h"

#include <string.h>

/* The parts of a scenario with one model, deployment and workload. Load balancers follow at once.
 */
struct scaling_plot {
    const char *top, *model, *deployment, *autoscaler, *workload;
};

/* "15 1 4" a line: second, replicas before and after. */
static inline void scaling_note(void *ctx, const struct hr_event_record *record)
{
    struct hr_str *log = ctx;
    long long from, to;
    if (strcmp(record->kind, "ScalingReplicaSet") != 0)
        return;
    const char *numbers = strstr(record->message, "from ");
    assert_non_null(numbers);
    assert_int_equal(sscanf(numbers, "from %lld to %lld", &from, &to), 2);
    hr_str_addf(log, "%.6g %lld %lld\n", (double)record->time_ns / 1e9, from, to);
}

static inline struct hr_scenario *scaling_scenario(const struct scaling_plot *plot)
{
    struct hr_str text;
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    hr_str_init(&text);
    hr_str_addf(&text,
                "name = \"plot\"; %s cluster = { endpoint_delay = \"0s\"; }; models = ( { name = "
                "\"m\"; %s } ); deployments = ( { name = \"d\"; model = \"m\"; %s autoscaler = { "
                "%s }; } ); workloads = ( { name = \"w\"; deployment = \"d\"; %s } );",
                plot->top, plot->model, plot->deployment, plot->autoscaler, plot->workload);
    if (hr_scenario_load_text(text.text, text.length, "plot", NULL, 0, &scenario, diag) != HR_OK) {
        hr_diag_print(diag, stderr);
        fail();
    }
    hr_diag_free(diag);
    hr_str_fini(&text);
    return scenario;
}

/* Simulates from `warmup` on; *run is to be freed by the caller. `log`, what `note` is to write,
 * may be NULL. */
static inline void scaling_run_noting(const struct scaling_plot *plot,
                                      void (*note)(void *ctx, const struct hr_event_record *record),
                                      const char *log, hr_time warmup, struct hr_replication *run)
{
    struct hr_str seen;
    struct hr_scenario *scenario = scaling_scenario(plot);
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    hr_str_init(&seen);
    const struct hr_model_options options = {
        .seed = 1, .warmup = warmup, .step = spec->duration, .event = note, .event_ctx = &seen
    };
    hr_model_run(spec, &options, run);
    if (log != NULL)
        assert_string_equal(seen.text, log);
    hr_str_fini(&seen);
    hr_scenario_free(scenario);
}

static inline void scaling_run(const struct scaling_plot *plot, const char *log, hr_time warmup,
                               struct hr_replication *run)
{
    scaling_run_noting(plot, scaling_note, log, warmup, run);
}

static inline void scaling_check(const struct scaling_plot *plot, const char *log)
{
    struct hr_replication run;
    scaling_run(plot, log, 0, &run);
    hr_replication_fini(&run);
}

#endif
