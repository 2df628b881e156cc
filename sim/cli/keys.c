/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headroom keys: what may stand in a scenario. */
#include "cli/verb.h"

int hr_verb_keys(const struct hr_options *options)
{
    const char *pattern = options->operands.n > 0 ? options->operands.items[0] : NULL;
    if (hr_scenario_keys_print(stdout, pattern, (enum hr_keys_format)options->format) > 0)
        return 0;
    fprintf(stderr, "headroom keys: no key holds \"%s\"\n", pattern ? pattern : "");
    return hr_status_exit_code(HR_ERR_INPUT);
}
