/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The run loop, compiled once for each set of features that is common: what a run does not need is
 * then not even asked for (path.h).
 */
#include "model/path.h"

/* What is rare, or comes only with a feature that the loop at hand need not have. */
static void dispatch_rest(struct hr_model *model, const struct hr_event *event)
{
    const uint32_t subject = event->subject;
    switch ((enum hr_event_kind)event->kind) {
    case HR_EV_SHARED_STEP:
        hr_shared_step(model, subject);
        return;
    case HR_EV_CLIENT_READY:
        hr_path_arrive(model, HR_MAY_ALL, subject);
        return;
    case HR_EV_RETRY:
        hr_client_retry(model, subject);
        return;
    case HR_EV_TIMEOUT:
    case HR_EV_ATTEMPT_TIMEOUT:
        hr_deadline_passed(model, subject, event->kind == HR_EV_ATTEMPT_TIMEOUT);
        return;
    case HR_EV_TIMEOUT_HEAD:
    case HR_EV_ATTEMPT_TIMEOUT_HEAD:
        hr_deadline_head(model, subject, event->kind == HR_EV_ATTEMPT_TIMEOUT_HEAD);
        return;
    case HR_EV_REPLICA_FAILED:
        hr_faults_failed(model, subject);
        return;
    case HR_EV_REPLICA_REPAIRED:
        hr_faults_repaired(model, subject);
        return;
    case HR_EV_REPLICA_STARTED:
        hr_faults_started(model, subject);
        return;
    case HR_EV_REPLICA_MEMORY:
        hr_faults_memory_due(model, subject);
        return;
    case HR_EV_METRIC_MARK:
    case HR_EV_AUTOSCALER_SYNC:
    case HR_EV_KEDA_POLL:
        hr_scaling_event(model, event);
        return;
    case HR_EV_TICK:
        hr_measure_tick(model);
        return;
    case HR_EV_ARRIVAL:
    case HR_EV_COMPLETE:
    case HR_EV_DELIVER:
    case HR_EV_ANSWER:
    case HR_EVENT_KINDS:
        break;
    }
    hr_pods_event(model, event);
}

#define EVENTS_BETWEEN_LOOKS (UINT32_C(1) << 20)

/* Is anybody still waiting for the result? */
static void look_up(struct hr_model *model)
{
    const struct hr_model_options *options = model->options;
    if (options->keep_going == NULL || options->keep_going(options->ctx))
        return;
    model->out->status = HR_ERR_INTERRUPTED;
    model->stop = true;
}

HR_PATH void loop(struct hr_model *model, const unsigned may)
{
    struct hr_event event;
    uint32_t left = EVENTS_BETWEEN_LOOKS;
    while (!model->stop && hr_engine_next(&model->engine, &event)) {
        if (event.kind == HR_EV_COMPLETE) {
            hr_path_complete(model, may, event.subject, event.where);
        } else if (event.kind == HR_EV_ARRIVAL) {
            struct hr_stream *stream =
                may & HR_MAY_MANY ? &model->streams[event.subject] : model->streams;
            hr_stream_set(model, may, stream);
            hr_path_arrive(model, may, stream->workload);
        } else if (may & HR_MAY_TRAVEL && event.kind == HR_EV_DELIVER) {
            hr_path_deliver(model, may, event.subject);
        } else if (may & HR_MAY_TRAVEL && event.kind == HR_EV_ANSWER) {
            hr_path_answer(model, may, event.subject);
        } else {
            const struct hr_event rest = event; /* the event itself stays in registers */
            dispatch_rest(model, &rest);
        }
        if (__builtin_expect(--left == 0, 0)) {
            look_up(model);
            left = EVENTS_BETWEEN_LOOKS;
        }
    }
}

/* What clients that give up and try again, and replicas that fail, bring. */
#define PATIENT (HR_MAY_EXPIRE | HR_MAY_FAIL)

/* X(name, what may happen), the cheaper before the dearer. */
#define LOOPS(X)                                                                                   \
    X(plain, 0)                                                                                    \
    X(patient, PATIENT)                                                                            \
    X(distant, PATIENT | HR_MAY_TRAVEL)                                                            \
    X(many, PATIENT | HR_MAY_TRAVEL | HR_MAY_MANY)                                                 \
    X(alone, HR_MAY_ALL & ~HR_MAY_MANY)                                                            \
    X(any, HR_MAY_ALL)

#define X(name, may)                                                                               \
    static void loop_##name(struct hr_model *model)                                                \
    {                                                                                              \
        loop(model, may);                                                                          \
    }
LOOPS(X)
#undef X

void hr_loop_run(struct hr_model *model)
{
    static const struct {
        void (*run)(struct hr_model *model);
        unsigned may;
    } loops[] = {
#define X(name, may) { loop_##name, may },
        LOOPS(X)
#undef X
    };
    size_t i = 0;
    while ((model->may & ~loops[i].may) != 0)
        i++;
    loops[i].run(model);
}
