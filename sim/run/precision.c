/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stopping rule (Law and Kelton 1982; Chow and Robbins 1965, taken in longer steps). */
#include "run/precision.h"

#include "base/mem.h"
#include "stats/interval.h"

#include <math.h>

#define FIRST_MIN   20u
#define MAX_DEFAULT 1000u
#define GROWTH_MAX  1.5

bool hr_precision_asked(const struct hr_spec *spec, const struct hr_run_options *options)
{
    const struct hr_slo_spec *slos = spec->slos.items;
    bool asked = options->precision > 0;
    for (size_t i = 0; i < spec->slos.n; i++)
        asked = asked || slos[i].precision > 0;
    return asked;
}

unsigned hr_precision_max(const struct hr_spec *spec, const struct hr_run_options *options)
{
    const unsigned given = (unsigned)spec->replications;
    if (options->replications_max > 0)
        return options->replications_max;
    return given > MAX_DEFAULT ? given : MAX_DEFAULT;
}

unsigned hr_precision_first(const struct hr_spec *spec, const struct hr_run_options *options)
{
    const unsigned max = hr_precision_max(spec, options);
    const unsigned given = (unsigned)spec->replications;
    const unsigned first = given > FIRST_MIN ? given : FIRST_MIN;
    return first < max ? first : max;
}

/* The wider side of the interval, relative to the value (of a share to the rarer of it and its
 * complement); NaN where the sample does not bound it. */
static double relative_half_width(const struct hr_estimate *e, bool share)
{
    const double half = e->hi - e->value > e->value - e->lo ? e->hi - e->value : e->value - e->lo;
    const double size = share ? fmin(e->value, 1 - e->value) : fabs(e->value);
    if (isnan(e->value) || isnan(e->lo) || isnan(e->hi) || e->method == NULL)
        return (double)NAN;
    return half <= 0 ? 0 : size > 0 ? half / size : (double)NAN;
}

/* A value known to h times itself is off the truth by at most g times the truth if h is at most
 * g / (1 + g) (Law); so such an h means g = h / (1 - h). */
static double error_of(double half_width)
{
    return half_width < 1 ? half_width / (1 - half_width) : (double)NAN;
}

static void add_metric(struct hr_precision *precision, const char *workload, const char *metric,
                       double target, double half_width)
{
    precision->metrics[precision->n_metrics++] = (struct hr_precision_metric){
        .workload = hr_strdup(workload),
        .metric = hr_strdup(metric),
        .target = target,
        .half_width = half_width,
        .error = error_of(half_width),
        .reached = error_of(half_width) <= target,
    };
}

/* A share that was 0 or 1 without an exception has no relative precision: there it is enough that
 * the bound is on one side of the objective. */
static void judge_slo(struct hr_precision *precision, const struct hr_slo_result *slo,
                      double target)
{
    const bool share = slo->unit == HR_SHOWN_SHARE;
    add_metric(precision, slo->workload, slo->metric, target,
               relative_half_width(&slo->value, share));
    if (share && (slo->value.value == 0 || slo->value.value == 1))
        precision->metrics[precision->n_metrics - 1].reached = slo->certain;
}

void hr_precision_judge(const struct hr_spec *spec, const struct hr_run_options *options,
                        struct hr_result *result)
{
    const struct hr_slo_spec *slos = spec->slos.items;
    struct hr_precision *precision = &result->precision;
    precision->asked = true;
    precision->target = options->precision > 0 ? options->precision : (double)NAN;
    precision->replications_max = hr_precision_max(spec, options);
    precision->metrics =
        HR_NEW_ARRAY(struct hr_precision_metric, result->n_slos + 2 * result->n_workloads);
    for (size_t i = 0; i < result->n_slos; i++) {
        const double target = slos[i].precision > 0 ? slos[i].precision : options->precision;
        if (target > 0)
            judge_slo(precision, &result->slos[i], target);
    }
    for (size_t w = 0; w < result->n_workloads && result->n_slos == 0; w++) {
        const struct hr_workload_result *workload = &result->workloads[w];
        add_metric(precision, workload->name, "latency_mean", options->precision,
                   relative_half_width(&workload->latency_s.mean, false));
        add_metric(precision, workload->name, "latency_p99", options->precision,
                   relative_half_width(&workload->latency_s.p99, false));
    }
    precision->reached = true;
    for (size_t i = 0; i < precision->n_metrics; i++)
        precision->reached = precision->reached && precision->metrics[i].reached;
}

/* How many times as many replications the metric needs, its half-width going with the square root
 * of their number. */
static double growth_needed(const struct hr_precision_metric *metric)
{
    if (metric->reached)
        return 0;
    if (isnan(metric->half_width))
        return GROWTH_MAX;
    return pow(metric->half_width * (1 + metric->target) / metric->target, 2);
}

/* No number of replications helps: a queue without a steady state, an objective without a value for
 * another reason than a small sample. */
static bool is_hopeless(const struct hr_result *result)
{
    for (size_t d = 0; d < result->n_deployments; d++) {
        if (result->deployments[d].unstable != NULL)
            return true;
    }
    for (size_t i = 0; i < result->n_slos; i++) {
        const struct hr_estimate *e = &result->slos[i].value;
        if (isnan(e->value) && !hr_estimate_is_short(e))
            return true;
    }
    return false;
}

unsigned hr_precision_next(const struct hr_result *result)
{
    const struct hr_precision *precision = &result->precision;
    const unsigned done = result->replications;
    double growth = 0;
    if (precision->reached || done >= precision->replications_max || is_hopeless(result))
        return 0;
    for (size_t i = 0; i < precision->n_metrics; i++)
        growth = fmax(growth, growth_needed(&precision->metrics[i]));
    double next = ceil(fmin(growth, GROWTH_MAX) * done);
    next = fmax(next, done + 1.0);
    return (unsigned)fmin(next, precision->replications_max);
}
