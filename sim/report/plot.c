/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From numbers to inline SVG, through gnuplot. */
#include "report/plot.h"

#include "base/assert.h"
#include "base/diag.h"
#include "base/embedded.h"
#include "report/gnuplot.h"

#include <math.h>
#include <string.h>

void hr_plot_value(struct hr_str *plot, double value)
{
    char text[32] = "NaN";
    if (isfinite(value))
        hr_format_double(text, value);
    hr_str_addf(plot, " %s", text);
}

void hr_plot_set(struct hr_str *plot, const char *name, double value)
{
    hr_str_addf(plot, "%s =", name);
    hr_plot_value(plot, value);
    hr_str_add(plot, "\n");
}

void hr_plot_set_text(struct hr_str *plot, const char *name, const char *literal)
{
    HR_ASSERT(!strpbrk(literal, "\"\\`\n"));
    hr_str_addf(plot, "%s = \"%s\"\n", name, literal);
}

static const char *script_text(const char *name)
{
    const struct hr_embedded *script = hr_plot_scripts;
    while (script->name && strcmp(script->name, name) != 0)
        script++;
    HR_ASSERT(script->name);
    return script->text;
}

/*
 * What of a line does not belong into a page: ids, which would clash, fonts, which the page
 * chooses, and titles, which browsers show as tips. Its length when it starts at p, else 0.
 */
static size_t unwanted(const char *p, const char *end)
{
    static const struct {
        const char *start, *stop;
    } kinds[] = { { " id=\"", "\"" }, { " font-family=\"", "\"" }, { "<title>", "</title>" } };
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        const size_t n = strlen(kinds[i].start);
        const char *stop = strncmp(p, kinds[i].start, n) == 0 ? strstr(p + n, kinds[i].stop) : NULL;
        if (stop && stop < end)
            return (size_t)(stop - p) + strlen(kinds[i].stop);
    }
    return 0;
}

static void add_clean(struct hr_str *drawing, const char *line, size_t n)
{
    const char *end = line + n;
    while (line < end) {
        const size_t skip = unwanted(line, end);
        if (skip == 0)
            hr_str_add_n(drawing, line++, 1);
        line += skip;
    }
    hr_str_add(drawing, "\n");
}

static bool is_line(const char *line, size_t n, const char *text)
{
    return n == strlen(text) && memcmp(line, text, n) == 0;
}

/* Gnuplot opens a group for each change of pen, used or not; groups that stay empty are dropped. */
static void add_lines(struct hr_str *drawing, const char *text, const char *end)
{
    size_t group = SIZE_MAX; /* where the group starts that the line before opened */
    for (const char *line = text; line < end;) {
        const size_t n = strcspn(line, "\n");
        const bool opens = n > 3 && memcmp(line, "<g ", 3) == 0 && line[n - 1] == '>';
        if (is_line(line, n, "</g>") && group != SIZE_MAX) {
            drawing->length = group;
            drawing->text[group] = '\0';
            group = SIZE_MAX;
        } else if (n > 0) {
            group = opens ? drawing->length : SIZE_MAX;
            add_clean(drawing, line, n);
        }
        line += n + 1;
    }
}

/* The last `what` that starts before `end`; NULL when there is none. */
static const char *find_last(const char *text, const char *end, const char *what)
{
    const char *found = NULL;
    for (const char *p = strstr(text, what); p && p < end; p = strstr(p + 1, what))
        found = p;
    return found;
}

/*
 * Keeps what is drawn: gnuplot's document is prolog, <svg>, a group, definitions of points (not
 * used by our plots), the drawing, and the ends of the group and of the document.
 */
static bool extract_drawing(const char *svg, struct hr_str *drawing)
{
    const char *start = strstr(svg, "</defs>");
    const char *end = find_last(svg, svg + strlen(svg), "</svg>");
    end = start && end ? find_last(start, end, "</g>") : NULL;
    if (!end)
        return false;
    add_lines(drawing, start + strlen("</defs>"), end);
    return true;
}

bool hr_plot_draw(struct hr_plotter *plotter, const char *script, const struct hr_str *plot,
                  struct hr_str *drawing)
{
    struct hr_str input, svg;
    if (plotter->why_not)
        return false;
    hr_str_init(&input);
    hr_str_init(&svg);
    hr_str_add(&input, plot->text);
    hr_str_add(&input, script_text("style.gp"));
    hr_str_add(&input, script_text(script));
    plotter->why_not = hr_gnuplot_run(input.text, &svg);
    if (!plotter->why_not && !extract_drawing(svg.text, drawing))
        plotter->why_not = "gnuplot printed something else than a plot";
    if (plotter->why_not)
        hr_diag_add(plotter->diag, HR_WARNING, &(struct hr_place){ 0 },
                    "install gnuplot, such as Debian's gnuplot-nox", "%s: the report has no plots",
                    plotter->why_not);
    hr_str_fini(&input);
    hr_str_fini(&svg);
    return !plotter->why_not;
}

struct hr_plot_axis hr_plot_latency_axis(double seconds)
{
    if (seconds >= 10)
        return (struct hr_plot_axis){ 1, "s" };
    if (seconds >= 1e-3)
        return (struct hr_plot_axis){ 1e3, "ms" };
    return (struct hr_plot_axis){ 1e6, "us" };
}

double hr_plot_largest(const double *column, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        if (column[i] > largest && isfinite(column[i]))
            largest = column[i];
    return largest;
}
