/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Cluster Autoscaler among nodes that do not report as ready: the control plane by itself, the
 * taints put on by hand.
 */
#include "hr_test.h"

#include "cluster/state.h"
#include "node_events.h"

static uint32_t created(void *ctx, uint32_t set, uint32_t pod)
{
    (void)ctx;
    (void)set;
    return pod;
}

static void removed(void *ctx, uint32_t tag)
{
    (void)ctx;
    (void)tag;
}

static void container(void *ctx, uint32_t tag, enum hr_container state)
{
    (void)ctx;
    (void)tag;
    (void)state;
}

static void listed(void *ctx, uint32_t tag, bool on)
{
    (void)ctx;
    (void)tag;
    (void)on;
}

static uint32_t held(void *ctx, uint32_t tag)
{
    (void)ctx;
    (void)tag;
    return 0;
}

static void cluster_note(void *ctx, const struct hr_cluster_note *what)
{
    const struct hr_engine *engine = ((struct hr_engine **)ctx)[0];
    const struct hr_event_record record = {
        .time_ns = engine->now, .kind = what->reason, .node = what->node, .message = what->message
    };
    note(((void **)ctx)[1], &record);
}

struct control_plane {
    struct hr_scenario *scenario;
    struct hr_engine engine;
    struct hr_set_config set;
    struct node_events events;
    void *ctx[2];
    struct hr_cluster *cluster;
};

/* `nodes` nodes of 4 cores, and `pods` pods of `cpu`. */
static void init(struct control_plane *plane, int nodes, int pods, int cpu, const char *kinds)
{
    char text[2000];
    snprintf(
        text, sizeof text,
        "name = \"plot\"; duration = \"1h\"; " TYPES
        "node_autoscaler = { type = \"cluster_autoscaler\"; scale_down_utilization_threshold = "
        "\"40%%\"; }; node_pools = ( { name = \"a\"; "
        "instance = \"four\"; nodes = %d; min_nodes = 0; max_nodes = 99; " COMING
        " } ); models = ( { name = \"m\"; service_time = \"1ms\"; } ); deployments = ( { name "
        "= \"d\"; model = \"m\"; replicas = %d; resources = { requests = { cpu = \"%d\"; }; }; "
        "} ); workloads = ( { name = \"w\"; deployment = \"d\"; arrivals = { rate = \"1/h\"; "
        "}; } );",
        nodes, pods, cpu);
    *plane = (struct control_plane){ .events = { .kinds = kinds } };
    hr_str_init(&plane->events.text);
    assert_int_equal(
        hr_scenario_load_text(text, strlen(text), "plot", NULL, 0, &plane->scenario, NULL), HR_OK);
    const struct hr_spec *spec = hr_scenario_spec(plane->scenario);
    const struct hr_deployment_spec *deployment = spec->deployments.items;
    plane->set = (struct hr_set_config){ .name = "d",
                                         .replicas = pods,
                                         .pods = &deployment->pods,
                                         .startup_time = deployment->startup_time,
                                         .resources = deployment->resources,
                                         .node_pool = HR_POOL_ANY };
    plane->ctx[0] = &plane->engine;
    plane->ctx[1] = &plane->events;
    const struct hr_cluster_config config = { .sets = &plane->set,
                                              .n_sets = 1,
                                              .pools = spec->node_pools.items,
                                              .n_pools = 1,
                                              .node_autoscaler = spec->node_autoscaler };
    const struct hr_cluster_hooks hooks = { .ctx = plane->ctx,
                                            .created = created,
                                            .removed = removed,
                                            .container = container,
                                            .listed = listed,
                                            .held = held,
                                            .note = cluster_note };
    hr_engine_init(&plane->engine, 0);
    plane->cluster = hr_cluster_new(&config, &hooks, &plane->engine);
    hr_cluster_start(plane->cluster);
}

static void run_until(struct control_plane *plane, hr_time end)
{
    struct hr_event event;
    while (plane->engine.now < end && hr_engine_next(&plane->engine, &event))
        hr_cluster_event(plane->cluster, event.kind, event.subject);
}

static void fini(struct control_plane *plane, const char *log)
{
    flush(&plane->events);
    assert_string_equal(plane->events.text.text == NULL ? "" : plane->events.text.text, log);
    hr_cluster_free(plane->cluster);
    hr_engine_fini(&plane->engine);
    hr_str_fini(&plane->events.text);
    hr_scenario_free(plane->scenario);
}

static void lose(struct control_plane *plane, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        hr_scheduler_taint(&plane->cluster->scheduler, i, HR_NODE_UNREACHABLE, true);
}

/* A pod waits. With 4 of 8 nodes unready, which is above 3 and above 45 %, nothing is done; with 3
 * of them, or 4 of 9 (44 %), it is. */
static void test_too_many_unready(void **state)
{
    (void)state;
    static const struct {
        int nodes;
        uint32_t lost;
        const char *log;
    } cases[] = {
        { 8, 4, "10 ClusterUnhealthy 4 of 8 nodes are unready\n" },
        { 8, 3, "10 TriggeredScaleUp [{a 8->9 (max: 99)}]\n" },
        { 9, 4, "10 TriggeredScaleUp [{a 9->10 (max: 99)}]\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct control_plane plane;
        init(&plane, cases[i].nodes, cases[i].nodes + 1, 4, " TriggeredScaleUp ClusterUnhealthy ");
        lose(&plane, cases[i].lost);
        run_until(&plane, 10 * HR_NS_PER_S);
        fini(&plane, cases[i].log);
    }
}

/*
 * Two nodes with two pods of a core each, used by half, may go at 40 % only. The one that is
 * unready is a candidate for all that, and its pods have a place on the other: unneeded since 10 s,
 * it is so for longer than 20 min in the loop of 1,220 s.
 */
static void test_unready_node_goes_later(void **state)
{
    (void)state;
    struct control_plane plane;
    init(&plane, 2, 4, 1, " ScaleDown ScaleDownEmpty RemovingNode ");
    lose(&plane, 1);
    run_until(&plane, 1300 * HR_NS_PER_S);
    fini(&plane, "1220 ScaleDown a-0\n1230 RemovingNode a-0\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_many_unready),
        cmocka_unit_test(test_unready_node_goes_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
