/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Load, pods, nodes and latency on one axis of time, and the node pools side by side. */
#include "report/html.h"
#include "report/page.h"

#include <math.h>

#define PANELS         5
#define LINES          8
#define COLOR_PODS     1
#define COLOR_PENDING  4
#define COLOR_NODES    5
#define COLOR_WORKLOAD 7

struct panels {
    struct hr_plot_lines panels[PANELS];
    size_t n;
    struct hr_page_label labels[LINES + 8];
    size_t n_labels;
};

/* Adds a column to the panel, NULL too: its color stays free. */
static void add_line(struct hr_plot_lines *panel, const double *column)
{
    if (panel->n < LINES)
        panel->columns[panel->n++] = column;
}

static void add_label(struct panels *all, const char *text, size_t color)
{
    all->labels[all->n_labels++] = (struct hr_page_label){ text, (unsigned)(color - 1) % 8 + 1 };
}

static struct hr_plot_lines *add_panel(struct panels *all, const char *unit, unsigned first_color)
{
    struct hr_plot_lines *panel = &all->panels[all->n++];
    *panel = (struct hr_plot_lines){ .unit = unit,
                                     .factor = 1,
                                     .first_color = first_color,
                                     .nested = first_color < COLOR_WORKLOAD };
    return panel;
}

/* One line for each workload of the deployment. */
static struct hr_plot_lines *add_workloads(const struct hr_page *page, struct panels *all, size_t d,
                                           const char *unit, const char *column)
{
    struct hr_plot_lines *panel = add_panel(all, unit, COLOR_WORKLOAD);
    for (size_t w = 0; w < page->result->n_workloads; w++) {
        const struct hr_workload_result *workload = &page->result->workloads[w];
        if (workload->deployment == d)
            add_line(panel, hr_page_column(page, "workloads", workload->name, column));
    }
    return panel;
}

static void add_load(const struct hr_page *page, struct panels *all, size_t d)
{
    const struct hr_plot_lines *panel =
        add_workloads(page, all, d, "requests per second", "arrived_rps");
    size_t n = 0;
    for (size_t w = 0; w < page->result->n_workloads && n < panel->n; w++) {
        if (page->result->workloads[w].deployment == d)
            add_label(all, page->result->workloads[w].name, COLOR_WORKLOAD + n++);
    }
}

static void add_pods(const struct hr_page *page, struct panels *all, const char *name)
{
    struct hr_plot_lines *pods = add_panel(all, "pods", COLOR_PODS);
    static const char *const columns[] = { "desired", "running", "ready" };
    for (size_t i = 0; i < 3; i++) {
        add_line(pods, hr_page_column(page, "deployments", name, columns[i]));
        add_label(all, columns[i], COLOR_PODS + i);
    }
    struct hr_plot_lines *pending = add_panel(all, "pending pods", COLOR_PENDING);
    add_line(pending, hr_page_column(page, "deployments", name, "pending"));
    add_label(all, "pending", COLOR_PENDING);
}

static void add_nodes(const struct hr_page *page, struct panels *all)
{
    if (page->result->n_node_pools == 0)
        return;
    struct hr_plot_lines *nodes = add_panel(all, "nodes", COLOR_NODES);
    add_line(nodes, hr_page_column(page, "cluster", NULL, "nodes"));
    add_line(nodes, hr_page_column(page, "cluster", NULL, "nodes_ready"));
    add_label(all, "nodes", COLOR_NODES);
    add_label(all, "ready nodes", COLOR_NODES + 1);
}

static void add_latency(const struct hr_page *page, struct panels *all, size_t d)
{
    struct hr_plot_lines *panel = add_workloads(page, all, d, "", "latency_s.p99");
    double largest = 0;
    for (size_t i = 0; i < panel->n; i++)
        if (panel->columns[i])
            largest = fmax(largest, hr_plot_largest(panel->columns[i], page->result->series.n));
    const struct hr_plot_axis axis = hr_plot_latency_axis(largest);
    panel->factor = axis.factor;
    panel->unit = axis.factor > 1e3 ? "p99, us" : axis.factor > 1 ? "p99, ms" : "p99, s";
    for (size_t w = 0; w < page->result->n_workloads; w++)
        if (page->result->workloads[w].deployment == d)
            hr_page_targets(page->result, page->result->workloads[w].name, panel);
}

static void write_figure(struct hr_page *page, size_t d)
{
    const struct hr_result *result = page->result;
    const char *name = result->deployments[d].name;
    struct panels all = { .n = 0 };
    struct hr_str plot;
    add_load(page, &all, d);
    add_pods(page, &all, name);
    add_nodes(page, &all);
    add_latency(page, &all, d);
    hr_str_init(&plot);
    hr_plot_panels(&result->series, result->warmup_s, all.panels, all.n, &plot);
    fputs("<div><h3>", page->out);
    hr_html_text(page->out, name);
    fputs(" <span class=\"of\">deployment</span></h3>\n", page->out);
    hr_page_figure(page, "Load, pods, nodes and latency", name, all.labels, all.n_labels,
                   "panels.gp", &plot, hr_plot_panels_height(all.n));
    fputs("</div>\n", page->out);
    hr_str_fini(&plot);
}

/* ---- node pools ---- */

static const char *name_of(const struct hr_result *result, size_t i)
{
    return result->node_pools[i].name;
}

static const void *get(const struct hr_result *result, size_t i)
{
    return &result->node_pools[i];
}

static void count(const struct hr_result *result, size_t i, struct hr_key_count *counts)
{
    hr_node_pool_counts(&result->node_pools[i], counts);
}

static void write_pools(struct hr_page *page)
{
    const struct hr_result *result = page->result;
    const struct hr_page_things pools = { result->n_node_pools, name_of, get, count };
    size_t n_numbers = 0;
    if (pools.n == 0) {
        fputs("<p class=\"note\">The scenario has no node pools: there is room for any number of "
              "pods.</p>\n",
              page->out);
        return;
    }
    for (size_t i = 0; i < pools.n; i++) {
        const size_t n = hr_node_pool_n_numbers(&result->node_pools[i]);
        n_numbers = n > n_numbers ? n : n_numbers;
    }
    fputs("<h3>Node pools</h3>\n", page->out);
    hr_page_table_open(page, &pools);
    hr_page_table_numbers(page, &pools, hr_node_pool_numbers, n_numbers);
    hr_page_table_counts(page, &pools, HR_NODE_POOL_COUNTS);
    hr_page_table_close(page);
}

/* ---- jobs ---- */

static const char *job_name(const struct hr_result *result, size_t i)
{
    return result->jobs[i].name;
}

static const void *job_get(const struct hr_result *result, size_t i)
{
    return &result->jobs[i];
}

static void job_count(const struct hr_result *result, size_t i, struct hr_key_count *counts)
{
    hr_job_counts(&result->jobs[i], counts);
}

static void write_jobs(struct hr_page *page)
{
    const struct hr_page_things jobs = { page->result->n_jobs, job_name, job_get, job_count };
    if (jobs.n == 0)
        return;
    fputs("<h3>Jobs</h3>\n", page->out);
    hr_page_table_open(page, &jobs);
    hr_page_table_numbers(page, &jobs, hr_job_numbers, HR_JOB_NUMBERS);
    hr_page_table_counts(page, &jobs, HR_JOB_COUNTS);
    hr_page_table_close(page);
}

void hr_page_cluster(struct hr_page *page)
{
    if (page->result->series.n > 0) {
        fputs("<p>Replication 0; the warm-up is shaded, latency objectives are dashed.</p>\n"
              "<div class=\"figures\">\n",
              page->out);
        for (size_t d = 0; d < page->result->n_deployments; d++)
            write_figure(page, d);
        fputs("</div>\n", page->out);
    }
    write_pools(page);
    write_jobs(page);
}
