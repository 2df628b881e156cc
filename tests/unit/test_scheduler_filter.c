/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which nodes a pod may go to, filter by filter, and what is said when there is none. */
#include "hr_test.h"

#include "hr_cluster.h"

static void test_requests_decide_not_use(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const struct hr_node_shape shape = plain_shape(0);
    put_nodes(&c, 0, 1, &shape);
    struct hr_pod_template pod = plain_pod(4000, 1);
    const uint32_t cpu = add_pod(&c, &pod);
    pod = plain_pod(1, 9);
    const uint32_t memory = add_pod(&c, &pod);
    pod = plain_pod(2001, 8);
    const uint32_t both = add_pod(&c, &pod);
    pod = plain_pod(0, 0);
    const uint32_t nothing = add_pod(&c, &pod);

    /* 2 * 4000 of 10000 m and 2 of 10 GiB are taken: 2000 m and 8 GiB are left. */
    bind_many(&c, 0, 2, cpu, 0);
    assert_refused(&c, cpu, "0/1 nodes are available: 1 Insufficient cpu.");
    assert_refused(&c, memory, "0/1 nodes are available: 1 Insufficient memory.");
    assert_refused(&c, both, "0/1 nodes are available: 1 Insufficient cpu.");
    bind(&c, 5, nothing, 0);
    assert_int_equal(find(&c, nothing, NULL), 0);
    hr_scheduler_unbind(&c.scheduler, 1);
    assert_int_equal(find(&c, cpu, NULL), 0);
    assert_int_equal(find(&c, memory, NULL), 0);
    bind(&c, 6, memory, 0);
    assert_refused(&c, both, "0/1 nodes are available: 1 Insufficient memory.");
    bind(&c, 1, cpu, 0); /* as if the kubelet had it: more than the node has cannot be left */
    assert_refused(&c, both, "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.");
    cluster_fini(&c);
}

static void test_exact_fit_and_pod_slots(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_node_shape shape = plain_shape(0);
    shape.pods_max = 2;
    put_nodes(&c, 0, 1, &shape);
    const struct hr_pod_template all = plain_pod(10000, 10), none = plain_pod(0, 0);
    const uint32_t whole = add_pod(&c, &all), empty = add_pod(&c, &none);
    bind(&c, 0, empty, 0);
    assert_int_equal(find(&c, whole, NULL), 0);
    bind(&c, 1, whole, 0);
    assert_refused(&c, empty, "0/1 nodes are available: 1 Too many pods.");
    assert_refused(&c, whole,
                   "0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, "
                   "1 Too many pods.");
    cluster_fini(&c);
}

static void test_cordon_and_taints(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_taint_spec taints[] = { { "nvidia.com/gpu", "present", HR_TAINT_NO_SCHEDULE },
                                      { "spot", "", HR_TAINT_PREFER_NO_SCHEDULE } };
    const struct hr_node_shape plain = plain_shape(0);
    struct hr_node_shape tainted = plain;
    tainted.taints = taints;
    tainted.n_taints = 2;
    put_nodes(&c, 0, 1, &plain);
    put_nodes(&c, 1, 2, &tainted);

    struct hr_toleration_spec wrong_value = { .key = "nvidia.com/gpu", .value = "absent" };
    struct hr_toleration_spec wrong_effect = { .key = "nvidia.com/gpu",
                                               .op = HR_TOLERATION_EXISTS,
                                               .value = "",
                                               .effect = HR_TAINT_NO_EXECUTE };
    struct hr_toleration_spec equal = { .key = "nvidia.com/gpu", .value = "present" };
    struct hr_toleration_spec all = { .key = "", .op = HR_TOLERATION_EXISTS, .value = "" };
    struct hr_toleration_spec *tolerations[] = { &wrong_value, &wrong_effect, &equal, &all };
    struct hr_scheduling_spec specs[4];
    uint32_t pods[4];
    for (size_t i = 0; i < 4; i++) {
        specs[i] = (struct hr_scheduling_spec){ .tolerations = { tolerations[i], 1 } };
        struct hr_pod_template pod = plain_pod(1000, 1);
        pod.spec = &specs[i];
        pods[i] = add_pod(&c, &pod);
    }
    hr_scheduler_taint(&c.scheduler, 0, HR_NODE_CORDONED, true);
    const char *expected = "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) had "
                           "untolerated taint {nvidia.com/gpu: present}.";
    assert_refused(&c, pods[0], expected);
    assert_refused(&c, pods[1], expected);
    assert_true(hr_scheduler_fits(&c.scheduler, pods[2], 1));
    assert_false(hr_scheduler_fits(&c.scheduler, pods[2], 0));
    assert_true(hr_scheduler_fits(&c.scheduler, pods[3], 0)); /* cordons are tolerable */
    hr_scheduler_taint(&c.scheduler, 0, HR_NODE_CORDONED, false);
    assert_int_equal(find(&c, pods[0], NULL), 0); /* the soft taint alone keeps nobody out */

    hr_scheduler_taint(&c.scheduler, 0, HR_NODE_NOT_READY, true);
    hr_scheduler_taint(&c.scheduler, 0, HR_NODE_NOT_READY_EXECUTE, true);
    assert_refused(&c, pods[0],
                   "0/3 nodes are available: 1 node(s) had untolerated taint "
                   "{node.kubernetes.io/not-ready: }, 2 node(s) had untolerated taint "
                   "{nvidia.com/gpu: present}.");
    cluster_fini(&c);
}

/* Time on a node that gets a taint: of several times the shortest, none given: for ever. */
static void test_time_until_eviction(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const hr_time s = HR_NS_PER_S;
    const struct hr_taint_spec evict = { "maintenance", "now", HR_TAINT_NO_EXECUTE };
    const uint32_t maintenance = hr_placement_taint(c.placement, &evict);
    assert_int_equal(hr_placement_taint(c.placement, &evict), maintenance);
    struct hr_toleration_spec tolerations[] = {
        { "maintenance", HR_TOLERATION_EXISTS, "", HR_TAINT_NO_EXECUTE, 60 * s },
        { "maintenance", HR_TOLERATION_EQUAL, "now", HR_TAINT_NO_EXECUTE, 20 * s },
        { "maintenance", HR_TOLERATION_EXISTS, "", HR_TAINT_ANY, HR_UNLIMITED },
        { "node.kubernetes.io/unreachable", HR_TOLERATION_EXISTS, "", HR_TAINT_NO_EXECUTE, 0 },
    };
    struct hr_scheduling_spec spec = { .tolerations = LIST_OF(tolerations) };
    struct hr_pod_template pod = plain_pod(1, 1);
    const uint32_t silent = add_pod(&c, &pod);
    pod.spec = &spec;
    const uint32_t specific = add_pod(&c, &pod);
    const struct hr_placement *p = c.placement;
    assert_int_equal(hr_placement_toleration(p, silent, maintenance), 0);
    assert_int_equal(hr_placement_toleration(p, silent, HR_NODE_UNREACHABLE_EXECUTE), 300 * s);
    assert_int_equal(hr_placement_toleration(p, silent, HR_NODE_NOT_READY_EXECUTE), 300 * s);
    assert_int_equal(hr_placement_toleration(p, silent, HR_NODE_CORDONED), 0);
    assert_int_equal(hr_placement_toleration(p, specific, maintenance), 20 * s);
    assert_int_equal(hr_placement_toleration(p, specific, HR_NODE_UNREACHABLE_EXECUTE), 0);
    assert_int_equal(hr_placement_toleration(p, specific, HR_NODE_NOT_READY_EXECUTE), 300 * s);
    spec.tolerations = (struct hr_list){ &tolerations[2], 1 };
    assert_int_equal(hr_placement_toleration(p, specific, maintenance), HR_TIME_NEVER);
    /* Whoever speaks of a taint without tolerating it does not get the default. */
    struct hr_toleration_spec other = { "node.kubernetes.io/not-ready", HR_TOLERATION_EQUAL, "x",
                                        HR_TAINT_NO_EXECUTE, HR_UNLIMITED };
    spec.tolerations = (struct hr_list){ &other, 1 };
    assert_int_equal(hr_placement_toleration(p, specific, HR_NODE_NOT_READY_EXECUTE), 0);
    assert_int_equal(hr_placement_toleration(p, specific, HR_NODE_UNREACHABLE_EXECUTE), 300 * s);
    cluster_fini(&c);
}

/* Shapes and taints may come after the pods that are to know them. */
static void test_order_of_compilation(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_taint_spec taint = { "team", "b", HR_TAINT_NO_SCHEDULE };
    struct hr_toleration_spec toleration = { .key = "team", .value = "b" };
    struct hr_label_spec label = { "disk", "ssd" };
    struct hr_scheduling_spec spec = { .tolerations = { &toleration, 1 },
                                       .node_selector = { &label, 1 } };
    struct hr_pod_template pod = plain_pod(1, 1);
    pod.spec = &spec;
    const uint32_t template = add_pod(&c, &pod);
    struct hr_node_shape shape = plain_shape(0);
    shape.taints = &taint;
    shape.n_taints = 1;
    put_nodes(&c, 0, 1, &shape);
    shape.labels = &label;
    shape.n_labels = 1;
    put_nodes(&c, 1, 1, &shape);
    assert_false(hr_placement_admits(c.placement, template, 0));
    assert_true(hr_placement_admits(c.placement, template, 1));
    assert_int_equal(find(&c, template, NULL), 1);
    cluster_fini(&c);
}

/* A deployment tied to a pool, a selector of one label, and each operator of required affinity. */
static void test_selector_pool_and_affinity(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_label_spec big[] = { { "gpu", "a100" }, { "cores", "96" } };
    struct hr_label_spec small[] = { { "gpu", "t4" }, { "cores", "8" } };
    struct hr_label_spec odd[] = { { "cores", "many" } };
    struct hr_label_spec *labels[] = { big, small, odd };
    const size_t n_labels[] = { 2, 2, 1 };
    for (uint32_t i = 0; i < 3; i++) {
        struct hr_node_shape shape = plain_shape(0);
        shape.pool = i;
        shape.labels = labels[i];
        shape.n_labels = n_labels[i];
        put_nodes(&c, i, 1, &shape);
    }
    const char *gpus[] = { "a100", "h100" }, *sixteen[] = { "16" };
    const struct {
        struct hr_match_spec match;
        const char *fits; /* nodes 0, 1, 2 */
    } cases[] = {
        { { "gpu", HR_MATCH_IN, LIST_OF(gpus) }, "yes no no" },
        { { "gpu", HR_MATCH_NOT_IN, LIST_OF(gpus) }, "no yes yes" }, /* no label: not in */
        { { "gpu", HR_MATCH_EXISTS, { NULL, 0 } }, "yes yes no" },
        { { "gpu", HR_MATCH_DOES_NOT_EXIST, { NULL, 0 } }, "no no yes" },
        { { "cores", HR_MATCH_GT, LIST_OF(sixteen) }, "yes no no" },
        { { "cores", HR_MATCH_LT, LIST_OF(sixteen) }, "no yes no" }, /* "many" is no number */
        { { "disk", HR_MATCH_LT, LIST_OF(sixteen) }, "no no no" },
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct hr_match_spec match = cases[i].match;
        struct hr_node_term_spec term = { .match_expressions = { &match, 1 } };
        struct hr_node_affinity_spec affinity = { .required = { &term, 1 } };
        struct hr_scheduling_spec spec = { .node_affinity = &affinity };
        struct hr_pod_template pod = plain_pod(1, 1);
        pod.spec = &spec;
        const uint32_t template = add_pod(&c, &pod);
        char fits[16] = "";
        for (uint32_t node = 0; node < 3; node++) {
            strcat(fits, node > 0 ? " " : "");
            strcat(fits, hr_scheduler_fits(&c.scheduler, template, node) ? "yes" : "no");
        }
        assert_string_equal(fits, cases[i].fits);
    }

    struct hr_scheduling_spec spec = { .node_selector = { &small[0], 1 } };
    struct hr_pod_template pod = plain_pod(1, 1);
    pod.spec = &spec;
    assert_int_equal(find(&c, add_pod(&c, &pod), NULL), 1);
    pod.pool = 2;
    assert_refused(&c, add_pod(&c, &pod),
                   "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.");
    pod.spec = NULL;
    assert_int_equal(find(&c, add_pod(&c, &pod), NULL), 2);
    cluster_fini(&c);
}

/* Terms are alternatives, the expressions of a term go together. */
static void test_terms_or_expressions_and(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_label_spec labels[] = { { "a", "1" }, { "b", "1" } };
    put_labelled(&c, labels);
    struct hr_match_spec a = { .key = "a", .op = HR_MATCH_EXISTS };
    struct hr_match_spec not_b = { .key = "b", .op = HR_MATCH_DOES_NOT_EXIST };
    struct hr_match_spec a_not_b[] = { a, not_b };
    struct hr_node_term_spec terms[] = { { .match_expressions = LIST_OF(a_not_b) },
                                         { .match_expressions = { &not_b, 1 } } };
    struct hr_node_affinity_spec affinity = { .required = { terms, 1 } };
    struct hr_scheduling_spec spec = { .node_affinity = &affinity };
    struct hr_pod_template pod = plain_pod(1, 1);
    pod.spec = &spec;
    const uint32_t one_term = add_pod(&c, &pod);
    affinity.required.n = 2;
    const uint32_t two_terms = add_pod(&c, &pod);
    for (uint32_t node = 0; node < 4; node++) {
        assert_int_equal(hr_scheduler_fits(&c.scheduler, one_term, node), node == 1);
        assert_int_equal(hr_scheduler_fits(&c.scheduler, two_terms, node), node <= 1);
    }
    cluster_fini(&c);
}

static void test_text_without_nodes(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    const struct hr_pod_template pod = plain_pod(1, 1);
    assert_refused(&c, add_pod(&c, &pod), "no nodes available to schedule pods");
    cluster_fini(&c);
}

/* The example of the documentation: one node lacks cpu, three are for others; and ten before two,
 * as texts are sorted. */
static void test_text_of_several_reasons(void **state)
{
    (void)state;
    struct cluster c;
    cluster_init(&c, NULL);
    struct hr_taint_spec taint = { "team", "b", HR_TAINT_NO_SCHEDULE };
    struct hr_node_shape shape = plain_shape(0);
    put_nodes(&c, 0, 1, &shape);
    shape.taints = &taint;
    shape.n_taints = 1;
    put_nodes(&c, 1, 3, &shape);
    const struct hr_pod_template pod = plain_pod(11000, 1);
    const uint32_t big = add_pod(&c, &pod);
    assert_refused(&c, big,
                   "0/4 nodes are available: 1 Insufficient cpu, 3 node(s) had untolerated taint "
                   "{team: b}.");
    put_nodes(&c, 10, 7, &shape);
    for (uint32_t node = 20; node < 22; node++) {
        const struct hr_node_shape plain = plain_shape(0);
        put_nodes(&c, node, 1, &plain);
    }
    for (uint32_t node = 20; node < 22; node++)
        hr_scheduler_taint(&c.scheduler, node, HR_NODE_CORDONED, true);
    assert_refused(&c, big,
                   "0/13 nodes are available: 1 Insufficient cpu, 10 node(s) had untolerated taint "
                   "{team: b}, 2 node(s) were unschedulable.");
    struct hr_refusals refusals;
    find(&c, big, &refusals);
    assert_int_equal(hr_refusals_set(&refusals), 1u << HR_REFUSED_CORDONED |
                                                     1u << HR_REFUSED_TAINT |
                                                     1u << (HR_REFUSED_RESOURCE + HR_RESOURCE_CPU));
    cluster_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests_decide_not_use),
        cmocka_unit_test(test_exact_fit_and_pod_slots),
        cmocka_unit_test(test_cordon_and_taints),
        cmocka_unit_test(test_time_until_eviction),
        cmocka_unit_test(test_order_of_compilation),
        cmocka_unit_test(test_selector_pool_and_affinity),
        cmocka_unit_test(test_terms_or_expressions_and),
        cmocka_unit_test(test_text_without_nodes),
        cmocka_unit_test(test_text_of_several_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
