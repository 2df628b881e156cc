/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headroom drill: what the loss of each node, zone and pool does. */
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/verb.h"

#include "base/diag.h"

#include <headroom/drill.h>
#include <headroom/report.h>

#include <math.h>

#define LOSS_S 1200.0 /* unless --duration says otherwise */

static void print_drill(const struct hr_drill *drill, enum hr_format format)
{
    switch (format) {
    case HR_FORMAT_TEXT:
        hr_report_drill_text(drill, stdout);
        break;
    case HR_FORMAT_JSON:
        hr_report_drill_json(drill, stdout);
        break;
    case HR_FORMAT_CSV:
        hr_report_drill_csv(drill, stdout);
        break;
    }
    hr_output_flush();
}

static bool is_good(const struct hr_drill *drill)
{
    for (size_t i = 0; i < drill->n_losses; i++) {
        if (!hr_result_good(drill->losses[i].result))
            return false;
    }
    return hr_result_good(drill->baseline);
}

int hr_verb_drill(const struct hr_options *options)
{
    const struct hr_drill_options asked = {
        .at_s = options->at_s > 0 ? options->at_s : (double)NAN,
        .loss_s = options->loss_s > 0 ? options->loss_s : LOSS_S,
        .each = options->each,
    };
    struct hr_run_options run = hr_verb_run_options(options);
    struct hr_diag *diag = hr_diag_new();
    struct hr_progress progress;
    struct hr_drill *drill;
    hr_progress_init(&progress, "drill", options->quiet);
    run.progress = hr_progress_show;
    run.progress_ctx = &progress;
    const enum hr_status status = hr_drill(options->operands.items[0], options->overrides.items,
                                           options->overrides.n, &asked, &run, &drill, diag);
    hr_progress_fini(&progress);
    int code = hr_status_exit_code(status);
    const bool finished = drill != NULL;
    if (finished) {
        print_drill(drill, (enum hr_format)options->format);
        code = hr_exit_code_worst(code, is_good(drill) ? 0 : 1);
    }
    hr_verb_diag_take(diag, options->quiet);
    if (status == HR_ERR_INTERRUPTED)
        hr_verb_note_interrupt("drill", finished, options->quiet);
    hr_drill_free(drill);
    return code;
}
