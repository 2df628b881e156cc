/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closed forms beside the simulation. */
#include "study/theory.h"

#include "base/assert.h"
#include "base/mem.h"
#include "base/str.h"
#include "stats/interval.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* |z| from which on chance is no explanation any more, of a normal z. */
#define Z_MAX 4.5

/* Every number that theory may know, and the estimate that it is compared with. */
static const struct metric {
    const char *name;
    enum hr_unit_shown unit;
    bool of_deployment;
    size_t offset;
} metrics[] = {
#define WORKLOAD(name, unit, field)                                                                \
    {                                                                                              \
        name, unit, false, offsetof(struct hr_workload_result, field)                              \
    }
#define DEPLOYMENT(name, unit, field)                                                              \
    {                                                                                              \
        name, unit, true, offsetof(struct hr_deployment_result, field)                             \
    }
    WORKLOAD("throughput_rps", HR_SHOWN_RATE, throughput_rps),
    WORKLOAD("concurrency", HR_SHOWN_NUMBER, concurrency),
    WORKLOAD("availability", HR_SHOWN_SHARE, availability),
    WORKLOAD("availability_time", HR_SHOWN_SHARE, availability_time),
    WORKLOAD("wait_probability", HR_SHOWN_SHARE, wait_probability),
    WORKLOAD("latency_s.mean", HR_SHOWN_SECONDS, latency_s.mean),
    WORKLOAD("latency_s.p50", HR_SHOWN_SECONDS, latency_s.p50),
    WORKLOAD("latency_s.p90", HR_SHOWN_SECONDS, latency_s.p90),
    WORKLOAD("latency_s.p95", HR_SHOWN_SECONDS, latency_s.p95),
    WORKLOAD("latency_s.p99", HR_SHOWN_SECONDS, latency_s.p99),
    WORKLOAD("latency_s.p999", HR_SHOWN_SECONDS, latency_s.p999),
    WORKLOAD("wait_s.mean", HR_SHOWN_SECONDS, wait_s.mean),
    WORKLOAD("wait_s.p50", HR_SHOWN_SECONDS, wait_s.p50),
    WORKLOAD("wait_s.p90", HR_SHOWN_SECONDS, wait_s.p90),
    WORKLOAD("wait_s.p95", HR_SHOWN_SECONDS, wait_s.p95),
    WORKLOAD("wait_s.p99", HR_SHOWN_SECONDS, wait_s.p99),
    WORKLOAD("wait_s.p999", HR_SHOWN_SECONDS, wait_s.p999),
    DEPLOYMENT("utilization", HR_SHOWN_SHARE, utilization),
    DEPLOYMENT("queue_length", HR_SHOWN_NUMBER, queue_length),
    DEPLOYMENT("replicas.mean", HR_SHOWN_NUMBER, replicas_mean),
#undef WORKLOAD
#undef DEPLOYMENT
};

static const struct metric *metric_named(const char *name)
{
    size_t i = 0;
    while (i < sizeof metrics / sizeof metrics[0] && strcmp(metrics[i].name, name) != 0)
        i++;
    HR_ASSERT(i < sizeof metrics / sizeof metrics[0]);
    return &metrics[i];
}

static const struct hr_estimate no_estimate = {
    .value = (double)NAN, .lo = (double)NAN, .hi = (double)NAN, .why = "not simulated"
};

void hr_theory_add(struct hr_theory_model *out, const char *metric, double value,
                   bool approximation, const struct hr_formula *formula)
{
    if (isnan(value))
        return;
    out->numbers = hr_realloc(out->numbers, out->n_numbers + 1, sizeof *out->numbers);
    out->numbers[out->n_numbers++] = (struct hr_theory_number){
        .metric = metric,
        .unit = metric_named(metric)->unit,
        .closed_form = value,
        .approximation = approximation,
        .formula = formula->name,
        .source = formula->source,
        .simulated = no_estimate,
        .difference = (double)NAN,
        .z = (double)NAN,
        .agrees = true,
    };
}

void hr_theory_add_why(struct hr_theory_model *out, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    out->why = hr_realloc(out->why, out->n_why + 1, sizeof *out->why);
    out->why[out->n_why++] = hr_strdup(text);
}

static struct hr_theory_model *add_model(struct hr_theory *theory, const char *workload,
                                         const char *deployment)
{
    theory->models = hr_realloc(theory->models, theory->n_models + 1, sizeof *theory->models);
    struct hr_theory_model *model = &theory->models[theory->n_models++];
    *model = (struct hr_theory_model){ .workload = workload == NULL ? NULL : hr_strdup(workload),
                                       .deployment = hr_strdup(deployment) };
    return model;
}

static void recognize_workload(struct hr_theory *theory, const struct hr_spec *spec, size_t w)
{
    const struct hr_workload_spec *workload =
        &((const struct hr_workload_spec *)spec->workloads.items)[w];
    const size_t d = (size_t)workload->deployment;
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    struct hr_theory_model *model = add_model(theory, workload->name, deployments[d].name);
    struct hr_system system;
    hr_system_init(&system, spec, d, model);
    if (model->n_why == 0)
        hr_theory_solve(&system, workload, model);
    hr_system_fini(&system);
}

/* What there is to say without the simulation. */
static enum hr_theory_verdict first_verdict(const struct hr_theory *theory)
{
    bool unstable = false, known = false;
    for (size_t i = 0; i < theory->n_models; i++) {
        unstable = unstable || theory->models[i].unstable != NULL;
        known = known || theory->models[i].n_numbers > 0;
    }
    return unstable ? HR_THEORY_UNSTABLE : known ? HR_THEORY_NOT_JUDGED : HR_THEORY_NO_CLOSED_FORM;
}

struct hr_theory *hr_theory_recognize(const struct hr_scenario *scenario)
{
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    struct hr_theory *theory = HR_NEW(struct hr_theory);
    theory->scenario_name = hr_strdup(hr_scenario_name(scenario));
    theory->scenario_sha256 = hr_strdup(hr_scenario_sha256(scenario));
    theory->z_limit = Z_MAX;
    for (size_t w = 0; w < spec->workloads.n; w++)
        recognize_workload(theory, spec, w);
    for (size_t d = 0; d < spec->deployments.n; d++) {
        if (deployments[d].failures != NULL)
            hr_theory_solve_failures(spec, d, add_model(theory, NULL, deployments[d].name));
    }
    theory->verdict = first_verdict(theory);
    return theory;
}

void hr_theory_free(struct hr_theory *theory)
{
    if (theory == NULL)
        return;
    for (size_t i = 0; i < theory->n_models; i++) {
        struct hr_theory_model *model = &theory->models[i];
        free(model->workload);
        free(model->deployment);
        free(model->model);
        free(model->description);
        free(model->unstable);
        for (size_t k = 0; k < model->n_why; k++)
            free(model->why[k]);
        free(model->why);
        free(model->numbers);
    }
    free(theory->models);
    free(theory->scenario_name);
    free(theory->scenario_sha256);
    hr_result_free(theory->result);
    free(theory);
}

/* The workload of the model; of a deployment alone the first that goes there; -1: none does. */
static int64_t workload_of(const struct hr_theory_model *model, const struct hr_spec *spec)
{
    const struct hr_workload_spec *workloads = spec->workloads.items;
    const struct hr_deployment_spec *deployments = spec->deployments.items;
    for (size_t w = 0; w < spec->workloads.n; w++) {
        const char *deployment = deployments[workloads[w].deployment].name;
        if (model->workload != NULL ? strcmp(model->workload, workloads[w].name) == 0
                                    : strcmp(model->deployment, deployment) == 0)
            return (int64_t)w;
    }
    return -1;
}

static size_t deployment_of(const struct hr_theory_model *model, const struct hr_result *result)
{
    size_t d = 0;
    while (strcmp(result->deployments[d].name, model->deployment) != 0)
        d++;
    return d;
}

static struct hr_estimate simulated(const char *name, const struct hr_theory_model *model,
                                    const struct hr_spec *spec, const struct hr_result *result)
{
    const struct metric *metric = metric_named(name);
    const int64_t w = workload_of(model, spec);
    struct hr_estimate estimate = no_estimate;
    const void *of = NULL;
    if (metric->of_deployment)
        of = &result->deployments[deployment_of(model, result)];
    else if (w >= 0)
        of = &result->workloads[w];
    if (of != NULL)
        memcpy(&estimate, (const char *)of + metric->offset, sizeof estimate);
    return estimate;
}

/*
 * The standard error on the side of the closed form: for a quantile that is, in units of the
 * interval by inversion, the test of the share of values below the closed form; for time lost to
 * outages too. Elsewhere an end cut at 0 or 1 says less than the other.
 */
static double standard_error(const struct hr_theory_number *number)
{
    const struct hr_estimate *e = &number->simulated;
    const double below = e->value - e->lo, above = e->hi - e->value;
    const double side = number->closed_form > e->value ? above : below;
    if (strcmp(e->method, "outages") == 0)
        return side / 1.96; /* its width hangs on the number of outages, not of replications */
    const double t = hr_student_t95(e->n - 1);
    return (strcmp(e->method, "inversion") == 0 ? side : fmax(below, above)) / t;
}

static void compare(struct hr_theory_number *number, double z_limit)
{
    const struct hr_estimate *e = &number->simulated;
    number->difference = e->value / number->closed_form - 1;
    if (number->approximation || e->method == NULL || strcmp(e->method, "no_events") == 0 ||
        strcmp(e->method, "nskart") == 0) /* which does not tell of its degrees of freedom */
        return;
    const double error = standard_error(number);
    if (error > 0)
        number->z = (e->value - number->closed_form) / error;
    number->agrees = !(fabs(number->z) >= z_limit);
}

/* Student's t with n - 1 degrees of freedom exceeds it as rarely as a normal exceeds Z_MAX. */
static double z_limit(unsigned n)
{
    return n > 1 ? hr_student_t_of_normal(Z_MAX, n - 1) : Z_MAX;
}

static void compare_all(struct hr_theory *theory, const struct hr_spec *spec)
{
    bool judged = false, agrees = true;
    theory->z_limit = z_limit(theory->result->replications);
    for (size_t i = 0; i < theory->n_models; i++) {
        struct hr_theory_model *model = &theory->models[i];
        for (size_t k = 0; k < model->n_numbers; k++) {
            struct hr_theory_number *number = &model->numbers[k];
            number->simulated = simulated(number->metric, model, spec, theory->result);
            compare(number, theory->z_limit);
            judged = judged || !isnan(number->z);
            agrees = agrees && number->agrees;
        }
    }
    if (!agrees)
        theory->verdict = HR_THEORY_DISAGREES;
    else if (theory->verdict != HR_THEORY_UNSTABLE && judged)
        theory->verdict = HR_THEORY_AGREES;
}

static bool has_numbers(const struct hr_theory *theory)
{
    for (size_t i = 0; i < theory->n_models; i++)
        if (theory->models[i].n_numbers > 0)
            return true;
    return false;
}

enum hr_status hr_theory(const struct hr_scenario *scenario, const struct hr_run_options *options,
                         struct hr_theory **out, struct hr_diag *diag)
{
    struct hr_theory *theory = hr_theory_recognize(scenario);
    enum hr_status status = HR_OK;
    if (has_numbers(theory)) {
        status = hr_run(scenario, options, &theory->result, diag);
        if (theory->result != NULL)
            compare_all(theory, hr_scenario_spec(scenario));
    }
    const bool cut = status != HR_OK && theory->result == NULL;
    *out = cut ? NULL : theory;
    if (cut)
        hr_theory_free(theory);
    return status;
}

bool hr_theory_good(const struct hr_theory *theory)
{
    return theory->verdict == HR_THEORY_AGREES || theory->verdict == HR_THEORY_NOT_JUDGED;
}

const char *hr_theory_verdict_name(enum hr_theory_verdict verdict)
{
    static const char *const names[] = {
        [HR_THEORY_AGREES] = "agrees",
        [HR_THEORY_NOT_JUDGED] = "not_judged",
        [HR_THEORY_DISAGREES] = "disagrees",
        [HR_THEORY_UNSTABLE] = "unstable",
        [HR_THEORY_NO_CLOSED_FORM] = "no_closed_form",
    };
    return names[verdict];
}
