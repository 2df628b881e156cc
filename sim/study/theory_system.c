/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the scenario to a queueing system, or to the features that no formula covers. */
#include "study/theory.h"

#include "model/facts.h"

#include <math.h>

/* States of a chain that is summed term by term, and servers of a recursion. */
#define STATES_MAX  1000000
#define SERVERS_MAX 10000000

static const struct hr_arrival_spec *process(const struct hr_workload_spec *workload, size_t i)
{
    return &((const struct hr_arrival_spec *)workload->arrivals.items)[i];
}

static bool is_constant(const struct hr_dist_spec *spec, hr_time value)
{
    return spec->kind == HR_DIST_CONSTANT && spec->mean == value;
}

static bool limits(const struct hr_dist_spec *spec)
{
    return spec != NULL && !is_constant(spec, HR_TIME_NEVER);
}

static bool rejects(const struct hr_system *system)
{
    return system->model->queue_limit != HR_UNLIMITED &&
           system->model->discipline != HR_PROCESSOR_SHARING;
}

static void check_replicas(const struct hr_system *system, struct hr_theory_model *out)
{
    const struct hr_deployment_spec *deployment = system->deployment;
    const struct hr_model_spec *model = system->model;
    const struct hr_cpu_facts cpu = hr_spec_cpu(system->spec, system->d);
    if (hr_spec_has_pods(system->spec))
        hr_theory_add_why(out, "deployments.%s: pods come and go, are probed, stand on nodes",
                          deployment->name);
    if (deployment->failures != NULL)
        hr_theory_add_why(out, "deployments.%s.failures: replicas fail and lose their requests",
                          deployment->name);
    const struct hr_amounts *most =
        deployment->resources == NULL ? NULL : deployment->resources->limits;
    if (model->memory != NULL && most != NULL && most->memory > 0)
        hr_theory_add_why(out,
                          "deployments.%s.resources.limits.memory: replicas may run out of memory",
                          deployment->name);
    if (isfinite(cpu.limit))
        hr_theory_add_why(
            out, "deployments.%s.resources.limits.cpu: replicas are throttled at their limit",
            deployment->name);
    if (model->discipline == HR_PROCESSOR_SHARING && cpu.slots != UINT32_MAX)
        hr_theory_add_why(
            out, "models.%s.concurrency: is limited, and processor sharing is solved without",
            model->name);
}

/* Queues and servers. With no room to wait, the least loaded replica is any with a free slot. */
static void check_routing(struct hr_system *system, struct hr_theory_model *out)
{
    const struct hr_deployment_spec *deployment = system->deployment;
    const bool sharing = system->model->discipline == HR_PROCESSOR_SHARING;
    const uint32_t slots = sharing ? 1 : hr_spec_cpu(system->spec, system->d).slots;
    const int routing = deployment->load_balancing;
    const bool pooled =
        !sharing && (routing == HR_ROUTE_CENTRAL_QUEUE ||
                     (routing == HR_ROUTE_LEAST_OUTSTANDING && system->model->queue_limit == 0));
    system->queues = pooled ? 1 : (unsigned)deployment->replicas;
    const int64_t servers = (pooled ? deployment->replicas : 1) * (int64_t)slots;
    system->servers = servers <= SERVERS_MAX ? (unsigned)servers : SERVERS_MAX;
    if (servers > SERVERS_MAX)
        hr_theory_add_why(out, "deployments.%s.replicas: more than %d servers", deployment->name,
                          SERVERS_MAX);
    if (system->queues == 1 || routing == HR_ROUTE_RANDOM || routing == HR_ROUTE_ROUND_ROBIN)
        return;
    const char *name = "";
    for (const struct hr_choice *choice = hr_routing_choices; choice->name != NULL; choice++)
        name = choice->value == routing ? choice->name : name;
    hr_theory_add_why(out, "deployments.%s.load_balancing: %s over %u replicas has no closed form",
                      deployment->name, name, system->queues);
}

/* How long clients wait for an answer: the one limit there is. */
static void check_patience(struct hr_system *system, const struct hr_workload_spec *workload,
                           struct hr_theory_model *out)
{
    const bool whole = limits(workload->timeout), attempt = limits(workload->attempt_timeout);
    if (!whole && !attempt)
        return;
    const struct hr_dist_spec *patience = whole ? workload->timeout : workload->attempt_timeout;
    const char *key = whole ? "timeout" : "attempt_timeout";
    if (whole && attempt)
        hr_theory_add_why(out, "workloads.%s.attempt_timeout: is a second limit beside timeout",
                          workload->name);
    if (patience->kind != HR_DIST_EXPONENTIAL && patience->kind != HR_DIST_CONSTANT)
        hr_theory_add_why(out, "workloads.%s.%s: is neither exponential nor constant",
                          workload->name, key);
    if (patience->kind == HR_DIST_CONSTANT && workload->cancellation == HR_CANCEL_ALL)
        hr_theory_add_why(out, "workloads.%s.cancellation: all cuts service off at a constant %s",
                          workload->name, key);
    if (system->n_workloads > 1)
        hr_theory_add_why(out, "workloads.%s.%s: workloads with limits share a deployment",
                          workload->name, key);
    if (!system->exponential)
        hr_theory_add_why(out, "workloads.%s.%s: is solved for exponential service only",
                          workload->name, key);
    if (rejects(system))
        hr_theory_add_why(out, "models.%s.queue_limit: is not solved together with a %s",
                          system->model->name, key);
    system->patience = patience;
}

static void check_client(struct hr_system *system, const struct hr_workload_spec *workload,
                         struct hr_theory_model *out)
{
    if (!is_constant(workload->network_latency, 0))
        hr_theory_add_why(out, "workloads.%s.network_latency: formulas know no network",
                          workload->name);
    const bool fails = rejects(system) || limits(workload->attempt_timeout) ||
                       system->deployment->failures != NULL;
    if (workload->retries != NULL && workload->retries->max_attempts > 1 && fails)
        hr_theory_add_why(out, "workloads.%s.retries: failed attempts come again", workload->name);
    check_patience(system, workload, out);
}

/* Why process i of a workload has no formula; NULL: it has one. */
static const char *process_fault(const struct hr_arrival_spec *spec)
{
    switch ((enum hr_arrival_process)spec->process) {
    case HR_ARRIVAL_HAWKES:
        return "hawkes arrivals excite themselves";
    case HR_ARRIVAL_DIURNAL:
    case HR_ARRIVAL_PIECEWISE:
    case HR_ARRIVAL_CALENDAR:
        return "the rate changes with time";
    case HR_ARRIVAL_TRACE:
        return "a trace is replayed";
    case HR_ARRIVAL_MMPP:
        return spec->states.n > 2 ? "an mmpp of more than 2 states" : NULL;
    case HR_ARRIVAL_POISSON:
    case HR_ARRIVAL_DETERMINISTIC:
    case HR_ARRIVAL_GAMMA:
    case HR_ARRIVAL_WEIBULL:
    case HR_ARRIVAL_CLOSED:
        break;
    }
    return NULL;
}

static bool in_batches(const struct hr_arrival_spec *spec)
{
    return spec->batch != NULL && spec->batch->mean > 1;
}

static double rate_of(const struct hr_arrival_spec *spec)
{
    if (spec->process != HR_ARRIVAL_MMPP)
        return spec->rate;
    const struct hr_mmpp_state *states = spec->states.items;
    const double a = (double)states[0].duration_mean, b = (double)states[1].duration_mean;
    return (states[0].rate * a + states[1].rate * b) / (a + b);
}

static enum hr_gaps gaps_of(const struct hr_arrival_spec *spec)
{
    switch (spec->process) {
    case HR_ARRIVAL_POISSON:
        return HR_GAPS_POISSON;
    case HR_ARRIVAL_MMPP:
        return HR_GAPS_MMPP2;
    case HR_ARRIVAL_CLOSED:
        return HR_GAPS_CLOSED;
    default:
        return HR_GAPS_RENEWAL;
    }
}

/* Process i of a workload. */
static void check_process(struct hr_system *system, const struct hr_workload_spec *workload,
                          size_t i, struct hr_theory_model *out)
{
    const struct hr_arrival_spec *spec = process(workload, i);
    char path[160];
    snprintf(path, sizeof path,
             workload->arrivals.n > 1 ? "workloads.%s.arrivals[%zu]" : "workloads.%s.arrivals",
             workload->name, i);
    const char *fault = process_fault(spec);
    if (fault != NULL) {
        hr_theory_add_why(out, "%s: %s", path, fault);
        return;
    }
    system->arrivals = spec;
    system->gaps = gaps_of(spec);
    system->rate += rate_of(spec);
    if (in_batches(spec) && spec->process != HR_ARRIVAL_POISSON)
        hr_theory_add_why(out, "%s.batch: batches are solved for poisson arrivals only", path);
    const bool alone = workload->arrivals.n == 1 && system->n_workloads == 1;
    if (!alone && (system->gaps != HR_GAPS_POISSON || in_batches(spec)))
        hr_theory_add_why(
            out, "%s: is mixed with other arrivals, which is solved for plain poisson only", path);
}

static void check_arrivals(struct hr_system *system, struct hr_theory_model *out)
{
    const struct hr_workload_spec *workloads = system->spec->workloads.items;
    for (size_t w = 0; w < system->spec->workloads.n; w++) {
        if ((size_t)workloads[w].deployment != system->d)
            continue;
        for (size_t i = 0; i < workloads[w].arrivals.n; i++)
            check_process(system, &workloads[w], i, out);
        check_client(system, &workloads[w], out);
    }
}

bool hr_system_round_robin(const struct hr_system *system)
{
    return system->queues > 1 && system->deployment->load_balancing == HR_ROUTE_ROUND_ROBIN;
}

/* What a queue behind a random or round-robin split does not see as it was. */
static void check_split(const struct hr_system *system, const char *path,
                        struct hr_theory_model *out)
{
    if (system->queues == 1)
        return;
    const bool in_turn = hr_system_round_robin(system);
    if (system->gaps == HR_GAPS_CLOSED)
        hr_theory_add_why(out, "%s: a closed loop is solved over one queue only", path);
    else if (system->gaps == HR_GAPS_MMPP2 && in_turn)
        hr_theory_add_why(out, "%s: an mmpp taken in turns is no mmpp", path);
    else if (system->gaps == HR_GAPS_RENEWAL && !in_turn)
        hr_theory_add_why(out, "%s: is split at random, which is solved for poisson and mmpp only",
                          path);
    else if (in_batches(system->arrivals))
        hr_theory_add_why(out, "%s.batch: the split tears batches apart", path);
    else if (in_turn && system->patience != NULL)
        hr_theory_add_why(out, "%s: taken in turns is not solved with timeouts", path);
    else if (in_turn && rejects(system))
        hr_theory_add_why(out, "%s: taken in turns is not solved with a queue_limit", path);
    else if (in_turn && system->model->discipline == HR_PROCESSOR_SHARING)
        hr_theory_add_why(out, "%s: taken in turns is not solved with processor sharing", path);
}

/* Combinations of features that are known one by one. */
static void check_together(const struct hr_system *system, struct hr_theory_model *out)
{
    const struct hr_model_spec *model = system->model;
    const bool sharing = model->discipline == HR_PROCESSOR_SHARING;
    const bool poisson = system->gaps == HR_GAPS_POISSON && !in_batches(system->arrivals);
    const bool closed = system->gaps == HR_GAPS_CLOSED;
    char path[96];
    snprintf(path, sizeof path, "workloads.%s.arrivals", system->workload->name);
    check_split(system, path, out);
    if (!poisson && system->patience != NULL)
        hr_theory_add_why(out, "%s: timeouts are solved for poisson arrivals only", path);
    if (!poisson && rejects(system))
        hr_theory_add_why(out, "models.%s.queue_limit: is solved for poisson arrivals only",
                          model->name);
    if (poisson && rejects(system) && !system->exponential && model->queue_limit > 0)
        hr_theory_add_why(out, "models.%s.queue_limit: is solved for exponential service, or 0",
                          model->name);
    if (rejects(system) && (double)model->queue_limit + system->servers > STATES_MAX)
        hr_theory_add_why(out, "models.%s.queue_limit: more than %d requests inside", model->name,
                          STATES_MAX);
    if (sharing && !poisson && !closed)
        hr_theory_add_why(
            out, "%s: processor sharing is solved for poisson arrivals and closed loops", path);
    if (closed && !sharing && !system->exponential)
        hr_theory_add_why(out,
                          "models.%s.service_time: a closed loop is solved for exponential service",
                          model->name);
    if (closed && sharing && model->cores != (double)(int64_t)model->cores)
        hr_theory_add_why(out, "models.%s.cores: a closed loop is solved for whole cores",
                          model->name);
    if (closed && system->arrivals->clients > STATES_MAX)
        hr_theory_add_why(out, "%s.clients: more than %d", path, STATES_MAX);
    if (system->gaps == HR_GAPS_MMPP2 && !(system->exponential && system->servers == 1))
        hr_theory_add_why(out, "%s: an mmpp is solved for one exponential server", path);
    if (in_batches(system->arrivals) && system->servers > 1)
        hr_theory_add_why(out, "%s.batch: batches are solved for one server", path);
}

double hr_dist_scv(const struct hr_dist *dist)
{
    const double mean = hr_dist_mean_ns(dist);
    return hr_dist_variance_ns2(dist) / (mean * mean);
}

/* Laws that leave a queue without a mean wait, or without anything random. */
static void check_laws(const struct hr_system *system, struct hr_theory_model *out)
{
    const bool waits = system->model->discipline == HR_FIFO && system->model->queue_limit > 0;
    if (!(system->service_s > 0))
        hr_theory_add_why(out, "models.%s.service_time: is 0", system->model->name);
    if (waits && isinf(system->service_scv))
        hr_theory_add_why(
            out, "models.%s.service_time: its variance is infinite, and so is the mean wait",
            system->model->name);
    if (waits && system->arrivals->process == HR_ARRIVAL_DETERMINISTIC && system->service_scv == 0)
        hr_theory_add_why(out, "models.%s.service_time: nothing is random", system->model->name);
}

bool hr_dist_is_exponential(const struct hr_dist_spec *spec)
{
    switch ((enum hr_dist_kind)spec->kind) {
    case HR_DIST_EXPONENTIAL:
        return true;
    case HR_DIST_ERLANG:
        return spec->phases == 1;
    case HR_DIST_GAMMA:
    case HR_DIST_WEIBULL:
    case HR_DIST_HYPEREXPONENTIAL:
        return spec->cv == 1;
    case HR_DIST_CONSTANT:
    case HR_DIST_UNIFORM:
    case HR_DIST_NORMAL:
    case HR_DIST_LOGNORMAL:
    case HR_DIST_PARETO:
    case HR_DIST_EMPIRICAL:
    case HR_DIST_MIXTURE:
        break;
    }
    return false;
}

static const struct hr_workload_spec *find_workloads(struct hr_system *system)
{
    const struct hr_workload_spec *workloads = system->spec->workloads.items, *first = NULL;
    for (size_t w = system->spec->workloads.n; w-- > 0;) {
        if ((size_t)workloads[w].deployment != system->d)
            continue;
        system->n_workloads++;
        first = &workloads[w];
    }
    return first;
}

void hr_system_init(struct hr_system *system, const struct hr_spec *spec, size_t d,
                    struct hr_theory_model *out)
{
    const struct hr_deployment_spec *deployment =
        &((const struct hr_deployment_spec *)spec->deployments.items)[d];
    *system = (struct hr_system){
        .spec = spec,
        .d = d,
        .deployment = deployment,
        .model = &((const struct hr_model_spec *)spec->models.items)[deployment->model],
    };
    system->workload = find_workloads(system);
    hr_dist_init(&system->service, system->model->service_time);
    system->service_s = hr_dist_mean_ns(&system->service) * 1e-9;
    system->service_scv = hr_dist_scv(&system->service);
    system->exponential = hr_dist_is_exponential(system->model->service_time);
    check_replicas(system, out);
    check_routing(system, out);
    check_arrivals(system, out);
    if (out->n_why > 0)
        return;
    check_together(system, out);
    check_laws(system, out);
}

void hr_system_fini(struct hr_system *system)
{
    hr_dist_fini(&system->service);
}
