/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hard topology spread and anti-affinity, and the order in which nodes are searched. */
#include "hr_test.h"

#include "hr_cluster.h"

/* Two nodes in each of zones 0, 1, 2: nodes 0 1, 2 3, 4 5. */
static void three_zones(struct cluster *c)
{
    cluster_init(c, NULL);
    for (uint32_t zone = 0; zone < 3; zone++) {
        const struct hr_node_shape shape = plain_shape(zone);
        put_nodes(c, 2 * zone, 2, &shape);
    }
}

/* The nodes 0 to n - 1 that the pod fits on, as text. */
static void assert_fits(struct cluster *c, uint32_t pod_template, uint32_t n, const char *expected)
{
    char fits[64] = "";
    for (uint32_t node = 0; node < n; node++) {
        if (hr_scheduler_fits(&c->scheduler, pod_template, node))
            snprintf(fits + strlen(fits), sizeof(fits) - strlen(fits), "%u ", node);
    }
    assert_string_equal(fits, expected);
}

static uint32_t add_spread(struct cluster *c, struct hr_scheduling_spec *spec,
                           struct hr_topology_spread_spec *spreads, size_t n)
{
    struct hr_pod_template pod = plain_pod(100, 0);
    *spec = (struct hr_scheduling_spec){ .topology_spread = { spreads, n } };
    pod.spec = spec;
    return add_pod(c, &pod);
}

/*
 * Pods by zone 2, 1, 0 and skew 1: a pod may go where pods + 1 - fewest <= 1, to zone 2 only. With
 * zones 2, 1, 1: to zones 1 and 2. With skew 2 and 2, 1, 0: also to zone 1.
 */
static void test_hard_spread_over_zones(void **state)
{
    (void)state;
    struct cluster c;
    three_zones(&c);
    struct hr_topology_spread_spec one = { 1, HR_TOPOLOGY_ZONE, HR_DO_NOT_SCHEDULE, 1 };
    struct hr_topology_spread_spec two = { 2, HR_TOPOLOGY_ZONE, HR_DO_NOT_SCHEDULE, 1 };
    struct hr_scheduling_spec specs[2];
    const uint32_t skew1 = add_spread(&c, &specs[0], &one, 1);
    const uint32_t skew2 = add_spread(&c, &specs[1], &two, 1);
    struct hr_pod_template other = plain_pod(100, 0);
    other.owner = 1;
    bind_many(&c, 50, 7, add_pod(&c, &other), 4); /* another owner's pods do not count */
    assert_fits(&c, skew1, 6, "0 1 2 3 4 5 ");
    bind(&c, 0, skew1, 0);
    bind(&c, 1, skew1, 1);
    bind(&c, 2, skew1, 2);
    assert_fits(&c, skew1, 6, "4 5 ");
    assert_fits(&c, skew2, 6, "2 3 4 5 ");
    bind(&c, 3, skew1, 4);
    assert_fits(&c, skew1, 6, "2 3 4 5 ");
    hr_scheduler_terminate(&c.scheduler, 2, false); /* 2, 0, 1: does not count any more */
    assert_fits(&c, skew1, 6, "2 3 ");
    hr_scheduler_taint(&c.scheduler, 2, HR_NODE_CORDONED, true);
    hr_scheduler_taint(&c.scheduler, 3, HR_NODE_CORDONED, true);
    /* The zone of cordoned nodes still is a domain, the one with the fewest. */
    assert_refused(&c, skew1,
                   "0/6 nodes are available: 2 node(s) were unschedulable, 4 node(s) didn't match "
                   "pod topology spread constraints.");
    cluster_fini(&c);
}

/* Domains are those of nodes that the affinity admits: with zone 2 out, zones 1, 0 have the fewest
 * in zone 1, and the three pods in zone 2 are not counted. */
static void test_domains_are_of_admitted_nodes(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_label_spec label = { "disk", "ssd" };
    for (uint32_t zone = 0; zone < 3; zone++) {
        struct hr_node_shape shape = plain_shape(zone);
        shape.labels = &label;
        shape.n_labels = zone < 2;
        put_nodes(&c, 2 * zone, 2, &shape);
    }
    struct hr_topology_spread_spec spread = { 1, HR_TOPOLOGY_ZONE, HR_DO_NOT_SCHEDULE, 1 };
    struct hr_scheduling_spec spec;
    add_spread(&c, &spec, &spread, 1);
    spec.node_selector = (struct hr_list){ &label, 1 };
    struct hr_pod_template pod = plain_pod(100, 0), anywhere = plain_pod(100, 0);
    pod.spec = &spec;
    const uint32_t ssd = add_pod(&c, &pod);
    bind(&c, 0, ssd, 0);
    bind_many(&c, 1, 3, add_pod(&c, &anywhere), 4);
    assert_fits(&c, ssd, 6, "2 3 ");
    bind(&c, 4, ssd, 3);
    assert_fits(&c, ssd, 6, "0 1 2 3 ");
    cluster_fini(&c);
}

/* One zone of two needed: the fewest count as 0, so the zone takes max_skew pods and no more. */
static void test_min_domains(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_node_shape shape = plain_shape(0);
    put_nodes(&c, 0, 2, &shape);
    struct hr_topology_spread_spec spread = { 2, HR_TOPOLOGY_ZONE, HR_DO_NOT_SCHEDULE, 2 };
    struct hr_scheduling_spec spec;
    const uint32_t pod = add_spread(&c, &spec, &spread, 1);
    bind(&c, 0, pod, 0);
    assert_fits(&c, pod, 2, "0 1 ");
    bind(&c, 1, pod, 0);
    assert_fits(&c, pod, 2, "");
    shape = plain_shape(1);
    put_nodes(&c, 2, 1, &shape);
    assert_fits(&c, pod, 3, "2 ");
    cluster_fini(&c);
}

/* Pods by node 1, 0 | 0, 0 | 0, 0 of zones 0, 1, 2; skew 1 by node and by zone both: not zone 0,
 * though its second node is as empty as the others. A node without a zone has no place for it. */
static void test_two_constraints_and_a_missing_zone(void **state)
{
    (void)state;
    struct cluster c;
    three_zones(&c);
    const struct hr_node_shape nowhere = plain_shape(HR_ZONE_NONE);
    put_nodes(&c, 6, 1, &nowhere);
    struct hr_topology_spread_spec spreads[] = {
        { 1, HR_TOPOLOGY_HOSTNAME, HR_DO_NOT_SCHEDULE, 1 },
        { 1, HR_TOPOLOGY_ZONE, HR_DO_NOT_SCHEDULE, 1 },
    };
    struct hr_scheduling_spec specs[2];
    const uint32_t both = add_spread(&c, &specs[0], spreads, 2);
    const uint32_t by_node = add_spread(&c, &specs[1], spreads, 1);
    bind(&c, 0, both, 0);
    assert_fits(&c, both, 7, "2 3 4 5 ");
    assert_fits(&c, by_node, 7, "1 2 3 4 5 6 ");
    for (uint32_t node = 2; node < 6; node++)
        hr_scheduler_taint(&c.scheduler, node, HR_NODE_CORDONED, true);
    assert_refused(&c, both,
                   "0/7 nodes are available: 1 node(s) didn't match pod topology spread "
                   "constraints (missing required label), 2 node(s) didn't match pod topology "
                   "spread constraints, 4 node(s) were unschedulable.");
    cluster_fini(&c);
}

static void test_anti_affinity(void **state)
{
    (void)state;
    struct cluster c;
    three_zones(&c);
    struct hr_anti_affinity_term_spec terms[] = { { .topology = HR_TOPOLOGY_HOSTNAME },
                                                  { .topology = HR_TOPOLOGY_ZONE } };
    struct hr_pod_anti_affinity_spec anti[2] = { { .required = { &terms[0], 1 } },
                                                 { .required = { &terms[1], 1 } } };
    struct hr_scheduling_spec specs[2];
    uint32_t pods[2];
    for (int i = 0; i < 2; i++) {
        specs[i] = (struct hr_scheduling_spec){ .pod_anti_affinity = &anti[i] };
        struct hr_pod_template pod = plain_pod(100, 0);
        pod.spec = &specs[i];
        pods[i] = add_pod(&c, &pod);
    }
    bind(&c, 0, pods[0], 0);
    assert_fits(&c, pods[0], 6, "1 2 3 4 5 ");
    assert_fits(&c, pods[1], 6, "2 3 4 5 ");
    hr_scheduler_terminate(&c.scheduler, 0, false); /* it is still there */
    assert_fits(&c, pods[0], 6, "1 2 3 4 5 ");
    assert_fits(&c, pods[1], 6, "2 3 4 5 ");
    bind(&c, 1, pods[0], 3);
    bind(&c, 2, pods[0], 4);
    assert_refused(&c, pods[1],
                   "0/6 nodes are available: 6 node(s) didn't match pod anti-affinity rules.");
    hr_scheduler_unbind(&c.scheduler, 0);
    assert_fits(&c, pods[1], 6, "0 1 ");
    cluster_fini(&c);
}

/* Zones in turn, by number within a zone; where one is exhausted the others go on. */
static void test_search_order_takes_zones_in_turn(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const struct hr_node_shape zone0 = plain_shape(0), zone1 = plain_shape(1);
    put_nodes(&c, 0, 4, &zone0);
    put_nodes(&c, 10, 2, &zone1);
    hr_cycle_order(&c.scheduler);
    const uint32_t expected[] = { 0, 10, 1, 11, 2, 3 };
    assert_memory_equal(c.scheduler.order, expected, sizeof(expected));
    hr_scheduler_remove_node(&c.scheduler, 1);
    hr_cycle_order(&c.scheduler);
    const uint32_t after[] = { 0, 10, 2, 11, 3 };
    assert_memory_equal(c.scheduler.order, after, sizeof(after));
    cluster_fini(&c);
}

/*
 * 1000 nodes: 50 - 1000 / 125 = 42 % of them, so 420 that pass are enough, and the next search
 * starts behind them: 420, 840, 1260 - 1000 = 260. 200 nodes: 49 % is 98, but never less than 100.
 * 99 nodes: all. With 5 % asked for, 1000 nodes give 100, and 4000 give 200.
 */
static void test_samples_above_a_hundred_nodes(void **state)
{
    (void)state;
    const struct {
        uint32_t n;
        int64_t percent;
        uint32_t starts[3];
    } cases[] = {
        { 1000, HR_AUTO, { 420, 840, 260 } }, { 200, HR_AUTO, { 100, 0, 100 } },
        { 99, HR_AUTO, { 0, 0, 0 } },         { 1000, 5, { 100, 200, 300 } },
        { 4000, 5, { 200, 400, 600 } },       { 1000, 100, { 0, 0, 0 } },
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct cluster c;
        const struct hr_scheduler_spec spec = { .percentage_of_nodes_to_score = cases[i].percent };
        cluster_init(&c, &spec);
        const struct hr_node_shape shape = plain_shape(0);
        put_nodes(&c, 0, cases[i].n, &shape);
        const struct hr_pod_template pod = plain_pod(1, 1);
        const uint32_t template = add_pod(&c, &pod);
        for (int round = 0; round < 3; round++) {
            assert_true(find(&c, template, NULL) != HR_NODE_NONE);
            assert_int_equal(c.scheduler.start, cases[i].starts[round]);
        }
        cluster_fini(&c);
    }
}

/* A sample that ends before the one node with room is no refusal: the search goes on to it. */
static void test_the_only_node_with_room_is_found(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const struct hr_node_shape shape = plain_shape(0);
    put_nodes(&c, 0, 500, &shape);
    const struct hr_pod_template pod = plain_pod(10000, 1);
    const uint32_t whole = add_pod(&c, &pod);
    for (uint32_t node = 0; node < 500; node++) {
        if (node != 433)
            bind(&c, node, whole, node);
    }
    assert_int_equal(find(&c, whole, NULL), 433);
    assert_int_equal(hr_scheduler_first_fit(&c.scheduler, whole, 0), 433);
    assert_int_equal(hr_scheduler_first_fit(&c.scheduler, whole, 433), 433);
    assert_int_equal(hr_scheduler_first_fit(&c.scheduler, whole, 434), HR_NODE_NONE);
    cluster_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hard_spread_over_zones),
        cmocka_unit_test(test_domains_are_of_admitted_nodes),
        cmocka_unit_test(test_min_domains),
        cmocka_unit_test(test_two_constraints_and_a_missing_zone),
        cmocka_unit_test(test_anti_affinity),
        cmocka_unit_test(test_search_order_takes_zones_in_turn),
        cmocka_unit_test(test_samples_above_a_hundred_nodes),
        cmocka_unit_test(test_the_only_node_with_room_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
