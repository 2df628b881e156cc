/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a reader came for: objectives met or not, and the key numbers of each workload. */
#include "report/html.h"
#include "report/page.h"

#include <math.h>
#include <string.h>

/* How an objective stands: a word, a class for its color, a sign for those who see none. */
struct standing {
    const char *word, *class, *sign;
};

static struct standing standing_of(const struct hr_slo_result *slo)
{
    if (isnan(slo->value.value))
        return (struct standing){ "unknown", "bad", "?" };
    if (!slo->met)
        return (struct standing){ slo->certain ? "missed" : "missed, not certain", "bad",
                                  "&#10007;" };
    if (!slo->certain)
        return (struct standing){ "met, not certain", "unsure", "&#10003;" };
    return (struct standing){ "met", "good", "&#10003;" };
}

static void write_slo(FILE *out, const struct hr_slo_result *slo)
{
    const struct standing standing = standing_of(slo);
    char metric[HR_SHOW_SIZE], target[HR_SHOW_SIZE];
    hr_show_words(metric, slo->metric);
    hr_show_exact(target, slo->target, slo->unit);
    fprintf(out, "<li class=\"card %s\">\n<p class=\"pill\">%s %s</p>\n<h3>", standing.class,
            standing.sign, standing.word);
    hr_html_text(out, metric);
    fputs(" <span class=\"of\">", out);
    hr_html_text(out, slo->workload);
    fputs("</span></h3>\n<p class=\"big\">", out);
    hr_html_estimate(out, &slo->value, slo->unit);
    fprintf(out, "</p>\n<p class=\"target\">target: %s %s</p>\n</li>\n",
            slo->is_max ? "at most" : "at least", target);
}

static void write_unstable(FILE *out, const struct hr_result *result)
{
    for (size_t i = 0; i < result->n_deployments; i++) {
        const struct hr_deployment_result *deployment = &result->deployments[i];
        if (!deployment->unstable)
            continue;
        fputs("<p class=\"alarm\"><strong>", out);
        hr_html_text(out, deployment->name);
        fputs("</strong> is ", out);
        hr_html_text(out, deployment->unstable);
        fputs(". Its queue grows for as long as the run goes on, so the figures below depend on "
              "how long was simulated.</p>\n",
              out);
    }
}

static void write_headline(FILE *out, const struct hr_result *result)
{
    size_t met = 0, certain = 0;
    for (size_t i = 0; i < result->n_slos; i++) {
        met += result->slos[i].met;
        certain += result->slos[i].met && result->slos[i].certain;
    }
    if (result->n_slos == 0) {
        fputs("<p class=\"headline\">No objectives are set: this report describes, it does not "
              "judge.</p>\n",
              out);
        return;
    }
    fprintf(out, "<p class=\"headline %s\">", hr_result_good(result) ? "good" : "bad");
    if (met == result->n_slos)
        fprintf(out, "%s met%s.", met == 1 ? "The objective is" : "All objectives are",
                certain == met ? "" : ", not all with certainty");
    else
        fprintf(out, "%zu of %zu objectives missed.", result->n_slos - met, result->n_slos);
    fputs("</p>\n", out);
}

/* A precision asked for that was not reached; what was reached stands with the method. */
static void write_precision(FILE *out, const struct hr_result *result)
{
    const struct hr_precision *precision = &result->precision;
    if (!precision->asked || precision->reached)
        return;
    fprintf(out,
            "<p class=\"alarm\">The precision asked for was not reached in %u replications; see "
            "<a href=\"#method\">Method</a>.</p>\n",
            result->replications);
}

void hr_page_verdict(struct hr_page *page)
{
    const struct hr_result *result = page->result;
    write_headline(page->out, result);
    write_precision(page->out, result);
    write_unstable(page->out, result);
    if (result->n_slos == 0)
        return;
    fputs("<ul class=\"cards\">\n", page->out);
    for (size_t i = 0; i < result->n_slos; i++)
        write_slo(page->out, &result->slos[i]);
    fputs("</ul>\n", page->out);
}

static void write_tile(FILE *out, const char *label, const char *help,
                       const struct hr_estimate *estimate, enum hr_unit_shown unit)
{
    fprintf(out, "<div class=\"tile\"><dt>%s</dt><dd>", label);
    hr_html_estimate(out, estimate, unit);
    fprintf(out, "<span class=\"help\">%s</span></dd></div>\n", help);
}

static void write_counts(FILE *out, const struct hr_workload_result *workload)
{
    struct hr_key_count counts[HR_WORKLOAD_COUNTS];
    hr_workload_counts(workload, counts);
    fputs("<p class=\"counts\">", out);
    for (size_t i = 0; i < HR_WORKLOAD_COUNTS; i++) {
        char n[HR_SHOW_SIZE];
        hr_show_count(n, counts[i].n);
        fprintf(out, "<span><b>%s</b> %s</span>\n", n, counts[i].label);
    }
    fputs("</p>\n", out);
}

void hr_page_numbers(struct hr_page *page)
{
    FILE *out = page->out;
    for (size_t i = 0; i < page->result->n_workloads; i++) {
        const struct hr_workload_result *workload = &page->result->workloads[i];
        fputs("<h3>", out);
        hr_html_text(out, workload->name);
        fputs("</h3>\n<dl class=\"tiles\">\n", out);
        write_tile(out, "latency p99", "99% of answers are faster", &workload->latency_s.p99,
                   HR_SHOWN_SECONDS);
        for (size_t k = 0; k < HR_WORKLOAD_NUMBERS; k++) {
            const struct hr_key_number *number = &hr_workload_numbers[k];
            const struct hr_estimate estimate = hr_key_number_get(number, workload);
            write_tile(out, number->label, number->help, &estimate, number->unit);
        }
        fputs("</dl>\n", out);
        write_counts(out, workload);
    }
    fputs("<p class=\"note\">Brackets hold 95% confidence intervals. Requests are those that "
          "arrive after the warm-up, summed over replications.</p>\n",
          out);
}
