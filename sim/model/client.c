/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's side of a request but for its usual path (path.h): network, retries, giving up. */
#include "model/path.h"

#include "base/mem.h"

/* A closed loop starts with every client thinking. */
static void closed_init(struct hr_model *model, struct hr_client *client, uint32_t workload,
                        const struct hr_arrival_spec *spec)
{
    client->closed = true;
    model->may |= HR_MAY_LOOP;
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
    if (client->station->metrics->ready.levels != NULL)
        client->metrics->by_ready =
            HR_NEW_ARRAY(struct hr_ready_requests, client->station->metrics->ready.n_levels);
    client->attempts_max = spec->retries == NULL ? 1 : (uint32_t)spec->retries->max_attempts;
    hr_dist_init(&client->work, client->station->model->service_time);
    hr_dist_init(&client->network, spec->network_latency);
    client->networked = client->network.kind != HR_DIST_CONSTANT || client->network.constant > 0;
    client->work_rng = hr_model_stream(model, entity, HR_PURPOSE_WORK);
    client->work_next = hr_dist_draw(&client->work, &client->work_rng);
    client->network_rng = hr_model_stream(model, entity, HR_PURPOSE_NETWORK);
    client->think_rng = hr_model_stream(model, entity, HR_PURPOSE_THINK);
    client->backoff_rng = hr_model_stream(model, entity, HR_PURPOSE_BACKOFF);
    hr_deadlines_init(model, &client->timeout, workload, false);
    hr_deadlines_init(model, &client->attempt_timeout, workload, true);
    client->patient = client->timeout.any || client->attempt_timeout.any;
    model->may |= (client->patient ? HR_MAY_EXPIRE : 0) | (client->networked ? HR_MAY_TRAVEL : 0) |
                  (client->attempts_max > 1 ? HR_MAY_FAIL : 0);
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

void hr_client_see_ready(const struct hr_client *client, struct hr_request *request)
{
    const struct hr_station *station = client->station;
    request->ready = hr_ready_index(&station->metrics->ready, station->n_ready);
    if (request->flags & HR_REQUEST_COUNTED)
        client->metrics->by_ready[request->ready].arrived++;
}

void hr_client_unanswered(struct hr_workload_metrics *metrics, const struct hr_request *request,
                          bool failed)
{
    if (metrics->by_ready == NULL)
        return;
    metrics->by_ready[request->ready].unanswered++;
    metrics->by_ready[request->ready].failed += failed;
}

void hr_client_in_flight(struct hr_model *model, uint32_t index)
{
    const struct hr_request *request = &model->pool.requests[index];
    struct hr_workload_metrics *metrics = model->clients[request->workload].metrics;
    metrics->in_flight++;
    hr_client_unanswered(metrics, request, false);
}

void hr_client_think(struct hr_model *model, struct hr_client *client, uint32_t workload)
{
    const hr_time think = hr_dist_draw(&client->think, &client->think_rng);
    hr_engine_schedule(&model->engine, hr_time_add(model->engine.now, think),
                       HR_EV_CLIENT_READY_RANK, HR_EV_CLIENT_READY, workload);
}

static void finish(struct hr_model *model, uint32_t index, enum hr_outcome outcome)
{
    hr_outcome_reached(model, HR_MAY_ALL, index, outcome);
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
    request->attempt++;
    request->sent = model->engine.now;
    if (model->log_requests)
        hr_log_request(model, "request_retried", index);
    hr_path_send(model, HR_MAY_ALL, &model->clients[request->workload], index);
}

/* Calls the present attempt back. True: nothing of it is left; false: it goes on in the deployment.
 */
static bool recall(struct hr_model *model, uint32_t index)
{
    struct hr_request *request = &model->pool.requests[index];
    if (request->state == HR_REQUEST_WAITING || request->state == HR_REQUEST_RUNNING)
        return hr_station_abandon(model, index);
    hr_engine_cancel(&model->engine, request->event);
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
