/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs: scenario to result. The same scenario, seed and version give the same result for any
 * number of threads.
 */
#ifndef HEADROOM_RUN_H
#define HEADROOM_RUN_H

#include <headroom/result.h>
#include <headroom/scenario.h>
#include <stdatomic.h>
#include <stdint.h>

/* Something that happened in replication 0, handed to a sink in order of time. Strings are
 * borrowed for the call; those that do not apply are NULL, numbers that do not apply -1. */
struct hr_event_record {
    int64_t time_ns;
    const char *kind; /* request_arrived, request_completed, replica_failed, ...; of pods and nodes
                         the reason of Kubernetes' event: Scheduled, Unhealthy, Killing, ... */
    const char *workload;
    const char *deployment;
    int64_t replica;
    int64_t request; /* ordinal within its workload, from 0 */
    int64_t attempt; /* from 1 */
    int64_t latency_ns;
    const char *pod, *node, *message;
};

struct hr_run_options {
    unsigned jobs;     /* threads; 0 = all cores */
    double wall_s_max; /* stop after so much wall time, keeping what is done; 0 = never */
    /*
     * More replications than the scenario's, until the 95 % interval of every metric in question
     * is within so large a part of its value (0.02: 2 %; of a share p: of min(p, 1 - p)). The
     * metrics are those of the scenario's slos, or the mean and p99 latency of every workload where
     * there are none. 0: only what single slos ask for. See struct hr_precision.
     */
    double precision;
    unsigned replications_max;    /* then at most so many; 0: 1000, or the scenario's if more */
    const atomic_bool *interrupt; /* when it becomes true the run stops likewise; may be NULL */
    /* Several scenarios of one duration are to be compared: all leave out as much at their
     * beginning as the one with the longest warm-up, and their replications take turns. */
    bool alike;
    void (*event)(void *ctx, const struct hr_event_record *record); /* may be NULL */
    void *event_ctx;
    bool event_requests; /* also the events of single requests */
    size_t events_kept;  /* of each reason the first so many events of the cluster are kept in the
                            result; 0: none */
    void (*progress)(void *ctx, double share); /* called from one thread at a time; may be NULL */
    void *progress_ctx;
};

/*
 * Simulates all replications of the scenario. HR_OK: *out is the caller's, to be freed with
 * hr_result_free. HR_ERR_INTERRUPTED: as HR_OK, but *out holds only the replications done
 * (NULL when there are none). HR_ERR_IO: a trace could no longer be read; see diag.
 */
enum hr_status hr_run(const struct hr_scenario *scenario, const struct hr_run_options *options,
                      struct hr_result **out, struct hr_diag *diag);

#endif
