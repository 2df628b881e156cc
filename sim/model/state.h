/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of a running cluster, shared by the files of this room. */
#ifndef MODEL_STATE_H
#define MODEL_STATE_H

#include "base/hash.h"
#include "cluster/cluster.h"
#include "cluster/lifecycle.h"
#include "engine/engine.h"
#include "model/events.h"
#include "model/model.h"
#include "model/request.h"
#include "serving/idle_stack.h"
#include "serving/load_index.h"
#include "serving/shared_cpu.h"
#include "workload/arrivals.h"

enum hr_replica_state {
    HR_REPLICA_READY,
    HR_REPLICA_STARTING,
    HR_REPLICA_DOWN /* failed: under repair, or waiting for a crew */
};

struct hr_station;

/* What a replica serves at the moment: all that the usual path of a request touches of it. */
struct hr_serving {
    struct hr_level busy; /* slots in use: the replica's CPU signal */
    struct hr_queue queue;
    uint32_t flags; /* HR_SERVING_..., of pods; 0: as usual */
};

#define HR_SERVING_UNROUTED 1u  /* no new requests are sent to it */
#define HR_SERVING_REFUSES  2u  /* what is sent fails at once */
#define HR_SERVING_DRAINS   4u  /* it goes once it holds nothing */
#define HR_SERVING_SILENT   8u  /* its node is lost: what it has and gets hangs */
#define HR_SERVING_FAULTY   16u /* its version fails a share of the requests */
#define HR_SERVING_SLOW     32u /* its work takes longer */
#define HR_SERVING_WATCHED  64u /* a canary's: its answers are looked at */

_Static_assert(sizeof(struct hr_serving) == 32, "two to a cache line");

/* The rest of a replica. */
struct hr_replica {
    struct hr_station *station;
    struct hr_shared_cpu *cpu;  /* NULL: slots at full speed */
    hr_time cold_from, cold_to; /* its last start after time 0 */
    hr_time ready_since;
    hr_event_id failure, start, memory, step; /* pending events */
    hr_time memory_at;                        /* of the memory event */
    uint8_t state;                            /* enum hr_replica_state */
    /* Of pods: */
    bool listed; /* the load balancer knows of it */
    bool up;     /* its container serves, or drains */
    uint32_t pod;
    double executed_ns; /* work done by it where CPU is shared */
    double slowdown, error_rate;
    uint32_t next_free;      /* places without a pod; HR_REPLICA_NONE ends */
    uint32_t pool;           /* of its node; HR_POOL_ANY */
    hr_time used_at;         /* until when its work is in the use of the pool */
    uint64_t used_busy;      /* the area of busy slots then ... */
    double used_executed_ns; /* ... and the executed work */
};

/* What autoscalers ask of pods beyond their busy slots, by replica. Only what a deployment's own
 * reads is kept, each in an array of its own, as every request may touch it. */
struct hr_meters {
    struct hr_level *waiting; /* requests in the pod's queue */
    struct hr_level *active;  /* 1 while a slot is busy */
    uint64_t *got;            /* requests sent to it */
};

#define HR_METER_WAITING 1u
#define HR_METER_ACTIVE  2u
#define HR_METER_GOT     4u

/* A deployment at work. */
struct hr_station {
    const struct hr_deployment_spec *spec;
    const struct hr_model_spec *model;
    enum hr_routing routing;
    bool shared;                /* replicas share or throttle their CPU */
    bool indexed;               /* replicas stand in the load index ... */
    bool stacked;               /* ... or, idle ones, on the stack; or in neither */
    bool remembers;             /* memory is modeled */
    bool many_workloads;        /* busy slots are kept by workload */
    bool restarts;              /* a replica has been started after time 0 */
    unsigned meters;            /* HR_METER_... that its autoscaler reads */
    bool activator;             /* requests wait in `queue` while no pod can take them */
    uint32_t first, n_replicas; /* with pods, places that pods may take: not all in one row */
    uint32_t place_free;        /* the first of those without one */
    uint32_t n_up;              /* replicas whose container may hold requests */
    uint32_t slots;             /* of a replica; UINT32_MAX: no limit */
    uint64_t queue_limit;       /* of a replica's queue, or of the central one */
    double work_mean_ns;        /* of a request */
    double slots_paid; /* capacity of a replica in slots (or cores, when they are shared); infinite
                          without limit */
    struct hr_load_index index;
    struct hr_idle_stack idle;
    uint32_t *ready; /* ready replicas in rising order */
    uint32_t n_ready, turn;
    struct hr_rng route, errors;
    struct hr_queue queue; /* central; of the activator */
    uint64_t offered;      /* attempts that came to it, where replicas are pods */
    uint64_t *slow; /* requests that it has done, by class of latency (HR_STEP_ROWS); or NULL */
    struct hr_lifecycle life;
    struct hr_shared_limits limits;
    double cpu_idle, cpu_slot;                                            /* cores */
    double memory_base, memory_request, memory_leak_per_ns, memory_limit; /* bytes */
    double since_sum; /* sum of ready_since over ready replicas, for the leak's integral */
    hr_time leak_updated;
    double executed_ns, executed_mark_ns; /* work done by shared replicas; at the last step */
    struct hr_step *watch;                /* what came of requests to a canary; NULL: nobody asks */
    struct hr_deployment_metrics *metrics;
};

/* Deadlines of one workload: with a constant delay they come in order of arrival, so a list does.
 */
struct hr_deadlines {
    struct hr_dist delay;
    struct hr_rng rng;
    bool any; /* there is a limit at all */
    bool attempt;
    bool list; /* constant delay */
    uint32_t head, tail;
    hr_time source_at; /* when the list's source fires; never: unset */
    uint32_t source;
};

/* A workload at work: its clients. */
struct hr_client {
    const struct hr_workload_spec *spec;
    struct hr_station *station;
    struct hr_dist work, network, think;
    struct hr_rng work_rng, network_rng, think_rng, backoff_rng;
    struct hr_deadlines timeout, attempt_timeout;
    hr_time work_next; /* drawn ahead, as arrivals are */
    uint64_t ordinal;
    uint32_t attempts_max;
    bool closed;
    bool networked;
    bool patient; /* has deadlines */
    struct hr_workload_metrics *metrics;
};

/* One open arrival process of a workload. */
struct hr_stream {
    struct hr_arrivals arrivals;
    hr_time next; /* after the one that the engine knows */
    uint32_t workload, source;
    bool spiked; /* some requests are left out, or it is an extra stream (streams.c) */
    /* Extra stream: */
    hr_time until; /* HR_TIME_NEVER: it is not one */
    double share;  /* of its requests that come */
    struct hr_rng spikes;
};

struct hr_recorder {
    hr_time grid_next, slice_next;
    size_t step;
    bool open;                        /* the window is */
    struct hr_area *inside;           /* by workload, for the steps */
    struct hr_area *levels;           /* by deployment and level */
    struct hr_wide_area *costs;       /* by deployment */
    struct hr_wide_area *pool_levels; /* by pool and level */
    double *backlog;       /* by deployment: its integral over the window up to this step */
    struct hr_step *steps; /* by workload; NULL without series */
};

/* What may happen in a run, by its scenario: the loop leaves out the rest (path.h). */
enum hr_may {
    HR_MAY_EXPIRE = 1,   /* deadlines */
    HR_MAY_TRAVEL = 2,   /* network between client and deployment */
    HR_MAY_SHARE = 4,    /* replicas that share or throttle their CPU */
    HR_MAY_REMEMBER = 8, /* memory */
    HR_MAY_MANY = 16,    /* more than one workload, deployment or arrival stream */
    HR_MAY_LOOP = 32,    /* closed loops of clients */
    HR_MAY_LOG = 64,     /* requests in the event log */
    HR_MAY_CHANGE = 128, /* replicas are pods that come and go */
    HR_MAY_FAIL = 256,   /* replicas fail and start anew; attempts are repeated */
    HR_MAY_ALL = 511
};

/* On the path of every request. */
#define HR_PATH static inline __attribute__((always_inline))

struct hr_model {
    struct hr_engine engine;
    struct hr_request_pool pool;
    uint64_t fingerprint;
    uint64_t events;
    hr_time from, to, limit; /* the window; when draining ends */
    uint64_t counted_open;   /* requests of the window without outcome */
    bool stop;
    bool log_requests;
    unsigned may; /* of enum hr_may */
    uint32_t n_clients, n_stations, n_replicas, n_streams;
    struct hr_client *clients;
    struct hr_station *stations;
    struct hr_serving *serving; /* by replica */
    struct hr_replica *replicas;
    struct hr_meters meters;
    struct hr_scaling *scaling; /* NULL: replicas are not pods */
    struct hr_cluster *cluster; /* NULL: replicas are not pods */
    struct hr_set_config *sets; /* of it, by deployment; then jobs */
    struct hr_pods_spec *job_pods;
    struct hr_set_status *set_status;   /* as last measured */
    struct hr_pool_status *pool_status; /* likewise */
    struct hr_job_status *job_status;   /* likewise */
    struct hr_stream *streams;
    struct hr_recorder recorder;
    uint32_t n_sources, sources_taken, tick_source;
    const struct hr_spec *spec;
    const struct hr_model_options *options;
    struct hr_replication *out;
};

/* An assert that says where the simulation stands. */
_Noreturn void hr_model_assert_failed(const struct hr_model *model, const char *file, int line,
                                      const char *condition);
#define HR_MODEL_ASSERT(model, condition)                                                          \
    ((condition) ? (void)0 : hr_model_assert_failed((model), __FILE__, __LINE__, #condition))

/* Room for as many pending events as there mostly are: one of each replica, and some more. */
void hr_model_reserve_events(struct hr_model *model);

/* A place for one more source of the engine. */
uint32_t hr_model_source_take(struct hr_model *model);

/* The sequential stream of an entity for a purpose (ordinal 0). */
struct hr_rng hr_model_stream(const struct hr_model *model, uint64_t entity,
                              enum hr_purpose purpose);

/* Whose request it is, and where it goes; found at once where there is one of them only. */
HR_PATH struct hr_client *hr_model_client(const struct hr_model *model, unsigned may,
                                          uint32_t workload)
{
    return may & HR_MAY_MANY ? &model->clients[workload] : model->clients;
}

HR_PATH struct hr_station *hr_model_station(const struct hr_model *model, unsigned may,
                                            uint32_t workload)
{
    return may & HR_MAY_MANY ? model->clients[workload].station : model->stations;
}

/* One step of the fingerprint: what happened, when, to whom. */
static inline void hr_model_mark(struct hr_model *model, uint32_t kind, uint64_t entity)
{
    model->events++;
    model->fingerprint = hr_hash_step(
        model->fingerprint, (uint64_t)model->engine.now ^ (entity << 44) ^ ((uint64_t)kind << 58));
}

/* streams.c: open arrivals, and the spikes in them. */
uint32_t hr_streams_count(const struct hr_spec *spec);
void hr_streams_init(struct hr_model *model);
hr_time hr_stream_next_spiked(const struct hr_model *model, struct hr_stream *stream);

/* Tells the engine of the stream's next arrival. One more is drawn ahead, so that what comes next
 * is known at once, not after the draw. */
HR_PATH void hr_stream_set(struct hr_model *model, unsigned may, struct hr_stream *stream)
{
    hr_engine_source_set(&model->engine, stream->source, stream->next);
    stream->next = may & HR_MAY_CHANGE && stream->spiked ? hr_stream_next_spiked(model, stream)
                                                         : hr_arrivals_next(&stream->arrivals);
}

/* loop.c: runs to the end. */
void hr_loop_run(struct hr_model *model);

/* log.c: the event log. `outcome` is -1 while there is none. */
void hr_log_request(const struct hr_model *model, const char *kind, uint32_t request);
void hr_log_outcome(const struct hr_model *model, enum hr_outcome outcome, uint32_t request);
void hr_log_replica(const struct hr_model *model, const char *kind, uint32_t replica);
void hr_log_note(const struct hr_model *model, const struct hr_cluster_note *note);

/* client.c: the client's side of a request. */
void hr_client_init(struct hr_model *model, uint32_t workload);
void hr_client_fini(struct hr_client *client);
/* A client of a closed loop has its answer, or none, and thinks. */
void hr_client_think(struct hr_model *model, struct hr_client *client, uint32_t workload);
/* Notes how many replicas the request found ready when it arrived; that it got no answer. */
void hr_client_see_ready(const struct hr_client *client, struct hr_request *request);
void hr_client_unanswered(struct hr_workload_metrics *metrics, const struct hr_request *request,
                          bool failed);
/* The run ends and a request that counts has no outcome. */
void hr_client_in_flight(struct hr_model *model, uint32_t request);
void hr_client_retry(struct hr_model *model, uint32_t request);
/* The present attempt came to nothing and holds nothing any more: retry, or give up. */
void hr_client_attempt_failed(struct hr_model *model, uint32_t request, enum hr_outcome why);
/* A deadline has passed. */
void hr_client_timed_out(struct hr_model *model, uint32_t request);
void hr_client_attempt_timed_out(struct hr_model *model, uint32_t request);

/* patience.c: deadlines, of the request (attempt false) or of the present attempt. */
void hr_deadlines_init(struct hr_model *model, struct hr_deadlines *deadlines, uint32_t workload,
                       bool attempt);
void hr_deadline_start(struct hr_model *model, uint32_t request, bool attempt);
void hr_deadline_stop(struct hr_model *model, uint32_t request, bool attempt);
/* A drawn deadline passes; the heads of a list of them do. */
void hr_deadline_passed(struct hr_model *model, uint32_t request, bool attempt);
void hr_deadline_head(struct hr_model *model, uint32_t workload, bool attempt);

/* station.c: the deployment's side. */
void hr_station_init(struct hr_model *model, uint32_t station);
void hr_station_fini(struct hr_station *station);
/* The CPU of one replica, where it is shared or throttled. */
void hr_station_init_cpu(struct hr_model *model, struct hr_station *station, uint32_t replica);
void hr_station_fini_cpu(struct hr_model *model, uint32_t replica);
uint32_t hr_station_power_of_two(struct hr_model *model, struct hr_station *station);
/* The client of a waiting or running request has left. True: the request is out of the deployment.
 * False: it stays and goes on, as the workload's `cancellation` says. */
bool hr_station_abandon(struct hr_model *model, uint32_t request);
/* Lets `orphan` take the place of a waiting or running request. */
void hr_station_replace(struct hr_model *model, uint32_t request, uint32_t orphan);
/* How much of the wait from `queued` to `started` the replica's start took. */
hr_time hr_station_cold_ns(const struct hr_replica *replica, hr_time queued, hr_time started);
/* A ready replica without requests joins routing; one leaves it. */
void hr_station_join(struct hr_station *station, uint32_t replica);
void hr_station_leave(struct hr_station *station, uint32_t replica);
/* Starts waiting requests while the replica has free slots. */
void hr_station_feed(struct hr_model *model, uint32_t replica);
/* Takes everything off a replica that stops: its requests fail. */
void hr_station_drop(struct hr_model *model, uint32_t replica);

/* shared.c: replicas that share or throttle their CPU. */
void hr_shared_start(struct hr_model *model, uint32_t request);
void hr_shared_cancel(struct hr_model *model, uint32_t request);
void hr_shared_replace(struct hr_model *model, uint32_t request, uint32_t orphan);
void hr_shared_drop(struct hr_model *model, uint32_t replica);
void hr_shared_step(struct hr_model *model, uint32_t replica);
void hr_shared_sync(struct hr_model *model, uint32_t replica);

/* faults.c: failures, repairs, starts, memory. */
void hr_faults_init(struct hr_model *model, uint32_t station);
void hr_faults_failed(struct hr_model *model, uint32_t replica);
void hr_faults_repaired(struct hr_model *model, uint32_t replica);
void hr_faults_started(struct hr_model *model, uint32_t replica);
/* Kills the replica if its memory is above the limit (true), else foresees when a leak will get
 * there. */
bool hr_faults_memory(struct hr_model *model, uint32_t replica);
void hr_faults_memory_due(struct hr_model *model, uint32_t replica);
/* Integrates leaked memory up to now; what that would add, in byte x ns. */
void hr_faults_leak_collect(struct hr_model *model, struct hr_station *station);
double hr_faults_leaked(const struct hr_model *model, const struct hr_station *station);

/* pods.c: replicas as pods. */
void hr_pods_init(struct hr_model *model);
void hr_pods_fini(struct hr_model *model);
/* census.c: measures what the control plane has changed, at this moment. */
void hr_census(struct hr_model *model);
void hr_pods_event(struct hr_model *model, const struct hr_event *event);
/* A request is sent to a pod that does not serve as usual. */
void hr_pods_offer(struct hr_model *model, uint32_t replica, uint32_t request);
/* Whether a request that a new version has just served comes to nothing; notes how it did. */
bool hr_pods_fails(struct hr_model *model, uint32_t replica, uint32_t request);
/* A draining pod holds nothing any more. */
void hr_pods_drained(struct hr_model *model, uint32_t replica);

/* scaling.c: autoscalers. They are set up before the pods are, and begin to work after that. */
void hr_scaling_init(struct hr_model *model);
void hr_scaling_start(struct hr_model *model);
void hr_scaling_fini(struct hr_model *model);
void hr_scaling_pod_created(struct hr_model *model, uint32_t replica);
void hr_scaling_event(struct hr_model *model, const struct hr_event *event);
/* The activator holds a request, until a pod can take it. */
void hr_scaling_hold(struct hr_model *model, struct hr_station *station, uint32_t request);

/* use.c: what a pod has done on its node's pool since the last time; that of all pods. */
void hr_use_collect(struct hr_model *model, uint32_t replica);
void hr_use_collect_all(struct hr_model *model);

/* measure.c: ticks, window, series. */
void hr_measure_init(struct hr_model *model);
void hr_measure_fini(struct hr_model *model);
void hr_measure_open(struct hr_model *model); /* the window opens now */
/* So many replicas are ready now, and n_up of the station may hold requests. */
void hr_measure_ready(struct hr_model *model, struct hr_station *station, uint32_t ready);
void hr_measure_tick(struct hr_model *model);
void hr_measure_close_slices(struct hr_model *model); /* the run has ended */

#endif
