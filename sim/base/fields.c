/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of a result as a stream; the order is that of the schema. */
#include "base/fields.h"

#include "base/assert.h"
#include "base/str.h"

#include <headroom/version.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct walk {
    hr_field_sink *sink;
    void *ctx;
    bool json_only; /* of all that is put */
};

static void put(const struct walk *walk, struct hr_field field)
{
    field.json_only = field.json_only || walk->json_only;
    walk->sink(walk->ctx, &field);
}

static void open_object(const struct walk *walk, const char *key)
{
    put(walk, (struct hr_field){ .kind = HR_FIELD_OBJECT, .key = key });
}

static void open_element(const struct walk *walk, const char *name)
{
    put(walk, (struct hr_field){ .kind = HR_FIELD_OBJECT, .element = name });
}

static void open_list(const struct walk *walk, const char *key)
{
    put(walk, (struct hr_field){ .kind = HR_FIELD_LIST, .key = key });
}

static void end(const struct walk *walk)
{
    put(walk, (struct hr_field){ .kind = HR_FIELD_END });
}

static void estimate(const struct walk *walk, const char *key, enum hr_unit_shown unit,
                     const struct hr_estimate *value)
{
    put(walk, (struct hr_field){
                  .kind = HR_FIELD_ESTIMATE, .key = key, .unit = unit, .as.estimate = value });
}

static void count(const struct walk *walk, const char *key, uint64_t value)
{
    put(walk, (struct hr_field){ .kind = HR_FIELD_COUNT, .key = key, .as.count = value });
}

static void number(const struct walk *walk, const char *key, double value)
{
    put(walk, (struct hr_field){ .kind = HR_FIELD_NUMBER, .key = key, .as.number = value });
}

static void text(const struct walk *walk, const char *key, const char *value)
{
    put(walk, (struct hr_field){ .kind = HR_FIELD_TEXT, .key = key, .as.text = value });
}

static void flag(const struct walk *walk, const char *key, bool value)
{
    put(walk, (struct hr_field){ .kind = HR_FIELD_FLAG, .key = key, .as.flag = value });
}

static struct walk json_only(const struct walk *walk)
{
    return (struct walk){ walk->sink, walk->ctx, true };
}

const char *hr_quantile_key(unsigned i)
{
    static const char *const keys[HR_QUANTILES] = { "mean", "p50",  "p90", "p95",
                                                    "p99",  "p999", "max" };
    HR_ASSERT(i < HR_QUANTILES);
    return keys[i];
}

const struct hr_estimate *hr_quantile(const struct hr_quantiles *quantiles, unsigned i)
{
    const struct hr_estimate *const members[HR_QUANTILES] = { &quantiles->mean, &quantiles->p50,
                                                              &quantiles->p90,  &quantiles->p95,
                                                              &quantiles->p99,  &quantiles->p999,
                                                              &quantiles->max };
    HR_ASSERT(i < HR_QUANTILES);
    return members[i];
}

static void walk_quantiles(const struct walk *walk, const char *key,
                           const struct hr_quantiles *quantiles)
{
    open_object(walk, key);
    for (unsigned i = 0; i < HR_QUANTILES; i++)
        estimate(walk, hr_quantile_key(i), HR_SHOWN_SECONDS, hr_quantile(quantiles, i));
    end(walk);
}

static void walk_parts(const struct walk *walk, const char *key,
                       const struct hr_estimate parts[HR_PARTS])
{
    open_object(walk, key);
    for (unsigned i = 0; i < HR_PARTS; i++)
        estimate(walk, hr_part_name((enum hr_part)i), HR_SHOWN_SECONDS, &parts[i]);
    end(walk);
}

static void walk_scenario(const struct walk *walk, const struct hr_result *result)
{
    open_object(walk, "scenario");
    text(walk, "name", result->scenario_name);
    text(walk, "sha256", result->scenario_sha256);
    const struct walk json = json_only(walk);
    put(&json, (struct hr_field){
                   .kind = HR_FIELD_JSON, .key = "resolved", .as.text = result->resolved_json });
    end(walk);
}

static void walk_run(const struct walk *walk, const struct hr_result *result)
{
    char fingerprint[17];
    snprintf(fingerprint, sizeof(fingerprint), "%016" PRIx64, result->fingerprint);
    open_object(walk, "run");
    count(walk, "seed", result->seed);
    count(walk, "replications", result->replications);
    number(walk, "duration_s", result->duration_s);
    number(walk, "warmup_s", result->warmup_s);
    count(walk, "events", result->events);
    count(walk, "requests", result->requests);
    text(walk, "fingerprint", fingerprint);
    const struct walk json = json_only(walk);
    number(&json, "wall_s", result->wall_s);
    end(walk);
}

static void walk_checkpoints(const struct walk *walk, const struct hr_precision *precision)
{
    struct hr_str list;
    hr_str_init(&list);
    for (size_t i = 0; i < precision->n_checkpoints; i++)
        hr_str_addf(&list, "%s%u", i == 0 ? "[" : ", ", precision->checkpoints[i]);
    hr_str_add(&list, "]");
    put(walk,
        (struct hr_field){ .kind = HR_FIELD_JSON, .key = "checkpoints", .as.text = list.text });
    hr_str_fini(&list);
}

static void walk_precision(const struct walk *walk, const struct hr_result *result)
{
    const struct hr_precision *precision = &result->precision;
    const struct walk json = json_only(walk);
    open_object(walk, "precision");
    number(walk, "target", precision->target);
    flag(walk, "reached", precision->reached);
    count(walk, "replications", result->replications);
    count(walk, "replications_max", precision->replications_max);
    walk_checkpoints(&json, precision);
    open_list(&json, "metrics");
    for (size_t i = 0; i < precision->n_metrics; i++) {
        const struct hr_precision_metric *metric = &precision->metrics[i];
        open_element(&json, NULL);
        text(&json, "workload", metric->workload);
        text(&json, "metric", metric->metric);
        number(&json, "target", metric->target);
        number(&json, "half_width", metric->half_width);
        number(&json, "error", metric->error);
        flag(&json, "reached", metric->reached);
        end(&json);
    }
    end(&json);
    end(walk);
}

static void walk_requests(const struct walk *walk, const struct hr_request_counts *requests)
{
    open_object(walk, "requests");
    count(walk, "arrived", requests->arrived);
    count(walk, "completed", requests->completed);
    count(walk, "timed_out", requests->timed_out);
    count(walk, "rejected", requests->rejected);
    count(walk, "failed", requests->failed);
    count(walk, "in_flight", requests->in_flight);
    end(walk);
}

bool hr_is_asked_for(const struct hr_estimate *estimate)
{
    return estimate->method != NULL || estimate->why != NULL || estimate->n > 0;
}

static void walk_by_ready(const struct walk *walk, const struct hr_workload_result *workload)
{
    const struct walk json = json_only(walk);
    open_list(&json, "availability_by_ready");
    for (size_t i = 0; i < workload->n_by_ready; i++) {
        const struct hr_ready_share *level = &workload->by_ready[i];
        open_object(&json, NULL);
        count(&json, "ready", level->ready);
        number(&json, "time_share", level->time_share);
        estimate(&json, "answered", HR_SHOWN_SHARE, &level->answered);
        text(&json, "source", level->source);
        end(&json);
    }
    end(&json);
}

static void walk_workload(const struct walk *walk, const struct hr_workload_result *workload)
{
    open_element(walk, workload->name);
    text(walk, "name", workload->name);
    walk_requests(walk, &workload->requests);
    count(walk, "attempts", workload->attempts);
    estimate(walk, "offered_rps", HR_SHOWN_RATE, &workload->offered_rps);
    estimate(walk, "throughput_rps", HR_SHOWN_RATE, &workload->throughput_rps);
    estimate(walk, "concurrency", HR_SHOWN_NUMBER, &workload->concurrency);
    walk_quantiles(walk, "latency_s", &workload->latency_s);
    walk_quantiles(walk, "wait_s", &workload->wait_s);
    estimate(walk, "wait_probability", HR_SHOWN_SHARE, &workload->wait_probability);
    open_object(walk, "latency_parts_s");
    walk_parts(walk, "mean", workload->latency_parts_s_mean);
    walk_parts(walk, "tail", workload->latency_parts_s_tail);
    number(walk, "tail_from_s", workload->tail_from_s);
    end(walk);
    estimate(walk, "availability", HR_SHOWN_SHARE, &workload->availability);
    estimate(walk, "availability_time", HR_SHOWN_SHARE, &workload->availability_time);
    if (hr_is_asked_for(&workload->availability_long_run)) {
        estimate(walk, "availability_long_run", HR_SHOWN_SHARE, &workload->availability_long_run);
        walk_by_ready(walk, workload);
    }
    estimate(walk, "cost_usd_per_prediction", HR_SHOWN_USD, &workload->cost_usd_per_prediction);
    end(walk);
}

static void walk_long_run(const struct walk *walk, const struct hr_long_run *long_run)
{
    open_object(walk, "long_run");
    estimate(walk, "unavailability", HR_SHOWN_SHARE, &long_run->unavailability);
    if (hr_is_asked_for(&long_run->unavailability_simulated))
        estimate(walk, "unavailability_simulated", HR_SHOWN_SHARE,
                 &long_run->unavailability_simulated);
    estimate(walk, "outages_per_year", HR_SHOWN_NUMBER, &long_run->outages_per_year);
    estimate(walk, "outage_s_mean", HR_SHOWN_SECONDS, &long_run->outage_s_mean);
    estimate(walk, "uptime_s_mean", HR_SHOWN_SECONDS, &long_run->uptime_s_mean);
    estimate(walk, "mttf_s", HR_SHOWN_SECONDS, &long_run->mttf_s);
    end(walk);
}

static void walk_pods(const struct walk *walk, const struct hr_pods_result *pods)
{
    open_object(walk, "pods");
    estimate(walk, "desired", HR_SHOWN_NUMBER, &pods->desired);
    estimate(walk, "running", HR_SHOWN_NUMBER, &pods->running);
    estimate(walk, "pending", HR_SHOWN_NUMBER, &pods->pending);
    estimate(walk, "scheduling_s", HR_SHOWN_SECONDS, &pods->scheduling_s);
    count(walk, "restarts", pods->restarts);
    count(walk, "evictions", pods->evictions);
    count(walk, "preemptions", pods->preemptions);
    count(walk, "lost", pods->lost);
    end(walk);
}

static void walk_deployment(const struct walk *walk, const struct hr_deployment_result *deployment)
{
    open_element(walk, deployment->name);
    text(walk, "name", deployment->name);
    open_object(walk, "replicas");
    estimate(walk, "mean", HR_SHOWN_NUMBER, &deployment->replicas_mean);
    count(walk, "min", deployment->replicas_min);
    count(walk, "max", deployment->replicas_max);
    end(walk);
    estimate(walk, "utilization", HR_SHOWN_SHARE, &deployment->utilization);
    estimate(walk, "utilization_paid", HR_SHOWN_SHARE, &deployment->utilization_paid);
    estimate(walk, "offered_load", HR_SHOWN_NUMBER, &deployment->offered_load);
    estimate(walk, "queue_length", HR_SHOWN_NUMBER, &deployment->queue_length);
    estimate(walk, "cpu_cores", HR_SHOWN_NUMBER, &deployment->cpu_cores);
    estimate(walk, "throttled", HR_SHOWN_SHARE, &deployment->throttled);
    estimate(walk, "memory_bytes", HR_SHOWN_NUMBER, &deployment->memory_bytes);
    estimate(walk, "cost_usd_per_hour", HR_SHOWN_USD, &deployment->cost_usd_per_hour);
    count(walk, "failures", deployment->failures);
    count(walk, "memory_kills", deployment->memory_kills);
    if (deployment->pods)
        walk_pods(walk, deployment->pods);
    if (deployment->long_run)
        walk_long_run(walk, deployment->long_run);
    text(walk, "unstable", deployment->unstable);
    end(walk);
}

static void walk_node_pool(const struct walk *walk, const struct hr_node_pool_result *pool)
{
    open_element(walk, pool->name);
    text(walk, "name", pool->name);
    open_object(walk, "nodes");
    estimate(walk, "mean", HR_SHOWN_NUMBER, &pool->nodes_mean);
    count(walk, "min", pool->nodes_min);
    count(walk, "max", pool->nodes_max);
    estimate(walk, "ready", HR_SHOWN_NUMBER, &pool->nodes_ready);
    end(walk);
    estimate(walk, "idle", HR_SHOWN_SHARE, &pool->idle);
    estimate(walk, "cpu_utilization", HR_SHOWN_SHARE, &pool->cpu_utilization);
    estimate(walk, "memory_utilization", HR_SHOWN_SHARE, &pool->memory_utilization);
    estimate(walk, "gpu_utilization", HR_SHOWN_SHARE, &pool->gpu_utilization);
    estimate(walk, "cpu_requested", HR_SHOWN_SHARE, &pool->cpu_requested);
    estimate(walk, "memory_requested", HR_SHOWN_SHARE, &pool->memory_requested);
    estimate(walk, "gpu_requested", HR_SHOWN_SHARE, &pool->gpu_requested);
    estimate(walk, "cost_usd_per_hour", HR_SHOWN_USD, &pool->cost_usd_per_hour);
    estimate(walk, "energy_kwh", HR_SHOWN_NUMBER, &pool->energy_kwh);
    count(walk, "provisioned", pool->provisioned);
    count(walk, "provision_failures", pool->provision_failures);
    count(walk, "lost", pool->lost);
    count(walk, "removed", pool->removed);
    count(walk, "interruptions", pool->interruptions);
    end(walk);
}

static void walk_job(const struct walk *walk, const struct hr_job_result *job)
{
    open_element(walk, job->name);
    text(walk, "name", job->name);
    open_object(walk, "runs");
    count(walk, "begun", job->begun);
    count(walk, "completed", job->completed);
    count(walk, "failed", job->failed);
    count(walk, "missed", job->missed);
    count(walk, "replaced", job->replaced);
    count(walk, "left_out", job->left_out);
    end(walk);
    open_object(walk, "turnaround_s");
    estimate(walk, "mean", HR_SHOWN_SECONDS, &job->turnaround_s_mean);
    number(walk, "max", job->turnaround_s_max);
    end(walk);
    end(walk);
}

static bool same_objective(const struct hr_slo_result *a, const struct hr_slo_result *b)
{
    return strcmp(a->workload, b->workload) == 0 && strcmp(a->metric, b->metric) == 0;
}

/* Flat names need one name an objective: "shoppers.latency_p99", and a number when it recurs. */
static void slo_name(const struct hr_result *result, size_t index, struct hr_str *name)
{
    const struct hr_slo_result *slo = &result->slos[index];
    unsigned earlier = 0;
    for (size_t i = 0; i < index; i++)
        earlier += same_objective(&result->slos[i], slo);
    hr_str_clear(name);
    hr_str_addf(name, "%s.%s", slo->workload, slo->metric);
    if (earlier > 0)
        hr_str_addf(name, "_%u", earlier + 1);
}

static void walk_slo(const struct walk *walk, const struct hr_slo_result *slo, const char *name)
{
    open_element(walk, name);
    text(walk, "workload", slo->workload);
    text(walk, "metric", slo->metric);
    number(walk, "target", slo->target);
    text(walk, "bound", slo->is_max ? "max" : "min");
    estimate(walk, "value", slo->unit, &slo->value);
    flag(walk, "met", slo->met);
    flag(walk, "certain", slo->certain);
    end(walk);
}

static void walk_slos(const struct walk *walk, const struct hr_result *result)
{
    struct hr_str name;
    hr_str_init(&name);
    open_list(walk, "slos");
    for (size_t i = 0; i < result->n_slos; i++) {
        slo_name(result, i, &name);
        walk_slo(walk, &result->slos[i], name.text);
    }
    end(walk);
    hr_str_fini(&name);
}

void hr_fields_walk(const struct hr_result *result, hr_field_sink *sink, void *ctx)
{
    const struct walk walk = { .sink = sink, .ctx = ctx }, json = json_only(&walk);
    text(&json, "schema", "headroom.result/1");
    text(&json, "version", HR_VERSION);
    walk_scenario(&walk, result);
    walk_run(&walk, result);
    if (result->precision.asked)
        walk_precision(&walk, result);
    open_list(&walk, "workloads");
    for (size_t i = 0; i < result->n_workloads; i++)
        walk_workload(&walk, &result->workloads[i]);
    end(&walk);
    open_list(&walk, "deployments");
    for (size_t i = 0; i < result->n_deployments; i++)
        walk_deployment(&walk, &result->deployments[i]);
    end(&walk);
    open_list(&walk, "node_pools");
    for (size_t i = 0; i < result->n_node_pools; i++)
        walk_node_pool(&walk, &result->node_pools[i]);
    end(&walk);
    open_list(&walk, "jobs");
    for (size_t i = 0; i < result->n_jobs; i++)
        walk_job(&walk, &result->jobs[i]);
    end(&walk);
    open_object(&walk, "cluster");
    estimate(&walk, "cost_usd_per_hour", HR_SHOWN_USD, &result->cluster.cost_usd_per_hour);
    estimate(&walk, "cost_usd_total", HR_SHOWN_USD, &result->cluster.cost_usd_total);
    estimate(&walk, "carbon_kgco2e", HR_SHOWN_NUMBER, &result->cluster.carbon_kgco2e);
    end(&walk);
    walk_slos(&walk, result);
    open_list(&walk, "alerts");
    end(&walk);
}

/* The walk with its place: the names of what is open, dots between. */
struct flat {
    hr_flat_sink *sink;
    void *ctx;
    struct hr_str name;
    size_t marks[8]; /* length of name before each open group */
    unsigned depth;
    unsigned skipped; /* depth within a group that is not for tables; 0: outside */
};

static void cut(struct hr_str *name, size_t length)
{
    name->length = length;
    name->text[length] = '\0';
}

static void flatten(void *ctx, const struct hr_field *field)
{
    struct flat *flat = ctx;
    const size_t length = flat->name.length;
    const bool opens = field->kind == HR_FIELD_OBJECT || field->kind == HR_FIELD_LIST;
    if (flat->skipped > 0 || (opens && field->json_only)) {
        flat->skipped += opens ? 1u : field->kind == HR_FIELD_END ? -1u : 0u;
    } else if (field->json_only) {
        return;
    } else if (field->kind == HR_FIELD_END) {
        cut(&flat->name, flat->marks[--flat->depth]);
    } else if (opens) {
        flat->marks[flat->depth++] = length;
        hr_str_addf(&flat->name, "%s.", field->key ? field->key : field->element);
    } else {
        hr_str_add(&flat->name, field->key);
        flat->sink(flat->ctx, flat->name.text, field);
        cut(&flat->name, length);
    }
}

void hr_fields_walk_flat(const struct hr_result *result, hr_flat_sink *sink, void *ctx)
{
    struct flat flat = { .sink = sink, .ctx = ctx };
    hr_str_init(&flat.name);
    hr_fields_walk(result, flatten, &flat);
    hr_str_fini(&flat.name);
}
