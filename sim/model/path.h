/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The path of a request: arrive, route, queue, serve, answer. All of it is inlined into the run
 * loop (loop.c), once for each set of features that a run may need: `may` is a constant there, and
 * what it excludes costs nothing. Elsewhere, where time does not matter, `may` is HR_MAY_ALL.
 */
#ifndef MODEL_PATH_H
#define MODEL_PATH_H

#include "model/outcome.h"

HR_PATH void hr_path_level(struct hr_model *model, struct hr_station *station,
                           enum hr_deployment_level which, int64_t change)
{
    hr_level_add(&station->metrics->levels[which], model->engine.now, change);
}

/* ---- serving ---- */

/* Service time of the request on its replica. */
HR_PATH hr_time hr_path_work(const struct hr_model *model, unsigned may,
                             const struct hr_request *request)
{
    if (may & HR_MAY_CHANGE && model->serving[request->replica].flags & HR_SERVING_SLOW)
        return hr_time_from_ns((double)request->work * model->replicas[request->replica].slowdown);
    return request->work;
}

/* Puts a request into a slot that has been taken for it. */
HR_PATH void hr_path_start(struct hr_model *model, unsigned may, struct hr_station *station,
                           uint32_t replica, uint32_t index)
{
    struct hr_request *request = &model->pool.requests[index];
    request->started = model->engine.now;
    request->replica = replica;
    request->state = HR_REQUEST_RUNNING;
    if (may & HR_MAY_MANY && station->many_workloads)
        hr_level_add(&model->clients[request->workload].metrics->busy, model->engine.now, 1);
    if (may & HR_MAY_SHARE && station->shared)
        hr_shared_start(model, index);
    else
        request->event = hr_engine_schedule_where(
            &model->engine, hr_time_add(model->engine.now, hr_path_work(model, may, request)),
            HR_EV_COMPLETE_RANK, HR_EV_COMPLETE, index, replica);
}

HR_PATH void hr_path_end_service(struct hr_model *model, unsigned may,
                                 const struct hr_station *station, const struct hr_request *request)
{
    if (may & HR_MAY_MANY && station->many_workloads)
        hr_level_add(&model->clients[request->workload].metrics->busy, model->engine.now, -1);
}

/* Takes a slot (change 1), or leaves one. */
HR_PATH void hr_path_slot(struct hr_model *model, unsigned may, struct hr_station *station,
                          uint32_t replica, int64_t change)
{
    struct hr_level *busy = &model->serving[replica].busy;
    hr_level_add(busy, model->engine.now, change);
    if (may & HR_MAY_CHANGE && station->meters & HR_METER_ACTIVE && busy->n == (change > 0))
        hr_level_add(&model->meters.active[replica], model->engine.now, change);
    hr_path_level(model, station, HR_LEVEL_BUSY, change);
}

/* A request is sent to the pod. */
HR_PATH void hr_path_got(struct hr_model *model, unsigned may, const struct hr_station *station,
                         uint32_t replica)
{
    if (may & HR_MAY_CHANGE && station->meters & HR_METER_GOT)
        model->meters.got[replica]++;
}

/* A request joins (change 1) or leaves the replica itself, waiting or running. A replica that
 * stands on the idle stack has been taken from there. */
HR_PATH void hr_path_hold(struct hr_model *model, unsigned may, struct hr_station *station,
                          uint32_t replica, int64_t change)
{
    const bool routed =
        !(may & HR_MAY_CHANGE) || !(model->serving[replica].flags & HR_SERVING_UNROUTED);
    if (routed && station->indexed && change > 0)
        hr_load_index_up(&station->index, replica - station->first);
    else if (routed && station->indexed)
        hr_load_index_down(&station->index, replica - station->first);
    else if (routed && station->stacked && change < 0)
        hr_idle_stack_push(&station->idle, replica);
    if (may & HR_MAY_REMEMBER && station->remembers)
        hr_path_level(model, station, HR_LEVEL_HELD, change);
}

/* The queue that feeds a replica: its own, the central one, or that of the activator. */
HR_PATH struct hr_queue *hr_path_queue(struct hr_model *model, unsigned may,
                                       struct hr_station *station, uint32_t replica)
{
    struct hr_queue *own = &model->serving[replica].queue;
    const bool activated = may & HR_MAY_CHANGE && station->activator && own->n == 0;
    return station->routing == HR_ROUTE_CENTRAL_QUEUE || activated ? &station->queue : own;
}

/* A request joins a queue (change 1) or leaves it; one of the replica, if that is not NONE. */
HR_PATH void hr_path_wait(struct hr_model *model, unsigned may, struct hr_station *station,
                          uint32_t replica, int64_t change)
{
    hr_path_level(model, station, HR_LEVEL_WAITING, change);
    if (may & HR_MAY_CHANGE && station->meters & HR_METER_WAITING && replica != HR_REPLICA_NONE)
        hr_level_add(&model->meters.waiting[replica], model->engine.now, change);
}

HR_PATH uint32_t hr_path_dequeue(struct hr_model *model, unsigned may, struct hr_station *station,
                                 struct hr_queue *queue)
{
    const uint32_t index = hr_queue_pop(queue, model->pool.requests);
    hr_path_wait(model, may, station, model->pool.requests[index].replica, -1);
    return index;
}

/* A slot falls free: the next waiting request takes it, if there is one. */
HR_PATH void hr_path_pass_slot(struct hr_model *model, unsigned may, struct hr_station *station,
                               uint32_t i)
{
    struct hr_queue *queue = hr_path_queue(model, may, station, i);
    const bool leaving = may & HR_MAY_CHANGE && queue == &station->queue &&
                         model->serving[i].flags & HR_SERVING_UNROUTED;
    if (queue->n == 0 || leaving) {
        hr_path_hold(model, may, station, i, -1);
        hr_path_slot(model, may, station, i, -1);
        if (may & HR_MAY_CHANGE && model->serving[i].flags & HR_SERVING_DRAINS &&
            model->serving[i].busy.n == 0)
            hr_pods_drained(model, i);
        return;
    }
    /* From the central queue one joins as one leaves; from its own, one just leaves. */
    if (queue != &station->queue)
        hr_path_hold(model, may, station, i, -1);
    else
        hr_path_got(model, may, station, i);
    hr_path_start(model, may, station, i, hr_path_dequeue(model, may, station, queue));
}

/* The answer is on its way to the client. */
HR_PATH void hr_path_send_answer(struct hr_model *model, uint32_t index)
{
    const hr_time round_trip = model->pool.patience[index].network_ns;
    struct hr_request *request = &model->pool.requests[index];
    request->state = HR_REQUEST_ANSWERED;
    request->event = hr_engine_schedule(&model->engine,
                                        hr_time_add(model->engine.now, round_trip - round_trip / 2),
                                        HR_EV_ANSWER_RANK, HR_EV_ANSWER, index);
}

/* The client has its answer. */
HR_PATH void hr_path_answer(struct hr_model *model, unsigned may, uint32_t index)
{
    hr_outcome_reached(model, may, index, HR_COMPLETED);
    hr_request_give(&model->pool, index);
}

/* The deployment has done a request; it gives its record back, or sends the answer on its way. */
HR_PATH void hr_path_served(struct hr_model *model, unsigned may, uint32_t index)
{
    struct hr_request *request = &model->pool.requests[index];
    if (may & HR_MAY_EXPIRE && request->flags & HR_REQUEST_ORPHAN) {
        hr_request_give(&model->pool, index);
    } else if (may & HR_MAY_TRAVEL && model->clients[request->workload].networked) {
        hr_path_send_answer(model, index);
    } else {
        hr_path_answer(model, may, index);
    }
}

/* Asks the caches for what the next completion will touch. */
HR_PATH void hr_path_fetch_next(const struct hr_model *model)
{
    const struct hr_slot *coming = hr_engine_coming(&model->engine);
    if (coming != NULL && coming->kind == HR_EV_COMPLETE) {
        __builtin_prefetch(&model->pool.requests[coming->subject]);
        __builtin_prefetch(&model->serving[coming->where]);
    }
}

HR_PATH void hr_path_complete(struct hr_model *model, unsigned may, uint32_t index,
                              uint32_t replica)
{
    const struct hr_request *request = &model->pool.requests[index];
    struct hr_station *station = hr_model_station(model, may, request->workload);
    hr_path_fetch_next(model);
    hr_model_mark(model, HR_EV_COMPLETE, replica);
    hr_path_end_service(model, may, station, request);
    const bool fails = may & HR_MAY_CHANGE &&
                       model->serving[replica].flags & (HR_SERVING_FAULTY | HR_SERVING_WATCHED) &&
                       hr_pods_fails(model, replica, index);
    if (may & HR_MAY_CHANGE && station->slow != NULL)
        station->slow[hr_log_bucket(model->engine.now - request->sent, HR_STEP_BITS)]++;
    hr_path_pass_slot(model, may, station, replica);
    if (fails && !(request->flags & HR_REQUEST_ORPHAN)) {
        hr_client_attempt_failed(model, index, HR_FAILED);
        return;
    }
    hr_path_served(model, may, index);
}

/* ---- routing and queueing ---- */

/* Asks the caches for the replica that is drawn next, if they do not hold them all. */
HR_PATH void hr_path_fetch_random(const struct hr_model *model, const struct hr_station *station)
{
    if (station->n_ready < HR_ENGINE_MANY)
        return;
    struct hr_rng ahead = station->route;
    __builtin_prefetch(&model->serving[station->ready[hr_rng_below(&ahead, station->n_ready)]]);
}

/* The replica that a request goes to; at least one is ready. */
HR_PATH uint32_t hr_path_route(struct hr_model *model, struct hr_station *station)
{
    switch (station->routing) {
    case HR_ROUTE_RANDOM: {
        const uint32_t to = station->ready[hr_rng_below(&station->route, station->n_ready)];
        hr_path_fetch_random(model, station);
        return to;
    }
    case HR_ROUTE_ROUND_ROBIN:
        station->turn = station->turn + 1 < station->n_ready ? station->turn + 1 : 0;
        return station->ready[station->turn];
    case HR_ROUTE_POWER_OF_TWO:
        return hr_station_power_of_two(model, station);
    case HR_ROUTE_LEAST_OUTSTANDING:
    case HR_ROUTE_CENTRAL_QUEUE:
        break;
    }
    return station->first + hr_load_index_least(&station->index, &station->route);
}

HR_PATH void hr_path_enqueue(struct hr_model *model, unsigned may, struct hr_station *station,
                             struct hr_queue *queue, uint32_t index)
{
    model->pool.requests[index].state = HR_REQUEST_WAITING;
    hr_queue_push(queue, model->pool.requests, index);
    hr_path_wait(model, may, station, model->pool.requests[index].replica, 1);
}

HR_PATH void hr_path_offer_central(struct hr_model *model, unsigned may, struct hr_station *station,
                                   uint32_t index)
{
    const bool room = station->stacked
                          ? station->idle.n > 0
                          : station->n_ready > 0 && station->index.lowest < station->slots;
    if (room) {
        const uint32_t replica =
            station->stacked ? hr_idle_stack_pop(&station->idle) : hr_path_route(model, station);
        hr_path_got(model, may, station, replica);
        hr_path_hold(model, may, station, replica, 1);
        hr_path_slot(model, may, station, replica, 1);
        hr_path_start(model, may, station, replica, index);
        if (may & HR_MAY_REMEMBER && station->remembers)
            hr_faults_memory(model, replica);
    } else if (station->queue.n < station->queue_limit) {
        model->pool.requests[index].replica = HR_REPLICA_NONE;
        hr_path_enqueue(model, may, station, &station->queue, index);
    } else {
        hr_client_attempt_failed(model, index, HR_REJECTED);
    }
}

HR_PATH void hr_path_offer_replica(struct hr_model *model, unsigned may, struct hr_station *station,
                                   uint32_t index)
{
    if (may & HR_MAY_CHANGE && station->activator &&
        (station->n_ready == 0 || station->queue.n > 0)) {
        hr_scaling_hold(model, station, index);
        return;
    }
    if (station->n_ready == 0) {
        hr_client_attempt_failed(model, index, HR_FAILED);
        return;
    }
    const uint32_t i = hr_path_route(model, station);
    hr_path_got(model, may, station, i);
    struct hr_serving *serving = &model->serving[i];
    if (may & HR_MAY_CHANGE && serving->flags & (HR_SERVING_REFUSES | HR_SERVING_SILENT)) {
        hr_pods_offer(model, i, index);
        return;
    }
    if (serving->busy.n < station->slots) {
        hr_path_hold(model, may, station, i, 1);
        hr_path_slot(model, may, station, i, 1);
        hr_path_start(model, may, station, i, index);
    } else if (serving->queue.n < station->queue_limit) {
        hr_path_hold(model, may, station, i, 1);
        model->pool.requests[index].replica = i;
        hr_path_enqueue(model, may, station, &serving->queue, index);
    } else {
        hr_client_attempt_failed(model, index, HR_REJECTED);
        return;
    }
    if (may & HR_MAY_REMEMBER && station->remembers)
        hr_faults_memory(model, i);
}

HR_PATH void hr_path_offer(struct hr_model *model, unsigned may, struct hr_station *station,
                           uint32_t index)
{
    struct hr_request *request = &model->pool.requests[index];
    if (model->recorder.open)
        hr_wide_add(&station->metrics->offered_ns, (uint64_t)request->work);
    if (may & HR_MAY_CHANGE)
        station->offered++;
    if (station->routing == HR_ROUTE_CENTRAL_QUEUE)
        hr_path_offer_central(model, may, station, index);
    else
        hr_path_offer_replica(model, may, station, index);
}

/* ---- the client ---- */

/* The request is on its way to the deployment; the answer will take as long. */
HR_PATH void hr_path_send_request(struct hr_model *model, struct hr_client *client, uint32_t index)
{
    const hr_time round_trip = hr_dist_draw(&client->network, &client->network_rng);
    struct hr_request *request = &model->pool.requests[index];
    model->pool.patience[index].network_ns = round_trip;
    request->state = HR_REQUEST_SENT;
    request->event =
        hr_engine_schedule(&model->engine, hr_time_add(model->engine.now, round_trip / 2),
                           HR_EV_DELIVER_RANK, HR_EV_DELIVER, index);
}

/* The request reaches the deployment. */
HR_PATH void hr_path_deliver(struct hr_model *model, unsigned may, uint32_t index)
{
    const uint32_t workload = model->pool.requests[index].workload;
    hr_path_offer(model, may, hr_model_station(model, may, workload), index);
}

/* Sends the present attempt on its way. */
HR_PATH void hr_path_send(struct hr_model *model, unsigned may, struct hr_client *client,
                          uint32_t index)
{
    if (model->pool.requests[index].flags & HR_REQUEST_COUNTED)
        client->metrics->attempts++;
    if (may & HR_MAY_EXPIRE && client->attempt_timeout.any)
        hr_deadline_start(model, index, true);
    if (may & HR_MAY_TRAVEL && client->networked)
        hr_path_send_request(model, client, index);
    else
        hr_path_offer(model, may, may & HR_MAY_MANY ? client->station : model->stations, index);
}

HR_PATH void hr_path_arrive(struct hr_model *model, unsigned may, uint32_t workload)
{
    struct hr_client *client = hr_model_client(model, may, workload);
    struct hr_workload_metrics *metrics = client->metrics;
    const hr_time now = model->engine.now;
    const uint32_t index = hr_request_take(&model->pool);
    struct hr_request *request = &model->pool.requests[index];
    const bool counted = model->recorder.open;
    request->arrived = request->sent = now;
    request->work = client->work_next;
    request->ordinal = client->ordinal++;
    request->replica = HR_REPLICA_NONE;
    request->workload = (uint16_t)workload;
    request->attempt = 1;
    request->stage = 0;
    request->state = HR_REQUEST_SENT;
    request->flags = counted ? HR_REQUEST_COUNTED : 0;
    request->ready = 0;
    hr_model_mark(model, HR_EV_ARRIVAL, workload);
    hr_level_add(&metrics->inside, now, 1);
    metrics->arrived += counted;
    if (may & HR_MAY_FAIL && metrics->by_ready != NULL)
        hr_client_see_ready(client, request);
    model->counted_open += counted;
    if (metrics->step != NULL)
        metrics->step->arrived++;
    if (may & HR_MAY_LOG && model->log_requests)
        hr_log_request(model, "request_arrived", index);
    if (may & HR_MAY_EXPIRE && client->timeout.any)
        hr_deadline_start(model, index, false);
    hr_path_send(model, may, client, index);
    client->work_next = hr_dist_draw(&client->work, &client->work_rng);
}

#endif
