/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headroom theory: the closed form of a scenario beside its simulation. */
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/verb.h"

#include "base/diag.h"

#include <headroom/theory.h>

static void print_theory(const struct hr_theory *theory, enum hr_format format)
{
    switch (format) {
    case HR_FORMAT_TEXT:
        hr_report_theory_text(theory, stdout);
        break;
    case HR_FORMAT_JSON:
        hr_report_theory_json(theory, stdout);
        break;
    case HR_FORMAT_CSV:
        hr_report_theory_csv(theory, stdout);
        break;
    }
}

int hr_verb_theory(const struct hr_options *options)
{
    struct hr_scenario *scenario;
    int code = hr_verb_load(options->operands.items[0], options, &scenario);
    if (!scenario)
        return code;
    struct hr_diag *diag = hr_diag_new();
    struct hr_progress progress;
    hr_progress_init(&progress, hr_scenario_name(scenario), options->quiet);
    struct hr_run_options run = hr_verb_run_options(options);
    run.progress = hr_progress_show;
    run.progress_ctx = &progress;
    struct hr_theory *theory;
    const enum hr_status status = hr_theory(scenario, &run, &theory, diag);
    hr_progress_fini(&progress);
    code = hr_status_exit_code(status);
    const bool finished = theory != NULL;
    if (finished) {
        print_theory(theory, (enum hr_format)options->format);
        code = hr_exit_code_worst(code, hr_theory_good(theory) ? 0 : 1);
        if (options->format != HR_FORMAT_TEXT && !options->quiet && !hr_theory_good(theory))
            fprintf(stderr, "headroom: %s: theory: %s\n", hr_scenario_name(scenario),
                    hr_theory_verdict_name(theory->verdict));
    }
    hr_verb_diag_take(diag, options->quiet);
    if (status == HR_ERR_INTERRUPTED)
        hr_verb_note_interrupt(hr_scenario_name(scenario), finished, options->quiet);
    hr_theory_free(theory);
    hr_scenario_free(scenario);
    return code;
}
