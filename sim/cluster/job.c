/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Jobs and CronJobs (pkg/controller/job, 1.28): a run keeps as many pods at work as its parallelism
 * and what is left to do ask for, until enough of them have succeeded, too many have failed or its
 * deadline has passed. A run is a revision of the job's set.
 */
#include "cluster/state.h"

#include "base/mem.h"
#include "base/minmax.h"

#include <stdlib.h>

struct hr_job_run {
    hr_time begun;
    int64_t succeeded, failed;
    bool over;
    hr_event_id deadline;
};

static const struct hr_job_spec *spec_of(const struct hr_set *set)
{
    return set->config->job;
}

void hr_job_init(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    hr_dist_init(&set->run_time, spec_of(set)->run_time);
    hr_engine_schedule(cluster->engine, spec_of(set)->at, HR_EV_JOB_RANK, HR_EV_JOB, s);
}

void hr_job_fini(struct hr_set *set)
{
    hr_dist_fini(&set->run_time);
    free(set->runs);
}

/* The run ends, as it has come out; what still works is stopped. */
static void end(struct hr_cluster *cluster, uint32_t s, uint32_t r)
{
    struct hr_set *set = &cluster->sets[s];
    struct hr_job_run *run = &set->runs[r];
    run->over = true;
    set->plan[r].replicas = 0;
    hr_event_cancel(cluster, &run->deadline);
    hr_set_touch(cluster, s);
}

static void succeed(struct hr_cluster *cluster, uint32_t s, uint32_t r)
{
    struct hr_set *set = &cluster->sets[s];
    const hr_time took = cluster->engine->now - set->runs[r].begun;
    set->job.completed++;
    set->job.turnaround_ns += took;
    hr_note(cluster, "Completed", s, HR_POD_NONE, HR_NODE_NONE, "Job completed after %.0f s",
            hr_time_to_s(took));
    end(cluster, s, r);
}

/* The last run that is not over; r of 0: there is none, as revision 0 has no run. */
static uint32_t running(const struct hr_set *set)
{
    uint32_t r = set->n_revisions - 1;
    while (r > 0 && set->runs[r].over)
        r--;
    return r;
}

static void begin(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    const struct hr_version version = { .slowdown = 1 };
    const uint32_t r = set->n_revisions;
    hr_set_add_revision(set, &version, set->revisions[0].image);
    set->runs = hr_realloc(set->runs, r + 1, sizeof *set->runs);
    set->runs[r] = (struct hr_job_run){ .begun = cluster->engine->now, .deadline = HR_EVENT_NONE };
    set->plan[r].replicas = hr_min(spec_of(set)->parallelism, spec_of(set)->completions);
    set->job.runs++;
    hr_note(cluster, "JobStarted", s, HR_POD_NONE, HR_NODE_NONE, "Run %u", r);
    if (spec_of(set)->deadline != HR_TIME_NEVER)
        hr_event_set(cluster, &set->runs[r].deadline,
                     hr_time_add(cluster->engine->now, spec_of(set)->deadline),
                     HR_EV_JOB_DEADLINE_RANK, HR_EV_JOB_DEADLINE, s);
    hr_set_touch(cluster, s);
}

void hr_job_due(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    const struct hr_job_spec *spec = spec_of(set);
    const uint32_t before = running(set);
    if (spec->period != HR_TIME_NEVER)
        hr_engine_schedule(cluster->engine, hr_time_add(cluster->engine->now, spec->period),
                           HR_EV_JOB_RANK, HR_EV_JOB, s);
    if (before > 0 && spec->concurrency_policy == HR_CONCURRENCY_FORBID) {
        set->job.left_out++;
        hr_note(cluster, "JobAlreadyActive", s, HR_POD_NONE, HR_NODE_NONE,
                "Not starting job because prior execution is running");
        return;
    }
    if (before > 0 && spec->concurrency_policy == HR_CONCURRENCY_REPLACE) {
        set->job.replaced++;
        end(cluster, s, before);
    }
    begin(cluster, s);
}

/* Deadlines are alike, so the oldest run's passes first. */
void hr_job_deadline(struct hr_cluster *cluster, uint32_t s)
{
    struct hr_set *set = &cluster->sets[s];
    uint32_t r = 1;
    while (set->runs[r].over)
        r++;
    set->runs[r].deadline = HR_EVENT_NONE;
    set->job.missed++;
    hr_note(cluster, "DeadlineExceeded", s, HR_POD_NONE, HR_NODE_NONE,
            "Job was active longer than specified deadline");
    end(cluster, s, r);
}

/* As many pods as are to work, of what is left to do. */
static void go_on(struct hr_cluster *cluster, uint32_t s, uint32_t r)
{
    struct hr_set *set = &cluster->sets[s];
    const int64_t left = spec_of(set)->completions - set->runs[r].succeeded;
    set->plan[r].replicas = hr_min(spec_of(set)->parallelism, left);
    hr_set_touch(cluster, s);
}

void hr_job_pod_done(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    const uint32_t s = pod->set, r = pod->revision;
    struct hr_job_run *run = &cluster->sets[s].runs[r];
    pod->succeeded = true;
    hr_pod_gone(cluster, i);
    run->succeeded++;
    if (run->over)
        return;
    if (run->succeeded >= spec_of(&cluster->sets[s])->completions)
        succeed(cluster, s, r);
    else
        go_on(cluster, s, r);
}

void hr_job_pod_lost(struct hr_cluster *cluster, uint32_t s, uint32_t r)
{
    struct hr_set *set = &cluster->sets[s];
    struct hr_job_run *run = &set->runs[r];
    if (run->over)
        return;
    if (++run->failed <= spec_of(set)->backoff_limit) {
        go_on(cluster, s, r);
        return;
    }
    set->job.failed++;
    hr_note(cluster, "BackoffLimitExceeded", s, HR_POD_NONE, HR_NODE_NONE,
            "Job has reached the specified backoff limit");
    end(cluster, s, r);
}

void hr_job_reconcile(struct hr_cluster *cluster, uint32_t s)
{
    for (uint32_t r = 1; r < cluster->sets[s].n_revisions; r++)
        hr_set_fit(cluster, s, r);
}

struct hr_job_status hr_cluster_job_status(const struct hr_cluster *cluster, uint32_t set)
{
    return cluster->sets[set].job;
}
