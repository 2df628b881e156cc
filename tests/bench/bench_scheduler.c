/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scheduler: pods found a node and bound, and copies of a full cluster. */
#include "bench.h"

#include "cluster/scheduler.h"

#define NODES   1000
#define ZONES   3
#define PODS    10000.0
#define COPIES  1000.0
#define OWNERS  10
#define GIB     (INT64_C(1) << 30)
#define SEED    5
#define US_GOAL 50 /* a pod: half a second for all */

static const struct bench_section binding = { "scheduler", "scheduler: us of CPU per pod bound",
                                              "us/pod", "k pods/s" };
static const struct bench_section copying = { "copy", "scheduler: us of CPU per copy", "us/copy",
                                              "" };

/* What all deployments of a row have in common. */
struct placing {
    const char *name;
    bool default_spread;
    const struct hr_scheduling_spec *spec;
    int64_t gpus[2]; /* thousandths, of every other deployment */
    uint32_t pods;
};

struct scene {
    struct hr_placement *placement;
    struct hr_scheduler scheduler;
};

/* Nodes of 32 cores, 128 GiB and 8 GPUs in three zones; deployments of about 0.3 cores a pod. */
static void begin(struct scene *scene, const struct placing *placing)
{
    scene->placement = hr_placement_new(NULL);
    hr_scheduler_init(&scene->scheduler, scene->placement);
    for (uint32_t zone = 0; zone < ZONES; zone++) {
        const struct hr_node_shape shape = { .zone = zone,
                                             .allocatable = { 32000, 128 * GIB, 8 * HR_GPU_WHOLE },
                                             .pods_max = 110 };
        hr_placement_add_shape(scene->placement, &shape);
    }
    for (uint32_t node = 0; node < NODES; node++)
        hr_scheduler_put_node(&scene->scheduler, node, node % ZONES);
    for (uint32_t i = 0; i < OWNERS; i++) {
        const struct hr_pod_template pod = {
            .owner = i,
            .pool = HR_POOL_ANY,
            .spec = placing->spec,
            .requests = { 250 + 10 * (int64_t)i, GIB, placing->gpus[i % 2] },
            .default_spread = placing->default_spread,
        };
        hr_placement_add_template(scene->placement, &pod);
    }
}

static void end(struct scene *scene)
{
    hr_scheduler_fini(&scene->scheduler);
    hr_placement_free(scene->placement);
}

/* Returns how many found a node. */
static uint32_t bind_all(struct scene *scene, uint32_t pods)
{
    struct hr_rng rng = hr_rng_at((struct hr_address){ .seed = SEED });
    uint32_t bound = 0;
    for (uint32_t pod = 0; pod < pods; pod++) {
        const uint32_t node = hr_scheduler_find(&scene->scheduler, pod, pod % OWNERS, &rng, NULL);
        if (node == HR_NODE_NONE)
            continue;
        hr_scheduler_bind(&scene->scheduler, pod, pod % OWNERS, node, 0);
        bound++;
    }
    return bound;
}

static bool run_binding(const void *ctx, struct bench_sample *sample)
{
    const struct placing *placing = ctx;
    struct scene scene;
    begin(&scene, placing);
    const double start = bench_cpu_s();
    const uint32_t bound = bind_all(&scene, placing->pods);
    const double s = bench_cpu_s() - start;
    sample->cost = s * 1e6 / placing->pods;
    sample->rate = placing->pods / s / 1e3;
    end(&scene);
    return bound > 0;
}

static bool run_copying(const void *ctx, struct bench_sample *sample)
{
    const struct placing *placing = ctx;
    const unsigned copies = (unsigned)COPIES;
    struct scene scene;
    struct hr_scheduler copy;
    begin(&scene, placing);
    const uint32_t bound = bind_all(&scene, placing->pods);
    hr_scheduler_init(&copy, scene.placement);
    const double start = bench_cpu_s();
    for (unsigned i = 0; i < copies; i++)
        hr_scheduler_copy(&copy, &scene.scheduler);
    sample->cost = (bench_cpu_s() - start) * 1e6 / copies;
    hr_scheduler_fini(&copy);
    end(&scene);
    return bound > 0;
}

static void measure(struct bench *bench, const struct bench_section *section, const char *name,
                    bool (*run)(const void *ctx, struct bench_sample *sample),
                    const struct placing *placing, double goal)
{
    if (!bench_wants(bench, name))
        return;
    bench_row(bench, section,
              &(struct bench_row){ .name = name,
                                   .n_programs = 1,
                                   .programs = { { "headroom", run, placing } },
                                   .goal = { BENCH_GOAL_MEDIAN, goal } });
}

void bench_scheduler(struct bench *bench)
{
    struct hr_topology_spread_spec by_zone = { 1, HR_TOPOLOGY_ZONE, HR_DO_NOT_SCHEDULE, 1 };
    const struct hr_scheduling_spec hard = { .topology_spread = { &by_zone, 1 } };
    const struct placing rows[] = {
        { .name = "bind, 10000 pods on 1000 nodes", .default_spread = false },
        { .name = "bind, default spread", .default_spread = true },
        { .name = "bind, even zones", .spec = &hard },
        { .name = "bind, shares of GPUs", .gpus = { 400, 1000 } },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct placing placing = rows[i];
        placing.pods = (uint32_t)(PODS * bench->scale);
        measure(bench, &binding, placing.name, run_binding, &placing, US_GOAL);
    }
    const struct placing full = { .pods = (uint32_t)(PODS * bench->scale) };
    measure(bench, &copying, "copy, 10000 pods on 1000 nodes", run_copying, &full, 2 * US_GOAL);
}
