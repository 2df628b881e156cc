/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A comparison for a terminal: what was changed, then what came of it, under the names that JSON
 * and CSV have. */
#include <headroom/report.h>

#include "base/str.h"
#include "report/layout.h"
#include "report/text.h"

#include <math.h>
#include <string.h>

#define INPUTS_MAX  12
#define PATH_WIDTH  46
#define VALUE_WIDTH 22

static void print_side(const char *lead, const struct hr_result *result, FILE *out)
{
    struct hr_str line;
    hr_str_init(&line);
    hr_str_addf(&line, "%s: %s (%s)", lead,
                *result->scenario_title ? result->scenario_title : result->scenario_name,
                result->scenario_file);
    hr_layout_paragraph(line.text, 3, out);
    hr_str_fini(&line);
}

static void print_head(const struct hr_comparison *comparison, FILE *out)
{
    const struct hr_result *a = comparison->a, *b = comparison->b;
    print_side("A", a, out);
    print_side("B", b, out);
    if (a->replications == b->replications) {
        hr_text_run("both", a, out);
    } else {
        hr_text_run("A", a, out);
        hr_text_run("B", b, out);
    }
    struct hr_str line;
    hr_str_init(&line);
    hr_str_add(&line, "random numbers in common: ");
    for (size_t i = 0; i < comparison->n_common; i++)
        hr_str_addf(&line, "%s%s.%s", i > 0 ? ", " : "", comparison->common[i].list,
                    comparison->common[i].name);
    hr_str_add(&line, comparison->n_common == 0 ? "none" : "");
    hr_layout_paragraph(line.text, 2, out);
    hr_str_fini(&line);
}

static void print_inputs(const struct hr_comparison *comparison, FILE *out)
{
    const size_t n = comparison->n_inputs, shown = n > INPUTS_MAX ? INPUTS_MAX - 1 : n;
    struct hr_table table;
    if (n == 0) {
        fputs("\nA and B are the same system\n", out);
        return;
    }
    hr_table_init(&table, "lll");
    hr_table_row(&table, (const char *const[]){ "what differs", "A", "B" });
    for (size_t i = 0; i < shown; i++) {
        const struct hr_compare_input *input = &comparison->inputs[i];
        char path[PATH_WIDTH + 1], a[VALUE_WIDTH + 1], b[VALUE_WIDTH + 1];
        hr_layout_shorten(path, PATH_WIDTH, input->path);
        hr_layout_shorten(a, VALUE_WIDTH, input->a ? input->a : "-");
        hr_layout_shorten(b, VALUE_WIDTH, input->b ? input->b : "-");
        hr_table_row(&table, (const char *const[]){ path, a, b });
    }
    fputc('\n', out);
    hr_table_print(&table, out);
    hr_table_fini(&table);
    if (shown < n)
        fprintf(out, "  and %zu more\n", n - shown);
}

/* Length of what a flat name has in common with those of its group: "workloads.shoppers",
 * "cluster". */
static size_t group_length(const char *name)
{
    const size_t first = strcspn(name, ".");
    const size_t second = first + 1 + strcspn(name + first + 1, ".");
    return name[second] == '\0' ? first : second;
}

static bool same_group(const char *name, const char *other)
{
    const size_t length = group_length(name);
    return length == group_length(other) && strncmp(name, other, length) == 0;
}

/* Metrics deep in groups, such as latency_parts_s.mean.queue, are left to JSON and CSV. */
static bool is_detail(const char *label)
{
    const char *dot = strchr(label, '.');
    return dot && strchr(dot + 1, '.');
}

static const char *show_verdict(const struct hr_compare_metric *metric)
{
    if (!metric->difference.method)
        return "";
    return strcmp(metric->verdict, "undecided") == 0 ? "?" : metric->verdict;
}

/* A value to four digits, or why there is none: what counts is the difference. */
static void show_side(struct hr_shown *shown, const struct hr_estimate *estimate,
                      enum hr_unit_shown unit, struct hr_notes *notes)
{
    struct hr_estimate plain = *estimate;
    plain.method = NULL;
    hr_notes_show(shown, &plain, unit, notes);
}

static void add_metric(struct hr_table *table, const char *label,
                       const struct hr_compare_metric *metric, struct hr_notes *notes)
{
    struct hr_shown a, b, difference;
    char margin[HR_SHOW_SIZE], relative[HR_SHOW_SIZE] = "", reduction[HR_SHOW_SIZE] = "";
    show_side(&a, &metric->a, metric->unit, notes);
    show_side(&b, &metric->b, metric->unit, notes);
    hr_show_estimate(&difference, &metric->difference, metric->unit);
    hr_show_margin(margin, &metric->difference, metric->unit);
    if (isfinite(metric->relative.value))
        snprintf(relative, sizeof(relative), "%+.3g%%", 100 * metric->relative.value);
    if (isfinite(metric->variance_reduction))
        snprintf(reduction, sizeof(reduction), "%.3g", metric->variance_reduction);
    hr_table_row(table, (const char *const[]){ label, a.value, b.value, difference.value, margin,
                                               relative, show_verdict(metric), reduction });
}

/* One group of n metrics; false: there is nothing to print. Those that are equal in every
 * replication share a line below. */
static bool print_group(const struct hr_compare_metric *metrics, size_t n, struct hr_notes *notes,
                        FILE *out)
{
    const size_t length = group_length(metrics[0].name);
    struct hr_table table;
    struct hr_str equal;
    hr_str_init(&equal);
    hr_table_init(&table, "lrrrlrlr");
    hr_table_row(&table,
                 (const char *const[]){ "", "A", "B", "B - A", "", "of A", "", "variance" });
    for (size_t i = 0; i < n; i++) {
        const char *label = metrics[i].name + length + 1;
        const bool known = isfinite(metrics[i].a.value) || isfinite(metrics[i].b.value);
        if (!known || is_detail(label))
            continue;
        if (strcmp(metrics[i].verdict, "equal") == 0)
            hr_str_addf(&equal, "%s %s", equal.length > 0 ? "," : "equal:", label);
        else
            add_metric(&table, label, &metrics[i], notes);
    }
    const bool any = table.n_rows > 1 || equal.length > 0;
    if (any)
        fprintf(out, "\n%.*s\n", (int)length, metrics[0].name);
    if (table.n_rows > 1)
        hr_table_print(&table, out);
    if (equal.length > 0) {
        fputs("  ", out);
        hr_layout_paragraph(equal.text, 4, out);
    }
    hr_table_fini(&table);
    hr_str_fini(&equal);
    return any;
}

void hr_report_compare_text(const struct hr_comparison *comparison, FILE *out)
{
    const struct hr_compare_metric *metrics = comparison->metrics;
    struct hr_notes notes = { .n = 0 };
    print_head(comparison, out);
    print_inputs(comparison, out);
    hr_text_slos("A: ", comparison->a, &notes, out);
    hr_text_slos("B: ", comparison->b, &notes, out);
    hr_text_unstable("A: ", comparison->a, out);
    hr_text_unstable("B: ", comparison->b, out);
    bool any = false;
    for (size_t i = 0, n; i < comparison->n_metrics; i += n) {
        for (n = 1; i + n < comparison->n_metrics; n++)
            if (!same_group(metrics[i].name, metrics[i + n].name))
                break;
        any |= print_group(&metrics[i], n, &notes, out);
    }
    if (!any) {
        fputs("\nA and B have no metric in common\n", out);
        return;
    }
    hr_notes_print(&notes, out);
    fputs("\n+- and brackets are 95% confidence intervals, each for its metric alone; ?: 0 is "
          "within it\nvariance: of B - A, so many times less by common random numbers; equal: in "
          "every replication\n",
          out);
}
