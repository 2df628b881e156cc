/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of placement: the rules over several keys. That the rows are well formed is seen to by
 * test_keys.c. */
#include "hr_test.h"

#include "cluster/spec.h"
#include "unit/key_mistakes.h"

#define EXPECT(table, spec, expected) assert_mistakes((table), &(spec), (expected))

/* The table of the groups in the list or group `key`. */
static const struct hr_key_table *below(const struct hr_key_table *table, const char *key)
{
    for (size_t i = 0; i < table->n_keys; i++) {
        if (strcmp(table->keys[i].name, key) == 0)
            return table->keys[i].table;
    }
    fail_msg("%s has no key %s", table->name, key);
    return NULL;
}

static void test_labels_and_taints(void **state)
{
    (void)state;
    const struct hr_label_spec good[] = { { "gpu", "a100" },
                                          { "nvidia.com/gpu.product", "" },
                                          { "a_b-c.d", "1.5" } };
    for (size_t i = 0; i < 3; i++)
        EXPECT(&hr_label_keys, good[i], "");
    const char *bad[] = {
        "",      "-a",  "a-",
        "a b",   "/a",  "a/",
        "a/b/c", "b@d", "x234567890123456789012345678901234567890123456789012345678901234"
    };
    for (size_t i = 0; i < HR_KEY_COUNT(bad); i++) {
        const struct hr_taint_spec taint = { bad[i], "", HR_TAINT_NO_SCHEDULE };
        EXPECT(&hr_taint_keys, taint, "key: is not the key of a label or taint\n");
    }
    const struct hr_label_spec label = { "a", "b c" };
    EXPECT(&hr_label_keys, label, "value: is not the value of a label or taint\n");
}

static void test_tolerations(void **state)
{
    (void)state;
    const struct hr_key_table *table = below(&hr_scheduling_keys, "tolerations");
    struct hr_toleration_spec t = { .key = "", .value = "", .toleration = HR_UNLIMITED };
    EXPECT(table, t, "key: is empty\n");
    t.op = HR_TOLERATION_EXISTS;
    EXPECT(table, t, "");
    t.key = "gpu";
    t.value = "yes";
    t.toleration = 0;
    EXPECT(table, t,
           "value: has no meaning with the operator exists\n"
           "toleration: has a meaning with effect = \"no_execute\" only\n");
    t.op = HR_TOLERATION_EQUAL;
    t.effect = HR_TAINT_NO_EXECUTE;
    EXPECT(table, t, "");
}

static void test_match_expressions(void **state)
{
    (void)state;
    const struct hr_key_table *affinity = below(&hr_scheduling_keys, "node_affinity");
    const struct hr_key_table *table = below(below(affinity, "required"), "match_expressions");
    const char *numbers[] = { "4", "5" }, *word[] = { "four" }, *bad[] = { "a", "b c" };
    const struct {
        int op;
        struct hr_list values;
        const char *expected;
    } cases[] = {
        { HR_MATCH_IN, { numbers, 2 }, "" },
        { HR_MATCH_NOT_IN, { NULL, 0 }, "values: is empty\n" },
        { HR_MATCH_IN, { NULL, 0 }, "values: is empty\n" },
        { HR_MATCH_IN, { bad, 2 }, "values: is not the value of a label or taint\n" },
        { HR_MATCH_EXISTS, { NULL, 0 }, "" },
        { HR_MATCH_DOES_NOT_EXIST, { word, 1 }, "values: has no meaning with this operator\n" },
        { HR_MATCH_GT, { numbers, 1 }, "" },
        { HR_MATCH_GT, { numbers, 2 }, "values: must be one whole number\n" },
        { HR_MATCH_LT, { word, 1 }, "values: must be one whole number\n" },
        { HR_MATCH_LT, { NULL, 0 }, "values: must be one whole number\n" },
    };
    for (size_t i = 0; i < HR_KEY_COUNT(cases); i++) {
        const struct hr_match_spec match = { "a", cases[i].op, cases[i].values };
        EXPECT(table, match, cases[i].expected);
    }
}

static void test_spread(void **state)
{
    (void)state;
    const struct hr_key_table *table = below(&hr_scheduling_keys, "topology_spread");
    struct hr_topology_spread_spec spreads[] = { { 1, HR_TOPOLOGY_ZONE, HR_DO_NOT_SCHEDULE, 3 },
                                                 { 1, HR_TOPOLOGY_ZONE, HR_SCHEDULE_ANYWAY, 1 },
                                                 { 2, HR_TOPOLOGY_ZONE, HR_SCHEDULE_ANYWAY, 1 } };
    struct hr_scheduling_spec spec = { .topology_spread = { spreads, 2 } };
    EXPECT(table, spreads[0], "");
    EXPECT(&hr_scheduling_keys, spec, "");
    spec.topology_spread.n = 3;
    EXPECT(&hr_scheduling_keys, spec,
           "topology_spread: has two constraints of the same topology and when_unsatisfiable\n");
    spreads[1].min_domains = 2;
    EXPECT(table, spreads[1],
           "min_domains: has a meaning with when_unsatisfiable = \"do_not_schedule\" only\n");
}

static void test_scored_resources(void **state)
{
    (void)state;
    struct hr_scored_resource_spec resources[] = { { HR_SCORED_CPU, 1 },
                                                   { HR_SCORED_GPU, 5 },
                                                   { HR_SCORED_CPU, 2 } };
    struct hr_scheduler_spec spec = { .resources = { resources, 2 } };
    EXPECT(&hr_scheduler_keys, spec, "");
    spec.resources.n = 3;
    EXPECT(&hr_scheduler_keys, spec, "resources: names a resource twice\n");
}

static void test_mig_profiles(void **state)
{
    (void)state;
    const char *good[] = { "1g.10gb", "7g.141gb", "3g.40gb", "1g.5gb+me" };
    const char *bad[] = { "",         "g.10gb",  "0g.10gb",    "10g.10gb", "1g10gb",
                          "1g.gb",    "1g.05gb", "1g.1000gb",  "1g.10",    "1g.10gb ",
                          "1g.10gbx", "1c.10gb", "1g.10gb+all" };
    for (size_t i = 0; i < HR_KEY_COUNT(good); i++)
        assert_true(hr_is_mig_profile(good[i]));
    for (size_t i = 0; i < HR_KEY_COUNT(bad); i++)
        assert_false(hr_is_mig_profile(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels_and_taints), cmocka_unit_test(test_tolerations),
        cmocka_unit_test(test_match_expressions), cmocka_unit_test(test_spread),
        cmocka_unit_test(test_scored_resources),  cmocka_unit_test(test_mig_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
