/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two parallel loops: pilots of the scenarios whose warm-up is to be found, then all replications.
 * Whoever finishes the last replication of a scenario makes its result, from the replications in
 * index order, so the result does not depend on who did what when. Memory is held for the scenarios
 * in work only.
 */
#include "run/batch.h"

#include "base/diag.h"
#include "base/mem.h"
#include "model/facts.h"
#include "run/pool.h"
#include "run/summary.h"
#include "run/warmup.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define SERIES_STEPS 200
#define PILOTS_MAX   10u

/* Pilots are replications of high numbers: a warm-up found on the replications that are then
 * measured tends to cut off bursts that they began with, and biases what is left. */
#define PILOTS_FROM (UINT64_C(1) << 32)

struct batch;

/* One scenario at work. */
struct experiment {
    struct batch *batch;
    const struct hr_scenario *scenario;
    const struct hr_spec *spec;
    unsigned asked;
    bool steady;
    hr_time warmup, step;
    const char *warmup_why;
    unsigned n; /* runs of this phase */
    atomic_uint left;
    struct hr_replication *runs;
    struct timespec started;
    struct hr_result *result;
    bool ready;
};

struct batch {
    const struct hr_run_options *options;
    size_t n;
    struct experiment *experiments;
    size_t *
        first; /* index of each experiment's first task in this phase; first[n] = number of tasks */
    bool pilots;  /* phase */
    bool in_turn; /* a replication of each experiment at a time */
    struct timespec started;
    atomic_bool stop, failed;
    atomic_size_t ticks;
    size_t ticks_all;
    pthread_mutex_t lock; /* of delivery and of progress */
    size_t delivered;
    void (*done)(void *ctx, size_t i, struct hr_result *result);
    void *ctx;
};

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

/* False once the run is to end: interrupted, or out of wall time. */
static bool keep_going(void *ctx)
{
    struct batch *batch = ctx;
    const struct hr_run_options *options = batch->options;
    const bool interrupted = options->interrupt != NULL && atomic_load(options->interrupt);
    const bool late =
        options->wall_s_max > 0 && seconds_since(&batch->started) > options->wall_s_max;
    if (interrupted || late)
        atomic_store(&batch->stop, true);
    return !atomic_load(&batch->stop);
}

static void tick(void *ctx)
{
    struct batch *batch = ctx;
    const size_t ticks = atomic_fetch_add(&batch->ticks, 1) + 1;
    if (batch->options->progress == NULL || pthread_mutex_trylock(&batch->lock) != 0)
        return;
    const double share = (double)ticks / (double)batch->ticks_all;
    batch->options->progress(batch->options->progress_ctx, share < 1 ? share : 1);
    pthread_mutex_unlock(&batch->lock);
}

/* 1, 2 or 5 times a power of ten, or a part of the clock: the first step that gives about
 * SERIES_STEPS steps. */
static hr_time series_step(const struct hr_spec *spec)
{
    static const hr_time clock[] = { 1,   2,   5,    10,   15,   30,    60,    120,   300,
                                     600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400 };
    if (spec->series_step != HR_AUTO)
        return spec->series_step;
    const hr_time least = spec->duration / SERIES_STEPS + 1;
    if (least > HR_NS_PER_S) {
        for (size_t i = 0; i < sizeof clock / sizeof clock[0]; i++) {
            if (clock[i] * HR_NS_PER_S >= least)
                return clock[i] * HR_NS_PER_S;
        }
    }
    hr_time step = 1;
    for (int i = 0; step < least; i++)
        step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    return step;
}

static void run_one(struct batch *batch, struct experiment *experiment, unsigned r)
{
    const bool reports = !batch->pilots && r == 0 && experiment == batch->experiments;
    const struct hr_model_options options = {
        .seed = (uint64_t)experiment->spec->seed,
        .replication = batch->pilots ? PILOTS_FROM + r : r,
        .warmup = batch->pilots ? 0 : experiment->warmup,
        .step = batch->pilots ? hr_warmup_pilot_step(experiment->spec) : experiment->step,
        .series = !batch->pilots && r == 0,
        .levels_only = batch->pilots,
        .scenario = hr_scenario_file(experiment->scenario),
        .opener = hr_scenario_trace_opener(experiment->scenario),
        .keep_going = keep_going,
        .tick = tick,
        .ctx = batch,
        .event = reports ? batch->options->event : NULL,
        .event_ctx = batch->options->event_ctx,
        .event_requests = batch->options->event_requests,
    };
    struct hr_replication *run = &experiment->runs[r];
    if (!keep_going(batch))
        run->status = HR_ERR_INTERRUPTED;
    else
        hr_model_run(experiment->spec, &options, run);
    if (run->status == HR_ERR_IO || run->status == HR_ERR_INPUT)
        atomic_store(&batch->failed, true);
}

/* Replications 0 .. k - 1 that are whole: what counts when the run was cut short. */
static unsigned whole_runs(const struct experiment *experiment)
{
    unsigned k = 0;
    while (k < experiment->n && experiment->runs[k].status == HR_OK)
        k++;
    return k;
}

static void free_runs(struct experiment *experiment)
{
    for (unsigned r = 0; r < experiment->n; r++)
        hr_replication_fini(&experiment->runs[r]);
    free(experiment->runs);
    experiment->runs = NULL;
}

static void end_pilots(struct experiment *experiment)
{
    if (whole_runs(experiment) == experiment->n)
        experiment->warmup = hr_warmup_find(experiment->spec, experiment->runs, experiment->n,
                                            &experiment->warmup_why);
    free_runs(experiment);
}

static void end_replications(struct experiment *experiment)
{
    const unsigned k = whole_runs(experiment);
    if (k > 0) {
        struct hr_result *result =
            hr_summarize(experiment->scenario, experiment->runs, k, experiment->steady);
        hr_summarize_series(result, &experiment->runs[0], hr_time_to_s(experiment->step));
        result->seed = (uint64_t)experiment->spec->seed;
        result->replications = k;
        result->replications_asked = experiment->asked;
        result->duration_s = hr_time_to_s(experiment->spec->duration);
        result->warmup_s = hr_time_to_s(experiment->warmup);
        result->warmup_auto = experiment->spec->warmup == HR_AUTO;
        result->warmup_why = experiment->warmup_why;
        result->trace_replayed = hr_spec_replays_trace(experiment->spec);
        result->wall_s = seconds_since(&experiment->started);
        experiment->result = result;
    }
    free_runs(experiment);
}

/* Hands over what is ready, in order. */
static void deliver(struct batch *batch, struct experiment *experiment)
{
    pthread_mutex_lock(&batch->lock);
    experiment->ready = true;
    for (; batch->delivered < batch->n && batch->experiments[batch->delivered].ready;
         batch->delivered++) {
        struct experiment *next = &batch->experiments[batch->delivered];
        batch->done(batch->ctx, batch->delivered, next->result);
        next->result = NULL;
    }
    pthread_mutex_unlock(&batch->lock);
}

static struct experiment *experiment_of(struct batch *batch, size_t task)
{
    size_t low = 0, high = batch->n;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        if (batch->first[middle] <= task)
            low = middle;
        else
            high = middle;
    }
    return &batch->experiments[low];
}

static void do_task(void *ctx, size_t task)
{
    struct batch *batch = ctx;
    if (batch->in_turn)
        task = task % batch->n * batch->experiments[0].n + task / batch->n;
    struct experiment *experiment = experiment_of(batch, task);
    const size_t i = (size_t)(experiment - batch->experiments);
    run_one(batch, experiment, (unsigned)(task - batch->first[i]));
    if (atomic_fetch_sub(&experiment->left, 1) != 1)
        return;
    if (batch->pilots) {
        end_pilots(experiment);
    } else {
        end_replications(experiment);
        deliver(batch, experiment);
    }
}

static bool needs_pilots(const struct experiment *experiment)
{
    return experiment->spec->warmup == HR_AUTO && experiment->steady;
}

/* Lays out and runs one of the two phases. */
static void run_phase(struct batch *batch, bool pilots)
{
    batch->pilots = pilots;
    batch->in_turn = batch->options->alike;
    size_t tasks = 0;
    for (size_t i = 0; i < batch->n; i++) {
        struct experiment *experiment = &batch->experiments[i];
        const unsigned most = experiment->asked < PILOTS_MAX ? experiment->asked : PILOTS_MAX;
        experiment->n = pilots ? (needs_pilots(experiment) ? most : 0) : experiment->asked;
        experiment->runs = HR_NEW_ARRAY(struct hr_replication, experiment->n);
        atomic_store(&experiment->left, experiment->n);
        batch->first[i] = tasks;
        tasks += experiment->n;
        batch->in_turn = batch->in_turn && experiment->n == batch->experiments[0].n;
        if (experiment->n == 0)
            free_runs(experiment);
    }
    batch->first[batch->n] = tasks;
    if (tasks > 0)
        hr_pool_run(batch->options->jobs, tasks, do_task, batch);
}

static void init_experiment(struct batch *batch, size_t i, const struct hr_scenario *scenario)
{
    struct experiment *experiment = &batch->experiments[i];
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    experiment->batch = batch;
    experiment->scenario = scenario;
    experiment->spec = spec;
    experiment->asked = (unsigned)spec->replications;
    experiment->steady = hr_spec_is_steady(spec);
    experiment->warmup = spec->warmup == HR_AUTO ? 0 : spec->warmup;
    experiment->warmup_why =
        spec->warmup == HR_AUTO ? "the run from its start is the question" : "as given";
    experiment->step = series_step(spec);
    experiment->started = batch->started;
    if (needs_pilots(experiment))
        batch->ticks_all += hr_model_steps(spec->duration, hr_warmup_pilot_step(spec)) *
                            (experiment->asked < PILOTS_MAX ? experiment->asked : PILOTS_MAX);
    batch->ticks_all += hr_model_steps(spec->duration, experiment->step) * experiment->asked;
}

static void share_warmup(struct batch *batch)
{
    hr_time latest = 0;
    for (size_t i = 0; i < batch->n; i++)
        latest = batch->experiments[i].warmup > latest ? batch->experiments[i].warmup : latest;
    for (size_t i = 0; i < batch->n; i++) {
        struct experiment *experiment = &batch->experiments[i];
        if (experiment->warmup < latest)
            experiment->warmup_why = "that of what it is compared with, which is longer";
        experiment->warmup = latest;
    }
}

enum hr_status hr_batch_run(const struct hr_scenario *const *scenarios, size_t n,
                            const struct hr_run_options *options,
                            void (*done)(void *ctx, size_t i, struct hr_result *result), void *ctx,
                            struct hr_diag *diag)
{
    struct batch batch = { .options = options, .n = n, .done = done, .ctx = ctx };
    batch.experiments = HR_NEW_ARRAY(struct experiment, n);
    batch.first = HR_NEW_ARRAY(size_t, n + 1);
    clock_gettime(CLOCK_MONOTONIC, &batch.started);
    pthread_mutex_init(&batch.lock, NULL);
    for (size_t i = 0; i < n; i++)
        init_experiment(&batch, i, scenarios[i]);
    run_phase(&batch, true);
    if (options->alike)
        share_warmup(&batch);
    run_phase(&batch, false);
    pthread_mutex_destroy(&batch.lock);
    free(batch.experiments);
    free(batch.first);
    if (atomic_load(&batch.failed)) {
        hr_diag_add(diag, HR_ERROR, NULL, "do not change traces while a run reads them",
                    "a trace could no longer be read");
        return HR_ERR_IO;
    }
    return atomic_load(&batch.stop) ? HR_ERR_INTERRUPTED : HR_OK;
}
