/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the control plane's books are what is really there. */
#ifndef CLUSTER_CHECK_H
#define CLUSTER_CHECK_H

#include "base/str.h"
#include "cluster/cluster.h"

/*
 * Recounts everything from scratch, between two events, and adds a line for each thing that does
 * not hold: counts of pods and nodes, the scheduler's books, room on nodes and GPUs, the parts of
 * prices, the scheduling queue, and that no pod is listed, or counts as ready, that is not to be.
 */
void hr_cluster_check(const struct hr_cluster *cluster, struct hr_str *wrong);

#endif
