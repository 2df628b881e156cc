/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes to a copy of the books, and their journal. */
#include "cluster/trial.h"

#include "base/assert.h"
#include "base/mem.h"
#include "cluster/scheduler_cycle.h"

#include <stdlib.h>
#include <string.h>

enum change_kind { PLACED, LIFTED, NODE, CLOSED, FROM };

struct hr_trial_change {
    enum change_kind kind;
    uint32_t subject; /* pod, node or template */
    uint32_t before;  /* LIFTED: its node; NODE: numbers in use; FROM: the place */
    uint32_t gpus;    /* LIFTED: that the pod had */
};

void hr_trial_init(struct hr_trial *trial, const struct hr_placement *placement)
{
    *trial = (struct hr_trial){ .from = HR_NEW_ARRAY(uint32_t, placement->n_templates) };
    hr_scheduler_init(&trial->books, placement);
}

void hr_trial_fini(struct hr_trial *trial)
{
    hr_scheduler_fini(&trial->books);
    free(trial->from);
    free(trial->changes);
}

void hr_trial_begin(struct hr_trial *trial, const struct hr_scheduler *scheduler)
{
    hr_scheduler_copy(&trial->books, scheduler);
    memset(trial->from, 0, scheduler->placement->n_templates * sizeof *trial->from);
    trial->n_changes = 0;
}

static void note(struct hr_trial *trial, struct hr_trial_change change)
{
    if (trial->n_changes == trial->capacity) {
        trial->capacity = trial->capacity == 0 ? 256 : 2 * trial->capacity;
        trial->changes = hr_realloc(trial->changes, trial->capacity, sizeof *trial->changes);
    }
    trial->changes[trial->n_changes++] = change;
}

void hr_trial_put_node(struct hr_trial *trial, uint32_t node, uint32_t shape)
{
    note(trial, (struct hr_trial_change){ NODE, node, trial->books.n_nodes, 0 });
    hr_scheduler_put_node(&trial->books, node, shape);
}

uint32_t hr_trial_add_node(struct hr_trial *trial, uint32_t shape)
{
    const uint32_t node = trial->books.n_nodes;
    hr_trial_put_node(trial, node, shape);
    return node;
}

void hr_trial_close(struct hr_trial *trial, uint32_t node)
{
    if (trial->books.nodes[node].taints >> HR_NODE_CORDONED & 1)
        return;
    hr_scheduler_taint(&trial->books, node, HR_NODE_CORDONED, true);
    note(trial, (struct hr_trial_change){ .kind = CLOSED, .subject = node });
}

static void bind(struct hr_trial *trial, uint32_t pod, uint32_t pod_template, uint32_t node)
{
    hr_scheduler_bind(&trial->books, pod, pod_template, node, 0);
    note(trial, (struct hr_trial_change){ .kind = PLACED, .subject = pod });
}

/*
 * Nodes only fill up, so that one which refused a pod refuses the next like it. Not so where the
 * spread of pods counts: more of them elsewhere can make it welcome.
 */
static uint32_t first_fit(struct hr_trial *trial, uint32_t pod_template)
{
    const uint32_t from = trial->from[pod_template];
    const uint32_t node = hr_scheduler_first_fit(&trial->books, pod_template, from);
    const uint32_t next = node == HR_NODE_NONE ? trial->books.n_nodes : node;
    if (next != from && !trial->books.placement->templates[pod_template].spreads_hard) {
        note(trial, (struct hr_trial_change){ FROM, pod_template, from, 0 });
        trial->from[pod_template] = next;
    }
    return node;
}

void hr_trial_probe(struct hr_trial *trial, uint32_t pod_template)
{
    first_fit(trial, pod_template);
}

uint32_t hr_trial_place(struct hr_trial *trial, uint32_t pod, uint32_t pod_template)
{
    const uint32_t node = first_fit(trial, pod_template);
    if (node != HR_NODE_NONE)
        bind(trial, pod, pod_template, node);
    return node;
}

bool hr_trial_place_on(struct hr_trial *trial, uint32_t pod, uint32_t pod_template, uint32_t node)
{
    if (!hr_scheduler_fits(&trial->books, pod_template, node))
        return false;
    bind(trial, pod, pod_template, node);
    return true;
}

void hr_trial_lift(struct hr_trial *trial, uint32_t pod)
{
    const struct hr_pod_state *state = &trial->books.pods[pod];
    HR_DASSERT(!state->terminating);
    note(trial, (struct hr_trial_change){ LIFTED, pod, state->node, state->gpus });
    hr_scheduler_unbind(&trial->books, pod);
}

void hr_trial_refusal(struct hr_trial *trial, uint32_t pod_template, uint32_t node,
                      struct hr_refusals *refusals)
{
    struct hr_cycle cycle = hr_cycle_begin(&trial->books, HR_POD_NONE, pod_template);
    hr_cycle_count(&trial->books, &cycle, node, hr_cycle_refuse(&trial->books, &cycle, node),
                   refusals);
}

size_t hr_trial_mark(const struct hr_trial *trial)
{
    return trial->n_changes;
}

static void undo(struct hr_trial *trial, const struct hr_trial_change *change)
{
    switch (change->kind) {
    case PLACED:
        hr_scheduler_unbind(&trial->books, change->subject);
        return;
    case LIFTED:
        trial->books.pods[change->subject].gpus = change->gpus;
        hr_books_add(&trial->books, change->subject, change->before);
        return;
    case NODE:
        hr_scheduler_remove_node(&trial->books, change->subject);
        trial->books.n_nodes = change->before;
        return;
    case CLOSED:
        hr_scheduler_taint(&trial->books, change->subject, HR_NODE_CORDONED, false);
        return;
    case FROM:
        trial->from[change->subject] = change->before;
        return;
    }
}

void hr_trial_undo(struct hr_trial *trial, size_t mark)
{
    while (trial->n_changes > mark)
        undo(trial, &trial->changes[--trial->n_changes]);
}
