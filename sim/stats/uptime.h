/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals for a share of time that is broken by few outages. Formulas: docs/statistics.md. */
#ifndef STATS_UPTIME_H
#define STATS_UPTIME_H

#include <headroom/result.h>

/* What was seen, over all replications. */
struct hr_uptime {
    double up_s, down_s;
    double down_s2; /* sum of the squared lengths of outages */
    uint64_t outages;
    double outage_s; /* mean length of one at most, by the scenario: for when none was seen */
    unsigned n;      /* replications */
};

/*
 * Share of time up. Outages come at random, as many as a Poisson variable, and last independently:
 * the odds down / up over what they are estimated to be follow an F law, whose second degrees of
 * freedom come from the spread of the lengths seen (method "outages"). Without an outage the odds
 * are at most -log 0.025 = 3.7 outages in the time seen, of the mean length given (method
 * "no_events"). The upper end is not known when nothing was up.
 */
struct hr_estimate hr_estimate_uptime(const struct hr_uptime *uptime);

#endif
