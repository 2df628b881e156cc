/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event log of the cluster, worded as Kubernetes' events are. */
#include "cluster/state.h"

#include "base/str.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define NAME_SIZE    128
#define MESSAGE_SIZE 512

void hr_note(const struct hr_cluster *cluster, const char *reason, uint32_t s, uint32_t i,
             uint32_t n, const char *format, ...)
{
    if (cluster->hooks.note == NULL)
        return;
    char pod[NAME_SIZE], machine[NAME_SIZE], message[MESSAGE_SIZE];
    const char *set = s == HR_SET_NONE ? NULL : cluster->sets[s].config->name;
    if (i != HR_POD_NONE)
        snprintf(pod, sizeof pod, "%s-%" PRIu64, set, cluster->pods[i].ordinal);
    if (n != HR_NODE_NONE)
        snprintf(machine, sizeof machine, "%s-%" PRIu64,
                 cluster->pools[cluster->nodes[n].pool].spec->name, cluster->nodes[n].ordinal);
    if (format != NULL) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(message, sizeof message, format, arguments);
        va_end(arguments);
    }
    const struct hr_cluster_note note = {
        .reason = reason,
        .set = set,
        .pod = i == HR_POD_NONE ? NULL : pod,
        .node = n == HR_NODE_NONE ? NULL : machine,
        .message = format == NULL ? NULL : message,
    };
    cluster->hooks.note(cluster->hooks.ctx, &note);
}
