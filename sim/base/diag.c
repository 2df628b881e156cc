/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects diagnostics and prints them so that hostile text cannot steer a terminal. */
#include "base/diag.h"

#include "base/assert.h"
#include "base/mem.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct hr_diag {
    struct hr_diag_entry entries[HR_DIAG_MAX];
    size_t count;  /* kept */
    size_t lost;   /* beyond HR_DIAG_MAX */
    size_t errors; /* seen */
};

struct hr_diag *hr_diag_new(void)
{
    return HR_NEW(struct hr_diag);
}

void hr_diag_free(struct hr_diag *diag)
{
    if (!diag)
        return;
    for (size_t i = 0; i < diag->count; i++) {
        const struct hr_diag_entry *entry = &diag->entries[i];

        free((char *)entry->file);
        free((char *)entry->path);
        free((char *)entry->message);
        free((char *)entry->hint);
    }
    free(diag);
}

size_t hr_diag_count(const struct hr_diag *diag)
{
    return diag->count;
}

size_t hr_diag_errors(const struct hr_diag *diag)
{
    return diag->errors;
}

const struct hr_diag_entry *hr_diag_entry(const struct hr_diag *diag, size_t i)
{
    HR_ASSERT(i < diag->count);
    return &diag->entries[i];
}

static char *copy_or_null(const char *text)
{
    return text ? hr_strdup(text) : NULL;
}

static char *format_message(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

static char *format_message(const char *format, va_list args)
{
    va_list again;

    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    HR_ASSERT(n >= 0);
    char *message = hr_alloc((size_t)n + 1, 1);
    vsnprintf(message, (size_t)n + 1, format, again);
    va_end(again);
    return message;
}

void hr_diag_add(struct hr_diag *diag, enum hr_severity severity, const struct hr_place *place,
                 const char *hint, const char *format, ...)
{
    va_list args;

    if (!diag)
        return;
    diag->errors += severity == HR_ERROR;
    if (diag->count == HR_DIAG_MAX) {
        diag->lost++;
        return;
    }
    va_start(args, format);
    diag->entries[diag->count++] = (struct hr_diag_entry){
        .severity = severity,
        .file = copy_or_null(place ? place->file : NULL),
        .line = place ? place->line : 0,
        .path = copy_or_null(place ? place->path : NULL),
        .message = format_message(format, args),
        .hint = copy_or_null(hint),
    };
    va_end(args);
}

enum hr_status hr_diag_io(struct hr_diag *diag, const char *file, int errno_value,
                          const char *message)
{
    const struct hr_place place = { .file = file };
    char reason[256];

    if (strerror_r(errno_value, reason, sizeof(reason)) != 0)
        snprintf(reason, sizeof(reason), "error %d", errno_value);
    hr_diag_add(diag, HR_ERROR, &place, NULL, "%s: %s", message, reason);
    return HR_ERR_IO;
}

/* Control characters (C0, DEL, C1) and invalid bytes as escapes, the rest as it is. */
static void print_escaped(const char *text, FILE *out)
{
    while (*text) {
        uint32_t code;
        const size_t n = hr_utf8_next(text, &code);

        if (code == '\n' || code == '\t')
            fputs(code == '\n' ? "\\n" : "\\t", out);
        else if (n == 0)
            fprintf(out, "\\x%02x", (unsigned char)*text);
        else if (code < 0x20 || (code >= 0x7F && code < 0xA0))
            fprintf(out, "\\u%04x", (unsigned)code);
        else
            fwrite(text, 1, n, out);
        text += n ? n : 1;
    }
}

static void print_entry(const struct hr_diag_entry *entry, FILE *out)
{
    if (entry->file) {
        print_escaped(entry->file, out);
        if (entry->line > 0)
            fprintf(out, ":%d", entry->line);
        fputs(": ", out);
    }
    if (entry->severity == HR_WARNING)
        fputs("warning: ", out);
    if (entry->path) {
        print_escaped(entry->path, out);
        fputs(": ", out);
    }
    print_escaped(entry->message, out);
    if (entry->hint) {
        fputs(" (", out);
        print_escaped(entry->hint, out);
        fputc(')', out);
    }
    fputc('\n', out);
}

void hr_diag_print(const struct hr_diag *diag, FILE *out)
{
    for (size_t i = 0; i < diag->count; i++)
        print_entry(&diag->entries[i], out);
    if (diag->lost > 0)
        fprintf(out, "... and %zu more\n", diag->lost);
}
