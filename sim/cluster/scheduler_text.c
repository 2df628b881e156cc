/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The FailedScheduling event, worded as Kubernetes does. */
#include "cluster/scheduler_cycle.h"

#include <stdlib.h>
#include <string.h>

static const char *const reason_texts[HR_REFUSALS] = {
    [HR_REFUSED_CORDONED] = "node(s) were unschedulable",
    [HR_REFUSED_AFFINITY] = "node(s) didn't match Pod's node affinity/selector",
    [HR_REFUSED_PODS] = "Too many pods",
    [HR_REFUSED_RESOURCE + HR_RESOURCE_CPU] = "Insufficient cpu",
    [HR_REFUSED_RESOURCE + HR_RESOURCE_MEMORY] = "Insufficient memory",
    [HR_REFUSED_RESOURCE + HR_RESOURCE_GPU] = "Insufficient nvidia.com/gpu",
    [HR_REFUSED_SPREAD_LABEL] =
        "node(s) didn't match pod topology spread constraints (missing required label)",
    [HR_REFUSED_SPREAD] = "node(s) didn't match pod topology spread constraints",
    [HR_REFUSED_ANTI_AFFINITY] = "node(s) didn't match pod anti-affinity rules",
};

/* Parts "3 Insufficient cpu"; Kubernetes puts them in the order of their characters. */
struct parts {
    char *texts[HR_REFUSALS + HR_TAINTS_MAX + 2];
    size_t n;
};

static void add_part(struct parts *parts, uint32_t count, const char *text, const char *what)
{
    struct hr_str part;
    if (count == 0)
        return;
    hr_str_init(&part);
    hr_str_addf(&part, "%u %s%s", count, text, what);
    parts->texts[parts->n++] = hr_str_take(&part);
}

static void add_reasons(struct parts *parts, const uint32_t counts[HR_REFUSALS],
                        const struct hr_placement *placement)
{
    for (uint32_t i = 0; i < HR_REFUSALS; i++) {
        if (reason_texts[i] != NULL)
            add_part(parts, counts[i], reason_texts[i], "");
    }
    for (uint32_t i = 0; i < placement->n_profiles; i++)
        add_part(parts, counts[HR_REFUSED_RESOURCE + HR_RESOURCE_MIG + i],
                 "Insufficient nvidia.com/mig-", placement->profiles[i]);
}

static void add_taints(struct parts *parts, const uint32_t counts[HR_TAINTS_MAX],
                       const struct hr_placement *placement)
{
    for (uint32_t i = 0; i < placement->n_taints; i++) {
        struct hr_str taint;
        hr_str_init(&taint);
        hr_str_addf(&taint, "{%s: %s}", placement->taints[i].key, placement->taints[i].value);
        add_part(parts, counts[i], "node(s) had untolerated taint ", taint.text);
        hr_str_fini(&taint);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Writes the parts, and releases them. */
static void join_parts(struct parts *parts, struct hr_str *out)
{
    if (parts->n > 1)
        qsort(parts->texts, parts->n, sizeof(parts->texts[0]), by_text);
    for (size_t i = 0; i < parts->n; i++) {
        hr_str_addf(out, "%s%s", i > 0 ? ", " : "", parts->texts[i]);
        free(parts->texts[i]);
    }
}

static void put_parts(struct parts *parts, uint32_t nodes, struct hr_str *out)
{
    hr_str_addf(out, "0/%u nodes are available:%s", nodes, parts->n > 0 ? " " : "");
    join_parts(parts, out);
    hr_str_add(out, ".");
}

static void put_preemption(const struct hr_refusals *refusals, const struct hr_placement *placement,
                           struct hr_str *out)
{
    struct parts parts = { .n = 0 };
    switch (refusals->preemption) {
    case HR_PREEMPTION_NOT_TRIED:
    case HR_PREEMPTION_FOUND:
        break;
    case HR_PREEMPTION_NEVER:
        hr_str_add(out, " preemption: not eligible due to preemptionPolicy=Never.");
        break;
    case HR_PREEMPTION_WAITS:
        hr_str_add(out,
                   " preemption: not eligible due to a terminating pod on the nominated node.");
        break;
    case HR_PREEMPTION_NO_NODE:
        add_reasons(&parts, refusals->still, placement);
        add_part(&parts, refusals->not_helpful, "Preemption is not helpful for scheduling", "");
        add_part(&parts, refusals->no_victims, "No preemption victims found for incoming pod", "");
        hr_str_add(out, " preemption: ");
        put_parts(&parts, refusals->nodes, out);
        break;
    }
}

void hr_refusals_text(const struct hr_refusals *refusals, const struct hr_placement *placement,
                      struct hr_str *out)
{
    struct parts parts = { .n = 0 };
    if (refusals->nodes == 0) {
        hr_str_add(out, "no nodes available to schedule pods");
        return;
    }
    add_reasons(&parts, refusals->counts, placement);
    add_taints(&parts, refusals->taints, placement);
    put_parts(&parts, refusals->nodes, out);
    put_preemption(refusals, placement, out);
}

void hr_refusals_list(const struct hr_refusals *refusals, const struct hr_placement *placement,
                      struct hr_str *out)
{
    struct parts parts = { .n = 0 };
    add_reasons(&parts, refusals->counts, placement);
    add_taints(&parts, refusals->taints, placement);
    join_parts(&parts, out);
}

uint32_t hr_refusals_set(const struct hr_refusals *refusals)
{
    uint32_t set = 0;
    for (uint32_t i = 0; i < HR_REFUSALS; i++)
        set |= (uint32_t)(refusals->counts[i] > 0) << i;
    return set;
}
