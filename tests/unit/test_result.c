/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results: names of latency parts and the overall verdict; release is checked by the sanitizers. */
#include "hr_test.h"

#include "report_result.h"

static void test_part_names(void **state)
{
    static const char *const names[] = { "network", "queue", "cold_start", "execution", "retry" };
    (void)state;
    assert_int_equal(HR_PARTS, 5);
    for (unsigned i = 0; i < HR_PARTS; i++)
        assert_string_equal(hr_part_name((enum hr_part)i), names[i]);
}

static void test_missed_objective_is_not_good(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    assert_false(hr_result_good(result));
    result->slos[2].met = true;
    assert_true(hr_result_good(result));
    hr_result_free(result);
}

static void test_unstable_is_not_good(void **state)
{
    struct hr_result *result = sample_result();
    (void)state;
    result->slos[2].met = true;
    result->deployments[1].unstable = hr_strdup("unstable: offered load 1.08");
    assert_false(hr_result_good(result));
    hr_result_free(result);
}

static void test_free_of_nothing_and_of_little(void **state)
{
    (void)state;
    hr_result_free(NULL);
    hr_result_free(HR_NEW(struct hr_result));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_part_names),
        cmocka_unit_test(test_missed_objective_is_not_good),
        cmocka_unit_test(test_unstable_is_not_good),
        cmocka_unit_test(test_free_of_nothing_and_of_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
