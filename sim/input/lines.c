/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One buffer that slides over the text; zlib reads plain files as they are. */
#include "input/lines.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)256 * 1024)

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

enum hr_status hr_lines_error(const struct hr_lines *lines, struct hr_diag *diag, const char *hint,
                              const char *format, ...)
{
    const struct hr_place place = {
        .file = lines->path,
        .line = lines->line < INT_MAX ? (int)lines->line : INT_MAX,
    };
    char message[512];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    hr_diag_add(diag, HR_ERROR, &place, hint, "%s", message);
    return HR_ERR_INPUT;
}

static enum hr_status read_error(struct hr_lines *lines, struct hr_diag *diag)
{
    const int reason = errno;
    int code;
    const char *text = gzerror(lines->gz, &code);

    if (code == Z_ERRNO)
        return hr_diag_io(diag, lines->path, reason ? reason : EIO, "cannot read the file");
    const char *detail = strstr(text, ": "); /* behind zlib's name of the file */
    lines->line = lines->newlines + 1;
    return hr_lines_error(lines, diag, NULL, "the gzip data is damaged: %s",
                          code == Z_BUF_ERROR ? "it ends too early"
                          : detail            ? detail + 2
                                              : text);
}

/* Reads more behind what is there, which moves to the start of the buffer. */
static enum hr_status fill(struct hr_lines *lines, struct hr_diag *diag)
{
    const size_t kept = lines->end - lines->at;
    int code;

    memmove(lines->buffer, lines->buffer + lines->at, kept);
    lines->offset += (int64_t)lines->at;
    lines->at = 0;
    lines->end = kept;
    if (kept == lines->capacity) {
        lines->capacity *= 2;
        lines->buffer = hr_realloc(lines->buffer, lines->capacity + 1, 1);
    }
    errno = 0;
    const int n = gzread(lines->gz, lines->buffer + kept, (unsigned)(lines->capacity - kept));
    if (n > 0) {
        lines->end += (size_t)n;
        return HR_OK;
    }
    gzerror(lines->gz, &code); /* a file cut short reads as its end, with Z_BUF_ERROR */
    if (n < 0 || code != Z_OK)
        return read_error(lines, diag);
    lines->at_end = true;
    return HR_OK;
}

/* A file descriptor of a file that can be read as text; -1: diag says why not. */
static int open_text(const char *path, struct hr_diag *diag)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;

    if (fd < 0) {
        hr_diag_io(diag, path, errno, "cannot open the file");
        return -1;
    }
    if (fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
        hr_diag_io(diag, path, EISDIR, "cannot read the file");
        close(fd);
        return -1;
    }
    return fd;
}

enum hr_status hr_lines_open(struct hr_lines *lines, const char *path, struct hr_diag *diag)
{
    const int fd = open_text(path, diag);

    if (fd < 0)
        return HR_ERR_IO;
    gzFile gz = gzdopen(fd, "rb");
    if (!gz) {
        close(fd);
        return hr_diag_io(diag, path, ENOMEM, "cannot open the file");
    }
    gzbuffer(gz, BUFFER_BYTES);
    *lines = (struct hr_lines){
        .path = hr_strdup(path),
        .gz = gz,
        .buffer = hr_alloc(BUFFER_BYTES + 1, 1), /* a text at its end may be terminated */
        .capacity = BUFFER_BYTES,
        .line_start = true,
    };
    const enum hr_status status = fill(lines, diag);
    if (status != HR_OK)
        hr_lines_close(lines);
    else if (lines->end >= 3 && memcmp(lines->buffer, "\xEF\xBB\xBF", 3) == 0)
        lines->at = 3;
    return status;
}

void hr_lines_close(struct hr_lines *lines)
{
    gzclose_r(lines->gz);
    free(lines->buffer);
    free(lines->path);
    *lines = (struct hr_lines){ 0 };
}

static enum hr_status too_long(struct hr_lines *lines, struct hr_diag *diag)
{
    lines->line = lines->newlines + 1;
    return hr_lines_error(lines, diag, NULL, "the line is longer than 1 MiB");
}

/* The next line as it stands, without its end. */
static enum hr_status take_line(struct hr_lines *lines, struct hr_text *line, struct hr_diag *diag)
{
    size_t scanned = 0;
    char *newline;

    *line = (struct hr_text){ 0 };
    for (;;) {
        const char *from = lines->buffer + lines->at + scanned;

        newline = memchr(from, '\n', lines->end - lines->at - scanned);
        scanned = lines->end - lines->at;
        if (newline || lines->at_end)
            break;
        if (scanned > HR_LINE_BYTES_MAX)
            return too_long(lines, diag);
        const enum hr_status status = fill(lines, diag);
        if (status != HR_OK)
            return status;
    }
    if (!newline && scanned == 0)
        return HR_OK;
    line->at = lines->buffer + lines->at;
    line->n = newline ? (size_t)(newline - line->at) : scanned;
    if (line->n > HR_LINE_BYTES_MAX)
        return too_long(lines, diag);
    lines->at += line->n + (newline != NULL);
    lines->line = ++lines->newlines;
    lines->line_start = true;
    return HR_OK;
}

/* Takes blanks off both ends of a text. */
static void trim(struct hr_text *text)
{
    while (text->n > 0 && is_blank(text->at[text->n - 1]))
        text->n--;
    while (text->n > 0 && is_blank(text->at[0])) {
        text->at++;
        text->n--;
    }
}

enum hr_status hr_lines_next(struct hr_lines *lines, struct hr_text *line, struct hr_diag *diag)
{
    for (;;) {
        const enum hr_status status = take_line(lines, line, diag);

        if (status != HR_OK || !line->at)
            return status;
        trim(line);
        if (line->n > 0 && line->at[0] != '#')
            return HR_OK;
    }
}

/* Passes over what stands before the next word: blanks and comments. */
static enum hr_status skip_blanks(struct hr_lines *lines, struct hr_diag *diag)
{
    bool comment = false;

    for (;;) {
        for (; lines->at < lines->end; lines->at++) {
            const char c = lines->buffer[lines->at];

            if (c == '\n') {
                lines->newlines++;
                lines->line_start = true;
                comment = false;
            } else if (c == '#' && lines->line_start) {
                comment = true;
            } else if (!comment && !is_blank(c)) {
                return HR_OK;
            }
        }
        if (lines->at_end)
            return HR_OK;
        const enum hr_status status = fill(lines, diag);
        if (status != HR_OK)
            return status;
    }
}

enum hr_status hr_lines_next_word(struct hr_lines *lines, struct hr_text *word,
                                  struct hr_diag *diag)
{
    size_t n = 0;
    enum hr_status status = skip_blanks(lines, diag);

    *word = (struct hr_text){ 0 };
    if (status != HR_OK || lines->at == lines->end)
        return status;
    for (;;) {
        while (lines->at + n < lines->end && !is_blank(lines->buffer[lines->at + n]))
            n++;
        if (lines->at + n < lines->end || lines->at_end)
            break;
        if (n > HR_LINE_BYTES_MAX)
            return too_long(lines, diag);
        if ((status = fill(lines, diag)) != HR_OK)
            return status;
    }
    *word = (struct hr_text){ lines->buffer + lines->at, n };
    lines->at += n;
    lines->line = lines->newlines + 1;
    lines->line_start = false;
    return HR_OK;
}

enum hr_status hr_lines_peek(struct hr_lines *lines, char *first, struct hr_diag *diag)
{
    const enum hr_status status = skip_blanks(lines, diag);

    *first = lines->at < lines->end ? lines->buffer[lines->at] : '\0';
    return status;
}

void hr_lines_mark(struct hr_lines *lines)
{
    lines->mark_offset = lines->offset + (int64_t)lines->at;
    lines->mark_newlines = lines->newlines;
}

enum hr_status hr_lines_rewind(struct hr_lines *lines, struct hr_diag *diag)
{
    if (gzseek(lines->gz, lines->mark_offset, SEEK_SET) < 0)
        return hr_diag_io(diag, lines->path, ESPIPE, "cannot read the file again");
    lines->offset = lines->mark_offset;
    lines->newlines = lines->mark_newlines;
    lines->at = lines->end = 0;
    lines->line_start = true;
    lines->at_end = false;
    return HR_OK;
}
