/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building a model from its spec, and the event loop. */
#include "model/model.h"

#include "base/mem.h"
#include "model/facts.h"
#include "model/state.h"

#include <stdlib.h>

void hr_model_assert_failed(const struct hr_model *model, const char *file, int line,
                            const char *condition)
{
    const struct hr_replay replay = { .now = model->engine.now,
                                      .seed = model->options->seed,
                                      .replication = model->options->replication,
                                      .scenario = model->options->scenario };
    hr_assert_failed(&replay, file, line, condition);
}

struct hr_rng hr_model_stream(const struct hr_model *model, uint64_t entity,
                              enum hr_purpose purpose)
{
    return hr_rng_at((struct hr_address){
        .seed = model->options->seed,
        .replication = model->options->replication,
        .purpose = purpose,
        .entity = entity,
    });
}

static const struct hr_workload_spec *workload_spec(const struct hr_model *model, uint32_t w)
{
    return &((const struct hr_workload_spec *)model->spec->workloads.items)[w];
}

static bool needs_patience(const struct hr_spec *spec)
{
    const struct hr_workload_spec *workloads = spec->workloads.items;
    for (size_t w = 0; w < spec->workloads.n; w++) {
        const struct hr_dist_spec *network = workloads[w].network_latency;
        if (workloads[w].timeout != NULL || workloads[w].attempt_timeout != NULL)
            return true;
        if (network != NULL && !(network->kind == HR_DIST_CONSTANT && network->mean == 0))
            return true;
    }
    return false;
}

static void replication_init(struct hr_replication *out, const struct hr_spec *spec, hr_time window)
{
    *out = (struct hr_replication){
        .status = HR_OK,
        .window = window,
        .n_workloads = (uint32_t)spec->workloads.n,
        .n_deployments = (uint32_t)spec->deployments.n,
        .n_pools = (uint32_t)spec->node_pools.n,
        .n_jobs = (uint32_t)spec->jobs.n,
        .workloads = HR_NEW_ARRAY(struct hr_workload_metrics, spec->workloads.n),
        .deployments = HR_NEW_ARRAY(struct hr_deployment_metrics, spec->deployments.n),
        .pools = HR_NEW_ARRAY(struct hr_pool_metrics, spec->node_pools.n),
        .jobs = HR_NEW_ARRAY(struct hr_job_metrics, spec->jobs.n),
        .use = HR_NEW_ARRAY(struct hr_pool_use, spec->deployments.n * spec->node_pools.n),
    };
    for (uint32_t w = 0; w < out->n_workloads; w++)
        hr_workload_metrics_init(&out->workloads[w]);
}

void hr_replication_fini(struct hr_replication *replication)
{
    for (uint32_t w = 0; w < replication->n_workloads; w++)
        hr_workload_metrics_fini(&replication->workloads[w]);
    for (uint32_t d = 0; d < replication->n_deployments; d++)
        hr_ready_fini(&replication->deployments[d].ready);
    free(replication->workloads);
    free(replication->deployments);
    free(replication->pools);
    free(replication->jobs);
    free(replication->use);
    free(replication->inside);
    free(replication->workload_series);
    free(replication->deployment_series);
    free(replication->pool_series);
    free(replication->le_counts);
    hr_slices_free(replication->slices);
    *replication = (struct hr_replication){ 0 };
}

/* Sources of the engine: open arrival streams, lists of deadlines, ticks. */
static void count_sources(struct hr_model *model)
{
    for (uint32_t w = 0; w < model->n_clients; w++) {
        const struct hr_workload_spec *spec = workload_spec(model, w);
        model->n_sources += spec->timeout != NULL;
        model->n_sources += spec->attempt_timeout != NULL;
    }
    model->n_streams = hr_streams_count(model->spec);
    model->n_sources += model->n_streams + 1;
    if (model->n_streams > 1 || model->n_clients > 1 || model->n_stations > 1)
        model->may |= HR_MAY_MANY;
}

/* Streams come first; the rest take places as they are made. */
uint32_t hr_model_source_take(struct hr_model *model)
{
    HR_ASSERT(model->sources_taken < model->n_sources - model->n_streams);
    return model->n_streams + model->sources_taken++;
}

/* Pods take their places as they come. */
static void count_replicas(struct hr_model *model)
{
    const struct hr_deployment_spec *deployments = model->spec->deployments.items;
    for (uint32_t d = 0; d < model->n_stations && !hr_spec_has_pods(model->spec); d++) {
        model->stations[d].first = model->n_replicas;
        model->stations[d].n_replicas = (uint32_t)deployments[d].replicas;
        model->n_replicas += (uint32_t)deployments[d].replicas;
    }
}

static void find_sharers(struct hr_model *model)
{
    uint32_t *workloads = HR_NEW_ARRAY(uint32_t, model->n_stations);
    for (uint32_t w = 0; w < model->n_clients; w++) {
        const uint32_t d = (uint32_t)workload_spec(model, w)->deployment;
        model->stations[d].many_workloads = ++workloads[d] > 1;
    }
    free(workloads);
}

#define EVENTS_BESIDE 4096u /* those of the replicas */

void hr_model_reserve_events(struct hr_model *model)
{
    hr_engine_reserve(&model->engine, model->n_replicas + EVENTS_BESIDE);
}

static void init(struct hr_model *model)
{
    const struct hr_spec *spec = model->spec;
    const struct hr_model_options *options = model->options;
    model->from = options->warmup;
    model->to = spec->duration;
    model->limit = hr_time_add(model->to, model->to - model->from);
    model->log_requests = options->event != NULL && options->event_requests;
    model->may = model->log_requests ? HR_MAY_LOG : 0;
    model->n_clients = (uint32_t)spec->workloads.n;
    model->n_stations = (uint32_t)spec->deployments.n;
    model->clients = HR_NEW_ARRAY(struct hr_client, model->n_clients);
    model->stations = HR_NEW_ARRAY(struct hr_station, model->n_stations);
    count_sources(model);
    count_replicas(model);
    find_sharers(model);
    model->serving = hr_alloc_lines(model->n_replicas, sizeof *model->serving);
    model->replicas = HR_NEW_ARRAY(struct hr_replica, model->n_replicas);
    hr_engine_init(&model->engine, model->n_sources);
    hr_model_reserve_events(model);
    model->tick_source = hr_model_source_take(model);
    hr_request_pool_init(&model->pool, needs_patience(spec));
    for (uint32_t d = 0; d < model->n_stations; d++)
        hr_station_init(model, d);
    if (hr_spec_has_pods(spec)) {
        hr_scaling_init(model);
        hr_pods_init(model);
        hr_scaling_start(model);
    }
    for (uint32_t w = 0; w < model->n_clients; w++)
        hr_client_init(model, w);
    hr_streams_init(model);
    hr_measure_init(model);
    if (model->from == 0)
        hr_measure_open(model);
}

/* Requests of the window without outcome, by workload, found in the pool itself. */
static void count_in_flight(struct hr_model *model)
{
    for (uint32_t i = 0; i < model->pool.capacity; i++) {
        const struct hr_request *request = &model->pool.requests[i];
        if (request->state != HR_REQUEST_FREE && request->flags & HR_REQUEST_COUNTED)
            hr_client_in_flight(model, i);
    }
}

/* What was counted as things happened is what the pool holds now. */
static void check_accounts(const struct hr_model *model)
{
    uint64_t open = 0;
    for (uint32_t w = 0; w < model->n_clients; w++) {
        const struct hr_workload_metrics *metrics = &model->out->workloads[w];
        uint64_t ended = 0;
        for (size_t outcome = 0; outcome < HR_OUTCOMES; outcome++)
            ended += metrics->outcomes[outcome];
        HR_MODEL_ASSERT(model, metrics->arrived == ended + metrics->in_flight);
        open += metrics->in_flight;
    }
    HR_MODEL_ASSERT(model, model->counted_open == open);
}

static void finish(struct hr_model *model)
{
    struct hr_replication *out = model->out;
    out->events = model->events;
    out->fingerprint = model->fingerprint;
    for (uint32_t w = 0; w < model->n_clients; w++) {
        out->requests += model->clients[w].ordinal;
        hr_workload_metrics_close(&out->workloads[w]);
    }
    for (uint32_t s = 0; s < model->n_streams; s++) {
        const enum hr_status status = hr_arrivals_status(&model->streams[s].arrivals);
        if (status != HR_OK)
            out->status = status;
    }
    count_in_flight(model);
    check_accounts(model);
    hr_measure_close_slices(model);
    for (uint32_t w = 0; w < out->n_workloads; w++)
        hr_workload_metrics_pack(&out->workloads[w]);
}

static void fini(struct hr_model *model)
{
    hr_measure_fini(model);
    for (uint32_t s = 0; s < model->n_streams; s++)
        hr_arrivals_fini(&model->streams[s].arrivals);
    for (uint32_t w = 0; w < model->n_clients; w++)
        hr_client_fini(&model->clients[w]);
    hr_scaling_fini(model);
    hr_pods_fini(model);
    for (uint32_t i = 0; i < model->n_replicas; i++)
        hr_station_fini_cpu(model, i);
    for (uint32_t d = 0; d < model->n_stations; d++)
        hr_station_fini(&model->stations[d]);
    hr_request_pool_fini(&model->pool);
    hr_engine_fini(&model->engine);
    free(model->streams);
    free(model->clients);
    free(model->stations);
    free(model->serving);
    free(model->replicas);
}

void hr_model_run(const struct hr_spec *spec, const struct hr_model_options *options,
                  struct hr_replication *out)
{
    replication_init(out, spec, spec->duration - options->warmup);
    struct hr_model model = { .spec = spec, .options = options, .out = out };
    init(&model);
    if (out->status == HR_OK)
        hr_loop_run(&model);
    finish(&model);
    fini(&model);
}
