/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a scenario says of a distribution of times; dist.h compiles it for drawing. */
#ifndef STATS_DIST_SPEC_H
#define STATS_DIST_SPEC_H

#include "base/key.h"
#include "base/time.h"

enum hr_dist_kind {
    HR_DIST_CONSTANT,
    HR_DIST_EXPONENTIAL,
    HR_DIST_UNIFORM,
    HR_DIST_NORMAL, /* truncated to [min, max]; mean and cv are those before truncation */
    HR_DIST_LOGNORMAL,
    HR_DIST_GAMMA,
    HR_DIST_WEIBULL,
    HR_DIST_ERLANG,
    HR_DIST_HYPEREXPONENTIAL, /* two phases, balanced means */
    HR_DIST_PARETO,
    HR_DIST_EMPIRICAL, /* inverse of the empirical distribution of the samples in a file */
    HR_DIST_MIXTURE
};

struct hr_dist_spec {
    int kind;                  /* enum hr_dist_kind */
    hr_time mean;              /* ns */
    double cv;                 /* standard deviation / mean */
    hr_time min;               /* uniform, normal */
    hr_time max;               /* uniform, normal */
    int64_t phases;            /* erlang */
    double shape;              /* pareto: tail index, > 1 */
    const char *file;          /* empirical: one sample a line, seconds or with unit */
    const char *column;        /* empirical: CSV column with a header line; "" = the only column */
    struct hr_list components; /* mixture: struct hr_dist_component */
    /* Filled by the loader from `file`: samples in ns, sorted. */
    const double *samples_ns;
    size_t n_samples;
};

struct hr_dist_component {
    double weight; /* > 0; shares are weight / sum of weights */
    struct hr_dist_spec *dist;
};

/* A duration in its place is a constant (hr_dist_keys) or the mean of an exponential
 * (hr_lifetime_keys: failures, patience). */
extern const struct hr_key_table hr_dist_keys;
extern const struct hr_key_table hr_lifetime_keys;

#endif
