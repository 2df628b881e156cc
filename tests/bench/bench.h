/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of the benchmark. A row measures one program beside its partners: every round runs each
 * of them once, so that a change of the machine's speed meets all alike, and the ratio to quote is
 * the median of the ratios of the rounds. Each row has a process of its own, so that none leaves
 * memory or caches behind for the next.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "base/json_writer.h"

#include <headroom/scenario.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define BENCH_PROGRAMS_MAX 3
#define BENCH_ROUNDS_MAX   30

struct bench {
    double scale;    /* of the number of requests */
    unsigned rounds; /* where a row does not say */
    bool quick, long_run, peers;
    const char *pattern; /* only rows whose name holds it */
    char folder[512];    /* for files, which the end of the program removes */
    struct hr_json *json;
    const struct bench_section *section; /* that was printed last */
    unsigned rows, failures;
};

/* Rows that are measured in the same units. */
struct bench_section {
    const char *name;
    const char *title;     /* of the table */
    const char *unit;      /* of the cost: less is better */
    const char *rate_unit; /* more is better; "": none */
};

/* What one run of a program gave; 0 where it does not apply. */
struct bench_sample {
    double cost, rate; /* in the units of the section */
    double peak_mib;   /* of the process so far */
    uint64_t requests;
    double latency_s_mean;
};

struct bench_program {
    const char *name;
    bool (*run)(const void *ctx, struct bench_sample *sample); /* false: failed, and said why */
    const void *ctx;
};

/* X(name, text of the key in JSON, relation) */
#define BENCH_GOAL_LIST(X)                                                                         \
    X(BENCH_GOAL_NONE, "none", "")                                                                 \
    X(BENCH_GOAL_RATIO, "ratio_max", "ratio <=")                                                   \
    X(BENCH_GOAL_MEDIAN, "median_max", "median <=")                                                \
    X(BENCH_GOAL_PEAK, "peak_mib_max", "MiB <=")                                                   \
    X(BENCH_GOAL_RATE, "rate_min", "rate >=")

struct bench_goal {
    enum bench_goal_kind {
#define X(name, key, relation) name,
        BENCH_GOAL_LIST(X)
#undef X
    } kind;
    double bound;
};

/* Mean latency in steady state, and what a mean over n requests deviates by, times sqrt(n). */
struct bench_theory {
    double latency_s_mean, latency_s_sd;
};

struct bench_row {
    const char *name;
    unsigned n_programs;
    struct bench_program programs[BENCH_PROGRAMS_MAX]; /* the measured one and its partners */
    unsigned rounds;                                   /* 0: as the benchmark says */
    struct bench_goal goal;
    const struct bench_theory *theory; /* that every program's latency must agree with, or NULL */
};

struct bench_figures {
    struct bench_figure {
        double median, least, rate;
        uint64_t requests;
        double latency_s_mean;
    } programs[BENCH_PROGRAMS_MAX];
    double peak_mib;  /* after the first run of the measured program */
    unsigned against; /* the cheapest partner; 0: there is none */
    double ratio;     /* to it */
};

/* ---- bench_race.c ---- */

double bench_cpu_s(void);    /* of this process so far */
double bench_clock_s(void);  /* wall time */
double bench_peak_mib(void); /* resident memory of this process at its peak */

/* Runs work in a forked process, which hands its answer of `size` bytes over. False: it failed. */
bool bench_in_child(bool (*work)(const void *ctx, void *answer), const void *ctx, void *answer,
                    size_t size);

/* Runs the programs of the row by turns, in a process of their own. */
bool bench_race(const struct bench_row *row, unsigned rounds, struct bench_figures *figures);

/* ---- bench_table.c ---- */

bool bench_wants(const struct bench *bench, const char *name);

/* Measures, prints and writes a row; a failure, or a latency that disagrees with theory, counts in
 * bench->failures. */
void bench_row(struct bench *bench, const struct bench_section *section,
               const struct bench_row *row);

/* Prints and writes that a row is left out, and why. */
void bench_skip(struct bench *bench, const struct bench_section *section, const char *name,
                const char *why);

/* What a program's mean latency may differ from theory by. */
double bench_tolerance_s(const struct bench_theory *theory, uint64_t requests);

/* ---- bench_theory.c ---- */

struct bench_theory bench_theory_mmc(double lambda, double mu, unsigned servers);

/* ---- bench_scenario.c ---- */

/* A scenario of one model, deployment and workload. NULL: the default that is named. */
struct bench_case {
    const char *name;
    double rate;                /* mean arrivals per second */
    double requests;            /* the duration is as long as they take */
    double steps;               /* of its time series; 0: as the scenario says */
    const char *file;           /* a shipped scenario instead of the fields from `routing` on */
    const char *const *without; /* keys to leave out of it, each in one line; ends with NULL */
    const char *routing;        /* central_queue */
    unsigned replicas;
    const char *arrivals;                    /* Poisson at that rate */
    const char *model;                       /* service times: exponential, mean 1 s */
    const char *deployment, *workload, *top; /* more keys: none */
};

/* M/M/1, M/M/50 and M/M/2000 with one queue. */
#define BENCH_QUEUES 3
extern const struct bench_case bench_queues[BENCH_QUEUES];

/* Free with hr_scenario_free. NULL: it does not load; said on stderr. */
struct hr_scenario *bench_case_load(const struct bench *bench, const struct bench_case *c);

/* One replication on one thread; cost: ns of CPU per request, rate: million events/s. */
struct bench_program bench_headroom(const char *name, const struct hr_scenario *scenario);

/* What a case is measured against, and how; all may be 0. */
struct bench_terms {
    const struct bench_case *partner; /* another case ... */
    const char *partner_name;
    unsigned n_programs; /* ... or these programs */
    const struct bench_program *programs;
    unsigned rounds;
    struct bench_goal goal;
    const struct bench_theory *theory;
};

/* Loads the case and its partner and measures the row, if it is asked for. */
void bench_measure(struct bench *bench, const struct bench_section *section,
                   const struct bench_case *c, const struct bench_terms *terms);

/* A file of the benchmark's folder; free with free(). */
char *bench_path_new(const struct bench *bench, const char *name);

/* ---- bench_process.c ---- */

/* Starts a program with its standard output in `out`, waits for its end and returns its exit code;
 * -1: it could not be started, or was killed. */
int bench_spawn(char *const *arguments, FILE *out);

/* ---- the sections ---- */

void bench_simulation(struct bench *bench); /* bench_cases.c */
void bench_traces(struct bench *bench);     /* bench_trace.c */
void bench_sweeps(struct bench *bench);     /* bench_process.c */
void bench_starts(struct bench *bench);     /* bench_process.c */
void bench_memory(struct bench *bench);     /* bench_process.c */
void bench_scheduler(struct bench *bench);  /* bench_scheduler.c */
void bench_peers(struct bench *bench);      /* bench_peers.c */

#endif
