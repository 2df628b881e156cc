/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Damage and recovery: step by step and objective by objective against the baseline. */
#include "study/drill_damage.h"

#include "base/mem.h"
#include "base/str.h"
#include "stats/difference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEADY_S 300.0 /* see hr_drill */
#define SLACK    1.2   /* of the p99 latency against that of the baseline */
#define TINY     1e-6  /* pods; what averages over a step may be off by rounding */

const double *hr_drill_column(const struct hr_result *result, const char *list, const char *owner,
                              const char *column)
{
    const double *values = NULL;
    struct hr_str name;
    hr_str_init(&name);
    hr_str_addf(&name, "%s.%s.%s", list, owner, column);
    for (size_t i = 0; i < result->series.n_columns && values == NULL; i++) {
        if (strcmp(result->series.columns[i].name, name.text) == 0)
            values = result->series.columns[i].values;
    }
    hr_str_fini(&name);
    return values;
}

/* ---- recovery ---- */

/* Marks the steps in which the deployment lacks more ready pods than in the baseline. */
static void mark_lacking(bool *troubled, const struct hr_result *baseline,
                         const struct hr_result *hit, const char *deployment)
{
    const double *ready = hr_drill_column(hit, "deployments", deployment, "ready");
    const double *desired = hr_drill_column(hit, "deployments", deployment, "desired");
    const double *ready_0 = hr_drill_column(baseline, "deployments", deployment, "ready");
    const double *desired_0 = hr_drill_column(baseline, "deployments", deployment, "desired");
    for (size_t i = 0; desired != NULL && i < hit->series.n; i++) {
        const double lack = desired[i] - ready[i], lack_0 = desired_0[i] - ready_0[i];
        troubled[i] |= lack > TINY && lack > lack_0 + TINY;
    }
}

/* The target of an SLO of the p99 latency; 0: there is none, so that the baseline counts. */
static double p99_target_s(const struct hr_result *result, const char *workload)
{
    for (size_t i = 0; i < result->n_slos; i++) {
        const struct hr_slo_result *slo = &result->slos[i];
        if (strcmp(slo->workload, workload) == 0 && strcmp(slo->metric, "latency_p99") == 0)
            return slo->target;
    }
    return 0;
}

/* Marks the steps in which the workload is slow, or gets no answers. */
static void mark_slow(bool *troubled, const struct hr_result *baseline, const struct hr_result *hit,
                      const char *workload)
{
    const double *p99 = hr_drill_column(hit, "workloads", workload, "latency_s.p99");
    const double *p99_0 = hr_drill_column(baseline, "workloads", workload, "latency_s.p99");
    const double target = p99_target_s(hit, workload);
    for (size_t i = 0; i < hit->series.n; i++) {
        if (!isnan(p99_0[i]))
            troubled[i] |= !(p99[i] <= fmax(target, SLACK * p99_0[i]));
    }
}

double hr_drill_recovery_s(const struct hr_result *baseline, const struct hr_result *hit, size_t d,
                           double at_s)
{
    const struct hr_series *series = &hit->series;
    const size_t first = (size_t)(at_s / series->step_s);
    bool *troubled = HR_NEW_ARRAY(bool, series->n);
    mark_lacking(troubled, baseline, hit, hit->deployments[d].name);
    for (size_t w = 0; w < hit->n_workloads; w++) {
        if (hit->workloads[w].deployment == d)
            mark_slow(troubled, baseline, hit, hit->workloads[w].name);
    }
    size_t well = first; /* from this step on there was no trouble yet */
    bool steady = false;
    for (size_t i = first; i < series->n && !steady; i++) {
        well = troubled[i] ? i + 1 : well;
        steady = (double)(i + 1 - well) * series->step_s >= STEADY_S;
    }
    free(troubled);
    if (!steady)
        return (double)NAN;
    return well == first ? 0 : (double)well * series->step_s - at_s;
}

/* ---- damage ---- */

/* The loosest bound that an SLO puts on the latency of the workload; infinity: none does. */
static double latency_bound_s(const struct hr_result *result, const char *workload)
{
    double bound = 0;
    for (size_t i = 0; i < result->n_slos; i++) {
        const struct hr_slo_result *slo = &result->slos[i];
        if (strcmp(slo->workload, workload) == 0 && strncmp(slo->metric, "latency_", 8) == 0)
            bound = fmax(bound, slo->target);
    }
    return bound > 0 ? bound : (double)INFINITY;
}

/* The share of completed requests that took longer, linear between the points of the curve. */
static double share_above(const struct hr_curve *curve, double latency_s)
{
    double from_s = 0, below = 0;
    for (size_t i = 0; i < curve->n; i++) {
        const double to_s = curve->latency_s[i], share = curve->share[i];
        if (to_s > latency_s) {
            const double part = to_s > from_s ? (latency_s - from_s) / (to_s - from_s) : 0;
            return 1 - (below + fmax(part, 0) * (share - below));
        }
        from_s = to_s;
        below = share;
    }
    return 0;
}

/* Requests without an answer, and with a late one: means over replications. */
static void count_bad(const struct hr_result *result, double *lost, double *late)
{
    *lost = *late = 0;
    for (size_t w = 0; w < result->n_workloads; w++) {
        const struct hr_workload_result *workload = &result->workloads[w];
        const struct hr_request_counts *requests = &workload->requests;
        const double bound_s = latency_bound_s(result, workload->name);
        *lost += (double)(requests->timed_out + requests->rejected + requests->failed);
        *late += (double)requests->completed * share_above(&workload->latency_curve, bound_s);
    }
    *lost /= result->replications;
    *late /= result->replications;
}

void hr_drill_assess(const struct hr_result *baseline, struct hr_loss *loss, double at_s)
{
    const struct hr_result *hit = loss->result;
    double lost, late, lost_0, late_0;
    loss->changes = HR_NEW_ARRAY(struct hr_estimate, hit->n_slos);
    loss->recoveries_s = HR_NEW_ARRAY(double, hit->n_deployments);
    for (size_t i = 0; i < hit->n_slos; i++) {
        loss->slos_missed += !hit->slos[i].met;
        loss->changes[i] = hr_estimate_difference(&baseline->slos[i].value, &hit->slos[i].value);
    }
    count_bad(hit, &lost, &late);
    count_bad(baseline, &lost_0, &late_0);
    loss->requests_lost = lost - lost_0;
    loss->requests_late = late - late_0;
    for (size_t d = 0; d < hit->n_deployments; d++) {
        const double s = hr_drill_recovery_s(baseline, hit, d, at_s);
        loss->recoveries_s[d] = s;
        loss->recovery_s = isnan(s) || s > loss->recovery_s ? s : loss->recovery_s;
    }
}

/* -1: a comes first, as the larger of the two. */
static int larger_first(double a, double b)
{
    return (a < b) - (a > b);
}

int hr_drill_compare(const void *a, const void *b)
{
    const struct hr_loss *x = a, *y = b;
    int order = larger_first((double)x->slos_missed, (double)y->slos_missed);
    if (order == 0)
        order =
            larger_first(x->requests_lost + x->requests_late, y->requests_lost + y->requests_late);
    if (order == 0)
        order = larger_first(isnan(x->recovery_s) ? (double)INFINITY : x->recovery_s,
                             isnan(y->recovery_s) ? (double)INFINITY : y->recovery_s);
    /* qsort is not stable, so that of equals the names decide. */
    if (order == 0)
        order = (int)y->kind - (int)x->kind;
    if (order == 0 && x->pool != NULL && y->pool != NULL)
        order = strcmp(x->pool, y->pool);
    if (order == 0 && x->zone != NULL && y->zone != NULL)
        order = strcmp(x->zone, y->zone);
    return order != 0 || x->node == NULL ? order : strcmp(x->node, y->node);
}
