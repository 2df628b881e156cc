/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Latency: how it is distributed, and which parts make it up. */
#include "base/fields.h"
#include "base/mem.h"
#include "report/html.h"
#include "report/page.h"

#include <math.h>
#include <stdlib.h>

/* A figure with a curve for each workload. */
static void write_curves(struct hr_page *page, const char *title, const char *script,
                         const struct hr_str *plot)
{
    const size_t n = page->result->n_workloads;
    struct hr_page_label *labels = HR_NEW_ARRAY(struct hr_page_label, n);
    for (size_t i = 0; i < n; i++)
        labels[i] = (struct hr_page_label){ page->result->workloads[i].name, (unsigned)i + 1 };
    hr_page_figure(page, title, NULL, labels, n, script, plot, HR_PLOT_HEIGHT);
    free(labels);
}

static void write_figures(struct hr_page *page)
{
    struct hr_str plot;
    hr_str_init(&plot);
    fputs("<div class=\"figures\">\n", page->out);
    if (hr_plot_distribution(page->result, &plot))
        write_curves(page, "Distribution of latency", "distribution.gp", &plot);
    hr_str_clear(&plot);
    if (hr_plot_percentiles(page->result, &plot))
        write_curves(page, "Latency by percentile", "percentiles.gp", &plot);
    fputs("</div>\n", page->out);
    hr_str_fini(&plot);
}

static void write_quantiles(FILE *out, const struct hr_workload_result *workload)
{
    fputs("<div class=\"scroll\"><table>\n<caption>Latency and wait of ", out);
    hr_html_text(out, workload->name);
    fputs("</caption>\n<thead><tr><td></td><th scope=\"col\">Latency</th>"
          "<th scope=\"col\">Wait</th></tr></thead>\n<tbody>\n",
          out);
    for (unsigned i = 0; i < HR_QUANTILES; i++) {
        fprintf(out, "<tr><th scope=\"row\">%s</th><td>", hr_show_quantile(i));
        hr_html_estimate(out, hr_quantile(&workload->latency_s, i), HR_SHOWN_SECONDS);
        fputs("</td><td>", out);
        hr_html_estimate(out, hr_quantile(&workload->wait_s, i), HR_SHOWN_SECONDS);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody>\n</table></div>\n", out);
}

void hr_page_latency(struct hr_page *page)
{
    fputs("<p>From a request's first attempt to its answer, retries included; of completed "
          "requests. Wait is the time in queues.</p>\n",
          page->out);
    write_figures(page);
    fputs("<div class=\"tables\">\n", page->out);
    for (size_t i = 0; i < page->result->n_workloads; i++)
        write_quantiles(page->out, &page->result->workloads[i]);
    fputs("</div>\n", page->out);
}

/* A bar over the full width: composition, not size. */
static void write_bar(FILE *out, const char *label, const struct hr_estimate parts[HR_PARTS])
{
    const double whole = hr_parts_sum(parts);
    char total[HR_SHOW_SIZE];
    hr_show_number(total, whole, HR_SHOWN_SECONDS);
    fprintf(out, "<p class=\"barlabel\">%s <b>%s</b></p>\n<div class=\"bar\" aria-hidden=\"true\">",
            label, total);
    for (unsigned i = 0; i < HR_PARTS; i++)
        if (whole > 0 && parts[i].value > 0)
            fprintf(out, "<span class=\"c%u\" style=\"width:%.3f%%\"></span>", i + 1,
                    100 * parts[i].value / whole);
    fputs("</div>\n", out);
}

static void write_part(FILE *out, const struct hr_estimate *part, double whole)
{
    fputs("<td>", out);
    if (whole > 0 && isfinite(part->value))
        fprintf(out, "<span class=\"share\">%.1f%%</span> ", 100 * part->value / whole);
    hr_html_estimate(out, part, HR_SHOWN_SECONDS);
    fputs("</td>", out);
}

static void write_parts_table(FILE *out, const struct hr_workload_result *workload)
{
    const struct hr_estimate *mean = workload->latency_parts_s_mean;
    const struct hr_estimate *tail = workload->latency_parts_s_tail;
    fputs("<div class=\"scroll\"><table class=\"named\">\n<thead><tr><td></td>"
          "<th scope=\"col\">All requests</th><th scope=\"col\">Slowest</th></tr></thead>\n"
          "<tbody>\n",
          out);
    for (unsigned i = 0; i < HR_PARTS; i++) {
        char name[HR_SHOW_SIZE];
        hr_show_words(name, hr_part_name((enum hr_part)i));
        fprintf(out, "<tr><th scope=\"row\"><i class=\"c%u\"></i>%s</th>", i + 1, name);
        write_part(out, &mean[i], hr_parts_sum(mean));
        write_part(out, &tail[i], hr_parts_sum(tail));
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n</table></div>\n", out);
}

static void write_parts(FILE *out, const struct hr_workload_result *workload)
{
    char from[HR_SHOW_SIZE], slowest[2 * HR_SHOW_SIZE];
    if (!isfinite(hr_parts_sum(workload->latency_parts_s_mean))) {
        fputs("<p class=\"note\">No request was completed.</p>\n", out);
        return;
    }
    hr_show_number(from, workload->tail_from_s, HR_SHOWN_SECONDS);
    snprintf(slowest, sizeof(slowest), "The slowest, from %s up: mean", from);
    write_bar(out, "All requests: mean", workload->latency_parts_s_mean);
    write_bar(out, slowest, workload->latency_parts_s_tail);
    write_parts_table(out, workload);
}

void hr_page_parts(struct hr_page *page)
{
    fputs("<p>Why the slow requests are slow: the parts of a latency sum to it exactly. What "
          "takes a larger share of the slowest than of all is where to look first.</p>\n",
          page->out);
    fputs("<div class=\"tables\">\n", page->out);
    for (size_t i = 0; i < page->result->n_workloads; i++) {
        fputs("<div>\n<h3>", page->out);
        hr_html_text(page->out, page->result->workloads[i].name);
        fputs("</h3>\n", page->out);
        write_parts(page->out, &page->result->workloads[i]);
        fputs("</div>\n", page->out);
    }
    fputs("</div>\n", page->out);
}
