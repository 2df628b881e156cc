/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of key numbers and counts, with a column for each of several things of a kind. */
#include "report/html.h"
#include "report/page.h"

void hr_page_table_open(struct hr_page *page, const struct hr_page_things *things)
{
    fputs("<div class=\"scroll\"><table class=\"named\">\n<thead><tr><td></td>", page->out);
    for (size_t i = 0; i < things->n; i++) {
        fputs("<th scope=\"col\">", page->out);
        hr_html_text(page->out, things->name(page->result, i));
        fputs("</th>", page->out);
    }
    fputs("</tr></thead>\n<tbody>\n", page->out);
}

void hr_page_table_numbers(struct hr_page *page, const struct hr_page_things *things,
                           const struct hr_key_number *numbers, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        fprintf(page->out, "<tr><th scope=\"row\">%s<span class=\"help\">%s</span></th>",
                numbers[k].label, numbers[k].help);
        for (size_t i = 0; i < things->n; i++) {
            const struct hr_estimate estimate =
                hr_key_number_get(&numbers[k], things->get(page->result, i));
            fputs("<td>", page->out);
            hr_html_estimate(page->out, &estimate, numbers[k].unit);
            fputs("</td>", page->out);
        }
        fputs("</tr>\n", page->out);
    }
}

void hr_page_table_counts(struct hr_page *page, const struct hr_page_things *things, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < things->n; i++) {
            struct hr_key_count counts[HR_PAGE_COUNTS_MAX];
            char text[HR_SHOW_SIZE];
            things->count(page->result, i, counts);
            hr_show_count(text, counts[k].n);
            if (i == 0)
                fprintf(page->out, "<tr><th scope=\"row\">%s</th>", counts[k].label);
            fprintf(page->out, "<td><span class=\"value\">%s</span></td>", text);
        }
        fputs("</tr>\n", page->out);
    }
}

void hr_page_table_close(struct hr_page *page)
{
    fputs("</tbody>\n</table></div>\n", page->out);
}
