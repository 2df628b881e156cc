/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Deadlines. Nearly all of them are cancelled, so they must cost little: where the delay is
 * constant they stand in a list in order of time, whose head alone is known to the engine. The
 * engine's source for a list is set when it is needed first and then only when it fires; a head
 * that left in the meantime costs nothing. Drawn delays are events.
 */
#include "model/state.h"

void hr_deadlines_init(struct hr_model *model, struct hr_deadlines *deadlines, uint32_t workload,
                       bool attempt)
{
    const struct hr_workload_spec *spec = model->clients[workload].spec;
    const struct hr_dist_spec *delay = attempt ? spec->attempt_timeout : spec->timeout;
    *deadlines = (struct hr_deadlines){
        .any = delay != NULL && !(delay->kind == HR_DIST_CONSTANT && delay->mean == HR_TIME_NEVER),
        .attempt = attempt,
        .head = HR_REQUEST_NONE,
        .tail = HR_REQUEST_NONE,
        .source_at = HR_TIME_NEVER,
    };
    hr_dist_init(&deadlines->delay, delay);
    deadlines->list = deadlines->delay.kind == HR_DIST_CONSTANT;
    if (delay != NULL) {
        deadlines->source = hr_model_source_take(model);
        hr_engine_source_init(&model->engine, deadlines->source,
                              attempt ? HR_EV_ATTEMPT_TIMEOUT_HEAD_RANK : HR_EV_TIMEOUT_HEAD_RANK,
                              attempt ? HR_EV_ATTEMPT_TIMEOUT_HEAD : HR_EV_TIMEOUT_HEAD, workload);
    }
    deadlines->rng = hr_model_stream(model, hr_hash_name(spec->name),
                                     attempt ? HR_PURPOSE_ATTEMPT_PATIENCE : HR_PURPOSE_PATIENCE);
}

static struct hr_deadlines *deadlines_of(struct hr_model *model, uint32_t workload, bool attempt)
{
    struct hr_client *client = &model->clients[workload];
    return attempt ? &client->attempt_timeout : &client->timeout;
}

static struct hr_deadline *deadline_of(struct hr_model *model, uint32_t index, bool attempt)
{
    struct hr_patience *patience = &model->pool.patience[index];
    return attempt ? &patience->attempt : &patience->total;
}

static void set_source(struct hr_model *model, struct hr_deadlines *deadlines, hr_time at)
{
    deadlines->source_at = at;
    hr_engine_source_set(&model->engine, deadlines->source, at);
}

static void append(struct hr_model *model, struct hr_deadlines *deadlines, uint32_t index)
{
    struct hr_deadline *deadline = deadline_of(model, index, deadlines->attempt);
    deadline->next = HR_REQUEST_NONE;
    deadline->prev = deadlines->tail;
    if (deadlines->tail == HR_REQUEST_NONE)
        deadlines->head = index;
    else
        deadline_of(model, deadlines->tail, deadlines->attempt)->next = index;
    deadlines->tail = index;
}

static void unlink_deadline(struct hr_model *model, struct hr_deadlines *deadlines,
                            const struct hr_deadline *deadline)
{
    if (deadline->prev == HR_REQUEST_NONE)
        deadlines->head = deadline->next;
    else
        deadline_of(model, deadline->prev, deadlines->attempt)->next = deadline->next;
    if (deadline->next == HR_REQUEST_NONE)
        deadlines->tail = deadline->prev;
    else
        deadline_of(model, deadline->next, deadlines->attempt)->prev = deadline->prev;
}

void hr_deadline_start(struct hr_model *model, uint32_t index, bool attempt)
{
    const uint32_t workload = model->pool.requests[index].workload;
    struct hr_deadlines *deadlines = deadlines_of(model, workload, attempt);
    struct hr_deadline *deadline = deadline_of(model, index, attempt);
    deadline->at = hr_time_add(model->engine.now, hr_dist_draw(&deadlines->delay, &deadlines->rng));
    if (deadline->at == HR_TIME_NEVER)
        return;
    if (!deadlines->list) {
        deadline->event = hr_engine_schedule(
            &model->engine, deadline->at, attempt ? HR_EV_ATTEMPT_TIMEOUT_RANK : HR_EV_TIMEOUT_RANK,
            attempt ? HR_EV_ATTEMPT_TIMEOUT : HR_EV_TIMEOUT, index);
        return;
    }
    append(model, deadlines, index);
    if (deadlines->source_at == HR_TIME_NEVER)
        set_source(model, deadlines, deadline->at);
}

void hr_deadline_stop(struct hr_model *model, uint32_t index, bool attempt)
{
    struct hr_deadlines *deadlines =
        deadlines_of(model, model->pool.requests[index].workload, attempt);
    struct hr_deadline *deadline = deadline_of(model, index, attempt);
    if (!deadlines->any || deadline->at == HR_TIME_NEVER)
        return;
    if (deadlines->list)
        unlink_deadline(model, deadlines, deadline);
    else
        hr_engine_cancel(&model->engine, deadline->event);
    deadline->at = HR_TIME_NEVER;
}

static void passed(struct hr_model *model, uint32_t index, bool attempt)
{
    hr_model_mark(model, attempt ? HR_EV_ATTEMPT_TIMEOUT : HR_EV_TIMEOUT,
                  model->pool.requests[index].workload);
    if (attempt)
        hr_client_attempt_timed_out(model, index);
    else
        hr_client_timed_out(model, index);
}

void hr_deadline_passed(struct hr_model *model, uint32_t index, bool attempt)
{
    deadline_of(model, index, attempt)->at = HR_TIME_NEVER;
    passed(model, index, attempt);
}

void hr_deadline_head(struct hr_model *model, uint32_t workload, bool attempt)
{
    struct hr_deadlines *deadlines = deadlines_of(model, workload, attempt);
    const hr_time now = model->engine.now;
    while (deadlines->head != HR_REQUEST_NONE &&
           deadline_of(model, deadlines->head, attempt)->at <= now) {
        const uint32_t index = deadlines->head;
        hr_deadline_stop(model, index, attempt);
        passed(model, index, attempt);
    }
    const bool empty = deadlines->head == HR_REQUEST_NONE;
    set_source(model, deadlines,
               empty ? HR_TIME_NEVER : deadline_of(model, deadlines->head, attempt)->at);
}
