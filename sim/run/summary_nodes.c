/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The estimates of a deployment's pods and of a node pool. */
#include "base/mem.h"
#include "cluster/node_capacity.h"
#include "run/summary.h"

#include <math.h>

#define NO_NODES "the pool had no nodes"
#define NO_GPUS  "the nodes have no GPUs"

static const struct hr_deployment_spec *deployment_spec(const struct hr_summary *summary, size_t d)
{
    return &((const struct hr_deployment_spec *)summary->spec->deployments.items)[d];
}

static const struct hr_node_pool_spec *pool_spec(const struct hr_summary *summary, size_t p)
{
    return &((const struct hr_node_pool_spec *)summary->spec->node_pools.items)[p];
}

/* ---- pods ---- */

static struct hr_estimate mean_pods(const struct hr_summary *summary, size_t d,
                                    enum hr_deployment_level plus, enum hr_deployment_level minus)
{
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_area *areas = summary->replications[r].deployments[d].areas;
        const hr_uint128 less = minus == HR_DEPLOYMENT_LEVELS ? 0 : areas[minus].total;
        summary->x[r] =
            (double)(areas[plus].total - less) / (double)summary->replications[r].window;
    }
    return hr_summary_mean(summary);
}

void hr_summarize_pods(const struct hr_summary *summary, size_t d)
{
    struct hr_pods_result *out = HR_NEW(struct hr_pods_result);
    summary->result->deployments[d].pods = out;
    out->desired = mean_pods(summary, d, HR_LEVEL_DESIRED, HR_DEPLOYMENT_LEVELS);
    out->running = mean_pods(summary, d, HR_LEVEL_EXISTING, HR_LEVEL_PENDING);
    out->pending = mean_pods(summary, d, HR_LEVEL_PENDING, HR_DEPLOYMENT_LEVELS);
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_deployment_metrics *metrics = &summary->replications[r].deployments[d];
        summary->x[r] = (double)metrics->scheduling_ns / 1e9;
        summary->y[r] = (double)metrics->counts[HR_PODS_SCHEDULED];
        out->restarts += metrics->counts[HR_PODS_RESTARTED];
        out->evictions += metrics->counts[HR_PODS_EVICTED];
        out->preemptions += metrics->counts[HR_PODS_PREEMPTED];
        out->lost += metrics->counts[HR_PODS_LOST];
    }
    summary->result->deployments[d].failures += out->restarts + out->lost;
    out->scheduling_s = hr_summary_ratio(summary, "no pod was scheduled in the window");
}

/* ---- what pods use of a pool ---- */

static const struct hr_pool_metrics *metrics_of(const struct hr_summary *summary, unsigned r,
                                                size_t p)
{
    return &summary->replications[r].pools[p];
}

static double node_ns(const struct hr_summary *summary, unsigned r, size_t p)
{
    return (double)metrics_of(summary, r, p)->areas[HR_POOL_NODES].total;
}

static const struct hr_pool_use *use_of(const struct hr_summary *summary, unsigned r, size_t d,
                                        size_t p)
{
    return &summary->replications[r].use[d * summary->spec->node_pools.n + p];
}

/* Each gives what the pods of d use of pool p, in units of the resource x ns; NaN: not known. */
typedef double used_of(const struct hr_summary *summary, unsigned r, size_t d, size_t p);

static double cpu_used(const struct hr_summary *summary, unsigned r, size_t d, size_t p)
{
    const struct hr_deployment_metrics *metrics = &summary->replications[r].deployments[d];
    const struct hr_pool_use *use = use_of(summary, r, d, p);
    if (metrics->cpu_idle <= 0 && metrics->cpu_slot <= 0)
        return (double)NAN;
    const double work_ns =
        metrics->shares_cores || metrics->throttles ? use->executed_ns : (double)use->busy_ns;
    return metrics->cpu_idle * (double)use->up_ns + metrics->cpu_slot * work_ns;
}

/* The deployment's memory, divided over pools by the time that its pods were up there. */
static double memory_used(const struct hr_summary *summary, unsigned r, size_t d, size_t p)
{
    hr_uint128 up_ns = 0;
    for (size_t q = 0; q < summary->spec->node_pools.n; q++)
        up_ns += use_of(summary, r, d, q)->up_ns;
    return hr_summary_memory_byte_ns(summary, r, d) * (double)use_of(summary, r, d, p)->up_ns /
           (double)up_ns;
}

/* GPUs that a pod asks for, or the slices, or the turns of those that take turns. */
static double gpus_asked(const struct hr_deployment_spec *spec)
{
    const struct hr_resources_spec *resources = spec->resources;
    const struct hr_amounts *sources[] = { resources ? resources->requests : NULL,
                                           resources ? resources->limits : NULL };
    for (size_t i = 0; i < 2; i++) {
        if (sources[i] == NULL)
            continue;
        if (sources[i]->mig != NULL)
            return 1;
        if (sources[i]->gpu > 0)
            return (double)sources[i]->gpu;
        if (sources[i]->gpu_share > 0)
            return sources[i]->gpu_share;
    }
    return 0;
}

static double gpus_used(const struct hr_summary *summary, unsigned r, size_t d, size_t p)
{
    const struct hr_deployment_metrics *metrics = &summary->replications[r].deployments[d];
    const struct hr_pool_use *use = use_of(summary, r, d, p);
    const double asked = gpus_asked(deployment_spec(summary, d));
    if (asked <= 0)
        return 0;
    if (isinf(metrics->slots))
        return (double)NAN;
    return asked * (metrics->shares_cores ? use->executed_ns : (double)use->busy_ns) /
           metrics->slots;
}

/* Fills scratch x with what all pods use of the pool, and y with node time x `capacity` of a node.
 * False: it is not known of a deployment that has pods there. */
static bool add_up(const struct hr_summary *summary, size_t p, used_of *used, double capacity)
{
    for (unsigned r = 0; r < summary->n; r++) {
        summary->x[r] = 0;
        summary->y[r] = capacity * node_ns(summary, r, p);
        for (size_t d = 0; d < summary->spec->deployments.n; d++) {
            if (use_of(summary, r, d, p)->up_ns > 0)
                summary->x[r] += used(summary, r, d, p);
        }
        if (isnan(summary->x[r]))
            return false;
    }
    return true;
}

static struct hr_estimate estimate_use(const struct hr_summary *summary, size_t p, used_of *used,
                                       double capacity, const char *unknown)
{
    return add_up(summary, p, used, capacity) ? hr_summary_ratio(summary, NO_NODES)
                                              : hr_summary_none(unknown);
}

/* GPUs of a node in the units of gpus_asked(). */
static double gpus_of(const struct hr_node_capacity *capacity)
{
    return (double)(capacity->mig != NULL ? capacity->mig_parts : capacity->gpus);
}

static void estimate_utilization(const struct hr_summary *summary, size_t p,
                                 const struct hr_node_capacity *capacity,
                                 struct hr_node_pool_result *out)
{
    const struct hr_instance_type *type = pool_spec(summary, p)->type;
    out->cpu_utilization = estimate_use(summary, p, cpu_used, type->cpu, HR_SUMMARY_NO_CPU);
    out->memory_utilization =
        estimate_use(summary, p, memory_used, type->memory_bytes, HR_SUMMARY_NO_MEMORY);
    out->gpu_utilization = out->has_gpus ? estimate_use(summary, p, gpus_used, gpus_of(capacity),
                                                        "concurrency is unlimited")
                                         : hr_summary_none(NO_GPUS);
}

/* ---- what pods request of a pool ---- */

static struct hr_estimate estimate_requests(const struct hr_summary *summary, size_t p,
                                            enum hr_pool_level level, double allocatable)
{
    for (unsigned r = 0; r < summary->n; r++) {
        summary->x[r] = (double)metrics_of(summary, r, p)->areas[level].total;
        summary->y[r] = allocatable * node_ns(summary, r, p);
    }
    return hr_summary_time_share(summary, NO_NODES);
}

/* GPU requests are in thousandths of a device; slices are counted. */
static double gpu_units(const struct hr_node_capacity *capacity)
{
    return gpus_of(capacity) * (capacity->mig != NULL ? 1 : 1000);
}

/* ---- power ---- */

/* Between idle and full power as its GPUs are used, or its CPUs where there are none. */
static struct hr_estimate estimate_energy(const struct hr_summary *summary, size_t p,
                                          const struct hr_node_capacity *capacity, bool has_gpus)
{
    const struct hr_instance_type *type = pool_spec(summary, p)->type;
    const double units = has_gpus ? gpus_of(capacity) : type->cpu;
    if (type->watts_max <= 0)
        return hr_summary_none("the power of the instance type is not known (watts_max)");
    if (!add_up(summary, p, has_gpus ? gpus_used : cpu_used, units))
        return hr_summary_none(has_gpus ? "concurrency is unlimited" : HR_SUMMARY_NO_CPU);
    for (unsigned r = 0; r < summary->n; r++) {
        const double watt_ns = type->watts_idle * node_ns(summary, r, p) +
                               (type->watts_max - type->watts_idle) * summary->x[r] / units;
        summary->x[r] = watt_ns / (1000.0 * (double)HR_NS_PER_HOUR);
    }
    return hr_summary_mean(summary);
}

/* ---- all of it ---- */

static void count_nodes(const struct hr_summary *summary, size_t p, struct hr_node_pool_result *out)
{
    out->nodes_min = UINT64_MAX;
    for (unsigned r = 0; r < summary->n; r++) {
        const struct hr_pool_metrics *metrics = metrics_of(summary, r, p);
        out->nodes_min = metrics->nodes_min < out->nodes_min ? metrics->nodes_min : out->nodes_min;
        out->nodes_max = metrics->nodes_max > out->nodes_max ? metrics->nodes_max : out->nodes_max;
        out->provisioned += metrics->counts[HR_POOL_PROVISIONED];
        out->provision_failures += metrics->counts[HR_POOL_PROVISION_FAILED];
        out->lost += metrics->counts[HR_POOL_LOST];
        out->removed += metrics->counts[HR_POOL_REMOVED];
        out->interruptions += metrics->counts[HR_POOL_INTERRUPTED];
    }
}

static struct hr_estimate mean_nodes(const struct hr_summary *summary, size_t p,
                                     enum hr_pool_level level)
{
    for (unsigned r = 0; r < summary->n; r++)
        summary->x[r] = (double)metrics_of(summary, r, p)->areas[level].total /
                        (double)summary->replications[r].window;
    return hr_summary_mean(summary);
}

static struct hr_estimate mean_cost(const struct hr_summary *summary, size_t p)
{
    if (pool_spec(summary, p)->usd_per_node_hour <= 0)
        return hr_summary_none(HR_SUMMARY_NO_PRICE);
    for (unsigned r = 0; r < summary->n; r++)
        summary->x[r] = hr_summary_pool_usd_per_hour(summary, r, p);
    return hr_summary_mean(summary);
}

void hr_summarize_node_pool(const struct hr_summary *summary, size_t p)
{
    const struct hr_node_capacity capacity = hr_node_capacity_of(pool_spec(summary, p));
    struct hr_node_pool_result *out = &summary->result->node_pools[p];
    out->name = hr_strdup(pool_spec(summary, p)->name);
    out->has_gpus = gpus_of(&capacity) > 0;
    count_nodes(summary, p, out);
    out->nodes_mean = mean_nodes(summary, p, HR_POOL_NODES);
    out->nodes_ready = mean_nodes(summary, p, HR_POOL_READY);
    out->idle = estimate_requests(summary, p, HR_POOL_EMPTY, 1);
    out->cpu_requested =
        estimate_requests(summary, p, HR_POOL_CPU_REQUESTED, (double)capacity.cpu_milli);
    out->memory_requested =
        estimate_requests(summary, p, HR_POOL_MEMORY_REQUESTED, (double)capacity.memory_bytes);
    out->gpu_requested =
        out->has_gpus ? estimate_requests(summary, p, HR_POOL_GPU_REQUESTED, gpu_units(&capacity))
                      : hr_summary_none(NO_GPUS);
    estimate_utilization(summary, p, &capacity, out);
    out->cost_usd_per_hour = mean_cost(summary, p);
    out->energy_kwh = estimate_energy(summary, p, &capacity, out->has_gpus);
}
