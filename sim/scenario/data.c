/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data files: traces are read through once, so that their mistakes show now; samples are kept. */
#include "base/file.h"
#include "input/samples.h"
#include "input/spot_trace.h"
#include "scenario/load.h"
#include "scenario/trace_file.h"
#include "workload/arrival_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The record of a path that the spec holds. */
static struct hr_data_path *path_of(const struct hr_loader *loader, const char *resolved)
{
    size_t i = 0;
    while (loader->scenario->paths[i].resolved != resolved)
        i++;
    return &loader->scenario->paths[i];
}

/* Reports a file that cannot be opened at the key that names it. */
static bool can_open(struct hr_loader *loader, const config_setting_t *group, const char *key,
                     const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in)
        fclose(in);
    else
        hr_load_report(loader, HR_ERROR, group, key, NULL, "cannot read %s: %s", path,
                       strerror(errno));
    return in;
}

/* Counts what a reader of files has reported itself. */
static bool done(struct hr_loader *loader, enum hr_status status)
{
    loader->n_errors += status != HR_OK;
    return status == HR_OK;
}

static bool trace_fits(struct hr_loader *loader, const config_setting_t *group,
                       const struct hr_arrival_spec *spec, const struct hr_trace_scan *scan)
{
    if (scan->n_requests == 0)
        hr_load_report(loader, HR_ERROR, group, "trace", NULL, "%s holds no requests", spec->trace);
    else if (spec->origin == HR_ORIGIN_START && !scan->iso)
        hr_load_report(loader, HR_ERROR, group, "origin", "write \"zero\" or \"first\"",
                       "needs ISO 8601 timestamps, which %s does not have", spec->trace);
    else if (spec->repeat && scan->last == scan->first && spec->format == HR_TRACE_TIMESTAMPS)
        hr_load_report(loader, HR_ERROR, group, "repeat", NULL,
                       "%s lasts no time that could be repeated", spec->trace);
    else
        return true;
    return false;
}

static hr_time shift_of(const struct hr_arrival_spec *spec, const struct hr_trace_scan *scan,
                        int64_t start)
{
    switch ((enum hr_trace_origin)spec->origin) {
    case HR_ORIGIN_AUTO:
        return scan->iso ? scan->first : 0;
    case HR_ORIGIN_FIRST:
        return scan->first;
    case HR_ORIGIN_START:
        return start;
    case HR_ORIGIN_ZERO:
        break;
    }
    return 0;
}

/* A trace none of which falls into the run is a mistake of origin or unit. */
static void check_overlap(struct hr_loader *loader, const config_setting_t *group,
                          const struct hr_arrival_spec *spec, const struct hr_trace *trace)
{
    const double clock = spec->scale_by == HR_SCALE_COMPRESS ? spec->scale : 1;
    const double first = ((double)trace->first - (double)trace->shift) / clock;
    const double last = first + (double)trace->span / clock;
    if (first >= (double)loader->scenario->spec.duration)
        hr_load_report(loader, HR_ERROR, group, "trace",
                       "write origin = \"first\"; to start with the first row",
                       "the first request of %s comes after the end of the run", trace->path);
    else if (last < 0)
        hr_load_report(loader, HR_ERROR, group, "trace",
                       "write origin = \"first\"; to start with the first row",
                       "the last request of %s comes before the start of the run", trace->path);
}

static void load_trace(struct hr_loader *loader, struct hr_arrival_spec *spec)
{
    const config_setting_t *group = hr_load_origin(loader, spec);
    struct hr_data_path *path = path_of(loader, spec->trace);
    struct hr_trace_scan scan;
    if (!can_open(loader, group, "trace", spec->trace) ||
        !done(loader, hr_file_sha256(spec->trace, path->sha256, loader->diag)) ||
        !done(loader, hr_trace_file_scan(spec, &scan, loader->diag)) ||
        !trace_fits(loader, group, spec, &scan))
        return;
    struct hr_trace *trace = hr_arena_alloc(loader->scenario->arena, 1, sizeof(struct hr_trace));
    trace->path = spec->trace;
    trace->n_rows = scan.n_rows;
    trace->n_requests = scan.n_requests;
    trace->first = scan.first;
    trace->span = scan.last - scan.first;
    trace->shift = shift_of(spec, &scan, loader->scenario->spec.start);
    memcpy(trace->sha256, path->sha256, sizeof trace->sha256);
    spec->trace_data = trace;
    check_overlap(loader, group, spec, trace);
}

static void load_samples(struct hr_loader *loader, struct hr_dist_spec *spec)
{
    const config_setting_t *group = hr_load_origin(loader, spec);
    struct hr_data_path *path = path_of(loader, spec->file);
    double *samples;
    size_t n;
    if (!can_open(loader, group, "file", spec->file) ||
        !done(loader,
              hr_samples_read(spec->file, spec->column, &samples, &n, path->sha256, loader->diag)))
        return;
    double *kept = hr_arena_alloc(loader->scenario->arena, n, sizeof *kept);
    memcpy(kept, samples, n * sizeof *kept);
    free(samples);
    spec->samples_ns = kept;
    spec->n_samples = n;
}

static void load_spot_trace(struct hr_loader *loader, struct hr_node_pool_spec *pool)
{
    struct hr_data_path *path = path_of(loader, pool->spot_trace);
    struct hr_spot_line *lines;
    size_t n;
    if (!can_open(loader, hr_load_origin(loader, pool), "spot_trace", pool->spot_trace) ||
        !done(loader, hr_spot_trace_read(pool->spot_trace, &lines, &n, path->sha256, loader->diag)))
        return;
    struct hr_spot_change *changes = hr_arena_alloc(loader->scenario->arena, n, sizeof *changes);
    for (size_t i = 0; i < n; i++)
        changes[i] = (struct hr_spot_change){ lines[i].at, lines[i].node, lines[i].add };
    free(lines);
    pool->spot_changes = changes;
    pool->n_spot_changes = n;
}

void hr_load_data(struct hr_loader *loader)
{
    for (size_t i = 0; i < loader->n_origins; i++) {
        const struct hr_key_table *table = loader->origins[i].table;
        void *group = loader->origins[i].group;
        if (!loader->origins[i].good)
            continue;
        if (table == &hr_node_pool_keys) {
            struct hr_node_pool_spec *pool = group;
            if (pool->spot_trace)
                load_spot_trace(loader, pool);
        } else if (table->keys == hr_arrival_keys.keys) {
            struct hr_arrival_spec *arrivals = group;
            if (arrivals->process == HR_ARRIVAL_TRACE)
                load_trace(loader, arrivals);
        } else if (table->keys == hr_dist_keys.keys || table->keys == hr_lifetime_keys.keys) {
            struct hr_dist_spec *dist = group;
            if (dist->kind == HR_DIST_EMPIRICAL)
                load_samples(loader, dist);
        }
    }
}
