/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The deployments side by side, and what they cost. */
#include "report/html.h"
#include "report/page.h"

#include <math.h>

static void write_names(struct hr_page *page)
{
    fputs("<thead><tr><td></td>", page->out);
    for (size_t i = 0; i < page->result->n_deployments; i++) {
        fputs("<th scope=\"col\">", page->out);
        hr_html_text(page->out, page->result->deployments[i].name);
        fputs("</th>", page->out);
    }
    fputs("</tr></thead>\n", page->out);
}

static void write_number_row(struct hr_page *page, const struct hr_key_number *number)
{
    fprintf(page->out, "<tr><th scope=\"row\">%s<span class=\"help\">%s</span></th>", number->label,
            number->help);
    for (size_t i = 0; i < page->result->n_deployments; i++) {
        const struct hr_estimate estimate =
            hr_key_number_get(number, &page->result->deployments[i]);
        fputs("<td>", page->out);
        hr_html_estimate(page->out, &estimate, number->unit);
        fputs("</td>", page->out);
    }
    fputs("</tr>\n", page->out);
}

static void write_count_row(struct hr_page *page, size_t index)
{
    for (size_t i = 0; i < page->result->n_deployments; i++) {
        struct hr_key_count counts[HR_DEPLOYMENT_COUNTS];
        char n[HR_SHOW_SIZE];
        hr_deployment_counts(&page->result->deployments[i], counts);
        hr_show_count(n, counts[index].n);
        if (i == 0)
            fprintf(page->out, "<tr><th scope=\"row\">%s</th>", counts[index].label);
        fprintf(page->out, "<td><span class=\"value\">%s</span></td>", n);
    }
    fputs("</tr>\n", page->out);
}

void hr_page_deployments(struct hr_page *page)
{
    if (page->result->n_deployments == 0)
        return;
    fputs("<div class=\"scroll\"><table class=\"named\">\n", page->out);
    write_names(page);
    fputs("<tbody>\n", page->out);
    for (size_t i = 0; i < HR_DEPLOYMENT_NUMBERS; i++)
        write_number_row(page, &hr_deployment_numbers[i]);
    for (size_t i = 0; i < HR_DEPLOYMENT_COUNTS; i++)
        write_count_row(page, i);
    fputs("</tbody>\n</table></div>\n", page->out);
    hr_page_long_run(page);
}

static double cost_of_all(const struct hr_result *result)
{
    double sum = 0;
    for (size_t i = 0; i < result->n_deployments; i++)
        if (isfinite(result->deployments[i].cost_usd_per_hour.value))
            sum += result->deployments[i].cost_usd_per_hour.value;
    return sum;
}

static void write_cost_bar(struct hr_page *page, double whole)
{
    fputs("<div class=\"bar\" aria-hidden=\"true\">", page->out);
    for (size_t i = 0; i < page->result->n_deployments; i++) {
        const double cost = page->result->deployments[i].cost_usd_per_hour.value;
        if (cost > 0)
            fprintf(page->out, "<span class=\"c%zu\" style=\"width:%.3f%%\"></span>", i % 8 + 1,
                    100 * cost / whole);
    }
    fputs("</div>\n", page->out);
}

static void write_cost_row(struct hr_page *page, size_t index, double whole)
{
    const struct hr_deployment_result *deployment = &page->result->deployments[index];
    fprintf(page->out, "<tr><th scope=\"row\"><i class=\"c%zu\"></i>", index % 8 + 1);
    hr_html_text(page->out, deployment->name);
    fputs("</th><td>", page->out);
    hr_html_estimate(page->out, &deployment->cost_usd_per_hour, HR_SHOWN_USD);
    fputs("</td><td>", page->out);
    if (whole > 0 && isfinite(deployment->cost_usd_per_hour.value))
        fprintf(page->out, "%.1f%%", 100 * deployment->cost_usd_per_hour.value / whole);
    fputs("</td></tr>\n", page->out);
}

void hr_page_cost(struct hr_page *page)
{
    const struct hr_result *result = page->result;
    const double whole = cost_of_all(result);
    if (!(result->cluster.cost_usd_per_hour.value > 0)) {
        fputs("<p class=\"note\">The scenario sets no prices.</p>\n", page->out);
        return;
    }
    if (whole > 0)
        write_cost_bar(page, whole);
    fputs("<div class=\"scroll\"><table>\n<thead><tr><td></td><th scope=\"col\">Per hour</th>"
          "<th scope=\"col\">Share</th></tr></thead>\n<tbody>\n",
          page->out);
    for (size_t i = 0; i < result->n_deployments; i++)
        write_cost_row(page, i, whole);
    fputs("</tbody>\n<tfoot><tr><th scope=\"row\">Cluster</th><td>", page->out);
    hr_html_estimate(page->out, &result->cluster.cost_usd_per_hour, HR_SHOWN_USD);
    fputs("</td><td></td></tr></tfoot>\n</table></div>\n<p>Total of the measured window: ",
          page->out);
    hr_html_estimate(page->out, &result->cluster.cost_usd_total, HR_SHOWN_USD);
    fputs("</p>\n", page->out);
}
