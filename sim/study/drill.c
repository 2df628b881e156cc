/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drills: a loss is an event more in the scenario, which is loaded anew as a sweep does. */
#include "study/drill_damage.h"

#include "base/diag.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "run/batch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A node when the losses come. Those of a site with the same pods are alike. */
struct machine {
    char *name;
    uint64_t pods; /* sum of the hashes of the names of their deployments */
};

/* A place where nodes may be, and those that it has when the losses come. */
struct site {
    const char *pool, *zone;
    size_t n;
    struct machine *nodes; /* the oldest first */
};

/* A drill in the making. */
struct plan {
    const char *path;
    const char *const *overrides;
    size_t n_overrides;
    const struct hr_drill_options *asked;
    struct hr_run_options options; /* wall_s_max: what is left of it */
    struct hr_diag *diag;
    struct hr_drill *drill;
    size_t n_sites;
    struct site *sites; /* pool by pool */
};

const char *hr_loss_kind_name(enum hr_loss_kind kind)
{
    static const char *const names[] = {
        [HR_LOSS_NODE] = "node",
        [HR_LOSS_ZONE] = "zone",
        [HR_LOSS_POOL] = "pool",
    };
    return names[kind];
}

/* ---- the scenario with a loss ---- */

/* Texts that a scenario is loaded with after those of the caller. */
struct extra {
    size_t n, n_events; /* n_events: in the scenario by now */
    char **texts;
};

static void add_text(struct extra *extra, struct hr_str *text)
{
    extra->texts = hr_realloc(extra->texts, extra->n + 1, sizeof *extra->texts);
    extra->texts[extra->n++] = hr_str_take(text);
}

/* The first event of a scenario makes the list. */
static void add_event(struct extra *extra, const char *event)
{
    struct hr_str text;
    hr_str_init(&text);
    if (extra->n_events == 0)
        hr_str_addf(&text, "events=(%s)", event);
    else
        hr_str_addf(&text, "events[%zu]=%s", extra->n_events, event);
    extra->n_events++;
    add_text(extra, &text);
}

/* All nodes that the pool has in the zone fail, or only node `which` of them (-1: all). */
static void add_failure(const struct plan *plan, struct extra *extra, const struct site *site,
                        long which, double at_s)
{
    struct hr_str event;
    hr_str_init(&event);
    hr_str_addf(&event,
                "{ at = \"%.9fs\"; action = \"node_failure\"; node_pool = \"%s\"; zone = \"%s\"; "
                "duration = \"%.9fs\";",
                at_s, site->pool, site->zone, plan->drill->loss_s);
    if (which >= 0)
        hr_str_addf(&event, " node = %ld;", which);
    hr_str_add(&event, " }");
    add_event(extra, event.text);
    hr_str_fini(&event);
}

static void add_outage(const struct plan *plan, struct extra *extra, const char *zone)
{
    struct hr_str event;
    hr_str_init(&event);
    hr_str_addf(
        &event,
        "{ at = \"%.9fs\"; action = \"zone_outage\"; zone = \"%s\"; duration = \"%.9fs\"; }",
        plan->drill->at_s, zone, plan->drill->loss_s);
    add_event(extra, event.text);
    hr_str_fini(&event);
}

/* Another end of the warm-up would be another window to count in. */
static struct extra extra_begin(const struct plan *plan)
{
    struct extra extra = { .n_events = hr_scenario_spec(plan->drill->scenario)->events.n };
    struct hr_str text;
    hr_str_init(&text);
    hr_str_addf(&text, "warmup=%.9fs", plan->drill->baseline->warmup_s);
    add_text(&extra, &text);
    return extra;
}

/* Loads the scenario with what is extra, and frees that. */
static enum hr_status load_with(const struct plan *plan, struct extra *extra,
                                struct hr_scenario **out)
{
    const size_t n = plan->n_overrides + extra->n;
    const char **all = HR_NEW_ARRAY(const char *, n);
    for (size_t i = 0; i < n; i++)
        all[i] = i < plan->n_overrides ? plan->overrides[i] : extra->texts[i - plan->n_overrides];
    /* What there is to warn of was said of the baseline; mistakes are told in a second reading. */
    struct hr_diag *unheard = hr_diag_new();
    enum hr_status status = hr_scenario_load(plan->path, all, n, out, unheard);
    hr_diag_free(unheard);
    if (status != HR_OK)
        status = hr_scenario_load(plan->path, all, n, out, plan->diag);
    for (size_t i = 0; i < extra->n; i++)
        free(extra->texts[i]);
    free(extra->texts);
    free(all);
    return status;
}

/* ---- when ---- */

static double arrivals_rps(const struct hr_result *result, size_t step)
{
    double rps = 0;
    for (size_t w = 0; w < result->n_workloads; w++)
        rps += hr_drill_column(result, "workloads", result->workloads[w].name, "arrived_rps")[step];
    return rps;
}

/* The step of the baseline that the losses fall into: that of `at_s`, or the peak. */
static size_t find_step(const struct hr_result *baseline, double at_s)
{
    const struct hr_series *series = &baseline->series;
    if (!isnan(at_s))
        return (size_t)(at_s / series->step_s);
    const size_t warm = (size_t)ceil(baseline->warmup_s / series->step_s);
    size_t peak = warm < series->n ? warm : series->n - 1;
    double most = arrivals_rps(baseline, peak);
    for (size_t i = peak + 1; i < series->n; i++) {
        const double rps = arrivals_rps(baseline, i);
        if (rps > most) {
            most = rps;
            peak = i;
        }
    }
    return peak;
}

static enum hr_status set_time(struct plan *plan)
{
    struct hr_drill *drill = plan->drill;
    const struct hr_result *baseline = drill->baseline;
    const double at_s = plan->asked->at_s;
    if (at_s >= baseline->duration_s) {
        hr_diag_add(plan->diag, HR_ERROR, &(struct hr_place){ .file = plan->path, .path = "--at" },
                    NULL, "comes after the end of the run");
        return HR_ERR_INPUT;
    }
    const size_t step = find_step(baseline, at_s);
    drill->at_s = isnan(at_s) ? (double)step * baseline->series.step_s : at_s;
    drill->loss_s = plan->asked->loss_s;
    drill->offered_rps = arrivals_rps(baseline, step);
    if (drill->at_s + drill->loss_s > baseline->duration_s)
        hr_diag_add(plan->diag, HR_WARNING, &(struct hr_place){ .file = plan->path },
                    "--at and --duration say when and how long",
                    "the run ends before what is lost at %.6g s is back", drill->at_s);
    return HR_OK;
}

/* ---- where ---- */

static void find_sites(struct plan *plan)
{
    const struct hr_list *list = &hr_scenario_spec(plan->drill->scenario)->node_pools;
    const struct hr_node_pool_spec *pools = list->items;
    for (size_t p = 0; p < list->n; p++) {
        const char *const *zones = pools[p].zones.items;
        plan->sites =
            hr_realloc(plan->sites, plan->n_sites + pools[p].zones.n, sizeof *plan->sites);
        for (size_t z = 0; z < pools[p].zones.n; z++)
            plan->sites[plan->n_sites++] = (struct site){ .pool = pools[p].name, .zone = zones[z] };
    }
}

static void add_machine(struct site *site, const char *name)
{
    site->nodes = hr_realloc(site->nodes, site->n + 1, sizeof *site->nodes);
    site->nodes[site->n++] = (struct machine){ .name = hr_strdup(name) };
}

static void add_pod(const struct plan *plan, const struct hr_event_record *record)
{
    for (size_t i = 0; i < plan->n_sites; i++) {
        for (size_t k = 0; k < plan->sites[i].n; k++) {
            struct machine *machine = &plan->sites[i].nodes[k];
            if (strcmp(machine->name, record->node) == 0)
                machine->pods += hr_hash_name(record->deployment);
        }
    }
}

/* In the probe, site i fails i milliseconds after the time of the losses. Once that is noticed,
 * every pod on its nodes is told to be there. */
static void note_node(void *ctx, const struct hr_event_record *record)
{
    const struct plan *plan = ctx;
    const double after_s = (double)record->time_ns / 1e9 - plan->drill->at_s;
    const double i = round(after_s * 1e3);
    if (after_s > 0 && strcmp(record->kind, "NodeNotReady") == 0 && record->pod != NULL)
        add_pod(plan, record);
    if (strcmp(record->kind, "MachineFailed") == 0 && i >= 0 && i < (double)plan->n_sites &&
        fabs(after_s - i / 1e3) < 1e-7)
        add_machine(&plan->sites[(size_t)i], record->node);
}

/* What a run has taken of the time that there is for all of them. */
static void spend(struct plan *plan, const struct hr_result *result)
{
    if (plan->options.wall_s_max > 0)
        plan->options.wall_s_max = fmax(plan->options.wall_s_max - result->wall_s, 1e-9);
}

/* Finds out which nodes there are: lets all of them fail in replication 0 and looks which do. */
static enum hr_status probe(struct plan *plan)
{
    struct extra extra = extra_begin(plan);
    struct hr_run_options options = { .jobs = 1,
                                      .interrupt = plan->options.interrupt,
                                      .wall_s_max = plan->options.wall_s_max,
                                      .event = note_node,
                                      .event_ctx = plan };
    struct hr_scenario *scenario = NULL;
    struct hr_result *result = NULL;
    struct hr_str one;
    hr_str_init(&one);
    hr_str_add(&one, "replications=1");
    add_text(&extra, &one);
    for (size_t i = 0; i < plan->n_sites; i++)
        add_failure(plan, &extra, &plan->sites[i], -1, plan->drill->at_s + (double)i * 1e-3);
    enum hr_status status = load_with(plan, &extra, &scenario);
    if (status == HR_OK)
        status = hr_run(scenario, &options, &result, plan->diag);
    if (status == HR_OK)
        spend(plan, result);
    hr_result_free(result);
    hr_scenario_free(scenario);
    return status;
}

/* ---- what ---- */

static struct hr_loss *add_loss(struct hr_drill *drill, enum hr_loss_kind kind)
{
    drill->losses = hr_realloc(drill->losses, drill->n_losses + 1, sizeof *drill->losses);
    struct hr_loss *loss = &drill->losses[drill->n_losses++];
    *loss = (struct hr_loss){ .kind = kind };
    return loss;
}

/* Losses and, beside them, what is extra in their scenarios. */
struct extras {
    size_t n;
    struct extra *items;
};

static struct extra *next_extra(const struct plan *plan, struct extras *extras)
{
    extras->items = hr_realloc(extras->items, extras->n + 1, sizeof *extras->items);
    extras->items[extras->n] = extra_begin(plan);
    return &extras->items[extras->n++];
}

/* How many nodes of the site are like the given one; 0: an earlier one is. */
static size_t count_alike(const struct site *site, size_t node)
{
    size_t n = 0;
    for (size_t i = 0; i < site->n; i++) {
        const bool alike = site->nodes[i].pods == site->nodes[node].pods;
        if (alike && i < node)
            return 0;
        n += alike;
    }
    return n;
}

static void plan_nodes(const struct plan *plan, struct extras *extras, const struct site *site)
{
    for (size_t i = 0; i < site->n; i++) {
        const size_t alike = plan->asked->each ? 1 : count_alike(site, i);
        if (alike == 0)
            continue;
        struct hr_loss *loss = add_loss(plan->drill, HR_LOSS_NODE);
        loss->pool = site->pool;
        loss->zone = site->zone;
        loss->node = hr_strdup(site->nodes[i].name);
        loss->nodes = 1;
        loss->alike = alike;
        add_failure(plan, next_extra(plan, extras), site, (long)i, plan->drill->at_s);
    }
}

/* Whether an earlier site is of the same zone. */
static bool seen_zone(const struct plan *plan, size_t site)
{
    for (size_t i = 0; i < site; i++) {
        if (strcmp(plan->sites[i].zone, plan->sites[site].zone) == 0)
            return true;
    }
    return false;
}

static void plan_zone(const struct plan *plan, struct extras *extras, size_t site)
{
    const char *zone = plan->sites[site].zone;
    size_t nodes = 0;
    for (size_t i = site; i < plan->n_sites; i++)
        nodes += strcmp(plan->sites[i].zone, zone) == 0 ? plan->sites[i].n : 0;
    if (nodes == 0 || seen_zone(plan, site))
        return;
    struct hr_loss *loss = add_loss(plan->drill, HR_LOSS_ZONE);
    loss->zone = zone;
    loss->nodes = nodes;
    add_outage(plan, next_extra(plan, extras), zone);
}

/* The sites of a pool follow each other. */
static void plan_pool(const struct plan *plan, struct extras *extras, size_t site)
{
    const char *pool = plan->sites[site].pool;
    size_t end = site, nodes = 0;
    for (; end < plan->n_sites && strcmp(plan->sites[end].pool, pool) == 0; end++)
        nodes += plan->sites[end].n;
    if (nodes == 0 || (site > 0 && strcmp(plan->sites[site - 1].pool, pool) == 0))
        return;
    struct hr_loss *loss = add_loss(plan->drill, HR_LOSS_POOL);
    loss->pool = pool;
    loss->nodes = nodes;
    struct extra *extra = next_extra(plan, extras);
    for (size_t i = site; i < end; i++)
        add_failure(plan, extra, &plan->sites[i], -1, plan->drill->at_s);
}

static void plan_losses(const struct plan *plan, struct extras *extras)
{
    for (size_t i = 0; i < plan->n_sites; i++)
        plan_nodes(plan, extras, &plan->sites[i]);
    for (size_t i = 0; i < plan->n_sites; i++)
        plan_zone(plan, extras, i);
    for (size_t i = 0; i < plan->n_sites; i++)
        plan_pool(plan, extras, i);
}

/* ---- the runs ---- */

static void keep(void *ctx, size_t i, struct hr_result *result)
{
    struct hr_drill *drill = ctx;
    drill->losses[i].result = result;
}

static void loss_fini(struct hr_loss *loss)
{
    hr_result_free(loss->result);
    free(loss->node);
    free(loss->recoveries_s);
    free(loss->changes);
}

/* Those that were simulated, the worst first. */
static void rank(struct hr_drill *drill)
{
    size_t n = 0;
    for (size_t i = 0; i < drill->n_losses; i++) {
        struct hr_loss *loss = &drill->losses[i];
        if (loss->result == NULL) {
            loss_fini(loss);
            continue;
        }
        hr_drill_assess(drill->baseline, loss, drill->at_s);
        drill->losses[n++] = *loss;
    }
    drill->n_losses = n;
    if (n > 0)
        qsort(drill->losses, n, sizeof *drill->losses, hr_drill_compare);
}

static enum hr_status run_losses(const struct plan *plan)
{
    struct hr_drill *drill = plan->drill;
    struct extras extras = { 0 };
    plan_losses(plan, &extras);
    if (drill->n_losses == 0) {
        hr_diag_add(plan->diag, HR_ERROR, &(struct hr_place){ .file = plan->path },
                    "--at sets another time", "there is no node to lose at %.6g s", drill->at_s);
        return HR_ERR_INPUT;
    }
    struct hr_scenario **scenarios = HR_NEW_ARRAY(struct hr_scenario *, drill->n_losses);
    enum hr_status status = HR_OK;
    for (size_t i = 0; i < drill->n_losses; i++) {
        const enum hr_status loaded = load_with(plan, &extras.items[i], &scenarios[i]);
        status = status == HR_OK ? loaded : status;
    }
    if (status == HR_OK)
        status = hr_batch_run((const struct hr_scenario *const *)scenarios, drill->n_losses,
                              &plan->options, keep, drill, plan->diag);
    for (size_t i = 0; i < drill->n_losses; i++)
        hr_scenario_free(scenarios[i]);
    free(scenarios);
    free(extras.items);
    rank(drill);
    return status;
}

static enum hr_status load_baseline(struct plan *plan)
{
    struct hr_scenario **scenario = &plan->drill->scenario;
    const enum hr_status status =
        hr_scenario_load(plan->path, plan->overrides, plan->n_overrides, scenario, plan->diag);
    if (status != HR_OK || hr_scenario_spec(*scenario)->node_pools.n > 0)
        return status;
    const struct hr_place place = { .file = plan->path, .path = "node_pools" };
    hr_diag_add(plan->diag, HR_ERROR, &place,
                "add node_pools = ( { name = \"...\"; instance = \"...\"; } ) and give the "
                "deployments resources; headroom keys node_pools explains them",
                "there are none, so there is nothing to lose");
    return HR_ERR_INPUT;
}

static enum hr_status carry_out(struct plan *plan)
{
    struct hr_run_options quiet = plan->options;
    quiet.progress = NULL;
    enum hr_status status = load_baseline(plan);
    if (status == HR_OK)
        status = hr_run(plan->drill->scenario, &quiet, &plan->drill->baseline, plan->diag);
    if (status != HR_OK)
        return status;
    spend(plan, plan->drill->baseline);
    status = set_time(plan);
    if (status != HR_OK)
        return status;
    find_sites(plan);
    status = probe(plan);
    return status == HR_OK ? run_losses(plan) : status;
}

enum hr_status hr_drill(const char *path, const char *const *overrides, size_t n_overrides,
                        const struct hr_drill_options *drill, const struct hr_run_options *options,
                        struct hr_drill **out, struct hr_diag *diag)
{
    struct plan plan = {
        .path = path,
        .overrides = overrides,
        .n_overrides = n_overrides,
        .asked = drill,
        .options = *options,
        .diag = diag,
        .drill = HR_NEW(struct hr_drill),
    };
    *out = NULL;
    const enum hr_status status = carry_out(&plan);
    for (size_t i = 0; i < plan.n_sites; i++) {
        for (size_t k = 0; k < plan.sites[i].n; k++)
            free(plan.sites[i].nodes[k].name);
        free(plan.sites[i].nodes);
    }
    free(plan.sites);
    const bool some = plan.drill->n_losses > 0 && plan.drill->losses[0].result != NULL;
    if (some && (status == HR_OK || status == HR_ERR_INTERRUPTED))
        *out = plan.drill;
    else
        hr_drill_free(plan.drill);
    return status;
}

void hr_drill_free(struct hr_drill *drill)
{
    if (drill == NULL)
        return;
    for (size_t i = 0; i < drill->n_losses; i++)
        loss_fini(&drill->losses[i]);
    free(drill->losses);
    hr_result_free(drill->baseline);
    hr_scenario_free(drill->scenario);
    free(drill);
}
