/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a node offers: what the system keeps, GPUs whole, shared and cut. */
#include "hr_test.h"

#include "cluster/node_capacity.h"

#include <string.h>

#define MIB 1048576.0
#define GIB 1073741824.0

/*
 * 4 cores: 0.06 + 0.01 + 2 * 0.005 = 0.08, that is 3920 of 4000 thousandths, as Google's table of
 * allocatable CPU has it; 8 cores 0.01 more. 15 GiB: 1 + 0.8 + 0.7 = 2.5 GiB; 32 GiB: 1 + 0.8 + 0.8
 * + 0.06 * 16 = 3.56; 256 GiB: 2.6 + 0.06 * 112 + 0.02 * 128 = 11.88; each with 100 MiB.
 */
static void test_reserved_by_the_rule(void **state)
{
    (void)state;
    assert_near(hr_reserved_cpu(1), 0.06, 1e-12);
    assert_near(hr_reserved_cpu(2), 0.07, 1e-12);
    assert_near(hr_reserved_cpu(4), 0.08, 1e-12);
    assert_near(hr_reserved_cpu(8), 0.09, 1e-12);
    assert_near(hr_reserved_memory_bytes(0.5 * GIB), 355 * MIB, 1);
    assert_near(hr_reserved_memory_bytes(1 * GIB), 0.25 * GIB + 100 * MIB, 1);
    assert_near(hr_reserved_memory_bytes(15 * GIB), 2.5 * GIB + 100 * MIB, 1);
    assert_near(hr_reserved_memory_bytes(32 * GIB), 3.56 * GIB + 100 * MIB, 1);
    assert_near(hr_reserved_memory_bytes(256 * GIB), 11.88 * GIB + 100 * MIB, 1);
}

static void test_capacity_without_gpus(void **state)
{
    struct hr_reserved_spec reserved = { .cpu = 0.5, .memory = HR_AUTO };
    struct hr_node_pool_spec pool = { .type = hr_catalog_find("aws/m6i.2xlarge"),
                                      .max_pods = 110,
                                      .gpu_time_slices = 1 };
    struct hr_node_capacity capacity = hr_node_capacity_of(&pool);
    (void)state;
    assert_int_equal(capacity.cpu_milli, 7910);
    assert_near((double)capacity.memory_bytes, 28.44 * GIB - 100 * MIB, 1);
    assert_int_equal(capacity.pods, 110);
    assert_int_equal(capacity.gpus, 0);
    assert_int_equal(capacity.mig_parts, 0);
    pool.reserved = &reserved;
    capacity = hr_node_capacity_of(&pool);
    assert_int_equal(capacity.cpu_milli, 7500);
    assert_near((double)capacity.memory_bytes, 28.44 * GIB - 100 * MIB, 1);
    reserved = (struct hr_reserved_spec){ .cpu = 9, .memory = 33 * GIB };
    capacity = hr_node_capacity_of(&pool);
    assert_int_equal(capacity.cpu_milli, 0);
    assert_int_equal(capacity.memory_bytes, 0);
}

static void test_capacity_of_gpus(void **state)
{
    struct hr_node_pool_spec pool = { .type = hr_catalog_find("aws/p4d.24xlarge"),
                                      .max_pods = 110,
                                      .gpu_time_slices = 1 };
    struct hr_node_capacity capacity = hr_node_capacity_of(&pool);
    (void)state;
    assert_int_equal(capacity.gpus, 8);
    pool.gpu_time_slices = 4;
    assert_int_equal(hr_node_capacity_of(&pool).gpus, 32);
    pool.gpu_time_slices = 1;
    pool.mig = "1g.5gb";
    capacity = hr_node_capacity_of(&pool);
    assert_int_equal(capacity.gpus, 0);
    assert_int_equal(capacity.mig_parts, 56);
    assert_string_equal(capacity.mig->name, "1g.5gb");
    pool.mig = "3g.20gb";
    assert_int_equal(hr_node_capacity_of(&pool).mig_parts, 16);
}

/* The parts of a GPU fit on it, and the memory in the name is what a part has, but for rounding. */
static void check_profiles(const char *model, double gib, size_t n_expected)
{
    size_t n;
    const struct hr_mig_profile *profiles = hr_mig_profiles(model, gib * GIB, &n);
    assert_int_equal(n, n_expected);
    for (size_t i = 0; i < n; i++) {
        const double parts = (double)profiles[i].parts;
        int slices, gb;
        assert_true(parts * profiles[i].compute <= 1 + 1e-12);
        assert_true(parts * profiles[i].memory <= 1);
        assert_int_equal(sscanf(profiles[i].name, "%dg.%dgb", &slices, &gb), 2);
        assert_near(profiles[i].memory * gib, gb, 0.5);
        assert_near(profiles[i].compute * (strcmp(model, "A30") == 0 ? 4 : 7), slices, 1e-9);
        assert_ptr_equal(hr_mig_find(model, gib * GIB, profiles[i].name), &profiles[i]);
    }
}

static void test_mig_profiles(void **state)
{
    (void)state;
    check_profiles("A30", 24, 3);
    check_profiles("A100-40GB", 40, 6);
    check_profiles("A100-80GB", 80, 6);
    check_profiles("H100", 80, 6);
    check_profiles("H200", 141, 6);
    check_profiles("B200", 180, 6);
    check_profiles("A10G", 24, 0);
    check_profiles("T4", 16, 0);
    assert_int_equal(hr_mig_find("H100", 80 * GIB, "1g.10gb")->parts, 7);
    assert_int_equal(hr_mig_find("H100", 80e9, "2g.20gb")->parts, 3);
    assert_int_equal(hr_mig_find("A100-80GB", 0, "1g.20gb")->parts, 4);
    assert_int_equal(hr_mig_find("A30", 24 * GIB, "1g.6gb")->parts, 4);
    assert_null(hr_mig_find("A100-40GB", 40 * GIB, "2g.20gb"));
    assert_null(hr_mig_find("A100", 0, "1g.10gb")); /* 40 or 80 GB? */
    assert_int_equal(hr_mig_find("A100", 40 * GIB, "1g.10gb")->parts, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reserved_by_the_rule),
        cmocka_unit_test(test_capacity_without_gpus),
        cmocka_unit_test(test_capacity_of_gpus),
        cmocka_unit_test(test_mig_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
