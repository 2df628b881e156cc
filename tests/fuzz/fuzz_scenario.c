/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a scenario: the loader either says what is wrong, or gives a scenario whose
 * canonical text loads to the same canonical text again. Nothing is read but the bytes (and time
 * zones).
 */
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 loses the text of a string that a syntax error follows. */
const char *__lsan_default_suppressions(void)
{
    return "leak:strbuf_append\nleak:libconfig_yylex\n";
}

static void require(bool good)
{
    if (!good)
        abort();
}

static void check_round_trip(const struct hr_scenario *once)
{
    struct hr_scenario *twice;
    const char *text = hr_scenario_canonical(once);
    require(hr_scenario_load_text(text, strlen(text), "canonical", NULL, 0, &twice, NULL) == HR_OK);
    require(strcmp(text, hr_scenario_canonical(twice)) == 0);
    require(strcmp(hr_scenario_sha256(once), hr_scenario_sha256(twice)) == 0);
    hr_scenario_free(twice);
}

/* The bytes up to the first "\n--set " are the text; each such line after it is an override. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    enum { OVERRIDES_MAX = 8 };
    static const char mark[] = "\n--set ";
    const char *overrides[OVERRIDES_MAX];
    size_t n_overrides = 0;
    struct hr_scenario *scenario;
    struct hr_diag *diag = hr_diag_new();
    char *text = malloc(n + 1);
    require(text);
    memcpy(text, data, n);
    text[n] = '\0';
    char *set = strstr(text, mark);
    const size_t length = set ? (size_t)(set - text) : n;
    while (set && n_overrides < OVERRIDES_MAX) {
        *set = '\0';
        overrides[n_overrides++] = set + sizeof mark - 1;
        set = strstr(set + 1, mark);
    }
    if (set)
        *set = '\0';
    const enum hr_status status =
        hr_scenario_load_text(text, length, "input", overrides, n_overrides, &scenario, diag);
    require((status == HR_OK) == (hr_diag_errors(diag) == 0));
    if (status == HR_OK)
        check_round_trip(scenario);
    hr_scenario_free(scenario);
    hr_diag_free(diag);
    free(text);
    return 0;
}
