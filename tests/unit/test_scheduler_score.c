/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which node is best: each score worked out by hand. A total is least allocated + balanced + image
 * + 3 * taints + 2 * (affinity + spread + apart); without soft taints 300 of it are for these. */
#include "hr_test.h"

#include "hr_cluster.h"

static void assert_scores(struct cluster *c, uint32_t pod_template, uint32_t n,
                          const int64_t *expected)
{
    int64_t scores[8];
    scores_of(c, pod_template, n, scores);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(scores[i], expected[i]);
}

/* Adds a template with this spec that asks for nothing: 98 + 0 + 300 on an empty plain node (see
 * below), so that what else it scores stands out. */
static uint32_t add_light(struct cluster *c, struct hr_scheduling_spec *spec, bool default_spread)
{
    struct hr_pod_template pod = plain_pod(0, 0);
    pod.spec = spec;
    pod.default_spread = default_spread;
    return add_pod(c, &pod);
}

enum { LIGHT = 98 + 300 };

/*
 * 1 core and 1 GiB. Node 0 has 10 and 10: left 90 and 90 %, so 90; shares 0.1 and 0.1, so 100.
 * Node 1 has 20 and 10: left 95 and 90, mean 92.5; shares 0.05 and 0.1 differ by 2 * 0.025, so
 * 97.5. Node 2 has 10 and 10, and 4 cores and 2 GiB in use: left 50 and 70, mean 60; shares 0.5 and
 * 0.3, so 90.
 */
static void test_least_allocated_and_balance(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_node_shape shape = plain_shape(0);
    put_nodes(&c, 0, 1, &shape);
    shape.allocatable[HR_RESOURCE_CPU] = 20000;
    put_nodes(&c, 1, 1, &shape);
    shape.allocatable[HR_RESOURCE_CPU] = 10000;
    put_nodes(&c, 2, 1, &shape);
    const struct hr_pod_template pod = plain_pod(1000, 1), big = plain_pod(4000, 2);
    const uint32_t template = add_pod(&c, &pod);
    bind(&c, 0, add_pod(&c, &big), 2);
    assert_scores(&c, template, 3,
                  (const int64_t[]){ 90 + 100 + 300, 92 + 97 + 300, 60 + 90 + 300 });
    assert_int_equal(find(&c, template, NULL), 0);
    cluster_fini(&c);
}

/*
 * A pod that asks for nothing counts as 100m and 200 MiB: left 99 % and (10240 - 200) / 10240 =
 * 98.05 %, mean 98.5; balance is not looked at. With one such pod there: 98 and 96.09, mean 97.
 */
static void test_no_requests_count_as_little(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const struct hr_node_shape shape = plain_shape(0);
    put_nodes(&c, 0, 2, &shape);
    const uint32_t light = add_light(&c, NULL, false);
    bind(&c, 0, light, 1);
    assert_scores(&c, light, 2, (const int64_t[]){ LIGHT, 97 + 300 });
    cluster_fini(&c);
}

/*
 * Most allocated by cpu (1) and GPU (3), for 1 core and 1 GPU. An empty node of 10 cores and 8
 * GPUs: 10 and 12.5 % used, (10 + 3 * 12) / 4 = 11.5; shares 0.1 and 0 (memory), so 95. One with 4
 * cores and 4 GPUs in use: 50 and 62.5, (50 + 3 * 62) / 4 = 59; shares 0.5 and 0, so 75. The fuller
 * node wins. For a pod without GPUs they do not count: 10 + 95 and 50 + 75.
 */
static void test_most_allocated_packs_gpus(void **state)
{
    (void)state;
    struct hr_scored_resource_spec scored[] = { { HR_SCORED_CPU, 1 }, { HR_SCORED_GPU, 3 } };
    const struct hr_scheduler_spec spec = { .strategy = HR_MOST_ALLOCATED,
                                            .resources = LIST_OF(scored),
                                            .percentage_of_nodes_to_score = HR_AUTO };
    struct cluster c;
    cluster_init(&c, &spec);
    struct hr_node_shape shape = plain_shape(0);
    shape.allocatable[HR_RESOURCE_GPU] = 8 * HR_GPU_WHOLE;
    put_nodes(&c, 0, 2, &shape);
    struct hr_pod_template pod = plain_pod(4000, 0);
    pod.requests[HR_RESOURCE_GPU] = 4 * HR_GPU_WHOLE;
    bind(&c, 0, add_pod(&c, &pod), 1);
    pod = plain_pod(1000, 0);
    const uint32_t without = add_pod(&c, &pod);
    pod.requests[HR_RESOURCE_GPU] = HR_GPU_WHOLE;
    const uint32_t with = add_pod(&c, &pod);
    assert_scores(&c, with, 2, (const int64_t[]){ 11 + 95 + 300, 59 + 75 + 300 });
    assert_scores(&c, without, 2, (const int64_t[]){ 10 + 95 + 300, 50 + 75 + 300 });
    assert_int_equal(find(&c, with, NULL), 1);
    cluster_fini(&c);
}

/* 0, 1, 3 soft taints not tolerated: 100, 100 - 33, 0, times 3. Whoever tolerates one of them sees
 * 0, 0, 2: 100, 100, 0. */
static void test_soft_taints(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_taint_spec taints[] = { { "a", "", HR_TAINT_PREFER_NO_SCHEDULE },
                                      { "b", "", HR_TAINT_PREFER_NO_SCHEDULE },
                                      { "c", "", HR_TAINT_PREFER_NO_SCHEDULE } };
    const size_t n_taints[] = { 0, 1, 3 };
    for (uint32_t i = 0; i < 3; i++) {
        struct hr_node_shape shape = plain_shape(0);
        shape.taints = taints;
        shape.n_taints = n_taints[i];
        put_nodes(&c, i, 1, &shape);
    }
    struct hr_toleration_spec toleration = { .key = "a", .value = "" };
    struct hr_scheduling_spec spec = { .tolerations = { &toleration, 1 } };
    assert_scores(&c, add_light(&c, NULL, false), 3,
                  (const int64_t[]){ 98 + 300, 98 + 3 * 67, 98 + 0 });
    assert_scores(&c, add_light(&c, &spec, false), 3, (const int64_t[]){ 98 + 300, 98 + 300, 98 });
    cluster_fini(&c);
}

/* Terms of weight 50 and 25: sums 0, 50, 25, 75 become 0, 66, 33, 100, times 2. */
static void test_preferred_affinity(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_label_spec labels[] = { { "a", "" }, { "b", "" } };
    put_labelled(&c, labels);
    struct hr_match_spec a = { .key = "a", .op = HR_MATCH_EXISTS };
    struct hr_match_spec b = { .key = "b", .op = HR_MATCH_EXISTS };
    struct hr_node_term_spec terms[] = { { 50, { &a, 1 } }, { 25, { &b, 1 } } };
    struct hr_node_affinity_spec affinity = { .preferred = LIST_OF(terms) };
    struct hr_scheduling_spec spec = { .node_affinity = &affinity };
    assert_scores(&c, add_light(&c, &spec, false), 4,
                  (const int64_t[]){ LIGHT, LIGHT + 2 * 66, LIGHT + 2 * 33, LIGHT + 2 * 100 });
    cluster_fini(&c);
}

/*
 * An image of 500 MiB on 2 of 4 nodes counts 250: 100 * (250 - 23) / (1000 - 23) = 23.2. On all 4:
 * 100 * 477 / 977 = 48.8; as one of two images of a pod 100 * 477 / 1977 = 24.1. One of 20 MiB
 * gains nothing, one of 5 GiB no more than 100.
 */
static void test_image_locality(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const struct hr_node_shape shape = plain_shape(0);
    put_nodes(&c, 0, 4, &shape);
    struct hr_pod_template pod = plain_pod(0, 0);
    pod.n_images = 1;
    pod.images[0] = (struct hr_pod_image){ .image = 70, .bytes = INT64_C(500) << 20 };
    const uint32_t one = add_pod(&c, &pod);
    pod.n_images = 2;
    pod.images[1] = (struct hr_pod_image){ .image = 3, .bytes = INT64_C(500) << 20 };
    const uint32_t two = add_pod(&c, &pod);
    pod.n_images = 1;
    pod.images[0] = (struct hr_pod_image){ .image = 4, .bytes = INT64_C(20) << 20 };
    const uint32_t tiny = add_pod(&c, &pod);
    pod.images[0] = (struct hr_pod_image){ .image = 4, .bytes = 5 * GIB };
    const uint32_t huge = add_pod(&c, &pod);
    for (uint32_t node = 0; node < 4; node++)
        hr_scheduler_image(&c.scheduler, node, 4, true);
    hr_scheduler_image(&c.scheduler, 0, 70, true);
    hr_scheduler_image(&c.scheduler, 2, 70, true);
    hr_scheduler_image(&c.scheduler, 2, 70, true); /* said twice, there once */
    assert_scores(&c, one, 4, (const int64_t[]){ LIGHT + 23, LIGHT, LIGHT + 23, LIGHT });
    hr_scheduler_image(&c.scheduler, 1, 70, true);
    hr_scheduler_image(&c.scheduler, 3, 70, true);
    assert_scores(&c, one, 1, (const int64_t[]){ LIGHT + 48 });
    assert_scores(&c, two, 1, (const int64_t[]){ LIGHT + 24 });
    assert_scores(&c, tiny, 1, (const int64_t[]){ LIGHT });
    assert_scores(&c, huge, 1, (const int64_t[]){ LIGHT + 100 });
    hr_scheduler_remove_node(&c.scheduler, 3); /* 3 of 3 nodes have it */
    assert_scores(&c, one, 1, (const int64_t[]){ LIGHT + 48 });
    hr_scheduler_image(&c.scheduler, 0, 70, false);
    assert_scores(&c, one, 1, (const int64_t[]){ LIGHT });
    cluster_fini(&c);
}

/*
 * The default constraints, skew 5 by zone and 3 by node. Nodes 0 and 1 in zone 0 with 2 and 0 pods,
 * node 2 in zone 1 with 1; weights ln(2 + 2) = 1.3863 and ln(3 + 2) = 1.6094.
 *   node 0: 2 * 1.3863 + 4 + 2 * 1.6094 + 2 = 11.99 -> 12
 *   node 1: 2 * 1.3863 + 4 + 2              =  8.77 -> 9
 *   node 2: 1.3863 + 4 + 1.6094 + 2         =  8.996 -> 9
 * 100 * (12 + 9 - 12) / 12 = 75, and 100 for 9. The pods ask for nothing and count as 100m and 200
 * MiB: with 3 of them 97 and 94.1 % are left, mean 95.5, with 2 of them mean 97.
 */
static void test_default_spread(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    put_two_zones(&c);
    const uint32_t pod = add_light(&c, NULL, true);
    bind_many(&c, 0, 2, pod, 0);
    bind(&c, 2, pod, 2);
    assert_scores(&c, pod, 3,
                  (const int64_t[]){ 95 + 300 + 2 * 75, LIGHT + 2 * 100, 97 + 300 + 2 * 100 });
    hr_scheduler_terminate(&c.scheduler, 0, false);
    hr_scheduler_terminate(&c.scheduler, 1, false);
    hr_scheduler_terminate(&c.scheduler, 2, false); /* none counts: all raw scores are 4 + 2 */
    assert_scores(&c, pod, 3,
                  (const int64_t[]){ 95 + 300 + 2 * 100, LIGHT + 2 * 100, 97 + 300 + 2 * 100 });
    cluster_fini(&c);
}

/*
 * By default constraints a node without a zone takes part, as a domain of its own: weights ln 4.
 * Node 0, zone 0, 1 pod: 1.386 + 4 + 1.386 + 2 = 8.77 -> 9; node 1, no zone: 2. So 100 * 2 / 9 =
 * 22, and 100.
 */
static void test_default_spread_without_zone(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const struct hr_node_shape zone0 = plain_shape(0), nowhere = plain_shape(HR_ZONE_NONE);
    put_nodes(&c, 0, 1, &zone0);
    put_nodes(&c, 1, 1, &nowhere);
    const uint32_t pod = add_light(&c, NULL, true);
    bind(&c, 0, pod, 0);
    assert_scores(&c, pod, 2, (const int64_t[]){ 97 + 300 + 2 * 22, LIGHT + 2 * 100 });
    cluster_fini(&c);
}

/*
 * Own constraints, skew 1 by zone and node: the node without a zone scores 0 and is not counted, so
 * both weights are ln(2 + 2). 3 pods: 6 * 1.386 = 8.3 -> 8; 1 pod: 2 * 1.386 = 2.8 -> 3. So 100 *
 * 3 / 8 = 37, and 100. (With the third node counted it would be 9 and 3, so 33.)
 */
static void test_own_soft_spread(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    for (uint32_t i = 0; i < 3; i++) {
        const struct hr_node_shape shape = plain_shape(i < 2 ? i : HR_ZONE_NONE);
        put_nodes(&c, i, 1, &shape);
    }
    struct hr_topology_spread_spec spreads[] = {
        { 1, HR_TOPOLOGY_ZONE, HR_SCHEDULE_ANYWAY, 1 },
        { 1, HR_TOPOLOGY_HOSTNAME, HR_SCHEDULE_ANYWAY, 1 },
    };
    struct hr_scheduling_spec spec = { .topology_spread = LIST_OF(spreads) };
    const uint32_t pod = add_light(&c, &spec, true);
    bind_many(&c, 0, 3, pod, 0);
    bind(&c, 3, pod, 1);
    /* Left of node 0 with 4 light pods: 96 and 92.2, mean 94. */
    assert_scores(&c, pod, 3,
                  (const int64_t[]){ 94 + 300 + 2 * 37, 97 + 300 + 2 * 100, LIGHT + 0 });
    cluster_fini(&c);
}

/* By node alone it does not matter that a node has no zone: 3 ln 4 = 4.2 -> 4 and ln 4 = 1.4 -> 1,
 * so 100 * 1 / 4 = 25, and 100. */
static void test_own_soft_spread_by_node(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const struct hr_node_shape zone0 = plain_shape(0), nowhere = plain_shape(HR_ZONE_NONE);
    put_nodes(&c, 0, 1, &zone0);
    put_nodes(&c, 1, 1, &nowhere);
    struct hr_topology_spread_spec spread = { 1, HR_TOPOLOGY_HOSTNAME, HR_SCHEDULE_ANYWAY, 1 };
    struct hr_scheduling_spec spec = { .topology_spread = { &spread, 1 } };
    const uint32_t pod = add_light(&c, &spec, true);
    bind_many(&c, 0, 3, pod, 0);
    bind(&c, 3, pod, 1);
    assert_scores(&c, pod, 2, (const int64_t[]){ 94 + 300 + 2 * 25, 97 + 300 + 2 * 100 });
    cluster_fini(&c);
}

/*
 * By zone alone, 10 pods in zone 0 and 3 in zone 1; 4 more are on a node of zone 1 that the pod's
 * selector does not admit, and do not count. Two zones, whatever the number of nodes: 10 ln 4 =
 * 13.86 -> 14 and 3 ln 4 = 4.2 -> 4, so 100 * 4 / 14 = 28, and 100.
 */
static void test_soft_spread_counts_admitted_nodes(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_label_spec label = { "disk", "ssd" };
    for (uint32_t i = 0; i < 5; i++) { /* zones 0 0 1 1, and 1 without the label */
        struct hr_node_shape shape = plain_shape(i / 2 > 0);
        shape.labels = &label;
        shape.n_labels = i < 4;
        put_nodes(&c, i, 1, &shape);
    }
    struct hr_topology_spread_spec spread = { 1, HR_TOPOLOGY_ZONE, HR_SCHEDULE_ANYWAY, 1 };
    struct hr_scheduling_spec spec = { .topology_spread = { &spread, 1 },
                                       .node_selector = { &label, 1 } };
    const uint32_t pod = add_light(&c, &spec, true), anywhere = add_light(&c, NULL, false);
    bind_many(&c, 0, 10, pod, 1);
    bind_many(&c, 10, 3, pod, 3);
    bind_many(&c, 20, 4, anywhere, 4);
    int64_t scores[4];
    scores_of(&c, pod, 4, scores);
    assert_int_equal(scores[0], LIGHT + 2 * 28);
    assert_int_equal(scores[2], LIGHT + 2 * 100);
    cluster_fini(&c);
}

/*
 * Preferred anti-affinity, 5 by zone and 10 by node. Nodes 0, 1 in zone 0 with 2 and 0 pods, node 2
 * in zone 1 with 1: -5 * 2 - 10 * 2 = -30, -10, -15; from -30 = 0 to -10 = 100: 0, 100, 75.
 */
static void test_preferred_anti_affinity(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    put_two_zones(&c);
    struct hr_anti_affinity_term_spec terms[] = { { 5, HR_TOPOLOGY_ZONE },
                                                  { 10, HR_TOPOLOGY_HOSTNAME } };
    struct hr_pod_anti_affinity_spec anti = { .preferred = LIST_OF(terms) };
    struct hr_scheduling_spec spec = { .pod_anti_affinity = &anti };
    const uint32_t pod = add_light(&c, &spec, false);
    bind_many(&c, 0, 2, pod, 0);
    bind(&c, 2, pod, 2);
    assert_scores(&c, pod, 3, (const int64_t[]){ 95 + 300, LIGHT + 2 * 100, 97 + 300 + 2 * 75 });
    cluster_fini(&c);
}

/* By zone alone, pods on nodes without a zone are in nobody's way: -5 * 1, 0 and 0. */
static void test_preferred_anti_affinity_without_zone(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    for (uint32_t i = 0; i < 3; i++) {
        const struct hr_node_shape shape = plain_shape(i < 2 ? i : HR_ZONE_NONE);
        put_nodes(&c, i, 1, &shape);
    }
    struct hr_anti_affinity_term_spec term = { 5, HR_TOPOLOGY_ZONE };
    struct hr_pod_anti_affinity_spec anti = { .preferred = { &term, 1 } };
    struct hr_scheduling_spec spec = { .pod_anti_affinity = &anti };
    const uint32_t pod = add_light(&c, &spec, false);
    bind(&c, 0, pod, 0);
    bind(&c, 1, pod, 2);
    assert_scores(&c, pod, 3, (const int64_t[]){ 97 + 300, LIGHT + 2 * 100, 97 + 300 + 2 * 100 });
    cluster_fini(&c);
}

/* 4000 draws among 3 equal nodes of 4: each 1333 times, standard deviation sqrt(4000 * 2 / 9) = 30;
 * within 5 of these. */
static void test_ties_are_drawn(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const struct hr_node_shape shape = plain_shape(0);
    put_nodes(&c, 0, 4, &shape);
    const struct hr_pod_template pod = plain_pod(1000, 1);
    const uint32_t template = add_pod(&c, &pod);
    bind(&c, 0, template, 1);
    int counts[4] = { 0 };
    for (int i = 0; i < 4000; i++)
        counts[find(&c, template, NULL)]++;
    assert_int_equal(counts[1], 0);
    for (int i = 0; i < 4; i++) {
        if (i != 1)
            assert_near(counts[i], 4000.0 / 3, 150);
    }
    cluster_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_least_allocated_and_balance),
        cmocka_unit_test(test_no_requests_count_as_little),
        cmocka_unit_test(test_most_allocated_packs_gpus),
        cmocka_unit_test(test_soft_taints),
        cmocka_unit_test(test_preferred_affinity),
        cmocka_unit_test(test_image_locality),
        cmocka_unit_test(test_default_spread),
        cmocka_unit_test(test_default_spread_without_zone),
        cmocka_unit_test(test_own_soft_spread),
        cmocka_unit_test(test_own_soft_spread_by_node),
        cmocka_unit_test(test_soft_spread_counts_admitted_nodes),
        cmocka_unit_test(test_preferred_anti_affinity),
        cmocka_unit_test(test_preferred_anti_affinity_without_zone),
        cmocka_unit_test(test_ties_are_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
