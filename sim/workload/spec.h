/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of a workload: how requests arrive and what clients do. */
#ifndef WORKLOAD_SPEC_H
#define WORKLOAD_SPEC_H

#include "base/key.h"
#include "base/time.h"
#include "stats/dist_spec.h"

enum hr_arrival_process {
    HR_ARRIVAL_POISSON,
    HR_ARRIVAL_DETERMINISTIC,
    HR_ARRIVAL_GAMMA,
    HR_ARRIVAL_WEIBULL,
    HR_ARRIVAL_MMPP,
    HR_ARRIVAL_HAWKES,
    HR_ARRIVAL_DIURNAL,
    HR_ARRIVAL_PIECEWISE,
    HR_ARRIVAL_CALENDAR,
    HR_ARRIVAL_CLOSED,
    HR_ARRIVAL_TRACE
};

enum hr_batch_law { HR_BATCH_CONSTANT, HR_BATCH_GEOMETRIC };

/* Requests that arrive together. Rates stay those of requests: batches come at rate / mean. */
struct hr_batch_spec {
    int law;     /* enum hr_batch_law */
    double mean; /* >= 1; whole when constant */
};

struct hr_mmpp_state {
    double rate;           /* /s; 0 allowed (on/off) */
    hr_time duration_mean; /* exponential stay */
};

struct hr_rate_point {
    hr_time at;
    double rate; /* /s */
};

enum hr_interpolation { HR_INTERPOLATE_CONSTANT, HR_INTERPOLATE_LINEAR };

enum hr_trace_format { HR_TRACE_TIMESTAMPS, HR_TRACE_COUNTS };
enum hr_scale_by { HR_SCALE_REQUESTS, HR_SCALE_COMPRESS };
enum hr_trace_origin { HR_ORIGIN_AUTO, HR_ORIGIN_ZERO, HR_ORIGIN_FIRST, HR_ORIGIN_START };

struct hr_arrival_spec {
    int process;                 /* enum hr_arrival_process */
    double rate;                 /* /s: long-run mean (calendar: at multiplier 1) */
    double cv;                   /* of gaps: gamma, weibull */
    struct hr_batch_spec *batch; /* NULL: one at a time */
    struct hr_list states;       /* mmpp: struct hr_mmpp_state, at least 2, visited in a ring */
    double branching;            /* hawkes: mean children of a request, < 1 */
    hr_time decay_time;          /* hawkes: mean delay of a child */
    double amplitude;            /* diurnal: rate * (1 + amplitude * cos(...)), 0..1 */
    hr_time peak_at;             /* diurnal: local time of day of the peak */
    hr_time period;              /* diurnal: of the sine; piecewise: repeat after, never = hold */
    struct hr_list points;       /* piecewise: struct hr_rate_point, rising `at`, first at 0 */
    int interpolation;           /* piecewise; the last rate holds, up to the period if any */
    struct hr_list weekday, saturday, sunday,
        holiday;             /* calendar: multipliers, equal parts of a day */
    struct hr_list holidays; /* calendar: const char *, "2026-12-25" */
    hr_time open, close;     /* calendar: market hours, local; outside them the rate is ... */
    double closed_share;     /* ... multiplied by this */
    int64_t clients;         /* closed loop */
    struct hr_dist_spec *think_time;
    const char *trace; /* file */
    int format;        /* enum hr_trace_format */
    const char *column;
    hr_time time_unit; /* of numeric timestamps */
    hr_time interval;  /* of counts */
    double scale;
    int scale_by; /* enum hr_scale_by */
    bool repeat;
    int origin; /* enum hr_trace_origin */
    /* Filled by the loader. */
    const struct hr_rate_point *calendar_points; /* calendar: piecewise constant over the run */
    size_t n_calendar_points;
    hr_time local_offset; /* diurnal: local time of day at time 0 */
    const struct hr_trace *trace_data;
};

/* What the loader found in a trace when it read it through (see trace.h for reading it). */
struct hr_trace {
    const char *path;
    uint64_t n_rows;     /* timestamps, or bins of counts */
    uint64_t n_requests; /* timestamps: n_rows; counts: their sum */
    hr_time first, span; /* ns: of the first row; end of the last bin, or last row, minus first */
    hr_time shift;       /* subtracted from every time (what `origin` comes to) */
    char sha256[65];
};

struct hr_retry_spec {
    int64_t max_attempts; /* the first included */
    hr_time backoff;      /* before the second attempt */
    double multiplier;    /* of each further backoff */
    hr_time backoff_max;
    double jitter; /* share of the backoff that is drawn uniformly: b * (1 - jitter * u) */
};

enum hr_cancellation { HR_CANCEL_NONE, HR_CANCEL_QUEUED, HR_CANCEL_ALL };

struct hr_workload_spec {
    const char *name;
    int64_t deployment;                   /* index */
    struct hr_list arrivals;              /* struct hr_arrival_spec, superposed */
    struct hr_dist_spec *network_latency; /* round trip, half each way */
    struct hr_dist_spec *timeout;         /* NULL: never; from the first attempt */
    struct hr_dist_spec *attempt_timeout; /* NULL: never */
    struct hr_retry_spec *retries;        /* NULL: one attempt */
    int cancellation;                     /* enum hr_cancellation */
};

extern const struct hr_key_table hr_workload_keys;

#endif
