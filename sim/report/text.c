/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The summary for a terminal: the verdict first, then why, then what it rests on. */
#include <headroom/report.h>

#include "base/fields.h"
#include "report/layout.h"
#include "report/notes.h"
#include "report/show.h"
#include "report/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#define NAME_WIDTH 24

/* Prints a line that may hold text from outside. */
__attribute__((format(printf, 2, 3))) static void print_line(FILE *out, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    hr_layout_paragraph(line, 0, out);
}

void hr_text_run(const char *lead, const struct hr_result *result, FILE *out)
{
    char duration[HR_SHOW_SIZE], warmup[HR_SHOW_SIZE];
    const bool warm = result->warmup_s > 0;
    hr_show_duration(duration, result->duration_s);
    hr_show_duration(warmup, result->warmup_s);
    print_line(out, "%s: %s simulated%s%s%s, %u replication%s, seed %" PRIu64, lead, duration,
               warm ? " with " : "", warm ? warmup : "", warm ? " of warm-up" : "",
               result->replications, result->replications == 1 ? "" : "s", result->seed);
    if (result->replications < result->replications_asked)
        fprintf(out, "INCOMPLETE: only %u of %u replications were done\n", result->replications,
                result->replications_asked);
}

static const char *slo_verdict(const struct hr_slo_result *slo)
{
    if (isnan(slo->value.value))
        return "UNKNOWN";
    if (!slo->met)
        return slo->certain ? "MISSED" : "MISSED?";
    return slo->certain ? "met" : "met?";
}

static void add_slo(struct hr_table *table, const struct hr_slo_result *slo, struct hr_notes *notes)
{
    char name[NAME_WIDTH + 1], metric[HR_SHOW_SIZE], target[HR_SHOW_SIZE], bound[HR_SHOW_SIZE];
    struct hr_shown shown;
    hr_layout_shorten(name, NAME_WIDTH, slo->workload);
    hr_show_words(metric, slo->metric);
    hr_show_exact(target, slo->target, slo->unit);
    snprintf(bound, sizeof(bound), "%s %.40s", slo->is_max ? "at most" : "at least", target);
    hr_notes_show(&shown, &slo->value, slo->unit, notes);
    hr_table_row(table, (const char *const[]){ slo_verdict(slo), name, metric, bound, shown.value,
                                               shown.interval });
}

void hr_text_slos(const char *lead, const struct hr_result *result, struct hr_notes *notes,
                  FILE *out)
{
    struct hr_table table;
    size_t met = 0;
    bool certain = true;
    if (result->n_slos == 0)
        return;
    hr_table_init(&table, "llllrl");
    for (size_t i = 0; i < result->n_slos; i++) {
        met += result->slos[i].met;
        certain = certain && result->slos[i].certain;
        add_slo(&table, &result->slos[i], notes);
    }
    fprintf(out, "\n%s%zu of %zu objectives met\n", lead, met, result->n_slos);
    hr_table_print(&table, out);
    if (!certain)
        fputs("  ?  not certain: the 95% interval reaches over the target; more replications "
              "narrow it\n",
              out);
    hr_table_fini(&table);
}

static void print_precision(const struct hr_result *result, FILE *out)
{
    const struct hr_precision *precision = &result->precision;
    struct hr_table table;
    if (!precision->asked)
        return;
    fprintf(out, "\nPrecision %s after %u replications%s\n",
            precision->reached ? "reached" : "NOT REACHED", result->replications,
            result->replications == precision->replications_max && !precision->reached
                ? ", the most allowed (--replications-max)"
                : "");
    hr_table_init(&table, "lllrl");
    for (size_t i = 0; i < precision->n_metrics; i++) {
        const struct hr_precision_metric *metric = &precision->metrics[i];
        char name[NAME_WIDTH + 1], words[HR_SHOW_SIZE], within[HR_SHOW_SIZE], target[HR_SHOW_SIZE];
        hr_layout_shorten(name, NAME_WIDTH, metric->workload);
        hr_show_words(words, metric->metric);
        hr_show_precision(within, metric);
        snprintf(target, sizeof(target), "%.4g%% asked for", 100 * metric->target);
        hr_table_row(&table, (const char *const[]){ metric->reached ? "reached" : "NOT REACHED",
                                                    name, words, within, target });
    }
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

void hr_text_unstable(const char *lead, const struct hr_result *result, FILE *out)
{
    for (size_t i = 0; i < result->n_deployments; i++) {
        const struct hr_deployment_result *deployment = &result->deployments[i];
        if (!deployment->unstable)
            continue;
        fputc('\n', out);
        print_line(out, "*** %s%s: %s", lead, deployment->name, deployment->unstable);
        fputs("*** Queues grow for as long as the run goes on: the figures below depend on its "
              "length.\n",
              out);
    }
}

/* Adds rows with estimates on the left and counts on the right, to a table of "lrllr". */
static void add_key_numbers(struct hr_table *table, const struct hr_key_number *numbers,
                            size_t n_numbers, const void *of, const struct hr_key_count *counts,
                            size_t n_counts, struct hr_notes *notes)
{
    for (size_t i = 0; i < n_numbers; i++) {
        const struct hr_estimate estimate = hr_key_number_get(&numbers[i], of);
        const char *label = i < n_counts ? counts[i].label : "";
        struct hr_shown key;
        char count[HR_SHOW_SIZE] = "";
        hr_notes_show(&key, &estimate, numbers[i].unit, notes);
        if (i < n_counts)
            hr_show_count(count, counts[i].n);
        hr_table_row(table, (const char *const[]){ numbers[i].label, key.value, key.interval, label,
                                                   count });
    }
}

static void print_quantiles(const struct hr_workload_result *workload, struct hr_notes *notes,
                            FILE *out)
{
    struct hr_table table;
    hr_table_init(&table, "lrlrl");
    hr_table_row(&table, (const char *const[]){ "", "latency", "", "wait", "" });
    for (unsigned i = 0; i < HR_QUANTILES; i++) {
        struct hr_shown latency, wait;
        hr_notes_show(&latency, hr_quantile(&workload->latency_s, i), HR_SHOWN_SECONDS, notes);
        hr_notes_show(&wait, hr_quantile(&workload->wait_s, i), HR_SHOWN_SECONDS, notes);
        hr_table_row(&table, (const char *const[]){ hr_show_quantile(i), latency.value,
                                                    latency.interval, wait.value, wait.interval });
    }
    fputc('\n', out);
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

/* The part's mean and its share of the whole, or the reason why there is none. */
static void show_part(const struct hr_estimate parts[HR_PARTS], unsigned i, struct hr_shown *shown,
                      char share[HR_SHOW_SIZE], struct hr_notes *notes)
{
    const double whole = hr_parts_sum(parts);
    hr_notes_show(shown, &parts[i], HR_SHOWN_SECONDS, notes);
    share[0] = '\0';
    if (whole > 0)
        snprintf(share, HR_SHOW_SIZE, "%.1f%%", 100 * parts[i].value / whole);
}

static void print_parts(const struct hr_workload_result *workload, struct hr_notes *notes,
                        FILE *out)
{
    struct hr_table table;
    char from[HR_SHOW_SIZE], slowest[2 * HR_SHOW_SIZE];
    if (!isfinite(hr_parts_sum(workload->latency_parts_s_mean)))
        return;
    hr_show_number(from, workload->tail_from_s, HR_SHOWN_SECONDS);
    snprintf(slowest, sizeof(slowest), "slowest, from %s", from);
    hr_table_init(&table, "lrrrr");
    hr_table_row(&table,
                 (const char *const[]){ "why is p99 high", "all requests", "", slowest, "" });
    for (unsigned i = 0; i < HR_PARTS; i++) {
        struct hr_shown mean, tail;
        char name[HR_SHOW_SIZE], mean_share[HR_SHOW_SIZE], tail_share[HR_SHOW_SIZE];
        hr_show_words(name, hr_part_name((enum hr_part)i));
        show_part(workload->latency_parts_s_mean, i, &mean, mean_share, notes);
        show_part(workload->latency_parts_s_tail, i, &tail, tail_share, notes);
        hr_table_row(&table,
                     (const char *const[]){ name, mean.value, mean_share, tail.value, tail_share });
    }
    fputc('\n', out);
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

static void print_workload(const struct hr_workload_result *workload, struct hr_notes *notes,
                           FILE *out)
{
    struct hr_key_count counts[HR_WORKLOAD_COUNTS];
    hr_workload_counts(workload, counts);
    fputc('\n', out);
    print_line(out, "Workload %s", workload->name);
    struct hr_table table;
    hr_table_init(&table, "lrllr");
    add_key_numbers(&table, hr_workload_numbers, HR_WORKLOAD_NUMBERS, workload, counts,
                    HR_WORKLOAD_COUNTS, notes);
    hr_table_print(&table, out);
    hr_table_fini(&table);
    print_quantiles(workload, notes, out);
    print_parts(workload, notes, out);
}

static void print_deployment(const struct hr_deployment_result *deployment, struct hr_notes *notes,
                             FILE *out)
{
    struct hr_key_count counts[HR_DEPLOYMENT_COUNTS];
    hr_deployment_counts(deployment, counts);
    fputc('\n', out);
    print_line(out, "Deployment %s", deployment->name);
    struct hr_table table;
    hr_table_init(&table, "lrllr");
    add_key_numbers(&table, hr_deployment_numbers, HR_DEPLOYMENT_NUMBERS, deployment, counts,
                    HR_DEPLOYMENT_COUNTS, notes);
    if (deployment->pods) {
        struct hr_key_count pod_counts[HR_PODS_COUNTS];
        hr_pod_counts(deployment->pods, pod_counts);
        add_key_numbers(&table, hr_pod_numbers, HR_POD_NUMBERS, deployment->pods, pod_counts,
                        HR_PODS_COUNTS, notes);
    }
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

static void print_node_pool(const struct hr_node_pool_result *pool, struct hr_notes *notes,
                            FILE *out)
{
    struct hr_key_count counts[HR_NODE_POOL_COUNTS];
    struct hr_table table;
    hr_node_pool_counts(pool, counts);
    fputc('\n', out);
    print_line(out, "Node pool %s", pool->name);
    hr_table_init(&table, "lrllr");
    add_key_numbers(&table, hr_node_pool_numbers, hr_node_pool_n_numbers(pool), pool, counts,
                    HR_NODE_POOL_COUNTS, notes);
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

static void print_job(const struct hr_job_result *job, struct hr_notes *notes, FILE *out)
{
    struct hr_key_count counts[HR_JOB_COUNTS];
    struct hr_table table;
    hr_job_counts(job, counts);
    fputc('\n', out);
    print_line(out, "Job %s", job->name);
    hr_table_init(&table, "lrllr");
    add_key_numbers(&table, hr_job_numbers, HR_JOB_NUMBERS, job, counts, HR_JOB_COUNTS, notes);
    for (size_t i = HR_JOB_NUMBERS; i < HR_JOB_COUNTS; i += 2) {
        const bool two = i + 1 < HR_JOB_COUNTS;
        char left[HR_SHOW_SIZE], right[HR_SHOW_SIZE] = "";
        hr_show_count(left, counts[i].n);
        if (two)
            hr_show_count(right, counts[i + 1].n);
        hr_table_row(&table, (const char *const[]){ counts[i].label, left, "",
                                                    two ? counts[i + 1].label : "", right });
    }
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

static void print_long_run(const struct hr_deployment_result *deployment, struct hr_notes *notes,
                           FILE *out)
{
    struct hr_table table;
    if (!deployment->long_run || deployment->pods)
        return; /* nothing is known of the long run of pods */
    hr_table_init(&table, "lrl");
    for (size_t i = 0; i < HR_LONG_RUN_NUMBERS; i++) {
        const struct hr_key_number *number = &hr_long_run_numbers[i];
        const struct hr_estimate estimate = hr_key_number_get(number, deployment->long_run);
        struct hr_shown shown;
        if (!hr_is_asked_for(&estimate))
            continue;
        hr_notes_show(&shown, &estimate, number->unit, notes);
        hr_table_row(&table, (const char *const[]){ number->label, shown.value, shown.interval });
    }
    fputc('\n', out);
    print_line(out, "Deployment %s in the long run", deployment->name);
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

/* How availability in the long run comes about, level by level. */
static void print_by_ready(const struct hr_workload_result *workload, struct hr_notes *notes,
                           FILE *out)
{
    struct hr_table table;
    struct hr_shown shown;
    if (!hr_is_asked_for(&workload->availability_long_run))
        return;
    fputc('\n', out);
    print_line(out, "Workload %s in the long run", workload->name);
    hr_notes_show(&shown, &workload->availability_long_run, HR_SHOWN_SHARE, notes);
    hr_table_init(&table, "rrrll");
    hr_table_row(&table,
                 (const char *const[]){ "", "availability", shown.value, shown.interval, "" });
    hr_table_row(&table, (const char *const[]){ "ready", "share of time", "answered", "", "" });
    for (size_t i = 0; i < workload->n_by_ready; i++) {
        const struct hr_ready_share *level = &workload->by_ready[i];
        char ready[HR_SHOW_SIZE], time_share[HR_SHOW_SIZE];
        hr_show_count(ready, level->ready);
        hr_show_number(time_share, level->time_share, HR_SHOWN_NUMBER);
        hr_notes_show(&shown, &level->answered, HR_SHOWN_SHARE, notes);
        hr_table_row(&table, (const char *const[]){ ready, time_share, shown.value, shown.interval,
                                                    level->source });
    }
    hr_table_print(&table, out);
    hr_table_fini(&table);
}

static void print_cost(const struct hr_cluster_result *cluster, FILE *out)
{
    struct hr_shown hour, total;
    if (!isfinite(cluster->cost_usd_per_hour.value))
        return;
    hr_show_estimate(&hour, &cluster->cost_usd_per_hour, HR_SHOWN_USD);
    hr_show_estimate(&total, &cluster->cost_usd_total, HR_SHOWN_USD);
    fprintf(out, "\nCost: %s per hour%s%s, %s in the window\n", hour.value,
            *hour.interval ? " " : "", hour.interval, total.value);
}

static void print_foot(const struct hr_result *result, const struct hr_notes *notes, FILE *out)
{
    char events[HR_SHOW_SIZE];
    hr_notes_print(notes, out);
    hr_show_count(events, result->events);
    fprintf(out, "\n%s events in %.2f s", events, result->wall_s);
    if (result->wall_s > 0)
        fprintf(out, " (%.3g million/s)", (double)result->events / result->wall_s / 1e6);
    fputs("; brackets hold 95% confidence intervals\n", out);
}

void hr_report_text(const struct hr_result *result, FILE *out)
{
    struct hr_notes notes = { .n = 0 };
    const bool titled = *result->scenario_title != '\0';
    hr_layout_paragraph(titled ? result->scenario_title : result->scenario_name, 0, out);
    hr_text_run(result->scenario_name, result, out);
    hr_text_slos("", result, &notes, out);
    print_precision(result, out);
    hr_text_unstable("", result, out);
    for (size_t i = 0; i < result->n_workloads; i++)
        print_workload(&result->workloads[i], &notes, out);
    for (size_t i = 0; i < result->n_deployments; i++)
        print_deployment(&result->deployments[i], &notes, out);
    for (size_t i = 0; i < result->n_node_pools; i++)
        print_node_pool(&result->node_pools[i], &notes, out);
    for (size_t i = 0; i < result->n_jobs; i++)
        print_job(&result->jobs[i], &notes, out);
    for (size_t i = 0; i < result->n_deployments; i++)
        print_long_run(&result->deployments[i], &notes, out);
    for (size_t i = 0; i < result->n_workloads; i++)
        print_by_ready(&result->workloads[i], &notes, out);
    print_cost(&result->cluster, out);
    print_foot(result, &notes, out);
}
