/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GPUs: whole devices, shares of one, MIG slices, broken devices; and what requests become. */
#include "hr_test.h"

#include "hr_cluster.h"

static uint32_t gpu_pod(struct cluster *c, int64_t thousandths)
{
    struct hr_pod_template pod = plain_pod(100, 1);
    pod.requests[HR_RESOURCE_GPU] = thousandths;
    return add_pod(c, &pod);
}

static void gpu_node(struct cluster *c, uint32_t node, int64_t gpus)
{
    struct hr_node_shape shape = plain_shape(0);
    shape.allocatable[HR_RESOURCE_GPU] = gpus * HR_GPU_WHOLE;
    put_nodes(c, node, 1, &shape);
}

static void assert_devices(const struct cluster *c, uint32_t node, const char *expected)
{
    char text[64] = "";
    for (uint32_t i = 0; i < c->scheduler.nodes[node].n_gpus; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%d ",
                 c->scheduler.nodes[node].gpu_used[i]);
    assert_string_equal(text, expected);
}

/*
 * Shares go to the device with the least room that is enough, so devices stay whole for those that
 * need them: 300 to 0; 600 to 0 (700 left); 500 to 1, as 0 has 100 left; 100 to 0; 500 to 1; a
 * whole one to 2. Then 3 devices are taken in full, with none left for 1.
 */
static void test_shares_are_packed(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    gpu_node(&c, 0, 3);
    const int64_t shares[] = { 300, 600, 500, 100, 500, 1000 };
    const char *devices[] = { "300 0 0 ",    "900 0 0 ",     "900 500 0 ",
                              "1000 500 0 ", "1000 1000 0 ", "1000 1000 1000 " };
    for (uint32_t i = 0; i < 6; i++) {
        const uint32_t pod = gpu_pod(&c, shares[i]);
        assert_int_equal(find(&c, pod, NULL), 0);
        bind(&c, i, pod, 0);
        assert_devices(&c, 0, devices[i]);
    }
    assert_refused(&c, gpu_pod(&c, 1), "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.");
    hr_scheduler_unbind(&c.scheduler, 1);
    assert_devices(&c, 0, "400 1000 1000 ");
    cluster_fini(&c);
}

/* 400 left on each of two devices: 800 in all, but no place for 500, nor for a whole one. */
static void test_room_in_sum_is_not_room(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    gpu_node(&c, 0, 2);
    const uint32_t most = gpu_pod(&c, 600), half = gpu_pod(&c, 500), some = gpu_pod(&c, 400);
    const uint32_t whole = gpu_pod(&c, 1000), two = gpu_pod(&c, 2000);
    assert_int_equal(find(&c, two, NULL), 0);
    bind(&c, 0, most, 0);
    assert_refused(&c, two, "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.");
    assert_int_equal(find(&c, whole, NULL), 0);
    bind(&c, 1, most, 0);
    assert_refused(&c, half, "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.");
    assert_refused(&c, whole, "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.");
    assert_int_equal(find(&c, some, NULL), 0);
    cluster_fini(&c);
}

/* Of 4 devices, 1 breaks: 3 can be given. One that breaks under a pod stays with the pod: of 4
 * sound ones less the pod's and the other broken one, 2 are left. */
static void test_broken_devices(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    gpu_node(&c, 0, 4);
    const uint32_t one = gpu_pod(&c, 1000), two = gpu_pod(&c, 2000), four = gpu_pod(&c, 4000);
    const uint32_t half = gpu_pod(&c, 500);
    assert_true(hr_scheduler_fits(&c.scheduler, four, 0));
    hr_scheduler_gpu_broken(&c.scheduler, 0, 0, true);
    hr_scheduler_gpu_broken(&c.scheduler, 0, 0, true);
    assert_false(hr_scheduler_fits(&c.scheduler, four, 0));
    bind(&c, 0, half, 0);
    assert_devices(&c, 0, "0 500 0 0 ");
    bind(&c, 1, two, 0);
    assert_devices(&c, 0, "0 500 1000 1000 ");
    assert_false(hr_scheduler_fits(&c.scheduler, one, 0));
    assert_true(hr_scheduler_fits(&c.scheduler, half, 0));
    hr_scheduler_gpu_broken(&c.scheduler, 0, 1, true);
    assert_false(hr_scheduler_fits(&c.scheduler, half, 0));
    hr_scheduler_unbind(&c.scheduler, 1);
    assert_true(hr_scheduler_fits(&c.scheduler, one, 0));
    /* 2 sound devices less the half on a broken one: so counts Kubernetes, 1.5 are left. */
    assert_false(hr_scheduler_fits(&c.scheduler, two, 0));
    hr_scheduler_gpu_broken(&c.scheduler, 0, 0, false);
    assert_true(hr_scheduler_fits(&c.scheduler, two, 0));
    cluster_fini(&c);
}

/* Slices of a profile are a resource of their own: a node cut into 1g.10gb has no room for whole
 * devices nor for 3g.40gb. */
static void test_mig_slices(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const uint32_t small = hr_placement_mig(c.placement, "1g.10gb");
    const uint32_t large = hr_placement_mig(c.placement, "3g.40gb");
    assert_int_equal(small, HR_RESOURCE_MIG);
    assert_int_equal(large, HR_RESOURCE_MIG + 1);
    assert_int_equal(hr_placement_mig(c.placement, "1g.10gb"), small);
    struct hr_node_shape shape = plain_shape(0);
    shape.allocatable[small] = 7;
    put_nodes(&c, 0, 1, &shape);
    struct hr_amounts requests = { .cpu = 0.1, .mig = "1g.10gb" };
    const struct hr_resources_spec resources = { .requests = &requests };
    struct hr_pod_template pod = plain_pod(0, 0);
    hr_placement_requests(c.placement, &resources, pod.requests);
    const uint32_t slice = add_pod(&c, &pod);
    requests.mig = "3g.40gb";
    hr_placement_requests(c.placement, &resources, pod.requests);
    assert_refused(&c, add_pod(&c, &pod),
                   "0/1 nodes are available: 1 Insufficient nvidia.com/mig-3g.40gb.");
    assert_refused(&c, gpu_pod(&c, 1000),
                   "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.");
    for (uint32_t i = 0; i < 7; i++) {
        assert_int_equal(find(&c, slice, NULL), 0);
        bind(&c, i, slice, 0);
    }
    assert_refused(&c, slice, "0/1 nodes are available: 1 Insufficient nvidia.com/mig-1g.10gb.");
    cluster_fini(&c);
}

/* A limit alone is the request; where both are given, the request counts. Amounts round up to whole
 * units, but for noise of the double: 2.007 * 1000 is 2007.00...02. */
static void test_requests_of_resources(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    int64_t requests[HR_RESOURCES_MAX];
    struct hr_amounts limits = { .cpu = 0.5, .memory = 1e9 + 0.5, .gpu = 2 };
    struct hr_resources_spec resources = { .limits = &limits };
    hr_placement_requests(c.placement, NULL, requests);
    assert_int_equal(requests[HR_RESOURCE_CPU] + requests[HR_RESOURCE_GPU], 0);
    hr_placement_requests(c.placement, &resources, requests);
    assert_int_equal(requests[HR_RESOURCE_CPU], 500);
    assert_int_equal(requests[HR_RESOURCE_MEMORY], 1000000001);
    assert_int_equal(requests[HR_RESOURCE_GPU], 2000);
    struct hr_amounts less = { .cpu = 2.007 };
    resources.requests = &less;
    hr_placement_requests(c.placement, &resources, requests);
    assert_int_equal(requests[HR_RESOURCE_CPU], 2007);
    assert_int_equal(requests[HR_RESOURCE_MEMORY], 1000000001);
    limits = (struct hr_amounts){ .gpu_share = 0.3335 };
    less = (struct hr_amounts){ .cpu = 0.0001 };
    hr_placement_requests(c.placement, &resources, requests);
    assert_int_equal(requests[HR_RESOURCE_CPU], 1);
    assert_int_equal(requests[HR_RESOURCE_GPU], 334);
    cluster_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_are_packed),
        cmocka_unit_test(test_room_in_sum_is_not_room),
        cmocka_unit_test(test_broken_devices),
        cmocka_unit_test(test_mig_slices),
        cmocka_unit_test(test_requests_of_resources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
