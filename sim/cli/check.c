/* SPDX-License-Identifier: GPL-3.0-or-later */
/* headroom check: is each scenario well, and what does it say in full? */
#include "cli/output.h"
#include "cli/verb.h"

int hr_verb_check(const struct hr_options *options)
{
    int code = 0;
    for (size_t i = 0; i < options->operands.n; i++) {
        const char *path = options->operands.items[i];
        struct hr_scenario *scenario;
        code = hr_exit_code_worst(code, hr_verb_load(path, options, &scenario));
        if (!scenario)
            continue;
        if (options->print)
            fputs(hr_scenario_canonical(scenario), stdout);
        else
            printf("%s: ok\n", path);
        hr_scenario_free(scenario);
    }
    return code;
}
