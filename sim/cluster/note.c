/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event log of the cluster, worded as Kubernetes' events are. */
#include "cluster/state.h"

#include "base/str.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define NAME_SIZE 128

void hr_note(const struct hr_cluster *cluster, const char *reason, uint32_t s, uint32_t i,
             uint32_t node, const char *format, ...)
{
    if (cluster->hooks.note == NULL)
        return;
    (void)node;
    char pod[NAME_SIZE], message[256];
    const char *set = cluster->sets[s].config->name;
    if (i != HR_POD_NONE)
        snprintf(pod, sizeof pod, "%s-%" PRIu64, set, cluster->pods[i].ordinal);
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
        .message = format == NULL ? NULL : message,
    };
    cluster->hooks.note(cluster->hooks.ctx, &note);
}
