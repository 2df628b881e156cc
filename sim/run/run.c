/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One scenario: a batch of one. */
#include <headroom/run.h>

#include "run/batch.h"

static void keep(void *ctx, size_t i, struct hr_result *result)
{
    (void)i;
    *(struct hr_result **)ctx = result;
}

enum hr_status hr_run(const struct hr_scenario *scenario, const struct hr_run_options *options,
                      struct hr_result **out, struct hr_diag *diag)
{
    *out = NULL;
    const enum hr_status status = hr_batch_run(&scenario, 1, options, keep, out, diag);
    if (status == HR_ERR_IO) {
        hr_result_free(*out);
        *out = NULL;
    }
    return status;
}
