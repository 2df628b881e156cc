/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Outages too rare to wait for, by importance sampling of regenerative cycles of a Markov chain:
 * balanced failure biasing (Shahabuddin 1994; docs/statistics.md).
 */
#ifndef STUDY_FAILURE_BIASING_H
#define STUDY_FAILURE_BIASING_H

#include <headroom/result.h>
#include <stdbool.h>
#include <stdint.h>

/* n like components, of which k must be up. Means of exponential laws; a repaired component starts
 * up without a crew, in no time when startup_s is 0. */
struct hr_biasing_group {
    uint32_t n, k;
    double up_s, repair_s, startup_s;
};

/* The system is out while any group has fewer than its k up. */
struct hr_biasing_system {
    const struct hr_biasing_group *groups;
    size_t n_groups;
    uint64_t crews;        /* repairs at once in all groups together, first come first served */
    uint64_t seed, entity; /* of the random streams */
    double precision;      /* relative half-width of the intervals to stop at */
    uint64_t cycles_max;   /* biased ones, to stop at in any case */
    bool naive;            /* do not bias: for comparison */
};

/* n is the number of biased cycles. */
struct hr_biasing_answer {
    struct hr_estimate unavailability;
    struct hr_estimate mttf_s; /* from all up to the first outage */
};

/* Same system, same answer. Estimates are null with a reason when too few cycles show an outage, or
 * when the system is hardly ever all up. */
struct hr_biasing_answer hr_failure_biasing(const struct hr_biasing_system *system);

#endif
