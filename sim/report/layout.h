/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain text for a terminal: tables whose columns line up, and paragraphs. */
#ifndef REPORT_LAYOUT_H
#define REPORT_LAYOUT_H

#include <stddef.h>
#include <stdio.h>

#define HR_LAYOUT_WIDTH   100
#define HR_LAYOUT_COLUMNS 10

struct hr_table {
    const char *align; /* a letter a column: l or r */
    size_t n_columns, n_rows;
    char **cells; /* row by row */
};

void hr_table_init(struct hr_table *table, const char *align);
void hr_table_fini(struct hr_table *table);

/* Adds a row of one cell a column; the texts are copied, NULL is an empty cell. */
void hr_table_row(struct hr_table *table, const char *const cells[]);

/* Prints the rows with two spaces before each and between columns. */
void hr_table_print(const struct hr_table *table, FILE *out);

/* Prints text from outside, wrapped at the width; `indent` spaces from the second line on. Control
 * characters become spaces: they could steer the terminal. */
void hr_layout_paragraph(const char *text, int indent, FILE *out);

/* Copies a name of at most `width` characters; a longer one ends in "..". */
void hr_layout_shorten(char *text, size_t width, const char *name);

#endif
