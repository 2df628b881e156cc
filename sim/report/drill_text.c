/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drill for a terminal: the losses in order of their damage, then each objective. */
#include <headroom/report.h>

#include "report/layout.h"
#include "report/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define LABEL_SIZE 192

/* "any of 3: web-0 (web, a)", "zone a", "pool web". */
static void show_loss(char text[LABEL_SIZE], const struct hr_loss *loss)
{
    char any[48] = "";
    if (loss->alike > 1)
        snprintf(any, sizeof any, "any of %zu, as ", loss->alike);
    switch (loss->kind) {
    case HR_LOSS_NODE:
        snprintf(text, LABEL_SIZE, "node: %s%.40s in zone %.30s", any, loss->node, loss->zone);
        return;
    case HR_LOSS_ZONE:
        snprintf(text, LABEL_SIZE, "zone: %.60s", loss->zone);
        return;
    case HR_LOSS_POOL:
        snprintf(text, LABEL_SIZE, "pool: %.60s", loss->pool);
        return;
    }
}

static void show_recovery(char text[HR_SHOW_SIZE], double recovery_s)
{
    if (isnan(recovery_s))
        snprintf(text, HR_SHOW_SIZE, "not in the run");
    else if (recovery_s == 0)
        snprintf(text, HR_SHOW_SIZE, "0 s");
    else
        hr_show_duration(text, recovery_s);
}

static void print_losses(const struct hr_drill *drill, FILE *out)
{
    struct hr_table table;
    hr_table_init(&table, "rlrrrrr");
    hr_table_row(&table, (const char *const[]){ "", "what is lost", "nodes", "SLOs missed",
                                                "requests lost", "late", "recovery" });
    for (size_t i = 0; i < drill->n_losses; i++) {
        const struct hr_loss *loss = &drill->losses[i];
        char rank[24], label[LABEL_SIZE], nodes[HR_SHOW_SIZE], missed[64];
        char lost[HR_SHOW_SIZE], late[HR_SHOW_SIZE], recovery[HR_SHOW_SIZE];
        snprintf(rank, sizeof rank, "%zu", i + 1);
        show_loss(label, loss);
        hr_show_count(nodes, loss->nodes);
        snprintf(missed, sizeof missed, "%zu of %zu", loss->slos_missed, loss->result->n_slos);
        hr_show_number(lost, loss->requests_lost, HR_SHOWN_NUMBER);
        hr_show_number(late, loss->requests_late, HR_SHOWN_NUMBER);
        show_recovery(recovery, loss->recovery_s);
        hr_table_row(&table,
                     (const char *const[]){ rank, label, nodes, missed, lost, late, recovery });
    }
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

/* What every loss does to SLO i. */
static void print_slo(const struct hr_drill *drill, size_t i, struct hr_notes *notes, FILE *out)
{
    const struct hr_slo_result *slo = &drill->baseline->slos[i];
    char metric[HR_SHOW_SIZE], target[HR_SHOW_SIZE], margin[HR_SHOW_SIZE];
    struct hr_shown value, change;
    struct hr_table table;
    hr_show_words(metric, slo->metric);
    hr_show_exact(target, slo->target, slo->unit);
    hr_notes_show(&value, &slo->value, slo->unit, notes);
    fprintf(out, "\n%.60s: %s %s %s; %s when nothing is lost\n", slo->workload, metric,
            slo->is_max ? "at most" : "at least", target, value.value);
    hr_table_init(&table, "rlrrl");
    for (size_t k = 0; k < drill->n_losses; k++) {
        const struct hr_loss *loss = &drill->losses[k];
        const struct hr_slo_result *hit = &loss->result->slos[i];
        char rank[24];
        snprintf(rank, sizeof rank, "%zu", k + 1);
        hr_notes_show(&value, &hit->value, hit->unit, notes);
        hr_show_estimate(&change, &loss->changes[i], hit->unit);
        hr_show_margin(margin, &loss->changes[i], hit->unit);
        hr_table_row(&table, (const char *const[]){ rank, hit->met ? "met" : "MISSED", value.value,
                                                    change.value, margin });
    }
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

void hr_report_drill_text(const struct hr_drill *drill, FILE *out)
{
    char at[HR_SHOW_SIZE], rate[HR_SHOW_SIZE], loss[HR_SHOW_SIZE];
    struct hr_notes notes = { .n = 0 };
    hr_text_run(drill->baseline->scenario_name, drill->baseline, out);
    hr_text_unstable("without a loss: ", drill->baseline, out);
    hr_show_duration(at, drill->at_s);
    hr_show_number(rate, drill->offered_rps, HR_SHOWN_RATE);
    hr_show_duration(loss, drill->loss_s);
    fprintf(out, "\nLosses at %s, when %s arrive, each for %s; the worst first\n", at, rate, loss);
    print_losses(drill, out);
    for (size_t i = 0; i < drill->baseline->n_slos; i++)
        print_slo(drill, i, &notes, out);
    hr_notes_print(&notes, out);
    fputs(
        "\nlost: not answered; late: later than the latency SLO; both more than without the loss, "
        "mean\nover replications. Recovery: in replication 0, until ready pods and p99 latency are "
        "as without\nthe loss. Changes are paired on common random numbers, +- is their 95% "
        "interval\n",
        out);
}
