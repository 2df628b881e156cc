/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headroom compare: two scenarios, or one and the same with a key set anew. */
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/verb.h"

#include "base/diag.h"
#include "base/file.h"
#include "base/mem.h"

#include <headroom/compare.h>
#include <headroom/report.h>

#include <stdlib.h>
#include <string.h>

static void print_comparison(const struct hr_comparison *comparison,
                             const struct hr_options *options)
{
    switch ((enum hr_format)options->format) {
    case HR_FORMAT_TEXT:
        hr_report_compare_text(comparison, stdout);
        break;
    case HR_FORMAT_JSON:
        hr_report_compare_json(comparison, stdout);
        break;
    case HR_FORMAT_CSV:
        hr_report_compare_csv(comparison, stdout);
        break;
    }
    if (options->format != HR_FORMAT_TEXT && !options->quiet) {
        hr_verb_explain("A", comparison->a);
        hr_verb_explain("B", comparison->b);
    }
    hr_output_flush();
}

static enum hr_status write_copy(const struct hr_comparison *comparison, const char *folder,
                                 struct hr_diag *diag)
{
    struct hr_file file;
    char *path = hr_file_join(folder, "compare.json");
    enum hr_status status = hr_file_open(&file, path, diag);
    free(path);
    if (status != HR_OK)
        return status;
    hr_report_compare_json(comparison, file.out);
    return hr_file_close(&file, true, diag);
}

/* Of A and B the mistakes show before anything runs; a folder that cannot be made does too. */
static int compare(const struct hr_compare_side *a, const struct hr_compare_side *b,
                   const struct hr_options *options, struct hr_diag *diag)
{
    struct hr_comparison *comparison = NULL;
    struct hr_progress progress;
    struct hr_run_options run = hr_verb_run_options(options);
    enum hr_status status = options->out ? hr_file_make_folder(options->out, diag) : HR_OK;
    if (status != HR_OK)
        return hr_status_exit_code(status);
    hr_progress_init(&progress, "compare", options->quiet);
    run.progress = hr_progress_show;
    run.progress_ctx = &progress;
    status = hr_compare(a, b, &run, &comparison, diag);
    hr_progress_fini(&progress);
    int code = hr_status_exit_code(status);
    const bool finished = comparison != NULL;
    if (finished) {
        if (options->out)
            code = hr_exit_code_worst(
                code, hr_status_exit_code(write_copy(comparison, options->out, diag)));
        print_comparison(comparison, options);
        const bool good = hr_result_good(comparison->a) && hr_result_good(comparison->b);
        code = hr_exit_code_worst(code, good ? 0 : 1);
        hr_comparison_free(comparison);
    }
    if (status == HR_ERR_INTERRUPTED)
        hr_verb_note_interrupt("compare", finished, options->quiet);
    return code;
}

int hr_verb_compare(const struct hr_options *options)
{
    const struct hr_words *common = &options->overrides, *only_b = &options->overrides_b;
    const size_t last = options->operands.n - 1;
    if (last == 0 && only_b->n == 0)
        return hr_verb_usage("compare", "needs a second scenario, or --set-b PATH=VALUE");
    const char **overrides = HR_NEW_ARRAY(const char *, common->n + only_b->n);
    for (size_t i = 0; i < common->n; i++)
        overrides[i] = common->items[i];
    for (size_t i = 0; i < only_b->n; i++)
        overrides[common->n + i] = only_b->items[i];
    const struct hr_compare_side a = { options->operands.items[0], common->items, common->n };
    const struct hr_compare_side b = { options->operands.items[last], overrides,
                                       common->n + only_b->n };
    struct hr_diag *diag = hr_diag_new();
    const int code = compare(&a, &b, options, diag);
    free(overrides);
    hr_verb_diag_take(diag, options->quiet);
    return code;
}
