/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trace interface of the room workload, on the trace reader of the room input. */
#include "scenario/trace_file.h"

#include "input/trace_reader.h"
#include "scenario/scenario.h"

enum { SCAN_BLOCK = 4096 };

static enum hr_status open_reader(const struct hr_arrival_spec *spec, struct hr_trace_reader **out,
                                  struct hr_diag *diag)
{
    const struct hr_trace_reader_options options = {
        .kind = spec->format == HR_TRACE_COUNTS ? HR_TRACE_KIND_COUNTS : HR_TRACE_KIND_TIMESTAMPS,
        .column = spec->column ? spec->column : "",
        .time_unit = spec->time_unit,
    };
    return hr_trace_reader_open(spec->trace, &options, out, diag);
}

static void add_block(struct hr_trace_scan *scan, bool counts, const int64_t *values, size_t n)
{
    if (!counts) {
        scan->first = scan->n_rows == 0 ? values[0] : scan->first;
        scan->last = values[n - 1];
        scan->n_requests += n;
    } else {
        for (size_t i = 0; i < n; i++)
            scan->n_requests += (uint64_t)values[i];
    }
    scan->n_rows += n;
}

enum hr_status hr_trace_file_scan(const struct hr_arrival_spec *spec, struct hr_trace_scan *scan,
                                  struct hr_diag *diag)
{
    const bool counts = spec->format == HR_TRACE_COUNTS;
    struct hr_trace_reader *reader;
    int64_t values[SCAN_BLOCK];
    size_t n = 0;
    enum hr_status status = open_reader(spec, &reader, diag);
    *scan = (struct hr_trace_scan){ 0 };
    if (status != HR_OK)
        return status;
    while ((status = hr_trace_reader_pull(reader, values, SCAN_BLOCK, &n, diag)) == HR_OK && n > 0)
        add_block(scan, counts, values, n);
    scan->iso = !counts && hr_trace_reader_is_iso(reader);
    if (counts)
        scan->last = hr_time_from_ns((double)scan->n_rows * (double)spec->interval);
    hr_trace_reader_close(reader);
    return status;
}

static enum hr_status pull(void *ctx, int64_t *values, size_t capacity, size_t *n)
{
    return hr_trace_reader_pull(ctx, values, capacity, n, NULL);
}

static enum hr_status rewind_reader(void *ctx)
{
    return hr_trace_reader_rewind(ctx, NULL);
}

static void close_reader(void *ctx)
{
    hr_trace_reader_close(ctx);
}

enum hr_status hr_trace_file_open(void *ctx, const struct hr_arrival_spec *spec,
                                  struct hr_trace_source *out)
{
    struct hr_trace_reader *reader;
    (void)ctx; /* the spec says it all */
    const enum hr_status status = open_reader(spec, &reader, NULL);
    if (status == HR_OK)
        *out = (struct hr_trace_source){ reader, pull, rewind_reader, close_reader };
    return status;
}

struct hr_trace_opener hr_scenario_trace_opener(const struct hr_scenario *scenario)
{
    (void)scenario; /* its specs hold the paths */
    return (struct hr_trace_opener){ .open = hr_trace_file_open };
}
