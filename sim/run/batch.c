/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two phases: pilots of the scenarios whose warm-up is to be found, then all replications. Threads
 * take the next run of the first scenario that has one to give. Whoever finishes the last one of a
 * scenario makes its result, from the replications in index order, or finds that more are needed
 * (precision.h); so the result does not depend on who did what when. Memory is held for the
 * scenarios in work only.
 */
#include "run/batch.h"

#include "base/diag.h"
#include "base/mem.h"
#include "model/facts.h"
#include "run/kept_events.h"
#include "run/pool.h"
#include "run/precision.h"
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
    unsigned asked; /* replications; `sequential`: before the precision is first looked at */
    bool steady, sequential;
    hr_time warmup, step;
    const char *warmup_why;
    unsigned n, taken, finished; /* runs of this phase: to do, given out, done */
    struct hr_replication *runs;
    size_t n_checkpoints;
    unsigned *checkpoints; /* replications at which the precision was looked at */
    struct timespec started;
    struct hr_result *result;
    bool ready;
};

struct batch {
    const struct hr_run_options *options;
    size_t n;
    struct experiment *experiments;
    bool pilots; /* phase */
    struct timespec started;
    atomic_bool stop, failed;
    atomic_size_t ticks, ticks_all;
    pthread_mutex_t lock;     /* of what is given out: `next`, `open` and n, taken, finished */
    pthread_cond_t changed;   /* there are more runs, or none is open any more */
    size_t next;              /* no experiment before it has a run to give */
    size_t open;              /* experiments not at the end of the phase */
    pthread_mutex_t delivery; /* of delivery and of progress */
    size_t delivered;
    void (*done)(void *ctx, size_t i, struct hr_result *result);
    void *ctx;
    struct hr_kept_events kept; /* of replication 0 of the first experiment */
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
    if (batch->options->progress == NULL || pthread_mutex_trylock(&batch->delivery) != 0)
        return;
    const double share = (double)ticks / (double)atomic_load(&batch->ticks_all);
    batch->options->progress(batch->options->progress_ctx, share < 1 ? share : 1);
    pthread_mutex_unlock(&batch->delivery);
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

/* Makes room in the progress for so many more replications. */
static void add_ticks(struct batch *batch, const struct experiment *experiment, unsigned runs)
{
    atomic_fetch_add(&batch->ticks_all,
                     hr_model_steps(experiment->spec->duration, experiment->step) * runs);
}

static bool listens(const struct batch *batch)
{
    return batch->options->event != NULL || batch->options->events_kept > 0;
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
        .slices = !batch->pilots && experiment->asked == 1 && experiment->steady,
        .levels_only = batch->pilots,
        .scenario = hr_scenario_file(experiment->scenario),
        .opener = hr_scenario_trace_opener(experiment->scenario),
        .keep_going = keep_going,
        .tick = tick,
        .ctx = batch,
        .event = reports && listens(batch) ? hr_kept_events_add : NULL,
        .event_ctx = &batch->kept,
        .event_requests = batch->options->event_requests,
    };
    struct hr_replication *run = &experiment->runs[r];
    *run = (struct hr_replication){ .status = HR_ERR_INTERRUPTED };
    if (keep_going(batch))
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

static struct hr_result *result_of(const struct experiment *experiment, unsigned k)
{
    struct hr_result *result =
        hr_summarize(experiment->scenario, experiment->runs, k, experiment->steady);
    hr_summarize_series(result, &experiment->runs[0], hr_time_to_s(experiment->step));
    result->seed = (uint64_t)experiment->spec->seed;
    result->replications = k;
    result->replications_asked = experiment->n;
    result->duration_s = hr_time_to_s(experiment->spec->duration);
    result->warmup_s = hr_time_to_s(experiment->warmup);
    result->warmup_auto = experiment->spec->warmup == HR_AUTO;
    result->warmup_why = experiment->warmup_why;
    result->trace_replayed = hr_spec_replays_trace(experiment->spec);
    result->wall_s = seconds_since(&experiment->started);
    return result;
}

/* Looks at the precision of the result; the next checkpoint, or 0. */
static unsigned look_at_precision(struct experiment *experiment, struct hr_result *result)
{
    const size_t n = experiment->n_checkpoints + 1;
    experiment->checkpoints =
        hr_realloc(experiment->checkpoints, n, sizeof *experiment->checkpoints);
    experiment->checkpoints[experiment->n_checkpoints++] = result->replications;
    hr_precision_judge(experiment->spec, experiment->batch->options, result);
    const unsigned next = hr_precision_next(result);
    if (next == 0 || result->replications < experiment->n) {
        result->precision.n_checkpoints = n;
        result->precision.checkpoints = experiment->checkpoints;
        experiment->checkpoints = NULL;
        return 0;
    }
    return next;
}

/* Makes the result. Returns how many replications it takes instead, or 0. */
static unsigned end_replications(struct experiment *experiment)
{
    const unsigned k = whole_runs(experiment);
    struct hr_result *result = k > 0 ? result_of(experiment, k) : NULL;
    if (result != NULL && experiment->sequential) {
        const unsigned next = look_at_precision(experiment, result);
        if (next > 0) {
            hr_result_free(result);
            experiment->runs = hr_realloc(experiment->runs, next, sizeof *experiment->runs);
            return next;
        }
    }
    if (result != NULL && experiment == experiment->batch->experiments)
        result->cluster_events = hr_kept_events_take(&experiment->batch->kept);
    experiment->result = result;
    free_runs(experiment);
    return 0;
}

/* Hands over what is ready, in order. */
static void deliver(struct batch *batch, struct experiment *experiment)
{
    pthread_mutex_lock(&batch->delivery);
    experiment->ready = true;
    for (; batch->delivered < batch->n && batch->experiments[batch->delivered].ready;
         batch->delivered++) {
        struct experiment *next = &batch->experiments[batch->delivered];
        batch->done(batch->ctx, batch->delivered, next->result);
        next->result = NULL;
    }
    pthread_mutex_unlock(&batch->delivery);
}

static bool has_run(const struct experiment *experiment)
{
    return experiment->taken < experiment->n;
}

/* The next run there is, if any; under the lock. Experiments that are alike take turns, so that an
 * interrupt leaves about as much of each. */
static bool next_run(struct batch *batch, struct experiment **experiment, unsigned *r)
{
    while (batch->next < batch->n && !has_run(&batch->experiments[batch->next]))
        batch->next++;
    if (batch->next == batch->n)
        return false;
    struct experiment *chosen = &batch->experiments[batch->next];
    for (size_t i = batch->next + 1; batch->options->alike && i < batch->n; i++) {
        struct experiment *other = &batch->experiments[i];
        if (has_run(other) && other->taken < chosen->taken)
            chosen = other;
    }
    if (chosen->runs == NULL)
        chosen->runs = HR_NEW_ARRAY(struct hr_replication, chosen->n);
    *r = chosen->taken++;
    *experiment = chosen;
    return true;
}

/* Waits for a run to do. False: the phase is over. */
static bool take_run(struct batch *batch, struct experiment **experiment, unsigned *r)
{
    bool found = false;
    pthread_mutex_lock(&batch->lock);
    while (batch->open > 0 && !(found = next_run(batch, experiment, r)))
        pthread_cond_wait(&batch->changed, &batch->lock);
    pthread_mutex_unlock(&batch->lock);
    return found;
}

static bool is_last(struct batch *batch, struct experiment *experiment)
{
    pthread_mutex_lock(&batch->lock);
    const bool last = ++experiment->finished == experiment->n;
    pthread_mutex_unlock(&batch->lock);
    return last;
}

/* The experiment goes on to `more` runs; 0: it is at the end of the phase. */
static void go_on(struct batch *batch, struct experiment *experiment, unsigned more)
{
    const size_t i = (size_t)(experiment - batch->experiments);
    if (more > 0)
        add_ticks(batch, experiment, more - experiment->n);
    pthread_mutex_lock(&batch->lock);
    if (more == 0) {
        batch->open--;
    } else {
        experiment->n = more;
        batch->next = i < batch->next ? i : batch->next;
    }
    pthread_cond_broadcast(&batch->changed);
    pthread_mutex_unlock(&batch->lock);
}

/* What one thread does in a phase. */
static void do_runs(void *ctx, size_t thread)
{
    struct batch *batch = ctx;
    struct experiment *experiment;
    unsigned r, more = 0;
    (void)thread;
    while (take_run(batch, &experiment, &r)) {
        run_one(batch, experiment, r);
        if (!is_last(batch, experiment))
            continue;
        if (batch->pilots)
            end_pilots(experiment);
        else
            more = end_replications(experiment);
        if (more == 0 && !batch->pilots)
            deliver(batch, experiment);
        go_on(batch, experiment, more);
    }
}

static bool needs_pilots(const struct experiment *experiment)
{
    return experiment->spec->warmup == HR_AUTO && experiment->steady;
}

/* Lays out and runs one of the two phases. */
static void run_phase(struct batch *batch, bool pilots)
{
    size_t threads = 0; /* that may have work at once */
    batch->pilots = pilots;
    batch->next = batch->open = 0;
    for (size_t i = 0; i < batch->n; i++) {
        struct experiment *experiment = &batch->experiments[i];
        const unsigned most = experiment->asked < PILOTS_MAX ? experiment->asked : PILOTS_MAX;
        experiment->n = pilots ? (needs_pilots(experiment) ? most : 0) : experiment->asked;
        experiment->taken = experiment->finished = 0;
        batch->open += experiment->n > 0;
        threads += experiment->sequential && !pilots
                       ? hr_precision_max(experiment->spec, batch->options)
                       : experiment->n;
    }
    if (threads > 0)
        hr_pool_run(batch->options->jobs, threads, do_runs, batch);
}

static void init_experiment(struct batch *batch, size_t i, const struct hr_scenario *scenario)
{
    struct experiment *experiment = &batch->experiments[i];
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    experiment->batch = batch;
    experiment->scenario = scenario;
    experiment->spec = spec;
    experiment->sequential = !batch->options->alike && hr_precision_asked(spec, batch->options);
    experiment->asked = experiment->sequential ? hr_precision_first(spec, batch->options)
                                               : (unsigned)spec->replications;
    experiment->steady = hr_spec_is_steady(spec);
    experiment->warmup = spec->warmup == HR_AUTO ? 0 : spec->warmup;
    experiment->warmup_why =
        spec->warmup == HR_AUTO ? "the run from its start is the question" : "as given";
    experiment->step = series_step(spec);
    experiment->started = batch->started;
    if (needs_pilots(experiment))
        batch->ticks_all += hr_model_steps(spec->duration, hr_warmup_pilot_step(spec)) *
                            (experiment->asked < PILOTS_MAX ? experiment->asked : PILOTS_MAX);
    add_ticks(batch, experiment, experiment->asked);
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
    clock_gettime(CLOCK_MONOTONIC, &batch.started);
    pthread_mutex_init(&batch.lock, NULL);
    pthread_mutex_init(&batch.delivery, NULL);
    pthread_cond_init(&batch.changed, NULL);
    for (size_t i = 0; i < n; i++)
        init_experiment(&batch, i, scenarios[i]);
    hr_kept_events_init(&batch.kept, options);
    run_phase(&batch, true);
    if (options->alike)
        share_warmup(&batch);
    run_phase(&batch, false);
    pthread_cond_destroy(&batch.changed);
    pthread_mutex_destroy(&batch.delivery);
    pthread_mutex_destroy(&batch.lock);
    hr_kept_events_fini(&batch.kept);
    free(batch.experiments);
    if (atomic_load(&batch.failed)) {
        hr_diag_add(diag, HR_ERROR, NULL, "do not change traces while a run reads them",
                    "a trace could no longer be read");
        return HR_ERR_IO;
    }
    return atomic_load(&batch.stop) ? HR_ERR_INTERRUPTED : HR_OK;
}
