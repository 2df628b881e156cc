/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replicas as pods: what the control plane (cluster/cluster.h) decides of a pod becomes a place
 * among the replicas of its deployment, and routing to it. A place is taken when a pod is created
 * and given back when it is gone.
 */
#include "model/path.h"

#include "base/mem.h"
#include "model/facts.h"

#include <stdlib.h>
#include <string.h>

#define JOB_GRACE (30 * HR_NS_PER_S) /* of a job's pods, as Kubernetes has it by default */

static struct hr_station *station_of(struct hr_model *model, uint32_t replica)
{
    return model->replicas[replica].station;
}

/* ---- places ---- */

/* `n` more places at the end of all. */
static void add_places(struct hr_model *model, struct hr_station *station, uint32_t n)
{
    const uint32_t from = model->n_replicas, to = from + n;
    const uint32_t width = from > station->first ? from - station->first : 0;
    struct hr_serving *serving = hr_alloc_lines(to, sizeof *serving);
    memcpy(serving, model->serving, from * sizeof *serving);
    free(model->serving);
    model->serving = serving;
    model->replicas = hr_realloc(model->replicas, to, sizeof *model->replicas);
    model->n_replicas = to;
    station->n_replicas += n;
    station->ready = hr_realloc(station->ready, station->n_replicas, sizeof *station->ready);
    if (station->stacked)
        station->idle.replicas =
            hr_realloc(station->idle.replicas, station->n_replicas, sizeof *station->idle.replicas);
    if (station->indexed)
        hr_load_index_widen(&station->index, width, to - station->first);
    for (uint32_t i = to; i-- > from;) {
        model->replicas[i] =
            (struct hr_replica){ .station = station, .next_free = station->place_free };
        station->place_free = i;
    }
}

static uint32_t created(void *ctx, uint32_t set, uint32_t pod)
{
    struct hr_model *model = ctx;
    if (set >= model->n_stations)
        return HR_REPLICA_NONE; /* a job's */
    struct hr_station *station = &model->stations[set];
    if (station->place_free == HR_REPLICA_NONE)
        add_places(model, station, station->n_replicas);
    const uint32_t i = station->place_free;
    struct hr_shared_cpu *cpu = model->replicas[i].cpu;
    station->place_free = model->replicas[i].next_free;
    const struct hr_version *version = hr_cluster_version(model->cluster, pod);
    model->replicas[i] = (struct hr_replica){
        .station = station,
        .cpu = cpu,
        .cold_from = model->engine.now,
        .failure = HR_EVENT_NONE,
        .start = HR_EVENT_NONE,
        .memory = HR_EVENT_NONE,
        .step = HR_EVENT_NONE,
        .state = HR_REPLICA_DOWN,
        .pod = pod,
        .slowdown = version->slowdown,
        .error_rate = version->error_rate,
    };
    model->serving[i].flags = HR_SERVING_UNROUTED | HR_SERVING_REFUSES;
    if (station->shared && cpu == NULL)
        hr_station_init_cpu(model, station, i);
    hr_scaling_pod_created(model, i);
    return i;
}

static void removed(void *ctx, uint32_t i)
{
    struct hr_model *model = ctx;
    if (i == HR_REPLICA_NONE)
        return;
    struct hr_station *station = station_of(model, i);
    model->replicas[i].next_free = station->place_free;
    station->place_free = i;
}

/* ---- routing ---- */

/* A replica that pulls its work does so while it is up; others get theirs as long as the load
 * balancer lists them. */
static bool is_to_be_routed(const struct hr_station *station, const struct hr_replica *replica,
                            uint32_t flags)
{
    const bool pulls = station->routing == HR_ROUTE_CENTRAL_QUEUE;
    return replica->listed && (!pulls || (flags & (HR_SERVING_REFUSES | HR_SERVING_SILENT)) == 0);
}

/* What it holds counts as its load. */
static void join(struct hr_model *model, struct hr_station *station, uint32_t i)
{
    const struct hr_serving *serving = &model->serving[i];
    hr_station_join(station, i);
    const uint64_t held = serving->busy.n + serving->queue.n;
    for (uint64_t n = 0; station->indexed && n < held; n++)
        hr_load_index_up(&station->index, i - station->first);
    if (station->stacked && held > 0)
        hr_idle_stack_remove(&station->idle, i);
    hr_station_feed(model, i);
}

static void update_routing(struct hr_model *model, uint32_t i)
{
    struct hr_station *station = station_of(model, i);
    struct hr_replica *replica = &model->replicas[i];
    struct hr_serving *serving = &model->serving[i];
    const bool routed = !(serving->flags & HR_SERVING_UNROUTED);
    const bool due = is_to_be_routed(station, replica, serving->flags);
    const bool usual = (serving->flags & (HR_SERVING_REFUSES | HR_SERVING_SILENT)) == 0;
    replica->state = due && usual ? HR_REPLICA_READY : HR_REPLICA_DOWN;
    if (routed == due)
        return;
    serving->flags ^= HR_SERVING_UNROUTED;
    if (due)
        join(model, station, i);
    else
        hr_station_leave(station, i);
}

static void listed(void *ctx, uint32_t i, bool on)
{
    struct hr_model *model = ctx;
    if (i == HR_REPLICA_NONE)
        return;
    model->replicas[i].listed = on;
    update_routing(model, i);
    /* Connections to what is lost are given up. */
    if (!on && model->serving[i].flags & HR_SERVING_SILENT)
        hr_station_drop(model, i);
}

/* ---- the container ---- */

static void set_up(struct hr_model *model, uint32_t i, bool up)
{
    struct hr_replica *replica = &model->replicas[i];
    struct hr_station *station = station_of(model, i);
    if (replica->up == up)
        return;
    hr_faults_leak_collect(model, station);
    hr_use_collect(model, i);
    replica->up = up;
    replica->pool = hr_cluster_pod_status(model->cluster, replica->pod).pool;
    station->n_up += up ? 1u : -1u;
    station->restarts |= up && model->engine.now > 0;
    if (up)
        replica->ready_since = replica->cold_to = model->engine.now;
    station->since_sum += up ? (double)replica->ready_since : -(double)replica->ready_since;
    if (!up && replica->memory != HR_EVENT_NONE)
        hr_engine_cancel(&model->engine, replica->memory);
    replica->memory = HR_EVENT_NONE;
}

/* What runs on the replica hangs from now on, as what waits there does. */
static void hang(struct hr_model *model, uint32_t i)
{
    struct hr_station *station = station_of(model, i);
    struct hr_serving *serving = &model->serving[i];
    uint64_t left = serving->busy.n;
    if (station->shared)
        hr_shared_drop(model, i);
    for (uint32_t index = 0; left > 0 && index < model->pool.capacity; index++) {
        struct hr_request *request = &model->pool.requests[index];
        if (request->state != HR_REQUEST_RUNNING || request->replica != i)
            continue;
        left--;
        if (!station->shared)
            hr_engine_cancel(&model->engine, request->event);
        hr_path_end_service(model, HR_MAY_ALL, station, request);
        hr_path_enqueue(model, HR_MAY_ALL, station, &serving->queue, index);
        hr_path_slot(model, HR_MAY_ALL, station, i, -1);
    }
}

static void container(void *ctx, uint32_t i, enum hr_container state)
{
    struct hr_model *model = ctx;
    if (i == HR_REPLICA_NONE)
        return;
    struct hr_serving *serving = &model->serving[i];
    const struct hr_replica *replica = &model->replicas[i];
    const uint32_t unrouted = serving->flags & HR_SERVING_UNROUTED;
    static const uint32_t flags[] = {
        [HR_CONTAINER_DOWN] = HR_SERVING_REFUSES,
        [HR_CONTAINER_UP] = 0,
        [HR_CONTAINER_DRAINS] = HR_SERVING_REFUSES | HR_SERVING_DRAINS,
        [HR_CONTAINER_SILENT] = HR_SERVING_SILENT,
    };
    serving->flags = unrouted | flags[state] | (replica->slowdown != 1 ? HR_SERVING_SLOW : 0) |
                     (replica->error_rate > 0 ? HR_SERVING_FAULTY : 0) |
                     (hr_cluster_is_watched(model->cluster, replica->pod) ? HR_SERVING_WATCHED : 0);
    set_up(model, i, state != HR_CONTAINER_DOWN && state != HR_CONTAINER_SILENT);
    if (state == HR_CONTAINER_SILENT)
        hang(model, i);
    update_routing(model, i);
    if (state == HR_CONTAINER_DOWN)
        hr_station_drop(model, i);
    else if (state == HR_CONTAINER_UP && station_of(model, i)->remembers)
        hr_faults_memory(model, i);
}

static void slowed(void *ctx, uint32_t i, double factor)
{
    struct hr_model *model = ctx;
    if (i == HR_REPLICA_NONE)
        return;
    struct hr_replica *replica = &model->replicas[i];
    replica->slowdown = factor * hr_cluster_version(model->cluster, replica->pod)->slowdown;
    model->serving[i].flags &= ~HR_SERVING_SLOW;
    model->serving[i].flags |= replica->slowdown != 1 ? HR_SERVING_SLOW : 0;
}

/* ---- what the control plane asks ---- */

static uint32_t held(void *ctx, uint32_t i)
{
    const struct hr_model *model = ctx;
    if (i == HR_REPLICA_NONE)
        return 0;
    return (uint32_t)model->serving[i].busy.n + model->serving[i].queue.n;
}

/* A probe waits as a request would that came now. */
static hr_time probe_time(void *ctx, uint32_t i, int path)
{
    struct hr_model *model = ctx;
    const struct hr_station *station = station_of(model, i);
    const struct hr_serving *serving = &model->serving[i];
    if (path == HR_PROBE_ASIDE || serving->busy.n < station->slots)
        return 0;
    return hr_time_from_ns((double)(serving->queue.n + 1) * station->work_mean_ns *
                           model->replicas[i].slowdown / (double)station->slots);
}

static bool probe_fails(void *ctx, uint32_t set, int path, hr_time timeout)
{
    const struct hr_model *model = ctx;
    const struct hr_station *station = &model->stations[set];
    if (path == HR_PROBE_ASIDE || station->slots == UINT32_MAX)
        return false;
    if (station->routing == HR_ROUTE_CENTRAL_QUEUE)
        return station->work_mean_ns > (double)timeout * (double)station->slots;
    return ((double)station->queue_limit + 1) * station->work_mean_ns / (double)station->slots >
           (double)timeout;
}

static struct hr_version_health health(void *ctx, uint32_t set, double quantile)
{
    struct hr_model *model = ctx;
    struct hr_step *watch = model->stations[set].watch;
    const struct hr_version_health health = {
        .requests = watch->outcomes[HR_COMPLETED] + watch->outcomes[HR_FAILED],
        .failed = watch->outcomes[HR_FAILED],
        .latency = watch->outcomes[HR_COMPLETED] == 0
                       ? 0
                       : hr_time_from_ns(hr_step_quantile_s(watch, quantile) * 1e9),
    };
    *watch = (struct hr_step){ 0 };
    return health;
}

static void note(void *ctx, const struct hr_cluster_note *what)
{
    hr_log_note(ctx, what);
}

/* ---- requests ---- */

void hr_pods_offer(struct hr_model *model, uint32_t i, uint32_t index)
{
    struct hr_station *station = station_of(model, i);
    if (!(model->serving[i].flags & HR_SERVING_SILENT)) {
        if (station->watch != NULL && model->serving[i].flags & HR_SERVING_WATCHED)
            station->watch->outcomes[HR_FAILED]++;
        hr_client_attempt_failed(model, index, HR_FAILED);
        return;
    }
    hr_path_hold(model, HR_MAY_ALL, station, i, 1);
    model->pool.requests[index].replica = i;
    hr_path_enqueue(model, HR_MAY_ALL, station, &model->serving[i].queue, index);
}

bool hr_pods_fails(struct hr_model *model, uint32_t i, uint32_t index)
{
    struct hr_station *station = station_of(model, i);
    const double rate = model->replicas[i].error_rate;
    const bool fails = rate > 0 && hr_rng_uniform(&station->errors) < rate;
    if (station->watch != NULL && model->serving[i].flags & HR_SERVING_WATCHED) {
        const hr_time latency = model->engine.now - model->pool.requests[index].sent;
        station->watch->outcomes[fails ? HR_FAILED : HR_COMPLETED]++;
        station->watch->latency[hr_log_bucket(latency, HR_STEP_BITS)] += !fails;
    }
    return fails;
}

void hr_pods_drained(struct hr_model *model, uint32_t i)
{
    hr_cluster_drained(model->cluster, model->replicas[i].pod);
}

/* ---- setting up, and what follows from an event ---- */

static void changed(struct hr_model *model)
{
    hr_census(model);
    if (model->options->watch != NULL)
        model->options->watch(model->options->event_ctx, model);
}

void hr_pods_event(struct hr_model *model, const struct hr_event *event)
{
    HR_MODEL_ASSERT(model, event->kind >= HR_CLUSTER_EVENTS_FROM && model->cluster != NULL);
    hr_model_mark(model, event->kind, event->subject);
    hr_cluster_event(model->cluster, event->kind, event->subject);
    changed(model);
}

static void init_sets(struct hr_model *model)
{
    const size_t n_jobs = model->spec->jobs.n;
    model->sets = HR_NEW_ARRAY(struct hr_set_config, model->n_stations + n_jobs);
    model->job_pods = HR_NEW_ARRAY(struct hr_pods_spec, n_jobs);
    for (uint32_t d = 0; d < model->n_stations; d++) {
        struct hr_station *station = &model->stations[d];
        const struct hr_deployment_spec *spec = station->spec;
        station->first = model->n_replicas;
        station->place_free = HR_REPLICA_NONE;
        add_places(model, station, (uint32_t)spec->replicas + 8);
        if (spec->pods.strategy != NULL && spec->pods.strategy->type == HR_STRATEGY_CANARY)
            station->watch = HR_NEW(struct hr_step);
        model->sets[d] = (struct hr_set_config){
            .name = spec->name,
            .replicas = spec->replicas,
            .pods = &spec->pods,
            .startup_time = spec->startup_time,
            .failures = spec->failures,
            .resources = spec->resources,
            .scheduling = spec->scheduling,
            .node_pool = spec->node_pool == HR_REF_NONE ? HR_POOL_ANY : (uint32_t)spec->node_pool,
        };
    }
}

/* Jobs are sets too, behind the deployments. */
static void init_jobs(struct hr_model *model)
{
    const struct hr_job_spec *jobs = model->spec->jobs.items;
    for (size_t j = 0; j < model->spec->jobs.n; j++) {
        model->job_pods[j] = (struct hr_pods_spec){
            .image_size = jobs[j].image_size,
            .termination_grace_period = JOB_GRACE,
        };
        model->sets[model->n_stations + j] = (struct hr_set_config){
            .name = jobs[j].name,
            .pods = &model->job_pods[j],
            .resources = jobs[j].resources,
            .scheduling = jobs[j].scheduling,
            .node_pool =
                jobs[j].node_pool == HR_REF_NONE ? HR_POOL_ANY : (uint32_t)jobs[j].node_pool,
            .job = &jobs[j],
        };
    }
}

void hr_pods_init(struct hr_model *model)
{
    init_sets(model);
    init_jobs(model);
    hr_model_reserve_events(model);
    const struct hr_cluster_config config = {
        .sets = model->sets,
        .n_sets = model->n_stations + (uint32_t)model->spec->jobs.n,
        .pools = model->spec->node_pools.items,
        .n_pools = (uint32_t)model->spec->node_pools.n,
        .spec = model->spec->cluster,
        .scheduler = model->spec->scheduler,
        .node_autoscaler = model->spec->node_autoscaler,
        .actions = model->spec->events.items,
        .n_actions = (uint32_t)model->spec->events.n,
        .seed = model->options->seed,
        .replication = model->options->replication,
    };
    const struct hr_cluster_hooks hooks = {
        .ctx = model,
        .created = created,
        .removed = removed,
        .container = container,
        .listed = listed,
        .probe_time = probe_time,
        .probe_fails = probe_fails,
        .health = health,
        .held = held,
        .slowed = slowed,
        .note = model->options->event == NULL ? NULL : note,
    };
    model->may |= HR_MAY_CHANGE;
    model->set_status = HR_NEW_ARRAY(struct hr_set_status, model->n_stations);
    model->pool_status = HR_NEW_ARRAY(struct hr_pool_status, model->out->n_pools);
    model->job_status = HR_NEW_ARRAY(struct hr_job_status, model->out->n_jobs);
    model->cluster = hr_cluster_new(&config, &hooks, &model->engine);
    hr_cluster_start(model->cluster);
    changed(model);
}

void hr_pods_fini(struct hr_model *model)
{
    hr_cluster_free(model->cluster);
    for (uint32_t d = 0; d < model->n_stations; d++)
        free(model->stations[d].watch);
    free(model->sets);
    free(model->job_pods);
    free(model->set_status);
    free(model->pool_status);
    free(model->job_status);
}
