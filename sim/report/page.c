/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame of the report: head, navigation, sections in order, foot; and what a figure is. */
#include "report/page.h"

#include "report/html.h"

#include <headroom/version.h>

#include <inttypes.h>

static const struct section {
    const char *id, *name;
    void (*write)(struct hr_page *page);
    bool of_pods; /* only where replicas are pods */
} sections[] = {
    { "verdict", "Verdict", hr_page_verdict, false },
    { "numbers", "Key numbers", hr_page_numbers, false },
    { "latency", "Latency", hr_page_latency, false },
    { "parts", "Why p99 is high", hr_page_parts, false },
    { "cluster", "Pods and nodes", hr_page_cluster, true },
    { "time", "Over time", hr_page_over_time, false },
    { "deployments", "Deployments", hr_page_deployments, false },
    { "cost", "Cost", hr_page_cost, false },
    { "events", "Events", hr_page_events, true },
    { "inputs", "Assumptions", hr_page_inputs, false },
    { "method", "Method", hr_page_method, false },
};
#define N_SECTIONS (sizeof(sections) / sizeof(sections[0]))

static bool is_shown(const struct section *section, const struct hr_result *result)
{
    return !section->of_pods || (result->n_deployments > 0 && result->deployments[0].pods);
}

static const char *title_of(const struct hr_result *result)
{
    return *result->scenario_title ? result->scenario_title : result->scenario_name;
}

static void write_head(struct hr_page *page)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta name=\"generator\" content=\"headroom " HR_VERSION "\">\n<title>",
          page->out);
    hr_html_text(page->out, title_of(page->result));
    fputs(" - capacity report</title>\n<style>\n", page->out);
    hr_html_style(page->out);
    hr_page_events_style(page);
    fputs("</style>\n</head>\n<body>\n", page->out);
}

static void write_fact(FILE *out, const char *term, const char *value)
{
    fprintf(out, "<div><dt>%s</dt><dd>", term);
    hr_html_text(out, value);
    fputs("</dd></div>\n", out);
}

static void write_facts(struct hr_page *page)
{
    const struct hr_result *result = page->result;
    char duration[HR_SHOW_SIZE], warmup[HR_SHOW_SIZE], replications[HR_SHOW_SIZE],
        seed[HR_SHOW_SIZE], requests[HR_SHOW_SIZE];
    hr_show_duration(duration, result->duration_s);
    hr_show_duration(warmup, result->warmup_s);
    snprintf(replications, sizeof(replications), "%u", result->replications);
    if (result->replications < result->replications_asked)
        snprintf(replications, sizeof(replications), "%u of %u (incomplete)", result->replications,
                 result->replications_asked);
    snprintf(seed, sizeof(seed), "%" PRIu64, result->seed);
    hr_show_count(requests, result->requests);
    fputs("<dl class=\"facts\">\n", page->out);
    write_fact(page->out, "Scenario", result->scenario_name);
    write_fact(page->out, "Simulated", duration);
    write_fact(page->out, "Warm-up", result->warmup_s > 0 ? warmup : "none");
    write_fact(page->out, "Replications", replications);
    write_fact(page->out, "Requests", requests);
    write_fact(page->out, "Seed", seed);
    fputs("</dl>\n", page->out);
}

static void write_header(struct hr_page *page)
{
    FILE *out = page->out;
    fputs("<header>\n<p class=\"kicker\">Capacity report</p>\n<h1>", out);
    hr_html_text(out, title_of(page->result));
    fputs("</h1>\n", out);
    if (*page->result->scenario_description) {
        fputs("<p class=\"lead\">", out);
        hr_html_text(out, page->result->scenario_description);
        fputs("</p>\n", out);
    }
    write_facts(page);
    fputs("<nav aria-label=\"Sections\">\n", out);
    for (size_t i = 0; i < N_SECTIONS; i++)
        if (is_shown(&sections[i], page->result))
            fprintf(out, "<a href=\"#%s\">%s</a>\n", sections[i].id, sections[i].name);
    fputs("</nav>\n</header>\n", out);
}

void hr_page_write(const struct hr_result *result, FILE *out, struct hr_diag *diag)
{
    struct hr_page page = { .result = result, .out = out, .plotter.diag = diag };
    write_head(&page);
    write_header(&page);
    fputs("<main>\n", out);
    for (size_t i = 0; i < N_SECTIONS; i++) {
        if (!is_shown(&sections[i], result))
            continue;
        hr_html_section(out, sections[i].id, sections[i].name);
        sections[i].write(&page);
        fputs("</section>\n", out);
    }
    fputs("</main>\n<footer><p>Made by headroom " HR_VERSION
          ", a discrete-event simulator for machine-learning serving clusters.</p></footer>\n"
          "</body>\n</html>\n",
          out);
}

static void write_legend(struct hr_page *page, const struct hr_page_label *labels, size_t n)
{
    fputs("<span class=\"legend\">", page->out);
    for (size_t i = 0; i < n; i++) {
        fprintf(page->out, "<span><i class=\"c%u\"></i>", (labels[i].color - 1) % 8 + 1);
        hr_html_text(page->out, labels[i].text);
        fputs("</span>", page->out);
    }
    fputs("</span>", page->out);
}

void hr_page_figure(struct hr_page *page, const char *title, const char *of,
                    const struct hr_page_label *labels, size_t n_labels, const char *script,
                    const struct hr_str *plot, unsigned height)
{
    FILE *out = page->out;
    struct hr_str drawing;
    hr_str_init(&drawing);
    fprintf(out, "<figure>\n<figcaption><strong>%s</strong>", title);
    write_legend(page, labels, n_labels);
    fputs("</figcaption>\n", out);
    if (hr_plot_draw(&page->plotter, script, plot, &drawing)) {
        fprintf(out, "<svg viewBox=\"0 0 %d %u\" role=\"img\" aria-label=\"%s", HR_PLOT_WIDTH,
                height, title);
        if (of) {
            fputs(" of ", out);
            hr_html_text(out, of);
        }
        fprintf(out, "\">\n%s</svg>\n", drawing.text);
    } else {
        fprintf(out, "<p class=\"missing\">The plot is missing: %s.</p>\n", page->plotter.why_not);
    }
    fputs("</figure>\n", out);
    hr_str_fini(&drawing);
}
