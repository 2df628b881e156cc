/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A deployment's side of requests but for their usual path (path.h): setting up, leaving, failing.
 */
#include "model/path.h"

#include "base/mem.h"
#include "model/facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* CPU and memory of a replica. */
static void init_resources(struct hr_station *station, const struct hr_cpu_facts *cpu)
{
    const struct hr_model_spec *model = station->model;
    const struct hr_resources_spec *resources = station->spec->resources;
    const struct hr_amounts *limits = resources == NULL ? NULL : resources->limits;
    const bool sharing = model->discipline == HR_PROCESSOR_SHARING;
    station->slots = cpu->slots;
    station->slots_paid = cpu->slots_paid;
    station->cpu_idle = model->cpu_idle;
    station->cpu_slot = cpu->per_slot;
    station->limits = (struct hr_shared_limits){
        .cores = sharing ? model->cores : (double)INFINITY,
        .cpu_idle = station->cpu_idle,
        .cpu_slot = station->cpu_slot,
        .cpu_limit = cpu->limit,
    };
    station->shared = sharing || isfinite(cpu->limit);
    station->metrics->slots = station->slots_paid;
    station->metrics->cpu_idle = station->cpu_idle;
    station->metrics->cpu_slot = station->cpu_slot;
    station->metrics->shares_cores = sharing;
    station->metrics->throttles = isfinite(cpu->limit);
    station->memory_limit =
        limits != NULL && limits->memory > 0 ? limits->memory : (double)INFINITY;
    if (model->memory != NULL) {
        station->remembers = true;
        station->memory_base = model->memory->base;
        station->memory_request = model->memory->per_request;
        station->memory_leak_per_ns = model->memory->leak_per_hour / (double)HR_NS_PER_HOUR;
    }
}

/* Ready replicas stand in rising order, so that round robin does not depend on the history. */
void hr_station_join(struct hr_station *station, uint32_t i)
{
    uint32_t place = station->n_ready++;
    for (; place > 0 && station->ready[place - 1] > i; place--)
        station->ready[place] = station->ready[place - 1];
    station->ready[place] = i;
    if (station->indexed)
        hr_load_index_add(&station->index, i - station->first);
    else if (station->stacked)
        hr_idle_stack_push(&station->idle, i);
}

void hr_station_leave(struct hr_station *station, uint32_t i)
{
    uint32_t place = 0;
    while (station->ready[place] != i)
        place++;
    station->n_ready--;
    memmove(&station->ready[place], &station->ready[place + 1],
            (station->n_ready - place) * sizeof *station->ready);
    if (station->indexed)
        hr_load_index_remove(&station->index, i - station->first);
    else if (station->stacked)
        hr_idle_stack_remove(&station->idle, i);
}

void hr_station_init_cpu(struct hr_model *model, struct hr_station *station, uint32_t i)
{
    const uint64_t entity = hr_hash_step(hr_hash_name(station->spec->name), i - station->first);
    struct hr_rng rng = hr_model_stream(model, entity, HR_PURPOSE_PHASE);
    struct hr_shared_cpu *cpu = HR_NEW(struct hr_shared_cpu);
    hr_shared_cpu_init(cpu, hr_rng_below(&rng, (uint32_t)HR_CFS_PERIOD_NS));
    model->replicas[i].cpu = cpu;
}

void hr_station_fini_cpu(struct hr_model *model, uint32_t i)
{
    if (model->replicas[i].cpu != NULL)
        hr_shared_cpu_fini(model->replicas[i].cpu);
    free(model->replicas[i].cpu);
}

static void init_replica(struct hr_model *model, struct hr_station *station, uint32_t i)
{
    struct hr_replica *replica = &model->replicas[i];
    *replica = (struct hr_replica){
        .station = station,
        .state = HR_REPLICA_READY,
        .failure = HR_EVENT_NONE,
        .start = HR_EVENT_NONE,
        .memory = HR_EVENT_NONE,
        .step = HR_EVENT_NONE,
    };
    hr_station_join(station, i);
    if (station->shared)
        hr_station_init_cpu(model, station, i);
}

/* What stands where for the choice of a replica. */
static void init_routing(struct hr_station *station)
{
    station->routing = (enum hr_routing)station->spec->load_balancing;
    const bool central = station->routing == HR_ROUTE_CENTRAL_QUEUE;
    station->stacked = central && station->slots == 1;
    station->indexed =
        station->routing == HR_ROUTE_LEAST_OUTSTANDING || (central && !station->stacked);
    station->turn = UINT32_MAX; /* the first turn is replica 0 */
    station->ready = HR_NEW_ARRAY(uint32_t, station->n_replicas);
    if (station->indexed)
        hr_load_index_init(&station->index, station->n_replicas);
    if (station->stacked)
        station->idle.replicas = HR_NEW_ARRAY(uint32_t, station->n_replicas);
}

void hr_station_init(struct hr_model *model, uint32_t index)
{
    struct hr_station *station = &model->stations[index];
    station->spec = &((const struct hr_deployment_spec *)model->spec->deployments.items)[index];
    station->model =
        &((const struct hr_model_spec *)model->spec->models.items)[station->spec->model];
    station->queue_limit = (uint64_t)station->model->queue_limit;
    station->route = hr_model_stream(model, hr_hash_name(station->spec->name), HR_PURPOSE_ROUTE);
    station->errors = hr_model_stream(model, hr_hash_name(station->spec->name), HR_PURPOSE_ERROR);
    station->work_mean_ns = hr_dist_spec_mean_s(station->model->service_time, NULL) * 1e9;
    station->metrics = &model->out->deployments[index];
    const struct hr_cpu_facts cpu = hr_spec_cpu(model->spec, index);
    init_resources(station, &cpu);
    init_routing(station);
    model->may |= (station->shared ? HR_MAY_SHARE : 0) |
                  (station->remembers ? HR_MAY_REMEMBER : 0) |
                  (station->spec->failures != NULL ? HR_MAY_FAIL : 0);
    for (uint32_t i = station->first; i < station->first + station->n_replicas; i++)
        init_replica(model, station, i);
    hr_faults_init(model, index);
}

void hr_station_fini(struct hr_station *station)
{
    if (station->indexed)
        hr_load_index_fini(&station->index);
    hr_lifecycle_fini(&station->life);
    free(station->idle.replicas);
    free(station->ready);
}

hr_time hr_station_cold_ns(const struct hr_replica *replica, hr_time queued, hr_time started)
{
    const hr_time from = replica->cold_from > queued ? replica->cold_from : queued;
    const hr_time to = replica->cold_to < started ? replica->cold_to : started;
    return to > from ? to - from : 0;
}

static inline uint32_t outstanding(const struct hr_serving *serving)
{
    return (uint32_t)serving->busy.n + serving->queue.n;
}

uint32_t hr_station_power_of_two(struct hr_model *model, struct hr_station *station)
{
    const uint32_t a = hr_rng_below(&station->route, station->n_ready);
    if (station->n_ready == 1)
        return station->ready[a];
    const uint32_t b = hr_rng_below(&station->route, station->n_ready - 1);
    const uint32_t first = station->ready[a], second = station->ready[b < a ? b : b + 1];
    return outstanding(&model->serving[second]) < outstanding(&model->serving[first]) ? second
                                                                                      : first;
}

void hr_station_feed(struct hr_model *model, uint32_t i)
{
    const struct hr_replica *replica = &model->replicas[i];
    struct hr_station *station = replica->station;
    struct hr_queue *queue = hr_path_queue(model, HR_MAY_ALL, station, i);
    while (queue->n > 0 && model->serving[i].busy.n < station->slots &&
           replica->state == HR_REPLICA_READY) {
        if (station->stacked)
            hr_idle_stack_remove(&station->idle, i);
        if (queue == &station->queue) {
            hr_path_got(model, HR_MAY_ALL, station, i);
            hr_path_hold(model, HR_MAY_ALL, station, i, 1);
        }
        const uint32_t next = hr_path_dequeue(model, HR_MAY_ALL, station, queue);
        hr_path_slot(model, HR_MAY_ALL, station, i, 1);
        hr_path_start(model, HR_MAY_ALL, station, i, next);
        if (station->remembers && hr_faults_memory(model, i))
            return;
    }
}

static void leave_queue(struct hr_model *model, struct hr_station *station, uint32_t index)
{
    const uint32_t replica = model->pool.requests[index].replica;
    const bool central = replica == HR_REPLICA_NONE;
    hr_queue_remove(central ? &station->queue : &model->serving[replica].queue,
                    model->pool.requests, index);
    hr_path_wait(model, HR_MAY_ALL, station, replica, -1);
    if (!central)
        hr_path_hold(model, HR_MAY_ALL, station, replica, -1);
}

bool hr_station_abandon(struct hr_model *model, uint32_t index)
{
    struct hr_request *request = &model->pool.requests[index];
    const struct hr_client *client = &model->clients[request->workload];
    struct hr_station *station = client->station;
    const bool running = request->state == HR_REQUEST_RUNNING;
    if (client->spec->cancellation < (running ? HR_CANCEL_ALL : HR_CANCEL_QUEUED))
        return false;
    if (!running) {
        leave_queue(model, station, index);
        return true;
    }
    if (station->shared)
        hr_shared_cancel(model, index);
    else
        hr_engine_cancel(&model->engine, request->event);
    hr_path_end_service(model, HR_MAY_ALL, station, request);
    hr_path_pass_slot(model, HR_MAY_ALL, station, request->replica);
    return true;
}

static void replace_in_queue(struct hr_queue *queue, struct hr_request *requests, uint32_t index,
                             uint32_t orphan)
{
    const uint32_t next = requests[index].next, prev = requests[index].prev;
    *(index == queue->head ? &queue->head : &requests[prev].next) = orphan;
    *(index == queue->tail ? &queue->tail : &requests[next].prev) = orphan;
}

void hr_station_replace(struct hr_model *model, uint32_t index, uint32_t orphan)
{
    struct hr_request *requests = model->pool.requests;
    struct hr_request *request = &requests[index];
    struct hr_station *station = model->clients[request->workload].station;
    requests[orphan] = *request;
    requests[orphan].flags = HR_REQUEST_ORPHAN;
    if (request->state == HR_REQUEST_WAITING) {
        const bool central = request->replica == HR_REPLICA_NONE;
        replace_in_queue(central ? &station->queue : &model->serving[request->replica].queue,
                         requests, index, orphan);
    } else if (station->shared) {
        hr_shared_replace(model, index, orphan);
    } else {
        hr_engine_retarget(&model->engine, request->event, orphan);
    }
}

/* Ends one request on a replica that stops. */
static void drop_request(struct hr_model *model, struct hr_station *station, uint32_t index)
{
    struct hr_request *request = &model->pool.requests[index];
    if (request->state == HR_REQUEST_RUNNING) {
        hr_path_end_service(model, HR_MAY_ALL, station, request);
        if (!station->shared)
            hr_engine_cancel(&model->engine, request->event);
    }
    if (request->flags & HR_REQUEST_ORPHAN)
        hr_request_give(&model->pool, index);
    else
        hr_client_attempt_failed(model, index, HR_FAILED);
}

/*
 * Failures are rare, so a replica keeps no list of what runs on it: the pool is searched. The
 * replica must be out of routing, and is emptied first, so that nothing that follows can touch it.
 */
void hr_station_drop(struct hr_model *model, uint32_t i)
{
    struct hr_station *station = model->replicas[i].station;
    struct hr_serving *serving = &model->serving[i];
    uint32_t left = outstanding(serving);
    hr_path_level(model, station, HR_LEVEL_BUSY, -(int64_t)serving->busy.n);
    hr_path_level(model, station, HR_LEVEL_WAITING, -(int64_t)serving->queue.n);
    if (station->remembers)
        hr_path_level(model, station, HR_LEVEL_HELD, -(int64_t)left);
    if (station->meters & HR_METER_WAITING)
        hr_level_set(&model->meters.waiting[i], model->engine.now, 0);
    if (station->meters & HR_METER_ACTIVE)
        hr_level_set(&model->meters.active[i], model->engine.now, 0);
    hr_level_set(&serving->busy, model->engine.now, 0);
    serving->queue = (struct hr_queue){ 0 };
    if (station->shared)
        hr_shared_drop(model, i);
    for (uint32_t index = 0; left > 0 && index < model->pool.capacity; index++) {
        const struct hr_request *request = &model->pool.requests[index];
        const bool held =
            request->state == HR_REQUEST_WAITING || request->state == HR_REQUEST_RUNNING;
        if (held && request->replica == i) {
            left--;
            drop_request(model, station, index);
        }
    }
}
