/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Failures are rare against requests, so that requests see the number of ready replicas as if it
 * stood still. How long it stands at each level is known exactly; what is answered at each level is
 * simulated: taken from the run where it stayed often or long enough, else from runs held there.
 */
#include "study/conditional.h"

#include "base/mem.h"
#include "run/held.h"
#include "stats/interval.h"
#include "study/repair_law.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEGLIGIBLE   1e-3  /* of the loss: what the levels that are not looked at may come to */
#define REPLICAS_MAX 65535 /* levels that a run tells apart (metrics/ready.h) */
#define STAY_MIN     20    /* mean latencies that a level must last to be looked at by itself ... */
#define HASTY_SHARE  0.05  /* ... unless levels that do not last bring less than this of the loss */

/* The levels of one deployment. */
struct plan {
    const struct hr_spec *spec;
    size_t deployment;
    struct hr_repair_law law;
    struct hr_result *result;
    double *shares; /* of time, by level */
    double *below;  /* of time at lower levels */
    unsigned *held; /* levels to simulate, falling */
    size_t n_held;
    unsigned floor; /* lower levels are not looked at */
};

static const struct hr_workload_spec *workload_at(const struct plan *plan, size_t w)
{
    return &((const struct hr_workload_spec *)plan->spec->workloads.items)[w];
}

static bool is_ours(const struct plan *plan, size_t w)
{
    return (size_t)workload_at(plan, w)->deployment == plan->deployment;
}

static void give_up(const struct plan *plan, const char *why)
{
    for (size_t w = 0; w < plan->spec->workloads.n; w++) {
        if (is_ours(plan, w))
            plan->result->workloads[w].availability_long_run = hr_estimate_none(why);
    }
}

static const struct hr_ready_share *find_level(const struct hr_workload_result *workload,
                                               unsigned ready)
{
    for (size_t i = 0; i < workload->n_by_ready; i++) {
        if (workload->by_ready[i].ready == ready)
            return &workload->by_ready[i];
    }
    return NULL;
}

/* Loss at most, by what the run itself has shown, over all workloads. */
static double loss_known(const struct plan *plan)
{
    double most = 0;
    for (size_t w = 0; w < plan->spec->workloads.n; w++) {
        const struct hr_workload_result *workload = &plan->result->workloads[w];
        double loss = 0;
        for (size_t i = 0; is_ours(plan, w) && i < workload->n_by_ready; i++) {
            const struct hr_estimate *answered = &workload->by_ready[i].answered;
            const double lo = isnan(answered->lo) ? answered->value : answered->lo;
            loss += plan->shares[workload->by_ready[i].ready] * (1 - lo);
        }
        most = fmax(most, loss);
    }
    return most;
}

/* The runs held at a level take about as long as the run itself, all of them together. */
static size_t held_max(const struct plan *plan)
{
    const size_t most = plan->result->replications / 2;
    return most < 4 ? 4 : most;
}

/* Goes down from all ready until what is left below is negligible. False: too many levels. */
static bool choose_levels(struct plan *plan, const struct hr_workload_result *seen)
{
    const unsigned n = plan->law.loop.n;
    const double enough = NEGLIGIBLE * loss_known(plan);
    plan->below = HR_NEW_ARRAY(double, n + 2);
    for (unsigned level = 0; level <= n; level++)
        plan->below[level + 1] = plan->below[level] + plan->shares[level];
    plan->held = HR_NEW_ARRAY(unsigned, held_max(plan));
    plan->floor = n + 1;
    while (plan->floor > 0 && plan->below[plan->floor] > enough) {
        const unsigned level = plan->floor - 1;
        const bool simulate = level > 0 && find_level(seen, level) == NULL;
        if (simulate && plan->n_held == held_max(plan))
            return false;
        if (simulate)
            plan->held[plan->n_held++] = level;
        plan->floor = level;
    }
    return true;
}

/* With nobody ready: lost, unless requests wait for as long as it takes. */
static struct hr_ready_share nobody_ready(const struct plan *plan, size_t w)
{
    const struct hr_deployment_spec *deployment =
        &((const struct hr_deployment_spec *)plan->spec->deployments.items)[plan->deployment];
    const struct hr_model_spec *model =
        &((const struct hr_model_spec *)plan->spec->models.items)[deployment->model];
    const struct hr_workload_spec *workload = workload_at(plan, w);
    const bool waits = deployment->load_balancing == HR_ROUTE_CENTRAL_QUEUE &&
                       model->queue_limit == HR_UNLIMITED && workload->timeout == NULL &&
                       workload->attempt_timeout == NULL;
    const struct hr_estimate lost = { .method = "assumed" };
    return (struct hr_ready_share){
        .answered = waits ? hr_estimate_none("requests wait for as long as nobody is ready") : lost,
        .source = "assumed",
    };
}

/* Every level that is looked at, falling, then the rest as one; `held` are those simulated. */
static void merge_levels(const struct plan *plan, size_t w, const struct hr_ready_share *held)
{
    struct hr_workload_result *workload = &plan->result->workloads[w];
    struct hr_ready_share *all = HR_NEW_ARRAY(struct hr_ready_share, plan->law.loop.n + 2);
    size_t n = 0, next = 0;
    for (unsigned level = plan->law.loop.n + 1; level-- > plan->floor;) {
        const struct hr_ready_share *seen = find_level(workload, level);
        if (seen != NULL)
            all[n] = *seen;
        else if (level > 0)
            all[n] = held[plan->spec->workloads.n * next++ + w];
        else
            all[n] = nobody_ready(plan, w);
        all[n++].time_share = plan->shares[level];
    }
    if (plan->floor > 0)
        all[n++] = (struct hr_ready_share){ .ready = plan->floor - 1,
                                            .time_share = plan->below[plan->floor],
                                            .answered = { .hi = 1, .method = "assumed" },
                                            .source = "assumed" };
    free(workload->by_ready);
    workload->by_ready = all;
    workload->n_by_ready = n;
}

/* Whether replicas come back, or fail, so soon that requests see the level change. */
static bool is_hasty(const struct plan *plan, unsigned level, double latency_s)
{
    const struct hr_repair_loop *loop = &plan->law.loop;
    const double leaves =
        level / loop->up_s + (loop->n - level) / (loop->repair_s + loop->startup_s);
    return 1 / leaves < STAY_MIN * latency_s;
}

/* Weighs levels by the requests that come: alike for open arrivals, else as measured, where nothing
 * was by the level above. */
static double weight_of(bool closed, const struct hr_ready_share *level, double *rate)
{
    if (!closed)
        return level->time_share;
    if (level->arrivals_per_s > 0)
        *rate = level->arrivals_per_s;
    return level->time_share * *rate;
}

static bool is_closed(const struct hr_workload_spec *workload)
{
    return ((const struct hr_arrival_spec *)workload->arrivals.items)[0].process ==
           HR_ARRIVAL_CLOSED;
}

/* Loss and its interval: ends that come from spread add up as independent, bounds one by one. */
struct loss {
    double weight, lost, hasty;
    double below2, above2, below, above; /* of the loss: its interval's reach */
    bool bounded;
};

static void add_level(struct loss *loss, double weight, const struct hr_ready_share *level,
                      bool hasty)
{
    const struct hr_estimate *answered = &level->answered;
    const double lost = weight * (1 - answered->value);
    const double above = weight * (answered->value - answered->lo);
    const double below = weight * (answered->hi - answered->value);
    loss->weight += weight;
    loss->lost += lost;
    loss->hasty += hasty ? lost : 0;
    loss->bounded = loss->bounded && answered->method != NULL;
    if (answered->method != NULL && strcmp(answered->method, "ratio") == 0) {
        loss->above2 += above * above;
        loss->below2 += below * below;
    } else {
        loss->above += above;
        loss->below += below;
    }
}

static void estimate(const struct plan *plan, size_t w)
{
    struct hr_workload_result *workload = &plan->result->workloads[w];
    const bool closed = is_closed(workload_at(plan, w));
    struct loss loss = { .bounded = true };
    double rate = 0;
    for (size_t i = 0; i < workload->n_by_ready; i++) {
        const struct hr_ready_share *level = &workload->by_ready[i];
        if (isnan(level->answered.value)) {
            workload->availability_long_run = hr_estimate_none(level->answered.why);
            return;
        }
        const bool hasty = strcmp(level->source, "held") == 0 && i > 0 &&
                           is_hasty(plan, level->ready, workload->latency_s.mean.value);
        add_level(&loss, weight_of(closed, level, &rate), level, hasty);
    }
    if (loss.hasty > HASTY_SHARE * loss.lost) {
        workload->availability_long_run = hr_estimate_none(
            "replicas come back too soon for their absence to be looked at by itself");
        return;
    }
    const double value = 1 - loss.lost / loss.weight;
    const double above = (sqrt(loss.above2) + loss.above) / loss.weight;
    const double below = (sqrt(loss.below2) + loss.below) / loss.weight;
    workload->availability_long_run = (struct hr_estimate){
        .value = value,
        .lo = loss.bounded ? fmax(0, value - above) : (double)NAN,
        .hi = loss.bounded ? fmin(1, value + below) : (double)NAN,
        .n = plan->result->replications,
        .method = loss.bounded ? "conditional" : NULL,
    };
}

static unsigned replications(const struct plan *plan)
{
    const unsigned asked = plan->result->replications;
    const unsigned each = plan->n_held > 0 ? asked / (unsigned)plan->n_held : asked;
    return each < 2 ? 2 : each;
}

static enum hr_status run_plan(const struct hr_scenario *scenario, const struct plan *plan,
                               const struct hr_run_options *options, struct hr_diag *diag)
{
    const struct hr_held held = {
        .scenario = scenario,
        .deployment = plan->deployment,
        .ready = plan->held,
        .n_levels = plan->n_held,
        .replications = replications(plan),
        .warmup = hr_time_from_ns(plan->result->warmup_s * 1e9),
    };
    const size_t n_workloads = plan->spec->workloads.n;
    struct hr_ready_share *levels = HR_NEW_ARRAY(struct hr_ready_share, plan->n_held * n_workloads);
    const enum hr_status status = hr_held_run(&held, options, levels, diag);
    if (status != HR_OK)
        give_up(plan, "stopped before its end");
    for (size_t w = 0; w < n_workloads && status == HR_OK; w++) {
        if (!is_ours(plan, w))
            continue;
        merge_levels(plan, w, levels);
        estimate(plan, w);
    }
    free(levels);
    return status;
}

/* A workload of the deployment; NULL when it has none. */
static const struct hr_workload_result *first_workload(const struct plan *plan)
{
    for (size_t w = 0; w < plan->spec->workloads.n; w++) {
        if (is_ours(plan, w))
            return &plan->result->workloads[w];
    }
    return NULL;
}

enum hr_status hr_conditional_add(const struct hr_scenario *scenario, size_t d,
                                  const struct hr_run_options *options, struct hr_result *result,
                                  struct hr_diag *diag)
{
    struct plan plan = {
        .spec = hr_scenario_spec(scenario),
        .deployment = d,
        .law = hr_repair_law(hr_scenario_spec(scenario), d),
        .result = result,
    };
    const struct hr_workload_result *seen = first_workload(&plan);
    const char *unstable = result->deployments[d].unstable;
    const char *why = unstable != NULL                 ? unstable
                      : plan.law.method == NULL        ? plan.law.why
                      : plan.law.loop.n > REPLICAS_MAX ? "too many replicas"
                                                       : NULL;
    if (seen == NULL || why != NULL) {
        give_up(&plan, why);
        return HR_OK;
    }
    plan.shares = hr_repair_shares_new(&plan.law.loop);
    enum hr_status status = HR_OK;
    if (choose_levels(&plan, seen))
        status = run_plan(scenario, &plan, options, diag);
    else
        give_up(&plan, "more levels matter than can be simulated; more replications allow more");
    free(plan.shares);
    free(plan.below);
    free(plan.held);
    return status;
}
