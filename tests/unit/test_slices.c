/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices of a single replication: they add up to what was counted at once, and change nothing. */
#include "hr_test.h"

#include "model/model.h"
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

static const char text[] =
    "name = \"t\"; duration = \"5000s\"; warmup = \"100s\"; replications = 1;"
    "models = ( { name = \"m\"; service_time = { distribution = \"exponential\"; mean = \"1s\"; };"
    "  discipline = \"processor_sharing\"; cores = 1.0;"
    "  memory = { base = \"1Mi\"; per_request = \"1Mi\"; leak_per_hour = \"1Mi\"; }; } );"
    "deployments = ( { name = \"d\"; model = \"m\"; replicas = 4;"
    "                  failures = { mttf = \"300s\"; mttr = \"20s\"; }; } );"
    "workloads = ("
    "  { name = \"a\"; deployment = \"d\"; arrivals = { rate = \"2/s\"; }; timeout = \"4s\"; },"
    "  { name = \"b\"; deployment = \"d\"; arrivals = { rate = \"1/s\"; }; } );";

static void run(const char *scenario_text, bool slices, struct hr_replication *out)
{
    struct hr_scenario *scenario = NULL;
    assert_int_equal(hr_scenario_load_text(scenario_text, strlen(scenario_text), "test", NULL, 0,
                                           &scenario, NULL),
                     HR_OK);
    const struct hr_spec *spec = hr_scenario_spec(scenario);
    const struct hr_model_options options = {
        .seed = 3, .warmup = spec->warmup, .step = 170 * HR_NS_PER_S, .slices = slices
    };
    hr_model_run(spec, &options, out);
    hr_scenario_free(scenario);
}

/* What was merged from slices is what was counted in one pass; levels to the nanosecond but for the
 * rounding of doubles. */
static void test_add_up(void **state)
{
    (void)state;
    struct hr_replication whole;
    run(text, true, &whole);
    const struct hr_slices *slices = whole.slices;
    const size_t size = hr_sums_size(&slices->shape);
    double *once = calloc(size, sizeof *once), *sum = calloc(size, sizeof *sum);
    hr_sums_take(&slices->shape, whole.workloads, whole.deployments, once);
    once[hr_sums_time(&slices->shape)] = (double)whole.window;
    assert_int_equal(slices->done, slices->n);
    for (size_t i = 0; i < slices->n; i++) {
        for (size_t k = 0; k < size; k++)
            sum[k] += hr_slices_row(slices, i)[k];
    }
    for (size_t k = 0; k < size; k++)
        assert_near(sum[k], once[k], 1e-9 * fabs(once[k]));
    assert_true(once[HR_SUM_COMPLETED] > 5000 && once[HR_SUM_AT_ONCE] > 0);
    assert_true(once[HR_SUM_ENDED] > once[HR_SUM_COMPLETED]);
    const double *deployment = &once[hr_sums_of_deployment(&slices->shape, 0)];
    assert_true(deployment[HR_SUM_LEAK_BYTE_NS] > 0 && deployment[HR_SUM_EXECUTED_NS] > 0);
    free(once);
    free(sum);
    hr_replication_fini(&whole);
}

/* No slice holds what belongs to others: levels are bounded, and leaks do not come in lumps. */
static void test_each(void **state)
{
    (void)state;
    struct hr_replication whole;
    run(text, true, &whole);
    const struct hr_slices *slices = whole.slices;
    const double length = (double)slices->length;
    for (size_t i = 0; i + 1 < slices->n; i++) {
        const double *row = hr_slices_row(slices, i);
        const double *deployment = &row[hr_sums_of_deployment(&slices->shape, 0)];
        assert_near(row[hr_sums_time(&slices->shape)], length, 0);
        assert_true(deployment[HR_LEVEL_READY] <= 4 * length * (1 + 1e-9));
        assert_true(deployment[HR_LEVEL_AVAILABLE] <= length * (1 + 1e-9));
        /* 1 MiB an hour of at most 4 replicas since the start of the run */
        assert_in_range(deployment[HR_SUM_LEAK_BYTE_NS] / length, 0, 4 * 5000.0 / 3600 * 1048576);
    }
    hr_replication_fini(&whole);
}

static void test_classes(void **state)
{
    (void)state;
    struct hr_replication whole;
    run(text, true, &whole);
    for (size_t w = 0; w < 2; w++) {
        const struct hr_classes *of[] = { &whole.slices->latency[w], &whole.slices->wait[w] };
        const struct hr_hist *hists[] = { &whole.workloads[w].latency, &whole.workloads[w].wait };
        for (size_t i = 0; i < 2; i++) {
            uint64_t up_to = 0;
            for (unsigned k = 0; k < HR_PARTS_ROWS - 1; k++) {
                const uint32_t *counts = hr_classes_up_to(of[i], k);
                up_to = 0;
                for (size_t s = 0; counts != NULL && s < whole.slices->n; s++)
                    up_to += counts[s];
                const double end = (double)hr_log_bucket_from(k + 1, HR_PARTS_BITS) - 1;
                assert_true((double)up_to == hr_hist_count_below(hists[i], end));
            }
            assert_int_equal(up_to, hists[i]->n);
        }
    }
    hr_replication_fini(&whole);
}

/* Not the order of events, and not a bit of what is measured. */
static void test_change_nothing(void **state)
{
    (void)state;
    struct hr_replication with, without;
    run(text, true, &with);
    run(text, false, &without);
    assert_null(without.slices);
    assert_true(with.fingerprint == without.fingerprint && with.events == without.events);
    assert_true(with.deployments[0].executed_ns == without.deployments[0].executed_ns);
    assert_true(with.deployments[0].leak_byte_ns == without.deployments[0].leak_byte_ns);
    hr_replication_fini(&with);
    hr_replication_fini(&without);
}

static void test_too_short(void **state)
{
    (void)state;
    const struct hr_sums_shape shape = { 1, 1 };
    assert_null(hr_slices_new(&shape, 100));
    hr_slices_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add_up),    cmocka_unit_test(test_each),
        cmocka_unit_test(test_classes),   cmocka_unit_test(test_change_nothing),
        cmocka_unit_test(test_too_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
