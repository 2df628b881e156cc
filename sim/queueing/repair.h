/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replicas that fail, are repaired by a limited number of crews, and start up: the long run. */
#ifndef QUEUEING_REPAIR_H
#define QUEUEING_REPAIR_H

/* A replica is up, then waits for a crew if all are at work, is repaired, and starts without one.
 */
struct hr_repair_loop {
    unsigned n;                       /* replicas */
    unsigned k;                       /* that must be up; more than n: never enough */
    unsigned crews;                   /* repairs at once; n or more: never short */
    double up_s, repair_s, startup_s; /* means; up_s > 0 */
};

/*
 * Shares of time with 0 .. n up, relative errors about 1e-13 however small (those below 1e-308 are
 * 0). The loop is a closed network of three stations, in product form (Baskett, Chandy, Muntz,
 * Palacios 1975): right for any laws of up time and start-up, and for an exponential repair; for
 * any law of repair too when crews are never short. n + 1 entries; free with free().
 */
double *hr_repair_shares_new(const struct hr_repair_loop *loop);

/* Fewer than k up. outage_s is NaN when there are none. */
struct hr_repair_answer {
    double unavailability;
    double outages_per_s;
    double outage_s; /* mean length */
};
struct hr_repair_answer hr_repair_answer(const struct hr_repair_loop *loop, const double *shares);

/* Mean time from all up to the first outage when all three laws are exponential (a start-up of 0
 * counts as such). NaN when it takes too large a chain. */
double hr_repair_mttf_s(const struct hr_repair_loop *loop);

#endif
