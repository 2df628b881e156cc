/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's side of a request: arrival, attempts, answer, giving up. */
#include "model/state.h"

/* A closed loop starts with every client thinking. */
static void closed_init(struct hr_model *model, struct hr_client *client, uint32_t workload,
                        const struct hr_arrival_spec *spec)
{
    client->closed = true;
    hr_dist_init(&client->think, spec->think_time);
    for (int64_t i = 0; i < spec->clients; i++) {
        const hr_time at = hr_dist_draw(&client->think, &client->think_rng);
        hr_engine_schedule(&model->engine, at, HR_EV_CLIENT_READY_RANK, HR_EV_CLIENT_READY,
                           workload);
    }
}

void hr_client_init(struct hr_model *model, uint32_t workload)
{
    struct hr_client *client = &model->clients[workload];
    const struct hr_workload_spec *spec =
        &((const struct hr_workload_spec *)model->spec->workloads.items)[workload];
    const uint64_t entity = hr_hash_name(spec->name);
    client->spec = spec;
    client->station = &model->stations[spec->deployment];
    client->metrics = &model->out->workloads[workload];
    client->attempts_max = spec->retries == NULL ? 1 : (uint32_t)spec->retries->max_attempts;
    hr_dist_init(&client->work, client->station->model->service_time);
    hr_dist_init(&client->network, spec->network_latency);
    client->networked = client->network.kind != HR_DIST_CONSTANT || client->network.constant > 0;
    client->work_rng = hr_model_stream(model, entity, HR_PURPOSE_WORK);
    client->network_rng = hr_model_stream(model, entity, HR_PURPOSE_NETWORK);
    client->think_rng = hr_model_stream(model, entity, HR_PURPOSE_THINK);
    client->backoff_rng = hr_model_stream(model, entity, HR_PURPOSE_BACKOFF);
    hr_deadlines_init(model, &client->timeout, workload, false);
    hr_deadlines_init(model, &client->attempt_timeout, workload, true);
    client->patient = client->timeout.any || client->attempt_timeout.any;
    const struct hr_arrival_spec *arrivals = spec->arrivals.items;
    if (arrivals[0].process == HR_ARRIVAL_CLOSED)
        closed_init(model, client, workload, &arrivals[0]);
}

void hr_client_fini(struct hr_client *client)
{
    hr_dist_fini(&client->work);
    hr_dist_fini(&client->network);
    hr_dist_fini(&client->think);
    hr_dist_fini(&client->timeout.delay);
    hr_dist_fini(&client->attempt_timeout.delay);
}

/* Sends the present attempt on its way. */
static inline void send(struct hr_model *model, struct hr_client *client, uint32_t index)
{
    struct hr_request *request = &model->pool.requests[index];
    if (request->flags & HR_REQUEST_COUNTED)
        client->metrics->attempts++;
    if (client->attempt_timeout.any)
        hr_deadline_start(model, index, true);
    if (!client->networked) {
        hr_station_offer(model, client->station, index);
        return;
    }
    const hr_time round_trip = hr_dist_draw(&client->network, &client->network_rng);
    model->pool.patience[index].network_ns = round_trip;
    request->state = HR_REQUEST_SENT;
    request->event =
        hr_engine_schedule(&model->engine, hr_time_add(model->engine.now, round_trip / 2),
                           HR_EV_DELIVER_RANK, HR_EV_DELIVER, index);
}

void hr_client_arrive(struct hr_model *model, uint32_t workload)
{
    struct hr_client *client = &model->clients[workload];
    struct hr_workload_metrics *metrics = client->metrics;
    const hr_time now = model->engine.now;
    const uint32_t index = hr_request_take(&model->pool);
    const bool counted = hr_model_in_window(model, now);
    model->pool.requests[index] = (struct hr_request){
        .arrived = now,
        .sent = now,
        .work = hr_dist_draw(&client->work, &client->work_rng),
        .ordinal = client->ordinal++,
        .event = HR_EVENT_NONE,
        .replica = HR_REPLICA_NONE,
        .workload = (uint16_t)workload,
        .attempt = 1,
        .state = HR_REQUEST_SENT,
        .flags = counted ? HR_REQUEST_COUNTED : 0,
    };
    hr_model_mark(model, HR_EV_ARRIVAL, workload);
    hr_level_add(&metrics->inside, now, 1);
    metrics->arrived += counted;
    model->counted_open += counted;
    if (metrics->step != NULL)
        metrics->step->arrived++;
    if (model->log_requests)
        hr_log_request(model, "request_arrived", index);
    if (client->timeout.any)
        hr_deadline_start(model, index, false);
    send(model, client, index);
}

/* How the latency of an answered request came about; the parts sum to it. */
static void find_parts(const struct hr_model *model, uint32_t index, hr_time part[HR_PARTS])
{
    const struct hr_request *request = &model->pool.requests[index];
    const struct hr_replica *replica = &model->replicas[request->replica];
    const bool networked = model->clients[request->workload].networked;
    const hr_time network = networked ? model->pool.patience[index].network_ns : 0;
    const hr_time queued = request->sent + network / 2;
    hr_time cold = 0;
    if (replica->cold_to > queued) {
        const hr_time from = replica->cold_from > queued ? replica->cold_from : queued;
        const hr_time to =
            replica->cold_to < request->started ? replica->cold_to : request->started;
        cold = to > from ? to - from : 0;
    }
    part[HR_PART_NETWORK] = network;
    part[HR_PART_QUEUE] = request->started - queued - cold;
    part[HR_PART_COLD_START] = cold;
    part[HR_PART_EXECUTION] = model->engine.now - request->started - (network - network / 2);
    part[HR_PART_RETRY] = request->sent - request->arrived;
}

static const char *const outcome_events[HR_OUTCOMES] = {
    [HR_COMPLETED] = "request_completed",
    [HR_TIMED_OUT] = "request_timed_out",
    [HR_REJECTED] = "request_rejected",
    [HR_FAILED] = "request_failed",
};

static void record_counted(struct hr_model *model, uint32_t index, enum hr_outcome outcome)
{
    const struct hr_request *request = &model->pool.requests[index];
    struct hr_workload_metrics *metrics = model->clients[request->workload].metrics;
    if (outcome == HR_COMPLETED) {
        hr_time part[HR_PARTS];
        find_parts(model, index, part);
        hr_workload_metrics_completed(metrics, model->engine.now - request->arrived, part);
    } else {
        metrics->outcomes[outcome]++;
    }
    if (--model->counted_open == 0 && model->engine.now >= model->to)
        model->stop = true;
}

/* The request has its outcome; the record is not given back yet. */
static void finish(struct hr_model *model, uint32_t index, enum hr_outcome outcome)
{
    const struct hr_request *request = &model->pool.requests[index];
    struct hr_client *client = &model->clients[request->workload];
    struct hr_workload_metrics *metrics = client->metrics;
    const hr_time now = model->engine.now;
    if (client->patient) {
        hr_deadline_stop(model, index, false);
        hr_deadline_stop(model, index, true);
    }
    hr_level_add(&metrics->inside, now, -1);
    if (outcome == HR_COMPLETED && hr_model_in_window(model, now))
        metrics->completed_in_window++;
    if (metrics->step != NULL) {
        metrics->step->outcomes[outcome]++;
        if (outcome == HR_COMPLETED)
            metrics->step->latency[hr_log_bucket(now - request->arrived, HR_STEP_BITS)]++;
    }
    if (model->log_requests)
        hr_log_request(model, outcome_events[outcome], index);
    if (request->flags & HR_REQUEST_COUNTED)
        record_counted(model, index, outcome);
    if (client->closed) {
        const hr_time think = hr_dist_draw(&client->think, &client->think_rng);
        hr_engine_schedule(&model->engine, hr_time_add(now, think), HR_EV_CLIENT_READY_RANK,
                           HR_EV_CLIENT_READY, request->workload);
    }
}

void hr_client_answer(struct hr_model *model, uint32_t index)
{
    finish(model, index, HR_COMPLETED);
    hr_request_give(&model->pool, index);
}

void hr_client_served(struct hr_model *model, uint32_t index)
{
    struct hr_request *request = &model->pool.requests[index];
    request->event = HR_EVENT_NONE;
    if (request->flags & HR_REQUEST_ORPHAN) {
        hr_request_give(&model->pool, index);
        return;
    }
    if (!model->clients[request->workload].networked) {
        hr_client_answer(model, index);
        return;
    }
    const hr_time round_trip = model->pool.patience[index].network_ns;
    request->state = HR_REQUEST_ANSWERED;
    request->event = hr_engine_schedule(&model->engine,
                                        hr_time_add(model->engine.now, round_trip - round_trip / 2),
                                        HR_EV_ANSWER_RANK, HR_EV_ANSWER, index);
}

/* Exponential backoff: backoff * multiplier^(attempts - 1), capped, less a random share of it. */
static hr_time backoff(struct hr_client *client, uint32_t attempts)
{
    const struct hr_retry_spec *retries = client->spec->retries;
    double delay = (double)retries->backoff;
    for (uint32_t i = 1; i < attempts && delay < (double)retries->backoff_max; i++)
        delay *= retries->multiplier;
    if (delay > (double)retries->backoff_max)
        delay = (double)retries->backoff_max;
    if (retries->jitter > 0)
        delay *= 1 - retries->jitter * hr_rng_uniform(&client->backoff_rng);
    return hr_time_from_ns(delay);
}

void hr_client_attempt_failed(struct hr_model *model, uint32_t index, enum hr_outcome why)
{
    struct hr_request *request = &model->pool.requests[index];
    struct hr_client *client = &model->clients[request->workload];
    if (request->attempt >= client->attempts_max) {
        finish(model, index, why);
        hr_request_give(&model->pool, index);
        return;
    }
    if (client->attempt_timeout.any)
        hr_deadline_stop(model, index, true);
    request->state = HR_REQUEST_BACKOFF;
    request->event = hr_engine_schedule(
        &model->engine, hr_time_add(model->engine.now, backoff(client, request->attempt)),
        HR_EV_RETRY_RANK, HR_EV_RETRY, index);
}

void hr_client_retry(struct hr_model *model, uint32_t index)
{
    struct hr_request *request = &model->pool.requests[index];
    request->event = HR_EVENT_NONE;
    request->attempt++;
    request->sent = model->engine.now;
    if (model->log_requests)
        hr_log_request(model, "request_retried", index);
    send(model, &model->clients[request->workload], index);
}

/* Calls the present attempt back. True: nothing of it is left; false: it goes on in the deployment.
 */
static bool recall(struct hr_model *model, uint32_t index)
{
    struct hr_request *request = &model->pool.requests[index];
    if (request->state == HR_REQUEST_WAITING || request->state == HR_REQUEST_RUNNING)
        return hr_station_abandon(model, index);
    hr_engine_cancel(&model->engine, request->event);
    request->event = HR_EVENT_NONE;
    return true;
}

void hr_client_timed_out(struct hr_model *model, uint32_t index)
{
    const bool gone = recall(model, index);
    finish(model, index, HR_TIMED_OUT);
    if (gone)
        hr_request_give(&model->pool, index);
    else
        model->pool.requests[index].flags = HR_REQUEST_ORPHAN;
}

/* The client's record must stay itself, as deadlines name it; what goes on gets a new one. */
void hr_client_attempt_timed_out(struct hr_model *model, uint32_t index)
{
    if (!recall(model, index)) {
        const uint32_t orphan = hr_request_take(&model->pool);
        hr_station_replace(model, index, orphan);
    }
    hr_client_attempt_failed(model, index, HR_TIMED_OUT);
}
