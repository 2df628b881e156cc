/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The GPU cluster of Alibaba (openb, clusterdata 2023): its 8152 pods, in the order of their
 * creation and none ever leaving, on its 1523 nodes. No GPU is stranded that a pod could use: when
 * a pod is refused, a count of our own finds no node with room for it either.
 */
#include "hr_test.h"

#include "hr_cluster.h"
#include "input/column.h"

#include <stdlib.h>
#include <unistd.h>

#define DATA      HR_SOURCE_DIR "/../shared/data/cluster/"
#define NODE_FILE DATA "openb_node_list_all_node.csv.gz"
#define POD_FILE  DATA "openb_pod_list_default.csv.gz"

enum { ROWS_MAX = 10000, DEVICES = 8 };

struct table {
    int64_t columns[4][ROWS_MAX];
    size_t n;
};

static void read_column(const char *path, const char *name, int64_t *values, size_t *n)
{
    struct hr_diag *diag = hr_diag_new();
    const struct hr_column_options options = { .name = name };
    struct hr_column *column;
    struct hr_text text;
    assert_int_equal(hr_column_open(path, &options, &column, diag), HR_OK);
    for (*n = 0;; ++*n) {
        char number[32] = "";
        assert_int_equal(hr_column_next(column, &text, diag), HR_OK);
        if (text.at == NULL)
            break;
        assert_true(text.n < sizeof(number) && *n < ROWS_MAX);
        memcpy(number, text.at, text.n);
        values[*n] = strtoll(number, NULL, 10);
    }
    hr_column_close(column);
    hr_diag_free(diag);
}

static struct table *read_table(const char *path, const char *const *names)
{
    struct table *table = calloc(1, sizeof(*table));
    for (size_t i = 0; names[i] != NULL; i++)
        read_column(path, names[i], table->columns[i], &table->n);
    return table;
}

/* What the test itself keeps of a node. */
struct room {
    int64_t cpu, memory, devices[DEVICES], n_devices;
};

static bool has_room(const struct room *room, const int64_t *requests)
{
    const int64_t gpu = requests[HR_RESOURCE_GPU];
    int64_t suitable = 0;
    for (int64_t d = 0; d < room->n_devices; d++)
        suitable += room->devices[d] >= (gpu < 1000 ? gpu : 1000);
    return requests[HR_RESOURCE_CPU] <= room->cpu && requests[HR_RESOURCE_MEMORY] <= room->memory &&
           suitable >= (gpu < 1000 ? gpu > 0 : gpu / 1000);
}

static void take_room(struct room *room, const int64_t *requests, uint32_t gpus)
{
    const int64_t gpu = requests[HR_RESOURCE_GPU];
    room->cpu -= requests[HR_RESOURCE_CPU];
    room->memory -= requests[HR_RESOURCE_MEMORY];
    for (int d = 0; d < DEVICES; d++)
        room->devices[d] -= gpus >> d & 1 ? (gpu < 1000 ? gpu : 1000) : 0;
    assert_true(room->cpu >= 0 && room->memory >= 0);
    for (int d = 0; d < DEVICES; d++)
        assert_true(room->devices[d] >= 0);
}

static void put_node(struct cluster *c, const struct table *nodes, uint32_t i, struct room *room)
{
    struct hr_node_shape shape = plain_shape(HR_ZONE_NONE);
    shape.pods_max = 1000;
    shape.allocatable[HR_RESOURCE_CPU] = room->cpu = nodes->columns[0][i];
    shape.allocatable[HR_RESOURCE_MEMORY] = room->memory = nodes->columns[1][i] << 20;
    shape.allocatable[HR_RESOURCE_GPU] = nodes->columns[2][i] * HR_GPU_WHOLE;
    room->n_devices = nodes->columns[2][i];
    for (int64_t d = 0; d < room->n_devices; d++)
        room->devices[d] = HR_GPU_WHOLE;
    put_nodes(c, i, 1, &shape);
}

struct outcome {
    int64_t gpus;       /* thousandths placed */
    uint32_t n, eights; /* pods placed, and those of 8 GPUs among them */
};

static struct outcome place_all(const struct hr_scheduler_spec *spec, const struct table *nodes,
                                const struct table *pods)
{
    struct cluster c;
    struct room *rooms = calloc(nodes->n, sizeof(*rooms));
    struct outcome placed = { 0 };
    cluster_init(&c, spec);
    for (uint32_t i = 0; i < nodes->n; i++)
        put_node(&c, nodes, i, &rooms[i]);
    for (uint32_t i = 0; i < pods->n; i++) {
        struct hr_pod_template pod = plain_pod(pods->columns[0][i], 0);
        pod.requests[HR_RESOURCE_MEMORY] = pods->columns[1][i] << 20;
        pod.requests[HR_RESOURCE_GPU] = pods->columns[2][i] * pods->columns[3][i];
        const uint32_t template = add_pod(&c, &pod);
        const uint32_t node = hr_scheduler_find(&c.scheduler, i, template, &c.rng, NULL);
        if (node == HR_NODE_NONE) {
            for (size_t k = 0; k < nodes->n; k++)
                assert_false(has_room(&rooms[k], pod.requests));
            continue;
        }
        assert_true(has_room(&rooms[node], pod.requests));
        hr_scheduler_bind(&c.scheduler, i, template, node, i);
        take_room(&rooms[node], pod.requests, c.scheduler.pods[i].gpus);
        placed.gpus += pod.requests[HR_RESOURCE_GPU];
        placed.n++;
        placed.eights += pod.requests[HR_RESOURCE_GPU] == 8 * HR_GPU_WHOLE;
    }
    cluster_fini(&c);
    free(rooms);
    return placed;
}

static void test_no_gpu_is_stranded(void **state)
{
    (void)state;
    if (access(NODE_FILE, R_OK) != 0 || access(POD_FILE, R_OK) != 0) {
        print_message("skipped: ../shared/data/cluster is not there\n");
        skip();
    }
    struct table *nodes =
        read_table(NODE_FILE, (const char *const[]){ "cpu_milli", "memory_mib", "gpu", NULL });
    struct table *pods = read_table(
        POD_FILE, (const char *const[]){ "cpu_milli", "memory_mib", "num_gpu", "gpu_milli", NULL });
    assert_int_equal(nodes->n, 1523);
    assert_int_equal(pods->n, 8152);
    int64_t gpus = 0, asked = 0;
    for (size_t i = 0; i < nodes->n; i++)
        gpus += nodes->columns[2][i];
    for (size_t i = 0; i < pods->n; i++)
        asked += pods->columns[2][i] * pods->columns[3][i];

    struct hr_scored_resource_spec scored[] = { { HR_SCORED_GPU, 1 } };
    const struct hr_scheduler_spec pack = { .strategy = HR_MOST_ALLOCATED,
                                            .resources = LIST_OF(scored),
                                            .percentage_of_nodes_to_score = 100 };
    print_message("%lld GPUs, %.1f asked for by %zu pods\n", (long long)gpus, (double)asked / 1000,
                  pods->n);
    const struct hr_scheduler_spec *specs[] = { NULL, &pack };
    struct outcome placed[2];
    for (int i = 0; i < 2; i++) {
        placed[i] = place_all(specs[i], nodes, pods);
        print_message("%s: %.1f GPUs placed, %u pods, %u of the 44 with 8 GPUs\n",
                      i == 0 ? "least allocated" : "most allocated by GPU",
                      (double)placed[i].gpus / 1000, placed[i].n, placed[i].eights);
    }
    /* Spreading leaves no node of 8 whole devices to those that come late; packing does. */
    assert_true(placed[1].eights > placed[0].eights);
    free(nodes);
    free(pods);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_no_gpu_is_stranded) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
