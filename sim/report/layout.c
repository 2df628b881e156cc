/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables and paragraphs in plain text. */
#include "report/layout.h"

#include "base/assert.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The text with one '?' for a byte that is not UTF-8 and a space for a control character; C1
 * controls (U+0080 to U+009F) count too. */
static void clean(struct hr_str *s, const char *text)
{
    for (size_t n; *text != '\0'; text += n ? n : 1) {
        uint32_t code = 0;
        n = hr_utf8_next(text, &code);
        if (n == 0)
            hr_str_add(s, "?");
        else if (code < 0x20 || (code >= 0x7F && code < 0xA0))
            hr_str_add(s, " ");
        else
            hr_str_add_n(s, text, n);
    }
}

/* Characters of n bytes of valid UTF-8. */
static size_t characters(const char *text, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/* Bytes of the first `width` characters of a word. */
static size_t bytes_within(const char *word, size_t length, size_t width)
{
    size_t n = 0;
    while (n < length && characters(word, n + 1) <= width)
        n++;
    return n;
}

/* Shown width of a valid text. */
static size_t width_of(const char *text)
{
    return characters(text, strlen(text));
}

void hr_table_init(struct hr_table *table, const char *align)
{
    *table = (struct hr_table){ .align = align, .n_columns = strlen(align) };
    HR_ASSERT(table->n_columns <= HR_LAYOUT_COLUMNS);
}

void hr_table_fini(struct hr_table *table)
{
    for (size_t i = 0; i < table->n_rows * table->n_columns; i++)
        free(table->cells[i]);
    free(table->cells);
}

void hr_table_row(struct hr_table *table, const char *const cells[])
{
    const size_t first = table->n_rows++ * table->n_columns;
    table->cells = hr_realloc(table->cells, first + table->n_columns, sizeof(table->cells[0]));
    for (size_t c = 0; c < table->n_columns; c++) {
        struct hr_str cell;
        hr_str_init(&cell);
        clean(&cell, cells[c] ? cells[c] : "");
        table->cells[first + c] = cell.text;
    }
}

static void print_row(const struct hr_table *table, size_t row, const size_t widths[], FILE *out)
{
    size_t pending = 0; /* spaces held back, so that no line ends in some */
    for (size_t c = 0; c < table->n_columns; c++) {
        const char *cell = table->cells[row * table->n_columns + c];
        const size_t pad = widths[c] - width_of(cell);
        pending += 2 + (table->align[c] == 'r' ? pad : 0);
        if (*cell != '\0') {
            fprintf(out, "%*s%s", (int)pending, "", cell);
            pending = 0;
        }
        pending += table->align[c] == 'l' ? pad : 0;
    }
    fputc('\n', out);
}

void hr_table_print(const struct hr_table *table, FILE *out)
{
    size_t widths[HR_LAYOUT_COLUMNS] = { 0 };
    for (size_t i = 0; i < table->n_rows * table->n_columns; i++) {
        const size_t width = width_of(table->cells[i]);
        if (width > widths[i % table->n_columns])
            widths[i % table->n_columns] = width;
    }
    for (size_t row = 0; row < table->n_rows; row++)
        print_row(table, row, widths, out);
}

void hr_layout_paragraph(const char *text, int indent, FILE *out)
{
    struct hr_str s;
    size_t column = 0;
    hr_str_init(&s);
    clean(&s, text);
    for (const char *word = s.text + strspn(s.text, " "); *word != '\0';) {
        size_t length = strcspn(word, " ");
        length = bytes_within(word, length, HR_LAYOUT_WIDTH - (size_t)indent);
        const size_t width = characters(word, length);
        if (column > 0 && column + 1 + width > HR_LAYOUT_WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = (size_t)indent;
        } else if (column > 0) {
            fputc(' ', out);
            column++;
        }
        fwrite(word, 1, length, out);
        column += width;
        word += length;
        word += strspn(word, " ");
    }
    fputc('\n', out);
    hr_str_fini(&s);
}

void hr_layout_shorten(char *text, size_t width, const char *name)
{
    const bool fits = strlen(name) <= width;
    snprintf(text, width + 1, "%.*s%s", (int)(fits ? width : width - 2), name, fits ? "" : "..");
}
