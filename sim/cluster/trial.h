/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trying changes out: a copy of the scheduler's books on which pods are moved and nodes added, and
 * a journal of it, so that what leads nowhere is undone at the cost of what was done.
 */
#ifndef CLUSTER_TRIAL_H
#define CLUSTER_TRIAL_H

#include "cluster/scheduler.h"

struct hr_trial {
    struct hr_scheduler books;
    uint32_t *from; /* by template: no node below takes one more of these pods */
    struct hr_trial_change *changes;
    size_t n_changes, capacity;
};

void hr_trial_init(struct hr_trial *trial, const struct hr_placement *placement);
void hr_trial_fini(struct hr_trial *trial);

/* Begins anew from how things are. */
void hr_trial_begin(struct hr_trial *trial, const struct hr_scheduler *scheduler);

/* A node of the number, resp. of the next one, which is returned. */
void hr_trial_put_node(struct hr_trial *trial, uint32_t node, uint32_t shape);
uint32_t hr_trial_add_node(struct hr_trial *trial, uint32_t shape);

/* The node takes no more pods. */
void hr_trial_close(struct hr_trial *trial, uint32_t node);

/* Puts a pod that is on no node on the first that takes it (HR_NODE_NONE: none does); on the node
 * if it takes it. */
uint32_t hr_trial_place(struct hr_trial *trial, uint32_t pod, uint32_t pod_template);
bool hr_trial_place_on(struct hr_trial *trial, uint32_t pod, uint32_t pod_template, uint32_t node);

/* Looks once for the first node with room for such pods, for all that is undone later. */
void hr_trial_probe(struct hr_trial *trial, uint32_t pod_template);

/* Takes a pod, which is not being deleted, off its node, which must be closed. */
void hr_trial_lift(struct hr_trial *trial, uint32_t pod);

/* Counts why the node refuses pods of the template. */
void hr_trial_refusal(struct hr_trial *trial, uint32_t pod_template, uint32_t node,
                      struct hr_refusals *refusals);

/* The state of now, and going back to it. */
size_t hr_trial_mark(const struct hr_trial *trial);
void hr_trial_undo(struct hr_trial *trial, size_t mark);

#endif
