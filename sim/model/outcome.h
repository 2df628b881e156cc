/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a request: its outcome, recorded. Inlined into the loop (path.h). */
#ifndef MODEL_OUTCOME_H
#define MODEL_OUTCOME_H

#include "model/state.h"

/* How the latency of an answered request came about; the parts sum to it. */
HR_PATH void hr_outcome_parts(const struct hr_model *model, unsigned may,
                              const struct hr_request *request, hr_time part[HR_PARTS])
{
    const struct hr_client *client = hr_model_client(model, may, request->workload);
    const bool networked = may & HR_MAY_TRAVEL && client->networked;
    const hr_time network =
        networked ? model->pool.patience[request - model->pool.requests].network_ns : 0;
    const hr_time queued = request->sent + network / 2;
    const hr_time cold =
        may & HR_MAY_FAIL && client->station->restarts
            ? hr_station_cold_ns(&model->replicas[request->replica], queued, request->started)
            : 0;
    part[HR_PART_NETWORK] = network;
    part[HR_PART_QUEUE] = request->started - queued - cold;
    part[HR_PART_COLD_START] = cold;
    part[HR_PART_EXECUTION] = model->engine.now - request->started - (network - network / 2);
    part[HR_PART_RETRY] = may & HR_MAY_FAIL ? request->sent - request->arrived : 0;
}

HR_PATH void hr_outcome_count(struct hr_model *model, unsigned may,
                              const struct hr_request *request, enum hr_outcome outcome,
                              unsigned bucket)
{
    struct hr_workload_metrics *metrics = hr_model_client(model, may, request->workload)->metrics;
    if (outcome == HR_COMPLETED) {
        hr_time part[HR_PARTS];
        hr_outcome_parts(model, may, request, part);
        hr_workload_metrics_completed(metrics, model->engine.now - request->arrived, bucket, part);
    } else {
        metrics->outcomes[outcome]++;
        hr_client_unanswered(metrics, request, outcome == HR_FAILED);
    }
    model->counted_open--;
    if (__builtin_expect(model->engine.now >= model->to, 0) && model->counted_open == 0)
        model->stop = true;
}

/* The request has its outcome; the record is not given back yet. */
HR_PATH void hr_outcome_reached(struct hr_model *model, unsigned may, uint32_t index,
                                enum hr_outcome outcome)
{
    const struct hr_request *request = &model->pool.requests[index];
    struct hr_client *client = hr_model_client(model, may, request->workload);
    struct hr_workload_metrics *metrics = client->metrics;
    const hr_time now = model->engine.now;
    if (may & HR_MAY_EXPIRE && client->patient) {
        hr_deadline_stop(model, index, false);
        hr_deadline_stop(model, index, true);
    }
    hr_level_add(&metrics->inside, now, -1);
    if (outcome == HR_COMPLETED)
        metrics->completed_in_window += model->recorder.open;
    const hr_time latency = now - request->arrived;
    const unsigned bucket = hr_log_bucket(latency, HR_HIST_BITS);
    if (metrics->step != NULL) {
        metrics->step->outcomes[outcome]++;
        if (outcome == HR_COMPLETED)
            metrics->step
                ->latency[hr_log_bucket_coarser(latency, bucket, HR_HIST_BITS, HR_STEP_BITS)]++;
    }
    if (may & HR_MAY_LOG && model->log_requests)
        hr_log_outcome(model, outcome, index);
    if (request->flags & HR_REQUEST_COUNTED)
        hr_outcome_count(model, may, request, outcome, bucket);
    if (may & HR_MAY_LOOP && client->closed)
        hr_client_think(model, client, request->workload);
}

#endif
