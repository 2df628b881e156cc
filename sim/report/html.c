/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escaping, and the pieces that every section uses. */
#include "report/html.h"

#include "base/utf8.h"

#include <math.h>

static const char *entity(uint32_t code)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static bool is_control(uint32_t code)
{
    return (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7F && code < 0xA0);
}

void hr_html_text(FILE *out, const char *text)
{
    for (size_t n; *text != '\0'; text += n ? n : 1) {
        uint32_t code = 0;
        n = hr_utf8_next(text, &code);
        if (n == 0 || is_control(code))
            fputs("\xEF\xBF\xBD", out); /* U+FFFD */
        else if (entity(code))
            fputs(entity(code), out);
        else
            fwrite(text, 1, n, out);
    }
}

void hr_html_section(FILE *out, const char *id, const char *heading)
{
    fprintf(out, "<section id=\"%s\">\n<h2>%s</h2>\n", id, heading);
}

void hr_html_estimate(FILE *out, const struct hr_estimate *estimate, enum hr_unit_shown unit)
{
    struct hr_shown shown;
    if (!isfinite(estimate->value)) {
        fputs("<span class=\"value\">&ndash;</span> <span class=\"why\">", out);
        hr_html_text(out, estimate->why ? estimate->why : "no value");
        fputs("</span>", out);
        return;
    }
    hr_show_estimate(&shown, estimate, unit);
    fprintf(out, "<span class=\"value\">%s</span>", shown.value);
    if (*shown.interval)
        fprintf(out, " <span class=\"ci\">%s</span>", shown.interval);
    if (estimate->why) {
        fputs(" <span class=\"why\">", out);
        hr_html_text(out, estimate->why);
        fputs("</span>", out);
    }
}
