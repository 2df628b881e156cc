/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replicas that share or throttle their CPU: one pending event each, moved whenever something
 * changes. */
#include "model/path.h"

static struct hr_station *station_of(struct hr_model *model, uint32_t replica)
{
    return model->replicas[replica].station;
}

void hr_shared_sync(struct hr_model *model, uint32_t i)
{
    struct hr_station *station = station_of(model, i);
    const double done =
        hr_shared_cpu_advance(model->replicas[i].cpu, &station->limits, model->engine.now);
    station->executed_ns += done;
    model->replicas[i].executed_ns += done;
    if (model->recorder.open)
        station->metrics->executed_ns += done;
}

/* Throttles or not, and moves the event, after a change at this moment. */
static void settle(struct hr_model *model, uint32_t i)
{
    struct hr_replica *replica = &model->replicas[i];
    struct hr_station *station = station_of(model, i);
    const bool before = replica->cpu->throttled;
    hr_shared_cpu_settle(replica->cpu, &station->limits);
    if (replica->cpu->throttled != before)
        hr_level_add(&station->metrics->levels[HR_LEVEL_THROTTLED], model->engine.now,
                     before ? -1 : 1);
    if (replica->step != HR_EVENT_NONE)
        hr_engine_cancel(&model->engine, replica->step);
    const hr_time next = hr_shared_cpu_next(replica->cpu, &station->limits);
    replica->step = next == HR_TIME_NEVER
                        ? HR_EVENT_NONE
                        : hr_engine_schedule(&model->engine, next, HR_EV_SHARED_STEP_RANK,
                                             HR_EV_SHARED_STEP, i);
}

void hr_shared_start(struct hr_model *model, uint32_t index)
{
    const struct hr_request *request = &model->pool.requests[index];
    hr_shared_sync(model, request->replica);
    hr_shared_cpu_add(model->replicas[request->replica].cpu, index,
                      hr_path_work(model, HR_MAY_ALL, request));
    settle(model, request->replica);
}

void hr_shared_cancel(struct hr_model *model, uint32_t index)
{
    const uint32_t replica = model->pool.requests[index].replica;
    hr_shared_sync(model, replica);
    hr_shared_cpu_remove(model->replicas[replica].cpu, index);
    settle(model, replica);
}

void hr_shared_replace(struct hr_model *model, uint32_t index, uint32_t orphan)
{
    struct hr_shared_cpu *cpu = model->replicas[model->pool.requests[index].replica].cpu;
    for (uint32_t i = 0; i < cpu->n; i++) {
        if (cpu->heap[i].request == index)
            cpu->heap[i].request = orphan;
    }
}

void hr_shared_drop(struct hr_model *model, uint32_t i)
{
    hr_shared_sync(model, i);
    hr_shared_cpu_clear(model->replicas[i].cpu);
    settle(model, i);
}

void hr_shared_step(struct hr_model *model, uint32_t i)
{
    struct hr_replica *replica = &model->replicas[i];
    const struct hr_station *station = station_of(model, i);
    replica->step = HR_EVENT_NONE;
    hr_shared_sync(model, i);
    uint32_t index;
    while (hr_shared_cpu_done(replica->cpu, &station->limits, &index))
        hr_path_complete(model, HR_MAY_ALL, index, i);
    settle(model, i);
}
