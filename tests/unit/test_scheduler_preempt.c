/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preemption: who has to go, and from which node; nominated pods; trying things on a copy. */
#include "hr_test.h"

#include "hr_cluster.h"

#define NO_BUDGET INT64_MAX

enum { LEAST = -1 }; /* stands for the least priority there is, -2^31 */

/* Specs of priority LEAST and 0 to 10, which templates of a test refer to. */
struct arena {
    struct cluster cluster;
    struct hr_scheduling_spec specs[12];
    struct hr_refusals refusals;
};

static void arena_init(struct arena *arena, uint32_t nodes)
{
    *arena = (struct arena){ 0 };
    cluster_init(&arena->cluster, NULL);
    const struct hr_node_shape shape = plain_shape(0);
    put_nodes(&arena->cluster, 0, nodes, &shape);
    for (int i = 0; i < 12; i++)
        arena->specs[i].priority = i == 0 ? INT32_MIN : i - 1;
}

/* A template of so many cores, priority and owner. */
static uint32_t pod_of(struct arena *arena, int64_t cores, int priority, uint32_t owner)
{
    struct hr_pod_template pod = plain_pod(1000 * cores, 0);
    pod.spec = &arena->specs[priority + 1];
    pod.owner = owner;
    return add_pod(&arena->cluster, &pod);
}

static void bind_at(struct arena *arena, uint32_t pod, uint32_t pod_template, uint32_t node,
                    hr_time start)
{
    hr_scheduler_bind(&arena->cluster.scheduler, pod, pod_template, node, start);
}

/* Checks node and victims, as "node: pod pod", of a preemption for pod 9999. */
static void assert_preempts(struct arena *arena, uint32_t pod_template,
                            const int64_t *disruptions_allowed, const char *expected)
{
    struct cluster *c = &arena->cluster;
    char text[100] = "none";
    assert_int_equal(find(c, pod_template, &arena->refusals), HR_NODE_NONE);
    const struct hr_preemption result = hr_scheduler_preempt(
        &c->scheduler, 9999, pod_template, disruptions_allowed, &c->rng, &arena->refusals);
    if (result.node != HR_NODE_NONE)
        snprintf(text, sizeof(text), "%u:", result.node);
    for (size_t i = 0; i < result.n_victims; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), " %u", result.victims[i]);
    assert_string_equal(text, expected);
}

/*
 * Node of 10 cores with pods 0 (priority 3, 4 cores), 1 (2, 3 cores), 2 (1, 2 cores), 3 (6, 1
 * core). For 3 cores at priority 5: without 0, 1, 2 it fits; 0 comes back (5 left), then 1 (2 left:
 * no), then 2 (3 left: yes). So 1 goes: not the least important, but the one whose room it needs.
 * For 2 cores: 0 and 1 come back, with 2 left only 2 goes. For 9 cores all of lower priority go.
 */
static void test_reprieves_the_more_important(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1);
    const int64_t cores[] = { 4, 3, 2, 1 };
    const int priorities[] = { 3, 2, 1, 6 };
    for (uint32_t i = 0; i < 4; i++)
        bind_at(&a, i, pod_of(&a, cores[i], priorities[i], 0), 0, 0);
    assert_preempts(&a, pod_of(&a, 3, 5, 1), NULL, "0: 1");
    assert_preempts(&a, pod_of(&a, 2, 5, 1), NULL, "0: 2");
    assert_preempts(&a, pod_of(&a, 9, 5, 1), NULL, "0: 0 1 2");
    assert_int_equal(a.refusals.preemption, HR_PREEMPTION_FOUND);
    assert_preempts(&a, pod_of(&a, 10, 5, 1), NULL, "none");
    assert_int_equal(a.refusals.still[HR_REFUSED_RESOURCE + HR_RESOURCE_CPU], 1);
    assert_int_equal(a.cluster.scheduler.nodes[0].used[HR_RESOURCE_CPU], 10000);
    cluster_fini(&a.cluster);
}

/* Of equal priority the one that started earlier is more important: it comes back first. */
static void test_earlier_start_stays(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1);
    const uint32_t low = pod_of(&a, 5, 1, 0);
    bind_at(&a, 0, low, 0, 20);
    bind_at(&a, 1, low, 0, 10);
    assert_preempts(&a, pod_of(&a, 5, 5, 1), NULL, "0: 0");
    cluster_fini(&a.cluster);
}

/* Pods of owners 0 and 1; owner 0 has no disruption left, so pods of owner 1 go although they are
 * more important; with one left for owner 0 its less important pod goes. */
static void test_budgets_are_preferred_to_hold(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1);
    bind_at(&a, 0, pod_of(&a, 5, 1, 0), 0, 0);
    bind_at(&a, 1, pod_of(&a, 5, 3, 1), 0, 0);
    const uint32_t preemptor = pod_of(&a, 5, 5, 2);
    assert_preempts(&a, preemptor, (const int64_t[]){ 0, NO_BUDGET, NO_BUDGET }, "0: 1");
    assert_preempts(&a, preemptor, (const int64_t[]){ 1, NO_BUDGET, NO_BUDGET }, "0: 0");
    /* Nothing else helps: it is violated. */
    assert_preempts(&a, preemptor, (const int64_t[]){ 0, 0, NO_BUDGET }, "0: 0");
    cluster_fini(&a.cluster);
}

/* Two pods of an owner that may lose one: the second in order of importance counts as violating. */
static void test_budgets_are_used_up(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1);
    const uint32_t low = pod_of(&a, 5, 1, 0);
    bind_at(&a, 0, low, 0, 10);
    bind_at(&a, 1, low, 0, 20);
    /* 1 is second in order, over the budget, hence tried first and back; then 0 has no room. */
    assert_preempts(&a, pod_of(&a, 5, 5, 1), (const int64_t[]){ 1, NO_BUDGET }, "0: 0");
    cluster_fini(&a.cluster);
}

/*
 * Each rule decides where all before it are equal. Nodes of 10 cores, full; 10 cores are asked for
 * at priority 10, so all pods of a node are its victims.
 */
static void test_rules_of_choice(void **state)
{
    (void)state;
    struct pods {
        uint32_t n;
        int64_t cores[3];
        int priorities[3];
        hr_time starts[3];
        uint32_t owner;
    };
    const struct {
        struct pods a, b; /* of node 0 and node 1, which is to be chosen */
    } cases[] = {
        /* Fewest violations: owner 1 has no budget left, however unimportant. */
        { { 1, { 10 }, { 1 }, { 0 }, 1 }, { 1, { 10 }, { 9 }, { 0 }, 0 } },
        /* Lowest highest priority, whatever the number. */
        { { 1, { 10 }, { 6 }, { 0 }, 0 }, { 3, { 4, 3, 3 }, { 5, 5, 5 }, { 0 }, 0 } },
        /* Smallest sum of priority + 2^31: 5 and 1 against 5 and 2; 5 alone against both. */
        { { 2, { 5, 5 }, { 5, 2 }, { 0 }, 0 }, { 2, { 5, 5 }, { 5, 1 }, { 0 }, 0 } },
        { { 2, { 5, 5 }, { 5, 0 }, { 0 }, 0 }, { 1, { 10 }, { 5 }, { 0 }, 0 } },
        /* Fewest: the least priority adds nothing to the sum. */
        { { 2, { 5, 5 }, { 5, LEAST }, { 0 }, 0 }, { 1, { 10 }, { 5 }, { 0 }, 0 } },
        /* Latest start of the earliest among those of the highest priority: 20 against 10; the
         * pod of lower priority does not matter. */
        { { 3, { 4, 3, 3 }, { 5, 5, 1 }, { 30, 10, 99 }, 0 },
          { 3, { 4, 3, 3 }, { 5, 5, 1 }, { 20, 25, 5 }, 0 } },
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        for (int swapped = 0; swapped < 2; swapped++) {
            struct arena a;
            arena_init(&a, 2);
            for (uint32_t node = 0; node < 2; node++) {
                const struct pods *pods = node == (uint32_t)swapped ? &cases[i].a : &cases[i].b;
                for (uint32_t k = 0; k < pods->n; k++)
                    bind_at(&a, 10 * node + k,
                            pod_of(&a, pods->cores[k], pods->priorities[k], pods->owner), node,
                            pods->starts[k]);
            }
            const int64_t budgets[] = { NO_BUDGET, 0, NO_BUDGET };
            const uint32_t preemptor = pod_of(&a, 10, 10, 2);
            assert_int_equal(find(&a.cluster, preemptor, &a.refusals), HR_NODE_NONE);
            const struct hr_preemption result = hr_scheduler_preempt(
                &a.cluster.scheduler, 9999, preemptor, budgets, &a.cluster.rng, &a.refusals);
            assert_int_equal(result.node, 1 - swapped);
            assert_int_equal(result.n_victims, cases[i].b.n);
            assert_int_equal(result.pdb_violations, 0);
            cluster_fini(&a.cluster);
        }
    }
}

/* Equal in all: the first from a random place on, so both come about. */
static void test_equal_nodes(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 2);
    const uint32_t low = pod_of(&a, 10, 1, 0), high = pod_of(&a, 10, 5, 1);
    bind_at(&a, 0, low, 0, 0);
    bind_at(&a, 1, low, 1, 0);
    int counts[2] = { 0 };
    for (int i = 0; i < 100; i++) {
        const struct hr_preemption result = hr_scheduler_preempt(&a.cluster.scheduler, 9999, high,
                                                                 NULL, &a.cluster.rng, &a.refusals);
        counts[result.node]++;
    }
    assert_near(counts[0], 50, 25); /* 5 standard deviations of sqrt(100) / 2 */
    cluster_fini(&a.cluster);
}

static void assert_text(struct arena *arena, const char *expected)
{
    struct hr_str text;
    hr_str_init(&text);
    hr_refusals_text(&arena->refusals, arena->cluster.placement, &text);
    assert_string_equal(text.text, expected);
    hr_str_fini(&text);
}

/* Taints, and requests above the node itself, are not for evictions to cure; equal priority is no
 * victim; policy never. */
static void test_where_it_cannot_help(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 4);
    const uint32_t same = pod_of(&a, 10, 5, 0), high = pod_of(&a, 10, 5, 1);
    for (uint32_t node = 0; node < 3; node++)
        bind_at(&a, node, same, node, 0);
    hr_scheduler_taint(&a.cluster.scheduler, 3, HR_NODE_CORDONED, true);
    assert_preempts(&a, high, NULL, "none");
    assert_text(&a, "0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu. "
                    "preemption: 0/4 nodes are available: 1 Preemption is not helpful for "
                    "scheduling, 3 No preemption victims found for incoming pod.");
    assert_preempts(&a, pod_of(&a, 11, 10, 1), NULL, "none");
    assert_text(&a, "0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu. "
                    "preemption: 0/4 nodes are available: 4 Preemption is not helpful for "
                    "scheduling.");
    a.specs[11].preemption_policy = HR_PREEMPT_NEVER;
    assert_preempts(&a, pod_of(&a, 10, 10, 1), NULL, "none");
    assert_text(&a, "0/4 nodes are available: 1 node(s) were unschedulable, 3 Insufficient cpu. "
                    "preemption: not eligible due to preemptionPolicy=Never.");
    cluster_fini(&a.cluster);
}

/* Evictions also make room on devices, of pod slots, and for the own anti-affinity. */
static void test_other_room(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    struct hr_node_shape shape = plain_shape(0);
    shape.allocatable[HR_RESOURCE_GPU] = 2 * HR_GPU_WHOLE;
    shape.pods_max = 3;
    put_nodes(&a.cluster, 0, 1, &shape);
    struct hr_pod_template pod = plain_pod(0, 0);
    pod.spec = &a.specs[1];
    const uint32_t light = add_pod(&a.cluster, &pod);
    pod.requests[HR_RESOURCE_GPU] = 600;
    const uint32_t share = add_pod(&a.cluster, &pod);
    pod.spec = &a.specs[5];
    const uint32_t high_share = add_pod(&a.cluster, &pod);
    bind_at(&a, 0, share, 0, 0);
    bind_at(&a, 1, share, 0, 1);
    assert_preempts(&a, high_share, NULL, "0: 1");
    const uint16_t used = a.cluster.scheduler.nodes[0].gpu_used[1];
    assert_int_equal(used, 600); /* as before */
    hr_scheduler_unbind(&a.cluster.scheduler, 0);
    bind_at(&a, 2, light, 0, 2);
    bind_at(&a, 3, light, 0, 3);
    assert_preempts(&a, pod_of(&a, 1, 5, 1), NULL, "0: 3");
    cluster_fini(&a.cluster);
}

/*
 * The story of a preemption. Pod 0 (10 cores) fills the node; pod 20 of priority 5 preempts it. It
 * is nominated and waits: a second preemption is not tried while the victim terminates. The victim
 * gone, a pod of lower priority does not get the room, one of higher priority does; pod 20 itself
 * does.
 */
static void test_nominated_room_is_kept(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1);
    struct hr_scheduler *s = &a.cluster.scheduler;
    const uint32_t low = pod_of(&a, 10, 1, 0), mid = pod_of(&a, 8, 5, 1),
                   high = pod_of(&a, 3, 9, 2);
    const uint32_t small = pod_of(&a, 3, 1, 0), tiny = pod_of(&a, 2, 1, 0);
    bind_at(&a, 0, low, 0, 0);
    assert_int_equal(hr_scheduler_find(s, 20, mid, &a.cluster.rng, &a.refusals), HR_NODE_NONE);
    const struct hr_preemption result =
        hr_scheduler_preempt(s, 20, mid, NULL, &a.cluster.rng, &a.refusals);
    assert_int_equal(result.node, 0);
    hr_scheduler_terminate(s, 0, true);
    hr_scheduler_nominate(s, 20, mid, 0);
    assert_int_equal(hr_scheduler_nominated(s, 20), 0);
    assert_int_equal(hr_scheduler_preempt(s, 20, mid, NULL, &a.cluster.rng, &a.refusals).node,
                     HR_NODE_NONE);
    assert_int_equal(a.refusals.preemption, HR_PREEMPTION_WAITS);

    hr_scheduler_unbind(s, 0);
    assert_refused(&a.cluster, small, "0/1 nodes are available: 1 Insufficient cpu.");
    assert_int_equal(find(&a.cluster, tiny, NULL), 0); /* 8 + 2 cores */
    assert_int_equal(find(&a.cluster, high, NULL), 0);
    assert_int_equal(s->nodes[0].used[HR_RESOURCE_CPU], 0);
    assert_int_equal(hr_scheduler_find(s, 20, mid, &a.cluster.rng, NULL), 0);
    bind_at(&a, 20, mid, 0, 5);
    assert_int_equal(hr_scheduler_nominated(s, 20), HR_NODE_NONE);
    assert_int_equal(s->nodes[0].n_nominated, 0);
    cluster_fini(&a.cluster);
}

/* Room is kept on the node of the nomination alone, and its pod goes there before any better node:
 * node 1 with 8 of 10 cores left for pod 2, node 0 with 2 of 10 for pod 1. */
static void test_nominations_are_of_one_node(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 2);
    struct hr_scheduler *s = &a.cluster.scheduler;
    const uint32_t large = pod_of(&a, 8, 5, 0), small = pod_of(&a, 2, 5, 0);
    const uint32_t low = pod_of(&a, 3, 1, 0);
    hr_scheduler_nominate(s, 1, large, 0);
    hr_scheduler_nominate(s, 2, small, 1);
    assert_int_equal(find(&a.cluster, low, NULL), 1);
    bind_at(&a, 3, low, 1, 0);
    assert_int_equal(hr_scheduler_find(s, 2, small, &a.cluster.rng, NULL), 1);
    assert_int_equal(hr_scheduler_find(s, 4, small, &a.cluster.rng, NULL), 0);
    cluster_fini(&a.cluster);
}

/* A pod with a nomination may preempt again when nothing of its own doing is under way: what
 * terminates on its node was not preempted, or is more important than itself. */
static void test_who_waits_for_victims(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 1);
    struct hr_scheduler *s = &a.cluster.scheduler;
    const uint32_t low = pod_of(&a, 5, 1, 0), high = pod_of(&a, 5, 9, 0), mid = pod_of(&a, 5, 5, 1);
    bind_at(&a, 0, low, 0, 0);
    bind_at(&a, 1, high, 0, 0);
    hr_scheduler_nominate(s, 9999, mid, 0);
    hr_scheduler_terminate(s, 0, false);
    assert_preempts(&a, mid, NULL, "0: 0");
    hr_scheduler_terminate(s, 1, true);
    assert_preempts(&a, mid, NULL, "0: 0");
    hr_scheduler_unbind(s, 0);
    bind_at(&a, 0, low, 0, 0);
    hr_scheduler_terminate(s, 0, true);
    assert_preempts(&a, mid, NULL, "none");
    assert_int_equal(a.refusals.preemption, HR_PREEMPTION_WAITS);
    cluster_fini(&a.cluster);
}

/* Of 300 nodes with a solution 100 in a row are compared, from a random one on. The best is among
 * them 1 time in 3: of 300 times 100, standard deviation sqrt(300 * 2 / 9) = 8.2; within 5. */
static void test_a_hundred_candidates(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 300);
    struct hr_scheduler *s = &a.cluster.scheduler;
    const uint32_t low = pod_of(&a, 10, 1, 0), lower = pod_of(&a, 10, 0, 0);
    const uint32_t high = pod_of(&a, 10, 5, 1);
    for (uint32_t node = 0; node < 300; node++)
        bind_at(&a, node, node == 123 ? lower : low, node, 0);
    int best = 0;
    for (int i = 0; i < 300; i++)
        best += hr_scheduler_preempt(s, 9999, high, NULL, &a.cluster.rng, &a.refusals).node == 123;
    assert_near(best, 100, 41);

    /* A solution that violates no budget is looked for beyond the hundred. */
    for (uint32_t node = 0; node < 300; node++) {
        hr_scheduler_unbind(s, node);
        bind_at(&a, node, node == 77 ? low : pod_of(&a, 10, 1, 2), node, 0);
    }
    const int64_t budgets[] = { NO_BUDGET, NO_BUDGET, 0 };
    for (int i = 0; i < 10; i++)
        assert_int_equal(
            hr_scheduler_preempt(s, 9999, high, budgets, &a.cluster.rng, &a.refusals).node, 77);
    cluster_fini(&a.cluster);
}

/* One nomination of higher priority ends those of lower priority on its node, and no others. */
static void test_nominations_give_way(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 2);
    struct hr_scheduler *s = &a.cluster.scheduler;
    const uint32_t low = pod_of(&a, 1, 1, 0), high = pod_of(&a, 1, 5, 0);
    hr_scheduler_nominate(s, 1, low, 0);
    hr_scheduler_nominate(s, 2, low, 1);
    hr_scheduler_nominate(s, 3, high, 0);
    hr_scheduler_nominate(s, 4, low, 0);
    assert_int_equal(hr_scheduler_nominated(s, 1), HR_NODE_NONE);
    assert_int_equal(hr_scheduler_nominated(s, 2), 1);
    assert_int_equal(hr_scheduler_nominated(s, 3), 0);
    hr_scheduler_nominate(s, 3, high, 1); /* elsewhere now */
    assert_int_equal(s->nodes[0].n_nominated, 1);
    assert_int_equal(s->nodes[1].n_nominated, 1);
    hr_scheduler_remove_node(s, 0);
    assert_int_equal(hr_scheduler_nominated(s, 4), HR_NODE_NONE);
    hr_scheduler_nominate(s, 3, high, HR_NODE_NONE);
    assert_int_equal(s->n_nominations, 0);
    cluster_fini(&a.cluster);
}

/* A copy goes its own way, and can be made again from a cluster that has grown. */
static void test_copy(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a, 2);
    struct hr_scheduler *s = &a.cluster.scheduler, copy;
    const uint32_t pod = pod_of(&a, 10, 1, 3);
    hr_scheduler_image(s, 1, 7, true);
    bind_at(&a, 0, pod, 0, 0);
    hr_scheduler_init(&copy, a.cluster.placement);
    hr_scheduler_copy(&copy, s);
    assert_int_equal(hr_scheduler_find(&copy, 1, pod, &a.cluster.rng, NULL), 1);
    hr_scheduler_bind(&copy, 1, pod, 1, 0);
    hr_scheduler_unbind(&copy, 0);
    hr_scheduler_image(&copy, 1, 7, false);
    hr_scheduler_put_node(&copy, 300, 0);
    assert_int_equal(hr_scheduler_node_of(s, 0), 0);
    assert_int_equal(hr_scheduler_node_of(s, 1), HR_NODE_NONE);
    assert_int_equal(s->nodes[1].n_pods, 0);
    assert_int_equal(s->n_present, 2);
    assert_true(hr_books_has_image(s, 1, 7));
    hr_scheduler_put_node(s, 5000, 0);
    bind_at(&a, 4000, pod, 5000, 0);
    hr_scheduler_copy(&copy, s);
    assert_int_equal(hr_scheduler_node_of(&copy, 4000), 5000);
    assert_int_equal(hr_scheduler_node_of(&copy, 0), 0);
    assert_int_equal(hr_scheduler_find(&copy, 1, pod, &a.cluster.rng, NULL), 1);
    hr_scheduler_fini(&copy);
    cluster_fini(&a.cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reprieves_the_more_important),
        cmocka_unit_test(test_earlier_start_stays),
        cmocka_unit_test(test_budgets_are_preferred_to_hold),
        cmocka_unit_test(test_budgets_are_used_up),
        cmocka_unit_test(test_rules_of_choice),
        cmocka_unit_test(test_equal_nodes),
        cmocka_unit_test(test_where_it_cannot_help),
        cmocka_unit_test(test_other_room),
        cmocka_unit_test(test_nominated_room_is_kept),
        cmocka_unit_test(test_nominations_are_of_one_node),
        cmocka_unit_test(test_who_waits_for_victims),
        cmocka_unit_test(test_a_hundred_candidates),
        cmocka_unit_test(test_nominations_give_way),
        cmocka_unit_test(test_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
