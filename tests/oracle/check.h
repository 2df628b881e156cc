/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an oracle's case checks, and how it is told. With HR_ORACLE_OUT=FILE in the environment
 * every case is appended to FILE as a line of JSON; with HR_ORACLE_LIST set it is only told, not
 * simulated. docs/validation.md is made of these lines.
 */
#ifndef ORACLE_CHECK_H
#define ORACLE_CHECK_H

#include "hr_test.h"

#include "base/json_writer.h"
#include "stats/interval.h"

#include <stdlib.h>

/* X(name, text). Means are of requests that arrive in the window, or over the window's time. */
#define ORACLE_METRIC_LIST(X)                                                                      \
    X(ORACLE_LATENCY_S, "latency mean")                                                            \
    X(ORACLE_WAIT_S, "wait mean")                                                                  \
    X(ORACLE_WAIT_PROBABILITY, "P(wait)")                                                          \
    X(ORACLE_LATENCY_BELOW, "P(latency <= q)")                                                     \
    X(ORACLE_WAIT_BELOW, "P(wait <= q)")                                                           \
    X(ORACLE_NUMBER, "number inside")                                                              \
    X(ORACLE_QUEUE, "queue length")                                                                \
    X(ORACLE_BUSY, "busy slots")                                                                   \
    X(ORACLE_UTILIZATION, "utilization")                                                           \
    X(ORACLE_THROUGHPUT, "throughput")                                                             \
    X(ORACLE_AVAILABILITY, "availability")                                                         \
    X(ORACLE_TIMED_OUT, "timed out")                                                               \
    X(ORACLE_REJECTED, "rejected")                                                                 \
    X(ORACLE_FAILED, "failed")                                                                     \
    X(ORACLE_ATTEMPTS, "attempts a request")                                                       \
    X(ORACLE_READY, "ready replicas")                                                              \
    X(ORACLE_UPTIME, "availability in time")                                                       \
    X(ORACLE_UPTIME_VARIANCE, "its variance")      /* `at`: its exact mean */                      \
    X(ORACLE_NUMBER_IN_STEP, "number in step")     /* `at`: the step, from 0 */                    \
    X(ORACLE_NUMBER_UNTIL, "number until step")    /* `at`: steps from time 0 on */                \
    X(ORACLE_COUNT_VARIANCE, "variance of counts") /* `at`: exact mean of a step's arrivals */

enum oracle_metric {
#define X(name, text) name,
    ORACLE_METRIC_LIST(X)
#undef X
};

static inline const char *oracle_metric_name(enum oracle_metric metric)
{
    static const char *const names[] = {
#define X(name, text) text,
        ORACLE_METRIC_LIST(X)
#undef X
    };
    return names[metric];
}

struct oracle_check {
    enum oracle_metric metric;
    double at, exact;
    const char *formula;
};

/* Who is told of. */
struct oracle_case {
    const char *id, *queue, *parameters;
};

/* Distance in standard errors; an estimate that cannot vary must be exact to 1e-12. */
static inline double oracle_z(const struct hr_estimate *estimate, double exact)
{
    const double error = (estimate->hi - estimate->value) / hr_student_t95(estimate->n - 1);
    const double distance = estimate->value - exact;
    if (error > 0)
        return distance / error;
    return fabs(distance) <= 1e-12 * fabs(exact) ? 0 : HUGE_VAL;
}

static inline void oracle_tell_check(struct hr_json *json, const struct oracle_check *check,
                                     const struct hr_estimate *estimate)
{
    hr_json_object(json);
    hr_json_key(json, "metric");
    hr_json_string(json, oracle_metric_name(check->metric));
    hr_json_key(json, "formula");
    hr_json_string(json, check->formula);
    const struct {
        const char *key;
        double value;
    } numbers[] = {
        { "at", check->at },    { "exact", check->exact }, { "estimate", estimate->value },
        { "lo", estimate->lo }, { "hi", estimate->hi },    { "z", oracle_z(estimate, check->exact) }
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        hr_json_key(json, numbers[i].key);
        hr_json_double(json, numbers[i].value);
    }
    hr_json_object_end(json);
}

/* Appends a case to HR_ORACLE_OUT, if there is one. */
static inline void oracle_tell(const struct oracle_case *told, const struct oracle_check *checks,
                               const struct hr_estimate *estimates, size_t n)
{
    const char *path = getenv("HR_ORACLE_OUT");
    FILE *out = path == NULL ? NULL : fopen(path, "a");
    assert_true(path == NULL || out != NULL);
    if (path == NULL)
        return;
    struct hr_json json;
    hr_json_init(&json, out, false);
    hr_json_object(&json);
    const char *const texts[][2] = { { "case", told->id },
                                     { "queue", told->queue },
                                     { "parameters", told->parameters } };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        hr_json_key(&json, texts[i][0]);
        hr_json_string(&json, texts[i][1]);
    }
    hr_json_key(&json, "checks");
    hr_json_array(&json);
    for (size_t i = 0; i < n; i++)
        oracle_tell_check(&json, &checks[i], &estimates[i]);
    hr_json_array_end(&json);
    hr_json_object_end(&json);
    fputc('\n', out);
    assert_int_equal(fclose(out), 0);
}

#endif
