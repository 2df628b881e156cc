/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Theory for a terminal: the verdict, then each model with its numbers, then the sources. */
#include <headroom/theory.h>

#include "base/str.h"
#include "report/layout.h"
#include "report/show.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

static void print_head(const struct hr_theory *theory, FILE *out)
{
    const struct hr_result *result = theory->result;
    char duration[HR_SHOW_SIZE], warmup[HR_SHOW_SIZE], line[320];
    if (result == NULL) {
        snprintf(line, sizeof line, "%.200s: not simulated", theory->scenario_name);
        hr_layout_paragraph(line, 0, out);
        return;
    }
    const bool warm = result->warmup_s > 0;
    hr_show_duration(duration, result->duration_s);
    hr_show_duration(warmup, result->warmup_s);
    snprintf(line, sizeof line, "%.150s: %.50s simulated%s%.50s%s, %u replication%s, seed %" PRIu64,
             theory->scenario_name, duration, warm ? " with " : "", warm ? warmup : "",
             warm ? " of warm-up" : "", result->replications, result->replications == 1 ? "" : "s",
             result->seed);
    hr_layout_paragraph(line, 0, out);
    if (result->replications < result->replications_asked)
        fprintf(out, "INCOMPLETE: only %u of %u replications were done\n", result->replications,
                result->replications_asked);
}

/* How many numbers were judged, and what became of them. */
struct tally {
    size_t judged, off, rough;
    double z, difference; /* largest */
};

static struct tally tally_of(const struct hr_theory *theory)
{
    struct tally tally = { 0 };
    for (size_t i = 0; i < theory->n_models; i++) {
        const struct hr_theory_model *model = &theory->models[i];
        for (size_t k = 0; k < model->n_numbers; k++) {
            const struct hr_theory_number *number = &model->numbers[k];
            tally.judged += isnan(number->z) ? 0 : 1;
            tally.off += number->agrees ? 0 : 1;
            tally.z = fmax(tally.z, fabs(number->z));
            tally.rough += number->approximation && !isnan(number->difference) ? 1 : 0;
            if (number->approximation && isfinite(number->difference))
                tally.difference = fmax(tally.difference, fabs(number->difference));
        }
    }
    return tally;
}

static void print_verdict(const struct hr_theory *theory, FILE *out)
{
    const struct tally tally = tally_of(theory);
    switch (theory->verdict) {
    case HR_THEORY_NO_CLOSED_FORM:
        fputs("No closed form applies.\n", out);
        return;
    case HR_THEORY_UNSTABLE:
        fputs("Unstable: queues grow without bound, and nothing has a mean.\n", out);
        break;
    case HR_THEORY_DISAGREES:
        fprintf(out, "DISAGREES: %zu of %zu numbers are off by %.3g standard errors or more.\n",
                tally.off, tally.judged, theory->z_limit);
        fputs(
            "The usual reason is a run too short, or a warm-up too short, for the steady state.\n",
            out);
        break;
    case HR_THEORY_AGREES:
        fprintf(out,
                "Agrees: of %zu numbers none is off by more than %.2f standard errors (the limit: "
                "%.3g).\n",
                tally.judged, tally.z, theory->z_limit);
        break;
    case HR_THEORY_NOT_JUDGED:
        break;
    }
    if (tally.rough > 0)
        fprintf(out, "Approximations (~) are off by up to %.3g%%.\n", 100 * tally.difference);
    else if (theory->verdict == HR_THEORY_NOT_JUDGED)
        fputs("Not judged: the simulation gives no intervals to judge by.\n", out);
}

/* "latency p99.9" for latency_s.p999: without units. */
static void show_metric(char text[HR_SHOW_SIZE], const char *metric)
{
    char words[HR_SHOW_SIZE];
    const char *unit = strstr(metric, "_s.");
    if (unit == NULL)
        unit = strstr(metric, "_rps");
    const int n = unit == NULL ? (int)strlen(metric) : (int)(unit - metric);
    const char *rest = unit == NULL ? "" : strchr(unit, '.');
    snprintf(words, sizeof words, "%.*s%s", n, metric, rest == NULL ? "" : rest);
    for (char *dot = strchr(words, '.'); dot != NULL; dot = strchr(words, '.'))
        *dot = '_';
    hr_show_words(text, words);
}

/* With as many decimals as the simulated value beside it. */
static void show_closed_form(struct hr_shown *shown, const struct hr_theory_number *number)
{
    struct hr_estimate alike = number->simulated;
    const double shift = number->closed_form - alike.value;
    alike.value = number->closed_form;
    alike.lo += shift;
    alike.hi += shift;
    hr_show_estimate(shown, &alike, number->unit);
}

static void add_number(struct hr_table *table, const struct hr_theory_number *number)
{
    char metric[HR_SHOW_SIZE], closed_form[HR_SHOW_SIZE + 1], z[32] = "";
    struct hr_shown closed, simulated;
    show_metric(metric, number->metric);
    show_closed_form(&closed, number);
    snprintf(closed_form, sizeof closed_form, "%s%.62s", number->approximation ? "~" : "",
             closed.value);
    hr_show_estimate(&simulated, &number->simulated, number->unit);
    if (!isnan(number->z))
        snprintf(z, sizeof z, "%+.2f%s", number->z, number->agrees ? "" : " !");
    else if (number->approximation && isfinite(number->difference))
        snprintf(z, sizeof z, "%+.1f%%", 100 * number->difference);
    hr_table_row(table, (const char *const[]){ metric, closed_form, simulated.value,
                                               simulated.interval, z, number->formula });
}

static void print_numbers(const struct hr_theory_model *model, FILE *out)
{
    struct hr_table table;
    hr_table_init(&table, "lrrlrl");
    hr_table_row(&table, (const char *const[]){ "", "closed form", "simulated", "", "z", "by" });
    for (size_t i = 0; i < model->n_numbers; i++)
        add_number(&table, &model->numbers[i]);
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

static void print_paragraph(FILE *out, int indent, const char *first, const char *text)
{
    struct hr_str line;
    hr_str_init(&line);
    hr_str_addf(&line, "%s%s", first, text);
    fprintf(out, "%*s", indent > 2 ? indent - 2 : indent, "");
    hr_layout_paragraph(line.text, indent, out);
    hr_str_fini(&line);
}

static void print_model(const struct hr_theory_model *model, FILE *out)
{
    struct hr_str title;
    hr_str_init(&title);
    if (model->workload != NULL)
        hr_str_addf(&title, "Workload %s at %s: ", model->workload, model->deployment);
    else
        hr_str_addf(&title, "Replicas of %s: ", model->deployment);
    if (model->model == NULL)
        hr_str_add(&title, "no closed form");
    else if (model->queues > 1)
        hr_str_addf(&title, "%u x %s (%s)", model->queues, model->model, model->formula);
    else
        hr_str_addf(&title, "%s (%s)", model->model, model->formula);
    fputc('\n', out);
    hr_layout_paragraph(title.text, 0, out);
    hr_str_fini(&title);
    if (model->description != NULL)
        print_paragraph(out, 2, "", model->description);
    for (size_t i = 0; i < model->n_why; i++)
        print_paragraph(out, 4, "- ", model->why[i]);
    if (model->unstable != NULL)
        fprintf(out, "  %s\n", model->unstable);
    if (model->n_numbers > 0) {
        fputc('\n', out);
        print_numbers(model, out);
    }
}

/* Every formula once, with where it is from. */
static void print_sources(const struct hr_theory *theory, FILE *out)
{
    enum { MOST = 32 };
    const char *printed[MOST];
    size_t n = 0;
    struct hr_str line;
    hr_str_init(&line);
    for (size_t i = 0; i < theory->n_models; i++) {
        for (size_t k = 0; k < theory->models[i].n_numbers; k++) {
            const struct hr_theory_number *number = &theory->models[i].numbers[k];
            size_t at = 0;
            while (at < n && strcmp(printed[at], number->formula) != 0)
                at++;
            if (at < n || n == MOST)
                continue;
            printed[n++] = number->formula;
            hr_str_addf(&line, "%s%s (%s)", n == 1 ? "Sources: " : "; ", number->formula,
                        number->source);
        }
    }
    if (n > 0) {
        fputc('\n', out);
        hr_layout_paragraph(line.text, 2, out);
    }
    hr_str_fini(&line);
}

void hr_report_theory_text(const struct hr_theory *theory, FILE *out)
{
    print_head(theory, out);
    print_verdict(theory, out);
    for (size_t i = 0; i < theory->n_models; i++)
        print_model(&theory->models[i], out);
    print_sources(theory, out);
}
