/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headroom run: every scenario is loaded before the first is run, so that mistakes show at once. */
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/sinks.h"
#include "cli/verb.h"

#include "base/file.h"
#include "base/mem.h"

#include <headroom/long_run.h>
#include <headroom/report.h>
#include <headroom/run.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_KEPT 100 /* of a reason, for the report */

static void print_result(const struct hr_result *result, const struct hr_options *options)
{
    switch ((enum hr_format)options->format) {
    case HR_FORMAT_TEXT:
        hr_report_text(result, stdout);
        break;
    case HR_FORMAT_JSON:
        hr_report_json(result, options->operands.n == 1, stdout);
        break;
    case HR_FORMAT_CSV:
        hr_report_csv_header(result, false, stdout);
        putchar('\n');
        hr_report_csv_row(result, false, stdout);
        putchar('\n');
        break;
    }
    if (options->format != HR_FORMAT_TEXT && !options->quiet)
        hr_verb_explain(result->scenario_name, result); /* the text says it anyway */
}

/* A run cut short gets what takes no time; --max-wall holds for all. */
static enum hr_status add_long_run(const struct hr_scenario *scenario, struct hr_run_options run,
                                   bool rare, struct hr_result *result, enum hr_status status,
                                   struct hr_diag *diag)
{
    if (run.wall_s_max > 0)
        run.wall_s_max = fmax(run.wall_s_max - result->wall_s, 1e-9);
    const enum hr_status added =
        hr_long_run_add(scenario, &run, rare && status == HR_OK, result, diag);
    return status != HR_OK ? status : added;
}

/* Simulates between opening and closing the event logs; *result is NULL when nothing came of it. */
static enum hr_status simulate(const struct hr_scenario *scenario, const struct hr_options *options,
                               const char *folder, struct hr_result **result, struct hr_diag *diag)
{
    struct hr_run_options run = hr_verb_run_options(options);
    run.events_kept = folder ? EVENTS_KEPT : 0;
    struct hr_sinks sinks;
    enum hr_status status = hr_sinks_open(&sinks, folder, options->events, &run, diag);
    if (status != HR_OK)
        return status;
    struct hr_progress progress;
    hr_progress_init(&progress, hr_scenario_name(scenario), options->quiet);
    run.progress = hr_progress_show;
    run.progress_ctx = &progress;
    status = hr_run(scenario, &run, result, diag);
    if (*result != NULL)
        status = add_long_run(scenario, run, options->rare, *result, status, diag);
    hr_progress_fini(&progress);
    const enum hr_status closed = hr_sinks_close(&sinks, *result != NULL, diag);
    return status != HR_OK ? status : closed;
}

/* Runs one scenario and writes and prints its result; `folder` is NULL without --out. */
static int run_scenario(const struct hr_scenario *scenario, const struct hr_options *options,
                        const char *folder)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_result *result = NULL;
    enum hr_status status = folder ? hr_file_make_folder(folder, diag) : HR_OK;
    if (status == HR_OK)
        status = simulate(scenario, options, folder, &result, diag);
    int code = hr_status_exit_code(status);
    const bool finished = result != NULL;
    if (finished) {
        if (folder)
            code = hr_exit_code_worst(code,
                                      hr_status_exit_code(hr_report_folder(result, folder, diag)));
        print_result(result, options);
        hr_output_flush();
        code = hr_exit_code_worst(code, hr_result_good(result) ? 0 : 1);
        hr_result_free(result);
    }
    hr_verb_diag_take(diag, options->quiet);
    if (status == HR_ERR_INTERRUPTED)
        hr_verb_note_interrupt(hr_scenario_name(scenario), finished, options->quiet);
    return code;
}

/* Two scenarios of one name would write to one folder: an error for the later one. */
static bool folder_is_free(struct hr_scenario *const *scenarios, size_t i)
{
    const char *name = hr_scenario_name(scenarios[i]);
    for (size_t j = 0; j < i; j++)
        if (scenarios[j] && strcmp(hr_scenario_name(scenarios[j]), name) == 0)
            return false;
    return true;
}

static int load_all(const struct hr_options *options, struct hr_scenario **scenarios)
{
    int code = 0;
    for (size_t i = 0; i < options->operands.n; i++) {
        const char *path = options->operands.items[i];
        code = hr_exit_code_worst(code, hr_verb_load(path, options, &scenarios[i]));
        if (!scenarios[i] || !options->out || folder_is_free(scenarios, i))
            continue;
        fprintf(stderr, "%s: name: \"%s\" has been used before: --out needs a folder for each\n",
                path, hr_scenario_name(scenarios[i]));
        hr_scenario_free(scenarios[i]);
        scenarios[i] = NULL;
        code = hr_exit_code_worst(code, hr_status_exit_code(HR_ERR_INPUT));
    }
    return code;
}

int hr_verb_run(const struct hr_options *options)
{
    const size_t n = options->operands.n;
    if (options->events && n > 1)
        return hr_verb_usage("run", "--events takes the events of a single scenario");
    struct hr_scenario **scenarios = HR_NEW_ARRAY(struct hr_scenario *, n);
    int code = load_all(options, scenarios);
    for (size_t i = 0; i < n; i++) {
        if (scenarios[i] && !hr_interrupt_signaled()) {
            char *folder = NULL;
            if (options->out)
                folder = n == 1 ? hr_strdup(options->out)
                                : hr_file_join(options->out, hr_scenario_name(scenarios[i]));
            code = hr_exit_code_worst(code, run_scenario(scenarios[i], options, folder));
            free(folder);
        }
        hr_scenario_free(scenarios[i]);
    }
    free(scenarios);
    return code;
}
