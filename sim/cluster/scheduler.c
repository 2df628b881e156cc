/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scheduler's books: nodes, and the pods on them. */
#include "cluster/scheduler.h"

#include "base/assert.h"
#include "base/mem.h"
#include "base/minmax.h"
#include "cluster/scheduler_cycle.h"

#include <stdlib.h>
#include <string.h>

void hr_scheduler_init(struct hr_scheduler *scheduler, const struct hr_placement *placement)
{
    *scheduler = (struct hr_scheduler){ .placement = placement };
    scheduler->scratch = HR_NEW(struct hr_scheduler_scratch);
}

void hr_scheduler_fini(struct hr_scheduler *scheduler)
{
    struct hr_scheduler_scratch *scratch = scheduler->scratch;
    free(scratch->zones);
    free(scratch->feasible);
    free(scratch->scores);
    free(scratch->raw);
    free(scratch->victims);
    free(scratch->kept);
    free(scratch->evicted);
    free(scratch);
    free(scheduler->nodes);
    free(scheduler->shapes);
    free(scheduler->order);
    free(scheduler->pods);
    free(scheduler->owners);
    free(scheduler->image_nodes);
    free(scheduler->image_counts);
    free(scheduler->nominations);
    *scheduler = (struct hr_scheduler){ 0 };
}

/* A copy of n items that takes the place of `old`. */
static void *copied(void *old, const void *from, size_t n, size_t size)
{
    void *to = hr_realloc(old, n, size);
    if (n > 0)
        memcpy(to, from, n * size);
    return to;
}

#define COPY(field, n) (mine.field = copied(to->field, from->field, (n), sizeof(from->field[0])))

void hr_scheduler_copy(struct hr_scheduler *to, const struct hr_scheduler *from)
{
    HR_ASSERT(to->placement == from->placement);
    struct hr_scheduler mine = *from;
    const size_t nodes = from->nodes_capacity;
    COPY(nodes, nodes);
    COPY(shapes, nodes);
    COPY(order, nodes);
    COPY(pods, from->pods_capacity);
    COPY(owners, from->owners_capacity * nodes);
    COPY(image_nodes, from->images_capacity * nodes / 64);
    COPY(image_counts, from->images_capacity);
    COPY(nominations, from->nominations_capacity);
    mine.scratch = to->scratch;
    *to = mine;
}

/* Room for at least `n`, and twice what there was; a multiple of 64. */
static uint32_t grown(uint32_t capacity, uint32_t n)
{
    const uint32_t least = (n + 63) / 64 * 64;
    return least > 2 * capacity ? least : 2 * capacity;
}

/* Rows of a table get wider or more; what is new is zero. */
static void *table_resized(void *old, size_t rows, size_t width, size_t new_rows, size_t new_width,
                           size_t size)
{
    char *table = hr_alloc(new_rows * new_width, size);
    for (size_t i = 0; i < rows && width > 0; i++)
        memcpy(table + i * new_width * size, (const char *)old + i * width * size, width * size);
    free(old);
    return table;
}

static void grow_nodes(struct hr_scheduler *scheduler, uint32_t n)
{
    const uint32_t old = scheduler->nodes_capacity;
    if (n <= old)
        return;
    const uint32_t new = grown(old, n);
    scheduler->nodes = hr_realloc(scheduler->nodes, new, sizeof(scheduler->nodes[0]));
    scheduler->shapes = hr_realloc(scheduler->shapes, new, sizeof(scheduler->shapes[0]));
    scheduler->order = hr_realloc(scheduler->order, new, sizeof(scheduler->order[0]));
    for (uint32_t i = old; i < new; i++)
        scheduler->shapes[i] = HR_SHAPE_NONE;
    scheduler->owners =
        table_resized(scheduler->owners, scheduler->owners_capacity, old,
                      scheduler->owners_capacity, new, sizeof(scheduler->owners[0]));
    scheduler->image_nodes =
        table_resized(scheduler->image_nodes, scheduler->images_capacity, old / 64,
                      scheduler->images_capacity, new / 64, sizeof(scheduler->image_nodes[0]));
    scheduler->nodes_capacity = new;
}

void hr_books_reserve_owners(struct hr_scheduler *scheduler, uint32_t n)
{
    const uint32_t old = scheduler->owners_capacity;
    if (n <= old)
        return;
    const size_t nodes = scheduler->nodes_capacity;
    const uint32_t new = n > 2 * old ? n : 2 * old;
    scheduler->owners =
        table_resized(scheduler->owners, old, nodes, new, nodes, sizeof(scheduler->owners[0]));
    scheduler->owners_capacity = new;
}

void hr_scheduler_reserve(struct hr_scheduler *scheduler, uint32_t n)
{
    const uint32_t old = scheduler->pods_capacity;
    if (n <= old)
        return;
    scheduler->pods_capacity = grown(old, n);
    scheduler->pods =
        hr_realloc(scheduler->pods, scheduler->pods_capacity, sizeof(scheduler->pods[0]));
    for (uint32_t i = old; i < scheduler->pods_capacity; i++)
        scheduler->pods[i] = (struct hr_pod_state){ .node = HR_NODE_NONE };
}

static bool is_node(const struct hr_scheduler *scheduler, uint32_t node)
{
    return node < scheduler->n_nodes && scheduler->shapes[node] != HR_SHAPE_NONE;
}

/* After a device's use or health changed. */
static void review_gpus(struct hr_node_state *node)
{
    node->gpus_free = node->gpu_largest = 0;
    for (uint32_t i = 0; i < node->n_gpus; i++) {
        if (node->gpus_broken >> i & 1)
            continue;
        const uint16_t left = (uint16_t)(HR_GPU_WHOLE - node->gpu_used[i]);
        if (left == HR_GPU_WHOLE)
            node->gpus_free++;
        node->gpu_largest = left > node->gpu_largest ? left : node->gpu_largest;
    }
}

void hr_scheduler_put_node(struct hr_scheduler *scheduler, uint32_t node, uint32_t shape)
{
    const struct hr_placement *placement = scheduler->placement;
    HR_ASSERT(!is_node(scheduler, node) && shape < placement->n_shapes);
    grow_nodes(scheduler, node + 1);
    if (node >= scheduler->n_nodes)
        scheduler->n_nodes = node + 1;
    scheduler->shapes[node] = shape;
    scheduler->n_present++;
    scheduler->order_is_stale = true;
    const struct hr_node_shape *facts = &placement->shapes[shape];
    struct hr_node_state *state = &scheduler->nodes[node];
    *state = (struct hr_node_state){
        .n_gpus = (uint8_t)(facts->allocatable[HR_RESOURCE_GPU] / HR_GPU_WHOLE),
        .taints = placement->shape_taints[shape],
        .pods_max = facts->pods_max,
        .first_pod = HR_POD_NONE,
    };
    memcpy(state->allocatable, facts->allocatable, sizeof(state->allocatable));
    review_gpus(state);
}

static uint64_t *image_word(const struct hr_scheduler *scheduler, uint32_t node, uint32_t image)
{
    return &scheduler->image_nodes[(size_t)image * (scheduler->nodes_capacity / 64) + node / 64];
}

static void drop_nomination(struct hr_scheduler *scheduler, uint32_t i)
{
    scheduler->nodes[scheduler->nominations[i].node].n_nominated--;
    scheduler->nominations[i] = scheduler->nominations[--scheduler->n_nominations];
}

void hr_scheduler_remove_node(struct hr_scheduler *scheduler, uint32_t node)
{
    HR_ASSERT(is_node(scheduler, node) && scheduler->nodes[node].n_pods == 0);
    for (uint32_t image = 0; image < scheduler->images_capacity; image++)
        hr_scheduler_image(scheduler, node, image, false);
    for (uint32_t i = scheduler->n_nominations; i-- > 0;) {
        if (scheduler->nominations[i].node == node)
            drop_nomination(scheduler, i);
    }
    scheduler->shapes[node] = HR_SHAPE_NONE;
    scheduler->n_present--;
    scheduler->order_is_stale = true;
}

void hr_scheduler_taint(struct hr_scheduler *scheduler, uint32_t node, uint32_t taint, bool on)
{
    HR_ASSERT(is_node(scheduler, node) && taint < scheduler->placement->n_taints);
    const uint64_t bit = UINT64_C(1) << taint;
    struct hr_node_state *state = &scheduler->nodes[node];
    state->taints = on ? state->taints | bit : state->taints & ~bit;
}

void hr_scheduler_gpu_broken(struct hr_scheduler *scheduler, uint32_t node, uint32_t device,
                             bool broken)
{
    HR_ASSERT(is_node(scheduler, node) && device < scheduler->nodes[node].n_gpus);
    struct hr_node_state *state = &scheduler->nodes[node];
    const uint32_t bit = UINT32_C(1) << device;
    if ((state->gpus_broken & bit) == (broken ? bit : 0))
        return;
    state->gpus_broken ^= bit;
    state->allocatable[HR_RESOURCE_GPU] += broken ? -HR_GPU_WHOLE : HR_GPU_WHOLE;
    review_gpus(state);
}

void hr_scheduler_image(struct hr_scheduler *scheduler, uint32_t node, uint32_t image, bool there)
{
    HR_ASSERT(is_node(scheduler, node));
    const uint32_t old = scheduler->images_capacity;
    if (image >= old) {
        const uint32_t new = grown(old, image + 1);
        const size_t words = scheduler->nodes_capacity / 64;
        scheduler->image_nodes = table_resized(scheduler->image_nodes, old, words, new, words,
                                               sizeof(scheduler->image_nodes[0]));
        scheduler->image_counts = table_resized(scheduler->image_counts, 1, old, 1, new,
                                                sizeof(scheduler->image_counts[0]));
        scheduler->images_capacity = new;
    }
    uint64_t *word = image_word(scheduler, node, image);
    const uint64_t bit = UINT64_C(1) << node % 64;
    if (((*word & bit) != 0) == there)
        return;
    *word ^= bit;
    scheduler->image_counts[image] += there ? 1 : UINT32_MAX;
}

bool hr_books_has_image(const struct hr_scheduler *scheduler, uint32_t node, uint32_t image)
{
    return image < scheduler->images_capacity &&
           (*image_word(scheduler, node, image) >> node % 64 & 1);
}

uint32_t hr_books_devices(const struct hr_node_state *node, int64_t request)
{
    uint32_t devices = 0;
    if (request >= HR_GPU_WHOLE) {
        for (uint32_t i = 0; i < node->n_gpus && request > 0; i++) {
            if (node->gpu_used[i] > 0 || (node->gpus_broken >> i & 1))
                continue;
            devices |= UINT32_C(1) << i;
            request -= HR_GPU_WHOLE;
        }
        return devices;
    }
    int64_t least = HR_GPU_WHOLE + 1;
    for (uint32_t i = 0; i < node->n_gpus && request > 0; i++) {
        const int64_t left = HR_GPU_WHOLE - node->gpu_used[i];
        if (left >= request && left < least && !(node->gpus_broken >> i & 1)) {
            devices = UINT32_C(1) << i;
            least = left;
        }
    }
    return devices;
}

/* Adds what a pod asks for to its node (sign 1), or takes it off (-1). */
static void count_pod(struct hr_scheduler *scheduler, uint32_t pod, int sign)
{
    const struct hr_template_rules *rules = hr_rules_of(scheduler, pod);
    const struct hr_pod_state *state = &scheduler->pods[pod];
    struct hr_node_state *node = &scheduler->nodes[state->node];
    for (size_t i = 0; i < rules->n_requested; i++) {
        const uint8_t r = rules->requested[i];
        node->used[r] += sign * rules->pod.requests[r];
    }
    node->scored_cpu += sign * rules->scored_cpu;
    node->scored_memory += sign * rules->scored_memory;
    node->n_pods += (uint32_t)sign;
    struct hr_owner_count *count =
        &scheduler->owners[(size_t)rules->pod.owner * scheduler->nodes_capacity + state->node];
    count->all = (uint16_t)(count->all + sign);
    if (!state->terminating)
        count->live = (uint16_t)(count->live + sign);
    if (state->gpus == 0)
        return;
    const int64_t share = hr_min(rules->pod.requests[HR_RESOURCE_GPU], HR_GPU_WHOLE);
    for (uint32_t i = 0; i < node->n_gpus; i++) {
        if (state->gpus >> i & 1)
            node->gpu_used[i] = (uint16_t)(node->gpu_used[i] + sign * share);
    }
    review_gpus(node);
}

void hr_books_add(struct hr_scheduler *scheduler, uint32_t pod, uint32_t node)
{
    struct hr_pod_state *state = &scheduler->pods[pod];
    uint32_t *first = &scheduler->nodes[node].first_pod;
    state->node = node;
    state->previous = HR_POD_NONE;
    state->next = *first;
    if (*first != HR_POD_NONE)
        scheduler->pods[*first].previous = pod;
    *first = pod;
    hr_books_reserve_owners(scheduler, hr_rules_of(scheduler, pod)->pod.owner + 1);
    count_pod(scheduler, pod, 1);
}

void hr_books_remove(struct hr_scheduler *scheduler, uint32_t pod)
{
    struct hr_pod_state *state = &scheduler->pods[pod];
    count_pod(scheduler, pod, -1);
    if (state->previous == HR_POD_NONE)
        scheduler->nodes[state->node].first_pod = state->next;
    else
        scheduler->pods[state->previous].next = state->next;
    if (state->next != HR_POD_NONE)
        scheduler->pods[state->next].previous = state->previous;
    state->node = HR_NODE_NONE;
}

uint32_t hr_scheduler_nominated(const struct hr_scheduler *scheduler, uint32_t pod)
{
    for (uint32_t i = 0; i < scheduler->n_nominations; i++) {
        if (scheduler->nominations[i].pod == pod)
            return scheduler->nominations[i].node;
    }
    return HR_NODE_NONE;
}

void hr_scheduler_nominate(struct hr_scheduler *scheduler, uint32_t pod, uint32_t pod_template,
                           uint32_t node)
{
    const struct hr_template_rules *templates = scheduler->placement->templates;
    for (uint32_t i = scheduler->n_nominations; i-- > 0;) {
        const struct hr_nomination *nomination = &scheduler->nominations[i];
        const bool weaker =
            nomination->node == node &&
            templates[nomination->pod_template].priority < templates[pod_template].priority;
        if (nomination->pod == pod || weaker)
            drop_nomination(scheduler, i);
    }
    if (node == HR_NODE_NONE)
        return;
    HR_ASSERT(is_node(scheduler, node));
    hr_scheduler_reserve(scheduler, pod + 1);
    if (scheduler->n_nominations == scheduler->nominations_capacity) {
        scheduler->nominations_capacity =
            grown(scheduler->nominations_capacity, scheduler->n_nominations + 1);
        scheduler->nominations = hr_realloc(scheduler->nominations, scheduler->nominations_capacity,
                                            sizeof(scheduler->nominations[0]));
    }
    scheduler->nominations[scheduler->n_nominations++] =
        (struct hr_nomination){ pod, pod_template, node };
    scheduler->nodes[node].n_nominated++;
}

void hr_scheduler_bind(struct hr_scheduler *scheduler, uint32_t pod, uint32_t pod_template,
                       uint32_t node, hr_time start)
{
    HR_ASSERT(is_node(scheduler, node) && pod_template < scheduler->placement->n_templates);
    HR_ASSERT(hr_scheduler_node_of(scheduler, pod) == HR_NODE_NONE);
    if (scheduler->n_nominations > 0)
        hr_scheduler_nominate(scheduler, pod, pod_template, HR_NODE_NONE);
    hr_scheduler_reserve(scheduler, pod + 1);
    const int64_t gpus =
        scheduler->placement->templates[pod_template].pod.requests[HR_RESOURCE_GPU];
    scheduler->pods[pod] = (struct hr_pod_state){
        .node = HR_NODE_NONE,
        .pod_template = pod_template,
        .gpus = hr_books_devices(&scheduler->nodes[node], gpus),
        .start = start,
    };
    hr_books_add(scheduler, pod, node);
}

void hr_scheduler_unbind(struct hr_scheduler *scheduler, uint32_t pod)
{
    HR_ASSERT(hr_scheduler_node_of(scheduler, pod) != HR_NODE_NONE);
    hr_books_remove(scheduler, pod);
}

void hr_scheduler_terminate(struct hr_scheduler *scheduler, uint32_t pod, bool preempted)
{
    const uint32_t node = hr_scheduler_node_of(scheduler, pod);
    HR_ASSERT(node != HR_NODE_NONE);
    struct hr_pod_state *state = &scheduler->pods[pod];
    if (state->terminating)
        return;
    const size_t owner = hr_rules_of(scheduler, pod)->pod.owner;
    scheduler->owners[owner * scheduler->nodes_capacity + node].live--;
    state->terminating = true;
    state->preempted = preempted;
}

uint32_t hr_scheduler_node_of(const struct hr_scheduler *scheduler, uint32_t pod)
{
    return pod < scheduler->pods_capacity ? scheduler->pods[pod].node : HR_NODE_NONE;
}
