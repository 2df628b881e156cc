/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load, latency and the state of deployments over simulated time. */
#include "report/html.h"
#include "report/page.h"

#include <math.h>
#include <string.h>

#define LINES_MAX 3

enum figure_unit { UNIT_RATE, UNIT_LATENCY, UNIT_PERCENT, UNIT_NUMBER, UNIT_MIB };

struct figure {
    const char *title;
    enum figure_unit unit;
    bool only_if_any; /* left out when it would show nothing but 0 */
    struct {
        const char *column, *label; /* column of the series, without its owner */
    } lines[LINES_MAX];
};

static const struct figure workload_figures[] = {
    { "Requests per second",
      UNIT_RATE,
      false,
      { { "arrived_rps", "arrived" }, { "completed_rps", "completed" } } },
    { "Latency by step",
      UNIT_LATENCY,
      false,
      { { "latency_s.p50", "p50" }, { "latency_s.p99", "p99" } } },
    { "Requests in the system", UNIT_NUMBER, false, { { "concurrency", "concurrency" } } },
    { "Requests without an answer",
      UNIT_RATE,
      true,
      { { "timed_out_rps", "timed out" },
        { "rejected_rps", "rejected" },
        { "failed_rps", "failed" } } },
};

static const struct figure deployment_figures[] = {
    { "Utilization", UNIT_PERCENT, false, { { "utilization", "busy slots" } } },
    { "Queue", UNIT_NUMBER, false, { { "queue_length", "waiting requests" } } },
    { "Ready replicas", UNIT_NUMBER, false, { { "ready", "ready" } } },
    { "CPU in use, cores", UNIT_NUMBER, true, { { "cpu_cores", "a ready replica" } } },
    { "Memory in use, MiB", UNIT_MIB, true, { { "memory_bytes", "a ready replica" } } },
    { "Cost per hour, USD", UNIT_NUMBER, true, { { "cost_usd_per_hour", "billed" } } },
};

struct owner {
    const char *kind; /* "workloads" or "deployments" */
    const char *name;
};

const double *hr_page_column(const struct hr_page *page, const char *kind, const char *name,
                             const char *column)
{
    const struct hr_series *series = &page->result->series;
    struct hr_str full;
    const double *values = NULL;
    hr_str_init(&full);
    hr_str_addf(&full, "%s%s%s.%s", kind, name ? "." : "", name ? name : "", column);
    for (size_t c = 0; c < series->n_columns && !values; c++)
        if (strcmp(series->columns[c].name, full.text) == 0)
            values = series->columns[c].values;
    hr_str_fini(&full);
    for (size_t i = 0; values && i < series->n; i++)
        if (isfinite(values[i]))
            return values;
    return NULL;
}

void hr_page_targets(const struct hr_result *result, const char *workload,
                     struct hr_plot_lines *lines)
{
    const size_t room = sizeof(lines->targets) / sizeof(lines->targets[0]);
    for (size_t i = 0; i < result->n_slos && lines->n_targets < room; i++) {
        const struct hr_slo_result *slo = &result->slos[i];
        if (strcmp(slo->workload, workload) == 0 && strncmp(slo->metric, "latency_", 8) == 0)
            lines->targets[lines->n_targets++] = slo->target;
    }
}

static void choose_unit(struct hr_plot_lines *lines, enum figure_unit unit, double largest)
{
    const struct hr_plot_axis axis = hr_plot_latency_axis(largest);
    lines->factor = 1;
    switch (unit) {
    case UNIT_RATE:
        lines->unit = "per second";
        break;
    case UNIT_LATENCY:
        lines->factor = axis.factor;
        lines->unit = axis.unit;
        break;
    case UNIT_PERCENT:
        lines->factor = 100;
        lines->unit = "%";
        break;
    case UNIT_NUMBER:
        lines->unit = "";
        break;
    case UNIT_MIB:
        lines->factor = 1.0 / (1024 * 1024);
        lines->unit = "MiB";
        break;
    }
}

static void write_figure(struct hr_page *page, const struct owner *owner,
                         const struct figure *figure)
{
    const struct hr_result *result = page->result;
    struct hr_plot_lines lines = { .n = 0 };
    struct hr_page_label labels[LINES_MAX];
    struct hr_str plot;
    size_t n_labels = 0;
    double largest = 0;
    for (unsigned i = 0; i < LINES_MAX && figure->lines[i].column; i++) {
        const double *column =
            hr_page_column(page, owner->kind, owner->name, figure->lines[i].column);
        lines.columns[lines.n++] = column;
        if (!column)
            continue;
        labels[n_labels++] = (struct hr_page_label){ figure->lines[i].label, i + 1 };
        largest = fmax(largest, hr_plot_largest(column, result->series.n));
    }
    if (n_labels == 0 || (figure->only_if_any && largest <= 0))
        return;
    if (figure->unit == UNIT_LATENCY)
        hr_page_targets(result, owner->name, &lines);
    choose_unit(&lines, figure->unit, largest);
    hr_str_init(&plot);
    hr_plot_over_time(&result->series, result->warmup_s, &lines, &plot);
    hr_page_figure(page, figure->title, owner->name, labels, n_labels, "series.gp", &plot,
                   HR_PLOT_HEIGHT);
    hr_str_fini(&plot);
}

static void write_owner(struct hr_page *page, const struct owner *owner,
                        const struct figure *figures, size_t n)
{
    fputs("<h3>", page->out);
    hr_html_text(page->out, owner->name);
    fprintf(page->out, " <span class=\"of\">%.*s</span></h3>\n<div class=\"figures\">\n",
            (int)strlen(owner->kind) - 1, owner->kind);
    for (size_t i = 0; i < n; i++)
        write_figure(page, owner, &figures[i]);
    fputs("</div>\n", page->out);
}

void hr_page_over_time(struct hr_page *page)
{
    const struct hr_result *result = page->result;
    if (result->series.n == 0) {
        fputs("<p class=\"note\">No time series was recorded.</p>\n", page->out);
        return;
    }
    char step[HR_SHOW_SIZE];
    hr_show_duration(step, result->series.step_s);
    fprintf(page->out,
            "<p>Replication 0 in steps of %s; the warm-up is shaded, latency objectives are "
            "dashed.</p>\n",
            step);
    for (size_t i = 0; i < result->n_workloads; i++)
        write_owner(page, &(struct owner){ "workloads", result->workloads[i].name },
                    workload_figures, sizeof(workload_figures) / sizeof(workload_figures[0]));
    for (size_t i = 0; i < result->n_deployments; i++)
        write_owner(page, &(struct owner){ "deployments", result->deployments[i].name },
                    deployment_figures, sizeof(deployment_figures) / sizeof(deployment_figures[0]));
}
