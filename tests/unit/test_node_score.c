/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of nodes where rounding decides; further ones are held against Kubernetes in tests/k8s. */
#include "hr_test.h"

#include "cluster/node_score.h"

/* cpu 1 of 10 used, memory 8 of 10, weights 1 and 3. Least: (90 + 3 * 20) / 4 = 37.5; most:
 * (10 + 3 * 80) / 4 = 62.5. */
static void test_weights_and_rounding(void **state)
{
    (void)state;
    const struct hr_node_resource resources[] = { { 10, 1, 1 }, { 10, 8, 3 } };
    assert_int_equal(hr_node_score_least_allocated(resources, 2), 37);
    assert_int_equal(hr_node_score_most_allocated(resources, 2), 62);
}

/* A node that is asked for more than it has: nothing left, all used. */
static void test_too_much_asked(void **state)
{
    (void)state;
    const struct hr_node_resource resources[] = { { 10, 12, 1 }, { 10, 5, 1 } };
    assert_int_equal(hr_node_score_least_allocated(resources, 2), 25);
    assert_int_equal(hr_node_score_most_allocated(resources, 2), 75);
    assert_int_equal(hr_node_score_balanced(resources, 2), 75); /* shares 1 and 0.5 */
}

/* Shares 0.1 and 0.8 are 0.35 off their mean in real numbers. In double half their distance is
 * above that, which makes the score 64; by the root of the mean square it would be 65. */
static void test_two_resources_are_computed_apart(void **state)
{
    (void)state;
    const struct hr_node_resource resources[] = { { 10, 1, 1 }, { 10, 8, 1 } };
    assert_int_equal(hr_node_score_balanced(resources, 2), 64);
    assert_int_equal(hr_node_score_balanced(resources, 1), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_and_rounding),
        cmocka_unit_test(test_too_much_asked),
        cmocka_unit_test(test_two_resources_are_computed_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
