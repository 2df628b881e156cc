/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small pieces of HTML. Text from outside goes through hr_html_text and nowhere else. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/show.h"

#include <stdio.h>

/* Writes text as data: escapes what HTML would take for markup, in elements and in attributes;
 * what is not UTF-8, and control characters but tab and newline, become U+FFFD. */
void hr_html_text(FILE *out, const char *text);

/* Opens a section with its heading: <section id="..."><h2>...</h2>. Both are literals. */
void hr_html_section(FILE *out, const char *id, const char *heading);

/* <span class="value">87.3 ms</span> <span class="ci">[85.1, 89.9]</span>, or a dash and the reason
 * why there is no value. */
void hr_html_estimate(FILE *out, const struct hr_estimate *estimate, enum hr_unit_shown unit);

/* The style sheet, without <style>. */
void hr_html_style(FILE *out);

#endif
