/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text files, plain or gzip, as a stream of lines or of words with their line numbers. Memory is
 * bounded: a line (or word) may have HR_LINE_BYTES_MAX bytes. Blank lines and lines that start
 * with '#' are passed over; a byte order mark and carriage returns are dropped.
 */
#ifndef INPUT_LINES_H
#define INPUT_LINES_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#define HR_LINE_BYTES_MAX ((size_t)1 << 20)

struct hr_lines {
    char *path;
    gzFile gz;
    char *buffer; /* bytes [at, end) are read and not yet taken */
    size_t at, end, capacity;
    int64_t offset;   /* of buffer[0] in the text */
    int64_t newlines; /* taken so far */
    int64_t line;     /* of the text given last, from 1 */
    bool line_start;  /* only blanks were taken of the present line */
    bool at_end;      /* nothing more to read into the buffer */
    int64_t mark_offset, mark_newlines;
};

/*
 * A piece of the buffer, not terminated; valid until the next call. A line is the caller's to
 * change, with one byte behind it.
 */
struct hr_text {
    char *at; /* NULL: the end of the file */
    size_t n;
};

/* Opens the file. Not HR_OK: diag says why, and nothing is to be closed. */
enum hr_status hr_lines_open(struct hr_lines *lines, const char *path, struct hr_diag *diag);
void hr_lines_close(struct hr_lines *lines);

/* HR_ERR_IO: cannot be read; HR_ERR_INPUT: damaged gzip data, or longer than allowed. */
enum hr_status hr_lines_next(struct hr_lines *lines, struct hr_text *line, struct hr_diag *diag);
enum hr_status hr_lines_next_word(struct hr_lines *lines, struct hr_text *word,
                                  struct hr_diag *diag);

/* The first character of the next line or word, which is not taken; '\0': the end. */
enum hr_status hr_lines_peek(struct hr_lines *lines, char *first, struct hr_diag *diag);

/* Remembers the place between two lines; hr_lines_rewind goes back to it. */
void hr_lines_mark(struct hr_lines *lines);
enum hr_status hr_lines_rewind(struct hr_lines *lines, struct hr_diag *diag);

/* Adds the error `path:line: ...` for the text given last and returns HR_ERR_INPUT. */
enum hr_status hr_lines_error(const struct hr_lines *lines, struct hr_diag *diag, const char *hint,
                              const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
