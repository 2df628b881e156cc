/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the load balancer knows of pods: each change reaches it after a delay. */
#include "cluster/state.h"

void hr_endpoint_want(struct hr_cluster *cluster, uint32_t i, bool listed)
{
    struct hr_pod *pod = &cluster->pods[i];
    const hr_time delay = hr_dist_draw(&cluster->endpoint_delay, &cluster->endpoint_rng);
    const hr_time at = hr_time_add(cluster->engine->now, delay);
    if (listed) {
        hr_event_cancel(cluster, &pod->unlist);
        if (!pod->listed && pod->list == HR_EVENT_NONE)
            hr_event_set(cluster, &pod->list, at, HR_EV_POD_LIST_RANK, HR_EV_POD_LIST, i);
    } else if (pod->unlist == HR_EVENT_NONE && (pod->listed || pod->list != HR_EVENT_NONE)) {
        hr_event_set(cluster, &pod->unlist, at, HR_EV_POD_UNLIST_RANK, HR_EV_POD_UNLIST, i);
    }
}

void hr_endpoint_now(struct hr_cluster *cluster, uint32_t i, bool listed)
{
    struct hr_pod *pod = &cluster->pods[i];
    /* It was told to list the pod before it was told to forget it: where delays are drawn, the one
     * may be on its way still when the other is there, and has nothing to say any more. */
    hr_event_cancel(cluster, &pod->list);
    if (!listed)
        hr_event_cancel(cluster, &pod->unlist);
    if (pod->listed == listed)
        return;
    pod->listed = listed;
    cluster->hooks.listed(cluster->hooks.ctx, pod->tag, listed);
    if (pod->stage == HR_POD_ENDED)
        hr_pod_forget(cluster, i);
}
