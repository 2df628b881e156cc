/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects a column of durations and sorts it. */
#include "input/samples.h"

#include "base/decimal.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/quantity.h"
#include "input/column.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLES_MAX 10000000

struct samples {
    double *ns;
    size_t n, capacity;
};

/* Seconds when there is no unit. NULL: good; else what is wrong. */
static const char *read_duration(const struct hr_text *value, hr_time *ns)
{
    struct hr_decimal decimal;
    const char *why;
    char text[64];

    if (value->n > 0 && hr_decimal_parse(value->at, value->n, &decimal) == value->n) {
        *ns = hr_decimal_scale(&decimal, HR_NS_PER_S);
    } else {
        snprintf(text, sizeof(text), "%.*s", value->n < 63 ? (int)value->n : 63, value->at);
        if (!hr_duration_parse(text, ns, &why))
            return "is not a duration";
    }
    if (*ns < 0)
        return "is negative";
    return *ns == HR_TIME_NEVER ? "is beyond 292 years" : NULL;
}

static void push(struct samples *samples, hr_time ns)
{
    if (samples->n == samples->capacity) {
        samples->capacity = samples->capacity ? 2 * samples->capacity : 1024;
        samples->ns = hr_realloc(samples->ns, samples->capacity, sizeof(*samples->ns));
    }
    samples->ns[samples->n++] = (double)ns;
}

static enum hr_status read_all(struct hr_column *column, struct samples *samples,
                               struct hr_diag *diag)
{
    const struct hr_lines *lines = hr_column_lines(column);

    for (;;) {
        struct hr_text value;
        hr_time ns;
        const enum hr_status status = hr_column_next(column, &value, diag);

        if (status != HR_OK)
            return status;
        if (!value.at)
            break;
        if (samples->n == SAMPLES_MAX)
            return hr_lines_error(lines, diag, NULL, "more than %d samples", SAMPLES_MAX);
        const char *wrong = read_duration(&value, &ns);
        if (wrong)
            return hr_lines_error(lines, diag, "expected seconds or a duration such as \"20ms\"",
                                  "\"%.*s\" %s", value.n < 60 ? (int)value.n : 60, value.at, wrong);
        push(samples, ns);
    }
    return samples->n > 0 ? HR_OK : hr_lines_error(lines, diag, NULL, "the file holds no samples");
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

enum hr_status hr_samples_read(const char *path, const char *column, double **samples_ns, size_t *n,
                               char sha256[65], struct hr_diag *diag)
{
    const struct hr_column_options options = { .name = column };
    struct samples samples = { 0 };
    struct hr_column *source;
    enum hr_status status = hr_column_open(path, &options, &source, diag);

    if (status != HR_OK)
        return status;
    status = read_all(source, &samples, diag);
    hr_column_close(source);
    if (status == HR_OK)
        status = hr_file_sha256(path, sha256, diag);
    if (status != HR_OK) {
        free(samples.ns);
        return status;
    }
    qsort(samples.ns, samples.n, sizeof(*samples.ns), compare_doubles);
    *samples_ns = samples.ns;
    *n = samples.n;
    return HR_OK;
}
