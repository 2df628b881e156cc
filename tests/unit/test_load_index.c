/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The load index against a plain array of loads; ties uniformly at random. */
#include "hr_test.h"

#include "serving/load_index.h"

#include <stdbool.h>

#define REPLICAS 40

struct twin {
    bool present[REPLICAS];
    uint32_t load[REPLICAS];
};

static void check(const struct hr_load_index *index, const struct twin *twin)
{
    uint32_t n = 0, least = UINT32_MAX;
    for (uint32_t i = 0; i < REPLICAS; i++) {
        if (!twin->present[i]) {
            assert_int_equal(index->entries[i].place, HR_LOAD_ABSENT);
            continue;
        }
        n++;
        least = twin->load[i] < least ? twin->load[i] : least;
        assert_int_equal(index->entries[i].load, twin->load[i]);
        assert_int_equal(index->order[index->entries[i].place], i);
    }
    assert_int_equal(index->n, n);
    assert_int_equal(index->lowest, n == 0 ? 0 : least);
    for (uint32_t i = 1; i < n; i++)
        assert_true(index->entries[index->order[i - 1]].load <=
                    index->entries[index->order[i]].load);
    for (uint32_t k = 0; k <= index->n_levels; k++) {
        uint32_t below = 0;
        for (uint32_t i = 0; i < REPLICAS; i++)
            below += twin->present[i] && twin->load[i] < k;
        assert_int_equal(index->start[k], below);
    }
}

static void step(struct hr_load_index *index, struct twin *twin, struct hr_rng *rng)
{
    const uint32_t i = hr_rng_below(rng, REPLICAS);
    const uint32_t dice = hr_rng_below(rng, 20);
    if (!twin->present[i]) {
        if (dice < 10) {
            hr_load_index_add(index, i);
            twin->present[i] = true;
            twin->load[i] = 0;
        }
    } else if (dice == 0) {
        hr_load_index_remove(index, i);
        twin->present[i] = false;
    } else if (dice < 12) {
        hr_load_index_up(index, i);
        twin->load[i]++;
    } else if (twin->load[i] > 0) {
        hr_load_index_down(index, i);
        twin->load[i]--;
    }
}

static void test_matches_an_array(void **state)
{
    (void)state;
    struct hr_load_index index;
    struct twin twin = { 0 };
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 5, .purpose = HR_PURPOSE_ROUTE });
    hr_load_index_init(&index, REPLICAS);
    check(&index, &twin);
    for (int i = 0; i < 30000; i++) {
        step(&index, &twin, &rng);
        check(&index, &twin);
        if (index.n > 0)
            assert_int_equal(twin.load[hr_load_index_least(&index, &rng)], index.lowest);
    }
    hr_load_index_fini(&index);
}

/* 7 replicas tie, 5 do not: chi-square with 6 degrees of freedom stays below its 1e-4 point, 27.86.
 */
static void test_ties_are_uniform(void **state)
{
    (void)state;
    enum { DRAWS = 70000 };
    struct hr_load_index index;
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 6, .purpose = HR_PURPOSE_ROUTE });
    hr_load_index_init(&index, 12);
    for (uint32_t i = 0; i < 12; i++) {
        hr_load_index_add(&index, i);
        if (i % 5 < 2)
            hr_load_index_up(&index, i);
    }
    assert_int_equal(index.start[1], 6); /* 2, 3, 4, 7, 8, 9 */
    hr_load_index_down(&index, 0);
    unsigned counts[12] = { 0 };
    for (int i = 0; i < DRAWS; i++)
        counts[hr_load_index_least(&index, &rng)]++;
    double chi2 = 0;
    for (uint32_t i = 0; i < 12; i++) {
        if (index.entries[i].load > 0)
            assert_int_equal(counts[i], 0);
        else
            chi2 += (counts[i] - DRAWS / 7.0) * (counts[i] - DRAWS / 7.0) / (DRAWS / 7.0);
    }
    assert_true(chi2 < 27.86);
    hr_load_index_fini(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches_an_array),
        cmocka_unit_test(test_ties_are_uniform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
