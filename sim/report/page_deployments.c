/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The deployments side by side, and what they cost. */
#include "report/html.h"
#include "report/page.h"

#include <math.h>

static const char *name_of(const struct hr_result *result, size_t i)
{
    return result->deployments[i].name;
}

static const void *get(const struct hr_result *result, size_t i)
{
    return &result->deployments[i];
}

static void count(const struct hr_result *result, size_t i, struct hr_key_count *counts)
{
    hr_deployment_counts(&result->deployments[i], counts);
}

static const void *get_pods(const struct hr_result *result, size_t i)
{
    return result->deployments[i].pods;
}

static void count_pods(const struct hr_result *result, size_t i, struct hr_key_count *counts)
{
    hr_pod_counts(result->deployments[i].pods, counts);
}

void hr_page_deployments(struct hr_page *page)
{
    const size_t n = page->result->n_deployments;
    const struct hr_page_things deployments = { n, name_of, get, count };
    const struct hr_page_things pods = { n, name_of, get_pods, count_pods };
    if (n == 0)
        return;
    hr_page_table_open(page, &deployments);
    hr_page_table_numbers(page, &deployments, hr_deployment_numbers, HR_DEPLOYMENT_NUMBERS);
    if (page->result->deployments[0].pods)
        hr_page_table_numbers(page, &pods, hr_pod_numbers, HR_POD_NUMBERS);
    hr_page_table_counts(page, &deployments, HR_DEPLOYMENT_COUNTS);
    if (page->result->deployments[0].pods)
        hr_page_table_counts(page, &pods, HR_PODS_COUNTS);
    hr_page_table_close(page);
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
