/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failures of replicas, their repair and start, and the kill at the memory limit. */
#include "model/facts.h"
#include "model/state.h"

#include <math.h>

static struct hr_station *station_of(struct hr_model *model, uint32_t replica)
{
    return model->replicas[replica].station;
}

static void schedule_failure(struct hr_model *model, struct hr_station *station, uint32_t i)
{
    const hr_time uptime = hr_lifecycle_uptime(&station->life, i - station->first);
    const hr_time at = hr_time_add(model->engine.now, uptime);
    if (at < model->limit)
        model->replicas[i].failure = hr_engine_schedule(
            &model->engine, at, HR_EV_REPLICA_FAILED_RANK, HR_EV_REPLICA_FAILED, i);
}

static void count_ready(struct hr_model *model, struct hr_station *station)
{
    station->n_up = station->n_ready;
    hr_measure_ready(model, station, station->n_ready);
}

void hr_faults_init(struct hr_model *model, uint32_t index)
{
    struct hr_station *station = &model->stations[index];
    hr_lifecycle_init(&station->life, station->spec->failures, station->spec->startup_time,
                      model->options->seed, model->options->replication,
                      hr_hash_name(station->spec->name), station->n_replicas);
    hr_level_set(&station->metrics->levels[HR_LEVEL_BILLED], 0, station->n_replicas);
    hr_level_set(&station->metrics->levels[HR_LEVEL_DESIRED], 0, station->n_replicas);
    hr_ready_init(&station->metrics->ready, station->n_ready, station->spec->min_ready,
                  station->spec->failures != NULL && !hr_spec_has_pods(model->spec));
    count_ready(model, station);
    for (uint32_t i = station->first; i < station->first + station->n_replicas; i++) {
        schedule_failure(model, station, i);
        if (station->remembers)
            hr_faults_memory(model, i);
    }
}

static void cancel(struct hr_model *model, hr_event_id *id)
{
    if (*id != HR_EVENT_NONE)
        hr_engine_cancel(&model->engine, *id);
    *id = HR_EVENT_NONE;
}

/* A ready replica stops serving; what it holds fails. */
static void stop(struct hr_model *model, uint32_t i, enum hr_replica_state state)
{
    struct hr_replica *replica = &model->replicas[i];
    struct hr_station *station = station_of(model, i);
    hr_faults_leak_collect(model, station);
    station->since_sum -= (double)replica->ready_since;
    replica->state = (uint8_t)state;
    hr_station_leave(station, i);
    count_ready(model, station);
    cancel(model, &replica->memory);
    hr_station_drop(model, i);
}

/* The container starts; it is ready after the start-up time. */
static void start(struct hr_model *model, uint32_t i)
{
    struct hr_replica *replica = &model->replicas[i];
    struct hr_station *station = station_of(model, i);
    replica->state = HR_REPLICA_STARTING;
    replica->cold_from = model->engine.now;
    station->restarts = true;
    const hr_time startup = hr_lifecycle_startup_time(&station->life, i - station->first);
    replica->start = hr_engine_schedule(&model->engine, hr_time_add(model->engine.now, startup),
                                        HR_EV_REPLICA_STARTED_RANK, HR_EV_REPLICA_STARTED, i);
}

void hr_faults_started(struct hr_model *model, uint32_t i)
{
    struct hr_replica *replica = &model->replicas[i];
    struct hr_station *station = station_of(model, i);
    hr_faults_leak_collect(model, station);
    replica->start = HR_EVENT_NONE;
    replica->state = HR_REPLICA_READY;
    replica->ready_since = replica->cold_to = model->engine.now;
    station->since_sum += (double)replica->ready_since;
    hr_station_join(station, i);
    count_ready(model, station);
    hr_model_mark(model, HR_EV_REPLICA_STARTED, i);
    hr_log_replica(model, "replica_ready", i);
    if (replica->failure == HR_EVENT_NONE)
        schedule_failure(model, station, i);
    if (station->remembers && hr_faults_memory(model, i))
        return;
    hr_station_feed(model, i);
}

static void repair(struct hr_model *model, uint32_t i)
{
    const struct hr_station *station = station_of(model, i);
    const hr_time duration = hr_lifecycle_repair_time(&station->life, i - station->first);
    hr_engine_schedule(&model->engine, hr_time_add(model->engine.now, duration),
                       HR_EV_REPLICA_REPAIRED_RANK, HR_EV_REPLICA_REPAIRED, i);
}

void hr_faults_failed(struct hr_model *model, uint32_t i)
{
    struct hr_replica *replica = &model->replicas[i];
    struct hr_station *station = station_of(model, i);
    replica->failure = HR_EVENT_NONE;
    hr_model_mark(model, HR_EV_REPLICA_FAILED, i);
    hr_log_replica(model, "replica_failed", i);
    if (model->recorder.open)
        station->metrics->failures++;
    if (replica->state == HR_REPLICA_READY)
        stop(model, i, HR_REPLICA_DOWN);
    cancel(model, &replica->start);
    replica->state = HR_REPLICA_DOWN;
    if (hr_lifecycle_crew_take(&station->life, i - station->first))
        repair(model, i);
}

void hr_faults_repaired(struct hr_model *model, uint32_t i)
{
    struct hr_station *station = station_of(model, i);
    hr_model_mark(model, HR_EV_REPLICA_REPAIRED, i);
    hr_log_replica(model, "replica_repaired", i);
    const uint32_t next = hr_lifecycle_crew_release(&station->life);
    if (next != HR_REPLICA_NONE)
        repair(model, station->first + next);
    start(model, i);
}

static double memory_bytes(const struct hr_model *model, uint32_t i)
{
    const struct hr_replica *replica = &model->replicas[i];
    const struct hr_station *station = replica->station;
    const struct hr_serving *serving = &model->serving[i];
    return station->memory_base +
           station->memory_request * (double)(serving->busy.n + serving->queue.n) +
           station->memory_leak_per_ns * (double)(model->engine.now - replica->ready_since);
}

bool hr_faults_memory(struct hr_model *model, uint32_t i)
{
    struct hr_replica *replica = &model->replicas[i];
    struct hr_station *station = station_of(model, i);
    const hr_time now = model->engine.now;
    const double room = station->memory_limit - memory_bytes(model, i);
    if (room < 0) {
        hr_model_mark(model, HR_EV_REPLICA_MEMORY, i);
        hr_log_replica(model, "replica_out_of_memory", i);
        if (model->recorder.open)
            station->metrics->memory_kills++;
        if (model->cluster != NULL) {
            hr_cluster_out_of_memory(model->cluster, replica->pod);
            return true;
        }
        stop(model, i, HR_REPLICA_STARTING);
        start(model, i);
        return true;
    }
    if (station->memory_leak_per_ns <= 0 || isinf(room))
        return false;
    /* One nanosecond later the limit is passed, not just reached. */
    const hr_time at =
        hr_time_add(now, hr_time_add(hr_time_from_ns(room / station->memory_leak_per_ns), 1));
    if (replica->memory != HR_EVENT_NONE && replica->memory_at <= at)
        return false;
    cancel(model, &replica->memory);
    replica->memory_at = at;
    if (at < model->limit)
        replica->memory = hr_engine_schedule(&model->engine, at, HR_EV_REPLICA_MEMORY_RANK,
                                             HR_EV_REPLICA_MEMORY, i);
    return false;
}

void hr_faults_memory_due(struct hr_model *model, uint32_t i)
{
    model->replicas[i].memory = HR_EVENT_NONE;
    hr_faults_memory(model, i);
}

/* Between changes n replicas leak since their since_i: the integral of sum (t - since_i) over [t0,
 * t1]. */
double hr_faults_leaked(const struct hr_model *model, const struct hr_station *station)
{
    const double from = (double)station->leak_updated, to = (double)model->engine.now;
    return station->memory_leak_per_ns * (to - from) *
           ((double)station->n_up * (from + to) / 2 - station->since_sum);
}

void hr_faults_leak_collect(struct hr_model *model, struct hr_station *station)
{
    if (model->recorder.open)
        station->metrics->leak_byte_ns += hr_faults_leaked(model, station);
    station->leak_updated = model->engine.now;
}
