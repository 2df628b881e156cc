/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Node autoscalers: back-off, expanders, scale-down timers, consolidation; worked by hand. */
#include "hr_test.h"

#include "cluster/consolidation.h"
#include "cluster/expander.h"
#include "cluster/group_backoff.h"
#include "cluster/scale_down.h"

#define S      HR_NS_PER_S
#define MINUTE (60 * S)
#define GIB    1073741824.0

/*
 * 5 minutes, doubling to 30, 3 hours without a failure to forget. Failures at 0, 5:01 (ended: 10),
 * 15 (still backed off: 5 anew), 20:01 (10), 30:02 (20), 50:03 (30), 80:04 (30), then 3 hours and
 * one second later (5).
 */
static void test_back_off(void **state)
{
    (void)state;
    static const struct hr_backoff_config config = { 5 * MINUTE, 30 * MINUTE, 180 * MINUTE };
    static const struct {
        hr_time at, minutes;
    } failures[] = {
        { 0, 5 },
        { 5 * MINUTE + S, 10 },
        { 15 * MINUTE, 5 },
        { 20 * MINUTE + S, 10 },
        { 30 * MINUTE + 2 * S, 20 },
        { 50 * MINUTE + 3 * S, 30 },
        { 80 * MINUTE + 4 * S, 30 },
        { 260 * MINUTE + 5 * S, 5 },
    };
    struct hr_group_backoff backoff = { 0 };
    assert_false(hr_group_backoff_holds(&backoff, 0));
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        const hr_time end = failures[i].at + failures[i].minutes * MINUTE;
        hr_group_backoff_fail(&backoff, &config, failures[i].at);
        assert_true(hr_group_backoff_holds(&backoff, end - 1));
        assert_false(hr_group_backoff_holds(&backoff, end));
    }
}

/*
 * Pods of 6 cores and 12 GiB in all. Two nodes of 4 cores and 16 GiB waste (1 - 6 / 8) + (1 - 12 /
 * 32) = 0.875, one of 8 cores and 32 GiB as much; one of 16 cores and 32 GiB wastes 0.625 + 0.625
 * = 1.25, but takes two pods more.
 */
static const struct hr_expansion groups[] = {
    { .nodes = 2,
      .pods = 6,
      .cpu = 6,
      .memory = 12 * GIB,
      .node_cpu = 4,
      .node_memory = 16 * GIB,
      .node_usd_per_hour = 0.2,
      .priority = 10 },
    { .nodes = 1,
      .pods = 6,
      .cpu = 6,
      .memory = 12 * GIB,
      .node_cpu = 8,
      .node_memory = 32 * GIB,
      .node_usd_per_hour = 0.4,
      .priority = 50 },
    { .nodes = 1,
      .pods = 8,
      .cpu = 6,
      .memory = 12 * GIB,
      .node_cpu = 16,
      .node_memory = 32 * GIB,
      .node_usd_per_hour = 0.6,
      .priority = 50 },
};

static size_t choose(const enum hr_expander *chain, size_t n_chain, struct hr_rng *rng)
{
    return hr_expander_choose(chain, n_chain, groups, 3, 10, rng);
}

static void test_expanders(void **state)
{
    (void)state;
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 1 });
    const struct hr_rng before = rng;
    assert_near(hr_expander_score(HR_EXPANDER_LEAST_WASTE, &groups[0], 0), 0.875, 0);
    assert_near(hr_expander_score(HR_EXPANDER_LEAST_WASTE, &groups[2], 0), 1.25, 0);
    assert_int_equal(choose((const enum hr_expander[]){ HR_EXPANDER_MOST_PODS }, 1, &rng), 2);
    const enum hr_expander waste_nodes[] = { HR_EXPANDER_LEAST_WASTE, HR_EXPANDER_LEAST_NODES };
    assert_int_equal(choose(waste_nodes, 2, &rng), 1);
    const enum hr_expander priority_pods[] = { HR_EXPANDER_PRIORITY, HR_EXPANDER_MOST_PODS };
    assert_int_equal(choose(priority_pods, 2, &rng), 2);
    const enum hr_expander nodes_waste[] = { HR_EXPANDER_LEAST_NODES, HR_EXPANDER_LEAST_WASTE };
    assert_int_equal(choose(nodes_waste, 2, &rng), 1);
    assert_memory_equal(&rng, &before, sizeof rng); /* chance is asked only where a tie is left */
}

/* What is left after the chain is chosen from with equal chances: of 4000 draws 2000 each,
 * within 4.5 standard deviations of sqrt(1000). */
static void test_chance_is_the_last_expander(void **state)
{
    (void)state;
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = 2 });
    const enum hr_expander waste = HR_EXPANDER_LEAST_WASTE;
    int first = 0;
    for (int i = 0; i < 4000; i++) {
        const size_t choice = choose(&waste, 1, &rng);
        assert_true(choice < 2);
        first += choice == 0;
    }
    assert_near(first, 2000, 4.5 * sqrt(1000));
}

/*
 * By price, for a cluster of 10 nodes: 4 cores are preferred (1 to 2 nodes, 2 to 6, 4 to 20, 8 to
 * 60). The requests are worth 6 * 0.033174 + 12 * 0.004446 = 0.252396 USD an hour, the stabilizer
 * of 0.5 cores and 500 MiB 0.016587 + 0.004446 * 500 / 1024 = 0.018758. Two nodes of 4 cores: 0.4
 * USD, 0.418758 / 0.271154 = 1.544355, unfitness 1. One of 8: the same price, unfitness 2. Of ten
 * at once, for the same price in all, it counts less: 1 + (1 - tanh(9 / 15)) * 1 = 1.462950. With
 * GPUs unfitness is 1000.
 */
static void test_price(void **state)
{
    (void)state;
    struct hr_expansion option = groups[1];
    assert_near(hr_expander_score(HR_EXPANDER_PRICE, &groups[0], 10), 1.544355, 1e-6);
    assert_near(hr_expander_score(HR_EXPANDER_PRICE, &option, 10), 2 * 1.544355, 2e-6);
    assert_near(hr_expander_score(HR_EXPANDER_PRICE, &option, 20), 2 * 1.544355, 2e-6);
    assert_near(hr_expander_score(HR_EXPANDER_PRICE, &option, 21), 1.544355, 1e-6);
    option.nodes = 10;
    option.node_usd_per_hour /= 10;
    assert_near(hr_expander_score(HR_EXPANDER_PRICE, &option, 10), 1.462950 * 1.544355, 3e-6);
    option.node_has_gpu = true;
    assert_near(hr_expander_score(HR_EXPANDER_PRICE, &option, 10), 1544.355, 1e-3);
    option.gpus = 2; /* 418.758 / (0.271154 + 1.4) */
    assert_near(hr_expander_score(HR_EXPANDER_PRICE, &option, 10), 250.580, 1e-3);
}

static struct hr_unneeded_node node_of(uint32_t id, bool empty)
{
    return (struct hr_unneeded_node){ .id = id, .ready = true, .empty = empty };
}

/*
 * Loops every 10 s. Scale-up at 0: cool until 10 min. Node 3 is unneeded from 1 min on and would be
 * due when more than 10 min have passed, at 11 min 10 s; but in the loop at 5 min it is needed, so
 * that its time runs from 5 min 10 s: it goes at 15 min 20 s. Node 4, unneeded from the start, is
 * due at 10 min 10 s, just after the cool-down.
 */
static void test_unneeded_time(void **state)
{
    (void)state;
    const struct hr_scale_down_config config = hr_scale_down_config_default();
    const struct hr_unneeded_node both[] = { node_of(3, true), node_of(4, true) };
    struct hr_scale_down scale_down;
    hr_time gone[2] = { 0 };
    hr_scale_down_init(&scale_down, &config);
    hr_scale_down_added(&scale_down, 0);
    for (hr_time now = 0; now <= 16 * MINUTE; now += 10 * S) {
        const bool has_3 = now >= MINUTE && now != 5 * MINUTE && gone[0] == 0;
        const bool has_4 = gone[1] == 0;
        int64_t spare = 5;
        size_t picks[2];
        const size_t n = hr_scale_down_loop(&scale_down, now, both + !has_3,
                                            (size_t)has_3 + (size_t)has_4, 0, 0, &spare, picks);
        for (size_t i = 0; i < n; i++)
            gone[both[picks[i] + !has_3].id - 3] = now;
    }
    assert_int_equal(gone[1], 10 * MINUTE + 10 * S);
    assert_int_equal(gone[0], 15 * MINUTE + 20 * S);
    hr_scale_down_fini(&scale_down);
}

/* Nodes that are not ready go after more than 20 min. */
static void test_unready_time(void **state)
{
    (void)state;
    const struct hr_scale_down_config config = hr_scale_down_config_default();
    struct hr_unneeded_node node = node_of(0, true);
    struct hr_scale_down scale_down;
    int64_t spare = 1;
    size_t pick;
    node.ready = false;
    hr_scale_down_init(&scale_down, &config);
    for (hr_time now = 0; now <= 20 * MINUTE; now += 10 * S)
        assert_int_equal(hr_scale_down_loop(&scale_down, now, &node, 1, 0, 0, &spare, &pick), 0);
    assert_int_equal(
        hr_scale_down_loop(&scale_down, 20 * MINUTE + 10 * S, &node, 1, 0, 0, &spare, &pick), 1);
    hr_scale_down_fini(&scale_down);
}

/*
 * 14 nodes long unneeded, the first two with pods to be moved. Ten deletions at once, one of them a
 * drain: with nothing in progress ten empty ones. With three in progress, two of them empty and one
 * a drain, seven empty ones. With room for all, the empty ones and one drain. A group with only two
 * nodes above its minimum gives two.
 */
static void test_limits_of_scale_down(void **state)
{
    (void)state;
    enum { N = 14 };
    struct hr_scale_down_config config = hr_scale_down_config_default();
    struct hr_unneeded_node nodes[N];
    struct hr_scale_down scale_down;
    int64_t spare;
    size_t picks[N];
    for (uint32_t i = 0; i < N; i++)
        nodes[i] = node_of(i, i >= 2);
    hr_scale_down_init(&scale_down, &config);
    hr_scale_down_loop(&scale_down, 0, nodes, N, 0, 0, &(int64_t){ N }, picks);
    const hr_time now = 20 * MINUTE;
    spare = N;
    assert_int_equal(hr_scale_down_loop(&scale_down, now, nodes, N, 0, 0, &spare, picks), 10);
    assert_int_equal(picks[0], 2);
    assert_int_equal(picks[9], 11);
    assert_int_equal(spare, 4);
    assert_int_equal(hr_scale_down_loop(&scale_down, now, nodes, N, 3, 1, &spare, picks), 4);
    spare = N;
    assert_int_equal(hr_scale_down_loop(&scale_down, now, nodes, N, 3, 1, &spare, picks), 7);
    scale_down.config.deletions_max = N;
    spare = N;
    assert_int_equal(hr_scale_down_loop(&scale_down, now, nodes, N, 0, 0, &spare, picks), 13);
    assert_int_equal(picks[12], 0);
    hr_scale_down_fini(&scale_down);
}

/* After a deletion nothing waits, after one that failed 3 min. */
static void test_cool_down(void **state)
{
    (void)state;
    const struct hr_scale_down_config config = hr_scale_down_config_default();
    const struct hr_unneeded_node node = node_of(0, true);
    struct hr_scale_down scale_down;
    int64_t spare = 9;
    size_t pick;
    hr_scale_down_init(&scale_down, &config);
    hr_scale_down_loop(&scale_down, 0, &node, 1, 0, 0, &spare, &pick);
    hr_scale_down_deleted(&scale_down, 20 * MINUTE);
    assert_int_equal(hr_scale_down_loop(&scale_down, 20 * MINUTE, &node, 1, 0, 0, &spare, &pick),
                     1);
    hr_scale_down_failed(&scale_down, 20 * MINUTE);
    hr_scale_down_deleted(&scale_down, 21 * MINUTE); /* makes it no shorter */
    assert_int_equal(
        hr_scale_down_loop(&scale_down, 23 * MINUTE - S, &node, 1, 0, 0, &spare, &pick), 0);
    assert_int_equal(hr_scale_down_loop(&scale_down, 23 * MINUTE, &node, 1, 0, 0, &spare, &pick),
                     1);
    hr_scale_down_fini(&scale_down);
}

static void test_candidates_for_scale_down(void **state)
{
    (void)state;
    struct hr_scale_down_config config = hr_scale_down_config_default();
    config.gpu_utilization_max = 0.3;
    assert_true(hr_scale_down_is_candidate(&config, 0.5, false, true));
    assert_false(hr_scale_down_is_candidate(&config, 0.51, false, true));
    assert_false(hr_scale_down_is_candidate(&config, 0.5, true, true));
    assert_true(hr_scale_down_is_candidate(&config, 0.9, false, false));
}

/* A cluster for consolidation: the pods of `movable` nodes fit elsewhere, of more only with one new
 * node of that type and price. */
struct toy {
    size_t movable; /* as many nodes, of any */
    struct hr_relocation replacement;
    size_t asked; /* simulations so far */
};

static struct hr_relocation relocate(void *ctx, const size_t *candidates, size_t n)
{
    struct toy *toy = ctx;
    (void)candidates;
    toy->asked++;
    return n <= toy->movable ? (struct hr_relocation){ .fits = true } : toy->replacement;
}

static const struct hr_candidate cluster[] = {
    { .type = 1, .usd_per_hour = 0.4, .eviction_cost = 3 }, /* 0.1 for a unit of disruption */
    { .type = 2, .usd_per_hour = 0.8, .eviction_cost = 1 }, /* 0.4 */
    { .type = 1, .usd_per_hour = 0.4, .eviction_cost = 1 }, /* 0.2 */
    { .type = 2, .usd_per_hour = 0.8, .eviction_cost = 3 }, /* 0.2, later in the list */
};

static struct hr_consolidation consolidate(struct toy *toy, int64_t budget, size_t *picks)
{
    const struct hr_relocator relocator = { relocate, toy };
    return hr_consolidate(cluster, 4, &budget, &relocator, picks);
}

/* The pods of three nodes fit elsewhere: binary search asks for 3 (yes) and 4 (no). The best three
 * go. */
static void test_several_nodes_at_once(void **state)
{
    (void)state;
    struct toy toy = { .movable = 3 };
    size_t picks[4];
    const struct hr_consolidation found = consolidate(&toy, 10, picks);
    assert_int_equal(found.method, HR_CONSOLIDATE_MULTI);
    assert_int_equal(found.n, 3);
    assert_int_equal(picks[0], 1);
    assert_int_equal(picks[1], 2);
    assert_int_equal(picks[2], 3);
    assert_false(found.result.needs_new_node);
    assert_int_equal(toy.asked, 2);
}

/* No two nodes can go, but one can: the best. */
static void test_one_node(void **state)
{
    (void)state;
    struct toy toy = { .movable = 1 };
    size_t picks[4];
    const struct hr_consolidation found = consolidate(&toy, 10, picks);
    assert_int_equal(found.method, HR_CONSOLIDATE_SINGLE);
    assert_int_equal(found.n, 1);
    assert_int_equal(picks[0], 1);
}

/*
 * Nothing fits without a new node. One of type 9 for 1.6: less than the three and four best nodes
 * cost (2.0 and 2.4), so all four go. For 2.4 it costs more than the three that are asked for
 * first, and then than two and one. Of type 2 for 0.8 it is as good as one of those that go; for
 * 0.7 it is not.
 */
static void test_a_cheaper_node_instead(void **state)
{
    (void)state;
    struct toy toy = { .replacement = { true, true, 9, 1.6 } };
    size_t picks[4];
    struct hr_consolidation found = consolidate(&toy, 10, picks);
    assert_int_equal(found.n, 4);
    assert_true(found.result.needs_new_node);
    toy.replacement.usd_per_hour = 2.4;
    assert_int_equal(consolidate(&toy, 10, picks).method, HR_CONSOLIDATE_NONE);
    toy.replacement = (struct hr_relocation){ true, true, 2, 0.8 };
    found = consolidate(&toy, 10, picks);
    assert_int_equal(found.method, HR_CONSOLIDATE_NONE);
    toy.replacement.usd_per_hour = 0.7;
    assert_int_equal(consolidate(&toy, 10, picks).n, 4);
    toy.replacement.fits = false;
    assert_int_equal(consolidate(&toy, 10, picks).method, HR_CONSOLIDATE_NONE);
}

/* A budget of one node: it is replaced by one that costs less than its 0.8, not as much. */
static void test_equal_price_is_not_enough(void **state)
{
    (void)state;
    struct toy toy = { .replacement = { true, true, 9, 0.8 } };
    const struct hr_relocator relocator = { relocate, &toy };
    int64_t budget = 1;
    size_t picks[4];
    assert_int_equal(hr_consolidate(cluster, 4, &budget, &relocator, picks).method,
                     HR_CONSOLIDATE_NONE);
    assert_int_equal(budget, 1);
    toy.replacement.usd_per_hour = 0.79;
    assert_int_equal(hr_consolidate(cluster, 4, &budget, &relocator, picks).method,
                     HR_CONSOLIDATE_SINGLE);
    assert_int_equal(budget, 0);
}

/* Empty nodes go first and all together, within the budget of each pool. */
static void test_empty_nodes_and_budgets(void **state)
{
    (void)state;
    struct hr_candidate nodes[5] = {
        { .pool = 0, .empty = true, .usd_per_hour = 1 }, { .pool = 0, .usd_per_hour = 9 },
        { .pool = 0, .empty = true, .usd_per_hour = 3 }, { .pool = 1, .empty = true },
        { .pool = 0, .empty = true, .usd_per_hour = 2 },
    };
    struct toy toy = { .movable = 5 };
    const struct hr_relocator relocator = { relocate, &toy };
    int64_t budgets[] = { 2, 0 };
    size_t picks[5];
    struct hr_consolidation found = hr_consolidate(nodes, 5, budgets, &relocator, picks);
    assert_int_equal(found.method, HR_CONSOLIDATE_EMPTY);
    assert_int_equal(found.n, 2);
    assert_int_equal(picks[0], 2);
    assert_int_equal(picks[1], 4);
    assert_int_equal(budgets[0], 0);
    assert_int_equal(hr_consolidate(nodes, 5, budgets, &relocator, picks).method,
                     HR_CONSOLIDATE_NONE);
    assert_int_equal(toy.asked, 0);
    /* What a search tries and does not take it gives back: of three in the budget, two go. */
    for (int i = 0; i < 5; i++)
        nodes[i].empty = false;
    budgets[0] = 3;
    toy.movable = 2;
    found = hr_consolidate(nodes, 5, budgets, &relocator, picks);
    assert_int_equal(found.n, 2);
    assert_int_equal(budgets[0], 1);
}

static void test_costs_and_budgets(void **state)
{
    (void)state;
    assert_near(hr_eviction_cost(0, 0), 1, 0);
    assert_near(hr_eviction_cost(1 << 27, 1 << 25), 3, 0);
    assert_near(hr_eviction_cost(2147483647, 0), 10, 0);
    assert_near(hr_eviction_cost(-2147483647, 0), -10, 0);
    assert_int_equal(hr_disruption_budget(10, 11, 0), 2);
    assert_int_equal(hr_disruption_budget(10, 11, 1), 1);
    assert_int_equal(hr_disruption_budget(10, 10, 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_back_off),
        cmocka_unit_test(test_expanders),
        cmocka_unit_test(test_chance_is_the_last_expander),
        cmocka_unit_test(test_price),
        cmocka_unit_test(test_unneeded_time),
        cmocka_unit_test(test_unready_time),
        cmocka_unit_test(test_limits_of_scale_down),
        cmocka_unit_test(test_cool_down),
        cmocka_unit_test(test_candidates_for_scale_down),
        cmocka_unit_test(test_several_nodes_at_once),
        cmocka_unit_test(test_one_node),
        cmocka_unit_test(test_a_cheaper_node_instead),
        cmocka_unit_test(test_equal_price_is_not_enough),
        cmocka_unit_test(test_empty_nodes_and_budgets),
        cmocka_unit_test(test_costs_and_budgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
