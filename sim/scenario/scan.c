/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A look at the raw text before libconfig 1.5 reads it, for what that library does without a word:
 * it wraps integers beyond 32 bits, does not say which @include failed nor why, and calls an
 * unquoted quantity a mere syntax error. The tokens are libconfig's: comments, strings, names,
 * numbers.
 */
#include "base/file.h"
#include "base/str.h"
#include "scenario/load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { INCLUDE_DEPTH_MAX = 10 }; /* libconfig's own */

struct scan {
    struct hr_loader *loader;
    const char *file;
    const char *at;
    int line;
    unsigned depth; /* of includes */
    bool fine;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name(char c)
{
    return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '*';
}

static void skip_to(struct scan *scan, const char *end)
{
    for (; scan->at < end; scan->at++)
        scan->line += *scan->at == '\n';
}

static void skip_line_comment(struct scan *scan)
{
    skip_to(scan, scan->at + strcspn(scan->at, "\n"));
}

static void skip_block_comment(struct scan *scan)
{
    const char *end = strstr(scan->at + 2, "*/");
    skip_to(scan, end ? end + 2 : scan->at + strlen(scan->at));
}

/* The end of the string that opens at `text`, after its closing quote. */
static const char *string_end(const char *text)
{
    for (text++; *text && *text != '"'; text++)
        if (text[0] == '\\' && text[1])
            text++;
    return *text ? text + 1 : text;
}

/* Reports `TEXT MESSAGE` for n characters of text. */
static void fail(struct scan *scan, const char *hint, const char *text, size_t n,
                 const char *message)
{
    const int shown = n < 60 ? (int)n : 60;
    hr_load_report_line(scan->loader, scan->file, scan->line, hint, "%.*s %s", shown, text,
                        message);
    scan->fine = false;
}

/* A number that runs into letters: most likely a quantity without its quotes. */
static void check_unquoted(struct scan *scan, const char *start, const char *end)
{
    const size_t n = (size_t)(end - start) + strspn(end, "abcdefghijklmnopqrstuvwxyz"
                                                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                         "0123456789_%/.");
    fail(scan, "a quantity with a unit stands in quotes, as in \"20ms\"", start, n,
         "is not a number");
    scan->at = start + n;
}

static void check_integer(struct scan *scan, const char *start, const char *digits, int base)
{
    char *end;
    errno = 0;
    long long x = strtoll(digits, &end, base);
    const bool overflow = errno == ERANGE;
    const bool wide = *end == 'L';
    if (start[0] == '-')
        x = -x;
    const char *after = end + strspn(end, "L");
    if (overflow)
        fail(scan, NULL, start, (size_t)(end - start), "does not fit 64 bits");
    else if (!wide && (x > INT32_MAX || x < INT32_MIN))
        fail(scan, "append an L for an integer beyond 32 bits, or write a number with a fraction",
             start, (size_t)(end - start), "does not fit 32 bits");
    scan->at = after;
}

static void check_number(struct scan *scan)
{
    const char *start = scan->at;
    const char *digits = start + (*start == '-' || *start == '+');
    const bool hex = digits == start && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    if (hex) {
        check_integer(scan, start, start, 16);
        return;
    }
    const char *end = digits + strspn(digits, "0123456789");
    const bool real = *end == '.' || ((*end == 'e' || *end == 'E') &&
                                      (is_digit(end[1]) || end[1] == '-' || end[1] == '+'));
    if (real) {
        char *real_end;
        strtod(start, &real_end);
        end = real_end;
    } else if (*end == 'L' || !is_name(*end)) {
        check_integer(scan, start, digits, 10);
        end = scan->at;
    }
    scan->at = end;
    if (is_letter(*end) || *end == '%' || (*end == '/' && is_letter(end[1])))
        check_unquoted(scan, start, end);
}

static char *include_name(const char *start, const char *end)
{
    struct hr_str name;
    hr_str_init(&name);
    for (; start < end; start++) {
        start += *start == '\\' && start + 1 < end;
        hr_str_add_n(&name, start, 1);
    }
    return hr_str_take(&name);
}

static void scan_included(struct scan *scan, const char *name)
{
    struct hr_loader *loader = scan->loader;
    struct hr_source source;
    if (!loader->may_read) {
        fail(scan, NULL, name, strlen(name), "cannot be included here");
    } else if (name[0] == '/') {
        fail(scan, "name it relative to the scenario's folder", name, strlen(name),
             "is an absolute path, which cannot be included");
    } else if (scan->depth == INCLUDE_DEPTH_MAX) {
        fail(scan, NULL, name, strlen(name), "is included too deeply");
    } else if (!hr_source_read(&source, hr_load_resolve(loader, name))) {
        hr_load_report_line(loader, scan->file, scan->line, NULL, "cannot include %s: %s",
                            source.path, strerror(source.errno_value));
        scan->fine = false;
    } else {
        scan->fine &= hr_scan(loader, &source, scan->depth + 1);
        free(source.text);
    }
}

/* `@include "name"` with nothing but blanks before it. False: it is something else. */
static bool scan_include(struct scan *scan)
{
    static const char word[] = "@include";
    const char *at = scan->at + strspn(scan->at, " \t");
    if (strncmp(at, word, sizeof word - 1) != 0)
        return false;
    at += sizeof word - 1;
    const size_t blanks = strspn(at, " \t");
    if (blanks == 0 || at[blanks] != '"')
        return false;
    const char *start = at + blanks, *end = string_end(start);
    char *name = include_name(start + 1, end - (end[-1] == '"' && end - 1 > start));
    scan_included(scan, name);
    free(name);
    skip_to(scan, end);
    return true;
}

static void scan_token(struct scan *scan)
{
    const char *at = scan->at;
    const bool sign = *at == '-' || *at == '+';
    if (*at == '#' || (at[0] == '/' && at[1] == '/'))
        skip_line_comment(scan);
    else if (at[0] == '/' && at[1] == '*')
        skip_block_comment(scan);
    else if (*at == '"')
        skip_to(scan, string_end(at));
    else if (is_digit(at[sign]) || (at[sign] == '.' && is_digit(at[sign + 1])))
        check_number(scan);
    else if (is_letter(*at) || *at == '*')
        while (is_name(*scan->at))
            scan->at++;
    else
        skip_to(scan, at + 1);
}

bool hr_scan(struct hr_loader *loader, const struct hr_source *source, unsigned depth)
{
    struct scan scan = { loader, source->path, source->text, 1, depth, true };
    bool line_start = true;
    while (*scan.at) {
        if (!line_start || !scan_include(&scan))
            scan_token(&scan);
        line_start = scan.at[-1] == '\n';
    }
    if (scan.at == source->text + source->n)
        return scan.fine;
    hr_load_report_line(loader, source->path, scan.line, NULL, "zero byte in the text");
    return false;
}
