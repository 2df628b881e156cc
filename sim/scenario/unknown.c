/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to say of a key that no row admits. */
#include "base/suggest.h"
#include "scenario/keys_visit.h"
#include "scenario/load.h"
#include "scenario/table.h"

#include <stdlib.h>

static void report_inapplicable(struct hr_loader *loader, const struct hr_key_table *table,
                                int selected, const config_setting_t *setting)
{
    const struct hr_key *selector = hr_table_find(table, table->selector, HR_SELECTED_ANY);
    struct hr_str hint;
    hr_str_init(&hint);
    hr_str_addf(&hint, "it applies to ");
    hr_table_when_text(&hint, table, hr_table_when(table, config_setting_name(setting)));
    hr_load_report(loader, HR_ERROR, setting, NULL, hint.text, "does not apply to %s \"%s\"",
                   selector->name, hr_choice_name(selector->choices, selected));
    hr_str_fini(&hint);
}

/* The nearest key anywhere, and the group that it belongs to. */
struct elsewhere {
    struct hr_suggest suggest;
    char group[128];
};

static void offer(void *ctx, const struct hr_key_visit *at)
{
    struct elsewhere *elsewhere = ctx;
    const size_t before = elsewhere->suggest.best ? elsewhere->suggest.distance : SIZE_MAX;
    hr_suggest_offer(&elsewhere->suggest, at->key->name);
    if (elsewhere->suggest.best && elsewhere->suggest.distance < before)
        snprintf(elsewhere->group, sizeof elsewhere->group, "%s",
                 at->group[0] ? at->group : "the scenario itself");
}

void hr_report_unknown(struct hr_loader *loader, const struct hr_key_table *table, int selected,
                       const config_setting_t *setting)
{
    const char *name = config_setting_name(setting);
    if (hr_table_find(table, name, HR_SELECTED_ANY)) {
        report_inapplicable(loader, table, selected, setting);
        return;
    }
    struct hr_suggest here = { .word = name };
    for (size_t i = 0; i < table->n_keys; i++)
        if (hr_key_applies(&table->keys[i], selected))
            hr_suggest_offer(&here, table->keys[i].name);
    struct elsewhere elsewhere = { .suggest = { .word = name } };
    if (!here.best)
        hr_keys_visit(false, offer, &elsewhere);
    struct hr_str hint;
    hr_str_init(&hint);
    if (here.best)
        hr_str_addf(&hint, "did you mean \"%s\"?", here.best);
    else if (elsewhere.suggest.best && elsewhere.suggest.distance == 0)
        hr_str_addf(&hint, "it belongs in %s", elsewhere.group);
    else if (elsewhere.suggest.best)
        hr_str_addf(&hint, "did you mean \"%s\", which belongs in %s?", elsewhere.suggest.best,
                    elsewhere.group);
    hr_load_report(loader, HR_ERROR, setting, NULL, hint.length ? hint.text : NULL, "unknown key");
    hr_str_fini(&hint);
}
