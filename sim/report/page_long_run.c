/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Availability in the long run: outages of deployments, and requests by the replicas ready. */
#include "report/page.h"

#include "base/fields.h"
#include "report/html.h"

static void write_deployment(struct hr_page *page, const struct hr_deployment_result *deployment)
{
    fputs("<div class=\"scroll\"><table>\n<caption>", page->out);
    hr_html_text(page->out, deployment->name);
    fputs(" in the long run</caption>\n<tbody>\n", page->out);
    for (size_t i = 0; i < HR_LONG_RUN_NUMBERS; i++) {
        const struct hr_key_number *number = &hr_long_run_numbers[i];
        const struct hr_estimate estimate = hr_key_number_get(number, deployment->long_run);
        if (!hr_is_asked_for(&estimate))
            continue;
        fprintf(page->out, "<tr><th scope=\"row\">%s<span class=\"help\">%s</span></th><td>",
                number->label, number->help);
        hr_html_estimate(page->out, &estimate, number->unit);
        fputs("</td></tr>\n", page->out);
    }
    fputs("</tbody>\n</table></div>\n", page->out);
}

static void write_level(struct hr_page *page, const struct hr_ready_share *level)
{
    char time_share[HR_SHOW_SIZE];
    hr_show_number(time_share, level->time_share, HR_SHOWN_NUMBER);
    fprintf(page->out, "<tr><th scope=\"row\">%u</th><td>%s</td><td>", level->ready, time_share);
    hr_html_estimate(page->out, &level->answered, HR_SHOWN_SHARE);
    fprintf(page->out, "</td><td>%s</td></tr>\n", level->source);
}

static void write_workload(struct hr_page *page, const struct hr_workload_result *workload)
{
    fputs("<div class=\"scroll\"><table>\n<caption>", page->out);
    hr_html_text(page->out, workload->name);
    fputs(" in the long run: availability ", page->out);
    hr_html_estimate(page->out, &workload->availability_long_run, HR_SHOWN_SHARE);
    fputs("</caption>\n<thead><tr><th scope=\"col\">Ready</th><th scope=\"col\">Share of time</th>"
          "<th scope=\"col\">Answered</th><th scope=\"col\">Source</th></tr></thead>\n<tbody>\n",
          page->out);
    for (size_t i = 0; i < workload->n_by_ready; i++)
        write_level(page, &workload->by_ready[i]);
    fputs("</tbody>\n</table></div>\n", page->out);
}

void hr_page_long_run(struct hr_page *page)
{
    for (size_t i = 0; i < page->result->n_deployments; i++) {
        if (page->result->deployments[i].long_run)
            write_deployment(page, &page->result->deployments[i]);
    }
    for (size_t i = 0; i < page->result->n_workloads; i++) {
        if (hr_is_asked_for(&page->result->workloads[i].availability_long_run))
            write_workload(page, &page->result->workloads[i]);
    }
}
