/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a plain C loop needs for M/M/c: two variates, a pending completion and one histogram count a
 * request, nothing else (no model, no metrics beside latency, no generality). The floor that
 * headroom is compared with, in the same run.
 */
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

#include <stdint.h>

struct limit_answer {
    uint64_t requests;
    double latency_s_mean; /* to be checked against theory, so that nothing is optimized away */
};

typedef struct limit_answer limit_program(double lambda, double mu, unsigned servers,
                                          uint64_t requests, uint64_t seed);

/* Completions in a 4-ary heap. */
limit_program limit_mmc_heap;

/* Completions in a calendar of buckets of about one mean gap between events. */
limit_program limit_mmc_calendar;

#endif
