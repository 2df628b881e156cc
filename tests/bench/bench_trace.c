/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces: reading them alone, checking them when a scenario is loaded, and replaying them. */
#include "bench.h"

#include "base/time.h"
#include "input/trace_reader.h"
#include "stats/rng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RATE          45.0  /* per second, for fifty replicas */
#define ARRIVALS      5e6   /* in a file of timestamps */
#define COUNTS        2e6   /* in a file of counts */
#define REPLAYED      4.8e6 /* so many that the file surely has them */
#define READ_MB_PER_S 100   /* the goal */
#define BLOCK         4096
#define SEED          3

static const struct bench_section reading = { "trace", "traces: ns of CPU per value read",
                                              "ns/value", "MB/s" };
static const struct bench_section replaying = { "replay", "trace replay: ns of CPU per request",
                                                "ns/request", "M events/s" };

/* ---- the files, with the columns of a real request log ---- */

struct generator {
    FILE *out;
    struct hr_rng rng;
    hr_time at;
    unsigned second; /* of the counts */
};

static void advance(struct generator *g)
{
    g->at += hr_time_from_ns(hr_rng_exponential(&g->rng) * 1e9 / RATE);
}

static unsigned tokens(struct generator *g)
{
    return hr_rng_below(&g->rng, 4000);
}

static void write_seconds(struct generator *g)
{
    advance(g);
    fprintf(g->out, "%u.%06u,%u,%u\n", (unsigned)(g->at / HR_NS_PER_S),
            (unsigned)(g->at % HR_NS_PER_S / 1000), tokens(g), tokens(g));
}

static void write_date(struct generator *g)
{
    advance(g);
    const unsigned s = (unsigned)(g->at / HR_NS_PER_S);
    fprintf(g->out, "2026-03-%02u %02u:%02u:%02u.%06u,%u,%u\n", 1 + s / 86400, s / 3600 % 24,
            s / 60 % 60, s % 60, (unsigned)(g->at % HR_NS_PER_S / 1000), tokens(g), tokens(g));
}

static void write_count(struct generator *g)
{
    unsigned n = 0;
    for (g->second++; g->at / HR_NS_PER_S < g->second; n++)
        advance(g);
    fprintf(g->out, "%u\n", n);
}

static const struct trace {
    const char *name, *file, *header;
    void (*write)(struct generator *g);
    double values;
    struct hr_trace_reader_options options;
} traces[] = {
    { "CSV, seconds",
      "seconds.csv",
      "timestamp,tokens_in,tokens_out\n",
      write_seconds,
      ARRIVALS,
      { HR_TRACE_KIND_TIMESTAMPS, "timestamp", HR_NS_PER_S } },
    { "CSV, ISO 8601",
      "dates.csv",
      "timestamp,tokens_in,tokens_out\n",
      write_date,
      ARRIVALS,
      { HR_TRACE_KIND_TIMESTAMPS, "timestamp", HR_NS_PER_S } },
    { "counts", "counts.txt", "", write_count, COUNTS, { HR_TRACE_KIND_COUNTS, "", HR_NS_PER_S } },
};

#define TRACES (sizeof traces / sizeof traces[0])

static bool write_trace(const struct bench *bench, const struct trace *trace, const char *path)
{
    const uint64_t n = (uint64_t)(trace->values * bench->scale);
    struct generator g = {
        .out = fopen(path, "w"),
        .rng = hr_rng_at((struct hr_address){ .seed = SEED, .purpose = HR_PURPOSE_GAP }),
    };
    if (g.out == NULL)
        return false;
    fputs(trace->header, g.out);
    for (uint64_t i = 0; i < n; i++)
        trace->write(&g);
    const bool good = !ferror(g.out);
    return fclose(g.out) == 0 && good;
}

/* ---- reading ---- */

struct reader {
    const struct trace *trace;
    char *path;
    double mb; /* 0: not yet written */
};

/* The file is written when the first row asks for it. */
static bool prepare(struct bench *bench, struct reader *reader)
{
    struct stat facts;
    if (reader->mb > 0)
        return true;
    if (!write_trace(bench, reader->trace, reader->path) || stat(reader->path, &facts) != 0) {
        perror(reader->path);
        bench->failures++;
        return false;
    }
    reader->mb = (double)facts.st_size / 1e6;
    return true;
}

/* The number of values, 0 when the trace cannot be read. */
static uint64_t read_all(const struct reader *reader, struct hr_diag *diag)
{
    int64_t values[BLOCK];
    uint64_t n = 0;
    size_t got = 1;
    struct hr_trace_reader *in;
    if (hr_trace_reader_open(reader->path, &reader->trace->options, &in, diag) != HR_OK)
        return 0;
    for (; got > 0; n += got)
        if (hr_trace_reader_pull(in, values, BLOCK, &got, diag) != HR_OK)
            n = got = 0;
    hr_trace_reader_close(in);
    return n;
}

static bool run_reader(const void *ctx, struct bench_sample *sample)
{
    const struct reader *reader = ctx;
    struct hr_diag *diag = hr_diag_new();
    const double start = bench_cpu_s();
    const uint64_t n = read_all(reader, diag);
    const double spent = bench_cpu_s() - start;
    hr_diag_print(diag, stderr);
    hr_diag_free(diag);
    sample->cost = spent * 1e9 / (double)n;
    sample->rate = reader->mb / spent;
    sample->peak_mib = bench_peak_mib();
    return n > 0;
}

static void measure_reading(struct bench *bench, struct reader *reader)
{
    char name[64];
    snprintf(name, sizeof name, "trace reader, %s", reader->trace->name);
    if (bench_wants(bench, name) && prepare(bench, reader))
        bench_row(bench, &reading,
                  &(struct bench_row){ .name = name,
                                       .n_programs = 1,
                                       .programs = { { "headroom", run_reader, reader } },
                                       .goal = { BENCH_GOAL_RATE, READ_MB_PER_S } });
}

/* ---- loading: the file is checked and hashed ---- */

struct loader {
    const struct bench *bench;
    const struct bench_case *c;
    double values, mb;
};

static bool run_loader(const void *ctx, struct bench_sample *sample)
{
    const struct loader *loader = ctx;
    const double start = bench_cpu_s();
    struct hr_scenario *scenario = bench_case_load(loader->bench, loader->c);
    const double spent = bench_cpu_s() - start;
    const bool loaded = scenario != NULL;
    hr_scenario_free(scenario);
    sample->cost = spent * 1e9 / loader->values;
    sample->rate = loader->mb / spent;
    sample->peak_mib = bench_peak_mib();
    return loaded;
}

static void measure_loading(struct bench *bench, const struct reader *reader,
                            const struct bench_case *c)
{
    const struct loader loader = { bench, c, reader->trace->values * bench->scale, reader->mb };
    bench_row(bench, &reading,
              &(struct bench_row){ .name = c->name,
                                   .n_programs = 1,
                                   .programs = { { "headroom", run_loader, &loader } } });
}

/* ---- replay ---- */

static void measure_replay(struct bench *bench, struct reader *reader, const char *what,
                           void (*measure)(struct bench *bench, const struct reader *reader,
                                           const struct bench_case *c))
{
    const struct trace *trace = reader->trace;
    const bool counts = trace->options.kind == HR_TRACE_KIND_COUNTS;
    char name[64], arrivals[256];
    snprintf(name, sizeof name, "%s, %s", what, trace->name);
    if (!bench_wants(bench, name) || !prepare(bench, reader))
        return;
    snprintf(arrivals, sizeof arrivals,
             "process = \"trace\"; trace = \"%s\"; format = \"%s\"; column = \"%s\";", trace->file,
             counts ? "counts" : "timestamps", trace->options.column);
    measure(bench, reader,
            &(struct bench_case){ .name = name,
                                  .replicas = 50,
                                  .rate = RATE,
                                  .requests = REPLAYED,
                                  .arrivals = arrivals });
}

static void measure_run(struct bench *bench, const struct reader *reader,
                        const struct bench_case *c)
{
    struct bench_case poisson = *c;
    (void)reader;
    poisson.arrivals = NULL;
    bench_measure(bench, &replaying, c,
                  &(struct bench_terms){ .partner = &poisson, .partner_name = "M/M/50" });
}

void bench_traces(struct bench *bench)
{
    struct reader readers[TRACES];
    for (size_t i = 0; i < TRACES; i++)
        readers[i] = (struct reader){ &traces[i], bench_path_new(bench, traces[i].file), 0 };
    for (size_t i = 0; i < TRACES; i++)
        measure_reading(bench, &readers[i]);
    for (size_t i = 0; i < TRACES; i++)
        measure_replay(bench, &readers[i], "scenario load", measure_loading);
    for (size_t i = 0; i < TRACES; i++)
        measure_replay(bench, &readers[i], "trace replay", measure_run);
    for (size_t i = 0; i < TRACES; i++) {
        remove(readers[i].path);
        free(readers[i].path);
    }
}
