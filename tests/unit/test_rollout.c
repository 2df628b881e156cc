/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rolling updates from end to end, worked by hand; single rounds are held against Kubernetes' own
 * answers in tests/k8s. */
#include "hr_test.h"

#include "cluster/rollout.h"

static const struct hr_rollout_strategy quarter = { { 25, true }, { 25, true } };

static void test_percentages(void **state)
{
    (void)state;
    struct hr_rollout_bounds bounds = hr_rollout_bounds(&quarter, 10);
    assert_int_equal(bounds.surge, 3);       /* 2.5 up */
    assert_int_equal(bounds.unavailable, 2); /* 2.5 down */
    bounds = hr_rollout_bounds(&quarter, 1);
    assert_int_equal(bounds.surge, 1);
    assert_int_equal(bounds.unavailable, 0);
    const struct hr_rollout_strategy stuck = { { 0, false }, { 10, true } };
    bounds = hr_rollout_bounds(&stuck, 4); /* 0.4 down is 0, and the surge is 0 */
    assert_int_equal(bounds.surge, 0);
    assert_int_equal(bounds.unavailable, 1);
}

/*
 * 10 replicas, 25 % and 25 %: at most 13 pods, at least 8 available. Rounds until nothing may
 * change; then all new pods become available: new +3 (13 pods), old -2 (8 available), new +2 (13
 * pods): 8 old and 5 new 13 available: old -5, new +5: 3 old and 10 new 13 available: old -3
 */
static void test_a_whole_rollout(void **state)
{
    (void)state;
    static const int64_t path[][3] = { { 3, 8, 5 }, { 2, 3, 10 }, { 1, 0, 10 }, { 0, 0, 10 } };
    struct hr_revision revisions[2] = { { 10, 10 }, { 0, 0 } };
    for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
        for (int64_t rounds = 0; rounds < path[i][0]; rounds++) {
            assert_int_not_equal(hr_rollout_step(&quarter, 10, revisions, 2), HR_ROLLOUT_WAITS);
            revisions[0].available = revisions[0].replicas;
        }
        assert_int_equal(hr_rollout_step(&quarter, 10, revisions, 2), HR_ROLLOUT_WAITS);
        assert_int_equal(revisions[0].replicas, path[i][1]);
        assert_int_equal(revisions[1].replicas, path[i][2]);
        revisions[1].available = revisions[1].replicas;
    }
}

/* A new revision that never becomes available takes no more than 2 old pods down, and the sick ones
 * of the old revisions go first, of the oldest revision first. */
static void test_a_stuck_rollout(void **state)
{
    (void)state;
    struct hr_revision revisions[3] = { { 2, 1 }, { 8, 8 }, { 3, 0 } };
    assert_int_equal(hr_rollout_step(&quarter, 10, revisions, 3), HR_ROLLOUT_OLD_DOWN);
    assert_int_equal(revisions[0].replicas, 0); /* 1 sick, 1 more as 9 are available */
    assert_int_equal(revisions[1].replicas, 8);
    revisions[0].available = 0;
    assert_int_equal(hr_rollout_step(&quarter, 10, revisions, 3), HR_ROLLOUT_NEW);
    assert_int_equal(revisions[2].replicas, 5); /* 8 + 5 = 13 */
    assert_int_equal(hr_rollout_step(&quarter, 10, revisions, 3), HR_ROLLOUT_WAITS);
}

/*
 * From 10 to 20 in the midst of a rollout of 8 old and 5 new (13 with the surge): the total goes to
 * 25. Old first: round(8 * 25 / 13) = 15, 7 more; new: round(5 * 25 / 13) = 10, of 5 left: 5 more.
 */
static void test_resize(void **state)
{
    (void)state;
    struct hr_revision revisions[2] = { { 8, 8 }, { 5, 0 } };
    hr_rollout_resize(&quarter, 10, 20, revisions, 2);
    assert_int_equal(revisions[0].replicas, 15);
    assert_int_equal(revisions[1].replicas, 10);
    hr_rollout_resize(&quarter, 20, 0, revisions, 2);
    assert_int_equal(revisions[0].replicas + revisions[1].replicas, 0);
    hr_rollout_resize(&quarter, 0, 6, revisions, 2); /* none active: the newest */
    assert_int_equal(revisions[0].replicas, 0);
    assert_int_equal(revisions[1].replicas, 6);
    hr_rollout_resize(&quarter, 6, 4, revisions, 2);
    assert_int_equal(revisions[1].replicas, 4);
}

/* Revisions of one size. Up from 10 to 15: each is due round(7.5) = 8; the newer takes its 3 of the
 * 5 first. Down to 5: round(2.5) = 3 each, and the fifth pod is the older one's. */
static void test_resize_of_equals(void **state)
{
    (void)state;
    const struct hr_rollout_strategy no_surge = { { 0, false }, { 1, false } };
    struct hr_revision up[2] = { { 5, 5 }, { 5, 5 } }, down[2] = { { 5, 5 }, { 5, 5 } };
    hr_rollout_resize(&no_surge, 10, 15, up, 2);
    assert_int_equal(up[0].replicas, 7);
    assert_int_equal(up[1].replicas, 8);
    hr_rollout_resize(&no_surge, 10, 5, down, 2);
    assert_int_equal(down[0].replicas, 2);
    assert_int_equal(down[1].replicas, 3);
    /* Nothing was due before, so what is there counts: round(1 * 6 / 2) = 3 each. */
    struct hr_revision from_zero[2] = { { 1, 0 }, { 1, 0 } };
    hr_rollout_resize(&no_surge, 0, 6, from_zero, 2);
    assert_int_equal(from_zero[0].replicas, 3);
    assert_int_equal(from_zero[1].replicas, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_percentages),      cmocka_unit_test(test_a_whole_rollout),
        cmocka_unit_test(test_a_stuck_rollout),  cmocka_unit_test(test_resize),
        cmocka_unit_test(test_resize_of_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
