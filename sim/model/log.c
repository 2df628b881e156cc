/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hands events to the sink of the options. */
#include "model/state.h"

void hr_log_request(const struct hr_model *model, const char *kind, uint32_t index)
{
    const struct hr_request *request = &model->pool.requests[index];
    const struct hr_client *client = &model->clients[request->workload];
    const struct hr_station *station = client->station;
    const bool placed = request->replica != HR_REPLICA_NONE;
    const struct hr_event_record record = {
        .time_ns = model->engine.now,
        .kind = kind,
        .workload = client->spec->name,
        .deployment = station->spec->name,
        .replica = placed ? (int64_t)(request->replica - station->first) : -1,
        .request = (int64_t)request->ordinal,
        .attempt = request->attempt,
        .latency_ns =
            model->engine.now > request->arrived ? model->engine.now - request->arrived : -1,
    };
    model->options->event(model->options->event_ctx, &record);
}

void hr_log_outcome(const struct hr_model *model, enum hr_outcome outcome, uint32_t index)
{
    static const char *const kinds[HR_OUTCOMES] = {
        [HR_COMPLETED] = "request_completed",
        [HR_TIMED_OUT] = "request_timed_out",
        [HR_REJECTED] = "request_rejected",
        [HR_FAILED] = "request_failed",
    };
    hr_log_request(model, kinds[outcome], index);
}

void hr_log_replica(const struct hr_model *model, const char *kind, uint32_t replica)
{
    if (model->options->event == NULL)
        return;
    const struct hr_station *station = model->replicas[replica].station;
    const struct hr_event_record record = {
        .time_ns = model->engine.now,
        .kind = kind,
        .deployment = station->spec->name,
        .replica = (int64_t)(replica - station->first),
        .request = -1,
        .attempt = -1,
        .latency_ns = -1,
    };
    model->options->event(model->options->event_ctx, &record);
}

void hr_log_note(const struct hr_model *model, const struct hr_cluster_note *note)
{
    if (model->options->event == NULL)
        return;
    const struct hr_event_record record = {
        .time_ns = model->engine.now,
        .kind = note->reason,
        .deployment = note->set,
        .pod = note->pod,
        .node = note->node,
        .message = note->message,
        .replica = -1,
        .request = -1,
        .attempt = -1,
        .latency_ns = -1,
    };
    model->options->event(model->options->event_ctx, &record);
}
