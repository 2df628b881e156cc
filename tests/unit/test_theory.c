/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Closed forms compared with simulations. */
#include "hr_test.h"

#include "unit/theory_check.h"

static struct hr_theory *theory_of(const char *const *sets)
{
    struct hr_scenario *scenario = scenario_new(sets);
    const struct hr_run_options options = { .jobs = 2 };
    struct hr_theory *theory = NULL;
    assert_int_equal(hr_theory(scenario, &options, &theory, NULL), HR_OK);
    hr_scenario_free(scenario);
    return theory;
}

static void test_unstable(void **state)
{
    (void)state;
    const char *const sets[][SETS_MAX] = {
        { RATE "\"1.08/s\"" },
        { REPLICAS "4", RATE "\"4.32/s\"" },
        { REPLICAS "2", TURNS, RATE "\"2.16/s\"" },
        { SHARING, "models.m.cores=2.5", RATE "\"2.7/s\"" },
    };
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        struct hr_theory *theory = theory_of(sets[i]);
        assert_string_equal(theory->models[0].unstable, "unstable: offered load 1.08");
        assert_int_equal(theory->models[0].n_numbers, 0);
        assert_true(theory->verdict == HR_THEORY_UNSTABLE && !hr_theory_good(theory));
        assert_null(theory->result);
        hr_theory_free(theory);
    }
}

static void test_comparison(void **state)
{
    (void)state;
    const char *const sets[SETS_MAX] = { NULL };
    struct hr_theory *theory = theory_of(sets);
    assert_true(theory->verdict == HR_THEORY_AGREES && hr_theory_good(theory));
    assert_near(theory->z_limit, 9.254, 1e-3); /* t(9) beyond which lies as much as beyond 4.5 */
    assert_int_equal(theory->result->replications, 10);
    for (size_t i = 0; i < theory->models[0].n_numbers; i++) {
        const struct hr_theory_number *number = &theory->models[0].numbers[i];
        const struct hr_estimate *e = &number->simulated;
        const double t = 2.2621571627409915,
                     error = number->z > 0 ? e->value - e->lo : e->hi - e->value;
        assert_int_equal(e->n, 10);
        assert_near(number->z, t * (e->value - number->closed_form) / error, 1e-6);
        assert_near(number->difference, e->value / number->closed_form - 1, 1e-12);
        assert_true(number->agrees);
    }
    const struct hr_theory_number *latency = number_of(&theory->models[0], "latency_s.p99");
    assert_near(latency->simulated.value, theory->result->workloads[0].latency_s.p99.value, 0);
    const struct hr_theory_number *queue = number_of(&theory->models[0], "queue_length");
    assert_near(queue->simulated.value, theory->result->deployments[0].queue_length.value, 0);
    hr_theory_free(theory);
}

/* From the empty system, without a warm-up, at a load of 0.99: short runs are far off. */
static void test_disagreement(void **state)
{
    (void)state;
    const char *const sets[SETS_MAX] = { RATE "\"0.99/s\"", "warmup=\"0s\"", "duration=\"500s\"",
                                         "replications=200" };
    struct hr_theory *theory = theory_of(sets);
    assert_true(theory->verdict == HR_THEORY_DISAGREES && !hr_theory_good(theory));
    assert_true(number_of(&theory->models[0], "latency_s.mean")->z < -4.5);
    assert_false(number_of(&theory->models[0], "latency_s.mean")->agrees);
    hr_theory_free(theory);
}

static void test_approximations_are_not_judged(void **state)
{
    (void)state;
    const char *const sets[SETS_MAX] = { REPLICAS "2", CENTRAL, RATE "\"1.6/s\"", LOGNORMAL };
    struct hr_theory *theory = theory_of(sets);
    assert_true(theory->verdict == HR_THEORY_AGREES);
    for (size_t i = 0; i < theory->models[0].n_numbers; i++) {
        const struct hr_theory_number *number = &theory->models[0].numbers[i];
        const bool exact = strcmp(number->metric, "throughput_rps") == 0 ||
                           strcmp(number->metric, "utilization") == 0;
        assert_true(number->approximation == !exact);
        assert_true(fabs(number->z) >= 0 ? exact : !exact); /* else NaN */
        assert_true(fabs(number->difference) < 0.3);
    }
    hr_theory_free(theory);
    /* Nor is anything without an interval. */
    const char *const once[SETS_MAX] = { "replications=1" };
    theory = theory_of(once);
    assert_true(theory->verdict == HR_THEORY_NOT_JUDGED && hr_theory_good(theory));
    assert_false(fabs(number_of(&theory->models[0], "latency_s.mean")->z) >= 0); /* NaN */
    hr_theory_free(theory);
}

/* Replicas beside a queue that has no closed form, and a workload's metric compared for them. */
static void test_availability(void **state)
{
    (void)state;
    const char *const sets[SETS_MAX] = { REPLICAS "3", "deployments.d.min_ready=2",
                                         FAILURES
                                         "{ mttf = \"500s\"; mttr = \"10s\"; crews = 1; }" };
    struct hr_theory *theory = theory_of(sets);
    assert_true(theory->verdict == HR_THEORY_AGREES);
    const struct hr_theory_number *available = number_of(&theory->models[1], "availability_time");
    assert_near(available->simulated.value, theory->result->workloads[0].availability_time.value,
                0);
    assert_true(fabs(available->z) < theory->z_limit);
    hr_theory_free(theory);
}

static void test_interrupted(void **state)
{
    (void)state;
    const char *const sets[SETS_MAX] = { NULL };
    struct hr_scenario *scenario = scenario_new(sets);
    const atomic_bool stop = true;
    const struct hr_run_options options = { .jobs = 1, .interrupt = &stop };
    struct hr_theory *theory;
    assert_int_equal(hr_theory(scenario, &options, &theory, NULL), HR_ERR_INTERRUPTED);
    assert_null(theory);
    hr_theory_free(NULL);
    hr_scenario_free(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unstable),     cmocka_unit_test(test_comparison),
        cmocka_unit_test(test_disagreement), cmocka_unit_test(test_approximations_are_not_judged),
        cmocka_unit_test(test_availability), cmocka_unit_test(test_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
