/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Probes as the kubelet runs them (pkg/kubelet/prober, 1.28): each is a loop of its own from the
 * start of the container. While there is a startup probe that has not succeeded, the others wait.
 * A probe that cannot fail once the process serves is not run any more, so that quiet pods cost no
 * events.
 */
#include "cluster/state.h"

#include "base/minmax.h"

static const struct hr_probe_spec *spec_of(const struct hr_cluster *cluster,
                                           const struct hr_pod *pod, enum hr_probe_kind kind)
{
    const struct hr_pods_spec *pods = cluster->sets[pod->set].config->pods;
    switch (kind) {
    case HR_PROBE_STARTUP:
        return pods->startup_probe;
    case HR_PROBE_READINESS:
        return pods->readiness_probe;
    case HR_PROBE_LIVENESS:
        return pods->liveness_probe;
    case HR_PROBES:
        break;
    }
    return NULL;
}

static void set_event(struct hr_cluster *cluster, uint32_t i, enum hr_probe_kind kind, hr_time at)
{
    static const uint32_t events[HR_PROBES] = { HR_EV_POD_STARTUP_PROBE, HR_EV_POD_READINESS_PROBE,
                                                HR_EV_POD_LIVENESS_PROBE };
    hr_event_set(cluster, &cluster->pods[i].probes[kind].event, at, HR_EV_POD_READINESS_PROBE_RANK,
                 events[kind], i);
}

/* The first tick of the loop, begun with the container, at which the container is old enough, at
 * `from` or later. */
static hr_time first_tick(const struct hr_pod *pod, const struct hr_probe_spec *spec, hr_time from)
{
    const hr_time age = hr_max(spec->initial_delay, from - pod->started);
    const hr_time ticks = (age + spec->period - 1) / spec->period;
    return hr_time_add(pod->started, ticks * spec->period);
}

static void begin(struct hr_cluster *cluster, uint32_t i, enum hr_probe_kind kind)
{
    struct hr_pod *pod = &cluster->pods[i];
    const struct hr_probe_spec *spec = spec_of(cluster, pod, kind);
    if (spec == NULL)
        return;
    pod->probes[kind] = (struct hr_probe){ .event = HR_EVENT_NONE };
    set_event(cluster, i, kind, first_tick(pod, spec, cluster->engine->now));
}

void hr_probes_begin(struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_pods_spec *pods = cluster->sets[cluster->pods[i].set].config->pods;
    hr_probes_end(cluster, i, true);
    if (pods->startup_probe != NULL) {
        begin(cluster, i, HR_PROBE_STARTUP);
        return;
    }
    cluster->pods[i].started_up = true;
    begin(cluster, i, HR_PROBE_READINESS);
    begin(cluster, i, HR_PROBE_LIVENESS);
}

/* Without a probe that says when, a pod is ready as soon as it serves. */
void hr_probes_serving(struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_pod *pod = &cluster->pods[i];
    if (pod->started_up && spec_of(cluster, pod, HR_PROBE_READINESS) == NULL &&
        pod->deleted == HR_TIME_NEVER)
        hr_pod_ready(cluster, i, true);
}

void hr_probes_end(struct hr_cluster *cluster, uint32_t i, bool readiness_too)
{
    struct hr_pod *pod = &cluster->pods[i];
    hr_event_cancel(cluster, &pod->probes[HR_PROBE_STARTUP].event);
    hr_event_cancel(cluster, &pod->probes[HR_PROBE_LIVENESS].event);
    if (readiness_too)
        hr_event_cancel(cluster, &pod->probes[HR_PROBE_READINESS].event);
}

static void started_up(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    pod->started_up = true;
    begin(cluster, i, HR_PROBE_READINESS);
    begin(cluster, i, HR_PROBE_LIVENESS);
    const struct hr_probe_spec *readiness = spec_of(cluster, pod, HR_PROBE_READINESS);
    /* Readiness is looked at at once, not at its next tick. */
    if (readiness != NULL && cluster->engine->now - pod->started >= readiness->initial_delay)
        set_event(cluster, i, HR_PROBE_READINESS, cluster->engine->now);
    hr_probes_serving(cluster, i);
}

/* A probe has failed, or succeeded, as often in a row as it takes. True: the pod's container goes
 * on. */
static bool conclude(struct hr_cluster *cluster, uint32_t i, enum hr_probe_kind kind, bool success)
{
    const struct hr_pod *pod = &cluster->pods[i];
    if (kind == HR_PROBE_READINESS) {
        hr_pod_ready(cluster, i, success);
        return true;
    }
    if (success) {
        if (kind == HR_PROBE_STARTUP)
            started_up(cluster, i);
        return true;
    }
    hr_note(cluster, "Killing", pod->set, i, pod->node,
            "Container failed %s probe, will be restarted",
            kind == HR_PROBE_STARTUP ? "startup" : "liveness");
    hr_pod_container_ended(cluster, i, 0);
    return false;
}

/* Once it serves, nothing can make this probe fail. */
static bool is_settled(const struct hr_cluster *cluster, const struct hr_pod *pod,
                       const struct hr_probe_spec *spec)
{
    double slowdown = cluster->sets[pod->set].revisions[pod->revision].version.slowdown;
    if (pod->node != HR_NODE_NONE)
        slowdown *= cluster->nodes[pod->node].health.slowdown;
    const hr_time timeout = hr_time_from_ns((double)spec->timeout / slowdown);
    return pod->stage == HR_POD_SERVING &&
           !cluster->hooks.probe_fails(cluster->hooks.ctx, pod->set, spec->path, timeout);
}

void hr_probes_review(struct hr_cluster *cluster, uint32_t i)
{
    static const enum hr_probe_kind kinds[] = { HR_PROBE_READINESS, HR_PROBE_LIVENESS };
    const struct hr_pod *pod = &cluster->pods[i];
    const bool runs = pod->stage == HR_POD_SERVING && pod->started_up && !pod->silent;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0] && runs; k++) {
        const struct hr_probe_spec *spec = spec_of(cluster, pod, kinds[k]);
        const bool over = kinds[k] == HR_PROBE_LIVENESS && pod->deleted != HR_TIME_NEVER;
        if (spec != NULL && !over && pod->probes[kinds[k]].event == HR_EVENT_NONE &&
            !is_settled(cluster, pod, spec))
            set_event(cluster, i, kinds[k], first_tick(pod, spec, cluster->engine->now));
    }
}

static void record(struct hr_cluster *cluster, uint32_t i, enum hr_probe_kind kind, bool success)
{
    static const char *const names[HR_PROBES] = { "Startup", "Readiness", "Liveness" };
    struct hr_pod *pod = &cluster->pods[i];
    struct hr_probe *probe = &pod->probes[kind];
    const struct hr_probe_spec *spec = spec_of(cluster, pod, kind);
    if (probe->in_a_row == 0 || probe->last != success)
        probe->in_a_row = 1;
    else if (probe->in_a_row < HR_IN_A_ROW_MAX)
        probe->in_a_row++;
    probe->last = success;
    if (!success)
        hr_note(cluster, "Unhealthy", pod->set, i, pod->node, "%s probe failed", names[kind]);
    const bool counts =
        probe->in_a_row >= (success ? spec->success_threshold : spec->failure_threshold);
    if (counts && !conclude(cluster, i, kind, success))
        return;
    if (counts && success && (kind == HR_PROBE_STARTUP || is_settled(cluster, pod, spec)))
        return;
    /* A run that hung past the next tick is followed by the next at once. */
    const hr_time next = hr_max(first_tick(pod, spec, probe->tick + 1), cluster->engine->now);
    set_event(cluster, i, kind, next);
}

void hr_probe_run(struct hr_cluster *cluster, uint32_t i, enum hr_probe_kind kind)
{
    struct hr_pod *pod = &cluster->pods[i];
    struct hr_probe *probe = &pod->probes[kind];
    const struct hr_probe_spec *spec = spec_of(cluster, pod, kind);
    if (probe->hangs) {
        probe->hangs = false;
        record(cluster, i, kind, false);
        return;
    }
    probe->tick = cluster->engine->now;
    if (pod->stage != HR_POD_SERVING) {
        record(cluster, i, kind, false); /* nothing listens: refused at once */
    } else if (cluster->hooks.probe_time(cluster->hooks.ctx, pod->tag, spec->path) <=
               spec->timeout) {
        record(cluster, i, kind, true);
    } else {
        probe->hangs = true;
        set_event(cluster, i, kind, hr_time_add(cluster->engine->now, spec->timeout));
    }
}
