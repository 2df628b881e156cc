/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Open arrivals: a stream for each process of a workload. While a spike of factor f goes on there
 * are f times as many requests: f - 1 further streams, of like processes that are independent of
 * the first, the last of which brings a share of its requests; or, for f < 1, a share of the first
 * stream's.
 */
#include "model/state.h"

#include "base/mem.h"

#include <math.h>

#define COPY_STRIDE 1000 /* between the addresses of a process's streams; processes are fewer */

static const struct hr_workload_spec *workload_at(const struct hr_spec *spec, uint32_t w)
{
    return &((const struct hr_workload_spec *)spec->workloads.items)[w];
}

static bool is_closed(const struct hr_workload_spec *spec)
{
    return ((const struct hr_arrival_spec *)spec->arrivals.items)[0].process == HR_ARRIVAL_CLOSED;
}

/* Event e as a spike of workload w; NULL: it is none. */
static const struct hr_action_spec *spike_at(const struct hr_spec *spec, size_t e, uint32_t w)
{
    const struct hr_action_spec *action = &((const struct hr_action_spec *)spec->events.items)[e];
    const bool meant = action->workload == HR_REF_NONE || action->workload == (int64_t)w;
    return action->action == HR_ACTION_SPIKE && meant ? action : NULL;
}

static uint32_t copies_of(const struct hr_action_spec *spike)
{
    return spike == NULL || spike->factor <= 1 ? 0 : (uint32_t)ceil(spike->factor - 1);
}

uint32_t hr_streams_count(const struct hr_spec *spec)
{
    uint32_t n = 0;
    for (uint32_t w = 0; w < spec->workloads.n; w++) {
        uint32_t streams = 1;
        for (size_t e = 0; e < spec->events.n; e++)
            streams += copies_of(spike_at(spec, e, w));
        const struct hr_workload_spec *workload = workload_at(spec, w);
        n += is_closed(workload) ? 0 : streams * (uint32_t)workload->arrivals.n;
    }
    return n;
}

/* Share of the requests of a workload's own stream that comes at a time. */
static double share_at(const struct hr_spec *spec, uint32_t w, hr_time at)
{
    double share = 1;
    for (size_t e = 0; e < spec->events.n; e++) {
        const struct hr_action_spec *spike = spike_at(spec, e, w);
        if (spike != NULL && spike->factor < 1 && at >= spike->at &&
            at - spike->at < spike->duration)
            share *= spike->factor;
    }
    return share;
}

hr_time hr_stream_next_spiked(const struct hr_model *model, struct hr_stream *stream)
{
    for (;;) {
        const hr_time at = hr_arrivals_next(&stream->arrivals);
        const bool extra = stream->until != HR_TIME_NEVER;
        if (at == HR_TIME_NEVER || (extra && at >= stream->until))
            return HR_TIME_NEVER;
        const double share = extra ? stream->share : share_at(model->spec, stream->workload, at);
        if (share >= 1 || hr_rng_uniform(&stream->spikes) < share)
            return at;
    }
}

static void start(struct hr_model *model, struct hr_stream *stream, unsigned process, hr_time from)
{
    const struct hr_model_options *options = model->options;
    const struct hr_workload_spec *spec = workload_at(model->spec, stream->workload);
    const uint64_t entity = hr_hash_name(spec->name);
    hr_engine_source_init(&model->engine, stream->source, HR_EV_ARRIVAL_RANK, HR_EV_ARRIVAL,
                          stream->source);
    stream->spikes = hr_rng_at((struct hr_address){ .seed = options->seed,
                                                    .replication = options->replication,
                                                    .purpose = HR_PURPOSE_SPIKE,
                                                    .entity = entity,
                                                    .ordinal = process });
    const struct hr_arrival_spec *arrivals = spec->arrivals.items;
    const enum hr_status status =
        hr_arrivals_init(&stream->arrivals, &arrivals[process % COPY_STRIDE], options->seed,
                         options->replication, entity, process, &options->opener);
    if (status != HR_OK) {
        model->out->status = status;
        return;
    }
    if (from > 0)
        hr_arrivals_skip(&stream->arrivals, from);
    stream->next =
        stream->spiked ? hr_stream_next_spiked(model, stream) : hr_arrivals_next(&stream->arrivals);
    hr_stream_set(model, HR_MAY_ALL, stream);
}

static bool has_lull(const struct hr_spec *spec, uint32_t w)
{
    for (size_t e = 0; e < spec->events.n; e++) {
        const struct hr_action_spec *spike = spike_at(spec, e, w);
        if (spike != NULL && spike->factor < 1)
            return true;
    }
    return false;
}

/* The streams of one process of a workload from number s on; returns the next number. */
static uint32_t start_process(struct hr_model *model, uint32_t w, unsigned process, uint32_t s)
{
    const struct hr_spec *spec = model->spec;
    unsigned copy = 0;
    model->streams[s] = (struct hr_stream){
        .workload = w, .source = s, .spiked = has_lull(spec, w), .until = HR_TIME_NEVER
    };
    start(model, &model->streams[s++], process, 0);
    for (size_t e = 0; e < spec->events.n; e++) {
        const struct hr_action_spec *spike = spike_at(spec, e, w);
        const uint32_t n = copies_of(spike);
        for (uint32_t c = 0; c < n; c++) {
            model->streams[s] = (struct hr_stream){
                .workload = w,
                .source = s,
                .spiked = true,
                .until = hr_time_add(spike->at, spike->duration),
                .share = c + 1 < n ? 1 : spike->factor - n,
            };
            start(model, &model->streams[s++], process + ++copy * COPY_STRIDE, spike->at);
        }
    }
    return s;
}

void hr_streams_init(struct hr_model *model)
{
    model->streams = HR_NEW_ARRAY(struct hr_stream, model->n_streams);
    uint32_t s = 0;
    for (uint32_t w = 0; w < model->n_clients; w++) {
        const struct hr_workload_spec *spec = workload_at(model->spec, w);
        for (unsigned i = 0; i < spec->arrivals.n && !is_closed(spec); i++)
            s = start_process(model, w, i, s);
    }
}
