/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pod from its creation until it serves, and the end and new start of its container:
 * pending -> pulling -> loading -> serving, and back through waiting.
 */
#include "cluster/state.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/minmax.h"

#include <stdlib.h>

/* Kubernetes' crash back-off (pkg/kubelet, 1.28): 10 s, doubled up to 300 s; begun anew when the
 * container ends more than twice the longest after the last change. */
#define BACKOFF_FIRST (10 * HR_NS_PER_S)
#define BACKOFF_MAX   (300 * HR_NS_PER_S)

static uint32_t take_record(struct hr_cluster *cluster)
{
    if (cluster->pod_free != HR_POD_NONE) {
        const uint32_t i = cluster->pod_free;
        cluster->pod_free = cluster->pods[i].next;
        return i;
    }
    if (cluster->n_pods == cluster->capacity) {
        cluster->capacity *= 2;
        cluster->pods = hr_realloc(cluster->pods, cluster->capacity, sizeof *cluster->pods);
    }
    return cluster->n_pods++;
}

static void join_set(struct hr_cluster *cluster, struct hr_set *set, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    pod->prev = set->last;
    pod->next = HR_POD_NONE;
    if (set->last == HR_POD_NONE)
        set->first = i;
    else
        cluster->pods[set->last].next = i;
    set->last = i;
}

uint32_t hr_pod_create(struct hr_cluster *cluster, uint32_t s, uint32_t revision, uint64_t ordinal)
{
    struct hr_set *set = &cluster->sets[s];
    const uint32_t i = take_record(cluster);
    cluster->pods[i] = (struct hr_pod){
        .set = s,
        .revision = revision,
        .node = HR_NODE_NONE,
        .ordinal = ordinal,
        .serial = set->created++,
        .stage = HR_POD_PENDING,
        .created = cluster->engine->now,
        .acknowledged = HR_TIME_NEVER,
        .ready_changed = cluster->engine->now,
        .deleted = HR_TIME_NEVER,
        .step = HR_EVENT_NONE,
        .crash = HR_EVENT_NONE,
        .end = HR_EVENT_NONE,
        .list = HR_EVENT_NONE,
        .unlist = HR_EVENT_NONE,
        .availability = HR_EVENT_NONE,
        .toleration = HR_EVENT_NONE,
    };
    for (size_t p = 0; p < HR_PROBES; p++)
        cluster->pods[i].probes[p].event = HR_EVENT_NONE;
    join_set(cluster, set, i);
    set->revisions[revision].pods++;
    set->revisions[revision].existing++;
    set->pending++;
    cluster->changed = true;
    cluster->pods[i].tag = cluster->hooks.created(cluster->hooks.ctx, s, i);
    hr_note(cluster, "SuccessfulCreate", s, i, HR_NODE_NONE, "Created pod");
    if (hr_has_nodes(cluster))
        hr_placing_add(cluster, i);
    return i;
}

static uint64_t entity_of(const struct hr_cluster *cluster, const struct hr_pod *pod)
{
    return hr_hash_step(cluster->sets[pod->set].entity, pod->serial);
}

/* A draw of the pod, one each time that its container starts. */
static hr_time draw(struct hr_cluster *cluster, const struct hr_pod *pod,
                    const struct hr_dist *dist, enum hr_purpose purpose)
{
    struct hr_rng rng = hr_cluster_rng(cluster, purpose, entity_of(cluster, pod), pod->restarts);
    return hr_dist_draw(dist, &rng);
}

static void step_at(struct hr_cluster *cluster, uint32_t i, hr_time at)
{
    hr_event_set(cluster, &cluster->pods[i].step, at, HR_EV_POD_STEP_RANK, HR_EV_POD_STEP, i);
}

static void place(struct hr_cluster *cluster, uint32_t i, uint32_t node)
{
    struct hr_pod *pod = &cluster->pods[i];
    struct hr_set *set = &cluster->sets[pod->set];
    pod->node = node;
    pod->acknowledged = cluster->engine->now;
    set->pending--;
    set->counts[HR_SET_SCHEDULED]++;
    set->scheduling_ns += cluster->engine->now - pod->created;
    if (node != HR_NODE_NONE) {
        hr_node_charge_requests(cluster, i, 1);
        if (cluster->nodes[node].health.slowdown > 1)
            cluster->hooks.slowed(cluster->hooks.ctx, pod->tag,
                                  cluster->nodes[node].health.slowdown);
    }
    cluster->changed = true;
}

/* Of the model into memory. */
static hr_time load_time(struct hr_cluster *cluster, const struct hr_pod *pod)
{
    const struct hr_set *set = &cluster->sets[pod->set];
    const struct hr_pods_spec *spec = set->config->pods;
    if (spec->model_load_time != NULL || pod->node == HR_NODE_NONE)
        return draw(cluster, pod, &set->load, HR_PURPOSE_LOAD);
    const uint32_t pool = cluster->nodes[pod->node].pool;
    return hr_time_from_ns(spec->model_size / cluster->pools[pool].spec->model_load_bandwidth *
                           1e9);
}

/* The container starts: from now on it is probed, but it answers nothing yet. */
static void start_container(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    const struct hr_set *set = &cluster->sets[pod->set];
    pod->stage = HR_POD_LOADING;
    pod->started = cluster->engine->now;
    hr_note(cluster, "Started", pod->set, i, pod->node, "Started container");
    const hr_time startup =
        draw(cluster, pod, &set->revisions[pod->revision].startup, HR_PURPOSE_STARTUP);
    const hr_time load = load_time(cluster, pod);
    step_at(cluster, i, hr_time_add(cluster->engine->now, hr_time_add(startup, load)));
    hr_probes_begin(cluster, i);
}

/* The process answers. */
static void serve(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    const struct hr_set *set = &cluster->sets[pod->set];
    pod->stage = HR_POD_SERVING;
    if (set->config->job != NULL)
        step_at(
            cluster, i,
            hr_time_add(cluster->engine->now, draw(cluster, pod, &set->run_time, HR_PURPOSE_RUN)));
    cluster->hooks.container(cluster->hooks.ctx, pod->tag, HR_CONTAINER_UP);
    if (set->config->failures != NULL) {
        const hr_time uptime = draw(cluster, pod, &set->uptime, HR_PURPOSE_FAILURE);
        hr_event_set(cluster, &pod->crash, hr_time_add(cluster->engine->now, uptime),
                     HR_EV_POD_CRASH_RANK, HR_EV_POD_CRASH, i);
    }
    hr_probes_serving(cluster, i);
}

void hr_pod_bind(struct hr_cluster *cluster, uint32_t i, uint32_t node)
{
    struct hr_pod *pod = &cluster->pods[i];
    place(cluster, i, node);
    pod->stage = HR_POD_PULLING;
    hr_time pulled = cluster->engine->now;
    if (node != HR_NODE_NONE) {
        hr_note(cluster, "Scheduled", pod->set, i, node, "Successfully assigned pod to node");
        if (cluster->nodes[node].health.dead) {
            hr_pod_silence(cluster, i);
            return;
        }
        pulled = hr_node_pull(cluster, i);
    }
    if (pulled > cluster->engine->now)
        hr_note(cluster, "Pulling", pod->set, i, node, "Pulling image");
    step_at(cluster, i, pulled);
}

void hr_pod_bind_warm(struct hr_cluster *cluster, uint32_t i, uint32_t node)
{
    struct hr_pod *pod = &cluster->pods[i];
    place(cluster, i, node);
    pod->started = cluster->engine->now;
    pod->started_up = true;
    hr_endpoint_now(cluster, i, true);
    serve(cluster, i);
    if (!pod->ready)
        hr_pod_ready(cluster, i, true);
    if (!pod->available)
        hr_pod_available(cluster, i);
    hr_probes_review(cluster, i);
}

/* Its node has the image, and the scheduler knows. */
static void hold_image(struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_pod *pod = &cluster->pods[i];
    hr_note(cluster, "Pulled", pod->set, i, pod->node, "Container image present on machine");
    hr_scheduler_image(&cluster->scheduler, pod->node, pod->set, true);
}

void hr_pod_step(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    if (pod->stage == HR_POD_LOADING) {
        serve(cluster, i);
        return;
    }
    if (pod->stage == HR_POD_SERVING) {
        hr_job_pod_done(cluster, i);
        return;
    }
    if (pod->stage == HR_POD_PULLING && pod->node != HR_NODE_NONE)
        hold_image(cluster, i);
    start_container(cluster, i);
}

void hr_pod_available(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    hr_event_cancel(cluster, &pod->availability);
    pod->available = true;
    if (pod->deleted == HR_TIME_NEVER)
        cluster->sets[pod->set].revisions[pod->revision].available++;
    hr_set_touch(cluster, pod->set);
}

/* Whether requests are to go to its version. */
static bool is_served(const struct hr_cluster *cluster, const struct hr_pod *pod)
{
    const uint32_t serving = cluster->sets[pod->set].serving;
    return serving == HR_REVISION_ALL || serving == pod->revision;
}

/* Pods that are being deleted are in no count any more. */
void hr_pod_ready(struct hr_cluster *cluster, uint32_t i, bool ready)
{
    struct hr_pod *pod = &cluster->pods[i];
    const struct hr_set *set = &cluster->sets[pod->set];
    if (pod->ready == ready)
        return;
    struct hr_set_revision *revision = &set->revisions[pod->revision];
    const bool counts = pod->deleted == HR_TIME_NEVER;
    pod->ready = ready;
    pod->ready_changed = cluster->engine->now;
    revision->ready += counts ? (ready ? 1u : -1u) : 0;
    hr_note(cluster, ready ? "Ready" : "NotReady", pod->set, i, pod->node, NULL);
    if (ready && set->config->pods->min_ready_time == 0) {
        hr_pod_available(cluster, i);
    } else if (ready) {
        /* Ready for longer than min_ready_time, not just as long. */
        hr_event_set(cluster, &pod->availability,
                     hr_time_add(cluster->engine->now, set->config->pods->min_ready_time + 1),
                     HR_EV_POD_AVAILABLE_RANK, HR_EV_POD_AVAILABLE, i);
    } else {
        hr_event_cancel(cluster, &pod->availability);
        revision->available -= counts && pod->available;
        pod->available = false;
    }
    if (counts && (!ready || is_served(cluster, pod)))
        hr_endpoint_want(cluster, i, ready);
    hr_set_touch(cluster, pod->set);
}

/* Time until the container that has just ended may start again. */
static hr_time next_backoff(struct hr_cluster *cluster, struct hr_pod *pod)
{
    const hr_time now = cluster->engine->now;
    if (pod->backoff > 0 && now - pod->backoff_updated > 2 * BACKOFF_MAX)
        pod->backoff = 0;
    const hr_time wait = pod->backoff;
    pod->backoff = wait == 0 ? BACKOFF_FIRST : hr_min(2 * wait, BACKOFF_MAX);
    pod->backoff_updated = hr_time_add(now, wait);
    return wait;
}

void hr_pod_container_ended(struct hr_cluster *cluster, uint32_t i, hr_time down)
{
    struct hr_pod *pod = &cluster->pods[i];
    hr_event_cancel(cluster, &pod->step);
    hr_event_cancel(cluster, &pod->crash);
    hr_probes_end(cluster, i, true);
    cluster->hooks.container(cluster->hooks.ctx, pod->tag, HR_CONTAINER_DOWN);
    if (pod->deleted != HR_TIME_NEVER) {
        hr_pod_gone(cluster, i);
        return;
    }
    pod->started_up = false;
    pod->stage = HR_POD_WAITING;
    pod->restarts++;
    cluster->sets[pod->set].counts[HR_SET_RESTARTED]++;
    hr_pod_ready(cluster, i, false);
    const hr_time wait = next_backoff(cluster, pod);
    if (wait > 0)
        hr_note(cluster, "BackOff", pod->set, i, pod->node,
                "Back-off restarting failed container: %.0f s", hr_time_to_s(wait));
    step_at(cluster, i, hr_time_add(cluster->engine->now, hr_max(wait, down)));
}

void hr_pod_silence(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    hr_event_cancel(cluster, &pod->step);
    hr_event_cancel(cluster, &pod->crash);
    hr_event_cancel(cluster, &pod->end);
    hr_probes_end(cluster, i, true);
    pod->silent = true;
    cluster->sets[pod->set].counts[HR_SET_LOST] += pod->deleted == HR_TIME_NEVER;
    cluster->hooks.container(cluster->hooks.ctx, pod->tag, HR_CONTAINER_SILENT);
    if (cluster->nodes[pod->node].health.evicts)
        hr_pod_tolerate(cluster, i);
}

/* Back-offs are the kubelet's, which begins anew. */
void hr_pod_resume(struct hr_cluster *cluster, uint32_t i)
{
    struct hr_pod *pod = &cluster->pods[i];
    const bool started = pod->stage == HR_POD_LOADING || pod->stage == HR_POD_SERVING;
    pod->silent = false;
    pod->backoff = 0;
    if (started || pod->deleted != HR_TIME_NEVER) {
        hr_pod_container_ended(cluster, i, 0);
        return;
    }
    cluster->hooks.container(cluster->hooks.ctx, pod->tag, HR_CONTAINER_DOWN);
    step_at(cluster, i, hr_node_pull(cluster, i));
}

void hr_pod_crashed(struct hr_cluster *cluster, uint32_t i)
{
    const struct hr_pod *pod = &cluster->pods[i];
    hr_cluster_crash(cluster, i,
                     draw(cluster, pod, &cluster->sets[pod->set].repair, HR_PURPOSE_REPAIR));
}

void hr_cluster_crash(struct hr_cluster *cluster, uint32_t i, hr_time down)
{
    hr_note(cluster, "Failed", cluster->pods[i].set, i, cluster->pods[i].node,
            "Container ended with an error");
    hr_pod_container_ended(cluster, i, down);
}

void hr_cluster_out_of_memory(struct hr_cluster *cluster, uint32_t i)
{
    hr_note(cluster, "OOMKilling", cluster->pods[i].set, i, cluster->pods[i].node,
            "Memory is above the limit");
    hr_pod_container_ended(cluster, i, 0);
}
