/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must hold after every event of the control plane, whatever happens, over random small
 * scenarios: everything recounted from scratch is what the control plane keeps count of
 * (cluster/check.h); only pods that serve have requests, and only listed ones get them; autoscalers
 * write within their bounds; evictions keep disruption budgets; node-hours and what is billed of
 * them follow from the nodes as they come and go.
 *
 *     property_cluster [SCENARIOS [FIRST]]
 */
#include "hr_test.h"
#include "random_cluster.h"

#include "base/mem.h"
#include "cluster/check.h"
#include "cluster/state.h"
#include "model/model.h"
#include "model/state.h"
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

#define SCENARIOS 400

/* What came up over all scenarios: a feature that never did would have proved nothing. */
enum sight {
    SEEN_EVICTED, /* with a budget */
    SEEN_PREEMPTED,
    SEEN_LOST,
    SEEN_RESTARTED,
    SEEN_PROVISIONED,
    SEEN_PROVISION_FAILED,
    SEEN_REMOVED,
    SEEN_INTERRUPTED,
    SEEN_RESIZED,     /* by an autoscaler */
    SEEN_DEAD_LISTED, /* deleted pods that load balancers do not know of yet */
    SEEN_GPUS,
    SEEN_ROUNDED,
    SEEN_CORDONED,
    SEEN_SWITCHED, /* blue-green */
    SEEN_ROLLED_BACK,
    SEEN_COMPLETED, /* jobs */
    SEEN_MISSED,
    SIGHTS
};

struct seen {
    uint64_t n[SIGHTS];
};

/* A node as it was seen, by its number. */
struct machine {
    bool exists;
    uint32_t pool;
    uint64_t ordinal;
    hr_time born;
};

struct watch {
    const struct hr_model *model; /* NULL: it has not begun */
    const struct hr_spec *spec;
    uint64_t scenario;
    const char *text;
    struct seen *seen;
    struct machine *machines;
    uint32_t n_machines;
    hr_time last;
    uint64_t existing[RC_POOLS_MAX];
    hr_uint128 node_ns[RC_POOLS_MAX];
    hr_time rounded_ns[RC_POOLS_MAX]; /* all of it, and that of the window: */
    hr_time rounded_inside_ns[RC_POOLS_MAX];
    bool *placed; /* replicas that pods have */
    struct hr_str wrong;
};

#define HOLDS(watch, condition)                                                                    \
    ((condition) ? (void)0 : hr_str_addf(&(watch)->wrong, "line %d: %s\n", __LINE__, #condition))

/* ---- requests ---- */

static void check_pod_serving(struct watch *watch, const struct hr_pod *pod)
{
    const struct hr_replica *replica = &watch->model->replicas[pod->tag];
    const struct hr_serving *serving = &watch->model->serving[pod->tag];
    const bool up = (pod->stage == HR_POD_SERVING || pod->stage == HR_POD_DRAINING) && !pod->silent;
    watch->placed[pod->tag] = true;
    HOLDS(watch, replica->listed == pod->listed);
    HOLDS(watch, replica->up == up);
    HOLDS(watch, serving->busy.n == 0 || up);
    HOLDS(watch, serving->queue.n == 0 || up || pod->silent);
    watch->seen->n[SEEN_DEAD_LISTED] += pod->listed && pod->deleted != HR_TIME_NEVER;
}

/* Requests go to pods that the load balancer lists, each of them once. */
static void check_routing(struct watch *watch, const struct hr_station *station)
{
    const struct hr_model *model = watch->model;
    for (uint32_t k = 0; k < station->n_ready; k++) {
        const uint32_t i = station->ready[k];
        HOLDS(watch, model->replicas[i].station == station);
        HOLDS(watch, watch->placed[i]);
        HOLDS(watch, model->replicas[i].listed);
        for (uint32_t l = 0; l < k; l++)
            HOLDS(watch, station->ready[l] != i);
    }
}

static void check_serving(struct watch *watch)
{
    const struct hr_model *model = watch->model;
    const struct hr_cluster *cluster = model->cluster;
    watch->placed = hr_realloc(watch->placed, model->n_replicas, sizeof *watch->placed);
    memset(watch->placed, 0, model->n_replicas * sizeof *watch->placed);
    for (uint32_t i = 0; i < cluster->n_pods; i++) {
        if (cluster->pods[i].stage == HR_POD_ENDED && cluster->pods[i].set < model->n_stations)
            check_pod_serving(watch, &cluster->pods[i]);
    }
    for (uint32_t d = 0; d < model->n_stations; d++) {
        uint32_t up = 0;
        for (uint32_t i = cluster->sets[d].first; i != HR_POD_NONE; i = cluster->pods[i].next) {
            check_pod_serving(watch, &cluster->pods[i]);
            up += model->replicas[cluster->pods[i].tag].up;
        }
        HOLDS(watch, model->stations[d].n_up == up);
        check_routing(watch, &model->stations[d]);
    }
    for (uint32_t i = 0; i < model->n_replicas; i++) {
        if (watch->placed[i])
            continue;
        HOLDS(watch, model->serving[i].busy.n == 0 && model->serving[i].queue.n == 0);
        HOLDS(watch, !model->replicas[i].up && !model->replicas[i].listed);
    }
}

/* ---- nodes ---- */

/* What billing adds to a life: to the minimum, and to a whole number of units. */
static hr_time rounding(const struct hr_node_pool_spec *pool, hr_time lived)
{
    const hr_time unit = pool->billing == NULL ? HR_NS_PER_S : pool->billing->granularity;
    const hr_time least = pool->billing == NULL ? 60 * HR_NS_PER_S : pool->billing->minimum;
    const hr_time paid = lived < least ? least : lived;
    return paid + (paid % unit == 0 ? 0 : unit - paid % unit) - lived;
}

static void machine_goes(struct watch *watch, struct machine *machine)
{
    const struct hr_node_pool_spec *pools = watch->spec->node_pools.items;
    const hr_time now = watch->model->engine.now;
    const hr_time more = rounding(&pools[machine->pool], now - machine->born);
    watch->existing[machine->pool]--;
    watch->rounded_ns[machine->pool] += more;
    if (now < watch->spec->duration)
        watch->rounded_inside_ns[machine->pool] += more;
    watch->seen->n[SEEN_ROUNDED] += more > 0;
    machine->exists = false;
}

/* Node time up to now, by the nodes that there were since the last event. */
static void pass_time(struct watch *watch, hr_time now)
{
    const hr_time to = now < watch->spec->duration ? now : watch->spec->duration;
    for (size_t p = 0; p < watch->spec->node_pools.n && to > watch->last; p++)
        watch->node_ns[p] += (hr_uint128)(to - watch->last) * watch->existing[p];
    watch->last = to > watch->last ? to : watch->last;
}

static void check_nodes(struct watch *watch)
{
    const struct hr_cluster *cluster = watch->model->cluster;
    const hr_time now = watch->model->engine.now;
    if (cluster->n_nodes > watch->n_machines) {
        watch->machines = hr_realloc(watch->machines, cluster->n_nodes, sizeof *watch->machines);
        for (; watch->n_machines < cluster->n_nodes; watch->n_machines++)
            watch->machines[watch->n_machines] = (struct machine){ 0 };
    }
    pass_time(watch, now);
    for (uint32_t n = 0; n < cluster->n_nodes; n++) {
        const struct hr_node *node = &cluster->nodes[n];
        struct machine *machine = &watch->machines[n];
        const bool exists = node->stage > HR_NODE_ASKED && !node->health.gone;
        const bool same =
            exists && machine->pool == node->pool && machine->ordinal == node->ordinal;
        if (machine->exists && !same)
            machine_goes(watch, machine);
        if (exists && !machine->exists) {
            *machine = (struct machine){ true, node->pool, node->ordinal, now };
            watch->existing[node->pool]++;
        }
    }
    for (uint32_t p = 0; p < cluster->config.n_pools; p++) {
        HOLDS(watch, cluster->pools[p].existing == watch->existing[p]);
        HOLDS(watch, cluster->pools[p].extra_ns == watch->rounded_ns[p]);
    }
}

static void give_up(const struct watch *watch)
{
    fprintf(stderr, "%s\nscenario %llu, at %.9f s:\n%s", watch->text,
            (unsigned long long)watch->scenario, hr_time_to_s(watch->last), watch->wrong.text);
    fail();
}

static void after_event(void *ctx, const struct hr_model *model)
{
    struct watch *watch = ctx;
    watch->model = model;
    hr_cluster_check(model->cluster, &watch->wrong);
    check_serving(watch);
    check_nodes(watch);
    if (watch->wrong.length > 0)
        give_up(watch);
}

/* ---- what the log says, at its moment ---- */

static const struct hr_set *set_named(const struct hr_cluster *cluster, const char *name)
{
    uint32_t s = 0;
    while (strcmp(cluster->sets[s].config->name, name) != 0)
        s++;
    return &cluster->sets[s];
}

/* The pod of that name that is there to stay; HR_POD_NONE. */
static uint32_t pod_named(const struct hr_cluster *cluster, const struct hr_set *set,
                          const char *name)
{
    const uint64_t ordinal = strtoull(name + strlen(set->config->name) + 1, NULL, 10);
    for (uint32_t i = set->first; i != HR_POD_NONE; i = cluster->pods[i].next) {
        if (cluster->pods[i].ordinal == ordinal && cluster->pods[i].deleted == HR_TIME_NEVER)
            return i;
    }
    return HR_POD_NONE;
}

static int64_t pods_of(const struct hr_measure *measure, int64_t replicas)
{
    if (measure->unit != HR_UNIT_SHARE)
        return (int64_t)measure->value;
    const int64_t percent = llround(measure->value * 100);
    return (percent * replicas + 99) / 100;
}

/* Ready pods that the budget wants: policy/v1, with its rounding up. */
static int64_t wanted(const struct hr_set *set)
{
    const struct hr_budget_spec *budget = set->config->pods->disruption_budget;
    if (!isnan(budget->min_available.value))
        return pods_of(&budget->min_available, set->replicas);
    const int64_t may = pods_of(&budget->max_unavailable, set->replicas);
    return may < set->replicas ? set->replicas - may : 0;
}

/* Just before the eviction: a pod that runs and is ready goes only if enough others are. */
static void see_eviction(struct watch *watch, const struct hr_event_record *record)
{
    const struct hr_cluster *cluster = watch->model->cluster;
    const struct hr_set *set = set_named(cluster, record->deployment);
    const uint32_t evicted = pod_named(cluster, set, record->pod);
    int64_t ready = 0;
    HOLDS(watch, evicted != HR_POD_NONE);
    if (set->config->pods->disruption_budget == NULL || evicted == HR_POD_NONE)
        return;
    const struct hr_pod *pod = &cluster->pods[evicted];
    for (uint32_t i = set->first; i != HR_POD_NONE; i = cluster->pods[i].next)
        ready += cluster->pods[i].ready && cluster->pods[i].deleted == HR_TIME_NEVER;
    const bool starts = pod->stage == HR_POD_PENDING || pod->stage == HR_POD_PULLING;
    watch->seen->n[SEEN_EVICTED]++;
    HOLDS(watch, starts || ready - pod->ready >= wanted(set));
}

/* An autoscaler writes. */
static void see_size(struct watch *watch, const struct hr_event_record *record)
{
    const struct hr_deployment_spec *deployments = watch->spec->deployments.items;
    const struct hr_autoscaler_spec *autoscaler =
        deployments[record->deployment[1] - '0'].autoscaler;
    const long long size = strtoll(record->message + strlen("New size: "), NULL, 10);
    watch->seen->n[SEEN_RESIZED]++;
    HOLDS(watch, autoscaler != NULL);
    if (autoscaler == NULL || autoscaler->type == HR_AUTOSCALER_SCHEDULED)
        return;
    HOLDS(watch, size >= autoscaler->min_replicas && size <= autoscaler->max_replicas);
}

static void note(void *ctx, const struct hr_event_record *record)
{
    struct watch *watch = ctx;
    if (watch->model == NULL)
        return; /* time 0 */
    if (strcmp(record->kind, "Evicted") == 0)
        see_eviction(watch, record);
    else if (record->message != NULL && strncmp(record->message, "New size: ", 10) == 0)
        see_size(watch, record);
    watch->seen->n[SEEN_CORDONED] += strcmp(record->kind, "NodeNotSchedulable") == 0;
    watch->seen->n[SEEN_SWITCHED] += strcmp(record->kind, "SwitchService") == 0;
    watch->seen->n[SEEN_ROLLED_BACK] += strcmp(record->kind, "DeploymentRollback") == 0;
}

/* ---- a scenario ---- */

static struct hr_scenario *load(const struct hr_str *text, uint64_t number)
{
    struct hr_diag *diag = hr_diag_new();
    struct hr_scenario *scenario = NULL;
    if (hr_scenario_load_text(text->text, text->length, "random", NULL, 0, &scenario, diag) !=
        HR_OK) {
        hr_diag_print(diag, stderr);
        fprintf(stderr, "scenario %llu:\n%s\n", (unsigned long long)number, text->text);
        fail();
    }
    hr_diag_free(diag);
    return scenario;
}

/* What the run has measured is what was seen of it. */
static void check_run(struct watch *watch, const struct hr_replication *run)
{
    pass_time(watch, watch->spec->duration);
    for (uint32_t p = 0; p < run->n_pools; p++) {
        HOLDS(watch, run->pools[p].areas[HR_POOL_NODES].total == watch->node_ns[p]);
        HOLDS(watch, run->pools[p].rounded_ns == (hr_uint128)watch->rounded_inside_ns[p]);
    }
    if (watch->wrong.length > 0)
        give_up(watch);
}

static void add_up(struct seen *seen, const struct hr_replication *run)
{
    for (uint32_t d = 0; d < run->n_deployments; d++) {
        const uint64_t *counts = run->deployments[d].counts;
        seen->n[SEEN_PREEMPTED] += counts[HR_SET_PREEMPTED];
        seen->n[SEEN_LOST] += counts[HR_SET_LOST];
        seen->n[SEEN_RESTARTED] += counts[HR_SET_RESTARTED];
    }
    for (uint32_t p = 0; p < run->n_pools; p++) {
        seen->n[SEEN_PROVISIONED] += run->pools[p].counts[HR_POOL_PROVISIONED];
        seen->n[SEEN_PROVISION_FAILED] += run->pools[p].counts[HR_POOL_PROVISION_FAILED];
        seen->n[SEEN_REMOVED] += run->pools[p].counts[HR_POOL_REMOVED];
        seen->n[SEEN_INTERRUPTED] += run->pools[p].counts[HR_POOL_INTERRUPTED];
        seen->n[SEEN_GPUS] += run->pools[p].areas[HR_POOL_GPU_REQUESTED].total > 0;
    }
    for (uint32_t j = 0; j < run->n_jobs; j++) {
        seen->n[SEEN_COMPLETED] += run->jobs[j].completed;
        seen->n[SEEN_MISSED] += run->jobs[j].missed;
    }
}

static void check_scenario(uint64_t number, struct seen *seen)
{
    struct hr_str text;
    char file[64];
    hr_str_init(&text);
    rc_write(&text, number);
    snprintf(file, sizeof file, "scenario %llu of property_cluster", (unsigned long long)number);
    struct hr_scenario *scenario = load(&text, number);
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    struct watch watch = {
        .spec = spec, .scenario = number, .text = text.text, .seen = seen, .machines = NULL
    };
    hr_str_init(&watch.wrong);
    const struct hr_model_options options = { .seed = number,
                                              .step = spec->duration,
                                              .scenario = file,
                                              .event = note,
                                              .event_ctx = &watch,
                                              .watch = after_event };
    struct hr_replication run;
    hr_model_run(spec, &options, &run);
    assert_int_equal(run.status, HR_OK);
    check_run(&watch, &run);
    add_up(seen, &run);
    hr_replication_fini(&run);
    hr_scenario_free(scenario);
    hr_str_fini(&watch.wrong);
    hr_str_fini(&text);
    free(watch.machines);
    free(watch.placed);
}

struct range {
    uint64_t from, n;
};

static void test_invariants_hold(void **state)
{
    const struct range *range = *state;
    struct seen seen = { 0 };
    for (uint64_t i = range->from; i < range->from + range->n; i++)
        check_scenario(i, &seen);
    for (size_t i = 0; i < SIGHTS && range->n >= SCENARIOS; i++) {
        if (seen.n[i] < 20)
            print_error("sight %zu: %llu\n", i, (unsigned long long)seen.n[i]);
        assert_true(seen.n[i] >= 20);
    }
}

int main(int argc, char **argv)
{
    struct range range = { 1, SCENARIOS };
    if (argc > 1)
        range.n = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        range.from = strtoull(argv[2], NULL, 10);
    const struct CMUnitTest tests[] = { cmocka_unit_test_prestate(test_invariants_hold, &range) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
