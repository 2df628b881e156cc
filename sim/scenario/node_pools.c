/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Node pools: what machine their instance is, what it costs, and whether it has the GPUs. */
#include "base/suggest.h"
#include "cluster/mig.h"
#include "cluster/node_capacity.h"
#include "scenario/load.h"

#include <headroom/catalog.h>

#include <inttypes.h>
#include <string.h>

/* The instance types of the scenario, as those of the catalog. */
static struct hr_instance_type *own_types(const struct hr_loader *loader)
{
    const struct hr_list *list = &loader->scenario->spec.instance_types;
    const struct hr_instance_spec *specs = list->items;
    struct hr_instance_type *types =
        hr_arena_alloc(loader->scenario->arena, list->n, sizeof *types);
    for (size_t i = 0; i < list->n; i++)
        types[i] = (struct hr_instance_type){
            .name = specs[i].name,
            .cpu = specs[i].cpu,
            .memory_bytes = specs[i].memory,
            .gpus = specs[i].gpus,
            .gpu_model = specs[i].gpu_model,
            .gpu_memory_bytes = specs[i].gpu_memory,
            .usd_per_hour = specs[i].usd_per_hour,
            .usd_per_hour_spot = specs[i].usd_per_hour_spot,
            .watts_idle = specs[i].watts_idle,
            .watts_max = specs[i].watts_max,
            .region = "",
            .source = "scenario",
            .date = "",
            .watts_source = specs[i].watts_max > 0 ? "scenario" : "",
        };
    return types;
}

/* A name that the user may have meant, or one whose cloud is missing; NULL: none near. */
static const char *nearest(const struct hr_loader *loader, const char *name)
{
    const struct hr_list *own = &loader->scenario->spec.instance_types;
    struct hr_suggest suggest = { .word = name };
    for (size_t i = 0; i < hr_catalog_size(); i++) {
        const char *known = hr_catalog_at(i)->name;
        if (strcmp(strchr(known, '/') + 1, name) == 0)
            return known;
        hr_suggest_offer(&suggest, known);
    }
    for (size_t i = 0; i < own->n; i++)
        hr_suggest_offer(&suggest, ((const struct hr_instance_spec *)own->items)[i].name);
    return suggest.best;
}

static const struct hr_instance_type *find_type(struct hr_loader *loader,
                                                const struct hr_node_pool_spec *pool,
                                                const struct hr_instance_type *own)
{
    char hint[160] = "headroom instances lists the catalog; others go into instance_types";
    for (size_t i = 0; i < loader->scenario->spec.instance_types.n; i++)
        if (strcmp(own[i].name, pool->instance) == 0)
            return &own[i];
    const struct hr_instance_type *type = hr_catalog_find(pool->instance);
    if (type)
        return type;
    const char *meant = nearest(loader, pool->instance);
    if (meant)
        snprintf(hint, sizeof hint, "did you mean \"%s\"?", meant);
    hr_load_report(loader, HR_ERROR, hr_load_origin(loader, pool), "instance", hint,
                   "there is no instance type \"%.63s\"", pool->instance);
    return NULL;
}

static void take_price(struct hr_loader *loader, struct hr_node_pool_spec *pool)
{
    const bool is_spot = pool->purchase == HR_PURCHASE_SPOT;
    const struct hr_instance_type *type = pool->type;
    if (pool->usd_per_hour >= 0)
        pool->usd_per_node_hour = pool->usd_per_hour;
    else if (!is_spot)
        pool->usd_per_node_hour = type->usd_per_hour * (1 - pool->discount);
    else if (type->usd_per_hour_spot > 0)
        pool->usd_per_node_hour = type->usd_per_hour_spot;
    else
        hr_load_report(loader, HR_ERROR, hr_load_origin(loader, pool), "usd_per_hour",
                       "set the usd_per_hour of the pool", "no spot price of \"%.63s\" is known",
                       type->name);
}

static void check_mig(struct hr_loader *loader, const struct hr_node_pool_spec *pool)
{
    const struct hr_instance_type *type = pool->type;
    const config_setting_t *setting = hr_load_origin(loader, pool);
    size_t n;
    const struct hr_mig_profile *profiles =
        hr_mig_profiles(type->gpu_model, type->gpu_memory_bytes, &n);
    if (n == 0) {
        hr_load_report(loader, HR_ERROR, setting, "mig", "use gpu_time_slices to share its GPUs",
                       "the GPUs (%.40s) of \"%.63s\" cannot be cut by MIG",
                       type->gpu_model[0] ? type->gpu_model : "of no model", type->name);
        return;
    }
    if (hr_mig_find(type->gpu_model, type->gpu_memory_bytes, pool->mig))
        return;
    struct hr_str hint;
    hr_str_init(&hint);
    for (size_t i = 0; i < n; i++)
        hr_str_addf(&hint, "%s\"%s\"", i ? ", " : "there is ", profiles[i].name);
    hr_load_report(loader, HR_ERROR, setting, "mig", hint.text, "%.40s has no profile \"%.40s\"",
                   type->gpu_model, pool->mig);
    hr_str_fini(&hint);
}

static void check_gpus(struct hr_loader *loader, const struct hr_node_pool_spec *pool)
{
    const char *key = pool->mig                   ? "mig"
                      : pool->gpu_time_slices > 1 ? "gpu_time_slices"
                      : pool->gpu_failures        ? "gpu_failures"
                                                  : NULL;
    if (key && pool->type->gpus == 0)
        hr_load_report(loader, HR_ERROR, hr_load_origin(loader, pool), key, NULL,
                       "the nodes of \"%.63s\" have no GPUs", pool->type->name);
    else if (pool->type->gpus * pool->gpu_time_slices > HR_GPUS_MAX)
        hr_load_report(loader, HR_ERROR, hr_load_origin(loader, pool),
                       pool->gpu_time_slices > 1 ? "gpu_time_slices" : "instance", NULL,
                       "%" PRId64 " GPUs of a node, times their time slices, are more than %d",
                       pool->type->gpus, HR_GPUS_MAX);
    else if (pool->mig)
        check_mig(loader, pool);
}

static void check_room(struct hr_loader *loader, const struct hr_node_pool_spec *pool)
{
    const struct hr_node_capacity capacity = hr_node_capacity_of(pool);
    if (capacity.cpu_milli <= 0 || capacity.memory_bytes <= 0)
        hr_load_report(loader, HR_ERROR, hr_load_origin(loader, pool),
                       pool->reserved ? "reserved" : "instance", NULL,
                       "the system leaves nothing of a node to pods");
}

static void take_zones(struct hr_loader *loader, struct hr_node_pool_spec *pool)
{
    if (pool->zones.n > 0)
        return;
    const char **zones = hr_arena_alloc(loader->scenario->arena, 1, sizeof *zones);
    zones[0] = HR_ZONE_DEFAULT;
    pool->zones = (struct hr_list){ zones, 1 };
}

/* A node autoscaler that may change no pool is most likely a slip. */
static void check_node_autoscaler(struct hr_loader *loader)
{
    const struct hr_spec *spec = &loader->scenario->spec;
    const struct hr_node_pool_spec *pools = spec->node_pools.items;
    const config_setting_t *setting = hr_load_origin(loader, spec->node_autoscaler);
    const bool karpenter = spec->node_autoscaler->type == HR_KARPENTER;
    for (size_t i = 0; i < spec->node_pools.n; i++)
        if (hr_node_pool_nodes_min(&pools[i]) < hr_node_pool_nodes_max(&pools[i]) ||
            (karpenter && (pools[i].min_nodes == HR_AUTO || pools[i].max_nodes == HR_AUTO)))
            return;
    if (spec->node_pools.n == 0)
        hr_load_report(loader, HR_ERROR, setting, NULL, NULL,
                       "there are no node_pools that could grow");
    else
        hr_load_report(loader, HR_WARNING, setting, NULL, "give a node pool max_nodes or min_nodes",
                       "no node pool may grow or shrink");
}

void hr_load_node_pools(struct hr_loader *loader)
{
    const struct hr_spec *spec = &loader->scenario->spec;
    struct hr_node_pool_spec *pools = spec->node_pools.items;
    const struct hr_instance_type *own = own_types(loader);
    for (size_t i = 0; i < spec->node_pools.n; i++) {
        take_zones(loader, &pools[i]);
        pools[i].type = find_type(loader, &pools[i], own);
        if (!pools[i].type)
            continue;
        take_price(loader, &pools[i]);
        check_gpus(loader, &pools[i]);
        check_room(loader, &pools[i]);
    }
    if (spec->node_autoscaler)
        check_node_autoscaler(loader);
}
