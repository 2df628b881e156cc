/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Availability of requests in the long run against the chain of queue and replicas together: one
 * queue with room for so many, exponential service, replicas that fail busy or idle and lose what
 * they serve.
 */
#include "oracle/oracle.h"

#include "queueing/ctmc.h"

#include <headroom/long_run.h>
#include <headroom/run.h>

#include <stdio.h>

struct queue {
    unsigned n, room; /* replicas, waiting requests */
    double rate;      /* of arrivals; service takes 1 s */
    double mttf_s, mttr_s;
};

/* Down, inside (at most ready + room). All up and empty is state 0, where elimination ends. */
static size_t state_of(const struct queue *q, unsigned ready, unsigned inside)
{
    return (size_t)(q->n - ready) * (q->n + q->room + 1) + inside;
}

/* Share of requests that are answered: mean number in service over the arrival rate. States that
 * cannot be are led back to state 0, so that the chain is one; they have no share. */
static double exact_availability(const struct queue *q)
{
    const unsigned width = q->n + q->room + 1;
    const size_t n = (size_t)(q->n + 1) * width;
    double *rate = calloc(n * n, sizeof *rate), *shares = calloc(n, sizeof *shares);
    assert_true(rate != NULL && shares != NULL);
    for (unsigned ready = 0; ready <= q->n; ready++) {
        for (unsigned inside = 0; inside < width; inside++) {
            double *from = &rate[state_of(q, ready, inside) * n];
            const unsigned busy = inside < ready ? inside : ready;
            if (inside > ready + q->room) {
                from[0] = 1;
                continue;
            }
            if (inside < ready + q->room)
                from[state_of(q, ready, inside + 1)] += q->rate;
            if (busy > 0) {
                from[state_of(q, ready, inside - 1)] += busy;
                from[state_of(q, ready - 1, inside - 1)] += busy / q->mttf_s;
            }
            if (ready > busy)
                from[state_of(q, ready - 1, inside)] += (ready - busy) / q->mttf_s;
            if (ready < q->n)
                from[state_of(q, ready + 1, inside)] += (q->n - ready) / q->mttr_s;
        }
    }
    hr_ctmc_shares(rate, n, shares);
    double busy = 0;
    for (unsigned ready = 0; ready <= q->n; ready++) {
        for (unsigned inside = 0; inside < width; inside++)
            busy += shares[state_of(q, ready, inside)] * (inside < ready ? inside : ready);
    }
    free(rate);
    free(shares);
    return busy / q->rate;
}

static struct hr_result *run(const char *id, const struct queue *q, double duration_s)
{
    char model[64], deployment[128];
    snprintf(model, sizeof model, "queue_limit = %u;", q->room);
    snprintf(deployment, sizeof deployment, "failures = { mttf = \"%.0fs\"; mttr = \"%.0fs\"; };",
             q->mttf_s, q->mttr_s);
    struct hr_scenario *scenario = oracle_load(id, &(struct oracle_queue){ .servers = q->n,
                                                                           .model = model,
                                                                           .deployment = deployment,
                                                                           .rate = q->rate,
                                                                           .duration_s = duration_s,
                                                                           .warmup_share = 0.02 });
    struct hr_result *result = NULL;
    const struct hr_run_options options = { .jobs = 2 };
    assert_int_equal(hr_run(scenario, &options, &result, NULL), HR_OK);
    assert_int_equal(hr_long_run_add(scenario, &options, true, result, NULL), HR_OK);
    hr_scenario_free(scenario);
    return result;
}

/* Distance in standard errors, by the interval's half-width. */
static void assert_hits(const char *what, const struct hr_estimate *e, unsigned n, double exact)
{
    const double half = fmax(e->value - e->lo, e->hi - e->value);
    const double z = (e->value - exact) / half * hr_student_t95(n - 1);
    print_message("%-28s lost %12.6g  exact %12.6g  %+.2f\n", what, 1 - e->value, 1 - exact, z);
    if (!(fabs(z) < ORACLE_Z_MAX))
        fail_msg("%s is off", what);
}

/* A level by itself is M/M/c/K. */
static void assert_levels(const struct queue *q, const struct hr_workload_result *workload)
{
    char what[32];
    assert_int_equal(workload->n_by_ready, q->n + 1);
    for (size_t i = 0; i < workload->n_by_ready; i++) {
        const struct hr_ready_share *level = &workload->by_ready[i];
        assert_int_equal(level->ready, q->n - i);
        if (level->ready == 0) {
            assert_true(level->answered.value == 0);
            continue;
        }
        assert_string_equal(level->source, "held");
        const double lost =
            hr_mmck(q->rate, 1, level->ready, level->ready + q->room).block_probability +
            1 / q->mttf_s;
        snprintf(what, sizeof what, "%u ready", level->ready);
        assert_hits(what, &level->answered, level->answered.n, 1 - lost);
    }
}

/* Replicas fail once in three years and stay away for eleven days: hardly a run of 23 days sees it,
 * and what it loses then is nearly all that is ever lost. */
static void test_rare_outages(void **state)
{
    (void)state;
    const struct queue q = { .n = 4, .room = 20, .rate = 2, .mttf_s = 1e8, .mttr_s = 1e6 };
    struct hr_result *result = run("rare outages", &q, 2e5);
    const struct hr_workload_result *workload = &result->workloads[0];
    const double exact = exact_availability(&q);
    assert_levels(&q, workload);
    assert_hits("in the long run", &workload->availability_long_run, 10, exact);
    assert_near(1 - workload->availability_long_run.value, 1 - exact, 0.05 * (1 - exact));
    assert_string_equal(workload->availability_long_run.method, "conditional");
    assert_true(1 - workload->availability.value < 0.1 * (1 - exact));
    hr_result_free(result);
}

/* What is lost is lost with replicas that fail under their requests, too rarely to be counted. */
static void test_crashes(void **state)
{
    (void)state;
    const struct queue q = { .n = 3, .room = 60, .rate = 1, .mttf_s = 1e5, .mttr_s = 100 };
    struct hr_result *result = run("crashes", &q, 5e4);
    const struct hr_workload_result *workload = &result->workloads[0];
    const double exact = exact_availability(&q);
    assert_true(result->deployments[0].failures < 40);
    assert_near(1 - workload->availability_long_run.value, 1 - exact, 0.02 * (1 - exact));
    assert_true(workload->availability_long_run.lo < exact);
    hr_result_free(result);
}

/* Failures that a plain run sees often: both say the same. */
static void test_moderate_failures(void **state)
{
    (void)state;
    const struct queue q = { .n = 4, .room = 6, .rate = 2, .mttf_s = 2000, .mttr_s = 100 };
    struct hr_result *result = run("moderate failures", &q, 1e5);
    const struct hr_workload_result *workload = &result->workloads[0];
    const double exact = exact_availability(&q);
    assert_string_equal(workload->by_ready[0].source, "run");
    assert_string_equal(workload->by_ready[2].source, "run");
    assert_hits("plain", &workload->availability, 10, exact);
    assert_hits("in the long run", &workload->availability_long_run, 10, exact);
    hr_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rare_outages),
        cmocka_unit_test(test_crashes),
        cmocka_unit_test(test_moderate_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
